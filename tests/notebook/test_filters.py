"""Every filter of every endpoint has a control, and what the controls say is a call that the package accepts."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import ipywidgets as ipw
import pytest

from scalev_frames.catalog import ENDPOINTS, GROUPS, Endpoint
from scalev_frames.catalog.model import Basis
from scalev_frames.errors import BadValueError
from scalev_frames.notebook.panel.call import call_text
from scalev_frames.notebook.panel.controls.days import PRESETS, Days
from scalev_frames.notebook.panel.controls.filters import Filters
from scalev_frames.notebook.panel.parts.elements import Picker
from scalev_frames.query.query import make_query
from scalev_frames.words import Words
from scalev_frames.words.tables import TABLES

ZONE = ZoneInfo("Asia/Jakarta")
NOW = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)


def make_filters(endpoint="orders", language="en", changed=lambda: None, now=NOW):
    filters = Filters(Words(language), changed, now=lambda: now)
    filters.set_endpoint(endpoint)
    return filters


def choose_something(control):
    """Choose a value that fits, whatever control it is."""
    state = control.state()
    if isinstance(state, tuple):
        control.restore((dt.date(2026, 11, 1), dt.date(2026, 11, 23)))
    elif isinstance(control.widget, Picker):
        options = control.widget.options
        control.restore([options[0][0]] if options else ["7"])
    else:
        field = control._field
        if isinstance(field, ipw.Dropdown):
            field.value = True
        elif "20/11/2026" in field.placeholder:
            field.value = "1/11/2026 13.30"
        else:
            field.value = "3"


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ENDPOINTS))
def test_every_filter_of_every_endpoint_has_a_control_whose_value_the_call_accepts(name):
    row = ENDPOINTS[name]
    filters = make_filters(name)
    expected = {*row.filter_rows, *row.path_parameters, *(["since"] if row.bases else [])}
    assert set(filters.controls) == expected
    for control in filters.controls.values():
        choose_something(control)
    assert filters.problems == {}
    assert filters.missing() == []
    arguments = filters.arguments()
    assert expected <= arguments.keys()
    assert make_query(name, arguments, ZONE, NOW).endpoint is row
    assert len(filters.chips.children) >= len(expected)
    filters.clear_all()
    assert filters.arguments() == {}
    assert filters.chips.children == ()


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_new_list_with_times_of_its_own_has_controls(monkeypatch, language):
    times = {"last_counted": Basis("last_counted_at", "last_counted_since", "last_counted_until")}
    monkeypatch.setitem(ENDPOINTS, "novelties", Endpoint("novelties", "/novelties", "named", "New.", bases=times))
    filters = make_filters("novelties", language)
    filters.controls["since"].choose("yesterday")
    assert filters.chips.children[0].description.startswith("Last counted: ")
    assert filters.arguments().keys() == {"since", "until"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("status", Picker), ("store_id", Picker), ("courier_id", Picker), ("tags", Picker),
        ("is_repeat", ipw.Dropdown), ("search", ipw.Text), ("shipped_time_since", ipw.Text),
    ],
)  # fmt: skip
def test_each_kind_of_filter_has_the_control_that_fits(name, kind):
    control = make_filters().controls[name]
    assert isinstance(control.widget if kind is Picker else control._field, kind)


def test_moments_are_typed_as_people_write_them_and_what_is_none_is_said():
    filters = make_filters(language="id")
    control = filters.controls["shipped_time_since"]
    control._field.value = "5/11/2026 9.30"
    assert filters.arguments() == {"shipped_time_since": "2026-11-05 09:30"}
    assert "5/11/2026 9.30" in filters.chips.children[0].description
    control._field.value = "31/31/2026"
    assert list(filters.problems) == ["shipped_time_since"]
    assert "31/31/2026" in control._error.value


def test_one_preset_is_marked_where_several_are_the_same_days():
    days = Days(["created"], Words("en"), lambda: dt.date(2026, 11, 30), lambda: None)

    def marked():
        return [name for name, one in days.presets.items() if "scalev-chosen-preset" in one._dom_classes]

    for name in ("this_month", "last_30_days", "today"):
        days.choose(name)
        assert marked() == [name] == [one for one, made in days.presets.items() if made.tabbable]
    days.clear()
    assert marked() == []


def test_presets_are_jakarta_days():
    today = dt.date(2026, 3, 1)
    assert {name: (str(first), str(last)) for name, (first, last) in ((n, p(today)) for n, p in PRESETS.items())} == {
        "today": ("2026-03-01", "2026-03-01"),
        "yesterday": ("2026-02-28", "2026-02-28"),
        "last_7_days": ("2026-02-23", "2026-03-01"),
        "last_30_days": ("2026-01-31", "2026-03-01"),
        "this_month": ("2026-03-01", "2026-03-01"),
        "last_month": ("2026-02-01", "2026-02-28"),
    }


@pytest.mark.slow
def test_today_is_the_day_in_jakarta():
    half_past_one_on_the_25th = dt.datetime(2026, 11, 24, 18, 30, tzinfo=dt.UTC)
    filters = make_filters(now=half_past_one_on_the_25th)
    filters.controls["since"].presets["today"].click()
    assert filters.arguments() == {"since": "2026-11-25", "until": "2026-11-25"}


def test_value_outside_the_list_is_sent_as_it_is_after_a_warning():
    filters = make_filters()
    filters.controls["payment_method"].restore(["va", "paylater_x"])
    assert filters.arguments() == {"payment_method": ["va", "paylater_x"]}
    assert not filters.problems
    assert filters.controls["payment_method"].widget.error == "paylater_x is no known value: it is sent as it is."
    query = make_query("orders", filters.arguments(), ZONE, NOW)  # said once: warnings are errors here
    assert [params["payment_method"] for params in query.params] == ["va", "paylater_x"]


def test_a_slip_of_a_known_value_is_refused():
    filters = make_filters()
    filters.controls["status"].restore(["shiped"])
    assert "Did you mean shipped" in filters.problems["status"]
    with pytest.raises(BadValueError, match="Did you mean shipped"):
        make_query("orders", filters.arguments(), ZONE, NOW)


def test_flags_have_three_states():
    filters = make_filters()
    field = filters.controls["is_probably_spam"]._field
    said = []
    for value in ("", True, False):
        field.value = value
        said.append(filters.arguments())
    assert said == [{}, {"is_probably_spam": True}, {"is_probably_spam": False}]


def test_what_is_wrong_is_said_beside_its_control_as_it_is_typed():
    changes = []
    filters = make_filters("order_statistics", changed=lambda: changes.append(1))
    control = filters.controls["minimum_days"]
    control._field.value = "ten"
    assert "whole number" in control._error.value
    assert list(filters.problems) == ["minimum_days"]
    control._field.value = "10"
    assert control._error.value == ""
    assert filters.problems == {}
    assert len(changes) == 3  # the endpoint, and each thing typed


def test_days_in_the_wrong_order_are_said():
    filters = make_filters()
    days = filters.controls["since"]
    days.restore((dt.date(2026, 11, 9), dt.date(2026, 11, 2)))
    assert "since" in filters.problems
    assert "Swap" in days._error.value


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("20/11/2026", "2026-11-20", "2026-11-20"),
        ("1/2/2026", "2026-02-01", "2026-02-01"),
        ("3 Nov 2026", "2026-11-03", "2026-11-03"),
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("hari ini", "2026-11-25", "2026-11-25"),
        ("Bulan Lalu", "2026-10-01", "2026-10-31"),
        ("kemarin", "2026-11-24", "2026-11-24"),
    ],
)
def test_days_are_typed_and_shown_as_people_write_them(typed, first, last):
    filters = make_filters(language="id")
    days = filters.controls["since"]
    days.since.take(typed)
    days.until.take(typed)
    assert {name: filters.arguments()[name] for name in ("since", "until")} == {"since": first, "until": last}
    shown = dt.date.fromisoformat(first)
    assert days.since.shown == f"{shown:%d/%m/%Y}"
    assert f"{shown:%d/%m/%Y} …" in filters.chips.children[0].description
    assert filters.problems == {}


def test_a_day_that_is_none_is_said_stays_to_be_mended_and_is_not_fetched():
    changes = []
    filters = make_filters(changed=lambda: changes.append(1))
    days = filters.controls["since"]
    days.since.take("2026-11-20")
    days.since.take("31/31/2026")
    assert days.since.shown == "31/31/2026"
    assert "since" in filters.problems
    assert "31/31/2026" in days._error.value
    assert len(changes) == 3  # the endpoint, and both
    days.since.take("")
    assert filters.problems == {}
    assert filters.arguments() == {}


def test_words_of_errors_are_shown_as_words_not_as_markup():
    filters = make_filters("order_statistics")
    control = filters.controls["minimum_days"]
    control._field.value = "<b>"
    assert "<b>" not in control._error.value
    assert "&lt;b&gt;" in control._error.value


def test_chip_takes_its_filter_away():
    filters = make_filters()
    filters.controls["status"].restore(["shipped", "rts"])
    filters.controls["since"].choose("yesterday")
    chips = {chip.description.rsplit("  ", 1)[0]: chip for chip in filters.chips.children[:-1]}
    assert set(chips) >= {"Order status: shipped", "Order status: rts"}
    chips["Order status: shipped"].click()
    assert filters.arguments()["status"] == "rts"
    assert len(filters.chips.children) == 3


def test_common_filters_stay_when_another_list_is_chosen():
    filters = make_filters()
    filters.controls["store_id"].restore(["3"])
    filters.controls["status"].restore(["shipped"])
    filters.set_endpoint("products")
    assert filters.arguments() == {"store_id": "3"}


def test_needed_ids_are_asked_for():
    filters = make_filters("store_bundle", language="id")
    assert filters.missing() == ["Toko", "Bundel"]
    filters.controls["store_id"].restore(["3"])
    assert filters.missing() == ["Bundel"]


@pytest.mark.slow
def test_names_come_from_kept_frames_without_a_request(api, world):
    filters = make_filters()
    filters.set_account(api)
    assert filters.controls["store_id"].widget.options == []
    api.stores_simplified(progress=False)
    orders = api.orders(progress=False)
    before = len(world.requests)
    filters.update_names()
    assert len(world.requests) == before
    stores = {row["name"]: str(row["id"]) for row in world.world.rows("stores")}
    options = dict(reversed(pair) for pair in filters.controls["store_id"].widget.options)
    assert options == stores
    couriers = {value for value, _ in filters.controls["courier_id"].widget.options}
    assert couriers == set(orders["courier_service_courier_id"].dropna())
    for name in ("handler_id", "warehouse_id", "advertiser_id"):
        assert filters.controls[name].widget.options, name


@pytest.mark.slow
def test_product_is_chosen_by_name_and_sent_by_id(api, world):
    api.products_simplified(progress=False)
    filters = make_filters()
    filters.set_account(api)
    value, name = filters.controls["product_id"].widget.options[0]
    filters.controls["product_id"].restore([value])
    assert filters.arguments() == {"product_id": value}
    assert name in filters.chips.children[0].description
    assert value in {str(row["id"]) for row in world.world.rows("products")}


def test_variants_are_chosen_by_name(api):
    api.products_simplified(progress=False)
    filters = make_filters("variant_digital_product_files")
    filters.set_account(api)
    assert filters.controls["variant_id"].widget.options


def test_line_of_code_does_the_same():
    arguments = {"since": "2026-11-01", "status": ["shipped", '=brand "new"'], "is_repeat": False, "limit": 10}
    asked = {}
    scope = {"sf": type("sf", (), {"orders": staticmethod(lambda **given: asked.update(given) or "frame")})}
    exec(call_text("orders", "orders", arguments), scope)
    assert scope["orders"] == "frame"
    assert asked == arguments


def test_every_word_is_there_in_both_languages():
    for table in (TABLES[part] for part in ("panel", "filters")):
        for name, both in table.items():
            assert len(both) == 2, name
            assert all(both), name
            assert _braces(both[0]) == _braces(both[1]), name
    assert all(row.label_id and row.group in GROUPS for row in ENDPOINTS.values())
    parameters = {name for row in ENDPOINTS.values() for name in (*row.filter_rows, *row.path_parameters)}
    assert set(TABLES["filters"]) <= parameters  # one without words of its own is called by its name


def test_one_of_something_is_one():
    words = Words("en")
    fetched = words("fetched", rows=1, variable="orders", as_of="now", requests=words("requests_some", count=1))
    assert fetched == "1 row in orders, as of now; 1 request."
    assert words("report_written", count=1, rows=1, path="a", size="0.3").startswith("1 report of 1 order written")
    assert words("cost_resumes", pages=1, requests=1, time="1 s").startswith(
        "Resumes: 1 page is here already, about 1 req"
    )
    assert Words("id")("fetched", rows=1000, variable="o", as_of="k", requests="-").startswith("1.000 baris")


def _braces(text):
    return {re.split("[:}]", part)[0] for part in text.split("{")[1:]}
