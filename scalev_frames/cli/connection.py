"""The options of a command that say which business it is for, where and how, and what they open."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from scalev_frames.connection import connect, connect_many
from scalev_frames.group import Opened
from scalev_frames.settings import TIME_ZONE, VERSIONS

SANDBOX_BUSINESSES = ("brand-a", "brand-b")


def option(name: str) -> str:
    """How a parameter is written as an option.

    >>> option("store_id")
    '--store-id'
    """
    return f"--{name.replace('_', '-')}"


def add_connection(one: argparse.ArgumentParser) -> None:
    """Add the options that say which business, where and how."""
    whose = one.add_mutually_exclusive_group()
    whose.add_argument("--profile", help="a stored profile (see `scalev-frames accounts`)")
    whose.add_argument("--all", action="store_true", help="every stored profile, each row with its business")
    one.add_argument("--base-url", help="the API's address; else SCALEV_API_BASE_URL, else Scalev's")
    add_version(one)
    one.add_argument("--cache-dir", type=Path, help="the cache folder; else SCALEV_CACHE_DIR")
    one.add_argument("--time-zone", default=TIME_ZONE, help="time zone of days and times (default %(default)s)")
    one.add_argument("--sandbox", action="store_true", help="use the embedded Scalev; needs no key")
    one.add_argument("--quiet", action="store_true", help="no progress line")


def add_version(one: argparse.ArgumentParser) -> None:
    """Add the option that names a version of the API."""
    words = "the version of the API; else SCALEV_API_VERSION, else the one that the key answers to"
    one.add_argument("--api-version", choices=("auto", *VERSIONS), help=words)


def open_named(options: argparse.Namespace) -> Opened:
    """What the options of `add_connection` name, opened."""
    names = ("base_url", "cache_dir", "time_zone", "sandbox")
    how: dict[str, Any] = {name: getattr(options, name) for name in names} | {"version": options.api_version}
    if options.all:
        return connect_many(SANDBOX_BUSINESSES if options.sandbox else None, **how)
    return connect(options.profile, **how)
