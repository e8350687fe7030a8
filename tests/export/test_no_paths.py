"""What is no path is refused in a sentence by every function that takes one, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.cluster.stretches import folder_at
from scalev_frames.errors import ScalevError
from scalev_frames.export.places import whole_path
from scalev_frames.settings import to_folder

FRAME = pd.DataFrame({"id": ["1"], "status": ["rts"]})
NO_PATHS = [None, "", " ", "\t", b"orders", 3, 3.5, ["orders"], True, {}, "a\0b"]
CALLS = {
    "to_excel": lambda path: sf.to_excel(FRAME, path),
    "to_csv": lambda path: sf.to_csv(FRAME, path),
    "to_parquet": lambda path: sf.to_parquet(FRAME, path),
    "dataset": lambda path: sf.to_parquet(FRAME, path, partition_by="status"),
    "frame.scalev.to_excel": lambda path: FRAME.scalev.to_excel(path),
    "report_workbook": lambda path: sf.report_workbook(FRAME, path),
    "read_parquet": sf.read_parquet,
    "scan": sf.scan,
    "export of a group": folder_at,
}


@pytest.mark.parametrize("name", list(CALLS))
def test_what_is_no_path_is_refused_in_a_sentence_and_writes_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for given in NO_PATHS:
        with pytest.raises(ScalevError):
            CALLS[name](given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", [" ", b"kept", 3, ["kept"], True, "a\0b"])
def test_a_folder_of_the_cache_that_is_no_path_is_refused(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScalevError, match="no path"):
        sf.connect(api_key="sk_" + "x" * 20, base_url="http://127.0.0.1:9/v2", cache_dir=given)
    with pytest.raises(ScalevError):
        sf.read_dashboard("a\0b")
    assert list(tmp_path.iterdir()) == []


def test_an_export_to_what_is_no_path_sends_nothing_and_makes_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with sf.connect(api_key="sk_" + "x" * 20, base_url="http://127.0.0.1:9/v2", cache_dir=tmp_path / "kept") as api:
        for given in NO_PATHS:
            with pytest.raises(ScalevError, match="no path"):
                api.export(given, since="2026-11-01")
    assert {one.name for one in tmp_path.iterdir()} <= {"kept"}


def test_a_path_in_any_form_is_the_same_place(tmp_path):
    assert whole_path(tmp_path) == whole_path(str(tmp_path)) == folder_at(f"{tmp_path}/") == str(tmp_path)
    assert to_folder("~/kept") == Path("~/kept").expanduser()
