"""Exports in stretches of days, by the workers of a cluster or by this computer, and where those of a group lie."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.util
import math
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import pandas as pd

from scalev_frames.accessors import DEFAULTS
from scalev_frames.cancel import CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.cluster.days import PAGE_ROWS, Span, plan, read_folder
from scalev_frames.cluster.schedule import Done, Hour, Stretch, run
from scalev_frames.errors import (
    AuthenticationError,
    BadValueError,
    ConnectionFailedError,
    CredentialStoreError,
    ExportError,
    InterruptedPullError,
    KeyMissingError,
    MissingPackageError,
    RateLimitedError,
    ScalevError,
)
from scalev_frames.export.dataset.exported import Exported
from scalev_frames.export.dataset.parts import is_part
from scalev_frames.export.dataset.scan import Scan, scan
from scalev_frames.export.places import place, whole_path
from scalev_frames.frames.several import combine
from scalev_frames.progress import Event, Reporter
from scalev_frames.pull.exporting.together import Piece
from scalev_frames.query.times import DAY, midnight, to_span
from scalev_frames.redact import without_keys
from scalev_frames.settings import Settings, default_cache_dir, limited_host
from scalev_frames.wire.credentials import load_key

if TYPE_CHECKING:
    from distributed import Client

#: The folder of the dataset without rows that says whether the stretches beside it are complete together.
TOGETHER = "together"
#: Characters that stay as they are in a folder's name; others are written as %xx, as readers of such folders expect.
SAFE = " ()[]+,;@!$&'#"
#: The most bytes of a business's name in a folder's name: disks take 255 for both names.
MOST_BYTES = 255 - len("business=")
#: The name that readers of such folders take for a missing value.
NO_VALUE = "__hive_default_partition__"


class Marked(Protocol):
    """An object that proves a key without showing it."""

    def key_mark(self, salt: bytes) -> str:
        """A hash of the key with ``salt``."""


class Exporter(Protocol):
    """The part of an account that an export needs."""

    stored_as: str

    @property
    def settings(self) -> Settings:
        """The account's settings."""

    @property
    def sessions(self) -> Marked:
        """The object that knows the key."""

    def count_days(self, endpoint: str, **arguments: Any) -> dict[dt.date, int]:  # noqa: ANN401 - any filter's value
        """The server's counts by day."""

    def export(self, path: str | Path, endpoint: str = "orders", **arguments: Any) -> Scan:  # noqa: ANN401
        """Export without a cluster."""

    def _settle(self, beside: Exported, endpoint: str, pieces: Sequence[Piece] | None, **arguments: Any) -> None:  # noqa: ANN401
        """Hold the stretches together: ``beside`` says whether they are complete.

        Args:
            beside: a dataset without rows.
            endpoint: the accessor's name.
            pieces: the stretches, the oldest first; ``None`` while they are yet to be written.
            **arguments: those of the export.

        Raises:
            ScalevError: whatever stopped it; the stretches are kept.
        """


@dataclass(frozen=True, slots=True)
class Export:
    """The export of one business.

    Attributes:
        folder: the business's own folder.
        business: the business's name.
        endpoint: the accessor's name.
        partition_by: ``year``, ``month`` or ``day``.
        arguments: those of the call.
    """

    folder: str
    business: str
    endpoint: str
    partition_by: str
    arguments: Mapping[str, Any]

    def run(self, account: Exporter, report: Reporter, cancel: CancelToken | None) -> Scan:
        """Bring the stretches that a cluster wrote up to date one by one, on this computer."""
        how: dict[str, Any] = {"partition_by": self.partition_by, "progress": report, "cancel": cancel}
        with place(self.folder).held():
            self.begin(account)
            for span, _ in plan({}, self.days(account), self.stretches()):
                times = {"since": None, "until": None} | span.times
                account.export(f"{self.folder}/{span.folder}", self.endpoint, **how, **(dict(self.arguments) | times))
            self.settle(account, report, cancel)
        return scan(self.folder)

    def run_by(self, client: Client, account: Exporter, report: Reporter) -> Scan:
        """Let the workers of a cluster export it; see `export_by`."""
        if failed := export_by(client, {self.business: account}, {self.business: self}, report):
            raise failed[self.business]
        return scan(self.folder)

    def stretches(self) -> list[str]:
        """The folders of stretches that are there."""
        names = {name.partition("/")[0] for name in place(self.folder).files()}
        return [name for name in names if read_folder(name)]

    def is_cut(self) -> bool:
        """Whether a cluster wrote the dataset of the business, or began to."""
        return bool(self.stretches()) or any(name.startswith(f"{TOGETHER}/") for name in place(self.folder).files())

    def is_whole(self) -> bool:
        """Whether the business has a dataset that no cluster wrote."""
        return not self.is_cut() and any(map(is_part, place(self.folder).files()))

    def begin(self, account: Exporter) -> None:
        """Say that the stretches together are not complete, until `settle` has."""
        asked = dict(self.arguments)
        account._settle(self._dataset(TOGETHER), self.endpoint, None, progress=False, **asked)  # noqa: SLF001 - not for users

    def settle(self, account: Exporter, report: Reporter, cancel: CancelToken | None = None) -> None:
        """Let each order be in one stretch."""
        zone, pieces = account.settings.zone, []
        for span, _ in plan({}, self.days(account), self.stretches()):
            start = None if span.first is None else midnight(span.first, zone)
            end = None if span.last is None else midnight(span.last + DAY, zone)
            pieces.append(Piece(self._dataset(span.folder), start, end))
        how: dict[str, Any] = dict(self.arguments) | {"progress": report, "cancel": cancel}
        account._settle(self._dataset(TOGETHER), self.endpoint, pieces, **how)  # noqa: SLF001 - not for users

    def _dataset(self, folder: str) -> Exported:
        return Exported(place(f"{self.folder}/{folder}"), self.partition_by)

    def days(self, account: Exporter) -> Span:
        """The days that were asked for.

        Raises:
            BadValueError: a day that is none, a moment within a day, or another date than that of creation.
        """
        if self.arguments.get("by") not in (None, "created"):
            raise BadValueError("An export by a cluster goes by days of creation.", advice="Leave by= out.")
        zone, now = account.settings.zone, dt.datetime.now(dt.UTC)
        asked = {name: self.arguments.get(name) for name in ("since", "until")}
        spans = {name: to_span(one, zone, now, name=name) for name, one in asked.items() if one is not None}
        edges = {name: (span.start if name == "since" else span.end).astimezone(zone) for name, span in spans.items()}
        if any(edge.time() != dt.time() for edge in edges.values()):
            raise BadValueError("An export by a cluster goes by whole days.", advice="Give since= and until= as days.")
        return Span(
            spans["since"].first_day(zone) if "since" in spans else None,
            spans["until"].last_day(zone) if "until" in spans else None,
        )

    def cut(self, account: Exporter, salt: bytes) -> list[Stretch]:
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
            raise BadValueError(
                "The workers of a cluster cannot use a file of the dashboard.", advice="Give details=True."
            )
        pieces: list[tuple[str, int, dict[str, Any]]]
        if ENDPOINTS[self.endpoint].timeline is None or self.is_whole():
            pieces = [(self.folder, PAGE_ROWS, dict(self.arguments))]
        else:
            asked = {name: value for name, value in self.arguments.items() if name not in (*DEFAULTS, "details")}
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


def folder_at(path: str | Path, business: str | None = None) -> str:
    """The folder of an export, or that of one business in it, wherever a worker runs.

    Raises:
        ExportError: it is no path.

    >>> folder_at("s3://bucket/orders/", "brand-a")
    's3://bucket/orders/business=brand-a'
    """
    whole = whole_path(path).rstrip("/")
    return whole if business is None else f"{whole}/business={folder_name(business)}"


def folder_name(business: str) -> str:
    """A business's name as the value of a folder: another one for another name, and safe on every disk.

    Raises:
        BadValueError: readers of such folders take the name for a missing value, or no disk takes one so long.

    >>> folder_name("Toko Ü / 1"), folder_name("brand-a"), folder_name("null")
    ('Toko Ü %2F 1', 'brand-a', '%6Eull')
    """
    if business.casefold() == NO_VALUE:
        raise BadValueError(f"{business} means no value in the name of a folder.", advice="Give the business a name.")
    name = "".join(one if one.isalpha() else quote(one, safe=SAFE) for one in business)
    name = f"{name[:-1]}%{ord(name[-1]):02X}" if name[-1] in " ." else name
    if len(name.encode()) > MOST_BYTES:
        raise BadValueError(f"{business[:20]}… is too long for a folder's name.", advice="Give it a shorter name.")
    return f"%{ord(name[0]):02X}{name[1:]}" if name.casefold() == "null" else name


def combine_scans(scans: Mapping[str, Scan]) -> pd.DataFrame:
    """One frame of the exports of some businesses."""
    return combine({name: one.frame() for name, one in scans.items()})


def export_by(
    client: Client, accounts: Mapping[str, Exporter], calls: Mapping[str, Export], report: Reporter
) -> dict[str, ScalevError]:
    """Let the workers of a cluster export every business; gives the errors of those that failed.

    Raises:
        MissingPackageError: Dask's scheduler is not installed.
        BadValueError: no worker has the resource, or an account is of no stored profile.
        AlreadyRunningError: another computer exports to one of the folders.
    """
    if importlib.util.find_spec("distributed") is None:
        advice = 'Install it: pip install "scalev-frames[dask]".'
        raise MissingPackageError("Exports over many machines need Dask.", advice=advice)
    salt = secrets.token_bytes(16)
    stretches = [one for name, account in accounts.items() for one in calls[name].cut(account, salt)]
    hours = {name: _hour(account.settings) for name, account in accounts.items()}
    opens = type(next(iter(accounts.values())))
    in_one = {stretch.path for stretch in stretches}
    with _held(calls, accounts, in_one) as cut:
        done = run(client, stretches, partial(export_stretch, opens), hours, report)
        failed = _failures(done)
        failed |= _settled(cut, accounts, failed, report)
    if not failed:
        rows, requests = (sum(getattr(one, name) for one in done.values()) for name in ("rows", "requests"))
        report(Event("done", stretches[0].endpoint, len(done), rows, requests))
    return failed


@contextlib.contextmanager
def _held(
    calls: Mapping[str, Export], accounts: Mapping[str, Exporter], in_one: Collection[str]
) -> Iterator[dict[str, Export]]:
    """Keep other writers away from all folders; gives the exports that are cut, which are not complete from now on.

    Folders exported ``in_one`` piece are held by a worker.
    """
    cut = {name: call for name, call in calls.items() if call.folder not in in_one}
    with contextlib.ExitStack() as held:
        for name, call in calls.items():
            with place(call.folder).held():
                pass
            if name in cut:
                held.enter_context(place(call.folder).held())
        for name, call in cut.items():
            call.begin(accounts[name])
        yield cut


def _settled(
    cut: Mapping[str, Export], accounts: Mapping[str, Exporter], failed: Collection[str], report: Reporter
) -> dict[str, ScalevError]:
    """Let each order of each business that has not ``failed`` be in one stretch; gives the errors of others.

    Raises:
        InterruptedPullError: on Ctrl-C; what was written is kept, and the same call resumes.
    """
    errors: dict[str, ScalevError] = {}
    for name, call in cut.items():
        try:
            if name not in failed:
                call.settle(accounts[name], report)
        except InterruptedPullError:
            raise
        except ScalevError as error:
            error.kept = error.kept or f"What {call.folder} holds is kept, and the same call resumes."
            errors[name] = error
    return errors


def _failures(done: Mapping[Stretch, Done]) -> dict[str, ScalevError]:
    """The first error of each business that failed."""
    kept = f"{sum(not one.error for one in done.values()):,} of {len(done):,} parts are done."
    failed: dict[str, ScalevError] = {}
    for stretch, result in done.items():
        if result.error and stretch.business not in failed:
            where = f"{stretch.path} on {result.worker}" if result.worker else stretch.path
            advice = "Make the same call again: it resumes."
            failed[stretch.business] = ExportError(f"{where}: {result.error}", advice=advice, kept=kept)
    return failed


def export_stretch(opens: Callable[..., Any], stretch: Stretch) -> Done:
    """Export one stretch on a worker, in an account that ``opens`` makes of the key in the worker's own profile."""
    try:
        settings = Settings(cache_dir=default_cache_dir(), **stretch.opened)
        key = load_key(stretch.profile)
        if key.name(stretch.salt, limited_host(settings.base_url)) != stretch.mark:
            error = f"The profile {stretch.profile} of this worker has another key."
            return Done(error=error, worker=_here(), unfit=True)
        place(stretch.path).release()  # held by a worker that was lost, if by any
        with opens(key, settings, name=stretch.profile) as account:
            made = account.export(stretch.path, stretch.endpoint, progress=False, **stretch.arguments)
        whole = made.header.complete is True
        return Done(made.rows, made.header.requests or 0, "" if whole else "It is not complete.", retryable=not whole)
    except ScalevError as error:
        wait = error.retry_after or 0.0 if isinstance(error, RateLimitedError) else 0.0
        wait = math.inf if isinstance(error, AuthenticationError) else wait
        unfit = isinstance(error, KeyMissingError | CredentialStoreError)
        unfit |= isinstance(error, ConnectionFailedError) and not error.retryable  # its own certificates or proxy
        return Done(error=str(error), retryable=error.retryable, wait=wait, worker=_here(), unfit=unfit)
    except Exception as error:  # noqa: BLE001 - Dask's client waits for ever for an error that it cannot unpickle
        return Done(error=f"{type(error).__name__}: {without_keys(str(error))}", retryable=True, worker=_here())


def _here() -> str:
    """The address of the worker that this runs on."""
    from distributed import get_worker

    try:
        return str(get_worker().address)
    except ValueError:  # it runs on none
        return ""


def _hour(settings: Settings) -> Hour:
    """The longest window of a key's limits."""
    return Hour(*max(settings.windows, key=lambda one: one[1]))
