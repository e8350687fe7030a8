"""What the server sent becomes a good answer or the right error, in every form it may have."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

import pytest

from scalev_frames import errors
from scalev_frames.wire.answers.parsing import (
    parse_response,
    seconds_to_wait,
)
from scalev_frames.wire.answers.response import RawResponse, Response
from tests.wire.bodies import NOW, URL, reply


def said(raw: RawResponse) -> tuple[object, object]:
    response = parse_response(raw)
    assert isinstance(response, Response)
    return response.body, response.data


# Good and bad ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [{}, {"code": 200}, {"code": "201"}, {"code": None}])
@pytest.mark.parametrize("data", [{"results": []}, [], None])
def test_a_good_answer_is_its_envelope(code: dict[str, Any], data: object) -> None:
    body = {**code, "data": data}
    assert said(reply(200, body)) == (body, data)


@pytest.mark.parametrize("code", ["HEMAT10", "404", "20260101"])
def test_the_code_of_a_record_is_no_status(code: str) -> None:
    record = {"id": 7, "code": code, "status": "active"}
    assert said(reply(200, record)) == (record, record)
    assert isinstance(parse_response(reply(200, {"code": 404, "status": "Not Found"})), errors.NotFoundError)
    assert isinstance(parse_response(reply(200, {"code": "404", "status": "Not Found"})), errors.NotFoundError)
    assert isinstance(parse_response(reply(200, {"id": 7, "code": 500, "status": "failed"})), errors.ServerError)


@pytest.mark.parametrize("beside", [{"status": 503}, {"statusCode": 503}, {"code": 200, "status_code": "503"}])
@pytest.mark.parametrize("data", [{"results": [], "has_next": False}, [], None])
def test_a_status_beside_good_data_counts_whatever_it_is_called(beside: dict[str, Any], data: object) -> None:
    assert isinstance(parse_response(reply(200, {**beside, "data": data})), errors.ServerError)
    record = {**beside, "id": 7, "code": "A"}
    assert said(reply(200, record)) == (record, record)


STATUSES = [
    (400, errors.BadRequestError),
    (401, errors.AuthenticationError),
    (403, errors.ForbiddenError),
    (404, errors.NotFoundError),
    (408, errors.ServerError),
    (409, errors.BadRequestError),
    (410, errors.NotFoundError),
    (425, errors.ServerError),
    (422, errors.InvalidParametersError),
    (420, errors.RateLimitedError),
    (429, errors.RateLimitedError),
    (430, errors.RateLimitedError),
    (500, errors.ServerError),
    (503, errors.ServerError),
    (522, errors.ServerError),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
@pytest.mark.parametrize("in_body", [False, True])
def test_a_status_and_a_body_code_are_the_same_error(status: int, kind: type[errors.ApiError], in_body: bool) -> None:
    error = parse_response(
        reply(200 if in_body else status, {"code": status, "status": "Words", "data": {"results": []}})
    )
    assert type(error) is kind
    assert error.status_code == status
    assert error.server_words == "Words"
    assert error.url == URL
    assert error.advice
    assert "/v2/stores" in str(error)


@pytest.mark.parametrize(("status", "kind"), STATUSES)
@pytest.mark.parametrize(
    "body", [b"", b"plain words", b"<html><body><p>Some words</p></body></html>", b'"text"', b"[1]"]
)
def test_an_error_keeps_its_class_in_every_form(status: int, kind: type[errors.ApiError], body: bytes) -> None:
    error = parse_response(reply(status, body))
    expected = errors.EdgeBlockedError if status == 403 and b"<html" in body else kind
    assert type(error) is expected


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"error": "Rate limit exceeded"}', {}),
        (b"<p>Too many requests</p>", {"Server": "cloudflare"}),
        (b"{}", {"Retry-After": "7"}),
        (b"", {"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": "7"}),
    ],
)
def test_a_rate_limit_that_calls_itself_forbidden_is_waited_for(body: bytes, headers: dict[str, str]) -> None:
    error = parse_response(reply(403, body, **headers))
    assert type(error) is errors.RateLimitedError
    assert error.retry_after == (7.0 if headers.keys() - {"Server"} else None)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"error code: 1010", {}),
        (b"<!DOCTYPE html><title>Attention Required! | Cloudflare</title>", {"Server": "cloudflare"}),
        (b"Access denied", {"Server": "cloudflare"}),
    ],
)
def test_the_edge_is_told_apart_from_a_missing_scope(body: bytes, headers: dict[str, str]) -> None:
    assert type(parse_response(reply(403, body, **headers))) is errors.EdgeBlockedError
    assert type(parse_response(reply(403, {"code": 403, "status": "Forbidden"}, **headers))) is errors.ForbiddenError
    assert type(parse_response(reply(403, b"", Server="cloudflare"))) is errors.ForbiddenError


@pytest.mark.parametrize(
    ("body", "words", "retryable"),
    [
        (b"", "empty", True),
        (b'{"code": 200, "data": {"resu', "cut off", True),
        (b"<html><h1>Welcome</h1></html>", "web page", True),
        (b"null", "no JSON object", True),
        (b'"text"', "no JSON object", True),
        (b'{"code": 200}', "no data", False),
        (b'{"code": 302, "data": 1}', "code is 302", False),
    ],
)
def test_what_is_no_envelope_is_unexpected(body: bytes, words: str, retryable: bool) -> None:
    error = parse_response(reply(200, body))
    assert type(error) is errors.UnexpectedResponseError
    assert words in error.what
    assert error.retryable is retryable


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": {"results": [{"id": 1}]}, "data": {"results": []}}',
        b'{"data": {"results": [{"id": 1}], "has_next": true, "has_next" : false}}',
    ],
)
def test_what_an_answer_says_twice_is_an_error_and_no_lost_row(body: bytes) -> None:
    error = parse_response(reply(body=body))
    assert isinstance(error, errors.UnexpectedResponseError)
    assert "twice" in str(error)


def test_rows_may_use_the_words_of_an_envelope() -> None:
    read = parse_response(reply(body=b'{"data": [{"data": {"data": 1}, "next": 1}, {"next": 2}]}'))
    assert isinstance(read, Response)
    assert read.data[0]["data"] == {"data": 1}


@pytest.mark.parametrize("location", ["https://elsewhere.example/v3?token=x", "http://[broken", ""])
def test_a_redirect_says_where_it_would_lead(location: str) -> None:
    error = parse_response(reply(302, b"", Location=location))
    assert type(error) is errors.UnexpectedResponseError
    assert not error.retryable
    assert "base_url" in error.advice
    assert "token" not in str(error)


@pytest.mark.parametrize("depth", [50, 400, 1000, 100_000])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize(
    "around", ['{"error": %s}', '{"code": 422, "errors": {"x": %s}}', '{"data": {"code": 422, "error": %s}}']
)
def test_an_error_however_deep_is_an_error(around: str, opened: str, closed: str, depth: int) -> None:
    body = around % (opened * depth + '"no"' + closed * depth)
    for status in (200, 422):
        error = parse_response(reply(status, body.encode()))
        assert isinstance(error, errors.ApiError), (status, error)
        assert len(str(error)) < 1000


# How long to wait ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "12"}, 12.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": formatdate(NOW + 9, usegmt=True)}, 9.0),
        ({"Retry-After": formatdate(NOW - 9, usegmt=True)}, 0.0),
        ({"Retry-After": formatdate(NOW + 9).replace("-0000", "+0000")}, 9.0),
        ({"Retry-After": formatdate(NOW + 9)}, 9.0),
        ({"Retry-After": time.asctime(time.gmtime(NOW + 9))}, 9.0),
        ({"Retry-After": "soon"}, None),
        ({"X-Ratelimit-Reset": "4"}, 4.0),
        ({"X-Ratelimit-Reset": str(int(NOW) + 4)}, 4.0),
        ({"X-Ratelimit-Reset": str((int(NOW) + 4) * 1000)}, 4.0),
        ({"X-Ratelimit-Reset": str(int(NOW) - 4)}, 0.0),
        ({"X-Ratelimit-Reset": "999999"}, 3600.0),
        ({"X-Ratelimit-Reset": "later"}, None),
        ({"Retry-After": "2", "X-Ratelimit-Reset": "4"}, 2.0),
        ({"Retry-After": "soon", "X-Ratelimit-Reset": "4"}, 4.0),
    ],
)
def test_how_long_the_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(RawResponse(429, headers, b"", URL, NOW)) == seconds


FAILED_BESIDE = [{"error": "timeout"}, {"errors": ["x"]}, {"error_code": "upstream"}, {"success": False}, {"ok": False},
                 {"success": False, "message": "busy"}, {"status": "error"}, {"status": "Failed"},
                 {"success": "false"}, {"success": 0}]  # fmt: skip


@pytest.mark.parametrize("beside", FAILED_BESIDE, ids=str)
@pytest.mark.parametrize("data", [[], {"results": [], "has_next": False}, [{"id": 1}], {"id": 7}], ids=str)
def test_an_error_beside_data_is_an_error_and_never_no_rows(beside, data):
    body = {"code": 200, "status": "Success", "data": data, **beside}
    error = parse_response(RawResponse(200, {}, json.dumps(body).encode(), "https://api.scalev.id/v2/order", 0.0))
    assert isinstance(error, errors.UnexpectedResponseError)
    assert error.retryable
    assert all(
        str(word) in str(error)
        for word in beside.values()
        if isinstance(word, str) and word not in ("upstream", "false")
    )


@pytest.mark.parametrize("beside", [{"error": None}, {"errors": []}, {"success": True}, {"message": "ok"}, {"errors": {}},
                                    {"error": ""}, {"ok": None}], ids=str)  # fmt: skip
def test_what_says_that_nothing_failed_is_good(beside):
    body = {"code": 200, "data": [], **beside}
    assert (
        parse_response(RawResponse(200, {}, json.dumps(body).encode(), "https://api.scalev.id/v2/order", 0.0)).data
        == []
    )


def test_a_record_may_have_an_error_of_its_own():
    body = {"id": 7, "data": {"a": 1}, "error": None, "success": False}
    assert parse_response(RawResponse(200, {}, json.dumps(body).encode(), "https://x/v3/y", 0.0)).data == body
    wrapped = {"code": 200, "data": {"id": 7, "code": "500", "error": "not delivered"}}
    assert parse_response(RawResponse(200, {}, json.dumps(wrapped).encode(), "https://x/v2/y", 0.0)).data["id"] == 7


@pytest.mark.parametrize("outer", [{}, {"code": 200, "status": "OK"}, {"success": True, "message": "ok", "meta": {}}])
@pytest.mark.parametrize(
    "data", [{"results": [{"id": 1}], "has_next": False}, [{"id": 1}], {"id": 7, "total": 1.5}, None]
)
def test_the_envelope_of_a_proxy_around_the_servers_own_is_taken_off(outer, data):
    body = {"code": 200, "status": "OK", "data": data}
    assert said(reply(200, {**outer, "data": body})) == (body, data)
    assert parse_response(reply(200, {**outer, "data": {"code": 200, "data": body}})).data == data


@pytest.mark.parametrize("digits", ["0.12345678901234567890", "123456789012345678901234567890"])
def test_long_numbers_beside_an_error_within_an_envelope_do_not_hide_it(digits):
    content = b'{"data": {"code": 503, "error": "down", "at": %s}}' % digits.encode()
    assert isinstance(parse_response(reply(200, content)), errors.ServerError)


@pytest.mark.parametrize("inner", [{"code": "HEMAT10", "data": [1]}, {"id": 7, "code": 200, "data": 1}, {"code": 200}])
def test_a_record_that_has_code_and_data_is_no_envelope(inner):
    assert parse_response(reply(200, {"code": 200, "data": inner})).data == inner


def test_a_304_is_no_redirect():
    error = parse_response(reply(304))
    assert isinstance(error, errors.UnexpectedResponseError)
    assert error.retryable
    assert "redirect" not in str(error)


@pytest.mark.parametrize(("inner", "kind"), [
    ({"code": 500, "error": "down"}, errors.ServerError), ({"code": 403, "message": "no scope"}, errors.ForbiddenError),
    ({"code": "404", "error": "gone"}, errors.NotFoundError),
])  # fmt: skip
def test_an_error_within_the_envelope_of_a_proxy_is_that_error(inner, kind):
    body = {"code": 200, "status": "OK", "data": inner}
    error = parse_response(RawResponse(200, {}, json.dumps(body).encode(), "https://x/v2/order/7", 0.0))
    assert type(error) is kind
    assert str(inner.get("error", inner.get("message"))) in str(error)


LISTS = (b'[{"id":2},{"id":1}]', b'{"code":200,"data":[{"id":2},{"id":1}]}')


@pytest.mark.parametrize("body", LISTS)
@pytest.mark.parametrize("header", [
    {"Link": '<https://x.example/a?page=2>; rel="next"'}, {"X-Total-Count": "3"}, {"x-total": "3"},
    {"Content-Range": "items 0-1/3"}, {"X-Next-Page": "2"}, {"X-Next-Cursor": "abc"}, {"X-WP-TotalPages": "3"},
    {"X-WP-Total": "3"}, {"X-Total-Pages": "2"}, {"Pagination-Count": "3"}, {"X-Has-Next": "true"}, {"X-Truncated": "1"},
], ids=str)  # fmt: skip
def test_a_header_that_says_that_there_are_more_rows_is_an_error_and_no_short_list(
    body: bytes, header: dict[str, str]
) -> None:
    found = parse_response(RawResponse(200, header, body, URL, 0.0))
    assert isinstance(found, errors.UnexpectedResponseError)
    assert next(iter(header)) in str(found)


@pytest.mark.parametrize(("header", "body"), [
    ({"Link": '<https://x.example/a?page=1>; rel="last"', "X-Total": "2", "X-Next-Page": ""}, LISTS[0]),
    ({"X-Total-Count": "61"}, b'{"data":[{"id":1}],"is_paginated":true,"has_next":true,"next_cursor":"c"}'),
    ({"X-Total-Count": "61"}, b'{"data":{"results":[{"id":1}],"has_next":true}}'), ({"X-Total": "9"}, b'{"id":1}'),
], ids=str)  # fmt: skip
def test_other_headers_and_lists_that_say_it_themselves_are_read(header: dict[str, str], body: bytes) -> None:
    assert not isinstance(parse_response(RawResponse(200, header, body, URL, 0.0)), errors.ApiError)


def test_a_part_of_an_answer_is_an_error() -> None:
    found = parse_response(RawResponse(206, {}, LISTS[0], URL, 0.0))
    assert isinstance(found, errors.UnexpectedResponseError)
