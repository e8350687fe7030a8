"""What a call means: its names, values, times and filters, checked before anything is sent. Pure: no HTTP, no files."""

from scalev_frames.query.query import Query, find_endpoint, make_query

__all__ = ["Query", "find_endpoint", "make_query"]
