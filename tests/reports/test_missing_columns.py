"""A figure whose columns are missing is missing, and the first note says so; what cannot be known at all is refused."""

from __future__ import annotations

from functools import cache

import openpyxl
import pandas as pd
import pytest

from scalev_frames.catalog import ENDPOINTS, ENUMS
from scalev_frames.errors import BadValueError, MissingColumnsError, UnknownNameError
from scalev_frames.export import report_workbook
from scalev_frames.frames.children import expand
from scalev_frames.notebook.pictures.counted import count_pictures
from scalev_frames.reports import REPORTS, Definitions, compare, report, rows_behind
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.figures import key_figures
from scalev_frames.reports.words.rows import NAMED, NAMES, SPAM
from scalev_frames.sandbox.world import World

from . import oracle_orders
from .test_reports import AGED, ORACLES, READ, check, framed, rows_of

WORLD = World(orders=40, seed=4, days=30)
CASES = [(name, column) for name, row in REPORTS.items() for column in row.reads.split() if column != SPAM]
#: Where a line has what the reports of lines read.
IN_LINES = {column: ("orderlines", column) for column in REPORTS["margin"].reads.split() if column != "status"}
NOTHING = pd.DataFrame({"x": [1, 2]})


@cache
def records(endpoint: str):
    rows = WORLD.rows("orders")
    return [WORLD.detail(one["id"]) for one in rows] if endpoint == "order" else rows


def endpoint_of(name: str) -> str:
    return "order" if name == "margin" else "orders"


def path_of(name: str, column: str) -> tuple[str, ...]:
    if name == "margin" and column in IN_LINES:
        return IN_LINES[column]
    return next(one.path for one in ENDPOINTS["orders"].columns if one.name == column)


def lacking(one, path: tuple[str, ...]):
    """A record without what stands at a path, in each of a list."""
    if isinstance(one, list):
        return [lacking(inner, path) for inner in one]
    if one is None:
        return None
    name, *rest = path
    return {**one, name: lacking(one.get(name), rest) if rest else None}


@cache
def emptied(endpoint: str, path: tuple[str, ...], every: int):
    """The records, without what stands at a path in every second one or in all, and their frame; nothing changes them."""
    made = [one if place % every else lacking(one, path) for place, one in enumerate(records(endpoint))]
    return made, frame_of(endpoint, made)


@cache
def without(name: str, column: str, every: int):
    """The report on frames of which a column is missing in some or all rows, and the records."""
    sent, frame = emptied(endpoint_of(name), path_of(name, column), every)
    return report(name, frame), sent


def expected(name, sent):
    if name == "margin":
        return oracle_orders.margin(sent)
    if name == "quality":
        return oracle_orders.quality(sent, WORLD.now, ENUMS)
    return ORACLES[name](sent) if name in ORACLES else AGED[name](sent, WORLD.now)


@cache
def whole_frame(name):
    """The frame of every record of a report; nothing changes it."""
    return frame_of(endpoint_of(name), records(endpoint_of(name)))


def frame_of(endpoint, sent):
    if endpoint == "order":
        return expand(framed(sent, WORLD.now, endpoint=endpoint), "lines")
    return framed(sent, WORLD.now, names=READ)


@pytest.mark.parametrize(("name", "column"), CASES)
def test_what_is_missing_in_all_or_some_rows_is_as_in_plain_python(name, column):
    for every in (1, 2):
        made, sent = without(name, column, every)
        check(name, made, expected(name, sent))


@pytest.mark.parametrize(("name", "column"), CASES)
def test_an_absent_column_is_as_one_that_is_missing_in_all_rows_or_the_report_is_refused(name, column):
    frame = whole_frame(name)
    if column in REPORTS[name].needs.split():
        with pytest.raises(MissingColumnsError, match=column) as refused:
            report(name, frame.drop(columns=column))
        assert (refused.value.report, refused.value.columns) == (name, (column,))
        return
    made = report(name, frame.drop(columns=column))
    if name != "quality":  # a column that is there and empty is what quality counts
        assert rows_of(made) == rows_of(without(name, column, every=1)[0])
    if column not in NAMED and column not in NAMES:
        assert column in " ".join(made.attrs["notes"])
    assert len(set(made.attrs["notes"])) == len(made.attrs["notes"])  # nothing is said twice


@pytest.mark.parametrize("name", list(REPORTS))
def test_a_frame_of_something_else_gives_no_figure_but_how_many_rows_it_has(name):
    if REPORTS[name].needs:
        with pytest.raises(MissingColumnsError, match="which this frame does not have"):
            report(name, NOTHING)
        return
    made = report(name, NOTHING)
    numbers = made[[one for one, kind in REPORTS[name].columns.items() if kind in ("count", "money", "percent")]]
    known = numbers.stack().dropna().unique().tolist()
    assert set(known) <= {2, 1.0}  # two orders; all of them are of the one group
    assert made.attrs["notes"][0].startswith("The frame has no column")


def test_the_note_on_what_is_missing_comes_first_and_names_of_rows_last():
    frame = whole_frame("channels")
    notes = report("channels", frame.drop(columns="status").assign(utm_source=None)).attrs["notes"]
    assert notes[0] == "The frame has no column status: what needs it is missing."
    assert notes[-1].startswith("utm_source is missing in all")
    assert "draft_time" not in report("daily", frame.drop(columns="draft_time")).attrs["notes"][0]


def test_a_column_that_decides_and_is_missing_in_some_orders_is_said():
    orders = pd.DataFrame({"status": ["rts", None], "payment_method": ["cod", None]})
    notes = " ".join(report("cod", orders).attrs["notes"])
    assert "payment_method is missing in 1 order" in notes
    assert "status is missing in 1 order" in notes


def test_key_figures_of_what_is_not_known_are_missing():
    found = key_figures(Prepared(pd.DataFrame({"status": ["shipped", "pending"]})))
    assert {name for name, value in found.items() if value is not None} == {
        "orders", "confirm_rate", "completed", "completed_revenue", "rts_rate",
    }  # fmt: skip
    assert key_figures(Prepared(pd.DataFrame({"status": ["rts"]})))["overdue"] == 0
    waits = key_figures(Prepared(pd.DataFrame({"status": ["pending"]})))
    assert (waits["unpaid"], waits["unpaid_value"]) == (None, None)


def test_a_margin_without_lines_counts_orders_and_says_so_first():
    notes = report("margin", pd.DataFrame({"status": ["rts", "completed"], "is_probably_spam": [True, False]})).attrs[
        "notes"
    ]
    assert notes[0].startswith("2 orders have no lines")
    assert notes[1] == "1 order that is probably spam is left out; 1 is counted."


def test_lines_that_do_not_say_their_order_have_no_number_of_orders():
    lines = whole_frame("margin").drop(columns=["order__id", "order_id"])
    assert report("margin", lines)["orders"].isna().all()
    assert report("margin", lines)["quantity"].notna().all()
    assert not any("have no lines" in note for note in report("margin", lines).attrs["notes"])


def test_an_order_of_several_products_counts_for_each_and_the_note_says_so():
    orders = pd.DataFrame({"status": ["rts"], "final_variants": [{"Kaos": 1, "Topi": 2}]})
    made = report("returns_by_product", orders)
    assert made["shipped"].tolist() == [1, 1]
    assert "An order of several products counts in the row of each." in made.attrs["notes"]


# periods, groups, files -----------------------------------------------------------------------------------------------

DATED = pd.DataFrame(
    {
        "created_at": ["2026-10-30T03:00:00Z"] * 2 + ["2026-11-02T03:00:00Z"] * 2 + [None],
        "status": [None, None, "rts", "completed", "rts"],
        "courier_service_courier_name": [None, None, "JNE", "JNE", "JNE"],
        "business": ["a", "a", "b", "b", "b"],
    }
)


@pytest.mark.parametrize("name", ["funnel", "returns_by_courier", "handlers"])
def test_a_period_of_which_nothing_is_known_is_not_compared_as_zero(name):
    made = compare(name, DATED, "2026-11-01", "2026-11-05")
    for column in ("returned", "shipped", "completed"):
        if column in made:
            assert made[column].fillna(0).sum() > 0
            assert made[f"{column}_before"].isna().all()
            assert made[f"{column}_change"].isna().all()
    notes = made.attrs["notes"]
    assert "2026-10-27 .. 2026-10-31: status is missing in all 2 rows: what needs it is not known." in notes
    assert "1 order has no draft_time / created_at: it is in no period." in notes


@pytest.mark.parametrize("without", ["absent", "null"])
def test_orders_without_dates_are_of_no_known_period(without, tmp_path):
    orders = DATED.drop(columns="created_at") if without == "absent" else DATED.assign(created_at=None)
    days = {"since": "2026-11-01", "until": "2026-11-05"}
    for call in (
        lambda: compare("funnel", orders, **days),
        lambda: rows_behind(orders, "funnel", {}, **days),
        lambda: report_workbook(orders, tmp_path / "r.xlsx", **days),
    ):
        with pytest.raises(MissingColumnsError, match="draft_time or created_at"):
            call()
    assert not (tmp_path / "r.xlsx").exists()
    with pytest.raises(MissingColumnsError, match="completed_time"):
        compare("funnel", DATED, **days, definitions=Definitions(date_basis="completed"))


def test_a_group_of_which_nothing_is_known_is_missing_and_the_others_are_not():
    made = report("funnel", DATED, by="business")
    orders = made.set_index(["business", "stage"])["orders"]
    assert pd.isna(orders["a", "completed"])
    assert orders["b", "completed"] == 1
    assert [note for note in made.attrs["notes"] if note.startswith(("a: ", "b: "))] == [
        "a: status is missing in all 2 rows: what needs it is not known.",
        "a: Whether orders are spam is not known; none is left out: 2 are counted.",
        "b: Whether orders are spam is not known; none is left out: 3 are counted.",
    ]  # what all share is said once


@pytest.mark.slow
def test_the_workbook_leaves_blank_what_is_not_known_and_says_which_reports_it_lacks(tmp_path):
    book = openpyxl.load_workbook(report_workbook(DATED, tmp_path / "r.xlsx"))
    assert "COD against transfer" not in book.sheetnames
    cover = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True)}
    assert (cover["Orders"], cover["Paid revenue"], cover["COD share"]) == (5, None, None)
    assert any(str(line).startswith("Left out: ") and "COD against transfer (payment_method)" in line for line in cover)
    assert "The frame has no column payment_method: what needs it is missing." in cover
    with pytest.raises(MissingColumnsError, match="cod needs payment_method"):
        report_workbook(DATED, tmp_path / "r.xlsx", reports=["cod"])


def test_pictures_of_what_is_not_known_say_why():
    counted = count_pictures(NOTHING)
    assert "needs final_variants" in counted["products"].nothing
    said = "Kolom yang diperlukan laporan ini tidak ada. Ambil pesanan dengan semua kolomnya. Kolom: final_variants."
    assert count_pictures(NOTHING, "id")["products"].nothing == said
    assert counted["funnel"].texts[1] == "\u2013  (\u2013)  \u00b7  \u2013"


# by ---------------------------------------------------------------------------------------------------------------------

BY = pd.DataFrame(
    {
        "status": ["rts", "shipped", "completed"],
        "tags": [[{"id": 1, "name": "vip"}], [], None],
        "sizes": [["S"], ["M"], None],
        "created_at": pd.to_datetime(["2026-11-01T03:00:00Z"] * 3),
        "day": pd.to_datetime(["2026-11-02", "2026-11-01", None]),
        "price": [150000.0, 20000.5, 150000.0],
        "empty": [None] * 3,
        "size": pd.Categorical(["S", "M", "S"], categories=["S", "M", "L"]),
        "mixed": [1, "a", None],
        "stamps": pd.Series(
            [pd.Timestamp("2026-11-01T03:00Z"), pd.Timestamp("2026-11-01T03:00+07"), None], dtype=object
        ),
    }
)


@pytest.mark.parametrize(
    ("by", "advice"),
    [
        ("tags", r"orders\['tags'\].str\[0\].str\['name'\]"),
        ("sizes", r"orders\['sizes'\].str\[0\]"),
        ("created_at", "days or months"),
        ("stamps", "days or months"),
        (["status", "price"], "one column"),
        (3, "one column"),
    ],
)
def test_a_column_that_cannot_group_is_refused_in_a_sentence(by, advice):
    with pytest.raises(BadValueError, match=advice):
        report("handlers", BY, by=by)


def test_lists_of_arrow_and_two_columns_of_one_name_are_refused_too():
    arrow = BY.assign(sizes=BY["sizes"].convert_dtypes(dtype_backend="pyarrow"))
    for frame in (arrow, pd.concat([BY, BY[["sizes"]]], axis=1)):
        with pytest.raises(BadValueError, match="sizes"):
            report("handlers", frame, by="sizes")
    with pytest.raises(UnknownNameError, match="Did you mean sizes"):
        report("handlers", BY, by="sizess")


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("day", ["2026-11-01", "2026-11-02", None]),
        ("price", ["20000.5", "150000"]),
        ("size", ["S", "M"]),
        ("mixed", ["1", "a", None]),
        ("empty", [None]),
    ],
)
def test_any_other_column_groups_in_the_order_of_its_values(by, groups):
    made = report("handlers", BY, by=by)
    assert made[by].astype(object).where(made[by].notna(), None).tolist() == groups
    assert made["orders"].sum() == 3
    assert (by == "empty") == made.attrs["notes"][0].startswith("empty is missing in all 3 rows")


@pytest.mark.parametrize("spam", [False, True])
def test_people_of_one_name_keep_one_name_in_all_groups(spam):
    orders = BY.assign(handler_id=["7", "8", "7"], handler_fullname="Sri", store_name=["a", "b", "b"])
    orders = pd.concat([orders, orders.tail(1)], ignore_index=True).assign(is_probably_spam=[False, False, False, spam])
    made = report("handlers", orders, by="store_name")
    assert made[["store_name", "handler"]].values.tolist() == [["a", "Sri (#7)"], ["b", "Sri (#7)"], ["b", "Sri (#8)"]]


def test_products_without_a_margin_come_after_those_that_lose_money():
    lines = pd.DataFrame({"order_id": ["A", "B", "C"], "status": "completed", "product_name": ["loses", "unknown", "earns"],
                          "quantity": [0, 1, 2], "product_price_bt": [-100, 100, 100], "discount_bt": 0,
                          "discount_code_discount_bt": 0, "cogs_bt": [5, None, 5]})  # fmt: skip
    made = report("margin", lines)
    assert made["product"].tolist() == ["earns", "loses", "unknown"]
    assert made["quantity"].tolist() == [2, 0, 1]
    assert made["margin"].isna().tolist() == [False, False, True]
