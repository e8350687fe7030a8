"""What a column of any frame is, and how its values read."""
