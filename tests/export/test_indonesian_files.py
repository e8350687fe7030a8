"""Files in Indonesian hold Indonesian words alone: sheets, headings, notes, definitions, chart titles."""

from __future__ import annotations

import datetime as dt
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
from export.kinds import KINDS

from scalev_frames.account import Account
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError
from scalev_frames.export import report_workbook, to_excel
from scalev_frames.export.excel import altered as room
from scalev_frames.frames import FrameBuilder, Header
from scalev_frames.frames.children import expand
from scalev_frames.frames.values.columns import read_column
from scalev_frames.notebook.pivot import Pivot
from scalev_frames.pull.server_facts import NO_COUNTS
from scalev_frames.reports.words.definitions import DATE_BASES, Definitions
from scalev_frames.reports.words.labels import BASES_ID, CODES, LABELS, SAYS
from scalev_frames.reports.words.phrases import MEANINGS, PHRASES, phrase
from scalev_frames.sandbox import Sandbox
from scalev_frames.sandbox.server.faults import always
from scalev_frames.sandbox.world import World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from scalev_frames.words.notes import note_said
from scalev_frames.words.tables import TABLES as WORDS

FUNCTION_WORDS = re.compile(r"(?i)\b(the|of|is|are|and|with|not|to|from|than|rows?|orders?|times?|texts?|numbers?)\b")
DEFINITIONS = WORDS["definitions"]
TABLES = (LABELS, SAYS, MEANINGS, DEFINITIONS, WORDS["pivot"], WORDS["notes"], PHRASES, *CODES.values())
PAIRS = [pair for table in TABLES for pair in table.values()]
#: English as it stands in the tables, any value filled in; one word alone may be a name.
ENGLISH = re.compile(
    "|".join(
        re.sub(r"\\\{\w+\\\}", ".+", re.escape(english))
        for english, said in PAIRS
        if said != english and re.search(r"[a-z].*[ _]", english)
    )
)


def framed(records, world, endpoint="orders"):
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
    builder.add(records)
    frame = builder.finish()[0]
    frame.attrs.update(endpoint=endpoint, as_of=world.now.isoformat(), time_zone="Asia/Jakarta", complete=True)
    return frame


def words_in(path):
    """Every text that a reader of the workbook sees."""
    book = openpyxl.load_workbook(path)
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    with zipfile.ZipFile(path) as content:
        parts = [content.read(name).decode() for name in content.namelist() if "chart" in name or "docProps" in name]
    drawn = [text for part in parts for text in re.findall(r"<(?:a:t|c:v|dc:title)>([^<]*)", part)]
    return {*book.sheetnames, *cells, *drawn}


def english_in(path):
    return {text for text in words_in(path) if FUNCTION_WORDS.search(text) or ENGLISH.fullmatch(text)}


def notes_in(path):
    """The notes of each sheet, as the sheet of notes has them."""
    rows = openpyxl.load_workbook(path)["Catatan"].iter_rows(values_only=True)
    return [(sheet, said) for sheet, what, said in rows if what == "Catatan"]


def test_notes_of_frames_are_indonesian_in_the_file_and_english_in_the_frame(tmp_path):
    orders = pd.DataFrame({"id": ["1"], "seen": [1]})
    notes = (
        "on 1 day the server's list and its statistics do not agree: 2026-11-03 (1,203 of 1,204)",
        "details: 2,000 records were gone before the details came",
        "seen: sent by the server, not in the data dictionary",
        "a note of a later version: 12 of 2,000 rows",
    )
    Header(endpoint="orders", notes=notes, rows=1).onto(orders)
    items = pd.DataFrame({"order__id": ["1"]})
    Header(child="items", notes=("orders: 1 of 2,000 rows, filtered afterwards",)).onto(items)
    path = to_excel({"Pesanan": orders, "Barang": items}, tmp_path / "x.xlsx", language="id")
    assert notes_in(path) == [
        ("Pesanan", "pada 1 hari daftar dan statistik server berbeda: 2026-11-03 (1.203 dari 1.204)"),
        ("Pesanan", "rincian: 2.000 data hilang sebelum rinciannya diambil"),
        ("Pesanan", "seen: dikirim server, tidak ada di kamus data"),
        ("Pesanan", notes[3]),
        ("Barang", "orders: 1 dari 2.000 baris, disaring setelah diambil"),
    ]
    assert orders.attrs["notes"] == [*notes]
    book = openpyxl.load_workbook(to_excel(orders, tmp_path / "y.xlsx"))
    assert notes[0] in [cell.value for cell in book["Notes"]["C"]]


@pytest.mark.slow
def test_a_pull_that_may_lack_orders_says_so_in_the_indonesian_file(tmp_path):
    faults = [always("error", path, status=404) for path in ("/order/statistics", "/orders/statistics")]
    with Sandbox(orders=60, limits=None, faults=faults) as shop:
        settings = Settings(base_url=shop.base_url, cache_dir=tmp_path / "cache")
        account = Account(Key(shop.api_key), settings, sleep=lambda _: None)
        orders = account.orders()
    assert NO_COUNTS in orders.attrs["notes"]
    said = [note for _, note in notes_in(to_excel(orders, tmp_path / "x.xlsx", language="id"))]
    assert len(said) == len(orders.attrs["notes"])
    assert not [note for note in said if FUNCTION_WORDS.search(note)]
    assert any(note.startswith("server tidak memberi statistik, jadi kelengkapan baris belum") for note in said)


@pytest.mark.slow
def test_a_report_workbook_is_indonesian_in_every_word(tmp_path):
    world = World(orders=25, seed=2, days=60)
    orders = framed(world.rows("orders"), world).assign(store_name="Toko \x01")
    lines = expand(framed([world.detail(one["id"]) for one in world.rows("orders")], world, "order"), "lines")
    checks = pd.DataFrame({"day": pd.to_datetime(["2026-11-01"]), "status": ["rts"], "orders": [3],
                           "orders_server": [4], "verdict": ["differs"]})  # fmt: skip
    checks.attrs.update(endpoint="reconcile", verdict="1 of 9 days differ from the server's statistics.", equal=False)
    differs = "on 1 day the server's list and its statistics do not agree: 2026-11-03 (1,203 of 1,204)"
    orders.attrs["notes"] = [differs, "seen: sent by the server, not in the data dictionary"]
    lines.attrs["notes"] = [differs, "details: 2,000 records were gone before the details came"]
    orders.attrs["filters"] = {"status": ["rts", "completed"], "by": "created"}
    path = report_workbook(orders, tmp_path / "r.xlsx", lines=lines, language="id", since="2026-11-01",
                           until="2026-11-12", reconciliation=checks)  # fmt: skip
    assert not english_in(path)
    words = words_in(path)
    assert {"Rekonsiliasi", "Pesanan, server", "berbeda", "Retur"} <= words
    assert f"{phrase('server_differs', 'id')} Jumlahnya 3 pesanan di sini dan 4 di server." in words
    asked = [text for text in words if text.startswith("Pesanan diambil dengan ")]  # on the cover, and in the notes
    assert asked == ["Pesanan diambil dengan filter: Status pesanan: Retur, Selesai; Menurut tanggal: Dibuat."]
    book = openpyxl.load_workbook(path)
    of_rows = ["Pada 1 hari daftar dan statistik server berbeda: 2026-11-03 (1.203 dari 1.204).",
               "Rincian: 2.000 data hilang sebelum rinciannya diambil."]  # fmt: skip
    for sheet, column in (("Ringkasan", "A"), ("Catatan", "B")):
        assert [cell.value for cell in book[sheet][column] if cell.value in of_rows] == of_rows
    assert not [text for text in words if text.startswith("seen: ")]
    assert "Dibayar: Status pembayaran salah satu dari Dibayar, Settled." in words
    assert ENGLISH.fullmatch("Paid: Payment status is one of paid, settled.")  # the scan would find it


def test_a_workbook_of_frames_says_in_indonesian_where_they_are_from(tmp_path):
    frame = pd.DataFrame({"net": [float("inf"), 1.0], "at": pd.to_datetime(["2026-11-01"] * 2, utc=True)})
    brands = {"Toko A": {"rows": 1, "complete": False}}
    frame = Header(account="toko-a", rows=2_000, complete=True, filters={}, businesses=brands).onto(frame)
    path = to_excel(dict.fromkeys("ABCD", frame), tmp_path / "x.xlsx", language="id")
    assert not english_in(path)
    book = openpyxl.load_workbook(path)
    assert (book.sheetnames[0], book.sheetnames[-1]) == ("Daftar isi", "Catatan")
    said = dict(row[1:] for row in book["Catatan"].iter_rows(values_only=True) if row[0] == "A")
    assert said["Baris"] == "2 dari 2.000 baris, disaring setelah diambil"
    assert (said["Lengkap"], said["Filter"]) == ("ya", "tidak ada")
    assert said["Zona waktu"] == "Asia/Jakarta, jika waktunya bertanda zona"
    assert said["Bisnis Toko A"] == "baris = 1; lengkap = tidak"
    assert said["Disesuaikan untuk Excel"] == "angka tak hingga ditulis sebagai teks: net (1)"
    with pytest.raises(BadValueError, match="language='ms' is not one of en, id"):
        to_excel(frame, path, language="ms")


def test_filters_of_a_workbook_are_said_as_the_panel_calls_them(tmp_path):
    frame = pd.DataFrame({"id": ["1"]})
    frame.attrs["filters"] = {"since": "2026-11-01", "by": "created", "status": ["rts", "completed"], "is_spam": False}
    words = words_in(to_excel(frame, tmp_path / "x.xlsx", language="id"))
    (said,) = [one for one in words if "2026-11-01" in one]
    assert said.startswith("Dari: 2026-11-01; ")
    assert "Status pesanan: Retur, Selesai" in said
    assert "created" not in said
    frame.attrs["filters"] = {"until": None, "shape": {"a": [1]}}
    words = words_in(to_excel(frame, tmp_path / "y.xlsx", language="id"))
    assert not [one for one in words if "None" in one or "'" in one]


@pytest.mark.slow
def test_a_pivot_says_in_indonesian_what_excel_could_not_hold(tmp_path):
    frame = pd.DataFrame({"status": ["rts", "shipped"], "city": ["Solo", None], "net": [float("inf"), 1.0],
                          "draft_time": [dt.datetime(2026, 11, 1), None]})  # fmt: skip
    panel = Pivot(frame, language="id", folder=tmp_path)
    for rows, columns in ((["status"], ["city"]), (["draft_time (month)"], [])):
        panel.choose(rows, columns, [("net", "max"), ("", "rows"), ("net", "sum", "share_all")])
        path = panel.export(tmp_path / "p.xlsx")
        assert not english_in(path)
        assert any(
            text.startswith("Disesuaikan untuk Excel: angka tak hingga ditulis sebagai teks") for text in words_in(path)
        )


def test_every_change_for_excel_and_every_definition_has_indonesian_words():
    changes = {one for name, one in vars(room).items() if isinstance(one, str) and name.isupper()}
    read = set().union(*(+read_column(kind.values).changes for kind in KINDS))
    assert [one for one in changes | read if note_said(one, "id") == one] == []
    assert set(BASES_ID) == set(DATE_BASES)
    assert {name for name in MEANINGS if hasattr(Definitions(), name)} == set(DEFINITIONS)
