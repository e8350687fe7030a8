"""Where a frame comes from: the typed header that travels in `DataFrame.attrs`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, ClassVar, Self, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from scalev_frames.catalog import ENDPOINTS, Column, Endpoint, kind_by_name
from scalev_frames.settings import TIME_ZONE

#: The version of the header's format and the key it is written under; a header of a later version is not read.
VERSION, VERSION_KEY = 1, "header_version"

Frame = TypeVar("Frame", bound=pd.DataFrame)
#: The name of a time zone that this computer knows.
ZoneName: TypeAlias = str


@dataclass(frozen=True, kw_only=True)
class Header:
    """The header of a frame: its call, its moment, and the kinds of its columns.

    `onto` writes it into ``frame.attrs`` as plain JSON values, one key a field, so ``frame.attrs["complete"]`` reads
    one of them. `of` reads it back. Fields that are not known are ``None`` or empty, and are not written.

    Attributes:
        endpoint: the catalog's name of the endpoint, such as ``orders``.
        filters: the filters of the call, as JSON values; ``{}`` when there were none.
        as_of: when the pull began.
        complete: whether the pull has every row; ``False`` when ``limit`` cut it short.
        requests: how many requests were sent.
        from_cache: whether the frame came from this computer without a request.
        account: the account's name.
        time_zone: the zone of days and times, such as ``Asia/Jakarta``.
        notes: what was not as expected, a sentence each.
        rows: how many rows the pull gave.
        kinds: the kinds of columns that the catalog does not declare.
        child: for a child frame, what its rows are, such as ``items``.
        details: whether the details of each record were joined.
        masked: whether customers' data are tokens.
        money: ``decimal`` where amounts are exact decimals because that was asked for.
        kept_as: the name under which the frame is kept.
        businesses: of a frame of several businesses, the attrs of each one's own frame, by its name.
        totals: the server's totals beside the rows, which are not their sums.

    >>> frame = Header(endpoint="orders", complete=True, rows=2000).onto(pd.DataFrame({"id": ["1", "2"]}))
    >>> frame.attrs["complete"], Header.of(frame).row_note(frame.head(1))
    (True, '1 of 2,000 rows, filtered afterwards')
    """

    endpoint: str = ""
    filters: Mapping[str, Any] | None = None
    as_of: dt.datetime | None = None
    complete: bool | None = None
    requests: int | None = None
    from_cache: bool | None = None
    account: str = ""
    time_zone: ZoneName = ""
    notes: tuple[str, ...] = ()
    rows: int | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    child: str = ""
    details: bool = False
    masked: bool = False
    money: str = ""
    kept_as: str = ""
    businesses: Mapping[str, Any] = field(default_factory=dict)
    totals: Mapping[str, Any] = field(default_factory=dict)

    #: Keys that are written even when they are empty.
    ALWAYS: ClassVar[tuple[str, ...]] = ("notes",)

    @classmethod
    def of(cls, frame: pd.DataFrame | pd.Series[Any]) -> Self:
        """The header of ``frame``; what is missing, foreign or of a wrong type is ignored."""
        return cls.read(frame.attrs)

    @classmethod
    def read(cls, said: Mapping[Any, Any]) -> Self:
        """The header in ``attrs``; see `of`."""
        attrs = dict(said)
        version = attrs.get(VERSION_KEY, 0)
        if not isinstance(version, int) or version > VERSION:
            return cls()
        if not version:  # attrs of before this format, or of another program
            attrs.pop("rows", None)
        read = {one.name: _READERS[str(one.type)](attrs.get(one.name)) for one in fields(cls)}
        header = cls(**{name: value for name, value in read.items() if value is not None})
        if header.as_of is None or header.as_of.tzinfo is not None:
            return header
        return replace(header, as_of=header.as_of.replace(tzinfo=header.zone))

    def onto(self, frame: Frame) -> Frame:
        """Write this header into ``frame.attrs`` in place of the one there; other keys stay. Gives the same frame."""
        names = {one.name for one in fields(self)}
        frame.attrs = {key: value for key, value in frame.attrs.items() if key not in names} | self.attrs
        return frame

    @property
    def attrs(self) -> dict[str, Any]:
        """This header as plain JSON values, as `onto` writes them."""
        blank, values = type(self)(), {one.name: getattr(self, one.name) for one in fields(self)}
        known = {name: one for name, one in values.items() if one != getattr(blank, name) or name in self.ALWAYS}
        return {**{name: _plain(one) for name, one in known.items()}, VERSION_KEY: VERSION}

    @property
    def zone(self) -> ZoneInfo:
        """The zone of days and times; Asia/Jakarta when none is known."""
        return ZoneInfo(self.time_zone or TIME_ZONE)

    @property
    def source(self) -> Endpoint | None:
        """The catalog's row of the endpoint; ``None`` for child frames and foreign ones."""
        return None if self.child else ENDPOINTS.get(self.endpoint)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the catalog declares for this frame, those of joined details last."""
        source = self.source
        if source is None:
            return ()
        joined = ENDPOINTS[source.details].columns if self.details and source.details else ()
        names = {column.name for column in source.columns}
        return source.columns + tuple(column for column in joined if column.name not in names)

    @cached_property
    def declared(self) -> dict[str, Column]:
        """`columns` by name."""
        return {column.name: column for column in self.columns}

    def kind_of(self, name: object) -> str:
        """The kind of a column: the header's, else the catalog's, else what its name suggests.

        >>> Header(kinds={"total": "money"}).kind_of("total"), Header(endpoint="orders").kind_of("weight")
        ('money', 'grams')
        """
        declared = self.declared.get(str(name))
        return self.kinds.get(str(name)) or (declared.kind if declared else kind_by_name(str(name)))

    def row_note(self, frame: pd.DataFrame) -> str:
        """How the rows of ``frame`` differ in number from those of the pull; empty when they do not.

        >>> Header(rows=2).row_note(pd.DataFrame({"id": ["1", "2", "3"]}))
        '3 rows where the pull had 2, joined or repeated afterwards'
        """
        if self.rows is None or len(frame) == self.rows:
            return ""
        if len(frame) < self.rows:
            return f"{len(frame):,} of {self.rows:,} rows, filtered afterwards"
        return f"{len(frame):,} rows where the pull had {self.rows:,}, joined or repeated afterwards"


def with_notes(frame: Frame, *notes: str) -> Frame:
    """Add notes to the header of ``frame``, and give the same frame.

    >>> with_notes(with_notes(pd.DataFrame(), "one day lacks rows"), "not kept").attrs["notes"]
    ['one day lacks rows', 'not kept']
    """
    header = Header.of(frame)
    return replace(header, notes=(*header.notes, *notes)).onto(frame)


def json_safe(frame: pd.DataFrame) -> dict[Hashable, Any]:
    """``frame.attrs`` as JSON values; other values become their text.

    >>> frame = pd.DataFrame()
    >>> frame.attrs = {"complete": True, "mine": {1, 1}, 7: "no name"}
    >>> json_safe(frame)
    {'complete': True, 'mine': '{1}'}
    """
    return {key: _plain(value) for key, value in frame.attrs.items() if isinstance(key, str)}


def _plain(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """``value`` as JSON values."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    given = {str(key): one for key, one in value.items()} if isinstance(value, Mapping) else value
    try:
        text = json.dumps(given, default=str, skipkeys=True)
    except (ValueError, RecursionError):  # it holds itself
        text = json.dumps(str(value))
    return json.loads(text, parse_constant=lambda _: None)


@dataclass(frozen=True, kw_only=True)
class VerdictHeader(Header):
    """The header of a reconciliation.

    Attributes:
        verdict: what was found, in a sentence.
        equal: whether frame and server agree; ``None`` when nothing was compared.
    """

    verdict: str = ""
    equal: bool | None = None

    ALWAYS: ClassVar[tuple[str, ...]] = (*Header.ALWAYS, "verdict", "equal")


# Readers return None for what they cannot read ------------------------------------------------------------------------


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _zone(value: object) -> ZoneName | None:
    if not isinstance(value, str) or not value:
        return None
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError):
        return None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _texts(value: object) -> tuple[str, ...] | None:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list | tuple) else None


def _moment(value: object) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(moment, dt.datetime) or moment != moment:
        return None
    return moment if 1970 <= moment.year < 9999 else None  # no pull began then, and not every zone can say when


def _object(value: object) -> dict[str, Any] | None:
    return _plain(value) if isinstance(value, Mapping) else None


def _words(value: object) -> Mapping[str, str] | None:
    found = _object(value)
    return None if found is None else {key: one for key, one in found.items() if isinstance(one, str)}


_READERS: dict[str, Callable[[object], Any]] = {
    "str": _text,
    "ZoneName": _zone,
    "bool": _flag,
    "bool | None": _flag,
    "int": _count,
    "int | None": _count,
    "tuple[str, ...]": _texts,
    "dt.datetime | None": _moment,
    "Mapping[str, Any]": _object,
    "Mapping[str, Any] | None": _object,
    "Mapping[str, str]": _words,
}
