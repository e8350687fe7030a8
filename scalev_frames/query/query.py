"""A call's arguments as exact requests: names and values are checked before anything is sent.

The server ignores unknown parameters, so names and values are checked here; and it may ignore known ones, so
`Query.check` looks at every row that it sends.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from scalev_frames.catalog import ENDPOINTS, Basis, Column, Endpoint, Filter
from scalev_frames.errors import BadValueError, FilterIgnoredError, UnknownNameError, WrongVersionError
from scalev_frames.query.filters import Bound, Mirror, make_mirrors
from scalev_frames.query.time_params import day_params, filter_bounds, fixed_params, take_times
from scalev_frames.query.times import DAY, Row, moment_in, to_span, to_stamp
from scalev_frames.query.unknown import check_unknown
from scalev_frames.redact import holds_key

#: How far outside the asked-for times a row may lie before the server is said to ignore them: no reading of a day in
#: any time zone is further off. Rows within it are left out of the frame.
TOLERANCE = DAY
#: Half a character, left where a program cut a text: it cannot be sent.
_HALF_LETTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Query:
    """One checked call.

    Attributes:
        endpoint: its catalog row.
        ids: path parameters with the ids asked for; ``None`` means every parent's, which are to be looked up.
        params: query parameters, one mapping for each list to read: of several values each is a list of its own.
        filters: what was asked, in plain JSON, for ``attrs`` and Notes.
        basis: the date basis when ``since`` or ``until`` is given.
        bounds: what the rows' times must obey: ``start`` and ``end``, and time filters given by the server's names.
        start: first moment included, UTC.
        end: first moment not included, UTC.
        limit: at most N rows.
        applied: filters that are not sent but applied to the rows here, with their mirrors; none of a time filter.
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
    applied: Mapping[str, tuple[Mirror, ...]] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """A text that is equal for two calls which ask for the same."""
        asked = [self.endpoint.path, sorted(self.filters.items()), str(self.start), str(self.end), self.limit]
        return json.dumps(asked, default=str)

    @property
    def apart(self) -> tuple[str, ...]:
        """The filters with several values, where rows have no key and only these tell their lists' rows apart."""
        names = () if self.endpoint.key else dict.fromkeys(name for one in self.params for name in one)
        return tuple(name for name in names if len({one.get(name) for one in self.params}) > 1)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The declared columns: those of `apart`, then the endpoint's."""
        known, declared = self.endpoint.filter_rows, {column.name for column in self.endpoint.columns}
        more = {name: known[name].kind if name in known else "text" for name in self.apart if name not in declared}
        return tuple(Column(name, (name,), kind) for name, kind in more.items()) + self.endpoint.columns

    @property
    def until(self) -> str:
        """The time filter that finds places in the list: an upper bound of its own time; empty where it has none."""
        return self.endpoint.timeline.until if self.endpoint.timeline else ""

    @property
    def sent_until(self) -> dt.datetime | None:
        """The upper bound of the list's own time that the server is asked for."""
        moments = (bound.moment for bound in self.bounds if self.until and bound.name == self.until)
        return min(moments, default=None)

    def moment(self, row: Row) -> dt.datetime | None:
        """When ``row`` happened by the basis of this query."""
        return moment_in(row, self.basis.column) if self.basis else None

    def is_before(self, row: Row) -> bool:
        """Whether ``row`` is older than the first moment asked for."""
        moment = self.moment(row)
        return self.start is not None and moment is not None and moment < self.start

    def includes(self, row: Row) -> bool:
        """Whether ``row`` lies within the times asked for and fits the filters applied here; undated orders do."""
        return all(bound.overshoot(row) <= dt.timedelta() for bound in self.bounds) and all(
            any(mirror.fits(row) for mirror in mirrors) for mirrors in self.applied.values() if mirrors
        )

    def mirrors(self, params: Mapping[str, str]) -> list[Mirror]:
        """The mirrors of ``params``, which every row of the list must match."""
        return make_mirrors(self.endpoint, params)

    def blind_filters(self, params: Mapping[str, str]) -> tuple[str, ...]:
        """The filters sent in ``params`` that no column shows, so that rows do not show whether the server obeyed."""
        times = {name for basis in self.endpoint.bases.values() for name in (basis.since, basis.until)}
        shown = {mirror.name for mirror in self.mirrors(params)}
        visible = shown | times | set(self.endpoint.required)  # a required filter cannot be left out to compare
        return tuple(
            name
            for name, value in params.items()
            if name in self.endpoint.filter_rows and name not in visible and DEFAULTS.get(name) != value
        )

    def is_filled(self, name: str, rows: Iterable[Row]) -> bool:
        """Whether any of ``rows`` has a value in the columns of the filter ``name``: else none can be found by it."""
        return not self._mirrors_of(name) or bool(self.said(name, rows))

    def said(self, name: str, rows: Iterable[Row]) -> set[str]:
        """The values of ``rows`` in the columns of the filter ``name``, as comparable texts."""
        return {text for row in rows for mirror in self._mirrors_of(name)[:1] for text in mirror.raw(row) or ()}

    def about_nothing(self) -> list[str]:
        """Notes on why a call may give no rows: it searched in the default field alone."""
        field = self.filters.get("search_field")
        if "search" not in self.filters or field != DEFAULTS["search_field"]:
            return []
        return [f"the search looked in {field} alone; search_field= names another, such as customer_name"]

    def without(self, names: Collection[str]) -> Query:
        """The same call with these filters not sent."""
        params = [{name: value for name, value in one.items() if name not in names} for one in self.params]
        return replace(self, params=tuple(dict(one) for one in dict.fromkeys(tuple(one.items()) for one in params)))

    def applied_here(self, *names: str) -> Query:
        """The same call with these filters applied to the rows here, not sent: for a server that ignores them.

        ``filters``, and so the call's identity, stay as they are; lists that differ by these filters alone become one.
        """
        applied = {name: self._mirrors_of(name) for name in names}
        return replace(self.without(names), applied={**self.applied, **applied})

    def _mirrors_of(self, name: str) -> tuple[Mirror, ...]:
        values = dict.fromkeys(one[name] for one in self.params if name in one)
        sent = [mirror for value in values for mirror in self.mirrors({name: value})]
        return tuple(sent) or self.applied.get(name, ())

    def check(self, row: Row, mirrors: Iterable[Mirror]) -> None:
        """Raise when ``row`` is one that the filters exclude: then the server ignored them.

        Raises:
            FilterIgnoredError: with the filter, the value asked for, and whether the filter can be applied here. It is
                also raised for a filter that is applied here where a row does not show its column.
        """
        self._check_shown(row)
        for mirror in mirrors:
            if not mirror.is_obeyed(row):
                said = mirror.read(row)
                sent = ", ".join(dict.fromkeys(said or ())) or "an empty one"
                raise self._ignored(mirror.name, mirror.wanted, sent, can_apply=said is not None)
        for bound in self.bounds:
            if bound.name and bound.name not in self.applied and bound.overshoot(row) > TOLERANCE:
                sent = str(moment_in(row, bound.column) or row.get(bound.column) or "none")
                raise self._ignored(bound.name, str(bound), sent, can_apply=bound.is_shown(row))

    def refused(self, params: Mapping[str, str], words: str) -> FilterIgnoredError | None:
        """The time filter for which a server may have refused a call, by its words, as an error; the rows show it."""
        named = [name for name in params if name in words] or params
        bounds = [bound for bound in self.bounds if bound.name in named and bound.name not in self.applied]
        if not bounds:
            return None
        what = f"The server refused {bounds[0].name} on {self.endpoint.name}: {words}"
        return FilterIgnoredError(what, filter=bounds[0].name, wanted=str(bounds[0]), can_apply=True, how="refused")

    def _check_shown(self, row: Row) -> None:
        """Raise when ``row`` does not show the column of a filter that is applied here."""
        for name, mirrors in self.applied.items():
            if mirrors and mirrors[0].read(row) is None:
                raise self._ignored(name, mirrors[0].wanted, "nothing that tells", can_apply=False)
        for bound in self.bounds:
            if bound.name in self.applied and not bound.is_shown(row):
                raise self._ignored(bound.name, str(bound), "nothing that tells", can_apply=False)

    def _ignored(self, name: str, wanted: str, sent: str, *, can_apply: bool) -> FilterIgnoredError:
        return FilterIgnoredError(
            f"The server ignored {name} on {self.endpoint.name}: asked for {wanted}, it sent a row with {sent}.",
            filter=name, wanted=wanted, can_apply=can_apply, advice=self.endpoint.about_ignored(name),
        )  # fmt: skip


def make_query(name: str, arguments: Mapping[str, Any], zone: ZoneInfo, now: dt.datetime, version: str = "") -> Query:
    """The checked query for a call.

    Args:
        name: the accessor's name.
        arguments: what was given, ``None`` meaning not given.
        zone: the time zone of ``since`` and ``until``.
        now: the present moment, for ``today`` and ``yesterday``.
        version: the version of the API; any where left out.

    Raises:
        UnknownNameError: no such endpoint, filter or basis; says the nearest good name.
        WrongVersionError: only another version has the endpoint.
        BadValueError: a value of the wrong kind or not among the allowed ones; a date that is none.

    >>> zone = ZoneInfo("Asia/Jakarta")
    >>> now = dt.datetime.now(dt.UTC)
    >>> query = make_query("orders", {"since": "2026-11-01", "status": ["shipped", "rts"]}, zone, now)
    >>> query.start.isoformat(), [dict(params)["status"] for params in query.params]
    ('2026-10-31T17:00:00+00:00', ['shipped', 'rts'])
    """
    endpoint = find_endpoint(name, version)
    refuse_keys(arguments)
    given = {key: value for key, value in arguments.items() if value is not None}
    limit = read_limit(given.pop("limit", None))
    times = take_times(endpoint, given, zone, now)
    ids = {parameter: _ids(endpoint, parameter, given.pop(parameter, None)) for parameter in endpoint.path_parameters}
    if version == "v3" and "search" in given and "search_field" in endpoint.filter_rows:
        given = DEFAULTS | given
    values = {key: _filter_values(endpoint, key, value, zone, now) for key, value in given.items()}
    _check_required(endpoint, values)
    fixed = fixed_params(endpoint, times, now) | day_params(endpoint, times, zone)
    asked = values | {key: many for key, many in ids.items() if many is not None}
    return Query(
        endpoint=endpoint,
        ids=ids,
        params=tuple(fixed | one for one in combinations(values)),
        filters={**times.filters, **{key: described(many) for key, many in asked.items()}},
        basis=times.basis,
        bounds=(*filter_bounds(endpoint, given, zone, now), *times.bounds()),
        start=times.start,
        end=times.end,
        limit=limit,
    )


def refuse_keys(arguments: Mapping[str, Any]) -> None:
    """Refuse a call in which an API key stands where something else belongs: it would be sent, and kept.

    Raises:
        BadValueError: the name of an argument, or a value, is a key; or a text that cannot be sent.
    """
    for name, value in arguments.items():
        for text in value if isinstance(value, list | tuple | set | frozenset) else (value,):
            if isinstance(text, str) and _HALF_LETTER.search(text):
                raise BadValueError(f"{name}={text!r} has half a letter in it.", advice="Type it again.")
    if any(map(holds_key, (*arguments, *arguments.values()))):
        advice = "Give keys to connect(api_key=…) alone; nothing was sent."
        raise BadValueError("An API key stands among the arguments of this call.", advice=advice)


def combinations(values: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Each combination of one value a name: a list of its own, because the server takes one value a parameter.

    >>> combinations({"status": ["rts", "shipped"], "is_spam": ["false"]})
    [{'status': 'rts', 'is_spam': 'false'}, {'status': 'shipped', 'is_spam': 'false'}]
    """
    return [dict(zip(values, one, strict=True)) for one in itertools.product(*values.values())]


def described(many: Sequence[str]) -> str | list[str]:
    """The values of a filter as ``attrs`` have them: one alone as it is, several as a list."""
    return many[0] if len(many) == 1 else list(many)


def _check_required(endpoint: Endpoint, values: Collection[str]) -> None:
    for name in endpoint.required:
        if name not in values:
            raise BadValueError(f"{endpoint.name}() needs {name}=.")


#: The server's default in v3. It is sent all the same, so that the frame's filters show it; alone it chooses no rows.
DEFAULTS = {"search_field": "order_id"}


def find_endpoint(name: str, version: str = "") -> Endpoint:
    """The catalog row called ``name``, in a version of the API where one is given.

    Raises:
        UnknownNameError: there is none; says the nearest.
        WrongVersionError: only another version has it.
    """
    if not isinstance(name, str) or name not in ENDPOINTS:
        raise UnknownNameError.near("endpoint", name, ENDPOINTS)
    row = ENDPOINTS[name]
    if version and version not in row.versions:
        raise WrongVersionError(name, version, row.versions)
    return row.in_version(version) if version else row


def read_limit(value: object) -> int | None:
    """A row limit, checked.

    Raises:
        BadValueError: it is no whole number above zero.
    """
    if value is None:
        return None
    number = value.__index__() if hasattr(value, "__index__") and not isinstance(value, bool) else 0
    if number < 1:
        raise BadValueError(f"limit={value!r} is not a whole number above zero.")
    return int(number)


def _ids(endpoint: Endpoint, parameter: str, value: object) -> tuple[str, ...] | None:
    """The ids of a path parameter; ``None`` for those of every parent."""
    takes_many = any(parent.parameter == parameter for parent in endpoint.parents)
    if value is None:
        if takes_many:
            return None
        raise BadValueError(f"{endpoint.name}() needs {parameter}=.")
    many = tuple(texts_of(parameter, value, text_of))
    if len(many) > 1 and not takes_many:
        raise BadValueError(f"{endpoint.name}({parameter}=) takes one id.")
    for one in many:
        if one in ("", ".", "..") or set(one) & set("/?#"):  # it leads to another place in a path
            raise BadValueError(f"{parameter}={one!r} is not an id.")
    return many


def texts_of(name: str, value: object, text: Callable[[str, Any], str]) -> list[str]:
    """The values of a parameter as they are sent, each once: one, or those of a list, a set or a column.

    Args:
        name: the parameter.
        value: what was given; a set has no order of its own, and is the same call in any.
        text: gives one value's text.

    Raises:
        BadValueError: there is none, or a table or a mapping in place of a list.
    """
    many: list[Any] = [value]
    if isinstance(value, Mapping) or getattr(value, "ndim", 1) != 1:
        raise BadValueError(f"{name}= takes a value or a list of values, and not a {type(value).__name__}.")
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        many = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
    if not many:
        raise BadValueError(f"{name}=[] asks for nothing.", advice="Leave it out to get everything.")
    return list(dict.fromkeys(text(name, one) for one in many))


def _filter_values(endpoint: Endpoint, name: str, value: object, zone: ZoneInfo, now: dt.datetime) -> list[str]:
    filters = endpoint.filter_rows
    if name not in filters:
        choices = [*filters, *endpoint.path_parameters, *(("since", "until", "by") if endpoint.bases else ())]
        raise UnknownNameError.near("filter", name, choices, f" on {endpoint.name}")
    return texts_of(name, value, lambda _, one: _filter_text(filters[name], one, zone, now))


def _filter_text(row: Filter, value: object, zone: ZoneInfo, now: dt.datetime) -> str:
    if row.kind == "flag":
        if (flag := str(value).lower()) not in ("true", "false"):
            raise BadValueError(f"{row.name}={value!r} is not True or False.")
        return flag
    if row.kind == "time":
        span = to_span(value, zone, now, name=row.name)
        return to_stamp(span.end, up=True) if row.name.endswith("_until") else to_stamp(span.start)
    text = text_of(row.name, value)
    if row.kind == "count" and not text.isdecimal():
        raise BadValueError(f"{row.name}={value!r} is not a whole number.")
    if text.startswith("=") and row.values:
        return text[1:]
    if row.values and text not in row.values:
        check_unknown(row, text)
    return text


def text_of(name: str, value: object) -> str:
    """An id or a text as it is sent.

    Raises:
        BadValueError: it is neither.
    """
    if isinstance(value, bool) or (not isinstance(value, str | int | Decimal) and not hasattr(value, "__index__")):
        raise BadValueError(f"{name}={value!r} is not an id or a text.")
    return str(value if isinstance(value, str | int | Decimal) else value.__index__()).strip()
