"""Responses, in every form that the service and its edge send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from scalev_frames.sandbox.world.values.encodings import dump

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=UTF-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Attributes:
        status: the HTTP status.
        pieces: the body, in pieces: joined only once, because pages are large.
        content_type: what the body is said to be.
        headers: further headers.
        delay: seconds to wait before it is sent.
        missing: bytes that ``Content-Length`` promises beyond the body; then the connection is closed.
        reset: the connection is reset instead of answering.
        hangs: nothing is answered, and the connection stays open.
        pause: seconds between two bytes, where it drips.
    """

    status: int
    pieces: Sequence[bytes] = ()
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    missing: int = 0
    reset: bool = False
    hangs: bool = False
    pause: float = 0.0

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.pieces)

    def wire(self, *, close: bool) -> bytes:
        """The answer as HTTP/1.1."""
        extra = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\nContent-Type: {self.content_type}\r\n"
            f"Content-Length: {sum(map(len, self.pieces)) + self.missing}\r\n{extra}"
            f"Connection: {'close' if close else 'keep-alive'}\r\n\r\n"
        )
        return b"".join((head.encode("latin-1"), *self.pieces))


def success(*data: bytes) -> Reply:
    """The envelope around the pieces of ``data``."""
    return Reply(200, (b'{"code":200,"status":"Success","data":', *data, b"}"))


def failure(status: int, error: str = "", details: Mapping[str, list[str]] | None = None) -> Reply:
    """An error of the service; 401 and 403 come without ``error``."""
    body: dict[str, Any] = {"code": status, "status": HTTPStatus(status).phrase}
    if error:
        body["error"] = error
    if details:
        body["details"] = details
    return Reply(status, (dump(body),))


def html(status: int, title: str) -> Reply:
    """A page of a proxy in front of the service."""
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Reply(status, (page.encode(),), HTML)


def too_many(body_format: str) -> Reply:
    """A 429 as text, JSON or HTML."""
    match body_format:
        case "json":
            return failure(429, "Too many requests")
        case "html":
            return html(429, "Error 1015: You are being rate limited")
        case _:
            return Reply(429, (b"Too many requests",), TEXT)


def edge_page() -> Reply:
    """The edge's answer to a request that it blocks."""
    page = html(403, "Access denied | api.scalev.id used Cloudflare to restrict access (error 1010)")
    return replace(page, headers={"Server": "cloudflare", "CF-RAY": "8f00000000000000-CGK"})
