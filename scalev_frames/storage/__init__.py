"""Private files and SQLite databases that may break, be locked, or be used on both sides of a fork."""
