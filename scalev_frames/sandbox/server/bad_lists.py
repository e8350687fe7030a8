"""Faults of lists: ignored filters, incomplete envelopes, invalid rows; and of records."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scalev_frames.sandbox.server.honest import (
    Details,
    Honest,
    Kind,
    Params,
    answered,
    asked,
    body_of,
    changed,
    listed,
)
from scalev_frames.sandbox.server.replies import Reply
from scalev_frames.sandbox.world.values.encodings import dump

#: Other spellings of a word such as ``in_process``.
_SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "capital": str.capitalize,
    "title": lambda word: word.replace("_", " ").title(),
    "dashed": lambda word: f" {word.replace('_', '-')} ",
}
Data = dict[str, Any]
_CURSORS = ("last_*", "next", "next_cursor", "page")


# what is asked -------------------------------------------------------------------------------------------------------


def _matching(params: Iterable[str], patterns: Iterable[str]) -> list[str]:
    wanted = tuple(patterns)
    return [name for name in params if any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted)]


def _without(params: Mapping[str, Any], patterns: Iterable[str]) -> dict[str, Any]:
    gone = _matching(params, patterns)
    return {name: value for name, value in params.items() if name not in gone}


def _refuse_filter(said: Details, params: Params, honest: Honest) -> Reply:
    named = _matching(params, said["filter"].split())
    words = said["error"].format(named[0]) if named else ""
    return honest.failure(said["status"], words) if named else honest(params)


def _refuse_value(said: Details, params: Params, honest: Honest) -> Reply:
    name = said["param"]
    if params.get(name) == said["value"]:
        return honest.failure(said["status"], f"{name} must be one of the documented values")
    return honest(params)


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


def _repeated_cursor(_: Details, params: Params, honest: Honest) -> Reply:
    sent = {name: _as_sent(params[name]) for name in _matching(params, _CURSORS)}
    return changed(honest(params), lambda data, _: data.update({**sent, "has_next": True}))


def _as_sent(cursor: str) -> int | str:
    return int(cursor) if cursor.isdecimal() else cursor


def _empty_page(said: Details, data: Data, rows: str) -> None:
    nowhere = dict.fromkeys(_matching(data, (*_CURSORS, "count"))) if said["ends"] else {}
    data.update({**nowhere, rows: [], "has_next": not said["ends"]})


def _envelope(said: Details, data: Data, _: str) -> Data:
    data = _without(data, said["without"].split())
    return {**data, said["key"]: said["value"]} if said["key"] else data


def _rename(said: Details, data: Data, _: str) -> Data:
    return {said["to"] if key == said["key"] else key: value for key, value in data.items()}


def _lost_rows(said: Details, data: Data, rows: str) -> None:
    data[rows] = [row for place, row in enumerate(data[rows]) if place % said["every"]]


def _rows(said: Details, data: Data, rows: str) -> None:
    for row in data[rows][:: said["every"]]:
        for name in said["without"].split():
            row.pop(name, None)
        if said["key"]:
            _put(row, said["key"].split("."), said["value"])


def _put(row: dict[str, Any], path: list[str], value: Any) -> None:  # noqa: ANN401 - any JSON value
    for name in path[:-1]:
        inner = row.get(name)
        row = row.setdefault(name, {}) if not isinstance(inner, dict) else inner
        if not isinstance(row, dict):
            return
    row[path[-1]] = value


def _items(said: Details, data: Data, rows: str) -> None:
    """The items stand behind the first row."""
    data[rows][1:1] = said["items"]


def _root_list(_: Details, params: Params, honest: Honest) -> Reply:
    position = {"last_id": params["next_cursor"]} if "next_cursor" in params else {}
    reply = honest({**_without(params, ("next_cursor",)), **position})
    data = (body_of(reply) or {}).get("data")
    if not isinstance(data, dict) or "results" not in data:
        return reply
    more = {"has_next": data.get("has_next"), "next_cursor": data.get("last_id")}
    return Reply(200, (dump({"data": data["results"], "is_paginated": True, **more}),))


def _record(said: Details, reply: Reply) -> Reply:
    body = body_of(reply)
    if not isinstance(body, dict):
        return reply
    enveloped = body.keys() == {"code", "status", "data"}
    record, fields = body["data"] if enveloped else body, said["fields"]
    is_part = isinstance(record, dict) and isinstance(fields, dict) and fields and not said["alone"]
    made = {**record, **fields} if is_part else fields
    return replace(reply, pieces=(dump({**body, "data": made} if enveloped else made),))


def _spelling(said: Details, reply: Reply) -> Reply:
    """The envelope's own ``status`` is a word of its own, and stays."""
    names, spelt, body = said["fields"].split(), _SPELLINGS[said["how"]], body_of(reply)

    def changed_in(one: Any, *, is_envelope: bool = False) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(one, list):
            return [changed_in(inner) for inner in one]
        if not isinstance(one, dict):
            return one
        return {
            name: spelt(value) if name in names and isinstance(value, str) and not is_envelope else changed_in(value)
            for name, value in one.items()
        }

    if body is None:
        return reply
    return replace(reply, pieces=(dump(changed_in(body, is_envelope=isinstance(body, dict) and "code" in body)),))


_TIME = {"param": "datetime_type", "value": "draft_time"}

LIST_KINDS: dict[str, Kind] = {
    "repeated_cursor": Kind(_repeated_cursor),
    "ignore_cursor": asked(lambda _, params: _without(params, _CURSORS)),
    "ignore_filter": asked(lambda said, params: _without(params, said["filter"].split()), filter=""),
    "refuse_filter": Kind(_refuse_filter, {"filter": "", "status": 400, "error": "{} is not allowed"}),
    "refuse_value": Kind(_refuse_value, {"param": "datetime_type", "value": "created_at", "status": 400}),
    "assume": asked(lambda said, params: {said["param"]: said["value"], **params}, **_TIME),
    "insist": asked(lambda said, params: {**params, said["param"]: said["value"]}, **_TIME),
    "coarse_time": Kind(_coarse_time, {"filter": "draft_time_until", "by": "moment", "zone": "UTC", "includes": True}),
    "empty_page": listed(_empty_page, ends=False),
    "no_results": listed(lambda _, data, rows: {key: value for key, value in data.items() if key != rows}),
    "envelope": listed(_envelope, without="", key="", value=None),
    "rename": listed(_rename, key="data", to="results"),
    "rows": listed(_rows, without="", key="", value=None, every=1),
    "lost_rows": listed(_lost_rows, every=5),
    "items": listed(_items, items=["oops", 5, None, [1, 2]]),
    # ``data`` is the list of the rows in v2, the whole body in v3
    "plain_list": listed(lambda _, data, rows: data[rows]),
    "root_list": Kind(_root_list),
    "record": answered(_record, fields={}, alone=False),
    "spelling": answered(_spelling, fields="status payment_status", how="upper"),
}
