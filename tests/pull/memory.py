"""A client that asks a world without any network, and counts what it is asked."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from zoneinfo import ZoneInfo

import orjson

from scalev_frames.cancel import CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames.header import Header
from scalev_frames.progress import silent
from scalev_frames.pull.reading.pace import Pace
from scalev_frames.pull.reading.sources import Outcome, Source
from scalev_frames.pull.refresh.refresh import bring_up_to_date
from scalev_frames.pull.whole.whole import pull_whole
from scalev_frames.query.query import make_query
from scalev_frames.sandbox.server.versions import V3
from scalev_frames.verify.statistics import requests_for, shared_filters
from scalev_frames.wire.answers.parsing import parse_response
from scalev_frames.wire.answers.response import RawResponse, Response
from scalev_frames.wire.transport import Call

ZONE = ZoneInfo("Asia/Jakarta")
#: The fields by which rows are found, ordered and counted; times besides.
FEW = {"id", "order_id", "status", "payment_status", "gross_revenue", "store", "platform"}


@lru_cache(maxsize=20_000)
def with_few_fields(record):
    """A record with nothing else, of which frames are made in a third of the time."""
    row = orjson.loads(record)
    return orjson.dumps({name: one for name, one in row.items() if name in FEW or name.endswith(("_at", "_time"))})


class Pages:
    """A journal in memory."""

    splits = ()

    def __init__(self):
        self.pages = {}

    def get(self, key):
        return self.pages.get(key)

    def put(self, key, content, received_at):
        self.pages[key] = content, received_at

    def forget(self, key):
        self.pages.pop(key)

    def remember(self, splits):
        self.splits = splits


class Memory:
    """Asks ``world``, of rows for `FEW` fields; ``statistics`` changes what the statistics are asked."""

    version = "v2"

    def __init__(self, world, statistics=lambda params: params, seconds=0.0, *, few=True):
        self.world = world
        self.few = few
        self.statistics = statistics
        self.seconds = seconds
        self.asked = 0
        self.journal = None

    def get(self, path, asked, call, alias=None):
        self.asked += 1
        call.sent.add()
        texts = {name: str(value) for name, value in asked.items()}
        if path.endswith("statistics"):
            data = orjson.loads(self.world.answer(ENDPOINTS["order_statistics"], {}, self.statistics(texts)))
        else:
            page = self.page(texts, 25)
            data = {"results": [orjson.loads(one) for one in page.records], "has_next": page.has_next,
                    "last_id": orjson.loads(page.cursor), "page_size": 25}  # fmt: skip
        return Response(orjson.dumps(data), data, 0.0, seconds=self.seconds, body={"data": data})

    def page(self, asked, size):
        page = self.world.order_page(asked, size)
        return page._replace(records=[*map(with_few_fields, page.records)]) if self.few else page

    def read(self, content, received_at):
        data = orjson.loads(content)
        return Response(content, data, received_at, from_cache=True, body={"data": data})

    def source(self):
        call = Call(silent, CancelToken(), None)
        return Source(self, call, Pace(6.0, lambda _: 0.0), self.world.now, ZONE, self.journal)

    def query(self, **asked):
        return make_query("orders", asked, ZONE, self.world.now, self.version)

    def full(self, **asked):
        query = self.query(**asked)
        counts = requests_for(query, ZONE, query.start, self.world.now, shared_filters(query) or ())
        frame, outcome = pull_whole(query, self.source(), asked=counts)
        as_of = self.world.now.astimezone(ZONE).replace(microsecond=0)
        return Header(complete=outcome.complete, as_of=as_of, notes=tuple(outcome.notes), rows=len(frame)).onto(frame)

    def requests_of(self, kept, **asked):
        """What a refresh sent, and the full pull where that took its place; and what a full pull alone sends."""
        self.journal, self.asked = Pages(), 0
        frame = self.refreshed(kept, **asked)
        if frame is None:
            self.full(**asked)
        sent, self.journal, self.asked = self.asked, None, 0
        self.full(**asked)
        return sent, self.asked

    def refreshed(self, kept, **asked):
        outcome = Outcome()
        frame = bring_up_to_date(kept, self.query(**asked), self.source(), outcome)
        return None if frame is None else (frame, outcome)


class Memory3(Memory):
    """The same by version 3 of the API."""

    version = "v3"

    def get(self, path, asked, call, alias=None):
        self.asked += 1
        call.sent.add()
        texts, behaviour = {name: str(value) for name, value in asked.items()}, self.world.behaviour
        if path.endswith("statistics"):
            row = ENDPOINTS["order_statistics"]
            reply = V3().answer(row, self.world.answer(row, {}, V3().read(row, self.statistics(texts), behaviour)))
        else:
            row, size = ENDPOINTS["orders"], min(int(texts.get("page_size", 25)), 25)
            own = V3().read(row, texts, behaviour)
            page = self.page(own, size)
            reply = V3().page(row, own if "next_cursor" in texts else texts, page, size, behaviour)
        return self._response(b"".join(reply.pieces), 0.0)

    def read(self, content, received_at):
        return replace(self._response(content, received_at), from_cache=True)

    def _response(self, content, received_at):
        parsed = parse_response(RawResponse(200, {}, content, "http://127.0.0.1/v3", 0.0))
        return Response(content, parsed.data, received_at, seconds=self.seconds, body=parsed.body)
