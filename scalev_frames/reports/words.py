"""Every word an operator reads on a report, in English and in Indonesian, in one table.

Frames keep the English names of columns and codes, so that code works in any language; workbook and widgets show these
words.
"""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["en", "id"]
LANGUAGES: Final = ("en", "id")

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
    "rts_rate_finished": ("RTS rate of finished", "Rasio RTS dari tuntas"),
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
    "days_since": ("Days since", "Hari sejak"),
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
    "points": ("change, points", "perubahan, poin"),
}

#: What stands beside each number of a compared report: the same before, the difference, and that in percent of before.
ADDED: Final = ("before", "change", "percent")

#: Codes that reports put into cells, by column.
CODES: dict[str, dict[str, tuple[str, str]]] = {
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
    "method": {"cod": ("COD", "COD"), "transfer": ("Transfer", "Transfer"), "other": ("Other", "Lainnya")},
    "segment": {
        "champions": ("Champions", "Juara"),
        "loyal": ("Loyal", "Setia"),
        "promising": ("Promising", "Menjanjikan"),
        "at_risk": ("At risk", "Hampir hilang"),
        "asleep": ("Asleep", "Tertidur"),
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

#: Sentences of the notes.
PHRASES: dict[str, tuple[str, str]] = {
    "cover": ("Summary", "Ringkasan"),
    "contents": ("Contents", "Daftar isi"),
    "definitions": ("Definitions", "Definisi"),
    "notes": ("Notes", "Catatan"),
    "reconciliation": ("Reconciliation", "Rekonsiliasi"),
    "book_title": ("Orders report", "Laporan pesanan"),
    "book_account": ("Orders report: {account}", "Laporan pesanan: {account}"),
    "period": ("{since} to {until}", "{since} sampai {until}"),
    "period_against": (
        "{since} to {until}, against {before_since} to {before_until}",
        "{since} sampai {until}, dibandingkan {before_since} sampai {before_until}",
    ),
    "no_period": ("No order has a date", "Tidak ada pesanan bertanggal"),
    "as_it_stood": ("As of {moment}, {zone}", "Per {moment}, {zone}"),
    "counted": (
        "{counted} orders, {left_out} probably spam left out",
        "{counted} pesanan, {left_out} kemungkinan spam tidak dihitung",
    ),
    "counted_unknown": (
        "{counted} orders, spam not known: none left out",
        "{counted} pesanan, spam tidak diketahui: semua dihitung",
    ),
    "counted_partly": (
        "{counted} orders, {left_out} probably spam left out, {unknown} not known",
        "{counted} pesanan, {left_out} kemungkinan spam tidak dihitung, {unknown} tidak diketahui",
    ),
    "all_counted": ("{counted} orders, spam too", "{counted} pesanan, termasuk spam"),
    "masked": ("Customers are masked", "Data pelanggan disamarkan"),
    "figure": ("Key figure", "Angka kunci"),
    "value": ("Value", "Nilai"),
    "sheet": ("Sheet", "Lembar"),
    "rows": ("Rows", "Baris"),
    "says": ("What it says", "Isinya"),
    "note": ("Note", "Catatan"),
    "word": ("Word", "Istilah"),
    "means": ("Means", "Artinya"),
    "why": ("Why", "Alasan"),
    "joined": ("Together", "Gabungan"),
    "back": ("← Contents", "← Daftar isi"),
    "not_reconciled": (
        "Not compared with the server's statistics.",
        "Belum dibandingkan dengan statistik server.",
    ),
    "data_rows": ("Rows of the frame.", "Baris data."),
    "reconciliation_says": (
        "The orders here against the server's own counts, by day and status.",
        "Pesanan di sini dibandingkan hitungan server, per hari dan status.",
    ),
    "altered": ("Altered for Excel: {line}", "Disesuaikan untuk Excel: {line}"),
    "spam_out": (
        "{left_out} orders that are probably spam are left out; {counted} are counted.",
        "{left_out} pesanan yang mungkin spam tidak dihitung; {counted} dihitung.",
    ),
    "spam_out_lines": (
        "{left_out} lines of orders that are probably spam are left out; {counted} are counted.",
        "{left_out} baris dari pesanan yang mungkin spam tidak dihitung; {counted} dihitung.",
    ),
    "spam_unknown": (
        "Whether orders are spam is not known; none is left out: {counted} are counted.",
        "Tidak diketahui apakah pesanan adalah spam; tidak ada yang dikeluarkan: {counted} dihitung.",
    ),
    "spam_partly": (
        "{left_out} that are probably spam are left out; {counted} are counted, {unknown} of them of unknown kind.",
        "{left_out} yang mungkin spam tidak dihitung; {counted} dihitung, {unknown} di antaranya tidak diketahui.",
    ),
    "spam_in": ("Spam is counted, too: {counted} orders.", "Spam ikut dihitung: {counted} pesanan."),
    "all_rows": ("All {counted} orders are looked at, spam too.", "Semua {counted} pesanan diperiksa, termasuk spam."),
    "basis": (
        "An order belongs to the day of its {basis} time ({columns}); days are those of {zone}.",
        "Pesanan masuk hari menurut waktu {basis} ({columns}); hari menurut {zone}.",
    ),
    "no_days": (
        "All orders of the frame, whatever their day; times are those of {zone}.",
        "Semua pesanan dalam tabel, hari apa pun; waktu menurut {zone}.",
    ),
    "as_of": ("Ages count up to {moment} ({zone}).", "Umur dihitung sampai {moment} ({zone})."),
    "no_as_of": (
        "No moment is known from which ages could count, so they are missing.",
        "Tidak ada waktu acuan untuk menghitung umur, jadi umur kosong.",
    ),
    "filters": ("The orders were asked for with {filters}.", "Pesanan diambil dengan {filters}."),
    "incomplete": (
        "The frame holds only a part of its list, so this report is of that part.",
        "Tabel hanya memuat sebagian daftar, jadi laporan ini hanya untuk bagian itu.",
    ),
    "definition": ("{name}: {column} is one of {words}.", "{name}: {column} salah satu dari {words}."),
    "setting": ("{name}: {words}.", "{name}: {words}."),
    "absent": (
        "The frame has no column {column}: what needs it is missing.",
        "Tabel tidak punya kolom {column}: yang memerlukannya kosong.",
    ),
    "unknown": (
        "{column} is missing in all {count} rows: what needs it is not known.",
        "{column} kosong pada semua {count} baris: yang memerlukannya tidak diketahui.",
    ),
    "told_by_name": (
        "No ids are known beside {column}: equal names count as one.",
        "Tanpa ID di samping {column}: nama yang sama dihitung sebagai satu.",
    ),
    "few": (
        "{count} rates are of fewer than {few} orders: they are marked and not coloured.",
        "{count} rasio dari kurang dari {few} pesanan: ditandai dan tidak diwarnai.",
    ),
    "amount_missing": (
        "{column} is missing in {count} orders: sums are of the others.",
        "{column} kosong pada {count} pesanan: jumlah hanya dari yang lain.",
    ),
    "unreadable": (
        "{column}: {count} values could not be read and count as missing.",
        "{column}: {count} nilai tidak terbaca dan dianggap kosong.",
    ),
    "naive": (
        "{column} has no time zone: taken as {zone}.",
        "{column} tanpa zona waktu: dianggap {zone}.",
    ),
    "undated": (
        "{count} orders have no such time: they are in the row without a day.",
        "{count} pesanan tanpa waktu itu: ada di baris tanpa hari.",
    ),
    "status_unknown": (
        "{count} orders have a status outside all of these ({words}): counted as other.",
        "{count} pesanan berstatus di luar semua itu ({words}): dihitung lainnya.",
    ),
    "per_product": (
        "An order of several products counts in the row of each.",
        "Pesanan dengan beberapa produk dihitung di baris tiap produk.",
    ),
    "customer": (
        "Customers are told apart by phone (62…), else by Scalev's id; {count} orders have neither: in no row.",
        "Pelanggan dibedakan menurut telepon (62…), atau id Scalev; {count} pesanan tanpa keduanya: tidak masuk.",
    ),
    "first_in_frame": (
        "A first order is the customer's first in this frame: orders before it are not seen.",
        "Pesanan pertama adalah yang pertama dalam tabel ini: pesanan sebelumnya tidak terlihat.",
    ),
    "rfm": (
        "Scores: 1 + five times the share of customers who are worse; among customers with a completed order.",
        "Skor: 1 + lima kali porsi pelanggan yang lebih rendah; di antara pelanggan dengan pesanan selesai.",
    ),
    "unaged": (
        "{count} orders have no such time, so no age: they are listed last.",
        "{count} pesanan tanpa waktu itu, jadi tanpa umur: ada di akhir.",
    ),
    "paid_only": ("Only paid orders.", "Hanya pesanan yang dibayar."),
    "completed_only": (
        "Only lines of completed orders; amounts are sums of line totals before tax.",
        "Hanya baris pesanan selesai; nilai adalah total baris sebelum pajak.",
    ),
    "not_completed": (
        "{count} lines of orders that are not completed are left out.",
        "{count} baris dari pesanan yang belum selesai tidak dihitung.",
    ),
    "lines_unknown": (
        "{count} orders have no lines: margins need the details of orders (details=True, or order_lines).",
        "{count} pesanan tanpa baris: margin memerlukan detail pesanan (details=True, atau order_lines).",
    ),
    "tax_derived": (
        "{count} lines lack amounts before tax: they are derived from the tax rate.",
        "{count} baris tanpa nilai sebelum pajak: dihitung dari tarif pajak.",
    ),
    "tax_included": (
        "{count} lines have neither amounts before tax nor a tax rate: sales, discounts and COGS count with tax.",
        "{count} baris tanpa nilai sebelum pajak dan tarif pajak: penjualan, diskon, dan HPP termasuk pajak.",
    ),
    "unknown_margin": (
        "{count} lines lack a price, discount or COGS: they are in no margin.",
        "{count} baris tanpa harga, diskon, atau HPP: tidak masuk margin.",
    ),
    "gaps": (
        "Days without orders are shown as zero where the gap is at most {days} days.",
        "Hari tanpa pesanan ditampilkan nol jika jedanya paling lama {days} hari.",
    ),
    "periods": (
        "{since} to {until} against {before_since} to {before_until}.",
        "{since} sampai {until} dibandingkan {before_since} sampai {before_until}.",
    ),
    "before_uncovered": (
        "The orders begin on {first}, so the earlier period is not whole.",
        "Pesanan mulai {first}, jadi periode sebelumnya tidak lengkap.",
    ),
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

#: What the definitions mean, and why.
MEANINGS: dict[str, tuple[str, str]] = {
    "waiting": ("nobody has said yes yet", "belum ada kepastian"),
    "in_progress": ("said yes, neither delivered nor lost", "sudah pasti, belum terkirim atau gagal"),
    "completed": ("delivered and accepted", "terkirim dan diterima"),
    "returned": (
        "return to sender, arrived or on the way back: as lost as each other",
        "retur ke pengirim, sudah atau masih di jalan: sama-sama gagal",
    ),
    "lost": ("will bring no money: returned or canceled", "tidak menghasilkan uang: retur atau batal"),
    "confirmed_or_later": (
        "was confirmed at some time; read from status, because most completed orders have no confirmed_time",
        "pernah dikonfirmasi; dibaca dari status, karena kebanyakan pesanan selesai tanpa confirmed_time",
    ),
    "shipped_or_later": (
        "left the warehouse: what a return rate divides by",
        "sudah keluar gudang: pembagi rasio retur",
    ),
    "in_transit": ("on the way to the customer", "dalam perjalanan ke pelanggan"),
    "paid": (
        "the money came, or reached the account, too; counting paid alone loses most of a month",
        "uang sudah dibayar atau sudah cair; menghitung paid saja menghilangkan sebagian besar bulan",
    ),
    "unpaid": ("no money came; conflict is neither", "uang belum masuk; conflict bukan keduanya"),
    "to_follow_up": ("orders that wait for the customer", "pesanan yang menunggu pelanggan"),
    "cod": ("paid to the courier at the door", "dibayar ke kurir saat diterima"),
    "transfer": ("paid by hand to the shop's account", "transfer manual ke rekening toko"),
    "overdue_days": (
        "days after which a parcel on its way should have arrived",
        "hari setelah dikirim ketika paket seharusnya sampai",
    ),
    "follow_up_ages": ("first days of the age groups of unpaid orders", "hari pertama tiap kelompok umur"),
    "arithmetic_tolerance": (
        "rupiah by which gross or net may differ from its parts",
        "selisih rupiah yang dibolehkan antara nilai dan rinciannya",
    ),
    "date_basis": ("which time puts an order into a day", "waktu yang menentukan hari sebuah pesanan"),
    "time_zone": ("whose midnight cuts a day", "zona waktu yang memotong hari"),
    "exclude_spam": ("orders that are probably spam are left out", "pesanan yang mungkin spam tidak dihitung"),
}


def label(column: str, language: str = "en") -> str:
    """What a column is called.

    >>> label("rts_rate", "id"), label("my_own_column")
    ('Rasio RTS', 'My own column')
    """
    found = LABELS.get(column)
    return found[language == "id"] if found else column.replace("_", " ").capitalize()


def phrase(key: str, /, language: str = "en", **values: object) -> str:
    """A sentence of the notes.

    >>> phrase("spam_out", left_out=1, counted=20)
    '1 orders that are probably spam are left out; 20 are counted.'
    >>> phrase("spam_in", "id", counted=2000)
    'Spam ikut dihitung: 2.000 pesanan.'
    """
    mark = "." if language == "id" else ","
    shown = {
        name: f"{value:,}".replace(",", mark) if isinstance(value, int) else value for name, value in values.items()
    }
    return PHRASES[key][language == "id"].format(**shown)
