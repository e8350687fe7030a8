"""The key is in no error, log, event or file, in whatever form."""

from __future__ import annotations

import base64
import http.client
import inspect
import logging
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from scalev_frames import errors
from tests.wire.bodies import TRANSIENT, plain


def all_texts(error: BaseException) -> str:
    """Everything that a log, a debugger or a notebook could show of an error."""
    left, seen = [error], []
    while left:
        one = left.pop()
        seen.append(one)
        left += [inner for inner in (one.__cause__, one.__context__) if inner is not None and inner not in seen]
    held = [repr((one, one.args, vars(one))) for one in seen]
    return "".join([*traceback.format_exception(error), *held])


FAULTS: dict[str, dict[str, Any]] = {
    **{name: how for name, (how, _) in TRANSIENT.items()},
    "401 that repeats the key": {"status": 401, "body": {"error": "No such key: sk_wire_0123456789abcdefSECRET"}},
    "422 that repeats the key": {"status": 422, "body": {"details": {"key": ["sk_wire_0123456789abcdefSECRET"]}}},
    "500 page that repeats the key": {"status": 500, "body": "<p>Bearer sk_wire_0123456789abcdefSECRET</p>"},
    "200 whose header repeats the key": {
        "status": 200,
        "body": '{"code": 401, "status": "Unauthorized"}',
        "headers": {"x-request-id": "sk_wire_0123456789abcdefSECRET"},
    },
    "header that repeats the key": {"status": 404, "headers": {"x-request-id": "sk_wire_0123456789abcdefSECRET"}},
    "429": {"status": 429, "body": "slow sk_wire_0123456789abcdefSECRET"},
    "redirect": {"status": 302, "headers": {"Location": "/elsewhere/sk_wire_0123456789abcdefSECRET"}},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_key_is_in_no_error_log_event_or_file(
    make_client: Callable[..., Any], caplog: pytest.LogCaptureFixture, key: str, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make_client(retry_seconds=4.0)
    client.single("/fine")
    client.server.add(**FAULTS[fault], times=20)
    with pytest.raises(errors.ScalevError) as caught:
        client.single()
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert key not in all_texts(caught.value)
    assert key.encode() not in pickle.dumps(vars(caught.value))
    assert key not in caplog.text
    assert key not in repr(client.events)
    assert len(client.files) == 1
    assert not any(key.encode() in plain(file) or b"Bearer" in plain(file) for file in client.files)


def test_the_printout_of_http_client_has_no_key(
    client: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    client.get("/order")
    said = capsys.readouterr()
    assert key not in said.out + said.err


def encodings(secret: str) -> list[bytes]:
    """How a secret may stand in a file."""
    raw = secret.encode()
    inner = [base64.b64encode(raw[shift:])[2:-4] for shift in range(3)]
    return [raw, raw.hex().encode(), raw.hex().upper().encode(), raw[::-1], *inner]


@pytest.mark.parametrize("header", ["Authorization", "authorization", "X-Api-Key", "Set-Cookie", "Vary", "ETag"])
def test_no_form_of_the_key_reaches_the_disk(client: Any, key: str, header: str) -> None:
    """Whatever the server sends back, in a header or in the body of a good answer."""
    client.server.add(200, {"code": 200, "data": {"you sent": f"Bearer {key}"}}, headers={header: f"Bearer {key}"})
    answer = client.single("/order/7", {"search": "x"})
    assert answer.data == {"you sent": "Bearer …"}
    client.server.add(302, "", headers={"Location": f"/v2/{key}"})
    with pytest.raises(errors.UnexpectedResponseError):
        client.single("/order/8")
    assert len(client.files) == 1
    for file in client.files:
        assert not any(form in plain(file) for form in encodings(key))
        assert b"Bearer" not in plain(file).replace(b"Bearer \xe2\x80\xa6", b"")
        assert key not in file.name


def test_the_request_with_the_key_hangs_in_no_frame_of_an_error(client: Any, key: str) -> None:
    client.server.add(500, "", times=50)
    with pytest.raises(errors.ServerError) as caught:
        client.single()
    trace = caught.value.__traceback__
    while trace:
        for value in trace.tb_frame.f_locals.values() if "scalev_frames" in trace.tb_frame.f_code.co_filename else ():
            assert key not in repr(getattr(value, "headers", ""))
        trace = trace.tb_next


@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError, RuntimeError])
@pytest.mark.parametrize("at", ["urllib3.util.connection.create_connection", "http.client.HTTPResponse.begin"])
def test_no_frame_of_what_stops_a_request_shows_the_key(
    client: Any, key: str, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException], at: str
) -> None:
    """Ctrl-C while the connection is made, as ``%xmode Verbose`` and programs that report errors would show it."""

    def stop(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(at, stop)
    with pytest.raises(failure) as caught:
        client.get()
    stack = [one.frame.f_locals for one in inspect.getinnerframes(caught.value.__traceback__)[1:]]
    assert key not in repr(stack)
    assert key not in all_texts(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_kept_answers_are_private(client: Any) -> None:
    previous = os.umask(0)
    try:
        client.single()
    finally:
        os.umask(previous)
    assert {file.stat().st_mode & 0o777 for file in client.files} == {0o600}
    assert client.folder.stat().st_mode & 0o777 == 0o700


def test_the_key_is_not_in_errors_of_the_connection(
    make_client: Callable[..., Any], self_signed_server: Any, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for client in (
        make_client(base_url="http://127.0.0.1:9/v2", retry_seconds=2.0),
        make_client(at=self_signed_server),
        make_client(base_url="ftp://scalev.test"),
    ):
        with pytest.raises(errors.ScalevError) as caught:
            client.get()
        assert caught.value.__context__ is None
        assert key not in all_texts(caught.value)
    assert key not in caplog.text
    assert key not in repr(vars(make_client().transport))
