"""`scalev-frames report`: what it writes, how it ends, and that two runs, a failure or a clock do no harm."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import signal
import sys
from pathlib import Path

import pandas as pd
import pytest
from processes import read_line, started
from python_calamine import CalamineWorkbook

from scalev_frames import cli, report_job
from scalev_frames.connection import connect
from scalev_frames.errors import AlreadyRunningError
from scalev_frames.reports import REPORTS
from scalev_frames.sandbox import Sandbox, World

DOCS = Path(__file__).parents[2] / "docs" / "scheduling.md"
NOVEMBER = ["--since", "2026-11-01", "--until", "2026-11-20"]


@pytest.fixture
def sandbox(monkeypatch):
    with Sandbox(world=World(300, days=60), limits=None) as running:
        monkeypatch.setenv("SCALEV_API_KEY", running.api_key)
        monkeypatch.setenv("SCALEV_API_BASE_URL", running.base_url)
        yield running


def sheet(path, name):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python(skip_empty_area=False)


def days_of(world):
    frame = pd.DataFrame(world.rows("orders"))
    moments = pd.to_datetime(frame["draft_time"].fillna(frame["created_at"]), format="ISO8601", utc=True)
    return moments.dt.tz_convert("Asia/Jakarta").dt.strftime("%Y-%m-%d"), frame["is_probably_spam"].isin([True, "true"])


@pytest.mark.slow
def test_it_writes_the_period_beside_the_one_before_and_the_servers_verdict(sandbox, tmp_path, capsys):
    out = tmp_path / "a{b" / "report-{since}-{until}.xlsx"
    assert cli.main(["report", *NOVEMBER, "--out", str(out), "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    path = tmp_path / "a{b" / "report-2026-11-01-2026-11-20.xlsx"
    summary = {row[0]: row[1:4] for row in sheet(path, "Summary")}
    days, spam = days_of(sandbox.world)
    now = int((days.between("2026-11-01", "2026-11-20") & ~spam).sum())
    before = int((days.between("2026-10-12", "2026-10-31") & ~spam).sum())
    assert summary["Orders"] == [now, before, now - before]
    assert any(line.startswith("Equal to the server's statistics on") for line in summary)
    assert sum(row[1] for row in sheet(path, "Daily pipeline")[4:]) == now


@pytest.mark.slow
def test_it_says_what_it_did(sandbox, tmp_path, capsys):
    words = [
        "report",
        *NOVEMBER,
        "--out",
        str(tmp_path / "r.xlsx"),
        "--against",
        "none",
        "--report",
        "funnel",
        "--data",
    ]
    assert cli.main(words) == 0
    out = capsys.readouterr().out
    days, _ = days_of(sandbox.world)
    assert f"2026-11-01 to 2026-11-20: {days.between('2026-11-01', '2026-11-20').sum()} orders" in out
    assert "Equal to the server's statistics" in out
    names = CalamineWorkbook.from_path(str(tmp_path / "r.xlsx")).sheet_names
    assert names == ["Summary", "Contents", "Status funnel", "Reconciliation", "Orders", "Definitions", "Notes"]


@pytest.mark.slow
def test_margins_come_with_lines(sandbox, tmp_path):
    out = tmp_path / "r.xlsx"
    assert cli.main(["report", "--since", "2026-11-10", "--until", "2026-11-12", "--out", str(out), "--report", "margin",
                     "--quiet", "--language", "id"]) == 0  # fmt: skip
    rows = sheet(out, "Margin per produk")
    details = [sandbox.world.detail(one["id"]) for one in sandbox.world.rows("orders")]
    days, spam = days_of(sandbox.world)
    wanted = [one for one, day, is_spam in zip(details, days, spam, strict=True)
              if "2026-11-10" <= day <= "2026-11-12" and not is_spam and one["status"] == "completed"]  # fmt: skip
    assert sum(row[3] for row in rows[4:]) == sum(line["quantity"] for one in wanted for line in one["orderlines"])
    assert "disaring setelah" not in str(sheet(out, "Ringkasan"))  # its lines are of completed orders, on purpose


@pytest.mark.slow
def test_details_are_asked_for_of_completed_orders_alone(sandbox, tmp_path):
    words = ["report", "--report", "margin", "--against", "none", "--quiet", "--out", str(tmp_path / "r.xlsx")]
    assert cli.main([*words, "--since", "2026-11-10", "--until", "2026-11-16"]) == 0
    asked = {found[1] for one in sandbox.requests if (found := re.fullmatch(r".*/order/([0-9a-f-]{36})", one.path))}
    days, _ = days_of(sandbox.world)
    rows = zip(sandbox.world.rows("orders"), days, strict=True)
    of_days = [one for one, day in rows if "2026-11-10" <= day <= "2026-11-16"]
    assert asked == {str(one["id"]) for one in of_days if one["status"] == "completed"}
    assert 0 < len(asked) < len(of_days)
    before = len(sandbox.requests)
    today = sandbox.world.now.date().isoformat()
    assert cli.main([*words, "--since", today, "--until", today]) == 0  # nothing of today is completed
    assert not [one for one in sandbox.requests[before:] if re.fullmatch(r".*/order/([0-9a-f-]{36})", one.path)]
    assert sheet(tmp_path / "r.xlsx", "Margin by product")


@pytest.mark.slow
def test_the_requests_it_says_are_those_of_the_lines_too(sandbox, tmp_path, capsys):
    words = ["--since", "2026-11-10", "--until", "2026-11-10", "--against", "none", "--report", "margin"]
    assert cli.main(["report", *words, "--out", str(tmp_path / "r.xlsx")]) == 0
    said = int(re.search(r"(\d+) requests", capsys.readouterr().out)[1])
    details = [one for one in sandbox.requests if re.search(r"/order/.*\d", one.path) and "stat" not in one.path]
    assert len(details) > 2
    assert len(details) < said <= len(sandbox.requests)


def test_month_and_yesterday_are_the_accounts_days(sandbox):
    account = connect()
    moment = dt.datetime(2026, 11, 30, 17, 30, tzinfo=dt.UTC)  # 1 December in Jakarta
    period = report_job.find_period("month", "yesterday", account, moment)
    assert period == (dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    assert report_job.find_period("last month", "last month", account, moment) == period
    assert report_job.find_period("2026-10", "bulan lalu", account, moment) == (dt.date(2026, 10, 1), period.until)
    path = report_job.named(Path("r-{date}.xlsx"), period, account, moment)
    assert path.name == "r-2026-12-01.xlsx"


@pytest.mark.slow
def test_two_runs_do_not_collide_and_another_report_may_run(sandbox, tmp_path, capsys):
    out = tmp_path / "r.xlsx"
    out.write_bytes(b"yesterday's")
    with report_job.only_run(out, connect()):
        assert cli.main(["report", *NOVEMBER, "--out", str(out)]) == cli.TRY_AGAIN
        assert "Another run is writing" in capsys.readouterr().err
        assert out.read_bytes() == b"yesterday's"
        assert cli.main(["report", *NOVEMBER, "--out", str(tmp_path / "s.xlsx"), "--quiet", "--report", "funnel"]) == 0
    assert cli.main(["report", *NOVEMBER, "--out", str(out), "--quiet", "--report", "funnel"]) == 0
    assert sheet(out, "Summary")


@pytest.mark.slow
def test_a_killed_run_leaves_no_lock(sandbox, tmp_path):
    code = (
        "import sys, time, pathlib; from scalev_frames import report_job; from scalev_frames.connection import connect\n"
        "with report_job.only_run(pathlib.Path(sys.argv[1]), connect()): print('held', flush=True); time.sleep(60)"
    )
    out = tmp_path / "r.xlsx"
    with started([sys.executable, "-c", code, str(out)]) as running:
        assert read_line(running) == "held\n"
        with pytest.raises(AlreadyRunningError), report_job.only_run(out, connect()):
            pass
        running.send_signal(signal.SIGTERM)
        running.wait(60)
    with report_job.only_run(out, connect()):
        pass


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "r.csv"], "no .xlsx"),
        (["--out", "r-{day}.xlsx"], "{day} cannot be filled in"),
        (["--since", "2026-11-20", "--until", "2026-11-01"], "before since"),
        (["--report", "dayly"], "daily"),
        (["--until", "someday"], "someday"),
    ],
)
def test_a_wrong_call_sends_nothing(sandbox, words, said, capsys):
    assert cli.main(["report", *words]) == cli.WRONG_CALL
    assert said in capsys.readouterr().err
    assert not sandbox.requests


def test_a_failure_leaves_yesterdays_file(sandbox, tmp_path, monkeypatch, capsys):
    out = tmp_path / "r.xlsx"
    out.write_bytes(b"yesterday's")
    monkeypatch.setenv("SCALEV_API_KEY", "sk_wrong")
    assert cli.main(["report", *NOVEMBER, "--out", str(out), "--quiet"]) == cli.FAILED
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert out.read_bytes() == b"yesterday's"
    assert [path.name for path in tmp_path.iterdir()] == ["r.xlsx"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "cover", "said"),
    [
        ("en", "Summary", "Not compared with the server's statistics. "),
        ("id", "Ringkasan", "Belum dibandingkan dengan statistik server."),
    ],
)
def test_what_statistics_cannot_count_is_said_and_no_failure(sandbox, tmp_path, language, cover, said):
    out = tmp_path / "r.xlsx"
    words = ["--by", "completed", "--quiet", "--report", "daily", "--language", language, "--data"]
    assert cli.main(["report", *NOVEMBER, "--out", str(out), *words]) == 0
    verdict = next(str(row[0]) for row in sheet(out, cover) if str(row[0]).startswith(said))
    assert (verdict == said) == (language == "id")
    assert ("Pesanan" in CalamineWorkbook.from_path(str(out)).sheet_names) == (language == "id")


# what the documentation says -------------------------------------------------------------------------------------------


def blocks(kind):
    found = re.findall(rf"```{kind}\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    return [line for block in found for line in block.splitlines() if line]


def parsed(words):
    return cli.parser().parse_args(words)


def test_the_crontab_lines_are_commands_that_this_version_takes():
    for line in blocks("crontab"):
        *when, command = line.split(maxsplit=5)
        assert len(when) == 5
        assert not re.search(r"(?<!\\)%", command)
        words = shlex.split(command)
        place = next(place for place, word in enumerate(words) if word.endswith("/scalev-frames"))
        options = parsed(words[place + 1 :])
        assert options.verb == "report"
        assert options.quiet
        assert options.out.name == "report-{date}.xlsx"


def windows_words(command):
    """A command line as Windows' own rules cut it: quotes group, a backslash before a quote is that quote."""
    words, word, quoted, place = [], "", False, 0
    while place < len(command):
        letter = command[place]
        if command.startswith('\\"', place):
            word, place = word + '"', place + 1
        elif letter == '"':
            quoted = not quoted
        elif letter == " " and not quoted:
            words, word = [*words, word] if word else words, ""
        else:
            word += letter
        place += 1
    return [*words, word] if word else words


def scheduled(line):
    """The switches of a line that makes a task."""
    words = windows_words(line)
    assert words[:2] == ["schtasks", "/Create"]
    switches = {words[place]: words[place + 1] for place in range(2, len(words) - 1) if words[place] in ("/TN", "/SC", "/D", "/ST", "/TR")}  # fmt: skip
    assert re.fullmatch(r"\d\d:\d\d", switches["/ST"])
    assert "/F" in words
    assert len(switches["/TR"]) <= 261  # what schtasks takes
    return switches


def test_the_task_that_mails_runs_the_script_every_monday():
    switches = scheduled(blocks("bat")[0])
    assert (switches["/TN"], switches["/SC"], switches["/D"]) == ("Scalev mail", "WEEKLY", "MON")
    program, script = windows_words(switches["/TR"])
    assert program.endswith(r"scalev\.venv\Scripts\python.exe")
    assert script == r"%USERPROFILE%\scalev\mail_report.py"


def test_the_task_scheduler_line_is_a_command_that_this_version_takes():
    _, line = blocks("bat")
    switches = scheduled(line)
    assert switches["/TN"] == "Scalev report"
    assert switches["/SC"] == "DAILY"
    program, *rest = windows_words(switches["/TR"])
    assert program.endswith(r"Scripts\scalev-frames.exe")
    assert parsed(rest).out == Path(r"%USERPROFILE%\reports\report-{date}.xlsx")


def test_the_options_have_the_reports_names(capsys):
    with pytest.raises(SystemExit):
        cli.main(["report", "--help"])
    said = re.sub(r"\s", "", capsys.readouterr().out)
    assert all(name in said for name in REPORTS)
