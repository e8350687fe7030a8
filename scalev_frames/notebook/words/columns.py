"""Headings of columns in English and in Indonesian; frames keep the API's own names, so that code works in any language."""

from __future__ import annotations

from functools import cache

from scalev_frames.reports.words.labels import LABELS as REPORT_LABELS

#: Whole names, as people in a shop call them.
NAMES: dict[str, tuple[str, str]] = {
    "id": ("ID", "ID"),
    "order_id": ("Order code", "Kode pesanan"),
    "external_id": ("External ID", "ID eksternal"),
    "draft_time": ("Draft time", "Waktu draf"),
    "created_at": ("Created", "Dibuat"),
    "last_updated_at": ("Last change", "Perubahan terakhir"),
    "status": ("Status", "Status"),
    "payment_status": ("Payment status", "Status bayar"),
    "payment_method": ("Payment", "Pembayaran"),
    "sub_payment_method": ("Payment, detail", "Rincian pembayaran"),
    "epayment_provider": ("Payment provider", "Penyedia pembayaran"),
    "platform": ("Platform", "Platform"),
    "store_name": ("Store", "Toko"),
    "customer_name": ("Customer", "Pelanggan"),
    "customer_phone": ("Phone", "Telepon"),
    "customer_email": ("E-mail", "E-mail"),
    "destination_address_address": ("Address", "Alamat"),
    "destination_address_city": ("City", "Kota"),
    "destination_address_province": ("Province", "Provinsi"),
    "destination_address_subdistrict": ("Subdistrict", "Kecamatan"),
    "destination_address_postal_code": ("Postal code", "Kode pos"),
    "destination_address_name": ("Recipient", "Penerima"),
    "destination_address_phone": ("Recipient's phone", "Telepon penerima"),
    "final_variants": ("Items", "Barang"),
    "quantity": ("Quantity", "Jumlah"),
    "product_price": ("Products", "Harga produk"),
    "product_discount": ("Product discount", "Diskon produk"),
    "discount_code_discount": ("Code discount", "Diskon kode"),
    "unique_code_discount": ("Unique code", "Kode unik"),
    "shipping_cost": ("Shipping", "Ongkir"),
    "shipping_discount": ("Shipping discount", "Diskon ongkir"),
    "other_income": ("Other income", "Pendapatan lain"),
    "gross_revenue": ("Gross revenue", "Pendapatan kotor"),
    "net_revenue": ("Net revenue", "Pendapatan bersih"),
    "payment_fee": ("Payment fee", "Biaya pembayaran"),
    "scalev_fee": ("Scalev fee", "Biaya Scalev"),
    "net_payment_revenue": ("Net payment", "Pembayaran bersih"),
    "courier_service_name": ("Courier service", "Layanan kurir"),
    "courier_service_courier_name": ("Courier", "Kurir"),
    "shipment_receipt": ("Receipt (AWB)", "Resi"),
    "shipment_status": ("Shipment status", "Status kiriman"),
    "total_weight": ("Weight (g)", "Berat (g)"),
    "handler_fullname": ("Handler (CS)", "CS"),
    "advertiser_fullname": ("Advertiser", "Advertiser"),
    "page_name": ("Page", "Halaman"),
    "channel_name": ("Channel", "Kanal"),
    "warehouse_name": ("Warehouse", "Gudang"),
    "financial_entity_name": ("Bank or wallet", "Bank atau dompet"),
    "tags": ("Tags", "Tag"),
    "notes": ("Notes", "Catatan"),
    "is_repeat": ("Repeat customer", "Pelanggan ulang"),
    "is_probably_spam": ("Probably spam", "Mungkin spam"),
    "is_dropshipping": ("Dropship", "Dropship"),
    "transferproof_url": ("Transfer proof", "Bukti transfer"),
    "name": ("Name", "Nama"),
    "pending_time": ("Pending at", "Menunggu pada"),
    "confirmed_time": ("Confirmed at", "Dikonfirmasi pada"),
    "in_process_time": ("Processed at", "Diproses pada"),
    "ready_time": ("Ready at", "Siap pada"),
    "shipped_time": ("Shipped at", "Dikirim pada"),
    "completed_time": ("Completed at", "Selesai pada"),
    "rts_time": ("Returned at", "Retur pada"),
    "canceled_time": ("Canceled at", "Dibatalkan pada"),
    "closed_time": ("Closed at", "Ditutup pada"),
    "transfer_time": ("Transferred at", "Ditransfer pada"),
    "paid_time": ("Paid at", "Dibayar pada"),
}
#: What a field belongs to, by the beginning of its name; the longest that fits counts.
_OWNERS_ID: dict[str, str] = {
    "store_business": "bisnis toko", "warehouse_business": "bisnis gudang", "business": "bisnis", "store": "toko",
    "customer": "pelanggan", "destination_address": "alamat tujuan", "origin_address": "alamat asal",
    "courier_service_courier": "kurir", "courier_service": "layanan kurir", "courier": "kurir", "handler": "CS",
    "advertiser": "advertiser", "page": "halaman", "financial_entity": "bank", "payment_account": "rekening",
    "warehouse": "gudang", "shipment": "kiriman", "product": "produk", "bundle": "bundel", "variant": "varian",
    "dropshipper": "dropshipper", "discount_code": "kode diskon", "user": "pengguna", "partner": "mitra",
    "order": "pesanan",
}  # fmt: skip
_WORDS_ID: dict[str, str] = {
    "name": "nama", "code": "kode", "phone": "telepon", "address": "alamat", "city": "kota", "province": "provinsi",
    "subdistrict": "kecamatan", "district": "kabupaten", "postal": "pos", "location": "lokasi", "fullname": "nama",
    "type": "jenis", "price": "harga", "discount": "diskon", "fee": "biaya", "cost": "biaya", "weight": "berat",
    "quantity": "jumlah", "count": "jumlah", "amount": "jumlah", "income": "pendapatan", "revenue": "pendapatan",
    "status": "status", "time": "waktu", "at": "pada", "created": "dibuat", "updated": "diubah", "last": "terakhir",
    "is": "apakah", "has": "punya", "number": "nomor", "holder": "pemilik", "account": "rekening", "image": "gambar",
    "images": "gambar", "avatar": "foto", "message": "pesan", "history": "riwayat", "reference": "referensi",
    "payment": "pembayaran", "method": "metode", "store": "toko", "product": "produk", "customer": "pelanggan",
    "courier": "kurir", "page": "halaman", "warehouse": "gudang", "user": "pengguna", "other": "lain",
    "default": "bawaan", "active": "aktif", "banned": "diblokir", "published": "terbit", "description": "deskripsi",
    "confirmed": "dikonfirmasi", "by": "oleh", "for": "untuk", "from": "dari", "total": "total", "variants": "varian",
    "labels": "label", "options": "pilihan", "day": "hari", "month": "bulan", "week": "minggu", "unique": "unik",
    "secret": "rahasia", "business": "bisnis", "item": "barang", "note": "catatan", "reason": "alasan",
}  # fmt: skip
_CAPITALS = frozenset(
    {"id", "uuid", "url", "utm", "cod", "rts", "awb", "sku", "wa", "waba", "cogs", "va", "qris", "pg"}
)
_TEXTS = {"bt": "before tax", "fb": "Facebook", "ids": "IDs"}


@cache
def heading(name: str, language: str = "en") -> str:
    """What a column called ``name`` is called on the screen.

    Args:
        name: its name in the frame.
        language: ``en`` or ``id``.

    >>> heading("gross_revenue", "id"), heading("courier_service_courier_code_mengantar", "id"), heading("seen_first_at")
    ('Pendapatan kotor', 'Kode mengantar (kurir)', 'Seen first at')
    """
    known = NAMES.get(name) or REPORT_LABELS.get(name)
    if known:
        return known[language == "id"]
    if not name.isascii() or name != name.lower() or not name.replace("_", "").isalnum() or name.isdigit():
        return name  # a heading already
    if language == "id":
        return _composed(name)
    return _capital(" ".join(_word(part, _TEXTS) for part in name.split("_") if part))


def _composed(name: str) -> str:
    owners = [one for one in _OWNERS_ID if name.startswith(f"{one}_")]
    owner = max(owners, key=len, default="")
    rest = name[len(owner) + 1 :] if owner else name
    words = " ".join(_word(part, _WORDS_ID) for part in rest.split("_") if part)
    return _capital(f"{words} ({_OWNERS_ID[owner]})" if owner else words)


def _word(part: str, words: dict[str, str]) -> str:
    return part.upper() if part in _CAPITALS else words.get(part, part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
