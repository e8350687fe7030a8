"""SQL over what is kept on this computer, and over datasets."""

from scalev_frames.sql.call import sql

__all__ = ["sql"]
