"""Why: one style sheet for every panel: JupyterLab's own colours where there are any, and good ones elsewhere.

May import nothing. Widgets use the ``--scalev-*`` colours of `TOKENS`; a widget shown alone takes `CSS` as ``_css``.
"""

from __future__ import annotations

from pathlib import Path

_STATIC = Path(__file__).parent / "static"
#: The colours and sizes alone, for a widget that has a style sheet of its own.
TOKENS = (_STATIC / "tokens.css").read_text(encoding="utf-8")
CSS = TOKENS + (_STATIC / "style.css").read_text(encoding="utf-8")
