"""The old place of `scalev_frames.query`, until the rest of this room has moved to `pull`."""

from scalev_frames.errors import UnknownNameError
from scalev_frames.query.filters import Mirror
from scalev_frames.query.query import TOLERANCE, Query, find_endpoint, make_query
from scalev_frames.query.times import parse_stamp

unknown = UnknownNameError.near

__all__ = ["TOLERANCE", "Mirror", "Query", "find_endpoint", "make_query", "parse_stamp", "unknown"]
