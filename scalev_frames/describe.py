"""What the columns of a frame mean: the data dictionary as a frame."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from scalev_frames.catalog import CARRIED, CHILDREN, ENDPOINTS, Column, pandas_dtype, shape_columns
from scalev_frames.catalog.dictionary import MISSING, UNITS, UNITS_ID, meaning_of
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.reports.words.phrases import LANGUAGES
from scalev_frames.reports.words.rows import REPORTS

#: The frame of `order_lines` has no endpoint of its own.
LINES = ("lines", "order_lines")
COLUMNS = ("column", "meaning", "unit", "dtype", "missing", "source", "reports")


def describe(name: str, *, language: str = "en") -> pd.DataFrame:
    """What each column of a frame means: the data dictionary.

    Args:
        name: an accessor, such as ``orders``; ``lines`` for the frame of ``order_lines``.
        language: ``en`` or ``id``, of meanings and of when a value is missing.

    Returns:
        One row a column, all `str`: column, meaning, unit (``IDR``, ``g``, a zone, …), dtype, missing (when it is),
        source (the address and the field in its answer; an order's columns that only ``details=True`` gives have the
        address of the single order), reports (those that read it). Meanings are there for orders, lines, products,
        bundles, stores and customers; elsewhere they may be missing.

    Raises:
        UnknownNameError: there is no such accessor.
        BadValueError: another language.

    >>> describe("orders").set_index("column").loc["net_revenue", "meaning"]
    'Products less the three discounts; without shipping and other income'
    >>> describe("lines", language="id").set_index("column").loc["cogs", ["unit", "reports"]].tolist()
    ['IDR', 'margin']
    """
    if language not in LANGUAGES:
        raise BadValueError(f"language={language!r} is not a language of the dictionary.", advice="Use 'en' or 'id'.")
    if not _is_known(name):
        raise UnknownNameError.near("frame", name, [*ENDPOINTS, LINES[0]])
    place = LANGUAGES.index(language)
    used = _readers(name)
    rows = [
        (column.name, *_words(shape, column, place), source, ", ".join(used.get(column.name, [])))
        for shape, column, source in _columns(name)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def meanings(name: str, language: str = "en") -> dict[str, str]:
    """What the columns of a frame mean, a sentence each, as far as that is known.

    Args:
        name: an accessor, or ``lines``.
        language: ``en`` or ``id``.

    >>> meanings("orders", "id")["handler_email"], meanings("items")
    ('Alamat e-mail CS yang menangani', {})
    """
    if not _is_known(name):
        return {}
    place = LANGUAGES.index(language)
    found = ((column.name, meaning_of(shape, column.path)) for shape, column, _ in _columns(name) if shape)
    return {column: meaning.texts[place] for column, meaning in found if meaning}


def _is_known(name: str) -> bool:
    return isinstance(name, str) and (name in ENDPOINTS or name in LINES)


def _columns(name: str) -> Iterator[tuple[str, Column, str]]:
    """Each column with the shape of its record and where it comes from."""
    if name in LINES:
        yield from _line_columns()
        return
    endpoint = ENDPOINTS[name]
    seen = set()
    for row in (endpoint, ENDPOINTS.get(endpoint.details)):
        for column in row.columns if row else ():
            if row and column.name not in seen:
                seen.add(column.name)
                yield row.shape, column, f"{row.path} {'.'.join(column.path)}"


def _line_columns() -> Iterator[tuple[str, Column, str]]:
    order, child = ENDPOINTS["order"], CHILDREN["lines"]
    own = child.columns(is_map=False)
    taken = {column.name for column in own}
    for column in shape_columns(order.shape):
        if column.name in CARRIED["order"]:
            name = f"order__{column.name}" if column.name in taken else column.name
            yield order.shape, Column(name, column.path, column.kind), f"{order.path} {'.'.join(column.path)}"
    for column in own:
        yield child.shape, column, f"{order.path} {child.column}[].{'.'.join(column.path)}"


def _words(shape: str, column: Column, place: int) -> tuple[str | None, str, str, str | None]:
    """The meaning, unit, dtype and absence of a column."""
    meaning = meaning_of(shape, column.path) if shape else None
    unit = (meaning.unit if meaning else "") or UNITS.get(column.kind, "")
    dtype = str(pandas_dtype(column.kind, UNITS["time"])).replace("<class 'object'>", "object")
    if meaning is None:
        return None, unit, dtype, None
    return meaning.texts[place], UNITS_ID.get(unit, unit) if place else unit, dtype, MISSING[meaning.missing][place]


def _readers(name: str) -> dict[str, list[str]]:
    """The reports that read each column of a frame of orders or lines."""
    found: dict[str, list[str]] = {}
    for report in REPORTS.values():
        if name in LINES if report.needs_lines else name in ("orders", "order"):
            for column in f"{report.reads} {report.may_read}".split():
                found.setdefault(column, []).append(report.name)
    return found
