"""The line of code that does the same as the panel, to be copied into a cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_WIDEST = 100


def call_text(variable: str, endpoint: str, arguments: Mapping[str, Any], owner: str = "sf") -> str:
    """The call as a line of Python, broken where it gets long.

    >>> call_text("orders", "orders", {"since": "2026-11-01", "status": ["shipped", "rts"], "is_repeat": True})
    'orders = sf.orders(since="2026-11-01", status=["shipped", "rts"], is_repeat=True)'
    """
    given = [f"{name}={_literal(value)}" for name, value in arguments.items()]
    line = f"{variable} = {owner}.{endpoint}({', '.join(given)})"
    if len(line) <= _WIDEST:
        return line
    return f"{variable} = {owner}.{endpoint}(\n" + "".join(f"    {one},\n" for one in given) + ")"


def _literal(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)
