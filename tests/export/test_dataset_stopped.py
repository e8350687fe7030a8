"""A writer that is stopped between any two steps leaves the old rows or the new ones, and readers see each once."""

from __future__ import annotations

import errno
import itertools
import os
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from fsspec.implementations.memory import MemoryFileSystem

import scalev_frames as sf
from scalev_frames import read_parquet, scan, to_csv, to_parquet
from scalev_frames.errors import ExportError
from scalev_frames.export import atomic, places
from scalev_frames.export.dataset import parts
from scalev_frames.export.dataset.table import drop_rows
from scalev_frames.export.places import place


def names_in(folder):
    return sorted(path.name for path in Path(folder).iterdir())


class Killed(BaseException):
    pass


class Kill:
    """Lets N steps on the disk be done, and none after them, not even those of cleaning up."""

    def __init__(self, monkeypatch, owner, names):
        self.left = 0
        for name in names:
            monkeypatch.setattr(owner, name, self.counted(getattr(owner, name)))

    def counted(self, function):
        def step(*args, **kwargs):
            if self.left <= 0:
                raise Killed
            self.left -= 1
            return function(*args, **kwargs)

        return step


def orders(months, n):
    """An order a month, but for None, which is none."""
    made = pd.to_datetime([f"2026-{month:02}-15" for month in months if month])
    ids = pd.Series([str(row) for row, month in enumerate(months) if month], dtype="str")
    return pd.DataFrame({"id": ids, "draft_time": made, "n": n})


#: Months of orders before and after: rows move between months, months come and go, one has two files.
REPLACED = {
    "moved": ([1, 1, 1, 2, 3], [2, 1, 2, 2, None]),
    "to one": ([1, 2, 3], [3, 3, None]),
    "new": (None, [1, 2]),
    "to nothing": ([1, 2], [None, None]),
}
STEPS = {"folder": (os, ["replace", "unlink"]), "address": (MemoryFileSystem, ["_open", "cp_file", "rm_file"])}


def how(rows):
    return sorted(zip(rows["id"], rows["draft_time"].dt.month, rows["n"], strict=True))


def added(folder):
    """The rows before an upsert, which completes what a killed writer left, too."""
    to_parquet(orders([6], 7).assign(id="more"), folder, mode="upsert", key=["id"], partition_by="month")
    rows = read_parquet(folder)
    if not str(folder).startswith("memory"):
        assert len(pd.read_parquet(folder)) == len(rows)
        assert names_in(folder.parent) == ["orders"]
    assert rows["id"].eq("more").sum() == 1
    return rows[rows["id"] != "more"]


OPENED = itertools.cycle([read_parquet, added, lambda folder: scan(folder).frame()])
DATASET = {"partition_by": "month", "key": ["id"]}
#: Rows by month as in `REPLACED`, and what else the new ones have.
UPSERTED = {
    "moved": (*REPLACED["moved"], {}),
    "to one": (*REPLACED["to one"], {}),
    "a new column": ([1, 2, 2], [None, 2, 3], {"more": 1}),
    "a column of another type": ([1, 2, 3], [None, 3, None], {"more": "text"}),
}


def upserted(before, after):
    return how(pd.concat([before[~before["id"].isin(after["id"])], after]))


def killed_at_each_step(kind, tmp_path, monkeypatch, before, write):
    """The dataset as it is after ``write`` was killed after no step, after one, and so on until it was not."""
    monkeypatch.setattr(parts, "MOST_ROWS", 2)
    is_killed = True
    for steps in range(80):
        folder = tmp_path / str(steps) / "orders" if kind == "folder" else f"memory://{tmp_path.name}-{steps}/orders"
        if before is not None:
            to_parquet(before, folder, **DATASET)
        with monkeypatch.context() as patch:
            Kill(patch, *STEPS[kind]).left = steps
            try:
                write(folder)
                is_killed = False
            except Killed:
                pass
        yield folder
        if not is_killed:
            return
    raise AssertionError("it does not end")


@pytest.mark.slow
@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("case", REPLACED)
def test_replace_leaves_the_old_or_the_new_as_a_whole(case, kind, tmp_path, monkeypatch):
    before, after = (None if months is None else orders(months, n) for n, months in enumerate(REPLACED[case]))
    wholes = [how(one) for one in (before, after) if one is not None]
    found = []
    for folder in killed_at_each_step(
        kind, tmp_path, monkeypatch, before, lambda folder: to_parquet(after, folder, **DATASET)
    ):
        if before is not None and kind == "folder":
            ids = set(pd.read_parquet(folder)["id"])
            assert set(before["id"]) & set(after["id"]) <= ids <= set(before["id"]) | set(after["id"])
            known = duckdb.sql(f"SELECT count(DISTINCT id) FROM read_parquet('{folder}/*/*.parquet')")
            assert known.fetchall() == [(len(ids),)]
        try:
            seen = how(next(OPENED)(folder))
        except ExportError:
            seen = None
        assert seen in (wholes if before is not None else [None, [], *wholes])
        found.append(seen == wholes[-1])
    assert found == sorted(found)
    assert found[-1]
    assert not found[0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("case", UPSERTED)
def test_upsert_leaves_the_old_or_the_new_as_a_whole(case, kind, tmp_path, monkeypatch):
    *months, more = UPSERTED[case]
    before, after = (orders(one, n) for n, one in enumerate(months))
    before, after = (before.assign(more=0) if more.get("more") == "text" else before), after.assign(**more)
    wholes = [how(before), upserted(before, after)]
    found = []
    for folder in killed_at_each_step(
        kind, tmp_path, monkeypatch, before, lambda folder: to_parquet(after, folder, mode="upsert", **DATASET)
    ):
        if kind == "folder":
            columns = ["id"] if case == "a column of another type" else None  # pandas alone unifies no types
            assert set(pd.read_parquet(folder, columns=columns)["id"]) == {row[0] for row in wholes[1]}
        rows = next(OPENED)(folder)
        seen = how(rows)
        assert seen in wholes
        is_new = seen == wholes[1]
        for name in set(more) - set(before):
            assert (name in rows) == is_new
        if set(more) & set(before):
            assert (rows["more"] == "text").any() == is_new
        found.append(is_new)
    assert found == sorted(found)
    assert (found[0], found[-1]) == (False, True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", STEPS)
def test_rows_that_are_gone_go_together(kind, tmp_path, monkeypatch):
    before = orders([1, 1, 1, 2, 3], 0)
    wholes, found = [how(before), how(before.iloc[[1, 4]])], []
    for folder in killed_at_each_step(
        kind, tmp_path, monkeypatch, before, lambda folder: drop_rows(place(folder), "month", "id", ["0", "2", "3"])
    ):
        found.append(wholes.index(how(read_parquet(folder))))
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, 1)


READERS_ABOVE = {
    "read_parquet": read_parquet,
    "scan": lambda folder: scan(folder).frame(),
    "sql": lambda folder: sf.sql("SELECT * FROM o", {"o": folder}),
    "dask": lambda folder: scan(folder).dask().compute(),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("reader", READERS_ABOVE)
def test_whoever_reads_the_folder_of_all_businesses_or_one_month_sees_no_row_twice(reader, kind, tmp_path, monkeypatch):
    """The plan of one business lies beside its folder, and is carried out by who reads the folder above or below, too."""
    before, after = orders([1, 2, 3], 0), orders([2, 3, 1], 1)
    root = tmp_path if kind == "folder" else f"memory://{tmp_path.name}"
    folder = f"{root}/all/business=brand-a"
    for below in ("", "/month=2026-01"):
        to_parquet(before, folder, **DATASET)
        to_parquet(before.assign(id=["7", "8", "9"]), f"{root}/all/business=brand-b", **DATASET)
        with monkeypatch.context() as patch:
            names = {"folder": ["replace"], "address": ["rm_file"]}[kind]
            Kill(patch, STEPS[kind][0], names).left = {"folder": 6, "address": 2}[kind]
            with pytest.raises(Killed):
                to_parquet(after, folder, mode="upsert", **DATASET)
        rows = READERS_ABOVE[reader](f"{folder}{below}" if below else f"{root}/all")
        wanted = (
            after[after["draft_time"].dt.month == 1] if below else pd.concat([after, before.assign(id=["7", "8", "9"])])
        )
        assert how(rows) == how(wanted)


def half_replaced(folder, monkeypatch, steps):
    """A dataset whose `replace` was killed after ``steps`` steps on the disk."""
    before, after = orders([1, 2, 3], 0), orders([2, 3, 1], 1)
    to_parquet(before, folder, partition_by="month")
    with monkeypatch.context() as patch:
        Kill(patch, os, ["replace", "unlink"]).left = steps
        with pytest.raises(Killed):
            to_parquet(after, folder, partition_by="month")
    return before, after


#: Steps until all new parts and the plan are written: of each, the unfinished file is renamed, and found to be gone.
PLANNED = 7


@pytest.mark.slow
def test_what_another_dataset_left_is_none_of_ours(tmp_path, monkeypatch):
    names = ["orders", "orders.old", "o" * 60 + "1", "o" * 60 + "2"]
    other = orders([1, 2, 3], 9)
    half_replaced(tmp_path / names[1], monkeypatch, PLANNED + 2)
    half_replaced(tmp_path / names[3], monkeypatch, PLANNED + 2)
    for name in (names[0], names[2]):
        to_parquet(other, tmp_path / name, partition_by="month")
        to_parquet(other, tmp_path / name, partition_by="month", mode="upsert", key=["id"])
        assert how(read_parquet(tmp_path / name)) == how(other)
    for name in (names[1], names[3]):
        assert how(read_parquet(tmp_path / name)) == how(orders([2, 3, 1], 1))
    assert names_in(tmp_path) == sorted(names)


def test_a_plan_is_kept_by_other_exports_and_what_has_none_is_not(tmp_path, monkeypatch):
    half_replaced(tmp_path / "planned", monkeypatch, PLANNED)
    half_replaced(tmp_path / "begun", monkeypatch, PLANNED - 2)
    monkeypatch.setattr(atomic, "is_running", lambda _: False)  # it is this process that was "killed"
    to_csv(orders([1], 0), tmp_path / "x.csv")
    assert [name[:9] for name in names_in(tmp_path) if name.startswith(".")] == [".planned."]
    assert set(read_parquet(tmp_path / "planned")["n"]) == {1}
    assert set(read_parquet(tmp_path / "begun")["n"]) == {0}


@pytest.mark.parametrize("steps", [0, 6, 7, 10, 13])
def test_where_nothing_may_be_written_beside_the_folder_it_is_written_in_it(steps, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "can_rename", lambda *_: False)
    before, after = half_replaced(tmp_path / "d", monkeypatch, steps)
    assert len(pd.read_parquet(tmp_path / "d")) >= 3
    assert names_in(tmp_path) == ["d"]
    assert how(read_parquet(tmp_path / "d")) == how(before if steps < PLANNED else after)
    to_parquet(after, tmp_path / "d", partition_by="month")
    assert names_in(tmp_path / "d") == ["month=2026-01", "month=2026-02", "month=2026-03"]


@pytest.mark.parametrize("failing", range(3))
def test_a_disk_that_refuses_leaves_the_old_rows(failing, tmp_path, monkeypatch):
    to_parquet(orders([1, 2, 3], 0), tmp_path / "d", partition_by="month")
    move, moved = places.Folder.move, []

    def refuse(*args):
        moved.append(args)
        if len(moved) > failing:
            raise OSError(errno.EACCES, "Permission denied")
        move(*args)

    with monkeypatch.context() as patch:
        patch.setattr(places.Folder, "move", refuse)
        with pytest.raises(ExportError, match="d could not be written: Permission denied"):
            to_parquet(orders([2, 3, 1], 1), tmp_path / "d", partition_by="month")
    assert set(pd.read_parquet(tmp_path / "d")["n"]) == {0}
    assert names_in(tmp_path) == ["d"]


@pytest.mark.parametrize("at", range(6))
def test_a_reader_meanwhile_completes_it_and_the_writer_finds_it_done(at, tmp_path, monkeypatch):
    before, after = orders([1, 1, 2, 3, 3], 0), orders([2, 1, 1, 2, 1], 1)
    to_parquet(before, tmp_path / "d", partition_by="month")
    seen, steps = [], itertools.count()

    def beside(function):
        def step(*args):
            if next(steps) == at:
                seen.append(how(read_parquet(tmp_path / "d")))
            return function(*args)

        return step

    with monkeypatch.context() as patch:
        for name in ("move", "remove", "clear"):
            patch.setattr(places.Folder, name, beside(getattr(places.Folder, name)))
        to_parquet(after, tmp_path / "d", partition_by="month")
    assert seen == [how(after)]
    assert how(read_parquet(tmp_path / "d")) == how(after)
    assert names_in(tmp_path) == ["d"]


def test_who_may_not_complete_a_plan_gets_a_sentence_not_rows_twice(tmp_path, monkeypatch):
    _, after = half_replaced(tmp_path / "d", monkeypatch, PLANNED + 3)

    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(places.Folder, "move", refuse)
        patch.setattr(places.Folder, "remove", refuse)
        for reader in (read_parquet, scan):
            with pytest.raises(ExportError, match=r"half replaced.*Read-only"):
                reader(tmp_path / "d")
    assert how(read_parquet(tmp_path / "d")) == how(after)


def test_modes_of_parts_are_kept_and_a_file_in_the_place_of_the_folder_too(tmp_path):
    to_parquet(orders([1, 2, 3], 0), tmp_path / "d", partition_by="month")
    part = tmp_path / "d" / "month=2026-01" / "part-0.parquet"
    usual, _ = part.stat().st_mode, part.chmod(0o664)
    to_parquet(orders([1, 2, 3], 1), tmp_path / "d", partition_by="month")
    assert part.stat().st_mode & 0o777 == 0o664
    assert (tmp_path / "d" / "month=2026-02" / "part-0.parquet").stat().st_mode == usual
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(ExportError, match="no folder"):
        to_parquet(orders([1], 0), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"mine"
    assert names_in(tmp_path) == ["d", "file"]
