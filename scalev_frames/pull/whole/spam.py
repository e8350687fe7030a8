"""The spam marks that a list of orders leaves out, asked for by the filter of that name."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from scalev_frames.errors import ApiError, IncompleteError
from scalev_frames.frames.header import Header
from scalev_frames.frames.spam import FILLED, SPAM, fill_spam, lacks_spam
from scalev_frames.pull.reading.sources import Source
from scalev_frames.pull.whole.whole import pull_whole
from scalev_frames.query.query import Query


def asks_for_spam(query: Query) -> bool:
    """Whether a call's spam marks can be asked for, where its list leaves them out."""
    return query.endpoint.name == "orders" and query.limit is None and SPAM not in query.filters


def spam_query(query: Query) -> Query:
    """``query`` with the filter; the rows cannot show whether it was obeyed, their number can."""
    endpoint = replace(query.endpoint, filters=query.endpoint.filters.replace(f"@{SPAM}", ""))
    return replace(query, endpoint=endpoint, params=tuple({**one, SPAM: "true"} for one in query.params))


def with_spam_marks(frame: pd.DataFrame, query: Query, source: Source) -> pd.DataFrame:
    """``frame`` with the spam marks that its list leaves out; as it is where they cannot be had."""
    header = Header.of(frame)
    if FILLED in header.notes and SPAM in frame:  # rows that are new since have none
        frame = replace(header, notes=tuple(one for one in header.notes if one != FILLED)).onto(
            frame.assign(**{SPAM: pd.array([None] * len(frame), dtype="boolean")})
        )
    if not asks_for_spam(query) or not lacks_spam(frame):
        return frame
    try:
        spam, _ = pull_whole(spam_query(query), source)
    except (ApiError, IncompleteError):
        return frame  # reports say that it is not known
    filled = fill_spam(frame, set(spam["id"].dropna()))
    return replace(Header.of(filled), requests=source.requests).onto(filled)
