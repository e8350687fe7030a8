"""Faults of lists: ignored filters, incomplete envelopes, invalid rows; and of records."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from scalev_frames.sandbox.server.honest import Details, Honest, Kind, Params, changed
from scalev_frames.sandbox.server.replies import Reply
from scalev_frames.sandbox.world.values.encodings import dump

#: Other spellings of a word such as ``in_process``.
_SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "capital": str.capitalize,
    "title": lambda word: word.replace("_", " ").title(),
    "dashed": lambda word: f" {word.replace('_', '-')} ",
}
_CURSORS = ("last_*", "next", "next_cursor", "page")


# what is asked -------------------------------------------------------------------------------------------------------


def _matching(params: Params, patterns: Iterable[str]) -> list[str]:
    wanted = tuple(patterns)
    return [name for name in params if any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted)]


def _without(params: Params, patterns: Iterable[str]) -> dict[str, str]:
    gone = _matching(params, patterns)
    return {name: value for name, value in params.items() if name not in gone}


def _ignore_cursor(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return honest(_without(params, _CURSORS))


def _ignore_filter(details: Details, params: Params, honest: Honest) -> Reply:
    return honest(_without(params, details["filter"].split()))


def _refuse_filter(details: Details, params: Params, honest: Honest) -> Reply:
    named = _matching(params, details["filter"].split())
    words = details["error"].format(named[0]) if named else ""
    return honest.failure(details["status"], words) if named else honest(params)


def _refuse_value(details: Details, params: Params, honest: Honest) -> Reply:
    name, value = details["param"], details["value"]
    if params.get(name) == value:
        return honest.failure(details["status"], f"{name} must be one of the documented values")
    return honest(params)


def _assume(details: Details, params: Params, honest: Honest) -> Reply:
    return honest({details["param"]: details["value"], **params})


def _insist(details: Details, params: Params, honest: Honest) -> Reply:
    return honest({**params, details["param"]: details["value"]})


def _coarse_time(details: Details, params: Params, honest: Honest) -> Reply:
    named = _matching(params, details["filter"].split())
    try:
        return honest({**params, **{name: _rounded(name, params[name], details) for name in named}})
    except ValueError:
        return honest(params)  # not a time: the service says so itself


def _rounded(name: str, value: str, details: Details) -> str:
    """The bound as such a server reads it, so that the honest one, which includes it, gives the same rows."""
    moment = datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    is_since, includes = name.endswith("_since"), bool(details["includes"])
    if details["by"] == "day":
        zone = ZoneInfo(details["zone"])
        day = moment.astimezone(zone).date()
        day += timedelta(days=1 if is_since != includes else 0)
        moment = datetime.combine(day, time(), zone)
        includes = is_since
    step = timedelta(microseconds=0 if includes else 1 if is_since else -1)
    return (moment.astimezone(UTC) + step).isoformat()


# what is answered ----------------------------------------------------------------------------------------------------


def _repeated_cursor(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    sent = {name: _as_sent(params[name]) for name in _matching(params, _CURSORS)}
    return changed(honest(params), lambda data, _: data.update({**sent, "has_next": True}))


def _as_sent(cursor: str) -> int | str:
    return int(cursor) if cursor.isdecimal() else cursor


def _empty_page(details: Details, params: Params, honest: Honest) -> Reply:
    def change(data: dict[str, Any], rows: str) -> None:
        nowhere = dict.fromkeys(_matching(data, (*_CURSORS, "count"))) if details["ends"] else {}
        data.update({**nowhere, rows: [], "has_next": not details["ends"]})

    return changed(honest(params), change)


def _no_results(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    return changed(honest(params), lambda data, rows: {key: value for key, value in data.items() if key != rows})


def _envelope(details: Details, params: Params, honest: Honest) -> Reply:
    def change(data: dict[str, Any], _: str) -> dict[str, Any]:
        gone = details["without"].split()
        data = {key: value for key, value in data.items() if key not in gone}
        return {**data, details["key"]: details["value"]} if details["key"] else data

    return changed(honest(params), change)


def _rename(details: Details, params: Params, honest: Honest) -> Reply:
    def change(data: dict[str, Any], _: str) -> dict[str, Any]:
        return {details["to"] if key == details["key"] else key: value for key, value in data.items()}

    return changed(honest(params), change)


def _lost_rows(details: Details, params: Params, honest: Honest) -> Reply:
    def change(data: dict[str, Any], rows: str) -> None:
        data[rows] = [row for place, row in enumerate(data[rows]) if place % details["every"]]

    return changed(honest(params), change)


def _rows(details: Details, params: Params, honest: Honest) -> Reply:
    def change(data: dict[str, Any], rows: str) -> None:
        for row in data[rows][:: details["every"]]:
            for name in details["without"].split():
                row.pop(name, None)
            if details["key"]:
                _put(row, details["key"].split("."), details["value"])

    return changed(honest(params), change)


def _put(row: dict[str, Any], path: list[str], value: Any) -> None:  # noqa: ANN401 - any JSON value
    for name in path[:-1]:
        inner = row.get(name)
        row = row.setdefault(name, {}) if not isinstance(inner, dict) else inner
        if not isinstance(row, dict):
            return
    row[path[-1]] = value


def _items(details: Details, params: Params, honest: Honest) -> Reply:
    """The items stand behind the first row."""

    def change(data: dict[str, Any], rows: str) -> None:
        data[rows][1:1] = details["items"]

    return changed(honest(params), change)


def _plain_list(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    """``data`` is the list of the rows in v2, the whole body in v3."""
    return changed(honest(params), lambda data, rows: data[rows])


def _root_list(details: Details, params: Params, honest: Honest) -> Reply:  # noqa: ARG001
    position = {"last_id": params["next_cursor"]} if "next_cursor" in params else {}
    reply = honest({**_without(params, ("next_cursor",)), **position})
    found: list[dict[str, Any]] = []

    def change(data: dict[str, Any], rows: str) -> None:
        cursor = data.get("last_id")
        found.append(
            {"data": data[rows], "is_paginated": True, "has_next": data.get("has_next"), "next_cursor": cursor}
        )

    changed(reply, change)
    return Reply(200, (dump(found[0]),)) if found else reply


def _record(details: Details, params: Params, honest: Honest) -> Reply:
    reply = honest(params)
    body = orjson.loads(reply.body) if reply.status == 200 and not reply.hangs and not reply.reset else None
    if not isinstance(body, dict):
        return reply
    enveloped = body.keys() == {"code", "status", "data"}
    record, fields = body["data"] if enveloped else body, details["fields"]
    is_part = isinstance(record, dict) and isinstance(fields, dict) and fields and not details["alone"]
    made = {**record, **fields} if is_part else fields
    return replace(reply, pieces=(dump({**body, "data": made} if enveloped else made),))


def _spelling(details: Details, params: Params, honest: Honest) -> Reply:
    """The envelope's own ``status`` is a word of its own, and stays."""
    reply, names, spelt = honest(params), details["fields"].split(), _SPELLINGS[details["how"]]

    def changed_in(one: Any, *, is_envelope: bool = False) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(one, list):
            return [changed_in(inner) for inner in one]
        if not isinstance(one, dict):
            return one
        return {
            name: spelt(value) if name in names and isinstance(value, str) and not is_envelope else changed_in(value)
            for name, value in one.items()
        }

    body = orjson.loads(reply.body) if reply.status == 200 and not reply.hangs and not reply.reset else None
    if body is None:
        return reply
    return replace(reply, pieces=(dump(changed_in(body, is_envelope=isinstance(body, dict) and "code" in body)),))


LIST_KINDS: dict[str, Kind] = {
    "repeated_cursor": Kind(_repeated_cursor),
    "ignore_cursor": Kind(_ignore_cursor),
    "ignore_filter": Kind(_ignore_filter, {"filter": ""}),
    "refuse_filter": Kind(_refuse_filter, {"filter": "", "status": 400, "error": "{} is not allowed"}),
    "refuse_value": Kind(_refuse_value, {"param": "datetime_type", "value": "created_at", "status": 400}),
    "assume": Kind(_assume, {"param": "datetime_type", "value": "draft_time"}),
    "insist": Kind(_insist, {"param": "datetime_type", "value": "draft_time"}),
    "coarse_time": Kind(_coarse_time, {"filter": "draft_time_until", "by": "moment", "zone": "UTC", "includes": True}),
    "empty_page": Kind(_empty_page, {"ends": False}),
    "no_results": Kind(_no_results),
    "envelope": Kind(_envelope, {"without": "", "key": "", "value": None}),
    "rename": Kind(_rename, {"key": "data", "to": "results"}),
    "rows": Kind(_rows, {"without": "", "key": "", "value": None, "every": 1}),
    "lost_rows": Kind(_lost_rows, {"every": 5}),
    "items": Kind(_items, {"items": ["oops", 5, None, [1, 2]]}),
    "plain_list": Kind(_plain_list),
    "root_list": Kind(_root_list),
    "record": Kind(_record, {"fields": {}, "alone": False}),
    "spelling": Kind(_spelling, {"fields": "status payment_status", "how": "upper"}),
}
