"""Why: one call becomes walks, and their pages become one whole frame, or an error that says what is kept.

May import wire, frames, catalog, progress and errors.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from scalev_frames.catalog import Endpoint
from scalev_frames.errors import InterruptedPullError, ScalevError
from scalev_frames.frames import FrameBuilder
from scalev_frames.progress import Event, Reporter
from scalev_frames.sync.query import Query
from scalev_frames.wire.paging import BadPageError, Page, Row, walk
from scalev_frames.wire.transport import Answer

#: Gives the answer for a path and query parameters.
Get = Callable[[str, Mapping[str, Any]], Answer]
#: Lets one kept answer go, because it turned out bad.
Forget = Callable[[str, Mapping[str, Any]], None]


@dataclass(slots=True)
class Tally:
    """What a pull has done so far.

    Attributes:
        pages: answers.
        rows: rows kept in the frame.
        requests: answers that came over the network.
        left_out: rows outside the asked-for times.
        complete: whether every row is there; False when ``limit`` cut the list.
        notes: what was not as expected.
    """

    pages: int = 0
    rows: int = 0
    requests: int = 0
    left_out: int = 0
    complete: bool = True
    notes: list[str] = field(default_factory=list)


def pull(
    query: Query, ids: Mapping[str, tuple[str, ...]], get: Get, forget: Forget, *, time_zone: str, report: Reporter
) -> tuple[pd.DataFrame, Tally]:
    """Every row that ``query`` asks for, as one frame.

    Args:
        query: the checked call.
        ids: for each path parameter the ids to walk.
        get: gives the answer for a path and parameters.
        forget: lets a kept answer go.
        time_zone: the zone in which times are shown.
        report: told of every page.

    Returns:
        The frame and the tally.

    Raises:
        ScalevError: whatever stopped the pull; its ``kept`` says what is there.
        InterruptedPullError: on Ctrl-C.
    """
    endpoint = query.endpoint
    builder = FrameBuilder(endpoint.columns, time_zone)
    tally = Tally()
    try:
        for parents, params in _walks(query, ids):
            for rows in _rows(query, endpoint.path.format(**parents), parents, params, get, forget, tally, report):
                builder.add(rows)
            if not tally.complete:
                break
    except KeyboardInterrupt:
        raise InterruptedPullError(
            f"The pull of {endpoint.name} was interrupted.",
            endpoint=endpoint.name,
            rows_kept=tally.rows,
            pages_kept=tally.pages,
            kept=_kept(endpoint, tally),
        ) from None
    except ScalevError as error:
        error.kept = error.kept or _kept(endpoint, tally)
        raise
    frame, notes = builder.finish()
    frame = drop_doubles(frame, endpoint, notes)
    if tally.left_out:
        notes.append(f"{tally.left_out} rows outside the asked-for times were left out")
    tally.notes = notes
    return frame, tally


def drop_doubles(frame: pd.DataFrame, endpoint: Endpoint, notes: list[str]) -> pd.DataFrame:
    """Each record once: where a list moved while it was read, the version changed last stays, in the first's place."""
    walked = [parent.parameter for parent in endpoint.parents if parent.parameter not in endpoint.key]
    key = [*walked, *endpoint.key]
    if not endpoint.key or not frame.duplicated(key).any():
        return frame
    place = frame.groupby(key, sort=False, dropna=False).ngroup()
    order = frame.sort_values("last_updated_at", kind="stable") if "last_updated_at" in frame else frame
    newest = order.loc[~order.duplicated(key, keep="last")]
    notes.append(f"{len(frame) - len(newest)} records came twice, because the list moved while it was read")
    return newest.loc[place[newest.index].sort_values(kind="stable").index].reset_index(drop=True)


def _walks(query: Query, ids: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[dict[str, str], Mapping[str, str]]]:
    names = list(ids)
    for combination in itertools.product(*ids.values()):
        for params in query.params:
            yield dict(zip(names, combination, strict=True)), params


def _rows(
    query: Query,
    path: str,
    parents: dict[str, str],
    params: Mapping[str, str],
    get: Get,
    forget: Forget,
    tally: Tally,
    report: Reporter,
) -> Iterator[list[Row]]:
    """The rows of one walk, page by page: checked, cut to the asked-for times, with their parents' ids."""
    mirrors = query.mirrors(params)
    for page in _pages(query.endpoint, path, params, get, forget):
        for row in page.rows:
            query.check(row, mirrors)
        rows = [row for row in page.rows if query.includes(row)]
        _add_parents(query.endpoint, rows, parents)
        room = None if query.limit is None else query.limit - tally.rows
        tally.pages += 1
        tally.requests += not page.answer.from_cache
        tally.left_out += len(page.rows) - len(rows) - sum(map(query.is_before, page.rows))
        if room is not None and len(rows) >= room:
            tally.complete = False
            rows = rows[:room]
        tally.rows += len(rows)
        report(Event("page", query.endpoint.name, tally.pages, tally.rows, tally.requests))
        yield rows
        if not tally.complete or _is_past(query, page):
            return


def _pages(endpoint: Endpoint, path: str, params: Mapping[str, str], get: Get, forget: Forget) -> Iterator[Page]:
    if endpoint.paging == "record":
        answer = get(path, params)
        yield Page([_record(answer, endpoint)], 1, answer)
        return
    try:
        yield from walk(
            lambda asked: get(path, asked), params, rows_at=endpoint.rows_at, value_column=endpoint.value_column
        )
    except BadPageError as error:
        forget(path, error.params)  # the pages before it stay, this one is asked for again
        raise


def _record(answer: Answer, endpoint: Endpoint) -> Row:
    if not isinstance(answer.data, dict):
        raise BadPageError(f"The server's answer to {endpoint.name} holds no record.", {})
    return answer.data


def _is_past(query: Query, page: Page) -> bool:
    """Whether a newest-first walk has reached rows older than asked for: a whole page of them, by creation."""
    if query.basis is None or query.basis.since or query.start is None:
        return False
    return bool(page.rows) and all(query.is_before(row) for row in page.rows)


def _add_parents(endpoint: Endpoint, rows: list[Row], parents: Mapping[str, str]) -> None:
    for parent in endpoint.parents:
        for row in rows:
            if row.get(parent.parameter) is None:
                row[parent.parameter] = parents[parent.parameter]


def _kept(endpoint: Endpoint, tally: Tally) -> str:
    if not tally.pages:
        return "Nothing was fetched yet; what was kept before is untouched."
    return f"{tally.rows:,} rows of {endpoint.name} ({tally.pages:,} pages) are kept."
