"""Credentials of other services never reach a frame, whatever is named like one by accident does."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.catalog.model import shape_columns
from scalev_frames.catalog.secret import is_secret
from scalev_frames.catalog.shapes import SHAPES
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.children import expand
from scalev_frames.frames.secrets import without_credentials, without_secrets
from scalev_frames.wire.answers.parsing import parse

#: What the vendor's specification of 2026 names: credentials, and names that only look like some.
SPECIFIED = [
    "woowa_api_key",
    "ss_device_api_key",
    "ss_device_pk",
    "conversion_token",
    "client_secret",
    "api_key",
    "token",
    "secret",
    "business_transaction_secret",
]
LIKE_SECRETS = [
    "secret_slug",
    "pg_reference_id",
    "access_token_expires_at",
    "action_key",
    "auth_method",
    "auth_user_id",
    "authorized_business_id",
    "authorized_by",
    "billing_idempotency_key",
    "custom_breakdown_key",
    "key_type",
    "oauth_application_id",
    "risk_status",
    "variant_sku",
    "webhook_events",
    "webhook_status",
    "is_customer_otp_required",
    "is_webhooks_subscribed",
    "fb_pixel_ids",
    "unique_id",
    "external_id",
    "custom_id",
    "aff_code",
    "username",
    "device_id",
    "api_key_id",
    "token_type",
    "token_count",
    "has_api_key",
    "is_token",
    "next_page_token",
    "sort_key",
    "cache_key",
    "s3_key",
    "public_key",
    "password_changed_at",
    "pk",
    "id",
    "key",
    "monkey",
    "turkey",
    "secretary",
    "tokenized_at",
]
NEIGHBOURS = [
    "apiKey",
    "clientSecret",
    "X-Api-Key",
    "access_token",
    "refresh_token",
    "webhook_secret",
    "server_key",
    "signing_key",
    "private_key",
    "signature_key",
    "password",
    "smtp_password",
    "passphrase",
    "credentials",
    "bearer",
    "jwt",
    "session_cookie",
    "consumer_secret",
    "APIKEY",
    "license_server_key",
    "secret_access_key",
    "capi_access_token",
    "conversion_tokens",
    "otp_code",
    "Authorization",
    "app_key",
]


@pytest.mark.parametrize("name", [*SPECIFIED, *NEIGHBOURS])
def test_a_credential_is_known_by_its_name(name):
    assert is_secret(name)


@pytest.mark.parametrize("name", LIKE_SECRETS)
def test_what_only_looks_like_one_stays(name):
    assert not is_secret(name)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_declared_column_is_called_like_a_credential(shape):
    assert [column.name for column in shape_columns(shape) if any(map(is_secret, column.path))] == []


def built(rows, endpoint="orders"):
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
    builder.add(rows)
    return builder.finish()


KEY = "wXk-very-secret"
PLACES = {
    "a column": {"api_key": KEY},
    "a number": {"ss_device_pk": 771177},
    "an object": {"wa_integration": {"id": 5, "woowa_api_key": KEY, "deep": {"token": KEY}}},
    "an object of a declared one": {"store": {"id": 3, "api_key": KEY}},
    "a list": {"tags": [{"id": 1, "name": "vip", "conversion_token": KEY}]},
    "lists in lists": {"tags": [{"id": 1, "more": [{"pixels": [{"access_token": KEY}]}]}]},
    "an unknown list": {"pixels": [{"id": 1, "conversion_token": KEY}]},
    "a list of keys": {"api_keys": [KEY]},
    "an object called so": {"credentials": {"id": 9, "user": KEY, "value": KEY}},
    "a map": {"final_variants": {"Kaos": 2, "api_key": KEY, "Topi": {"token": KEY}}},
    "an unknown map": {"by name": {"Kaos Hitam": 1, "apiKey": KEY}},
    "JSON text": {"metadata": json.dumps({"utm_source": "fb", "access_token": KEY})},
    "JSON text in a list": {"tags": [{"id": 1, "payload": json.dumps([{"secret": KEY}])}]},
    "an object where a value was declared": {"status": {"api_key": KEY, "word": "x"}},
}


@pytest.mark.slow
@pytest.mark.parametrize("extra", PLACES.values(), ids=list(PLACES))
def test_no_credential_reaches_a_frame_a_child_frame_or_a_file(tmp_path, extra):
    frame, notes = built([{"id": 1, "secret_slug": "abc"}, {"id": 2, **extra}])
    assert any("left out, because it holds a credential" in note for note in notes)
    assert "secret_slug" in frame.columns
    assert frame["secret_slug"].tolist()[0] == "abc"
    told = frame.astype(object).to_json(default_handler=str)
    assert KEY not in told
    assert "771177" not in told
    frame.attrs = {"endpoint": "orders"}
    for name in frame.columns:
        if frame[name].map(lambda one: isinstance(one, list | dict)).any():
            assert KEY not in expand(frame, name).astype(object).to_json(default_handler=str)
    path = sf.to_csv(frame, tmp_path / "x.csv")
    assert KEY not in path.read_text(encoding="utf-8-sig")


@pytest.mark.slow
@pytest.mark.parametrize("extra", PLACES.values(), ids=list(PLACES))
def test_what_is_kept_holds_no_credential_and_makes_the_same_frame(extra):
    body = json.dumps([{"id": 1}, {"id": 2, "gross_revenue": 0.1, "note": "\ud83d", **extra}]).encode()
    kept = without_credentials(body)
    assert KEY.encode() not in kept
    one, notes = built(parse(body))
    other, same = built(parse(kept))
    pd.testing.assert_frame_equal(one, other)
    assert notes == same
    assert without_credentials(kept) == kept


@pytest.mark.parametrize(
    "body",
    [
        b'{"price": 0.10, "wide": 12345678901234567890.10, "small": 1E-7, "api_key" : "x"}',
        b'[{"final_variants": {"Gift token": 1.5, "token": 2}}, {"id": 123456789012345678901234567890}]',
        b'{"token": "x", "text": "0.10", "raw": "{\\"price\\": 0.10, \\"api_key\\": \\"x\\"}"}',
    ],
)
def test_numbers_of_what_is_kept_stay_digit_by_digit(body):
    kept = without_credentials(body)
    assert re.findall(rb"-?[0-9][-+.0-9eE]*", kept) == re.findall(rb"-?[0-9][-+.0-9eE]*", body)
    assert b'"x' not in kept.replace(b"\\", b"")


@pytest.mark.parametrize("body", [b"", b"[", b"no JSON", b'{"api_key": "x"', b'{"page_token": "x", "key": 1}'])
def test_what_is_no_json_or_has_none_is_kept_as_it_is(body):
    assert without_credentials(body) == body


def test_the_rest_of_an_object_stays():
    frame, notes = built(
        [
            {
                "id": 1,
                "wa_integration": {
                    "id": 5,
                    "name": "CS 1",
                    "woowa_api_key": KEY,
                    "api_key": {"id": 7, "name": "Web", "key_type": "sk", "value": KEY},
                },
            }
        ]
    )
    columns = [name for name in frame.columns if name.startswith("wa_integration")]
    under_key = [f"wa_integration_api_key_{name}" for name in ("id", "key_type", "name")]
    assert sorted(columns) == [*under_key, "wa_integration_id", "wa_integration_name"]
    assert [note for note in notes if "credential" in note] == [
        "wa_integration.api_key: left out, because it holds a credential of another service",
        "wa_integration.woowa_api_key: left out, because it holds a credential of another service",
    ]


def test_a_product_may_be_called_token():
    frame, notes = built([{"id": 1, "final_variants": {"Token": 2, "api_key": 1}}])
    assert frame["final_variants"].tolist() == [{"Token": 2, "api_key": 1}]
    assert notes == []


def test_the_split_into_pages_decides_nothing():
    rows = [{"id": number, **({"api_key": KEY} if number == 600 else {})} for number in range(1000)]
    one, notes = built(rows)
    builder = FrameBuilder(ENDPOINTS["orders"].columns, "Asia/Jakarta")
    for row in rows:
        builder.add([row])
    other, same = builder.finish()
    assert list(one.columns) == list(other.columns)
    assert notes == same == ["api_key: left out, because it holds a credential of another service"]


@pytest.mark.parametrize("endpoint", [name for name in ENDPOINTS if "follow_up_chat" in name])
def test_follow_up_chats_of_all_parents(endpoint):
    chat = {
        "id": 1,
        "wa_integration": {"id": 2, "woowa_api_key": KEY, "ss_device_api_key": KEY, "ss_device_pk": 771177},
    }
    frame, notes = built([chat], endpoint)
    assert "wa_integration_id" in frame.columns
    assert not [name for name in frame.columns if name.endswith(("_key", "_pk"))]
    assert len([note for note in notes if "credential" in note]) == 3


def test_a_number_that_is_called_like_a_credential_is_left_out_but_where_keys_are_data():
    found: set[str] = set()
    assert without_secrets({"id": 1, "api_key": 5}, "pixel", found) == {"id": 1}
    assert without_secrets({"token": 5, "secret": "x"}, "sold", found, free_keys=True) == {"token": 5}
    assert found == {"pixel.api_key", "sold.secret"}


def test_a_text_without_its_credential_keeps_its_long_numbers():
    assert (
        without_secrets('{"api_key":"x","id":123456789012345678901}', "pixel", set()) == '{"id":123456789012345678901}'
    )
