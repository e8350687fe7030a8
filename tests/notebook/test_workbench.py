"""The workbench without a browser: values set, buttons pressed, the service held; waits on the job, never on a clock."""

from __future__ import annotations

import re
import threading

import pandas as pd
import pytest
from processes import LONG

from scalev_frames.account import Account
from scalev_frames.frames.header import with_notes
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.sandbox import Fault, Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

from .conftest import FREE


@pytest.fixture
def gate(monkeypatch):
    """Holds the second page of a pull until it is opened; the first is let through."""
    made = Gate()
    honest = Account.fetch

    def fetch(self, endpoint, **arguments):
        report = arguments.pop("progress")

        def held(event):
            report(event)
            if event.kind == "page" and event.pages == 1:
                made.reached.set()
                assert made.opened.wait(LONG)

        return honest(self, endpoint, **arguments, progress=held)

    monkeypatch.setattr(Account, "fetch", fetch)
    return made


class Gate:
    def __init__(self):
        self.reached, self.opened = threading.Event(), threading.Event()


@pytest.mark.slow
def test_fetch_lands_in_the_chosen_variable_and_is_what_the_accessor_gives(make_bench, variables, api):
    bench = make_bench()
    bench.choices.filters.controls["status"].restore(["shipped", "completed"])
    bench.choices.variable.value = "mine"
    bench.fetch_button.click()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done"
    expected = api.orders(status=["shipped", "completed"], offline=True, progress=False)
    pd.testing.assert_frame_equal(variables["mine"], expected)
    assert bench.frame is variables["mine"]
    pd.testing.assert_frame_equal(bench.table.frame, expected)
    pd.testing.assert_frame_equal(bench.table.view, expected[bench.table.columns])
    assert f"{len(expected):,} rows in mine" in bench.status.text


@pytest.mark.parametrize(("language", "as_of"), [("en", "as of 2026-11-29 10:38;"), ("id", "per 29/11/2026 10:38;")])
def test_the_status_says_the_moment_as_people_write_it_there(make_bench, language, as_of):
    frame = pd.DataFrame({"status": ["rts"]})
    frame.attrs.update(as_of="2026-11-29T10:38:59.5+07:00", requests=0, complete=True)
    assert as_of in make_bench(language=language)._say_fetched(frame, "orders")[1]


def test_line_of_code_is_what_the_panel_asks_for(make_bench):
    bench = make_bench()
    bench.choices.filters.controls["status"].restore(["shipped"])
    bench.choices.freshness.value = "fresh_refresh"
    bench.choices.limit.value = "50"
    assert bench.code.code == 'orders = sf.orders(status="shipped", refresh=True, limit=50)'


@pytest.mark.slow
def test_cancel_stops_at_once_keeps_what_came_and_the_next_fetch_goes_on(make_bench, gate, world, variables):
    bench = make_bench()
    before = len(world.requests)
    bench.fetch()
    assert gate.reached.wait(LONG)
    assert bench.status.state == "running"
    assert bench.fetch_button.disabled
    assert not bench.cancel_button.disabled
    assert not bench.table.reads_ahead  # the frame of before has no turn while the next one is fetched
    bench.cancel_button.click()
    gate.opened.set()
    assert bench.job.wait(LONG)
    assert bench.table.reads_ahead
    assert bench.status.state == "cancelled"
    assert "kept" in bench.status.text
    assert "orders" not in variables
    stopped = len(world.requests) - before
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done"
    cursors = [request.params.get("last_id") for request in world.requests[before:] if request.path == "/order"]
    assert stopped < len(cursors)
    assert len(cursors) == len(set(cursors))  # no page twice


@pytest.mark.slow
def test_one_job_at_a_time(make_bench, gate):
    bench = make_bench()
    assert bench.fetch()
    assert gate.reached.wait(LONG)
    assert not bench.fetch()
    assert bench.status.state == "running"
    gate.opened.set()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done"


@pytest.mark.slow
def test_status_is_last_everything_else_is_in_place(make_bench, variables):
    bench = make_bench()
    found = []

    def look(change):
        if change["new"]["state"] == "done":
            found.append(("orders" in variables, bench.frame is not None, bench.fetch_button.disabled))

    bench.status.observe(look, "shown")
    bench.fetch()
    assert bench.job.wait(LONG)
    assert found == [(True, True, False)]
    assert bench.status.shown["detail"] == ""  # the sentence says how many rows, once


@pytest.mark.slow
def test_bar_and_running_numbers_move(make_bench, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.panel.parts.job.SHOWN_EVERY", 0)
    bench = make_bench()
    details = []
    bench.status.observe(lambda change: details.append(change["new"]["detail"]), "shown")
    bench.fetch()
    assert bench.job.wait(LONG)
    found = [re.match(r"([\d,]+) rows", detail) for detail in details]  # a note may come before the first of them
    counts = [int(one[1].replace(",", "")) for one in found if one]
    assert len(set(counts)) > 5
    assert counts == sorted(counts)


@pytest.mark.slow
def test_wait_says_why(tmp_path, variables):
    with Sandbox(orders=30, limits=None, faults=[Fault("rate_limit", "/order", retry_after="1")]) as sandbox:
        settings = Settings(base_url=sandbox.base_url, cache_dir=tmp_path, limits=FREE)
        bench = Workbench(Account(Key(sandbox.api_key), settings, sleep=lambda _: None))
        details = []
        bench.status.observe(lambda change: details.append(change["new"]["detail"]), "shown")
        bench.fetch()
        assert bench.job.wait(LONG)
    assert bench.status.state == "done"
    assert any("Waiting" in detail and "429" in detail for detail in details), details


@pytest.mark.slow
def test_errors_are_words_and_say_what_to_do(tmp_path, variables):
    with Sandbox(orders=30, limits=None) as sandbox:
        settings = Settings(base_url=sandbox.base_url, cache_dir=tmp_path, limits=FREE)
        key = sandbox.restricted_key("store:list")
        for language, words in (("en", "scope"), ("id", "izin")):
            bench = Workbench(Account(Key(key), settings, sleep=lambda _: None), language=language)
            bench.fetch()
            assert bench.job.wait(LONG)
            assert bench.status.state == "failed"
            assert words in bench.status.text
            assert not bench.fetch_button.disabled


@pytest.mark.slow
def test_what_breaks_unexpectedly_is_said_and_the_panel_works_on(make_bench, monkeypatch):
    bench = make_bench()
    caught = []
    monkeypatch.setattr(threading, "excepthook", lambda args: caught.append(args.exc_type))
    with monkeypatch.context() as patched:
        patched.setattr(bench.table.__class__, "frame", property(lambda self: None, lambda self, frame: 1 / 0))
        bench.fetch()
        assert bench.job.wait(LONG)
    assert caught == [ZeroDivisionError]
    assert bench.status.state == "failed"
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done"


@pytest.mark.parametrize(
    ("choose", "words"),
    [
        (lambda bench: setattr(bench.choices.variable, "value", "my orders"), "variable"),
        (lambda bench: setattr(bench.choices.variable, "value", "sf"), "something else"),
        (lambda bench: setattr(bench.choices.limit, "value", "many"), "whole number"),
        (lambda bench: setattr(bench.choices.endpoint, "value", "store"), "ID"),
    ],
)
def test_what_cannot_be_fetched_says_why_and_sends_nothing(make_bench, variables, world, choose, words):
    variables["sf"] = pd
    bench = make_bench()
    choose(bench)
    before = len(world.requests)
    assert not bench.fetch()
    assert bench.status.state == "failed"
    assert words in bench.status.text
    assert len(world.requests) == before
    assert variables["sf"] is pd


def test_without_an_account_it_asks_to_sign_in(variables):
    bench = Workbench(language="id")
    assert bench.account is None
    assert not bench.fetch()
    assert bench.status.text == "Masuk dulu."


@pytest.mark.slow
def test_signing_in_fills_the_names_of_stores(world, tmp_path, monkeypatch, variables):
    monkeypatch.setenv("SCALEV_API_BASE_URL", world.base_url)
    bench = Workbench()
    when_said = []
    stores = bench.choices.filters.controls["store_id"].widget
    bench.login._who.observe(lambda _: when_said.append(len(stores.options)), "value")
    bench.login.use_key(Key(world.api_key))
    assert bench.login.job.wait(LONG)
    assert when_said == [len(world.world.rows("stores"))]  # there to choose from before it says "signed in"
    assert bench.account is bench.login.account
    assert len(bench.choices.filters.controls["store_id"].widget.options) == len(world.world.rows("stores"))


@pytest.mark.slow
def test_names_are_brought_up_to_date_on_request(make_bench, world):
    bench = make_bench()
    bench.names_button.click()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done"
    assert len(bench.choices.filters.controls["product_id"].widget.options) == len(world.world.rows("products"))
    assert bench.choices.filters.controls["tags"].widget.options


@pytest.mark.slow
def test_names_that_a_key_may_not_read_are_named(tmp_path, variables, world, settings):
    bench = Workbench(Account(Key(world.restricted_key("store:list")), settings, sleep=lambda _: None))
    bench.update_names()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done"
    assert "Products simplified" in bench.status.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stores", "order_statistics", "order_tags", "enabled_epayments", "store_products"])
def test_any_list_can_be_fetched(make_bench, variables, name):
    bench = make_bench()
    bench.choices.endpoint.value = name
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done", bench.status.text
    assert variables[name].attrs["endpoint"] == name


@pytest.mark.slow
def test_of_many_notes_the_first_are_in_sight_and_the_rest_one_click_away(make_bench, small_orders):
    bench = make_bench(language="id")
    few, many = [f"{number} records came twice" for number in (2, 3, 4)], [f"note {number} <b>" for number in range(7)]
    for notes, shown, folded in ((few, 3, 0), (many, 2, 5)):
        bench._take(with_notes(small_orders.copy(), *notes), "orders")
        seen, _, rest = bench.notes.value.partition("<details><summary>")
        assert (seen.count("<p>"), rest.count("<p>")) == (shown, folded)
    assert rest.startswith("5 catatan lagi</summary><p>Note 2 &lt;b&gt;.</p>")
