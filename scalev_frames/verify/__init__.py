"""How a frame is shown to be true: against the server's own counts, and against the frame before it."""
