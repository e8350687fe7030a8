"""Answers that are kept: when they serve, when they do not, and what is damaged."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from scalev_frames import errors
from tests.wire.bodies import GOOD


def test_a_hit_is_the_same_answer_without_a_request(client: Any) -> None:
    first = client.single(params={"a": 1, "b": 2})
    client.clock.now += 1000
    second = client.single(params={"b": 2, "a": 1})
    assert (second.content, second.data, second.received_at) == (first.content, first.data, first.received_at)
    assert (first.from_cache, second.from_cache) == (False, True)
    assert client.limiter.acquired == len(client.server.seen) == 1


def test_a_single_answer_ages(client: Any) -> None:
    client.single(max_age=60)
    client.clock.now += 60
    assert client.single(max_age=60).from_cache
    client.clock.now += 1
    assert not client.single(max_age=60).from_cache
    assert client.single(max_age=60).data == {"count": 2}
    client.clock.now -= 30  # somebody set the clock back
    assert not client.single(max_age=60).from_cache


def test_each_call_says_itself_how_old_an_answer_may_be(client: Any) -> None:
    client.single(max_age=5)
    client.clock.now += 1000
    assert client.single(max_age=5000).from_cache
    assert client.single(max_age=float("inf")).from_cache
    assert not client.single(max_age=0).from_cache


def test_what_was_just_received_is_too_old_for_a_call_that_wants_news(client: Any) -> None:
    client.single()
    client.clock.now += 0.001
    assert not client.single(max_age=0).from_cache
    assert "Cache-Control" not in client.server.seen[1].headers


def test_refresh_asks_anew_and_replaces(client: Any) -> None:
    client.single()
    assert client.single(refresh=True).data == {"count": 2}
    assert client.single().data == {"count": 2}
    assert len(client.server.seen) == 2


def test_an_answer_survives_the_process(make_client: Callable[..., Any]) -> None:
    make_client().single("/order/7")
    assert make_client().single("/order/7").from_cache


def test_accounts_never_see_each_others_answers(make_client: Callable[..., Any], tmp_path: Path) -> None:
    one = make_client(key="sk_one_111111111111", folder=tmp_path / "one")
    two = make_client(key="sk_two_222222222222", folder=tmp_path / "two")
    assert one.single().data["count"] == 1
    assert two.single().data["count"] == 2
    assert one.single().data["count"] == 1
    with pytest.raises(errors.NotCachedError):
        two.single("/bundles", offline=True)


def test_offline_never_asks(client: Any) -> None:
    with pytest.raises(errors.NotCachedError):
        client.single(offline=True)
    first = client.single()
    client.server.server.shutdown()
    client.clock.now += 10_000_000
    kept = client.single(offline=True, max_age=1)
    assert (kept.data, kept.from_cache, kept.received_at) == (first.data, True, first.received_at)
    assert client.limiter.acquired == 1


@pytest.mark.parametrize("vary", ["Authorization", "*", "Cookie, Accept-Encoding"])
def test_vary_does_not_prevent_a_hit(client: Any, vary: str) -> None:
    headers = {"Vary": vary, "ETag": '"1"', "Cache-Control": "no-store, max-age=0", "Last-Modified": formatdate(0)}
    client.server.add(200, GOOD, headers=headers)
    client.single()
    assert client.single().from_cache
    client.single(refresh=True)
    assert "If-None-Match" not in client.server.seen[1].headers


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0", b"\x80\x04K\x01."])
def test_a_damaged_answer_is_asked_for_again_and_replaced(client: Any, damage: bytes) -> None:
    client.single()
    (file,) = client.files
    file.write_bytes(damage)
    with pytest.raises(errors.NotCachedError):
        client.single(offline=True)
    assert not client.single().from_cache
    assert client.single().from_cache


def test_a_whole_file_with_foreign_content_is_asked_for_again(client: Any) -> None:
    client.single()
    (file,) = client.files
    head, packed = file.read_bytes()[:18], file.read_bytes()[18:]
    file.write_bytes(head + zlib.compress(zlib.decompress(packed)[:8] + b"<html>"))
    with pytest.raises(errors.NotCachedError):
        client.single(offline=True)
    assert not client.single().from_cache
    assert client.single().from_cache


@pytest.mark.slow
def test_a_flipped_bit_never_gives_another_answer(client: Any) -> None:
    first = client.single()
    (file,) = client.files
    whole = file.read_bytes()
    for place in range(len(whole) * 8):
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        file.write_bytes(damaged)
        try:
            kept = client.single(offline=True)
        except errors.NotCachedError:
            continue
        assert (kept.content, kept.received_at) == (first.content, first.received_at)


def test_where_nothing_can_be_written_calls_go_on_and_say_so_once(
    make_client: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    client = make_client(folder=tmp_path / "file" / "responses")
    assert [client.single(params={"page": page}).data["count"] for page in range(3)] == [1, 2, 3]
    (note,) = [event.message for event in client.events if event.kind == "note"]
    assert "could not be kept" in note


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"code": 401}),
        (404, "not here"),
        (200, {"code": 401, "data": {}}),
        (200, {"code": 200}),
        (302, ""),
    ],
)
def test_errors_are_never_kept_and_never_hidden_by_what_is(client: Any, status: int, body: object) -> None:
    client.single(max_age=60)
    kept = client.files[0].read_bytes()
    client.clock.now += 100
    client.server.add(status, body)
    with pytest.raises(errors.ApiError):
        client.single(max_age=60)
    assert [file.read_bytes() for file in client.files] == [kept]
    client.server.add(status, body)
    with pytest.raises(errors.ApiError):
        client.single("/bundles")
    with pytest.raises(errors.NotCachedError):
        client.single("/bundles", offline=True)
