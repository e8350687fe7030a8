"""Why: one session is the whole policy of how an answer is got; nobody else sends a request.

A request passes, from the outside in: the pages shelf (a hit ends it: no limiter, no network), the retry loop, the
limiter, the one send, and the judgement of what came. Errors are raised beneath the shelf, so none is ever kept.
Redirects are not followed and cookies not taken: the key goes to the configured address and nowhere else.
May import answers, cache, limits, credentials, progress, settings and errors.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import PreparedRequest, Response
from requests import exceptions as failures
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from requests_cache import NEVER_EXPIRE, CacheMixin
from urllib3.exceptions import HTTPError

from scalev_frames.cancel import CancelToken
from scalev_frames.errors import (
    ApiError,
    BadValueError,
    CertificateError,
    ConnectionFailedError,
    NotCachedError,
    RateLimitedError,
    ScalevError,
    UnexpectedResponseError,
)
from scalev_frames.progress import Event, Reporter, silent
from scalev_frames.settings import Settings
from scalev_frames.wire.answers import Reply, judge
from scalev_frames.wire.cache import RECEIVED_AT, PagesCache, page_key
from scalev_frames.wire.credentials import Key, is_loopback
from scalev_frames.wire.limits import Limiter, Stopped

#: Connections kept open to the host: enough for every thread of a parallel pull.
CONNECTIONS = 32
#: The longest first wait before a failed request is tried again, in seconds; it doubles with every try.
FIRST_WAIT = 1.0
#: As long as a host has never answered, tries and waits take at most so many seconds: its address may be wrong.
FIRST_CONTACT = 20.0
#: A wait is cut into pieces of so many seconds, because on Windows Ctrl-C is heard between them only.
_PIECE = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """One good answer.

    Attributes:
        content: the body as it came.
        data: what the envelope holds, parsed exactly.
        body: the whole envelope.
        from_cache: whether it came from the shelf and not over the wire.
        received_at: when the server answered, in seconds since 1970.
        seconds: how long the one request took, without waiting for its turn; 0 from the shelf.
    """

    content: bytes
    data: Any
    body: dict[str, Any]
    from_cache: bool
    received_at: float
    seconds: float = 0.0


class Transport:
    """Asks one host with one key, and keeps what it answers.

    It may be used from several threads at once.

    Args:
        settings: address, timeouts, limits, and how long to try again.
        key: the API key.
        folder: the pages shelf of this key and no other.
        limiter: says when a request may be sent.
        clock: gives the present moment in seconds since 1970.
        sleep: waits so many seconds; the default ends early when a call is stopped.
        monotonic: measures how long a try took, in seconds.
        jitter: gives a random part, from 0 to 1, of the longest next wait.

    >>> import tempfile
    >>> from scalev_frames.wire.limits import Limiter
    >>> limiter = Limiter(None, [(30, 5.0)], host="127.0.0.1", key_name="x")
    >>> transport = Transport(api.settings, Key(api.sandbox.api_key), folder=Path(tempfile.mkdtemp()), limiter=limiter)
    >>> transport.get("/stores", {}).data["has_next"]  # with api = sf.connect(sandbox=True)
    False
    """

    def __init__(
        self,
        settings: Settings,
        key: Key,
        *,
        folder: Path,
        limiter: Limiter,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.settings = settings
        self.cache = PagesCache(folder, clock)
        self._clock = clock
        self._told_of_failure = False
        self._session = ScalevSession(self.cache, _Pace(settings, key, limiter, clock, sleep, monotonic, jitter))

    def get(
        self,
        path: str,
        params: Mapping[str, Any],
        *,
        walk: str | None = None,
        max_age: float | dt.timedelta | None = None,
        refresh: bool = False,
        offline: bool = False,
        report: Reporter = silent,
        stop: threading.Event | None = None,
    ) -> Answer:
        """The answer for one address.

        Args:
            path: the address below ``base_url``.
            params: the query; a list repeats its name, ``None`` leaves it out.
            walk: the pull this is a page of. Its pages do not age, and no other pull sees them.
            max_age: the most seconds that a kept answer may be old; any age when left out. Not looked at in a walk.
            refresh: ask anew, whatever is kept.
            offline: never ask: what is kept, of any age.
            report: told of every wait, and once when answers cannot be kept.
            stop: once it is set, no request is sent any more and every wait ends.

        Returns:
            The answer.

        Raises:
            ApiError: the server refused, failed, or sent what is no answer, more often than the bounded retries.
            ConnectionFailedError: the host could not be reached within the bounded retries.
            NotCachedError: ``offline=True`` and nothing is kept.
            BadValueError: the address cannot be one; nothing was sent.
            Stopped: ``stop`` was set.
        """
        request = self._prepare(path, params)
        call = _Call(walk, report, stop or threading.Event())
        answer = self._answer(request, call, force_refresh=refresh, only_if_cached=offline)
        if not offline and (answer is None or (answer.from_cache and walk is None and self._is_older(answer, max_age))):
            answer = self._answer(request, call, force_refresh=True)
        if answer is None:
            raise NotCachedError(f"Nothing is kept for {path} with these parameters.")
        if self.cache.failure and not self._told_of_failure:
            self._told_of_failure = True
            report(Event("note", message=self.cache.failure))
        return answer

    def forget(self, path: str, params: Mapping[str, Any], *, walk: str | None = None) -> None:
        """Do not keep this answer any longer: it cannot be trusted.

        Args:
            path: as given to `get`.
            params: as given to `get`.
            walk: as given to `get`.
        """
        self.cache.forget(_key_of(self._prepare(path, params), _Call(walk, silent, threading.Event())))

    def close(self) -> None:
        """Close all connections; what is kept stays."""
        self._session.close()  # type: ignore[no-untyped-call]

    def _prepare(self, path: str, params: Mapping[str, Any]) -> PreparedRequest:
        """The request; parameters in one order, so that the same question has the same key."""
        url = f"{self.settings.base_url}/{path.lstrip('/')}"
        try:
            return self._session.prepare_request(requests.Request("GET", url, params=sorted(params.items())))
        except (failures.InvalidURL, failures.MissingSchema, failures.InvalidSchema):
            error = _bad_address(url)
        raise error  # here, and not above, so that it holds no other exception

    def _answer(self, request: PreparedRequest, call: _Call, **choice: bool) -> Answer | None:
        """What the session gives; ``None`` when what is kept is unreadable, or nothing is and nothing may be sent."""
        environment = self._session.merge_environment_settings(request.url, {}, None, None, None)
        if is_loopback(urlsplit(request.url or "").hostname or ""):
            environment["proxies"] = {}  # an office's proxy does not reach this computer, and must not see the key
        response = self._session.send(request, timeout=self.settings.timeout, call=call, **choice, **environment)
        if RECEIVED_AT not in response.headers:
            return None  # requests-cache's own 504: nothing is kept
        received_at = float(response.headers[RECEIVED_AT])
        body = call.body or judge(Reply(response.status_code, {}, response.content, request.url or "", received_at))
        if isinstance(body, ApiError):
            return None
        return Answer(response.content, body["data"], body, response.from_cache, received_at, call.seconds)

    def _is_older(self, answer: Answer, max_age: float | dt.timedelta | None) -> bool:
        if max_age is None:
            return False
        seconds = max_age.total_seconds() if isinstance(max_age, dt.timedelta) else max_age
        return not 0 <= self._clock() - answer.received_at <= seconds  # from the future: the clock was set back


class _Token(CancelToken):
    """A call's event as a token, until the calls have tokens themselves."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__()
        self._event = stop


@dataclass(slots=True)
class _Call:
    """What one call carries through the session, and what must not go over the wire.

    Attributes:
        walk: the pull it belongs to.
        report: told of its waits.
        stop: set when it has to end.
        body: the envelope, once it came over the wire: so it is parsed only once.
        seconds: how long the request took that brought it.
    """

    walk: str | None
    report: Reporter
    stop: threading.Event
    body: dict[str, Any] | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Pace:
    """How a session sends; see `Transport`."""

    settings: Settings
    key: Key
    limiter: Limiter
    clock: Callable[[], float]
    sleep: Callable[[float], None] | None
    monotonic: Callable[[], float]
    jitter: Callable[[], float]

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait, unless stopped."""
        if self.sleep:
            self.sleep(seconds)
        else:
            until = self.monotonic() + seconds
            while (left := until - self.monotonic()) > 0 and not stop.wait(min(left, _PIECE)):
                pass


class Retries:
    """How often and how late one request is tried again: decisions alone, the session obeys.

    Args:
        settings: ``retry_cap`` is the longest wait, ``retry_seconds`` the most that tries and waits take together.
        jitter: a random part, from 0 to 1, of the longest next wait: many clients do not come back in step.
        met: whether the host has answered before; when not, a failing connection is soon given up.

    >>> retries = Retries(Settings(), jitter=lambda: 1.0)
    >>> [retries.next_wait(ConnectionFailedError("no"), took=0.0) for _ in range(4)]
    [1.0, 2.0, 4.0, 8.0]
    """

    def __init__(self, settings: Settings, jitter: Callable[[], float], *, met: bool = True) -> None:
        self._settings = settings
        self._met = met
        self._jitter = jitter
        self._longest = longest_wait(settings)
        self._tries = 0
        self._spent = 0.0
        self._asked = 0.0

    def next_wait(self, error: ScalevError, took: float) -> float | None:
        """Seconds until the next try; ``None`` when ``error`` is to be raised.

        What a rate limit asks for comes on top of ``retry_seconds``: an hour's limit may ask for the rest of the hour,
        once. Longer than the longest limit's window is not waited for at all.

        Args:
            error: what the last try gave.
            took: seconds it took.
        """
        if not error.retryable:
            return None
        cap = self._settings.retry_cap
        own = self._jitter() * min(cap, FIRST_WAIT * 2.0 ** min(self._tries, 30))
        asked = (error.retry_after if isinstance(error, ApiError) else None) or 0.0
        if not isinstance(error, RateLimitedError):
            asked = min(asked, cap)
        self._tries += 1
        self._spent += took + own
        self._asked += asked
        bound = self._settings.retry_seconds
        if isinstance(error, ConnectionFailedError) and not self._met:
            bound = min(bound, FIRST_CONTACT)
        if asked > self._longest or self._asked > self._longest + bound or self._spent > bound:
            return None
        return max(own, asked)


def longest_wait(settings: Settings, limit: str = "") -> float:
    """The most seconds that a rate limit may mean when it asks to wait: its window, else the longest or the usual cap.

    Args:
        settings: the limits.
        limit: which of them it is, the server's ``X-Ratelimit-Limit``.

    >>> longest_wait(Settings()), longest_wait(Settings(), "30")
    (3600.0, 5.0)
    """
    named = [seconds for count, seconds in settings.limits if str(count) == limit.strip()]
    return named[0] if named else max(settings.retry_cap, *(seconds for _, seconds in settings.limits))


class PacedSession(requests.Session):
    """A session that waits its turn, tries again, and lets nothing out but a good answer or one of our errors.

    Args:
        pace: how it sends.
    """

    def __init__(self, pace: _Pace) -> None:
        super().__init__()
        self._pace = pace
        self._met = False
        self.auth = _KeyAuth(pace.key)
        self.headers.update({"User-Agent": _user_agent(), "Accept": "application/json"})
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0)
        for scheme in ("https://", "http://"):
            self.mount(scheme, adapter)

    def get_redirect_target(self, resp: Response) -> str | None:  # noqa: ARG002 - the interface of requests
        """Redirects lead nowhere: their target is not even read."""
        return None

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:  # noqa: ANN401 - the interface of requests
        """Send ``request`` until a good answer comes: each try waits for the limiter.

        Args:
            request: what to send.
            **kwargs: as for requests, and ``call``: the call it is for.

        Raises:
            ScalevError: no good answer came; nothing of it will be kept.
        """
        call: _Call = kwargs.pop("call")
        pace = self._pace
        retries = Retries(pace.settings, pace.jitter, met=self._met)
        while True:
            if call.stop.is_set():
                raise Stopped
            pace.limiter.acquire(
                lambda seconds, reason: call.report(Event("wait", seconds=seconds, message=reason)), _Token(call.stop)
            )
            began = pace.monotonic()
            outcome = self._try_once(request, call, kwargs)
            call.seconds = pace.monotonic() - began
            if isinstance(outcome, Response):
                return outcome
            wait = retries.next_wait(outcome, call.seconds)
            if wait is None:
                raise outcome  # outside of every except block: it holds no other exception, and so no request
            if isinstance(outcome, RateLimitedError):
                pace.limiter.pause(wait, outcome.what)  # every process waits, this one in its next acquire
            else:
                call.report(Event("wait", seconds=wait, message=outcome.what))
                pace.wait(wait, call.stop)

    def _try_once(self, request: PreparedRequest, call: _Call, kwargs: Mapping[str, Any]) -> Response | ScalevError:
        try:
            response = super().send(request, **{**kwargs, "allow_redirects": False})
        except (OSError, HTTPError) as failure:
            return _failed(failure, request.url or "")
        self._met = True
        self._pace.limiter.learn(response.headers)
        url = (request.url or "").partition("?")[0]
        reply = Reply(response.status_code, response.headers, response.content, url, self._pace.clock())
        longest = longest_wait(self._pace.settings, response.headers.get("X-Ratelimit-Limit", ""))
        body = judge(reply, longest)
        if isinstance(body, ApiError):  # read again without the key, should the server have repeated it
            body = judge(self._without_key(reply), longest)
        if isinstance(body, ApiError):
            return body
        call.body = body
        # No header but ours goes further: Vary, ETag and Set-Cookie must not reach the shelf.
        response.headers = CaseInsensitiveDict({RECEIVED_AT: repr(reply.received_at)})
        return response

    def _without_key(self, reply: Reply) -> Reply:
        """``reply`` with the key blotted out."""
        key = self._pace.key.reveal()
        headers = {name: value.replace(key, "…") for name, value in reply.headers.items()}
        content = reply.content.replace(key.encode(), "…".encode())
        return replace(reply, headers=CaseInsensitiveDict(headers), content=content)


class ScalevSession(CacheMixin, PacedSession):
    """The pages shelf over the paced session.

    Args:
        cache: the shelf.
        pace: how it sends what is not on the shelf.
    """

    def __init__(self, cache: PagesCache, pace: _Pace) -> None:
        super().__init__(
            backend=cache,
            expire_after=NEVER_EXPIRE,  # the reader decides how old is too old
            allowable_codes=range(200, 300),
            allowable_methods=("GET",),
            key_fn=_key_of,
            stale_if_error=False,
            pace=pace,
        )


class _KeyAuth(AuthBase):
    """Puts the key on each request; where there is an auth, requests does not look for another one in netrc."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return request


def _key_of(request: PreparedRequest, call: _Call, **_: object) -> str:
    """The key of a request on the shelf, as requests-cache asks for it."""
    return page_key(request.url or "", call.walk)


def _failed(failure: Exception, url: str) -> ScalevError:
    """Our error for what requests raised; its own words may hold proxies' passwords, so they are not repeated."""
    host = urlsplit(url).hostname
    match failure:
        case failures.InvalidURL() | failures.InvalidSchema() | failures.MissingSchema():
            return _bad_address(url)
        case failures.SSLError() if "CERTIFICATE_VERIFY_FAILED" in str(failure):
            return CertificateError(f"The certificate of {host} is not trusted.")
        case failures.ChunkedEncodingError() | failures.ContentDecodingError():
            return UnexpectedResponseError(f"The answer of {host} was cut off.", url=url.partition("?")[0])
        case failures.ProxyError():
            return ConnectionFailedError(f"The proxy on the way to {host} could not be reached or refused.")
        case failures.Timeout():
            return ConnectionFailedError(f"{host} did not answer in time.")
        case failures.RequestException() | HTTPError():
            return ConnectionFailedError(f"{host} could not be reached, or closed the connection.")
        case _:  # an OSError of requests' own: the file that REQUESTS_CA_BUNDLE names
            return CertificateError("The file of trusted certificates could not be read.")


def _bad_address(url: str) -> BadValueError:
    return BadValueError(f"{url.partition('?')[0]!r} is not an address to ask.", advice="Check base_url.")


def _user_agent() -> str:
    """A product's name: the edge in front of the service refuses a library's."""
    try:
        version = importlib.metadata.version("scalev-frames")
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    return f"scalev-frames/{version} (+python-requests)"
