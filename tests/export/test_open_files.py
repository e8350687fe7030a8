"""Open files get all of an export or nothing, as paths do."""

from __future__ import annotations

import io
import threading

import pandas as pd
import pytest

from scalev_frames import read_parquet, to_csv, to_excel, to_parquet
from scalev_frames.errors import ExportError

FRAME = pd.DataFrame({"id": ["1", "2"], "gross_revenue": [150000, 99500]})
WRITERS = {".xlsx": to_excel, ".csv": to_csv, ".parquet": to_parquet}
each = pytest.mark.parametrize("suffix", WRITERS)


@each
def test_open_files_get_the_same_bytes_as_paths(suffix, tmp_path):
    whole = WRITERS[suffix](FRAME, tmp_path / f"x{suffix}").read_bytes()
    memory = io.BytesIO()
    assert WRITERS[suffix](FRAME, memory) is memory
    assert memory.getvalue() == whole
    with (tmp_path / "other").open("wb") as file:
        WRITERS[suffix](FRAME, file)
    assert (tmp_path / "other").read_bytes() == whole


@each
def test_files_open_for_text_or_closed_are_a_sentence(suffix, tmp_path):
    with pytest.raises(ExportError, match="open for text"):
        WRITERS[suffix](FRAME, io.StringIO())
    closed = io.BytesIO()
    closed.close()
    with pytest.raises(ExportError, match="open file"):
        WRITERS[suffix](FRAME, closed)
    with (tmp_path / "x").open("wb") as file:
        pass
    with (tmp_path / "x").open("rb") as file, pytest.raises(ExportError, match="open file"):
        WRITERS[suffix](FRAME, file)


def test_an_open_file_gets_nothing_of_a_stopped_export():
    stop, memory = threading.Event(), io.BytesIO()
    stop.set()
    with pytest.raises(ExportError, match="stopped"):
        to_csv(FRAME, memory, stop=stop)
    assert memory.getvalue() == b""


class Slow(io.RawIOBase):
    """A file without a buffer on a disk with little room: it takes a part of what is written, and in the end nothing."""

    def __init__(self, room):
        self.kept, self.room = b"", room

    def writable(self):
        return True

    def write(self, block):
        taken = bytes(block)[: min(100, self.room - len(self.kept))]
        self.kept += taken
        return len(taken)


@each
def test_an_open_file_that_takes_a_part_at_a_time_gets_all_or_it_is_an_error(suffix):
    whole = WRITERS[suffix](FRAME, io.BytesIO()).getvalue()
    assert WRITERS[suffix](FRAME, Slow(10**6)).kept == whole
    with pytest.raises(ExportError, match="takes no more"):
        WRITERS[suffix](FRAME, Slow(len(whole) - 1))


def test_parquet_in_memory_reads_back(tmp_path):
    memory = to_parquet(FRAME, io.BytesIO())
    (tmp_path / "x.parquet").write_bytes(memory.getvalue())
    pd.testing.assert_frame_equal(read_parquet(tmp_path / "x.parquet"), FRAME)
