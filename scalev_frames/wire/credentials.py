"""Every question about the API key; only here is it ever in clear.

The key comes from an argument, the environment, the operating system's key store, or a prompt, in this order. It is
never written to a file: where no key store works, storing is refused. `keyring` is loaded when a stored profile is
asked for, because it takes longer than the rest of the package.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import hmac
import ipaddress
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from scalev_frames.errors import BadValueError, CredentialStoreError, KeyMissingError

#: What the key store knows us by.
SERVICE = "scalev-frames"
#: The profile that is used when none is named.
DEFAULT_PROFILE = "default"
KEY_VARIABLE = "SCALEV_API_KEY"
#: The entry that lists the profiles, because key stores cannot be asked for theirs.
_INDEX = "(profiles)"
_GOOD_KEY = re.compile(r"[\x21\x23-\x26\x28-\x5f\x61-\x7e]{4,4096}")
_PROFILE = re.compile(r"[\w][\w .@-]{0,63}")
#: Key stores that keep keys in clear, or nowhere.
_UNSAFE_STORES = ("fail", "null", "plaintext")

Prompt = Callable[[], str]


class Key:
    """An API key that does not show itself: not in a repr, a log, a pickle or a traceback of values.

    Args:
        value: the key; spaces and one pair of quotes around it, as copying leaves them, do not count.
        source: what the error calls it.

    Raises:
        BadValueError: it cannot be a key; the error does not repeat it.

    >>> key = Key("sk_example_0123456789")
    >>> key, str(key), key.kind
    (<Key sk_…6789>, 'sk_…6789', 'full')
    """

    __slots__ = ("__value",)

    def __init__(self, value: str, source: str = "This") -> None:
        self.__value = ""  # a traceback may show a key that is refused
        value = value.strip() if isinstance(value, str) else ""
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1].strip()
        if not _GOOD_KEY.fullmatch(value):
            value = ""
            raise BadValueError(
                f"{source} is not an API key: it is too short, or holds spaces or characters a key cannot have.",
                advice="Copy the key again from Scalev's settings; it begins with sk_ or rk_.",
            )
        self.__value = value

    def reveal(self) -> str:
        """The key in clear, for the one header that carries it."""
        return self.__value

    @property
    def hint(self) -> str:
        """Enough to tell one's own keys apart: its kind and last four characters."""
        start = self.__value[:3] if self.__value[:3] in ("sk_", "rk_") else ""
        return f"{start}…{self.__value[-4:]}" if len(self.__value) >= 16 else f"{start}…"

    @property
    def kind(self) -> str:
        """``full`` for ``sk_`` keys, ``restricted`` for ``rk_`` keys with scopes, else ``unknown``."""
        return {"sk_": "full", "rk_": "restricted"}.get(self.__value[:3], "unknown")

    def name(self, salt: bytes, base_url: str) -> str:
        """What folders are called by: a keyed hash, the same for the same key and host, that does not tell the key.

        Args:
            salt: what `storage.salt.load_salt` gave.
            base_url: the API's address, or its host where one name has to stand for all its versions.
        """
        message = f"{self.__value}\n{base_url.rstrip('/')}".encode()
        return hmac.new(salt, message, hashlib.sha256).hexdigest()[:32]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and hmac.compare_digest(self.__value, other.reveal())

    def __hash__(self) -> int:
        return hash((Key, self.__value))

    def __repr__(self) -> str:
        return f"<Key {self.hint}>"

    def __str__(self) -> str:
        return self.hint

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key is not pickled: connect in each process, and send names of profiles and frames.")


@dataclass(frozen=True, slots=True)
class Profile:
    """A stored key, without the key.

    Attributes:
        name: what the user calls it.
        hint: enough to recognise the key.
        base_url: the address it was stored for.
    """

    name: str
    hint: str
    base_url: str


def find_key(api_key: str | None, profile: str | None, *, prompt: Prompt | None = None) -> Key:
    """The key: the argument, else of the named profile, else ``SCALEV_API_KEY``, else the default profile, else asked.

    Raises:
        KeyMissingError: there is none.
        CredentialStoreError: a named profile cannot be looked up.

    >>> find_key("sk_example_0123456789", None)
    <Key sk_…6789>
    """
    if api_key is not None:
        return Key(api_key)
    if profile is not None:
        return load_key(profile)
    if in_environment := os.environ.get(KEY_VARIABLE):
        return Key(in_environment, f"What {KEY_VARIABLE} holds")
    with contextlib.suppress(KeyMissingError, CredentialStoreError):
        return load_key(DEFAULT_PROFILE)
    if prompt is None and not (sys.stdin and sys.stdin.isatty()):
        raise KeyMissingError("No API key was found.")
    return Key((prompt or ask)())


def stored_address(api_key: str | None, profile: str | None) -> str | None:
    """The address that the key which `find_key` gives was stored for; ``None`` when it comes from elsewhere."""
    if api_key is not None or (profile is None and os.environ.get(KEY_VARIABLE)):
        return None
    with contextlib.suppress(CredentialStoreError):
        return next((one.base_url for one in list_profiles() if one.name == (profile or DEFAULT_PROFILE)), None)
    return None


def load_key(profile: str) -> Key:
    """The key stored as ``profile``.

    Raises:
        KeyMissingError: there is no such profile.
        CredentialStoreError: the key store is missing or refused.
    """
    value = _Store().do("get_password", _checked(profile))
    if value is None:
        raise _no_profile(profile)
    return Key(value)


def _no_profile(profile: str) -> KeyMissingError:
    names = ", ".join(one.name for one in list_profiles())
    advice = f"Stored are: {names}." if names else "Store one with `scalev-frames login`."
    return KeyMissingError(f"There is no stored profile {profile!r}.", advice=advice)


def store_key(profile: str, key: Key, *, base_url: str) -> None:
    """Keep ``key`` in the operating system's key store.

    Raises:
        CredentialStoreError: the key store is missing, keeps keys in clear, or refused.
    """
    store = _Store()
    store.do("set_password", _checked(profile), key.reveal())
    others = [one for one in _profiles(store) if one.name != profile]
    _write_index(store, [*others, Profile(profile, key.hint, base_url)])


def forget_key(profile: str) -> None:
    """Remove a stored key.

    Raises:
        KeyMissingError: there is no such profile.
        CredentialStoreError: the key store is missing or refused.
    """
    store = _Store()
    if store.do("get_password", _checked(profile)) is None:
        raise _no_profile(profile)
    store.do("delete_password", profile)
    _write_index(store, [one for one in _profiles(store) if one.name != profile])


def list_profiles() -> list[Profile]:
    """Every stored profile.

    Raises:
        CredentialStoreError: the key store is missing or refused.
    """
    return sorted(_profiles(_Store()), key=lambda one: one.name)


def check_destination(base_url: str) -> None:
    """Refuse an address to which the key must not go: anything but https, or plain http on loopback.

    Raises:
        BadValueError: it is such an address, or none at all.

    >>> check_destination("https://api.scalev.id/v2")
    """
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in ("http", "https"):
        raise BadValueError("base_url is not a web address.", advice="It looks like https://api.scalev.id/v2.")
    if parts.scheme == "http" and not is_loopback(host):
        raise BadValueError(f"The key is not sent to {host} over plain http.", advice="Use https://.")


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this computer.

    >>> is_loopback("127.0.0.1"), is_loopback("api.scalev.id")
    (True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def ask() -> str:
    """The key from a person at a terminal, not shown.

    Raises:
        KeyMissingError: there is no person: the input has ended.
    """
    try:
        return getpass.getpass("Scalev API key (not shown): ")
    except EOFError:
        raise KeyMissingError("No API key was given.") from None


def _checked(profile: str) -> str:
    if not _PROFILE.fullmatch(profile):
        raise BadValueError(f"{profile!r} cannot be a profile's name.", advice="Use letters, digits, spaces, . - _ @.")
    return profile


def _profiles(store: _Store) -> list[Profile]:
    try:
        return [Profile(**one) for one in json.loads(store.do("get_password", _INDEX) or "[]")]
    except (ValueError, TypeError):
        return []


def _write_index(store: _Store, profiles: list[Profile]) -> None:
    store.do("set_password", _INDEX, json.dumps([asdict(one) for one in profiles]))


class _Store:
    """The operating system's key store; refuses to work with one that keeps keys in clear."""

    def __init__(self) -> None:
        try:
            import keyring
        except ImportError:
            raise CredentialStoreError(
                "The key store needs the package keyring, which is not installed.",
                advice="Install it: pip install keyring. Or use SCALEV_API_KEY or api_key= instead.",
            ) from None

        self._keyring = keyring
        chosen = keyring.get_keyring()
        for backend in getattr(chosen, "backends", None) or [chosen]:
            name = f"{type(backend).__module__}.{type(backend).__name__}".lower()
            if any(word in name for word in _UNSAFE_STORES):
                raise CredentialStoreError("This computer has no key store that keeps keys safe.")

    def do(self, action: str, *what: str) -> str | None:
        """What the key store gives for ``get_password``, ``set_password`` or ``delete_password``."""
        try:
            found: str | None = getattr(self._keyring, action)(SERVICE, *what)
        except Exception:  # noqa: BLE001 - what a key store is made of raises anything
            what = ()  # a traceback may show the key
            raise CredentialStoreError("The key store of this computer refused (is it locked?).") from None
        return found
