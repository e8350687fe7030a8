"""A masked frame tells nobody who the customers are, and still counts and joins the same."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from framed import frame_of
from python_calamine import CalamineWorkbook

import scalev_frames as sf
from scalev_frames.frames.masking import mask
from scalev_frames.sandbox import World

KEY = b"a user's secret"


@pytest.fixture(scope="module")
def world():
    return World(orders=150)


@pytest.fixture(scope="module")
def orders(world):
    return frame_of("orders", world.rows("orders"), filters={"search": "Sri"})


@pytest.fixture(scope="module")
def details(world, orders):
    return frame_of("order", [world.detail(one) for one in orders["id"]])


def told(frame):
    """Everything a frame says, as one text."""
    return json.dumps(frame.astype(object).where(frame.notna(), None).values.tolist(), default=str, ensure_ascii=False)


def secrets_of(details):
    """What customers would not like to be sent around."""
    values = set()
    for name in ("customer_name", "customer_phone", "customer_email", "destination_address_address", "notes",
                 "destination_address_phone", "payment_account_number", "chat_message"):  # fmt: skip
        values |= set(details[name].dropna()) if name in details else set()
    return {json.dumps(value, ensure_ascii=False)[1:-1] for value in values if len(value) > 5}


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["list", "detail", "dashboard", "messages", "items", "lines"])
def test_nothing_personal_is_left_anywhere(orders, details, shown):
    frame = {"list": orders, "detail": details}.get(shown)
    if frame is None:
        frame = getattr(details.scalev, shown)()
    masked = mask(frame, KEY)
    whole = told(masked)
    assert masked.shape == frame.shape
    assert list(masked.columns) == list(frame.columns)
    assert not [secret for secret in secrets_of(details) if secret in whole]
    assert "Sri" not in str(masked.attrs)
    assert masked.attrs["masked"] is True


@pytest.mark.slow
def test_the_same_person_is_the_same_token_in_every_column_frame_and_writing(orders, details):
    masked, again = mask(orders, KEY), mask(details, KEY)
    assert masked["customer_phone"].tolist() == again["customer_phone"].tolist()
    assert masked["customer_phone"].equals(masked["destination_address_phone"].rename("customer_phone"))
    assert orders["customer_name"].nunique() >= masked["customer_name"].nunique() > 1
    message = next(many[0] for many in again["message_history"] if many)
    place = next(place for place, many in enumerate(again["message_history"]) if many)
    assert message["recipient_phone"] == again["customer_phone"].iloc[place]
    one = mask(pd.DataFrame({"phone": ["0812 3456-789", "+62 812 3456789", "628123456789", 8123456789]}), KEY)
    assert one["phone"].nunique() == 1


@pytest.mark.slow
def test_another_key_gives_other_tokens_and_the_same_key_the_same(orders):
    first = mask(orders, KEY)["customer_phone"]
    assert mask(orders, KEY)["customer_phone"].equals(first)
    assert not set(mask(orders, b"another")["customer_phone"].dropna()) & set(first.dropna())


@pytest.mark.slow
def test_missing_stays_missing_and_what_is_not_personal_stays(orders):
    masked = mask(orders, KEY)
    for name in orders.columns:
        assert masked[name].isna().tolist() == orders[name].isna().tolist(), name
    for name in ("id", "order_id", "gross_revenue", "draft_time", "destination_address_city", "store_name", "status",
                 "handler_fullname", "final_variants", "tags", "utm_source"):  # fmt: skip
        assert masked[name].equals(orders[name]), name


def test_objects_nobody_knows_are_masked_inside_but_not_utm():
    frame = pd.DataFrame(
        {"metadata": [{"wa": 81234567890, "catatan": {"dari": "Sri"}, "umur": 30, "utm_medium": "cpc"}]}
    )
    masked = mask(frame, KEY)["metadata"].iloc[0]
    assert masked["utm_medium"] == "cpc"
    assert masked["umur"] == 30
    assert masked["wa"].startswith("text-")
    assert masked["catatan"]["dari"].startswith("text-")
    text = pd.DataFrame({"metadata": [json.dumps(frame["metadata"].iloc[0])]})
    assert json.loads(mask(text, KEY)["metadata"].iloc[0]) == masked


def test_a_name_is_a_persons_when_a_phone_stands_beside_it(world):
    people = pd.DataFrame({"name": ["Sri"], "phone": ["0812"]})
    assert mask(people, KEY)["name"].iloc[0].startswith("name-")
    products = frame_of("products", world.rows("products"))
    assert mask(products, KEY)["name"].equals(products["name"])


def test_names_in_the_index_are_masked():
    frame = pd.DataFrame({"customer_name": ["Sri", "Budi"], "store": ["A", "B"], "count": [1, 2]})
    one = mask(frame.set_index("customer_name"), KEY)
    assert one.index.str.startswith("name-").all()
    two = mask(frame.set_index(["store", "customer_name"]), KEY)
    assert two.index.get_level_values("store").tolist() == ["A", "B"]
    assert two.index.get_level_values("customer_name").str.startswith("name-").all()


@pytest.mark.slow
def test_every_way_out_has_the_option_and_the_users_own_key(orders, tmp_path):
    masked = orders.scalev.mask()
    phone = masked["customer_phone"].iloc[0]
    assert phone.startswith("phone-")
    assert sf.read_parquet(sf.to_parquet(orders, tmp_path / "o.parquet", mask=True))["customer_phone"].iloc[0] == phone
    book = CalamineWorkbook.from_path(str(sf.to_excel({"Orders": orders}, tmp_path / "o.xlsx", mask=True)))
    rows = book.get_sheet_by_name("Orders").to_python()
    assert rows[1][rows[0].index("customer_phone")] == phone
    assert ["Orders", "Personal data masked", "yes"] in book.get_sheet_by_name("Notes").to_python()
    path = orders.scalev.to_csv(tmp_path / "o.csv", mask=True)
    assert phone in path.read_text(encoding="utf-8-sig")
    assert orders["customer_phone"].iloc[0] not in path.read_text(encoding="utf-8-sig")


def test_names_as_labels_of_columns_and_index_levels_are_masked():
    orders = pd.DataFrame({"customer_name": ["Sri", "Budi"], "customer_phone": ["0812", "0813"], "n": [1, 2]})
    wide = mask(orders.pivot_table(index="customer_phone", columns="customer_name", values="n"), KEY)
    assert not {"Sri", "Budi", "0812", "0813"} & {*wide.columns, *wide.index}
    assert wide.columns.name == "customer_name"
    counted = mask(orders.groupby(["customer_name", "customer_phone"])["n"].agg(["sum", "mean"]), KEY)
    assert "Sri" not in str(counted.index.tolist())


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([{"name": "Sri", "phone": "0812"}], dtype=pd.ArrowDtype(pa.struct([("name", pa.string()), ("phone", pa.string())]))),
        pd.Series([[{"name": "Sri", "phone": "0812"}]], dtype=pd.ArrowDtype(pa.list_(pa.struct([("name", pa.string()), ("phone", pa.string())])))),
        pd.Series(['{"name":"Sri","phone":"0812"}'], dtype=pd.ArrowDtype(pa.large_string())),
        pd.Series(['{"name":"Sri","phone":"0812"}'], dtype=pd.ArrowDtype(pa.large_string())).astype("category"),
        pd.Series(['{"name":"Sri","phone":"0812"}'], dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))),
        pd.Series(pd.Categorical(['{"name":"Sri","phone":"0812"}'])),
        pd.Series(['{"name":"Sri","phone":"0812"}'], dtype=object),
        pd.Series(['{"name":"Sri","phone":"0812"}'], dtype=pd.StringDtype("python")),
        pd.Series([({"name": "Sri", "phone": "0812"},)], dtype=object),
        pd.Series([np.array([{"name": "Sri", "phone": "0812"}], dtype=object)], dtype=object),
    ],
)  # fmt: skip
def test_objects_are_masked_inside_whatever_dtype_holds_them(column):
    masked = mask(pd.DataFrame({"customer": column}), KEY)["customer"]
    assert "Sri" not in str(masked.tolist())
    assert "0812" not in str(masked.tolist())
    assert "phone-" in str(masked.tolist())


def test_json_texts_keep_long_numbers_and_change_only_where_something_is_masked():
    told = ['{"ref": 123456789012345678901, "name": "Sri"}', '{"ref":  1.50, "n": null}', "[ 1 ]"]
    masked = mask(pd.DataFrame({"customer": told}), b"key")["customer"].tolist()
    assert json.loads(masked[0])["ref"] == 123456789012345678901
    assert "Sri" not in masked[0]
    assert masked[1:] == told[1:]


def test_a_note_says_that_tokens_are_those_of_this_session_where_no_secret_can_be_kept(tmp_path, monkeypatch):
    orders = pd.DataFrame({"customer_phone": ["0812345678"]})
    assert orders.scalev.mask().attrs["notes"] == []
    (tmp_path / "file").touch()
    monkeypatch.setenv("SCALEV_CACHE_DIR", str(tmp_path / "file"))
    assert orders.scalev.mask(KEY).attrs["notes"] == []
    masked = orders.scalev.mask()
    said = "customers' tokens are those of this session alone, as no secret could be kept on this computer"
    assert masked.attrs["notes"] == [said]
    path = sf.to_excel(orders, tmp_path / "masked.xlsx", mask=True, language="id")
    notes = CalamineWorkbook.from_path(path).get_sheet_by_index(1).to_python()
    assert "token pelanggan hanya berlaku untuk sesi ini" in str(notes)
