"""What a person reads in the pivot, in English and in Indonesian; the scripts hold no words."""

from __future__ import annotations

#: The same for the pivot panel.
PIVOT_LABELS: dict[str, tuple[str, str]] = {
    "rows": ("Rows", "Baris"),
    "then_by": ("then by", "lalu menurut"),
    "columns": ("Columns", "Kolom"),
    "function": ("Show", "Tampilkan"),
    "value": ("of", "dari"),
    "nothing": ("\u2013", "\u2013"),
    "function_rows": ("number of rows", "jumlah baris"),
    "function_sum": ("sum", "total"),
    "function_mean": ("mean", "rata-rata"),
    "function_min": ("smallest", "terkecil"),
    "function_max": ("largest", "terbesar"),
    "function_filled": ("number of values", "jumlah nilai"),
    "function_different": ("number of different values", "jumlah nilai berbeda"),
}  # fmt: skip
