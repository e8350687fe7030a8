"""The truth that a sandbox serves: one business, its lists, and what happens to its orders."""

from scalev_frames.sandbox.world.orders.reads import NotThereError
from scalev_frames.sandbox.world.world import NOW, Rows, World

__all__ = ["NOW", "NotThereError", "Rows", "World"]
