"""Orders: one array of them, what happens to them, how they are filtered, counted and written as JSON."""
