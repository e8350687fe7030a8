"""The pages that people read, their code blocks, and the commands they show."""

from __future__ import annotations

import re
from pathlib import Path

from scalev_frames import cli

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "data/README.md", "notebooks/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELLS = ("sh", "console", "powershell", "bat", "text", "crontab")


def blocks(page, *languages):
    """The code blocks of a page in any of the languages."""
    return [text for language, text in FENCE.findall(page.read_text(encoding="utf-8")) if language in languages]


def commands():
    """Every documented command, with the page it stands on; and those that the help shows."""
    lines = [
        (page.name, line.removeprefix("$ ").strip())
        for page in PAGES
        for text in blocks(page, *SHELLS)
        for line in text.splitlines()
    ]
    shown = [("--help", line.strip().partition("   ")[0]) for line in cli.EPILOG.splitlines()]
    return [(page, line) for page, line in lines + shown if line.startswith(("scalev-frames ", "make "))]
