"""Faults of responses: refusals, limits, broken connections and unreadable bodies."""

from __future__ import annotations

import time
import zlib
from dataclasses import replace

import orjson

from scalev_frames.sandbox.server.honest import Details, Honest, Kind, Params
from scalev_frames.sandbox.server.replies import HTML, Reply, edge_page, html, too_many
from scalev_frames.sandbox.server.throttle import reset_text
from scalev_frames.sandbox.world.values.encodings import dump


def _rate_limit(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    headers: dict[str, str] = {}
    if details["retry_after"] is not None:
        headers["Retry-After"] = str(details["retry_after"])
    if details["reset"] is not None:
        reset = reset_text(details["reset_in"], time.time(), details["reset"])
        headers |= {"X-Ratelimit-Limit": "30", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": reset}
    return replace(too_many(details["dress"]), headers=headers)


def _header(details: Details, params: Params, honest: Honest) -> Reply:
    reply = honest(params)
    return replace(reply, headers={**reply.headers, details["name"]: str(details["value"])})


def _server_error(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return html(details["status"], f"{details['status']} Server Error")


def _error(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return honest.failure(details["status"], details["error"])


def _edge(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return edge_page()


def _reset(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return Reply(200, reset=True)


def _hang(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return Reply(200, hangs=True)


def _cut(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    reply = honest(params)
    body = reply.body
    middle = len(body) // 2
    return replace(reply, pieces=(body[:middle],), missing=len(body) - middle)


def _invalid_json(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    reply = honest(params)
    body = reply.body
    return replace(reply, pieces=(body[: len(body) // 2],))


def _html(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return Reply(200, (b"<html><body>Maintenance</body></html>",), HTML)


def _body_code(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    body = {"code": details["code"], "status": details["status"], "error": "Something went wrong"}
    return Reply(200, (dump(body | ({} if details["data"] is None else {"data": details["data"]})),))


def _slow(details: Details, params: Params, honest: Honest) -> Reply:
    return replace(honest(params), delay=details["delay"])


def _drip(details: Details, params: Params, honest: Honest) -> Reply:
    return replace(honest(params), pause=details["pause"])


def _bomb(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    packer = zlib.compressobj(9, wbits=31)
    spaces = b" " * 2**20
    pieces = (packer.compress(b'{"data":'), *(packer.compress(spaces) for _ in range(details["megabytes"])))
    return Reply(200, (*pieces, packer.compress(b"[]}"), packer.flush()), headers={"Content-Encoding": "gzip"})


def _unusable(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    if details["how"] == "empty":
        return Reply(204)
    bodies = {"nan": b'{"data":[NaN]}', "utf8": b'{"data":["\xff"]}', "deep": b'{"data":' + b"[" * 100_000}
    return Reply(200, (bodies[details["how"]],))


def _bare(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    reply = honest(params)
    body = orjson.loads(reply.body) if reply.status == 200 else {}
    return replace(reply, pieces=(dump(body["data"]),)) if "data" in body else reply


def _redirect(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return Reply(302, headers={"Location": details["location"]})


def _vary(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return replace(honest(params), headers={"Vary": "Authorization"})


WIRE_KINDS: dict[str, Kind] = {
    "rate_limit": Kind(_rate_limit, {"dress": "text", "retry_after": None, "reset": None, "reset_in": 1.0}),
    "header": Kind(_header, {"name": "X-Ratelimit-Reset", "value": ""}),
    "server_error": Kind(_server_error, {"status": 502}),
    "error": Kind(_error, {"status": 400, "error": ""}),
    "edge": Kind(_edge),
    "reset": Kind(_reset),
    "hang": Kind(_hang),
    "cut": Kind(_cut),
    "invalid_json": Kind(_invalid_json),
    "html": Kind(_html),
    "body_code": Kind(_body_code, {"code": 500, "status": "Internal Server Error", "data": None}),
    "slow": Kind(_slow, {"delay": 1.0}),
    "drip": Kind(_drip, {"pause": 1.0}),
    "bomb": Kind(_bomb, {"megabytes": 100}),
    "unusable": Kind(_unusable, {"how": "nan"}),
    "bare": Kind(_bare),
    "redirect": Kind(_redirect, {"location": "https://elsewhere.example/v2/order"}),
    "vary": Kind(_vary),
}
