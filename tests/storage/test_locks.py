"""A folder that several computers see: one of them writes there at a time."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from scalev_frames.errors import AlreadyRunningError
from scalev_frames.storage.locks import WRITER, forget_writer, only_computer


def test_a_folder_is_one_computers_while_it_writes_and_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "share" / "orders"
    with only_computer(folder):
        assert json.loads((folder / WRITER).read_text())["computer"] == socket.gethostname()
        monkeypatch.setattr(socket, "gethostname", lambda: "other")
        with pytest.raises(AlreadyRunningError) as caught, only_computer(folder):
            pass
        monkeypatch.undo()
        assert f"{socket.gethostname()} is writing to {folder}" in str(caught.value)
        assert f"delete {folder / WRITER}" in str(caught.value)
        assert caught.value.retryable
        assert (folder / WRITER).exists()
    assert not (tmp_path / "share").exists()
    folder.mkdir(parents=True)
    with pytest.raises(ZeroDivisionError), only_computer(folder):
        raise ZeroDivisionError
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("said", ["", "{", "[]", '"x"', "{}", "\x00"])
def test_a_file_that_names_nobody_is_anothers_until_it_is_deleted(tmp_path: Path, said: str) -> None:
    (tmp_path / WRITER).write_text(said)
    with pytest.raises(AlreadyRunningError, match="Another computer is writing"), only_computer(tmp_path):
        pass
    forget_writer(tmp_path)
    with only_computer(tmp_path):
        assert (tmp_path / WRITER).exists()


def test_what_this_computer_left_when_it_was_killed_is_replaced(tmp_path: Path) -> None:
    (tmp_path / WRITER).write_text(json.dumps({"computer": socket.gethostname(), "process": 1}))
    with only_computer(tmp_path):
        assert "since" in json.loads((tmp_path / WRITER).read_text())
    assert not (tmp_path / WRITER).exists()


def test_where_nothing_can_be_written_the_writer_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with only_computer(tmp_path / "file"):
        pass
    assert (tmp_path / "file").read_text() == "x"
