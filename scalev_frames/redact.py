"""Keys that somebody pasted where they do not belong: they are found, and left out of every sentence."""

from __future__ import annotations

import re
from typing import Any

_THREE_PARTS = r"eyJ[\w-]{5,}\.[\w-]+\.[\w-]*"
_LIKE_A_KEY = re.compile(rf"(?<![A-Za-z0-9])(?:[sr]k_[\w-]{{8,}}|{_THREE_PARTS})")
_SURELY_A_KEY = re.compile(rf"(?<![A-Za-z0-9])(?:[sr]k_(?:[\w-]*_)?[A-Za-z0-9]{{20,}}|{_THREE_PARTS})")


def without_keys(value: Any) -> Any:  # noqa: ANN401 - a text, a tuple of texts, or anything else
    """A text, or a tuple of texts, in which only the first letters of anything like a key are left.

    >>> without_keys("version='sk_live_0123456789' is not one of v2, v3."), without_keys(("rk_a_desk", 5))
    ("version='sk_…' is not one of v2, v3.", ('rk_a_desk', 5))
    """
    if isinstance(value, str):
        return _LIKE_A_KEY.sub(lambda found: f"{found[0][:3]}…", value)
    if isinstance(value, tuple):
        return tuple(map(without_keys, value))
    return value


def holds_key(value: object) -> bool:
    """Whether a value, or one of a list, has a key in it beyond doubt.

    >>> holds_key("sk_live_0123456789abcdefghij"), holds_key(["sk_lebaran_2026"])
    (True, False)
    """
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(holds_key, value))
    return isinstance(value, str) and bool(_SURELY_A_KEY.search(value))
