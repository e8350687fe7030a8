"""A pivot table as an Excel sheet: any value is written right, or as text and said in the notes below the table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from scalev_frames.errors import ExportError
from scalev_frames.export.excel.pivot import PivotSheet, write_pivot

ODD = ["_x0041_x0042_", "half \ud83d", "\ufffe\x01", "=1+1", "x" * 40_000, " a\r\nb & <c>"]
SHOWN = ["_x0041_x0042_", "half \ufffd", None, "=1+1", "x" * 32_760 + "… [cut]", " a\nb & <c>"]


def written(tmp_path, frame, kinds, title="Title", row_kinds=None):
    pivot = PivotSheet(
        frame, [("", str(name)) for name in frame], kinds, row_kinds or [""] * len(frame), 1, title, ["a note"]
    )
    path = write_pivot(pivot, tmp_path / "p.xlsx")
    rows = [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(min_row=4)]
    assert len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) >= len(frame)
    return rows[: len(frame)], [row[0].value for row in rows[len(frame) :]]


def as_excel_reads(text):
    """A text with Excel's own escapes read, as openpyxl does not."""
    return text and text.replace("_x005F_", "_")


def test_texts_are_what_they_were(tmp_path):
    rows, _ = written(
        tmp_path, pd.DataFrame({"k": pd.Series(ODD, dtype=object), "n": 1}), ["text", "count"], title="_x0041_ \ud83d"
    )
    assert [as_excel_reads(row[0].value) or None for row in rows] == SHOWN
    assert all(row[0].data_type != "f" for row in rows)


@pytest.mark.parametrize(
    ("kind", "values", "shown", "said"),
    [
        ("money", [Decimal("123456789012345678"), Decimal("1.50")], ["123456789012345678", 1.5], "15 digits"),
        ("count", [10**17 + 1, 2], ["100000000000000001", 2], "15 digits"),
        ("number", [float("inf"), 0.5], ["inf", 0.5], "infinite"),
        ("time", [dt.datetime(1899, 1, 1), dt.datetime(2026, 11, 1, 9, 30)], ["1899-01-01", dt.datetime(2026, 11, 1, 9, 30)], "1900-03-01"),
        ("count", [7, None], [7, None], ""),
        ("money", [Decimal("150000"), "Total"], [150000, "Total"], ""),
    ],
)  # fmt: skip
def test_numbers_and_times_are_exact_or_texts_that_the_notes_count(kind, values, shown, said, tmp_path):
    frame = pd.DataFrame({"k": ["a", "b"], "v": pd.Series(values, dtype=object)})
    rows, notes = written(tmp_path, frame, ["text", kind], row_kinds=["", "total"])
    assert [row[1].value for row in rows] == shown
    assert any(said in str(note) for note in notes) if said else notes == [None, "a note"]


def test_times_are_those_of_their_zone(tmp_path):
    times = pd.Series(pd.to_datetime(["2026-11-01 09:30", None]).tz_localize("Asia/Makassar"))
    rows, _ = written(tmp_path, pd.DataFrame({"k": ["a", "b"], "v": times}), ["text", "time"])
    assert [row[1].value for row in rows] == [dt.datetime(2026, 11, 1, 9, 30), None]


def test_another_kind_of_file_is_refused(tmp_path):
    pivot = PivotSheet(pd.DataFrame({"k": ["a"]}), [("", "k")], ["text"], [""], 1, "Title")
    with pytest.raises(ExportError, match=r"p.csv does not end in .xlsx"):
        write_pivot(pivot, tmp_path / "p.csv")


def test_a_group_of_columns_is_named_above_its_first_one_and_equal_headings_stay(tmp_path):
    frame = pd.DataFrame([["Bogor", 1, 2.0, 3, 4.0]], columns=["city", "a", "b", "c", "d"])
    kinds = ["text", "count", "money", "count", "money"]
    grouped = [("", "City"), ("shipped", "Orders"), ("shipped", "Revenue"), ("rts", "Orders"), ("rts", "Revenue")]
    plain = [("", one) for one in ("City", "Orders", "Orders", "Revenue", "Revenue")]
    for headings, shown in [
        (grouped, [[None, "shipped", None, "rts", None], ["City", "Orders", "Revenue", "Orders", "Revenue"]]),
        (plain, [["City", "Orders", "Orders", "Revenue", "Revenue"], ["Bogor", 1, 2, 3, 4]]),
    ]:
        path = write_pivot(PivotSheet(frame, headings, kinds, [""], 1, "Title"), tmp_path / "p.xlsx")
        rows = openpyxl.load_workbook(path).active.iter_rows(min_row=3, max_row=4, values_only=True)
        assert [list(row) for row in rows] == shown
