"""How fresh a call's frame has to be, and which columns it has, by its arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scalev_frames.catalog import Endpoint
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.query.query import refuse_keys

MaxAge = float | dt.timedelta | None


@dataclass(frozen=True, slots=True)
class Options:
    """How fresh a frame has to be; the transport takes the same for single answers.

    Attributes:
        max_age: what is kept is served when it is at most this many seconds old.
        refresh: everything is fetched anew.
        offline: what is kept is served, however old; nothing is sent.
    """

    max_age: float
    refresh: bool = False
    offline: bool = False

    def is_fresh(self, as_of: dt.datetime, now: dt.datetime) -> bool:
        """Whether a frame of ``as_of`` will do."""
        return not self.refresh and 0 <= (now - as_of).total_seconds() <= self.max_age


def take_options(arguments: dict[str, Any], endpoint: Endpoint) -> Options:
    """Take ``max_age`` (else the endpoint's freshness), ``refresh`` and ``offline`` out of a call's arguments.

    Raises:
        BadValueError: they exclude each other, or ``max_age`` is no number of seconds.
    """
    max_age, refresh = arguments.pop("max_age", None), bool(arguments.pop("refresh", False))
    offline = bool(arguments.pop("offline", False))
    if offline and refresh:
        raise BadValueError("offline=True and refresh=True exclude each other.")
    return Options(_seconds(max_age, endpoint), refresh, offline)


def take_columns(arguments: dict[str, Any]) -> tuple[str, ...] | None:
    """Take the names of the columns wanted out of a call's arguments; ``None`` for all.

    Raises:
        BadValueError: they are no names, or a key is one of them.
    """
    columns = arguments.pop("columns", None)
    if columns is None:
        return None
    names = tuple(dict.fromkeys([columns] if isinstance(columns, str) else columns))
    refuse_keys({"columns": names})
    if not names or not all(isinstance(name, str) for name in names):
        raise BadValueError(f"columns={list(names)!r} are no names of columns.")
    return names


def chosen(frame: pd.DataFrame, columns: Sequence[str] | None) -> pd.DataFrame:
    """These columns of ``frame``, in this order, under its header; all of them where none are named.

    Raises:
        UnknownNameError: it has no such column; says the nearest.
    """
    for name in columns or ():
        if name not in frame:
            raise UnknownNameError.near("column", name, list(frame.columns))
    return frame if columns is None else frame[list(columns)]


def _seconds(max_age: MaxAge, endpoint: Endpoint) -> float:
    if max_age is None:
        return endpoint.freshness.total_seconds()
    if isinstance(max_age, dt.timedelta):
        max_age = max_age.total_seconds()
    if not isinstance(max_age, int | float) or not max_age >= 0:
        raise BadValueError(f"max_age={max_age!r} is not a number of seconds from zero up.")
    return float(max_age)
