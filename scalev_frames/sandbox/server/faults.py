"""Faults of real servers, made to happen at the requests that a test names."""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass, field
from typing import Any

from scalev_frames.sandbox.server.bad_bodies import WIRE_KINDS
from scalev_frames.sandbox.server.bad_lists import LIST_KINDS
from scalev_frames.sandbox.server.honest import Honest, Kind, Params
from scalev_frames.sandbox.server.replies import Reply

KINDS: dict[str, Kind] = {**WIRE_KINDS, **LIST_KINDS}


@dataclass(init=False, eq=False)
class Fault:
    """Something that goes wrong.

    Args:
        kind: one of `KINDS`.
        path: whose requests, below the version, as a pattern: ``/order``, ``/stores/*/products``;
            or with it, to mean one version alone: ``/v3/*``.
        at: the first of those requests that it happens to, counted from 1.
        times: to how many in a row; ``inf`` for ever, see `always`.
        **details: what the kind needs, see below.

    Several faults may happen to one request: each changes what the next one in the list answers.

    Kinds and their details:

    - ``rate_limit``: 429. ``format`` is ``"text"``, ``"json"`` or ``"html"``; ``retry_after`` a text; ``reset`` the
      unit of ``X-Ratelimit-Reset``, which then comes with ``Remaining: 0``; ``reset_in`` seconds.
    - ``header``: ``name`` (``X-Ratelimit-Reset``) is ``value``, also where the service's limits say otherwise.
    - ``server_error``: ``status`` (502) with an HTML body.
    - ``error``: ``status`` as the service's own JSON, with ``error`` when given.
    - ``edge``: 403 with Cloudflare's page, error 1010.
    - ``reset``: the connection is reset.
    - ``hang``: nothing is answered, and the connection stays open.
    - ``cut``: the body ends before the announced length.
    - ``invalid_json``: half of the body, and its length is right.
    - ``html``: an HTML page with 200.
    - ``body_code``: HTTP 200 whose body says ``code`` (500) and ``status``, with ``data`` when given.
    - ``repeated_cursor``: the cursor that was sent comes back, with more to come.
    - ``ignore_cursor``: the first page again.
    - ``ignore_filter``: ``filter`` has no effect; names or patterns separated by spaces: ``status *_time_since``.
    - ``refuse_filter``: ``status`` (400) where any of ``filter`` is sent, with ``error``, where {} is its name.
    - ``refuse_value``: ``status`` (400) where ``param`` is ``value``: a strict server's enum.
    - ``assume``: ``param`` is ``value`` where it is not sent: another server's default.
    - ``insist``: ``param`` is ``value``, whatever is sent.
    - ``coarse_time``: the bound ``filter`` (``draft_time_until``) is read ``by`` ``"day"`` of ``zone`` (UTC) or by
      ``"moment"``; ``includes`` says whether that day or moment itself is in.
    - ``empty_page``: no rows, and more to come, or nothing more (``ends``).
    - ``no_results``: the rows are missing.
    - ``envelope``: beside the rows, the keys ``without`` are missing and ``key`` is ``value``.
    - ``rename``: the list's own key ``key`` (``data``) is called ``to`` (``results``).
    - ``rows``: the fields ``without`` are missing and ``key`` (``store.id``) is ``value``, in each row or ``every``
      that many.
    - ``lost_rows``: the first of each ``every`` (5) rows of a page is missing, and nothing else shows it.
    - ``items``: ``items`` among the rows that are no objects.
    - ``plain_list``: the rows alone in place of a page: nothing says whether there are more.
    - ``root_list``: v3's envelope from v2: the rows as ``data`` at the root, beside ``has_next`` and ``next_cursor``.
    - ``record``: a record has ``fields`` in place of its own; without any, what it is answered with is ``{}``;
      with ``alone`` nothing else is in it, so that it may be a page.
    - ``spelling``: the texts ``fields`` (``status payment_status``) of all rows and records are spelled ``how``
      ``"upper"``, ``"capital"``, ``"title"`` (Shipped Rts) or ``"dashed"`` ( shipped-rts ).
    - ``slow``: ``delay`` (1.0) seconds.
    - ``drip``: one byte, and the next one ``pause`` (1.0) seconds later.
    - ``bomb``: a body of ``megabytes`` (100), packed to a thousandth of that.
    - ``unusable``: a whole body that is no answer, ``how`` ``"nan"``, ``"utf8"``, ``"deep"`` or ``"empty"``, a 204.
    - ``bare``: what the envelope would carry, without the envelope.
    - ``redirect``: 302 to ``location``.
    - ``vary``: ``Vary: Authorization``.

    Raises:
        ValueError: an unknown kind or detail, or one that meets no request.

    >>> Fault("server_error", "/order", at=3, status=503)
    Fault(kind='server_error', path='/order', at=3, times=1, details={'status': 503})
    """

    kind: str
    path: str
    at: int
    times: float
    details: dict[str, Any]
    _seen: int = field(repr=False)

    def __init__(self, kind: str, path: str = "*", at: int = 1, times: float = 1, **details: Any) -> None:  # noqa: ANN401
        if kind not in KINDS:
            raise ValueError(f"There is no fault {kind!r}; there are {', '.join(KINDS)}.")
        unknown = set(details) - set(KINDS[kind].details)
        if unknown:
            raise ValueError(f"The fault {kind!r} has no {', '.join(sorted(unknown))}.")
        if not path.startswith(("/", "*")):
            raise ValueError(f"The path {path!r} does not begin with / or *.")
        if not (isinstance(at, int) and at > 0 and isinstance(times, int | float) and times > 0):
            raise ValueError(f"at={at} and times={times} are counted from 1.")
        self.kind, self.path, self.at, self.times, self.details = kind, path, at, times, details
        self._seen = 0

    def strikes(self, path: str, version: str = "") -> bool:
        """Whether it happens to this request; counts it when it is one of its own."""
        if not any(fnmatch.fnmatchcase(one, self.path) for one in (path, f"/{version}{path}")):
            return False
        self._seen += 1
        return self.at <= self._seen < self.at + self.times

    def answer(self, params: Params, honest: Honest) -> Reply:
        """The answer in place of the honest one."""
        kind = KINDS[self.kind]
        return kind.answer({**kind.details, **self.details}, params, honest)


def always(kind: str, path: str = "*", **details: Any) -> Fault:  # noqa: ANN401
    """A fault that happens to every request of ``path``.

    >>> always("ignore_filter", "/order/statistics", filter="payment_status").times
    inf
    """
    return Fault(kind, path, times=math.inf, **details)
