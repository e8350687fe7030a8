"""What reports are called and mean: rows of data, definitions, sentences, and a report as people read it."""
