"""Why: a call's arguments become exact requests, and what cannot be meant is refused before anything is sent.

The server ignores unknown parameters, so names and values are checked here; and it may ignore known ones, so
`Query.check` looks at every row that comes back. May import catalog, errors and settings.
"""

from __future__ import annotations

import datetime as dt
import difflib
import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from scalev_frames.catalog import ENDPOINTS, Basis, Column, Endpoint, Filter
from scalev_frames.errors import BadValueError, FilterIgnoredError, UnknownNameError

Row = Mapping[str, Any]
UTC = dt.UTC
DAY = dt.timedelta(days=1)
_TICK = dt.timedelta(microseconds=1)
#: Years outside are slips, and beyond what time zones and stamps can hold.
FIRST_YEAR, LAST_YEAR = 1970, 2200
#: How far outside the asked-for times a row may lie before the server is said to ignore them: no reading of a day in
#: any time zone is further off. Rows within it are left out of the frame.
TOLERANCE = DAY
_DAY_TEXT = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Mirror:
    """A filter, the value it was given, and the column that shows whether the server obeyed."""

    name: str
    wanted: str
    column: Column
    is_exact: bool

    def read(self, row: Row) -> str | None:
        """What ``row`` says, as the text the filter has; ``None`` when it says nothing."""
        value = value_at(row, self.column.path)
        if isinstance(value, list):  # tags: objects or texts
            value = " ".join(str(part) for one in value for part in (one.values() if isinstance(one, dict) else [one]))
        if value is None or value == "" or isinstance(value, Mapping):
            return None
        text = str(value)
        return {"1": "true", "0": "false"}.get(text, text.lower()) if self.column.kind == "flag" else text

    def is_obeyed(self, came: str) -> bool:
        """Whether a row that says ``came`` was asked for: a free text may be a part of it, or several with commas."""
        if self.is_exact:
            return came == self.wanted
        return any(part.strip().casefold() in came.casefold() for part in self.wanted.split(","))


@dataclass(frozen=True, slots=True)
class Bound:
    """A time filter of the server's own, such as ``shipped_time_until``.

    Attributes:
        name: the filter.
        column: the time it bounds.
        moment: the first moment that belongs to it; of an ``until`` the first that does not.
        is_until: which of the two it is.
    """

    name: str
    column: str
    moment: dt.datetime
    is_until: bool

    def overshoot(self, row: Row) -> dt.timedelta:
        """How far ``row`` lies outside; zero at most when it lies inside, and all of time when it has no such time."""
        moment = moment_in(row, self.column)
        if moment is None:
            return dt.timedelta.max
        return moment - self.moment + _TICK if self.is_until else self.moment - moment


@dataclass(frozen=True, slots=True)
class Query:
    """One checked call.

    Attributes:
        endpoint: its catalog row.
        ids: path parameters with the ids asked for; ``None`` means every parent's.
        params: query parameters, one mapping a walk: a list of values is one walk each.
        filters: what was asked, in plain JSON, for ``attrs`` and Notes.
        basis: the date basis when ``since`` or ``until`` is given.
        bounds: the server's own time filters, where they were given by their names.
        start: first moment included, UTC.
        end: first moment not included, UTC.
        limit: at most so many rows.
    """

    endpoint: Endpoint
    ids: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    params: tuple[Mapping[str, str], ...] = ({},)
    filters: Mapping[str, Any] = field(default_factory=dict)
    basis: Basis | None = None
    bounds: tuple[Bound, ...] = ()
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    limit: int | None = None

    @property
    def identity(self) -> str:
        """What makes two calls the same call, as text."""
        asked = [self.endpoint.path, sorted(self.filters.items()), str(self.start), str(self.end), self.limit]
        return json.dumps(asked, default=str)

    def moment(self, row: Row) -> dt.datetime | None:
        """When ``row`` happened by the basis of this query."""
        return moment_in(row, self.basis.column) if self.basis else None

    def is_before(self, row: Row) -> bool:
        """Whether ``row`` is older than the first moment asked for."""
        moment = self.moment(row)
        return self.start is not None and moment is not None and moment < self.start

    def includes(self, row: Row) -> bool:
        """Whether ``row`` lies within the times asked for; a row without any time is kept."""
        moment = self.moment(row)
        if any(bound.overshoot(row) > dt.timedelta() for bound in self.bounds):
            return False
        if moment is None:
            return True
        return (self.start is None or moment >= self.start) and (self.end is None or moment < self.end)

    def mirrors(self, params: Mapping[str, str]) -> list[Mirror]:
        """What every row of a walk with ``params`` must say for itself."""
        kinds = {column.name: column for column in self.endpoint.columns}
        filters = self.endpoint.filter_rows
        return [
            Mirror(name, wanted, kinds[filters[name].column], _is_exact(filters[name]))
            for name, wanted in params.items()
            if name in filters and filters[name].column in kinds
        ]

    def check(self, row: Row, mirrors: Iterable[Mirror]) -> None:
        """Raise when ``row`` is one that the filters exclude: then the server ignored them.

        Raises:
            FilterIgnoredError: with the filter, what was asked and what came.
        """
        for mirror in mirrors:
            came = mirror.read(row)
            if came is not None and not mirror.is_obeyed(came):
                raise _ignored(self.endpoint, mirror.name, mirror.wanted, came)
        for bound in self.bounds:
            if bound.overshoot(row) > TOLERANCE:
                came = str(moment_in(row, bound.column) or "a row without one")
                raise _ignored(self.endpoint, bound.name, f"{bound.moment:%Y-%m-%d %H:%M}Z", came)
        self._check_times(row)

    def _check_times(self, row: Row) -> None:
        if self.basis is None:
            return
        moment = self.moment(row)
        if moment is None:
            if self.basis.since:
                raise _ignored(self.endpoint, self.basis.since, "a time", "a row without one")
        elif self.end is not None and moment >= self.end + TOLERANCE:
            raise _ignored(self.endpoint, self.basis.until, f"before {self.end:%Y-%m-%d %H:%M}Z", f"{moment}")
        elif self.start is not None and self.basis.since and moment < self.start - TOLERANCE:
            raise _ignored(self.endpoint, self.basis.since, f"from {self.start:%Y-%m-%d %H:%M}Z", f"{moment}")


def make_query(name: str, arguments: Mapping[str, Any], zone: ZoneInfo, now: dt.datetime) -> Query:
    """The checked query for a call.

    Args:
        name: the accessor's name.
        arguments: what was given, ``None`` meaning not given.
        zone: whose days ``since`` and ``until`` mean.
        now: the present moment, for ``today`` and ``yesterday``.

    Raises:
        UnknownNameError: no such endpoint, filter or basis; says the nearest good name.
        BadValueError: a value of the wrong kind or not among the allowed ones; a date that is none.

    >>> zone = ZoneInfo("Asia/Jakarta")
    >>> query = make_query("orders", {"since": "2026-11-01", "status": ["shipped", "rts"]}, zone, dt.datetime.now(UTC))
    >>> query.start.isoformat(), [dict(params)["status"] for params in query.params]
    ('2026-10-31T17:00:00+00:00', ['shipped', 'rts'])
    """
    endpoint = find_endpoint(name)
    given = {key: value for key, value in arguments.items() if value is not None}
    limit = _limit(given.pop("limit", None))
    basis, start, end, described = _times(endpoint, given, zone, now)
    ids = {parameter: _ids(endpoint, parameter, given.pop(parameter, None)) for parameter in endpoint.path_parameters}
    bounds = _bounds(endpoint, given, zone, now)
    values = {key: _filter_values(endpoint, key, value, zone, now) for key, value in given.items()}
    for key in endpoint.required:
        if key not in values:
            raise BadValueError(f"{name}() needs {key}=.")
    fixed = _fixed_params(endpoint, basis, start, end)
    combinations = itertools.product(*([(key, one) for one in many] for key, many in values.items()))
    filters = {**described, **{key: _described(many) for key, many in values.items()}}
    filters.update({key: _described(many) for key, many in ids.items() if many is not None})
    return Query(
        endpoint=endpoint,
        ids=ids,
        params=tuple({**fixed, **dict(combination)} for combination in combinations),
        filters=filters,
        basis=basis,
        bounds=bounds,
        start=start,
        end=end,
        limit=limit,
    )


def find_endpoint(name: str) -> Endpoint:
    """The catalog row called ``name``.

    Raises:
        UnknownNameError: there is none; says the nearest.
    """
    if name not in ENDPOINTS:
        raise unknown("endpoint", name, ENDPOINTS)
    return ENDPOINTS[name]


def unknown(what: str, name: str, good: Iterable[str], where: str = "") -> UnknownNameError:
    """The error for a name that does not exist, with the nearest good ones."""
    names = sorted(good)
    nearest = tuple(difflib.get_close_matches(name, names, n=3, cutoff=0.5))
    advice = f"Did you mean {' or '.join(nearest)}?" if nearest else f"There are: {', '.join(names)}."
    return UnknownNameError(f"There is no {what} {name!r}{where}.", nearest=nearest, advice=advice)


def parse_stamp(value: object) -> dt.datetime | None:
    """A moment of the API: UTC, with or without microseconds; ``None`` when it is none.

    >>> parse_stamp("2026-11-01T00:00:00.5Z").isoformat()
    '2026-11-01T00:00:00.500000+00:00'
    """
    if not isinstance(value, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_in(row: Row, column: str) -> dt.datetime | None:
    """The time ``column`` of ``row``; a creation falls back to ``created_at``."""
    stamp = row.get(column)
    if not stamp and column == "draft_time":
        stamp = row.get("created_at")
    return parse_stamp(stamp)


def to_moment(value: object, zone: ZoneInfo, now: dt.datetime, *, name: str) -> tuple[dt.datetime, bool]:
    """A given day or stamp as a UTC moment, and whether it was a whole day.

    Args:
        value: ``2026-11-01``, ``today``, ``yesterday``, a stamp as text, a ``date``, ``datetime`` or ``Timestamp``;
            without a zone it is of ``zone``.
        zone: the account's zone.
        now: the present moment.
        name: the argument's name, for the error.

    Raises:
        BadValueError: it is none of these.
    """
    today = now.astimezone(zone).date()
    if isinstance(value, str):
        text = value.strip()
        if text in ("today", "yesterday"):
            value = today if text == "today" else today - DAY
        else:
            value = _parse_text(text, name)
    if isinstance(value, dt.date) and value == value and FIRST_YEAR <= value.year <= LAST_YEAR:  # NaT is not itself
        if not isinstance(value, dt.datetime):
            return dt.datetime.combine(value, dt.time.min, zone).astimezone(UTC), True
        local = value if value.tzinfo else value.replace(tzinfo=zone)
        return local.astimezone(UTC), False
    raise BadValueError(f"{name}={value!r} is not a day or a moment.", advice="Write it as 2026-11-01.")


def _parse_text(text: str, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if _DAY_TEXT.fullmatch(text) else _stamp_text(text)
    except ValueError as error:
        raise BadValueError(
            f"{name}={text!r} is not a day or a moment.",
            advice="Write a day as 2026-11-01, a moment as 2026-11-01T13:30 (or with +07:00), or today or yesterday.",
        ) from error


def _stamp_text(text: str) -> dt.datetime:
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
        raise ValueError(text)
    return dt.datetime.fromisoformat(text)


def _times(
    endpoint: Endpoint, given: dict[str, Any], zone: ZoneInfo, now: dt.datetime
) -> tuple[Basis | None, dt.datetime | None, dt.datetime | None, dict[str, Any]]:
    since, until, by = given.pop("since", None), given.pop("until", None), given.pop("by", None)
    if not endpoint.bases:
        for name, value in (("since", since), ("until", until), ("by", by)):
            if value is not None:
                raise unknown("filter", name, endpoint.filter_rows, f" on {endpoint.name}")
        return None, None, None, {}
    by = by or next(iter(endpoint.bases))
    if by not in endpoint.bases:
        raise unknown("date basis", str(by), endpoint.bases)
    if since is None and until is None:
        return None, None, None, {}
    start = to_moment(since, zone, now, name="since")[0] if since is not None else None
    end = None
    if until is not None:
        moment, whole_day = to_moment(until, zone, now, name="until")
        end = _end(moment, whole_day, zone)
    if start is not None and end is not None and start >= end:
        raise BadValueError(f"since={since} lies after until={until}.", advice="Swap them.")
    described = {"since": _day_or_stamp(since), "until": _day_or_stamp(until), "by": by}
    return endpoint.bases[by], start, end, {key: value for key, value in described.items() if value is not None}


def _bounds(endpoint: Endpoint, given: Mapping[str, Any], zone: ZoneInfo, now: dt.datetime) -> tuple[Bound, ...]:
    """The server's own time filters among ``given``."""
    sides = [(name, basis.column, name == basis.until) for basis in endpoint.bases.values()
             for name in (basis.since, basis.until) if name in given]  # fmt: skip
    bounds = []
    for name, column, is_until in sides:
        moment, whole_day = to_moment(given[name], zone, now, name=name)
        bounds.append(Bound(name, column, _end(moment, whole_day, zone) if is_until else moment, is_until))
    return tuple(bounds)


def _end(moment: dt.datetime, whole_day: bool, zone: ZoneInfo) -> dt.datetime:
    """The first moment that does not belong to an ``until``: a day is included."""
    if not whole_day:
        return moment + _TICK
    day = moment.astimezone(zone).date() + DAY
    return dt.datetime.combine(day, dt.time.min, zone).astimezone(UTC)


def _day_or_stamp(value: object) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)


def _fixed_params(
    endpoint: Endpoint, basis: Basis | None, start: dt.datetime | None, end: dt.datetime | None
) -> dict[str, str]:
    fixed = {"columns": ",".join(endpoint.columns_hint)} if endpoint.columns_hint else {}
    if basis and basis.since and start:
        fixed[basis.since] = _sent(start)
    if basis and basis.until and end:
        fixed[basis.until] = _sent(end, up=True)
    return fixed


def _sent(moment: dt.datetime, *, up: bool = False) -> str:
    """A moment as the server takes it, in whole seconds: rounded to the side that leaves nothing out."""
    if up and moment.microsecond:
        moment += dt.timedelta(seconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _limit(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadValueError(f"limit={value!r} is not a whole number above zero.")
    return value


def _ids(endpoint: Endpoint, parameter: str, value: object) -> tuple[str, ...] | None:
    walked = {parent.parameter for parent in endpoint.parents}
    if value is None and parameter in walked:
        return None
    if value is None:
        raise BadValueError(f"{endpoint.name}() needs {parameter}=.")
    many = tuple(dict.fromkeys(_text(parameter, one) for one in _many(value)))
    if not many or (len(many) > 1 and parameter not in walked):
        raise BadValueError(f"{endpoint.name}({parameter}=) takes {'ids' if parameter in walked else 'one id'}.")
    for one in many:
        if not one or "/" in one or "?" in one or "#" in one or one in (".", ".."):
            raise BadValueError(f"{parameter}={one!r} is not an id.")
    return many


def _many(value: object) -> Sequence[Any]:
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def _filter_values(endpoint: Endpoint, name: str, value: object, zone: ZoneInfo, now: dt.datetime) -> list[str]:
    filters = endpoint.filter_rows
    if name not in filters:
        choices = [*filters, *endpoint.path_parameters, *(("since", "until", "by") if endpoint.bases else ())]
        raise unknown("filter", name, choices, f" on {endpoint.name}")
    many = [_filter_text(filters[name], one, zone, now) for one in _many(value)]
    if not many:
        raise BadValueError(f"{name}=[] asks for nothing.", advice="Leave the filter out to get everything.")
    return list(dict.fromkeys(many))


def _filter_text(row: Filter, value: object, zone: ZoneInfo, now: dt.datetime) -> str:
    if row.kind == "flag":
        return _flag_text(row.name, value)
    if row.kind == "time":
        moment, whole_day = to_moment(value, zone, now, name=row.name)
        is_until = row.name.endswith("_until")
        return _sent(_end(moment, whole_day, zone) if is_until else moment, up=is_until)
    text = _text(row.name, value)
    if row.kind == "count" and not text.isdigit():
        raise BadValueError(f"{row.name}={value!r} is not a whole number.")
    if text.startswith("=") and row.values:
        return text[1:]
    if row.values and text not in row.values:
        nearest = difflib.get_close_matches(text, row.values, n=1, cutoff=0.5)
        hint = f"Did you mean {nearest[0]}?" if nearest else f"Known are: {', '.join(row.values)}."
        raise BadValueError(
            f"{row.name}={text!r} is not a known value.",
            advice=f"{hint} To send a value that is newer than this list, write '={text}'.",
        )
    return text


def _is_exact(row: Filter) -> bool:
    """Whether a row must equal what was asked; the server may take a part of a free text."""
    return bool(row.values) or row.kind in ("id", "flag")


def _flag_text(name: str, value: object) -> str:
    text = str(value).lower()
    if text not in ("true", "false"):
        raise BadValueError(f"{name}={value!r} is not True or False.")
    return text


def _text(name: str, value: object) -> str:
    if isinstance(value, bool) or (not isinstance(value, str | int | Decimal) and not hasattr(value, "__index__")):
        raise BadValueError(f"{name}={value!r} is not an id or a text.")
    return str(value if isinstance(value, str | int | Decimal) else value.__index__()).strip()


def _described(many: Sequence[str]) -> str | list[str]:
    return many[0] if len(many) == 1 else list(many)


def _ignored(endpoint: Endpoint, name: str, wanted: str, came: str) -> FilterIgnoredError:
    return FilterIgnoredError(
        f"The server ignored {name} on {endpoint.name}: asked for {wanted}, it sent a row with {came}."
    )


def value_at(row: Row, path: Iterable[str]) -> Any:  # noqa: ANN401 - a JSON value
    """The value at ``path`` of nested objects; ``None`` where one is missing."""
    value: Any = row
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
