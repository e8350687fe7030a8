"""Random histories of odd orders: a refresh is a full pull, or says what may differ, and is not dearer."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from scalev_frames.pull.reading import reader

FILE = Path(__file__).parents[2] / "benchmarks" / "histories.py"


@pytest.fixture(scope="module")
def histories():
    """The benchmark as a module; its folder has names of rooms of tests."""
    found = importlib.util.spec_from_file_location("histories", FILE)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize(("history", "ways"), [(1018, {"full"}), (1027, {"full", "changes"})])
def test_a_history_ends_as_a_full_pull_has_it_for_no_more_requests(monkeypatch, histories, history, ways):
    monkeypatch.setattr(reader, "LONG_REQUEST", 60.0)
    found = [*histories.rounds(history, orders=450)]
    assert [one for one in found if one.failed] == []
    assert {one.way for one in found} == ways
