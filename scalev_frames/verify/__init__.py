"""Check a frame against the server's own counts, and against the frame before it."""
