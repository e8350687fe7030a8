"""A server of very many orders on loopback, as fast as Python makes one: every order is made up when it is asked for.

``python benchmarks/many_orders.py --orders 2000000 --port 8000`` serves ``/v2/order`` and ``/v2/order/statistics``,
with the filters that an export and its refresh use, without limits, to any key. An order is one of a few hundred of the
embedded Scalev's, with an id, a code, times and an amount of its own, so what the server has can be computed.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import itertools
import json
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

NEWEST = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
ZONE = ZoneInfo("Asia/Jakarta")
PAGE = 25
DAYS = 360
TEMPLATES = 500
CREATED = ("draft_time", "created_at", "last_updated_at")


class ManyOrders:
    """Orders numbered from the oldest.

    Args:
        count: how many there are.
        days: over how many days, at an even pace.
    """

    def __init__(self, count: int, days: int = DAYS) -> None:
        from scalev_frames.sandbox import World

        self.count, self.step = count, dt.timedelta(days=days) / count
        self.rows = World(orders=TEMPLATES).rows("orders")
        self.templates = [_template(row) for row in self.rows]

    def made(self, number: int) -> dt.datetime:
        return NEWEST - (self.count - 1 - number) * self.step

    def sen(self, number: int) -> int:
        """The gross revenue, in hundredths of a rupiah."""
        return 5_000_050 + number * 7919 % 100_000_000

    def revenue(self) -> Decimal:
        """The gross revenue of all."""
        return Decimal(sum(map(self.sen, range(self.count)))) / 100

    def page(self, params: Mapping[str, str]) -> bytes:
        """The page that a request asks for."""
        numbers = self.numbers(params)
        chosen = list(itertools.islice(numbers, PAGE))
        has_next = next(numbers, None) is not None
        rows = ",".join(
            self.templates[number % TEMPLATES]
            % {"id": number, "code": f"B{number:09}", "gross": f"{self.sen(number) / 100:.2f}",
               "time": self.made(number).isoformat()[:-6] + "Z"}
            for number in chosen
        )  # fmt: skip
        last = json.dumps(str(chosen[-1]) if has_next else None)
        return (
            f'{{"code":200,"status":"Success","data":{{"results":[{rows}],'
            f'"has_next":{json.dumps(has_next)},"last_id":{last},"page_size":{PAGE}}}}}'
        ).encode()

    def numbers(self, params: Mapping[str, str]) -> Iterator[int]:
        """The orders that a request asks for, the newest first."""
        if code := params.get("order_id"):
            return iter([int(code[1:])] if code[1:].isdigit() and int(code[1:]) < self.count else [])
        first, last = self.count - 1, 0
        wanted = {name: params[name] for name in ("status", "payment_status") if name in params}
        filled = []
        for name, text in params.items():
            column, _, side = name.rpartition("_")
            if side == "since" and column.endswith("_time"):
                last = max(last, self.first_from(text))
                filled += [column]
            elif name == "draft_time_until":
                first = min(first, self.first_from(text) - 1)
        if "last_id" in params:
            first = min(first, int(params["last_id"]) - 1)
        fits = [
            all(row[name] == value for name, value in wanted.items()) and all(row[name] for name in filled)
            for row in self.rows
        ]
        return (number for number in range(first, last - 1, -1) if fits[number % TEMPLATES])

    def first_from(self, stamp: str) -> int:
        """The first order made at a moment or later."""
        behind = NEWEST - dt.datetime.fromisoformat(stamp.replace("Z", "+00:00"))
        return max(0, self.count - 1 - behind // self.step)

    def cells(self) -> dict[tuple[str, str, str], list[int]]:
        """How many orders, and their revenue in sen, by day, status and payment status."""
        cells: dict[tuple[str, str, str], list[int]] = {}
        for number in range(self.count):
            row = self.rows[number % TEMPLATES]
            day = (self.made(number) + dt.timedelta(hours=7)).date().isoformat()
            cell = cells.setdefault((day, row["status"], row["payment_status"]), [0, 0])
            cell[0] += 1
            cell[1] += self.sen(number)
        return cells


def _template(row: Mapping[str, object]) -> str:
    """An order as text with places for its id, code, revenue and time."""
    made = {name: "@time@" for name, value in row.items() if name in CREATED or (name.endswith("_time") and value)}
    text = json.dumps({**row, **made, "id": "@id@", "order_id": "@code@", "gross_revenue": "@gross@"})
    text = text.replace("%", "%%")
    for name in ("id", "code", "gross", "time"):
        text = text.replace(f"@{name}@", f"%({name})s")
    return text


class Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, orders: ManyOrders, cells: Mapping[tuple[str, str, str], list[int]], seen: Counter[str]) -> None:
        self.orders, self.cells, self.seen, self.waiting = orders, cells, seen, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            target = urlsplit(head.split(b" ", 2)[1].decode())
            status, body = self.answer(target.path, dict(parse_qsl(target.query)))
            told = f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.transport.write(told.encode() + body)

    def answer(self, path: str, params: Mapping[str, str]) -> tuple[int, bytes]:
        self.seen[path] += 1
        if path == "/v2/order":
            return 200, self.orders.page(params)
        if path == "/v2/order/statistics":
            return 200, self.statistics(params)
        if path == "/seen":
            return 200, json.dumps(self.seen).encode()
        return 404, b'{"code":404,"status":"Not Found","error":"no such path"}'

    def statistics(self, params: Mapping[str, str]) -> bytes:
        wanted = params.get("status"), params.get("payment_status")
        results = [
            {"day": day, "status": status, "count": count, "gross_revenue": str(Decimal(sen) / 100)}
            for (day, status, payment), (count, sen) in self.cells.items()
            if wanted[0] in (None, status) and wanted[1] in (None, payment)
        ]
        return json.dumps({"code": 200, "status": "Success", "data": {"results": results}}).encode()


def serve(orders: int, port: int = 0, ready: multiprocessing.Queue | None = None) -> None:
    """Serve until the process ends; ``ready`` is given the port."""

    async def run() -> None:
        many = ManyOrders(orders)
        cells, seen = many.cells(), Counter[str]()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Talk(many, cells, seen), "127.0.0.1", port)
        at = server.sockets[0].getsockname()[1]
        if ready is not None:
            ready.put(at)
        else:
            print(f"http://127.0.0.1:{at}/v2", flush=True)
        await server.serve_forever()

    asyncio.run(run())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=2_000_000)
    options.add_argument("--port", type=int, default=0)
    asked = options.parse_args()
    serve(asked.orders, asked.port)


if __name__ == "__main__":
    main()
