"""Orders in the dashboard's own columns."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

import scalev_frames  # noqa: F401 - registers frame.scalev
from scalev_frames.catalog import ENDPOINTS, pandas_dtype
from scalev_frames.catalog.dashboard import DASHBOARD
from scalev_frames.errors import UnknownNameError
from scalev_frames.frames import FrameBuilder
from scalev_frames.sandbox import World

HEAD = ["order_id", "business_name", "customer_type", "store", "order_status", "payment_status", "name", "phone", "email",
        "address", "province", "city", "subdistrict", "postal_code", "payment_method", "epayment_provider", "pg_trx_id",
        "pg_reference_id", "draft_time", "pending_time"]  # fmt: skip
TAIL = ["platform", "external_id", "is_purchase_fb", "is_purchase_tiktok", "is_purchase_kwai", "notes", "tags"]


def orders_of(rows, zone="Asia/Jakarta", endpoint="orders"):
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, zone)
    builder.add(rows)
    frame, _ = builder.finish()
    frame.attrs = {"endpoint": endpoint, "time_zone": zone}
    return frame


def test_columns_order_and_values_are_the_dashboards():
    world = World(orders=60)
    rows = world.rows("orders")
    shown = orders_of(rows).scalev.dashboard()
    assert list(shown.columns)[: len(HEAD)] == HEAD
    assert list(shown.columns)[-len(TAIL) :] == TAIL
    assert shown.columns.is_unique
    assert len(shown.columns) == 84
    for given, (_, row) in zip(rows, shown.iterrows(), strict=True):
        assert row["order_id"] == given["order_id"]
        assert row["store"] == given["store"]["name"]
        assert row["order_status"] == given["status"]
        assert row["phone"] == given["customer"]["phone"]
        assert row["city"] == given["destination_address"]["city"]
        assert row["gross_revenue"] == pd.to_numeric(given["gross_revenue"])
        assert row["quantity"] == given["quantity"]
        assert (row["tags"] if given["tags"] else "") == ", ".join(tag["name"] for tag in given["tags"])
    assert shown["cogs"].isna().all()


def test_no_orders_still_give_every_column_with_its_dtype():
    shown = orders_of([]).scalev.dashboard()
    for name, kind, _ in DASHBOARD:
        assert shown[name].dtype == pandas_dtype(kind, "Asia/Jakarta"), name


def test_times_are_jakartas_whatever_the_accounts_zone_and_day_first_when_asked():
    frame = orders_of([{"order_id": "261101ABC", "draft_time": "2026-10-31T17:05:09Z"}, {"order_id": "X"}], "UTC")
    assert frame.scalev.dashboard()["draft_time"].iloc[0].isoformat() == "2026-11-01T00:05:09+07:00"
    shown = frame.scalev.dashboard(day_first=True)
    assert shown["draft_time"].fillna("-").tolist() == ["01/11/2026 00:05:09", "-"]
    assert shown["draft_time"].dtype == "str"


def test_details_fill_what_the_list_cannot():
    world = World(orders=20)
    details = orders_of([world.detail(row["id"]) for row in world.rows("orders")], endpoint="order")
    shown = details.scalev.dashboard()
    assert shown["cogs"].sum() == details["cogs"].sum() > 0
    assert shown["tags"].tolist() == orders_of(world.rows("orders")).scalev.dashboard()["tags"].tolist()


@pytest.mark.parametrize(
    "metadata",
    [
        {"utm_medium": "cpc", "utm_campaign": "lebaran", "utm_content": "a", "utm_term": "batik solo"},
        {"form": {"utm": {"medium": "cpc", "campaign": "lebaran", "content": "a", "term": "batik solo"}}},
        {"landing": "https://toko.test/p?utm_medium=cpc&utm_campaign=lebaran&utm_content=a&utm_term=batik+solo#x"},
        '{"UTM Medium":"cpc","UTM-Campaign":"lebaran","Utm_Content":"a","utm_term":"batik solo"}',
        {"landing": "http://[toko?utm_medium=cpc&utm_campaign=lebaran&utm_content=a&utm_term=batik+solo"},  # no address
        {"pages": [{"query": "utm_medium=cpc&utm_campaign=lebaran&utm_content=a&utm_term=batik%20solo"}]},
    ],
)
def test_advertisements_are_dug_out_of_metadata(metadata):
    frame = pd.DataFrame({"order_id": ["1", "2"], "utm_source": ["fb", None], "metadata": [metadata, {}]}, index=[7, 9])
    found = frame.scalev.utm()
    assert found.loc[7].tolist() == ["fb", "cpc", "lebaran", "a", "batik solo"]
    assert found.loc[9].isna().all()
    assert frame.scalev.dashboard()["utm_term"].fillna("-").tolist() == ["batik solo", "-"]


def test_a_column_of_its_own_comes_before_metadata():
    frame = pd.DataFrame({"utm_source": ["", "ig"], "metadata": [{"utm_source": "tiktok"}, {"utm_source": "tiktok"}]})
    assert frame.scalev.utm()["utm_source"].tolist() == ["tiktok", "ig"]


@pytest.mark.slow
def test_it_goes_on_as_a_frame_and_a_file(tmp_path):
    shown = orders_of(World(orders=5).rows("orders")).scalev.dashboard()
    path = shown.scalev.to_excel(tmp_path / "d.xlsx")
    back = pd.read_excel(path, dtype={"phone": "str"}, engine="calamine")
    assert list(back.columns) == list(shown.columns)
    assert back["phone"].tolist() == shown["phone"].tolist()
    assert abs(back["draft_time"].iloc[0] - shown["draft_time"].iloc[0].tz_localize(None)) < dt.timedelta(
        milliseconds=1
    )


def test_a_frame_of_something_else_is_refused():
    with pytest.raises(UnknownNameError, match="order_id"):
        pd.DataFrame({"name": ["Kaos"]}).scalev.dashboard()
