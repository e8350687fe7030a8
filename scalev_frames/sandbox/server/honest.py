"""The honest answer, which faults change, and the definition of a kind of fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from scalev_frames.sandbox.server.replies import Reply

Params = Mapping[str, str]
Details = Mapping[str, Any]


@dataclass(frozen=True)
class Honest:
    """The service without the fault.

    Attributes:
        answer: query parameters to the answer.
        failure: makes an error as this version of the API has it, from status and sentence.
    """

    answer: Callable[[Params], Reply]
    failure: Callable[..., Reply]

    def __call__(self, params: Params) -> Reply:
        """The answer to ``params``."""
        return self.answer(params)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault: how it answers, and its details with their defaults."""

    answer: Callable[[Details, Params, Honest], Reply]
    details: Details = field(default_factory=dict)


def changed(reply: Reply, change: Callable[[dict[str, Any], str], Any]) -> Reply:
    """``reply`` with its list changed; an answer without a list stays as it is.

    Args:
        reply: an answer of either version.
        change: is given the object that holds the rows, and their key in it; changes that object, or returns what takes
            its place.
    """
    if reply.status != 200 or reply.hangs or reply.reset:
        return reply
    body = orjson.loads(reply.body)
    data = body.get("data") if isinstance(body, dict) else None
    if isinstance(data, dict) and "results" in data:
        made = change(data, "results")
        body["data"] = data if made is None else made
    elif isinstance(data, list):
        made = change(body, "data")
        body = body if made is None else made
    return replace(reply, pieces=(json.dumps(body, separators=(",", ":")).encode(),))
