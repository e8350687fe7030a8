"""A kept frame is served as it was, or counts as not there."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import random
import stat
import sys
import zlib
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from scalev_frames.cache.snapshots import Snapshots
from scalev_frames.frames.header import Header
from scalev_frames.frames.tables import read_table, write_table

AS_OF = "2026-11-28T19:00:00+07:00"


def make_frame(rows: int = 40, as_of: str = AS_OF) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "id": [str(number) for number in range(rows)],
            "created_at": pd.date_range("2026-11-01", periods=rows, tz="Asia/Jakarta").as_unit("us"),
            "price": pd.array(
                [Decimal(number) / 2 for number in range(rows)], dtype=pd.ArrowDtype(pa.decimal128(18, 2))
            ),
            "items": pd.Series([[{"n": number}] for number in range(rows)], dtype=object),
        }
    )
    frame.attrs = {"endpoint": "orders", "as_of": as_of}
    return frame


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "frames")


def test_what_was_kept_comes_back(snapshots: Snapshots) -> None:
    snapshots.save("orders-1", make_frame())
    described = snapshots.describe("orders-1")
    assert described
    assert (described.endpoint, described.rows, described.as_of) == ("orders", 40, dt.datetime.fromisoformat(AS_OF))
    loaded = snapshots.load("orders-1")
    assert loaded is not None
    assert_frame_equal(loaded, make_frame())
    assert loaded.attrs["endpoint"] == "orders"
    assert snapshots.load("orders-2") is None


def test_a_file_is_not_read_again_while_its_frame_is_in_use(snapshots: Snapshots) -> None:
    snapshots.save("orders-1", make_frame())
    first = snapshots.load("orders-1")
    (snapshots.folder / "orders-1.parquet").write_bytes(b"damaged since")
    second = snapshots.load("orders-1")
    assert second is not None
    assert second is not first
    assert_frame_equal(second, make_frame())
    assert second.attrs == make_frame().attrs
    del second
    third = snapshots.load("orders-1")
    assert third is not None
    del first
    assert snapshots.load("orders-1") is not None
    del third
    assert snapshots.load("orders-1") is None


def test_what_a_program_does_to_a_frame_changes_no_later_one(snapshots: Snapshots) -> None:
    frame = make_frame().assign(
        number=1.5, whole=pd.array([1, None] * 20, "Int64"), flag=True, kind=pd.Categorical(["a", "b"] * 20)
    )
    snapshots.save("orders-1", frame)
    first = snapshots.load("orders-1")
    assert first is not None
    for name in first.columns:
        with contextlib.suppress(ValueError):  # memory that is for reading alone
            array = first[name].array
            array[0] = array[1]
        if name != "items":
            first.loc[2, name] = first.loc[3, name]
    first["items"].iloc[5][0]["n"] = "other"
    first.attrs["endpoint"] = "other"
    first.columns.name = first.index.name = "other"
    second = snapshots.load("orders-1")
    assert second is not None
    assert_frame_equal(second, frame)
    assert second.attrs["endpoint"] == "orders"


def test_a_frame_kept_anew_is_read_while_the_last_one_is_in_use(snapshots: Snapshots) -> None:
    snapshots.save("orders-1", make_frame(3))
    first = snapshots.load("orders-1")
    snapshots.save("orders-1", make_frame(4))
    second, before = snapshots.load("orders-1"), snapshots.load("orders-1.before")
    assert [len(one) for one in (first, second, before) if one is not None] == [3, 4, 3]


def test_the_frame_before_is_kept_too(snapshots: Snapshots) -> None:
    snapshots.save("orders-1", make_frame(3))
    later = "2026-11-28T20:00:00+07:00"
    snapshots.save("orders-1", make_frame(5, later))
    snapshots.save("orders-1", make_frame(7, "2026-11-28T21:00:00+07:00"))
    before = snapshots.load_before("orders-1", dt.datetime.fromisoformat("2026-11-28T21:00:00+07:00"))
    assert before is not None
    assert (len(before), before.attrs["as_of"]) == (5, later)
    last = snapshots.load_before("orders-1", dt.datetime.fromisoformat("2026-11-28T22:00:00+07:00"))
    assert last is not None
    assert len(last) == 7
    assert len(list(snapshots.folder.iterdir())) == 4


@pytest.mark.parametrize("hour", [19, 20])
def test_nothing_is_kept_before_a_frame_that_is_no_longer_the_last_one(snapshots: Snapshots, hour: int) -> None:
    for kept in (19, 20, 21):
        snapshots.save("orders-1", make_frame(kept, f"2026-11-28T{kept}:00:00+07:00"))
    assert snapshots.load_before("orders-1", dt.datetime.fromisoformat(f"2026-11-28T{hour}:00:00+07:00")) is None


def test_any_flipped_bit_counts_as_not_there(snapshots: Snapshots) -> None:
    snapshots.save("orders-1", make_frame())
    chance = random.Random(11)
    for file in snapshots.folder.iterdir():
        content = file.read_bytes()
        for _ in range(150):
            place = chance.randrange(len(content))
            damaged = bytearray(content)
            damaged[place] ^= 1 << chance.randrange(8)
            file.write_bytes(damaged)
            loaded = snapshots.load("orders-1")
            assert loaded is None or file.suffix == ".json"
            if loaded is not None:  # white space between the manifest's words
                assert json.loads(damaged) == json.loads(content)
        file.write_bytes(content)
    assert snapshots.load("orders-1") is not None


@pytest.mark.parametrize("length", [0, 1, 4, 100, -1, -8, -100])
def test_half_a_file_counts_as_not_there(snapshots: Snapshots, length: int) -> None:
    snapshots.save("orders-1", make_frame())
    for file in list(snapshots.folder.iterdir()):
        content = file.read_bytes()
        file.write_bytes(content[:length])
        assert snapshots.load("orders-1") is None
        assert snapshots.names("orders", "id", "id") == {}
        file.write_bytes(content)


def test_a_foreign_parquet_with_the_right_row_count_counts_as_not_there(snapshots: Snapshots) -> None:
    snapshots.save("orders-1", make_frame())
    foreign = pa.table({"anything": [str(number) for number in range(40)]})
    pq.write_table(foreign, snapshots.folder / "orders-1.parquet")
    assert snapshots.load("orders-1") is None
    other = make_frame(40, "2026-11-29T19:00:00+07:00")
    write_table(other, snapshots.folder / "orders-1.parquet")
    assert snapshots.load("orders-1") is None
    assert snapshots.names("orders", "created_at", "missing") == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"as_of": "2026-11-28T19:00:00"},
        {"as_of": None},
        {"as_of": 7},
        {"format": 1},
        {"format": 3},
        {"rows": 39},
        {"rows": "many"},
        {"checksum": 0},
        {"endpoint": None, "checksum": None},
    ],
)
def test_a_manifest_that_says_something_else_counts_as_not_there(
    snapshots: Snapshots, changes: dict[str, object]
) -> None:
    """Also one whose own checksum is right: another version may have written it."""
    snapshots.save("orders-1", make_frame())
    manifest = snapshots.folder / "orders-1.json"
    said = {**json.loads(manifest.read_bytes()), **changes}
    del said["check"]
    said["check"] = zlib.crc32(json.dumps(said, sort_keys=True).encode())
    manifest.write_text(json.dumps(said))
    assert snapshots.load("orders-1") is None
    assert snapshots.load_before("orders-1", dt.datetime(2027, 1, 1, tzinfo=dt.UTC)) is None
    snapshots.save("orders-1", make_frame())
    assert snapshots.load("orders-1") is not None


@pytest.mark.parametrize("text", ["", "[]", "7", "null", '"text"', "{}", "[" * 100_000, '{"format": 2}'])
def test_what_is_no_manifest_counts_as_not_there(snapshots: Snapshots, text: str) -> None:
    snapshots.save("orders-1", make_frame())
    (snapshots.folder / "orders-1.json").write_text(text)
    assert snapshots.describe("orders-1") is None
    assert snapshots.load("orders-1") is None


def test_pages_have_checksums_for_every_reader(snapshots: Snapshots) -> None:
    snapshots.save("orders-1", make_frame(5000))
    file = snapshots.folder / "orders-1.parquet"
    pq.read_table(file, page_checksum_verification=True)
    content = bytearray(file.read_bytes())
    content[3000] ^= 1
    file.write_bytes(content)
    with pytest.raises(OSError, match="CRC"):
        pq.read_table(file, page_checksum_verification=True)


def test_a_frame_that_cannot_be_kept_leaves_the_last_one(snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots.save("orders-1", make_frame(3))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("scalev_frames.cache.snapshots.write_table", full)
        with pytest.raises(OSError, match="No space"):
            snapshots.save("orders-1", make_frame(5))
    kept = snapshots.load("orders-1")
    assert kept is not None
    assert len(kept) == 3
    assert {file.name for file in snapshots.folder.iterdir()} == {"orders-1.parquet", "orders-1.json"}


def test_names_come_from_the_newest_frame_first_and_a_frame_is_read_once(
    snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(call: str, day: int, **names: str) -> None:
        frame = pd.DataFrame({"id": list(names), "name": list(names.values())})
        frame.attrs = make_frame(1, f"2026-11-{day}T00:00:00+07:00").attrs
        snapshots.save(call, frame)

    read = []
    monkeypatch.setattr(
        "scalev_frames.cache.snapshots.read_table",
        lambda file, columns: read.append(file.stem) or read_table(file, columns=columns),
    )
    keep("orders-1", 27, a="Old", b="Bali")
    keep("orders-2", 28, a="New")
    for _ in range(3):
        assert snapshots.names("orders", "id", "name") == {"a": "New", "b": "Bali"}
    assert sorted(read) == ["orders-1", "orders-2"]
    keep("orders-1", 29, a="Newest")
    assert snapshots.names("orders", "id", "name") == {"a": "Newest"}
    assert snapshots.names("orders", "name", "name") == {"Newest": "Newest", "New": "New"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_files_are_private(snapshots: Snapshots) -> None:
    for rows in (3, 4):
        snapshots.save("orders-1", make_frame(rows))
    assert {stat.S_IMODE(file.stat().st_mode) for file in snapshots.folder.iterdir()} == {0o600}
    assert stat.S_IMODE(snapshots.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("calls", [("a", "b"), ("b", "a")])
def test_of_two_pulls_of_one_second_the_one_written_later_is_newer(snapshots, calls):
    header = Header(endpoint="orders", complete=True, as_of=dt.datetime.fromisoformat(AS_OF), rows=40)
    for call in calls:
        snapshots.save(call, header.onto(make_frame()))
    assert [one.file.stem for one in snapshots.whole()] == list(reversed(calls))
