"""Send one request once and read its response, within a total time and a size; nobody else opens a connection.

Redirects are not followed and cookies not taken: the key goes to the configured address and nowhere else.
"""

from __future__ import annotations

import importlib.metadata
import os
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlsplit

from requests import PreparedRequest
from requests import exceptions as failures
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3 import HTTPResponse, ProxyManager
from urllib3.exceptions import HTTPError, MaxRetryError, NameResolutionError, ProtocolError, ReadTimeoutError

from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.errors import (
    BadValueError,
    CertificateError,
    ConnectionFailedError,
    ScalevError,
    UnexpectedResponseError,
)
from scalev_frames.settings import Settings
from scalev_frames.storage.forks import renew_after_fork
from scalev_frames.wire.answers.response import RawResponse
from scalev_frames.wire.credentials import Key, is_loopback
from scalev_frames.wire.deadlines import WATCHED_POOLS, Deadlines, add_query

#: Connections kept open to the host: enough for every thread of a parallel pull.
CONNECTIONS = 32
#: Bytes read at once.
CHUNK = 1 << 17
#: What the environment may say of proxies and certificates.
_ENVIRONMENT = tuple(
    name
    for lower in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle")
    for name in (lower, lower.upper())
)
#: What Windows' and macOS's own settings say of proxies; elsewhere the environment alone does.
_of_system: Callable[[], dict[str, str]] = getattr(
    urllib.request, "getproxies_registry", getattr(urllib.request, "getproxies_macosx_sysconf", dict)
)


class Exchange:
    """Sends requests to one host with one key, from any thread and on both sides of a fork."""

    def __init__(self, settings: Settings, key: Key, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._key = key
        self._clock = clock
        self._headers = CaseInsensitiveDict(
            {"User-Agent": _user_agent(), "Accept": "application/json", "Accept-Encoding": "gzip"}
        )
        self._deadlines = Deadlines()
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Open connections of this process's own."""
        self._adapter = _Adapter(self._key)
        self._route: tuple[tuple[object, ...], dict[str, Any]] | None = None

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def send(self, request: PreparedRequest, seconds: float, cancel: CancelToken) -> RawResponse | ScalevError:
        """The response to ``request``, or what prevented it.

        Raises:
            Cancelled: the call was cancelled meanwhile.
        """
        try:
            with self._deadlines.over(seconds, cancel) as flight:
                outcome = self._try(request, min(seconds, self._settings.timeout[1]))
        except BaseException as stopped:  # noqa: BLE001 - frames below hold the request as it is sent, with the key
            stopped.__context__ = None
            raise stopped.with_traceback(None) from None
        finally:
            request.headers.pop("Authorization", None)  # a debugger shows the locals of whatever is raised
        if flight.ended == "cancelled":
            raise Cancelled
        if flight.ended:
            host = urlsplit(request.url or "").hostname
            return ConnectionFailedError(f"{host} did not finish its answer within {max(seconds, 1.0):.0f} s.")
        return outcome

    def prepare(self, path: str, params: Mapping[str, Any]) -> PreparedRequest:
        """The request for an address below ``base_url``, without the key; a list in its query repeats its name.

        Raises:
            BadValueError: the address cannot be one.
        """
        url = f"{self._settings.base_url}/{path.lstrip('/')}"
        address = _address(url)
        if not address.startswith(("http://", "https://")):
            raise BadValueError(f"{url.partition('?')[0]!r} is not an address to ask.", advice="Check base_url.")
        request = PreparedRequest()
        request.prepare_method("GET")
        request.url = "?".join(filter(None, (address, _query(params))))
        request.headers = self._headers.copy()
        request.body = None
        return request

    def _try(self, request: PreparedRequest, read_seconds: float) -> RawResponse | ScalevError:
        url = (request.url or "").partition("?")[0]
        timeout = (self._settings.timeout[0], read_seconds)
        try:
            response = self._adapter.send(request, stream=True, timeout=timeout, **self._environment(request.url))
        except (OSError, HTTPError) as failure:
            return _failed(failure, url)
        raw: HTTPResponse = response.raw
        try:
            content = _body(raw, self._settings.response_bytes)
        except (OSError, HTTPError, zlib.error, ValueError, _TooLargeError) as failure:
            raw.close()
            return _unread(failure, url, self._settings.response_bytes)
        raw.release_conn()
        return RawResponse(response.status_code, response.headers, content, url, round(self._clock(), 6))

    def _environment(self, url: str | None) -> dict[str, Any]:
        """Proxies and certificates as the environment and the system have them now."""
        said = (*map(os.environ.get, _ENVIRONMENT), _of_system())
        if self._route is None or self._route[0] != said:
            certificates = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
            route: dict[str, Any] = {"proxies": get_environ_proxies(url or ""), "verify": certificates}
            if is_loopback(urlsplit(url or "").hostname or ""):
                route["proxies"] = {}  # an office's proxy does not reach this computer, and must not see the key
            self._route = said, route
        return self._route[1]


class _Adapter(HTTPAdapter):
    """Watched connections; puts the key on a request at the last moment."""

    def __init__(self, key: Key) -> None:
        self._key = key
        super().__init__(pool_maxsize=CONNECTIONS, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as in requests
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = WATCHED_POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:  # noqa: ANN401 - as in requests
        if proxy.lower().startswith("socks"):
            raise failures.InvalidSchema("a watched connection cannot speak SOCKS")
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = WATCHED_POOLS
        return manager

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:  # noqa: ANN401 - as in requests
        """The address without its query, which the connection adds: urllib3 checks each character three times."""
        address, _, query = super().request_url(request, proxies).partition("?")
        add_query(query)
        return address

    def add_headers(self, request: PreparedRequest, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - as in requests
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"


@lru_cache(maxsize=256)
def _address(url: str) -> str:
    """An address without a query as it is sent; empty when it cannot be one."""
    request = PreparedRequest()
    try:
        request.prepare_url(url, None)
    except (failures.InvalidURL, failures.MissingSchema):
        return ""
    return request.url or ""


def _query(params: Mapping[str, Any]) -> str:
    """The query of an address, by its names; a list repeats its name, ``None`` leaves it out."""
    pairs = []
    for name, value in sorted(params.items()):
        values = value if isinstance(value, list | tuple | set) else [value]
        pairs += [f"{_quoted(str(name))}={_quoted(str(one))}" for one in values if one is not None]
    return "&".join(pairs)


_quoted = lru_cache(maxsize=1024)(quote_plus)


class _TooLargeError(Exception):
    """A response has more bytes than one may have."""


def _body(raw: HTTPResponse, most: int) -> bytes:
    """The body of a response, read and unpacked no further than ``most`` bytes.

    Raises:
        _TooLargeError: it has more.
        ValueError: it is cut off, or has an encoding that nobody asked for.
        zlib.error: it is not what its encoding says.
    """
    encoding = raw.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise ValueError(encoding)
    chunks = _limited(iter(lambda: raw.read(CHUNK, decode_content=False), b""), most)
    return b"".join(chunks if encoding in ("", "identity") else _limited(_inflated(chunks), most))


def _limited(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise _TooLargeError
        yield piece


def _inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip or zlib packed, in pieces that are never larger than a chunk; several members are one text."""
    unpacker = None
    for chunk in chunks:
        rest, piece = chunk, b""
        while rest or len(piece) == CHUNK:
            unpacker = unpacker or zlib.decompressobj(wbits=47)
            piece = unpacker.decompress(rest, CHUNK)
            yield piece
            rest = unpacker.unconsumed_tail
            if unpacker.eof:
                rest, piece, unpacker = unpacker.unused_data.lstrip(b"\0"), b"", None
    if unpacker:
        raise ValueError("cut off")


def _unread(failure: Exception, url: str, most: int) -> ScalevError:
    """Our error for a body that could not be read to its end."""
    host = urlsplit(url).hostname
    match failure:
        case _TooLargeError():
            error = UnexpectedResponseError(
                f"The answer of {host} is larger than {most / 2**20:,.0f} MB and was not read to its end.",
                url=url,
            )
            error.advice = "Ask for less at once, by filters or a shorter time."
            error.retryable = False
            return error
        case ReadTimeoutError():
            return ConnectionFailedError(f"{host} did not answer in time.")
        case ProtocolError():
            return UnexpectedResponseError(f"The answer of {host} was cut off.", url=url)
        case ValueError() | zlib.error():
            return UnexpectedResponseError(
                f"The answer of {host} was cut off, or packed in a way that cannot be read.", status_code=200, url=url
            )
        case _:
            return ConnectionFailedError(f"{host} closed the connection.")


def _failed(failure: Exception, url: str) -> ScalevError:
    """Our error for what requests raised; its own words may hold proxies' passwords, so they are not repeated."""
    host = urlsplit(url).hostname
    match failure:
        case failures.SSLError() if "CERTIFICATE_VERIFY_FAILED" in str(failure):
            return CertificateError(f"The certificate of {host} is not trusted.")
        case failures.SSLError() if "[X509" not in str(failure):
            return ConnectionFailedError(f"No secure connection (TLS) to {host} could be made.")
        case failures.InvalidURL():  # the address of the API was checked when it was given
            return _wrong_proxy("do not hold the address of a proxy")
        case failures.InvalidSchema():
            return _wrong_proxy("name a proxy that does not speak HTTP, such as one of SOCKS")
        case failures.ProxyError() if "failed: 407" in str(failure):
            return _wrong_proxy("lack the name and password that the proxy asks for (http://name:password@proxy:8080)")
        case failures.ProxyError():
            return ConnectionFailedError(f"The proxy on the way to {host} could not be reached or refused.")
        case failures.Timeout():
            return ConnectionFailedError(f"{host} did not answer in time.")
        case failures.ConnectionError(args=[MaxRetryError(reason=NameResolutionError()), *_]):
            return ConnectionFailedError(f"{host} has no address: the name is wrong, or this computer is offline.")
        case failures.RequestException() | HTTPError() if not isinstance(failure, failures.SSLError):
            return ConnectionFailedError(f"{host} could not be reached, or closed the connection.")
        case _:  # it is missing, or holds no certificate
            return CertificateError(
                "The file of trusted certificates could not be read.",
                advice="Check the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names.",
            )


def _wrong_proxy(what: str) -> ConnectionFailedError:
    error = ConnectionFailedError(
        f"The proxy settings {what}.",
        advice="Correct or remove HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or the system's own proxy settings.",
    )
    error.retryable = False
    return error


def _user_agent() -> str:
    """A product's name alone: the edge in front of the service refuses a library's, wherever it stands."""
    try:
        version = importlib.metadata.version("scalev-frames")
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    return f"scalev-frames/{version}"
