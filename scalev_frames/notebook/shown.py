"""How a widget stands in a notebook: drawn while its kernel runs, as plain HTML with a sentence once it is gone."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import Any

from IPython.display import display

#: Hides what Jupyter writes in place of a widget whose kernel is gone: the HTML above it says more.
_STYLE = """<style>
.jp-OutputArea-child:has(.scalev-static) + .jp-OutputArea-child > .jp-OutputArea-output.jupyter-widgets:not(:has(*)) {
  display: none;
}
.scalev-static { font-size: 13px; }
.scalev-static table {
  display: block; overflow-x: auto; border-collapse: collapse; font-variant-numeric: tabular-nums;
}
.scalev-static th, .scalev-static td { padding: 3px 8px; border: 1px solid #8885; white-space: nowrap; }
</style>"""


class Shown:
    """What is drawn by a script and leaves plain HTML behind in a saved notebook.

    Subclasses are widgets and give the HTML.
    """

    @cached_property
    def static_id(self) -> str:
        """By what the script finds the plain HTML, to hide it while the widget is drawn."""
        return secrets.token_hex(6)

    def static_html(self) -> str:
        """What stands in the notebook once the kernel is gone."""
        raise NotImplementedError

    def widget_bundle(self, **options: Any) -> dict[str, Any]:
        """The widget's own MIME bundle."""
        bundle: Any = self._repr_mimebundle_(**options)  # type: ignore[attr-defined]
        return dict(bundle[0] if isinstance(bundle, tuple) else bundle)

    def _ipython_display_(self, **options: Any) -> None:
        held = f"<div class='scalev-static' data-scalev-static='{self.static_id}'>{self.static_html()}</div>"
        display({"text/html": _STYLE + held, "text/plain": repr(self)}, raw=True)  # type: ignore[no-untyped-call]
        display({**self.widget_bundle(**options), "text/plain": repr(self)}, raw=True)  # type: ignore[no-untyped-call]
