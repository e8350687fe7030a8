"""Several businesses as one: every call is made of all at the same time, and gives one frame."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from scalev_frames.account.account import Account
from scalev_frames.account.business import Business, checked
from scalev_frames.cancel import CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.cluster.stretches import Export, combine_scans, export_by, folder_at
from scalev_frames.errors import AlreadyRunningError, BadValueError, GroupError, UnknownNameError
from scalev_frames.export.dataset.exported import exported_in, show_columns
from scalev_frames.export.dataset.scan import Scan, scan
from scalev_frames.export.places import place
from scalev_frames.frames.children import BUSINESS
from scalev_frames.frames.header import Header
from scalev_frames.frames.several import combine, split
from scalev_frames.group.checks import (
    check_names,
    check_one_of_each,
    other_businesses,
    same_orders_in,
    same_orders_of,
    with_same_orders_noted,
)
from scalev_frames.group.together import Run, Together
from scalev_frames.progress import Reporter, choose, silent
from scalev_frames.pull.cost import Cost
from scalev_frames.pull.exporting.export import checked_place
from scalev_frames.query.query import find_endpoint
from scalev_frames.settings import Settings
from scalev_frames.verify.reconcile import combine_verdicts

if TYPE_CHECKING:
    from distributed import Client

#: An account or a group, as `connect` and `connect_many` open them.
Opened: TypeAlias = "Account | Group"


class Group(Business):
    """Several businesses; every accessor of an account gives one frame of them all, ``business`` first.

    All are asked at the same time. Where their requests count in one limit, as those of one address do in v2, each has
    its share of it. A business that fails does not stop the others; see `GroupError`.

    Args:
        accounts: each business's account, by the name that stands in the column ``business``.

    Attributes:
        accounts: the same.

    Raises:
        BadValueError: there is none, two names look the same, two accounts have the same key, or their time zones or
            kinds of money differ.

    >>> group = Group({"brand-a": api})  # with api = sf.connect(sandbox=True)
    >>> group.stores(progress=False).shape
    (6, 36)
    """

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        super().__init__()
        self.accounts = dict(accounts)
        if not self.accounts:
            raise BadValueError("There is no business to connect to.", advice="Give names of stored profiles.")
        check_names(self.accounts)
        check_one_of_each(self.accounts)

    def __repr__(self) -> str:
        """Never shows a key."""
        return f"<Group of {', '.join(self.accounts)}>"

    def __getitem__(self, name: str) -> Account:
        """The account of one business."""
        if name not in self.accounts:
            raise UnknownNameError.near("business", name, self.accounts)
        return self.accounts[name]

    @property
    def name(self) -> str:
        """All names, as ``attrs["account"]`` has them."""
        return ", ".join(self.accounts)

    @property
    def settings(self) -> Settings:
        """The first account's settings; time zone and money are those of all."""
        return next(iter(self.accounts.values())).settings

    @property
    def sandbox(self) -> object | None:
        """The embedded Scalev, where the businesses are its own."""
        return next(iter(self.accounts.values())).sandbox

    @property
    def clock_ahead(self) -> float:
        return max((account.clock_ahead for account in self.accounts.values()), key=abs)

    def close(self) -> None:
        """Stop what is under way and close every account; cached frames and pages stay."""
        self.cancel()
        for account in self.accounts.values():
            account.close()

    # Frames ----------------------------------------------------------------------------------------------------------

    def fetch(self, endpoint: str, **arguments: Any) -> pd.DataFrame:  # noqa: ANN401 - any filter's value
        """The frame of one call of every business; every accessor is this with its endpoint's name.

        Args:
            endpoint: the accessor's name, such as ``orders``.
            **arguments: what the accessor takes; ``limit`` counts for each business. A mapping from every business to a
                value gives each its own, as ids need it: ``store_id={"brand-a": 3, "brand-b": 8}``.

        Returns:
            One frame, the businesses one below the other: ``business`` (`str`), then the accessor's columns. A row is
            told apart by ``business`` and its own key. ``attrs`` add up what those of the businesses say:
            ``requests`` and ``rows`` are sums, ``as_of`` is the oldest, ``complete`` is True where all are; those of
            each stand in ``attrs["businesses"]``.

        Raises:
            UsageError: an unknown name or an invalid value; nothing was sent.
            GroupError: a business failed; it is named, and the others' rows are given on request.
            InterruptedPullError: Ctrl-C, or cancelled; fetched pages are kept, and the same call resumes.

        >>> group = Group({"brand-a": api})  # with api = sf.connect(sandbox=True)
        >>> group.fetch("orders", limit=2, progress=False)["business"].tolist()
        ['brand-a', 'brand-a']
        """
        row = find_endpoint(endpoint)
        frames = self._each(row.name, lambda _, account, own: account.fetch(endpoint, **own), arguments)
        return with_same_orders_noted(combine(frames), frames) if row.timeline else combine(frames)

    def get(self, path: str, /, *, raw: bool = False, **arguments: Any) -> Any:  # noqa: ANN401 - a frame, or JSON
        found = self._each(path, lambda _, account, own: account.get(path, raw=raw, **own), arguments)
        return found if raw else combine(found)

    def order_lines(
        self,
        orders: pd.DataFrame | None = None,
        *,
        progress: bool | Reporter = True,
        **arguments: Any,  # noqa: ANN401 - any filter's value
    ) -> pd.DataFrame:
        parts = None if orders is None else self._parts(orders)

        def work(name: str, account: Account, own: Mapping[str, Any]) -> pd.DataFrame:
            return account.order_lines(None if parts is None else parts[name], **own)

        lines = self._each("order_lines", work, {**arguments, "progress": progress}, parts)
        return with_same_orders_noted(combine(lines), lines)

    def reconcile(self, orders: pd.DataFrame) -> pd.DataFrame:
        parts = self._parts(orders)

        def work(name: str, account: Account, own: Mapping[str, Any]) -> pd.DataFrame:
            own["cancel"].check()
            return account.reconcile(replace(Header.of(parts[name]), account=account.name).onto(parts[name]))

        tables = self._each("reconcile", work, {"progress": silent}, parts)
        missing = [name for name in self.accounts if name not in parts]
        return combine_verdicts(tables, missing, same_orders_of(parts))

    def changes(self, orders: pd.DataFrame) -> pd.DataFrame:
        parts = self._parts(orders)

        def work(name: str, account: Account, _: Mapping[str, Any]) -> pd.DataFrame:
            return account.changes(parts[name])

        tables = self._each("changes", work, {"progress": silent}, parts)
        table = combine(tables)
        counts: Counter[str] = Counter()
        for one in tables.values():
            counts.update(one.attrs["counts"])
        table.attrs |= {"counts": dict(counts), "since": min(one.attrs["since"] for one in tables.values())}
        return table

    def cost(self, endpoint: str, **arguments: Any) -> Cost:  # noqa: ANN401 - any filter's value
        costs: dict[str, Cost] = self._each(
            endpoint, lambda _, account, own: account.cost(endpoint, **own), {**arguments, "progress": silent}
        )
        ways = {one.way for one in costs.values()}
        return Cost(
            endpoint,
            next(way for way in ("full", "resume", "changes", "kept") if way in ways),
            _sum(one.requests for one in costs.values()),
            self._seconds(costs),
            _sum(one.rows for one in costs.values()),
            sum(one.kept_pages for one in costs.values()),
        )

    def known_values(self, endpoint: str, value: str, name: str) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for account in self.accounts.values():
            for one, called in account.known_values(endpoint, value, name).items():
                found.setdefault(one, set()).add(called)
        return {one: names.pop() for one, names in found.items() if len(names) == 1}

    def cache_info(self) -> pd.DataFrame:
        return pd.concat([account.cache_info() for account in self.accounts.values()], ignore_index=True)

    def clear_cache(self, kind: str | None = None, *, older_than: dt.timedelta | None = None) -> int:
        return sum(account.clear_cache(kind, older_than=older_than) for account in self.accounts.values())

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
        endpoint, whole_path = find_endpoint(endpoint).name, folder_at(path)
        folders = {name: folder_at(path, name) for name in self.accounts}
        for folder in folders.values():
            checked_place(folder)  # before anything is sent
        if client is not None:
            arguments.pop("cancel", None)
            calls = {
                name: Export(folder, name, endpoint, partition_by, self._own(arguments, name))
                for name, folder in folders.items()
            }
            if failed := export_by(client, self.accounts, calls, choose(progress)):
                whole = {name: scan(folder) for name, folder in folders.items() if name not in failed}
                raise GroupError(failed, whole, combine_scans)
        else:
            self._each(
                endpoint,
                lambda name, account, own: account.export(folders[name], endpoint, partition_by=partition_by, **own),
                {**arguments, "progress": progress}, combined=combine_scans,
            )  # fmt: skip
        with contextlib.suppress(AlreadyRunningError):  # the next export shows them
            show_columns(chain.from_iterable(exported_in(place(one), partition_by) for one in folders.values()))
        made = scan(whole_path)
        others = other_businesses(made.names, folders)
        notes = [f"the folder also holds {name}, which is not in this group" for name in others]
        if ENDPOINTS[endpoint].timeline:
            notes += same_orders_in({**folders, **{name: f"{whole_path}/{at}" for name, at in others.items()}})
        made.header = replace(made.header, notes=(*made.header.notes, *notes))
        return made

    # All at the same time --------------------------------------------------------------------------------------------

    def _each(
        self,
        endpoint: str,
        work: Callable[[str, Account, Mapping[str, Any]], Any],
        arguments: Mapping[str, Any],
        names: Iterable[str] | None = None,
        combined: Callable[[Mapping[str, Any]], pd.DataFrame] = combine,
    ) -> dict[str, Any]:
        """The result of ``work`` for each business, called with its arguments, a reporter and a cancel token."""
        asked = dict(arguments)
        together = Together(endpoint, choose(asked.pop("progress", True)))
        given = asked.pop("cancel", None)
        own = {name: self._own(asked, name) for name in self.accounts}
        accounts = {name: self.accounts[name] for name in (own if names is None else names)}

        def one(name: str, account: Account, report: Reporter, cancel: CancelToken) -> Any:  # noqa: ANN401
            return work(name, account, {**own[name], "progress": report, "cancel": cancel})

        run = Run(accounts, endpoint, together)
        with self._cancellable(given) as token, contextlib.closing(run):
            run.start(one, token)
            run.wait(token)
        if run.errors:
            run.raise_errors(combined)
        return {name: run.results[name] for name in accounts}

    def _parts(self, frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Split a frame of this group into those of its businesses."""
        parts = split(checked(frame))
        for name in parts:
            if name not in self.accounts:
                raise BadValueError(f"This frame has rows of {name}, which is not in this group.")
        return parts

    def _own(self, arguments: Mapping[str, Any], name: str) -> dict[str, Any]:
        """The arguments of one business."""
        own = {}
        for key, value in arguments.items():
            if isinstance(value, Mapping):
                for one in value:
                    _ = self[one]
                if name not in value:
                    raise BadValueError(f"{key}= says nothing of {name}.", advice="Give a value for every business.")
            own[key] = value[name] if isinstance(value, Mapping) else value
        if own.get("columns") is not None:
            own["columns"] = [column for column in own["columns"] if column != BUSINESS]
        return own

    def _seconds(self, costs: Mapping[str, Cost]) -> float | None:
        """The least seconds for all businesses: those of the slowest limit."""
        together: Counter[str] = Counter()
        needed = [0.0]
        for name, cost in costs.items():
            if cost.requests is None or cost.seconds is None:
                return None
            together[self[name].sessions.limit_shared_by] += cost.requests
            needed.append(cost.seconds)
        for account in self.accounts.values():
            (burst, seconds), *_ = account.settings.windows
            needed.append(seconds * ((together[account.sessions.limit_shared_by] - 1) // burst))
        return max(needed)


def _sum(counts: Iterable[int | None]) -> int | None:
    known = list(counts)
    return None if None in known else sum(one or 0 for one in known)
