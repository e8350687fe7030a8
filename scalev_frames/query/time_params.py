"""The times that a call asks for: taken out of its arguments, as bounds of the rows, and as parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from scalev_frames.catalog import Basis, Endpoint
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.query.filters import Bound
from scalev_frames.query.times import TICK, Span, to_span, to_stamp

#: The arguments that say which times.
TIME_WORDS = ("since", "until", "by")


class Times(NamedTuple):
    """The times that a call asks for.

    Attributes:
        basis: by which date; ``None`` where no times are asked for.
        start: first moment included, UTC.
        end: first moment not included, UTC.
        filters: how ``attrs`` have them.
    """

    basis: Basis | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    filters: Mapping[str, str] = {}

    def bounds(self) -> Iterator[Bound]:
        """The bounds of the rows; the server has no filter for the first moment of a creation."""
        if self.basis is None or not self.basis.column:
            return  # rows do not show it
        if self.end:
            yield Bound(self.basis.until, self.basis.column, self.end, True, not self.basis.since)
        if self.start:
            yield Bound(self.basis.since, self.basis.column, self.start, False, not self.basis.since)


def take_times(endpoint: Endpoint, given: dict[str, Any], zone: ZoneInfo, now: dt.datetime) -> Times:
    """Take ``since``, ``until`` and ``by`` out of a call's arguments.

    Raises:
        UnknownNameError: the endpoint takes no times, or not by that date.
        BadValueError: no times, or the first lies after the last.
    """
    asked = {name: given.pop(name) for name in TIME_WORDS if name in given}
    if not endpoint.bases:
        for name in asked:
            raise UnknownNameError.near("filter", name, endpoint.filter_rows, f" on {endpoint.name}")
        return Times()
    by = str(asked.pop("by", None) or next(iter(endpoint.bases)))
    if by not in endpoint.bases:
        raise UnknownNameError.near("date basis", by, endpoint.bases)
    if not asked:
        return Times()
    spans = {name: to_span(value, zone, now, name=name) for name, value in asked.items()}
    start, end = _edges(spans, asked)
    texts = {name: _described(name, span, asked[name], zone) for name, span in spans.items()}
    return Times(endpoint.bases[by], start, end, {**texts, "by": by})


def _edges(spans: Mapping[str, Span], asked: Mapping[str, Any]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The first moment included and the first not included."""
    start = spans["since"].start if "since" in spans else None
    end = spans["until"].end if "until" in spans else None
    if start and end and start >= end:
        raise BadValueError(f"since={asked['since']} lies after until={asked['until']}.", advice="Swap them.")
    return start, end


def _described(name: str, span: Span, given: object, zone: ZoneInfo) -> str:
    """A bound as a day, where it is one, else as it was given."""
    if span.is_days:
        return (span.first_day(zone) if name == "since" else span.last_day(zone)).isoformat()
    return given.isoformat() if isinstance(given, dt.date) else str(given)


def filter_bounds(endpoint: Endpoint, given: Mapping[str, Any], zone: ZoneInfo, now: dt.datetime) -> Iterator[Bound]:
    """The server's own time filters among a call's arguments, as bounds of its rows."""
    for basis in endpoint.bases.values():
        for name in (basis.since, basis.until):
            if name in given:
                span, is_until = to_span(given[name], zone, now, name=name), name == basis.until
                yield Bound(name, basis.column, span.end if is_until else span.start, is_until, not basis.since)


def fixed_params(endpoint: Endpoint, times: Times, now: dt.datetime) -> dict[str, str]:
    """The parameters that every list of a call has: what the endpoint always sends, and the call's times.

    An end that is still to come leaves out no order, and servers hide orders without a time behind it: it is not sent.
    """
    fixed = {"columns": ",".join(endpoint.columns_hint)} if endpoint.columns_hint else {}
    fixed |= endpoint.sends
    basis = times.basis
    if basis is None or basis.most_days:
        return fixed
    if basis.since and times.start:
        fixed[basis.since] = to_stamp(times.start)
    if basis.until and times.end and (basis.since or times.end < now):
        fixed[basis.until] = to_stamp(times.end, up=True)
    return fixed


def day_params(endpoint: Endpoint, times: Times, zone: ZoneInfo) -> dict[str, str]:
    """The bounds of a list that is asked for by days, in their zone.

    Raises:
        BadValueError: a bound is missing, or they are too far apart.
    """
    basis = next((one for one in endpoint.bases.values() if one.most_days), None)
    if basis is None:
        return {}
    if times.start is None or times.end is None:
        raise BadValueError(f"{endpoint.name}() needs since= and until=.")
    first, last = times.start.astimezone(zone).date(), (times.end - TICK).astimezone(zone).date()
    if (last - first).days >= basis.most_days:
        raise BadValueError(f"{endpoint.name}() takes at most {basis.most_days} days: {first} to {last} is more.")
    return {basis.since: first.isoformat(), basis.until: last.isoformat(), "timezone": zone.key}
