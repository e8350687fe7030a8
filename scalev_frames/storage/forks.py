"""Renew what a forked child must not share with its parent: connections, database handles, locks."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewable(Protocol):
    """Has parts that belong to one process."""

    def renew(self) -> None:
        """Replace them; called in a forked child before anything else runs there."""


_RENEWED: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_after_fork(thing: Renewable) -> None:
    """Call ``thing.renew()`` in every child that is forked while ``thing`` lives."""
    _RENEWED.add(thing)


def _renew_all() -> None:
    for thing in list(_RENEWED):
        thing.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)
