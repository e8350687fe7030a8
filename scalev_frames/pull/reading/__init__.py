"""A list is read whole by workers, its rows checked, and compared with the server's counts."""
