"""What a server of a second kind leaves out, and what is said of it."""

from __future__ import annotations


def said(made):
    return " ".join(made.attrs["notes"])
