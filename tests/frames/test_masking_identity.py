"""What tells a person alone or with little is masked; what reports need stays."""

from __future__ import annotations

import pandas as pd
import pytest

from scalev_frames.catalog.personal import personal_word
from scalev_frames.frames.masking import mask
from scalev_frames.reports import REPORTS, report
from scalev_frames.sandbox.world import World

from ..reports.test_reports import framed, rows_of

KEY = b"a secret of sixteen bytes"


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("birth", "date_of_birth birth_date birthDate Birthday dob customer.dob tanggal_lahir|Tgl Lahir|customer_age"),
        ("identity", "nik customer_nik NPWP npwp_number passport_number tax_id ktp|No KTP|Nomor KK|Identity Number"),
        ("account", "account_number iban card_number no_rek|Nomor Kartu"),
        ("name", "account_holder bank_account_name cardholder_name|Atas Nama|Pemilik Rekening"),
        ("device", "_fbp _fbc fbclid gclid ttclid userAgent device_id advertising_id idfa session_id"),
        ("address", "ip client_ip ipv4 ip_address latitude lng coordinates|Koordinat"),
        ("place", "destination_address_postal_code postcode zip|Kode Pos|Kelurahan|rt_rw"),
        ("handle", "instagram_username customer_tiktok telegram_handle facebook_id|Akun IG"),
        ("link", "public_order_url payment_url"),
    ],
)
def test_what_tells_a_person_is_a_token_of_its_kind(word, names):
    columns = [
        one for part in names.split("|") for one in ([part] if part[0].isupper() and " " in part else part.split())
    ]
    masked = mask(pd.DataFrame({name: ["3174"] for name in columns}), KEY)
    assert {name: str(value).split("-")[0] for name, value in masked.iloc[0].items()} == dict.fromkeys(columns, word)


@pytest.mark.parametrize(
    "name",
    [
        "max_per_ip",
        "is_ip_spam_filter",
        "warehouse_warehouse_address_postal_code",
        "origin_address_postal_code",
        "age",
        "gender",
        "destination_address_subdistrict",
        "destination_address_city",
        "tax_rate",
        "tax_base",
        "utm_source",
        "platform",
        "tiktok_pixel_ids",
        "payment_account_id",
        "facebook_ad_account_id",
        "percentage",
        "first_order",
        "customer_id",
        "order_id",
        "line_id",
        "quantity",
        "payment_link_income",
        "handler_fullname",
        "store_name",
        "sessions",
        "courier_service_courier_name",
    ],
)
def test_what_tells_no_person_stays(name):
    assert personal_word(name) == ""


def test_no_column_that_a_report_counts_or_groups_by_is_masked():
    named = {"customer_name", "customer_phone"}
    read = {column for row in REPORTS.values() for column in (*row.reads.split(), *row.may_read.split())}
    assert {column for column in read if personal_word(column)} == named


def test_a_birthday_is_masked_whatever_holds_it_and_has_one_token():
    days = {
        "date": pd.to_datetime(["1990-05-01"]),
        "zoned": pd.to_datetime(["1990-05-01"]).tz_localize("Asia/Jakarta"),
        "text": ["1990-05-01"],
        "object": [pd.Timestamp("1990-05-01").date()],
        "long": ["1990-05-01 00:00:00"],
    }
    frame = pd.DataFrame({f"{name}_dob": values for name, values in days.items()})
    masked = mask(frame.assign(created_at=days["zoned"], inside=[[{"dob": "1990-05-01"}]]), KEY)
    tokens = masked.drop(columns=["created_at", "inside", "zoned_dob"]).iloc[0]
    assert len(set(tokens)) == 1
    assert tokens.iloc[0].startswith("birth-")
    assert masked["zoned_dob"][0].startswith("birth-")
    assert masked["inside"][0][0]["dob"] == tokens.iloc[0]
    assert masked["created_at"][0] == days["zoned"][0]


@pytest.mark.slow
def test_every_report_counts_the_same_on_masked_orders():
    world = World(orders=40, seed=4, days=30)
    orders = framed(world.rows("orders"), world.now)
    masked = mask(orders, KEY)
    for name, row in REPORTS.items():
        numbers = [one for one, kind in row.columns.items() if kind in ("count", "money", "percent", "date", "time")]
        if name == "customers":
            numbers = ["orders", "completed", "lifetime_value"]
        if name == "quality":
            continue  # a token is no number to dial
        one, other = (sorted(map(str, rows_of(report(name, frame)[numbers]))) for frame in (orders, masked))
        assert one == other, name


def test_a_phone_that_is_a_float_has_the_token_of_its_digits():
    token = mask(pd.DataFrame({"customer_phone": ["081234567890"]}), KEY)["customer_phone"][0]
    for values in ([81234567890.0, None], [81234567890.0, "x"]):
        assert mask(pd.DataFrame({"customer_phone": values}), KEY)["customer_phone"][0] == token
    assert mask(pd.DataFrame({"customer": [{"phone": 81234567890.0}]}), KEY)["customer"][0] == {"phone": token}
