"""The words of one language: labels, names of filters and lists, numbers, durations, errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from scalev_frames.catalog import ENDPOINTS, GROUPS, Endpoint
from scalev_frames.errors import (
    ApiError,
    BadValueError,
    ForbiddenError,
    GroupError,
    InterruptedPullError,
    MissingColumnsError,
    MissingPackageError,
    ScalevError,
    UnknownNameError,
    UsageError,
)
from scalev_frames.plurals import in_sentence
from scalev_frames.progress import Event
from scalev_frames.words.notes import note_said
from scalev_frames.words.tables import COLUMNS, TABLES

LANGUAGES = ("en", "id")
_LABELS, _ERRORS = TABLES["panel"], TABLES["errors"]
_FILTERS = COLUMNS | TABLES["filters"]
_LIMIT = re.compile(r"([\d,]+) requests in (\d+) s")
_UNTIL = re.compile(r"\buntil ((?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d)")
_NUMBERS = re.compile(r"\b[45]\d\d\b")
_INSTALL = re.compile(r"pip install .*(?=\.$)")
_SCOPE = re.compile(r"\b[a-z_]+:[a-z_]+\b")
#: Pieces of advice on a value, and what they say in Indonesian.
_ADVICE = (
    (re.compile(r"Did you mean (.+?)\?"), "Maksudnya {}?"),
    (
        re.compile(r"(?:is not a day or a moment|Write a day as)"),
        "Tulis misalnya 20/11/2026, kemarin, atau bulan lalu.",
    ),
    (re.compile(r" lies after "), "Hari pertama ada setelah hari terakhir: tukar keduanya."),
)
_QUOTED = re.compile(r"'[^']*'|\b\w+=\S+?(?=[.,;]?(?:\s|$))")


class Words:
    """The labels of one language.

    Args:
        language: ``en`` or ``id``.

    Raises:
        BadValueError: another language.

    >>> Words("id")("workbench")
    'Meja kerja Scalev'
    """

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise BadValueError(f"language={language!r} is not a language of the panels.", advice="Use 'en' or 'id'.")
        self.language = language
        self._place = LANGUAGES.index(language)

    def __call__(self, label: str, /, **values: object) -> str:
        """The words of ``label``, its braces filled from ``values``; left as they are when there are none."""
        text = _LABELS[label][self._place]
        return in_sentence(text, self.language, **values) if values else text

    def filter(self, name: str) -> str:
        """The label of a filter or a path parameter.

        >>> Words("en").filter("store_id"), Words("en").filter("is_new_thing")
        ('Store', 'Is new thing')
        """
        return _FILTERS[name][self._place] if name in _FILTERS else name.replace("_", " ").capitalize()

    def basis(self, name: str) -> str:
        """The label of a date basis.

        >>> Words("id").basis("shipped"), Words("en").basis("last_counted")
        ('Dikirim', 'Last counted')
        """
        return self(f"by_{name}") if f"by_{name}" in _LABELS else name.replace("_", " ").capitalize()

    def endpoint(self, name: str) -> str:
        """The label of an endpoint."""
        spoken = name.replace("_", " ").capitalize()
        return ENDPOINTS[name].label_id or spoken if self.language == "id" and name in ENDPOINTS else spoken

    def in_group(self, row: Endpoint, only: str = "") -> str:
        """The label of an endpoint behind that of its group, where that says more; those that nobody has met are marked.

        >>> Words("id").in_group(ENDPOINTS["products"]), Words("en").in_group(ENDPOINTS["customers"])
        ('Katalog · Produk', 'Customers (unproven)')

        Args:
            row: the endpoint.
            only: the version of the API that alone has it, where that is worth saying.
        """
        mark = (" (unproven)", " (belum teruji)")[self._place] * row.is_unproven
        mark += (f" (only {only})", f" (hanya {only})")[self._place] * bool(only)
        group, own = GROUPS[row.group][self._place], self.endpoint(row.name)
        return f"{own}{mark}" if own == group else f"{group} · {own}{mark}"

    def tenths(self, value: float) -> str:
        """A number with one digit behind the language's own mark.

        >>> Words("en").tenths(1234.56), Words("id").tenths(1234.56)
        ('1,234.6', '1.234,6')
        """
        text = f"{value:,.1f}"
        return text.translate({ord(","): ".", ord("."): ","}) if self.language == "id" else text

    def duration(self, seconds: float) -> str:
        """A length of time in its natural unit.

        >>> Words("en").duration(4.2), Words("en").duration(600), Words("id").duration(9000)
        ('5 s', '10 min', '2,5 jam')
        """
        if seconds < 90:
            return self("seconds", count=max(1, -int(-seconds // 1)))
        if seconds < 5400:
            return self("minutes", count=round(seconds / 60))
        return self("hours", count=self.tenths(seconds / 3600))

    def event(self, event: Event) -> str:
        """What happens in a pull or an export."""
        if event.kind == "wait":
            return self("progress_wait", seconds=self.tenths(event.seconds), why=self._reason(event.message))
        if event.kind == "note":
            return note_said(event.message, self.language)
        if not event.rows and not event.pages:
            return ""
        label = "progress_page" if event.pages else "progress_rows"
        return self(label, rows=event.rows, pages=event.pages, requests=event.requests)

    def _reason(self, message: str) -> str:
        """Why something waits: the limit in this language, anything else by its number."""
        if self.language == "en":
            return message
        if matched := _LIMIT.search(message):
            return self("wait_limit", count=int(matched[1].replace(",", "")), seconds=matched[2])
        until = matched[1] if (matched := _UNTIL.search(message)) else ""
        return self("wait_again", what=", ".join(_NUMBERS.findall(message)) or self("no_answer"), until=until).rstrip()

    def error(self, error: ScalevError) -> str:
        """What happened and what to do; details as the package words them.

        >>> Words("en").error(BadValueError("This is no day.", advice="Write it as 2026-11-01."))
        'This is no day. Write it as 2026-11-01.'
        """
        if self.language == "en":
            return str(error)
        told = next((_ERRORS[kind.__name__][1] for kind in type(error).__mro__ if kind.__name__ in _ERRORS), "")
        return " ".join(part for part in (told, *_details(error)) if part) if told else str(error)


def error_said(error: ScalevError, language: str) -> str:
    """What a widget says of an error; one of a wrong value or name has the words of the widget already.

    >>> from scalev_frames.errors import ExportError
    >>> error_said(ExportError("a.xlsx could not be written: no space."), "id").partition(";")[0]
    'Berkas tidak dapat ditulis'
    """
    return str(error) if type(error) in (BadValueError, UnknownNameError) else Words(language).error(error)


def _details(error: ScalevError) -> list[str]:
    """What an error says beyond its kind, in words of no language: status, fields, names, rows kept."""
    return [said for kind, says in _SAYS.items() if isinstance(error, kind) for said in says(error)]


def _of_answer(error: Any) -> list[str]:  # noqa: ANN401 - an error of the kind that `_SAYS` has
    return [
        *[f"({error.status_code})"] * (error.status_code is not None),
        *(f"{name}: {', '.join(words)}" for name, words in error.fields.items()),
        *[f"[{error.request_id}]"] * bool(error.request_id),
        *(f"Server baru mau menerima permintaan pukul {until}." for until in _UNTIL.findall(error.advice)),
    ]


def _of_stop(error: Any) -> list[str]:  # noqa: ANN401
    kept = {"rows": error.rows_kept, "pages": error.pages_kept}
    return [in_sentence("{rows} baris ({pages} halaman) tersimpan.", "id", **kept)] * bool(error.rows_kept)


def _of_usage(error: Any) -> list[str]:  # noqa: ANN401
    """What an error of usage names, and what to write instead."""
    named = _QUOTED.findall(error.what)
    found = [f"{', '.join(named)}."] if named else []
    if isinstance(error, UnknownNameError) and error.nearest:
        return [*found, f"Maksudnya {', '.join(error.nearest)}?"]
    said = f"{error.what} {error.advice}"
    return found + [words.format(*match.groups()) for advice, words in _ADVICE if (match := advice.search(said))]


_SAYS: dict[type[ScalevError], Callable[[Any], Sequence[str]]] = {
    ApiError: _of_answer,
    ForbiddenError: lambda error: [f"Scope: {scope}." for scope in _SCOPE.findall(error.what)[:1]],
    InterruptedPullError: _of_stop,
    GroupError: lambda error: [f"{name}: {Words('id').error(one)}" for name, one in error.errors.items()],
    MissingPackageError: lambda error: _INSTALL.findall(error.advice),
    MissingColumnsError: lambda error: [f"Kolom: {', '.join(error.columns)}."],
    UsageError: _of_usage,
}


def labels_in(part: str, language: str) -> dict[str, str]:
    """The labels of one part in one language.

    Args:
        part: a name of `TABLES`.
        language: ``en`` or ``id``.

    Raises:
        BadValueError: another language.

    >>> labels_in("table", "id")["columns"]
    'Kolom'
    """
    place = LANGUAGES.index(Words(language).language)
    return {name: words[place] for name, words in TABLES[part].items()}
