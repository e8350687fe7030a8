"""Why: every word a person reads in a panel stands in one table, in English and in Indonesian.

May import catalog, errors and progress.
"""

from __future__ import annotations

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError, ScalevError
from scalev_frames.progress import Event

LANGUAGES = ("en", "id")

#: English and Indonesian, by the name the code uses; braces are filled in by `Words`.
LABELS: dict[str, tuple[str, str]] = {
    # everywhere
    "hint_text": (
        "{title}: nothing is drawn here. Run this cell in JupyterLab, Notebook 7, VS Code or Voila to use it; without widgets, call sf.connect() and sf.orders().",
        "{title}: tidak ada tampilan di sini. Jalankan sel ini di JupyterLab, Notebook 7, VS Code, atau Voila; tanpa widget, pakai sf.connect() dan sf.orders().",
    ),
    "hint_html": (
        "<strong>{title}</strong>: run this cell to use it.",
        "<strong>{title}</strong>: jalankan sel ini untuk memakainya.",
    ),
    "unexpected": (
        "Something broke that should not; the notebook's log says what.",
        "Terjadi kesalahan tak terduga; lihat log notebook.",
    ),
    # sign in
    "login_title": ("Scalev sign-in", "Masuk ke Scalev"),
    "key": ("API key", "API key"),
    "key_hint": ("sk_… or rk_…, from Scalev's settings", "sk_… atau rk_…, dari pengaturan Scalev"),
    "key_send": ("Sign in", "Masuk"),
    "remember": ("Remember in this computer's key store", "Simpan di key store komputer ini"),
    "profile_name": ("Profile", "Profil"),
    "profiles": ("Stored keys", "Key tersimpan"),
    "profile_use": ("Use", "Pakai"),
    "profile_forget": ("Remove", "Hapus"),
    "profile_forgotten": (
        "{profile} is no longer in this computer's key store.",
        "{profile} sudah dihapus dari key store komputer ini.",
    ),
    "on_sandbox": (
        "Trying it out on the embedded sandbox: a made-up shop, nothing leaves this computer.",
        "Mencoba di sandbox bawaan: toko rekaan, tidak ada yang keluar dari komputer ini.",
    ),
    "use_my_key": ("Use my key", "Pakai key saya"),
    "change_key": ("Change key", "Ganti key"),
    "forget_key": ("Sign out", "Keluar"),
    "forgotten": ("Signed out: the key is gone from this session.", "Sudah keluar: key dihapus dari sesi ini."),
    "checking_key": ("Checking the key with one request…", "Memeriksa key dengan satu permintaan…"),
    "signed_in": ("Signed in with key {hint}", "Sudah masuk dengan key {hint}"),
    "signed_in_as": ("Signed in to {name} with key {hint}", "Sudah masuk ke {name} dengan key {hint}"),
    "scope_full": ("full access", "akses penuh"),
    "scope_restricted": ("restricted key, only its own scopes", "key terbatas, hanya scope-nya sendiri"),
    "scope_unknown": ("access unknown", "akses tidak diketahui"),
    "sees_stores": ("business {business} · {count} stores: {stores}", "bisnis {business} · {count} toko: {stores}"),
    "sees_no_stores": (
        "the key is good; it may not list stores (scope store:list)",
        "key benar; tidak boleh membaca daftar toko (scope store:list)",
    ),
    "remembered": ("Stored as {profile}.", "Disimpan sebagai {profile}."),
    "not_remembered": ("Signed in, but the key was not stored. {why}", "Sudah masuk, tetapi key tidak disimpan. {why}"),
    # workbench
    "workbench": ("Scalev workbench", "Meja kerja Scalev"),
    "sign_in_first": ("Sign in first.", "Masuk dulu."),
    "list": ("List", "Daftar"),
    "choose": ("What to fetch", "Data yang diambil"),
    "lists": ("Lists", "Daftar"),
    "singles": ("Single records", "Satu data"),
    "update_names": ("Update names", "Perbarui nama"),
    "updating_names": (
        "Fetching the names of stores, products and tags…",
        "Mengambil nama toko, produk, dan tag…",
    ),
    "names_updated": ("Names are up to date.", "Nama sudah diperbarui."),
    "names_partly": (
        "Names are up to date, except {lists}: this key may not read them.",
        "Nama sudah diperbarui, kecuali {lists}: key ini tidak boleh membacanya.",
    ),
    "fetch": ("Fetch", "Ambil"),
    "cancel": ("Cancel", "Batal"),
    "cancelling": ("Stopping…", "Menghentikan…"),
    "fetching": ("Fetching {what}…", "Mengambil {what}…"),
    "fetched": (
        "{rows} rows in {variable}, as of {as_of}; {requests}.",
        "{rows} baris di {variable}, per {as_of}; {requests}.",
    ),
    "fetched_part": (
        "The first {rows} rows in {variable} (there are more), as of {as_of}; {requests}.",
        "{rows} baris pertama di {variable} (masih ada lagi), per {as_of}; {requests}.",
    ),
    "requests_none": ("from what is kept, no request", "dari data tersimpan, tanpa permintaan"),
    "requests_some": ("{count} requests", "{count} permintaan"),
    "ready": ("Ready.", "Siap."),
    "missing": ("Still needed: {what}.", "Masih perlu: {what}."),
    "wrong": ("Some filters need a look.", "Ada filter yang perlu diperbaiki."),
    "cost": (
        "About {requests} requests{rows}, at least {time}.",
        "Sekitar {requests} permintaan{rows}, paling cepat {time}.",
    ),
    "cost_rows": (" for {rows} rows", " untuk {rows} baris"),
    "cost_changes": (
        "Only changed rows: about {requests} requests, at least {time}.",
        "Hanya baris yang berubah: sekitar {requests} permintaan, paling cepat {time}.",
    ),
    "cost_resumes": (
        "Goes on: {pages} pages are here already, about {requests} requests more, at least {time}.",
        "Dilanjutkan: {pages} halaman sudah ada, sekitar {requests} permintaan lagi, paling cepat {time}.",
    ),
    "cost_none": (
        "No request: {rows} rows are kept and fresh.",
        "Tanpa permintaan: {rows} baris tersimpan dan masih baru.",
    ),
    "cost_unknown": ("One request a page of 25 rows.", "Satu permintaan per halaman 25 baris."),
    "cost_asking": ("Estimating…", "Memperkirakan…"),
    "seconds": ("{count} s", "{count} detik"),
    "minutes": ("{count} min", "{count} menit"),
    "hours": ("{count} h", "{count} jam"),
    "variable": ("Result goes into", "Hasil masuk ke"),
    "variable_bad": (
        "{name} cannot be a variable's name; use letters, digits and _.",
        "{name} tidak bisa jadi nama variabel; pakai huruf, angka, dan _.",
    ),
    "variable_taken": (
        "{name} is something else in this notebook; choose another name.",
        "{name} sudah dipakai untuk hal lain di notebook ini; pilih nama lain.",
    ),
    "freshness": ("What is kept", "Data tersimpan"),
    "fresh_usual": ("use it while fresh", "pakai selagi baru"),
    "fresh_hour": ("use it up to 1 hour old", "pakai sampai umur 1 jam"),
    "fresh_day": ("use it up to 1 day old", "pakai sampai umur 1 hari"),
    "fresh_offline": ("use it however old, send nothing", "pakai berapa pun umurnya, jangan kirim apa pun"),
    "fresh_refresh": ("fetch everything anew", "ambil ulang semuanya"),
    "details": (
        "With details and lines: one more request for each row, once",
        "Dengan detail dan barang: satu permintaan lagi per baris, sekali saja",
    ),
    "limit": ("At most rows", "Paling banyak baris"),
    "limit_bad": ("At most rows: a whole number above zero.", "Paling banyak baris: angka bulat di atas nol."),
    "all_rows": ("all", "semua"),
    "tab_table": ("Table", "Tabel"),
    "tab_pivot": ("Pivot", "Pivot"),
    "tab_pictures": ("Pictures", "Gambar"),
    "tab_reports": ("Reports", "Laporan"),
    "report": ("Report", "Laporan"),
    "report_export": ("Write all reports as a workbook", "Tulis semua laporan ke Excel"),
    "report_nothing": (
        "Fetch orders to see their reports; order lines have a report of margins.",
        "Ambil pesanan untuk melihat laporannya; baris pesanan punya laporan margin.",
    ),
    "tab_export": ("Export", "Ekspor"),
    "no_pictures": ("There are pictures for orders.", "Gambar tersedia untuk pesanan."),
    "drawing": ("Drawing…", "Menggambar…"),
    "nothing_yet": ("Nothing fetched yet.", "Belum ada data."),
    "appears_here": (
        "Table, pivot, pictures and export appear here after the first Fetch.",
        "Tabel, pivot, gambar, dan ekspor muncul di sini setelah Ambil pertama.",
    ),
    # filters
    "since": ("From", "Dari"),
    "until": ("To (included)", "Sampai (termasuk)"),
    "by": ("By date", "Menurut tanggal"),
    "by_created": ("Created", "Dibuat"),
    "by_confirmed": ("Confirmed", "Dikonfirmasi"),
    "by_shipped": ("Shipped", "Dikirim"),
    "by_completed": ("Completed", "Selesai"),
    "today": ("Today", "Hari ini"),
    "yesterday": ("Yesterday", "Kemarin"),
    "last_7_days": ("Last 7 days", "7 hari terakhir"),
    "last_30_days": ("Last 30 days", "30 hari terakhir"),
    "this_month": ("This month", "Bulan ini"),
    "last_month": ("Last month", "Bulan lalu"),
    "any": ("any", "semua"),
    "yes": ("yes", "ya"),
    "no": ("no", "tidak"),
    "every_one": ("every one", "semuanya"),
    "one_id": ("an id", "satu id"),
    "type_values": ("any; type and press Enter", "semua; ketik lalu Enter"),
    "more_filters": ("More filters ({count})", "Filter lain ({count})"),
    "clear_all": ("Clear all", "Hapus semua"),
    "picker_take": ("Use “{value}”", "Pakai “{value}”"),
    "picker_more": ("{count} more; type to narrow", "{count} lagi; ketik untuk menyaring"),
    "picker_nothing": ("Nothing to choose from; type a value", "Tidak ada pilihan; ketik nilainya"),
    "picker_remove": ("Remove {value}", "Hapus {value}"),
    # code
    "code_code": ("The same in Python", "Kode Python yang sama"),
    "code_copy": ("Copy", "Salin"),
    "code_copied": ("Copied", "Tersalin"),
    "code_press": ("Press Ctrl+C", "Tekan Ctrl+C"),
    "code_heading": ("The same as a line of code", "Sama dengan baris kode ini"),
    # progress
    "progress_page": (
        "{rows} rows · {pages} pages · {requests} requests",
        "{rows} baris · {pages} halaman · {requests} permintaan",
    ),
    "progress_rows": ("{rows} rows", "{rows} baris"),
    "progress_wait": ("Waiting {seconds} s: {why}", "Menunggu {seconds} detik: {why}"),
    # export
    "format": ("Format", "Format"),
    "scope": ("What", "Isi"),
    "scope_all": ("all rows and columns", "semua baris dan kolom"),
    "scope_view": ("as the table shows it", "seperti tampilan tabel"),
    "scope_dashboard": ("Scalev's own columns (dashboard)", "kolom asli Scalev (dashboard)"),
    "mask": ("Mask customers' personal data", "Samarkan data pribadi pelanggan"),
    "path": ("File", "Berkas"),
    "export": ("Export", "Ekspor"),
    "exporting": ("Writing {name}…", "Menulis {name}…"),
    "exported": ("{rows} rows written to {path} ({size} MB).", "{rows} baris ditulis ke {path} ({size} MB)."),
    "download": ("Download in the browser", "Unduh lewat browser"),
    "download_large": (
        "{size} MB is too large to go through the browser; take the file from its folder.",
        "{size} MB terlalu besar untuk browser; ambil berkasnya dari foldernya.",
    ),
    "download_gone": ("The file is no longer there; export it again.", "Berkasnya sudah tidak ada; ekspor lagi."),
    "suffix_wrong": ("The file's name must end in {suffix}.", "Nama berkas harus berakhiran {suffix}."),
}

#: Filters' and path parameters' names where the API's own would not do, and in Indonesian.
FILTERS: dict[str, tuple[str, str]] = {
    "status": ("Order status", "Status pesanan"),
    "payment_status": ("Payment status", "Status bayar"),
    "payment_method": ("Payment method", "Metode bayar"),
    "platform": ("Platform", "Platform"),
    "store_id": ("Store", "Toko"),
    "for_store_id": ("For store", "Untuk toko"),
    "handler_id": ("Handler (CS)", "Handler (CS)"),
    "advertiser_id": ("Advertiser", "Advertiser"),
    "warehouse_id": ("Warehouse", "Gudang"),
    "page_id": ("Page", "Halaman"),
    "courier_id": ("Courier", "Kurir"),
    "product_id": ("Product", "Produk"),
    "variant_id": ("Variant", "Varian"),
    "bundle_id": ("Bundle", "Bundel"),
    "financial_entity_id": ("Bank or wallet", "Bank atau dompet"),
    "business_id": ("Business", "Bisnis"),
    "business_role": ("Business role", "Peran bisnis"),
    "is_probably_spam": ("Probably spam", "Mungkin spam"),
    "is_repeat": ("Repeat customer", "Pelanggan ulang"),
    "is_from_form": ("From a form", "Dari formulir"),
    "is_transferproof_exist": ("Has transfer proof", "Ada bukti transfer"),
    "awb_ca_status": ("AWB status", "Status resi"),
    "shipment_status": ("Shipment status", "Status pengiriman"),
    "tags": ("Tags", "Tag"),
    "search": ("Search", "Cari"),
    "order_id": ("Order code", "Kode pesanan"),
    "external_id": ("External id", "Id eksternal"),
    "utm_source": ("UTM source", "UTM source"),
    "draft_time_until": ("Created before", "Dibuat sebelum"),
    "confirmed_time_since": ("Confirmed from", "Dikonfirmasi dari"),
    "confirmed_time_until": ("Confirmed before", "Dikonfirmasi sebelum"),
    "shipped_time_since": ("Shipped from", "Dikirim dari"),
    "shipped_time_until": ("Shipped before", "Dikirim sebelum"),
    "completed_time_since": ("Completed from", "Selesai dari"),
    "completed_time_until": ("Completed before", "Selesai sebelum"),
    "is_checked": ("Checked", "Dicentang"),
    "is_inventory": ("Has inventory", "Punya stok"),
    "is_owned": ("Own products", "Produk sendiri"),
    "is_product_sharing": ("Shared product", "Produk berbagi"),
    "is_bundle_sharing": ("Shared bundle", "Bundel berbagi"),
    "item_type": ("Item type", "Jenis barang"),
    "label": ("Label", "Label"),
    "qty_type": ("Quantity type", "Jenis jumlah"),
    "domain": ("Domain", "Domain"),
    "has_domain": ("Has a domain", "Punya domain"),
    "is_pinned": ("Pinned", "Disematkan"),
    "method": ("Method", "Metode"),
    "breakdown_date": ("By period", "Per periode"),
    "is_breakdown_status": ("By status", "Per status"),
    "custom_breakdown_key": ("Also by", "Juga per"),
    "datetime_type": ("By date", "Menurut tanggal"),
    "minimum_days": ("At least days", "Paling sedikit hari"),
    "tz": ("Time zone", "Zona waktu"),
    "pg_reference_ids": ("Gateway references", "Referensi gateway"),
    "pg_reference_id": ("Gateway reference", "Referensi gateway"),
    "chat_id": ("Chat", "Chat"),
    "id": ("Id", "Id"),
}

#: Indonesian names of the endpoints; the English ones are the accessors' own.
ENDPOINTS_ID: dict[str, str] = {
    "orders": "Pesanan", "products": "Produk", "products_simplified": "Produk ringkas", "bundles": "Bundel",
    "bundles_simplified": "Bundel ringkas", "stores": "Toko", "stores_simplified": "Toko ringkas",
    "locations": "Lokasi", "product_taxonomies": "Kategori produk", "store_products": "Produk toko",
    "store_bundles": "Bundel toko", "store_pages": "Halaman toko", "store_payment_accounts": "Rekening toko",
    "store_sales_people": "Tim sales toko", "store_admins": "Admin toko", "store_advertisers": "Advertiser toko",
    "store_follow_up_chats": "Chat follow-up toko", "product_follow_up_chats": "Chat follow-up produk",
    "product_partners": "Mitra produk", "bundle_price_options": "Pilihan harga bundel",
    "bundle_follow_up_chats": "Chat follow-up bundel", "bundle_partners": "Mitra bundel",
    "variant_digital_product_files": "Berkas digital varian", "order_statistics": "Statistik pesanan",
    "order_tags": "Tag pesanan", "orders_by_pg_reference_ids": "Pesanan per referensi gateway",
    "order_emails": "E-mail pesanan", "store_payment_methods": "Metode bayar toko",
    "store_custom_audiences": "Custom audience toko", "order": "Satu pesanan",
    "order_actions": "Tindakan pesanan", "order_chats": "Chat pesanan", "order_chat": "Satu chat pesanan",
    "order_message_history": "Riwayat pesan pesanan", "order_by_pg_reference_id": "Pesanan dari satu referensi",
    "product": "Satu produk", "products_count": "Jumlah produk", "product_follow_up_chat": "Satu chat produk",
    "product_relations": "Pemakaian produk", "product_taxonomy": "Satu kategori produk", "variant": "Satu varian",
    "variant_digital_product_file": "Satu berkas digital", "bundle": "Satu bundel",
    "bundles_count": "Jumlah bundel", "bundle_follow_up_chat": "Satu chat bundel",
    "bundle_relations": "Pemakaian bundel", "bundle_price_option_relations": "Pemakaian harga bundel",
    "store": "Satu toko", "store_bundle": "Satu bundel toko", "store_follow_up_chat": "Satu chat toko",
    "store_product_relations": "Pemakaian produk di toko",
    "store_bundle_price_option_relations": "Pemakaian harga bundel di toko",
    "enabled_epayments": "Pembayaran elektronik aktif",
}  # fmt: skip

#: What happened and what to do, in Indonesian, by the error's class; English speaks for itself.
ERRORS_ID: dict[str, str] = {
    "KeyMissingError": "Belum ada API key. Ketik key di panel ini.",
    "AuthenticationError": "Key ditolak: salah, kedaluwarsa, atau dicabut. Periksa key (diawali sk_ atau rk_), atau buat baru di Scalev.",
    "ForbiddenError": "Key benar, tetapi tidak punya izin (scope) untuk ini. Pakai key dengan scope yang perlu, atau key penuh (sk_).",
    "EdgeBlockedError": "Permintaan diblokir sebelum sampai ke Scalev. Coba jaringan lain, atau minta Scalev mengizinkan alamat Anda.",
    "NotFoundError": "Data tidak ditemukan. Periksa id-nya, dan apakah milik bisnis dari key ini.",
    "InvalidParametersError": "Scalev menolak isi filter. Perbaiki filter yang disebut, lalu ulangi.",
    "RateLimitedError": "Batas permintaan Scalev tercapai terlalu lama. Tunggu sebentar, lalu tekan Ambil lagi: dilanjutkan dari yang sudah ada.",
    "ServerError": "Server Scalev bermasalah. Tekan Ambil lagi nanti: dilanjutkan dari yang sudah ada.",
    "ConnectionFailedError": "Scalev tidak terjangkau. Periksa jaringan, lalu tekan Ambil lagi: dilanjutkan dari yang sudah ada.",
    "CertificateError": "Sertifikat server tidak dipercaya; tidak ada yang dikirim.",
    "IncompleteError": "Data tidak terbukti lengkap, jadi tidak ditampilkan. Ulangi dengan “ambil ulang semuanya”.",
    "PagingError": "Data tidak terbukti lengkap, jadi tidak ditampilkan. Ulangi dengan “ambil ulang semuanya”.",
    "FilterIgnoredError": "Server mengabaikan filter ini. Hapus filternya, lalu saring di tabel.",
    "NotCachedError": "Belum ada data tersimpan untuk pilihan ini. Ambil dulu sekali tanpa mode offline.",
    "InterruptedPullError": "Dihentikan. Tekan Ambil lagi: dilanjutkan dari yang sudah ada.",
    "CredentialStoreError": "Komputer ini tidak punya key store yang aman; key tidak disimpan.",
    "ExportError": "Berkas tidak dapat ditulis; yang lama tidak berubah. Periksa folder, ruang disk, dan apakah berkas terbuka di Excel.",
    "BadValueError": "Nilai ini tidak bisa dipakai.",
}  # fmt: skip


class Words:
    """The labels of one language.

    Args:
        lang: ``en`` or ``id``.

    Raises:
        BadValueError: another language.

    >>> Words("id")("workbench")
    'Meja kerja Scalev'
    """

    def __init__(self, lang: str = "en") -> None:
        if lang not in LANGUAGES:
            raise BadValueError(f"lang={lang!r} is not a language of the panels.", advice="Use 'en' or 'id'.")
        self.lang = lang
        self._place = LANGUAGES.index(lang)

    def __call__(self, label: str, /, **values: object) -> str:
        """The words of ``label``, its braces filled from ``values``; left as they are when there are none."""
        text = LABELS[label][self._place]
        return text.format(**values) if values else text

    def filter(self, name: str) -> str:
        """The label of a filter or a path parameter.

        >>> Words("en").filter("store_id"), Words("en").filter("is_new_thing")
        ('Store', 'Is new thing')
        """
        return FILTERS[name][self._place] if name in FILTERS else name.replace("_", " ").capitalize()

    def endpoint(self, name: str) -> str:
        """The label of an endpoint."""
        spoken = name.replace("_", " ").capitalize()
        return ENDPOINTS_ID.get(name, spoken) if self.lang == "id" and name in ENDPOINTS else spoken

    def number(self, value: float) -> str:
        """A number with the language's own mark between thousands.

        >>> Words("en").number(12000), Words("id").number(12000)
        ('12,000', '12.000')
        """
        text = f"{value:,.0f}"
        return text.replace(",", ".") if self.lang == "id" else text

    def duration(self, seconds: float) -> str:
        """A length of time in its natural unit.

        >>> Words("en").duration(4.2), Words("en").duration(600), Words("id").duration(9000)
        ('5 s', '10 min', '2,5 jam')
        """
        if seconds < 90:
            return self("seconds", count=max(1, -int(-seconds // 1)))
        if seconds < 5400:
            return self("minutes", count=round(seconds / 60))
        hours = f"{seconds / 3600:.1f}"
        return self("hours", count=hours.replace(".", ",") if self.lang == "id" else hours)

    def event(self, event: Event) -> str:
        """What happens in a pull or an export."""
        if event.kind == "wait":
            return self("progress_wait", seconds=f"{event.seconds:.1f}", why=event.message)
        if event.kind == "note":
            return event.message
        counts = {name: self.number(getattr(event, name)) for name in ("rows", "pages", "requests")}
        return self("progress_page" if event.pages else "progress_rows", **counts) if event.rows or event.pages else ""

    def error(self, error: ScalevError) -> str:
        """What happened and what to do; details as the package words them.

        >>> Words("en").error(BadValueError("This is no day.", advice="Write it as 2026-11-01."))
        'This is no day. Write it as 2026-11-01.'
        """
        if self.lang == "en":
            return str(error)
        told = next((ERRORS_ID[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in ERRORS_ID), "")
        return f"{told} ({error})" if told else str(error)

    def stopped(self, error: ScalevError) -> str:
        """What is kept of work that was stopped, and how it goes on."""
        return self.error(error)
