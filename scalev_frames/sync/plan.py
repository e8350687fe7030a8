"""Why: one call becomes walks, and their pages become one whole frame, or an error that says what is kept.

May import wire, frames, catalog, progress and errors.
"""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scalev_frames.catalog import Endpoint
from scalev_frames.errors import ForbiddenError, InterruptedPullError, ScalevError
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.memory import collecting_seldom
from scalev_frames.progress import Event, Reporter
from scalev_frames.sync.cost import price
from scalev_frames.sync.pulls import Cut
from scalev_frames.sync.query import Mirror, Query, parse_stamp
from scalev_frames.sync.statistics import ask, shared_filters
from scalev_frames.sync.walks import Chain, Density, Walks
from scalev_frames.wire.limits import Stopped
from scalev_frames.wire.paging import BadPageError, Page, Row, walk
from scalev_frames.wire.transport import Answer

NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
#: So many of the last requests say how long one takes at present.
LAST_REQUESTS = 9


@dataclass(frozen=True, slots=True)
class Source:
    """Where pages come from, and what stands around a pull.

    Attributes:
        get: gives the answer for a path and query parameters.
        forget: lets one kept answer go, because it turned out bad.
        rate: requests per second that the limit allows.
        burst: requests that the limit lets through at once.
        seconds_for: the least time that so many requests take under the limits.
        stop: set when the pull has to end.
        cuts: where an earlier run of the same pull was cut.
        remember: told of all cuts, before anything is asked beyond them.
        ask: gives the answer to a single read beside the walks; ``None`` where there is nothing to ask.
        now: the moment at which the pull began.
    """

    get: Callable[[str, Mapping[str, Any]], Answer]
    forget: Callable[[str, Mapping[str, Any]], None]
    rate: float
    burst: int
    seconds_for: Callable[[int], float]
    stop: threading.Event
    cuts: Sequence[Cut] = ()
    remember: Callable[[list[Cut]], None] = lambda _: None
    ask: Callable[[str, Mapping[str, Any]], Answer] | None = None
    now: dt.datetime = NEVER


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
    query: Query, ids: Mapping[str, tuple[str, ...]], source: Source, *, time_zone: str, report: Reporter
) -> tuple[pd.DataFrame, Tally]:
    """Every row that ``query`` asks for, as one frame in the server's order.

    Args:
        query: the checked call.
        ids: for each path parameter the ids to walk.
        source: where pages come from.
        time_zone: the zone in which times are shown.
        report: told of every page.

    Returns:
        The frame and the tally.

    Raises:
        ScalevError: whatever stopped the pull; its ``kept`` says what is there.
        InterruptedPullError: on Ctrl-C, or when ``source.stop`` was set.
    """
    return _Pull(query, ids, source, time_zone, report).run()


def drop_doubles(frame: pd.DataFrame, endpoint: Endpoint) -> pd.DataFrame:
    """Each record once: where a list moved while it was read, the version changed last stays, in the first's place."""
    walked = [parent.parameter for parent in endpoint.parents if parent.parameter not in endpoint.key]
    key = [*walked, *endpoint.key]
    if not endpoint.key or not frame.duplicated(key).any():
        return frame
    place = frame.groupby(key, sort=False, dropna=False).ngroup()
    order = frame.sort_values("last_updated_at", kind="stable") if "last_updated_at" in frame else frame
    newest = order.loc[~order.duplicated(key, keep="last")]
    return newest.loc[place[newest.index].sort_values(kind="stable").index].reset_index(drop=True)


class Reader:
    """Reads chains with the walks they need; every row is checked before it is handed on.

    Args:
        query: the checked call.
        source: where pages come from.
        report: told of every page.
        take: takes the rows of one page, with their chain and whether more were asked for; False ends everything.
    """

    def __init__(
        self, query: Query, source: Source, report: Reporter, take: Callable[[Chain, list[Row]], bool]
    ) -> None:
        self.query, self.source, self.report, self.take = query, source, report, take
        self.endpoint = query.endpoint
        self.tally = Tally()
        self._seconds: deque[float] = deque(maxlen=LAST_REQUESTS)
        self._mirrors: dict[int, list[Mirror]] = {}

    def read(self, chains: Sequence[Chain], *, learn: Callable[[], Density | None] | None = None) -> Walks:
        """Read ``chains`` to their ends.

        Args:
            chains: each with a number of its own, or those that an earlier run cut.
            learn: asks how the rows lie, so that long chains are cut well; without it none is cut.

        Raises:
            ScalevError: whatever stopped it; its ``kept`` says what is there.
            InterruptedPullError: on Ctrl-C, or when ``source.stop`` was set.
        """
        walks = self._walks(chains, learn)
        try:
            with collecting_seldom():
                walks.run()
        except (KeyboardInterrupt, Stopped):
            raise self._interrupted() from None
        except ScalevError as error:
            error.kept = error.kept or self._kept()
            if isinstance(error, ForbiddenError):
                error.advice = f"Give this key the scope to read {self.endpoint.name}, or use a full key (sk_)."
            raise
        whole = not self.tally.complete or all(chain.done for chain in walks.chains)
        if self.source.stop.is_set() and not whole:
            raise self._interrupted()
        return walks

    def ask(self, path: str, params: Mapping[str, Any]) -> Answer:
        """A single read beside the walks, counted."""
        if self.source.ask is None:
            raise ValueError("there is nothing to ask")
        answer = self.source.ask(path, params)
        self.tally.requests += not answer.from_cache
        return answer

    def _walks(self, chains: Sequence[Chain], learn: Callable[[], Density | None] | None) -> Walks:
        source, unlimited = self.source, self.query.limit is None
        walks = Walks(
            chains,
            open_pages=self._open_pages,
            absorb=self._absorb,
            moment=created if self.endpoint.timeline and unlimited else None,
            cut_moment=self._cut_moment,
            cut_params=lambda params, cut: cut_params(self.endpoint, params, cut),
            remember=lambda chains: source.remember([Cut(one.number, one.upper) for one in chains if one.upper]),
            request_seconds=lambda: statistics.median(self._seconds) if self._seconds else 0.0,
            rate=source.rate if unlimited else 0.0,
            burst=source.burst,
            learn=learn or (lambda: None),
            stop=source.stop,
        )
        walks.cut_ignored = learn is None
        return walks

    def _open_pages(self, chain: Chain) -> Iterator[Page]:
        endpoint = self.endpoint
        if endpoint.paging == "record":
            answer = self.source.get(chain.path, chain.params)
            yield Page([_record(answer, endpoint)], 1, answer)
            return
        try:
            yield from walk(
                lambda asked: self.source.get(chain.path, asked),
                chain.params,
                rows_at=endpoint.rows_at,
                value_column=endpoint.value_column,
            )
        except BadPageError as error:
            self.source.forget(chain.path, error.params)  # the pages before it stay, this one is asked for again
            raise

    def _absorb(self, chain: Chain, page: Page) -> bool:
        """Take one page in: checked, cut to the asked-for times, with its parents' ids. False when that is enough."""
        query, tally = self.query, self.tally
        mirrors = self._mirrors.setdefault(chain.number, query.mirrors(chain.params))
        for row in page.rows:
            query.check(row, mirrors)
        rows = [row for row in page.rows if query.includes(row)]
        _add_parents(self.endpoint, rows, chain.parents)
        if not page.answer.from_cache:
            tally.requests += 1
            self._seconds.append(page.answer.seconds)
        tally.pages += 1
        tally.left_out += len(page.rows) - len(rows) - sum(map(query.is_before, page.rows))
        if query.limit is not None and len(rows) >= query.limit - tally.rows:
            rows = rows[: query.limit - tally.rows]
            tally.complete = False
        tally.rows += len(rows)
        more = self.take(chain, rows)
        self.report(Event("page", self.endpoint.name, tally.pages, tally.rows, tally.requests))
        return more and tally.complete

    def _cut_moment(self, row: Mapping[str, Any]) -> dt.datetime | None:
        return parse_stamp(row.get(self.endpoint.timeline.column)) if self.endpoint.timeline else None

    def _kept(self) -> str:
        if not self.tally.pages:
            return "Nothing was fetched yet; what was kept before is untouched."
        return f"{self.tally.rows:,} rows of {self.endpoint.name} ({self.tally.pages:,} pages) are kept."

    def _interrupted(self) -> InterruptedPullError:
        return InterruptedPullError(
            f"The pull of {self.endpoint.name} was interrupted.",
            endpoint=self.endpoint.name,
            rows_kept=self.tally.rows,
            pages_kept=self.tally.pages,
            kept=self._kept(),
        )


class _Pull:
    """One whole pull under way."""

    def __init__(
        self,
        query: Query,
        ids: Mapping[str, tuple[str, ...]],
        source: Source,
        time_zone: str,
        report: Reporter,
    ) -> None:
        self.query, self.ids, self.time_zone = query, ids, time_zone
        self.builder = FrameBuilder(query.endpoint.columns, time_zone)
        self.parts: list[tuple[Chain, int]] = []
        self.reader = Reader(query, source, report, self.take)

    def run(self) -> tuple[pd.DataFrame, Tally]:
        walks = self.reader.read(_chains(self.query, self.ids, self.reader.source.cuts), learn=self.learn)
        frame, notes = self.builder.finish()
        frame = self.in_order(frame, walks)
        unique = drop_doubles(frame, self.query.endpoint)
        # Walks overlap where they meet; more than that means that the list moved.
        overlap = sum(len(chain.ids & chain.older.ids) for chain in walks.chains if chain.older)
        if not walks.cut_ignored and (doubles := len(frame) - len(unique) - overlap) > 0:
            notes.append(f"{doubles} records came twice, because the list moved while it was read")
        if walks.cut_ignored:
            notes.append("the server does not let the list be read from its middle, so it was read in one walk")
        tally = self.reader.tally
        if tally.left_out:
            notes.append(f"{tally.left_out} rows outside the asked-for times were left out")
        tally.rows, tally.notes = len(unique), notes
        return unique, tally

    def take(self, chain: Chain, rows: list[Row]) -> bool:
        self.builder.add(rows)
        self.parts.append((chain, len(rows)))
        return True

    def learn(self) -> Density | None:
        """How the server says its rows lie; what the pull costs is told on the way."""
        query, source, reader = self.query, self.reader.source, self.reader
        walks = shared_filters(query)
        if walks is None or source.ask is None:
            return None
        lower = query.start if query.basis == query.endpoint.timeline else None
        try:
            counts = ask(reader.ask, ZoneInfo(self.time_zone), walks, lower, source.now)
        except (ScalevError, Stopped):
            return None  # the statistics are a help, never a condition
        rows = counts.between(lower, query.end, source.now)
        if rows is not None:
            cost = price(query.endpoint.name, "full", rows, 0, source.seconds_for)
            reader.report(Event("note", query.endpoint.name, message=f"costs {cost}"))
        days = [(counts.starts(day), count) for day, count in counts.days.items()]
        return Density(days, whole=rows is not None) if len(query.params) == 1 else None

    def in_order(self, frame: pd.DataFrame, walks: Walks) -> pd.DataFrame:
        """Rows came in as the walks brought them; now they stand as the server lists them."""
        ranks = {id(chain): rank for rank, chain in enumerate(walks.in_order())}
        last = len(ranks)
        came = [ranks.get(id(chain), last) for chain, _ in self.parts]
        if came == sorted(came):
            return frame
        rank = np.repeat(came, [count for _, count in self.parts])
        return frame.take(np.argsort(rank, kind="stable")).reset_index(drop=True)


def _chains(query: Query, ids: Mapping[str, tuple[str, ...]], cuts: Sequence[Cut]) -> list[Chain]:
    """One chain a list, and one more for each cut that an earlier run of this pull made."""
    # Only a creation bound ends a walk of its own: the server has no filter for it.
    lower = query.start if query.basis and not query.basis.since else None
    chains: list[Chain] = []
    combinations = itertools.product(*ids.values())
    for number, (combination, params) in enumerate(itertools.product(combinations, query.params)):
        parents = dict(zip(ids, combination, strict=True))
        chain = Chain(number, query.endpoint.path.format(**parents), params, parents, lower=lower)
        chains.append(chain)
        for upper in sorted({cut.upper for cut in cuts if cut.number == number}, reverse=True):
            older = Chain(
                number, chain.path, cut_params(query.endpoint, params, upper), parents, upper=upper, lower=lower
            )
            chain.lower, chain.older = upper, older
            chains.append(older)
            chain = older
    return chains


def cut_params(endpoint: Endpoint, params: Mapping[str, str], cut: dt.datetime) -> dict[str, str]:
    """The parameters of a walk that begins before ``cut``."""
    timeline = endpoint.timeline
    return {**params, timeline.until: f"{cut:%Y-%m-%dT%H:%M:%SZ}"} if timeline else dict(params)


def created(row: Mapping[str, Any]) -> dt.datetime | None:
    """When an order was made: what the list is ordered by."""
    return parse_stamp(row.get("created_at") or row.get("draft_time"))


def _record(answer: Answer, endpoint: Endpoint) -> Row:
    if not isinstance(answer.data, dict):
        raise BadPageError(f"The server's answer to {endpoint.name} holds no record.", {})
    return answer.data


def _add_parents(endpoint: Endpoint, rows: list[Row], parents: Mapping[str, str]) -> None:
    for parent in endpoint.parents:
        for row in rows:
            if row.get(parent.parameter) is None:
                row[parent.parameter] = parents[parent.parameter]
