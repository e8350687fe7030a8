"""The lists of a call, each with the parts into which an earlier run of the same pull has split it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from scalev_frames.pull.reading.proof import Stretch
from scalev_frames.pull.split.ending import Ending
from scalev_frames.pull.split.parts import Part, both_times, parts_below
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.paths import path_of
from scalev_frames.query.query import Query
from scalev_frames.query.times import DAY, midnight, to_stamp
from scalev_frames.wire.answers.layout import Layout
from scalev_frames.wire.answers.paging import Pages, without

#: Rows asked for on a page of any list but orders, whose pages are never larger than 25.
LARGE_PAGE = "100"


def make_parts(query: Query, *, large_pages: bool = False) -> list[Part]:
    """One part a list: each combination of ids and of values asked for."""
    endpoint, parts, is_paged = query.endpoint, [], query.endpoint.paging in ("cursor", "page")
    layout = Layout(endpoint.rows_at, endpoint.value_column, is_paged, is_unknown=endpoint.paging == "any")
    large_pages &= is_paged and endpoint.timeline is None and query.limit is None
    ids = {name: every for name, every in query.ids.items() if every is not None}
    combinations = itertools.product(itertools.product(*ids.values()), query.params)
    for number, (combination, params) in enumerate(combinations):
        parents = dict(zip(ids, combination, strict=True))
        asked = {**params, "page_size": LARGE_PAGE} if large_pages else params
        pages = Pages(asked, layout, enough=query.limit or 0)
        parts.append(Part(number, path_of(endpoint, parents), pages, parents, upper=query.sent_until))
    return parts


def make_timelines(query: Query, splits: Iterable[Any] = (), *, large_pages: bool = False) -> list[Timeline]:
    """Each list of a call with the parts of an earlier run, as the journal remembers them."""
    # Only a creation bound ends a list of its own: the server has no filter for it.
    lower = query.start if query.basis and not query.basis.since else None
    can_seek = bool(query.until) and query.limit is None and query.until not in query.applied
    timelines, splits = [], list(splits)
    for top in make_parts(query, large_pages=large_pages):
        below, ending = parts_below(top, query.until, splits), Ending(lower, times_of=both_times)
        timelines.append(Timeline(top, ending, splits=below, can_seek=can_seek))
    return timelines


def whole_lists(query: Query) -> list[Timeline]:
    """The lists of a call from their tops to their ends, whatever its times."""
    asked = [without(params, query.until) for params in query.params]
    parts = (Part(number, query.endpoint.path, Pages(one, Layout(paged=True))) for number, one in enumerate(asked))
    return [Timeline(part, can_seek=False) for part in parts]


def days_again(query: Query, days: Iterable[Stretch], zone: ZoneInfo, *, looks_above: bool) -> list[Timeline]:
    """Lists that read days of ``zone`` again, each stretch from above in one go.

    ``looks_above``: begin above orders without a draft time, which takes some requests a list.
    """
    timelines: list[Timeline] = []
    for (first, last), params in itertools.product(days, query.params):
        end, above = midnight(last + DAY, zone), midnight(last + DAY + DAY, zone)
        until = {query.until: to_stamp(min(above, query.end or above))}
        pages = Pages({**params, **until}, Layout(paged=True))
        part = Part(len(timelines), query.endpoint.path, pages, upper=end if looks_above else None)
        ending = Ending(midnight(first, zone) - DAY, times_of=both_times)
        timelines.append(Timeline(part, ending, can_seek=False))
    return timelines
