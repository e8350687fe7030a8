"""Style sheets and scripts of the panels: JupyterLab's own colours where there are any, and good ones elsewhere.

Widgets use the ``--scalev-*`` colours of `TOKENS`; a widget shown alone takes `CSS` as ``_css``.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

_STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[\w./-]+)";\n', re.MULTILINE)


def static(name: str) -> str:
    """The text of a file in ``static``; as text, so that no file is watched."""
    return (_STATIC / name).read_text(encoding="utf-8")


def modules(name: str) -> str:
    """A script and the scripts it imports as one ES module, each once and before the ones that need it.

    The scripts are plain ES modules; widgets take one text, so they are put one behind the other, as they stand.

    Args:
        name: the script in ``static`` that exports the widget.
    """
    placed: dict[str, str] = {}

    def place(one: str) -> None:
        if one in placed:
            return
        text = static(one)
        placed[one] = ""
        for needed in _IMPORT.findall(text):
            place(posixpath.normpath(posixpath.join(posixpath.dirname(one), needed)))
        del placed[one]
        plain = _IMPORT.sub("", text)
        placed[one] = plain if one == name else re.sub(r"^export (?!default)", "", plain, flags=re.MULTILINE)

    place(name)
    return "\n".join(placed.values())


#: The colours and sizes alone, for a widget that has a style sheet of its own.
TOKENS = static("tokens.css")
CSS = TOKENS + static("style.css")
