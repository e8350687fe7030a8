"""What is said where a package that only some parts need is not installed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from scalev_frames.errors import MissingPackageError


@contextlib.contextmanager
def needing(what: str, install: str = "") -> Iterator[None]:
    """Say in a sentence which package is not there to import.

    Args:
        what: what needs it, with its verb.
        install: what to install; the package itself when left out.

    Raises:
        MissingPackageError: a package that is imported in the block is not installed.

    >>> with needing("SQL needs", '"scalev-frames[sql]"'):
    ...     import duckdb
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "scalev_frames"):
            raise
        advice = f"Install it: pip install {install or package}."
        raise MissingPackageError(f"{what} {package}, which is not installed.", advice=advice) from None
