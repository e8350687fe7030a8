"""Frames that nobody would make on purpose: the table and the pivot show them, find in them and say what is true."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from scalev_frames.errors import UnknownNameError
from scalev_frames.frames.values.columns import read_column
from scalev_frames.notebook.pivot import Pivot
from scalev_frames.notebook.pivot.plan import fields_of, values_of
from scalev_frames.notebook.table import Table
from scalev_frames.notebook.table.columns.columns import columns_of
from scalev_frames.notebook.table.filters.conditions import Condition
from tests.notebook.tables import run_code

EVIL = "<img src=x onerror=alert(1)>"
JAKARTA, LONDON = "Asia/Jakarta", "Europe/London"


class Odd:
    """A thing that JSON has no word for."""

    def __repr__(self) -> str:
        return "<odd>"


def circle() -> list[Any]:
    made: list[Any] = [1]
    made.append(made)
    return made


def arrow(values: list[Any], dtype: pa.DataType) -> pd.Series[Any]:
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([pa.array(values, dtype)])))


def column(values: Any, **options: Any) -> pd.DataFrame:
    return pd.DataFrame({"value": pd.Series(values, **options)})


POINT = pa.struct([("name", pa.string()), ("count", pa.int64())])
MULTI = pd.MultiIndex.from_tuples([("jawa", 1), ("jawa", 2), ("bali", 1)], names=["island", None])
FRAMES: dict[str, pd.DataFrame] = {
    "two of one name": pd.DataFrame([[1, "a", 2.5], [3, None, 4.5]], columns=["same", "same", "same"]),
    "several levels": pd.DataFrame(
        [[1, 2, 3], [4, 5, 6], [7, 8, None]], index=MULTI, columns=pd.MultiIndex.from_product([["net"], ["a", "b", None]])
    ),
    "one column": pd.DataFrame({"only": ["a", None, "b"]}),
    "no rows": pd.DataFrame({"a": [], "b": pd.Series([], dtype="datetime64[ns, UTC]")}),
    "names that are no texts": pd.DataFrame([[1, 2, 3, 4, 5]], columns=[None, float("nan"), 3, ("a", 1), dt.date(2026, 1, 1)]),
    "names of markup": pd.DataFrame({EVIL: [EVIL, "<script>alert(1)</script>"], "'); x": ["&lt;b&gt;", '"><svg onload=1>']}),
    "not finite": column([float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1e308, 5e-324]),
    "huge whole numbers": column([10**30, -(10**30), 2**64, None], dtype=object),
    "huge unsigned": column([2**64 - 1, 0], dtype="uint64"),
    "decimals of any size": column([Decimal("1E+40"), Decimal("0.000000001"), Decimal("NaN"), None]),
    "decimals without end": column([Decimal("Infinity"), Decimal("1.5")]),
    "nested": column([[1, [2, [3]]], {"a": {"b": [None]}}, [], {}, None]),
    "nested oddities": column([[Odd(), 1j], {"a": np.array([1, 2])}, [float("inf")], [Decimal("1.50")], [pd.NA], [{1, 2}]]),
    "a list that holds itself": column([circle(), [1]]),
    "arrays": column([np.array([1, 2]), np.array([]), None], dtype=object),
    "sets and tuples": column([{1}, (1, 2), frozenset({"a"}), None], dtype=object),
    "bytes": column([b"raw\xff", bytearray(b"x"), None], dtype=object),
    "odd objects": column([Odd(), uuid.UUID(int=1), dt.time(1, 2), 1j, None], dtype=object),
    "texts of every script": column(["مرحبا بالعالم", "שלום", "👩‍👩‍👧‍👦 🇮🇩", "ﷺ", "e\u0301", "\u202eabc", "a\x00b", ""]),
    "half a character": column(["\ud800", "b", None], dtype=object),
    "a very long text": column(["x" * 60_000, "y\n" * 9, "\t"]),
    "zones mixed": column([
        pd.Timestamp("2026-11-01", tz=JAKARTA), pd.Timestamp("2026-11-01", tz=LONDON), pd.Timestamp("2026-11-01"), None,
    ], dtype=object),
    "days mixed with moments": column([dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, 5), "2026-01-01"], dtype=object),
    "moments of any age": column(np.array(["0001-01-01", "9999-12-31", "NaT"], dtype="datetime64[s]")),
    "moments of no calendar": column(np.array(["-0001-01-01", "12026-01-01", "NaT"], dtype="datetime64[s]")),
    "arrow moments of no calendar": column(arrow([-(10**11), 10**12, None], pa.timestamp("s"))),
    "zoned arrow moments of no calendar": column(arrow([10**18, None], pa.timestamp("us", "Asia/Jakarta"))),
    "spans": column(pd.to_timedelta([1, None, -2], unit="h")),
    "unused categories": column(pd.Categorical(["a", None, "a"], categories=["z", "a", "b"], ordered=True)),
    "categories that are numbers": column(pd.Categorical([3, 1, None])),
    "periods": column(pd.period_range("2026-01", periods=3, freq="M")),
    "intervals": column(pd.interval_range(0, 3)),
    "sparse": column(pd.arrays.SparseArray([0.0, 1.0, float("nan")])),
    "small floats": column(np.array([1.5, np.nan], dtype="float16")),
    "flags with gaps": column([True, None, False], dtype=object),
    "python strings": column(["a", None], dtype="string[python]"),
    "arrow lists": pd.DataFrame({"value": arrow([["a"], None, []], pa.list_(pa.string()))}),
    "arrow records": pd.DataFrame({"value": arrow([{"name": "a", "count": 1}, None], POINT)}),
    "arrow maps": pd.DataFrame({"value": arrow([[("Kopi", 2)], None], pa.map_(pa.string(), pa.int64()))}),
    "arrow texts": pd.DataFrame({"value": arrow(["a", None], pa.string()), "raw": arrow([b"\xff", None], pa.binary())}),
    "arrow words": pd.DataFrame({"value": arrow(["a", None, "a"], pa.dictionary(pa.int32(), pa.string()))}),
    "arrow times": pd.DataFrame({
        "value": arrow([0, None], pa.timestamp("ns", "UTC")), "day": arrow([0, None], pa.date32()),
        "clock": arrow([0, None], pa.time64("us")), "span": arrow([5, None], pa.duration("s")),
    }),
    "arrow fractions of every digit": column(arrow([Decimal("0.12345678901234567890123456789012345678"), None], pa.decimal128(38, 38))),
    "arrow numbers": pd.DataFrame({
        "value": arrow([Decimal("1.5"), None], pa.decimal256(70, 2)), "u": arrow([2**64 - 1, None], pa.uint64()),
        "small": arrow([1.5, None], pa.float32()), "nothing": arrow([None, None], pa.null()), "yes": arrow([True, None], pa.bool_()),
    }),
    "an index with a name": pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(2, name=EVIL)),
    "an index of a column's name": pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="a")),
    "no columns": pd.DataFrame(index=range(3)),
    "nothing": pd.DataFrame(),
}  # fmt: skip


@pytest.fixture(params=FRAMES)
def frame(request: pytest.FixtureRequest) -> pd.DataFrame:
    return FRAMES[request.param]


def ask(table: Table, action: str, **details: Any) -> dict[str, Any]:
    """What the table answers, as a browser would read it."""
    sent: list[dict[str, Any]] = []
    table.send = lambda message, *_: sent.append(message)
    table.handle({"do": action, "number": "v-1", "generation": table.sheet.generation, **details})
    answer: dict[str, Any] = json.loads(json.dumps(sent[-1], allow_nan=False).encode())
    assert answer["kind"] not in ("error", "stale"), answer
    return answer


def test_the_table_shows_it_and_every_message_is_json(frame):
    table = Table(frame)

    def asked(action: str, **details: Any) -> dict[str, Any]:
        return ask(table, action, **details)

    opened = asked("open")
    places = list(range(len(opened["columns"])))
    while asked("prepare")["left"]:
        pass
    for place in places:
        asked("sort", column=place)
        assert len(table.view) == len(frame)
    asked("clear")
    for at in range(0, len(places), 16):
        asked("block", blocks=[{"first": 0, "count": 100, "places": places[at : at + 16]}])
    if len(frame) and places:
        asked("columns", order=places)
        asked("select", rows=[0, len(frame) - 1], places=places)
        assert len(asked("copy", headings=True)["text"].split("\n")) > len(frame)
        asked("record", row=0)
    asked("search", text="no such text")
    assert len(table.view) == 0
    page = table.static_html()
    assert EVIL not in page
    assert "<script>alert" not in page


#: Money, whole numbers with and without a sign, floats, days of Arrow and moments of a zone.
TYPED = pd.DataFrame({
    "money": arrow([Decimal("1.50"), None, Decimal("-3.00")], pa.decimal128(18, 2)), "n": [1, 2, -3],
    "u": pd.array([1, None, 2**64 - 1], dtype="UInt64"), "share": [0.5, 1e300, None],
    "day": arrow([dt.date(2026, 11, 1), None, dt.date(9999, 12, 31)], pa.date32()),
    "moment": arrow([dt.datetime(2026, 11, 1, tzinfo=dt.UTC), None, None], pa.timestamp("us", "Asia/Jakarta")),
})  # fmt: skip
TYPED_TEXTS = [
    ">-1", "=1.5", "18446744073709551615", ">99999999999999999999", "!=-99999999999999999999", "<" + "9" * 90, "1e400",
    "2026-11", "today", "9999-12-31", ">9999-12", "<=9999", "1/1/2026-31/12/9999", "0000",
]  # fmt: skip


@pytest.mark.parametrize("text", TYPED_TEXTS)
def test_what_is_typed_is_refused_in_words_or_finds_what_its_code_finds(text):
    answers = []
    for place, name in enumerate(TYPED.columns):
        table = Table(TYPED, name="TYPED")
        table.send = lambda message, *_: answers.append(message["kind"])
        table.handle({"do": "filter", "number": "v-1", "column": place, "text": text})
        if answers[-1] != "error":
            scope = {"TYPED": TYPED}
            exec(table.code, scope)
            assert scope["view"].index.tolist() == table.view.index.tolist(), (name, table.code)
    assert answers.count("done") + answers.count("error") == len(TYPED.columns)
    assert "done" in answers or text in ("1e400", "0000")


def test_a_column_of_numbers_has_no_days():
    table = Table(TYPED[["n"]])
    assert ask(table, "filter", column=0, preset="today")["kind"] == "done"
    assert len(table.view) == len(TYPED)


def test_a_category_that_is_a_whole_number_reads_as_one_where_another_is_missing():
    table = Table(FRAMES["categories that are numbers"])
    [cells] = ask(table, "block", blocks=[{"first": 0, "count": 9, "places": [0]}])["blocks"][0]["cells"]
    assert cells == ["3", "1", None]
    table.filter({"value": "3"})
    assert len(table.view) == 1


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_cell_heading_or_group_reads_as_a_missing_value(language):
    """Lists keep JSON's null; elsewhere what is missing has no text, and flags are words."""
    words = re.compile(r"\b(nan|NaN|NaT|None|<NA>|undefined|true|false)\b|\[object")
    frames = {name: one for name, one in FRAMES.items() if "nested" not in name and len(one) < 100}
    for name, one in frames.items():
        sheet = Table(one, language=language).sheet
        texts = [text for column in sheet.columns for text in column.shown(sheet.positions, language)]
        if name != "decimals of any size":  # an object that is no number reads as it is written
            assert not [text for text in [*sheet.headings, *texts] if words.search(text or "")], name
    listed = pd.DataFrame({"tags": [["VIP", None], [{"name": "VIP"}, {"id": 2}], [float("nan")], []]})
    pivot = Pivot(listed, language=language)
    pivot.choose(rows=["tags (item)"])
    assert pivot.result.iloc[:, 0].tolist() == ["VIP", pivot.labels["blank"], "Total"]
    assert pivot.result.iloc[:, 1].tolist() == [2, 4, 6]


def test_every_listed_value_finds_as_many_rows_as_the_list_says(frame):
    table = Table(frame)
    for place in range(len(table.sheet.columns)):
        answer = ask(table, "values", column=place)
        assert sum(count for _, _, count in answer["values"]) + answer["missing"] == len(frame)
        for value, _, count in answer["values"]:
            table.sheet.filter(place, [Condition("in", (value,))])
            assert len(table.sheet.positions) == count, value
        table.sheet.filter(place, [Condition("missing")])
        assert len(table.sheet.positions) == answer["missing"]
        table.sheet.filter(place, [])


def test_the_pivot_counts_it_or_says_why_not(frame):
    pivot = Pivot(frame)
    offered = {field.name for field in fields_of(pivot.own_columns)}
    for row in {one.name for one in columns_of(frame.reset_index(drop=True))} - offered:
        with pytest.raises(UnknownNameError):
            pivot.choose(rows=[row])
    for row in offered:
        pivot.choose(
            rows=[row],
            values=[("", "rows"), *[(one, "different") for one in values_of(pivot.own_columns, "different")]],
        )
        assert pivot.problem == ""
        assert int(pivot.result.iloc[-1, 1]) == pivot.made.numbers.grouped >= len(frame)


@pytest.mark.parametrize("name", [name for name, one in FRAMES.items() if len(one) and one.shape[1]])
def test_the_code_of_a_filter_gives_the_same_rows(name):
    frame = FRAMES[name]
    if frame.columns.duplicated().any() or not all(isinstance(one, str) for one in frame.columns):
        frame = frame.set_axis([f"c{n}" for n in range(frame.shape[1])], axis=1)
    frame = frame.reset_index(drop=True)
    table = Table(frame)
    for place in range(frame.shape[1]):
        for conditions in ([Condition("missing")], [Condition("filled")]):
            table.sheet.filter(place, conditions)
            pd.testing.assert_frame_equal(run_code(table.code, frame), table.view)
            table.sheet.filter(place, [])


def test_a_frame_changed_in_place_stays_as_it_was_shown():
    frame = pd.DataFrame({"status": ["rts", "shipped"], "quantity": [1, 2]})
    table, pivot = Table(frame), Pivot(frame)
    frame.loc[0, "status"] = "draft"
    frame["more"] = 1
    frame["status"] = frame.pop("quantity")
    assert table.view["status"].tolist() == ["rts", "shipped"]
    table.filter({"status": "rts"})
    assert table.view["quantity"].tolist() == [1]
    pivot.choose(rows=["status"], values=[("quantity", "sum")])
    assert pivot.result.iloc[:, 0].tolist()[:2] == ["rts", "shipped"]


def test_two_tables_of_one_frame_are_filtered_apart():
    frame = pd.DataFrame({"status": ["rts", "shipped"]})
    one, other = Table(frame), Table(frame)
    one.filter({"status": "rts"})
    other.sort([("status", False)])
    assert (one.view["status"].tolist(), other.view["status"].tolist()) == (["rts"], ["shipped", "rts"])


@pytest.mark.slow
def test_two_thousand_columns_and_a_million_rows():
    wide = pd.DataFrame(np.arange(6000).reshape(3, 2000), columns=[f"c{n}" for n in range(2000)])
    table = Table(wide)
    assert len(ask(table, "open")["columns"]) == 2000
    assert ask(table, "block", blocks=[{"first": 0, "count": 100, "places": [1999]}])["blocks"][0]["cells"] == [
        ["1,999", "3,999", "5,999"]
    ]
    table.search("5999")
    assert len(table.view) == 1
    long = Table(pd.DataFrame({"n": np.arange(1_000_000), "even": np.arange(1_000_000) % 2 == 0}))
    ask(long, "sort", column=0, to=False)
    ask(long, "filter", column=1, text="yes")
    first = ask(long, "block", blocks=[{"first": 499_900, "count": 100, "places": [0]}])["blocks"][0]["cells"][0]
    assert (first[0], first[-1]) == ("198", "0")


def test_a_closed_table_and_pivot_say_nothing_more():
    frame = pd.DataFrame({"status": ["rts", "shipped"]})
    table, pivot = Table(frame), Pivot(frame)
    table.close()
    pivot.close()
    table.filter({"status": "rts"})
    pivot.choose(rows=["status"])
    assert len(table.view) == 1
    assert len(pivot.result) == 3


def test_what_json_has_no_word_for_is_found_by_how_it_reads():
    table = Table(FRAMES["nested oddities"])
    for word, place in (("<odd>", 0), ("Infinity", 2), ("1.50", 3)):
        table.search(word)
        assert table.sheet.positions.tolist() == [place], word


def test_times_of_arrow_read_on_their_own_clock():
    frame = pd.DataFrame({"at": arrow([0], pa.timestamp("s", "Asia/Jakarta")), "day": arrow([1], pa.date32())})
    table = Table(frame)
    assert [text for _, text in table.sheet.record(0)] == ["1970-01-01 07:00:00", "1970-01-02"]
    table.search("07:00")
    assert len(table.view) == 1


@pytest.mark.parametrize("name", ["bytes", "arrow texts"])
def test_bytes_are_shown_and_found_as_files_write_them(name):
    shown = columns_of(FRAMES[name], "en")[-1]
    assert shown.shown(np.arange(1), "en") == [read_column(shown.series).texts()[0].as_py()]
    assert np.flatnonzero(shown.holds("ff")).tolist() == [0]


def test_arrow_moments_that_python_does_not_know_are_texts():
    moments = columns_of(column(arrow([-62_135_596_801, 253_402_300_800, None], pa.timestamp("s"))))[-1]
    assert moments.shown(np.arange(3)) == ["0000-12-31T23:59:59", "10000-01-01T00:00:00", None]
    assert np.flatnonzero(moments.holds("10000-")).tolist() == [1]


@pytest.mark.parametrize("days", [[3_000_000, 3_000_000, 0, None], [-1_000_000, -1_000_000, 0, None]])
def test_arrow_days_that_python_does_not_know_are_counted_as_texts(days):
    far = pa.array(days, pa.int32()).cast(pa.date32())
    pivot = Pivot(column(pd.array(far, dtype=pd.ArrowDtype(far.type))))
    pivot.choose(rows=["value"], values=[("", "rows")])
    assert pivot.problem == ""
    assert sorted(pivot.result.iloc[:-1, 1].tolist()) == [1, 1, 2]
