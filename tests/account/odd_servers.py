"""Servers that differ from the documented one."""

from __future__ import annotations

#: Requests as fast as they come; with `LATENCY` it takes several workers to fill it.
QUICK = ((1000, 5.0),)
LATENCY = 0.04


def ids(sandbox):
    return [str(one) for one in sandbox.world.order_ids()]
