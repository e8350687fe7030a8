"""A report as a frame with its header, and the notes that every report has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import pyarrow as pa

from scalev_frames.errors import MissingColumnsError
from scalev_frames.frames import Header
from scalev_frames.reports.counting.arithmetic import series
from scalev_frames.reports.counting.lines import is_lines
from scalev_frames.reports.counting.prepare import COLUMN_OF, Prepared
from scalev_frames.reports.words.definitions import DATE_BASES, STATUS_SETS, Definitions
from scalev_frames.reports.words.header import ReportHeader
from scalev_frames.reports.words.labels import BASES_ID, filters_said, value_words
from scalev_frames.reports.words.phrases import phrase
from scalev_frames.reports.words.rows import (
    ALTERNATIVES,
    CREATED,
    FEW,
    MONEY_COLUMNS,
    NAMED,
    NAMES,
    RATES,
    REPORTS,
    SPAM,
    Report,
)
from scalev_frames.reports.words.shown import is_few
from scalev_frames.settings import find_zone
from scalev_frames.words.columns import heading
from scalev_frames.words.tables import TABLES


def finish(
    prepared: Prepared, name: str, arrays: Mapping[str, pa.Array], notes: Sequence[str] = (),
    missing: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The report as a frame: declared columns in declared order and kinds, with its `ReportHeader`.

    Args:
        prepared: the orders.
        name: the report's name.
        arrays: its columns.
        notes: the report's own notes, after the usual ones.
        missing: the notes on what the orders lack, which come first; by default those on missing columns.

    Raises:
        MissingColumnsError: the orders lack the columns without which nothing of the report can be known.
    """
    row = REPORTS[name]
    check_columns(prepared, row)
    columns = {name: series(arrays[name], kind, prepared.zone) for name, kind in row.columns.items()}
    frame = pd.DataFrame(columns)
    missing = missing_notes(prepared, row) if missing is None else missing
    said = (*missing, *usual_notes(prepared, row), *notes, *_few_note(prepared, frame))
    return replace(described(prepared, row), notes=said, rows=len(frame)).onto(frame)


def described(prepared: Prepared, row: Report) -> ReportHeader:
    """The header of a report, without its notes."""
    orders, definitions = Header.of(prepared.orders), prepared.definitions
    return ReportHeader(
        report=row.name,
        title=row.title(prepared.language),
        kinds=row.columns,
        time_zone=prepared.zone,
        date_basis=definitions.date_basis,
        filters=orders.filters or {},
        counted=prepared.rows,
        left_out_spam=prepared.left_out,
        spam_unknown=prepared.spam_unknown,
        definitions={word: words_of(definitions, word) for word in row.words.split()},
        as_of=orders.as_of,
        account=orders.account,
        complete=orders.complete,
        money=orders.money,
    )


def check_columns(prepared: Prepared, row: Report) -> None:
    """Refuse orders without the columns that a report cannot do without.

    Raises:
        MissingColumnsError: they are not there; says which, and how to get them.

    >>> try:
    ...     check_columns(Prepared(pd.DataFrame({"status": ["rts"]})), REPORTS["products"])
    ... except MissingColumnsError as error:
    ...     print(error.what)
    The report products needs final_variants, which this frame does not have.
    """
    lacks = _absent(prepared, row)
    if not lacks:
        return
    said = " and ".join(_one_of(one) for one in lacks)
    source = "api.order_lines(orders)" if row.needs_lines else "api.orders(...)"
    if {"paid_time"} & {name for one in lacks for name in one}:
        source = "api.orders(..., details=True)"
    raise MissingColumnsError(
        f"The report {row.name} needs {said}, which this frame does not have.",
        report=row.name,
        columns=tuple(name for one in lacks for name in one),
        advice=f"Take all columns of {source}; of a file, read these, too.",
    )


def lacking(prepared: Prepared, row: Report) -> list[list[str]]:
    """The columns, or groups of which one is enough, that a report needs and that are missing in all rows."""
    names = row.needs.replace("dated", "|".join(DATE_BASES[prepared.definitions.date_basis])).split()
    return [one.split("|") for one in names if all(map(prepared.is_unknown, one.split("|")))]


def lacking_columns(prepared: Prepared, row: Report) -> list[str]:
    """The columns for which `check_columns` would refuse the orders."""
    return [name for one in _absent(prepared, row) for name in one]


def _absent(prepared: Prepared, row: Report) -> list[list[str]]:
    return [one for one in lacking(prepared, row) if not set(one) & set(prepared.orders.columns)]


def _one_of(names: Sequence[str]) -> str:
    """``a``, ``a or b``, or ``one of a, b, c``."""
    return " or ".join(names) if len(names) < 3 else f"one of {', '.join(names)}"


def words_of(definitions: Definitions, word: str, language: str = "en") -> str:
    """A definition as text: words in alphabetical order, or a number; in Indonesian as people call them.

    >>> words_of(Definitions(), "paid"), words_of(Definitions(), "overdue_days"), words_of(Definitions(), "paid", "id")
    ('paid, settled', '7', 'Dibayar, Settled')
    """
    match getattr(definitions, word):
        case frozenset() as words:
            said = value_words(COLUMN_OF.get(word, "status"), language)
            return ", ".join(said.get(one, one) for one in sorted(words))
        case tuple() as numbers:
            return ", ".join(map(str, numbers))
        case bool() as flag if language == "id":
            return "ya" if flag else "tidak"
        case value:
            return BASES_ID.get(str(value), str(value)) if language == "id" else str(value)


def name_of(word: str, language: str = "en") -> str:
    """What a definition is called.

    >>> name_of("shipped_or_later"), name_of("shipped_or_later", "id")
    ('Shipped or later', 'Sudah dikirim')
    """
    return TABLES["definitions"][word][language == "id"]


def missing_notes(prepared: Prepared, row: Report) -> list[str]:
    """Which of the columns that the report is counted from are missing; they are said first."""
    if row.needs_lines and not is_lines(prepared.orders):  # of orders, whose lines have them
        return []
    return prepared.missing(_in_two(prepared, row)[0])


def _in_two(prepared: Prepared, row: Report) -> tuple[list[str], dict[str, str]]:
    """The missing columns in two groups.

    Returns:
        The columns without which numbers are missing; and those that only name rows or that another column replaces,
        each with that column or ``""``.
    """
    names = [name for name in dict.fromkeys([*row.reads.split(), *_dates(prepared, row)]) if name != SPAM]
    lacks = [name for name in names if prepared.is_unknown(name)]
    stands_in = _standing_in([name for name in (*names, *row.may_read.split()) if not prepared.is_unknown(name)])
    named = names if row.name == "quality" else NAMES  # it makes do with the times and amounts that are there
    last = {*stands_in, *set(named).intersection(prepared.orders)}
    return [name for name in lacks if name not in last], {
        name: stands_in.get(name, "") for name in lacks if name in last
    }


def _standing_in(there: Sequence[str]) -> dict[str, str]:
    """The columns that a column of ``there`` can replace, each with that column."""
    return {one: other for pair in ALTERNATIVES for one, other in (pair, pair[::-1]) if other in there}


def _replaced_note(prepared: Prepared, name: str, other: str) -> str:
    if name in NAMED:
        return phrase("grouped_by_name", prepared.language, column=other)
    return phrase("stands_in", prepared.language, column=name, other=other)


def _dates(prepared: Prepared, row: Report) -> tuple[str, ...]:
    return DATE_BASES[prepared.definitions.date_basis] if _is_dated(row) else ()


def _is_dated(row: Report) -> bool:
    return row.basis == "dated" and set(CREATED.split()) <= set(row.reads.split())


def usual_notes(prepared: Prepared, row: Report) -> list[str]:
    """The notes of every report: what is counted, the zone of its days, its definitions, what was missing in part."""
    reads = [one for one in row.reads.split() if one != SPAM]  # said first
    others = _in_two(prepared, row)[1]
    return [
        _spam_note(prepared, row),
        *_repeated_note(prepared),
        _basis_note(prepared, row),
        *([_as_of_note(prepared)] if row.basis == "aged" else []),
        *_source_notes(prepared),
        *(_definition_note(prepared, word) for word in row.words.split()),
        *_partly_missing(prepared, row, reads),
        *(_replaced_note(prepared, one, other) for one, other in others.items() if other),
        *prepared.missing(one for one, other in others.items() if not other),
        *prepared.problems(reads),
    ]


def filters_note(prepared: Prepared) -> str:
    """What the orders were asked for with; empty where that was nothing."""
    said = filters_said(Header.of(prepared.orders).filters or {}, prepared.language)
    return phrase("filters", prepared.language, filters=said) if said else ""


def _source_notes(prepared: Prepared) -> list[str]:
    """Notes on the filters of the orders' call, and on whether it gave the whole list."""
    is_part = Header.of(prepared.orders).complete is False
    return [note for note in (filters_note(prepared), phrase("incomplete", prepared.language) * is_part) if note]


def _partly_missing(prepared: Prepared, row: Report, reads: Sequence[str]) -> list[str]:
    """Notes on amounts, and on columns that decide what an order counts as, which only some orders lack."""
    if row.name == "quality":  # it lists them itself
        return []
    nulls = {name: prepared.money(name).null_count for name in reads if name in MONEY_COLUMNS & set(prepared.orders)}
    notes = {name: "amount_missing" for name, count in nulls.items() if 0 < count < prepared.rows}
    for name in _deciding(row):
        nulls[name] = prepared.text(name).null_count
        if 0 < nulls[name] < prepared.rows:
            notes[name] = "partly_missing"
    return [phrase(key, prepared.language, column=name, count=nulls[name]) for name, key in notes.items()]


def _deciding(row: Report) -> list[str]:
    """The columns whose words decide what an order counts as."""
    words = [word for word in row.words.split() if word in STATUS_SETS]
    return sorted({COLUMN_OF.get(word, "status") for word in words})


def _few_note(prepared: Prepared, frame: pd.DataFrame) -> list[str]:
    count = sum(int(is_few(frame, rate).sum()) for rate in RATES if rate in frame)
    return [phrase("few", prepared.language, count=count, few=FEW)] if count else []


def _definition_note(prepared: Prepared, word: str) -> str:
    key = "definition" if isinstance(getattr(prepared.definitions, word), frozenset) else "setting"
    said, name = words_of(prepared.definitions, word, prepared.language), name_of(word, prepared.language)
    column = heading(COLUMN_OF.get(word, "status"), prepared.language)
    return phrase(key, prepared.language, name=name, column=column, words=said)


def _spam_note(prepared: Prepared, row: Report) -> str:
    if SPAM not in row.reads.split():
        key = "all_rows"
    elif not prepared.definitions.exclude_spam:
        key = "spam_in"
    elif prepared.spam_unknown:
        key = "spam_partly" if prepared.knows_spam else "spam_unknown"
    else:
        key = "spam_out"
    counted = {"counted": prepared.rows, "left_out": prepared.left_out, "unknown": prepared.spam_unknown}
    what = phrase("of_lines" if is_lines(prepared.orders) else "of_orders", prepared.language)
    return phrase(key, prepared.language, what=what, **counted)


def _repeated_note(prepared: Prepared) -> list[str]:
    if is_lines(prepared.orders) or not prepared.repeated:
        return []
    return [phrase("repeated", prepared.language, count=prepared.repeated)]


def _basis_note(prepared: Prepared, row: Report) -> str:
    if not _is_dated(row):
        return phrase("no_days", prepared.language, zone=prepared.zone)
    basis = words_of(prepared.definitions, "date_basis", prepared.language)
    columns = tuple(heading(one, prepared.language) for one in DATE_BASES[prepared.definitions.date_basis])
    return phrase("basis", prepared.language, basis=basis, columns=columns, zone=prepared.zone)


def _as_of_note(prepared: Prepared) -> str:
    if prepared.as_of is None:
        return phrase("no_as_of", prepared.language)
    moment = prepared.as_of.astimezone(find_zone(prepared.zone))
    return phrase("as_of", prepared.language, moment=f"{moment:%Y-%m-%d %H:%M}", zone=prepared.zone)
