"""What a person chooses with: a control a filter, days, names of stores and products."""
