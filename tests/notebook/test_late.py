"""What comes late never stands under a newer choice: each test forces the order in which a person and a fetch meet."""

from __future__ import annotations

import threading

import ipywidgets as ipw
import pandas as pd
import pytest
from processes import LONG

from scalev_frames.notebook.panel.parts.elements import Status, Theme
from scalev_frames.notebook.panel.parts.job import Job
from scalev_frames.notebook.panel.tabs import gallery as gallery_module
from scalev_frames.notebook.panel.tabs.gallery import Gallery
from scalev_frames.notebook.panel.tabs.reports import ReportsTab
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.notebook.pivot.pivot import Pivot
from scalev_frames.notebook.table import Table
from scalev_frames.words import Words

from .conftest import small_frame


def everything_in(widget):
    return [widget, *(deep for one in getattr(widget, "children", ()) for deep in everything_in(one))]


def orders_of(*statuses: str) -> pd.DataFrame:
    frame = pd.DataFrame({"status": list(statuses), "payment_status": "paid"})
    frame.attrs["endpoint"] = "orders"
    return frame


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["counted", "shown"])
def test_pictures_of_the_frame_before_give_way_to_those_of_the_next(monkeypatch, moment):
    """The next frame comes when the pictures are counted and not yet shown, and when they have just been shown."""
    gallery, after, tried = (
        Gallery(Words("en"), Theme(), lambda _: None),
        orders_of("rts", "rts", "rts"),
        threading.Event(),
    )
    start, wait = gallery.job.start, gallery.job.wait
    comes = threading.Thread(target=lambda: gallery.show(after, "orders"))

    def next_comes(result):
        if comes.ident is None:
            monkeypatch.setattr(gallery.job, "start", lambda work: (start(work), tried.set()))
            monkeypatch.setattr(gallery.job, "wait", lambda: (tried.set(), wait()))
            comes.start()
            assert tried.wait(0.3) or moment == "counted"  # then the running count may take it over
        return result

    count, finish = gallery_module.count_pictures, gallery._finish
    if moment == "counted":
        monkeypatch.setattr(gallery_module, "count_pictures", lambda *one: next_comes(count(*one)))
    else:
        monkeypatch.setattr(gallery, "_finish", lambda counted: next_comes(finish(counted)))
    gallery.show(orders_of("rts"), "orders")
    wait(LONG)  # the next count may be running by now
    comes.join(LONG)
    assert wait(LONG)
    funnel = next(one for one in gallery.place.shown if one.title == "How far the orders came")
    assert funnel.axes[0].parts[0].numbers[0] == 3
    assert gallery.status.state == "done"


@pytest.mark.slow
def test_a_report_chosen_between_two_lines_of_a_fetch_that_ends_is_the_one_shown(tmp_path):
    words = Words("en")
    tab = ReportsTab(words, Job(Status(""), words), tmp_path, Theme())
    tab.show(orders_of("rts"), "orders")
    wanted = "returns_by_courier"
    chosen = threading.Thread(target=lambda: tab.choice.set_state({"value": wanted}))

    def choose(_):
        chosen.start()
        chosen.join(0.3)  # taken by now, or waiting until all is offered

    tab.choice.observe(choose, "options")
    tab.show(orders_of("rts", "shipped").assign(payment_method="cod"), "orders")  # of which there are more reports
    chosen.join(LONG)
    assert tab.choice.value == tab.made.attrs["report"] == wanted
    assert len(tab.table.frame) == len(tab.made)


@pytest.mark.slow
def test_rows_asked_for_between_two_lines_of_a_fetch_that_ends_are_of_a_store_that_is_offered(tmp_path):
    words, found = Words("en"), []
    tab = ReportsTab(words, Job(Status(""), words), tmp_path, Theme())
    tab.show(orders_of("rts", "rts").assign(store_name=["Kopi", "Teh"]), "orders")
    tab.store.value = tab.store.options[1][1]
    asking = threading.Thread(target=lambda: found.append(tab._store.name))

    def ask(_):
        asking.start()
        asking.join(0.3)  # answered by now, or waiting until all is offered

    tab.store.observe(ask, "options")
    tab.show(orders_of("rts", "rts").assign(store_name=["Susu", "Gula"]), "orders")
    asking.join(LONG)
    assert found == [""]  # all stores, as the panel says


def test_a_choice_that_is_sent_as_others_are_offered_is_the_one_that_a_person_saw(tmp_path):
    """It travels by its name: at its place in the list stands another one by then, or none."""
    words = Words("en")
    tab = ReportsTab(words, Job(Status(""), words), tmp_path, Theme())
    tab.show(orders_of("rts").assign(payment_method="cod"), "orders")
    wanted, gone = "repeat", "cod"
    before = [name for _, name in tab.choice.options]
    tab.show(orders_of("rts"), "orders")  # of which there are fewer reports
    assert [name for _, name in tab.choice.options].index(wanted) != before.index(wanted)
    tab.choice.set_state({"value": wanted})
    assert tab.choice.value == tab.made.attrs["report"] == wanted
    tab.choice.set_state({"value": gone})
    assert tab.choice.value == tab.made.attrs["report"] == wanted


@pytest.mark.slow
def test_no_choice_of_the_panel_that_travels_by_its_place_is_of_others_after_a_fetch(api, tmp_path):
    """Stock widgets send places; what they offer stays the same, whoever signs in and whatever was fetched."""
    bench = Workbench(api, folder=tmp_path)
    stock = [one for one in everything_in(bench.box) if isinstance(one, ipw.Dropdown)]
    before = [one.options for one in stock]
    assert bench.fetch()
    assert bench.job.wait(LONG)
    for label in ("tab_reports", "tab_export"):
        bench.tabs.look_at(label)
    assert [one.options for one in stock] == before
    assert len(stock) > 3


@pytest.mark.parametrize(
    ("action", "details"),
    [
        ("sort", {"column": 0}),
        ("filter", {"column": 0, "text": "shipped"}),
        ("columns", {"order": [0]}),
        ("width", {"column": 0, "pixels": 99}),
    ],
)
def test_a_step_on_the_frame_before_changes_nothing_of_the_next(talk, action, details):
    table = Table(small_frame())
    seen = talk(table, "open")["generation"]
    table.frame = pd.DataFrame({"city": ["shipped", "Bandung"], "n": [2, 1]})
    before = table.sheet.view
    assert talk(table, action, generation=seen, **details)["kind"] == "stale"
    assert table.sheet.view is before
    now = talk(table, "open")["generation"]
    assert talk(table, action, generation=now, **details)["kind"] == "done"
    assert table.sheet.view is not before


def test_two_steps_in_a_row_count_though_the_second_was_made_before_the_first_was_answered(talk):
    table = Table(small_frame())
    seen = talk(table, "open")["generation"]
    talk(table, "sort", generation=seen, column=1, to=True)
    talk(table, "sort", generation=seen, column=0, to=True, add=True)
    assert len(table.sheet.view.sort) == 2


def test_a_double_click_on_rows_that_were_sorted_since_shows_no_other_row(talk):
    table = Table(small_frame())
    seen = talk(table, "open")["generation"]
    table.sort([("id", True)])
    assert talk(table, "record", generation=seen, row=0)["kind"] == "stale"
    now = talk(table, "open")["generation"]
    assert talk(table, "record", generation=now, row=0)["fields"][0][1] == "1"


def test_a_double_click_on_the_pivot_before_leaves_the_rows_of_the_next_frame(talk):
    frame = small_frame()
    table = Table(frame)
    pivot = Pivot(frame, table=table)
    pivot.choose(["status"], values=[("", "rows")])
    seen = talk(pivot.grid, "open")["generation"]
    pivot.choose(["is_repeat"], values=[("", "rows")])
    assert talk(pivot.grid, "drill", generation=seen, row=0, column=1)["kind"] == "stale"
    now = talk(pivot.grid, "open")["generation"]
    table.frame = small_frame()  # as long, and other rows: the pivot hears of it next
    talk(pivot.grid, "drill", generation=now, row=0, column=1)
    assert table.sheet.view.only is None
    pivot.frame = table.sheet.given
    talk(pivot.grid, "drill", generation=now, row=0, column=1)
    assert table.sheet.view.only is None
    pivot.make()
    talk(pivot.grid, "drill", generation=talk(pivot.grid, "open")["generation"], row=0, column=1)
    assert table.sheet.view.only is not None
