"""Five pictures of orders that files and saved notebooks hold: what a shop asks each morning, by the reports' numbers.

Needs matplotlib. Nothing is counted here that a report counts: a picture and the workbook never differ.
"""

from __future__ import annotations

import pandas as pd

from scalev_frames.notebook.pictures.counted import count_pictures
from scalev_frames.notebook.pictures.drawing import DARK, LIGHT, Picture
from scalev_frames.notebook.pictures.still import draw
from scalev_frames.reports import DEFINITIONS, Definitions


def pictures(
    frame: pd.DataFrame, language: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> dict[str, Picture]:
    """All pictures of a frame of orders.

    Args:
        frame: any frame of orders.
        language: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    Returns:
        ``daily``, ``funnel``, ``couriers``, ``products`` and ``provinces`` to a matplotlib figure that shows
        itself. Days are the frame's own zone's, else Jakarta's; spam is left out; a missing amount is in no sum, and
        is said below.

    Raises:
        BadValueError: another language.
        MissingPackageError: matplotlib is not installed.

    >>> list(pictures(pd.DataFrame({"status": ["rts", "shipped"]})))
    ['daily', 'funnel', 'couriers', 'products', 'provinces']
    """
    theme = DARK if dark else LIGHT
    return {
        name: draw(counted, theme, language) for name, counted in count_pictures(frame, language, definitions).items()
    }
