"""Pictures that people touch, without a browser: what travels, and the rows behind every bar."""

from __future__ import annotations

import gzip
import importlib.util
import json

import pandas as pd
import pytest
from processes import LONG

from scalev_frames.notebook.panel.parts.elements import Theme
from scalev_frames.notebook.panel.tabs.gallery import Gallery
from scalev_frames.notebook.panel.tabs.stores import stores_of
from scalev_frames.notebook.pictures.behind import only_behind
from scalev_frames.notebook.pictures.counted import count_pictures, count_report
from scalev_frames.notebook.pictures.live import LivePictures
from scalev_frames.notebook.table.table import Table
from scalev_frames.reports import REPORTS, compare, report, shown
from scalev_frames.reports.compare import Period
from scalev_frames.words import Words
from tests.notebook.tables import run


@pytest.fixture(scope="module")
def orders(world, tmp_path_factory) -> pd.DataFrame:
    from scalev_frames.account import Account
    from scalev_frames.settings import Settings
    from scalev_frames.wire.credentials import Key

    settings = Settings(world.base_url, tmp_path_factory.mktemp("cache"), limits=((100_000, 10_000.0),))
    return Account(Key(world.api_key), settings).orders(progress=False)


def bars(counted):
    return [
        (axis, part, bar)
        for axis, one in enumerate(counted.axes)
        for part in range(len(one.parts))
        for bar in range(min(5, len(counted.keys)))
    ]


def run_code(only, frame):
    """What the code of a filter finds, as a person would run it."""
    table = Table(frame, columns=list(frame.columns), name="orders")
    table.change(only=only)
    return run(table.code, orders=frame)["view"], table.view


@pytest.mark.slow
@pytest.mark.parametrize("name", ["daily", "funnel", "products", "provinces", "couriers"])
def test_as_many_rows_are_behind_a_bar_of_counted_orders_as_it_is_long(orders, name):
    counted = count_pictures(orders)[name]
    for place in bars(counted):
        axis, part, bar = place
        one = counted.axes[axis].parts[part]
        found = int(only_behind(orders, counted, place).mask.sum())
        if one.column == "rts_rate":
            assert f"({found} of " in counted.texts[bar]
        elif counted.axes[axis].kind == "count" and name != "products":
            assert found == one.numbers[bar]
        else:  # rupiah and pieces: some, where there are any
            assert (found > 0) == (one.numbers[bar] > 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["daily", "returns_by_product", "handlers", "channels", "repeat", "segments", "fees"])
def test_the_code_finds_the_rows_that_the_table_shows(orders, name):
    counted = count_report(report(name, orders), "id")
    for place in bars(counted)[:4:3]:
        view, shown = run_code(only_behind(orders, counted, place), orders)
        pd.testing.assert_frame_equal(view, shown)


@pytest.mark.slow
def test_the_code_of_a_store_and_a_period_finds_its_rows(orders):
    store = next(one for one in stores_of(orders) if one.column == "store_id")
    part = store.of(orders)
    assert 0 < len(part) < len(orders)
    assert set(part["store_name"]) == {store.label}
    last = part["draft_time"].dropna().dt.date.max()
    period = Period(last.replace(day=1), last)
    counted = count_report(compare("cod", part, *period), "en")
    only = store.widened(only_behind(part, counted, (0, 0, 0), period=period), orders)
    assert only.label == f"{store.label} · COD · Delivered"
    assert only.mask.sum() == counted.axes[0].parts[0].numbers[0]
    view, shown = run_code(only, orders)
    pd.testing.assert_frame_equal(view, shown)


@pytest.mark.parametrize("name", [name for name, row in REPORTS.items() if row.chart and not row.needs_lines])
def test_what_travels_is_plain_and_holds_no_row(orders, name):
    live, sent = LivePictures(language="id"), []
    live.send = lambda content, buffers=None: sent.append(content)
    live.show([count_report(report(name, orders), "id")])
    text = json.dumps(sent)
    assert "NaN" not in text
    assert len(text) < 200_000
    assert not {"shown", "pictures"} & set(live.get_state())


@pytest.mark.slow
def test_plotlys_script_travels_packed_and_from_its_own_package():
    live, sent = LivePictures(), []
    live.send = lambda content, buffers=None: sent.append((content, buffers))
    live.handle({"do": "library"})
    ((content, (packed,)),) = sent
    assert content == {"kind": "library"}
    assert b"plotly.js v" in gzip.decompress(packed)[:200]
    assert len(packed) < 2_500_000


@pytest.mark.slow
def test_a_click_on_what_is_shown_no_more_is_left_alone(orders):
    clicked = []
    live = LivePictures(count_pictures(orders).values(), on_behind=lambda *one: clicked.append(one))
    message = {"do": "behind", "generation": 0, "picture": 1, "axis": 0, "part": 0, "bar": 2}
    live.handle(message)
    assert clicked == [(live.shown[1], (0, 0, 2))]
    live.show(live.shown[:1])
    live.handle(message)
    assert len(clicked) == 1


@pytest.mark.slow
def test_a_click_in_the_gallery_gives_the_rows_of_the_frame(orders):
    found = []
    gallery = Gallery(Words("en"), Theme(), found.append)
    gallery.show(orders, "orders")
    assert gallery.job.wait(LONG)
    assert len(gallery.place.live.shown) == 5
    gallery.place.live.handle({"do": "behind", "generation": 2, "picture": 1, "axis": 0, "part": 0, "bar": 3})
    assert found[0].label == "Completed"
    assert found[0].mask.sum() == report("funnel", orders)["orders"][3]


@pytest.mark.slow
def test_a_saved_notebook_holds_pictures_that_do_not_move(orders):
    live = LivePictures(count_pictures(orders.head(40)).values())
    assert live.static_html().count("data:image/png;base64,") == 5


def test_plotly_is_installed_for_the_tests():
    assert importlib.util.find_spec("plotly")


def test_stores_of_one_name_and_businesses_are_told_apart():
    frame = pd.DataFrame({
        "business": ["a", "b", "b"], "store_id": ["1", "2", "3"], "store_name": ["Glow", "Glow", "Kopi"],
    })  # fmt: skip
    assert [one.label for one in stores_of(frame)] == ["a", "b", "Glow (#1)", "Glow (#2)", "Kopi"]
    assert stores_of(frame.iloc[:1]) == []
    assert stores_of(pd.DataFrame()) == []


@pytest.mark.parametrize("name", ["customers", "overdue", "unpaid"])
@pytest.mark.parametrize("language", ["", "en", "id"])
def test_a_report_in_a_saved_notebook_names_no_customer_but_what_it_groups_by(orders, name, language):
    made = report(name, orders)
    table = Table(shown(made, language) if language else made, language=language or "en")
    text, names = table.static_html(), set(made["name"].dropna().head(20))
    assert names
    assert not [one for one in names if one in text]
    if name != "customers":
        assert made["store" if name == "unpaid" else "courier"].dropna().iloc[0] in text
