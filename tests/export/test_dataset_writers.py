"""Several writers of one dataset, killed, asleep or at the same time: no row is lost, and no key doubled."""

from __future__ import annotations

import contextlib

import pandas as pd
import pytest
from processes import in_forks

import scalev_frames as sf
from scalev_frames.errors import AlreadyRunningError
from scalev_frames.export import parquet, places
from scalev_frames.export.atomic import replacing
from scalev_frames.storage.writing import WRITER
from tests.export.by_month import contents, months, rows_of


class Killed(BaseException):
    pass


@pytest.mark.slow
@pytest.mark.parametrize("after", range(5))
def test_a_writer_killed_at_any_moment_leaves_a_dataset_that_the_next_one_completes(tmp_path, monkeypatch, after):
    folder = tmp_path / "d"
    sf.to_parquet(months(3), folder, partition_by="month")
    new = months(3).assign(n=lambda frame: frame["n"].astype(str) + "!", colour="red")
    new.loc[0, "created_at"] = pd.Timestamp("2026-04-05", tz="Asia/Jakarta")
    steps = []

    def step():
        steps.append(1)
        if len(steps) > after:
            raise Killed

    def dies(path, **options):
        step()
        return replacing(path, **options)

    unlink = places.Folder.remove
    monkeypatch.setattr(places, "replacing", dies)
    monkeypatch.setattr(places.Folder, "remove", lambda self, name: (step(), unlink(self, name)))
    with contextlib.suppress(Killed):
        sf.to_parquet(new, folder, partition_by="month", mode="upsert", key=["id"])
    assert len(steps) == after + 1
    monkeypatch.undo()
    back = sf.read_parquet(folder)
    assert set(back["id"]) == set(new["id"])
    assert {str(one).removesuffix("!") for one in back["n"]} == set(new["id"])
    assert len(pd.read_parquet(folder)) == len(back)
    sf.to_parquet(new, folder, partition_by="month", mode="upsert", key=["id"])
    assert rows_of(folder) == sorted(zip(new["id"], new["n"], strict=True))


def test_what_a_killed_writer_left_stops_no_reader_and_goes(tmp_path):
    import polars

    folder = tmp_path / "d"
    sf.to_parquet(months(2), folder, partition_by="month")
    with contextlib.suppress(Killed), places.place(folder).writing("month=2026-01/part-0.parquet") as file:
        file.write(b"half")
        assert len(polars.read_parquet(folder)) == len(pd.read_parquet(folder)) == 6
        raise Killed
    assert [file.name for file in tmp_path.iterdir()] == ["d"]
    (tmp_path / ".d.0123abcd.part").write_bytes(b"half")
    (folder / "month=2026-01" / ".part-0.parquet.0123abcd.part").write_bytes(b"half")
    sf.to_parquet(months(2), folder, partition_by="month", mode="upsert", key=["id"])
    assert [file.name for file in tmp_path.iterdir()] == ["d"]
    assert set(contents(folder)) == {"month=2026-01/part-0.parquet", "month=2026-02/part-0.parquet"}


@pytest.mark.slow
def test_processes_that_upsert_at_the_same_time_lose_no_row(tmp_path):
    folder = tmp_path / "d"

    def work(number):
        for step in range(3):
            frame = pd.DataFrame({"id": [f"{number}-{step}", "shared"], "n": [step, number]})
            sf.to_parquet(frame, folder, mode="upsert", key=["id"])

    in_forks(work, range(3))
    assert sorted(sf.read_parquet(folder)["id"]) == [
        *(f"{one}-{step}" for one in range(3) for step in range(3)),
        "shared",
    ]
    assert set(contents(folder)) == {"part-0.parquet"}


def test_a_dataset_to_which_another_computer_writes_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "PATIENCE", 0.0)
    folder = tmp_path / "d"
    sf.to_parquet(months(2), folder, partition_by="month")
    before = contents(folder)
    (folder / WRITER).write_text('{"computer": "office-2"}')
    for mode in ("replace", "append", "upsert"):
        with pytest.raises(AlreadyRunningError, match="office-2 is writing"):
            sf.to_parquet(months(3), folder, partition_by="month", mode=mode, key=["id"])
    (folder / WRITER).unlink()
    assert contents(folder) == before


def test_a_writer_that_lost_its_dataset_while_it_slept_changes_nothing(tmp_path):
    folder = tmp_path / "d"
    sf.to_parquet(months(2), folder, partition_by="month")
    before = contents(folder)
    for mode in ("replace", "upsert"):
        with pytest.raises(AlreadyRunningError, match="office-2 is writing"):
            sf.to_parquet(
                months(3), folder, partition_by="month", mode=mode, key=["id"],
                progress=lambda _: (folder / WRITER).write_text('{"computer": "office-2"}'),
            )  # fmt: skip
        (folder / WRITER).unlink()
        assert contents(folder) == before
        assert [file.name for file in tmp_path.iterdir()] == ["d"]
