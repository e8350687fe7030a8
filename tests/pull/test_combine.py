"""A frame and the rows that it lacked are one frame, as if all had been read at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames.build import FrameBuilder
from scalev_frames.frames.money import exact
from scalev_frames.pull.reading.combine import combine, completed
from scalev_frames.query.query import make_query

NOW = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
QUERY = make_query("orders", {}, ZoneInfo("Asia/Jakarta"), NOW)
LONG = "90071992547409931.01"


def framed(*rows):
    builder = FrameBuilder(ENDPOINTS["orders"].columns, "Asia/Jakarta")
    builder.add([{"created_at": f"2026-11-0{9 - number}T00:00:00Z", **row} for number, row in enumerate(rows)])
    return builder.finish()[0]


@pytest.mark.parametrize("amounts", [("1.50", LONG), (LONG, "1.50")])
def test_amounts_of_any_length_are_kept_to_the_sen(amounts):
    first, second = framed({"id": 2, "gross_revenue": amounts[0]}), framed({}, {"id": 1, "gross_revenue": amounts[1]})
    frame, _ = completed(first, second.iloc[1:], QUERY)
    assert frame["id"].tolist() == ["2", "1"]
    assert list(map(Decimal, exact(frame["gross_revenue"]))) == list(map(Decimal, amounts))


def test_a_field_of_two_kinds_is_text_and_a_note_says_so():
    first, second = framed({"id": 2, "surprise": 5}), framed({}, {"id": 1, "surprise": "x"})
    frame, notes = completed(first, second.iloc[1:], QUERY)
    assert frame["surprise"].tolist() == ["5", "x"]
    assert notes == ["surprise: text, because the values of its parts are of several kinds"]


@pytest.mark.parametrize(("surprise", "found"), [("x", None), (None, [None, 5]), (6, [6, 5])])
def test_a_refresh_whose_rows_have_another_kind_of_value_gives_way_to_a_whole_pull(surprise, found):
    kept, fresh = framed({}, {"id": 1, "surprise": 5}).iloc[1:], framed({"id": 2, "surprise": surprise})
    frame = combine(kept, fresh, (), QUERY, ["2"])
    values = None if frame is None else frame["surprise"].astype(object)
    assert (values if values is None else values.where(values.notna(), None).tolist()) == found


def test_a_row_that_was_read_again_stands_in_place_of_the_first():
    first, second = framed({"id": 2, "status": "pending"}, {"id": 1}), framed({"id": 2, "status": "shipped"})
    frame, notes = completed(first, second, QUERY)
    assert frame["status"].iloc[0] == "shipped"
    assert frame["id"].tolist() == ["2", "1"]
    assert notes == []


@pytest.mark.parametrize("spelling", [str.lower, str.upper, str.title])
def test_each_of_several_lists_keeps_its_order_however_the_server_spells_their_status(spelling):
    query = make_query("orders", {"status": ["shipped", "in_process"]}, ZoneInfo("Asia/Jakarta"), NOW)
    statuses, days = ("shipped", "shipped", "in process"), (5, 9, 7)  # the first one is backdated
    rows = [
        {"id": number, "status": spelling(status), "created_at": f"2026-11-0{day}T00:00:00Z"}
        for number, (status, day) in enumerate(zip(statuses, days, strict=True), 1)
    ]
    older = framed({"id": 4, "status": spelling("shipped"), "created_at": "2026-11-01T00:00:00Z"})
    frame, _ = completed(framed(*rows), older, query)
    assert frame["id"].tolist() == ["3", "1", "2", "4"]
