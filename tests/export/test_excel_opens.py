"""A workbook opens without a word: by Excel's rules, in LibreOffice, openpyxl and calamine, and says the same in each."""

from __future__ import annotations

import datetime as dt
import math
import random
import shutil
import subprocess
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames import FrameBuilder
from scalev_frames.sandbox import World
from tests.export.rules import broken_rules

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))


@pytest.fixture(scope="module")
def frames():
    world = World(orders=60)
    made = {}
    for endpoint, rows in (
        ("orders", world.rows("orders")),
        ("order", [world.detail(row["id"]) for row in world.rows("orders")]),
        ("products", world.rows("products")),
        ("locations", world.rows("locations")),
        ("stores", []),
    ):
        builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
        builder.add(rows)
        frame, notes = builder.finish()
        frame.attrs = {"endpoint": endpoint, "time_zone": "Asia/Jakarta", "notes": notes}
        made[endpoint] = frame
    return {**made, "Lines": made["order"].scalev.lines(), "Dashboard": made["order"].scalev.dashboard()}


@pytest.fixture(scope="module")
def whole(frames, tmp_path_factory):
    """The workbook of all frames."""
    return sf.to_excel(frames, tmp_path_factory.mktemp("whole") / "all.xlsx")


@pytest.fixture(scope="module")
def books(whole, any_frames, tmp_path_factory):
    """Workbooks, and what LibreOffice read of each and saved again; it starts once for all."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice Calc is needed; or leave these tests out with -m 'not slow'."
    profile, folder, again = (tmp_path_factory.mktemp(name) for name in ("profile", "any", "again"))
    paths = {"whole": whole, "odd": sf.to_excel(dict.fromkeys(ODD_NAMES, ODD), folder / "odd.xlsx")}
    for (kind, seed), frame in any_frames.items():
        paths[kind, seed] = sf.to_excel({"Any": frame}, folder / f"{kind}{seed}.xlsx")
    command = [program, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}", "--convert-to",
               "xlsx:Calc MS Excel 2007 XML", "--outdir", str(again), *map(str, paths.values())]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=150)
    return {key: (path, again / path.name) for key, path in paths.items()}


def by_calamine(path):
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def by_openpyxl(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


@pytest.mark.slow
def test_every_rule_of_the_format_is_kept(whole, tmp_path):
    assert broken_rules(whole) == []
    assert broken_rules(sf.to_excel(pd.DataFrame(), tmp_path / "empty.xlsx")) == []
    again = openpyxl.load_workbook(whole)
    again.save(tmp_path / "again.xlsx")
    assert broken_rules(tmp_path / "again.xlsx") == []


@pytest.mark.slow
def test_a_broken_workbook_would_be_found_out(frames, tmp_path):
    import zipfile

    path = sf.to_excel(frames["orders"].head(3), tmp_path / "x.xlsx")
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad:
        for name in book.namelist():
            part = book.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b'<row r="3"', b'<row r="2"').replace(b' s="', b' s="9', 3)
            bad.writestr(name, part)
    assert len(broken_rules(tmp_path / "bad.xlsx")) > 3


@pytest.mark.slow
def test_libreoffice_reads_what_the_others_read(frames, books):
    path, again = books["whole"]
    found = by_calamine(again)
    assert list(found) == ["Contents", *frames, "Notes"]
    for name, rows in by_calamine(path).items():
        read = found[name]
        read += [[""] * len(rows[0])] * (len(rows) - len(read))
        assert [row[: len(rows[0])] for row in read] == rows, name
    notes = openpyxl.load_workbook(again)
    sheet = notes["orders"]
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.auto_filter.ref.replace("$", "").startswith("A1:")
    assert sheet.page_setup.orientation == "landscape"
    assert notes["Contents"]["A2"].hyperlink is not None


ODD_NAMES = ["' 'x' '", "a_x002F_b", "シート1", "ｼｰﾄ１", "🔥" * 20, "History", "Straße", "STRASSE"]
ODD_TEXTS = ["_x000D_", "x_x0041_", "_x41_", "__x0041__x0042_", "=1+1", "a\nb", "x" * 32_767]
ODD = pd.DataFrame([ODD_TEXTS, [5e-324, 1e308, -0.0, 1, 2, 3, 4]], columns=[f"{text[:20]} " for text in ODD_TEXTS])


@pytest.mark.slow
def test_libreoffice_reads_the_oddest_names_headers_and_texts(books):
    read, found = map(by_calamine, books["odd"])
    assert list(found) == list(read)
    assert list(read)[1:9] == ["x", "a-x002F_b", "シート1", "ｼｰﾄ１ (2)", "🔥" * 15, "History_", "Straße", "STRASSE (2)"]
    for sheet in list(read)[1:9]:
        assert found[sheet] == read[sheet]
        assert read[sheet] == [list(ODD), ODD_TEXTS, ["5e-324", 1e308, 0, 1, 2, 3, 4]]


# Any value at all -----------------------------------------------------------------------------------------------

CHARACTERS = [chr(code) for code in (0, 7, 9, 10, 13, 32, 0x1F, 0x7F, 0x85, 0xA0, 0x2028, 0xFFFD, 0xFFFE, 0xFFFF)]
PIECES = [*CHARACTERS, "<", "&", ">", '"', "'", "=", "+", "-", "@", "_x0041_", "_x", "🔥", "👩‍👩‍👧", "\u0627", "é", "0", "007",
          "1E5", "TRUE", "#N/A", "2026-11-01", "]]>", "\u202e", "a", "Z"]  # fmt: skip


def any_text(chance):
    if chance.random() < 0.02:
        return "".join(chance.choices(PIECES, k=3)) * chance.choice([3_000, 12_000])
    if chance.random() < 0.3:
        codes = (chance.choice([chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)]) for _ in range(5))
        return "".join(map(chr, codes))
    return "".join(chance.choices(PIECES, k=chance.randrange(8)))


def any_number(chance):
    return chance.choice([
        chance.uniform(-1e6, 1e6), math.ldexp(chance.uniform(-1, 1), chance.randrange(-1_070, 1_024)), -0.0, 0.1 + 0.2,
        float(chance.randrange(-(2**53), 2**53)), float("inf"), 1e15, 123456789012345.0, round(chance.uniform(0, 1e9), 2),
    ])  # fmt: skip


def any_moment(chance):
    day = dt.datetime(1900, 1, 1) + dt.timedelta(
        days=chance.randrange(2_958_464), milliseconds=chance.randrange(86_400_000)
    )
    return chance.choice([day, day.replace(hour=0, minute=0, second=0, microsecond=0), day.replace(microsecond=1)])


def any_frame(chance, rows):
    def column(make):
        return [None if chance.random() < 0.1 else make() for _ in range(rows)]

    return pd.DataFrame(
        {
            "text": pd.Series(column(lambda: any_text(chance)), dtype="str"),
            "number": pd.Series(column(lambda: any_number(chance)), dtype="float64"),
            "whole": pd.array(column(lambda: chance.choice([7, -1, chance.randrange(-(2**63), 2**63)])), dtype="Int64"),
            "money": pd.array(column(lambda: Decimal(chance.randrange(-(10**17), 10**17)) / 100), dtype=MONEY),
            "moment": pd.Series(column(lambda: any_moment(chance)), dtype="datetime64[us]"),
            "flag": pd.array(column(lambda: chance.random() < 0.5), dtype="boolean"),
        }
    )


def wrong(frame, rows, notes):
    """The values that a reader does not say, in columns of which Notes tells nothing."""
    rows = rows[1:] + [[None] * 6] * (len(frame) + 1 - len(rows))
    for name, place in zip(frame.columns, range(6), strict=True):
        for value, row in zip(frame[name], rows, strict=True):
            cell = row[place] if place < len(row) else None
            if not same(value, cell) and f"{name} (" not in notes:
                yield name, value, cell


def same(value, cell):
    if pd.isna(value):
        return cell in (None, "")
    match value:
        case pd.Timestamp():
            return isinstance(cell, dt.date) and abs(pd.Timestamp(cell) - value) < pd.Timedelta("1us")
        case bool() | str():
            return value == cell
        case Decimal():
            return isinstance(cell, int | float) and not isinstance(cell, bool) and Decimal(repr(cell)) == value
        case _:
            return isinstance(cell, int | float) and math.isclose(float(value), float(cell), rel_tol=1e-14)


def only(frame, notes):
    """The columns of which Notes tells something must be few: it is no excuse for everything."""
    return [name for name in frame.columns if f"{name} (" in notes]


def plain_frame(chance, rows):
    """Values that Excel can hold as they are."""
    plain = [one for one in PIECES if one >= " " and one not in ("\ufffe", "\uffff", "_x0041_", "_x")]

    def column(make):
        return [None if chance.random() < 0.1 else make() for _ in range(rows)]

    day = dt.datetime(1900, 3, 1)
    return pd.DataFrame(
        {
            "text": pd.Series(column(lambda: "".join(chance.choices([*plain, "\n", "\t"], k=chance.randrange(1, 9)))), dtype="str"),
            "number": pd.Series(column(lambda: round(chance.uniform(-1e9, 1e9), chance.randrange(6))), dtype="float64"),
            "whole": pd.array(column(lambda: chance.randrange(-(10**15) + 1, 10**15)), dtype="Int64"),
            "money": pd.array(column(lambda: Decimal(chance.randrange(-(10**15) + 1, 10**15)) / 100), dtype=MONEY),
            "moment": pd.Series(
                column(lambda: day + dt.timedelta(days=chance.randrange(2_958_000), seconds=chance.randrange(86_400))),
                dtype="datetime64[us]",
            ),
            "flag": pd.array(column(lambda: chance.random() < 0.5), dtype="boolean"),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def any_frames():
    kinds = [("any", any_frame, 400, range(4)), ("plain", plain_frame, 300, range(6))]
    return {(kind, seed): make(random.Random(seed), rows) for kind, make, rows, seeds in kinds for seed in seeds}


def readings(path, again):
    """The rows as three readers say them."""
    yield "calamine", by_calamine(path)["Any"]
    yield "openpyxl", by_openpyxl(path)["Any"]
    yield "LibreOffice", by_calamine(again)["Any"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_any_value_is_equal_in_three_readers_or_counted(any_frames, books, seed):
    frame, (path, again) = any_frames["any", seed], books["any", seed]
    assert broken_rules(path) == []
    notes = "\n".join(str(row) for row in by_calamine(path)["Notes"])
    for reader, rows in readings(path, again):
        assert list(wrong(frame, rows, notes))[:3] == [], (reader, only(frame, notes))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_what_needs_no_change_is_equal_in_three_readers_without_an_excuse(any_frames, books, seed):
    frame, (path, again) = any_frames["plain", seed], books["plain", seed]
    notes = "\n".join(str(row) for row in by_calamine(path)["Notes"])
    assert only(frame, notes) == []
    for reader, rows in readings(path, again):
        assert list(wrong(frame, rows, ""))[:3] == [], reader
