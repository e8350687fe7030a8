"""The first rows of a frame as plain HTML: what a saved notebook, and a notebook turned into HTML, shows of a table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.catalog.personal import FREE, personal_word
from scalev_frames.notebook.table.columns.columns import TEXTS, Column, Positions
from scalev_frames.notebook.table.sheet import Sheet
from scalev_frames.plurals import in_sentence
from scalev_frames.reports.words.shown import said_of

#: Rows and columns that stand in a saved notebook.
ROWS, COLUMNS = 20, 20
#: What is shown in place of a value that may identify a person.
HIDDEN = "\u2022\u2022\u2022"
_LONGEST = 60
#: Texts that the catalog knows, and that identify nobody.
_KNOWN = frozenset(
    column.name
    for endpoint in ENDPOINTS.values()
    for column in endpoint.columns
    if column.kind in ("text", "code", "id") and not personal_word(column.name) and not FREE.search(column.name)
)
_CODES = """
stage basis courier province city product handler advertiser method segment check meaning age store platform
channel utm_source sku payment_method epayment_provider shipment_status order_id
""".split()  # noqa: SIM905
#: The same of reports, by their names in code and by their labels in both languages.
_REPORTS = frozenset(_CODES) | {said_of(name, language) for name in _CODES for language in ("en", "id")}


def static_table(sheet: Sheet, *, personal: bool = False, places: Sequence[int] | None = None) -> str:
    """The first rows of ``sheet`` as an HTML table.

    Args:
        sheet: what is shown.
        personal: whether texts that may identify a person are shown; else they are dots.
        places: the columns; those shown when left out.

    >>> import pandas as pd
    >>> "Sri" in static_table(Sheet(pd.DataFrame({"customer_name": ["Sri"]}), {}))
    False
    """
    shown = list(sheet.view.order if places is None else places)[:COLUMNS]
    positions = sheet.positions[:ROWS]
    columns = [sheet.columns[place] for place in shown]
    beside = [column.name for column in sheet.columns]
    hidden = [not personal and may_be_personal(column, beside) for column in columns]
    texts = [_texts(column, positions, sheet.language, hide=hide) for column, hide in zip(columns, hidden, strict=True)]
    headings = sheet.headings if personal else _safe_headings(sheet)
    heads = "".join(_cell("th", headings[place], sheet.columns[place]) for place in shown)
    rows = ["".join(_cell("td", text, column) for text, column in zip(row, columns, strict=True))
            for row in zip(*texts, strict=True)]  # fmt: skip
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table class='scalev-static-table'><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def static_note(sheet: Sheet, labels: Mapping[str, str], *, personal: bool = False) -> str:
    """The sentence above the static rows."""
    found = len(sheet.positions)
    sentence = in_sentence(labels["first_rows"], sheet.language, shown=min(ROWS, found), all=found)
    beside = [column.name for column in sheet.columns]
    hides = not personal and (_labels_name_persons(sheet) or any(may_be_personal(one, beside) for one in sheet.columns))
    return f"{sentence} {labels['masked']}" if hides else sentence


def _texts(column: Column, positions: Positions, language: str, *, hide: bool) -> list[str]:
    texts = column.shown(positions, language)
    if hide:
        return ["" if text is None else HIDDEN for text in texts]
    return ["" if text is None else text[:_LONGEST] + "…" * (len(text) > _LONGEST) for text in texts]


def may_be_personal(column: Column, beside: Iterable[str] = ()) -> bool:
    """Whether a column may identify a person: any text column does, unless the catalog knows better.

    Args:
        column: any column.
        beside: the names of the frame's columns: a plain ``name`` beside a phone or a customer is a person's.
    """
    if column.name == "name" and any(one == "customer" or personal_word(one) in ("phone", "email") for one in beside):
        return True
    if column.kind not in TEXTS and column.kind != "nested":
        return bool(personal_word(column.name))
    if column.name in ("final_variants", "tags"):
        return False
    return column.name not in _KNOWN and column.name not in _REPORTS


def _safe_headings(sheet: Sheet) -> list[str]:
    """The headings, those that may identify persons as dots."""
    own = len(sheet.headings) if not _labels_name_persons(sheet) else sheet.index_columns
    return sheet.headings[:own] + [HIDDEN] * (len(sheet.headings) - own)


def _labels_name_persons(sheet: Sheet) -> bool:
    """Whether the columns are called by values that may identify persons, as in a table with a column a customer."""
    labels = sheet.frame.columns
    levels = {name: labels.get_level_values(level) for level, name in enumerate(labels.names) if name is not None}
    return any(may_be_personal(Column(str(name), level.to_series())) for name, level in levels.items())


def _cell(tag: str, text: str, column: Column) -> str:
    side = " style='text-align:right'" if column.is_numeric else " style='text-align:left'"
    return f"<{tag}{side}>{html.escape(text)}</{tag}>"
