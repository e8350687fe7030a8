"""Make the notebooks from their sources, so that they are read, compared and checked as text: ``make generate``.

A source is a Python file in the percent format: ``# %%`` begins a cell of code, ``# %% [markdown]`` one of text, and
``tags=[…]`` behind them tags it. The same source gives the same bytes; notebooks hold no outputs.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
SOURCES = sorted((NOTEBOOKS / "source").glob("*.py"))
_CELL = re.compile(r"^# %%(?P<text> \[markdown\])?(?: tags=(?P<tags>\[.*\]))?\n", re.MULTILINE)
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(source: Path) -> str:
    """The notebook of one source, as the text of its file."""
    text = source.read_text(encoding="utf-8")
    marks = list(_CELL.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    cells = [
        _cell(f"{source.stem}-{number:02}", mark, text[mark.end() : end].strip("\n"))
        for number, (mark, end) in enumerate(zip(marks, ends, strict=True), 1)
    ]
    made = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def target(source: Path) -> Path:
    """Where the notebook of ``source`` stands."""
    return NOTEBOOKS / f"{source.stem}.ipynb"


def _cell(name: str, mark: re.Match[str], body: str) -> dict[str, Any]:
    metadata = {"tags": json.loads(mark["tags"])} if mark["tags"] else {}
    if mark["text"]:
        body = re.sub(r"^# ?", "", body, flags=re.MULTILINE)
        return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": _lines(body)}
    return {
        "cell_type": "code", "execution_count": None, "id": name, "metadata": metadata, "outputs": [],
        "source": _lines(body),
    }  # fmt: skip


def _lines(body: str) -> list[str]:
    return body.splitlines(keepends=True)


def main() -> None:
    """Write every notebook."""
    for source in SOURCES:
        target(source).write_text(notebook(source), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
