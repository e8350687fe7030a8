"""The data dictionary: what a field means, its unit, and when it is missing, in English and Indonesian.

The rows stand in ``dictionary.tsv``, one a field: the shapes that have it, its name, its unit where the kind does not
give one, a word of `MISSING`, and its meaning. A field that is an object has a phrase (``the customer``), which the
fields of that object put in place of ``{of}``; a row without a field gives the phrase for the record itself. A field
without a word of its own is missing when its object is.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scalev_frames.catalog.model import shape_fields

#: When a value is missing, by the word used in the rows.
MISSING: dict[str, tuple[str, str]] = {
    "never": ("never", "tidak pernah"),
    "rare": ("only where the server leaves it out", "hanya bila server tidak mengirimnya"),
    "hint": ("where the server leaves it out; missing is not zero", "bila server tidak mengirimnya; kosong bukan nol"),
    "unused": ("when nobody filled it in", "bila tidak diisi"),
    "empty": (
        "when the server leaves it out; it may also be empty",
        "bila server tidak mengirimnya; bisa juga tanpa isi",
    ),
    "epay": ("when it is not an electronic payment", "bila bukan pembayaran elektronik"),
    "paid": ("until it is paid", "sampai dibayar"),
    "transfer": ("when it is not a transfer, or nobody said", "bila bukan transfer, atau tidak diisi"),
    "step": ("until that happens", "sampai hal itu terjadi"),
    "step_often": (
        "until that happens, and on most completed orders",
        "sampai hal itu terjadi, dan pada kebanyakan pesanan selesai",
    ),
    "sent": ("until it is handed to the courier", "sampai diserahkan ke kurir"),
    "noship": ("when nothing is shipped", "bila tidak ada yang dikirim"),
    "nohandler": ("when the order has no handler", "bila pesanan tidak punya CS"),
    "noadvertiser": ("when the order has no advertiser", "bila pesanan tidak punya advertiser"),
    "nopage": ("when the order came from no page", "bila pesanan bukan dari halaman"),
    "nodrop": ("when it is no dropship order", "bila bukan pesanan dropship"),
    "nocode": ("when no discount code was used", "bila tidak memakai kode diskon"),
    "nobody": ("when it was no person, or the server does not know", "bila bukan orang, atau server tidak tahu"),
    "nodomain": ("when the store has no domain of its own", "bila toko tidak punya domain sendiri"),
    "nosuccess": ("when the customer has no successful order", "bila pelanggan belum punya pesanan berhasil"),
    "option": ("when there is no such choice", "bila tidak ada pilihan itu"),
    "setting": ("when the setting was never made", "bila pengaturan itu belum pernah diisi"),
    "newer": (
        "in orders older than the field, and where the server leaves it out",
        "pada pesanan sebelum kolom ini ada, dan bila server tidak mengirimnya",
    ),
}  # fmt: skip
#: Units of kinds; a row may give another. Times and days are those of the account's zone.
UNITS: dict[str, str] = {"money": "IDR", "grams": "g", "time": "Asia/Jakarta", "date": "Asia/Jakarta"}
UNITS_ID: dict[str, str] = {
    "pieces": "buah", "days": "hari", "variants": "varian", "orders": "pesanan", "characters": "huruf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a field means.

    Attributes:
        texts: in English and in Indonesian.
        unit: ``""`` where its kind gives one, or it has none.
        missing: a word of `MISSING`.
    """

    texts: tuple[str, str]
    unit: str
    missing: str


@cache
def rows() -> dict[tuple[str, str], Meaning]:
    """The rows by shape and field."""
    found: dict[tuple[str, str], Meaning] = {}
    text = files("scalev_frames.catalog").joinpath("dictionary.tsv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        meaning = Meaning((row["en"], row["id"]), row["unit"], row["missing"])
        found.update({(shape, row["field"]): meaning for shape in row["record"].split()})
    return found


def meaning_of(shape: str, path: tuple[str, ...]) -> Meaning | None:
    """What the field at ``path`` in records of ``shape`` means; ``None`` where it is not described.

    >>> meaning_of("order", ("courier_service", "courier", "name")).texts
    ('Name of the courier', 'Nama kurir')
    """
    owner = rows().get((shape, ""))
    for field in path:
        row = rows().get((shape, field))
        if row is None or (owner is None and "{of}" in row.texts[0]):
            return None
        owner = _within(row, owner)
        shape = shape_fields(shape).get(field, "")
    return owner


def _within(row: Meaning, owner: Meaning | None) -> Meaning:
    if owner is None:
        return Meaning(row.texts, row.unit, row.missing or "rare")
    english, indonesian = (text.replace("{of}", of) for text, of in zip(row.texts, owner.texts, strict=True))
    return Meaning((english, indonesian), row.unit, row.missing or owner.missing)
