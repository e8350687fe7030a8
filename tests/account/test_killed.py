"""Killed at any moment, as by kill -9: the next same call has everything, and asks for nothing twice."""

from __future__ import annotations

import os
import random
import sys

import pytest
from processes import kill_at_request

from scalev_frames.sandbox import Sandbox

PULL = """
import os, sys
from pathlib import Path
from scalev_frames.account import Account
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

settings = Settings(base_url=sys.argv[1], cache_dir=Path(sys.argv[2]), limits=((300, 1.0),))
Account(Key(os.environ["SCALEV_API_KEY"]), settings).orders(progress=False)
"""
#: At most this many workers ask at once in this pull.
IN_FLIGHT = 24


@pytest.mark.slow
def test_killed_at_random_moments_it_goes_on(make_account, tmp_path):
    chance = random.Random(7)
    kills = 3
    with Sandbox(orders=1200, limits=None, latency=0.05) as sandbox:
        command = [sys.executable, "-c", PULL, sandbox.base_url, str(tmp_path / "cache")]
        environment = {**os.environ, "SCALEV_API_KEY": sandbox.api_key, "SCALEV_CACHE_DIR": str(tmp_path / "own")}
        for _ in range(kills):
            kill_at_request(sandbox, chance.randint(1, 12), command, pause=chance.random() / 20, env=environment)
        frame = make_account(sandbox, limits=((300, 1.0),), sleep=None).orders(progress=False)
        pages = [request for request in sandbox.requests if request.path == "/order"]
        assert frame["id"].tolist() == [str(row["id"]) for row in sandbox.world.rows("orders")]
        cuts = len({request.params.get("draft_time_until") for request in pages})
        assert len(pages) <= 48 + cuts + kills * IN_FLIGHT
