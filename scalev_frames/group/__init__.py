"""Several businesses: every call of an account, of all at the same time, as one frame."""

from scalev_frames.group.group import Group, Opened

__all__ = ["Group", "Opened"]
