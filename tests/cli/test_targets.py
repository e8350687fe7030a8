"""What pulls and then writes: a file or folder that cannot be written is refused before the first request."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import scalev_frames as sf
from scalev_frames import cli
from scalev_frames.errors import ExportError
from scalev_frames.report_job import Job, run

#: Commands that write a file, and what the names of such files end in.
WRITE = {
    "pull": (["pull", "stores"], ".xlsx"),
    "pull parquet": (["pull", "stores"], ".parquet"),
    "report": (["report", "--since", "2026-11-01", "--until", "2026-11-02"], ".xlsx"),
    "export": (["export", "orders"], ""),
}
on_posix = pytest.mark.skipif(os.name == "nt", reason="links and devices are POSIX")


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """A folder with a file, a folder and a loop of each name."""
    monkeypatch.chdir(tmp_path)
    for end in ("", ".xlsx", ".csv", ".parquet"):
        Path(f"file{end}").write_text("mine")
        Path(f"loop{end}").symlink_to(f"loop{end}")
        Path(f"folder{end}").mkdir()
    return tmp_path


def all_in(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}, sorted(folder.rglob("*"))


@on_posix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["folder", "file/new/x", "loop", "x" * 300, f"new/{'x' * 300}/x", "/proc/nothing/x", "~no_such_user/x", "s3://b/x"], ids=lambda name: name[:20])  # fmt: skip
@pytest.mark.parametrize("command", WRITE)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_sent(command, name, odd, at_sandbox, capsys):
    words, end = WRITE[command]
    if (command, name) in (("export", "folder"), ("export", "s3://b/x")):
        name = "file"
    before = all_in(odd)
    assert cli.main([*words, "--quiet", "--out", name + end]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert (name + end).replace("~", "")[:20] in said.err
    assert not at_sandbox.requests
    assert all_in(odd) == before


@pytest.mark.slow
@pytest.mark.parametrize("command", ["pull", "report"])
def test_a_file_that_another_program_has_open_is_refused_before_anything_is_sent(
    command, odd, at_sandbox, capsys, monkeypatch
):
    open_file = Path.open

    def refuse(path, mode="r", *args, **how):
        if path.name == "file.xlsx" and mode != "r":  # as Windows does while Excel shows it
            raise PermissionError(13, "Permission denied", str(path))
        return open_file(path, mode, *args, **how)

    monkeypatch.setattr(Path, "open", refuse)
    before = all_in(odd)
    assert cli.main([*WRITE[command][0], "--quiet", "--out", "file.xlsx"]) == 1
    assert "not open in Excel" in capsys.readouterr().err
    assert not at_sandbox.requests
    assert all_in(odd) == before


@pytest.mark.slow
@pytest.mark.parametrize("command", WRITE)
def test_a_pull_that_fails_leaves_the_file_as_it_was_and_no_folder(command, odd, at_sandbox, monkeypatch):
    words, end = WRITE[command]
    monkeypatch.setenv("SCALEV_API_KEY", "sk_wrong")
    before = all_in(odd)
    for name in ("file", "new/folder/x") if end else ():
        assert cli.main([*words, "--quiet", "--out", name + end]) == 1
        assert at_sandbox.requests
        assert all_in(odd) == before


@on_posix
@pytest.mark.slow
@pytest.mark.parametrize("endpoint", ["orders", "stores"])
def test_an_export_in_python_and_that_of_a_group_are_refused_before_anything_is_sent(endpoint, odd):
    with sf.connect(sandbox=True) as api, sf.connect_many(["a", "b"], sandbox=True) as group:
        (odd / "business=b").write_text("in the way")
        before = all_in(odd)
        for account, path in ((api, odd / "file" / "x"), (api, odd / "file"), (group, odd)):
            said = []
            with pytest.raises(ExportError, match=r"is one file|could not be written"):
                account.export(path, endpoint, progress=said.append)
            assert said == []
            assert all_in(odd) == before


@pytest.mark.slow
def test_a_report_of_each_business_is_refused_before_the_first(odd, capsys):
    (odd / "report-brand-b.xlsx").mkdir()
    words = ["report", "--sandbox", "--all", "--since", "2026-11-01", "--until", "2026-11-02"]
    before = all_in(odd)
    assert cli.main([*words, "--out", "report-{account}.xlsx"]) == 1
    said = capsys.readouterr()
    assert "report-brand-b.xlsx is a folder. Give the name of a file." in said.err
    assert said.out == ""
    assert all_in(odd) == before


def test_the_demo_starts_nothing_for_a_folder_that_cannot_be_written(odd, capsys):
    assert cli.main(["demo", "--out", "file/x"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "file is a file, and no folder" in said.err


@pytest.mark.slow
def test_a_report_in_python_is_refused_before_anything_is_sent(odd):
    said = []
    with sf.connect(sandbox=True) as api, pytest.raises(ExportError, match="is a folder"):
        run(Job(odd / "folder.xlsx"), api, progress=said.append)
    assert said == []
