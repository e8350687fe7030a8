"""Everything that can be set, with its default and the reason, in one frozen place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_cache_path

from scalev_frames.errors import BadValueError

#: How amounts are held in frames.
Money = Literal["float", "decimal"]

API_BASE_URL = "https://api.scalev.id/v2"
#: The service's hosts: an address that names one of them alone means its documented version.
API_HOSTS = ("api.scalev.id", "api.scalev.com")
TIME_ZONE = "Asia/Jakarta"
#: Requests per seconds: 30 / 5 s an address and 10,000 / hour a key, as documented.
DOCUMENTED_LIMITS: tuple[tuple[int, float], ...] = ((30, 5.0), (10_000, 3600.0))
#: Seconds to connect, and to wait for the next byte.
TIMEOUT = (10.0, 60.0)
#: Seconds that one response may take from request to last byte, and bytes that it may have unpacked.
RESPONSE_SECONDS = 60.0
RESPONSE_BYTES = 64 * 1024 * 1024
#: The version of the API that is spoken.
VERSION = "v2"


def default_cache_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's cache folder, or what ``SCALEV_CACHE_DIR`` says."""
    named = environment.get("SCALEV_CACHE_DIR")
    return Path(named).expanduser() if named else user_cache_path("scalev_frames", appauthor=False)


def default_base_url(environment: Mapping[str, str] = os.environ) -> str:
    """The documented address, or what ``SCALEV_API_BASE_URL`` says."""
    return environment.get("SCALEV_API_BASE_URL") or API_BASE_URL


def private_folder(folder: Path) -> Path:
    """``folder``, made together with what is missing above it, for the user alone (0700).

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@dataclass(frozen=True, slots=True)
class Settings:
    """One account's settings.

    Attributes:
        base_url: address of the API with its version; a closing slash is taken off.
        cache_dir: root of everything kept on disk; private to the user.
        time_zone: zone of days given and of times shown.
        money: ``float`` for amounts as floats where every value of a column survives, ``decimal`` for exact decimals.
        limits: requests per seconds. The first limit counts per address, the others per key.
        timeout: seconds to connect, and to wait for the next byte.
        retry_seconds: a server that fails for so long, while nothing of the call succeeds, is given up.
        retry_cap: the longest single wait, whatever the server asks for. An hour's limit may ask for the rest
            of the hour, so the cap of a 429 is that limit's window.
        response_seconds: the most that one response may take, however steadily it drips.
        response_bytes: the most that one response may have, unpacked.
    """

    base_url: str = API_BASE_URL
    cache_dir: Path = field(default_factory=default_cache_dir)
    time_zone: str = TIME_ZONE
    money: Money = "float"
    limits: tuple[tuple[int, float], ...] = DOCUMENTED_LIMITS
    timeout: tuple[float, float] = TIMEOUT
    retry_seconds: float = 60.0
    retry_cap: float = 60.0
    response_seconds: float = RESPONSE_SECONDS
    response_bytes: int = RESPONSE_BYTES

    def __post_init__(self) -> None:
        """Refuse what cannot work before anything is sent."""
        object.__setattr__(self, "base_url", _address(self.base_url))
        object.__setattr__(self, "cache_dir", Path(self.cache_dir).expanduser())
        object.__setattr__(self, "limits", tuple((int(n), float(s)) for n, s in self.limits))
        if not self.limits or any(count < 1 or seconds <= 0 for count, seconds in self.limits):
            raise BadValueError(f"limits={self.limits!r} must be pairs of requests and seconds, both above zero.")
        if self.money not in ("float", "decimal"):
            raise BadValueError(f"money={self.money!r} is neither 'float' nor 'decimal'.")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadValueError(
                f"There is no time zone named {self.time_zone!r}.", advice="Use a name such as 'Asia/Jakarta'."
            ) from error

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.time_zone)


def limited_host(base_url: str) -> str:
    """The host whose limits a request counts against: the service's own names are one.

    >>> limited_host("https://api.scalev.com/v2"), limited_host("http://127.0.0.1:8000/v2")
    ('api.scalev.id', '127.0.0.1:8000')
    """
    host = urlsplit(base_url).netloc.lower()
    return API_HOSTS[0] if host in API_HOSTS else host


def _address(base_url: str) -> str:
    """``base_url`` without a closing slash, and with the version where Scalev's host stands alone.

    Raises:
        BadValueError: it holds a blank, or names a version that is not spoken.
    """
    address = base_url.strip().rstrip("/")
    if re.search(r"\s", address):
        raise BadValueError(
            f"base_url={base_url!r} is not a web address: it holds a blank.", advice=f"It looks like {API_BASE_URL}."
        )
    alone = address.partition("://")[2].lower() in API_HOSTS
    address = f"{address}/{VERSION}" if alone else address
    version = address.rpartition("/")[2].lower()
    if re.fullmatch(r"v\d+(\.\d+)*", version) and version != VERSION:
        raise BadValueError(
            f"base_url={base_url!r} names version {version} of the API; this package speaks {VERSION}.",
            advice=f"Let base_url end in /{VERSION}: {address.rpartition('/')[0]}/{VERSION}.",
        )
    return address
