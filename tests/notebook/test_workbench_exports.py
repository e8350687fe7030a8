"""Files from the panel: what they hold, whom they name, and how they are offered as a download."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from processes import LONG
from python_calamine import CalamineWorkbook

from scalev_frames import read_parquet


@pytest.mark.slow
def test_exports_hold_the_frame_or_what_the_table_shows(make_bench):
    bench = make_bench()
    bench.fetch()
    assert bench.job.wait(LONG)
    bench.tabs.look_at("tab_export")
    exports = bench.exports
    exports.format.value = ".parquet"
    assert exports.path.value.endswith(".parquet")
    exports.button.click()
    assert bench.job.wait(LONG)
    assert bench.status.state == "exported"
    pd.testing.assert_frame_equal(read_parquet(exports.path.value), bench.frame)

    bench.table.search("shipped")
    exports.scope.value = "view"
    exports.button.click()
    assert bench.job.wait(LONG)
    pd.testing.assert_frame_equal(read_parquet(exports.path.value), bench.table.view)
    assert len(bench.table.view) < len(bench.frame)


READERS = {
    ".xlsx": partial(pd.read_excel, engine="calamine"),
    ".csv": partial(pd.read_csv, sep=";"),
    ".parquet": read_parquet,
}


@pytest.mark.slow
def test_masked_export_tells_no_customer(make_bench):
    bench = make_bench(language="id")
    bench.fetch()
    bench.job.wait(LONG)
    bench.tabs.look_at("tab_export")
    bench.exports.mask.value = True
    names = set(bench.frame["customer_name"].dropna())
    for suffix, read in READERS.items():
        bench.exports.format.value = suffix
        bench.status.show("ready", "")
        bench.exports.export()
        assert bench.job.wait(LONG)
        assert bench.status.state == "exported"
        path = Path(bench.exports.path.value)
        assert path.suffix == suffix
        assert suffix != ".xlsx" or CalamineWorkbook.from_path(str(path)).sheet_names[-1] == "Catatan"
        told = read(path)["customer_name"].dropna()
        assert len(told) == bench.frame["customer_name"].notna().sum()
        assert not names & set(told)


@pytest.mark.slow
def test_a_cancelled_export_leaves_the_file_of_before_and_says_so(make_bench, monkeypatch):
    bench = make_bench(language="id")
    bench.fetch()
    bench.job.wait(LONG)
    bench.tabs.look_at("tab_export")

    def cancelled_meanwhile(frame):
        bench.job.cancel()
        return frame

    monkeypatch.setattr("scalev_frames.notebook.panel.tabs.exports.dashboard", cancelled_meanwhile)
    for suffix in READERS:
        bench.exports.format.value, bench.exports.scope.value = suffix, "dashboard"
        path = Path(bench.exports.path.value)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"before")
        bench.status.show("ready", "")
        bench.exports.export()
        assert bench.job.wait(LONG)
        assert (bench.status.state, bench.exports.download.ready) == ("cancelled", False)
        assert bench.status.text == "Dihentikan. Tidak ada yang ditulis; yang lama tidak berubah."
        assert [file.read_bytes() for file in path.parent.iterdir()] == [b"before"]
        path.unlink()


@pytest.mark.slow
def test_orders_leave_in_the_dashboards_own_columns(make_bench):
    bench = make_bench()
    bench.fetch()
    bench.job.wait(LONG)
    bench.tabs.look_at("tab_export")
    bench.exports.format.value = ".parquet"
    bench.exports.scope.value = "dashboard"
    bench.exports.export()
    assert bench.job.wait(LONG)
    pd.testing.assert_frame_equal(read_parquet(bench.exports.path.value), bench.frame.scalev.dashboard())
    bench.choices.endpoint.value = "stores"
    bench.fetch()
    bench.job.wait(LONG)
    bench.tabs.look_at("tab_export")
    assert [value for _, value in bench.exports.scope.options] == ["all", "view"]


@pytest.mark.slow
def test_export_is_offered_as_a_download_in_parts(make_bench, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.panel.parts.elements.PART", 10_000)
    bench = make_bench()
    bench.fetch()
    bench.job.wait(LONG)
    bench.tabs.look_at("tab_export")
    assert not bench.exports.download.ready
    bench.exports.export()
    assert bench.job.wait(LONG)
    sent = []
    monkeypatch.setattr(bench.exports.download, "send", lambda content, buffers: sent.append((content, buffers[0])))
    bench.exports.download._handle_custom_msg({"kind": "ask"}, [])
    assert len(sent) > 3
    assert [content["number"] for content, _ in sent] == list(range(sent[0][0]["count"]))
    assert b"".join(part for _, part in sent) == Path(bench.exports.path.value).read_bytes()


@pytest.mark.slow
def test_too_large_a_download_is_not_offered_and_says_where_the_file_is(make_bench, monkeypatch):
    bench = make_bench()
    bench.fetch()
    bench.job.wait(LONG)
    bench.tabs.look_at("tab_export")
    monkeypatch.setattr(bench.exports.download, "_limit", 1000)
    bench.exports.export()
    assert bench.job.wait(LONG)
    assert not bench.exports.download.ready
    assert "folder" in bench.exports.download.note
    assert bench.exports.path.value in bench.status.text


@pytest.mark.slow
def test_export_that_cannot_be_written_says_so(make_bench, tmp_path):
    bench = make_bench()
    bench.fetch()
    bench.job.wait(LONG)
    bench.tabs.look_at("tab_export")
    (tmp_path / "file").write_text("x")
    bench.exports.path.value = str(tmp_path / "file" / "orders.xlsx")
    bench.exports.export()
    assert bench.job.wait(LONG)
    assert bench.status.state == "failed"
    bench.exports.path.value = "orders.docx"
    bench.exports.export()
    assert ".xlsx" in bench.status.text


@pytest.mark.slow
@pytest.mark.slow
def test_a_workbook_of_reports_that_cannot_be_written_is_refused_before_anything_is_sent(make_bench, tmp_path, world):
    bench = make_bench()
    bench.fetch()
    assert bench.job.wait(LONG)
    bench.tabs.look_at("tab_reports")
    (tmp_path / "folder.xlsx").mkdir()
    bench.reports.path.value = str(tmp_path / "folder.xlsx")
    before = len(world.requests)
    bench.reports.export()
    assert bench.job.wait(LONG)
    assert (bench.status.state, "is a folder" in bench.status.text) == ("failed", True)
    assert len(world.requests) == before


def test_a_file_of_any_name_is_written_or_refused_in_a_sentence(make_bench, small_orders):
    bench = make_bench()
    small_orders.attrs |= {"as_of": "2026-11-30T09:00:00+07:00", "requests": 0, "complete": True}
    bench._take(small_orders, "orders")
    bench.tabs.look_at("tab_export")
    exports = bench.exports
    for name, said in {
        "": "must end in .csv",
        "..": "must end in .csv",
        "~nobody-at-all/a.csv": "could not be written",
        "a\0.csv": "no path",
    }.items():
        exports.format.value, exports.path.value = ".xlsx", name
        exports.format.value = ".csv"
        exports.path.value = name
        exports.export()
        assert bench.job.wait(LONG)
        assert (bench.status.state, said in bench.status.text) == ("failed", True), (name, bench.status.text)
    exports.path.value = "orders.v1.csv"
    exports.format.value = ".xlsx"
    assert exports.path.value == "orders.v1.xlsx"
    bench.reports.path.value = "~nobody-at-all/a.xlsx"
    bench.reports.show(small_orders, "orders")
    bench.reports.path.value = "~nobody-at-all/a.xlsx"
    bench.reports.export()
    assert bench.job.wait(LONG)
    assert bench.status.state == "failed"
