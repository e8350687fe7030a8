"""The report workbook read back by two other readers and by LibreOffice: every cell, every chart, every link."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.export import report_workbook
from scalev_frames.export.report.charts import JOINED
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.children import expand
from scalev_frames.reports import REPORTS, Definitions, report, shown
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.figures import FIGURES, key_figures
from scalev_frames.reports.words.labels import label
from scalev_frames.reports.words.phrases import phrase
from scalev_frames.sandbox.world import World

HEADER_ROW = 4


def framed(records, world, endpoint="orders"):
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
    builder.add(records)
    frame = builder.finish()[0]
    frame.attrs.update(endpoint=endpoint, as_of=world.now.isoformat(), account="brand-a", complete=True,
                       filters={"since": "2026-09-01"}, time_zone="Asia/Jakarta", notes=[])  # fmt: skip
    return frame


@pytest.fixture(scope="module")
def world():
    return World(orders=150, seed=2, days=40)


@pytest.fixture(scope="module")
def orders(world):
    return framed(world.rows("orders"), world)


@pytest.fixture(scope="module")
def lines(world):
    return expand(framed([world.detail(one["id"]) for one in world.rows("orders")], world, "order"), "lines")


@pytest.fixture(scope="module")
def path(orders, lines, tmp_path_factory):
    return report_workbook(orders, tmp_path_factory.mktemp("book") / "new" / "report.xlsx", lines=lines,
                           definitions=Definitions(overdue_days=2))  # fmt: skip


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def cells(path, sheet):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def read(value):
    """A cell of a frame as calamine gives it."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        naive = value.tz_localize(None) if value.tzinfo else value
        return naive.to_pydatetime() if value.tzinfo else naive.date()
    return value if isinstance(value, str) else float(value)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(REPORTS))
def test_every_cell_of_a_report_reads_back(name, path, orders, lines):
    definitions = Definitions(overdue_days=2)
    frame = shown(report(name, lines if REPORTS[name].needs_lines else orders, definitions))
    rows = cells(path, REPORTS[name].title_en)
    assert rows[0][0] == REPORTS[name].title_en
    assert rows[HEADER_ROW - 1][: len(frame.columns)] == list(frame.columns)
    body = rows[HEADER_ROW : HEADER_ROW + len(frame)]
    assert len(rows) == HEADER_ROW + len(frame)
    for got, wanted in zip(body, frame.itertuples(index=False, name=None), strict=True):
        for cell, value in zip(got, map(read, wanted), strict=False):
            if isinstance(value, float):
                assert cell == pytest.approx(value, rel=1e-12)
            elif hasattr(value, "hour"):
                assert abs((cell - value).total_seconds()) < 0.001
            else:
                assert cell == value


@pytest.mark.slow
def test_no_title_is_wider_than_what_is_printed_of_its_table(book):
    for row in REPORTS.values():
        sheet = book[row.title_en]
        widths = [one.width for one in sheet.column_dimensions.values() if not one.hidden]
        assert len(sheet["A2"].value) * 1.02 <= sum(widths) or not sheet.print_area


@pytest.mark.slow
def test_sheets_come_in_the_order_in_which_people_read(book):
    titles = [row.title_en for row in REPORTS.values()]
    assert book.sheetnames == ["Summary", "Contents", *titles, "Definitions", "Notes"]


@pytest.mark.slow
def test_charts_have_titles_axes_and_only_cells_of_their_table(book):
    drawn = {name: row for name, row in REPORTS.items() if row.chart}
    for row in drawn.values():
        sheet = book[row.title_en]
        (chart,) = sheet._charts
        assert chart.title.tx.rich.p[0].r[0].t == row.title_en
        assert not chart.x_axis.delete
        assert not chart.y_axis.delete
        assert [sheet[one.tx.strRef.f.rsplit("!")[1].replace("$", "")].value for one in chart.series] == [
            label(series) for series in row.chart.series
        ]
        assert (chart.legend is not None) == (len(chart.series) > 1)
        for one in chart.series:
            for reference in (one.val.numRef.f, one.cat.numRef.f):
                title, area = re.fullmatch(r"'?(.+?)'?!(.+)", reference).groups()
                first, _, last = area.replace("$", "").partition(":")
                assert title == row.title_en
                assert sheet[first].row == HEADER_ROW + 1
                assert sheet[last or first].row <= sheet.max_row
                assert sheet[last or first].value is not None
    assert len(book["Summary"]._charts) == 2


@pytest.mark.slow
def test_rows_named_by_several_columns_are_named_in_one_hidden_one(book):
    sheet = book[REPORTS["channels"].title_en]
    last = sheet.cell(HEADER_ROW, sheet.max_column)
    assert last.value == phrase(JOINED)
    assert sheet.column_dimensions[last.column_letter].hidden
    assert sheet.cell(HEADER_ROW + 1, sheet.max_column).value == " · ".join(
        sheet.cell(HEADER_ROW + 1, column).value for column in (1, 2, 3)
    )


@pytest.mark.slow
def test_headers_are_frozen_repeated_and_filtered_and_pages_are_landscape(book):
    for row in REPORTS.values():
        sheet = book[row.title_en]
        assert sheet.freeze_panes == f"B{HEADER_ROW + 1}"
        assert sheet.print_title_rows == f"$1:${HEADER_ROW}"
        assert sheet.auto_filter.ref.startswith(f"A{HEADER_ROW}:")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth == 1


@pytest.mark.slow
def test_rates_and_shares_are_coloured(book):
    assert len(book["RTS by courier"].conditional_formatting) >= 2
    assert len(book["Data quality"].conditional_formatting) >= 2


@pytest.mark.slow
def test_contents_lead_to_every_sheet_and_back(book):
    contents = book["Contents"]
    targets = [row[0].hyperlink.location for row in contents.iter_rows(min_row=HEADER_ROW + 1)]
    assert [target.strip("'").removesuffix("'!A1") for target in targets] == [
        name for name in book.sheetnames if name != "Contents"
    ]
    assert book["Daily pipeline"]["A3"].hyperlink.location == "'Contents'!A1"


@pytest.mark.slow
def test_the_cover_says_the_key_figures(path, orders):
    said = {row[0]: row[1] for row in cells(path, "Summary") if row[0]}
    figures = key_figures(Prepared(orders, Definitions(overdue_days=2)))
    for name in FIGURES:
        wanted = figures[name]
        assert said[label(name)] == ("" if wanted is None else pytest.approx(float(wanted), abs=0.005))
    assert "Orders report: brand-a" in said
    assert any("since = 2026-09-01" in line for line in said)
    assert "Not compared with the server's statistics." in said


def test_the_workbook_of_a_key_without_a_name_has_no_hash_as_its_title(orders, tmp_path):
    unnamed = orders.copy()
    unnamed.attrs["account"] = "3f9a01bc"
    made = report_workbook(unnamed, tmp_path / "report.xlsx", reports=["funnel"])
    first = [row[0] for row in cells(made, "Summary")]
    assert "Orders report" in first
    assert not any("3f9a01bc" in str(one) for one in first)


@pytest.mark.slow
def test_a_period_is_compared_with_the_one_before(orders, tmp_path):
    path = report_workbook(orders, tmp_path / "r.xlsx", since="2026-11-01", until="2026-11-12", language="id",
                           reports=["daily", "funnel"])  # fmt: skip
    rows = cells(path, "Ringkasan")
    figures = {row[0]: row[1:5] for row in rows}
    created = orders["draft_time"].fillna(orders["created_at"]).dt.strftime("%Y-%m-%d")
    spam = orders["is_probably_spam"]
    now = int((created.between("2026-11-01", "2026-11-12") & ~spam).sum())
    before = int((created.between("2026-10-20", "2026-10-31") & ~spam).sum())
    assert figures["Pesanan"][:3] == [now, before, now - before]
    assert figures["Pesanan"][3] == pytest.approx((now - before) / before)
    assert figures["Angka utama"] == ["Nilai", "Sebelumnya", "Perubahan", "%"]
    formats = {
        row[0].value: [cell.number_format for cell in row[1:5]]
        for row in openpyxl.load_workbook(path)["Ringkasan"].iter_rows(max_col=5)
    }
    assert formats["Pesanan"] == ["#,##0", "#,##0", "#,##0", "+0.0%;-0.0%;0.0%"]
    rate = formats[label("confirm_rate", "id")]
    assert rate[:2] == ["0.0%", "0.0%"]
    assert "poin" in rate[2]
    assert "2026-11-01 sampai 2026-11-12, dibandingkan 2026-10-20 sampai 2026-10-31" in figures
    assert sum(row[1] for row in cells(path, "Alur pesanan harian")[HEADER_ROW:]) == now


@pytest.mark.slow
def test_a_period_before_that_nobody_asked_for_is_no_zero(orders, tmp_path):
    asked = orders[orders["draft_time"].fillna(orders["created_at"]).dt.strftime("%Y-%m-%d") >= "2026-11-01"].copy()
    asked.attrs["filters"] = {"since": "2026-11-01"}
    rows = cells(report_workbook(asked, tmp_path / "r.xlsx", since="2026-11-01", reports=["funnel"]), "Summary")
    figures = {row[0]: row[1:5] for row in rows}
    assert [one for one in figures["Key figure"] if one] == ["Value"]
    assert [one for one in figures["Orders"] if one not in ("", None)] == [int((~asked["is_probably_spam"]).sum())]
    assert any("nothing to compare them with" in str(first) for first in figures)
    assert not any("against" in str(first) for first in figures)


@pytest.mark.slow
def test_the_verdict_of_the_reconciliation_stands_on_the_cover(orders, tmp_path):
    table = pd.DataFrame(
        {"day": pd.to_datetime(["2026-11-01"]), "status": ["rts"], "orders": [3], "verdict": ["differs"]}
    )
    table.attrs.update(verdict="1 of 9 days differ from the server's statistics.", equal=False)
    path = report_workbook(orders, tmp_path / "r.xlsx", reports=["funnel"], reconciliation=table)
    assert "1 of 9 days differ from the server's statistics." in [row[0] for row in cells(path, "Summary")]
    assert cells(path, "Reconciliation")[1][1:] == ["rts", 3, "differs"]


@pytest.mark.slow
def test_definitions_and_notes_tell_what_was_meant(orders, tmp_path):
    path = report_workbook(orders, tmp_path / "r.xlsx", reports=["daily"], definitions=Definitions(lost={"canceled"}))
    words = {row[0]: row[1] for row in cells(path, "Definitions")}
    assert words["Lost"] == "canceled"
    assert words["Time zone"] == "Asia/Jakarta"
    notes = [row[1] for row in cells(path, "Notes")]
    assert report("daily", orders, Definitions(lost={"canceled"})).attrs["notes"] == notes[HEADER_ROW:]


def parts(path):
    with zipfile.ZipFile(path) as content:
        return {name: content.read(name).decode() for name in content.namelist() if name.endswith((".xml", ".rels"))}


@pytest.mark.slow
def test_the_same_frames_give_the_same_bytes(orders, lines, path, tmp_path):
    again = report_workbook(orders, tmp_path / "r.xlsx", lines=lines, definitions=Definitions(overdue_days=2))
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_nothing_is_a_formula_and_links_are_whatsapp_alone(path):
    text = parts(path)
    assert not any("<f>" in part for name, part in text.items() if "/worksheets/" in name)
    targets = {target for part in text.values() for target in re.findall(r'Target="(https?:[^"]+)"', part)}
    assert targets
    assert all(target.startswith("https://wa.me/62") for target in targets)


@pytest.mark.slow
def test_masked_means_no_customer_in_any_part(orders, lines, tmp_path):
    path = report_workbook(orders, tmp_path / "r.xlsx", lines=lines, data={"Orders": orders}, mask=True)
    text = re.sub(r"<v>[^<]*</v>", "", "".join(parts(path).values()))  # a moment's digits may be a phone's
    for column in ("customer_phone", "customer_email", "destination_address_address"):
        for value in orders[column].dropna().unique():
            assert len(value) < 8 or value not in text
    digits = {re.sub(r"\D", "", value)[-9:] for value in orders["customer_phone"].dropna()}
    assert not any(digit in text for digit in digits if len(digit) == 9)
    assert "wa.me" not in text
    assert "Customers are masked" in [row[0] for row in cells(path, "Summary")]


@pytest.mark.slow
@pytest.mark.parametrize("spam", [False, True])
def test_no_orders_are_a_workbook_too(orders, spam, tmp_path):
    frame = orders.assign(is_probably_spam=True) if spam else orders.iloc[:0]
    path = report_workbook(frame, tmp_path / "r.xlsx")
    assert cells(path, "Daily pipeline")[HEADER_ROW - 1][0] == "Day"
    assert {row[0]: row[1] for row in cells(path, "Summary")}["Orders"] == 0
    assert not openpyxl.load_workbook(path)["Daily pipeline"]._charts


def test_what_cannot_be_meant_is_refused_and_what_stood_there_stays(orders, tmp_path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"yesterday's")
    for wrong, error in (
        ({"reports": ["margin"]}, BadValueError),
        ({"reports": ["dayly"]}, UnknownNameError),
        ({"language": "fr"}, BadValueError),
        ({"since": "2026-11-09", "until": "2026-11-01"}, BadValueError),
    ):
        with pytest.raises(error):
            report_workbook(orders, path, **wrong)
    assert path.read_bytes() == b"yesterday's"


@pytest.mark.slow
def test_libreoffice_converts_it_without_complaint(path, tmp_path):
    soffice, pdftotext = shutil.which("soffice"), shutil.which("pdftotext")
    assert soffice, "install libreoffice-calc-nogui"
    assert pdftotext, "install poppler-utils"
    done = subprocess.run(
        [soffice, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf", "--outdir",
         tmp_path, path], capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    assert "Error" not in done.stdout + done.stderr
    text = subprocess.run(
        [pdftotext, "-layout", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True, timeout=60
    )
    pages = text.stdout.split("\f")
    assert "Orders report: brand-a" in pages[0]
    for row in REPORTS.values():
        assert any(row.title_en in page for page in pages)
    assert not re.search(r"#{3,}|#REF|#NAME|#VALUE|Err:\d", text.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "cover", "what"), [("en", "Summary", "lines of orders"), ("id", "Ringkasan", "baris dari pesanan")]
)
def test_a_frame_of_lines_is_counted_by_its_orders(orders, lines, language, cover, what, tmp_path):
    path = report_workbook(lines, tmp_path / "r.xlsx", reports=["margin", "daily"], language=language)
    known = orders[orders["id"].isin(lines["order__id"])]
    counted = int((~known["is_probably_spam"]).sum())
    assert len(lines) > len(known)
    said = {row[0]: row[1] for row in cells(path, cover) if row[0]}
    assert said[label("orders", language)] == counted
    of_orders = phrase("of_orders", language)
    spam = phrase("counted", language, counted=counted, left_out=len(known) - counted, what=of_orders)
    assert spam in said
    names = openpyxl.load_workbook(path, read_only=True).sheetnames[2:4]
    margin, daily = (next(row[0] for row in cells(path, name) if "·" in str(row[0])) for name in names)
    assert what in margin
    assert daily.endswith(spam)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "title", "million"), [("en", "Margin by product", '"m"'), ("id", "Margin per produk", '" jt"')]
)
def test_a_margin_below_zero_is_in_its_chart_and_millions_are_in_the_language(
    lines, language, title, million, tmp_path
):
    for cogs, least in ((1e9, None), (0.0, 0)):
        dear = lines.assign(cogs_bt=cogs)
        path = report_workbook(dear, tmp_path / "r.xlsx", reports=["margin"], language=language)
        (chart,) = openpyxl.load_workbook(path)[title]._charts
        assert chart.y_axis.scaling.min == least
        low, high, rest = chart.y_axis.number_format.formatCode.split(";")
        assert low == f"[>=999500]#,##0.0,,{million}"
        assert high == "[<0]-#,##0"  # LibreOffice drops the minus in the third
        assert rest == "#,##0"


@pytest.mark.slow
def test_lines_that_do_not_say_their_order_are_refused(lines, tmp_path):
    with pytest.raises(BadValueError, match="which order they are of"):
        report_workbook(lines.drop(columns=["order__id", "order_id"]), tmp_path / "r.xlsx")
    assert list(tmp_path.iterdir()) == []
