"""The limit holds for any pattern of arrivals, over threads and processes, whatever the clock or the file do."""

from __future__ import annotations

import hashlib
import multiprocessing
import sqlite3
import stat
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import LONG

from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.settings import Settings, state_dir
from scalev_frames.storage import database
from scalev_frames.wire.credentials import Key
from scalev_frames.wire.limits import MARGIN, Limiter
from tests.wire.limiting import DOCUMENTED, Clock, limiter, most_in_any, of_key, seconds_of


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 7) | st.just(0.0), min_size=1, max_size=150), st.integers(1, 6), st.floats(0.5, 6))
def test_no_window_ever_holds_more_than_allowed(gaps, count, seconds):
    clock = Clock()
    paced = limiter(clock, [(count, seconds), (count * 4, seconds * 7)])
    sent = []
    for gap in gaps:
        clock.now += gap
        paced.acquire()
        sent.append(clock.now)
    assert most_in_any(sent, seconds) <= count
    assert most_in_any(sent, seconds * 7) <= count * 4


def test_many_accounts_of_a_process_do_not_lock_each_other_out(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(database, "PATIENCE", 0.0)
    accounts = [limiter(Clock(), path=tmp_path / "limits", host=f"brand-{number}") for number in range(8)]

    def send(paced):
        for _ in range(25):
            paced.acquire()

    threads = [threading.Thread(target=send, args=(paced,)) for paced in accounts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(LONG)
    assert not caplog.text


@pytest.mark.slow
def test_ten_thousand_an_hour_and_no_slower_than_needed():
    clock = Clock(1000.0)
    paced = limiter(clock)
    sent = []
    for _ in range(10_050):
        paced.acquire()
        sent.append(clock.now)
    assert most_in_any(sent, 5.0) == 30
    assert most_in_any(sent, 3600.0) == 10_000
    assert sent[99] - sent[0] == pytest.approx(3 * (5 + MARGIN))
    assert sent[10_000] - sent[0] == pytest.approx(3600 + MARGIN)


def test_waits_are_told_with_their_reason():
    clock = Clock()
    paced = limiter(clock)
    told = []
    for _ in range(31):
        paced.acquire(lambda *wait: told.append(wait))
    assert told == [(pytest.approx(5 + MARGIN), "30 requests in 5 s are allowed")]


def test_the_address_is_shared_by_keys_and_the_hour_is_not(tmp_path):
    clock = Clock()
    limits = [(4, 5.0), (6, 3600.0)]
    one, two = (limiter(clock, limits, tmp_path / "limits", key_name=name) for name in ("one", "two"))
    began = clock.now
    for paced in (one, two, one, two):
        paced.acquire()
    assert clock.now == began
    one.acquire()
    assert clock.now - began == pytest.approx(5 + MARGIN)
    for _ in range(3):
        one.acquire()
    assert clock.now - began == pytest.approx(5 + MARGIN)
    one.acquire()
    assert clock.now - began == pytest.approx(3600 + MARGIN)


def test_another_host_has_its_own_limit(tmp_path):
    clock = Clock()
    limits = [(1, 5.0)]
    limiter(clock, limits, tmp_path / "limits").acquire()
    began = clock.now
    limiter(clock, limits, tmp_path / "limits", host="other.test").acquire()
    assert clock.now == began


def test_a_pause_holds_everybody_and_keeps_the_longest(tmp_path):
    clock = Clock()
    one, two = (limiter(clock, DOCUMENTED, tmp_path / "limits") for _ in range(2))
    one.pause(10, "the server said 429")
    one.pause(3, "another")
    told = []
    began = clock.now
    two.acquire(lambda *wait: told.append(wait))
    assert clock.now - began == pytest.approx(10)
    assert told == [(pytest.approx(10), "the server said 429")]


def test_a_pause_during_a_wait_is_heard():
    clock = Clock()
    paced = limiter(clock, [(1, 5.0)])
    paced.acquire()
    began = clock.now
    once = iter([True])
    plain = clock.sleep

    def sleep(seconds: float) -> None:
        plain(seconds)
        if next(once, False):
            paced.pause(60, "429")

    paced._sleep = sleep
    paced.acquire()
    assert clock.now - began == pytest.approx(60, abs=0.5)


@pytest.mark.parametrize("reset", ["3", "1795000003", "1795000003000"])
def test_others_on_the_same_address_are_noticed(reset):
    clock = Clock()
    paced = limiter(clock)
    paced.acquire()
    paced.learn({"X-Ratelimit-Limit": "30", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": reset})
    began = clock.now
    paced.acquire()
    assert clock.now - began == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("reset", ["99999999999", "9999999999999", "1795000003000000", "3600", "1e400", "-5", "nan"])
def test_an_odd_reset_without_a_limit_parks_nobody(reset):
    clock = Clock()
    paced = limiter(clock)
    paced.learn({"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": reset})
    began = clock.now
    paced.acquire()
    assert clock.now - began <= 5 + 0.01


def test_the_hour_is_the_keys_whatever_the_cache_folder(tmp_path, monkeypatch):
    clock = Clock()
    limits = ((100, 5.0), (3, 3600.0))
    key = Key("sk_shared_0123456789SECRET")
    monkeypatch.setattr("scalev_frames.settings.user_state_path", lambda *_, **__: tmp_path / "state")
    addresses = ["https://api.scalev.id/v2", "https://api.scalev.com/v2", "https://API.scalev.id/v2"]
    limiters = []
    for number, address in enumerate(addresses):
        monkeypatch.setenv("SCALEV_CACHE_DIR", str(tmp_path / f"program {number}"))
        settings_of_one = Settings(base_url=address, cache_dir=tmp_path / f"project {number}", limits=limits)
        limiters.append(Limiter.of_key(key, settings_of_one, clock=clock, sleep=clock.sleep))
    began = clock.now
    for one in limiters:
        one.acquire()
    assert clock.now == began
    limiters[0].acquire()
    assert clock.now - began == pytest.approx(3600 + MARGIN)
    settings_of_another = Settings(base_url=addresses[0], cache_dir=tmp_path, limits=limits)
    other = Limiter.of_key(Key("sk_other_0123456789SECRET"), settings_of_another, clock=clock, sleep=clock.sleep)
    began = clock.now
    other.acquire()
    assert clock.now == began
    for file in state_dir().iterdir():
        content = file.read_bytes()
        assert b"SECRET" not in content
        assert hashlib.sha256(b"sk_shared_0123456789SECRET").hexdigest().encode() not in content
    assert [folder.name for folder in tmp_path.iterdir()] == ["state"]


def test_our_own_use_is_no_news_and_a_wild_reset_is_clamped():
    clock = Clock()
    paced = limiter(clock)
    for _ in range(30):
        paced.acquire()
    paced.learn({"X-Ratelimit-Limit": "30", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": "9999"})
    began = clock.now
    paced.acquire()
    assert clock.now - began == pytest.approx(5 + MARGIN)
    clock.now += 100
    paced.learn({"X-Ratelimit-Limit": "30", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": "9999"})
    began = clock.now
    paced.acquire()
    assert clock.now - began == pytest.approx(5, abs=0.01)
    for odd in ({}, {"X-Ratelimit-Remaining": "0"}, {"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": "soon"}):
        paced.learn(odd)
    began = clock.now
    paced.acquire()
    assert clock.now == began


def test_cancelling_ends_a_wait_and_gives_the_turn_back():
    clock, token = Clock(), CancelToken()
    paced = limiter(clock, [(1, 5.0)])
    paced.acquire()
    plain, began = clock.sleep, clock.now

    def sleep(seconds: float) -> None:
        plain(seconds)
        token.cancel()

    paced._sleep = sleep
    with pytest.raises(Cancelled):
        paced.acquire(cancel=token)
    assert clock.now - began < 1
    paced._sleep = plain
    paced.acquire()
    assert clock.now - began == pytest.approx(5 + MARGIN)


@pytest.mark.parametrize("jump", [-600.0, -86_400.0])
def test_a_clock_set_back_never_means_a_long_wait(jump):
    clock = Clock()
    paced = limiter(clock)
    for _ in range(60):
        paced.acquire()
    clock.now += jump
    began = clock.now
    for _ in range(31):
        paced.acquire()
    assert clock.now - began <= 2 * (5 + MARGIN) + 0.1


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\x00" + bytes(100)])
def test_a_broken_file_is_replaced(tmp_path, content):
    path = tmp_path / "deep" / "limits"
    path.parent.mkdir()
    path.write_bytes(content)
    clock = Clock()
    one = limiter(clock, [(1, 5.0)], path)
    began = clock.now
    one.acquire()
    one.acquire()
    assert clock.now - began == pytest.approx(5 + MARGIN)


def test_a_locked_file_costs_a_moment_and_the_limit_still_holds(tmp_path, monkeypatch):
    monkeypatch.setattr("scalev_frames.storage.database.PATIENCE", 0.05)
    path = tmp_path / "limits"
    clock = Clock()
    limiter(clock, [(1, 5.0)], path).acquire()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    began = clock.now
    paced = limiter(clock, [(1, 5.0)], path)
    paced.acquire()
    paced.acquire()
    assert clock.now - began == pytest.approx(5 + MARGIN)
    holder.close()


def test_a_file_that_was_locked_once_is_shared_again_later(tmp_path, monkeypatch):
    monkeypatch.setattr("scalev_frames.storage.database.PATIENCE", 0.05)
    path, clock = tmp_path / "limits", Clock()
    paced, other = (limiter(clock, [(1, 5.0)], path) for _ in range(2))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    paced.acquire()
    holder.close()
    clock.now += 100
    paced._database._tried_again_at = 0.0  # a minute later
    paced.acquire()
    began = clock.now
    other.acquire()
    assert clock.now - began == pytest.approx(5 + MARGIN), "it knows of the request of the first"


def test_a_folder_that_cannot_be_written_does_not_stop_anything(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    clock = Clock()
    one, two = (limiter(clock, [(2, 5.0)], path=tmp_path / "file" / "limits") for _ in range(2))
    assert caplog.text.count("Requests of other programs with this key are not counted") == 1
    begun = clock.now
    one.acquire()
    one.close()
    two.acquire()
    assert clock.now == begun
    two.acquire()
    assert clock.now - begun >= 4, "the limit holds within the process all the same"
    assert (tmp_path / "file").read_text() == "in the way"


def test_accounts_of_one_key_share_its_limit_where_no_file_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr("scalev_frames.settings.user_state_path", lambda *_, **__: tmp_path / "file" / "state")
    clock = Clock()
    first, second = (of_key(clock, "one", "v2", limits=((1, 5.0),)) for _ in range(2))
    assert first.key_name == second.key_name
    first.acquire()
    assert seconds_of(clock, second, 1) == pytest.approx(5 + MARGIN)


def test_the_file_is_private_and_does_not_hold_the_key(tmp_path):
    path = tmp_path / "new" / "limits"
    limiter(Clock(), path=path).acquire()
    assert b"SECRET" not in path.read_bytes()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.slow
def test_threads_share_one_limit():
    moments: list[float] = []
    read = threading.local()

    def clock() -> float:
        read.last = time.time()
        return read.last

    paced = Limiter(None, [(5, 0.2)], host="h", key_name="k", clock=clock)

    def work() -> None:
        for _ in range(4):
            paced.acquire()
            moments.append(
                read.last
            )  # when the limiter let it be sent: a busy machine may stop this thread right after

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert len(moments) == 20
    assert most_in_any(sorted(moments), 0.2) <= 5


def _work(path: Path, times: int, ready, queue) -> None:
    read: list[float] = []

    def clock() -> float:
        read.append(time.time())
        return read[-1]

    paced = Limiter(path, [(10, 0.5)], host="h", key_name="k", clock=clock)
    ready.wait(LONG)
    for _ in range(times):
        paced.acquire()
        queue.put(read[-1])  # when the limiter let it be sent: a busy machine may stop this process right after that


@pytest.mark.slow
def test_processes_share_one_limit(tmp_path):
    context = multiprocessing.get_context("spawn")
    queue, ready = context.Queue(), context.Barrier(3)
    workers = [context.Process(target=_work, args=(tmp_path / "limits", 12, ready, queue)) for _ in range(3)]
    for worker in workers:
        worker.start()
    moments = sorted(queue.get(timeout=LONG) for _ in range(36))
    for worker in workers:
        worker.join(LONG)
    assert most_in_any(moments, 0.5) <= 10


def test_limiters_of_one_file_take_turns_and_lose_none(tmp_path):
    clock = Clock()
    shared = [limiter(clock, [(10, 0.5)], tmp_path / "limits") for _ in range(3)]
    began, moments = clock.now, []
    for number in range(36):
        shared[number % 3].acquire()
        moments.append(clock.now)
    assert most_in_any(moments, 0.5) == 10
    assert clock.now - began == pytest.approx(3 * (0.5 + MARGIN))


def test_how_long_many_requests_will_take():
    clock = Clock()
    paced = limiter(clock)
    assert paced.free_at(1) == 0
    assert paced.free_at(100) == 15.0
    assert paced.free_at(10_001) == 3600.0
