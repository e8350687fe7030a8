"""A forked child has connections, database handles and locks of its own."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from processes import in_forks

from scalev_frames.cache.cache import Cache
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from scalev_frames.wire.limits import Limiter
from scalev_frames.wire.transport import Transport

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def ask(transport: Transport, who: str, times: int = 25) -> list[tuple[str, str]]:
    """What was asked for and what was answered, several at once."""
    call = transport.new_call()

    def one(number: int) -> tuple[str, str]:
        target = f"/v2/order?number={number}&who={who}"
        return target, transport.get("/order", {"number": number, "who": who}, call).data["target"]

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(times)))


def transport_at(url: str, folder: Path) -> tuple[Transport, Cache]:
    settings = Settings(base_url=f"{url}/v2", cache_dir=folder)
    cache = Cache(folder / "account", lambda: 1_795_000_000.0)
    limiter = Limiter(folder / "limits", [(100_000, 5.0)], host="h", key_name="k")
    return Transport(settings, Key("sk_forked_0123456789"), responses=cache.responses, limiter=limiter), cache


@pytest.mark.slow
def test_children_never_get_each_others_answers(echo_server: Any, tmp_path: Path) -> None:
    transport, cache = transport_at(echo_server.url, tmp_path)
    assert all(asked == answered for asked, answered in ask(transport, "parent"))
    cache.records.keep("order", "1", "v", b"parent", 0.0)
    mine: list[tuple[str, str]] = []

    def child(who: str) -> tuple[list[tuple[str, str]], str]:
        wrong = [pair for pair in ask(transport, who) if pair[0] != pair[1]]
        single = transport.get_single("/stores", {"who": who}, transport.new_call(), max_age=60)
        wrong += [] if single.data["target"] == f"/v2/stores?who={who}" else [("single", single.data["target"])]
        cache.records.keep("order", who, "v", who.encode(), 0.0)
        return wrong, cache.records.failure

    names = [f"child-{number}" for number in range(3)]
    found = in_forks(child, names, meanwhile=lambda: mine.extend(ask(transport, "parent")))
    assert len(mine) == 25
    assert all(asked == answered for asked, answered in mine)
    assert found == [([], "")] * 3
    users: dict[int, set[str]] = {}
    for port, target in echo_server.asked:
        users.setdefault(port, set()).add(target.partition("who=")[2])
    assert all(len(who) == 1 for who in users.values())
    wanted = dict.fromkeys(("1", "child-0", "child-1", "child-2"), "v")
    assert set(cache.records.find("order", wanted)) == set(wanted)
    transport.close()


@pytest.mark.slow
def test_a_fork_while_others_work_does_not_hang(echo_server: Any, tmp_path: Path) -> None:
    transport, _ = transport_at(echo_server.url, tmp_path)
    done = threading.Event()

    def keep_busy() -> None:
        while not done.is_set():
            ask(transport, "busy", times=8)

    busy = threading.Thread(target=keep_busy, daemon=True)
    busy.start()
    try:
        for number in range(6):
            (pairs,) = in_forks(lambda who: ask(transport, who, times=8), [f"f{number}"])
            assert len(pairs) == 8
            assert all(asked == answered for asked, answered in pairs)
    finally:
        done.set()
        busy.join(20)
    assert not busy.is_alive()
    transport.close()
