"""Write the stubs and the docs pages from the catalog, where each endpoint is described once.

Run by ``make generate``; a test fails when a written file is not what this would write.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path

from scalev_frames import cli
from scalev_frames.accessors import DEFAULTS, NO_CURSOR, signature
from scalev_frames.catalog import ENDPOINTS, GROUPS, KINDS, Endpoint, grouped, pandas_dtype
from scalev_frames.describe import describe
from scalev_frames.plurals import counted
from scalev_frames.reports.compute import FUNCTIONS
from scalev_frames.reports.words.labels import label
from scalev_frames.reports.words.rows import REPORTS, Report
from scalev_frames.sandbox.__main__ import _parser as sandbox_parser

ROOT = Path(__file__).resolve().parent.parent
TYPES = {"flag": "bool | str | None", "time": "Moment", "count": "int | str | None"}
COMMON_TYPES = {
    "refresh": "bool",
    "max_age": "float | timedelta | None",
    "offline": "bool",
    "progress": "bool | Reporter",
    "limit": "int | None",
    "columns": "Iterable[str] | None",
}
MARK = '"""Generated from the catalog by docs/generate.py; do not edit."""\n'
ALIASES = """
Moment = str | date | None
Id = str | int | None
Ids = Id | Iterable[str | int]
Text = str | int | None | Iterable[str | int]

"""
ACCESSORS_HEAD = """
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from inspect import Signature
from typing import Any

import pandas as pd

from scalev_frames.catalog import Endpoint
from scalev_frames.progress import Reporter

DEFAULTS: dict[str, Any]
NO_CURSOR: tuple[str, ...]
Accessor = Callable[..., pd.DataFrame]
"""
ACCESSORS_TAIL = """
def signature(endpoint: Endpoint) -> Signature: ...
def docstring(endpoint: Endpoint) -> str: ...
def make_accessor(endpoint: Endpoint, account: Callable[[], Accessors] | None = None) -> Accessor: ...
"""
FUNCTIONS_HEAD = """
from scalev_frames.accessors import Accessors

_current: Accessors
"""


def parameters(endpoint: Endpoint) -> list[str]:
    """The parameters of an accessor as they stand in a stub."""
    parents = {parent.parameter for parent in endpoint.parents}
    words = [f"{name}: Ids = None" if name in parents else f"{name}: str | int" for name in endpoint.path_parameters]
    words.append("*")
    if endpoint.bases:
        words += ["since: Moment = None", "until: Moment = None", "by: str | None = None"]
    for name, row in endpoint.filter_rows.items():
        words.append(f"{name}: {TYPES.get(row.kind, 'Text')} = None")
    if endpoint.details:
        words.append(f"details: bool{' | pd.DataFrame' * (endpoint.details == 'order')} = False")
    return words + [f"{name}: {COMMON_TYPES[name]} = {default}" for name, default in DEFAULTS.items()]


def method(endpoint: Endpoint) -> str:
    """One accessor's stub."""
    body = "".join(f"        {word},\n" for word in ["self", *parameters(endpoint)])
    return f"    def {endpoint.name}(\n{body}    ) -> pd.DataFrame: ...\n"


def accessors_stub() -> str:
    """What stands in scalev_frames/accessors.pyi."""
    fetch = (
        "class Accessors:\n    def fetch(self, endpoint: str, **arguments: Any) -> pd.DataFrame: ...\n"
        "    def get(self, path: str, /, *, raw: bool = False, **arguments: Any) -> Any: ...\n"
    )
    methods = "".join(map(method, ENDPOINTS.values()))
    return MARK + ACCESSORS_HEAD + ALIASES + fetch + methods + ACCESSORS_TAIL


def functions_stub() -> str:
    """What stands in scalev_frames/functions.pyi: each function is typed as the method of its name."""
    names = "".join(f'    "{name}",\n' for name in ENDPOINTS)
    functions = "".join(f"{name} = _current.{name}\n" for name in ENDPOINTS)
    return f"{MARK}{FUNCTIONS_HEAD}__all__ = [\n{names}]\n\n{functions}"


def endpoints_page() -> str:
    """What stands in docs/endpoints.md."""
    lines = [
        "# Endpoints",
        "",
        "Generated from the catalog (`make generate`). Each is a method of the account and a function of the package:",
        "`api.orders(…)`, `sf.orders(…)`. Each also takes `refresh`, `max_age`, `offline`, `progress`, `limit` and",
        "`columns`. `limit` takes the first rows of a list, such as the newest orders; of several lists, as of many",
        "stores, whichever rows come first.",
        "",
        "| kind | in a frame | meaning |",
        "|---|---|---|",
        *(f"| {kind.name} | `{_dtype(kind.name)}` | {kind.meaning} |" for kind in KINDS.values()),
        "",
        "Rows marked *unproven* are generated from the vendor's specifications alone: columns and filters may differ",
        "from what a server sends: what it sends is kept, and a note says so.",
        "",
    ]
    group = ""
    for row in grouped():
        if row.group != group:
            group = row.group
            lines += [f"## {GROUPS[group][0]}", ""]
        lines += [f"### {row.name}", "", f"`{row.name}{signature_words(row)}` · `GET {row.path}` · {row.paging}", ""]
        lines += [row.summary + proof(row), ""]
        if row.filter_rows:
            filters = (f"`{one.name}`" + (f" ({', '.join(one.values)})" if one.values else f" ({one.kind})")
                       for one in row.filter_rows.values())  # fmt: skip
            lines += ["Filters: " + "; ".join(filters) + ".", ""]
        columns = ", ".join(f"`{one.name}` {one.kind}" for one in row.columns)
        count = counted(len(row.columns), "column")
        lines += [f"<details><summary>{count}</summary>", "", columns, "", "</details>", ""]
    return "\n".join(lines)


def proof(endpoint: Endpoint) -> str:
    """Notes on where a row comes from, and for which version it is."""
    only = f" {endpoint.versions[0]} alone." if len(endpoint.versions) == 1 else ""
    path = f" In v3 `{endpoint.v3_path}`." if endpoint.v3_path else ""
    stuck = " The specification names no way to a second page, so more than one is an error."
    return " *Unproven.*" * endpoint.is_unproven + only + path + stuck * (endpoint.envelope == NO_CURSOR)


def signature_words(endpoint: Endpoint) -> str:
    """The parameters that are an endpoint's own."""
    own = [name for name in signature(endpoint).parameters if name not in DEFAULTS and name not in endpoint.filter_rows]
    return f"({', '.join(own)})"


def _dtype(kind: str) -> str:
    return str(pandas_dtype(kind, "Asia/Jakarta")).replace("<class 'object'>", "object")


#: The frames of the data dictionary, with their headings in English and Indonesian.
DESCRIBED = {
    "orders": ("Orders", "Pesanan"),
    "lines": ("Order lines", "Baris pesanan"),
    "products": ("Products", "Produk"),
    "bundles": ("Bundles", "Bundel"),
    "stores": ("Stores", "Toko"),
    "customers": ("Customers", "Pelanggan"),
}
DICTIONARY_HEAD = {
    "en": """# Data dictionary

What each column means, when it is missing, where it comes from, and which reports read it. In Python
`api.describe("orders")` gives the same as a frame, `api.describe("orders", language="id")` in Indonesian
([dictionary in Indonesian](dictionary-id.md)).

Amounts are rupiah. Times are those of the account's zone, Asia/Jakarta unless `connect(time_zone=…)` says otherwise.
A missing value is missing, never zero. Columns that come from `/order/{id}`, `/products/{id}`, `/bundles/{id}` or
`/stores/{id}` are there with `details=True`. Fields that are not listed here become columns, too.
""",
    "id": """# Kamus data

Arti tiap kolom, kapan kosong, dari mana asalnya, dan laporan mana yang memakainya. Di Python
`api.describe("orders", language="id")` memberikan hal yang sama sebagai tabel ([in English](dictionary.md)).

Uang dalam rupiah. Waktu menurut zona akun, Asia/Jakarta kecuali `connect(time_zone=…)` menyebut zona lain. Nilai kosong
berarti tidak diketahui, bukan nol. Kolom dari `/order/{id}`, `/products/{id}`, `/bundles/{id}`, atau `/stores/{id}` ada
bila memakai `details=True`. Kolom lain yang dikirim server tetap ikut, walau tidak tercantum di sini.
""",
}
REPORTS_HEAD = """# Reports

Each report is a function of any frame of orders: `orders.scalev.report("daily")`. All of them at once are a workbook:
`sf.report_workbook(orders, "report.xlsx")`, or `scalev-frames report`. Amounts are exact rupiah; missing is not zero;
spam is left out, and how many orders that were is in `attrs["notes"]`. Rates are shares between 0 and 1, missing where
there is nothing to divide by. A number whose columns the frame lacks is missing, too, and the first notes name them; a
report of which nothing can be known is a `MissingColumnsError` that says what to fetch. `attrs["definitions"]` has the
definitions in use. `Definitions` changes them:

```python
import scalev_frames as sf
from scalev_frames.reports import Definitions

api = sf.connect(sandbox=True)
orders = api.orders(since="2026-11-01")
mine = orders.scalev.report("overdue", definitions=Definitions(overdue_days=5))
```
"""
CLI_HEAD = """# Command line

`scalev-frames VERB --help` says the same. Exit codes: 0 done, 1 failed, 2 the command is wrong, 3 failed but the same
command resumes later, 130 interrupted. The key comes from `SCALEV_API_KEY` or `scalev-frames login`; it is no option.

```sh
scalev-frames demo
scalev-frames endpoints
scalev-frames pull orders --since 2026-11-01 --until yesterday --out orders.xlsx
scalev-frames pull products --out products.xlsx --out products.parquet
scalev-frames report --since month --out "report-{date}.xlsx" --language id
scalev-frames cache info
```
"""
DICTIONARY_COLUMNS = {
    "en": ("column", "meaning", "unit", "missing", "source", "reports"),
    "id": ("kolom", "arti", "satuan", "kosong", "sumber", "laporan"),
}


def dictionary_page(language: str) -> str:
    """What stands in docs/dictionary.md, or in Indonesian in docs/dictionary-id.md."""
    place = ("en", "id").index(language)
    lines = [DICTIONARY_HEAD[language]]
    for name, headings in ((name, DESCRIBED[name]) for name in DESCRIBED if name in {"lines", *ENDPOINTS}):
        lines += [f"## {headings[place]}", "", f"| {' | '.join(DICTIONARY_COLUMNS[language])} |", "|---" * 6 + "|"]
        for row in describe(name, language=language).fillna("").itertuples():
            cells = (f"`{row.column}`", row.meaning, row.unit, row.missing, f"`{row.source}`", row.reports)
            lines.append(f"| {' | '.join(map(str, cells))} |")
        lines.append("")
    return "\n".join(lines)


def reports_page() -> str:
    """What stands in docs/reports.md."""
    lines = [REPORTS_HEAD]
    for row in REPORTS.values():
        summary = (
            (inspect.getdoc(getattr(FUNCTIONS[row.name], "func", FUNCTIONS[row.name])) or "")
            .partition("\n\n")[0]
            .replace("\n", " ")
        )
        lines += [f"## {row.name}", "", f"**{row.title_en}** ({row.title_id}). {summary}", ""]
        lines += ["| column | English | Indonesia | kind |", "|---|---|---|---|"]
        lines += [f"| `{name}` | {label(name)} | {label(name, 'id')} | {kind} |" for name, kind in row.columns.items()]
        lines += ["", f"Reads {_quoted(row.reads)}{_also(row)}."]
        if row.words:
            lines.append(f"Rests on the definitions {_quoted(row.words)}.")
        lines.append("")
    return "\n".join(lines)


def _quoted(words: str) -> str:
    return ", ".join(f"`{word}`" for word in words.split())


def _also(row: Report) -> str:
    return f"; where they are there, {_quoted(row.may_read)}" if row.may_read else ""


def cli_page() -> str:
    """What stands in docs/cli.md."""
    lines = [CLI_HEAD]
    for verb, one in verbs_of(cli.parser()).items():
        if verb == "sandbox":
            lines += _options("sandbox", sandbox_parser())
        elif verb == "export":
            lines += _options("export orders", verbs_of(one)["orders"])
        elif verb == "cache":
            for action, parser in verbs_of(one).items():
                lines += _options(f"cache {action}", parser)
        elif verb == "pull":
            lines += _options("pull orders", verbs_of(one)["orders"])
            lines += [
                "Other lists take the same options, with filters of their own: `scalev-frames pull products --help`,",
                "[lists and filters](endpoints.md).",
                "",
            ]
        else:
            lines += _options(verb, one)
    return "\n".join(lines)


def verbs_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers below a parser, by name."""
    return next(dict(one.choices) for one in parser._actions if isinstance(one, argparse._SubParsersAction))  # noqa: SLF001 - argparse offers no other way


def _options(verb: str, parser: argparse.ArgumentParser) -> list[str]:
    lines = []
    for one in parser._actions:  # noqa: SLF001
        if one.dest != "help":
            words = " or ".join(f"`{option}`" for option in one.option_strings) or f"`{one.dest}`"
            value = ", ".join(map(str, one.choices)) if one.choices else (one.metavar or one.dest) * (one.nargs != 0)
            said = (one.help or "") % {"default": one.default, "prog": parser.prog}
            lines.append(f"| {words} | {value} | {said} |".replace("\\", "/"))
    table = ["| option | value | meaning |", "|---|---|---|", *lines] if lines else ["It has no options."]
    return [f"## scalev-frames {verb}", "", *table, ""]


WRITTEN: dict[Path, Callable[[], str]] = {
    ROOT / "scalev_frames" / "accessors.pyi": accessors_stub,
    ROOT / "scalev_frames" / "functions.pyi": functions_stub,
    ROOT / "docs" / "endpoints.md": endpoints_page,
    ROOT / "docs" / "reports.md": reports_page,
    ROOT / "docs" / "cli.md": cli_page,
    ROOT / "docs" / "dictionary.md": partial(dictionary_page, "en"),
    ROOT / "docs" / "dictionary-id.md": partial(dictionary_page, "id"),
}


def main() -> None:
    """Write every generated file; the catalog's own rows first (`rows.py`)."""
    for path, text in WRITTEN.items():
        path.write_text(text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
