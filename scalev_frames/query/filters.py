"""Check rows against the filters of a call, to detect servers that ignore a filter.

Each filter with a mirror column in the catalog is checked in every row. A missing key says nothing; a value that is
there and empty does, unless the catalog says what an empty one counts as.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scalev_frames.catalog import Column, Endpoint, Filter
from scalev_frames.catalog.kinds import FLAG_WORDS
from scalev_frames.query.times import TICK, Row, moment_in

#: Columns that every list sends, whatever its ``columns`` parameter names.
ALWAYS_SENT = frozenset({"id", "created_at", "last_updated_at"})
#: Methods whose orders may show the method that was used in the end, so that no row can break the filter.
HIDDEN_METHODS = frozenset({"payment_link", "e_payment_link"})
#: Methods that stand for several others; ``va`` stands for ``va_bca``, too.
METHOD_FAMILIES = {"ewallet": frozenset({"ovo", "dana", "shopeepay", "linkaja", "gopay"})}
_ID = re.compile(r"\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Mirror:
    """One value of a filter, and the columns that show whether the server obeyed.

    Attributes:
        filter: the filter's catalog row.
        wanted: the value it was given.
        columns: the columns; one that has the value is enough.
        is_sent: whether they were asked for, so that an empty value means that there is none.
    """

    filter: Filter
    wanted: str
    columns: tuple[Column, ...]
    is_sent: bool = True

    @property
    def name(self) -> str:
        """The filter's name."""
        return self.filter.name

    def raw(self, row: Row) -> list[str] | None:
        """The values of the columns as comparable texts; ``None`` when ``row`` has none of the columns."""
        texts = [found for column in self.columns if (found := texts_at(row, column.path)) is not None]
        return [text for one in texts for text in one] if texts else None

    def read(self, row: Row) -> list[str] | None:
        """The values that the filter is compared with, as texts; ``None`` when ``row`` does not show them."""
        said = self.raw(row)
        if self.filter.kind != "flag":
            return said
        if self.columns[0].kind != "flag":  # whether something is there
            return said if said is None else ["true" if said else "false"]
        return said if not said else [str(FLAG_WORDS[one]).lower() for one in said if one in FLAG_WORDS] or None

    def is_obeyed(self, row: Row) -> bool:
        """Whether a server that obeys the filter may have sent ``row``: a free text may be a part of its value."""
        said = self.read(row)
        if said is None or (not said and not self.is_sent):
            return True
        if self.name == "payment_method" and any(_is_method(one, comparable(self.wanted)) for one in said):
            return True
        if not said or self.filter.is_exact:
            return self._holds(said)
        return any(part in one for part in _parts(self.wanted) for one in said)

    def fits(self, row: Row) -> bool:
        """Whether ``row`` itself is one that the filter asks for: exactly, not by a part of a text."""
        return self._holds(self.read(row) or [])

    def _holds(self, said: list[str]) -> bool:
        if not said:
            return comparable(self.wanted) == (self.filter.empty or ("false" if self.filter.kind == "flag" else None))
        if self.filter.is_exact:
            return comparable(self.wanted) in said
        return not {*said, *_parts(",".join(said))}.isdisjoint(_parts(self.wanted))


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound of a time: one that the call asked for, or a time filter of the server's given by its own name.

    Attributes:
        name: the server's filter, such as ``shipped_time_until``; ``""`` where it has none for this bound.
        column: the time it bounds.
        moment: the first moment that belongs to it; of an ``until`` the first that does not.
        is_until: which of the two it is.
        keeps_undated: whether rows without the time lie inside.
    """

    name: str
    column: str
    moment: dt.datetime
    is_until: bool
    keeps_undated: bool

    def overshoot(self, row: Row) -> dt.timedelta:
        """How far ``row`` lies outside; zero at most when it lies inside."""
        moment = moment_in(row, self.column)
        if moment is None:
            return dt.timedelta() if self.keeps_undated else dt.timedelta.max
        return moment - self.moment + TICK if self.is_until else self.moment - moment

    def is_shown(self, row: Row) -> bool:
        """Whether ``row`` says when it was: a time that can be read, or an empty one."""
        return (self.column in row and not row[self.column]) or moment_in(row, self.column) is not None

    def __str__(self) -> str:
        """The bound in words."""
        return f"times {'before' if self.is_until else 'from'} {self.moment:%Y-%m-%d %H:%M}Z"


def make_mirrors(endpoint: Endpoint, params: Mapping[str, str]) -> list[Mirror]:
    """The mirrors of ``params``, which every row of the list must match."""
    columns, filters, hint = {one.name: one for one in endpoint.columns}, endpoint.filter_rows, endpoint.columns_hint
    found = []
    for name, wanted in params.items():
        mirrors = tuple(columns[one] for one in filters[name].columns if one in columns) if name in filters else ()
        if not mirrors or (name == "payment_method" and comparable(wanted) in HIDDEN_METHODS):
            continue
        is_sent = not hint or all(one.path[0] in hint or one.path[0] in ALWAYS_SENT for one in mirrors)
        found.append(Mirror(filters[name], wanted, mirrors, is_sent))
    return found


def texts_at(row: Row, path: Iterable[str]) -> list[str] | None:
    """The values at ``path`` of nested objects as comparable texts; ``None`` where the row does not have it.

    An id may stand in place of its object, and an object in place of its id or name.

    >>> texts_at({"store": {"id": 3.0}}, ("store", "id")), texts_at({"store": 3}, ("store", "id"))
    (['3'], ['3'])
    >>> texts_at({"store": None}, ("store", "id")), texts_at({}, ("store", "id"))
    ([], None)
    """
    value: Any = row
    for depth, step in enumerate(path):
        if isinstance(value, Mapping):
            if step not in value:
                return [] if depth and not value else None
            value = value[step]
        elif value is None or value in ("", []):
            return []
        else:
            return _texts(value) if step == "id" and _ID.fullmatch(comparable(value)) else None
    return _texts(value)


def _texts(value: object) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, Mapping):
        return [text for one in value.values() if not isinstance(one, list | Mapping) for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [comparable(value)]


def comparable(value: object) -> str:
    """A value as text, the same however a server writes it: ``12``, ``12.0`` and ``"12"``; ``True`` and ``"true"``."""
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
        value = int(value)
    text = " ".join(str(value).split()).casefold()
    whole, dot, zeros = text.partition(".")
    return whole if dot and whole.isdecimal() and not zeros.strip("0") else text


def _parts(text: str) -> list[str]:
    """The values of a text that may name several with commas."""
    return [comparable(part) for part in text.split(",") if part.strip()] or [comparable(text)]


def _is_method(said: str, wanted: str) -> bool:
    return said == wanted or said.startswith(f"{wanted}_") or said in METHOD_FAMILIES.get(wanted, ())
