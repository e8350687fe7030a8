"""What an account works with at one version of the API, and which version its key answers to."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from scalev_frames.cache.cache import Cache
from scalev_frames.cache.facts import Fact
from scalev_frames.cancel import CancelToken
from scalev_frames.errors import (
    ApiError,
    AuthenticationError,
    EdgeBlockedError,
    ForbiddenError,
    NotFoundError,
    UnexpectedResponseError,
)
from scalev_frames.progress import Reporter
from scalev_frames.pull.engine import Engine
from scalev_frames.pull.reading.pace import Pace
from scalev_frames.pull.reading.sources import REFUSALS
from scalev_frames.settings import API_HOSTS, Settings, limited_host
from scalev_frames.storage.forks import renew_after_fork
from scalev_frames.storage.salt import load_salt
from scalev_frames.wire.aliases import MOVED
from scalev_frames.wire.credentials import Key
from scalev_frames.wire.limits import Limiter
from scalev_frames.wire.transport import Timing, Transport

#: The request that shows whether a version answers: every version has it, and one row is enough.
PROBE = ("/stores", {"page_size": "1"})
#: Errors of a version that exists and refuses this one request.
_IS_THERE = (ForbiddenError, *REFUSALS)


@dataclass(frozen=True, slots=True)
class Session:
    """What an account works with at one version of the API.

    Attributes:
        settings: where and how.
        cache: what is kept on this computer.
        limiter: says when a request may be sent.
        client: sends requests.
        engine: makes the frames.
    """

    settings: Settings
    cache: Cache
    limiter: Limiter
    client: Transport
    engine: Engine

    def close(self) -> None:
        """Close connections and files."""
        self.client.close()
        self.limiter.close()
        self.cache.close()


class Sessions:
    """Opens the session of an account at the version that its key answers to.

    Where the settings name no version, each is tried, and the one that answers is remembered for a day in its own cache
    folder.

    Attributes:
        name: what the account is called, the same at every version.
    """

    def __init__(
        self,
        key: Key,
        settings: Settings,
        *,
        name: str = "",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._key, self._settings, self._clock, self._sleep = key, settings, clock, sleep
        self._salt = load_salt(settings.cache_dir)
        self.name = name or key.name(self._salt, replace(settings, version="v2").base_url)[:8]
        self._open: dict[str, Session] = {}
        self.renew()
        renew_after_fork(self)
        self._choices = _choices(settings)
        self._found = self._session(self._choices[0]) if len(self._choices) == 1 else None

    def renew(self) -> None:
        """Take a lock of this process: a thread of the parent that held the other one is not here to release it."""
        self._lock = threading.RLock()

    @property
    def settings(self) -> Settings:
        """Those of the session; as given, until it is known which version answers."""
        return self._found.settings if self._found else self._settings

    def known(self) -> Session:
        """The session at the version that is known, or was once; nothing is sent."""
        with self._lock:
            return self._found or self._remembered(None) or self._session(self._choices[0])

    def find(self, report: Reporter, cancel: CancelToken) -> Session:
        """The session at the version that answers; finding out takes a request at most once a day.

        Raises:
            ScalevError: no version answers, or none could be asked.
            Cancelled: the call was cancelled.
        """
        with self._lock:
            if self._found is None:
                self._found = self._remembered(self._now()) or self._search(report, cancel)
            return self._found

    @property
    def key_name(self) -> str:
        """A name for the key at its address that does not reveal it; equal for two accounts of the same key."""
        return self.known().limiter.key_name

    @property
    def limit_shared_by(self) -> str:
        """The same text for all accounts whose requests count in one short limit."""
        return self.known().limiter.shared_by

    def share_limit(self, sharers: int) -> None:
        """Share one short limit with other accounts, so that none waits behind all requests of another."""
        self.known().engine.pace.sharers = max(1, sharers)

    def key_mark(self, salt: bytes) -> str:
        """A keyed hash of the key and its address, by which another computer sees that it has the same key.

        The salt is a new one each time, so that nobody can compare.
        """
        return self._key.name(salt, limited_host(self.settings.base_url))

    def close(self) -> None:
        """Close connections and files of every version."""
        for session in self._open.values():
            session.close()

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clock(), dt.UTC)

    def _remembered(self, now: dt.datetime | None) -> Session | None:
        sessions = map(self._session, self._choices)
        return next((one for one in sessions if one.cache.facts.holds(Fact.ANSWERS, now)), None)

    def _search(self, report: Reporter, cancel: CancelToken) -> Session:
        """The first version that answers, else the first that is there and refuses this one request."""
        refused: list[ApiError] = []
        there: list[Session] = []
        for session in map(self._session, self._choices):
            path, params = PROBE
            try:
                session.client.get(path, params, session.client.new_call(report, cancel))
            except ApiError as error:
                if _is_elsewhere(error):
                    refused.append(error)
                elif isinstance(error, _IS_THERE):
                    there.append(session)
                else:
                    raise
            else:
                return self._remember(session)
        if there:
            return self._remember(there[0])
        raise _none_answers(refused, self._settings.base_url)

    def _remember(self, session: Session) -> Session:
        session.cache.facts.put(Fact.ANSWERS, self._now())
        return session

    def _session(self, settings: Settings) -> Session:
        """The session at an address, opened once."""
        if settings.base_url not in self._open:
            key, clock, sleep = self._key, self._clock, self._sleep
            cache = Cache(settings.cache_dir / key.name(self._salt, settings.base_url), clock)
            limiter = Limiter.of_key(key, settings, clock=clock, sleep=sleep)
            timing = Timing(clock=clock, sleep=sleep)
            client = Transport(settings, key, responses=cache.responses, limiter=limiter, timing=timing)
            (requests, seconds), *_ = settings.windows
            pace = Pace(requests / seconds, limiter.free_at)
            engine = Engine(settings, client, cache, pace, clock, self.name)
            self._open[settings.base_url] = Session(settings, cache, limiter, client, engine)
        return self._open[settings.base_url]


def _choices(settings: Settings) -> list[Settings]:
    """The addresses at which the API may answer: with each version, and as it stands where that is not Scalev's."""
    if settings.names_version:
        return [settings]
    versions = [replace(settings, version="v2"), replace(settings, version="v3")]
    return versions if limited_host(settings.base_url) in API_HOSTS else [*versions, settings]


def _is_elsewhere(error: ApiError) -> bool:
    """Whether an error says that this version is not there, or not for this key."""
    if isinstance(error, EdgeBlockedError):
        return False
    no_answer = isinstance(error, UnexpectedResponseError) and not error.retryable
    return error.status_code == 401 or error.status_code in MOVED or no_answer


def _none_answers(refused: list[ApiError], base_url: str) -> ApiError:
    error = next((one for one in refused if isinstance(one, AuthenticationError)), refused[0])
    if isinstance(error, NotFoundError):
        error.advice = f"Check base_url: no version of the API answers at {base_url}."
    return error
