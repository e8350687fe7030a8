"""Every word that a person reads in a notebook, in English and in Indonesian."""

from scalev_frames.notebook.words.columns import heading
from scalev_frames.notebook.words.words import Words, labels_in

__all__ = ["Words", "heading", "labels_in"]
