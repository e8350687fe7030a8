"""Five pictures of orders that files and saved notebooks hold: what a shop asks each morning, by the reports' numbers.

Needs matplotlib. Nothing is counted here that a report counts: a picture and the workbook never differ.
"""

from __future__ import annotations

import pandas as pd

from scalev_frames.notebook.pictures.counted import MOST_BARS, PARTS, count_picture, count_pictures
from scalev_frames.notebook.pictures.drawing import DARK, LIGHT, Picture, png
from scalev_frames.notebook.pictures.still import draw
from scalev_frames.reports import DEFINITIONS, Definitions

__all__ = [
    "MOST_BARS",
    "PARTS",
    "courier_returns",
    "daily_orders",
    "pictures",
    "png",
    "provinces",
    "status_funnel",
    "top_products",
]


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
        ``daily``, ``funnel``, ``products``, ``provinces`` and ``couriers`` to a matplotlib figure that shows
        itself. Days are the frame's own zone's, else Jakarta's; spam is left out; a missing amount is in no sum, and
        is said below.

    Raises:
        BadValueError: another language.
        MissingPackageError: matplotlib is not installed.

    >>> list(pictures(pd.DataFrame({"status": ["rts", "shipped"]})))
    ['daily', 'funnel', 'products', 'provinces', 'couriers']
    """
    theme = DARK if dark else LIGHT
    return {
        name: draw(counted, theme, language) for name, counted in count_pictures(frame, language, definitions).items()
    }


def daily_orders(
    frame: pd.DataFrame, language: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """Orders a day and their gross revenue, each by what became of them.

    Args:
        frame: any frame of orders.
        language: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> orders = pd.DataFrame({"created_at": ["2026-11-01T17:00:00Z"], "status": ["rts"]})
    >>> [float(bar.get_height()) for bar in daily_orders(orders).axes[0].patches]
    [1.0]
    """
    return _draw("daily", frame, language, dark, definitions)


def status_funnel(
    frame: pd.DataFrame, language: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """How many orders came how far, with their share of all and their worth.

    Args:
        frame: any frame of orders.
        language: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> len(status_funnel(pd.DataFrame({"status": ["rts", "shipped"]})).axes)
    1
    """
    return _draw("funnel", frame, language, dark, definitions)


def top_products(
    frame: pd.DataFrame, language: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """The products ordered most, in pieces: completed, returned and all others.

    Args:
        frame: any frame of orders, with ``final_variants``.
        language: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> len(top_products(pd.DataFrame({"final_variants": [{"Kaos": 2}], "status": ["rts"]})).axes[0].patches)
    3
    """
    return _draw("products", frame, language, dark, definitions)


def provinces(
    frame: pd.DataFrame, language: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """Where the orders go: orders by province, with their gross revenue.

    Args:
        frame: any frame of orders.
        language: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> provinces(pd.DataFrame({"destination_address_province": ["Bali"]})).axes[0].get_yticklabels()[0].get_text()
    'Bali'
    """
    return _draw("provinces", frame, language, dark, definitions)


def courier_returns(
    frame: pd.DataFrame, language: str = "en", dark: bool = False, definitions: Definitions = DEFINITIONS
) -> Picture:
    """What share of each courier's shipments came back (RTS), and of how many; the line is that of all couriers.

    The highest rate first; rates of fewer than ten shipments come last and are pale.

    Args:
        frame: any frame of orders.
        language: ``en`` or ``id``.
        dark: for a dark page.
        definitions: what the words mean.

    >>> orders = pd.DataFrame({"courier_service_courier_name": ["JNE", "JNE"], "status": ["rts", "completed"]})
    >>> float(courier_returns(orders).axes[0].patches[0].get_width())
    0.5
    """
    return _draw("couriers", frame, language, dark, definitions)


def _draw(name: str, frame: pd.DataFrame, language: str, dark: bool, definitions: Definitions) -> Picture:
    return draw(count_picture(name, frame, language, definitions), DARK if dark else LIGHT, language)
