"""Faults of responses: refusals, limits, broken connections and unreadable bodies."""

from __future__ import annotations

import time
import zlib
from dataclasses import replace

import orjson

from scalev_frames.sandbox.server.honest import Details, Kind, answered, instead
from scalev_frames.sandbox.server.replies import HTML, Reply, edge_page, html, too_many
from scalev_frames.sandbox.server.throttle import reset_text
from scalev_frames.sandbox.world.values.encodings import dump


def _rate_limit(said: Details) -> Reply:
    headers: dict[str, str] = {}
    if said["retry_after"] is not None:
        headers["Retry-After"] = str(said["retry_after"])
    if said["reset"] is not None:
        reset = reset_text(said["reset_in"], time.time(), said["reset"])
        headers |= {"X-Ratelimit-Limit": "30", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": reset}
    return replace(too_many(said["format"]), headers=headers)


def _header(said: Details, reply: Reply) -> Reply:
    return replace(reply, headers={**reply.headers, said["name"]: str(said["value"])})


def _half(_: Details, reply: Reply) -> Reply:
    return replace(reply, pieces=(reply.body[: len(reply.body) // 2],))


def _cut(said: Details, reply: Reply) -> Reply:
    half = _half(said, reply)
    return replace(half, missing=len(reply.body) - len(half.body))


def _body_code(said: Details) -> Reply:
    body = {"code": said["code"], "status": said["status"], "error": "Something went wrong"}
    return Reply(200, (dump(body | ({} if said["data"] is None else {"data": said["data"]})),))


def _bomb(said: Details) -> Reply:
    packer = zlib.compressobj(9, wbits=31)
    spaces = b" " * 2**20
    pieces = (packer.compress(b'{"data":'), *(packer.compress(spaces) for _ in range(said["megabytes"])))
    return Reply(200, (*pieces, packer.compress(b"[]}"), packer.flush()), headers={"Content-Encoding": "gzip"})


def _unusable(said: Details) -> Reply:
    if said["how"] == "empty":
        return Reply(204)
    bodies = {"nan": b'{"data":[NaN]}', "utf8": b'{"data":["\xff"]}', "deep": b'{"data":' + b"[" * 100_000}
    return Reply(200, (bodies[said["how"]],))


def _bare(_: Details, reply: Reply) -> Reply:
    body = orjson.loads(reply.body) if reply.status == 200 else {}
    return replace(reply, pieces=(dump(body["data"]),)) if "data" in body else reply


WIRE_KINDS: dict[str, Kind] = {
    "rate_limit": instead(_rate_limit, format="text", retry_after=None, reset=None, reset_in=1.0),
    "header": answered(_header, name="X-Ratelimit-Reset", value=""),
    "server_error": instead(lambda said: html(said["status"], f"{said['status']} Server Error"), status=502),
    "error": Kind(lambda said, _, honest: honest.failure(said["status"], said["error"]), {"status": 400, "error": ""}),
    "edge": instead(lambda _: edge_page()),
    "reset": instead(lambda _: Reply(200, reset=True)),
    "hang": instead(lambda _: Reply(200, hangs=True)),
    "cut": answered(_cut),
    "invalid_json": answered(_half),
    "html": instead(lambda _: Reply(200, (b"<html><body>Maintenance</body></html>",), HTML)),
    "body_code": instead(_body_code, code=500, status="Internal Server Error", data=None),
    "slow": answered(lambda said, reply: replace(reply, delay=said["delay"]), delay=1.0),
    "drip": answered(lambda said, reply: replace(reply, pause=said["pause"]), pause=1.0),
    "bomb": instead(_bomb, megabytes=100),
    "unusable": instead(_unusable, how="nan"),
    "bare": answered(_bare),
    "redirect": instead(
        lambda said: Reply(302, headers={"Location": said["location"]}), location="https://elsewhere.example/v2/order"
    ),
    "vary": answered(lambda _, reply: replace(reply, headers={"Vary": "Authorization"})),
}
