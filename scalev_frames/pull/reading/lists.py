"""The lists of a call, each with the parts into which an earlier run of the same pull has split it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from scalev_frames.catalog import Endpoint
from scalev_frames.pull.reading.proof import Stretch
from scalev_frames.pull.split.ending import Ending
from scalev_frames.pull.split.parts import Part, both_times, parts_below
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.paths import path_of
from scalev_frames.query.query import Query
from scalev_frames.query.times import DAY, to_stamp
from scalev_frames.verify.statistics import Statistics
from scalev_frames.wire.layout import Layout
from scalev_frames.wire.paging import Pages

#: Rows asked for on a page of any list but orders, whose pages are never larger than 25.
LARGE_PAGE = "100"


def layout_of(endpoint: Endpoint) -> Layout:
    """How the rows of an endpoint's answers lie."""
    is_paged, is_unknown = endpoint.paging in ("cursor", "page"), endpoint.paging == "any"
    return Layout(endpoint.rows_at, endpoint.value_column, is_paged, is_unknown)


def make_parts(query: Query, *, large_pages: bool = False) -> list[Part]:
    """One part a list: each combination of ids and of values asked for."""
    endpoint, parts = query.endpoint, []
    large_pages &= endpoint.paging in ("cursor", "page") and endpoint.timeline is None and query.limit is None
    ids = {name: every for name, every in query.ids.items() if every is not None}
    combinations = itertools.product(itertools.product(*ids.values()), query.params)
    for number, (combination, params) in enumerate(combinations):
        parents = dict(zip(ids, combination, strict=True))
        asked = {**params, "page_size": LARGE_PAGE} if large_pages else params
        pages = Pages(asked, layout_of(endpoint), enough=query.limit or 0)
        parts.append(Part(number, path_of(endpoint, parents), pages, parents, upper=query.sent_until))
    return parts


def make_timelines(query: Query, splits: Iterable[Any] = (), *, large_pages: bool = False) -> list[Timeline]:
    """Each list of a call with the parts of an earlier run, as the journal remembers them."""
    # Only a creation bound ends a list of its own: the server has no filter for it.
    lower = query.start if query.basis and not query.basis.since else None
    can_seek = bool(query.until) and query.limit is None and query.until not in query.applied
    known = list(splits)
    return [
        Timeline(
            part, Ending(lower, times_of=both_times), splits=parts_below(part, query.until, known), can_seek=can_seek
        )
        for part in make_parts(query, large_pages=large_pages)
    ]


def days_again(query: Query, days: Iterable[Stretch], counts: Statistics, *, looks_above: bool) -> list[Timeline]:
    """Lists that read days again, each stretch from above in one go.

    ``looks_above``: begin above orders without a draft time, which takes some requests a list.
    """
    timelines: list[Timeline] = []
    for (first, last), params in itertools.product(days, query.params):
        end, above = counts.starts(last + DAY), counts.starts(last + DAY + DAY)
        until = {query.until: to_stamp(min(above, query.end or above))}
        pages = Pages({**params, **until}, Layout(paged=True))
        part = Part(len(timelines), query.endpoint.path, pages, upper=end if looks_above else None)
        ending = Ending(counts.starts(first) - DAY, times_of=both_times)
        timelines.append(Timeline(part, ending, can_seek=False))
    return timelines
