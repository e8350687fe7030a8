"""A pivot as an Excel sheet, under a saved name, in a saved notebook and in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from scalev_frames.errors import UnknownNameError
from scalev_frames.notebook.pivot import Pivot
from scalev_frames.notebook.pivot.plan import (
    Field,
    plan_from,
    plan_to,
)


def test_the_excel_sheet_has_levels_totals_formats_and_notes(small_orders, tmp_path):
    panel = Pivot(small_orders.assign(rate=0.5), name="orders", folder=tmp_path)
    panel.choose(
        ["status", "is_repeat"], values=[("gross_revenue", "sum"), ("", "rows", "share_all")], heat=True,
        filters={"quantity": "!="},
    )  # fmt: skip
    path = Path(panel._answers.answer({"do": "export"})["note"].removeprefix("Written to ").rstrip("."))
    assert path.parent == tmp_path
    sheet = openpyxl.load_workbook(path).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[2] == ["Status", "Repeat customer", "Gross revenue: sum", "Number of rows, share of all"]
    total = next(row for row in sheet.iter_rows() if row[0].value == "Total")
    assert float(total[2].value) == 1250098.9
    assert (total[2].number_format, total[3].number_format) == ('"Rp" #,##0.00', "0.0%")
    assert total[2].font.bold
    assert sheet.freeze_panes == "C4"
    assert any("3 of 5 rows" in str(row[0]) for row in cells)
    assert any("Filter Quantity: !=" in str(row[0]) for row in cells)


def test_a_key_that_looks_like_a_formula_is_text(tmp_path):
    panel = Pivot(pd.DataFrame({"status": ["=1+1", "@x", "a\x00b"]}))
    panel.choose(["status"])
    sheet = openpyxl.load_workbook(panel.export(tmp_path / "a.xlsx")).active
    assert [sheet.cell(row, 1).value for row in (4, 5, 6)] == ["=1+1", "@x", "ab"]
    assert {sheet.cell(row, 1).data_type for row in (4, 5, 6)} == {"s"}


@pytest.mark.slow
def test_pivots_are_saved_without_filters_and_come_back(small_orders, tmp_path, monkeypatch):
    monkeypatch.setenv("SCALEV_CACHE_DIR", str(tmp_path))
    panel = Pivot(small_orders)
    panel.choose(
        ["draft_time (month)"], ["status"], [("gross_revenue", "mean")], filters={"customer_phone": "081234"}, top=5
    )
    assert "saved" in panel._answers.answer({"do": "save", "name": "Rapat"})["note"]
    assert "081234" not in (tmp_path / "views.json").read_text()
    other = Pivot(small_orders)
    assert other._answers.state()["saved"] == ["Rapat"]
    other._answers.answer({"do": "use", "name": "Rapat"})
    assert other.plan == plan_from(plan_to(panel.plan, filters=False))
    other._answers.answer({"do": "forget", "name": "Rapat"})
    assert other._answers.state()["saved"] == []
    for broken in ({"rows": 5}, {"rows": [["status"]]}, {"values": [["status"]]}, {"top": "many"}, None):
        (tmp_path / "views.json").write_text(json.dumps({"pivot orders": {"Rusak": broken}}))
        assert other._answers.answer({"do": "use", "name": "Rusak"})["text"] == "The pivot Rusak cannot be read."
    assert other._answers.answer({"do": "save", "name": ""})["kind"] == "error"


def test_a_saved_notebook_shows_the_table_and_no_customer(small_orders):
    panel = Pivot(small_orders)
    panel.choose(["status"])
    assert "shipped" in panel.static_html()
    panel.choose(["customer_phone"])
    assert "081234" not in panel.static_html()
    panel.choose([], ["customer_phone"])
    assert "081234" not in panel.static_html()
    panel.choose(["status"], filters={"customer_phone": "081234"})
    assert "shipped" in panel.static_html()
    assert "081234" not in panel.static_html()


def test_the_choice_outlives_a_new_frame(small_orders):
    panel = Pivot(small_orders)
    panel.choose(["is_repeat"], values=[("quantity", "mean")])
    panel.frame = small_orders.iloc[:2]
    assert panel.plan.rows == (Field("is_repeat"),)
    assert panel.result.iloc[:, 1].tolist() == [1.0, 2.0, 1.5]
    panel.frame = small_orders.drop(columns="is_repeat")
    assert panel.plan.rows == (Field("status"),)
    with pytest.raises(UnknownNameError):
        panel.choose(["nope"])


def test_nothing_is_made_before_somebody_looks(small_orders, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.pivot.pivot.Numbers", lambda *_: pytest.fail("made"))
    panel = Pivot(small_orders)
    panel.frame = small_orders


def test_the_panel_takes_an_empty_frame():
    panel = Pivot(pd.DataFrame())
    assert panel.result.empty
    assert panel.problem
    panel.frame = pd.DataFrame({"status": pd.Series([], dtype="str")})
    assert panel.result.values.tolist() == [["Total", 0]]


def test_what_the_browser_is_told(small_orders):
    panel = Pivot(small_orders, name="orders", language="id")
    state = json.loads(json.dumps(panel._answers.answer({"do": "open"})))
    assert state["plan"]["rows"] == [["status", ""]]
    assert {"column": "draft_time", "step": "month", "heading": "Waktu draf (bulan)"}.items() <= next(
        one for one in state["fields"] if one["step"] == "month"
    ).items()
    assert state["chart"]["categories"][:2] == ["Dikirim", "Pending"]
    assert state["chart"]["series"][0]["texts"][:2] == ["2", "1"]
    values = panel._answers.answer({"do": "values", "column": "status"})["values"]
    assert "Dikirim" in values
    assert panel._answers.answer({"do": "rows"})["text"] == "Pilih dulu satu sel pivot."
    panel._answers.answer({"do": "plan", "plan": {**state["plan"], "columns": [["is_repeat", ""]]}})
    assert panel.plan.columns == (Field("is_repeat"),)


def test_a_chart_that_shows_a_part_of_the_pivot_says_so():
    frame = pd.DataFrame({"row": range(1200), "column": [number % 9 for number in range(1200)]})
    panel = Pivot(frame, language="id")
    panel.choose(["row"], ["column"], [("row", "sum")])
    state = panel._answers.answer({"do": "open"})
    assert state["chart"]["part"] == "40 dari 1.200 baris pertama, 8 dari 9 kolom."
    assert [len(state["chart"]["categories"]), len(state["chart"]["series"])] == [40, 8]
    panel.choose(["column"], [], [("row", "sum")])
    assert panel._answers.answer({"do": "open"})["chart"]["part"] == ""


def test_a_file_that_cannot_be_written_is_said_in_the_panels_language(small_orders, tmp_path):
    (tmp_path / "file").write_text("in the way")
    panel = Pivot(small_orders, language="id", folder=tmp_path / "file" / "exports")
    said = panel._answers.answer({"do": "export"})
    assert said["kind"] == "error"
    assert said["text"].startswith("Berkas tidak dapat ditulis")
