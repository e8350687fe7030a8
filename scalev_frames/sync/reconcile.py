"""The old place of `scalev_frames.verify.reconcile`, until the rest of this room has moved to `pull`."""

from scalev_frames.verify.reconcile import *  # noqa: F403
