"""The page: the workbench in two languages, without code; what was chosen and fetched outlives a switch."""

from __future__ import annotations

import threading

import pytest
from processes import LONG

from scalev_frames.notebook.panel import namespace
from scalev_frames.notebook.panel.page import Page
from scalev_frames.notebook.panel.parts.job import Work


@pytest.fixture
def page(api, tmp_path, monkeypatch):
    monkeypatch.setattr(namespace, "notebook_variables", dict)
    monkeypatch.chdir(tmp_path)
    return Page(api)


@pytest.mark.slow
def test_a_switch_keeps_what_was_chosen_and_fetched_and_sends_nothing(page, world):
    page.bench.choices.filters.controls["status"].restore(["completed"])
    page.bench.choices.filters.controls["since"].since.take("1/6/2026")
    page.bench.choices.limit.value = "30"
    assert page.bench.fetch()
    assert page.bench.job.wait(LONG)
    frame, sent = page.bench.frame, len(world.requests)
    page.bench.tabs.selected_index = 1
    page.language.value = "id"
    bench = page.bench
    assert page.box.children[1] is bench.box
    assert bench.choices.filters.arguments() == {"since": "2026-06-01", "status": "completed"}
    assert bench.choices.filters.controls["since"].since.shown == "01/06/2026"
    assert (bench.choices.limit.value, bench.tabs.selected_index) == ("30", 1)
    assert bench.frame is frame
    assert bench.status.text.startswith("30 baris pertama")
    assert len(world.requests) == sent


def test_a_page_has_no_variable_and_no_code(page):
    assert page.bench.choices.variable.layout.display == page.bench.code.layout.display == "none"


@pytest.mark.slow
def test_while_it_fetches_the_language_stays(page):
    held = threading.Event()
    page.bench.job.start(Work("…", lambda _: held.wait(LONG), lambda _: ("done", ""), held.set))
    page.language.value = "id"
    assert (page.language.value, page.bench.words.language) == ("en", "en")
    held.set()
    assert page.bench.job.wait(LONG)
    page.language.value = "id"
    assert page.bench.words.language == "id"
