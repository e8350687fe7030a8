"""Every kind of fault is what it says, on the wire, at the request it was scripted for, and nowhere else."""

from __future__ import annotations

import json
import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import requests
from processes import LONG, wait_until

from scalev_frames.sandbox import Fault, Sandbox, World, always
from scalev_frames.sandbox.server.faults import KINDS

Get = Callable[..., Any]


@pytest.fixture
def faulty(world: World) -> Iterator[Sandbox]:
    with Sandbox(world=world, limits=None) as running:
        yield running


def test_a_fault_strikes_where_and_as_often_as_scripted(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("server_error", "/stores/*/products", at=2, times=2, status=503))
    statuses = [get(faulty, "/stores/1/products").status_code for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]
    assert get(faulty, "/order").status_code == 200
    assert [one.status for one in faulty.requests] == [200, 503, 503, 200, 200, 200]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_errors_are_html(faulty: Sandbox, get: Get, status: int) -> None:
    faulty.script(Fault("server_error", status=status))
    answer = get(faulty, "/order")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_rate_limits_in_every_format(faulty: Sandbox, get: Get) -> None:
    for body_format, content_type in (("text", "text/plain"), ("json", "application/json"), ("html", "text/html")):
        faulty.script(Fault("rate_limit", at=1, format=body_format))
        answer = get(faulty, "/order")
        assert answer.status_code == 429
        assert answer.headers["Content-Type"].startswith(content_type)
        assert "Retry-After" not in answer.headers
    faulty.script(Fault("rate_limit", retry_after=7))
    assert get(faulty, "/order").headers["Retry-After"] == "7"


@pytest.mark.parametrize(("unit", "scale", "base"), [("seconds", 1, 0), ("epoch", 1, 1), ("epoch_ms", 1000, 1)])
def test_reset_in_every_unit(faulty: Sandbox, get: Get, unit: str, scale: int, base: int) -> None:
    faulty.script(Fault("rate_limit", reset=unit, reset_in=30))
    headers = get(faulty, "/order").headers
    assert headers["X-Ratelimit-Remaining"] == "0"
    assert abs(int(headers["X-Ratelimit-Reset"]) / scale - base * faulty.requests[-1].at - 30) <= 1


def test_broken_connections_and_bodies(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("reset", at=1))
    with pytest.raises(requests.ConnectionError):
        get(faulty, "/order")
    faulty.script(Fault("cut", at=1))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        get(faulty, "/order")
    faulty.script(Fault("invalid_json", at=1))
    answer = get(faulty, "/order")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)
    faulty.script(Fault("html", at=1))
    answer = get(faulty, "/order")
    assert (answer.status_code, answer.content[:6]) == (200, b"<html>")


def test_lies_in_the_body(faulty: Sandbox, get: Get) -> None:
    first = get(faulty, "/order").json()["data"]
    cursor = first["last_id"]

    def lie(kind: str, **details: Any) -> Any:
        faulty.script(Fault(kind, at=1, **details))
        return get(faulty, "/order", last_id=cursor, status="completed").json()

    assert lie("body_code", code=500)["code"] == 500
    repeated = lie("repeated_cursor")["data"]
    assert (repeated["last_id"], repeated["has_next"], len(repeated["results"])) == (cursor, True, 25)
    ignored = lie("ignore_filter", filter="status")["data"]
    assert {row["status"] for row in ignored["results"]} > {"completed"}
    assert lie("ignore_cursor")["data"] == get(faulty, "/order", status="completed").json()["data"]
    empty = lie("empty_page")["data"]
    assert (empty["results"], empty["has_next"]) == ([], True)
    assert "results" not in lie("no_results")["data"]


def test_statistics_of_other_servers(faulty: Sandbox, get: Get) -> None:
    strict = Fault("refuse_value", "/order/statistics", times=2, param="datetime_type", value="created_at")
    faulty.script(strict)
    assert get(faulty, "/order/statistics", datetime_type="created_at").status_code == 400
    assert get(faulty, "/order/statistics", breakdown_date="day").status_code == 200
    by_draft = get(faulty, "/order/statistics", datetime_type="draft_time", breakdown_date="day").json()["data"]
    faulty.script(Fault("assume", "/order/statistics", param="datetime_type", value="draft_time"))
    assert get(faulty, "/order/statistics", breakdown_date="day").json()["data"]["results"] == by_draft["results"]
    faulty.script(Fault("ignore_filter", "/order/statistics", filter="status payment_status"))
    every = get(faulty, "/order/statistics", status="rts", payment_status="paid").json()["data"]["results"]
    assert every == get(faulty, "/order/statistics").json()["data"]["results"]


def test_a_repeated_numeric_cursor_stays_a_number(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("repeated_cursor"))
    last = get(faulty, "/products").json()["data"]["last_id"]
    faulty.script(Fault("repeated_cursor"))
    assert get(faulty, "/products", last_id=last).json()["data"]["last_id"] == last


def test_the_edge_and_the_rest(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("edge"))
    answer = get(faulty, "/order")
    assert (answer.status_code, answer.headers["Server"]) == (403, "cloudflare")
    assert re.search("1010", answer.text)
    faulty.script(Fault("redirect", location="https://elsewhere.example/x"))
    answer = get(faulty, "/order")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://elsewhere.example/x")
    faulty.script(Fault("vary"))
    assert get(faulty, "/order").headers["Vary"] == "Authorization"
    faulty.script(Fault("error", status=400, error="bad"))
    assert get(faulty, "/order").json() == {"code": 400, "status": "Bad Request", "error": "bad"}
    faulty.script(Fault("slow", delay=0.1))
    begin = time.perf_counter()
    assert get(faulty, "/order").status_code == 200
    assert time.perf_counter() - begin >= 0.1


def test_envelopes_that_say_too_little(faulty: Sandbox, get: Get) -> None:
    whole = get(faulty, "/products").json()["data"]

    def page(kind: str, **details: Any) -> Any:
        faulty.script(Fault(kind, "/products", **details))
        return get(faulty, "/products").json()

    absent = page("envelope", without="has_next page_size")["data"]
    assert absent == {"last_id": whole["last_id"], "results": whole["results"]}
    null = page("envelope", key="has_next", value=None)["data"]
    assert null == {**whole, "has_next": None}
    assert page("envelope", key="page_size", value=25, without="has_next")["data"].keys() == whole.keys() - {"has_next"}
    assert page("plain_list")["data"] == whole["results"]
    assert page("bare") == whole


def test_the_other_versions_envelope_can_be_followed(faulty: Sandbox, get: Get, read_all: Get) -> None:
    truth = read_all(faulty, "/products")
    faulty.script(always("root_list", "/products"))
    rows: list[Any] = []
    position: dict[str, Any] = {}
    while True:
        body = get(faulty, "/products", **position).json()
        assert set(body) == {"data", "has_next", "is_paginated", "next_cursor"}
        rows += body["data"]
        position = {"next_cursor": body["next_cursor"]}
        if not body["has_next"]:
            break
    assert rows == truth
    assert get(faulty, "/products", next_cursor="x").status_code == 422


def test_rows_that_are_none_and_rows_that_say_nothing(faulty: Sandbox, get: Get) -> None:
    whole = get(faulty, "/order").json()["data"]["results"]

    def rows(kind: str, **details: Any) -> Any:
        faulty.script(Fault(kind, "/order", **details))
        return get(faulty, "/order").json()["data"]["results"]

    odd = rows("items")
    assert odd == [whole[0], "oops", 5, None, [1, 2], *whole[1:]]
    assert all("id" not in row for row in rows("rows", without="id"))
    half = rows("rows", key="id", value=None, every=2)
    assert [row["id"] for row in half] == [None if place % 2 == 0 else row["id"] for place, row in enumerate(whole)]
    for value in (None, []):
        assert [row["tags"] for row in rows("rows", key="tags", value=value)] == [value] * 25
    assert {row["store"]["id"] for row in rows("rows", key="store.id", value=None)} == {None}
    assert rows("rows", key="extra.deep", value=1)[3]["extra"] == {"deep": 1}


def test_several_faults_on_one_request(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("rows", without="id"))
    faulty.script(Fault("envelope", without="has_next"))
    faulty.script(Fault("drip", pause=0.0))
    data = get(faulty, "/products").json()["data"]
    assert ("has_next" in data, any("id" in row for row in data["results"])) == (False, False)
    faulty.script(always("error", status=503))
    assert [get(faulty, "/order").status_code for _ in range(5)] == [503] * 5


@pytest.mark.slow
def test_a_hang_answers_nothing_and_other_connections_live(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("hang", "/order"))
    with socket.create_connection(("127.0.0.1", faulty.port), timeout=LONG) as hanging:
        hanging.sendall(f"GET /v2/order HTTP/1.1\r\nAuthorization: Bearer {faulty.api_key}\r\n\r\n".encode())
        wait_until(lambda: faulty.requests)
        assert not select.select([hanging], [], [], 0.2)[0]
    assert get(faulty, "/order").status_code == 200
    assert [one.status for one in faulty.requests] == [0, 200]


def test_odd_limits(world: World, get: Get) -> None:
    days = 3 * 86_400
    with Sandbox(world=world, limits=None) as bare, Sandbox(world=world) as limited:
        for sandbox, has_limit in ((bare, False), (limited, True)):
            sandbox.script(Fault("rate_limit", retry_after=days))
            answer = get(sandbox, "/order")
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(days))
            sandbox.script(Fault("header", value="1764300000123456"))
            sandbox.script(Fault("rate_limit"))
            both = get(sandbox, "/order")
            assert (both.status_code, both.headers["X-Ratelimit-Reset"]) == (429, "1764300000123456")
            for value in ("1764300000123456", "-1", "soon", "1e99", "nan", ""):
                sandbox.script(Fault("header", value=value))
                headers = get(sandbox, "/order").headers
                assert headers["X-Ratelimit-Reset"] == value
                assert ("X-Ratelimit-Limit" in headers) == has_limit


def test_faults_may_be_given_at_the_start(world: World, get: Get) -> None:
    with Sandbox(world=world, limits=None, faults=[Fault("edge", "/order", at=2)]) as sandbox:
        assert [get(sandbox, "/order").status_code for _ in range(3)] == [200, 403, 200]


def test_a_fault_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no fault 'explode'"):
        Fault("explode")
    with pytest.raises(ValueError, match="has no colour"):
        Fault("edge", colour="red")


@pytest.mark.slow
def test_a_dripping_answer_is_whole_in_the_end_and_the_connection_goes_on(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("drip", "/stores", pause=0.0001))
    dripped = get(faulty, "/stores")
    assert dripped.content == get(faulty, "/stores").content


def test_a_bomb_unpacks_to_what_was_said(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("bomb", megabytes=3))
    answer = get(faulty, "/order")
    assert int(answer.headers["Content-Length"]) < 20_000
    assert len(answer.content) == 3 * 2**20 + len(b'{"data":[]}')
    assert answer.json() == {"data": []}


@pytest.mark.parametrize("how", ["nan", "utf8", "deep"])
def test_an_unusable_body_is_whole_and_no_json(faulty: Sandbox, get: Get, how: str) -> None:
    faulty.script(Fault("unusable", how=how))
    answer = get(faulty, "/order")
    assert (answer.status_code, len(answer.content)) == (200, int(answer.headers["Content-Length"]))
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(answer.content)


def test_an_empty_answer_is_a_204(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("unusable", how="empty"))
    answer = get(faulty, "/order")
    assert (answer.status_code, answer.content) == (204, b"")
    assert get(faulty, "/order").status_code == 200


def test_a_bare_answer_is_what_the_envelope_carries(faulty: Sandbox, get: Get) -> None:
    faulty.script(Fault("bare", "/order"))
    assert get(faulty, "/order").json() == get(faulty, "/order").json()["data"]


def test_every_kind_is_explained() -> None:
    assert all(f"``{kind}``" in str(Fault.__doc__) for kind in KINDS)
