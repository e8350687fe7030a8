"""Why: most people have one business open at a time: `connect` opens it, and the functions of the package speak to it.

May import account and below; the sandbox is loaded when it is asked for.
"""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from scalev_frames.account import Account
from scalev_frames.progress import Reporter
from scalev_frames.settings import Money, Settings, default_base_url, default_cache_dir
from scalev_frames.wire.credentials import Key, Prompt, find_key, stored_address

_current: Account | None = None
_prompt: Prompt | None = None


def connect(
    profile: str | None = None,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    cache_dir: str | Path | None = None,
    time_zone: str = "Asia/Jakarta",
    money: Money = "float",
    limits: tuple[tuple[int, float], ...] | list[tuple[int, float]] | None = None,
    sandbox: bool = False,
) -> Account:
    """Connect to a business and make it the current one.

    Args:
        profile: name of a stored profile.
        api_key: the key itself; else ``SCALEV_API_KEY``, else the stored profile, else a prompt.
        base_url: the API's address with its version; else the one a stored key is for, else
            ``SCALEV_API_BASE_URL``, else Scalev's.
        cache_dir: where to keep things; else ``SCALEV_CACHE_DIR``, else the user's cache folder.
        time_zone: the zone of given days and shown times.
        money: ``float`` for amounts as ``float64`` where every value of a column survives, else exact decimals;
            ``decimal`` for exact decimals always.
        limits: requests per seconds; the documented ones unless given.
        sandbox: start the embedded Scalev on loopback and connect to it; what it keeps goes with the process unless
            ``cache_dir`` is given.

    Returns:
        The account. Nothing is sent yet.

    Raises:
        KeyMissingError: no key was found.
        BadValueError: an address the key may not go to, or a setting that cannot be.

    >>> import scalev_frames as sf
    >>> api = sf.connect(api_key="sk_example_0123456789", base_url="http://127.0.0.1:9/v2")
    >>> api.settings.time_zone
    'Asia/Jakarta'
    """
    folder = Path(cache_dir) if cache_dir else default_cache_dir()
    settings = Settings(cache_dir=folder, time_zone=time_zone, money=money)
    if limits is not None:
        settings = replace(settings, limits=tuple(limits))
    if sandbox:
        account = _connect_sandbox(settings if cache_dir else replace(settings, cache_dir=_temporary_folder()))
    else:
        key = find_key(api_key, profile, prompt=_prompt)
        address = base_url or stored_address(api_key, profile) or default_base_url()
        account = Account(key, replace(settings, base_url=address), name=profile or "")
    use(account)
    return account


def _connect_sandbox(settings: Settings) -> Account:
    from scalev_frames.sandbox import Sandbox

    running = Sandbox(now=dt.datetime.now(dt.UTC)).start()
    account = Account(Key(running.api_key), replace(settings, base_url=running.base_url), name="sandbox")
    account.sandbox = running
    return account


def _temporary_folder() -> Path:
    """A folder that goes with the process."""
    folder = tempfile.mkdtemp(prefix="scalev-sandbox-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def reconcile(orders: pd.DataFrame) -> pd.DataFrame:
    """An orders frame against the server's own counts, on the current account; see `Account.reconcile`."""
    return current().reconcile(orders)


def changes(orders: pd.DataFrame) -> pd.DataFrame:
    """What is new, changed and gone since last time, on the current account; see `Account.changes`."""
    return current().changes(orders)


def order_lines(
    orders: pd.DataFrame | None = None,
    *,
    progress: bool | Reporter = True,
    **arguments: Any,  # noqa: ANN401 - any filter's value
) -> pd.DataFrame:
    """The lines of orders, on the current account; see `Account.order_lines`."""
    return current().order_lines(orders, progress=progress, **arguments)


def current() -> Account:
    """The account that `connect` made last; connects when there is none yet."""
    return _current or connect()


def use(account: Account | None) -> None:
    """Make ``account`` the current one, which functions such as ``sf.orders`` ask; ``None`` for none."""
    global _current
    _current = account


def in_use() -> Account | None:
    """The current account, if there is one; connects to nothing."""
    return _current


def ask_with(prompt: Prompt | None) -> None:
    """Who asks a person for the key when it is found nowhere: a notebook's panel, or ``None`` for the terminal."""
    global _prompt
    _prompt = prompt
