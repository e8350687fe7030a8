"""Filters that no column shows: what tells whether a server reads them."""

from __future__ import annotations

import itertools

import pytest
from pull.memory import ZONE, Memory

from scalev_frames.errors import FilterIgnoredError
from scalev_frames.pull.whole.ignored_filters import check_obeyed
from scalev_frames.query.query import make_query
from scalev_frames.sandbox import World
from scalev_frames.wire.answers.response import Response


class Marking(Memory):
    """Lists the same products whatever is asked, with other addresses each time; ``mark`` tells it the store's own."""

    def __init__(self, mark):
        super().__init__(World(3, days=3))
        self.mark, self.signatures = mark, itertools.count()

    def get(self, path, asked, call, alias=None):
        file = f"https://files.example/1?signature={next(self.signatures)}"
        rows = [
            {"id": one, "is_owned_by_store": asked.get(self.mark) == "3" and one < 3, "images": [file]}
            for one in range(5)
        ]
        data = {"results": rows, "has_next": False, "last_id": None, "page_size": 25}
        return Response(b"", data, 0.0, body={"data": data})


@pytest.mark.parametrize(("mark", "is_read"), [("for_store_id", True), ("nothing", False)])
def test_a_filter_that_changes_what_stands_in_rows_is_obeyed(mark, is_read):
    server = Marking(mark)
    query = make_query("products_simplified", {"for_store_id": 3}, ZONE, server.world.now)
    if is_read:
        check_obeyed(query, "for_store_id", server.source())
    else:
        with pytest.raises(FilterIgnoredError, match="ignored for_store_id"):
            check_obeyed(query, "for_store_id", server.source())
