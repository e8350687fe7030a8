"""What lies in lists and maps becomes a typed frame of its own."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from framed import frame_of

import scalev_frames as sf
from scalev_frames.catalog import CHILDREN, ENDPOINTS, pandas_dtype
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.frames.children import expand
from scalev_frames.frames.money import exact
from scalev_frames.sandbox import World


@pytest.fixture(scope="module")
def world():
    return World(orders=120)


@pytest.fixture(scope="module")
def orders(world):
    return frame_of("orders", world.rows("orders"))


@pytest.fixture(scope="module")
def details(world, orders):
    return frame_of("order", [world.detail(one) for one in orders["id"]])


def test_items_are_the_map_in_its_order_with_the_orders_keys(orders):
    items = orders.scalev.items()
    told = [(code, name, count) for code, held in zip(orders["order_id"], orders["final_variants"], strict=True)
            for name, count in held.items()]  # fmt: skip
    assert list(zip(items["order_id"], items["item"], items["quantity"], strict=True)) == told
    assert items.columns[:2].tolist() == ["order__id", "order_id"]
    assert items.columns[-2:].tolist() == ["item", "quantity"]
    assert items["quantity"].dtype == "Int64"
    assert items["draft_time"].dtype == orders["draft_time"].dtype
    assert items["quantity"].sum() == orders["quantity"].sum()
    assert (items.attrs["account"], items.attrs["child"]) == ("brand-a", "items")


@pytest.mark.slow
def test_tags_are_the_same_from_objects_and_from_texts(orders, details):
    assert orders.scalev.tags()["name"].tolist() == details.scalev.tags()["name"].tolist()
    assert orders.scalev.tags()["id"].notna().all()
    assert details.scalev.tags()["id"].isna().all()


def test_lines_add_up_to_their_orders_exactly(details):
    lines = details.scalev.lines()
    assert str(lines["product_price"].dtype) == "float64"
    assert sum(filter(None, exact(lines["product_price"]))) == sum(filter(None, exact(details["product_price"])))
    sums = lines.groupby("order__id")["product_price"].sum()
    told = details.set_index("id")["product_price"]
    assert sums.sort_index().tolist() == told[sums.index].sort_index().tolist()
    assert lines["product_price"].sum() == details["product_price"].sum() > Decimal(0)
    assert {"order_id", "store_name", "draft_time", "paid_time", "product_name", "cogs_bt"} <= set(lines.columns)


def test_an_items_own_name_wins_and_the_parents_is_called_by_its_path(world, details):
    history = details.scalev.status_history()
    assert {"order_status", "status", "order__id"} <= set(history.columns)
    variants = frame_of("products", world.rows("products")).scalev.variants()
    assert variants.columns[:3].tolist() == ["product_id", "product__name", "id"]
    assert (variants["product__name"] == variants["product_name"]).all()


@pytest.mark.parametrize("name", list(CHILDREN))
@pytest.mark.parametrize("endpoint", ["orders", "order", "products", "product", "bundle", "store_bundles"])
def test_no_rows_still_give_the_declared_columns(endpoint, name):
    frame = frame_of(endpoint, [])
    if CHILDREN[name].column not in frame.columns:
        with pytest.raises(UnknownNameError):
            expand(frame, name)
        return
    child = expand(frame, name)
    declared = next(one for one in ENDPOINTS[endpoint].columns if one.name == CHILDREN[name].column)
    columns = CHILDREN[name].columns(is_map=declared.kind == "map", shape=declared.items)
    assert list(child.columns[-len(columns) :]) == [column.name for column in columns]
    for column in columns:
        assert child[column.name].dtype == pandas_dtype(column.kind, "Asia/Jakarta")


def test_what_the_catalog_does_not_know_is_kept(orders):
    frame = orders.head(1).assign(tags=[[{"id": 1, "name": "VIP", "colour": "red"}, "plain", None, 7]])
    tags = frame.scalev.tags()
    assert tags["name"].fillna("-").tolist() == ["VIP", "plain", "-", "7"]
    assert tags["colour"].fillna("-").tolist() == ["red", "-", "-", "-"]
    assert "colour: sent by the server, not in the data dictionary" in tags.attrs["notes"]


@pytest.mark.slow
def test_a_frame_back_from_a_file_gives_the_same(details, tmp_path):
    path = sf.to_parquet(details, tmp_path / "details.parquet")
    foreign = pd.read_parquet(path)  # by pandas alone: lists are JSON text
    assert isinstance(foreign["orderlines"].iloc[0], str)
    foreign.attrs = dict(details.attrs)
    for child in ("lines", "items", "tags", "variants", "status_history"):
        pd.testing.assert_frame_equal(expand(foreign, child), expand(details, child))
        pd.testing.assert_frame_equal(expand(sf.read_parquet(path), child), expand(details, child))


def test_a_frame_that_knows_no_endpoint(orders):
    plain = pd.DataFrame({"id": ["1", "2", "3"], "final_variants": [{"Kaos": 2}, None, "{}"]})
    assert plain.scalev.items().to_dict("list") == {"order__id": ["1"], "item": ["Kaos"], "quantity": [2]}
    texts = pd.DataFrame({"tags": ['[{"id":1,"name":"VIP"}]', "not json", float("nan"), "[]"]})
    assert texts.scalev.tags()["name"].tolist() == ["VIP", "not json"]


def test_any_column_can_be_expanded_and_any_carried(orders):
    pixels = orders.scalev.expand("fb_pixel_ids", carry=["customer_name", "id"])
    assert list(pixels.columns) == ["customer_name", "order__id", "value"]
    assert pixels["value"].str.startswith("0").all()
    about = orders.scalev.expand("metadata", carry=["order_id"])
    assert about.columns.tolist() == ["order_id", "key", "value", "value_dari"]
    with pytest.raises(UnknownNameError, match="customer_name"):
        orders.scalev.items(carry=["custommer_name"])


def test_orders_whose_lines_are_not_known_are_counted():
    orders = pd.DataFrame({"id": ["1", "2", "3"], "orderlines": [[{"quantity": 1}], None, []]})
    lines = expand(orders, "lines")
    assert (lines["order__id"].tolist(), lines.attrs["notes"]) == (["1"], ["1 order has no lines that are known"])


def test_the_list_has_no_lines_and_says_where_they_are(orders):
    with pytest.raises(UnknownNameError, match="details"):
        orders.scalev.lines()


def test_schedules_are_weekdays_in_their_order(world):
    people = frame_of("store_sales_people", world.rows("store_sales_people", store_id=1))
    days = people.scalev.schedules()
    assert days["day"].head(7).tolist() == [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
    assert days.columns[-4:].tolist() == ["day", "start_time", "end_time", "is_active"]
    assert days["is_active"].dtype == "boolean"
    assert len(days) == 7 * len(people)
    assert days["sales_person_id"].drop_duplicates().tolist() == people["id"].tolist()
    with pytest.raises(UnknownNameError):
        pd.DataFrame({"id": ["1"]}).scalev.schedules()


@pytest.mark.slow
def test_a_child_can_be_written_as_it_is(details, tmp_path):
    path = details.scalev.lines().scalev.to_excel(tmp_path / "lines.xlsx")
    with pd.ExcelFile(path, engine="calamine") as book:
        assert book.sheet_names == ["Lines", "Notes"]
        assert pd.read_excel(book, "Lines")["product_price"].sum() == float(details["product_price"].sum())


ITEMS = [{"Kaos": 2}, None, {"Topi": 1, "Kaos": 1}]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([None if one is None else json.dumps(one) for one in ITEMS]),
        pa.array([None if one is None else list(one.items()) for one in ITEMS], pa.map_(pa.string(), pa.int64())),
        pa.array(ITEMS),
    ],
    ids=["text", "map", "struct"],
)
def test_maps_that_arrow_holds_are_read(column):
    orders = pd.DataFrame({"id": ["1", "2", "3"], "final_variants": pd.array(column, dtype=pd.ArrowDtype(column.type))})
    assert sorted(expand(orders, "items", ["id"]).values.tolist()) == [
        ["1", "Kaos", 2],
        ["3", "Kaos", 1],
        ["3", "Topi", 1],
    ]


def test_texts_are_read_each_by_itself_and_long_ids_whole():
    lists = pd.DataFrame({"id": ["1", "2"], "parts": ['[{"ref":123456789012345678901}]', '[{"ref":5}]']})
    assert expand(lists, "parts", ["id"])["ref"].tolist() == ["123456789012345678901", "5"]
    numbers = pd.DataFrame({"id": ["1", "2"], "parts": ["1,5", "2"]})
    assert expand(numbers, "parts", ["id"]).iloc[:, -1].tolist() == ["1,5", "2"]


@pytest.mark.parametrize("name", ["items", "lines"])
def test_texts_that_pandas_wrote_are_refused_with_what_to_do(name):
    orders = pd.DataFrame({"id": ["7"], "final_variants": [{"Kaos": 2}], "orderlines": [[{"quantity": 2}]]})
    back = pd.read_csv(io.StringIO(orders.to_csv(index=False)), dtype="str")
    with pytest.raises(BadValueError, match=r"pandas' own to_csv .* sf\.to_csv"):
        expand(back, name)
    cut = orders.assign(final_variants=['{"Kaos": 2, "To'], orderlines=['[{"quantity": 2'])
    with pytest.raises(BadValueError, match="no JSON"):
        expand(cut, name)
    plain = orders.assign(final_variants=[["[promo]"]], orderlines=["[promo]"])
    assert len(expand(plain, name)) == 1


@pytest.mark.parametrize("text", ["{promo}", "[promo]", "{1}"])
def test_a_tag_in_brackets_stays_a_tag(text):
    tags = expand(pd.DataFrame({"id": ["7", "8"], "tags": [text, "vip"]}), "tags")
    assert tags.iloc[:, -1].tolist() == [text, "vip"]


@pytest.mark.parametrize("values", [[["Kaos"]], [[None]], [{"Kaos": 1}], [["Kaos", "d'Or"]]])
def test_texts_of_any_list_that_pandas_wrote_are_refused(values):
    orders = pd.DataFrame({"id": ["7"], "tags": values})
    back = pd.read_csv(io.StringIO(orders.to_csv(index=False)), dtype="str")
    with pytest.raises(BadValueError, match="no JSON"):
        expand(back, "tags")
