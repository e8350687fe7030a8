"""The old place of `scalev_frames.verify.statistics`, until the rest of this room has moved to `pull`."""

from scalev_frames.verify.statistics import *  # noqa: F403
