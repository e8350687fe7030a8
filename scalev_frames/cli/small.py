"""The commands that fetch no list: keys, the cache, notebooks and the embedded Scalev."""

from __future__ import annotations

import argparse
import datetime as dt
import time
from pathlib import Path
from typing import Any

from scalev_frames.cache import overview
from scalev_frames.catalog import grouped
from scalev_frames.cli.connection import add_version
from scalev_frames.errors import BadValueError, ScalevError
from scalev_frames.settings import TIME_ZONE, VERSIONS, default_cache_dir, default_settings
from scalev_frames.sign_in import check_key, find_account
from scalev_frames.wire import credentials


def add_small(verbs: Any) -> None:  # noqa: ANN401 - argparse has no public type for it
    """Add ``endpoints``, ``login``, ``accounts``, ``cache``, ``lab`` and ``sandbox``."""
    endpoints = verbs.add_parser("endpoints", help="list the endpoints, and the versions of the API that have each")
    endpoints.set_defaults(run=_endpoints)

    login = verbs.add_parser("login", help="store a key in this computer's key store")
    login.add_argument("--profile", default="default", help="the name of the profile (default: %(default)s)")
    login.add_argument("--base-url", help="the API's address")
    add_version(login)
    login.set_defaults(run=_login)

    accounts = verbs.add_parser("accounts", help="list the stored profiles")
    accounts.add_argument("--forget", metavar="PROFILE", help="remove a stored key")
    accounts.set_defaults(run=_accounts)

    _add_cache(verbs)

    lab = verbs.add_parser("lab", help="open the notebooks in JupyterLab, on the embedded Scalev when there is no key")
    lab.add_argument(
        "--folder",
        type=Path,
        default=Path("notebooks"),
        help="the folder of the notebooks, made if missing (default: %(default)s)",
    )
    lab.add_argument("--page", action="store_true", help="only the workbench, as a page without code (Voila)")
    lab.add_argument("--no-browser", action="store_true", help="open no browser, print the address")
    lab.add_argument("--port", type=int, help="the port; else the first free one")
    lab.set_defaults(run=_lab)

    verbs.add_parser("sandbox", help="run the embedded Scalev until Ctrl-C")  # see `main`: it has options of its own


def _add_cache(verbs: Any) -> None:  # noqa: ANN401
    cache = verbs.add_parser("cache", help="show or delete what is kept on this computer")
    actions = cache.add_subparsers(dest="action", required=True, metavar="ACTION")
    info = actions.add_parser("info", help="show what is kept, how large and how old it is")
    clear = actions.add_parser("clear", help="delete what is kept")
    for one, run in ((info, _cache_info), (clear, _cache_clear)):
        one.add_argument("--cache-dir", type=Path, help="else SCALEV_CACHE_DIR, else the user's cache folder")
        one.set_defaults(run=run)
    clear.add_argument(
        "--kind", choices=overview.KINDS, help="single answers, unfinished pulls, details or frames alone"
    )
    clear.add_argument("--older-than", type=float, metavar="DAYS", help="only files that are older")


def _endpoints(_: argparse.Namespace) -> None:
    for row in grouped():
        versions = " ".join(version if version in row.versions else "  " for version in VERSIONS)
        print(f"{row.name:<38} {versions}  {row.summary}{' (unproven)' * row.is_unproven}")


def _login(options: argparse.Namespace) -> None:
    credentials.list_profiles()  # without a key store nobody types a key in vain
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
    from scalev_frames.notebook.lab import check_installed, run_lab

    check_installed(page=options.page)
    where = "your business" if find_account() else "the embedded Scalev, as no key is set"
    print(f"The notebooks in {options.folder} run on {where}. Ctrl-C ends them.", flush=True)
    code = run_lab(options.folder, page=options.page, browser=not options.no_browser, port=options.port)
    if code > 0:  # below 0: a signal ended it
        advice = f"Its own words above say why. As root start it yourself: jupyter lab --allow-root {options.folder}"
        raise ScalevError(f"Jupyter ended with code {code}.", advice=advice)


def _cache_clear(options: argparse.Namespace) -> None:
    root = options.cache_dir or default_cache_dir()
    if (days := options.older_than) is not None and not 0 <= days < dt.timedelta.max.days:
        raise BadValueError(f"--older-than {days:g} is not a number of days from zero up.")
    age = None if days is None else dt.timedelta(days=days)
    freed = overview.clear(overview.account_folders(root), options.kind, age, time.time())
    print(f"Freed {freed / 1e6:,.1f} MB below {root}")


def _cache_info(options: argparse.Namespace) -> None:
    root = options.cache_dir or default_cache_dir()
    print(f"Kept below {root} (personal data of customers; readable by you alone):")
    table = overview.info(overview.account_folders(root), TIME_ZONE)
    table = table[table["files"] > 0].copy()
    for name in ("oldest", "newest"):
        table[name] = table[name].dt.strftime("%Y-%m-%d %H:%M").fillna("")
    print(table.drop(columns="path").to_string(index=False) if len(table) else "nothing")


def run_sandbox(arguments: list[str]) -> int:
    """Serve the embedded Scalev until Ctrl-C; it reads its options itself."""
    from scalev_frames.sandbox.__main__ import main as run

    return run(arguments)
