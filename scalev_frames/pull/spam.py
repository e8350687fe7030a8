"""The call for the orders of another call that are probably spam."""

from __future__ import annotations

from dataclasses import replace

from scalev_frames.frames.spam import SPAM
from scalev_frames.query.query import Query


def asks_for_spam(query: Query) -> bool:
    """Whether a call's spam marks can be asked for, where its list leaves them out."""
    return query.endpoint.name == "orders" and query.limit is None and SPAM not in query.filters


def spam_query(query: Query) -> Query:
    """``query`` with the filter; the rows cannot show whether it was obeyed, their number can."""
    endpoint = replace(query.endpoint, filters=query.endpoint.filters.replace(f"@{SPAM}", ""))
    return replace(query, endpoint=endpoint, params=tuple({**one, SPAM: "true"} for one in query.params))
