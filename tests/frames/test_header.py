"""The header says where a frame comes from, survives pandas and files, and never lies about its rows."""

import datetime as dt
import json
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames import read_parquet, to_excel, to_parquet
from scalev_frames.frames.children import expand
from scalev_frames.frames.dashboard.columns import dashboard
from scalev_frames.frames.header import VERSION, Header, VerdictHeader
from scalev_frames.frames.masking import mask

AS_OF = dt.datetime(2026, 11, 23, 15, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
HEADER = Header(
    endpoint="orders",
    filters={"status": ["shipped"], "search": "Sri"},
    as_of=AS_OF,
    complete=True,
    requests=12,
    from_cache=False,
    account="brand-a",
    time_zone="Asia/Jakarta",
    notes=("one note",),
    rows=4,
    kinds={"total": "money"},
)


def orders(rows=4):
    frame = pd.DataFrame({"id": [str(n) for n in range(rows)], "order_id": "261101ABC", "tags": [["new"]] * rows})
    return HEADER.onto(frame)


def test_the_keys_that_users_read_are_plain_values():
    attrs = orders().attrs
    assert attrs == {
        "endpoint": "orders",
        "filters": {"status": ["shipped"], "search": "Sri"},
        "as_of": "2026-11-23T15:30:00+07:00",
        "complete": True,
        "requests": 12,
        "from_cache": False,
        "account": "brand-a",
        "time_zone": "Asia/Jakarta",
        "notes": ["one note"],
        "rows": 4,
        "kinds": {"total": "money"},
        "header_version": VERSION,
    }
    assert json.loads(json.dumps(attrs)) == attrs


def test_it_comes_back_as_it_went():
    assert Header.of(orders()) == HEADER
    assert Header.of(pd.DataFrame()) == Header()


def test_it_survives_a_file(tmp_path):
    assert Header.of(read_parquet(to_parquet(orders(), tmp_path / "x.parquet"))) == HEADER


def test_what_is_false_or_nothing_is_told_and_what_is_not_known_is_not():
    attrs = Header(complete=False, requests=0, filters={}).onto(pd.DataFrame()).attrs
    assert attrs == {"complete": False, "requests": 0, "filters": {}, "notes": [], "header_version": VERSION}


def test_writing_takes_back_what_an_older_header_said_and_leaves_the_users_own_keys():
    frame = orders()
    frame.attrs["mine"] = {"set": {1}}
    replace(Header.of(frame), account="", rows=None).onto(frame)
    assert "account" not in frame.attrs
    assert frame.attrs["mine"] == {"set": {1}}


@pytest.mark.parametrize(
    "attrs",
    [
        {"endpoint": 7, "filters": ["a"], "as_of": "yesterday", "complete": "yes", "requests": -1, "notes": "text"},
        {"time_zone": "Mars/Base", "kinds": [1], "rows": True, "header_version": "new", "child": None},
        {"time_zone": "../../etc/passwd", "as_of": pd.NaT, "kinds": {"a": 1}, "notes": [None, 3]},
        {"endpoint": "orders", "rows": 3, "header_version": VERSION + 1},
        {"time_zone": "", "requests": np.int64(3), 5: 6, ("a",): None},
    ],
)
def test_odd_attrs_are_ignored(attrs):
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = attrs
    assert Header.of(frame) == Header()
    assert Header.of(frame).zone == ZoneInfo("Asia/Jakarta")


any_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*orders().attrs, "child", "details", "masked", "kept_as"]), any_value))
def test_no_attrs_at_all_raise(attrs):
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = attrs
    header = Header.of(frame)
    assert Header.of(header.onto(frame)) == header
    json.dumps(frame.attrs)
    assert isinstance(header.zone, ZoneInfo)
    assert all(column.name for column in header.columns)
    assert isinstance(header.kind_of("a"), str)
    assert isinstance(header.row_note(frame), str)


def test_attrs_of_an_older_version_are_read_and_their_rows_are_not():
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"endpoint": "orders", "complete": True, "rows": 900, "notes": ["old"]}
    assert Header.of(frame) == Header(endpoint="orders", complete=True, notes=("old",))
    assert Header.of(frame).row_note(frame) == ""


def test_a_moment_without_a_zone_is_the_frames():
    frame = pd.DataFrame()
    frame.attrs = {"as_of": "2026-11-23T15:30:00", "time_zone": "Asia/Makassar"}
    assert Header.of(frame).as_of == dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame, ""),
        (lambda frame: frame.sort_values("id", ascending=False).assign(x=1), ""),
        (lambda frame: frame[frame["id"] > "2"], "1 of 4 rows, filtered afterwards"),
        (lambda frame: frame.drop_duplicates("order_id"), "1 of 4 rows, filtered afterwards"),
        (lambda frame: frame.iloc[:0], "0 of 4 rows, filtered afterwards"),
        (lambda frame: pd.concat([frame, frame]), "8 rows where the pull had 4, joined or repeated afterwards"),
        (lambda frame: pd.concat([frame.head(1), frame.tail(2)]), "3 of 4 rows, filtered afterwards"),
        (
            lambda frame: frame.merge(orders(), on="order_id"),
            "16 rows where the pull had 4, joined or repeated afterwards",
        ),
    ],
)
def test_it_says_when_the_rows_are_no_longer_the_pulls(change, said):
    frame = change(orders())
    assert Header.of(frame).row_note(frame) == said


def test_two_calls_joined_have_no_header():
    other = replace(HEADER, account="brand-b").onto(orders())
    assert Header.of(pd.concat([orders(), other])) == Header()


def test_a_workbook_says_that_rows_were_filtered_afterwards(tmp_path):
    from openpyxl import load_workbook

    path = to_excel(orders().head(1), tmp_path / "x.xlsx")
    notes = [row[1:] for row in load_workbook(path)["Notes"].values]
    assert ("Rows", "1 of 4 rows, filtered afterwards") in notes
    assert ("Complete", "yes") in notes


def test_child_frames_know_their_own_rows_and_that_the_parents_were_filtered():
    lines = expand(orders().head(2), "tags")
    header = Header.of(lines)
    assert (header.rows, header.child, header.row_note(lines)) == (2, "tags", "")
    assert header.notes == ("one note", "order: 2 of 4 rows, filtered afterwards")
    assert header.columns == ()


def test_dashboard_and_mask_carry_it():
    shown, masked = Header.of(dashboard(orders())), Header.of(mask(orders(), b"key"))
    assert (shown.child, shown.rows, shown.kind_of("gross_revenue"), shown.account) == (
        "dashboard",
        4,
        "money",
        "brand-a",
    )
    assert masked.masked
    assert masked.filters["status"] == ["shipped"]
    assert "Sri" not in str(masked)


def test_kinds_are_the_headers_then_the_catalogs_then_the_names():
    assert HEADER.kind_of("total") == "money"
    assert HEADER.kind_of("weight") == "grams"
    assert Header().kind_of("mean_price") == "money"
    assert Header(endpoint="orders", child="items").kind_of("status") == "text"
    assert "orderlines" in Header(endpoint="orders", details=True).declared
    assert "orderlines" not in Header(endpoint="orders").declared


def test_a_verdict_says_that_nothing_was_compared():
    frame = VerdictHeader(endpoint="reconcile", verdict="Not compared.").onto(pd.DataFrame())
    assert frame.attrs["equal"] is None
    assert VerdictHeader.of(frame).verdict == "Not compared."
