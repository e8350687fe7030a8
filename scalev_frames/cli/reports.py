"""The command ``report``: the reports of a period as one workbook, or one of each business."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from scalev_frames import report_job
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.cli.connection import add_connection, open_named
from scalev_frames.errors import GroupError
from scalev_frames.export.atomic import plain_path
from scalev_frames.frames.dashboard.read import read_dashboard
from scalev_frames.group import Group, Opened
from scalev_frames.progress import choose
from scalev_frames.reports import REPORTS, Definitions
from scalev_frames.reports.words.definitions import OVERDUE_DAYS


def add_report(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Add ``report``."""
    one = verbs.add_parser("report", help="write the reports of a period as one workbook; can be scheduled")
    one.add_argument("--since", default="yesterday", metavar="DAY", help="first day, such as 2026-11-01, yesterday, or "
                     "month: the first of the month (default %(default)s)")  # fmt: skip
    one.add_argument("--until", default="yesterday", metavar="DAY", help="last day, included (default %(default)s)")
    one.add_argument("--out", type=plain_path, default=Path("report-{date}.xlsx"), metavar="FILE",
                     help="{date}, {since}, {until}, {account} are filled in; with --all, {account} asks for a "
                     "workbook of each business and one of all (default %(default)s)")  # fmt: skip
    one.add_argument(
        "--by",
        choices=list(ENDPOINTS["orders"].bases),
        default="created",
        help="the date of --since and --until (default %(default)s)",
    )
    one.add_argument("--against", choices=["previous", "last_month", "none"], default="previous",
                     help="the period to compare with: previous, as many days just before; last_month, the same days "
                     "a month earlier, of whole months as many whole months just before "
                     "(default %(default)s)")  # fmt: skip
    one.add_argument("--report", action="append", default=[], choices=list(REPORTS), metavar="NAME", dest="reports",
                     help=f"only these; any of {', '.join(REPORTS)}")  # fmt: skip
    one.add_argument("--overdue-days", type=int, default=OVERDUE_DAYS, metavar="DAYS",
                     help="a parcel is overdue after DAYS days (default %(default)s)")  # fmt: skip
    lines = one.add_mutually_exclusive_group()
    lines.add_argument(
        "--lines", action="store_true", help="order lines, too, for the margin: a request a completed order"
    )
    lines.add_argument("--details-from", metavar="FILE",
                       help="as --lines, but ask only for what this export of the dashboard lacks")  # fmt: skip
    one.add_argument("--data", action="store_true", help="add the orders as a data sheet")
    one.add_argument("--mask", action="store_true", help="customers' names, phones, addresses, texts as tokens")
    one.add_argument(
        "--language", choices=["en", "id"], default="en", help="the language of the workbook (default %(default)s)"
    )
    add_connection(one)
    one.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> None:
    options.known = read_dashboard(options.details_from) if options.details_from else None
    api = open_named(options)
    if isinstance(api, Group) and "{account}" in str(options.out):
        _write_reports(options, api)
    else:
        _write_report(_job(options, options.out), api, quiet=options.quiet)


def _write_reports(options: argparse.Namespace, group: Group) -> None:
    """One workbook of all businesses together and one of each; what fails does not keep the others from theirs."""
    jobs = {name: _job(options, out) for name, out in report_job.each_named(options.out, group).items()}
    for name, account in group.accounts.items():
        report_job.aim(jobs[name], account, dt.datetime.now(dt.UTC))
    failed = None
    try:
        _write_report(jobs[""], group, quiet=options.quiet)
    except GroupError as error:
        failed = error
    for name, account in group.accounts.items():
        if failed is None or name not in failed.errors:
            _write_report(jobs[name], account, quiet=options.quiet)
    if failed:
        raise failed


def _job(options: argparse.Namespace, out: Path) -> report_job.Job:
    return report_job.Job(
        out, options.since, options.until, options.by, options.against, tuple(options.reports),
        Definitions(overdue_days=options.overdue_days), options.lines or "margin" in options.reports, options.data,
        options.mask, options.language, options.known,
    )  # fmt: skip


def _write_report(job: report_job.Job, api: Opened, *, quiet: bool) -> None:
    done = report_job.run(job, api, progress=choose(not quiet))
    if not quiet:
        print("\n".join(report_job.describe(done)))
