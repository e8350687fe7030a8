"""What a waiting person sees, and that watching never disturbs a pull."""

from __future__ import annotations

import io
import itertools

import pytest

from scalev_frames.progress import Event, TextLine, choose

PULL = [
    Event("start", "orders"),
    Event("page", "orders", 1, 25, 1),
    Event("wait", seconds=0.02, message="30 requests in 5 s are allowed"),
    Event("wait", seconds=4.96, message="30 requests in 5 s are allowed"),
    Event("page", "orders", 2, 50, 2),
    Event("note", "orders", message="the list moved"),
    Event("done", "orders", 2, 50, 2),
]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_gets_the_lines_that_matter():
    stream = io.StringIO()
    for event in PULL:
        TextLine(stream)(event)
    assert stream.getvalue().splitlines() == [
        "orders: starting",
        "scalev: waiting 5.0 s (30 requests in 5 s are allowed)",
        "orders: the list moved",
        "orders: 50 rows, 2 pages, 2 requests, done",
    ]


def test_a_terminal_shows_everything_in_one_line_that_leaves_no_rest():
    stream = Terminal()
    line = TextLine(stream)
    for event in PULL:
        line(event)
    shown = stream.getvalue().split("\r")[1:]
    assert "waiting 0.0 s" in shown[2]
    for before, after in itertools.pairwise(shown):
        assert before.endswith("\n") or len(after.rstrip("\n")) >= len(before.rstrip())
    assert shown[-1] == "orders: 50 rows, 2 pages, 2 requests, done\n"


def test_a_display_that_breaks_is_left_alone(caplog):
    seen = []

    def broken(event):
        seen.append(event)
        raise RuntimeError("no screen")

    report = choose(broken)
    for event in PULL:
        report(event)
    assert len(seen) == 1
    assert "switched off" in caplog.text


@pytest.mark.parametrize(("asked", "words"), [(True, "orders: starting"), (False, "")])
def test_progress_on_and_off(asked, words, capsys):
    choose(asked)(PULL[0])
    assert words in capsys.readouterr().err
    assert capsys.readouterr().out == ""
