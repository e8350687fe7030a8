"""Notes of pulls, in the panel's language and under its button: what may be missing is said where a person looks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from processes import LONG

from scalev_frames.account import Account
from scalev_frames.pull.server_facts import NO_COUNTS
from scalev_frames.sandbox import Sandbox
from scalev_frames.sandbox.server.faults import always
from scalev_frames.wire.credentials import Key


@pytest.mark.slow
@pytest.mark.parametrize(("language", "begins"), [("en", "The server gave no"), ("id", "Server tidak memberi")])
def test_the_panel_says_what_may_be_missing(make_bench, settings, language, begins):
    with Sandbox(
        orders=60,
        limits=None,
        faults=[always("error", "/order/statistics", status=404), always("error", "/orders/statistics", status=404)],
    ) as shop:
        account = Account(Key(shop.api_key), replace(settings, base_url=shop.base_url), sleep=lambda _: None)
        bench = make_bench(account, language=language)
        assert bench.fetch()
        assert bench.job.wait(LONG)
        assert NO_COUNTS in bench.frame.attrs["notes"]
        assert bench.notes.value.startswith(f"<p>{begins}")
        assert "dictionary" not in bench.notes.value
