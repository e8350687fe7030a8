"""Find out what a spreadsheet did to a file, by all of its rows together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from scalev_frames.frames.dashboard.file import Export
from scalev_frames.settings import TIME_ZONE

Row = Mapping[str, Any]

#: Most orders cost at least the one and less than the other, in rupiah.
FEW, MANY = 1000, 1_000_000
#: This many rows that are wrong in the same way are no accident.
ACCIDENTS = 3
#: The most days between an order's draft time and the day at the beginning of its code.
FAR = pd.Timedelta(days=31)
#: What the values of a column look like.
LOOKS = {
    "email": re.compile(r"\S+@\S+"),
    "phone": re.compile(r"[-+()./\d\s*x]+"),
    "postal_code": re.compile(r"[\d\s.*]+"),
}


def check_days(export: Export, rows: Sequence[Row]) -> None:
    """Hold draft times against the days that the codes of orders begin with.

    Raises:
        FileFormatError: they, or some of them, agree better when day and month change places.
    """
    codes_of = pd.Series([row["order_id"][:6] for row in rows], dtype="str")
    moments_of = pd.to_datetime(pd.Series([row["draft_time"] for row in rows], dtype="str"), format="ISO8601", utc=True)
    local = moments_of.dt.tz_convert(TIME_ZONE)
    right, turned = (codes_of == local.dt.strftime(form) for form in ("%y%m%d", "%y%d%m"))
    either = (local.dt.day <= 12) & (local.dt.day != local.dt.month)  # days that could change places with months
    if (turned & either).sum() > min((right & either).sum(), ACCIDENTS - 1):
        place = export.place("draft_time")
        why = "day and month have changed places, as the order's code says"
        raise place.refuse(int((turned & either).to_numpy().argmax()), "", why)
    coded = pd.to_datetime(codes_of, format="%y%m%d", errors="coerce")
    far = ((local.dt.tz_localize(None) - coded).abs() > FAR).sum()
    if far and right.sum() > far:
        export.notes.append(f"draft_time: {far} are more than a month from the day that the order's code begins with")
    as_utc = (local.dt.tz_localize(None).dt.tz_localize("UTC").dt.tz_convert(TIME_ZONE)).dt.strftime("%y%m%d")
    utc = (codes_of == as_utc).sum()
    if utc > right.sum():
        export.notes.append("draft_time: by the codes of orders its times may be UTC; they are read as Jakarta's")


def check_thousands(export: Export, rows: Sequence[Row]) -> None:
    """Refuse amounts whose thousands a spreadsheet has taken for decimals: of ``150.000`` it makes 150.

    Raises:
        FileFormatError: more orders of a file cost less than a thousand rupiah than up to a million.
    """
    amounts = [row["gross_revenue"] or 0 for row in rows]
    for part in range(len(export.breaks) + 1):
        of_part = [(number, amount) for number, amount in enumerate(amounts) if export.part(number) == part]
        cheap = [number for number, amount in of_part if 0 < amount < FEW]
        if len(cheap) >= ACCIDENTS and len(cheap) > sum(FEW <= amount < MANY for _, amount in of_part):
            why = "most orders cost less than a thousand rupiah, so a spreadsheet has taken thousands for decimals"
            raise export.place("gross_revenue").refuse(cheap[0], "", why)


def people_notes(rows: Sequence[Row]) -> list[str]:
    """Notes on phones that a spreadsheet took for numbers, and on columns that hold the values of others."""
    first = Counter(row["phone"][0] for row in rows if row["phone"])
    cut = first["8"] if not first["0"] else 0
    notes = [f"phone: {cut} begin with 8 and none with 0, which a spreadsheet may have cut"] if cut else []
    for name, looks in LOOKS.items():
        given = [text for row in rows if len(text := row[name] or "") > 1]
        odd = sum(not looks.fullmatch(text) for text in given)
        if odd >= ACCIDENTS and odd > len(given) / 2:
            notes.append(f"{name}: {odd} of {len(given)} do not look like one, so columns may have changed places")
    return notes
