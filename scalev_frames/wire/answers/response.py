"""What the server sent: as it was received, and as it was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A response as it was received.

    Attributes:
        status: the HTTP status.
        headers: the headers; names in any case, when the mapping allows.
        content: the body.
        url: the address without its query.
        received_at: when it came, seconds since 1970.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    received_at: float


@dataclass(frozen=True, slots=True)
class Response:
    """One good response.

    Attributes:
        content: its body as it was received.
        data: what it carries, parsed exactly: the envelope's ``data``, or the body itself where there is no envelope.
        received_at: when it was received, seconds since 1970.
        seconds: how long the one request took, without waiting for its turn; 0 from the cache.
        from_cache: whether it comes from this computer.
        body: the whole JSON, ``data`` and what stands beside it.
    """

    content: bytes
    data: Any
    received_at: float
    seconds: float = 0.0
    from_cache: bool = False
    body: Any = None
