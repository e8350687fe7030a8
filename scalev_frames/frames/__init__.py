"""Why: HOW rows become frames. May import catalog, progress, errors and settings; never `wire`."""

from scalev_frames.frames.build import FrameBuilder

__all__ = ["FrameBuilder"]
