"""Believable names for a made-up business, and texts that break spreadsheets and parsers. Nobody in here exists."""

from __future__ import annotations

FIRST_NAMES = tuple(
    """
    Adi Agus Ahmad Aisyah Andi Anisa Ayu Bagus Bambang Budi Citra Dedi Desi Dewi Dian Dwi Eka Eko Endang Fajar Farida
    Fitri Gilang Hadi Hani Hendra Ika Imam Indah Intan Irfan Joko Kartika Lestari Lina Made Maya Mega Mulyadi Nadia
    Ningsih Nur Nurul Putri Rahma Rani Ratna Rina Rizki Rudi Sari Sinta Siti Sri Surya Taufik Tri Wahyu Wayan Wulan
    Yanti Yoga Yuni Yusuf Zahra
    """.split()  # noqa: SIM905
)
LAST_NAMES = tuple(
    """
    Anggraini Astuti Fauzi Firmansyah Ginting Gunawan Halim Handayani Hartono Hasibuan Hidayat Iskandar Kurniawan
    Kusuma Lubis Mahendra Maulana Nainggolan Nasution Nugroho Permana Pranata Prasetyo Pratama Purnama Puspita Putra
    Rahayu Rahman Ramadhan Safitri Santoso Saputra Sembiring Setiawan Siregar Suharto Sulistyo Suryani Susanti
    Sutanto Utami Wibowo Widodo Wijaya Wulandari Yulianti Zulkarnain
    """.split()  # noqa: SIM905
)

#: Texts customers really type, and what each of them breaks.
ODD_NAMES = (
    "Bunda Aisyah 🌸💕",
    "=SUM(A1:A9)",
    "+62 Pak RT",
    "-Dewi-",
    "@siti.olshop",
    "  Rina  ",
    "Budi\tSantoso",
    'O\'Neil "Oni"',
    "#N/A",
    "小林 ゆに",
    "NULL",
    "👨‍👩‍👧‍👦 Keluarga Wayan",
)
ODD_ADDRESSES = (
    "Jl. Melati No. 5\nRT 02/RW 07\r\nPagar hitam 🏠",
    '=HYPERLINK("http://contoh.example","klik")',
    "Gg. Kelinci \x0b3, belakang masjid \x07",
    "-",
    "@ Ruko Permata Blok B/12",
    "Dusun Krajan 1; RT=01; 'depan warung'",
)
NOTES = (
    "Tolong kirim sore 🙏",
    "+bonus tas ya kak",
    "=1+1",
    "-",
    "@admin jangan telp",
    "Baris satu\nBaris dua\r\nBaris tiga",
    "Bel rusak\x0b, ketuk saja \x1f",
    "akhir\uffff",
    "007",
    "1e5",
    "Ukuran “L”, warna  merah",
)

#: City, province, subdistricts.
CITIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Kota Jakarta Selatan", "DKI Jakarta", ("Tebet", "Setiabudi", "Kebayoran Baru", "Cilandak", "Jagakarsa")),
    ("Kota Jakarta Timur", "DKI Jakarta", ("Cakung", "Duren Sawit", "Jatinegara", "Matraman", "Ciracas")),
    ("Kota Jakarta Barat", "DKI Jakarta", ("Cengkareng", "Grogol Petamburan", "Kalideres", "Kebon Jeruk", "Palmerah")),
    ("Kota Bekasi", "Jawa Barat", ("Bekasi Barat", "Bekasi Selatan", "Jatiasih", "Pondok Gede", "Rawalumbu")),
    ("Kota Bandung", "Jawa Barat", ("Andir", "Antapani", "Cicendo", "Coblong", "Lengkong", "Sukajadi")),
    ("Kab. Bogor", "Jawa Barat", ("Cibinong", "Cileungsi", "Ciomas", "Gunung Putri", "Parung")),
    ("Kota Depok", "Jawa Barat", ("Beji", "Cimanggis", "Cinere", "Pancoran Mas", "Sukmajaya")),
    ("Kab. Garut", "Jawa Barat", ("Banyuresmi", "Cikajang", "Tarogong Kaler", "Tarogong Kidul")),
    ("Kota Tangerang", "Banten", ("Batuceper", "Cibodas", "Cipondoh", "Karawaci")),
    ("Kota Tangerang Selatan", "Banten", ("Ciputat", "Pamulang", "Pondok Aren", "Serpong")),
    ("Kota Semarang", "Jawa Tengah", ("Banyumanik", "Candisari", "Genuk", "Pedurungan", "Tembalang")),
    ("Kota Surakarta", "Jawa Tengah", ("Banjarsari", "Jebres", "Laweyan", "Pasar Kliwon", "Serengan")),
    ("Kab. Banyumas", "Jawa Tengah", ("Ajibarang", "Baturraden", "Purwokerto Timur", "Sokaraja")),
    ("Kab. Sleman", "DI Yogyakarta", ("Depok", "Gamping", "Mlati", "Ngaglik")),
    ("Kota Yogyakarta", "DI Yogyakarta", ("Gondokusuman", "Kotagede", "Mantrijeron", "Umbulharjo")),
    ("Kota Surabaya", "Jawa Timur", ("Gubeng", "Rungkut", "Sukolilo", "Tambaksari", "Wonokromo", "Wiyung")),
    ("Kota Malang", "Jawa Timur", ("Blimbing", "Kedungkandang", "Klojen", "Lowokwaru", "Sukun")),
    ("Kab. Sidoarjo", "Jawa Timur", ("Candi", "Gedangan", "Sidoarjo", "Taman", "Waru")),
    ("Kab. Jember", "Jawa Timur", ("Ambulu", "Kaliwates", "Patrang", "Sumbersari")),
    ("Kota Denpasar", "Bali", ("Denpasar Barat", "Denpasar Selatan", "Denpasar Timur", "Denpasar Utara")),
    ("Kota Mataram", "Nusa Tenggara Barat", ("Ampenan", "Cakranegara", "Sandubaya", "Selaparang")),
    ("Kota Kupang", "Nusa Tenggara Timur", ("Kelapa Lima", "Maulafa", "Oebobo", "Oebufu")),
    ("Kota Medan", "Sumatera Utara", ("Medan Baru", "Medan Helvetia", "Medan Johor", "Medan Selayang")),
    ("Kota Padang", "Sumatera Barat", ("Koto Tangah", "Kuranji", "Lubuk Begalung", "Padang Utara")),
    ("Kota Pekanbaru", "Riau", ("Bukit Raya", "Marpoyan Damai", "Payung Sekaki", "Tampan")),
    ("Kota Batam", "Kepulauan Riau", ("Batam Kota", "Batu Aji", "Bengkong", "Lubuk Baja", "Sekupang")),
    ("Kota Palembang", "Sumatera Selatan", ("Alang-Alang Lebar", "Ilir Barat I", "Kemuning", "Sukarami")),
    ("Kota Bandar Lampung", "Lampung", ("Kedaton", "Kemiling", "Rajabasa", "Sukarame")),
    ("Kota Banda Aceh", "Aceh", ("Baiturrahman", "Kuta Alam", "Syiah Kuala", "Ulee Kareng")),
    ("Kota Pontianak", "Kalimantan Barat", ("Pontianak Barat", "Pontianak Kota", "Pontianak Timur")),
    ("Kota Banjarmasin", "Kalimantan Selatan", ("Banjarmasin Barat", "Banjarmasin Tengah", "Banjarmasin Utara")),
    ("Kota Balikpapan", "Kalimantan Timur", ("Balikpapan Kota", "Balikpapan Selatan", "Balikpapan Utara")),
    ("Kota Samarinda", "Kalimantan Timur", ("Samarinda Kota", "Samarinda Ulu", "Sungai Kunjang", "Sungai Pinang")),
    ("Kota Makassar", "Sulawesi Selatan", ("Biringkanaya", "Manggala", "Panakkukang", "Rappocini", "Tamalate")),
    ("Kota Manado", "Sulawesi Utara", ("Malalayang", "Mapanget", "Sario", "Wanea")),
    ("Kota Palu", "Sulawesi Tengah", ("Mantikulore", "Palu Barat", "Palu Selatan", "Palu Timur")),
    ("Kota Ambon", "Maluku", ("Nusaniwe", "Sirimau", "Teluk Ambon")),
    ("Kota Jayapura", "Papua", ("Abepura", "Heram", "Jayapura Selatan", "Jayapura Utara")),
)  # fmt: skip

#: Courier, its services.
COURIERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("JNE", "jne", ("REG", "YES", "OKE")),
    ("J&T Express", "jnt", ("EZ", "ECO")),
    ("SiCepat", "sicepat", ("REG", "HALU", "GOKIL")),
    ("Ninja Xpress", "ninja", ("STANDARD",)),
    ("ID Express", "idx", ("STD", "LITE")),
    ("POS Indonesia", "pos", ("Kargo",)),
)
BANKS = (
    ("Bank Central Asia", "BCA", "014"),
    ("Bank Mandiri", "MANDIRI", "008"),
    ("Bank Rakyat Indonesia", "BRI", "002"),
    ("Bank Negara Indonesia", "BNI", "009"),
    ("Bank Syariah Indonesia", "BSI", "451"),
)
STORES = ("Glow Nusantara", "Hijab Kirana", "Madu Rimba", "Kopi Tanah Air", "Herbal Sehat", "Kelas Pintar")
TAGS = ("VIP", "reseller", "kirim ulang", "follow up 🔥", "=promo", "grosir")
LABELS = ("best seller", "baru", "promo", "habis")
UTM_SOURCES = ("", "facebook", "instagram", "tiktok", "google", "whatsapp")

#: Product, kind, option, its values, price in rupiah, weight in grams.
PRODUCTS: tuple[tuple[str, str, str, tuple[str, ...], int, int], ...] = (
    ("Serum Vitamin C", "physical", "Ukuran", ("20 ml", "30 ml"), 89_000, 90),
    ("Sunscreen SPF 50", "physical", "Ukuran", ("30 g", "50 g"), 65_000, 80),
    ("Facial Wash Teh Hijau", "physical", "Ukuran", ("100 ml",), 45_000, 140),
    ("Masker Wajah Kopi", "physical", "Isi", ("5 lembar", "10 lembar"), 39_900, 150),
    ("Lip Tint", "physical", "Warna", ("Merah", "Nude", "Coral", "Pink"), 49_900, 40),
    ("Pashmina Ceruty", "physical", "Warna", ("Hitam", "Navy", "Mocca", "Sage", "Maroon"), 55_000, 200),
    ("Hijab Segi Empat", "physical", "Warna", ("Putih", "Hitam", "Dusty"), 35_000, 150),
    ("Gamis Kirana", "physical", "Ukuran", ("S", "M", "L", "XL", "XXL"), 229_000, 600),
    ("Mukena Travel", "physical", "Warna", ("Putih", "Biru"), 159_000, 500),
    ("Madu Hutan", "physical", "Ukuran", ("250 g", "500 g", "1 kg"), 95_000, 450),
    ("Madu Kelulut", "physical", "Ukuran", ("150 g", "350 g"), 125_000, 350),
    ("Kopi Gayo", "physical", "Giling", ("Biji", "Halus", "Kasar"), 78_000, 250),
    ("Kopi Toraja", "physical", "Giling", ("Biji", "Halus"), 82_000, 250),
    ("Kopi Kintamani", "physical", "Giling", ("Biji", "Halus"), 80_000, 250),
    ("Teh Rosella", "physical", "Isi", ("20 kantong",), 32_000, 100),
    ("Jahe Merah Bubuk", "physical", "Ukuran", ("200 g", "500 g"), 42_500, 260),
    ("Kapsul Kelor", "physical", "Isi", ("60 kapsul",), 75_000, 120),
    ("Minyak Habbatussauda", "physical", "Isi", ("100 kapsul", "200 kapsul"), 98_000, 180),
    ("Propolis Tetes", "physical", "Ukuran", ("10 ml",), 145_000, 60),
    ("E-book Resep Sehat", "digital", "Edisi", ("PDF",), 49_000, 0),
    ("E-book Panduan Diet", "digital", "Edisi", ("PDF", "PDF + audio"), 69_000, 0),
    ("Template Konten", "digital", "Paket", ("Dasar", "Lengkap"), 99_000, 0),
    ("Kelas Iklan Dasar", "course", "Kelas", ("Rekaman",), 299_000, 0),
    ("Kelas Foto Produk", "course", "Kelas", ("Rekaman", "Langsung"), 349_500, 0),
)
#: Each product once in every series.
SERIES = ("", " Premium", " Ekonomis")

TAXONOMY: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Kecantikan", "Perawatan Wajah", ("Serum", "Sunscreen", "Pembersih", "Masker", "Pelembap", "Toner")),
    ("Kecantikan", "Riasan", ("Bibir", "Mata", "Bedak", "Kuas")),
    ("Fesyen Muslim", "Hijab", ("Pashmina", "Segi Empat", "Instan", "Bergo")),
    ("Fesyen Muslim", "Pakaian", ("Gamis", "Tunik", "Mukena", "Koko")),
    ("Makanan & Minuman", "Minuman", ("Kopi", "Teh", "Cokelat", "Jus")),
    ("Makanan & Minuman", "Bahan", ("Madu", "Rempah", "Minyak", "Beras")),
    ("Kesehatan", "Suplemen", ("Kapsul", "Propolis", "Vitamin", "Herbal")),
    ("Buku & Kursus", "Digital", ("E-book", "Template", "Kelas Rekaman", "Kelas Langsung")),
)
