"""Notes of pulls, in the panel's language and under its button: what may be missing is said where a person looks."""

from __future__ import annotations

import ast
import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
from processes import LONG

import scalev_frames
from scalev_frames.account import Account
from scalev_frames.errors import FilterIgnoredError
from scalev_frames.notebook.words import Words
from scalev_frames.notebook.words.notes import note_said, row_notes_said
from scalev_frames.notebook.words.tables import TABLES
from scalev_frames.progress import Event
from scalev_frames.pull.reading.proof import applied_note, note
from scalev_frames.pull.server_facts import NO_COUNTS
from scalev_frames.sandbox import Sandbox
from scalev_frames.sandbox.server.faults import always
from scalev_frames.verify.statistics import Difference
from scalev_frames.wire.credentials import Key

ROOMS = [Path(scalev_frames.__file__).parent / name for name in ("pull", "frames", "cache", "group", "query")]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for room in ROOMS for path in room.rglob("*.py")}
DAY = dt.date(2026, 11, 3)


def texts(tree):
    return [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def test_a_note_says_the_same_in_indonesian():
    differing = [Difference(DAY, 1_203, 1_204)]
    assert note_said(note(differing), "id") == (
        "pada 1 hari daftar dan statistik server berbeda: 2026-11-03 (1.203 dari 1.204)"
    )
    assert note_said(note(differing * 6), "id").endswith("(1.203 dari 1.204) dan lainnya")
    refused = FilterIgnoredError("What.", filter="status", wanted="", can_apply=True, how="refused")
    assert note_said(applied_note(refused), "id").startswith("server menolak filter status,")
    assert note_said("details: 1 record was gone before the details came", "id") == (
        "details: 1 data hilang sebelum rinciannya diambil"
    )
    assert note_said("a note of a later version: 2,000 rows", "id") == "a note of a later version: 2.000 rows"
    costs = Event("note", "orders", message="costs about 80 requests for 2,000 rows, at least 13 s; 5 are here already")
    assert Words("id").event(costs) == ("perlu sekitar 80 permintaan untuk 2.000 baris, paling cepat 13 s; 5 sudah ada")
    assert Words("en").event(costs) == costs.message


def test_the_words_have_notes_as_they_are_written():
    written = [text.strip() for tree in TREES.values() for text in texts(tree) if len(text.strip()) > 9]
    for name, (english, indonesian) in TABLES["notes"].items():
        assert "(not" in english or any(text in english for text in written), name
        assert set(re.findall(r"\{([a-z]\w*)\}", indonesian)) <= set(re.findall(r"\{(\w+)\}", english)), name


@pytest.mark.parametrize(("language", "begins"), [("en", "The server gave no"), ("id", "Server tidak memberi")])
def test_the_panel_says_what_may_be_missing(make_bench, settings, language, begins):
    with Sandbox(
        orders=60,
        limits=None,
        faults=[always("error", "/order/statistics", status=404), always("error", "/orders/statistics", status=404)],
    ) as shop:
        account = Account(Key(shop.api_key), replace(settings, base_url=shop.base_url), sleep=lambda _: None)
        bench = make_bench(account, language=language)
        assert bench.fetch()
        assert bench.job.wait(LONG)
        assert NO_COUNTS in bench.frame.attrs["notes"]
        assert bench.notes.value.startswith(f"<p>{begins}")
        assert "dictionary" not in bench.notes.value


def test_notes_on_columns_alone_are_left_out():
    notes = [
        "sla_level: sent by the server, not in the data dictionary",
        "a, b: one and two have the same orders (7), which count twice: are these two keys of one business?",
    ]
    assert row_notes_said(notes, "en") == [f"{notes[1][0].upper()}{notes[1][1:]}"]
