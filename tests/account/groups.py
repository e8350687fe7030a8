"""Three brands of one owner."""

from __future__ import annotations

NAMES = ("brand-a", "Toko Ü / 1", "brand c")
