"""Odd places: every exporter and reader gives a file, or an `ExportError` with a way out, and leaves nothing."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from scalev_frames import read_parquet, scan, to_csv, to_excel, to_parquet
from scalev_frames.errors import ExportError
from scalev_frames.export import report_workbook

FRAME = pd.DataFrame(
    {
        "id": ["1", "2"],
        "draft_time": pd.to_datetime(["2026-10-01", "2026-11-01"]),
        "gross_revenue": [1, 2],
        "status": ["completed", "rts"],
    }
)
DATASET = {"partition_by": "month", "key": ["id"]}
#: What writes or reads a place, and what the names of its files end in.
DOES = {
    "excel": (lambda path: to_excel(FRAME, path), ".xlsx"),
    "csv": (lambda path: to_csv(FRAME, path), ".csv"),
    "parquet": (lambda path: to_parquet(FRAME, path), ".parquet"),
    "replace": (lambda path: to_parquet(FRAME, path, **DATASET), ""),
    "upsert": (lambda path: to_parquet(FRAME, path, mode="upsert", **DATASET), ""),
    "append": (lambda path: to_parquet(FRAME, path, mode="append", **DATASET), ""),
    "report": (lambda path: report_workbook(FRAME, path, reports=["funnel"]), ".xlsx"),
    "read": (read_parquet, ""),
    "scan": (scan, ""),
}
REFUSED = [
    ".", "..", "/", "//", "./", "../", "../..", "x/..", "a\0b", "", "x" * 300, "/".join(["d" * 200] * 25), "\ud800",
    "~nobody_by_that_name/x", "file/x", "loop", "loop/x", "pipe", "pipe/x", "folder", "/dev/null", "/proc/nothing/x",
    "busy", "nope://x", None, 5, b"x",
]  # fmt: skip
on_posix = pytest.mark.skipif(os.name == "nt", reason="links, pipes and devices are POSIX")


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """A folder in a busy folder, with a file, a pipe, a loop and a folder of each name."""
    here = tmp_path / "busy" / "sub"
    here.mkdir(parents=True)
    (tmp_path / "busy" / "other.txt").write_text("mine")
    monkeypatch.chdir(here)
    for end in ("", ".xlsx", ".csv", ".parquet"):
        Path(f"file{end}").write_text("mine")
        Path(f"loop{end}").symlink_to(f"loop{end}")
        os.mkfifo(f"pipe{end}")
        Path(f"folder{end}").mkdir()
        Path(f"folder{end}", "mine.txt").write_text("mine")
    Path("busy").symlink_to("..")
    return tmp_path


@on_posix
@pytest.mark.parametrize("name", REFUSED, ids=lambda name: ascii(name)[:20])
@pytest.mark.parametrize("what", DOES)
def test_an_odd_place_is_a_sentence_with_a_way_out_and_stays_as_it_was(what, name, odd):
    does, end = DOES[what]
    if name == "busy" and end:
        name = "busy/other.txt/x"
    if isinstance(name, str) and name not in ("", ".", "..", "/", "//") and not name.endswith(("/", "..")):
        name = name if name.startswith("/dev") else name + end
    before = sorted(odd.rglob("*"))
    with pytest.raises(ExportError) as found:
        does(name)
    assert found.value.advice
    assert sorted(odd.rglob("*")) == before


@on_posix
@pytest.mark.parametrize("what", ["replace", "upsert", "append", "read", "scan"])
@pytest.mark.parametrize("how", ["vanished", "forbidden"])
def test_a_folder_that_cannot_be_listed_is_an_error_and_not_empty(what, how, odd, monkeypatch):
    """A folder that other programs write in, and one of another user: no month of it is left out."""
    to_parquet(FRAME, "orders", **DATASET)
    real, error = os.scandir, {"vanished": FileNotFoundError, "forbidden": PermissionError}[how]

    def refuse(path):
        if str(path).endswith("month=2026-11"):
            raise error(2, "refused", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ExportError, match="refused"):
        DOES[what][0]("orders")
    monkeypatch.undo()
    assert len(read_parquet(odd / "busy" / "sub" / "orders")) == 2


@on_posix
def test_a_month_that_lies_on_another_disk_is_read_and_upserted(odd):
    folder = to_parquet(FRAME, odd / "orders", **DATASET)
    (folder / "month=2026-10").rename(odd / "other disk")
    (folder / "month=2026-10").symlink_to(odd / "other disk")
    assert read_parquet(folder)["id"].tolist() == ["1", "2"]
    assert scan(folder).frame()["id"].tolist() == ["1", "2"]
    to_parquet(FRAME.assign(gross_revenue=7), folder, mode="upsert", **DATASET)
    assert read_parquet(folder)["gross_revenue"].tolist() == [7, 7]
    assert len(pd.read_parquet(odd / "other disk")) == 1


@on_posix
@pytest.mark.parametrize("link", [".", "..", "month=2026-10"])
def test_a_dataset_with_a_link_that_never_ends_is_a_sentence(link, odd):
    folder = to_parquet(FRAME, odd / "orders", **DATASET)
    (folder / "again").symlink_to(link)
    for reads in (lambda path: len(read_parquet(path)), lambda path: len(scan(path).frame())):
        with pytest.raises(ExportError, match=r"twice|symbolic links"):
            reads(folder)


@pytest.mark.parametrize(
    "copy", ["month=2026-10 (1)", "month=2026-10 - Copy", "month=2026-10(Ani's conflict)", "Copy of month=2026-10"]
)
def test_a_folder_that_a_program_copied_in_a_dataset_is_refused(tmp_path, copy):
    folder = to_parquet(FRAME, tmp_path / "orders 2026 (1)", **DATASET)
    shutil.copytree(folder / "month=2026-10", folder / copy)
    for does in (scan, read_parquet, lambda path: to_parquet(FRAME, path, mode="append", **DATASET)):
        with pytest.raises(ExportError, match="looks like a copy"):
            does(folder)


@pytest.mark.parametrize(
    "copy",
    [
        "part-0 (1)", "part-0 (PC-2's conflicted copy 2026-11-30)", "part-0-PC-2", "part-0.sync-conflict-20261130-ABC",
        "part-0 2", "part-0 - Salin", "Copy of part-0",
    ],
)  # fmt: skip
def test_a_part_that_a_program_copied_counts_no_row_twice_and_stops_writers_until_it_is_away(tmp_path, copy):
    folder = to_parquet(FRAME, tmp_path / "orders", **DATASET)
    month = folder / "month=2026-10"
    shutil.copy(month / "part-0.parquet", month / f"{copy}.parquet")
    assert scan(folder).rows == len(read_parquet(folder)) == 2
    with pytest.raises(ExportError, match=rf"{re.escape(copy)}.parquet, which looks like a copy.*Move one of them"):
        to_parquet(FRAME, folder, mode="upsert", **DATASET)
    (month / f"{copy}.parquet").replace(tmp_path / "away")
    to_parquet(FRAME, folder, mode="upsert", **DATASET)
    assert scan(folder).rows == 2


def test_folders_of_other_programs_with_words_in_their_names_are_read(tmp_path):
    for city in ("New", "New York"):
        to_parquet(FRAME, tmp_path / f"city={city}")
    assert scan(tmp_path).rows == 4


@pytest.mark.parametrize("name", ["desktop.ini", "Thumbs.db", "Icon\r", ".DS_Store", "._part-0.parquet"])
def test_what_a_desktop_puts_into_a_folder_is_let_be(tmp_path, name):
    folder = to_parquet(FRAME, tmp_path / "orders", **DATASET)
    for where in (folder, folder / "month=2026-10"):
        (where / name).write_bytes(b"x")
    to_parquet(FRAME, folder, mode="upsert", **DATASET)
    assert scan(folder).rows == len(read_parquet(folder)) == 2
    assert (folder / name).exists()
