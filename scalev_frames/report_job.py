"""Write the report of a period: pull, reconcile, write; safe to schedule, and to start twice.

A run holds a lock until it ends; the file is written whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal

import pandas as pd

from scalev_frames.errors import ApiError, BadValueError, GroupError
from scalev_frames.export import report_workbook
from scalev_frames.export.atomic import check_target
from scalev_frames.frames.header import VerdictHeader
from scalev_frames.frames.several import chosen_rows
from scalev_frames.group import Group, Opened
from scalev_frames.plurals import counted
from scalev_frames.progress import Reporter, silent
from scalev_frames.query.times import check_clock, to_span
from scalev_frames.reports import DEFINITIONS, Definitions
from scalev_frames.reports.compare import Period, period_before, within
from scalev_frames.reports.compute import find_report
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.words.labels import label
from scalev_frames.reports.words.phrases import phrase
from scalev_frames.storage.locks import only_writer
from scalev_frames.words import Words

Compared = Literal["previous", "last_month", "none"]
#: What a file's name may hold, in braces.
PLACES = ("date", "since", "until", "account")
#: What stands for ``{account}`` in the file of all businesses together.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Job:
    """What to report, and the file.

    Attributes:
        out: the file; ``{date}`` (today), ``{since}``, ``{until}`` and ``{account}`` in its name are filled in.
        since: first day: ``2026-11-01``, ``last month``, or ``month``: the first of the month of ``until``.
        until: last day, included.
        by: which date is meant: a date basis that the order list can be asked by.
        against: the period to compare with: ``previous`` or ``last_month``, see `compare`; or ``none``.
        reports: names of reports; all when empty.
        definitions: what the words mean.
        lines: fetch order lines, too, for the margin: one request a completed order that changed.
        data: add the orders as a data sheet.
        mask: customers' names, phones and texts as tokens.
        language: ``en`` or ``id``.
        known: a frame of the dashboard's export with one row an item: lines that it has are not asked for.
    """

    out: Path
    since: str = "yesterday"
    until: str = "yesterday"
    by: str = "created"
    against: Compared = "previous"
    reports: tuple[str, ...] = ()
    definitions: Definitions = DEFINITIONS
    lines: bool = False
    data: bool = False
    mask: bool = False
    language: str = "en"
    known: pd.DataFrame | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a job.

    Attributes:
        path: the workbook.
        period: the days it is of.
        orders: how many orders of the period there are, spam too.
        fetched: the same with those of the period before; the verdict is on all of them.
        requests: how many requests it took.
        verdict: what the reconciliation with the server's statistics said.
    """

    path: Path
    period: Period
    orders: int
    fetched: int
    requests: int
    verdict: str


def run(job: Job, account: Opened, *, now: dt.datetime | None = None, progress: Reporter = silent) -> Done:
    """Pull, reconcile and write one report.

    Args:
        job: what to report.
        account: whose orders.
        now: the present moment; the clock's when left out.
        progress: called with pages and rows.

    Raises:
        AlreadyRunningError: another run writes the same report; it is left alone.
        UsageError: a day, basis or name that is invalid, or days without orders that are still to come.
        ClockError: by the server's clock the days are others.
        ScalevError: the orders could not be had, or the file not be written; what stood there is untouched.

    >>> import tempfile
    >>> job = Job(Path(tempfile.mkdtemp()) / "report-{since}.xlsx", since="2026-11-01", until="2026-11-02")
    >>> run(job, api).path.name  # with api = sf.connect(sandbox=True)
    'report-2026-11-01.xlsx'
    """
    moment = now or dt.datetime.now(dt.UTC)
    period, path = aim(job, account, moment)
    before = None if job.against == "none" else period_before(period, job.against)
    for name in job.reports:
        find_report(name)
    with only_run(job.out, account):
        first = before.since if before else period.since
        orders = account.fetch("orders", since=first, until=period.until, by=job.by, max_age=0, progress=progress)
        check_clock(account.clock_ahead, partial(aim, job, account), moment)
        if orders.empty and period.since > moment.astimezone(account.settings.zone).date():
            raise BadValueError(f"since={period.since} is still to come, and there are no orders.")
        table = reconciled(account, orders, job.language)
        definitions = replace(job.definitions, date_basis=job.by, time_zone=account.settings.time_zone)
        part = within(Prepared(orders, definitions, spam=True), period)
        lines = None
        if job.lines or job.known is not None:
            counted = Prepared(part, definitions, spam=True)
            completed = counted.where(counted.has("completed"), map(str, part)).orders  # the margin is of no others
            lines = account.order_lines(chosen_rows(completed), details=job.known, progress=progress)
        report_workbook(
            orders, path, lines=lines, reports=job.reports or None, since=period.since, until=period.until,
            against=job.against, definitions=definitions, reconciliation=table, mask=job.mask, language=job.language,
            data={label("orders", job.language): part} if job.data else None, progress=progress,
        )  # fmt: skip
    requests = (orders if lines is None else lines).attrs["requests"]  # the lines' are those of their orders, too
    return Done(path, period, len(part), len(orders), requests, str(table.attrs["verdict"]))


def aim(job: Job, account: Opened, now: dt.datetime) -> tuple[Period, Path]:
    """The days of a report, and its file, which can be written.

    Raises:
        BadValueError: a day or a name that is none.
        ExportError: the file cannot be written.
    """
    period = find_period(job.since, job.until, account, now)
    return period, check_target(named(job.out, period, account, now))


def find_period(since: str, until: str, account: Opened, now: dt.datetime) -> Period:
    """The days of the report, in the account's zone.

    Raises:
        BadValueError: a day that is none, or the wrong way round.
    """
    zone = account.settings.zone
    last = to_span(until, zone, now, name="until").last_day(zone)
    first = last.replace(day=1) if since == "month" else to_span(since, zone, now, name="since").first_day(zone)
    if last < first:
        raise BadValueError(
            f"until={last} is before since={first}.", advice="Give --until a later day, or --since an earlier one."
        )
    return Period(first, last)


def named(out: Path, period: Period, account: Opened, now: dt.datetime) -> Path:
    """The file's path with what stands in braces filled in.

    Raises:
        BadValueError: a word in braces that is none of `PLACES`, or a file that is no workbook.
    """
    if out.suffix.lower() != ".xlsx":
        raise BadValueError(f"--out {out} is no .xlsx file.")
    unknown = sorted(set(re.findall(r"{([^{}]*)}", str(out))) - set(PLACES))
    if unknown:
        raise BadValueError(f"{{{unknown[0]}}} cannot be filled in.", advice=f"There are: {', '.join(PLACES)}.")
    today = now.astimezone(account.settings.zone).date()
    path = str(out)
    for place, word in zip(PLACES, (today, period.since, period.until, _file_word(account.name)), strict=True):
        path = path.replace(f"{{{place}}}", str(word))
    return Path(path)


def each_named(out: Path, group: Group) -> dict[str, Path]:
    """The files of a group whose name has ``{account}``: one for each business, and one of all together as ``""``.

    Names that would be the same in a file's name, or ``all``, get a mark of their own.
    """
    words = {name: _file_word(name) for name in group.accounts}
    uses = Counter([*(word.casefold() for word in words.values()), ALL])
    for name, word in words.items():
        if uses[word.casefold()] > 1:
            words[name] = f"{word}-{hashlib.blake2b(name.encode(), digest_size=3).hexdigest()}"
    return {name: Path(str(out).replace("{account}", word)) for name, word in {**words, "": ALL}.items()}


def _file_word(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)


def only_run(out: Path, account: Opened) -> AbstractContextManager[None]:
    """Hold this report's lock; it ends with the process, too.

    Raises:
        AlreadyRunningError: another process holds it.
        ExportError: the folder of the locks cannot be written.
    """
    return only_writer(account.settings.cache_dir / "locks", "report", str(out.expanduser().absolute()))


def reconciled(account: Opened, orders: pd.DataFrame, language: str) -> pd.DataFrame:
    """The orders against the server's own counts; where those cannot be had, the reason as the verdict."""
    try:
        return account.reconcile(orders)
    except (BadValueError, ApiError, GroupError) as error:
        empty = pd.DataFrame({"day": pd.Series(dtype="datetime64[s]"), "verdict": pd.Series(dtype="str")})
        why = error.what if language == "en" else Words(language).error(error) * (not isinstance(error, BadValueError))
        return VerdictHeader(verdict=f"{phrase('not_reconciled', language)} {why}".rstrip()).onto(empty)


def describe(done: Done) -> Sequence[str]:
    """Lines for a terminal.

    >>> day = dt.date(2026, 11, 1)
    >>> describe(Done(Path("r.xlsx"), Period(day, day), 3, 8, 2, "Equal."))[0]
    '2026-11-01 to 2026-11-01: 3 orders (8 with the period before), 2 requests'
    """
    since, until = done.period
    before = f" ({done.fetched:,} with the period before)" if done.fetched > done.orders else ""
    cost = f"{counted(done.orders, 'order')}{before}, {counted(done.requests, 'request')}"
    return [f"{since} to {until}: {cost}", done.verdict, f"→ {done.path}"]
