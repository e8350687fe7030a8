"""A forked process, an interrupted one and one whose server hangs: whole frames, a quick prompt, no thread left."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading

import pytest
from processes import LONG, in_forks, started, wait_until
from servers import second_server

from scalev_frames import errors
from scalev_frames.frames import memory
from scalev_frames.sandbox import Fault
from scalev_frames.settings import TIMEOUT

QUICK = ((1000, 5.0),)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_processes_never_get_each_others_answers(make_account):
    with second_server(orders=250, limits=None, latency=0.02) as server:
        api = make_account(server, limits=QUICK, sleep=None)
        assert len(api.orders(progress=False)) == 250

        def pull_again(name):
            asked = {} if name == "all" else {"status": name}
            frame = api.orders(refresh=True, progress=False, **asked)
            return frame["id"].tolist(), frame.attrs["complete"]

        names = ("all", "completed", "pending", "all")
        found = in_forks(pull_again, names)
        for name, (ids, complete) in zip(names, found, strict=True):
            wanted = [str(row["id"]) for row in server.ask("world.rows('orders')") if name in ("all", row["status"])]
            assert (ids, complete) == (wanted, True)
        assert len(api.orders(refresh=True, progress=False)) == 250


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_lock_that_another_thread_holds_at_the_fork_does_not_hold_up_the_child(api):
    held, done = threading.Event(), threading.Event()

    def be_at_work():
        with api.sessions._lock, memory._lock:
            held.set()
            done.wait(LONG)

    other = threading.Thread(target=be_at_work, daemon=True)
    other.start()
    try:
        assert held.wait(LONG)
        assert in_forks(lambda _: len(api.stores(progress=False)), [1]) == [6]
    finally:
        done.set()
        other.join(LONG)


@pytest.mark.slow
@pytest.mark.usefixtures("heard")
@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent in another way there")
def test_ctrl_c_gives_the_prompt_back_whatever_hangs(tmp_path):
    with second_server(orders=300, limits=None, faults=[Fault("hang", "/order", at=3, times=99)]) as server:
        environment = {**os.environ, "SCALEV_API_KEY": server.api_key, "SCALEV_API_BASE_URL": server.base_url,
                       "SCALEV_CACHE_DIR": str(tmp_path / "cache")}  # fmt: skip
        command = [sys.executable, "-m", "scalev_frames.cli", "pull", "orders"]
        with started(command, env=environment, stdout=None, stderr=subprocess.PIPE) as process:
            third = "sum(one.path == '/order' for one in sandbox.requests) >= 3"  # which hangs: two pages are there
            wait_until(lambda: server.ask(third), process)
            process.send_signal(signal.SIGINT)
            _, words = process.communicate(timeout=TIMEOUT[1] - 10)  # before the request gives up by itself
        assert process.returncode == 130
        # The second page may be on its way from the thread that asked for the third one.
        assert re.search(r"(50 rows of orders \(2 pages\)|25 rows of orders \(1 pages?\)) are kept", words)
        assert "Traceback" not in words


@pytest.mark.slow
def test_ctrl_c_at_any_moment_leaves_no_thread_and_the_same_call_is_whole(make_sandbox, make_account):
    chance = random.Random(7)
    for _ in range(5):
        sandbox = make_sandbox(orders=300, latency=0.02)
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
    wait_until(lambda: not [one for one in threading.enumerate() if one.name == "scalev-worker"])
