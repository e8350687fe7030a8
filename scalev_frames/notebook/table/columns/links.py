"""Cells that open something: web addresses, and phones that open WhatsApp."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_DIGITS = re.compile(r"[\d\s().+-]{8,22}")


def link_of(kind: str, text: str | None) -> str:
    """The address that a cell opens; ``""`` where it opens none.

    Args:
        kind: the column's kind.
        text: the cell's text.

    >>> link_of("phone", "0812-3456-789"), link_of("link", "javascript:alert(1)"), link_of("text", "https://a.id")
    ('https://wa.me/628123456789', '', '')
    """
    if not text:
        return ""
    if kind == "phone":
        return whatsapp(text)
    if kind != "link":
        return ""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return text.strip() if parts.scheme in ("http", "https") and parts.hostname else ""


def whatsapp(phone: str) -> str:
    """The address that opens WhatsApp with an Indonesian or an international number; ``""`` when it is no phone.

    >>> whatsapp("+62 812 3456 789"), whatsapp("phone-27484960df5f")
    ('https://wa.me/628123456789', '')
    """
    if not _DIGITS.fullmatch(phone.strip()):
        return ""
    digits = re.sub(r"\D", "", phone)
    if digits.startswith("0"):
        digits = f"62{digits[1:]}"
    elif digits.startswith("8"):
        digits = f"62{digits}"
    return f"https://wa.me/{digits}" if 9 <= len(digits) <= 15 else ""
