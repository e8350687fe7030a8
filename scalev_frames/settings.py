"""The settings, with their defaults and reasons."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc
from platformdirs import user_cache_path, user_state_path

from scalev_frames.errors import BadValueError
from scalev_frames.redact import holds_key

#: How amounts are held in frames.
Money = Literal["float", "decimal"]

API_BASE_URL = "https://api.scalev.id"
#: The versions of the API that are spoken, in the order in which ``auto`` tries them.
VERSIONS = ("v2", "v3")
#: Which version an account speaks; ``auto`` finds out what the key answers to.
Version = Literal["auto", "v2", "v3"]
#: The service's hosts.
API_HOSTS = ("api.scalev.id", "api.scalev.com")
TIME_ZONE = "Asia/Jakarta"
#: The documented requests per seconds: of v2 the first for each address, all others for each key.
DOCUMENTED_LIMITS: dict[str, tuple[tuple[int, float], ...]] = {
    "v2": ((30, 5.0), (10_000, 3600.0)),
    "v3": ((100, 10.0), (10_000, 3600.0)),
}
#: Additional limits for each key on some paths.
STRICTER_LIMITS: dict[str, tuple[int, float]] = {"/web-analytics/": (600, 3600.0)}
#: Seconds to connect, and to wait for the next byte.
TIMEOUT = (10.0, 60.0)
#: Seconds that one response may take from request to last byte, and bytes that it may have unpacked.
RESPONSE_SECONDS = 60.0
RESPONSE_BYTES = 64 * 1024 * 1024


def default_cache_dir() -> Path:
    """The user's cache folder, or what ``SCALEV_CACHE_DIR`` says."""
    named = os.environ.get("SCALEV_CACHE_DIR")
    return to_folder(named) if named else _of_user(user_cache_path)


def state_dir() -> Path:
    """The user's folder for the limits and locks that all programs share; no setting moves it."""
    return _of_user(user_state_path)


def _of_user(find: Callable[..., Path]) -> Path:
    """A folder of the user; one that cannot be made where the user has no home, as in some containers."""
    try:
        return find("scalev_frames", appauthor=False).expanduser()
    except RuntimeError:
        return Path(os.devnull, "scalev_frames")


def default_version() -> Version:
    """What ``SCALEV_API_VERSION`` says, else ``auto``.

    Raises:
        BadValueError: it names no version that is spoken.
    """
    return to_version(os.environ.get("SCALEV_API_VERSION") or "auto")


def to_version(name: str) -> Version:
    """``name`` as a version of the API.

    Raises:
        BadValueError: it is none that is spoken.
    """
    known: tuple[Version, ...] = get_args(Version)
    if (plain := str(name).strip().lower()) not in known:
        raise BadValueError(f"version={name!r} is none of {', '.join(known)}.")
    return known[known.index(plain)]


def default_base_url() -> str:
    """The documented address, or what ``SCALEV_API_BASE_URL`` says."""
    return os.environ.get("SCALEV_API_BASE_URL") or API_BASE_URL


@dataclass(frozen=True, slots=True)
class Settings:
    """One account's settings.

    Attributes:
        base_url: address of the API; it ends in its version once that is known.
        cache_dir: root of everything kept on disk; private to the user.
        time_zone: zone of days given and of times shown.
        money: ``float`` for amounts as floats where every value of a column survives, ``decimal`` for exact decimals.
        limits: requests per seconds in place of the documented ones. Of v2 the first counts per address.
        timeout: seconds to connect, and to wait for the next byte.
        retry_seconds: a server that fails for so long, while nothing of the call succeeds, is given up.
        retry_cap: the longest single wait, whatever the server asks for. An hour's limit may ask for the rest
            of the hour, so the cap of a 429 is that limit's window.
        response_seconds: the most that one response may take, however steadily it drips.
        response_bytes: the most that one response may have, unpacked.
        version: ``v2`` or ``v3``, in place of what ``base_url`` names, or ``auto``.
    """

    base_url: str = API_BASE_URL
    cache_dir: Path = field(default_factory=default_cache_dir)
    time_zone: str = TIME_ZONE
    money: Money = "float"
    limits: Sequence[tuple[int, float]] | None = None
    timeout: tuple[float, float] = TIMEOUT
    retry_seconds: float = 60.0
    retry_cap: float = 60.0
    response_seconds: float = RESPONSE_SECONDS
    response_bytes: int = RESPONSE_BYTES
    version: Version = "auto"

    def __post_init__(self) -> None:
        """Refuse invalid settings before anything is sent."""
        object.__setattr__(self, "version", to_version(self.version))
        object.__setattr__(self, "base_url", _address(self.base_url, self.version))
        object.__setattr__(self, "cache_dir", to_folder(self.cache_dir))
        if self.limits is not None:
            object.__setattr__(self, "limits", _windows(self.limits))
        if self.money not in ("float", "decimal"):
            raise BadValueError(f"money={self.money!r} is neither 'float' nor 'decimal'.")
        find_zone(self.time_zone)

    @property
    def names_version(self) -> bool:
        """Whether ``base_url`` ends in the version that is spoken."""
        return self.base_url.rpartition("/")[2] in VERSIONS

    @property
    def spoken(self) -> str:
        """The version whose paths are asked for: v2's where an address without a version answers as it stands."""
        return "v3" if self.base_url.endswith("/v3") else "v2"

    @property
    def windows(self) -> Sequence[tuple[int, float]]:
        """Requests per seconds: the given ones, else the documented ones of the version."""
        return DOCUMENTED_LIMITS[self.spoken] if self.limits is None else self.limits

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.time_zone)


def find_zone(name: str) -> ZoneInfo:
    """The time zone of this name.

    Raises:
        BadValueError: there is none.
    """
    advice = "This computer knows no time zones: install its package tzdata."
    for known in ("UTC", name):
        try:
            zone = ZoneInfo(known)
            pc.local_timestamp(pa.array([0], pa.timestamp("s", known)))  # files are written by Arrow's own time zones
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            raise BadValueError(f"There is no time zone named {known!r}.", advice=advice) from None
        advice = "Use a name such as 'Asia/Jakarta'."
    return zone


def default_settings(base_url: str | None = None, version: Version | None = None) -> Settings:
    """The settings of an address and a version, each as the environment has it where left out."""
    return Settings(base_url=base_url or default_base_url(), version=version or default_version())


def limited_host(base_url: str) -> str:
    """The host whose limits a request counts against: the service's own names are one.

    >>> limited_host("https://api.scalev.com/v2"), limited_host("http://127.0.0.1:8000/v2")
    ('api.scalev.id', '127.0.0.1:8000')
    """
    host = urlsplit(base_url).netloc.lower()
    return API_HOSTS[0] if host in API_HOSTS else host


def to_folder(given: object) -> Path:
    """The folder of what is kept, ``~`` expanded; a later change of the working folder does not move it.

    Raises:
        BadValueError: it is no path.

    >>> to_folder("kept/").name
    'kept'
    """
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else b""
    if not isinstance(text, str) or not text.strip() or "\0" in text or holds_key(text):
        raise BadValueError(f"cache_dir={given!r} is no path.", advice="Give the path of a folder.")
    try:
        text.encode()
        return Path(text).expanduser().absolute()
    except (RuntimeError, UnicodeEncodeError):
        raise BadValueError(f"cache_dir={text!r} cannot be a folder.", advice="Give a whole path.") from None


def _windows(limits: Iterable[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """``limits`` as numbers.

    Raises:
        BadValueError: they are none, or not above zero.
    """
    try:
        windows = tuple((int(count), float(seconds)) for count, seconds in limits)
    except (TypeError, ValueError, OverflowError):
        windows = ()
    if not windows or not all(count >= 1 and 0 < seconds < math.inf for count, seconds in windows):
        raise BadValueError(
            f"limits={limits!r} must be pairs of requests and seconds, both above zero.", advice="Such as [(30, 5.0)]."
        )
    return windows


def _address(base_url: str, version: Version) -> str:
    """``base_url`` without a closing slash; it ends in its version where one is given or named.

    Raises:
        BadValueError: it is not an address alone, or names a version that is not spoken; a password is not repeated.
    """
    if not isinstance(base_url, str):
        raise BadValueError(f"base_url={base_url!r} is not a web address.", advice=f"It looks like {API_BASE_URL}.")
    address = base_url.strip().rstrip("/")
    if holds_key(address):
        raise BadValueError("base_url= holds a key.", advice="Give the address alone, and the key as api_key=.")
    if re.search(r"^(\w+:)?//[^/]*@|[?#]", address):
        raise BadValueError("base_url must be an address alone: no user, password, query or fragment.")
    if re.search(r"\s", address):
        raise BadValueError(
            f"base_url={base_url!r} is not a web address: it holds a blank.", advice=f"It looks like {API_BASE_URL}."
        )
    root, _, last = address.rpartition("/")
    if not re.fullmatch(r"v\d+(\.\d+)*", last.lower()):
        return address if version == "auto" else f"{address}/{version}"
    if last.lower() not in VERSIONS:
        raise BadValueError(
            f"base_url={base_url!r} names version {last.lower()} of the API; this package speaks v2 and v3.",
            advice=f"Leave the version out: {root}.",
        )
    return f"{root}/{last.lower() if version == 'auto' else version}"
