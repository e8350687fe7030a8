"""Ask one host with one key: single answers through requests-cache, pages of lists always over the network.

A request passes the limiter, the one send and the parser; a failure that may pass is tried again within the call's
budget. requests-cache stands above all of that: errors are raised beneath it, so none is ever kept, and the request it
sees does not have the key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import requests
from requests import PreparedRequest
from requests.structures import CaseInsensitiveDict
from requests_cache import NEVER_EXPIRE, CacheMixin
from requests_cache.backends.base import BaseCache
from requests_cache.models.response import OriginalResponse

from scalev_frames.cancel import PIECE, CancelToken
from scalev_frames.errors import ApiError, NotCachedError, RateLimitedError, ScalevError
from scalev_frames.progress import Event, Reporter, silent
from scalev_frames.settings import Settings
from scalev_frames.wire.aliases import Aliases
from scalev_frames.wire.answers.clocks import seconds_ahead
from scalev_frames.wire.answers.parsing import parse_response
from scalev_frames.wire.answers.response import RawResponse, Response
from scalev_frames.wire.credentials import Key
from scalev_frames.wire.exchange import Exchange
from scalev_frames.wire.limits import Limiter
from scalev_frames.wire.retries import Retries, RetryBudget, longest_wait

#: Seconds that every try may take, however little is left of the budget.
SHORTEST_TRY = 1.0
#: Any age: the most seconds by which a kept answer may be too old, offline.
_ANY_AGE = 10**9


class Sent:
    """Counts the requests of one call, from any thread.

    Attributes:
        number: how many were sent, whatever became of them.
    """

    def __init__(self) -> None:
        self.number = 0
        self._lock = threading.Lock()

    def add(self) -> None:
        """Count one more."""
        with self._lock:
            self.number += 1


@dataclass(frozen=True, slots=True)
class Call:
    """What the requests of one call share.

    Attributes:
        report: called before each wait, and once when answers cannot be kept.
        cancel: ends every wait and every request under way.
        budget: how long failures may last.
        sent: how many there were.
        hear_clock: called with the seconds by which the server's clock is ahead, where it is not this computer's.
    """

    report: Reporter
    cancel: CancelToken
    budget: RetryBudget
    sent: Sent = field(default_factory=Sent)
    hear_clock: Callable[[float], object] = bool


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time comes from; tests give their own.

    Attributes:
        clock: gives the present moment in seconds since 1970.
        monotonic: measures how long something takes, in seconds.
        sleep: waits N seconds; where it is left out, a wait ends when its call is cancelled.
        jitter: gives a random part, from 0 to 1, of the longest next wait.
    """

    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] | None = None
    jitter: Callable[[], float] = random.random


class Transport:
    """Asks one host with one key, from any thread and on both sides of a fork.

    Attributes:
        settings: where and how.
        ahead: the seconds by which the server's clock was ahead at its last good answer; 0 where it is this computer's.

    >>> from scalev_frames.wire.limits import Limiter
    >>> key = Key(api.sandbox.api_key)  # with api = sf.connect(sandbox=True)
    >>> transport = Transport(api.settings, key, responses=BaseCache(), limiter=Limiter.of_key(key, api.settings))
    >>> transport.get("/stores", {}, transport.new_call()).data["has_next"]
    False
    >>> transport.close()
    """

    def __init__(
        self, settings: Settings, key: Key, *, responses: BaseCache, limiter: Limiter, timing: Timing | None = None
    ) -> None:
        self.settings = settings
        self._key = key
        self._limiter = limiter
        self._timing = timing or Timing()
        self._exchange = Exchange(settings, key, self._timing.clock)
        self._responses = responses
        self._single = _SingleAnswers(responses)
        self._aliases = Aliases()
        self.ahead = 0.0
        self._met = False
        self._has_noted_failure = False

    def new_call(self, report: Reporter = silent, cancel: CancelToken | None = None) -> Call:
        """What the requests of one call share."""
        budget = RetryBudget(self.settings.retry_seconds, self._timing.monotonic)
        return Call(report, cancel or CancelToken(), budget)

    def get(
        self, path: str, params: Mapping[str, Any], call: Call, *, alias: tuple[str, str] | None = None
    ) -> Response:
        """The response for one address, over the network.

        Args:
            path: below ``base_url``.
            params: the query; a list repeats its name, ``None`` leaves it out.
            call: what it shares with the other requests of its call.
            alias: how a renamed path begins, before and after; ``path`` may begin with either. Which one the server
                knows is found out once for each kind of path.

        Raises:
            ApiError: the server refused, failed, or sent what is no answer, longer than the budget allows.
            ConnectionFailedError: the host could not be reached within the budget.
            BadValueError: the address cannot be one; nothing was sent.
            Cancelled: the call was cancelled.
        """
        if alias is None:
            return self._get(path, params, call)
        return self._aliases.ask(path, alias, lambda name: self._get(name, params, call), call.cancel)

    def get_single(
        self,
        path: str,
        params: Mapping[str, Any],
        call: Call,
        *,
        max_age: float,
        refresh: bool = False,
        offline: bool = False,
        alias: tuple[str, str] | None = None,
    ) -> Response:
        """The response for one address, through requests-cache; see `get`.

        What is kept is served where it is at most ``max_age`` whole seconds old; with ``refresh`` never, with
        ``offline`` at any age, and nothing is asked.

        Raises:
            NotCachedError: ``offline=True`` and nothing is kept.
            ScalevError: as for `get`.
        """
        request, fetch = self._exchange.prepare(path, params), partial(self.get, path, params, call, alias=alias)
        age = _ANY_AGE if offline else max_age
        found = self._ask(request, fetch, age, only_if_cached=offline, force_refresh=refresh)
        if found is None and not offline:  # what is kept cannot be read
            found = self._ask(request, fetch, 0.0, force_refresh=True)
        if found is None:
            raise NotCachedError(f"Nothing is kept for {path} with these parameters.")
        failure = getattr(self._responses, "failure", "")
        if failure and not self._has_noted_failure:
            self._has_noted_failure = True
            call.report(Event("note", message=failure))
        return found

    def read(self, content: bytes, received_at: float) -> Response:
        """A stored body, parsed as a response is.

        Raises:
            ValueError: it is no good response.
        """
        parsed = parse_response(RawResponse(200, {}, content, self.settings.base_url, received_at))
        if isinstance(parsed, ApiError):
            raise ValueError(parsed.what)
        return replace(parsed, from_cache=True)

    def close(self) -> None:
        """Close all connections; what is kept stays."""
        self._exchange.close()

    def _ask(
        self, request: PreparedRequest, fetch: Callable[[], Response], max_age: float, **choice: bool
    ) -> Response | None:
        """What requests-cache gives: fresh or kept; ``None`` when nothing that can be read is kept."""
        request.headers["Cache-Control"] = f"max-stale={int(min(max_age, _ANY_AGE))}"
        found = self._single.send(request, fetch=fetch, **choice)
        if isinstance(found, _Fetched):
            return found.response
        try:
            return self.read(found.content, found.created_at.timestamp()) if found.status_code == 200 else None
        except ValueError:
            return None

    # One request -------------------------------------------------------------------------------------------------

    def _get(self, path: str, params: Mapping[str, Any], call: Call) -> Response:
        """Try until a good response comes, or until the budget is used up."""
        timing, limiter = self._timing, self._limiter
        retries = Retries(self.settings, call.budget, jitter=timing.jitter, monotonic=timing.monotonic)

        def before_turn(seconds: float, reason: str) -> None:
            retries.pause(seconds)
            self._report_wait(call, seconds, reason)

        while True:
            call.cancel.check()
            limiter.acquire(before_turn, call.cancel, path)
            began = timing.monotonic()
            seconds = min(self.settings.response_seconds, max(retries.left(), SHORTEST_TRY))
            outcome = self._try_once(path, params, call, seconds)
            if isinstance(outcome, Response):
                call.budget.succeed()
                return replace(outcome, seconds=timing.monotonic() - began)
            wait = retries.next_wait(outcome, began, met=self._met)
            if wait is None:
                self._say_until(outcome)
                raise outcome  # outside of every except block and without a request: it cannot show the key
            if isinstance(outcome, RateLimitedError):
                # every process waits, this one in its next acquire
                limiter.pause(wait, outcome.what, outcome.limit, path)
            else:
                self._report_wait(call, wait, outcome.what)
                self._wait(wait, call.cancel)

    def _try_once(self, path: str, params: Mapping[str, Any], call: Call, seconds: float) -> Response | ScalevError:
        request = self._exchange.prepare(path, params)
        call.sent.add()
        raw = self._exchange.send(request, seconds, call.cancel)
        if isinstance(raw, ScalevError):
            return raw
        self._met = True
        self._limiter.learn(raw.headers, path)
        raw = self._without_key(raw)
        named = raw.headers.get("X-Ratelimit-Limit", "")
        longest = longest_wait(self.settings, named)
        shortest = min(seconds for _, seconds in self.settings.windows)
        response = parse_response(raw, longest, longest if named else min(longest, shortest))
        if isinstance(response, Response):
            self.ahead = seconds_ahead(raw.headers, raw.received_at)
            if self.ahead:
                call.hear_clock(self.ahead)
        return response

    def _without_key(self, raw: RawResponse) -> RawResponse:
        """``raw`` with the key blotted out, should the server have repeated it."""
        key = self._key.reveal()
        if key.encode() not in raw.content and not any(key in value for value in raw.headers.values()):
            return raw
        headers = {name: value.replace(key, "…") for name, value in raw.headers.items()}
        content = raw.content.replace(key.encode(), "…".encode())
        return replace(raw, headers=CaseInsensitiveDict(headers), content=content)

    def _wait(self, seconds: float, cancel: CancelToken) -> None:
        timing = self._timing
        if timing.sleep:
            timing.sleep(seconds)
            return
        until = timing.monotonic() + seconds
        while (left := until - timing.monotonic()) > 0 and not cancel.wait(min(left, PIECE)):
            pass

    def _report_wait(self, call: Call, seconds: float, reason: str) -> None:
        message = f"{reason.rstrip('.')}, until {self._time_in(seconds)}"
        call.report(Event("wait", seconds=seconds, message=message))

    def _say_until(self, error: ScalevError) -> None:
        """Say when the server allows another try, where that is too long to wait for."""
        if isinstance(error, ApiError) and (error.retry_after or 0.0) > self.settings.retry_cap:
            until = self._time_in(error.retry_after or 0.0)
            error.advice = f"The server allows no request until {until}: make the same call again after that."

    def _time_in(self, seconds: float) -> str:
        """The time of day some seconds from now, with the day where it is another one."""
        now = dt.datetime.fromtimestamp(self._timing.clock(), self.settings.zone)
        then = now + dt.timedelta(seconds=min(seconds, 10.0**9))
        return f"{then:%H:%M:%S}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M:%S}"


class _Fetched(OriginalResponse):
    """A fresh response on its way through requests-cache."""

    def __init__(self, response: Response) -> None:
        created_at = dt.datetime.fromtimestamp(response.received_at, dt.UTC)
        super().__init__(created_at=created_at)  # type: ignore[no-untyped-call]
        self.response = response
        self.status_code = 200
        self._content = response.content


class _Source:
    """What requests-cache asks where nothing is kept; no session, which other packages replace by one of their own."""

    def send(self, request: PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as in requests
        fetched = _Fetched(kwargs["fetch"]())
        fetched.request = request
        return fetched


class _SingleAnswers(CacheMixin, _Source):
    """requests-cache over the network: kept until deleted; each request says how old its answer may be."""

    def __init__(self, responses: BaseCache) -> None:
        super().__init__(backend=responses, expire_after=NEVER_EXPIRE, stale_if_error=False, key_fn=_key_of)


def _key_of(request: PreparedRequest, **_: object) -> str:
    """The name of a kept answer: the address, hashed, so that it is a valid file name everywhere."""
    return hashlib.blake2b((request.url or "").encode(), digest_size=16).hexdigest()
