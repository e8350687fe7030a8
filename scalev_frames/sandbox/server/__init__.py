"""How a world is served: versions, cursors, limits, keys, faults, and HTTP on loopback."""

from scalev_frames.sandbox.server.server import HOST, Sandbox

__all__ = ["HOST", "Sandbox"]
