"""Make a fork safe: no thread is inside SQLite when it happens, and a child renews what it must not share.

A library in C has locks of its own. Held by another thread while a process forks, they stay locked in the child for
ever: SQLite's allocator has one. And a child forked within a transaction finds the file locked. So whoever calls SQLite
holds a lock that ``held_by_forks`` knows.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol

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
_LOCKS: weakref.WeakSet[Lock] = weakref.WeakSet()
_RENEWED: weakref.WeakSet[Renewable] = weakref.WeakSet()
#: The locks that the fork under way holds.
_HELD: list[Lock] = []


def renew_after_fork(thing: Renewable) -> None:
    """Call ``thing.renew()`` in every child that is forked while ``thing`` lives."""
    with _FORKING:
        _RENEWED.add(thing)


def held_by_forks(lock: Lock) -> None:
    """Let every fork wait until no other thread holds ``lock``, an ``RLock``; for 5 seconds at most."""
    with _FORKING:
        _LOCKS.add(lock)


def let_forks_pass() -> None:
    """Wait for a fork under way: a thread that takes its lock again at once would hold up the fork."""
    with _FORKING:
        pass


def _before() -> None:
    _FORKING.acquire()
    _HELD.extend(lock for lock in list(_LOCKS) if lock.acquire(timeout=LONGEST_WAIT))


def _after() -> None:
    for lock in _HELD:
        lock.release()
    _HELD.clear()
    _FORKING.release()


def _in_child() -> None:
    _after()
    for thing in list(_RENEWED):
        thing.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_in_child)
