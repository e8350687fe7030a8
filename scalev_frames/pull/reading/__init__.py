"""Lists are read by workers and one loop, their rows checked, and compared with the server's counts."""
