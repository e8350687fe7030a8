"""Names of renamed paths: only the first record of a kind is asked for alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from scalev_frames.cancel import CancelToken
from scalev_frames.wire.aliases import Aliases

ALIAS = ("/order", "/orders")
#: Seconds until requests that should be under way at the same time count as one after the other.
LONG = 60.0


@pytest.mark.parametrize(("first", "rests"), [("/order/1", ["/2", "/3"]), (None, ["", ""])])
def test_lists_and_later_records_are_asked_for_at_the_same_time(first, rests):
    names, token, both = Aliases(), CancelToken(), threading.Barrier(2)
    if first:
        assert names.ask(first, ALIAS, lambda path: path, token) == first

    def fetch(path):
        both.wait(LONG)
        return path

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda rest: names.ask(f"/order{rest}", ALIAS, fetch, token), rests))
    assert found == [f"/order{rest}" for rest in rests]
