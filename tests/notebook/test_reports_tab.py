"""The reports tab without a browser: choose, see the table, the picture and what was counted, write the workbook."""

from __future__ import annotations

import base64
import copy
import datetime as dt
import re
import threading

import pandas as pd
import pytest
from processes import LONG
from python_calamine import CalamineWorkbook

from scalev_frames import report_job
from scalev_frames.account import Account
from scalev_frames.export.report import book as workbook
from scalev_frames.notebook.panel.controls.days import PRESETS
from scalev_frames.notebook.panel.parts.elements import Status, Theme
from scalev_frames.notebook.panel.parts.job import Job
from scalev_frames.notebook.panel.tabs.reports import ReportsTab
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.notebook.pictures.colours import DARK, LIGHT
from scalev_frames.notebook.pictures.counted import count_report
from scalev_frames.notebook.pictures.still import draw
from scalev_frames.reports import REPORTS, report, shown
from scalev_frames.reports.compare import Period
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from scalev_frames.words import Words

from .conftest import FREE

LISTS = {name for name, row in REPORTS.items() if row.chart is None}


@pytest.fixture(scope="session")
def pulled(world, tmp_path_factory):
    """All orders, pulled once."""
    settings = Settings(base_url=world.base_url, cache_dir=tmp_path_factory.mktemp("pulled"), limits=FREE)
    return Account(Key(world.api_key), settings).orders(progress=False)


@pytest.fixture
def orders(pulled):
    frame = pulled.copy()
    frame.attrs = copy.deepcopy(pulled.attrs)
    return frame


@pytest.fixture
def make_tab(tmp_path):
    def make(language="en"):
        words = Words(language)
        status = Status(words("fetch"))
        return ReportsTab(words, Job(status, words), tmp_path, Theme()), status

    return make


@pytest.mark.slow
def test_a_report_chosen_while_another_fetch_shows_the_one_before_stands(make_tab, orders, monkeypatch):
    tab, _ = make_tab()
    tab.show(orders, "orders")
    counting, go_on, make = threading.Event(), threading.Event(), tab._make

    def slow(name, frame):
        counting.set()
        go_on.wait(1.0 if name == "daily" else 0.0)  # until the other one is shown, if it may be
        return make(name, frame)

    monkeypatch.setattr(tab, "_make", slow)
    fetched = threading.Thread(target=tab.show, args=(orders, "orders"))
    fetched.start()
    assert counting.wait(LONG)
    chosen = threading.Thread(target=lambda: (setattr(tab.choice, "value", "customers"), go_on.set()))
    chosen.start()
    for thread in (fetched, chosen):
        thread.join(LONG)
    assert (tab.choice.value, tab.made.attrs["report"]) == ("customers", "customers")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "id"])
def test_each_report_shows_its_table_its_picture_and_its_notes(make_tab, orders, language):
    tab, _ = make_tab(language)
    tab.show(orders, "orders")
    assert [name for _, name in tab.choice.options] == [name for name, row in REPORTS.items() if not row.needs_lines]
    for title, name in tab.choice.options:
        tab.choice.value = name
        expected = report(name, orders, language=language)
        assert title == expected.attrs["title"]
        pd.testing.assert_frame_equal(tab.table.view.reset_index(drop=True), shown(expected, language))
        for note in expected.attrs["notes"]:
            assert note.replace("'", "&#x27;") in tab.notes.value
        if name in LISTS or expected.empty:
            assert tab.picture.box.layout.display == "none"
            continue
        assert tab.picture.box.layout.display is None
        (counted,) = tab.picture.live.shown
        assert counted == count_report(expected, language)
        assert counted.title == title


@pytest.mark.slow
def test_without_plotly_a_picture_does_not_move_and_it_is_said_what_to_install(make_tab, orders, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.panel.parts.picture_place.can_be_live", lambda: False)
    tab, _ = make_tab("id")
    tab.show(orders, "orders")
    tab.choice.value = "cod"
    (said,) = tab.picture.box.children
    assert "scalev-frames[charts]" in said.value
    found = re.search(r'<img alt="(.+?)" style="max-width: 100%" src="data:image/png;base64,(.+)">', said.value)
    assert found[1] == REPORTS["cod"].title("id")
    assert base64.b64decode(found[2]).startswith(b"\x89PNG")


@pytest.mark.slow
def test_order_lines_have_the_margin_and_other_frames_no_report(make_tab, api, orders):
    tab, _ = make_tab()
    tab.show(api.order_lines(orders.head(20), progress=False), "orders")
    assert [name for _, name in tab.choice.options] == ["margin"]
    tab.show(api.stores(progress=False), "orders")
    assert not tab.choice.options
    assert tab.made is None
    assert "Fetch orders" in tab.notes.value
    assert tab.table.layout.display == "none"


@pytest.mark.slow
def test_orders_with_details_have_every_report(make_tab, api):
    tab, _ = make_tab()
    tab.show(api.orders(details=True, limit=40, progress=False), "orders")
    assert [name for _, name in tab.choice.options] == list(REPORTS)
    tab.choice.value = "margin"
    assert not tab.made.empty


@pytest.mark.slow
def test_the_workbook_is_written_in_the_background(make_tab, orders, tmp_path):
    tab, status = make_tab("id")
    tab.show(orders, "orders")
    tab.path.value = str(tmp_path / "new" / "mine.xlsx")
    tab.mask.value = True
    tab.button.click()
    assert tab._job.wait(LONG)
    assert status.state == "exported"
    assert "mine.xlsx" in status.text
    book = CalamineWorkbook.from_path(str(tmp_path / "new" / "mine.xlsx"))
    assert book.sheet_names[:3] == ["Ringkasan", "Daftar isi", "Alur pesanan harian"]
    assert any(row[0] == "Data pelanggan disamarkan" for row in book.get_sheet_by_name("Ringkasan").to_python())


@pytest.mark.slow
def test_what_cannot_be_written_is_said(make_tab, orders, tmp_path):
    tab, status = make_tab()
    tab.button.click()
    assert status.state == "failed"
    tab.show(orders, "orders")
    tab.path.value = str(tmp_path / "r.csv")
    tab.button.click()
    assert status.state == "failed"
    assert ".xlsx" in status.text
    assert not list(tmp_path.glob("r.*"))


@pytest.mark.slow
def test_the_workbench_shows_the_reports_of_what_was_fetched(api, tmp_path):
    bench = Workbench(api, folder=tmp_path)
    bench.fetch_button.click()
    assert bench.job.wait(LONG)
    assert bench.reports.made is None  # nobody looks
    bench.tabs.selected_index = bench.tabs.titles.index("Reports")
    assert bench.reports.choice.value == "daily"
    assert bench.reports.made["orders"].sum() == (~bench.frame["is_probably_spam"].fillna(False)).sum()


@pytest.mark.slow
def test_pictures_draw_the_reports_own_numbers(orders):
    handlers = report("handlers", orders)
    drawn = draw(count_report(handlers), LIGHT, "en").axes[0]
    lengths = [bar.get_width() for bar in drawn.patches]
    assert lengths == handlers["orders"].head(15).tolist()
    daily = report("daily", orders)
    axes = draw(count_report(daily), DARK, "en").axes[0]
    assert sum(bar.get_height() for bar in axes.patches) == daily["orders"].sum()
    assert count_report(report("customers", orders)) is None
    assert count_report(report("daily", orders.iloc[:0])) is None


@pytest.mark.slow
@pytest.mark.parametrize("against", ["", "previous", "last_month"])
def test_the_workbook_is_the_one_that_the_command_line_writes(make_tab, api, tmp_path, monkeypatch, against):
    """Same days, same orders: the same bytes, the comparison and the verdict of the reconciliation with them.

    Without a comparison with all reports, else with some: what each shows does not depend on who wrote it.
    """
    if against:
        some = ("daily", "funnel", "cod", "returns_by_courier", "unpaid")
        monkeypatch.setattr(workbook, "_names", lambda reports, lines: [*some])
    orders = api.orders(progress=False)
    newest = orders["draft_time"].max().date()
    period = (newest.replace(day=1), newest)
    monkeypatch.setattr("scalev_frames.notebook.panel.tabs.reports.PRESETS", {"this_month": lambda today: period})
    tab, status = make_tab("id")
    tab._owner = lambda _: api
    tab.show(orders, "orders")
    tab.period.options = [("", ""), ("", "this_month")]
    tab.period.value, tab.against.value = "this_month", against
    tab.path.value = str(tmp_path / "panel.xlsx")
    tab.export()
    assert tab._job.wait(LONG)
    assert status.state == "exported", status.text
    monkeypatch.setattr(Account, "fetch", lambda *_, **__: orders)
    since, until = map(str, period)
    job = report_job.Job(tmp_path / "cli.xlsx", since, until, against=against or "none", language="id")
    assert report_job.run(job, api).verdict
    book = CalamineWorkbook.from_path(str(tmp_path / "panel.xlsx"))
    cover = [cell for line in book.get_sheet_by_name("Ringkasan").to_python() for cell in line]
    assert ("Sebelumnya" in cover) == bool(against)
    assert "Rekonsiliasi" in cover
    assert (tmp_path / "panel.xlsx").read_bytes() == (tmp_path / "cli.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("language", "against", "said"),
    [("en", "a month earlier", "2026-10-01 to 2026-10-31"), ("id", "sebulan sebelumnya", "2026-10-01 sampai 2026-10-31"),
     ("en", "the period before", "2026-10-02 to 2026-10-31")],
)  # fmt: skip
def test_a_whole_month_is_compared_with_the_whole_month_before_and_the_page_says_the_days(
    make_tab, orders, monkeypatch, language, against, said
):
    november = (dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    monkeypatch.setitem(PRESETS, "last_month", lambda today: november)
    tab, _ = make_tab(language)
    tab.show(orders, "orders")
    tab.choice.value, tab.period.value = "funnel", "last_month"
    tab.against.label = against
    assert said in tab.notes.value
    assert said in tab.picture.shown[0].foot[0]


@pytest.mark.slow
def test_a_period_cuts_the_margin_of_orders_and_of_lines_alike(make_tab, api, tmp_path):
    details = api.orders(details=True, limit=60, progress=False)
    days = sorted(details["draft_time"].dt.date.dropna().unique())
    period = (days[len(days) // 2], days[-1])
    for frame in (details, details.scalev.lines()):
        tab, status = make_tab()
        tab._days = lambda frame: Period(*period)
        tab.show(frame, "orders")
        tab.choice.value = "margin"
        inside = details[details["draft_time"].dt.date >= period[0]]
        expected = report("margin", inside)
        assert len(expected) < len(report("margin", details))
        assert tab.made["margin"].tolist() == expected["margin"].tolist()
        tab.against.value = "previous"
        assert tab.made.scalev.decimals()["margin"].sum() == expected.scalev.decimals()["margin"].sum()
        tab.path.value = str(tmp_path / "margin.xlsx")
        tab.export()
        assert tab._job.wait(LONG)
        assert status.state == "exported", status.text
        book = CalamineWorkbook.from_path(str(tmp_path / "margin.xlsx")).get_sheet_by_name("Margin by product")
        amounts = [line[7] for line in book.to_python() if isinstance(line[7], float)]
        assert sum(amounts) == pytest.approx(float(expected["margin"].sum()))


@pytest.mark.slow
def test_days_that_were_asked_for_are_said_though_the_last_ones_have_no_orders(api, make_tab, tmp_path):
    orders = api.orders(progress=False)
    last = orders["draft_time"].max().date()
    late = last + dt.timedelta(days=3)
    asked = api.orders(since=str(last.replace(day=1)), until=str(late), progress=False)
    tab, _ = make_tab()
    tab.show(asked, "orders")
    tab.path.value = str(tmp_path / "r.xlsx")
    tab.export()
    assert tab._job.wait(LONG)
    cover = CalamineWorkbook.from_path(str(tmp_path / "r.xlsx")).get_sheet_by_index(0).to_python()
    assert any(f"{late}" in str(cell) for line in cover for cell in line), cover[:4]


@pytest.mark.slow
def test_a_workbench_that_has_fetched_leaves_its_tables_in_a_saved_notebook(api, tmp_path):
    bench = Workbench(api, folder=tmp_path)
    assert "<table" not in bench.static_html()
    bench.fetch()
    assert bench.job.wait(LONG)
    bench.tabs.look_at("tab_reports")
    text = bench.static_html()
    assert text.count("<tbody>") == 3
    assert text.count("<img ") == 1
    assert "<h3>" not in text  # the picture has the title
    for name in bench.frame["customer_name"].dropna().head(20):
        assert name not in text
