"""What happened and what to do, in Indonesian; English errors speak for themselves."""

from __future__ import annotations

#: What happened and what to do, in Indonesian, by the error's class; English speaks for itself.
ERRORS_ID: dict[str, str] = {
    "KeyMissingError": "Belum ada kunci API. Tempel kunci di panel ini.",
    "AuthenticationError": "Kunci ditolak: salah, kedaluwarsa, atau dicabut. Periksa kuncinya (diawali sk_ atau rk_), atau buat yang baru di Scalev.",
    "ForbiddenError": "Kunci benar, tetapi tidak punya izin (scope) untuk ini. Pakai kunci dengan izin yang diperlukan, atau kunci penuh (sk_).",
    "EdgeBlockedError": "Permintaan diblokir sebelum sampai ke Scalev. Coba jaringan lain, atau minta Scalev mengizinkan alamat Anda.",
    "NotFoundError": "Data tidak ditemukan. Periksa ID-nya, dan apakah data itu milik bisnis dari kunci ini.",
    "InvalidParametersError": "Scalev menolak isi filter. Perbaiki filter yang disebut, lalu ulangi.",
    "RateLimitedError": "Batas permintaan Scalev habis untuk waktu yang lama. Tunggu sebentar, lalu tekan Ambil lagi: dilanjutkan dari yang sudah ada.",
    "ServerError": "Server Scalev bermasalah. Tekan Ambil lagi nanti: dilanjutkan dari yang sudah ada.",
    "ConnectionFailedError": "Scalev tidak terjangkau. Periksa jaringan, lalu tekan Ambil lagi: dilanjutkan dari yang sudah ada.",
    "CertificateError": "Sertifikat server tidak dipercaya, jadi tidak ada yang dikirim. Minta berkas sertifikat kantor kepada admin jaringan.",
    "IncompleteError": "Data tidak terbukti lengkap, jadi tidak ditampilkan. Ulangi dengan “ambil ulang semuanya”.",
    "PagingError": "Data tidak terbukti lengkap, jadi tidak ditampilkan. Ulangi dengan “ambil ulang semuanya”.",
    "FilterIgnoredError": "Server mengabaikan filter ini. Hapus filternya, lalu saring di tabel.",
    "NotCachedError": "Belum ada data tersimpan untuk pilihan ini. Ambil dulu sekali tanpa mode offline.",
    "InterruptedPullError": "Dihentikan. Tekan Ambil lagi: dilanjutkan dari yang sudah ada.",
    "CredentialStoreError": "Komputer ini tidak punya penyimpanan kunci yang aman, jadi kunci tidak disimpan.",
    "ExportError": "Berkas tidak dapat ditulis; yang lama tidak berubah. Periksa folder, ruang disk, dan apakah berkas terbuka di Excel.",
    "BadValueError": "Nilai ini tidak bisa dipakai.",
    "UnknownNameError": "Nama ini tidak dikenal.",
    "UsageError": "Isian ini tidak bisa dipakai.",
    "BadRequestError": "Scalev tidak bisa memakai permintaan ini. Periksa filternya.",
    "UnexpectedResponseError": "Jawaban server tidak seperti yang dijanjikan. Tekan Ambil lagi; kalau tetap begitu, periksa alamat server.",
    "ApiError": "Server Scalev menjawab dengan kesalahan.",
    "AlreadyRunningError": "Laporan yang sama sedang ditulis oleh proses lain. Tunggu sampai selesai, atau tulis ke berkas lain.",
    "MissingPackageError": "Paket yang diperlukan belum terpasang: pip install 'scalev-frames[lab]'.",
    "WrongVersionError": "Daftar ini hanya ada di versi lain dari API. Hubungkan dengan versi itu; kuncinya sama.",
    "MissingColumnsError": "Kolom yang diperlukan laporan ini tidak ada. Ambil pesanan dengan semua kolomnya.",
    "FileFormatError": "Isi berkas tidak sesuai. Ekspor lagi dari dasbor, dan jangan diubah di Excel.",
    "GroupError": "Sebagian bisnis gagal diambil. Yang berhasil tetap tersimpan: tekan Ambil lagi untuk sisanya.",
    "CacheError": "Data tersimpan tidak bisa dihapus: sedang dipakai program lain, atau foldernya bukan milik Anda.",
    "ScalevError": "Terjadi kesalahan.",
}  # fmt: skip
