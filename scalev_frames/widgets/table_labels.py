"""Why: every word that a person reads in a table, in English and in Indonesian; `table.js` holds none.

May import `labels` only. They go to the browser as they are, so that it can fill in the numbers.
"""

from __future__ import annotations

from scalev_frames.widgets.labels import LANGUAGES, Words

#: English and Indonesian, by the name the code uses; braces are filled in by who shows them.
TABLE_LABELS: dict[str, tuple[str, str]] = {
    "table": ("Table", "Tabel"),
    "search": ("Search all columns", "Cari di semua kolom"),
    "filter": ("Filter", "Saring"),
    "filter_column": ("Filter {name}", "Saring {name}"),
    "filter_hint": (
        "Part of a text, or =shipped, !=shipped, >=150000, <2026-11-20; = alone: missing",
        "Sebagian teks, atau =shipped, !=shipped, >=150000, <2026-11-20; = saja: kosong",
    ),
    "columns": ("Columns", "Kolom"),
    "columns_of": ("{shown} of {all}", "{shown} dari {all}"),
    "find_column": ("Find a column", "Cari kolom"),
    "show_all": ("All", "Semua"),
    "show_none": ("None", "Tidak ada"),
    "copy": ("Copy", "Salin"),
    "copy_hint": ("Copy the selected cells (Ctrl+C)", "Salin sel yang dipilih (Ctrl+C)"),
    "copied": ("Copied {cells} cells", "{cells} sel disalin"),
    "copy_failed": (
        "The browser did not allow copying: click into the table and press Ctrl+C",
        "Peramban menolak menyalin: klik tabel lalu tekan Ctrl+C",
    ),
    "nothing_selected": ("Select cells first", "Pilih sel dulu"),
    "too_many": (
        "{cells} cells are too many to copy; the most is {most}.",
        "{cells} sel terlalu banyak untuk disalin; paling banyak {most}.",
    ),
    "too_many_advice": ("Export them to a file instead.", "Ekspor saja ke berkas."),
    "first_page": ("First page", "Halaman pertama"),
    "previous_page": ("Previous page", "Halaman sebelumnya"),
    "next_page": ("Next page", "Halaman berikutnya"),
    "last_page": ("Last page", "Halaman terakhir"),
    "rows": ("{first}\u2013{last} of {found}", "{first}\u2013{last} dari {found}"),
    "found": ("{found} of {all} rows", "{found} dari {all} baris"),
    "all_rows": ("{all} rows", "{all} baris"),
    "no_rows": ("No rows", "Tidak ada baris"),
    "none_found": (
        "No row matches. Clear the search or the filters.",
        "Tidak ada baris yang cocok. Kosongkan pencarian atau saringan.",
    ),
    "no_columns": ("No column is chosen.", "Tidak ada kolom yang dipilih."),
    "clear": ("Clear filters", "Kosongkan saringan"),
    "missing_cell": ("missing", "kosong"),
    "row": ("Row", "Baris"),
    "select_all": ("Select all rows", "Pilih semua baris"),
    "select_column": ("Select the column {name}", "Pilih kolom {name}"),
    "sort_hint": (
        "{name}: click to sort, with Shift to add to the sort",
        "{name}: klik untuk mengurutkan, dengan Shift untuk menambah urutan",
    ),
    "resize": ("Drag to change the width", "Geser untuk mengubah lebar"),
    "count": ("Count", "Jumlah isi"),
    "missing": ("Missing", "Kosong"),
    "sum": ("Sum", "Total"),
    "mean": ("Mean", "Rata-rata"),
    "waiting": (
        "Not connected: run this cell to use the table",
        "Tidak terhubung: jalankan sel ini untuk memakai tabel",
    ),
    "kind_text": ("text", "teks"),
    "kind_money": ("Rp", "Rp"),
    "kind_number": ("number", "angka"),
    "kind_time": ("time", "waktu"),
    "kind_flag": ("yes/no", "ya/tidak"),
    "kind_nested": ("list", "daftar"),
}  # fmt: skip
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
#: The same for the pictures.
PICTURE_LABELS: dict[str, tuple[str, str]] = {
    "daily": ("Orders and gross revenue a day, by status", "Pesanan dan pendapatan kotor per hari, menurut status"),
    "funnel": ("How far the orders came", "Sejauh mana pesanan berjalan"),
    "products": ("Products ordered most", "Produk paling banyak dipesan"),
    "provinces": ("Orders by province, with gross revenue", "Pesanan per provinsi, dengan pendapatan kotor"),
    "couriers": ("Returned (RTS) by courier, share of shipped", "Retur (RTS) per kurir, porsi dari yang dikirim"),
    "completed": ("Completed", "Selesai"),
    "in_progress": ("In progress", "Diproses"),
    "waiting": ("Waiting", "Menunggu"),
    "lost": ("Returned or canceled", "Retur atau batal"),
    "other": ("Other", "Lainnya"),
    "returned": ("Returned", "Retur"),
    "open_or_canceled": ("Open or canceled", "Berjalan atau batal"),
    "stage_created": ("Created", "Dibuat"),
    "stage_confirmed": ("Confirmed or later", "Dikonfirmasi"),
    "stage_shipped": ("Shipped or later", "Dikirim"),
    "stage_completed": ("Completed", "Selesai"),
    "stage_completed_and_paid": ("Completed and paid", "Selesai dan dibayar"),
    "orders_a_day": ("Orders", "Pesanan"),
    "revenue_a_day": ("Gross revenue", "Pendapatan kotor"),
    "not_shown": (
        "Not shown: {count} more, {sum} {what} together.",
        "Tidak ditampilkan: {count} lagi, total {sum} {what}.",
    ),
    "of_quantity": ("pieces", "buah"),
    "of_orders": ("orders", "pesanan"),
    "not_named": ("(not named)", "(tanpa nama)"),
    "of": ("of", "dari"),
    "all_couriers": ("All couriers", "Semua kurir"),
    "no_orders": ("No orders", "Tidak ada pesanan"),
    "no_products": ("No products", "Tidak ada produk"),
    "nothing_shipped": ("Nothing was shipped", "Belum ada yang dikirim"),
}  # fmt: skip


def labels_in(table: dict[str, tuple[str, str]], lang: str) -> dict[str, str]:
    """The labels of one language.

    Args:
        table: one of the tables above.
        lang: ``en`` or ``id``.

    Raises:
        BadValueError: another language.

    >>> labels_in(TABLE_LABELS, "id")["columns"]
    'Kolom'
    """
    place = LANGUAGES.index(Words(lang).lang)
    return {name: words[place] for name, words in table.items()}
