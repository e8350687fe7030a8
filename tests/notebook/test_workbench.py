"""The workbench without a browser: values set, buttons pressed, the service held; waits on the job, never on a clock."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from processes import LONG

from scalev_frames import read_parquet
from scalev_frames.account import Account
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.group import Group
from scalev_frames.notebook.panel import workbench as room
from scalev_frames.notebook.panel.parts.panel import WIDGET
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.pull.cost import Cost
from scalev_frames.sandbox import Fault, Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

from .conftest import FREE


@pytest.fixture
def variables(monkeypatch):
    """The notebook's variables."""
    made = {}
    monkeypatch.setattr(room, "notebook_variables", lambda: made)
    return made


@pytest.fixture
def make_bench(api, variables, tmp_path):
    def make(account=None, **how):
        return Workbench(account or api, folder=tmp_path / "exports", **how)

    return make


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
    bench.filters.controls["status"].restore(["shipped", "completed"])
    bench.variable.value = "mine"
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
    assert as_of in make_bench(language=language)._say_fetched(frame, "orders")


def test_line_of_code_is_what_the_panel_asks_for(make_bench):
    bench = make_bench()
    bench.filters.controls["status"].restore(["shipped"])
    bench.freshness.value = "fresh_refresh"
    bench.limit.value = "50"
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
    bench.cancel_button.click()
    gate.opened.set()
    assert bench.job.wait(LONG)
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


@pytest.mark.slow
def test_bar_and_running_numbers_move(make_bench, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.panel.parts.job.SHOWN_EVERY", 0)
    bench = make_bench()
    details = []
    bench.status.observe(lambda change: details.append(change["new"]["detail"]), "shown")
    bench.fetch()
    assert bench.job.wait(LONG)
    counts = [int(detail.split(" rows")[0].replace(",", "")) for detail in details if " rows" in detail]
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
        (lambda bench: setattr(bench.variable, "value", "my orders"), "variable"),
        (lambda bench: setattr(bench.variable, "value", "sf"), "something else"),
        (lambda bench: setattr(bench.limit, "value", "many"), "whole number"),
        (lambda bench: setattr(bench.endpoint, "value", "store"), "ID"),
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


def test_signing_in_fills_the_names_of_stores(world, tmp_path, monkeypatch, variables):
    monkeypatch.setenv("SCALEV_API_BASE_URL", world.base_url)
    bench = Workbench()
    when_said = []
    stores = bench.filters.controls["store_id"].widget
    bench.login._who.observe(lambda _: when_said.append(len(stores.options)), "value")
    bench.login.use_key(Key(world.api_key))
    assert bench.login.job.wait(LONG)
    assert when_said == [len(world.world.rows("stores"))]  # there to choose from before it says "signed in"
    assert bench.account is bench.login.account
    assert len(bench.filters.controls["store_id"].widget.options) == len(world.world.rows("stores"))


@pytest.mark.slow
def test_names_are_brought_up_to_date_on_request(make_bench, world):
    bench = make_bench()
    bench.names_button.click()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done"
    assert len(bench.filters.controls["product_id"].widget.options) == len(world.world.rows("products"))
    assert bench.filters.controls["tags"].widget.options


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
    bench.endpoint.value = name
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done", bench.status.text
    assert variables[name].attrs["endpoint"] == name


@pytest.mark.slow
def test_exports_hold_the_frame_or_what_the_table_shows(make_bench):
    bench = make_bench()
    bench.fetch()
    assert bench.job.wait(LONG)
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


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])
def test_masked_export_tells_no_customer(make_bench, suffix):
    bench = make_bench()
    bench.fetch()
    bench.job.wait(LONG)
    bench.exports.format.value = suffix
    bench.exports.mask.value = True
    bench.exports.export()
    assert bench.job.wait(LONG)
    assert bench.status.state == "exported"
    path = Path(bench.exports.path.value)
    read = {
        ".xlsx": partial(pd.read_excel, engine="calamine"),
        ".parquet": read_parquet,
        ".csv": partial(pd.read_csv, sep=";"),
    }[suffix]
    names, told = set(bench.frame["customer_name"].dropna()), read(path)["customer_name"].dropna()
    assert len(told) == bench.frame["customer_name"].notna().sum()
    assert not names & set(told)


@pytest.mark.slow
def test_orders_leave_in_the_dashboards_own_columns(make_bench):
    bench = make_bench()
    bench.fetch()
    bench.job.wait(LONG)
    bench.exports.format.value = ".parquet"
    bench.exports.scope.value = "dashboard"
    bench.exports.export()
    assert bench.job.wait(LONG)
    pd.testing.assert_frame_equal(read_parquet(bench.exports.path.value), bench.frame.scalev.dashboard())
    bench.endpoint.value = "stores"
    bench.fetch()
    bench.job.wait(LONG)
    assert [value for _, value in bench.exports.scope.options] == ["all", "view"]


@pytest.mark.slow
def test_export_is_offered_as_a_download_in_parts(make_bench, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.panel.parts.elements.PART", 10_000)
    bench = make_bench()
    bench.fetch()
    bench.job.wait(LONG)
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
    (tmp_path / "file").write_text("x")
    bench.exports.path.value = str(tmp_path / "file" / "orders.xlsx")
    bench.exports.export()
    assert bench.job.wait(LONG)
    assert bench.status.state == "failed"
    bench.exports.path.value = "orders.docx"
    bench.exports.export()
    assert ".xlsx" in bench.status.text


@pytest.mark.slow
def test_details_are_one_tick_where_a_list_has_them(make_bench, variables):
    bench = make_bench()
    bench.limit.value = "5"
    bench.details.value = True
    assert bench.code.code == "orders = sf.orders(limit=5, details=True)"
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done", bench.status.text
    assert "orderlines" in variables["orders"].columns
    bench.endpoint.value = "locations"
    assert bench.details.layout.display == "none"
    assert bench.code.code == "locations = sf.locations(limit=5)"


@pytest.mark.slow
def test_cost_is_estimated_for_the_last_choice_alone(make_bench, monkeypatch, world):
    bench = make_bench()
    said = []
    bench.cost.observe(lambda change: said.append(change["new"]), "value")
    bench.filters.controls["status"].restore(["shipped"])
    monkeypatch.setattr("scalev_frames.notebook.panel.estimate.PAUSE", 0.05)
    bench.filters.controls["status"].restore([])
    bench.estimate.wait(LONG)
    assert [one for one in said if one.startswith("About")] == [bench.cost.value]
    assert bench.cost.value == "About 12 requests for 300 rows, at least 1 s."
    bench.fetch()
    assert bench.job.wait(LONG)
    bench._changed()
    bench.estimate.wait(LONG)
    assert bench.cost.value == "No request: 300 rows are kept and fresh."


@pytest.mark.slow
def test_bar_fills_to_what_the_cost_promised(make_bench, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.panel.parts.job.SHOWN_EVERY", 0)
    bench = make_bench()
    fractions = []
    bench.status.observe(lambda change: fractions.append(change["new"].get("fraction")), "shown")
    bench.fetch()
    assert bench.job.wait(LONG)
    known = [fraction for fraction in fractions if fraction is not None]
    assert known == sorted(known)
    assert len(known) > 5
    assert known[-1] == 1.0


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (
            Cost("orders", "resume", 36, 30.0, 1000, 4),
            "4 pages are here already, about 36 requests more, at least 30 s",
        ),
        (Cost("orders", "changes", 7, 0.0, 1000, 0), "Only changed rows: about 7 requests"),
        (Cost("stores", "full", None, None, None, 0), "One request a page"),
    ],
)
def test_cost_in_words(make_bench, cost, words):
    assert words in make_bench().estimate.sentence(cost)


@pytest.mark.slow
def test_readers_without_widgets_get_words(make_bench):
    for language, words in (("en", "run this cell"), ("id", "jalankan sel ini")):
        bundle = make_bench(language=language)._repr_mimebundle_()
        assert bundle[WIDGET]["model_id"]
        assert words in bundle["text/html"]
        assert "sf.connect()" in bundle["text/plain"]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "words"), [("en", "Only v3 of the API has"), ("id", "hanya ada di API v3")])
def test_a_list_that_the_version_lacks_says_which_one_has_it(make_bench, api, language, words):
    bench = make_bench(language=language)
    bench.endpoint.value = "order_utm_sources"
    assert words in bench._summary.value
    bench.endpoint.value = "orders"
    assert "API" not in bench._summary.value
    bench.endpoint.value = "warehouses"
    assert "version=" not in bench._summary.value


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("language", "mark"), [("en", "(only {})"), ("id", "(hanya {})")])
def test_lists_that_the_version_lacks_come_last_and_the_choice_stays(make_bench, api, world, settings, language, mark):
    """The choice of another business is that of its version."""
    on_v3 = Account(Key(world.api_key), replace(settings, base_url=world.url("v3")), name="on v3")
    other_key = world.add_business(World(3, seed=2))
    bench = make_bench(language=language)
    for account, spoken, other in ((api, "v2", "v3"), (on_v3, "v3", "v2"), (api, "v2", "v3")):
        bench._signed_in(account)
        bench.endpoint.value = "products"
        names = [name for _, name in bench.endpoint.options]
        assert sorted(names) == sorted(ENDPOINTS)
        lacked = [name for name in names if spoken not in ENDPOINTS[name].versions]
        assert names[-len(lacked) :] == lacked
        assert len(lacked) > 10
        labels = {name: label for label, name in bench.endpoint.options}
        assert {name for name in names if labels[name].endswith(mark.format(other))} == set(lacked)
        assert [name for name in names if "hanya" in labels[name] or "only" in labels[name]] == lacked
        bench.endpoint.value = lacked[0]
        bench._signed_in(account)
        assert bench.endpoint.value == bench.filters.endpoint.name == lacked[0]
    group = Group({"a": api, "b": Account(Key(other_key), on_v3.settings)})
    last = [name for label, name in make_bench(group).endpoint.options if "(only v" in label]
    assert set(last) == {name for name, row in ENDPOINTS.items() if len(row.versions) == 1}


def test_a_list_that_the_version_lacks_is_not_asked_for(make_bench, world):
    bench = make_bench()
    bench.endpoint.value = "order_utm_sources"
    before = len(world.requests)
    bench.fetch()
    assert bench.job.wait(LONG)
    assert "version='v3'" in bench.status.text
    assert len(world.requests) == before
