"""How rows become frames."""

from scalev_frames.frames.build import FrameBuilder
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import from_table, read_table, to_table, write_table

__all__ = ["FrameBuilder", "Header", "from_table", "read_table", "to_table", "write_table"]
