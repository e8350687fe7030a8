"""The commands that fetch lists into files: ``demo``, ``pull`` and ``export``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import scalev_frames as sf
from scalev_frames.accessors import DEFAULTS
from scalev_frames.catalog import ENDPOINTS, Endpoint, grouped
from scalev_frames.cli.connection import add_connection, open_named, option
from scalev_frames.connection import connect
from scalev_frames.errors import BadValueError, ScalevError
from scalev_frames.export.atomic import check_target, plain_path
from scalev_frames.group import Opened
from scalev_frames.plurals import counted
from scalev_frames.settings import VERSIONS

WRITERS: dict[str, Callable[..., object]] = {".xlsx": sf.to_excel, ".parquet": sf.to_parquet, ".csv": sf.to_csv}
DEMO_ENDPOINTS = ("orders", "products", "stores")


def add_demo(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Add ``demo``."""
    demo = verbs.add_parser("demo", help="pull from the embedded Scalev and write files; needs no key")
    demo.add_argument("--out", type=plain_path, default=Path("data/exports"), help="folder for the files")
    demo.add_argument("--version", choices=VERSIONS, dest="api_version", help="the version of the API (default v2)")
    demo.add_argument("--quiet", action="store_true", help="no progress line")
    demo.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> None:
    files = {name: check_target(options.out / f"{name}.parquet") for name in DEMO_ENDPOINTS}
    book = check_target(options.out / "scalev.xlsx")
    api = connect(sandbox=True, version=options.api_version)
    print(f"An embedded Scalev is running at {api.settings.base_url}; nothing leaves this computer.", flush=True)
    frames = {name: api.fetch(name, progress=not options.quiet) for name in DEMO_ENDPOINTS}
    for name, frame in frames.items():
        path = sf.to_parquet(frame, files[name])
        print(f"{name:>10}: {counted(len(frame), 'row')}, {counted(len(frame.columns), 'column')} → {path}")
    workbook = sf.to_excel({name.capitalize(): frame for name, frame in frames.items()}, book)
    orders = frames["orders"]
    print(f"{'together':>10}: {workbook}")
    print(f"Orders from {orders['draft_time'].min():%d %b %Y} to {orders['draft_time'].max():%d %b %Y} (Asia/Jakarta),")
    print(f"gross revenue Rp {orders['gross_revenue'].sum():,.0f}, by status:")
    print(orders["status"].value_counts().to_string(header=False))
    print(verdict(api, orders))


def add_pull(verbs: Any, epilog: str) -> None:  # noqa: ANN401
    """Add ``pull``, with each endpoint's filters.

    Args:
        verbs: where commands are added.
        epilog: what stands below its help.
    """
    pull = verbs.add_parser("pull", help="pull one list whole and write it to a file", epilog=epilog,
                            formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    endpoints = pull.add_subparsers(dest="endpoint", required=True, metavar="ENDPOINT")
    for row in grouped():
        one = endpoints.add_parser(row.name, help=row.summary, description=row.summary)
        _add_filters(one, row)
        add_connection(one)
        one.add_argument("--out", type=plain_path, action="append", default=[], metavar="FILE",
                         help="a .xlsx, .parquet or .csv file; may be given more than once")  # fmt: skip
        one.add_argument("--mask", action="store_true", help="customers' names, phones, addresses, texts as tokens")
        _add_details(one, row)
        one.add_argument("--refresh", action="store_true", help="fetch everything anew")
        one.add_argument("--offline", action="store_true", help="use the kept frame, send nothing")
        one.add_argument("--max-age", type=float, metavar="SECONDS", help="use the kept frame when it is no older")
        one.add_argument("--limit", type=int, metavar="ROWS", help="at most this many rows")
        one.add_argument("--columns", action="append", metavar="NAME", help="only this column; may be repeated")
        one.set_defaults(run=_pull)


def add_export(verbs: Any) -> None:  # noqa: ANN401
    """Add ``export``, for the lists that are ordered by time."""
    export = verbs.add_parser("export", help="write a list of any length to a Parquet dataset; resumes, and refreshes")
    endpoints = export.add_subparsers(dest="endpoint", required=True, metavar="ENDPOINT")
    for row in (row for row in grouped() if row.timeline):
        one = endpoints.add_parser(row.name, help=row.summary, description=row.summary)
        _add_filters(one, row)
        add_connection(one)
        _add_details(one, row)
        one.add_argument("--out", required=True, metavar="FOLDER", help="the dataset: a folder or an address")
        one.add_argument("--refresh", action="store_true", help="fetch everything anew")
        one.add_argument("--max-age", type=float, metavar="SECONDS", help="change nothing when the dataset is no older")
        one.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> None:
    row = ENDPOINTS[options.endpoint]
    asked = _asked(options, row) | {"refresh": options.refresh, "max_age": options.max_age}
    api: Any = open_named(options)
    done = api.export(options.out, row.name, progress=not options.quiet, **asked)
    print(f"{row.name}: all {counted(done.rows, 'row')} as of {done.header.as_of}")
    for note in done.header.notes:
        print(f"  note: {note}")
    print(f"  → {options.out}")


def _add_filters(one: argparse.ArgumentParser, row: Endpoint) -> None:
    parents = {parent.parameter for parent in row.parents}
    for name in row.path_parameters:
        words = "every one when left out; may be given more than once" if name in parents else None
        one.add_argument(
            option(name), dest=name, action="append", required=name not in parents, metavar="ID", help=words
        )
    if row.bases:
        one.add_argument("--since", metavar="DAY", help="first day, such as 2026-11-01, yesterday or 'last month'")
        one.add_argument("--until", metavar="DAY", help="last day, included")
        one.add_argument("--by", choices=list(row.bases), help="the date of --since and --until; created by default")
    for name, filter_row in row.filter_rows.items():
        words = ", ".join(filter_row.values) if filter_row.values else filter_row.kind
        one.add_argument(option(name), dest=name, action="append", metavar="VALUE", help=words)


def _pull(options: argparse.Namespace) -> None:
    row = ENDPOINTS[options.endpoint]
    for path in options.out:
        if path.suffix.lower() not in WRITERS:
            raise BadValueError(f"--out {path} is none of {', '.join(WRITERS)}.")
        check_target(path)
    asked = _asked(options, row) | {name: getattr(options, name) for name in DEFAULTS if name != "progress"}
    api = open_named(options)
    frame = api.fetch(options.endpoint, **asked, progress=not options.quiet)
    _report(frame, options.out, mask=options.mask)
    if row.timeline and frame.attrs["complete"] and not options.offline:
        print(f"  check: {verdict(api, frame)}")


def _add_details(one: argparse.ArgumentParser, row: Endpoint) -> None:
    one.set_defaults(details_from=None)
    if row.details:
        details = one.add_mutually_exclusive_group()
        details.add_argument("--details", action="store_true", help="add each row's details: one request a row, once")
        if row.details == "order":
            words = "as --details, but ask only for what this export of the dashboard lacks"
            details.add_argument("--details-from", metavar="FILE", help=words)


def _asked(options: argparse.Namespace, row: Endpoint) -> dict[str, Any]:
    """What the options say of ids, times, filters and details."""
    names = [*row.path_parameters, *(("since", "until", "by") if row.bases else ()), *row.filter_rows]
    given = {name: getattr(options, name) for name in names}
    asked = {name: one[0] if isinstance(one, list) and len(one) == 1 else one for name, one in given.items()}
    if row.details:
        asked["details"] = sf.read_dashboard(options.details_from) if options.details_from else options.details
    return asked


def _report(frame: pd.DataFrame, paths: list[Path], *, mask: bool) -> None:
    attrs = frame.attrs
    whole = "all" if attrs["complete"] else "the first"
    rows, requests = counted(len(frame), "row"), counted(attrs["requests"], "request")
    print(f"{attrs['endpoint']}: {whole} {rows} as of {attrs['as_of']}, {requests}")
    for note in attrs["notes"]:
        print(f"  note: {note}")
    if not paths:
        print(f"  no file was written; --out {attrs['endpoint']}.xlsx writes one")
    for path in paths:
        print(f"  → {WRITERS[path.suffix.lower()](frame, path, mask=mask)}")


def verdict(api: Opened, orders: pd.DataFrame) -> str:
    """Whether the server's own counts agree, in a sentence; the frame stands, whatever they say."""
    try:
        return str(api.reconcile(orders).attrs["verdict"])
    except ScalevError as error:
        return f"Not compared with the server's statistics: {error.what}"
