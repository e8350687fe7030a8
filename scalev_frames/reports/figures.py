"""The key figures of a period, each taken from the report that explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.reports.compute import exact_report
from scalev_frames.reports.counting.arithmetic import every, total
from scalev_frames.reports.counting.prepare import Prepared, nothing_known
from scalev_frames.reports.functions.lists import listed, waiting

#: The columns that they are counted from.
COUNTED = ("status", "payment_status", "payment_method", "gross_revenue", "shipped_time")
Made = Mapping[str, pd.DataFrame]
Mask = Callable[[Prepared], pa.Array]


def key_figures(prepared: Prepared) -> dict[str, Any]:
    """The key figures, by the names that `FIGURES` gives them.

    Returns:
        Numbers: counts `int`, rupiah `Decimal`, rates `float` between 0 and 1; ``None`` where one is missing.

    >>> orders = pd.DataFrame({"status": ["completed", "rts"], "gross_revenue": [10_000, 5_000]})
    >>> found = key_figures(Prepared(orders))
    >>> found["orders"], found["completed_revenue"], found["rts_rate"]
    (2, Decimal('10000.00'), 0.5)
    """
    made = {name: exact_report(name, prepared) for name in ("revenue", "funnel")}
    return {name: _plain(figure(made, prepared)) for name, (_, figure) in FIGURES.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """A cell as Python's own value, ``None`` where it is missing."""
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _cell(name: str, place: int, column: str) -> Callable[[Made, Prepared], Any]:
    return lambda made, _: made[name][column].iloc[place]


def _rate(part: Mask, whole: Mask) -> Callable[[Made, Prepared], Any]:
    def rate(_: Made, prepared: Prepared) -> float | None:
        above, below = (total(mask(prepared)).as_py() for mask in (part, whole))
        return None if above is None or not below else above / below

    return rate


def _count(mask: Mask) -> Callable[[Made, Prepared], Any]:
    return lambda _, prepared: total(mask(prepared)).as_py()


def _worth(mask: Mask) -> Callable[[Made, Prepared], Any]:
    """The gross of these orders; missing where there are some and none has an amount."""
    return lambda _, prepared: total((prepared.money("gross_revenue"), mask(prepared))).as_py()


def _has(word: str) -> Mask:
    return lambda prepared: prepared.has(word)


def _overdue(prepared: Prepared) -> pa.Array:
    """Which parcels are overdue; missing where no day of shipment, or no moment to count up to, is known."""
    days = prepared.days_before(prepared.day(prepared.moment("shipped_time")))
    found = listed(prepared)
    return pc.and_kleene(found, pa.nulls(len(found), pa.bool_())) if nothing_known(days) else found


#: Each figure's kind, and where it is read.
FIGURES: dict[str, tuple[str, Callable[[Made, Prepared], Any]]] = {
    "orders": ("count", _cell("revenue", 0, "orders")),
    "gross_revenue": ("money", _cell("revenue", 0, "gross_revenue")),
    "average_gross": ("money", _cell("revenue", 0, "average_gross")),
    "confirm_rate": ("percent", _cell("funnel", 1, "share_of_all")),
    "completed": ("count", _cell("revenue", 3, "orders")),
    "completed_revenue": ("money", _cell("revenue", 3, "gross_revenue")),
    "paid_revenue": ("money", _cell("revenue", 2, "gross_revenue")),
    "rts_rate": ("percent", _rate(_has("returned"), _has("shipped_or_later"))),
    "cod_share": ("percent", _rate(_has("cod"), every)),
    "overdue": ("count", _count(_overdue)),
    "overdue_value": ("money", _worth(_overdue)),
    "unpaid": ("count", _count(waiting)),
    "unpaid_value": ("money", _worth(waiting)),
    "spam": ("count", lambda _, prepared: prepared.left_out if prepared.knows_spam else None),
}
