"""One key is one business: an `Account` has its settings, its key, and a method for every call."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import localcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scalev_frames.account.business import Business, checked
from scalev_frames.account.sessions import Sessions
from scalev_frames.cache.cache import Cache
from scalev_frames.cache.snapshots import KeptFrame
from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.cluster.days import read_folder
from scalev_frames.cluster.stretches import Export, folder_at
from scalev_frames.errors import ApiError, BadValueError, InterruptedPullError, MissingColumnsError
from scalev_frames.export.dataset.exported import Exported
from scalev_frames.export.dataset.scan import Scan
from scalev_frames.frames.children import expand
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import decimals
from scalev_frames.frames.values.scalars import LONG
from scalev_frames.progress import Reporter, choose, silent
from scalev_frames.pull.cost import Cost
from scalev_frames.pull.details import take_details
from scalev_frames.pull.engine import Engine
from scalev_frames.pull.exporting.export import checked_place
from scalev_frames.pull.exporting.together import Piece
from scalev_frames.pull.options import chosen, take_options
from scalev_frames.pull.wanted import Wanted, frame_of_path, read_path
from scalev_frames.query.paths import clean_path, find_by_path
from scalev_frames.query.query import find_endpoint
from scalev_frames.settings import Settings
from scalev_frames.verify.changes import changes_since
from scalev_frames.verify.reconcile import reconcile
from scalev_frames.wire.credentials import Key, check_destination
from scalev_frames.wire.transport import Call

if TYPE_CHECKING:
    from distributed import Client


class Account(Business):
    """One business, through one key; closes its connections at the end of a ``with`` block.

    Args:
        key: the API key.
        settings: where and how.
        name: what the user calls it, a profile's name; shown in ``attrs["account"]``.
        stored_as: the stored profile whose key it is.
        clock: gives the present moment in seconds since 1970.
        sleep: waits N seconds.

    Attributes:
        key_hint: the beginning and the end of the key.
        sessions: what it works with; also which limit it shares with others.
        sandbox: the embedded Scalev, where it is one's own.
    """

    def __init__(
        self,
        key: Key,
        settings: Settings,
        *,
        name: str = "",
        stored_as: str = "",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__()
        check_destination(settings.base_url)
        self.sessions = Sessions(key, settings, name=name, clock=clock, sleep=sleep)
        self.key_hint = key.hint
        self.profile, self.stored_as = name, stored_as
        self.name = self.sessions.name
        self.sandbox: object | None = None

    @property
    def settings(self) -> Settings:
        """Where and how; the version is known after the first call at the latest."""
        return self.sessions.settings

    @property
    def folder(self) -> Path:
        """Where this business is kept on this computer."""
        return self._cache.folder

    @property
    def clock_ahead(self) -> float:
        return self.sessions.known().client.ahead

    @property
    def _cache(self) -> Cache:
        return self.sessions.known().cache

    def count_days(self, endpoint: str, **arguments: Any) -> dict[dt.date, int]:  # noqa: ANN401 - any filter's value
        """The server's counts of a call's orders by day; empty where it gives none.

        Args:
            endpoint: the accessor's name.
            **arguments: what the accessor takes.

        Raises:
            UsageError: an unknown name or an invalid value.

        >>> orders = api.orders(progress=False)  # with api = sf.connect(sandbox=True)
        >>> sum(api.count_days("orders").values()) == len(orders)
        True
        """
        with self._call(endpoint, silent) as (engine, call):
            query = engine.query(endpoint, arguments)
            try:
                return engine.counts(call, query, query.start).days
            except (BadValueError, ApiError):
                return {}

    def __repr__(self) -> str:
        """Never shows the key."""
        return f"<Account {self.name} at {self.settings.base_url}, key {self.key_hint}>"

    def close(self) -> None:
        """Stop what is under way and close connections and files; cached frames and pages stay."""
        self.cancel()
        self.sessions.close()

    def fetch(self, endpoint: str, **arguments: Any) -> pd.DataFrame:  # noqa: ANN401 - any filter's value
        """The frame of one call; every accessor is this with its endpoint's name.

        1. `query` finds the catalog's row and checks names and values; invalid ones raise, and nothing is sent.
        2. `pull.engine` serves a kept frame that is fresh enough, fetches what has changed, or everything.
        3. Workers fetch the pages: retries over the limiter over the request; each page is kept at once, so that the
           same call resumes after a stop.
        4. All rows become one frame with the declared kinds; fields that the catalog does not know are kept.
        5. The frame is compared with the server's counts and kept; its header (``attrs``) says endpoint, filters,
           as_of, complete, rows, requests, from_cache, account, time_zone and notes.

        Args:
            endpoint: the accessor's name, such as ``orders``.
            **arguments: path ids, filters, and ``refresh``, ``max_age``, ``offline``, ``progress``, ``limit``; a
                `CancelToken` as ``cancel`` stops this call and no other.

        Returns:
            The frame; its declared columns are always there, also for zero rows.

        Raises:
            UsageError: an unknown name or an invalid value.
            ApiError: the server refused.
            IncompleteError: the rows cannot be shown to be whole.
            InterruptedPullError: Ctrl-C, or cancelled; fetched pages are kept, and the same call resumes.
            NotCachedError: ``offline=True`` and nothing is kept.

        >>> api.fetch("stores", progress=False).shape  # with api = sf.connect(sandbox=True)
        (6, 35)
        """
        how = _take_how(arguments)
        wanted = Wanted.of(endpoint, arguments)
        with self._call(endpoint, *how, offline=wanted.options.offline) as (engine, call):
            return self._with_money(wanted.frame(engine, call))

    def get(self, path: str, /, *, raw: bool = False, **arguments: Any) -> Any:  # noqa: ANN401 - a frame, or JSON
        clean_path(path, self.settings.base_url)  # what leads elsewhere is refused before anything is sent
        how = _take_how(arguments)
        options = take_options(arguments, find_by_path(path, self.settings))
        with self._call(path, *how, offline=options.offline) as (engine, call):
            if raw:
                return read_path(engine, path, arguments, call, options)
            return self._with_money(frame_of_path(engine, path, arguments, call, options))

    def order_lines(
        self,
        orders: pd.DataFrame | None = None,
        *,
        progress: bool | Reporter = True,
        **arguments: Any,  # noqa: ANN401 - any filter's value
    ) -> pd.DataFrame:
        row, columns, cancel = ENDPOINTS["orders"], arguments.pop("columns", None), arguments.pop("cancel", None)
        exported, _ = take_details(row, arguments)
        if orders is None:
            details = True if exported is None else exported
            orders = self.fetch("orders", **arguments, details=details, progress=progress, cancel=cancel)
            return self._with_money(chosen(expand(orders, "lines"), columns))
        options = take_options(arguments, row)
        if arguments:
            names = ", ".join(f"{name}=" for name in arguments)
            raise BadValueError(f"{names} is for a call without a frame.", advice="Choose rows of the frame instead.")
        if "orderlines" not in checked(orders) or orders["orderlines"].isna().all():
            if "id" not in orders:
                raise MissingColumnsError("This frame has no id, by which details are asked for.", columns=("id",))
            with self._call("order_lines", progress, cancel, offline=options.offline) as (engine, call):
                orders = engine.with_details(orders, call, row, options, exported)
        return self._with_money(chosen(expand(orders, "lines"), columns))

    def _with_money(self, frame: pd.DataFrame) -> pd.DataFrame:
        """``frame`` with amounts as the settings want them."""
        return decimals(frame) if self.settings.money == "decimal" else frame

    def export(
        self,
        path: str | Path,
        endpoint: str = "orders",
        *,
        partition_by: str = "month",
        client: Client | None = None,
        progress: bool | Reporter = True,
        **arguments: Any,  # noqa: ANN401 - any filter's value
    ) -> Scan:
        cancel = arguments.pop("cancel", None)
        row = find_endpoint(endpoint)
        checked_place(path)  # before anything is sent
        whole = Export(folder_at(path), self.name, row.name, partition_by, dict(arguments))
        if client is not None:
            return whole.run_by(client, self, choose(progress))
        if row.timeline and whole.is_cut():
            return whole.run(self, choose(progress), cancel)
        wanted, is_part = Wanted.of(endpoint, arguments), read_folder(whole.folder.rpartition("/")[2]) is not None
        with self._call(endpoint, progress, cancel) as (engine, call):
            return wanted.export(engine, call, path, partition_by, is_part=is_part)

    def _settle(
        self,
        beside: Exported,
        endpoint: str,
        pieces: Sequence[Piece] | None,
        *,
        progress: bool | Reporter = True,
        **arguments: Any,  # noqa: ANN401 - any filter's value
    ) -> None:
        """Hold the parts together into which a cluster's export is cut; for `cluster.stretches`, see `Exporter`."""
        cancel = arguments.pop("cancel", None)
        wanted = Wanted.of(endpoint, arguments)
        with self._call(endpoint, progress, cancel) as (engine, call):
            wanted.settle(engine, call, beside, pieces)

    def reconcile(self, orders: pd.DataFrame) -> pd.DataFrame:
        account = Header.of(checked(orders)).account or self.name
        if account != self.name:
            raise BadValueError(f"This frame is of {account}, and not of {self.name}.")
        with self._call("order_statistics", silent) as (engine, call):
            return reconcile(orders, engine.settings.zone, lambda *asked: engine.counts(call, *asked))

    def changes(self, orders: pd.DataFrame) -> pd.DataFrame:
        kept = self._cache.snapshots
        return changes_since(checked(orders), kept.load, kept.load_before)

    def cost(self, endpoint: str, **arguments: Any) -> Cost:  # noqa: ANN401 - any filter's value
        _take_how(arguments)
        wanted = Wanted.of(endpoint, {**arguments, "offline": False})
        with self._call(endpoint, silent) as (engine, call):
            return wanted.cost(engine, call)

    def cache_info(self) -> pd.DataFrame:
        return self._cache.info(self.settings.time_zone)

    def clear_cache(self, kind: str | None = None, *, older_than: dt.timedelta | None = None) -> int:
        return self._cache.clear(kind, older_than)

    def kept_frames(self) -> list[KeptFrame]:
        """The whole frames that are kept of this business, the newest first; nothing is sent, and no row read.

        >>> _ = api.stores(progress=False)  # with api = sf.connect(sandbox=True)
        >>> api.kept_frames()[0].header.rows > 0
        True
        """
        return self._cache.snapshots.whole()

    def known_values(self, endpoint: str, value: str, name: str) -> dict[str, str]:
        return self._cache.snapshots.names(endpoint, value, name)

    @contextlib.contextmanager
    def _call(
        self, endpoint: str, progress: bool | Reporter, token: CancelToken | None = None, *, offline: bool = False
    ) -> Iterator[tuple[Engine, Call]]:
        """The engine, and a new call that Ctrl-C or `cancel` stops while the block lasts, with the package's error.

        Decimals are exact in the block, whatever the program's own context says of digits and rounding.
        """
        try:
            report = choose(progress)
            with localcontext(LONG), self._cancellable(token) as token:
                session = self.sessions.known() if offline else self.sessions.find(report, token)
                yield session.engine, session.client.new_call(report, token)
        except (KeyboardInterrupt, Cancelled):
            raise InterruptedPullError(f"The call of {endpoint} was interrupted.", endpoint=endpoint) from None


def _take_how(arguments: dict[str, Any]) -> tuple[bool | Reporter, CancelToken | None]:
    """Take out of a call's arguments how it shows its progress, and what stops it."""
    return arguments.pop("progress", True), arguments.pop("cancel", None)
