"""What a person reads in the pictures, in English and in Indonesian; the scripts hold no words."""

from __future__ import annotations

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
    "all_of_them": ("All", "Semua"),
    "no_orders": ("No orders", "Tidak ada pesanan"),
    "no_products": ("No products", "Tidak ada produk"),
    "nothing_shipped": ("Nothing was shipped", "Belum ada yang dikirim"),
}  # fmt: skip
#: Beside the pictures that people can touch.
LIVE_LABELS: dict[str, tuple[str, str]] = {
    "numbers": ("Numbers, and the rows behind them", "Angka, dan baris di baliknya"),
    "see_numbers": ("The numbers are below.", "Angkanya ada di bawah."),
    "no_script": (
        "This browser cannot draw the picture; its numbers are below.",
        "Browser ini tidak bisa menggambar; angkanya ada di bawah.",
    ),
    "install": (
        "Install scalev-frames[charts] for pictures that can be clicked and zoomed.",
        "Pasang scalev-frames[charts] untuk gambar yang bisa diklik dan diperbesar.",
    ),
    "zoom_in": ("Zoom in", "Perbesar"),
    "zoom_out": ("Zoom out", "Perkecil"),
    "whole": ("Show all days", "Tampilkan semua hari"),
    "as_png": ("Download as a picture (PNG)", "Unduh sebagai gambar (PNG)"),
}  # fmt: skip
