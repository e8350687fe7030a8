"""A kept frame is brought up to date by reading only what has changed."""
