"""Fields with personal data, by their names in the API, the dashboard and Indonesian; the one list for every mask.

What tells a person alone, or beside a place and a day, is masked: a birthday, an identity number, a device, a postal
code. Names of staff and of places from the subdistrict up are no customer's and stay, and so does a gender; phones and
e-mail addresses are masked whosever they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection

#: The word a token begins with, and the names it is for: a column's, or the keys down to a value, joined with ``_``.
PERSONAL: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (word, re.compile(pattern))
    for word, pattern in (
        ("phone", r"(^|_)(phone|phone_number|whats_?app|wa_number|wa_id|wa_user_id|telephone|hp)$"),
        ("phone", r"(^|_)(no|nomor|nomer)_wa$|^((customer|buyer|recipient)_)?wa$|^(contact|kontak)$"),
        (
            "phone",
            r"^(customer|buyer)_phones$|(^|_)((mobile|contact)_(phone|no|number)|(phone|telephone|whats_?app)_(no|number))$",
        ),
        ("phone", r"(^|_)(hp|handphone|telp|telepon)(_(pelanggan|pembeli|penerima|pengirim))?$"),
        ("phone", r"(^|_)(?<!is_)(mobile|cell_?phone|msisdn|ponsel)$"),
        ("email", r"(^|_)surel$|^(customer|buyer)_emails$"),
        ("email", r"(^|_)e?mail$|(^|_)(order_)?emails?_(from|to)$"),
        ("name", r"(^|_)(customer|address|recipient|sender|receiver|dropshipper|buyer|contact)_?_(full)?name$"),
        ("name", r"(^|_)(account_holder|payment_account_name|first_name|last_name)$"),
        ("name", r"^(full_name|recipient|receiver|consignee|penerima)$|(^|_)(received_by|contact_person)$"),
        ("name", r"(^|_)(shipper|consignee)_name$"),
        ("name", r"(^|_)nama_(lengkap|customer|pelanggan|pembeli|penerima|pengirim|pemilik_rekening)$"),
        ("address", r"(^|_)alamat(_(lengkap|rumah|pelanggan|pembeli|penerima|pengirim|pengiriman|tujuan))?$"),
        ("account", r"(^|_)(no|nomor)_rekening$"),
        ("text", r"(^|_)(catatan|komentar|keterangan)(_(pelanggan|pembeli|penerima|pengiriman))?$|^(isi_)?pesan$"),
        ("address", r"(^|_)(address_line_?\d|landmark|patokan)$"),
        ("address", r"(^|_)address_?\d?$|(^|_)(street|latitude|longitude)$|(^|_)(?<!per_)ip(v4|v6)?$"),
        ("address", r"(^|_)(lat|lng|coordinates?|koordinat|geolocation|gps|maps_(url|link)|plus_code)$"),
        ("place", r"^(?!.*(origin|warehouse)_).*(postal_code|postcode|zip_code|kode_pos)$|(^|_)zip$"),
        ("place", r"(^|_)(village|kelurahan|desa|dusun|rt_rw|rt|rw)$"),
        ("birth", r"(^|_)(date_of_birth|birth_?(date|day|year|place)|dob)$"),
        ("birth", r"(^|_)(tanggal|tgl|tempat|tempat_tanggal|tahun)_lahir$|(^|_)ttl$"),
        (
            "birth",
            r"(^|_)(customer|buyer|recipient|contact|person)_age$|(^|_)(usia|umur)_(pelanggan|pembeli|penerima)$",
        ),
        ("identity", r"(^|_)(nik|e?_?ktp|npwp|passport|paspor|national_id|tax_id)(_(no|nomor|number))?$"),
        (
            "identity",
            r"(^|_)(no|nomor)_(nik|e?_?ktp|npwp|paspor|kk|sim|identitas)$|(^|_)(identity|id_card|tax)_number$",
        ),
        ("name", r"(^|_)(pemilik|nama)_rekening$|(^|_)atas_nama$|(^|_)bank_account_name$|(^|_)card_?holder(_name)?$"),
        ("account", r"(^|_)account_(number|no)$|(^|_)va_number$|(^|_)(iban|rekening|norek|no_rek|nomor_va|no_va)$"),
        ("account", r"(^|_)card_(number|no)$|(^|_)(no|nomor)_kartu$"),
        ("device", r"(^|_)(fbp|fbc|fbclid|gclid|gbraid|wbraid|ttclid|ttp|msclkid|ga_client_id|user_agent)$"),
        ("device", r"(^|_)(advertising_id|idfa|gaid|device_id|device_token|visitor_id|session_id|fingerprint)$"),
        (
            "handle",
            r"(^|_)(instagram|facebook|fb|tiktok|twitter|telegram)_(user_?name|handle|user_id|id|profile|link)$",
        ),
        ("handle", r"(^|_)(customer|buyer|recipient|contact)_(instagram|facebook|tiktok|twitter|telegram|user_?name)$"),
        ("handle", r"(^|_)akun_(instagram|ig|facebook|fb|tiktok|twitter|telegram)$"),
        ("text", r"(^|_)(notes?|chat_message|message|text|subject|comment|courier_additional_info|last_summary)$"),
        ("text", r"(^|_)remarks?$|shipment_status_history_description$|(^|_)(?<!request_)(?<!response_)body$"),
        ("text", r"^content$|(^|_)(message|message_history|e?mail|chat|sms|comment|review|note)s?_content$"),
        ("link", r"(^|_)(signature|pod)_url$"),
        ("link", r"(^|_)(referr?er|page|landing|event_source)_(url|link)$|^(http_)?referr?er$"),
        ("link", r"(^|_)(transferproof|rtsproof|invoice|text|avatar|public_order|payment)_url$|(^|_)secret_slug$"),
    )
)
#: Plain names that are personal by what stands beside them: the word, the names, and what one beside them must be.
#: Nothing but a person has a phone or an e-mail address of its own.
BESIDE: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (word, re.compile(names), re.compile(near))
    for word, names, near in (
        ("name", "name|nama", "((no|nomor)_)?(phone|mobile|whatsapp|wa|hp|handphone|telp|telepon|ponsel)|email|surel"),
        ("email", "to|from|cc|bcc", "subject"),
        ("phone", "to|from", "body|content|message|text|pesan"),
    )
)
#: Objects with unknown contents: all their texts and long numbers are masked, except under the keys below.
FREE = re.compile(
    r"(^|_)(metadata|pg_payment_info|pg_paid_info|payload|response|(request|response)_body|payment_data|payment_paid_data|"
    r"custom_fields|additional_info|verification_data|agent_context|last_message|data)$"
)
FREE_BUT_NOT = re.compile(r"utm_(source|medium|campaign|content|term)$")


def is_personal_filter(name: str) -> bool:
    """Whether a filter of a call may hold a customer's data.

    >>> is_personal_filter("search"), is_personal_filter("customer_phone"), is_personal_filter("status")
    (True, True, False)
    """
    return name == "search" or bool(personal_word(name))


def personal_word(name: str, key: str = "", beside: Collection[str] = ()) -> str:
    """What kind of personal data a field holds; ``""`` when none.

    Args:
        name: the field, with the names of what it stands in before it.
        key: its own name alone.
        beside: the names beside it: they show whether a plain name is a person's.

    >>> personal_word("destination_address_phone"), personal_word("store_name")
    ('phone', '')
    >>> personal_word("owner_name", "name", ["name", "phone"])
    'name'
    """
    own = next((word for word, pattern in PERSONAL if pattern.search(name)), "")
    near = (word for word, names, near in BESIDE if names.fullmatch(key) and any(map(near.fullmatch, beside)))
    return own or next(near, "")
