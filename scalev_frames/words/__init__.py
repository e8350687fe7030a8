"""Every word that a person reads in a notebook, in English and in Indonesian."""

from scalev_frames.words.columns import heading
from scalev_frames.words.words import Words, error_said, labels_in

__all__ = ["Words", "error_said", "heading", "labels_in"]
