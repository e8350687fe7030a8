"""What is said where the packages that draw panels are not installed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from scalev_frames.errors import MissingPackageError

#: What draws panels; a computer without notebooks may do without.
WIDGETS = ("ipywidgets", "anywidget", "traitlets")


@contextlib.contextmanager
def widgets() -> Iterator[None]:
    """Say in a sentence which package a panel lacks.

    Raises:
        MissingPackageError: one of `WIDGETS` is not installed.

    >>> with widgets():
    ...     import ipywidgets
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in WIDGETS:
            raise
        advice = f"Install it: pip install {error.name}."
        raise MissingPackageError(f"Panels need {error.name}, which is not installed.", advice=advice) from None
