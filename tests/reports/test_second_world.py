"""Every report on servers that know less: it equals plain Python over what was sent, and says what it could not know."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from scalev_frames.errors import MissingColumnsError
from scalev_frames.export import report_workbook
from scalev_frames.frames.children import expand
from scalev_frames.frames.spam import fill_spam, lacks_spam
from scalev_frames.reports import REPORTS, compare, report
from scalev_frames.reports.counting.lines import has_lines
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.figures import key_figures
from scalev_frames.reports.words.labels import label
from scalev_frames.reports.words.phrases import column_said
from scalev_frames.reports.words.rows import NAMED

from . import oracle_orders, plain
from .second_world import said
from .test_reports import AGED, ORACLES, check, check_all, framed

UNKNOWN = "Whether orders are spam is not known; none is left out"
UNKNOWN_ID = "Tidak diketahui apakah pesanan adalah spam"


@pytest.mark.slow
def test_every_report_equals_plain_python_where_only_the_columns_asked_for_come(world, records):
    assert "is_probably_spam" not in records[0]
    check_all(records, world.now)


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "quality"])
def test_every_report_says_that_spam_is_not_known(name, world, records):
    frame = framed(records, world.now)
    made = report(name, frame)
    assert UNKNOWN in said(made)
    assert "are left out" not in said(made)
    assert UNKNOWN_ID in said(report(name, frame, language="id"))
    assert (made.attrs["left_out_spam"], made.attrs["spam_unknown"]) == (0, len(frame))


@pytest.mark.slow
def test_the_workbook_says_so_on_its_cover_and_on_every_sheet(world, records, tmp_path):
    frame = framed(records, world.now)
    assert key_figures(Prepared(frame))["spam"] is None
    path = report_workbook(frame, tmp_path / "r.xlsx")
    book = CalamineWorkbook.from_path(str(path))
    cover = book.get_sheet_by_name("Summary").to_python()
    assert any(str(row[0]).startswith(UNKNOWN) for row in cover)
    assert {row[0]: row[1] for row in cover}[label("spam")] == ""
    for name, row in REPORTS.items():
        if not row.needs_lines and name != "quality":
            assert book.get_sheet_by_name(row.title_en).to_python()[1][0].endswith("spam not known: none left out")
    notes = [row for row in book.get_sheet_by_name("Notes").to_python() if str(row[1]).startswith(UNKNOWN)]
    assert len(notes) == len([one for one in REPORTS.values() if not one.needs_lines]) - 1


@pytest.mark.slow
def test_an_order_here_and_there_without_a_flag_is_counted_and_said(world):
    rows = world.rows("orders")
    some = [one if place % 3 else {**one, "is_probably_spam": None} for place, one in enumerate(rows)]
    check_all(some, world.now)
    made = report("funnel", framed(some, world.now))
    spam = sum(plain.is_spam(one) for one in some)
    assert f"{spam} that are probably spam are left out" in said(made)
    assert f"{made.attrs['spam_unknown']} of them of unknown kind" in said(made)
    assert made.attrs["spam_unknown"] == sum(one["is_probably_spam"] is None for one in some)


@pytest.mark.slow
def test_filled_in_by_the_filter_the_reports_are_those_of_a_server_that_sends_the_flag(world, records):
    frame, whole = framed(records, world.now), framed(world.rows("orders"), world.now)
    spam_ids = whole.loc[whole["is_probably_spam"].fillna(False), "id"].tolist()
    assert spam_ids
    assert lacks_spam(frame)
    filled = fill_spam(frame, spam_ids)
    assert not lacks_spam(filled)
    assert "filled in by the filter" in said(filled)
    for name in [*ORACLES, *AGED]:
        pd.testing.assert_frame_equal(report(name, filled), report(name, whole), check_like=True)
        assert f"{len(spam_ids)} orders that are probably spam are left out" in said(report(name, filled))


def test_a_filter_that_the_server_ignores_makes_no_order_spam(records):
    frame = framed(records)
    filled = fill_spam(frame, frame["id"].tolist())
    assert lacks_spam(filled)
    assert "its filter gave every order" in said(filled)
    assert UNKNOWN in said(report("funnel", filled))


def test_a_flag_that_was_sent_stays(records):
    frame = framed(records[:3]).assign(is_probably_spam=pd.array([False, None, True], dtype="boolean"))
    assert fill_spam(frame, frame["id"].tolist()[:2])["is_probably_spam"].tolist() == [False, True, True]


@pytest.fixture(scope="module")
def orders_and_lines(world, details):
    orders = framed(world.rows("orders")[:60], world.now)
    return orders, expand(framed(details, world.now, endpoint="order"), "lines")


@pytest.mark.slow
@pytest.mark.parametrize("name", list(REPORTS))
def test_no_column_that_a_report_reads_is_missing_without_the_report_saying_so(name, orders_and_lines):
    frame = orders_and_lines[REPORTS[name].needs_lines]
    usual = {language: {note for note in report(name, frame, language=language).attrs["notes"]
                        if "missing in all" not in note and "kosong pada semua" not in note}
             for language in ("en", "id")}  # fmt: skip
    for place, column in enumerate(sorted(set(REPORTS[name].reads.split()) - {"is_probably_spam"})):
        gone = {one: frame.assign(**{column: pd.Series([one] * len(frame), dtype=object)}) for one in (None, "")}
        if column in REPORTS[name].needs.split():  # nothing can be known without it
            with pytest.raises(MissingColumnsError, match=rf"{name} needs {column}\b"):
                report(name, frame.drop(columns=column))
        else:
            gone["absent"] = frame.drop(columns=column)
        for turn, (how, without) in enumerate(gone.items()):
            language = ("en", "id")[(place + turn // 2 + turn) % 2]
            made = report(name, without, language=language)
            called = column_said(column, language)
            told = [note for note in made.attrs["notes"] if note not in usual[language] and called in note]
            named = "names count as one" in said(made) or "dihitung sebagai satu" in said(made)
            assert told or (named and column in NAMED), (column, how, language)


BEFORE = ("product_price_bt", "discount_bt", "discount_code_discount_bt", "cogs_bt")


def less(details, *names, share=1.0, seed=1):
    """The details, without some amounts in some lines."""
    chance = random.Random(seed)
    return [
        {**one, "orderlines": [{key: value for key, value in line.items()
                                if key not in names or chance.random() >= share} for line in one["orderlines"]]}
        for one in details
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "share", "phrase"),
    [
        (BEFORE, 1.0, "they are derived from the tax rate"),
        (BEFORE, 0.3, "they are derived from the tax rate"),
        ((*BEFORE, "tax_rate"), 1.0, "count with tax"),
        ((*BEFORE, "tax_rate"), 0.4, "count with tax"),
        (("cogs_bt", "tax_rate"), 1.0, "count with tax"),
        (("cogs_bt", "cogs"), 1.0, "they are in no margin"),
        (("discount_code_discount_bt",), 1.0, "they are derived from the tax rate"),
        (("discount_code_discount_bt", "discount_code_discount"), 1.0, "their orders name no code: it counts as 0"),
        (("discount_code_discount_bt", "discount_code_discount"), 0.4, "their orders name no code: it counts as 0"),
    ],
)
def test_the_margin_without_amounts_before_tax_equals_plain_python(details, names, share, phrase):
    sent = less(details, *names, share=share)
    lines = expand(framed(sent, endpoint="order"), "lines")
    made = report("margin", lines)
    check("margin", made, oracle_orders.margin(sent))
    assert phrase in said(made)
    if "product_price_bt" in names:
        assert made["sales"].notna().all()


def test_a_code_discount_that_is_missing_is_none_where_the_order_has_no_code():
    lines = pd.DataFrame({"order_id": ["A", "B", "C"], "status": "completed", "product_name": ["free", "coded", "zero"],
                          "quantity": 1, "product_price_bt": 100, "discount_bt": 0, "discount_code_discount_bt": None,
                          "discount_code_discount": [None, None, 0], "cogs_bt": 5,
                          "discount_code_code": [None, "HEMAT", "HEMAT"]})  # fmt: skip
    made = report("margin", lines)
    assert made.set_index("product")["margin"].fillna(-1).to_dict() == {"free": 95, "coded": -1, "zero": 95}
    assert "1 line lacks the discount of a code, and its order names no code: it counts as 0." in said(made)
    assert "tanpa kode diskon: dihitung 0" in said(report("margin", lines, language="id"))
    assert report("margin", lines.drop(columns="discount_code_code"))["margin"].isna().sum() == 2


@pytest.mark.slow
def test_a_column_that_another_stands_in_for_is_not_called_what_is_missing(world, details):
    undrafted = framed(world.rows("orders")[:20], world.now).drop(columns="draft_time")
    assert "draft_time is not known: created_at stands in." in said(report("daily", undrafted))
    assert "Waktu draf tidak diketahui: digantikan Dibuat." in said(report("daily", undrafted, language="id"))
    taxed = expand(framed(less(details, *BEFORE), endpoint="order"), "lines")
    made = report("margin", taxed)
    assert "cogs_bt is not known: cogs stands in." in said(made)
    assert "what needs it" not in said(made) + said(report("daily", undrafted))


@pytest.mark.slow
def test_with_tax_on_both_sides_the_rate_is_nearly_the_same_and_never_mixed(details):
    full = report("margin", expand(framed(details, endpoint="order"), "lines")).set_index(["product", "sku"])
    bare = report("margin", expand(framed(less(details, *BEFORE, "tax_rate"), endpoint="order"), "lines"))
    bare = bare.set_index(["product", "sku"]).loc[full.index]
    assert np.allclose(full["margin_rate"].astype(float), bare["margin_rate"].astype(float), atol=1e-6)


@pytest.mark.parametrize(
    ("rate", "sales"), [(11, "100000.00"), ("0.11", "100000.00"), (0, "111000.00"), (12, "99107.14")]
)
def test_a_tax_rate_is_a_percentage_or_a_share(rate, sales):
    lines = pd.DataFrame({"order__id": ["1"], "status": ["completed"], "product_name": ["Kaos"], "quantity": [1],
                          "product_price": [111_000], "discount": [0], "discount_code_discount": [0], "cogs": [0],
                          "tax_rate": [rate]})  # fmt: skip
    assert str(report("margin", lines).scalev.decimals()["sales"][0]) == sales


@pytest.mark.slow
def test_margin_of_orders_with_details_reads_their_lines(details):
    frame = framed(details, endpoint="order")
    assert has_lines(frame)
    made, wanted = report("margin", frame), report("margin", expand(frame, "lines"))
    pd.testing.assert_frame_equal(made, wanted)
    assert made.attrs["notes"] == wanted.attrs["notes"]
    check("margin", made, oracle_orders.margin(details))


@pytest.mark.slow
def test_margin_of_orders_without_lines_is_empty_and_says_why(details):
    some = [one if place % 2 else {**one, "orderlines": None} for place, one in enumerate(details)]
    made = report("margin", framed(some, endpoint="order"))
    check("margin", made, oracle_orders.margin(some))
    assert "75 orders have no lines" in said(made)
    bare = framed(details, endpoint="order").drop(columns="orderlines")
    assert not has_lines(bare)
    assert report("margin", bare).empty
    assert "150 orders have no lines" in said(report("margin", bare))


@pytest.mark.slow
def test_the_workbook_of_orders_with_details_has_their_margin(details, tmp_path):
    frame = framed(details, endpoint="order")
    book = CalamineWorkbook.from_path(str(report_workbook(frame, tmp_path / "r.xlsx")))
    assert [row.title_en for row in REPORTS.values()] == book.sheet_names[2:-2]
    rows = book.get_sheet_by_name("Margin by product").to_python()[4:]
    assert sum(row[7] for row in rows) == pytest.approx(float(report("margin", frame)["margin"].sum()))


@pytest.fixture(scope="module")
def namesakes(world):
    """Two handlers and two advertisers called alike, one handler renamed, one without a name."""
    found = []
    for place, one in enumerate(world.rows("orders")):
        who = [{"id": 7, "fullname": "Sri"}, {"id": 8, "fullname": "Sri"}, {"id": 9, "fullname": "Budi" if place % 2 else
               "Budi Santoso"}, {"id": 10, "fullname": None}, None][place % 5]  # fmt: skip
        found.append({**one, "handler": who, "advertiser": {"id": 1 + place % 2, "fullname": "Ika"}})
    return found


@pytest.mark.slow
def test_people_are_told_apart_by_id_and_shown_by_name(world, namesakes):
    check_all(namesakes, world.now)
    frame = framed(namesakes, world.now)
    handlers = set(report("handlers", frame)["handler"].dropna())
    assert handlers == {"Sri (#7)", "Sri (#8)", "#10", next(name for name in handlers if name.startswith("Budi"))}
    assert set(report("returns_by_advertiser", frame)["advertiser"]) == {"Ika (#1)", "Ika (#2)"}


@pytest.mark.slow
def test_namesakes_stay_apart_when_one_of_them_is_in_one_period_only(namesakes):
    rows = [{**one, "created_at": f"2026-{'11' if one['handler'] and one['handler']['id'] == 7 else '10'}-05T03:00:00Z",
             "draft_time": None} for one in namesakes]  # fmt: skip
    found = compare("handlers", framed(rows), "2026-11-01", "2026-11-30", against="last_month").set_index("handler")
    assert found.loc["Sri (#7)", "orders_before"] == 0
    assert found.loc["Sri (#8)", "orders"] == 0
    assert found.index.is_unique


def test_products_of_one_name_and_sku_are_told_apart_by_their_variant(details):
    same = [{**one, "orderlines": [{**line, "product_name": "Kaos", "variant_sku": None if line["variant"] % 2 else "K"}
                                   for line in one["orderlines"]]} for one in details]  # fmt: skip
    made = report("margin", expand(framed(same, endpoint="order"), "lines"))
    check("margin", made, oracle_orders.margin(same))
    assert not made.duplicated(["product", "sku"]).any()
    assert made["product"].str.match(r"Kaos \(#\d+\)").all()


def test_names_alone_are_said_to_be_all_there_is(world, namesakes):
    nameless = framed(namesakes, world.now).drop(columns=["handler_id"])
    made = report("handlers", nameless)
    assert "Sri" in set(made["handler"])
    assert "No ids are known beside handler_fullname" in said(made)
