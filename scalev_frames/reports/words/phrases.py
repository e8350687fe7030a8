"""The sentences of the reports, in English and in Indonesian: notes, and what the definitions mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from scalev_frames.errors import BadValueError
from scalev_frames.plurals import in_sentence

LANGUAGES: Final = ("en", "id")
#: Says a phrase in one language.
Speaker: TypeAlias = Callable[..., str]

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
    "of_orders": ("order|orders", "pesanan"),
    "of_lines": ("line of orders|lines of orders", "baris dari pesanan"),
    "counted": (
        "{counted} {counted:{what}}, {left_out} probably spam left out",
        "{counted} {what}, {left_out} kemungkinan spam tidak dihitung",
    ),
    "counted_unknown": (
        "{counted} {counted:{what}}, spam not known: none left out",
        "{counted} {what}, spam tidak diketahui: semua dihitung",
    ),
    "counted_partly": (
        "{counted} {counted:{what}}, {left_out} probably spam left out, {unknown} not known",
        "{counted} {what}, {left_out} kemungkinan spam tidak dihitung, {unknown} tidak diketahui",
    ),
    "all_counted": ("{counted} {counted:{what}}, spam too", "{counted} {what}, termasuk spam"),
    "masked": ("Customers are masked", "Data pelanggan disamarkan"),
    "figure": ("Key figure", "Angka kunci"),
    "value": ("Value", "Nilai"),
    "sheet": ("Sheet", "Lembar"),
    "rows": ("Rows", "Baris"),
    "says": ("What it says", "Isinya"),
    "note": ("Note", "Catatan"),
    "what": ("What", "Hal"),
    "columns": ("Columns", "Kolom"),
    "sheets": ("Sheets", "Lembar"),
    "number": ("{number}", "{number}"),
    "yes": ("yes", "ya"),
    "no": ("no", "tidak"),
    "none": ("none", "tidak ada"),
    "business": ("Business {name}", "Bisnis {name}"),
    "field_endpoint": ("Source (endpoint)", "Sumber (endpoint)"),
    "field_account": ("Account", "Akun"),
    "field_as_of": ("As of", "Per"),
    "field_complete": ("Complete", "Lengkap"),
    "field_filters": ("Filters", "Filter"),
    "field_totals": ("The server's totals", "Total dari server"),
    "field_time_zone": ("Times are of", "Zona waktu"),
    "field_requests": ("Requests sent", "Permintaan terkirim"),
    "field_from_cache": ("From what was kept", "Dari simpanan"),
    "field_masked": ("Personal data masked", "Data pribadi disamarkan"),
    "zone_of_some": ("{zone}, where they came with a zone", "{zone}, jika waktunya bertanda zona"),
    "rows_fewer": (
        "{here} of {pulled} rows, filtered afterwards",
        "{here} dari {pulled} baris, disaring setelah diambil",
    ),
    "rows_more": (
        "{here} rows where the pull had {pulled}, joined or repeated afterwards",
        "{here} baris dari {pulled} yang diambil, lalu digabung atau diulang",
    ),
    "continues": (
        "Excel has {most} rows a sheet, so it continues in: {sheets}",
        "Satu lembar Excel memuat {most} baris, jadi berlanjut di: {sheets}",
    ),
    "word": ("Word", "Istilah"),
    "means": ("Means", "Artinya"),
    "why": ("Why", "Alasan"),
    "joined": ("Chart label", "Label grafik"),
    "back": ("← Contents", "← Daftar isi"),
    "not_reconciled": ("Not compared with the server's statistics.", "Belum dibandingkan dengan statistik server."),
    "server_equal": ("Equal to the server's statistics.", "Sama dengan statistik server."),
    "server_differs": (
        "Differs from the server's statistics: see the sheet Reconciliation.",
        "Berbeda dengan statistik server: lihat lembar Rekonsiliasi.",
    ),
    "server_unknown": (
        "Could not be compared with the server's statistics.",
        "Tidak dapat dibandingkan dengan statistik server.",
    ),
    "server_sums": (
        "In sum {orders:order|orders} here and {orders_server} by the server.",
        "Jumlahnya {orders} pesanan di sini dan {orders_server} di server.",
    ),
    "data_rows": ("Rows of the frame.", "Baris data."),
    "reconciliation_says": (
        "The orders here against the server's own counts, by day and status.",
        "Pesanan di sini dibandingkan hitungan server, per hari dan status.",
    ),
    "altered_here": ("Altered for Excel", "Disesuaikan untuk Excel"),
    "altered": ("Altered for Excel: {line}", "Disesuaikan untuk Excel: {line}"),
    "spam_out": (
        (
            "{left_out} {left_out:{what}} that {left_out:is|are} probably spam {left_out:is|are} left out; "
            "{counted} {counted:is|are} counted."
        ),
        "{left_out} {what} yang mungkin spam tidak dihitung; {counted} dihitung.",
    ),
    "spam_unknown": (
        "Whether orders are spam is not known; none is left out: {counted} {counted:is|are} counted.",
        "Tidak diketahui apakah pesanan adalah spam; tidak ada yang dikeluarkan: {counted} dihitung.",
    ),
    "spam_partly": (
        (
            "{left_out} that {left_out:is|are} probably spam {left_out:is|are} left out; {counted} "
            "{counted:is|are} counted, {unknown} of them of unknown kind."
        ),
        "{left_out} yang mungkin spam tidak dihitung; {counted} dihitung, {unknown} di antaranya tidak diketahui.",
    ),
    "exact": (
        "{columns}: exact decimals, because a value has more digits than a float holds.",
        "{columns}: desimal persis, karena sebuah nilai memiliki lebih banyak digit daripada yang dimuat float.",
    ),
    "repeated": (
        "{count} {count:row is|rows are} of orders that other rows are of, too: they count twice.",
        "{count} baris adalah pesanan yang juga ada di baris lain: terhitung dua kali.",
    ),
    "spam_in": ("Spam is counted, too: {counted} {counted:{what}}.", "Spam ikut dihitung: {counted} {what}."),
    "all_rows": (
        "{counted:The only order is|All {counted} orders are} looked at, spam too.",
        "Semua {counted} pesanan diperiksa, termasuk spam.",
    ),
    "basis": (
        "An order belongs to the day of its {basis} time ({columns}); days are those of {zone}.",
        "Hari sebuah pesanan adalah hari dari waktu {basis} ({columns}), menurut {zone}.",
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
        "{column} is missing in {count:the only row|all {count} rows}: what needs it is not known.",
        "{column} kosong pada semua {count} baris: yang memerlukannya tidak diketahui.",
    ),
    "stands_in": ("{column} is not known: {other} stands in.", "{column} tidak diketahui: digantikan {other}."),
    "grouped_by_name": (
        "No ids are known beside {column}: equal names count as one.",
        "Tidak ada ID untuk {column}: nama yang sama dihitung sebagai satu.",
    ),
    "few": (
        (
            "{count} {count:rate is|rates are} of fewer than {few} orders: {count:it is|they are} marked and not "
            "coloured."
        ),
        "{count} rasio dari kurang dari {few} pesanan: ditandai dan tidak diwarnai.",
    ),
    "amount_missing": (
        "{column} is missing in {count} {count:order|orders}: sums are of the others.",
        "{column} kosong pada {count} pesanan: jumlah hanya dari yang lain.",
    ),
    "partly_missing": (
        (
            "{column} is missing in {count} {count:order|orders}: what needs it counts {count:it|them} as other, "
            "or not at all."
        ),
        "{column} kosong pada {count} pesanan: dihitung sebagai lainnya, atau tidak dihitung sama sekali.",
    ),
    "unreadable": (
        "{column}: {count} {count:value|values} could not be read and {count:counts|count} as missing.",
        "{column}: {count} nilai tidak terbaca dan dianggap kosong.",
    ),
    "too_long": (
        (
            "{column}: {count} {count:amount has|amounts have} more digits than a decimal holds, and "
            "{count:is|are} rounded to sen."
        ),
        "{column}: {count} nilai punya lebih banyak digit dari yang muat dalam desimal, dan dibulatkan ke sen.",
    ),
    "naive": ("{column} has no time zone: taken as {zone}.", "{column} tanpa zona waktu: dianggap {zone}."),
    "undated": (
        "{count} {count:order has|orders have} no such time: {count:it is|they are} in the row without a day.",
        "{count} pesanan tanpa waktu itu: ada di baris tanpa hari.",
    ),
    "status_unknown": (
        "{count} {count:order has|orders have} a status outside all of these ({words}): counted as other.",
        "{count} pesanan berstatus di luar semua itu ({words}): dihitung lainnya.",
    ),
    "per_product": (
        "An order of several products counts in the row of each.",
        "Pesanan dengan beberapa produk dihitung di baris tiap produk.",
    ),
    "customer": (
        (
            "Customers are told apart by phone (62…), else by Scalev's id; {count} {count:order has|orders have} "
            "neither: in no row."
        ),
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
        "{count} {count:order has|orders have} no such time, so no age: {count:it is|they are} listed last.",
        "{count} pesanan tanpa waktu itu, jadi tanpa umur: ada di akhir.",
    ),
    "paid_only": ("Only paid orders.", "Hanya pesanan yang dibayar."),
    "completed_only": (
        "Only lines of completed orders; amounts are sums of line totals before tax.",
        "Hanya baris pesanan selesai; nilai adalah total baris sebelum pajak.",
    ),
    "not_completed": (
        "{count} {count:line of an order that is|lines of orders that are} not completed {count:is|are} left out.",
        "{count} baris dari pesanan yang belum selesai tidak dihitung.",
    ),
    "undated_out": (
        "{count} {count:order has|orders have} no {columns}: {count:it is|they are} in no period.",
        "{count} pesanan tanpa {columns}: tidak masuk periode mana pun.",
    ),
    "not_made": ("Left out: {what}", "Tidak dibuat: {what}"),
    "lines_unknown": (
        (
            "{count} {count:order has|orders have} no lines: margins need the details of orders (details=True, "
            "or order_lines)."
        ),
        "{count} pesanan tanpa baris: margin memerlukan detail pesanan (details=True, atau order_lines).",
    ),
    "no_code": (
        (
            "{count} {count:line lacks|lines lack} the discount of a code, and {count:its order names|their orders "
            "name} no code: it counts as 0."
        ),
        "{count} baris tanpa nilai diskon kode, dan pesanannya tanpa kode diskon: dihitung 0.",
    ),
    "tax_derived": (
        "{count} {count:line lacks|lines lack} amounts before tax: they are derived from the tax rate.",
        "{count} baris tanpa nilai sebelum pajak: dihitung dari tarif pajak.",
    ),
    "tax_included": (
        (
            "{count} {count:line has|lines have} neither amounts before tax nor a tax rate: sales, discounts and "
            "COGS count with tax."
        ),
        "{count} baris tanpa nilai sebelum pajak dan tarif pajak: penjualan, diskon, dan HPP termasuk pajak.",
    ),
    "unknown_margin": (
        "{count} {count:line lacks|lines lack} a price, discount or COGS: {count:it is|they are} in no margin.",
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

#: What the definitions mean, and why.
MEANINGS: dict[str, tuple[str, str]] = {
    "waiting": ("not confirmed yet", "belum dikonfirmasi"),
    "in_progress": ("confirmed, neither delivered nor lost", "sudah dikonfirmasi, belum diterima dan belum gagal"),
    "completed": ("delivered and accepted", "terkirim dan diterima"),
    "returned": (
        "return to sender, arrived or on the way back: as lost as each other",
        "retur ke pengirim, sudah atau masih di jalan: sama-sama gagal",
    ),
    "lost": ("will bring no money: returned or canceled", "tidak menghasilkan uang: retur atau batal"),
    "confirmed_or_later": (
        "was confirmed at some time; read from status, because most completed orders have no confirmed_time",
        "pernah dikonfirmasi; dibaca dari status, karena kebanyakan pesanan selesai tanpa waktu konfirmasi",
    ),
    "shipped_or_later": (
        "left the warehouse: what a return rate divides by",
        "sudah keluar gudang: pembagi rasio retur",
    ),
    "in_transit": ("on the way to the customer", "dalam perjalanan ke pelanggan"),
    "paid": (
        "paid, or settled, too: counting paid alone loses most of a month",
        "sudah dibayar, atau sudah cair: kalau paid saja yang dihitung, sebagian besar pesanan sebulan hilang",
    ),
    "unpaid": (
        "no money came; conflict counts as neither",
        "uang belum masuk; konflik tidak dihitung sebagai dibayar atau belum",
    ),
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
    "time_zone": ("at whose midnight a day begins", "zona waktu yang menentukan pergantian hari"),
    "exclude_spam": ("orders that are probably spam are left out", "pesanan yang mungkin spam tidak dihitung"),
}


def phrase(key: str, /, language: str = "en", **values: object) -> str:
    """A sentence of the notes.

    >>> phrase("spam_out", left_out=1, counted=20, what="order|orders")
    '1 order that is probably spam is left out; 20 are counted.'
    >>> phrase("spam_in", "id", counted=2000, what="pesanan")
    'Spam ikut dihitung: 2.000 pesanan.'
    """
    return in_sentence(PHRASES[key][language == "id"], language, **values)


def speaker(language: str) -> Speaker:
    """What says phrases in ``language``.

    Raises:
        BadValueError: it is not one of `LANGUAGES`.

    >>> speaker("id")("notes")
    'Catatan'
    """
    check_language(language)
    return lambda key, **values: phrase(key, language, **values)


def check_language(language: str) -> None:
    """Refuse a language that reports and files do not speak.

    Raises:
        BadValueError: it is not one of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise BadValueError(f"language={language!r} is not one of {', '.join(LANGUAGES)}.")
