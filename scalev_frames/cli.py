"""The command line: what the package does, for a terminal and a scheduler; errors are sentences, not tracebacks.

There is no option for the key: it would stay in the shell's history.
Exit codes: 0 done, 1 failed, 2 the call is wrong, 3 failed but the same call resumes later, 130 interrupted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import logging
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

import scalev_frames as sf
from scalev_frames import report_job
from scalev_frames.accessors import DEFAULTS
from scalev_frames.cache import overview
from scalev_frames.catalog import ENDPOINTS, Endpoint, grouped
from scalev_frames.cli_connection import add_connection, add_version, open_named
from scalev_frames.connection import connect
from scalev_frames.errors import (
    BadValueError,
    GroupError,
    InterruptedPullError,
    ScalevError,
    UnknownNameError,
    UsageError,
)
from scalev_frames.group import Group, Opened
from scalev_frames.progress import choose
from scalev_frames.reports import REPORTS, Definitions
from scalev_frames.reports.definitions import OVERDUE_DAYS
from scalev_frames.settings import VERSIONS, default_cache_dir, default_settings
from scalev_frames.sign_in import check_key, find_account
from scalev_frames.wire import credentials

DONE, FAILED, WRONG_CALL, TRY_AGAIN, INTERRUPTED = 0, 1, 2, 3, 130
WRITERS: dict[str, Callable[..., object]] = {".xlsx": sf.to_excel, ".parquet": sf.to_parquet, ".csv": sf.to_csv}
DEMO_ENDPOINTS = ("orders", "products", "stores")

EPILOG = """\
examples:
  scalev-frames demo                                    see it work, without a key, on the embedded Scalev
  scalev-frames login                                   store your key in this computer's key store
  scalev-frames pull orders --since 2026-11-01 --until yesterday --out orders.xlsx
  scalev-frames pull orders --status shipped --status rts --out data/orders.parquet
  scalev-frames pull store_products --store-id 3 --out products.xlsx
  scalev-frames export orders --since 2025-01-01 --out orders/
  scalev-frames report --since month --until yesterday --out "reports/report-{date}.xlsx" --quiet
  scalev-frames pull orders --all --since yesterday --out all.xlsx    every stored profile, in one file

The key comes from SCALEV_API_KEY or from `scalev-frames login`; it is never an option of a command.
exit codes: 0 done, 1 failed, 2 the call is wrong, 3 failed but the same call resumes later, 130 interrupted.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code.

    >>> main(["endpoints", "--quiet"])
    0
    """
    logging.captureWarnings(capture=True)
    _speak_any_alphabet()
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        if arguments[:1] == ["sandbox"]:
            return _sandbox(arguments[1:])
        options, surplus = parser().parse_known_args(arguments)
        if surplus:
            raise _unknown_option(surplus[0], options)
        options.run(options)
        sys.stdout.flush()
    except InterruptedPullError as error:
        return _say(error, INTERRUPTED)
    except UsageError as error:
        return _say(error, WRONG_CALL)
    except ScalevError as error:
        return _say(error, TRY_AGAIN if error.retryable else FAILED)
    except KeyboardInterrupt:
        return _say("Interrupted.", INTERRUPTED)
    except BrokenPipeError:  # whoever read the output, such as `head`, has had enough
        sys.stdout = None  # nothing is left to flush at the end
    except OSError as error:
        return _say(f"{error.filename or 'A file'} could not be used: {error.strerror or error}.", FAILED)
    return DONE


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one sentence with the nearest good word, like every other error here."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command.

        Raises:
            UsageError: always.
        """
        if found := re.search(r"argument (\w+): invalid choice: '(.*?)' \(choose from (.*)\)", message):
            what, name, names = found.groups()
            raise UnknownNameError.near(what.lower(), name, re.findall(r"[\w-]+", names))
        raise BadValueError(f"{message[:1].upper()}{message[1:]}.", advice=f"See `{self.prog} --help`.")


def _unknown_option(option: str, options: argparse.Namespace) -> UsageError:
    if not option.startswith("-"):
        return BadValueError(f"{option!r} is one word too many.", advice="Each value follows its option.")
    good = [_option(name) for name in vars(options) if name not in ("verb", "endpoint", "run")]
    return UnknownNameError.near("option", option.partition("=")[0], good)


def _speak_any_alphabet() -> None:
    """A terminal or a pipe that lacks a letter, as Windows' do, shows ``?`` for it: no command dies of an arrow."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def parser() -> Parser:
    """The command line as a parser; the filters of ``pull`` come from the catalog."""
    top = Parser(
        prog="scalev-frames",
        description="Your Scalev business as tables: pull any list whole, write Excel or Parquet.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"scalev-frames {sf.__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_demo(verbs)
    _add_pull(verbs)
    _add_export(verbs)
    _add_report(verbs)
    _add_small(verbs)
    return top


def _say(error: object, code: int) -> int:
    print(f"scalev-frames: {error}", file=sys.stderr)
    return code


# demo ------------------------------------------------------------------------------------------------------------


def _add_demo(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    demo = verbs.add_parser("demo", help="pull from the embedded Scalev and write files; needs no key")
    demo.add_argument("--out", type=Path, default=Path("data/exports"), help="folder for the files")
    demo.add_argument("--version", choices=VERSIONS, dest="api_version", help="the version of the API (default v2)")
    demo.add_argument("--quiet", action="store_true", help="no progress line")
    demo.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> None:
    api = connect(sandbox=True, version=options.api_version)
    print(f"An embedded Scalev is running at {api.settings.base_url}; nothing leaves this computer.", flush=True)
    frames = {name: api.fetch(name, progress=not options.quiet) for name in DEMO_ENDPOINTS}
    for name, frame in frames.items():
        path = sf.to_parquet(frame, options.out / f"{name}.parquet")
        print(f"{name:>10}: {len(frame):,} rows, {len(frame.columns)} columns → {path}")
    workbook = sf.to_excel({name.capitalize(): frame for name, frame in frames.items()}, options.out / "scalev.xlsx")
    orders = frames["orders"]
    print(f"{'together':>10}: {workbook}")
    print(f"Orders from {orders['draft_time'].min():%d %b %Y} to {orders['draft_time'].max():%d %b %Y} (Asia/Jakarta),")
    print(f"gross revenue Rp {orders['gross_revenue'].sum():,.0f}, by status:")
    print(orders["status"].value_counts().to_string(header=False))
    print(_verdict(api, orders))


# pull ------------------------------------------------------------------------------------------------------------


def _add_pull(verbs: Any) -> None:  # noqa: ANN401
    pull = verbs.add_parser("pull", help="pull one list whole and write it to a file", epilog=EPILOG,
                            formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    endpoints = pull.add_subparsers(dest="endpoint", required=True, metavar="ENDPOINT")
    for row in grouped():
        one = endpoints.add_parser(row.name, help=row.summary, description=row.summary)
        _add_filters(one, row)
        add_connection(one)
        one.add_argument("--out", type=Path, action="append", default=[], metavar="FILE",
                         help="a .xlsx, .parquet or .csv file; may be given more than once")  # fmt: skip
        one.add_argument("--mask", action="store_true", help="customers' names, phones, addresses, texts as tokens")
        if row.details:
            one.add_argument("--details", action="store_true", help="add each row's details: one request a row, once")
        one.add_argument("--refresh", action="store_true", help="fetch everything anew")
        one.add_argument("--offline", action="store_true", help="use what is kept, send nothing")
        one.add_argument("--max-age", type=float, metavar="SECONDS", help="serve what is kept and no older")
        one.add_argument("--limit", type=int, metavar="ROWS", help="at most this many rows")
        one.add_argument("--columns", action="append", metavar="NAME", help="only this; may be given more than once")
        one.set_defaults(run=_pull)


def _add_export(verbs: Any) -> None:  # noqa: ANN401
    export = verbs.add_parser("export", help="write a list of any length to a Parquet dataset; resumes, and refreshes")
    endpoints = export.add_subparsers(dest="endpoint", required=True, metavar="ENDPOINT")
    for row in (row for row in grouped() if row.timeline):
        one = endpoints.add_parser(row.name, help=row.summary, description=row.summary)
        _add_filters(one, row)
        add_connection(one)
        one.add_argument("--out", required=True, metavar="FOLDER", help="the dataset: a folder or an address")
        one.add_argument("--refresh", action="store_true", help="fetch everything anew")
        one.add_argument("--max-age", type=float, metavar="SECONDS", help="leave alone what is no older")
        one.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> None:
    row = ENDPOINTS[options.endpoint]
    names = ["since", "until", "by", *row.filter_rows]
    asked = {name: _one_or_many(getattr(options, name)) for name in names}
    asked |= {"refresh": options.refresh, "max_age": options.max_age}
    api: Any = open_named(options)
    done = api.export(options.out, row.name, progress=not options.quiet, **asked)
    print(f"{row.name}: all {done.rows:,} rows as of {done.header.as_of}, {done.header.requests} requests")
    for note in done.header.notes:
        print(f"  note: {note}")
    print(f"  → {options.out}")


def _add_filters(one: argparse.ArgumentParser, row: Endpoint) -> None:
    parents = {parent.parameter for parent in row.parents}
    for name in row.path_parameters:
        words = "every one when left out; may be given more than once" if name in parents else None
        one.add_argument(
            _option(name), dest=name, action="append", required=name not in parents, metavar="ID", help=words
        )
    if row.bases:
        one.add_argument("--since", metavar="DAY", help="first day, such as 2026-11-01, yesterday or 'last month'")
        one.add_argument("--until", metavar="DAY", help="last day, included")
        one.add_argument("--by", choices=list(row.bases), help="which date is meant; created by default")
    for name, filter_row in row.filter_rows.items():
        words = ", ".join(filter_row.values) if filter_row.values else filter_row.kind
        one.add_argument(_option(name), dest=name, action="append", metavar="VALUE", help=words)


def _pull(options: argparse.Namespace) -> None:
    row = ENDPOINTS[options.endpoint]
    for path in options.out:
        if path.suffix.lower() not in WRITERS:
            raise BadValueError(f"--out {path} is none of {', '.join(WRITERS)}.")
    names = [*row.path_parameters, *(("since", "until", "by") if row.bases else ()), *row.filter_rows]
    arguments = {name: _one_or_many(getattr(options, name)) for name in names}
    common = {name: getattr(options, name) for name in DEFAULTS if name != "progress"}
    if row.details:
        common["details"] = options.details
    api = open_named(options)
    frame = api.fetch(options.endpoint, **arguments, **common, progress=not options.quiet)
    _report(frame, options.out, mask=options.mask)
    if row.timeline and frame.attrs["complete"] and not options.offline:
        print(f"  check: {_verdict(api, frame)}")


def _one_or_many(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _report(frame: pd.DataFrame, paths: list[Path], *, mask: bool) -> None:
    attrs = frame.attrs
    whole = "all" if attrs["complete"] else "the first"
    print(f"{attrs['endpoint']}: {whole} {len(frame):,} rows as of {attrs['as_of']}, {attrs['requests']} requests")
    for note in attrs["notes"]:
        print(f"  note: {note}")
    for path in paths:
        print(f"  → {WRITERS[path.suffix.lower()](frame, path, mask=mask)}")


def _verdict(api: Opened, orders: pd.DataFrame) -> str:
    """Whether the server's own counts agree, in a sentence; the frame stands, whatever they say."""
    try:
        return str(api.reconcile(orders).attrs["verdict"])
    except ScalevError as error:
        return f"Not compared with the server's statistics: {error.what}"


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


# report ----------------------------------------------------------------------------------------------------------


def _add_report(verbs: Any) -> None:  # noqa: ANN401
    one = verbs.add_parser("report", help="the reports of a period as one workbook; made to be scheduled")
    one.add_argument("--since", default="yesterday", metavar="DAY", help="first day, such as 2026-11-01, yesterday, or "
                     "month: the first of the month (default %(default)s)")  # fmt: skip
    one.add_argument("--until", default="yesterday", metavar="DAY", help="last day, included (default %(default)s)")
    one.add_argument("--out", type=Path, default=Path("report-{date}.xlsx"), metavar="FILE",
                     help="{date}, {since}, {until}, {account} are filled in; with --all, {account} asks for a "
                     "workbook of each business and one of all (default %(default)s)")  # fmt: skip
    one.add_argument("--by", choices=list(ENDPOINTS["orders"].bases), default="created", help="which date is meant")
    one.add_argument("--against", choices=["previous", "last_month", "none"], default="previous",
                     help="the period to compare with (default %(default)s)")  # fmt: skip
    one.add_argument("--report", action="append", default=[], choices=list(REPORTS), metavar="NAME", dest="reports",
                     help=f"only these; any of {', '.join(REPORTS)}")  # fmt: skip
    one.add_argument("--overdue-days", type=int, default=OVERDUE_DAYS, metavar="DAYS",
                     help="a parcel is overdue after this many (default %(default)s)")  # fmt: skip
    one.add_argument("--lines", action="store_true", help="fetch order lines, too, for the margin: a request an order")
    one.add_argument("--data", action="store_true", help="add the orders as a data sheet")
    one.add_argument("--mask", action="store_true", help="customers' names, phones, addresses, texts as tokens")
    one.add_argument("--language", choices=["en", "id"], default="en", help="of the workbook (default %(default)s)")
    add_connection(one)
    one.set_defaults(run=_write_report)


def _write_report(options: argparse.Namespace) -> None:
    api = open_named(options)
    if isinstance(api, Group) and "{account}" in str(options.out):
        _write_reports(options, api)
    else:
        _write_one_report(options, options.out, api)


def _write_reports(options: argparse.Namespace, group: Group) -> None:
    """One workbook of all businesses together and one of each; what fails does not keep the others from theirs."""
    paths = report_job.each_named(options.out, group)
    failed = None
    try:
        _write_one_report(options, paths[""], group)
    except GroupError as error:
        failed = error
    for name, account in group.accounts.items():
        if failed is None or name not in failed.errors:
            _write_one_report(options, paths[name], account)
    if failed:
        raise failed


def _write_one_report(options: argparse.Namespace, out: Path, api: Opened) -> None:
    job = report_job.Job(
        out, options.since, options.until, options.by, options.against, tuple(options.reports),
        Definitions(overdue_days=options.overdue_days), options.lines or "margin" in options.reports, options.data,
        options.mask, options.language,
    )  # fmt: skip
    done = report_job.run(job, api, progress=choose(not options.quiet))
    if not options.quiet:
        print("\n".join(report_job.describe(done)))


# the small verbs -------------------------------------------------------------------------------------------------


def _add_small(verbs: Any) -> None:  # noqa: ANN401
    endpoints = verbs.add_parser("endpoints", help="what can be pulled")
    endpoints.add_argument("--quiet", action="store_true", help="check only")
    endpoints.set_defaults(run=_endpoints)

    login = verbs.add_parser("login", help="store a key in this computer's key store")
    login.add_argument("--profile", default="default", help="what to call it (default %(default)s)")
    login.add_argument("--base-url", help="the API's address")
    add_version(login)
    login.set_defaults(run=_login)

    accounts = verbs.add_parser("accounts", help="the stored profiles")
    accounts.add_argument("--forget", metavar="PROFILE", help="remove a stored key")
    accounts.set_defaults(run=_accounts)

    cache = verbs.add_parser("cache", help="what is kept on this computer: info, clear")
    cache.add_argument("action", choices=["info", "clear"])
    cache.add_argument("--cache-dir", type=Path, default=None, help="else SCALEV_CACHE_DIR, else the user's folder")
    cache.add_argument("--kind", choices=overview.KINDS, help="only this kind")
    cache.add_argument("--older-than", type=float, metavar="DAYS", help="only what is older")
    cache.set_defaults(run=_cache)

    lab = verbs.add_parser("lab", help="open the notebooks in JupyterLab, on the embedded Scalev when there is no key")
    lab.add_argument("--folder", type=Path, default=Path("notebooks"), help="where they are, or are put (%(default)s)")
    lab.add_argument("--page", action="store_true", help="only the workbench, as a page without code (Voila)")
    lab.add_argument("--no-browser", action="store_true", help="open no browser, say the address")
    lab.add_argument("--port", type=int, help="the port; else the first free one")
    lab.set_defaults(run=_lab)

    verbs.add_parser("sandbox", help="run the embedded Scalev until Ctrl-C")  # see `main`: it has options of its own


def _endpoints(options: argparse.Namespace) -> None:
    for row in grouped():
        if not options.quiet:
            print(f"{row.name:<38} {row.summary}{' (unproven)' * row.is_unproven}")


def _login(options: argparse.Namespace) -> None:
    key = credentials.Key(credentials.ask())
    settings = default_settings(options.base_url, options.api_version)
    signed_in = check_key(key, settings, name=options.profile)
    credentials.store_key(options.profile, key, base_url=settings.base_url)
    print(f"{signed_in} Stored as {options.profile!r}.")


def _accounts(options: argparse.Namespace) -> None:
    if options.forget:
        credentials.forget_key(options.forget)
        print(f"Forgot {options.forget!r}.")
        return
    profiles = credentials.list_profiles()
    for profile in profiles:
        print(f"{profile.name:<20} {profile.hint:<14} {profile.base_url}")
    if not profiles:
        print("No stored profiles. Store one with `scalev-frames login`.")


def _lab(options: argparse.Namespace) -> None:
    from scalev_frames.notebook.lab import run_lab

    where = "your business" if find_account() else "the embedded Scalev, as no key is set"
    print(f"The notebooks in {options.folder} run on {where}. Ctrl-C ends them.", flush=True)
    run_lab(options.folder, page=options.page, browser=not options.no_browser, port=options.port)


def _cache(options: argparse.Namespace) -> None:
    root = options.cache_dir or default_cache_dir()
    folders = overview.account_folders(root)
    if options.action == "clear":
        age = None if options.older_than is None else dt.timedelta(days=options.older_than)
        freed = overview.clear(folders, options.kind, age, time.time())
        print(f"Freed {freed / 1e6:,.1f} MB below {root}")
        return
    print(f"Kept below {root} (personal data of customers; readable by you alone):")
    table = overview.info(folders, "Asia/Jakarta")
    print(table.drop(columns="path").to_string(index=False) if len(table) else "nothing")


def _sandbox(arguments: list[str]) -> int:
    from scalev_frames.sandbox.__main__ import main as run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
