"""Orders that move within their list while it is read: no cursor, and where there are no statistics no count, shows it."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from scalev_frames.account import Account
from scalev_frames.pull.exporting import whole as exporting
from scalev_frames.pull.whole import whole as reading
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

NEWEST = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


def order(number: int) -> dict[str, object]:
    made = f"{NEWEST - dt.timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}"
    return {"id": 9000 - number, "order_id": f"A{number}", "created_at": made, "draft_time": made, "status": "shipped"}


class Moving:
    """A server of one list in pages of 25, without statistics or filters; ``moves`` are changes of it, each before a request.

    Attributes:
        orders: the list, newest first.
        asked: the cursors asked for; an empty one for the top of the list.
    """

    def __init__(self, orders: int, moves: dict[int, tuple[int, int]]) -> None:
        self.orders, self.moves = [order(number) for number in range(orders)], moves
        self.asked: list[str] = []

    def page(self, cursor: str) -> dict[str, object]:
        self.asked.append(cursor)
        if move := self.moves.get(len(self.asked)):
            source, target = move
            self.orders.insert(target, self.orders.pop(source))
        at = next((n + 1 for n, row in enumerate(self.orders) if str(row["id"]) == cursor), 0)
        rows = self.orders[at : at + 25]
        return {"results": rows, "has_next": at + 25 < len(self.orders), "last_id": rows[-1]["id"] if rows else None}

    @contextmanager
    def account(self, folder) -> Iterator[Account]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                asked = dict(parse_qsl(address.query))
                code = 403 if address.path != "/v2/order" else 422 if asked.keys() - {"last_id", "columns"} else 200
                data = owner.page(asked.get("last_id", "")) if code == 200 else None
                body = json.dumps({"code": code, "data": data}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v2"
        how = Settings(base_url=url, cache_dir=folder, limits=((1000, 100.0),))
        try:
            with Account(Key("sk_moving_0123456789abcdef"), how, sleep=lambda _: None) as api:
                yield api
        finally:
            server.shutdown()
            server.server_close()


@pytest.fixture
def every_list_is_long(monkeypatch):
    for room in (reading, exporting):
        monkeypatch.setattr(room, "LONG_LIST", 1)


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, 1, 20])
@pytest.mark.usefixtures("every_list_is_long")
def test_an_order_that_moves_above_all_cursors_meanwhile_is_there(tmp_path, place):
    server = Moving(260, {4: (200, place)})
    with server.account(tmp_path) as api:
        frame = api.orders(progress=False)
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in server.orders)
    assert frame["id"].is_unique
    assert "orders that changed their place in the list meanwhile may be missing" in str(frame.attrs["notes"])
    assert server.asked.count("") == 2


@pytest.mark.slow
@pytest.mark.usefixtures("every_list_is_long")
def test_an_export_has_an_order_that_moves_meanwhile_too(tmp_path):
    server = Moving(260, {4: (200, 0)})
    with server.account(tmp_path) as api:
        frame = api.export(tmp_path / "orders", progress=False).frame()
    assert sorted(frame["id"]) == sorted(str(row["id"]) for row in server.orders)


@pytest.mark.slow
def test_a_short_list_is_not_looked_at_again(tmp_path):
    server = Moving(60, {})
    with server.account(tmp_path) as api:
        assert len(api.orders(progress=False)) == 60
    assert server.asked.count("") == 1
