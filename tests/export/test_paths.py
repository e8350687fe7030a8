"""Where files may be written: links followed, modes kept, nothing replaced that is no file, nothing left behind."""

from __future__ import annotations

import errno
import functools
import os
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pandas as pd
import pytest
from processes import kill, read_line

from scalev_frames import to_csv, to_excel, to_parquet
from scalev_frames.errors import ExportError
from scalev_frames.export.atomic import plain_path

FRAME = pd.DataFrame({"id": ["1", "2"], "gross_revenue": [150000, 99500]})
WRITERS = {".xlsx": to_excel, ".csv": to_csv, ".parquet": to_parquet}
each = pytest.mark.parametrize("suffix", WRITERS)
on_posix = pytest.mark.skipif(os.name == "nt", reason="modes and devices are POSIX")


@each
def test_home_is_expanded_in_what_is_returned(suffix, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    path = WRITERS[suffix](FRAME, f"~/x{suffix}")
    assert path == tmp_path / f"x{suffix}"
    assert path.stat().st_size


@each
def test_links_are_followed_and_stay_links(suffix, tmp_path):
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / f"x{suffix}"
    target.write_bytes(b"before")
    (tmp_path / f"link{suffix}").symlink_to(target)
    WRITERS[suffix](FRAME, tmp_path / f"link{suffix}")
    assert (tmp_path / f"link{suffix}").is_symlink()
    assert target.read_bytes() != b"before"
    assert [file.name for file in target.parent.iterdir()] == [target.name]


@each
def test_a_link_to_nothing_yet_makes_its_target(suffix, tmp_path):
    (tmp_path / f"link{suffix}").symlink_to(tmp_path / f"new{suffix}")
    WRITERS[suffix](FRAME, tmp_path / f"link{suffix}")
    assert (tmp_path / f"new{suffix}").stat().st_size
    assert (tmp_path / f"link{suffix}").is_symlink()


@each
def test_a_link_that_ends_in_itself_is_a_sentence(suffix, tmp_path):
    (tmp_path / f"x{suffix}").symlink_to(tmp_path / f"x{suffix}")
    with pytest.raises(ExportError, match="could not be written"):
        WRITERS[suffix](FRAME, tmp_path / f"x{suffix}")


@on_posix
@each
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o640])
def test_the_mode_of_the_old_file_is_kept(suffix, mode, tmp_path):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(b"before")
    path.chmod(mode)
    WRITERS[suffix](FRAME, path)
    assert path.stat().st_mode & 0o777 == mode


@on_posix
@each
def test_a_new_file_has_the_usual_mode(suffix, tmp_path):
    (tmp_path / "usual").touch()
    path = WRITERS[suffix](FRAME, tmp_path / f"x{suffix}")
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode


@on_posix
def test_until_it_is_whole_only_the_user_can_read_it(tmp_path):
    modes = []

    def look(_):
        modes.extend(file.stat().st_mode & 0o777 for file in tmp_path.glob(".*.part"))

    to_csv(FRAME, tmp_path / "x.csv", progress=look)
    assert modes == [0o600]


@on_posix
@each
def test_what_is_no_plain_file_is_not_replaced(suffix, tmp_path):
    os.mkfifo(tmp_path / f"pipe{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    (tmp_path / f"device{suffix}").symlink_to("/dev/null")
    for name, words in (("pipe", "no plain file"), ("folder", "is a folder"), ("device", "no plain file")):
        with pytest.raises(ExportError, match=words):
            WRITERS[suffix](FRAME, tmp_path / f"{name}{suffix}")
    assert Path("/dev/null").is_char_device()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        f"{one}{suffix}" for one in ("device", "folder", "pipe")
    ]


@pytest.mark.parametrize("writer", [to_excel, to_csv])
@pytest.mark.parametrize("address", ["s3://bucket/x.xlsx", "https://x.test/x.csv", "file:///tmp/x.csv"])
def test_addresses_are_refused_where_they_cannot_be_written(writer, address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExportError, match="is an address"):
        writer(FRAME, address)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("writer", "name"),
    [(to_excel, "orders.csv"), (to_excel, "orders.xls"), (to_excel, "orders"), (to_excel, "orders.xlsx.tmp"),
     (to_csv, "orders.xlsx"), (to_csv, "orders.parquet"), (to_parquet, "orders.xlsx"), (to_parquet, "orders.csv")],
)  # fmt: skip
def test_a_name_of_another_kind_of_file_is_refused(writer, name, tmp_path):
    with pytest.raises(ExportError, match="does not end in"):
        writer(FRAME, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_the_case_of_a_suffix_does_not_count(tmp_path):
    assert to_excel(FRAME, tmp_path / "A.XLSX").exists()
    assert to_csv(FRAME, tmp_path / "A.Csv").exists()


@each
@pytest.mark.parametrize("path", ["", "bad\0name", None, 7, b"x.csv", "~nobody_by_that_name/x"])
def test_what_is_no_path_is_a_sentence(suffix, path):
    with pytest.raises(ExportError):
        WRITERS[suffix](FRAME, path + suffix if isinstance(path, str) and path else path)


class OwnPath(type(Path())):
    pass


@on_posix
@each
@pytest.mark.parametrize(
    "name",
    [" x", "trailing. ", "a\nb", "a\tb", "CON", "nul", "-x", "*?", "a:b", "C:\\x", "C:x", "\\\\server\\share\\x", "./x", "new//x", ".", "é" * 120],
)  # fmt: skip
def test_odd_names_are_names(suffix, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = WRITERS[suffix](FRAME, name + suffix)
    assert path == Path(name + suffix)
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert [one.relative_to(tmp_path) for one in files] == [path]
    assert files[0].stat().st_size


@each
def test_paths_of_any_class_are_paths(suffix, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number, kind in enumerate([OwnPath, PurePosixPath, type("Text", (str,), {})]):
        WRITERS[suffix](FRAME, kind(f"x{number}{suffix}"))
    assert len(list(tmp_path.iterdir())) == 3


@on_posix
@each
@pytest.mark.parametrize(
    "name", ["file/x", "loop/x", "x" * 300, "é" * 127, "\ud800", "~nobody_by_that_name/x", "/".join(["d" * 200] * 25)]
)
def test_names_that_the_disk_refuses_are_a_sentence_and_leave_nothing(suffix, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ExportError, match=r"could not be written|no file's name can have"):
        WRITERS[suffix](FRAME, name + suffix)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "loop"]


@each
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_disk_that_is_full_or_breaks_leaves_what_was_there(suffix, number, tmp_path, monkeypatch):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(b"before")

    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("scalev_frames.export.atomic.os.fsync", refuse)
    with pytest.raises(ExportError, match=os.strerror(number)):
        WRITERS[suffix](FRAME, path)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"before"]


def test_a_full_disk_names_the_dataset_that_was_asked_for_and_leaves_nothing(tmp_path, monkeypatch):
    def refuse(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("scalev_frames.export.atomic.os.fsync", refuse)
    dated = FRAME.assign(created_at=pd.Timestamp("2026-11-01", tz="Asia/Jakarta"))
    with pytest.raises(ExportError, match=re.escape(f"{tmp_path / 'orders'} could not be written: No space left")):
        to_parquet(dated, tmp_path / "orders", partition_by="month")
    assert not list(tmp_path.rglob("*.part*"))


@pytest.mark.parametrize("suffix", [*WRITERS, ""])
@pytest.mark.parametrize("below", ["x", "a/b/x"])
def test_a_file_where_a_folder_has_to_be_is_named(suffix, below, tmp_path):
    (tmp_path / "file").write_bytes(b"before")
    target = tmp_path / "file" / f"{below}{suffix}"
    frame = FRAME.assign(created_at=pd.Timestamp("2026-11-01"))
    write = WRITERS.get(suffix) or functools.partial(to_parquet, partition_by="month")
    with pytest.raises(ExportError, match=re.escape(f"{target} could not be written: {tmp_path / 'file'} is a file")):
        write(frame, target)
    assert (tmp_path / "file").read_bytes() == b"before"


@each
def test_the_current_folder_is_a_folder(suffix, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if suffix != ".parquet":  # there it is a dataset
        with pytest.raises(ExportError):
            WRITERS[suffix](FRAME, ".")


@pytest.mark.parametrize(
    "name",
    ["CON", "nul.x", "aux .x", "COM1.tar.x", "lpt³", "a:b", "a?b", 'a"b', "a|b", "<a", "a\nb", "a.", "a ", "conin$"],
)
def test_names_that_windows_gives_to_no_file_are_refused_there(name, tmp_path, monkeypatch):
    monkeypatch.setattr("scalev_frames.export.atomic.ON_WINDOWS", True)
    with pytest.raises(ExportError, match="no name of a file on Windows"):
        to_parquet(FRAME, tmp_path / name)
    with pytest.raises(ExportError, match="no name of a file on Windows"):
        to_excel(FRAME, tmp_path / name / "x.xlsx")
    assert list(tmp_path.iterdir()) == []
    for good in ("console", "com10", "a.b", "..", ".a", "nul1"):
        assert plain_path(tmp_path / good / "x.xlsx")


@pytest.mark.parametrize("how", [{}, {"partition_by": "month", "key": ["id"]}])
def test_a_path_that_is_too_long_for_windows_is_said_to_be(how, tmp_path, monkeypatch):
    def refuses_long(done):
        def short_alone(path, *given, **named):
            if len(str(path)) > 247:
                raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(path))
            return done(path, *given, **named)

        return short_alone

    frame = FRAME.assign(draft_time=pd.Timestamp("2026-11-01"))
    target = tmp_path / ("x" * 100) / ("y" * (240 - 102 - len(str(tmp_path)))) / ("orders" if how else "orders.parquet")
    monkeypatch.setattr("scalev_frames.export.atomic.ON_WINDOWS", True)
    for name in ("open", "mkdir"):
        monkeypatch.setattr(Path, name, refuses_long(getattr(Path, name)))
    with pytest.raises(ExportError, match="more letters than Windows takes"):
        to_parquet(frame, target, **how)


@each
def test_the_longest_name_that_the_disk_takes(suffix, tmp_path):
    name = "é" * ((255 - len(suffix)) // 2) + suffix
    assert WRITERS[suffix](FRAME, tmp_path / name).exists()


KILLED = """
import sys, time
import pandas as pd
from scalev_frames import to_csv
def stay(event):
    print("writing", flush=True)
    time.sleep(60)
to_csv(pd.DataFrame({"name": ["Sri"] * 20_000}), sys.argv[1], progress=stay)
"""


@pytest.mark.slow
@on_posix
def test_a_killed_export_is_swept_by_the_next_one_and_a_running_one_is_not(tmp_path):
    killed, running = (
        subprocess.Popen([sys.executable, "-c", KILLED, tmp_path / name], stdout=subprocess.PIPE, text=True)
        for name in ("2026-11-01.csv", "2026-11-02.csv")
    )
    try:
        assert read_line(killed) == read_line(running) == "writing\n"
        assert len(list(tmp_path.iterdir())) == 2
        kill(killed)
        mine = tmp_path / ".notes.part"
        mine.write_text("another program's")
        to_excel(FRAME, tmp_path / "another.xlsx")
        left = sorted(file.name for file in tmp_path.iterdir())
        assert ".notes.part" in left
        assert [name for name in left if "2026-11-01" in name] == []
        assert len([name for name in left if "2026-11-02" in name]) == 1
    finally:
        for process in (killed, running):
            kill(process)
            process.stdout.close()


class Bar:
    """A bar as tqdm makes it: not callable."""

    def __init__(self):
        self.n = 0

    def update(self, n=1):
        self.n += n


@pytest.mark.slow
@each
def test_progress_takes_what_accessors_take(suffix, tmp_path, capfd):
    writer, path = WRITERS[suffix], tmp_path / f"x{suffix}"
    for quiet in (False, None):
        writer(FRAME, path, progress=quiet)
    assert capfd.readouterr() == ("", "")
    writer(FRAME, path, progress=True)
    assert f"x{suffix}: 2 rows, done" in capfd.readouterr().err
    told = []
    writer(FRAME, path, progress=told.append)
    assert [event.rows for event in told] == [2]
    bar = Bar()
    writer(FRAME, path, progress=bar)
    assert bar.n == 2


@pytest.mark.parametrize("mode", ["replace", "append", "upsert"])
def test_progress_of_a_dataset_tells_the_rows_written(mode, tmp_path, capfd):
    made = pd.to_datetime(["2026-10-01", "2026-11-01"])
    orders = FRAME.assign(draft_time=made)
    options = {"mode": mode, "key": ["id"], "partition_by": "month"}
    told, bar = [], Bar()
    to_parquet(orders, tmp_path / "d", progress=told.append, **options)
    assert [event.rows for event in told] == [1, 2]
    changed = pd.concat([orders, orders.assign(id=["3", "4"], gross_revenue=1)])
    to_parquet(changed, tmp_path / "d", progress=bar, **options)
    assert bar.n == (2 if mode == "append" else 4)
    assert capfd.readouterr() == ("", "")
    to_parquet(orders, tmp_path / "e", progress=True, **options)
    assert "e: 2 rows, done" in capfd.readouterr().err


def test_a_bar_counts_the_rows_of_all_sheets(tmp_path):
    bar = Bar()
    to_excel({"A": FRAME, "B": FRAME}, tmp_path / "x.xlsx", progress=bar)
    assert bar.n == 4


def test_a_watcher_that_fails_does_not_end_the_export(tmp_path):
    def fail(event):
        raise RuntimeError

    assert to_csv(FRAME, tmp_path / "x.csv", progress=fail).exists()


@each
def test_a_series_is_a_frame_of_one_column_and_other_things_are_a_sentence(suffix, tmp_path):
    totals = FRAME.groupby("id")["gross_revenue"].sum()
    path = WRITERS[suffix](totals, tmp_path / f"x{suffix}")
    assert path.stat().st_size
    for odd in ([FRAME], {"a": 1} if suffix != ".xlsx" else {"a": [1]}, "text", None):
        with pytest.raises(ExportError, match="no DataFrame"):
            WRITERS[suffix](odd, path)


def test_a_read_only_file_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_bytes(b"before")
    monkeypatch.setattr("scalev_frames.export.atomic.os.access", lambda *_: False)  # root may write everything
    with pytest.raises(ExportError, match="read-only"):
        to_csv(FRAME, path)
    assert path.read_bytes() == b"before"
