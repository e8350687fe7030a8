"""Make a fork safe: no thread is inside SQLite when it happens, and a child renews what it must not share.

A library in C has locks of its own. Held by another thread while a process forks, they stay locked in the child for
ever: SQLite's allocator has one. And a child forked within a transaction finds the file locked. So whoever calls SQLite
holds a lock that ``held_by_forks`` knows.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
#: Seconds for which a fork waits for a thread that holds a lock.
LONGEST_WAIT = 5.0


class Lock(Protocol):
    """What a fork needs of a ``threading.RLock``."""

    def acquire(self, blocking: bool = ..., timeout: float = ...) -> bool:
        """Take it."""

    def release(self) -> None:
        """Give it back."""


class Renewable(Protocol):
    """Has parts that belong to one process."""

    def renew(self) -> None:
        """Replace them; called in a forked child before anything else runs there."""


#: Held while something is registered and while the process forks.
_FORKING = threading.RLock()
#: Not in weak sets: these call Python when something dies, and a Ctrl-C that comes in such a call is lost.
_LOCKS: list[weakref.ref[Lock]] = []
_RENEWED: list[weakref.ref[Renewable]] = []
#: The locks that the fork under way holds.
_HELD: list[Lock] = []


def renew_after_fork(thing: Renewable) -> None:
    """Call ``thing.renew()`` in every child that is forked while ``thing`` lives."""
    with _FORKING:
        _RENEWED[:] = [*_living(_RENEWED), weakref.ref(thing)]


def held_by_forks(lock: Lock) -> None:
    """Let every fork wait until no other thread holds ``lock``, an ``RLock``; for 5 seconds at most."""
    with _FORKING:
        _LOCKS[:] = [*_living(_LOCKS), weakref.ref(lock)]


def let_forks_pass() -> None:
    """Wait for a fork under way: a thread that takes its lock again at once would hold up the fork."""
    with _FORKING:
        pass


def _living(references: Iterable[weakref.ref[T]]) -> Iterator[weakref.ref[T]]:
    return (one for one in references if one() is not None)


def _before() -> None:
    _FORKING.acquire()
    _HELD.extend(lock for one in _LOCKS if (lock := one()) is not None and lock.acquire(timeout=LONGEST_WAIT))


def _after() -> None:
    for lock in _HELD:
        lock.release()
    _HELD.clear()
    _FORKING.release()


def _in_child() -> None:
    _after()
    for one in _RENEWED:
        if (thing := one()) is not None:
            thing.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_in_child)
