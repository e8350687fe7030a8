"""A forked process, an interrupted one and one whose server hangs: whole frames, a quick prompt, no thread left."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from servers import second_server

from scalev_frames import errors
from scalev_frames.sandbox import Fault

QUICK = ((1000, 5.0),)


def pull_again(api, name, queue):
    asked = {} if name == "all" else {"status": name}
    frame = api.orders(refresh=True, progress=False, **asked)
    queue.put((name, frame["id"].tolist(), frame.attrs["complete"]))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_processes_never_get_each_others_answers(make_account):
    with second_server(orders=500, limits=None, latency=0.02) as server:
        api = make_account(server, limits=QUICK, sleep=None)
        assert len(api.orders(progress=False)) == 500
        context = multiprocessing.get_context("fork")
        queue = context.SimpleQueue()
        names = ("all", "completed", "pending", "all")
        children = [context.Process(target=pull_again, args=(api, name, queue)) for name in names]
        for child in children:
            child.start()
        found = [queue.get() for _ in names]
        for child in children:
            child.join()
        for name, ids, complete in found:
            wanted = [str(row["id"]) for row in server.ask("world.rows('orders')") if name in ("all", row["status"])]
            assert (ids, complete) == (wanted, True)
        assert len(api.orders(refresh=True, progress=False)) == 500


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent in another way there")
def test_ctrl_c_gives_the_prompt_back_whatever_hangs(tmp_path):
    with second_server(orders=300, limits=None, faults=[Fault("hang", "/order", at=3, times=99)]) as server:
        environment = {**os.environ, "SCALEV_API_KEY": server.api_key, "SCALEV_API_BASE_URL": server.base_url,
                       "SCALEV_CACHE_DIR": str(tmp_path / "cache")}  # fmt: skip
        command = [sys.executable, "-m", "scalev_frames.cli", "pull", "orders"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        while len(server.ask("len(sandbox.requests)") * "r") < 3:
            time.sleep(0.05)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=20)
        assert time.monotonic() - began < 4  # two seconds on a machine with nothing else to do
        assert process.returncode == 130
        assert "50 rows of orders (2 pages) are kept" in words
        assert "Traceback" not in words


@pytest.mark.slow
def test_ctrl_c_at_any_moment_leaves_no_thread_and_the_same_call_is_whole(make_sandbox, make_account):
    chance = random.Random(7)
    for _ in range(6):
        sandbox = make_sandbox(orders=400, latency=0.02)
        api = make_account(sandbox, limits=QUICK, sleep=None, folder=None)
        at = chance.randrange(1, 16)
        seen = []

        def interrupt(event, at=at, seen=seen):
            seen.append(event)
            if len(seen) == at:
                raise KeyboardInterrupt

        with pytest.raises(errors.InterruptedPullError):
            api.orders(refresh=True, progress=interrupt)
        assert api.orders(progress=False)["id"].tolist() == [str(one) for one in sandbox.world.order_ids()]
        api.close()
    until = time.monotonic() + 5
    while [one for one in threading.enumerate() if one.name == "scalev-worker"] and time.monotonic() < until:
        time.sleep(0.05)
    assert not [one for one in threading.enumerate() if one.name == "scalev-worker"]
