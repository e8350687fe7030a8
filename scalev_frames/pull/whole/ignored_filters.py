"""Whether the server obeys a filter that no column shows: first pages with and without it are compared."""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from scalev_frames.catalog.model import Filter
from scalev_frames.catalog.statuses import spelled
from scalev_frames.errors import ApiError, FilterIgnoredError, PagingError
from scalev_frames.pull.reading.counting import gather
from scalev_frames.pull.reading.lists import make_parts
from scalev_frames.pull.reading.sources import REFUSED, Source
from scalev_frames.query.query import Query
from scalev_frames.wire.answers.layout import Layout
from scalev_frames.wire.answers.paging import Page, Pages
from scalev_frames.wire.answers.response import Response

_ADDRESS = re.compile(r'://[^"]*')


def check_obeyed(query: Query, name: str, source: Source) -> None:
    """Make sure that the server obeys a filter.

    The first page is asked for without it. Where that is the same page, it is asked for with a value that no row has:
    a server that sends the same page once more ignores the filter.

    Raises:
        FilterIgnoredError: the server ignores it.
        ScalevError: the server refused the call itself.
    """
    params, path = dict(query.params[0]), make_parts(query)[0].path
    other = {key: value for key, value in params.items() if key != name}
    responses = gather(source, [(path, params), (path, other)], query.endpoint)
    first, without = (_rows(query, response) for response in responses)
    if first != without or not first:
        return
    try:
        (impossible,) = gather(source, [(path, {**params, name: _value_of_no_row(query, name)})], query.endpoint)
    except REFUSED:
        return  # it reads the filter
    if _rows(query, impossible) == first:
        raise FilterIgnoredError(
            f"The server ignored {name} on {query.endpoint.name}: it sends the same rows with it and without it.",
            filter=name, wanted=str(params[name]), can_apply=False, advice=query.endpoint.about_ignored(name),
        )  # fmt: skip


def about_nothing(query: Query, source: Source) -> list[str]:
    """Notes on why no row may have been found: a search in one field, or words that the server has others for.

    The first page without a filter shows which words its rows have.
    """
    notes, filters = query.about_nothing(), query.endpoint.filter_rows
    known = [name for name in query.filters if name in filters and filters[name].values and filters[name].columns]
    for part, name in itertools.product(make_parts(query)[:1], known):
        others = {key: value for key, value in query.params[0].items() if key != name}
        try:
            (response,) = gather(source, [(part.path, others)], query.endpoint)
            rows = _page(query, response).rows
        except (ApiError, PagingError):
            continue
        words = {spelled(word) for word in query.said(name, rows)} - {*filters[name].values}
        if words:
            notes.append(f"other rows have {name} {', '.join(sorted(words))}: what was asked for may be called so")
    return notes


def _page(query: Query, response: Response) -> Page:
    endpoint = query.endpoint
    return Pages({}, Layout(endpoint.rows_at, endpoint.value_column, paged=True)).take(response)


def _rows(query: Query, response: Response) -> list[Any]:
    """A page's rows: a filter may change what stands in them, and not which they are.

    Orders change meanwhile, so of those the ids must do; addresses of files may be others in each answer.
    """
    rows = _page(query, response).rows
    if query.endpoint.timeline:
        return [row.get("id", row) for row in rows]
    return [_ADDRESS.sub("", json.dumps(row, default=str)) for row in rows]


def _value_of_no_row(query: Query, name: str) -> str:
    row: Filter = query.endpoint.filter_rows[name]
    asked: Mapping[str, str] = query.params[0]
    if row.kind == "flag":
        return "false" if asked[name] == "true" else "true"
    if row.values:
        return next((value for value in row.values if value != asked[name]), "none")
    return "0" if row.kind in ("id", "count") else secrets.token_hex(8)
