"""What went wrong for people in the panel, each as a test: cancels, variables, words, periods, lines that live."""

from __future__ import annotations

import datetime as dt
import threading

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from processes import LONG

from scalev_frames import progress
from scalev_frames.account import Account
from scalev_frames.errors import (
    AuthenticationError,
    BadValueError,
    ClockError,
    ForbiddenError,
    GroupError,
    InterruptedPullError,
    InvalidParametersError,
    MissingColumnsError,
    MissingPackageError,
    RateLimitedError,
    ScalevError,
    ServerError,
    UnknownNameError,
)
from scalev_frames.notebook.live import LiveLine
from scalev_frames.notebook.panel import namespace
from scalev_frames.notebook.panel.namespace import Variables
from scalev_frames.notebook.panel.parts.elements import Status, Theme
from scalev_frames.notebook.panel.parts.job import Job
from scalev_frames.notebook.panel.tabs.reports import ReportsTab
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.progress import Event
from scalev_frames.reports import compare, report, shown
from scalev_frames.words import Words


@pytest.fixture
def variables(monkeypatch):
    made = {}
    monkeypatch.setattr(namespace, "notebook_variables", lambda: made)
    return made


@pytest.mark.slow
def test_cancel_stops_the_own_job_and_no_other_of_the_same_account(api, variables, tmp_path, monkeypatch):
    honest, reached, opened = Account.fetch, threading.Barrier(3), threading.Event()

    def fetch(self, endpoint, **arguments):
        report_page = arguments.pop("progress")

        def held(event):
            report_page(event)
            if event.kind == "page" and event.pages == 1:
                reached.wait(LONG)
                assert opened.wait(LONG)

        return honest(self, endpoint, **arguments, progress=held)

    monkeypatch.setattr(Account, "fetch", fetch)
    one, two = (Workbench(api, folder=tmp_path) for _ in range(2))
    one.choices.variable.value, two.choices.variable.value = "one", "two"
    one.choices.limit.value, two.choices.limit.value = "100", "125"
    one.fetch()
    two.fetch()
    reached.wait(LONG)
    two.cancel_button.click()
    opened.set()
    assert one.job.wait(LONG)
    assert two.job.wait(LONG)
    assert (one.status.state, two.status.state) == ("done", "cancelled")
    assert len(variables["one"]) == 100
    assert "two" not in variables


@pytest.mark.slow
def test_two_panels_never_write_one_variable_silently(api, variables, tmp_path, monkeypatch):
    """Neither one after the other, nor when both begin before either has ended."""
    monkeypatch.setattr(namespace, "_WRITERS", {})
    cells = iter(["cell-1", "cell-2", "cell-3", "cell-1"])
    monkeypatch.setattr(Variables, "of_this_cell", lambda: Variables(next(cells)))
    one, two, three = (Workbench(api, folder=tmp_path) for _ in range(3))
    for bench, limit in ((one, "25"), (two, "50")):
        assert bench.choices.variable.value == "orders"
        bench.choices.limit.value = limit
        assert bench.fetch()
    assert one.job.wait(LONG)
    assert two.job.wait(LONG)
    assert {name: len(frame) for name, frame in variables.items()} == {"orders": 25, "orders_2": 50}
    assert "orders_2" in two.status.text
    three.choices.variable.value = "orders_2"
    assert not three.fetch()
    assert "another panel" in three.status.text
    again = Workbench(api, folder=tmp_path)  # the first cell, run again
    assert again.choices.variable.value == "orders"


@pytest.mark.slow
def test_a_fetch_ends_with_the_key_it_asks_with(api, variables, tmp_path, monkeypatch):
    honest, reached, opened = Account.fetch, threading.Event(), threading.Event()

    def fetch(self, endpoint, **arguments):
        if not arguments.get("offline"):  # which asks for names that are kept
            reached.set()
            assert opened.wait(LONG)
        return honest(self, endpoint, **arguments)

    monkeypatch.setattr(Account, "fetch", fetch)
    bench = Workbench(api, folder=tmp_path)
    bench.fetch()
    assert reached.wait(LONG)
    bench.login.forget()
    opened.set()
    assert bench.job.wait(LONG)
    assert (bench.status.state, bench.frame, dict(variables)) == ("cancelled", None, {})


@pytest.mark.parametrize("name", ["list", "print", "id"])
def test_no_variable_takes_the_name_of_what_python_has(variables, name):
    assert Variables("").problem(name) == "variable_taken"
    variables[name] = pd.DataFrame()  # whoever has a frame of that name knows it
    assert Variables("").problem(name) == ""


@pytest.mark.slow
def test_no_rows_say_what_to_widen(api, variables, tmp_path):
    bench = Workbench(api, folder=tmp_path, language="id")
    bench.choices.filters.controls["since"].restore((dt.date(2020, 1, 1), dt.date(2020, 1, 2)))
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.state == "empty"  # which is no success
    assert bench.status.text == "0 baris di orders: tidak ada yang cocok. Perlebar tanggal."
    bench.choices.filters.controls["tags"].restore(["nobody has this"])
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.text.endswith("Perlebar tanggal, atau ubah atau hapus: Tag.")
    bench.choices.filters.controls["since"].clear()
    bench.fetch()
    assert bench.job.wait(LONG)
    assert bench.status.text.endswith("Ubah atau hapus: Tag.")
    other = bench.in_language("en")
    assert (other.status.state, other.status.text) == (
        "empty", "0 rows in orders: nothing matches. Change or remove: Tags."
    )  # fmt: skip


@pytest.mark.slow
def test_what_is_over_is_not_said_any_more_and_the_cost_is_said_again(api, variables, tmp_path, monkeypatch):
    monkeypatch.setattr("scalev_frames.notebook.panel.estimate.PAUSE", 0)
    bench = Workbench(api, folder=tmp_path)
    honest = Account.fetch

    def fetch(self, endpoint, **arguments):
        if callable(arguments["progress"]):
            arguments["progress"](Event("wait", seconds=3.9, message="30 requests in 5 s are allowed"))
            assert "Waiting 3.9 s" in bench.status.shown["detail"]
        return honest(self, endpoint, **arguments)

    monkeypatch.setattr(Account, "fetch", fetch)
    bench.fetch()
    assert bench.job.wait(LONG)
    assert "Waiting" not in bench.status.shown["detail"]
    bench.estimate.wait(LONG)
    assert "No request" in bench.cost.value


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AuthenticationError("The server refused the key.", status_code=401), "Kunci ditolak: salah, kedaluwarsa, atau dicabut."),
        (ForbiddenError("The key lacks the scope order:list.", status_code=403), "Scope: order:list."),
        (InvalidParametersError("Refused.", status_code=422, fields={"status": ("is invalid",)}), "status: is invalid"),
        (InterruptedPullError("Stopped.", endpoint="orders", rows_kept=1250, pages_kept=50), "1.250 baris (50 halaman) tersimpan."),
        (MissingColumnsError("The cod needs method.", columns=("method",)), "Kolom: method."),
        (MissingPackageError("SQL needs duckdb.", advice="Install it: pip install duckdb."), "Pasang dulu: pip install duckdb"),
        (GroupError({"A": ServerError("The server refused.")}, {}, dict), "A: Server Scalev bermasalah."),
        (ClockError("The server's clock says another day."), "Jam komputer ini salah"),
        (UnknownNameError("There is no status 'shiped'.", nearest=("shipped",)), "Maksudnya shipped?"),
        (BadValueError("status='shiped' is not a known value.", advice="Did you mean shipped? To send it, write '=shiped'."), "Maksudnya shipped?"),
        (BadValueError("since='soon' is not a day or a moment.", advice="Write a day as 2026-11-01."), "Tulis misalnya 20/11/2026, kemarin"),
        (BadValueError("since=2026-11-02 lies after until=2026-11-01.", advice="Swap them."), "tukar keduanya"),
        (BadValueError("until=2026-11-01 is before since=2026-11-02."), "until=2026-11-01, since=2026-11-02."),
    ],
)  # fmt: skip
def test_errors_are_wholly_in_indonesian(error, said):
    text = Words("id").error(error)
    assert said in text
    for english in ("The ", "refused", "There is", "before", "Nothing", "kept", "Check"):
        assert english not in text


def test_every_error_has_words_in_indonesian():
    def kinds(kind):
        return [
            kind,
            *(one for below in kind.__subclasses__() if below.__module__ == kind.__module__ for one in kinds(below)),
        ]

    for kind in kinds(ScalevError):
        error = kind.__new__(kind)
        Exception.__init__(error, "English")
        error.what, error.advice, error.kept = "English", "", ""
        for name, value in {
            "status_code": 500,
            "fields": {},
            "request_id": None,
            "rows_kept": 0,
            "pages_kept": 0,
            "nearest": (),
            "columns": ("id",),
            "errors": {},
        }.items():
            setattr(error, name, value)
        assert "English" not in Words("id").error(error), kind


def test_waits_are_wholly_in_indonesian():
    words = Words("id")
    limit = Event("wait", seconds=3.9, message="30 requests in 5 s are allowed")
    assert words.event(limit) == "Menunggu 3,9 detik: batasnya 30 permintaan per 5 detik"
    again = Event("wait", seconds=1.0, message="the server answered 429, until 09:00:01")
    assert words.event(again) == "Menunggu 1,0 detik: 429, dicoba lagi 09:00:01"
    again = Event("wait", seconds=1.0, message="the server could not be reached, until 2026-11-30 09:00:01")
    assert words.event(again) == "Menunggu 1,0 detik: server tidak menjawab, dicoba lagi 2026-11-30 09:00:01"
    late = RateLimitedError("Too many requests.", status_code=429)
    late.advice = "The server allows no request until 09:00:01: make the same call again after that."
    assert words.error(late).endswith("(429) Server baru mau menerima permintaan pukul 09:00:01.")


def test_an_error_in_a_cell_is_one_sentence_and_the_line_of_the_caller(api, capsys):
    shell = InteractiveShell()
    shell.user_ns["api"] = api
    shell.run_cell("x = 1\napi.orders(status=['shiped'])")
    said = capsys.readouterr().out
    assert len(said.strip().splitlines()) <= 3
    assert "Did you mean" in said or "shipped" in said
    assert "line 2: api.orders(status=['shiped'])" in said
    InteractiveShell.clear_instance()


def test_a_plain_call_in_a_notebook_shows_one_line_that_lives(monkeypatch, api):
    shown, updated = [], []

    class Handle:
        def update(self, drawn):
            updated.append(drawn.data)

    monkeypatch.setattr(
        "scalev_frames.notebook.live.display", lambda drawn, display_id: shown.append(drawn.data) or Handle()
    )
    monkeypatch.setattr(progress, "_make_line", LiveLine)
    api.orders(limit=100)
    assert len(shown) == 1
    assert "\u2713 orders: 100 rows" in updated[-1]


# Reports ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tab(api, tmp_path, monkeypatch):
    words = Words("en")
    made = ReportsTab(words, Job(Status(words("fetch")), words), tmp_path, Theme())
    made.show(api.orders(progress=False), "orders")
    newest = made._frame["draft_time"].max().date()
    monkeypatch.setattr("scalev_frames.notebook.panel.tabs.reports.PRESETS", {
        "this_month": lambda today: (newest.replace(day=1), newest), "today": lambda today: (newest, newest),
    })  # fmt: skip
    return made, newest


@pytest.mark.slow
def test_a_report_of_a_period_and_beside_the_one_before(tab):
    made, newest = tab
    made.choice.value = "handlers"
    whole = made.made["orders"].sum()
    made.period.value = "this_month"
    assert 0 < made.made["orders"].sum() < whole
    made.against.value = "previous"
    expected = compare("handlers", made._frame, newest.replace(day=1), newest, against="previous")
    pd.testing.assert_frame_equal(made.table.frame.reset_index(drop=True), shown(expected, "en"))
    made.period.value = ""
    pd.testing.assert_frame_equal(made.made, report("handlers", made._frame))


@pytest.mark.slow
def test_the_workbook_is_of_the_period_and_the_result_is_said_beside_the_button(tab, tmp_path):
    made, _ = tab
    made.period.value, made.against.value = "this_month", "previous"
    made.path.value = str(tmp_path / "r.xlsx")
    made.export()
    assert made._job.wait(LONG)
    assert made._job.status in [one for part in made.children for one in (part, *getattr(part, "children", ()))]
    assert made._job.status.text.startswith("21 reports of")
    cover = pd.read_excel(tmp_path / "r.xlsx", sheet_name=0, header=None, engine="openpyxl").astype(str)
    assert cover.apply(lambda column: column.str.contains("Before")).to_numpy().any()


@pytest.mark.slow
def test_orders_with_their_lines_have_all_reports(api, tmp_path):
    words = Words("en")
    made = ReportsTab(words, Job(Status(words("fetch")), words), tmp_path, Theme())
    made.show(api.orders(limit=25, details=True, progress=False), "orders")
    names = [name for _, name in made.choice.options]
    assert "margin" in names
    assert "daily" in names
    assert len(names) == 22
