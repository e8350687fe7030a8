"""What axe finds on a page: faults that keep people with a screen reader, or poor sight, from using it."""

from __future__ import annotations

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: The rules whose answers another theme can change.
RULES_OF_COLOURS = ("color-contrast", "link-in-text-block")


def serious_faults(page: Page, place: str, rules: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """The serious faults below ``place``, each with its rule, its element and what to do; of all rules, or of these.

    JupyterLab's body has no height and hides what is outside of it: for axe everything would be hidden, and it would
    check no colours.
    """
    page.evaluate("document.body.style.height = '100vh'")
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = Axe().run(page, context={"include": [[place]]}, options=options).response["violations"]
    return [
        (fault["id"], node["html"][:200], node["failureSummary"])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
