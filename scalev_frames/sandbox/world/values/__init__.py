"""Values that lists are made of: names, places, words, encodings, and records made from the catalog's shapes."""
