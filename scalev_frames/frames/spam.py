"""Fill in which orders are probably spam, where a server leaves the mark out of its list."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from scalev_frames.frames.header import with_notes

SPAM = "is_probably_spam"
FILLED = "is_probably_spam is filled in by the filter of that name, because the list leaves it out"
IGNORED = "is_probably_spam is not known: the list leaves it out, and its filter gave every order"


def lacks_spam(orders: pd.DataFrame) -> bool:
    """Whether no order of a frame has a spam mark.

    >>> lacks_spam(pd.DataFrame({"id": ["1"]})), lacks_spam(pd.DataFrame({"id": [], "is_probably_spam": []}))
    (True, False)
    """
    return len(orders) > 0 and (SPAM not in orders.columns or not orders[SPAM].notna().any())


def fill_spam(orders: pd.DataFrame, spam_ids: Collection[str]) -> pd.DataFrame:
    """The orders with their spam mark filled in where it is missing.

    Args:
        orders: orders of the list, with ``id``.
        spam_ids: the ids of all orders that the server gave for ``is_probably_spam=true`` with the same other filters.

    Returns:
        The same rows and index; ``is_probably_spam`` is `boolean`, and a mark that the server sent stays. When the ids
        are those of every order the server ignored the filter, so nothing is filled in. A note says which it was.

    >>> fill_spam(pd.DataFrame({"id": ["1", "2"]}), ["2"])["is_probably_spam"].tolist()
    [False, True]
    """
    is_spam = orders["id"].isin(list(spam_ids))
    if len(orders) and is_spam.all():
        return with_notes(orders.copy(), IGNORED)
    found = is_spam.astype("boolean")
    if SPAM in orders.columns:
        found = orders[SPAM].astype("boolean").fillna(found)
    filled = orders.assign(**{SPAM: found})
    filled.attrs = orders.attrs
    return with_notes(filled, FILLED)
