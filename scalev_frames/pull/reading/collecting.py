"""What becomes of one page: it is checked, cut to what was asked for, and its rows are handed on.

The order of things: `Pages` checks that the page moves the list on; it is kept for the case that the pull ends early;
`Timeline` says whose rows they are; `Query` checks that they obey the filters.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from scalev_frames.cache.facts import Fact
from scalev_frames.catalog import Endpoint
from scalev_frames.errors import FilterIgnoredError
from scalev_frames.plurals import counted
from scalev_frames.progress import Event
from scalev_frames.pull.reading.proof import LATE_UNDATED, UNSEEN_UNDATED
from scalev_frames.pull.reading.sources import Outcome, Source
from scalev_frames.pull.split.beginning import Begin, Beginning, First
from scalev_frames.pull.split.meeting import Taken
from scalev_frames.pull.split.parts import Part, rows_down_to
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.query.query import Query
from scalev_frames.query.times import parse_stamp, to_stamp
from scalev_frames.wire.answers.envelopes import is_record_of
from scalev_frames.wire.answers.layout import BadPageError, Layout, Row
from scalev_frames.wire.answers.page_info import says_end
from scalev_frames.wire.answers.paging import Page, Pages, without
from scalev_frames.wire.answers.response import Response

#: What may be missing of a list that begins so, since servers may hide orders without a draft time behind a filter.
MAY_HIDE = {Begin.FILTERED: UNSEEN_UNDATED, Begin.HERE: LATE_UNDATED}
#: Said where nothing asks for what is behind a full last page.
OPEN_END = "the server ended the list with a full page, and nothing shows whether there are rows behind it"

Take = Callable[[Part, list[Row]], bool]


class Collector:
    """Collects the rows of one call's pages.

    Args:
        query: the checked call; every row is held against it.
        source: where pages come from.
        take: called with the rows of each page and their part; False ends everything.
        outcome: what has been done so far.

    Attributes:
        shares_ids: whether records of one page, which cannot have moved, have one id and differ.
    """

    def __init__(self, query: Query, source: Source, take: Take, outcome: Outcome | None = None) -> None:
        self.query, self.source, self.take = query, source, take
        self.endpoint: Endpoint = query.endpoint
        self.outcome, self.shares_ids = outcome or Outcome(), False
        self._beginnings: dict[int, Beginning] = {}
        self._mirrors: dict[int, Any] = {}
        self._rows_seen = 0
        # A limit is each list's own where rows of all lists stand among each other in the end: any may hold the newest.
        self._limits_each = len(query.params) > 1 and query.endpoint.timeline is not None
        self._handed_on: Counter[int] = Counter()
        self._unfilled = {name for name, mirrors in query.applied.items() if mirrors}
        # A list that is asked for without the upper bound may have rows beyond it: they are left out, and no fault.
        self._query_unbounded = query.applied_here(query.until) if query.until else query

    def page(self, part: Part, asked: Mapping[str, Any], response: Response) -> Page | None:
        """The page that a response holds, checked and kept; ``None`` where another one is to be asked for in its place.

        Raises:
            BadPageError: it cannot be trusted.
        """
        try:
            page = self._page(part, response) if self._begins(part, response) else None
        except BadPageError as error:
            self._forget(part, error)
            raise
        if page is None or not page.is_doubtful:
            self.source.keep(part.path, asked, response)
            return page
        self.source.forget(part.path, asked)
        return None

    def collect(self, timeline: Timeline, part: Part, page: Page) -> bool:
        """Take the rows of a page in; False when nothing more is wanted."""
        outcome, limit = self.outcome, self.query.limit
        outcome.pages += 1
        outcome.oldest = min(outcome.oldest, page.response.received_at)
        self._see_ids(page)
        self._note_what_is_said(part, page)
        self._believe_size(part, page)
        wanted = self.absorb(timeline.take(part, page))
        if limit is not None and page.following and self._left(part) <= 0:
            outcome.complete, wanted = False, wanted and self._limits_each
            part.ended = part.pages.ended = True
        rows = min(outcome.rows, limit or outcome.rows)
        self.source.call.report(Event("page", self.endpoint.name, outcome.pages, rows, self.source.requests))
        return wanted

    def read_on(self, part: Part) -> None:
        """Read on behind a page that said wrongly that it was the last one."""
        try:
            part.pages.read_on()
        except BadPageError as error:
            self._forget(part, error)
            raise
        part.ended = False

    def _forget(self, part: Part, error: BadPageError) -> None:
        """Say of which list a page is, and keep none that it makes doubtful."""
        error.what = f"{error.what.removesuffix('.')} (from {part.path})."
        for stale in error.stale:
            self.source.forget(part.path, stale)

    def absorb(self, taken: Taken) -> bool:
        """Hand rows on, checked and cut to the asked-for times; False when nothing more is wanted."""
        wanted = True
        for part, received in taken:
            mirrors = self._mirrors.get(part.number)
            if mirrors is None:
                mirrors = self._mirrors[part.number] = self.query.mirrors(part.pages.params)
            query = self.query if self.query.until in part.pages.params else self._query_unbounded
            for row in received:
                query.check(row, mirrors)
            rows = [row for row in received if query.includes(row)]
            self._unfilled -= {*filter(partial(self.query.is_filled, rows=received), self._unfilled)}
            self._rows_seen += len(received)
            if not query.applied:
                self.outcome.left_out += len(received) - len(rows) - sum(map(self.query.is_before, received))
            self._add_asked(rows, part)
            if (left := self._left(part)) < len(rows):
                self.outcome.complete, wanted = False, wanted and self._limits_each
                rows = rows[: int(left)]
            self._handed_on[part.number] += len(rows)
            self.outcome.rows += len(rows)
            wanted = self.take(part, rows) and wanted
        return wanted

    def _left(self, part: Part) -> float:
        """How many more rows of a list are wanted."""
        handed_on = self._handed_on[part.number] if self._limits_each else self.outcome.rows
        return math.inf if self.query.limit is None else self.query.limit - handed_on

    def _begins(self, part: Part, response: Response) -> bool:
        """Whether ``part`` begins with this page; where not, it asks with another time filter, or none, from now on."""
        until, upper, params = self.query.until, part.upper, part.pages.params
        at = parse_stamp(params.get(until))
        if upper is None or at is None:
            return True
        beginning = self._beginnings.setdefault(part.number, Beginning(upper, self.query.start, self.source.now))
        column = self.endpoint.timeline.column if self.endpoint.timeline else ""
        first = First.of(Pages(params, Layout(paged=True)).take(response), at, column)
        if upper != self.query.sent_until:  # orders are wanted whose draft time lies beyond it, too
            first = replace(first, shows=False)
        begins = beginning.next(first)
        others, as_asked = without(params, until), to_stamp(upper, up=True)
        if isinstance(begins, dt.datetime):
            part.pages.params = {**others, until: to_stamp(begins, up=True)}
            return False
        part.upper = None
        part.pages.params = {**others, until: as_asked} if begins is Begin.FILTERED else others
        may_hide = upper == self.query.sent_until and not first.shows
        if may_hide and begins in MAY_HIDE:
            self.outcome.unseen.add(MAY_HIDE[begins])
        if params[until] == as_asked and begins is not Begin.TOP:
            part.pages.params = params
            return True
        return begins is Begin.HERE

    def _page(self, part: Part, response: Response) -> Page:
        if self.endpoint.paging != "record":
            return part.pages.take(response)
        data = response.data
        is_record = isinstance(data, dict) and ("id" in data or (bool(data) and "results" not in data))
        if not is_record and (self.endpoint.key or not isinstance(data, dict)):
            raise BadPageError(f"The server's answer to {self.endpoint.name} holds no record.", part.pages.asked())
        part.pages.ended = True
        asked = part.parents.get("id", "") if self.endpoint.path.endswith("{id}") else ""
        if asked and data.get("id") is not None and not is_record_of(data, asked):
            self.outcome.notes.append(f"the server was asked for {asked} and answered with {data['id']}")
        return Page([data], None, response)

    def _believe_size(self, part: Part, page: Page) -> None:
        """Ask for no larger pages where the server sends smaller ones, whatever it says.

        Where a page begins by its number depends on the size: those of this list stay as long as the first one.
        """
        asked = part.pages.params.get("page_size")
        is_short = page.following is not None and str(len(page.rows)) != asked
        if asked is None or not (is_short or (page.size and str(page.size) != asked)):
            return
        self.refuse_size(part)
        if page.following is not None and ("page" in page.following or part.pages.by_place):
            granted = page.size if 0 < page.size < int(asked) else len(page.rows)
            part.pages.params = {**part.pages.params, "page_size": str(granted)}

    def refuse_size(self, part: Part) -> None:
        """Ask for no larger pages from now on."""
        self.outcome.facts.add(Fact.SMALL_PAGES)
        part.pages.params = without(part.pages.params, "page_size")

    def _see_ids(self, page: Page) -> None:
        """Take in whether records of one page, which cannot have moved, have one id and differ."""
        if self.endpoint.key == ("id",) and not self.shares_ids:
            known: dict[str, Row] = {}
            records = (row for row in page.rows if row.get("id") is not None)
            self.shares_ids = any(known.setdefault(str(row["id"]), row) != row for row in records)

    def _note_what_is_said(self, part: Part, page: Page) -> None:
        """Take in the totals of a list of buckets; note as many rows as there are at most, and a broken promise."""
        data, rows, said = page.response.data, len(page.rows), []
        if self.endpoint.rows_at == "buckets" and isinstance(data, dict) and isinstance(data.get("totals"), dict):
            self.outcome.totals.append(data["totals"])
        if str(rows) == dict(self.endpoint.sends).get("limit"):
            said.append(f"the server gives {rows} rows at most, and there may be more")
        if part.pages.looks_cut and not says_end(page.response):
            said.append(OPEN_END)
        if part.pages.doubted and part.pages.ended and not rows:
            said.append(f"the server promised more rows than the {part.above + self.outcome.rows:,} that it has")
        self.outcome.notes += [note for note in said if note not in self.outcome.notes]

    def note_total(self, line: Sequence[Part]) -> None:
        """Note that the server ended a list, of these parts, though it says that it has more."""
        top, last = line[0], line[-1]
        begins_below = top.number in self._beginnings and self.query.until not in top.pages.params
        rows, pages = rows_down_to(line), last.pages.read.pages
        if begins_below or not last.pages.ended or not self.outcome.complete or (top.begins and not rows):
            return
        if len(line) > 1 or top.begins:  # nobody knows how many pages the list has above its last part
            pages = last.pages.told[1]
        for told, read, what in zip(last.pages.told, (rows, pages), ("row", "page"), strict=True):
            if told > read:
                note = f"the server says that there are {counted(told, what)}, and ended the list after {read:,}"
                self.outcome.notes.append(note)

    def unfilled(self) -> FilterIgnoredError | None:
        """The first filter that is applied here and found nothing in any row's columns: they do not tell."""
        if not (self._unfilled and self.outcome.pages and self._rows_seen):
            return None
        name = next(iter(self._unfilled))
        what = f"The server ignored {name} on {self.endpoint.name}, and none of its rows says what it has there."
        return FilterIgnoredError(what, filter=name, wanted=str(self.query.filters.get(name, "")))

    def _add_asked(self, rows: Iterable[Row], part: Part) -> None:
        """Put into the rows what they were asked for with: the parents' ids, and what else tells lists apart."""
        asked = {parent.parameter: part.parents[parent.parameter] for parent in self.endpoint.parents}
        asked |= {name: part.pages.params[name] for name in self.query.apart}
        for name, value in asked.items():
            for row in rows:
                if row.get(name) is None:
                    row[name] = value
