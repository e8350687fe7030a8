"""Where the rows of an answer are, within envelopes of other programs and in lists that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scalev_frames.wire.answers.page_info import PLACES, names_more, snake, tells_place


def page_within(data: Any, body: Any) -> tuple[Any, Any]:  # noqa: ANN401 - any JSON value
    """What holds a page's rows, and the object around it, where further envelopes stand around both.

    >>> page_within([{"results": [1], "has_next": True}], {})
    ({'results': [1], 'has_next': True}, {})
    """
    if isinstance(data, dict) and "results" not in data and isinstance(data.get("data"), list):
        return data["data"], data  # an envelope around the other version's
    if isinstance(data, dict) and data.keys() == {"data"} and isinstance(data["data"], dict):
        return data["data"], body
    return _page_alone(data) or data, body


def _page_alone(data: Any) -> dict[str, Any] | None:  # noqa: ANN401 - any JSON value
    """The only row of a list, where that is a page itself."""
    row = data[0] if isinstance(data, list) and len(data) == 1 and isinstance(data[0], dict) else {}
    rows = row.get("results", row.get("data"))
    return row if isinstance(rows, list) and "id" not in row and names_more(row) else None


def list_of_unknown(answer: Mapping[str, Any], *, begun: bool) -> Any:  # noqa: ANN401 - any JSON value
    """A page under the usual name, where its one list has another; anything else is a record, the only row.

    ``begun``: the pages before it were a list's.
    """
    if answer and all(_has_own_name(name, row) for name, row in answer.items()):
        return [row if name == str(row.get("id")) else {"key": name, **row} for name, row in answer.items()]
    data = _opened(answer)
    lists = _lists(data)
    if data and len(lists) != len(data) and not (begun or _is_page(data, lists)):
        return [answer]
    return {**data, "results": lists[0]} if len(lists) == 1 else data


def _is_page(data: Mapping[str, Any], lists: Sequence[list[Any]]) -> bool:
    if not data.get("results", True) or names_more(data):
        return True
    return bool(lists) and "id" not in data and tells_place(data, len(lists[0]))


def _lists(data: Mapping[str, Any]) -> list[list[Any]]:
    return [value for value in data.values() if isinstance(value, list)]


def _has_own_name(name: str, row: object) -> bool:
    """Whether a row is called by a number, such as its place in the list, or by its id."""
    return isinstance(row, dict) and (name.isdecimal() or name == row.get("id"))


def _opened(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer with what the one object in it holds, where the rows are there: of ``{"result": {"rows": [{}]}}`` rows.

    >>> _opened({"_embedded": {"items": [{}]}, "next": "/a"}), _opened({"id": 1, "of": {"items": [{}]}})
    ({'items': [{}], 'next': '/a'}, {'id': 1, 'of': {'items': [{}]}})
    """
    data = answer
    while "id" not in data and not _lists(data):
        within = [name for name, one in data.items() if isinstance(one, dict) and snake(name) not in PLACES]
        if len(within) != 1:
            return answer
        others = dict(data)
        data = {**others.pop(within[0]), **others}
    has_rows = any(rows and isinstance(rows[0], dict) for rows in _lists(data))
    return data if has_rows and "id" not in data else answer
