"""Whether the server obeys a filter that no column shows: first pages with and without it are compared."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from scalev_frames.catalog.model import Filter
from scalev_frames.errors import BadRequestError, FilterIgnoredError, InvalidParametersError, NotFoundError
from scalev_frames.pull.reading.counting import gather
from scalev_frames.pull.reading.sources import Source
from scalev_frames.query.query import Query
from scalev_frames.wire.paging import Pages
from scalev_frames.wire.transport import Response


def check_obeyed(query: Query, name: str, path: str, source: Source) -> None:
    """Make sure that the server obeys a filter.

    The first page is asked for without it. Where that is the same page, it is asked for with a value that no row has:
    a server that sends the same page once more ignores the filter.

    Raises:
        FilterIgnoredError: the server ignores it.
        ScalevError: the server refused the call itself.
    """
    params = dict(query.params[0])
    other = {key: value for key, value in params.items() if key != name}
    responses = gather(source, [(path, params), (path, other)], query.endpoint)
    first, without = (_rows(query, response) for response in responses)
    if first != without or not first:
        return
    try:
        (impossible,) = gather(source, [(path, {**params, name: _value_of_no_row(query, name)})], query.endpoint)
    except (BadRequestError, InvalidParametersError, NotFoundError):
        return  # it reads the filter
    if _rows(query, impossible) == first:
        raise FilterIgnoredError(
            f"The server ignored {name} on {query.endpoint.name}: it sends the same rows with it and without it.",
            filter=name, wanted=str(params[name]), can_apply=False, advice=query.endpoint.about_ignored(name),
        )  # fmt: skip


def _rows(query: Query, response: Response) -> list[Any]:
    endpoint = query.endpoint
    page = Pages({}, endpoint.rows_at, endpoint.value_column, paged=True).take(response)
    return [row.get("id", row) for row in page.rows]


def _value_of_no_row(query: Query, name: str) -> str:
    row: Filter = query.endpoint.filter_rows[name]
    asked: Mapping[str, str] = query.params[0]
    if row.kind == "flag":
        return "false" if asked[name] == "true" else "true"
    if row.values:
        return next((value for value in row.values if value != asked[name]), "none")
    return "0" if row.kind in ("id", "count") else secrets.token_hex(8)
