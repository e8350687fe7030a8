"""What every panel is made of: elements of the page, rows and buttons, long work."""
