"""The colours of pictures; told apart by people with any sight of colours, in light and dark."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a picture."""

    ground: str
    ink: str
    quiet: str
    line: str
    accent: str
    parts: dict[str, str]


LIGHT = Theme(
    "#ffffff", "#1f2328", "#59636e", "#d0d7de", "#0f8f7c",
    {"completed": "#0f8f7c", "in_progress": "#4c78c8", "waiting": "#e3b341", "lost": "#c4523a", "other": "#8c959f"},
)  # fmt: skip
DARK = Theme(
    "#111111", "#e6edf3", "#9da7b3", "#3d444d", "#2fb8a3",
    {"completed": "#2fb8a3", "in_progress": "#6f9bea", "waiting": "#e3b341", "lost": "#e5735c", "other": "#8c959f"},
)  # fmt: skip
