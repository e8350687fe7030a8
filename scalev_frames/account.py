"""Why: one key is one business: an `Account` holds its settings, its shelves and its accessors.

May import every room below it. The one way from a call to a frame is `Account.fetch`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from scalev_frames.accessors import DEFAULTS, Accessors
from scalev_frames.catalog import ENDPOINTS, Endpoint, Parent
from scalev_frames.errors import BadValueError, NotCachedError, NotFoundError
from scalev_frames.frames.children import expand
from scalev_frames.progress import Event, Reporter, choose
from scalev_frames.settings import Settings, default_cache_dir
from scalev_frames.sync import shelves
from scalev_frames.sync.changes import compare_frames
from scalev_frames.sync.cost import Cost, Way, price
from scalev_frames.sync.details import find_details, join_details
from scalev_frames.sync.plan import Source, Tally, pull
from scalev_frames.sync.pulls import RESUME_WITHIN, Pull, Pulls
from scalev_frames.sync.query import Query, find_endpoint, make_query, unknown
from scalev_frames.sync.reconcile import compare, query_of
from scalev_frames.sync.records import Records
from scalev_frames.sync.refresh import bring_up_to_date, can_refresh, changes_cost
from scalev_frames.sync.snapshots import Snapshots
from scalev_frames.sync.statistics import ask, shared_filters
from scalev_frames.wire.credentials import Key, check_destination, load_salt
from scalev_frames.wire.limits import Limiter
from scalev_frames.wire.renames import Renames
from scalev_frames.wire.transport import Answer, Transport

#: The human key of an order: YYMMDD of Jakarta's day, then letters.
_ORDER_CODE = re.compile(r"\d{6}[A-Za-z]\w*")
#: What was not touched for so long is let go: it holds customers' data.
KEPT_FOR = dt.timedelta(days=90)
#: The server's counts are used for so many seconds, where a cost is all that hangs on them.
FRESH_COUNTS = 300.0

MaxAge = float | dt.timedelta | None


class Account(Accessors):
    """One business, through one key.

    Args:
        key: the API key.
        settings: where and how.
        name: what the user calls it, a profile's name; shown in ``attrs["account"]``.
        clock: gives the present moment in seconds since 1970.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        key: Key,
        settings: Settings,
        *,
        name: str = "",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        check_destination(settings.base_url)
        self.settings = settings
        self.key_hint = key.hint
        self.folder = settings.cache_dir / key.name(load_salt(settings.cache_dir), settings.base_url)
        self.name = name or self.folder.name[:8]
        self._clock = clock
        self._pulls = Pulls(self.folder / "pulls")
        self._snapshots = Snapshots(self.folder / "frames")
        self._records = Records(self.folder / "records")
        self._limiter = Limiter(
            default_cache_dir() / "limits", settings.limits, host=urlsplit(settings.base_url).netloc,
            key_name=self.folder.name, clock=clock, sleep=sleep,
        )  # fmt: skip
        self._transport = Transport(
            settings, key, folder=self.folder / "pages", limiter=self._limiter, clock=clock, sleep=sleep
        )
        self._stops: set[threading.Event] = set()
        self._renames = Renames()
        self._swept = False
        self.sandbox: object | None = None

    def __repr__(self) -> str:
        """Never shows the key."""
        return f"<Account {self.name} at {self.settings.base_url}, key {self.key_hint}>"

    def fetch(self, endpoint: str, **arguments: Any) -> pd.DataFrame:  # noqa: ANN401 - any filter's value
        """The frame of one call; every accessor is this with its endpoint's name.

        1. The catalog row is found, names and values are checked; what cannot be meant raises, nothing is sent.
        2. A kept frame that is fresh enough is served: no request.
        3. Otherwise the call's walks ask for their pages: cache, then (retry over limiter over send), then status to
           error; a finished page is kept at once, so that a stopped pull goes on.
        4. All rows become one frame with the declared kinds; what the catalog does not know is kept.
        5. The frame is kept and its pages are let go; ``attrs`` say endpoint, filters, as_of, complete, requests,
           from_cache, account, time_zone and notes.

        Args:
            endpoint: the accessor's name, such as ``orders``.
            **arguments: path ids, filters, and ``refresh``, ``max_age``, ``offline``, ``progress``, ``limit``.

        Returns:
            The frame; its declared columns are always there, also for zero rows.

        Raises:
            UsageError: an unknown name or a value that cannot be meant.
            ApiError: the server refused.
            IncompleteError: the rows cannot be shown to be whole.
            InterruptedPullError: Ctrl-C; what came is kept, the same call goes on.
            NotCachedError: ``offline=True`` and nothing is kept.

        >>> api.fetch("stores", progress=False).shape  # with api = sf.connect(sandbox=True)
        (6, 35)
        """
        row = find_endpoint(endpoint)
        details = bool(row.details) and bool(arguments.pop("details", False))
        options = {name: arguments.pop(name, default) for name, default in DEFAULTS.items() if name != "limit"}
        query = make_query(endpoint, arguments, self.settings.zone, self._now())
        report = choose(options.pop("progress"))
        if options["offline"] and options["refresh"]:
            raise BadValueError("offline=True and refresh=True cannot both be meant.")
        max_age = _seconds(options.pop("max_age"), row)
        fetch = self._fetch_list if row.paging in ("cursor", "page") else self._fetch_single
        frame = fetch(query, report, max_age=max_age, **options)
        return self._add_details(frame, row, report, offline=options["offline"]) if details else frame

    def order_lines(
        self,
        orders: pd.DataFrame | None = None,
        *,
        progress: bool | Reporter = True,
        **arguments: Any,  # noqa: ANN401 - any filter's value
    ) -> pd.DataFrame:
        """The lines of orders: which variants, how many, and their money; one request for each order that changed.

        The order list has no lines, so the detail of each order is fetched, several at a time under both limits, and
        kept under its id and last change: an order that has not changed is never asked for again. What it costs is
        said first; a stopped call goes on where it was.

        A line's money is the **total of the line, tax included**, not of one piece; names ending in ``_bt`` are before
        tax.

        Args:
            orders: an orders frame, with or without its details; without one the orders are fetched first.
            progress: as for every accessor.
            **arguments: what ``orders`` takes, where no frame is given.

        Returns:
            One row a line: order__id, order_id (the code), store, status and dates of the order, then 31 columns of
            the line: ids and codes `str`, quantity `Int64`, money exact IDR.

        Raises:
            ApiError: the server refused; the details that came are kept.
            InterruptedPullError: Ctrl-C; the details that came are kept, the same call goes on.

        >>> orders = api.orders(limit=3, progress=False)  # with api = sf.connect(sandbox=True)
        >>> set(api.order_lines(orders, progress=False)["order_id"]) <= set(orders["order_id"])
        True
        """
        if orders is None:
            orders = self.fetch("orders", details=True, progress=progress, **arguments)
        elif "orderlines" not in orders or orders["orderlines"].isna().all():
            orders = self._add_details(orders, ENDPOINTS["orders"], choose(progress), offline=False)
        return expand(orders, "lines")

    def reconcile(self, orders: pd.DataFrame) -> pd.DataFrame:
        """An orders frame against the server's own counts by day of creation and status: the proof that it is whole.

        One request (one for each value of a list of statuses). What changed on the server since the frame was fetched
        differs too: fetch first, then reconcile. A day that the server does not return is "not covered", never "equal".

        Args:
            orders: a frame of `orders`, as it came.

        Returns:
            One row a day and status: day, status, orders, orders_server, orders_difference (`Int64`), the same of
            gross_revenue (exact IDR), verdict. ``attrs["verdict"]`` says it in a sentence, ``attrs["equal"]`` is True,
            False, or ``None`` when nothing was covered. Days are those of the account's zone.

        Raises:
            BadValueError: the frame is of another account, or of a call that statistics cannot count.
            ApiError: the server refused.

        >>> api.reconcile(api.orders(progress=False)).attrs["equal"]  # with api = sf.connect(sandbox=True)
        True
        """
        if orders.attrs.get("account", self.name) != self.name:
            raise BadValueError(f"This frame is of {orders.attrs['account']}, and not of {self.name}.")
        query, walks = query_of(orders, self.settings.zone)
        get = self._renames.either_name(query.endpoint, partial(self._transport.get, refresh=True))
        return compare(orders, query, ask(get, self.settings.zone, walks, _oldest(orders, query), self._now()))

    def changes(self, orders: pd.DataFrame) -> pd.DataFrame:
        """What is new, changed (which columns) and gone in a list's frame since it was fetched last.

        The frame before the last one is kept for this; nothing is sent.

        Args:
            orders: the frame of a whole list, as it came.

        Returns:
            One row for each new and each gone record, one for each changed value: change, id, order_id, column, before
            and after, all `str`. ``attrs["counts"]`` counts records by change, ``attrs["since"]`` says since when.

        Raises:
            NotCachedError: nothing earlier is kept of this call.

        >>> orders = api.orders(progress=False)  # with api = sf.connect(sandbox=True)
        >>> added = api.sandbox.world.add_orders(2)
        >>> api.changes(api.orders(refresh=True, progress=False)).attrs["counts"]
        {'new': 2, 'changed': 0, 'gone': 0}
        """
        as_of = dt.datetime.fromisoformat(orders.attrs["as_of"])
        before = self._snapshots.load_before(str(orders.attrs.get("kept_as", "")), as_of)
        if before is None:
            raise NotCachedError(
                "Nothing earlier is kept of this call.", advice="Fetch it again later, and compare then."
            )
        table = compare_frames(before, orders)
        table.attrs["since"] = before.attrs["as_of"]
        return table

    def cost(self, endpoint: str, **arguments: Any) -> Cost:  # noqa: ANN401 - any filter's value
        """What a call would cost now: requests, the least seconds under both limits, and what is already here.

        For orders the server's statistics are asked (one request, kept for five minutes).

        Args:
            endpoint: the accessor's name.
            **arguments: what the accessor takes.

        Raises:
            UsageError: an unknown name or a value that cannot be meant.

        >>> print(api.cost("orders", since="today"))  # doctest: +ELLIPSIS
        about ... requests for ... rows, at least ... s
        """
        row = find_endpoint(endpoint)
        asked = {name: value for name, value in arguments.items() if name not in DEFAULTS or name == "limit"}
        asked.pop("details", None)
        query = make_query(endpoint, asked, self.settings.zone, self._now())
        call = _call_name(query, self.settings.time_zone)
        kept = self._snapshots.describe(call)
        age = None if kept is None else (self._now() - kept.as_of).total_seconds()
        fresh = age is not None and 0 <= age <= _seconds(arguments.get("max_age"), row)
        if kept and fresh and not arguments.get("refresh"):
            return Cost(endpoint, "kept", 0, 0.0, kept.rows)
        if row.paging not in ("cursor", "page"):
            return price(endpoint, "full", None, 0, self._limiter.free_at, requests=max(len(query.params), 1))
        unfinished = self._pulls.find(call, self._now())
        pages = self._transport.cache.pages_of(unfinished.walk) if unfinished else 0
        rows = self._expected_rows(query) if row.timeline else kept.rows if kept else None
        if query.limit is not None:
            rows = query.limit if rows is None else min(rows, query.limit)
        way: Way = "resume" if unfinished else "full"
        if kept and not unfinished and not arguments.get("refresh") and can_refresh(query, self.settings.zone):
            requests = changes_cost(kept.rows, rows)
            if requests is not None:
                return price(endpoint, "changes", rows, 0, self._limiter.free_at, requests=requests)
        return price(endpoint, way, rows, pages, self._limiter.free_at)

    def _expected_rows(self, query: Query) -> int | None:
        """How many rows the server's statistics promise; ``None`` where they do not know."""
        walks = shared_filters(query)
        if walks is None:
            return None
        get = self._renames.either_name(query.endpoint, partial(self._transport.get, max_age=FRESH_COUNTS))
        counts = ask(get, self.settings.zone, walks, query.start, self._now())
        return counts.between(query.start, query.end, self._now())

    def cancel(self) -> None:
        """Stop every pull of this account that is under way, from another thread; what came is kept."""
        for stop in list(self._stops):
            stop.set()

    def cache_info(self) -> pd.DataFrame:
        """What is kept of this business on this computer.

        Returns:
            One row a shelf: account, shelf, path (`str`), files, bytes (`Int64`), oldest, newest (the account's zone).

        >>> list(api.cache_info()["shelf"])  # with api = sf.connect(sandbox=True)
        ['pages', 'frames', 'records', 'pulls']
        """
        return shelves.info([self.folder], self.settings.time_zone)

    def clear_cache(self, shelf: str | None = None, *, older_than: dt.timedelta | None = None) -> int:
        """Let go what is kept of this business; the next calls ask anew.

        Args:
            shelf: ``pages``, ``frames``, ``records`` or ``pulls``; all of them when left out.
            older_than: only what was written longer ago than this.

        Returns:
            How many bytes that freed.

        Raises:
            UnknownNameError: there is no such shelf.

        >>> api.clear_cache("pulls")  # with api = sf.connect(sandbox=True)
        0
        """
        if shelf is not None and shelf not in shelves.SHELVES:
            raise unknown("shelf", shelf, shelves.SHELVES)
        return shelves.clear([self.folder], shelf, older_than, self._clock())

    def known_values(self, endpoint: str, value: str, name: str) -> dict[str, str]:
        """Values with their names, from kept frames of an endpoint; nothing is sent.

        Args:
            endpoint: the accessor's name.
            value: the column of the value; ``variants.id`` reaches into a column of lists.
            name: the column of the name, in the same list.

        Returns:
            Names by value, the newest frame's first.
        """
        found: dict[str, str] = {}
        (column, _, value_key), (name_column, _, name_key) = value.partition("."), name.partition(".")
        for frame in self._snapshots.columns(endpoint, dict.fromkeys((column, name_column))):
            if value_key:
                each = [one for many in frame[column] if isinstance(many, list) for one in many]
                pairs = [(one.get(value_key), one.get(name_key)) for one in each if isinstance(one, dict)]
            else:
                pairs = list(frame.dropna().drop_duplicates().itertuples(index=False, name=None))
            for first, *rest in pairs:
                if first is not None:
                    found.setdefault(str(first), str((rest or [first])[0] or first))
        return found

    @contextlib.contextmanager
    def _stoppable(self) -> Iterator[threading.Event]:
        """An event that `cancel` sets while the block lasts."""
        stop = threading.Event()
        self._stops.add(stop)
        try:
            yield stop
        finally:
            self._stops.discard(stop)

    # The two ways ------------------------------------------------------------------------------------------------

    def _fetch_list(
        self, query: Query, report: Reporter, *, max_age: float, refresh: bool, offline: bool
    ) -> pd.DataFrame:
        call = _call_name(query, self.settings.time_zone)
        if not refresh and (kept := self._kept(call, None if offline else max_age)) is not None:
            report(Event("done", query.endpoint.name, 0, len(kept), 0, message="from what is kept"))
            return kept
        if offline:
            raise NotCachedError(f"Nothing is kept for this call of {query.endpoint.name}.")
        refreshes = not refresh and can_refresh(query, self.settings.zone)
        base = self._kept(call, None) if refreshes else None
        self._sweep()
        begun, outdated = self._pulls.begin(call, refresh=refresh, now=self._now(), changes=base is not None)
        if outdated:
            self._transport.cache.drop_walk(outdated)
        report(Event("start", query.endpoint.name, message="going on" if begun.resumed else "starting"))
        age = RESUME_WITHIN.total_seconds() if begun.resumed else max_age
        ids = self._ids(query, {"max_age": age, "refresh": refresh and not begun.resumed, "progress": report})

        with self._stoppable() as stop:
            source = self._walk_source(query, call, begun, report, stop)
            result = None
            if begun.changes and base is not None:
                result = bring_up_to_date(base, query, source, time_zone=self.settings.time_zone, report=report)
            if result is None:
                if begun.changes:
                    source = self._walk_source(query, call, self._pulls.go_on_whole(call, begun), report, stop)
                result = pull(query, ids, source, time_zone=self.settings.time_zone, report=report)
        frame, tally = result
        self._describe(frame, query, tally, begun.started_at)
        frame.attrs["kept_as"] = call
        self._keep(call, frame, begun.walk, report)
        report(Event("done", query.endpoint.name, tally.pages, len(frame), tally.requests))
        return frame

    def _walk_source(self, query: Query, call: str, begun: Pull, report: Reporter, stop: threading.Event) -> Source:
        """Where the pages of one pull come from; they belong together and are kept until it is done."""
        get = self._transport.get
        return Source(
            self._renames.either_name(query.endpoint, partial(get, walk=begun.walk, report=report, stop=stop)),
            partial(self._transport.forget, walk=begun.walk),
            *self._limit(),
            stop=stop,
            cuts=begun.cuts,
            remember=partial(self._pulls.remember, call, begun),
            ask=self._renames.either_name(query.endpoint, partial(get, max_age=FRESH_COUNTS, report=report, stop=stop)),
            now=begun.started_at,
        )

    def _fetch_single(
        self, query: Query, report: Reporter, *, max_age: float, refresh: bool, offline: bool
    ) -> pd.DataFrame:
        received: list[float] = []

        def get(path: str, params: Mapping[str, Any]) -> Answer:
            answer = self._transport.get(
                path, params, max_age=max_age, refresh=refresh, offline=offline, report=report, stop=stop
            )
            received.append(answer.received_at)
            return answer

        ids = self._ids(query, {"max_age": max_age, "refresh": refresh, "offline": offline, "progress": report})
        with self._stoppable() as stop:
            source = Source(
                self._renames.either_name(query.endpoint, get), self._transport.forget, *self._limit(), stop=stop
            )
            frame, tally = pull(query, ids, source, time_zone=self.settings.time_zone, report=report)
        oldest = dt.datetime.fromtimestamp(min(received, default=self._clock()), dt.UTC)
        self._describe(frame, query, tally, oldest)
        return frame

    def _add_details(self, frame: pd.DataFrame, row: Endpoint, report: Reporter, *, offline: bool) -> pd.DataFrame:
        """``frame`` with what the record of each row tells besides."""
        detail, walk = ENDPOINTS[row.details], f"details-{secrets.token_hex(4)}"
        with self._stoppable() as stop:
            get = partial(self._transport.get, walk=walk, offline=offline, report=report, stop=stop)
            source = Source(self._renames.either_name(detail, get), self._transport.forget, *self._limit(), stop=stop)
            try:
                found = find_details(detail, frame, source, self._records, report)
            finally:
                self._transport.cache.drop_walk(walk)  # each is on the records shelf already
        return join_details(frame, row, detail, found, self.settings.time_zone)

    # What is kept --------------------------------------------------------------------------------------------------

    def _kept(self, call: str, max_age: float | None) -> pd.DataFrame | None:
        described = self._snapshots.describe(call)
        if described is None:
            return None
        age = (self._now() - described.as_of).total_seconds()
        if max_age is not None and not 0 <= age <= max_age:
            return None
        frame = self._snapshots.load(call)
        if frame is not None:
            frame.attrs.update(requests=0, from_cache=True, account=self.name)
        return frame

    def _sweep(self) -> None:
        """Let go what is too old, once a session: pulls that cannot go on, and what was not touched for long."""
        if not self._swept:
            self._swept = True
            for walk in self._pulls.drop_outdated(self._now()):
                self._transport.cache.drop_walk(walk)
            shelves.clear([self.folder], None, KEPT_FOR, self._clock())

    def _keep(self, call: str, frame: pd.DataFrame, walk: str, report: Reporter) -> None:
        try:
            self._snapshots.save(call, frame)
        except OSError as error:
            message = f"the frame could not be kept ({error.strerror or error}); it is complete all the same"
            frame.attrs["notes"].append(message)
            report(Event("note", frame.attrs["endpoint"], message=message))
            return
        self._pulls.finish(call)
        self._transport.cache.drop_walk(walk)

    def _describe(self, frame: pd.DataFrame, query: Query, tally: Tally, as_of: dt.datetime) -> None:
        frame.attrs.update(
            endpoint=query.endpoint.name,
            filters=dict(query.filters),
            as_of=as_of.astimezone(self.settings.zone).isoformat(timespec="seconds"),
            complete=tally.complete,
            requests=tally.requests,
            from_cache=tally.requests == 0,
            account=self.name,
            time_zone=self.settings.time_zone,
            notes=tally.notes,
        )

    # Ids and names -------------------------------------------------------------------------------------------------

    def _ids(self, query: Query, options: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """The ids to walk; where none were given, those of every parent."""
        parents = {parent.parameter: parent for parent in query.endpoint.parents}
        ids: dict[str, tuple[str, ...]] = {}
        for parameter, given in query.ids.items():
            if given is None:
                ids[parameter] = self._every_id(parents[parameter], options)
            elif query.endpoint.path.startswith("/order/{id}") and parameter == "id":
                ids[parameter] = (self._order_id(given[0], options),)
            else:
                ids[parameter] = given
        return ids

    def _every_id(self, parent: Parent, options: Mapping[str, Any]) -> tuple[str, ...]:
        frame = self.fetch(parent.endpoint, **options)
        column, _, inner = parent.column.partition(".")
        values = frame[column].dropna()
        if inner:
            values = pd.Series([one.get(inner) for many in values for one in many or ()], dtype=object).dropna()
        return tuple(dict.fromkeys(str(value) for value in values))

    def _order_id(self, given: str, options: Mapping[str, Any]) -> str:
        """An order's id; its human code is looked up."""
        if not _ORDER_CODE.fullmatch(given):
            return given
        found = self.fetch("orders", order_id=given, **options)
        matching = found.loc[found["order_id"] == given, "id"]
        if matching.empty:
            raise NotFoundError(f"There is no order {given}.", status_code=404)
        return str(matching.iloc[0])

    def _limit(self) -> tuple[float, int, Callable[[int], float]]:
        """Requests per second and at once that the shortest limit allows, and what gives the time so many take."""
        count, seconds = self.settings.limits[0]
        return count / seconds, count, self._limiter.free_at

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clock(), dt.UTC)


def _oldest(orders: pd.DataFrame, query: Query) -> dt.datetime | None:
    """From when on the server has to count: the first moment asked for, or the oldest order that came."""
    if query.start is not None or orders.empty:
        return query.start
    created = orders["created_at"].fillna(orders["draft_time"]).min()
    return None if pd.isna(created) else created.to_pydatetime()


def _seconds(max_age: MaxAge, endpoint: Endpoint) -> float:
    if max_age is None:
        return endpoint.freshness.total_seconds()
    if isinstance(max_age, dt.timedelta):
        max_age = max_age.total_seconds()
    if not isinstance(max_age, int | float) or not max_age >= 0:
        raise BadValueError(f"max_age={max_age!r} is not a number of seconds from zero up.")
    return float(max_age)


def _call_name(query: Query, time_zone: str) -> str:
    """A file name for the call: same arguments, same zone and same declared columns, same name."""
    text = f"{query.identity} {time_zone} {query.endpoint.columns}"
    mark = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return f"{query.endpoint.name}-{mark}"
