"""What a fetch will cost, and what a version of the API does not have."""

from __future__ import annotations

from dataclasses import replace

import pytest
from processes import LONG

from scalev_frames.account import Account
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.group import Group
from scalev_frames.notebook.panel.parts.panel import WIDGET
from scalev_frames.pull.cost import Cost
from scalev_frames.sandbox import World
from scalev_frames.wire.credentials import Key


@pytest.mark.slow
def test_details_are_one_tick_where_a_list_has_them(make_bench, variables):
    bench = make_bench()
    bench.choices.limit.value = "5"
    bench.choices.details.value = True
    assert bench.code.code == "orders = sf.orders(limit=5, details=True)"
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done", bench.status.text
    assert "orderlines" in variables["orders"].columns
    bench.choices.endpoint.value = "locations"
    assert bench.choices.details.layout.display == "none"
    assert bench.code.code == "locations = sf.locations(limit=5)"


@pytest.mark.slow
def test_cost_is_estimated_for_the_last_choice_alone(make_bench, monkeypatch, world):
    bench = make_bench()
    said = []
    bench.cost.observe(lambda change: said.append(change["new"]), "value")
    bench.choices.filters.controls["status"].restore(["shipped"])
    monkeypatch.setattr("scalev_frames.notebook.panel.estimate.PAUSE", 0.05)
    bench.choices.filters.controls["status"].restore([])
    bench.estimate.wait(LONG)
    assert [one for one in said if one.startswith("About")] == [bench.cost.value]
    assert bench.cost.value == "About 12 requests for 300 rows, at least 1 s."
    bench.fetch()
    assert bench.job.wait(LONG)
    bench._changed()
    bench.estimate.wait(LONG)
    assert bench.cost.value == "No request: all is kept and fresh."


@pytest.mark.slow
def test_an_estimate_never_holds_a_fetch_up(make_bench, monkeypatch):
    """Without a network it would try as long as the fetch itself, and say nothing."""
    monkeypatch.setattr(Account, "cost", lambda *_, **__: pytest.fail("asked for in the way of the fetch"))
    bench = make_bench()
    bench.choices.limit.value = "25"
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.state == "done"


@pytest.mark.slow
def test_a_fetch_begun_before_the_estimate_still_learns_how_many_rows_there_are(make_bench, monkeypatch):
    bench, known, fetch = make_bench(), [], Account.fetch

    def fetch_later(account, endpoint, **arguments):
        bench.estimate.wait(LONG)
        known.append(bench.estimate.rows(account, endpoint, bench.choices.arguments()))
        return fetch(account, endpoint, **arguments)

    monkeypatch.setattr(Account, "fetch", fetch_later)
    monkeypatch.setattr("scalev_frames.notebook.panel.estimate.PAUSE", 0.05)
    bench._changed()
    bench.fetch()
    assert bench.job.wait(LONG)
    assert known[0] == 300


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "id"])
def test_what_is_wrong_with_the_choice_stands_once(make_bench, language):
    bench = make_bench(language=language)
    bench.choices.limit.value = "many"
    wrong = bench.words("limit_bad")
    seen = lambda: [text for text in (bench.cost.value, bench.status.text) if text == wrong]  # noqa: E731
    assert seen() == [wrong]
    assert not bench.fetch()
    assert (bench.status.state, seen()) == ("failed", [wrong])
    bench.choices.limit.value = "more"
    assert seen() == [wrong]
    bench.choices.limit.value = "5"
    assert (bench.status.state, seen()) == ("ready", [])


@pytest.mark.slow
def test_bar_fills_to_what_the_cost_promised(make_bench, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.panel.parts.job.SHOWN_EVERY", 0)
    monkeypatch.setattr("scalev_frames.notebook.panel.estimate.PAUSE", 0)
    bench = make_bench()
    bench.estimate.wait(LONG)
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
    bench.choices.endpoint.value = "order_utm_sources"
    assert words in bench.choices.summary.value
    bench.choices.endpoint.value = "orders"
    assert "API" not in bench.choices.summary.value
    bench.choices.endpoint.value = "warehouses"
    assert "version=" not in bench.choices.summary.value


@pytest.mark.slow
@pytest.mark.parametrize(("language", "mark"), [("en", "(only {})"), ("id", "(hanya {})")])
def test_lists_that_the_version_lacks_come_last_and_the_choice_stays(make_bench, api, world, settings, language, mark):
    """The choice of another business is that of its version."""
    on_v3 = Account(Key(world.api_key), replace(settings, base_url=world.url("v3")), name="on v3")
    other_key = world.add_business(World(3, seed=2))
    bench = make_bench(language=language)
    for account, spoken, other in ((api, "v2", "v3"), (on_v3, "v3", "v2"), (api, "v2", "v3")):
        bench._signed_in(account)
        bench.choices.endpoint.value = "products"
        names = [name for _, name in bench.choices.endpoint.options]
        assert sorted(names) == sorted(ENDPOINTS)
        lacked = [name for name in names if spoken not in ENDPOINTS[name].versions]
        assert names[-len(lacked) :] == lacked
        assert len(lacked) > 10
        labels = {name: label for label, name in bench.choices.endpoint.options}
        assert {name for name in names if labels[name].endswith(mark.format(other))} == set(lacked)
        assert [name for name in names if "hanya" in labels[name] or "only" in labels[name]] == lacked
        bench.choices.endpoint.value = lacked[0]
        bench._signed_in(account)
        assert bench.choices.endpoint.value == bench.choices.filters.endpoint.name == lacked[0]
    group = Group({"a": api, "b": Account(Key(other_key), on_v3.settings)})
    last = [name for label, name in make_bench(group).choices.endpoint.options if "(only v" in label]
    assert set(last) == {name for name, row in ENDPOINTS.items() if len(row.versions) == 1}


@pytest.mark.slow
def test_a_list_that_the_version_lacks_is_not_asked_for(make_bench, world):
    bench = make_bench()
    bench.choices.endpoint.value = "order_utm_sources"
    before = len(world.requests)
    bench.fetch()
    assert bench.job.wait(LONG)
    assert "version='v3'" in bench.status.text
    assert len(world.requests) == before
