"""Changes made to values so that they fit Excel, counted for the notes, with words in English and Indonesian."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scalev_frames.frames.values.arrays import BEYOND, INFINITE, NAMED, SURROGATES, TOO_LONG, ZONES

#: The most characters of a cell, counted as Excel does: in UTF-16.
MOST_CHARACTERS = 32_767
#: Excel keeps 15 digits of a number.
MOST_DIGITS = 15
#: The most links that Excel takes in a sheet.
MOST_LINKS = 65_000

CONTROL = "control characters removed"
BREAKS = "line breaks made Excel's own (CR LF became LF)"
CUT = f"texts cut at {MOST_CHARACTERS:,} characters"
DIGITS = f"numbers of more than {MOST_DIGITS} digits written as text"
NOT_FINITE = "infinite numbers written as text"
TINY = "numbers nearer to zero than 2.2E-308 written as text"
EARLY = "dates outside 1900-03-01 to 9999-12-31 written as text"
FRACTIONS = "times cut to the millisecond"
EMPTY = "empty texts shown as empty cells"
ESCAPES = "texts that look like Excel's own escapes (_x0041_) written in its escaped form"
MIXED = "columns of mixed values"
BYTES = "bytes written in hexadecimal"
TOO_MANY_LINKS = f"web addresses beyond the first {MOST_LINKS:,} of a sheet are text, not links"
HEADERS = "headers changed as the texts of cells are"
SEN_ROUNDED = "amounts rounded to the sen, from which less than a millionth of a rupiah parted them"
#: The same in Indonesian.
ALTERED_ID = {
    CONTROL: "karakter kontrol dihapus",
    BREAKS: "ganti baris disesuaikan (CR LF menjadi LF)",
    CUT: "teks dipotong pada 32.767 karakter",
    DIGITS: "angka lebih dari 15 digit ditulis sebagai teks",
    NOT_FINITE: "angka tak hingga ditulis sebagai teks",
    TINY: "angka yang lebih dekat ke nol dari 2,2E-308 ditulis sebagai teks",
    EARLY: "tanggal di luar 1900-03-01 sampai 9999-12-31 ditulis sebagai teks",
    FRACTIONS: "waktu dipotong ke milidetik",
    EMPTY: "teks kosong menjadi sel kosong",
    ESCAPES: "teks yang mirip kode khusus Excel (_x0041_) ditulis dalam bentuk amannya",
    MIXED: "kolom dengan nilai campuran",
    ZONES: "waktu dari beberapa zona ditulis dalam UTC",
    BYTES: "bita ditulis dalam heksadesimal",
    TOO_MANY_LINKS: "alamat web setelah 65.000 yang pertama di satu lembar menjadi teks, bukan tautan",
    HEADERS: "judul kolom disesuaikan seperti teks di sel",
    NAMED: "nilai tanpa jenis tersendiri ditulis sebagai teks",
    INFINITE: "angka tak hingga di dalam daftar dan objek ditulis sebagai teks",
    SURROGATES: "potongan karakter diganti dengan �",
    TOO_LONG: "angka yang terlalu panjang ditulis sebagai teks",
    BEYOND: "waktu di luar tahun 1 sampai 9999 ditulis sebagai teks",
    SEN_ROUNDED: "nilai dibulatkan ke sen, selisihnya kurang dari sepersejuta rupiah",
}


@dataclass(slots=True)
class Altered:
    """The number of changes, by the words for a change and by column."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, words: str, column: str, times: int) -> None:
        """Count ``times`` more changes in ``column``."""
        if times:
            self.counts.setdefault(words, Counter())[column] += times

    def lines(self, language: str = "en") -> list[str]:
        """One line a kind of change."""
        said, marks = (ALTERED_ID, str.maketrans(",", ".")) if language == "id" else ({}, {})
        lines = []
        for words, columns in self.counts.items():
            each = [f"{name} ({f'{times:,}'.translate(marks)})" for name, times in columns.items()]
            lines.append(f"{said.get(words, words)}: {', '.join(each)}")
        return lines
