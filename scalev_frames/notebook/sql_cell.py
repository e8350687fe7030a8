"""``%%scalev_sql``: a cell of SQL, whose result is shown and, with a name behind it, a variable of the notebook."""

from __future__ import annotations

import keyword
import shlex
from typing import Any

import pandas as pd

from scalev_frames.errors import BadValueError
from scalev_frames.sql import sql


def register(shell: Any) -> None:
    """Give a notebook its magic.

    Args:
        shell: IPython's shell.
    """

    def scalev_sql(line: str, cell: str) -> pd.DataFrame:
        """Run the cell as SQL over what is kept, and over datasets given as ``TABLE=PATH``.

        ``%%scalev_sql revenue orders=orders/`` keeps the result as ``revenue``, and reads ``orders`` from a dataset.
        """
        name, tables = read_line(line)
        frame = sql(cell, tables)
        if name:
            shell.user_ns[name] = frame
        return frame

    shell.register_magic_function(scalev_sql, "cell", "scalev_sql")


def read_line(line: str) -> tuple[str, dict[str, str]]:
    """The name of the result, and the datasets, in the first line of a cell.

    Raises:
        BadValueError: it is neither.

    >>> read_line("revenue orders=orders/ 'old=my orders/'")
    ('revenue', {'orders': 'orders/', 'old': 'my orders/'})
    """
    name, tables = "", {}
    for word in _words(line):
        table, is_table, path = word.partition("=")
        if is_table:
            tables[table] = path
        elif name or not word.isidentifier() or keyword.iskeyword(word):
            raise BadValueError(f"{word!r} is no name of a variable.", advice="Write %%scalev_sql NAME TABLE=PATH.")
        else:
            name = word
    return name, tables


def _words(line: str) -> list[str]:
    """The words of a line; what is quoted is one, and a backslash is one, as in the paths of Windows."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    try:
        return list(lexer)
    except ValueError as error:
        raise BadValueError(f"A quotation mark is open in {line!r}.", advice="Close it.") from error
