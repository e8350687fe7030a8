"""Exports over many addresses: stretches of time go to the workers of a Dask cluster, one at a time to each address.

The client asks the server's counts, cuts the orders into stretches, and hands these out so that no key is asked for
more than its hour allows, wherever the workers are. A worker finds the key in its own key store, under the profile's
name, and paces its requests by its own limiter. A lost worker's stretch is done again: each stretch is a dataset of
its own that resumes, so no row is lost or there twice.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scalev_frames.errors import BadValueError, InterruptedPullError
from scalev_frames.progress import Event, Reporter

if TYPE_CHECKING:
    from distributed import Client, Future

#: How often a stretch that failed for now is tried.
TRIES = 4
#: Dask's resource: a worker has one for each address from which it sends.
RESOURCE = "address"
#: Seconds after which a stretch that failed for now is tried again; twice as many each time.
AGAIN = 10.0
#: A business whose key is refused for more seconds than these is given up: the last try comes earlier.
REFUSED = AGAIN * 2.0 ** (TRIES - 1)
#: Seconds between two looks at what is done, and between two looks at the workers.
LOOK, LOOK_AT_WORKERS = 0.25, 15.0
#: Seconds without any worker after which an export ends; lost ones may well come back.
ALONE = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """One piece of work: some days of one business. It never has a key.

    Attributes:
        business: whose orders.
        profile: under which name a worker finds the key.
        mark: a hash of the key with ``salt``, by which a worker sees that it found the right one.
        salt: made for this export alone.
        path: the dataset that it fills, and no other stretch.
        endpoint: the accessor's name.
        requests: about how many it takes.
        opened: what the worker's account is opened with.
        arguments: those of the call.
    """

    business: str
    profile: str
    mark: str
    salt: bytes
    path: str
    endpoint: str
    requests: int
    opened: Mapping[str, Any]
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a stretch.

    Attributes:
        rows: how many its dataset has.
        requests: how many were sent.
        error: why it failed, in words; empty when it did not.
        retryable: whether it may succeed later.
        wait: seconds for which the server refuses the key.
        worker: the address of the worker, where it failed.
        unfit: whether this worker can do nothing for this business; nothing was sent.
    """

    rows: int = 0
    requests: int = 0
    error: str = ""
    retryable: bool = False
    wait: float = 0.0
    worker: str = ""
    unfit: bool = False


@dataclass(slots=True)
class Hour:
    """The requests that all workers together may still send with one key within its window.

    >>> hour = Hour(10, 3600.0)
    >>> hour.begin("a", 8), hour.has_room(3, 0.0)
    (None, False)
    >>> hour.end("a", 4, 60.0), hour.has_room(6, 60.0), hour.has_room(7, 60.0), hour.has_room(7, 3661.0)
    (None, True, False, True)
    """

    count: int
    seconds: float
    running: dict[str, int] = field(default_factory=dict)
    sent: deque[tuple[float, int]] = field(default_factory=deque)

    def has_room(self, requests: int, now: float) -> bool:
        """Whether this many requests may begin now; more than the whole window may when nothing else is under way."""
        while self.sent and self.sent[0][0] + self.seconds <= now:
            self.sent.popleft()
        used = sum(self.running.values()) + sum(count for _, count in self.sent)
        return used + requests <= self.count or not used

    def begin(self, name: str, requests: int) -> None:
        """Count what is expected."""
        self.running[name] = requests

    def end(self, name: str, requests: int, now: float) -> None:
        """Count what was sent instead."""
        self.running.pop(name, None)
        self.sent.append((now, requests))


def run(
    client: Client,
    stretches: Sequence[Stretch],
    work: Callable[[Stretch], Done],
    hours: Mapping[str, Hour],
    report: Reporter,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> dict[Stretch, Done]:
    """Let the workers do all stretches, and say what became of each.

    Args:
        client: of a cluster some of whose workers have the resource ``address``.
        stretches: the pieces of work.
        work: does one of them, on a worker.
        hours: of each business, what its key may be asked for.
        report: called with an event for each stretch that is done.
        clock: measures time, in seconds.

    Raises:
        BadValueError: the client is closed, or there are workers, and none has the resource.
        InterruptedPullError: Ctrl-C, or the cluster stopped or lost its workers; the same call resumes.
    """
    _check_workers(client)
    under_way = UnderWay(client, work, hours, clock, deque(_in_turn(stretches)))
    done: dict[Stretch, Done] = {}
    stopped = ""
    try:
        while under_way.is_left() and not stopped:
            if client.status == "closed":
                raise CancelledError
            under_way.begin()
            if under_way.is_alone(report):
                client.cancel(list(under_way.running))
                stopped = f"The cluster has had no worker with the resource address for {ALONE / 60:.0f} minutes."
            for stretch, result in under_way.ended():
                done[stretch] = result
                rows, requests = (sum(getattr(one, name) for one in done.values()) for name in ("rows", "requests"))
                report(Event("page", stretch.endpoint, len(done), rows, requests))
    except KeyboardInterrupt:
        client.cancel(list(under_way.running))
        stopped = "The export was interrupted."
    except CancelledError:
        stopped = "The cluster has stopped: its scheduler or this client was closed or restarted."
    if stopped:
        kept = f"{len(done):,} of {len(stretches):,} parts are done."
        raise InterruptedPullError(stopped, endpoint="export", kept=kept)
    return done


@dataclass(slots=True)
class UnderWay:
    """The stretches that wait for their turn, those that failed for now among them, and those that workers do.

    Attributes:
        client, work, hours, clock: those of `run`.
        waiting: in their order.
        running: by their futures.
        tries: how often each was begun.
        ready: when each that failed may be tried again.
        failed_on: the workers on which each failed, and those that are unfit for a business.
        looked: when the workers were last looked at.
        missed: how often in a row there was none.
        bound: the futures that some workers alone may do, and their addresses.
    """

    client: Client
    work: Callable[[Stretch], Done]
    hours: Mapping[str, Hour]
    clock: Callable[[], float]
    waiting: deque[Stretch]
    running: dict[Future, Stretch] = field(init=False, default_factory=dict)
    tries: Counter[Stretch] = field(init=False, default_factory=Counter)
    ready: dict[Stretch, float] = field(init=False, default_factory=dict)
    failed_on: defaultdict[Stretch | str, set[str]] = field(init=False, default_factory=lambda: defaultdict(set))
    looked: float = field(init=False, default=-math.inf)
    missed: int = field(init=False, default=0)
    bound: dict[Future, set[str]] = field(init=False, default_factory=dict)

    def is_left(self) -> bool:
        """Whether there is more to do."""
        return bool(self.waiting or self.running)

    def begin(self) -> None:
        """Hand out the stretches that may be tried and whose keys have room; the others keep waiting in order."""
        now = self.clock()
        for _ in range(len(self.waiting)):
            stretch = self.waiting.popleft()
            hour = self.hours[stretch.business]
            if self.ready.get(stretch, now) > now or not hour.has_room(stretch.requests, now):
                self.waiting.append(stretch)
                continue
            self.tries[stretch] += 1
            elsewhere = self._elsewhere(stretch)
            future = self.client.submit(self.work, stretch, resources={RESOURCE: 1}, pure=False, **elsewhere)
            if elsewhere:
                self.bound[future] = set(elsewhere["workers"])
            hour.begin(future.key, stretch.requests)
            self.running[future] = stretch

    def is_alone(self, report: Reporter) -> bool:
        """Whether several looks in a row found no worker. They are counted, as a computer may sleep between two."""
        now = self.clock()
        if now - self.looked >= LOOK_AT_WORKERS:
            self.looked = now
            workers = _workers(self.client)
            self._take_back(workers)
            self.missed = 0 if any(workers.values()) else self.missed + 1
            if self.missed == 1:
                report(Event("note", "export", message="the cluster has no worker at present; it is waited for"))
        return self.missed * LOOK_AT_WORKERS >= ALONE

    def _take_back(self, workers: Mapping[str, bool]) -> None:
        """Give stretches that were bound to workers which are gone to any worker."""
        for future in [one for one, bound in self.bound.items() if workers and not bound & workers.keys()]:
            del self.bound[future]
            if stretch := self.running.pop(future, None):
                self.client.cancel([future])
                self.hours[stretch.business].end(future.key, stretch.requests, self.clock())
                self.waiting.append(stretch)

    def _elsewhere(self, stretch: Stretch) -> dict[str, list[str]]:
        """The workers on which the stretch has not failed, if any: the others may have lost their network."""
        if not (failed_on := self.failed_on[stretch] | self.failed_on[stretch.business]):
            return {}
        others = [one for one, has in _workers(self.client).items() if has and one not in failed_on]
        return {"workers": others} if others else {}

    def ended(self) -> Iterator[tuple[Stretch, Done]]:
        """The stretches that have ended; where a key is refused for long, all that wait for its business end, too."""
        for future in _finished(self.running):
            stretch = self.running.pop(future)
            result = _result(future)
            sent = 0 if result.unfit else result.requests or stretch.requests
            self.hours[stretch.business].end(future.key, sent, self.clock())
            if result.error and self._again(stretch, result):
                continue
            yield stretch, result
            if result.error and (result.unfit or result.wait > REFUSED):
                for other in [one for one in self.waiting if one.business == stretch.business]:
                    self.waiting.remove(other)
                    yield other, replace(result, rows=0, requests=0)

    def _again(self, stretch: Stretch, result: Done) -> bool:
        """Let a stretch wait for its next try; whether there is one."""
        if result.worker:
            self.failed_on[stretch.business if result.unfit else stretch].add(result.worker)
        if result.unfit:
            self.tries[stretch] -= 1
            is_tried = bool(self._elsewhere(stretch))
        else:
            is_tried = result.retryable and self.tries[stretch] < TRIES and result.wait <= REFUSED
            self.ready[stretch] = self.clock() + max(AGAIN * 2.0 ** (self.tries[stretch] - 1), result.wait)
        if is_tried:
            self.waiting.append(stretch)
        return is_tried


def _in_turn(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The stretches of all businesses by turns, so that none waits for all of another."""
    queues: dict[str, deque[Stretch]] = {}
    for stretch in stretches:
        queues.setdefault(stretch.business, deque()).append(stretch)
    while queues:
        for name in list(queues):
            yield queues[name].popleft()
            if not queues[name]:
                del queues[name]


def _finished(running: Mapping[Future, Stretch]) -> list[Future]:
    """The futures that are done, after waiting `LOOK` seconds at most."""
    from distributed import wait

    if not running:
        time.sleep(LOOK)
        return []
    try:
        return list(wait(list(running), timeout=LOOK, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return []


def _workers(client: Client) -> dict[str, bool]:
    """Whether each worker has the resource, by its address; none where the scheduler does not answer."""
    try:
        workers = client.scheduler_info(n_workers=-1)["workers"]
    except OSError:
        return {}
    return {address: bool(one["resources"].get(RESOURCE)) for address, one in workers.items()}


def _check_workers(client: Client) -> None:
    """Refuse a cluster of other workers alone; where there are none yet, they may come."""
    if client.status == "closed":
        raise BadValueError("This client of the cluster is closed.", advice="Make another: Client(…).")
    if (workers := _workers(client)) and not any(workers.values()):
        raise BadValueError(
            "No worker of this cluster has the resource address.",
            advice='Start one for each address: dask worker tcp://… --nthreads 1 --resources "address=1".',
        )


def _result(future: Future) -> Done:
    """The result of a future; a worker that was lost too often is an error of its stretch."""
    error = future.exception()
    return future.result() if error is None else Done(error=f"{type(error).__name__}: {error}", retryable=True)
