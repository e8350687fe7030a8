"""Checks, remembers and forgets a key, in the same way from a panel, a prompt and a terminal.

A key is checked with one request, never from the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scalev_frames.account import Account
from scalev_frames.connection import connect, in_use, use
from scalev_frames.errors import CredentialStoreError, ForbiddenError, KeyMissingError
from scalev_frames.group import Opened
from scalev_frames.plurals import counted
from scalev_frames.settings import Settings, default_settings
from scalev_frames.wire.credentials import DEFAULT_PROFILE, Key, find_key, list_profiles, store_key
from scalev_frames.wire.credentials import ask as ask_at_terminal

#: One page of stores: what a person knows their business by.
_FIRST_STORES = 25


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A key that the server accepted.

    Attributes:
        account: the account, made current.
        hint: enough to recognise the key.
        kind: ``full``, ``restricted`` or ``unknown``.
        businesses: ids of the businesses whose stores it sees.
        stores: names of the first stores it sees, ids of those without one.
        more: whether there are more stores than these.
        may_list_stores: false when the key's scopes leave stores out; it is good all the same.
    """

    account: Account
    hint: str
    kind: str
    businesses: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    more: bool = False
    may_list_stores: bool = True

    def __str__(self) -> str:
        """One line for a terminal."""
        if not self.may_list_stores:
            return f"{self.hint} is good; it may not list stores (scope store:list)."
        count = f"{len(self.stores)}+ stores" if self.more else counted(len(self.stores), "store")
        return f"{self.hint} is good; it sees {count}: {_some(self.stores)}."


def check_key(key: Key, settings: Settings | None = None, *, name: str = "") -> SignedIn:
    """Ask the server, with one request, whether ``key`` is good; the account becomes the current one when it is.

    Raises:
        AuthenticationError: the key is wrong, expired or revoked.
        ScalevError: the server could not be asked.
    """
    return check_account(Account(key, settings or default_settings(), name=name), key.kind)


def check_account(account: Account, kind: str = "unknown") -> SignedIn:
    """Check an account's key with the server; see `check_key`."""
    try:
        stores = account.fetch("stores_simplified", limit=_FIRST_STORES, refresh=True, progress=False)
    except ForbiddenError:
        use(account)
        return SignedIn(account, account.key_hint, kind, may_list_stores=False)
    use(account)
    return SignedIn(
        account,
        account.key_hint,
        kind,
        tuple(stores["business_id"].dropna().unique()),
        tuple(stores["name"].fillna(stores["id"]).fillna("")),
        more=not stores.attrs["complete"],
    )


def find_account() -> Opened | None:
    """The current account or group, else that of ``SCALEV_API_KEY`` or the stored default profile; nobody is asked."""
    if in_use():
        return in_use()
    try:
        find_key(None, None, prompt=_ask_nobody)
    except KeyMissingError:
        return None
    return connect()


def _ask_nobody() -> str:
    raise KeyMissingError("No API key was found.")


def sign_in_by_prompt(
    profile: str = DEFAULT_PROFILE,
    settings: Settings | None = None,
    *,
    ask_key: Callable[[], str] = ask_at_terminal,
    ask: Callable[[str], str] | None = None,
    say: Callable[[str], object] = print,
) -> Account:
    """Ask for the key in a terminal, check it, and offer to store it.

    Args:
        profile: what to call it.
        settings: where and how.
        ask_key: gives the key, which is not shown as it is typed.
        ask: asks; the terminal's own when left out.
        say: called with each sentence.

    Raises:
        ScalevError: it is no key, or the server refused it.
    """
    key, settings = Key(ask_key()), settings or default_settings()
    signed_in = check_key(key, settings, name=profile)
    say(str(signed_in))
    answer = (ask or input)(f"Store it in this computer's key store as {profile!r}? [y/N] ")
    if answer.strip().lower() in ("y", "yes", "ya"):
        try:
            store_key(profile, key, base_url=settings.base_url)
            say(f"Stored as {profile!r}.")
        except CredentialStoreError as error:
            say(str(error))
    return signed_in.account


def stored_profiles() -> list[str]:
    """The names of stored keys; none where there is no key store."""
    try:
        return [profile.name for profile in list_profiles()]
    except CredentialStoreError:
        return []


def _some(names: tuple[str, ...], most: int = 5) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
