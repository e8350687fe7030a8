"""The dashboard's own CSV exports as frames of orders, with the names and kinds that the API's frames have."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import pandas as pd

from scalev_frames.catalog import ENDPOINTS, Column
from scalev_frames.catalog.dashboard import DASHBOARD, FILLS, ITEMS, UNSURE
from scalev_frames.catalog.statuses import ORDER_STATUSES, PAYMENT_STATUSES, spelled
from scalev_frames.errors import FileFormatError
from scalev_frames.frames.build import FrameBuilder
from scalev_frames.frames.dashboard.checks import check_days, check_thousands, people_notes
from scalev_frames.frames.dashboard.file import KINDS, Export, Source, read_export, text_of
from scalev_frames.frames.dashboard.styles import numbers_of, styles_of
from scalev_frames.frames.dashboard.values import Place, codes, flags, moments, numbers
from scalev_frames.frames.header import Header
from scalev_frames.frames.values.scalars import LONG
from scalev_frames.plurals import counted
from scalev_frames.settings import TIME_ZONE

Row = dict[str, Any]
#: The number of the first of some rows that stand together, and the rows.
Run = tuple[int, list[Row]]

#: The order's own sum of each amount of its items.
SUMS = {
    "item_product_price_bt": "product_price_bt",
    "item_product_discount_bt": "product_discount_bt",
    "item_cogs_bt": "cogs_bt",
}
#: Statuses that the dashboard has and the API has not.
DASHBOARD_STATUSES = ("paid", "deleted")
#: The columns of an export by which one sees whether an order has changed since.
SHOWN = ("store_name", "status", "payment_status", "gross_revenue")
#: The statuses that the API has, by the file's column.
STATUSES = {"order_status": ORDER_STATUSES, "payment_status": PAYMENT_STATUSES}
NUMBER_KINDS = frozenset({"money", "count", "grams", "number"})
SEN = Decimal("0.01")


def read_dashboard(source: Source) -> pd.DataFrame:
    r"""Orders from a CSV that the dashboard exported, in either form: one row an order, or one row an item.

    Separated by semicolons or commas; numbers as ``1.234.567,89`` or ``1234567.89``; times of Jakarta, the day first or
    as ISO. Each column is read in one way as a whole; a column that contradicts itself is refused, never guessed.
    ``1,234`` is read as the rest of the file says, with a note, or refused. Files that were joined are read as one, and
    an order that is in both as one order.

    Args:
        source: the file's path, or a file open for reading.

    Returns:
        One row an order with the columns and kinds of `orders`, as far as the file has them: money in IDR, times in
        Asia/Jakarta, codes as text. The form with items gives ``orderlines`` and fills ``final_variants``, so that
        ``frame.scalev.lines()``, the margin and the products need no request; an order's totals are read once, not
        summed over its items, amounts of items are before tax, and an order's discount code is spread over its items by
        price. The server's ``id`` and spam mark are not in the file. ``attrs["notes"]`` says what was not as expected.

    Raises:
        FileFormatError: a column is missing, doubled, or holds what it cannot, such as a code that a spreadsheet has
            shortened; ``column`` and ``row`` say where.

    >>> import io
    >>> from scalev_frames.catalog.dashboard import DASHBOARD
    >>> cells = dict.fromkeys((name for name, _, _ in DASHBOARD), "")
    >>> cells |= {"order_id": "261101ABC", "order_status": "shipped"}
    >>> cells |= {"draft_time": "01/11/2026 06:30", "gross_revenue": "1.234.567,89"}
    >>> orders = read_dashboard(io.StringIO(";".join(cells) + "\n" + ";".join(cells.values())))
    >>> str(orders["draft_time"][0]), float(orders["gross_revenue"][0])
    ('2026-11-01 06:30:00+07:00', 1234567.89)
    """
    path, text = text_of(source)
    export = read_export(path, text)
    _check_columns(export)
    values = _values(export)
    rows = _once(export, [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)])
    check_days(export, rows)
    check_thousands(export, rows)
    export.notes += people_notes(rows)
    if export.has_items:
        with localcontext(LONG):
            rows = _joined(export, rows)
    columns = _columns(export)
    builder = FrameBuilder(columns, TIME_ZONE)
    builder.add([{FILLS.get(name, name): value for name, value in row.items()} for row in rows])
    frame, notes = builder.finish()
    said = (f"from the dashboard's file {path}, without the orders' ids and spam marks", *export.notes, *notes)
    kinds = {column.name: column.kind for column in columns}
    header = Header(endpoint="orders", time_zone=TIME_ZONE, notes=said, rows=len(frame), kinds=kinds,
                    details=export.has_items)  # fmt: skip
    return header.onto(frame)


def known_details(orders: pd.DataFrame, exported: pd.DataFrame) -> pd.DataFrame:
    """The details of orders that an export has, so that they need not be asked for.

    An order is known where the export has its lines and nothing that an export shows has changed since: its store,
    status, payment status and gross revenue are the same. So orders of another business with the same code are not.

    Args:
        orders: orders of the list, with ``id`` and ``order_id``.
        exported: what `read_dashboard` gave for the export with one row an item.

    Returns:
        One row for each order that is known: its ``id``, and the columns that the list does not have or fill, such as
        ``orderlines``, ``cogs_bt`` and ``paid_time``. Ask for the details of all other orders.

    >>> exported = pd.DataFrame({"order_id": ["261101A"], "orderlines": [[{"quantity": 2}]]})
    >>> known_details(pd.DataFrame({"id": ["7", "8"], "order_id": ["261101A", "261101B"]}), exported)["id"].tolist()
    ['7']
    """
    if "orderlines" not in exported.columns:
        return orders[["id"]].iloc[:0].reset_index(drop=True)
    here, there = _unchanged(orders, exported)
    more = [name for name in exported.columns if name not in orders or orders[name].isna().all()]
    known = exported[more].iloc[there].reset_index(drop=True)
    known.insert(0, "id", orders["id"].iloc[here].to_numpy())
    return known


def _unchanged(orders: pd.DataFrame, exported: pd.DataFrame) -> tuple[list[int], list[int]]:
    """The places, in either frame, of the orders that have not changed since the export."""
    same = [name for name in ("order_id", *SHOWN) if name in orders and name in exported]
    places = {key: place for place, key in enumerate(_comparable(exported, same))}
    found = {here: places[key] for here, key in enumerate(_comparable(orders, same)) if key in places}
    return [*found.keys()], [*found.values()]


def _comparable(frame: pd.DataFrame, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """The values of some columns, row by row, equal where they mean the same."""
    columns = [[None if pd.isna(one) else _meant(name, one) for one in frame[name]] for name in names]
    return list(zip(*columns, strict=True))


def _meant(name: str, value: object) -> Decimal | str | None:
    return Decimal(str(value)) if name == "gross_revenue" else str(value).strip() or None


# Columns -----------------------------------------------------------------------------------------------------------


def _check_columns(export: Export) -> None:
    """Refuse a file without a column that the export always has; note one that it has not."""
    unknown = [name for name in export.texts if name not in KINDS]
    wanted = [name for name, _, _ in DASHBOARD if name not in UNSURE]
    if export.has_items:
        wanted += [name for name, _, _ in ITEMS]
    for name in wanted:
        if name not in export.texts:
            near = difflib.get_close_matches(name, unknown, 1)
            hint = f"; {near[0]} looks like it" if near else ""
            raise FileFormatError(f"{export.path} has no column {name}{hint}.", column=name)
    export.notes += [f"{name}: a column that the export is not known to have, kept as text" for name in unknown]


def _values(export: Export) -> dict[str, list[Any]]:
    """The values of each column; a column is read in one way as a whole."""
    kinds = {name: KINDS.get(name, "text") for name in export.texts}
    found = _numbers(export, [name for name, kind in kinds.items() if kind in NUMBER_KINDS])
    for name, kind in kinds.items():
        if name not in found:
            found[name] = _READERS[kind](export.texts[name], export.place(name))
    for name in STATUSES:
        found[name] = _statuses(export, name)
    if deleted := found["order_status"].count("deleted"):
        export.notes.append(f"{counted(deleted, 'row', 'have')} the status deleted, which the order list never shows")
    found["tags"] = [[one.strip() for one in text.split(",") if one.strip()] for text in export.texts["tags"]]
    return {name: found[name] for name in kinds}


def _numbers(export: Export, names: Sequence[str]) -> dict[str, list[Any]]:
    """Columns of numbers, each in one style."""
    columns = [numbers_of(name, export.texts[name], export.place(name), KINDS[name]) for name in names]
    styles, notes = styles_of(columns, export.separator)
    export.notes += notes
    found = {name: numbers(export.texts[name], styles[name]) for name in names}
    for name in names:
        for row, value in enumerate(found[name] if KINDS[name] == "count" else ()):
            if value is not None and value != int(value):
                raise export.place(name).refuse(row, export.texts[name][row], "is no whole number")
    return found


#: The functions that read columns, by kind.
_READERS: dict[str, Callable[[Sequence[str], Place], list[Any]]] = {
    "time": moments,
    "flag": flags,
    "code": codes,
    "text": lambda texts, _: [text or None for text in texts],
}


def _statuses(export: Export, name: str) -> list[str | None]:
    """Statuses as the API writes them; notes say which it does not have."""
    found = [spelled(text) or None for text in export.texts[name]]
    new = sorted({*filter(None, found)} - {*STATUSES[name], *DASHBOARD_STATUSES})
    if new:
        export.notes.append(f"{name}: {', '.join(new)} is not known, and is kept as it is")
    return found


def _columns(export: Export) -> list[Column]:
    declared = {column.name: column.kind for one in ("order", "orders") for column in ENDPOINTS[one].columns}
    names = [name for name in export.texts if not name.startswith("item_")]
    found = [(FILLS.get(name, name), KINDS.get(name, "text")) for name in names]
    found.append(("final_variants", "map"))  # missing where there are no items, as reports of products say
    if export.has_items:
        found.append(("orderlines", "list"))
    return [Column(name, (name,), declared.get(name, kind)) for name, kind in found]


def _once(export: Export, rows: Sequence[Row]) -> list[Row]:
    """The rows of each order once, where files that overlap were joined.

    In the form with items an order's rows stand together; another run of the same rows is of another file.
    """
    for column in ("order_id", "order_status"):
        _refuse_empty(export, column, rows)
    orders_runs = _runs(export, rows).values()
    mixed = _mixed(export, orders_runs)
    doubled = {number for runs in orders_runs for number in _repeated(export, runs, mixed)}
    if not doubled:
        return list(rows)
    orders = len({rows[number]["order_id"] for number in doubled})
    export.notes.append(f"{counted(orders, 'order', 'were')} in the file more than once, read once")
    kept = [number for number in range(len(rows)) if number not in doubled]
    export.breaks = [bisect_left(kept, one) for one in export.breaks]
    export.lines = [export.lines[number] if export.lines else number for number in kept]
    return [rows[number] for number in kept]


def _refuse_empty(export: Export, column: str, rows: Sequence[Row]) -> None:
    for number, row in enumerate(rows):
        if row[column] is None:
            raise export.place(column).refuse(number, "", "it is empty, so the row is no order")
        if column == "order_id" and not any(map(str.isdigit, row[column])):
            raise export.place(column).refuse(number, row[column], "is no order's code")


def _repeated(export: Export, runs: Sequence[Run], mixed: Container[int]) -> Iterator[int]:
    """The numbers of the rows of an order that repeat its first run.

    Raises:
        FileFormatError: another file has the order with other rows.
    """
    (first, run), *others = runs
    for number, again in others:
        part = export.part(number)
        if part == export.part(first) and part in mixed:
            continue
        if again == run:
            yield from range(number, number + len(again))
        else:
            _refuse_other_run(export, number, run, again)


def _mixed(export: Export, runs: Iterable[Sequence[Run]]) -> set[int]:
    """The joined files with items in which the rows of an order stand apart: its runs in the file differ."""
    parts = ((export.part(number), rows != first) for (_, first), *others in runs for number, rows in others)
    return {part for part, differs in parts if differs and export.has_items}


def _runs(export: Export, rows: Sequence[Row]) -> dict[str, list[Run]]:
    """The rows of each order that stand together in one file, with the number of the first; in order."""
    runs: dict[str, list[Run]] = {}
    for number, row in enumerate(rows):
        found = runs.setdefault(row["order_id"], [])
        first, run = found[-1] if found else (-1, [])
        if export.has_items and first + len(run) == number and export.part(first) == export.part(number):
            run.append(row)
        else:
            found.append((number, [row]))
    return runs


def _refuse_other_run(export: Export, number: int, run: Sequence[Row], again: Sequence[Row]) -> None:
    for place, (one, other) in enumerate(zip(run, again, strict=False)):
        _refuse_change(export, number + place, one, other)
    raise export.place("item_name").refuse(number, "", f"order {run[0]['order_id']} has other items elsewhere")


# Items -------------------------------------------------------------------------------------------------------------


def _joined(export: Export, rows: Sequence[Row]) -> list[Row]:
    """One row an order, with its items as lines."""
    orders, items = _orders_and_items(export, rows)
    pieces = {name for name in SUMS if _is_of_a_piece(name, orders, items)}
    export.notes += [f"{name}: an amount a piece, multiplied by the quantity" for name in sorted(pieces)]
    off = sum(not _adds_up(name, orders[key], group, name in pieces) for name in SUMS for key, group in items.items())
    if off:
        export.notes.append(f"the amounts of items do not add up to their order's {off} times")
    return [_with_lines(order, items[key], pieces) for key, order in orders.items()]


def _orders_and_items(export: Export, rows: Sequence[Row]) -> tuple[dict[str, Row], dict[str, list[Row]]]:
    """Each order, and its items, by its code."""
    names = [name for name, _, _ in ITEMS]
    orders: dict[str, Row] = {}
    items: dict[str, list[Row]] = {}
    for number, row in enumerate(rows):
        item = {name: row.pop(name) for name in names}
        _refuse_change(export, number, orders.setdefault(row["order_id"], row), row)
        group = items.setdefault(row["order_id"], [])
        if any(value is not None for value in item.values()):
            group.append(item)
    return orders, items


def _refuse_change(export: Export, number: int, first: Row, row: Row) -> None:
    """The order's own columns are the same on every row."""
    for name, value in row.items():
        if value != first[name]:
            raise export.place(name).refuse(number, "", f"differs from another row of order {row['order_id']}")


def _is_of_a_piece(name: str, orders: Mapping[str, Row], items: Mapping[str, list[Row]]) -> bool:
    """Whether amounts of items are per piece, by which of the two readings more orders add up."""
    votes = {True: 0, False: 0}
    for key, group in items.items():
        if any((item["item_quantity"] or 1) > 1 and item[name] for item in group):
            for piece in votes:
                votes[piece] += _adds_up(name, orders[key], group, piece)
    return votes[True] > votes[False]


def _adds_up(name: str, order: Row, items: Sequence[Row], piece: bool) -> bool:
    whole = order.get(SUMS[name])
    amounts = [_line_amount(item, name, piece) for item in items]
    if whole is None or None in amounts:
        return True
    return bool(abs(sum(one for one in amounts if one is not None) - whole) <= len(items))


def _line_amount(item: Row, name: str, piece: bool) -> Decimal | None:
    amount: Decimal | None = item[name]
    pieces = 1 if item["item_quantity"] is None else item["item_quantity"]
    return amount if amount is None or not piece else amount * pieces


def _with_lines(order: Row, items: Sequence[Row], pieces: set[str]) -> Row:
    lines: list[Row] = [
        {line: _line_amount(item, name, name in pieces) if name in SUMS else item[name] for name, _, line in ITEMS}
        for item in items
    ]
    for line, part in zip(lines, _code_discounts(order, lines), strict=True):
        line["discount_code_discount_bt"] = part
        line["quantity"] = None if line["quantity"] is None else int(line["quantity"])
    variants: dict[str, int | None] = {}
    for line in lines:
        name, quantity = str(line["product_name"] or ""), line["quantity"]
        before = variants.get(name, 0)
        variants[name] = None if quantity is None or before is None else before + quantity
    return {**order, "final_variants": variants, "orderlines": lines}


def _code_discounts(order: Row, lines: Sequence[Row]) -> list[Decimal | None]:
    """The order's discount code spread over its lines by price, before tax; the last line takes the rest.

    In the caller's context of decimals, which has to be a long one.
    """
    discount: Decimal = order["discount_code_discount"] or Decimal(0)
    if not discount:
        return [Decimal(0)] * len(lines)
    rate, prices = order["tax_rate"], [line["product_price_bt"] for line in lines]
    if rate is None or None in prices or not sum(prices):
        return [None] * len(lines)
    left = (discount / (1 + (rate if rate < 1 else rate / 100))).quantize(SEN, ROUND_HALF_EVEN)
    whole = left / sum(prices)
    parts = [(price * whole).quantize(SEN, ROUND_HALF_EVEN) for price in prices[:-1]]
    return [*parts, left - sum(parts, Decimal(0))]
