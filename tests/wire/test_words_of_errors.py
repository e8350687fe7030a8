"""An error says what the server said, in one line, and nothing of what may be customers' rows."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames import errors
from scalev_frames.wire.answers.parsing import (
    field_details,
    parse_response,
    server_words,
)
from tests.wire.bodies import JSON_VALUES, reply


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": "Unauthorized", "error": "Key expired"}, "Key expired"),
        ({"status": "Bad", "message": "M", "errors": {"a": ["x"]}}, "M"),
        ({"status": "Bad", "errors": {"a": ["x", "y"], "b": "z"}}, "a: x, y; b: z"),
        ({"status": "Bad", "details": {"a": ["x"]}}, "a: x"),
        ({"status": "Bad", "detail": "D"}, "D"),
        ({"status": "Bad", "error": ""}, "Bad"),
        ({"status": "Bad", "error": None, "message": []}, "Bad"),
        ({"error": {"code": 3, "message": "nested"}}, "message: nested"),
        (b"Too many requests, slow down\n", "Too many requests, slow down"),
        (b"<html><script>var a='x'</script><style>p{}</style><p>Bad &amp; gone</p></html>", "Bad & gone"),
        (b"", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_the_servers_own_words_are_read(body: object, words: str) -> None:
    assert server_words(reply(body=body).content) == words


ROW = {"id": 7, "name": "Budi", "phone": "0812", "address": {"city": "Solo"}}


@pytest.mark.parametrize("body", [
    {"success": False, "data": [ROW]}, {"code": 500, "data": {"results": [ROW]}}, {"code": 422, "payload": [ROW]}, ROW, [ROW],
    [[[ROW]]], json.dumps({"success": False, "data": [ROW]}).encode()[:-9], {"code": 400, "record": {"name": "Budi"}},
    b"\xef\xbb\xbf" + json.dumps([ROW]).encode(),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("status", [200, 400, 403, 422, 500])
def test_no_sentence_repeats_what_may_be_customers_rows(body: object, status: int) -> None:
    said = parse_response(reply(status, body))
    assert "Budi" not in (str(said) if isinstance(said, errors.ApiError) else "")
    assert server_words(reply(status, body).content) == ""


@pytest.mark.parametrize("before", ["<b>Warning</b>: deprecated", "read(", "<pre>"])
@pytest.mark.parametrize("rows", [[ROW], ROW, {"results": [ROW]}], ids=str)
def test_no_sentence_repeats_rows_behind_something_else(before: str, rows: object) -> None:
    for text in (json.dumps(rows), html.escape(json.dumps(rows)), str(rows)):
        for status in (200, 422, 500):
            assert "Budi" not in str(parse_response(reply(status, f"{before}{text}".encode())))


@pytest.mark.parametrize("body", [[{"message": "No such key"}], ["No such key"], {"reason": "No such key"}])
def test_words_in_a_list_or_under_another_name_are_read(body: object) -> None:
    assert "No such key" in server_words(reply(403, body).content)


@given(st.text())
def test_words_stay_short_and_in_one_line(text: str) -> None:
    for content in (text.encode("utf-8", "replace"), json.dumps({"error": text * 20}).encode()):
        words = server_words(content)
        assert len(words) <= 300
        assert "\n" not in words


def test_the_sentence_of_a_422_names_its_fields() -> None:
    body = {"error": "Unprocessable", "details": {"page_size": ["is too large"], "status": "is invalid"}}
    said = str(parse_response(reply(422, body)))
    assert "Unprocessable (page_size: is too large; status: is invalid)." in said
    assert str(parse_response(reply(422, {"errors": {"status": ["is invalid"]}}))).count("is invalid") == 1


def test_a_422_names_its_fields() -> None:
    for body in (
        {"details": {"page_size": ["is too large", "is odd"]}},
        {"errors": {"page_size": ["is too large", "is odd"]}},
    ):
        error = parse_response(reply(422, {"error": "Unprocessable", **body}))
        assert isinstance(error, errors.InvalidParametersError)
        assert error.fields == {"page_size": ("is too large", "is odd")}


@given(JSON_VALUES)
def test_fields_of_any_body_are_texts(body: object) -> None:
    for messages in field_details(body).values():
        assert all(isinstance(message, str) for message in messages)
    for status in (200, 400, 422, 500):
        parse_response(reply(status, body))


def test_the_request_id_is_told() -> None:
    assert parse_response(reply(500, b"", CF_Ray="8f-CGK")).request_id == "8f-CGK"
    assert parse_response(reply(500, b"", CF_Ray="8f-CGK", X_Request_Id="abc")).request_id == "abc"
    assert "(request id abc)" in str(parse_response(reply(404, b"", X_Request_Id="abc")))
