"""What columns, codes and reports are called, in English and in Indonesian.

Frames keep the English names of columns and codes, so that code works in any language; workbook and widgets show these
names.
"""

from __future__ import annotations

from typing import Final

#: Columns of the reports.
LABELS: dict[str, tuple[str, str]] = {
    "day": ("Day", "Hari"),
    "month": ("Month", "Bulan"),
    "orders": ("Orders", "Pesanan"),
    "waiting": ("Waiting", "Menunggu"),
    "in_progress": ("In progress", "Diproses"),
    "completed": ("Completed", "Selesai"),
    "lost": ("Lost", "Gagal"),
    "other": ("Other", "Lainnya"),
    "confirmed": ("Confirmed or later", "Dikonfirmasi"),
    "shipped": ("Shipped or later", "Dikirim"),
    "confirm_rate": ("Confirm rate", "Rasio konfirmasi"),
    "gross_revenue": ("Gross revenue", "Pendapatan kotor"),
    "net_revenue": ("Net revenue", "Pendapatan bersih"),
    "stage": ("Stage", "Tahap"),
    "share_of_all": ("Share of all", "Porsi dari semua"),
    "share_of_previous": ("Share of previous", "Porsi dari sebelumnya"),
    "basis": ("Basis", "Dasar"),
    "average_gross": ("Average gross", "Rata-rata kotor"),
    "courier": ("Courier", "Kurir"),
    "province": ("Province", "Provinsi"),
    "city": ("City", "Kota"),
    "product": ("Product", "Produk"),
    "handler": ("Handler", "CS"),
    "advertiser": ("Advertiser", "Advertiser"),
    "in_transit": ("In transit", "Dalam perjalanan"),
    "returned": ("Returned", "Retur"),
    "rts_rate": ("RTS rate", "Rasio RTS"),
    "rts_rate_finished": ("RTS rate of finished", "Rasio RTS dari yang tuntas"),
    "returned_value": ("Returned value", "Nilai retur"),
    "method": ("Payment", "Pembayaran"),
    "delivered": ("Delivered", "Terkirim"),
    "delivered_value": ("Delivered value", "Nilai terkirim"),
    "in_transit_value": ("In-transit value", "Nilai dalam perjalanan"),
    "canceled": ("Canceled", "Dibatalkan"),
    "paid": ("Paid", "Dibayar"),
    "share_of_orders": ("Share of orders", "Porsi pesanan"),
    "delivery_rate": ("Delivery rate", "Rasio terkirim"),
    "cancel_rate": ("Cancel rate", "Rasio batal"),
    "completed_revenue": ("Completed revenue", "Pendapatan selesai"),
    "quantity": ("Quantity", "Jumlah"),
    "completed_quantity": ("Completed quantity", "Jumlah selesai"),
    "returned_quantity": ("Returned quantity", "Jumlah retur"),
    "share_of_quantity": ("Share of quantity", "Porsi jumlah"),
    "customer": ("Customer", "Pelanggan"),
    "name": ("Name", "Nama"),
    "lifetime_value": ("Lifetime value", "Nilai seumur hidup"),
    "first_order": ("First order", "Pesanan pertama"),
    "last_order": ("Last order", "Pesanan terakhir"),
    "days_since": ("Days since last order", "Hari sejak pesanan terakhir"),
    "days_since_completed": ("Days since last completed order", "Hari sejak pesanan selesai terakhir"),
    "recency": ("Recency (1-5)", "Recency (1-5)"),
    "frequency": ("Frequency (1-5)", "Frequency (1-5)"),
    "monetary": ("Monetary (1-5)", "Monetary (1-5)"),
    "segment": ("Segment", "Segmen"),
    "customers": ("Customers", "Pelanggan"),
    "average_value": ("Average value", "Nilai rata-rata"),
    "share_of_customers": ("Share of customers", "Porsi pelanggan"),
    "first_orders": ("First orders", "Pesanan pertama"),
    "repeat_orders": ("Repeat orders", "Pesanan ulang"),
    "repeat_rate": ("Repeat rate", "Rasio ulang"),
    "flagged_repeat": ("Repeat by Scalev", "Ulang menurut Scalev"),
    "cohort": ("First month", "Bulan pertama"),
    "months_later": ("Months later", "Bulan ke-"),
    "returned_customers": ("Came back", "Kembali"),
    "retention": ("Retention", "Retensi"),
    "business": ("Business", "Bisnis"),
    "order_id": ("Order", "Pesanan"),
    "shipped_time": ("Shipped at", "Dikirim pada"),
    "created": ("Created at", "Dibuat pada"),
    "days": ("Days", "Hari"),
    "age": ("Age", "Umur"),
    "receipt": ("Receipt", "Resi"),
    "shipment_status": ("Shipment status", "Status kiriman"),
    "phone": ("Phone", "Telepon"),
    "whatsapp": ("WhatsApp", "WhatsApp"),
    "store": ("Store", "Toko"),
    "payment_method": ("Payment method", "Metode pembayaran"),
    "epayment_provider": ("Provider", "Penyedia"),
    "scalev_fee": ("Scalev fee", "Biaya Scalev"),
    "payment_fee": ("Payment fee", "Biaya pembayaran"),
    "net_payment_revenue": ("Net payment", "Pembayaran bersih"),
    "fee_share": ("Fee share", "Porsi biaya"),
    "platform": ("Platform", "Platform"),
    "channel": ("Channel", "Kanal"),
    "utm_source": ("UTM source", "Sumber UTM"),
    "sku": ("SKU", "SKU"),
    "sales": ("Sales", "Penjualan"),
    "discount": ("Discount", "Diskon"),
    "cogs": ("COGS", "HPP"),
    "margin": ("Margin", "Margin"),
    "margin_rate": ("Margin rate", "Rasio margin"),
    "check": ("Check", "Pemeriksaan"),
    "examples": ("Examples", "Contoh"),
    "meaning": ("What it means", "Artinya"),
    "paid_revenue": ("Paid revenue", "Pendapatan dibayar"),
    "cod_share": ("COD share", "Porsi COD"),
    "overdue": ("Overdue shipments", "Kiriman terlambat"),
    "overdue_value": ("Overdue value", "Nilai terlambat"),
    "unpaid": ("Unpaid to follow up", "Belum dibayar"),
    "unpaid_value": ("Unpaid value", "Nilai belum dibayar"),
    "spam": ("Spam left out", "Spam tidak dihitung"),
    "before": ("before", "sebelumnya"),
    "change": ("change", "perubahan"),
    "percent": ("%", "%"),
    "orders_server": ("Orders, server", "Pesanan, server"),
    "orders_difference": ("Orders, difference", "Pesanan, selisih"),
    "gross_revenue_server": ("Gross revenue, server", "Pendapatan kotor, server"),
    "gross_revenue_difference": ("Gross revenue, difference", "Pendapatan kotor, selisih"),
    "verdict": ("Verdict", "Hasil"),
    "points": ("change, points", "perubahan, poin"),
}

#: What stands beside each number of a compared report: the same before, the difference, and that in percent of before.
ADDED: Final = ("before", "change", "percent")

#: Scalev's own words in the columns of orders, in Indonesian; in English they stay as they are.
VALUES_ID: dict[str, dict[str, str]] = {
    "status": {
        "draft": "Draf", "pending": "Menunggu", "confirmed": "Dikonfirmasi", "in_process": "Diproses", "ready": "Siap",
        "shipped": "Dikirim", "shipped_rts": "Retur di jalan", "completed": "Selesai", "rts": "Retur",
        "canceled": "Dibatalkan", "closed": "Ditutup",
    },
    "payment_status": {
        "unpaid": "Belum dibayar", "paid": "Dibayar", "conflict": "Konflik", "settled": "Settled",
    },
    "payment_method": {
        "cod": "COD", "bank_transfer": "Transfer bank", "no_payment": "Tanpa pembayaran", "marketplace": "Marketplace",
        "card": "Kartu", "ewallet": "E-wallet", "payment_link": "Tautan bayar", "e_payment_link": "Tautan bayar online",
        "va": "Virtual account", "qris": "QRIS",
    },
}  # fmt: skip
#: What reports are counted by, as `Definitions` names it, in Indonesian; in English it stays as a program writes it.
DEFINITIONS_ID: dict[str, str] = {
    "date_basis": "dasar tanggal", "time_zone": "zona waktu", "exclude_spam": "spam tidak dihitung",
    "overdue_days": "hari terlambat", "follow_up_ages": "kelompok umur", "arithmetic_tolerance": "toleransi hitungan",
    "waiting": "menunggu", "in_progress": "diproses", "completed": "selesai", "returned": "retur", "lost": "gagal",
    "confirmed_or_later": "dikonfirmasi atau sesudahnya", "shipped_or_later": "dikirim atau sesudahnya",
    "in_transit": "dalam perjalanan", "paid": "dibayar", "unpaid": "belum dibayar",
    "to_follow_up": "perlu ditindaklanjuti", "cod": "COD", "transfer": "transfer",
}  # fmt: skip
BASES_ID: dict[str, str] = {
    "created": "dibuat", "confirmed": "dikonfirmasi", "shipped": "dikirim", "completed": "selesai", "rts": "retur",
    "canceled": "dibatalkan", "paid": "dibayar",
}  # fmt: skip
#: Codes that reports put into cells, by column.
CODES: dict[str, dict[str, tuple[str, str]]] = {
    **{column: {code: (code, said) for code, said in words.items()} for column, words in VALUES_ID.items()},
    "stage": {
        "created": ("Created", "Dibuat"),
        "confirmed": ("Confirmed or later", "Dikonfirmasi"),
        "shipped": ("Shipped or later", "Dikirim"),
        "completed": ("Completed", "Selesai"),
        "completed_and_paid": ("Completed and paid", "Selesai dan dibayar"),
    },
    "basis": {
        "all": ("All orders", "Semua pesanan"),
        "confirmed": ("Confirmed or later", "Dikonfirmasi"),
        "paid": ("Paid and settled", "Dibayar dan settled"),
        "completed": ("Completed", "Selesai"),
    },
    "verdict": {
        "equal": ("equal", "sama"),
        "differs": ("differs", "berbeda"),
        "not covered": ("not covered", "tidak tercakup"),
        "filtered afterwards": ("filtered afterwards", "disaring setelahnya"),
    },
    "method": {"cod": ("COD", "COD"), "transfer": ("Transfer", "Transfer"), "other": ("Other", "Lainnya")},
    "segment": {
        "champions": ("Champions", "Juara"),
        "loyal": ("Loyal", "Setia"),
        "promising": ("Promising", "Menjanjikan"),
        "at_risk": ("At risk", "Berisiko hilang"),
        "asleep": ("Asleep", "Tidak aktif"),
        "no_purchase": ("Nothing completed yet", "Belum ada yang selesai"),
    },
    "check": {
        "gross_sum": ("Gross does not add up", "Pendapatan kotor tidak cocok"),
        "net_sum": ("Net does not add up", "Pendapatan bersih tidak cocok"),
        "amount_missing": ("Amount missing", "Nilai uang kosong"),
        "amount_negative": ("Amount below zero", "Nilai uang negatif"),
        "time_missing": ("No creation time", "Tanpa waktu dibuat"),
        "time_order": ("Times in an impossible order", "Urutan waktu mustahil"),
        "time_future": ("Time in the future", "Waktu di masa depan"),
        "id_double": ("Doubled id", "ID ganda"),
        "order_id_double": ("Doubled order id", "Kode pesanan ganda"),
        "status_unknown": ("Unknown status", "Status tidak dikenal"),
        "payment_status_unknown": ("Unknown payment status", "Status pembayaran tidak dikenal"),
        "payment_method_unknown": ("Unknown payment method", "Metode pembayaran tidak dikenal"),
        "platform_unknown": ("Unknown platform", "Platform tidak dikenal"),
        "phone_odd": ("Phone is no number to dial", "Nomor telepon tidak bisa dihubungi"),
        "completed_unpaid": ("Completed and unpaid", "Selesai tetapi belum dibayar"),
    },
    "meaning": {
        "gross_sum": (
            "gross ≠ price - the three discounts + shipping - its discount + other income, payment link's or not",
            "kotor ≠ harga - tiga diskon + ongkir - diskon ongkir + pendapatan lain, dengan atau tanpa tautan bayar",
        ),
        "net_sum": ("net ≠ price - the three discounts", "bersih ≠ harga - tiga diskon"),
        "amount_missing": ("no gross or no net revenue: in no sum", "tanpa nilai kotor atau bersih: tidak dijumlahkan"),
        "amount_negative": ("gross or net below zero", "nilai kotor atau bersih di bawah nol"),
        "time_missing": ("neither draft_time nor created_at: in no day", "tanpa waktu: tidak masuk hari mana pun"),
        "time_order": ("something happened before the order was made", "sesuatu terjadi sebelum pesanan dibuat"),
        "time_future": ("later than the moment of the report", "lebih baru dari waktu laporan"),
        "id_double": ("the same record twice: counted twice", "catatan yang sama dua kali: terhitung dua kali"),
        "order_id_double": ("two records with one order code", "dua catatan dengan satu kode pesanan"),
        "status_unknown": ("not in Scalev's documents: counted as other", "tidak ada di dokumen: dihitung lainnya"),
        "payment_status_unknown": ("not in Scalev's documents", "tidak ada di dokumen Scalev"),
        "payment_method_unknown": ("not in Scalev's documents", "tidak ada di dokumen Scalev"),
        "platform_unknown": ("not in Scalev's documents", "tidak ada di dokumen Scalev"),
        "phone_odd": ("cannot be brought to 62…", "tidak dapat dijadikan 62…"),
        "completed_unpaid": ("delivered, and no money came", "terkirim, tetapi uang belum masuk"),
    },
}

#: What each report says, in a line.
SAYS: dict[str, tuple[str, str]] = {
    "daily": ("Orders by day and what became of them", "Pesanan per hari dan hasilnya"),
    "funnel": ("How many orders reached each stage", "Berapa pesanan mencapai tiap tahap"),
    "revenue": ("Four meanings of revenue side by side", "Empat arti pendapatan berdampingan"),
    "returns_by_courier": ("Returned, by courier", "Retur per kurir"),
    "returns_by_province": ("Returned, by province", "Retur per provinsi"),
    "returns_by_product": ("Returned, by product", "Retur per produk"),
    "returns_by_handler": ("Returned, by handler", "Retur per CS"),
    "returns_by_advertiser": ("Returned, by advertiser", "Retur per advertiser"),
    "cod": ("Cash on delivery against transfer and the rest", "COD dibandingkan transfer dan lainnya"),
    "handlers": ("Confirm, cancel and return rates of each handler", "Rasio konfirmasi, batal, dan retur tiap CS"),
    "products": ("Pieces ordered, completed and returned", "Jumlah dipesan, selesai, dan retur"),
    "geography": ("Where the orders go", "Ke mana pesanan dikirim"),
    "customers": ("Every customer with value and scores", "Tiap pelanggan dengan nilai dan skor"),
    "segments": (
        "Customers grouped by how lately and how often they bought",
        "Pelanggan menurut kebaruan dan frekuensi",
    ),
    "repeat": ("First and later orders by month", "Pesanan pertama dan berikutnya per bulan"),
    "cohorts": ("Who of a month came back in the months after", "Siapa yang kembali di bulan berikutnya"),
    "overdue": ("Parcels that should have arrived", "Paket yang seharusnya sudah sampai"),
    "unpaid": ("Whom to ask for payment, with a WhatsApp link", "Siapa yang perlu ditagih, dengan tautan WhatsApp"),
    "fees": ("What Scalev and the payment providers keep", "Biaya Scalev dan penyedia pembayaran"),
    "channels": ("Where the orders come from", "Dari mana pesanan datang"),
    "margin": ("What is left after discounts and goods", "Sisa setelah diskon dan HPP"),
    "quality": ("What in the data contradicts itself", "Data yang bertentangan"),
}


def value_words(column: str, language: str) -> dict[str, str]:
    """What the values of a column of orders are called; none where they are shown as they are.

    >>> value_words("status", "id")["rts"], value_words("status", "en"), value_words("notes", "id")
    ('Retur', {}, {})
    """
    return VALUES_ID.get(column, {}) if language == "id" else {}


def label(column: str, language: str = "en") -> str:
    """What a column is called.

    >>> label("rts_rate", "id"), label("my_own_column")
    ('Rasio RTS', 'My own column')
    """
    found = LABELS.get(column)
    return found[language == "id"] if found else column.replace("_", " ").capitalize()
