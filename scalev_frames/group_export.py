"""Exports of several businesses below one folder, by this computer or by the workers of a cluster."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from scalev_frames.account import Account
from scalev_frames.cancel import CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.cluster import PAGE_ROWS, Done, Hour, Span, Stretch, need_distributed, plan, read_folder, run
from scalev_frames.errors import BadValueError, ExportError, GroupError, ScalevError
from scalev_frames.export.places import place
from scalev_frames.export.scan import Scan, scan
from scalev_frames.frames.several import combine
from scalev_frames.progress import Event, Reporter
from scalev_frames.query.times import to_span
from scalev_frames.settings import Settings, default_cache_dir, limited_host
from scalev_frames.wire.credentials import load_key

if TYPE_CHECKING:
    from distributed import Client

#: What a folder's name may hold as it is; everything else is written as %xx, as readers of such folders expect.
SAFE = " ()[]+,;@!$&'#"
#: What readers of such folders take for a missing value.
NO_VALUE = "__hive_default_partition__"


@dataclass(frozen=True, slots=True)
class Export:
    """The export of one business.

    Attributes:
        path: the folder of all businesses.
        business: the business's name.
        endpoint: the accessor's name.
        partition_by: ``year``, ``month`` or ``day``.
        arguments: those of the call.
    """

    path: str
    business: str
    endpoint: str
    partition_by: str
    arguments: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The business's own folder."""
        return f"{self.path.rstrip('/')}/business={folder_name(self.business)}"

    def run(self, account: Account, report: Reporter, cancel: CancelToken) -> Scan:
        """Export on this computer; stretches that a cluster wrote are brought up to date one by one."""
        how: dict[str, Any] = {"partition_by": self.partition_by, "progress": report, "cancel": cancel}
        there = self.stretches()
        if not there:
            return account.export(self.folder, self.endpoint, **how, **self.arguments)
        for span, _ in plan({}, self.days(account), there):
            times = {"since": None, "until": None} | span.times
            account.export(f"{self.folder}/{span.folder}", self.endpoint, **how, **(dict(self.arguments) | times))
        return scan(self.folder)

    def stretches(self) -> list[str]:
        """The folders of stretches that are there."""
        names = {name.partition("/")[0] for name in place(self.folder).files()}
        return [name for name in names if read_folder(name)]

    def is_whole(self) -> bool:
        """Whether the business has a dataset that no cluster wrote."""
        return not self.stretches() and bool(place(self.folder).files())

    def days(self, account: Account) -> Span:
        """The days that were asked for.

        Raises:
            BadValueError: a day that is none, or another date than that of creation.
        """
        if self.arguments.get("by") not in (None, "created"):
            raise BadValueError("Stretches of an export are days of creation.", advice="Leave by= out.")
        zone, now = account.settings.zone, dt.datetime.now(dt.UTC)
        since, until = (self.arguments.get(name) for name in ("since", "until"))
        return Span(
            None if since is None else to_span(since, zone, now, name="since").first_day(zone),
            None if until is None else to_span(until, zone, now, name="until").last_day(zone),
        )

    def cut(self, account: Account, salt: bytes) -> list[Stretch]:
        """The pieces of work for a cluster.

        Raises:
            BadValueError: the account is of no stored profile.
        """
        if not account.stored_as:
            raise BadValueError(
                f"{self.business} was opened by its key, which is not sent to workers.",
                advice="Store it on each worker with `scalev-frames login --profile …`, and connect by the profile.",
            )
        settings = account.settings
        opened: dict[str, Any] = {"base_url": settings.base_url, "version": settings.version}
        opened |= {"time_zone": settings.time_zone, "limits": settings.limits}
        arguments = {name: value for name, value in self.arguments.items() if name not in ("since", "until", "by")}
        details = arguments.get("details", False)
        if isinstance(details, pd.DataFrame):
            raise BadValueError("Workers are not sent what a file knows of orders.", advice="Give details=True.")
        pieces: list[tuple[str, int, dict[str, Any]]]
        if ENDPOINTS[self.endpoint].timeline is None or self.is_whole():
            pieces = [(self.folder, PAGE_ROWS, dict(self.arguments))]
        else:
            asked = {name: value for name, value in self.arguments.items() if name != "details"}
            counts = account.count_days(self.endpoint, **asked)
            spans = plan(counts, self.days(account), self.stretches(), detailed=bool(details))
            pieces = [(f"{self.folder}/{span.folder}", rows, arguments | span.times) for span, rows in spans]
        return [
            Stretch(
                self.business, account.stored_as, account.sessions.key_mark(salt), salt, path, self.endpoint,
                rows // PAGE_ROWS + 2 + (rows if details else 0), opened, {**asked, "partition_by": self.partition_by},
            )
            for path, rows, asked in pieces
        ]  # fmt: skip


def folder_name(business: str) -> str:
    """A business's name as the value of a folder: another one for another name, and safe on every disk.

    Raises:
        BadValueError: readers of such folders take the name for a missing value.

    >>> folder_name("Toko Ü / 1"), folder_name("brand-a"), folder_name("null")
    ('Toko Ü %2F 1', 'brand-a', '%6Eull')
    """
    if business.casefold() == NO_VALUE:
        raise BadValueError(f"{business} means no value in the name of a folder.", advice="Give the business a name.")
    name = "".join(one if one.isalpha() else quote(one, safe=SAFE) for one in business)
    name = f"{name[:-1]}%{ord(name[-1]):02X}" if name[-1] in " ." else name
    return f"%{ord(name[0]):02X}{name[1:]}" if name.casefold() == "null" else name


def combine_scans(scans: Mapping[str, Scan]) -> pd.DataFrame:
    """One frame of the exports of some businesses."""
    return combine({name: one.frame() for name, one in scans.items()})


def export_by(client: Client, accounts: Mapping[str, Account], calls: Mapping[str, Export], report: Reporter) -> None:
    """Let the workers of a cluster export every business.

    Args:
        client: the cluster's.
        accounts: by business.
        calls: the export of each.
        report: called with an event for each stretch that is done.

    Raises:
        BadValueError: no worker has the resource, or an account is of no stored profile.
        GroupError: a business failed.
    """
    need_distributed()
    salt = secrets.token_bytes(16)
    stretches = [one for name, account in accounts.items() for one in calls[name].cut(account, salt)]
    hours = {name: _hour(account.settings) for name, account in accounts.items()}
    done = run(client, stretches, export_stretch, hours, report)
    failed: dict[str, ScalevError] = {}
    for stretch, result in done.items():
        if result.error and stretch.business not in failed:
            failed[stretch.business] = ExportError(
                f"{stretch.path}: {result.error}", advice="Make the same call again: it resumes.",
                kept=f"{sum(not one.error for one in done.values()):,} of {len(done):,} parts are done.",
            )  # fmt: skip
    if failed:
        whole = {name: scan(calls[name].folder) for name in Counter(calls) if name not in failed}
        raise GroupError(failed, whole, combine_scans)
    rows, requests = (sum(getattr(one, name) for one in done.values()) for name in ("rows", "requests"))
    report(Event("done", stretches[0].endpoint, len(done), rows, requests))


def export_stretch(stretch: Stretch) -> Done:
    """Export one stretch; runs on a worker, with the key of its own profile."""
    settings = Settings(cache_dir=default_cache_dir(), **stretch.opened)
    try:
        key = load_key(stretch.profile)
        if key.name(stretch.salt, limited_host(settings.base_url)) != stretch.mark:
            return Done(error=f"The profile {stretch.profile} of this worker has another key.")
        with Account(key, settings, name=stretch.profile) as account:
            made = account.export(stretch.path, stretch.endpoint, progress=False, **stretch.arguments)
        whole = made.header.complete is True
        return Done(made.rows, made.header.requests or 0, "" if whole else "It is not complete.", retryable=not whole)
    except ScalevError as error:
        return Done(error=str(error), retryable=error.retryable)


def _hour(settings: Settings) -> Hour:
    """What a key may be asked for in its longest window."""
    count, seconds = max(settings.windows, key=lambda one: one[1])
    return Hour(count, seconds)
