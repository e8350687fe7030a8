"""Masking finds personal values however their fields are spelled, and however deep the JSON text is that holds them."""

from __future__ import annotations

from pathlib import Path

import orjson
import pandas as pd
import pytest

from scalev_frames.export.parquet import to_parquet
from scalev_frames.frames.masking import mask
from scalev_frames.frames.several import combine, split

PHONE = "081234567890"
KEY = b"secret"


@pytest.mark.parametrize(
    "label",
    ["CUSTOMER_PHONE", "Customer Phone", "customerPhone", " customer-phone ", "customer.phone",
     ("customer", "phone"), ("first", "customer_phone"), ("customer_phone", "")],
)  # fmt: skip
def test_a_column_is_masked_however_it_is_spelled(label: object) -> None:
    frame = pd.DataFrame([[PHONE]], columns=pd.Index([label]))
    masked = mask(frame, KEY)
    assert masked.iloc[0, 0] == mask(pd.DataFrame({"customer_phone": [PHONE]}), KEY).iloc[0, 0]
    assert list(masked.columns) == list(frame.columns)
    assert frame.iloc[0, 0] == PHONE


@pytest.mark.parametrize(
    ("label", "column"),
    [("No HP", "phone"), ("No. HP", "phone"), ("Nomor WA", "phone"), ("noTelepon", "phone"), ("Telp Penerima", "phone"),
     ("Nama Pelanggan", "customer_name"), ("nama_penerima", "customer_name"), ("Alamat", "address"),
     ("Alamat Lengkap", "address"), ("Surel", "email"), ("No. Rekening", "account_number"), ("Catatan", "notes"),
     ("Keterangan", "notes"), ("Pesan", "notes"), ("No Ponsel", "phone"), ("Mobile", "phone"), ("MSISDN", "phone")],
)  # fmt: skip
def test_columns_that_people_name_in_indonesian_are_masked(label: str, column: str) -> None:
    masked = mask(pd.DataFrame({label: [PHONE]}), KEY).iloc[0, 0]
    assert masked == mask(pd.DataFrame({column: [PHONE]}), KEY).iloc[0, 0] != PHONE


@pytest.mark.parametrize(
    ("labels", "column"),
    [
        (
            ["WhatsApp Number", "customer_wa", "WA", "Phone No", "mobileNumber", "contact_number", "customer_phones"],
            "phone",
        ),
        (["customer_emails"], "email"),
        (["Full Name", "Recipient", "penerima", "consigneeName", "received_by", "contact_person"], "customer_name"),
        (["address1", "address_line_2", "Patokan"], "address"),
        (["remark", "Remarks"], "notes"),
        (
            ["signature_url", "pod_url", "referrer_url", "page_url", "pageUrl", "landing_page_url", "Referer"],
            "invoice_url",
        ),
        (["body", "content", "message_content", "message_history_body"], "notes"),
    ],
)
def test_columns_of_couriers_and_marketplaces_are_masked(labels: list[str], column: str) -> None:
    masked = mask(pd.DataFrame([[PHONE] * len(labels)], columns=labels), KEY)
    assert {*masked.iloc[0]} == {mask(pd.DataFrame({column: [PHONE]}), KEY).iloc[0, 0]}


@pytest.mark.parametrize(
    ("label", "beside", "column"),
    [("nama", "No HP", "customer_name"), ("Nama", "email", "customer_name"), ("name", "wa", "customer_name"),
     ("to", "body", "phone"), ("from", "message", "phone"), ("to", "subject", "email"), ("cc", "Subject", "email")],
)  # fmt: skip
def test_a_plain_name_is_personal_by_what_stands_beside_it(label: str, beside: str, column: str) -> None:
    token = mask(pd.DataFrame({column: [PHONE]}), KEY).iloc[0, 0]
    assert mask(pd.DataFrame({label: [PHONE], beside: "x"}), KEY)[label][0] == token
    assert mask(pd.DataFrame({"history": [[{label: PHONE, beside: "x"}]]}), KEY)["history"][0][0][label] == token
    assert mask(pd.DataFrame({label: [PHONE], "status": "x"}), KEY)[label][0] == PHONE


@pytest.mark.parametrize(
    "label",
    [
        "Nama Produk",
        "Nama Toko",
        "Kota",
        "No Resi",
        "No Pesanan",
        "warna",
        "Status Pesanan",
        "is_mobile",
        "page_name",
        "landing_page",
        "utm_content",
        "hari",
        "contact_id",
        "Mobile App",
    ],
)
def test_other_columns_in_indonesian_stay(label: str) -> None:
    assert mask(pd.DataFrame({label: ["Kaos"]}), KEY).iloc[0, 0] == "Kaos"


@pytest.mark.parametrize(
    "value",
    [
        f' {{"phone": "{PHONE}"}}',
        f'\n[{{"phone": "{PHONE}"}}]',
        orjson.dumps({"inner": orjson.dumps({"phone": PHONE}).decode()}).decode(),
        {"inner": orjson.dumps([{"customerPhone": PHONE}]).decode()},
        [{"Customer Phone": PHONE}],
        f'{{"phone": "{PHONE}", "amount": NaN}}',
        f'{{"customer_phone": "{PHONE}", "cut off',
        f'{{"inner": "{{\\"phone\\": \\"{PHONE}\\"}}", "amount": NaN}}',
    ],
)
def test_a_value_inside_is_masked_however_it_is_written(value: object) -> None:
    masked = mask(pd.DataFrame({"history": [value, None]}), KEY)
    assert PHONE not in str(masked["history"][0])
    assert pd.isna(masked["history"][1])


@pytest.mark.parametrize("text", ["[PROMO] Kaos", "{Kaos} isi 2", "[12] Topi", '{"size": NaN}', " [promo]"])
def test_a_text_that_only_begins_as_json_does_stays(text: str) -> None:
    assert mask(pd.DataFrame({"product_name": [text]}), KEY)["product_name"].tolist() == [text]


def test_a_filter_by_a_personal_field_is_masked_in_attrs() -> None:
    frame = pd.DataFrame({"id": ["1"]})
    frame.attrs["filters"] = {"customer_phone": PHONE, "status": "shipped"}
    filters = mask(frame, KEY).attrs["filters"]
    assert filters["status"] == "shipped"
    assert PHONE not in str(filters)


def test_filters_of_each_business_are_masked_in_attrs_and_in_files(tmp_path: Path) -> None:
    one = pd.DataFrame({"id": ["1"]})
    one.attrs |= {"filters": {"search": PHONE, "status": "shipped"}, "account": "own", "mine": "kept"}
    masked = mask(combine({"brand-a": one, "brand-b": one.copy()}), KEY)
    assert PHONE not in str(masked.attrs)
    attrs = masked.attrs["businesses"]["brand-a"]
    assert attrs["filters"] == masked.attrs["filters"]
    assert (attrs["filters"]["status"], attrs["mine"], attrs["masked"]) == ("shipped", "kept", True)
    assert [part["id"].tolist() for part in split(masked).values()] == [["1"], ["1"]]
    assert PHONE.encode() not in to_parquet(masked, tmp_path / "orders.parquet").read_bytes()
