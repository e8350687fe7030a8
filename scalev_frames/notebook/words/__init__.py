"""Every word that a person reads in a notebook, in English and in Indonesian: one table a part."""

from scalev_frames.notebook.words.columns import heading
from scalev_frames.notebook.words.filters import FILTERS
from scalev_frames.notebook.words.panel import LABELS
from scalev_frames.notebook.words.pictures import LIVE_LABELS, PICTURE_LABELS
from scalev_frames.notebook.words.pivot import PIVOT_LABELS
from scalev_frames.notebook.words.table import TABLE_LABELS
from scalev_frames.notebook.words.words import LANGUAGES, Words, labels_in

__all__ = [
    "FILTERS",
    "LABELS",
    "LANGUAGES",
    "LIVE_LABELS",
    "PICTURE_LABELS",
    "PIVOT_LABELS",
    "TABLE_LABELS",
    "Words",
    "heading",
    "labels_in",
]
