"""Style sheets and scripts of the panels: JupyterLab's own colours where there are any, and good ones elsewhere.

Widgets use the ``--scalev-*`` colours of `TOKENS`; a widget shown alone takes `CSS` as ``_css``.
"""

from __future__ import annotations

from pathlib import Path

_STATIC = Path(__file__).parent / "static"


def static(name: str) -> str:
    """The text of a file in ``static``; as text, so that no file is watched."""
    return (_STATIC / name).read_text(encoding="utf-8")


#: The colours and sizes alone, for a widget that has a style sheet of its own.
TOKENS = static("tokens.css")
CSS = TOKENS + static("style.css")
