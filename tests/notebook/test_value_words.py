"""Statuses have their Indonesian words wherever an Indonesian panel shows them; code and files keep Scalev's own."""

from __future__ import annotations

import pandas as pd
import pytest

from scalev_frames.catalog import statuses
from scalev_frames.errors import BadValueError
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.notebook.pivot import Pivot
from scalev_frames.notebook.table import Table
from scalev_frames.reports.words.labels import VALUES_ID
from tests.notebook.tables import run

STATUSES = ["canceled", "rts", "completed", None, "shipped_rts", "brand_new", "shipped"]
SHOWN = ["Dibatalkan", "Retur", "Selesai", None, "Retur di jalan", "brand_new", "Dikirim"]


@pytest.fixture
def orders():
    return pd.DataFrame({"status": pd.Series(STATUSES, dtype="str"), "quantity": range(7)})


@pytest.fixture
def table(orders):
    return Table(orders, language="id", name="orders")


def ask(table, action: str, **details) -> dict:
    sent: list[dict] = []
    table.send = lambda message, *_: sent.append(message)
    table.handle({"do": action, "number": "v-1", "generation": table.sheet.generation, **details})
    return sent[-1]


def test_every_status_has_a_word_of_its_own():
    for column, known in (("status", statuses.ORDER_STATUSES), ("payment_status", statuses.PAYMENT_STATUSES)):
        words = VALUES_ID[column]
        assert set(words) == set(known)
        assert len(set(words.values())) == len(words)


def test_cells_records_copies_and_saved_notebooks_show_words_and_frames_keep_values(table, orders):
    block = ask(table, "block", blocks=[{"first": 0, "count": 7, "places": [0]}])
    assert block["blocks"][0]["cells"] == [SHOWN]
    assert table.sheet.record(1)[0] == (0, "Retur")
    table.select((0, 1), ["status"])
    assert ask(table, "copy")["text"].split() == ["Dibatalkan", "Retur"]
    assert "Selesai" in table.static_html()
    assert table.view.equals(orders)
    assert Table(orders, language="en").sheet.record(1)[0] == (0, "rts")


def test_the_list_of_values_and_chips_show_words(table):
    listed = ask(table, "values", column=0, search="retur")["values"]
    assert listed == [["rts", "Retur", 1], ["shipped_rts", "Retur di jalan", 1]]
    assert [one[0] for one in ask(table, "values", column=0, search="shipped")["values"]] == ["shipped", "shipped_rts"]
    ask(table, "filter", column=0, conditions=[{"op": "in", "values": ["rts", None]}])
    assert ask(table, "open")["filters"] == [[0, "Retur, (kosong)"]]


@pytest.mark.parametrize(
    ("typed", "found"),
    {
        "dikirim": ["shipped"],
        "Retur": ["rts", "shipped_rts"],
        "selesai, retur": ["rts", "completed"],
        "=retur": ["rts"],
        "shipped": ["shipped_rts", "shipped"],
        "rts, shipped": ["rts", "shipped"],
        "brand": ["brand_new"],
    }.items(),
)
def test_words_and_values_can_be_typed(table, orders, typed, found):
    table.filter({"status": typed})
    assert table.view["status"].tolist() == found
    pd.testing.assert_frame_equal(run(table.code, orders=orders)["view"], table.view)


def test_what_is_no_status_is_refused_with_the_nearest_word(table):
    with pytest.raises(BadValueError, match="Maksudnya Dikirim"):
        table.filter({"status": "dikrim"})
    table.filter({"status": "!=retur"})
    assert table.view["status"].isna().sum() == 1
    assert "rts" not in table.view["status"].tolist()


@pytest.mark.parametrize(("op", "count"), {"contains": 2, "not contains": 5, "=": 1, "!=": 6}.items())
def test_conditions_of_the_menu_mean_words(table, op, count):
    ask(table, "filter", column=0, conditions=[{"op": op, "values": ["Retur"]}])
    assert len(table.view) == count


def test_search_finds_words_and_values_and_its_code_too(table, orders):
    for word, found in (("selesai", ["completed"]), ("completed", ["completed"]), ("retur", ["rts", "shipped_rts"])):
        table.search(word)
        assert table.view["status"].tolist() == found
        pd.testing.assert_frame_equal(run(table.code, orders=orders)["view"], table.view)


def test_rows_and_pivots_stand_in_the_order_of_the_words(table, orders):
    table.sort([("status", True)])
    assert table.view["status"].tolist()[:-1] == ["brand_new", "canceled", "shipped", "rts", "shipped_rts", "completed"]
    pd.testing.assert_frame_equal(run(table.code, orders=orders)["view"], table.view)
    pivot = Pivot(orders, language="id", name="orders", table=Table(orders))
    pivot.choose(rows=["status"], values=[("quantity", "sum")])
    keys = pivot.result.iloc[:, 0].tolist()
    assert keys[:3] == ["brand_new", "Dibatalkan", "Dikirim"]
    assert keys[3:] == ["Retur", "Retur di jalan", "Selesai", "(kosong)", "Total"]
    pivot.show_rows(3, 0)
    assert pivot.table.sheet.view.only.label == "Retur"
    assert pivot.table.view["status"].tolist() == ["rts"]
    pivot.choose(columns=["status"])
    assert [heading for _, heading in pivot.made.headings][2:5] == ["Dibatalkan", "Dikirim", "Retur"]


def test_the_panel_offers_words_and_asks_for_values():
    bench = Workbench(language="id")
    control = bench.choices.filters.controls["status"]
    control.widget.value = ["rts"]
    assert control.chips()[0].text == "Status pesanan: Retur"
    assert control.read() == {"status": "rts"}
    assert 'status="rts"' in bench.code.code
