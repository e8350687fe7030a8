"""The key figures of a period, each taken from the report that explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from scalev_frames.reports.compute import exact_report
from scalev_frames.reports.definitions import DEFINITIONS, Definitions
from scalev_frames.reports.prepare import Prepared, prepare

Made = Mapping[str, pd.DataFrame]


def key_figures(orders: pd.DataFrame | Prepared, definitions: Definitions = DEFINITIONS) -> dict[str, Any]:
    """The key figures, by the names that `FIGURES` gives them.

    Args:
        orders: any frame of orders.
        definitions: what the words mean.

    Returns:
        Numbers: counts `int`, rupiah `Decimal`, rates `float` between 0 and 1; ``None`` where one is missing.

    >>> found = key_figures(pd.DataFrame({"status": ["completed", "rts"], "gross_revenue": [10_000, 5_000]}))
    >>> found["orders"], found["completed_revenue"], found["rts_rate"]
    (2, Decimal('10000.00'), 0.5)
    """
    prepared = prepare(orders, definitions)
    made = {name: exact_report(name, prepared) for name in ("revenue", "funnel", "cod", "overdue", "unpaid")}
    return {name: _plain(figure(made, prepared)) for name, (_, figure) in FIGURES.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _cell(name: str, place: int, column: str) -> Callable[[Made, Prepared], Any]:
    return lambda made, _: made[name][column].iloc[place]


def _rts_rate(made: Made, _: Prepared) -> Any:  # noqa: ANN401
    returned, shipped = int(made["cod"]["returned"].sum()), int(made["funnel"]["orders"].iloc[2])
    return returned / shipped if shipped else None


def _listed(name: str) -> Callable[[Made, Prepared], Any]:
    return lambda made, _: len(made[name])


def _worth(name: str) -> Callable[[Made, Prepared], Any]:
    """What a list is worth; missing where it has orders and none has an amount."""
    return lambda made, _: made[name]["gross_revenue"].sum(min_count=min(1, len(made[name])))


#: Each figure's kind, and where it is read.
FIGURES: dict[str, tuple[str, Callable[[Made, Prepared], Any]]] = {
    "orders": ("count", _cell("revenue", 0, "orders")),
    "gross_revenue": ("money", _cell("revenue", 0, "gross_revenue")),
    "average_gross": ("money", _cell("revenue", 0, "average_gross")),
    "confirm_rate": ("percent", _cell("funnel", 1, "share_of_all")),
    "completed": ("count", _cell("revenue", 3, "orders")),
    "completed_revenue": ("money", _cell("revenue", 3, "gross_revenue")),
    "paid_revenue": ("money", _cell("revenue", 2, "gross_revenue")),
    "rts_rate": ("percent", _rts_rate),
    "cod_share": ("percent", _cell("cod", 0, "share_of_orders")),
    "overdue": ("count", _listed("overdue")),
    "overdue_value": ("money", _worth("overdue")),
    "unpaid": ("count", _listed("unpaid")),
    "unpaid_value": ("money", _worth("unpaid")),
    "spam": ("count", lambda _, prepared: prepared.left_out if prepared.knows_spam else None),
}
