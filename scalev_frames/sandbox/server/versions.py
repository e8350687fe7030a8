"""What differs between the two versions of the API: routes, cursors, envelopes, errors, scopes. The world is one."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson

from scalev_frames.catalog import Endpoint
from scalev_frames.sandbox.server.replies import Reply, failure, success
from scalev_frames.sandbox.server.throttle import DOCUMENTED_LIMITS, Limits
from scalev_frames.sandbox.world.behaviour import Behaviour, OrderPath
from scalev_frames.sandbox.world.newer import newer_fields
from scalev_frames.sandbox.world.orders.filters import RefusedError
from scalev_frames.sandbox.world.orders.statistics import ALL_FILTERS
from scalev_frames.sandbox.world.values.encodings import dump
from scalev_frames.sandbox.world.world import Rows

Params = Mapping[str, str]
#: What is sent with every page and filters nothing.
_NO_FILTERS = frozenset({"page_size", "columns", "b_uid"})
#: Cursors that hold no filters.
_FREE = ("place", "nonce")


class V2:
    """The version that most public code speaks."""

    name = "v2"

    def paths(self, endpoint: Endpoint, order_path: OrderPath) -> Iterable[str]:
        """The documented path, and the orders' by their old name, their new one or both."""
        if "v2" not in endpoint.versions:
            return []
        names = {"both": (endpoint.path, endpoint.renamed), "old": (endpoint.path,), "new": (endpoint.renamed,)}
        return dict.fromkeys(names[order_path])

    def limits(self, limits: Limits | None) -> Limits | None:
        """The limits where v2 has ``limits``: the first for each address, the others for each key."""
        return limits

    def scopes(self, endpoint: Endpoint) -> frozenset[str]:
        """The scopes of which a restricted key needs one: those that any of the specifications names."""
        return frozenset(endpoint.scope.split())

    def read(self, endpoint: Endpoint, params: Params, behaviour: Behaviour) -> dict[str, str]:
        """The parameters as the world reads them: a text for a cursor is turned back into the row's id.

        Raises:
            RefusedError: a value or a cursor that cannot be read.
        """
        if "last_id" not in params or not _has_texts(endpoint, behaviour):
            return dict(params)
        position, filters = _decoded(params["last_id"], "last_id")
        if behaviour.cursor == "bound":
            return {**_besides(params, _NO_FILTERS), **filters, **position}
        return {**params, **position}

    def page(self, endpoint: Endpoint, asked: Params, rows: Rows, size: int, behaviour: Behaviour) -> Reply:
        """One page of what `read` gave: ``results`` below ``data``, beside the keys that the catalog names."""
        envelope = {**rows.envelope, "has_next": rows.has_next, "page_size": size}
        if _has_texts(endpoint, behaviour) and rows.records:
            envelope["last_id"] = _encoded({"last_id": rows.envelope["last_id"]}, asked, behaviour)
        shown = {key: envelope[key] for key in endpoint.envelope_keys}
        head = dump(shown)[:-1] + (b"," if shown else b"")
        return success(head, b'"results":[', *_joined(rows.records), b"]}")

    def answer(self, endpoint: Endpoint, data: bytes) -> Reply:  # noqa: ARG002 - as the other version
        """A plain list or a single record as ``data``."""
        return success(data)

    def failure(self, status: int, error: str = "", details: Mapping[str, list[str]] | None = None) -> Reply:
        """An error: ``code``, ``status``, ``error`` and ``details``."""
        return failure(status, error, details)


_ERROR_CODES = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
                409: "conflict", 422: "validation_error", 429: "rate_limited"}  # fmt: skip


class V3:
    """The version that the vendor documents since spring 2026."""

    name = "v3"

    def paths(self, endpoint: Endpoint, order_path: OrderPath) -> Iterable[str]:  # noqa: ARG002 - as the other version
        """The new names alone."""
        return [path] if (path := endpoint.path_in("v3")) else []

    def limits(self, limits: Limits | None) -> Limits | None:
        """All of them for each key; the documented ones where v2 has its documented ones."""
        return ((100, 10.0), (10_000, 3600.0)) if limits == DOCUMENTED_LIMITS else limits

    def scopes(self, endpoint: Endpoint) -> frozenset[str]:
        """A list has a scope of its own, so ``…:read`` does not open it; statistics take both."""
        named = frozenset(endpoint.scope.split())
        lists = frozenset(scope for scope in named if scope.endswith(":list"))
        is_list = endpoint.paging != "record" and "statistics" not in endpoint.scope
        return lists if is_list and lists else named

    def read(self, endpoint: Endpoint, params: Params, behaviour: Behaviour) -> dict[str, str]:
        """The parameters in v2's words; a cursor brings its filters along, and v2's cursors mean nothing."""
        mine = _besides(params, {"last_id", "page", "cursor", "next", *endpoint.envelope_keys} - {"page_size"})
        if cursor := next((name for name in ("next_cursor", "previous_cursor") if name in mine), ""):
            position, filters = _decoded(mine[cursor], cursor)
            if behaviour.cursor in _FREE:
                return {**_besides(mine, [cursor]), **position}
            return {**{name: mine[name] for name in _NO_FILTERS if name in mine}, **filters, **position}
        if endpoint.name == "order_statistics":
            return _statistics_params(mine)
        if endpoint.columns_hint and "search" in mine:
            mine.setdefault("search_field", "order_id")
        return mine

    def page(self, endpoint: Endpoint, asked: Params, rows: Rows, size: int, behaviour: Behaviour) -> Reply:
        """The rows as ``data`` at the root, beside an opaque ``next_cursor``."""
        keys = [key for key in rows.envelope if key.startswith("last_") or key == "next"]
        is_numbered = endpoint.paging == "page"
        position = {"page": rows.envelope["page"] + 1} if is_numbered else {key: rows.envelope[key] for key in keys}
        envelope = {
            "is_paginated": True,
            "has_next": rows.has_next,
            "has_previous": rows.previous is not None,
            "next_cursor": _encoded(position, asked, behaviour) if rows.has_next else None,
            "previous_cursor": None
            if rows.previous is None
            else _encoded(rows.previous, _besides(asked, position), behaviour),
            "page_size": size,
        }
        records = [_as_v3(endpoint, record) for record in rows.records]
        return Reply(200, (dump(envelope)[:-1], b',"data":[', *_joined(records), b"]}"))

    def answer(self, endpoint: Endpoint, data: bytes) -> Reply:
        """A plain list as ``data`` at the root, a record as it is."""
        if endpoint.paging != "plain" or endpoint.rows_at in ("{}", "buckets"):
            return Reply(200, (_as_v3(endpoint, data),))
        rows = orjson.loads(data)
        rows = rows[endpoint.rows_at] if endpoint.rows_at else rows
        records = [_as_v3(endpoint, dump(row)) for row in rows]
        return Reply(200, (b'{"is_paginated":false,"data":[', *_joined(records), b"]}"))

    def failure(self, status: int, error: str = "", details: Mapping[str, list[str]] | None = None) -> Reply:
        """``error``, ``error_code``, ``message`` and ``errors``."""
        sentence = error or HTTPStatus(status).phrase
        body: dict[str, Any] = {
            "error": sentence, "error_code": _ERROR_CODES.get(status, "error"), "message": sentence,
        }  # fmt: skip
        if details:
            body["errors"] = details
        return Reply(status, (dump(body),))


def _statistics_params(params: dict[str, str]) -> dict[str, str]:
    """v3 counts by the draft time, has no ``created_at``, and sends ``false`` where v2 sends ``off``."""
    if params.setdefault("datetime_type", "draft_time") == "created_at":
        raise RefusedError("datetime_type")
    breakdowns = [
        name for name in ("breakdown_date", "custom_breakdown_key") if params.get(name, "").lower() == "false"
    ]
    return params | dict.fromkeys(breakdowns, "off") | {ALL_FILTERS: "true"}


#: What a row of the order list has in v2 alone.
_V2_ONLY = ("page", "quantity", "courier_aggregator_code")


def _as_v3(endpoint: Endpoint, record: bytes) -> bytes:
    """A record as v3 shows it: ids of orders are texts, and their rows have other fields."""
    if endpoint.alias is None or not record.startswith(b"{"):
        return record
    row = orjson.loads(record)
    number = "order_id" if endpoint.name == "order_emails" else "id"
    if number in row and endpoint.name != "order_chat":
        row[number] = str(row[number])
    if endpoint.name in ("orders", "order"):
        row = {name: value for name, value in row.items() if name not in _V2_ONLY} | newer_fields(row)
    return dump(row)


def _has_texts(endpoint: Endpoint, behaviour: Behaviour) -> bool:
    """Whether the cursor is a text that only the server can read; only a single ``last_id`` can be one."""
    keys = [key for key in endpoint.envelope_keys if key.startswith("last_")]
    return behaviour.cursor != "id" and keys == ["last_id"]


def _encoded(position: Mapping[str, Any], asked: Params, behaviour: Behaviour) -> str:
    filters = {} if behaviour.cursor in _FREE else _besides(asked, _NO_FILTERS | set(position))
    if behaviour.cursor == "nonce":
        filters = {"nonce": secrets.token_hex(4)}
    return base64.urlsafe_b64encode(dump([position, filters])).decode().rstrip("=")


def _decoded(text: str, name: str) -> tuple[dict[str, str], dict[str, str]]:
    try:
        position, filters = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return {key: str(value) for key, value in position.items()}, filters
    except (ValueError, AttributeError, TypeError):
        raise RefusedError(name) from None


def _besides(params: Params, names: Iterable[str]) -> dict[str, str]:
    left_out = set(names)
    return {name: value for name, value in params.items() if name not in left_out}


def _joined(records: Iterable[bytes]) -> list[bytes]:
    pieces = [piece for record in records for piece in (record, b",")]
    return pieces[:-1]


Version = V2 | V3
VERSIONS: tuple[Version, ...] = (V2(), V3())
