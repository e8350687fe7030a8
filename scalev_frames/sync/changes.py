"""The old place of `scalev_frames.verify.changes`, until the rest of this room has moved to `pull`."""

from scalev_frames.verify.changes import *  # noqa: F403
