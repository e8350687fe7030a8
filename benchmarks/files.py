"""How long a month's orders take to become a workbook and a Parquet file, beside the usual writers.

One command: ``python benchmarks/files.py`` (``--rows 100000 --columns 60``). The frame is the sandbox's orders, its
first filled columns. Every workbook has a frozen, filtered header, widths and formats.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from frames import ours
from side_by_side import in_processes, machine, measured, write_pages

import scalev_frames as sf
from scalev_frames.frames.tables import to_table

RUPIAH, MOMENT = '"Rp" #,##0', "yyyy-mm-dd hh:mm:ss"


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """What the other writers need: no zones, no decimals, no lists."""
    made = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            column = column.dt.tz_localize(None)
        elif isinstance(column.dtype, pd.ArrowDtype):
            column = column.astype("float64")
        elif column.dtype == object:
            column = column.map(lambda one: json.dumps(one, ensure_ascii=False, separators=(",", ":")))
        made[name] = column
    return pd.DataFrame(made)


def printable(frame: pd.DataFrame) -> pd.DataFrame:
    """What openpyxl needs, too: it fails on a control character."""
    made = plain(frame)
    texts = [name for name in made.columns if isinstance(made[name].dtype, pd.StringDtype)]
    return made.assign(
        **{name: made[name].str.replace(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", regex=True) for name in texts}
    )


def excel_ours(frame: pd.DataFrame, folder: Path) -> Path:
    return sf.to_excel({"Orders": frame}, folder / "x.xlsx")


def excel_masked(frame: pd.DataFrame, folder: Path) -> Path:
    return sf.to_excel({"Orders": frame}, folder / "x.xlsx", mask=True)


def excel_pandas_openpyxl(frame: pd.DataFrame, folder: Path) -> Path:
    with pd.ExcelWriter(folder / "x.xlsx", engine="openpyxl") as writer:
        printable(frame).to_excel(writer, sheet_name="Orders", index=False, freeze_panes=(1, 1))
        sheet = writer.sheets["Orders"]
        sheet.auto_filter.ref = sheet.dimensions
        for cells in sheet.iter_cols(max_row=1):
            sheet.column_dimensions[cells[0].column_letter].width = 18
    return folder / "x.xlsx"


def excel_openpyxl_write_only(frame: pd.DataFrame, folder: Path) -> Path:
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    sheet.freeze_panes = "B2"
    for number in range(len(frame.columns)):
        sheet.column_dimensions[get_column_letter(number + 1)].width = 18
    rows = printable(frame)
    sheet.append(list(rows.columns))
    rows = rows.astype(object).where(rows.notna(), None)
    for row in zip(*(rows[name].tolist() for name in rows.columns), strict=True):
        sheet.append(row)
    book.save(folder / "x.xlsx")
    return folder / "x.xlsx"


def excel_xlsxwriter(frame: pd.DataFrame, folder: Path) -> Path:
    import xlsxwriter

    book = xlsxwriter.Workbook(folder / "x.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("Orders")
    money, moment = book.add_format({"num_format": RUPIAH}), book.add_format({"num_format": MOMENT})
    head = book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(frame.columns) - 1, 18)
    rows = plain(frame)
    sheet.autofilter(0, 0, len(rows), len(rows.columns) - 1)
    sheet.write_row(0, 0, list(rows.columns), head)
    formats = [money if isinstance(frame[name].dtype, pd.ArrowDtype) else None for name in frame.columns]
    rows = rows.astype(object).where(rows.notna(), None)
    for number, row in enumerate(zip(*(rows[name].tolist() for name in rows.columns), strict=True), 1):
        for place, value in enumerate(row):
            match value:
                case None:
                    pass
                case str():
                    sheet.write_string(number, place, value)
                case bool():
                    sheet.write_boolean(number, place, value)
                case dt.datetime():
                    sheet.write_datetime(number, place, value, moment)
                case int() | float() | Decimal():
                    sheet.write_number(number, place, value, formats[place])
    book.close()
    return folder / "x.xlsx"


def parquet_ours(frame: pd.DataFrame, folder: Path) -> Path:
    return sf.to_parquet(frame, folder / "x.parquet")


def parquet_uncompressed(frame: pd.DataFrame, folder: Path) -> Path:
    pq.write_table(to_table(frame), folder / "x.parquet", compression="none")
    return folder / "x.parquet"


def parquet_pandas(frame: pd.DataFrame, folder: Path) -> Path:
    plain(frame).to_parquet(folder / "x.parquet")
    return folder / "x.parquet"


def csv_ours(frame: pd.DataFrame, folder: Path) -> Path:
    return sf.to_csv(frame, folder / "x.csv")


def csv_pandas(frame: pd.DataFrame, folder: Path) -> Path:
    plain(frame).to_csv(folder / "x.csv", sep=";", decimal=",", index=False, encoding="utf-8-sig")
    return folder / "x.csv"


Way = Callable[[pd.DataFrame, Path], Path]
WAYS: dict[str, Way] = {
    "Excel, ours": excel_ours,
    "Excel, ours, masked": excel_masked,
    "Excel, XlsxWriter constant memory": excel_xlsxwriter,
    "Excel, openpyxl write-only": excel_openpyxl_write_only,
    "Excel, DataFrame.to_excel(openpyxl)": excel_pandas_openpyxl,
    "CSV, ours": csv_ours,
    "CSV, DataFrame.to_csv": csv_pandas,
    "Parquet, ours (zstd), all columns": parquet_ours,
    "Parquet, uncompressed, all columns": parquet_uncompressed,
    "Parquet, DataFrame.to_parquet, all columns": parquet_pandas,
}


def check(frame: pd.DataFrame, path: Path) -> dict[str, int]:
    """How many values two other readers do not say as they are; Notes must not name any change to them."""
    import openpyxl
    from python_calamine import CalamineWorkbook

    told = CalamineWorkbook.from_path(str(path))
    altered = [str(row) for row in told.get_sheet_by_name("Notes").to_python() if "Altered" in str(row)]
    names = [name for name in frame.columns if not any(f"{name} (" in line for line in altered)]
    places = [list(frame.columns).index(name) for name in names]
    values = plain(frame)[names].astype(object)
    expected = zip(*(values[name].where(values[name].notna(), None).tolist() for name in names), strict=True)
    by_calamine = told.get_sheet_by_name("Orders").to_python(skip_empty_area=False)[1:]
    by_openpyxl = openpyxl.load_workbook(path, read_only=True)["Orders"].iter_rows(min_row=2, values_only=True)
    wrong = {"values": len(frame) * len(names), "calamine": 0, "openpyxl": 0, "columns altered": len(altered)}
    for row, one, other in zip(expected, by_calamine, by_openpyxl, strict=True):
        for value, place in zip(row, places, strict=True):
            wrong["calamine"] += not _same(value, one[place])
            wrong["openpyxl"] += not _same(value, other[place])
    return wrong


def _same(value: Any, cell: Any) -> bool:
    if value is None:
        return cell in (None, "")
    if isinstance(value, dt.datetime):
        return abs(pd.Timestamp(cell) - value) <= pd.Timedelta("1ms")
    return bool(value == cell)


def read(folder: Path, way: str, rows: int, columns: int) -> pd.DataFrame:
    """The frame to write: ``rows`` of it, its first ``columns`` filled ones (Parquet: all)."""
    frame = sf.read_parquet(folder / "orders.parquet")
    attrs = frame.attrs
    if not way.startswith("Parquet"):
        frame = frame[[name for name in frame.columns if frame[name].notna().any()][:columns]]
    if rows > len(frame):
        frame = pd.concat([frame] * -(-rows // len(frame)), ignore_index=True)
    frame = frame.head(rows).reset_index(drop=True)
    frame.attrs = attrs
    return frame


def main() -> None:
    """Print the table, or measure one way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=60)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--only", action="append", choices=WAYS)
    parser.add_argument("--check", action="store_true", help="read our workbook back with two readers instead")
    parser.add_argument("--frame", type=Path)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.way:
        import openpyxl  # noqa: F401 - loaded before the clock runs
        import xlsxwriter  # noqa: F401

        frame = read(options.frame, options.way, options.rows, options.columns)
        found: dict[str, Any] = measured(lambda: WAYS[options.way](frame, options.folder))
        print(json.dumps({**found, "result": found["result"].stat().st_size / 1e6}))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_pages(Path(folder, "pages"), min(options.rows, 100_000))
        json_bytes = Path(folder, "pages").stat().st_size / 1e6
        frame = ours(Path(folder, "pages"))
        sf.to_parquet(frame, Path(folder, "orders.parquet"))
        held = frame.memory_usage(deep=True).sum() / 1e6
        if options.check:
            frame = read(Path(folder), "Excel", options.rows, options.columns)
            print(check(frame, excel_ours(frame, Path(folder))))
            return
        ways = options.only or list(WAYS)
        found = in_processes(
            __file__, ways, ["--frame", folder, "--rows", str(options.rows), "--columns", str(options.columns)]
        )
    print(f"{options.rows:,} rows × {options.columns} columns of the sandbox's orders ({json_bytes:.0f} MB of JSON, "
          f"frame {held:.0f} MB); {machine()}\n")  # fmt: skip
    print("| way | CPU s | × ours | wall s | peak MB above the frame | file MB |\n|---|---|---|---|---|---|")
    for name, one in found.items():
        if "died" in one:
            print(f"| {name} | died: {one['died']} | | | | |")
            continue
        own = next((found[way] for way in found if way.partition(",")[0] == name.partition(",")[0]), one)
        print(f"| {name} | {one['cpu']:.2f} | {one['cpu'] / own['cpu']:.1f} | {one['wall']:.1f} | {one['peak']:.0f} "
              f"| {one['result']:.1f} |")  # fmt: skip


if __name__ == "__main__":
    main()
