"""Opening a business with `connect`, and the functions of the package that use the current one.

The sandbox is loaded when it is asked for.
"""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import inspect
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias, TypeVar

import pandas as pd

from scalev_frames.account import Account
from scalev_frames.errors import BadValueError, CredentialStoreError
from scalev_frames.group import Group, Opened
from scalev_frames.progress import Reporter
from scalev_frames.redact import holds_key
from scalev_frames.settings import (
    Money,
    Settings,
    Version,
    default_base_url,
    default_cache_dir,
    default_version,
    to_folder,
)
from scalev_frames.storage.files import temporary_prefix
from scalev_frames.wire.credentials import Key, Profile, Prompt, find_key, list_profiles, stored_address

#: What `connect_many` takes: profiles, keys or accounts, with names of their own where it is a mapping.
Businesses: TypeAlias = Iterable[str | Key | Account] | Mapping[str, str | Key | Account]
KEY_STARTS = ("sk_", "rk_")
Called = TypeVar("Called", bound=Callable[..., Any])
Given = ParamSpec("Given")
Made = TypeVar("Made")
_current: Opened | None = None
_prompt: Prompt | None = None


def _without_frames(function: Callable[Given, Made]) -> Callable[Given, Made]:
    """Let what ``function`` raises show none of its frames: they hold keys as they were given."""

    @functools.wraps(function)
    def called(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        try:
            return function(*args, **kwargs)
        except BaseException as stopped:  # noqa: BLE001 - it is raised again
            args, kwargs = (), {}  # type: ignore[assignment]
            stopped.__context__ = None
            raise stopped.with_traceback(None) from None

    return called


@_without_frames
def connect(
    profile: str | None = None,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    version: Version | None = None,
    cache_dir: str | Path | None = None,
    time_zone: str = "Asia/Jakarta",
    money: Money = "float",
    limits: Sequence[tuple[int, float]] | None = None,
    sandbox: bool = False,
) -> Account:
    """Connect to a business and make it the current one.

    Args:
        profile: name of a stored profile.
        api_key: the key itself; else ``SCALEV_API_KEY``, else the stored profile, else a prompt.
        base_url: the API's address, with or without its version; else the one a stored key is for, else
            ``SCALEV_API_BASE_URL``, else Scalev's.
        version: ``v2`` or ``v3`` of the API, whatever the address names; else ``SCALEV_API_VERSION``, else ``auto``:
            the version that the address names, or the first that the key answers to, which is remembered.
        cache_dir: where to keep things; else ``SCALEV_CACHE_DIR``, else the user's cache folder.
        time_zone: the zone of given days and shown times.
        money: ``float`` for amounts as ``float64`` where every value of a column survives, else exact decimals;
            ``decimal`` for exact decimals always.
        limits: requests per seconds; the documented ones of the version unless given.
        sandbox: start the embedded Scalev on loopback and connect to it; what it keeps goes with the process unless
            ``cache_dir`` is given.

    Returns:
        The account. Nothing is sent yet; where no version is named, the first call asks which one answers.

    Raises:
        KeyMissingError: no key was found.
        BadValueError: an address the key may not go to, or a setting that cannot be.

    >>> import scalev_frames as sf
    >>> api = sf.connect(api_key="sk_example_0123456789", base_url="http://127.0.0.1:9/v2")
    >>> api.settings.time_zone
    'Asia/Jakarta'
    """
    settings = _settings(cache_dir, time_zone, money, limits, version, temporary=sandbox)
    if sandbox:
        account = _connect_sandboxes(["sandbox"], settings)["sandbox"]
    else:
        key = find_key(api_key, profile, prompt=_prompt)
        address = base_url or stored_address(api_key, profile) or default_base_url()
        account = Account(key, replace(settings, base_url=address), name=profile or "", stored_as=profile or "")
    use(account)
    return account


@_without_frames
def connect_many(
    businesses: Businesses | None = None,
    *,
    base_url: str | None = None,
    version: Version | None = None,
    cache_dir: str | Path | None = None,
    time_zone: str = "Asia/Jakarta",
    money: Money = "float",
    limits: Sequence[tuple[int, float]] | None = None,
    sandbox: bool = False,
) -> Group:
    """Connect to several businesses: each call gives one frame of them all, the column ``business`` first.

    Args:
        businesses: names of stored profiles, keys (they begin with ``sk_`` or ``rk_``) or accounts; or a mapping from
            the name that a business should have to one of these. Every stored profile when left out.
        base_url: the API's address of all; else the one that each stored key is for, else as for `connect`.
        version: as for `connect`; left out, each key speaks the version that it answers to.
        cache_dir: as for `connect`.
        time_zone: as for `connect`, for all.
        money: as for `connect`, for all.
        limits: as for `connect`.
        sandbox: start an embedded Scalev that has these businesses, by their names; no keys are needed.

    Returns:
        The group, which functions such as ``sf.orders`` then ask. Nothing is sent yet.

    Raises:
        KeyMissingError: a profile does not exist.
        BadValueError: no business, two of the same name or key, or a key that cannot be one.

    >>> import scalev_frames as sf
    >>> with sf.connect_many(["brand-a", "brand-b"], sandbox=True) as group:
    ...     stores = group.stores(progress=False)
    >>> stores.groupby("business").size().to_dict()
    {'brand-a': 6, 'brand-b': 6}
    """
    settings = _settings(cache_dir, time_zone, money, limits, version, temporary=sandbox)
    named = _named(businesses)
    if sandbox:
        group = Group(_connect_sandboxes([name for name, _ in named], settings))
    else:
        opened = [(name, _open(one, name, base_url, settings)) for name, one in named]
        names = Counter(name or account.name for name, account in opened)
        if twice := [name for name, count in names.items() if count > 1]:
            raise BadValueError(
                f"{twice[0]} stands twice among the businesses.", advice="Give a mapping from names to keys."
            )
        group = Group({name or account.name: account for name, account in opened})
    use(group)
    return group


def _named(businesses: Businesses | None) -> list[tuple[str, str | Key | Account]]:
    """Each business with the name that it was given, or none."""
    if businesses is None:
        return [(profile.name, profile.name) for profile in _all_profiles()]
    if isinstance(businesses, str | Key | Account) or not isinstance(businesses, Iterable):
        raise BadValueError(
            "connect_many takes a list or a mapping of businesses.", advice='Such as ["brand-a", "brand-b"].'
        )
    if isinstance(businesses, Mapping):
        _check_names(businesses)
        return list(businesses.items())
    return [(one if isinstance(one, str) and not _is_key(one) else "", one) for one in businesses]


def _check_names(names: Iterable[object]) -> None:
    if any(_is_key(name) or holds_key(name) for name in names if isinstance(name, str)):
        raise BadValueError("A key stands where a name should.", advice='Give {"brand-a": key}.')


def _all_profiles() -> list[Profile]:
    """Every stored profile; without a key store, the error says what to give in place of them all."""
    try:
        return list_profiles()
    except CredentialStoreError as error:
        error.advice = (
            "All stored profiles need a key store. Without one, run the command once for each business with its "
            'SCALEV_API_KEY and without --all, or give the keys: sf.connect_many({"brand-a": key}).'
        )
        raise


def _open(one: str | Key | Account, name: str, base_url: str | None, settings: Settings) -> Account:
    """The account of a profile's name, a key, or itself."""
    if isinstance(one, Account):
        return one
    if isinstance(one, str) and not _is_key(one):
        address = base_url or stored_address(None, one) or default_base_url()
        return Account(find_key(None, one), replace(settings, base_url=address), name=name, stored_as=one)
    key = one if isinstance(one, Key) else Key(one)
    return Account(key, replace(settings, base_url=base_url or default_base_url()), name=name)


def _is_key(text: str) -> bool:
    return text.strip().strip("'\"").lower().startswith(KEY_STARTS)


def _settings(
    cache_dir: str | Path | None,
    time_zone: str,
    money: Money,
    limits: Sequence[tuple[int, float]] | None,
    version: Version | None,
    *,
    temporary: bool,
) -> Settings:
    if cache_dir is None or cache_dir == "":
        cache_dir = _temporary_folder() if temporary else default_cache_dir()
    version = version or default_version()
    return Settings(cache_dir=to_folder(cache_dir), time_zone=time_zone, money=money, limits=limits, version=version)


def _connect_sandboxes(names: Sequence[str], settings: Settings) -> dict[str, Account]:
    """An embedded Scalev with one business a name."""
    from scalev_frames.sandbox import Sandbox, World

    now = dt.datetime.now(dt.UTC)
    running = Sandbox(world=World(now=now)).start()
    keys = [running.api_key, *(running.add_business(World(seed=seed, now=now)) for seed in range(2, len(names) + 1))]
    settings = replace(settings, base_url=running.base_url)
    accounts = {name: Account(Key(key), settings, name=name) for name, key in zip(names, keys, strict=False)}
    for account in accounts.values():
        account.sandbox = running
    return accounts


def _temporary_folder() -> Path:
    """A folder that goes with the process; where that was killed, with the next sandbox."""
    folder = tempfile.mkdtemp(prefix=temporary_prefix("sandbox"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _explained_by(method: Callable[..., Any]) -> Callable[[Called], Called]:
    """Complete a function's docstring by that of the account's method: arguments, errors, example."""

    def complete(function: Called) -> Called:
        function.__doc__ = f"{function.__doc__}\n\n" + (inspect.getdoc(method) or "").partition("\n\n")[2]
        return function

    return complete


@_explained_by(Account.get)
def get(path: str, /, *, raw: bool = False, **arguments: Any) -> Any:  # noqa: ANN401 - a frame, or any JSON value
    """Anything that the API answers to GET, on the current account; see `Account.get`."""
    return current().get(path, raw=raw, **arguments)


@_explained_by(Account.reconcile)
def reconcile(orders: pd.DataFrame) -> pd.DataFrame:
    """An orders frame against the server's own counts, on the current account; see `Account.reconcile`."""
    return current().reconcile(orders)


@_explained_by(Account.changes)
def changes(orders: pd.DataFrame) -> pd.DataFrame:
    """What is new, changed and gone since last time, on the current account; see `Account.changes`."""
    return current().changes(orders)


@_explained_by(Account.order_lines)
def order_lines(
    orders: pd.DataFrame | None = None,
    *,
    progress: bool | Reporter = True,
    **arguments: Any,  # noqa: ANN401 - any filter's value
) -> pd.DataFrame:
    """The lines of orders, on the current account; see `Account.order_lines`."""
    return current().order_lines(orders, progress=progress, **arguments)


def current() -> Opened:
    """The account or group that was connected last; connects when there is none yet.

    Raises:
        KeyMissingError: nothing was connected, and no key was found.

    >>> api = connect(api_key="sk_example_0123456789", base_url="http://127.0.0.1:9/v2")
    >>> current() is api
    True
    """
    return _current or connect()


def use(account: Opened | None) -> None:
    """Make ``account`` the current one, which functions such as ``sf.orders`` ask; ``None`` for none."""
    global _current
    _current = account


def in_use() -> Opened | None:
    """The current account or group, if there is one; connects to nothing."""
    return _current


def ask_with(prompt: Prompt | None) -> None:
    """Set who asks a person for a key that is stored nowhere: a notebook's panel, or ``None`` for the terminal."""
    global _prompt
    _prompt = prompt
