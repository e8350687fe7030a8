"""The honest answer, which faults change, and the definition of a kind of fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

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


def instead(answer: Callable[[Details], Reply], **details: Any) -> Kind:  # noqa: ANN401 - any JSON value
    """A kind that answers something else."""
    return Kind(lambda said, _params, _honest: answer(said), details)


def asked(change: Callable[[Details, Params], Params], **details: Any) -> Kind:  # noqa: ANN401
    """A kind that answers as if something else were asked."""
    return Kind(lambda said, params, honest: honest(change(said, params)), details)


def answered(change: Callable[[Details, Reply], Reply], **details: Any) -> Kind:  # noqa: ANN401
    """A kind that changes the answer."""
    return Kind(lambda said, params, honest: change(said, honest(params)), details)


def listed(change: Callable[[Details, dict[str, Any], str], Any], **details: Any) -> Kind:  # noqa: ANN401
    """A kind that changes the answer's list, as `changed` does."""
    return answered(lambda said, reply: changed(reply, partial(change, said)), **details)


def body_of(reply: Reply) -> Any:  # noqa: ANN401 - any JSON value
    """The parsed body of a good answer; ``None`` of any other."""
    return json.loads(reply.body) if reply.status == 200 and not reply.hangs and not reply.reset else None


def changed(reply: Reply, change: Callable[[dict[str, Any], str], Any]) -> Reply:
    """``reply`` with its list changed; an answer without a list stays as it is.

    Args:
        reply: an answer of either version.
        change: is given the object that holds the rows, and their key in it; changes that object, or returns what takes
            its place.
    """
    body = body_of(reply)
    data = body.get("data") if isinstance(body, dict) else None
    if isinstance(data, dict) and "results" in data:
        made = change(data, "results")
        body["data"] = data if made is None else made
    elif isinstance(data, list):
        made = change(body, "data")
        body = body if made is None else made
    else:
        return reply
    return replace(reply, pieces=(json.dumps(body, separators=(",", ":")).encode(),))
