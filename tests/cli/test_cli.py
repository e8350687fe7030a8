"""The command line: what it prints, what it writes, how it ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest
from processes import LONG
from python_calamine import CalamineWorkbook

import scalev_frames as sf
from scalev_frames import cli
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.sandbox import Sandbox
from tests.account.test_details import detail_requests
from tests.frames.exported import exported, framed


def test_help_teaches(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for words in ("demo", "pull", "login", "exit codes", "scalev-frames pull orders --since"):
        assert words in text


@pytest.mark.slow
def test_each_endpoint_can_be_pulled_and_explains_itself(capsys):
    for name in ENDPOINTS:
        with pytest.raises(SystemExit) as ended:
            cli.main(["pull", name, "--help"])
        assert ended.value.code == 0
    assert "--store-id" in capsys.readouterr().out


def test_endpoints_are_listed(capsys):
    assert cli.main(["endpoints"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(ENDPOINTS)
    said = {line.split()[0]: line[39:44] for line in lines}
    assert said["orders"] == "v2 v3"
    assert said["warehouses"] == "v2   "
    assert said["order_utm_sources"] == "   v3"
    assert {name: tuple(words.split()) for name, words in said.items()} == {
        name: row.versions for name, row in ENDPOINTS.items()
    }


@pytest.mark.slow
def test_details_from_a_file_of_the_dashboard_ask_only_for_the_rest(monkeypatch, tmp_path, capsys):
    file, out = tmp_path / "orders.csv", tmp_path / "orders.parquet"
    with Sandbox(orders=8, limits=None) as sandbox:
        monkeypatch.setenv("SCALEV_API_KEY", sandbox.api_key)
        monkeypatch.setenv("SCALEV_API_BASE_URL", sandbox.base_url)
        known = [sandbox.world.detail(row["id"]) for row in sandbox.world.rows("orders")][2:]
        file.write_text(exported(framed(known), items=True))
        words = ["pull", "orders", "--quiet", "--details-from", str(file), "--out", str(out)]
        assert cli.main(words) == 0
        assert len(detail_requests(sandbox)) == 2
        assert sf.read_parquet(out)["orderlines"].notna().all()
        before = len(sandbox.requests)
        assert cli.main([*words[:4], str(tmp_path / "none.csv"), "--refresh"]) == 2
        assert "none.csv" in capsys.readouterr().err
        assert len(sandbox.requests) == before
        assert cli.main([*words, "--details"]) == 2
        assert "--details: not allowed with argument --details-from" in capsys.readouterr().err


@pytest.mark.slow
def test_pull_writes_both_kinds_of_file(at_sandbox, tmp_path, capsys):
    excel, parquet = tmp_path / "o.xlsx", tmp_path / "o.parquet"
    words = ["pull", "orders", "--status", "shipped", "--status", "rts", "--out", str(excel), "--out", str(parquet)]
    assert cli.main([*words, "--quiet"]) == 0
    wanted = [str(row["id"]) for row in at_sandbox.world.rows("orders") if row["status"] in ("shipped", "rts")]
    assert sorted(sf.read_parquet(parquet)["id"]) == sorted(wanted)
    rows = CalamineWorkbook.from_path(str(excel)).get_sheet_by_name("Orders").to_python()
    assert len(rows) == len(wanted) + 1
    said = capsys.readouterr()
    assert f"all {len(wanted)} rows" in said.out
    assert str(excel) in said.out
    assert said.err == ""


def test_progress_goes_to_the_error_stream(at_sandbox, capsys):
    assert cli.main(["pull", "stores"]) == 0
    assert "stores: 6 rows" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["-1", "nan", "inf", "1e300"])
def test_an_age_that_is_none_deletes_nothing(capsys, tmp_path, days):
    assert cli.main(["cache", "clear", "--cache-dir", str(tmp_path), f"--older-than={days}"]) == 2
    assert "is not a number of days from zero up" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["pull", "orders", "--status", "shiped"], 2, "Did you mean shipped"),
        (["pull", "orders", "--since", "1.11.2026"], 2, "is not a day"),
        (["pull", "orders", "--statuss", "rts"], 2, "There is no option '--statuss'. Did you mean --status"),
        (["pull", "orders", "--statuss=rts"], 2, "Did you mean --status"),
        (["pull", "orders", "--status", "rts", "shipped"], 2, "'shipped' is one word too many"),
        (["pull", "orders", "--since"], 2, "Argument --since: expected one argument"),
        (["pull", "orders", "--by", "payed"], 2, "There is no value 'payed' of --by."),
        (["pull", "orders", "--limit", "many"], 2, "--limit: invalid int value"),
        (["pull", "orders", "--out", "x.csv1"], 2, "none of"),
        (["pull", "stores", "--offline"], 1, "Nothing is kept"),
        (["pull", "stores", "--profile", "nobody"], 1, "key store"),
    ],
)
def test_failures_are_one_sentence_and_an_exit_code(at_sandbox, capsys, words, code, sentence):
    assert cli.main([*words, "--quiet"]) == code
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["pul"], "There is no verb 'pul'. Did you mean pull"),
        (
            ["export", "stores"],
            "stores is not a list that grows with time, as `export` takes. Write it with `scalev-frames pull stores",
        ),
        (["pull", "order_s"], "There is no endpoint 'order_s'. Did you mean orders"),
        ([], "are required: VERB. See `scalev-frames --help`."),
        (["pull"], "are required: ENDPOINT. See `scalev-frames pull --help`."),
        (["pull", "order"], "are required: --id."),
    ],
)
def test_a_word_that_does_not_exist_is_one_sentence(capsys, words, sentence):
    assert cli.main(words) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.strip().splitlines()) == 1


def test_an_unreachable_host_may_be_tried_again(at_sandbox, capsys, monkeypatch):
    from scalev_frames.wire import transport

    monkeypatch.setattr(transport.Retries, "next_wait", lambda *_, **__: None)
    at_sandbox.stop()
    assert cli.main(["pull", "stores", "--quiet"]) == 3
    assert "could not be reached" in capsys.readouterr().err


def test_the_sandbox_has_its_own_options(capsys, monkeypatch):
    monkeypatch.setattr("scalev_frames.sandbox.__main__.wait", lambda: None)
    assert cli.main(["sandbox", "--port", "0", "--orders", "3", "--latency", "0.1"]) == 0
    assert "SCALEV_API_KEY=sk_" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        cli.main(["sandbox", "--help"])
    assert ended.value.code == 0
    assert "--fault" in capsys.readouterr().out


@pytest.mark.slow
def test_a_terminal_without_our_letters_and_a_reader_who_stops_early(at_sandbox, tmp_path):
    command = [sys.executable, "-m", "scalev_frames.cli"]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    pull = [*command, "pull", "stores", "--quiet", "--out", str(tmp_path / "s.xlsx")]
    done = subprocess.run(pull, capture_output=True, env=environment, timeout=LONG, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"  -> " in done.stdout
    assert b"?" not in done.stdout
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody_reads:
        done = subprocess.run(
            [*command, "endpoints"], stdout=nobody_reads, stderr=subprocess.PIPE, timeout=LONG, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither")
def test_a_closed_terminal_and_a_full_disk_behind_the_output_have_codes_of_ours(at_sandbox, tmp_path):
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    command = [sys.executable, "-m", "scalev_frames.cli", "pull", "stores"]
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody_reads:
        done = subprocess.run(
            command, stdout=nobody_reads, stderr=nobody_reads, env=environment, timeout=LONG, check=False
        )
    assert done.returncode == 0
    with Path("/dev/full").open("wb") as full:
        command += ["--quiet"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, timeout=LONG, check=False)
    assert done.returncode == 1
    assert done.stderr == b"scalev-frames: A file or the output could not be used: No space left on device.\n"


@pytest.mark.parametrize("closed", [("stdout",), ("stderr",), ("stdout", "stderr")])
def test_a_program_without_outputs_ends_as_it_should(monkeypatch, capsys, closed):
    for stream in closed:
        monkeypatch.setattr(sys, stream, None)  # as Python has them where a scheduler has closed them
    assert cli.main(["endpoints"]) == 0
    assert cli.main(["pull", "ordrs"]) == 2


@pytest.mark.parametrize(("words", "near"), [
    (["report", "--report", "dayly"], "There is no value 'dayly' of --report. Did you mean daily or"),
    (["report", "--by", "create"], "There is no value 'create' of --by. Did you mean created"),
    (["pull", "orders", "--api-version", "v4"], "There is no value 'v4' of --api-version. Did you mean v3 or v2?"),
    (["cache", "clear", "--kind", "frame"], "There is no value 'frame' of --kind. Did you mean frames?"),
    (["export", "products", "--out", "d"], "products is not a list that grows with time, as `export` takes."),
])  # fmt: skip
def test_a_wrong_choice_says_the_nearest(capsys, words, near):
    assert cli.main(words) == 2
    assert near in capsys.readouterr().err


@pytest.mark.parametrize("words", [
    ["--orders", "-1"], ["--days", "0"], ["--seed", "-1"], ["--port", "65536"], ["--port", "-1"], ["--latency", "-1"],
    ["--latency", "nan"], ["--latency", "inf"],
], ids=" ".join)  # fmt: skip
def test_numbers_that_no_sandbox_can_have_are_refused(capsys, words):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["sandbox", *words])
    assert f"argument {words[0]}: {words[1]} is not from" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "said"), [
    (["--scope", "foo"], "order:list"),
    (["--scope", "order:list order:read"], "order:list"),
    (["--fault", "server_error,at=0"], "at=0 and times=1 are counted from 1"),
    (["--fault", "server_error,at=soon"], "at=soon"),
    (["--fault", "server_error,times=-1"], "times=-1"),
    (["--fault", "server_error,path=order"], "The path 'order' does not begin with / or *"),
    (["--behaviour", "versions=v9"], "versions are v2 or v3"),
    (["--behaviour", "largest_page=-5"], "largest_page is a number of rows"),
    (["--behaviour", "largest_page=x"], "largest_page is a number of rows"),
    (["--behaviour", "hides_undated=maybe"], "hides_undated is true or false"),
], ids=lambda words: "".join(words)[:40])  # fmt: skip
def test_a_sandbox_that_would_not_do_what_was_asked_is_refused(capsys, monkeypatch, words, said):
    monkeypatch.setattr("scalev_frames.sandbox.__main__.wait", lambda: None)
    with pytest.raises(SystemExit, match="2"):
        cli.main(["sandbox", "--port", "0", "--orders", "3", *words])
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_an_unwritable_file(at_sandbox, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert cli.main(["pull", "stores", "--quiet", "--out", str(tmp_path / "file" / "o.xlsx")]) == 1
    assert "could not be written" in capsys.readouterr().err


@pytest.mark.slow
def test_cache_is_shown_and_cleared(at_sandbox, capsys):
    cli.main(["pull", "stores", "--quiet"])
    capsys.readouterr()
    assert cli.main(["cache", "info"]) == 0
    text = capsys.readouterr().out
    assert "personal data" in text
    assert re.search(r"frames\s+2\s+\d+ [\d-]+ \d\d:\d\d [\d-]+ \d\d:\d\d$", text, re.MULTILINE)
    assert "NaT" not in text
    assert cli.main(["cache", "clear"]) == 0
    capsys.readouterr()
    cli.main(["cache", "info"])
    assert "frames" not in capsys.readouterr().out
    assert cli.main(["pull", "stores", "--offline", "--quiet"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_the_demo_pulls_three_lists_whole_and_writes_them(tmp_path, capsys, version):
    words = ["--version", version] if version == "v3" else []
    assert cli.main(["demo", "--out", str(tmp_path), *words]) == 0
    said = capsys.readouterr()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "orders.parquet",
        "products.parquet",
        "scalev.xlsx",
        "stores.parquet",
    ]
    orders = sf.read_parquet(tmp_path / "orders.parquet")
    assert len(orders) == 2000
    assert orders["id"].is_unique
    assert "2,000 rows" in said.out
    assert f"/{version}; nothing leaves this computer" in said.out
    assert "Equal to the server's statistics" in said.out
    assert (orders["public_order_url"].notna() == (version == "v3")).all()
    assert "orders: " in said.err
    book = CalamineWorkbook.from_path(str(tmp_path / "scalev.xlsx"))
    assert book.sheet_names == ["Orders", "Products", "Stores", "Notes"]
    assert len(book.get_sheet_by_name("Orders").to_python()) == 2001
    assert isinstance(orders["created_at"].iloc[0], pd.Timestamp)


@pytest.mark.slow
def test_export_writes_a_dataset_and_says_so(tmp_path, capsys):
    words = ["export", "orders", "--sandbox", "--since", "2020-01-01", "--status", "completed", "--quiet"]
    assert cli.main([*words, "--out", str(tmp_path / "orders"), "--cache-dir", str(tmp_path / "cache")]) == 0
    said = capsys.readouterr().out
    frame = sf.read_parquet(tmp_path / "orders")
    assert set(frame["status"]) == {"completed"}
    assert f"orders: all {len(frame):,} rows as of" in said
    assert cli.main(["export", "orders", "--sandbox", "--quiet", "--out", str(tmp_path / "x.parquet")]) == 1


@pytest.mark.slow
def test_an_unknown_value_is_said_in_one_line_and_sent(tmp_path, monkeypatch, capsys):
    with Sandbox(orders=3, limits=None) as sandbox, warnings.catch_warnings():
        warnings.simplefilter("always")
        monkeypatch.setenv("SCALEV_API_KEY", sandbox.api_key)
        monkeypatch.setenv("SCALEV_API_BASE_URL", sandbox.base_url)
        words = ["pull", "orders", "--payment-method", "zz_tomorrow", "--cache-dir", str(tmp_path), "--quiet"]
        cli.main(words)
        said = capsys.readouterr().err.splitlines()
        assert said[0].startswith(
            "scalev-frames: payment_method='zz_tomorrow' is not a known value, and is sent as it is."
        )
        assert "zz_tomorrow" in {request.params.get("payment_method") for request in sandbox.requests}
        cli.main(words)
        assert "not a known value" not in capsys.readouterr().err
