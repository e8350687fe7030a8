"""What the command line advises can be done from the command line, and fits what was typed."""

from __future__ import annotations

import pytest

from scalev_frames import cli
from scalev_frames.sandbox import Behaviour, Sandbox, World


@pytest.mark.parametrize(("words", "advice"), [
    (["cache", "info", "--kind", "frames"], "There is no option '--kind'. There are: --cache-dir."),
    (["cache", "infos"], "There is no action 'infos'. Did you mean info?"),
    (["pull", "orders", "--sandbox", "--status", "shipped,rts"], "Several values are a list: status=['shipped', 'rts'], in a terminal --status shipped --status rts."),
    (["pull", "products", "--since", "2026-11-01"], "There is no option '--since'. There are: --all, --api-version,"),
    (["pull", "products", "--is-ownd", "true"], "There is no option '--is-ownd'. Did you mean --is-owned?"),
    (["report", "--sandbox", "--since", "2031-01-01", "--out", "r.xlsx"], "Give --until a later day, or --since an earlier one."),
])  # fmt: skip
def test_advice_on_a_wrong_command(capsys, words, advice):
    assert cli.main(words) == 2
    said = capsys.readouterr().err
    assert advice in said
    assert said.count("\n") == 1


def test_a_pull_without_a_file_says_so(at_sandbox, capsys):
    assert cli.main(["pull", "stores", "--quiet"]) == 0
    assert "no file was written; --out stores.xlsx writes one" in capsys.readouterr().out


@pytest.mark.slow
def test_a_list_of_another_version_names_the_option(at_sandbox, capsys):
    assert cli.main(["pull", "warehouses", "--quiet", "--api-version", "v3"]) == 2
    assert "--api-version v2" in capsys.readouterr().err


@pytest.mark.slow
def test_a_list_that_is_not_found_is_about_the_address(monkeypatch, capsys):
    world = World(10, behaviour=Behaviour(versions=frozenset({"v3"})))
    with Sandbox(world=world, limits=None) as sandbox:
        monkeypatch.setenv("SCALEV_API_KEY", sandbox.api_key)
        monkeypatch.setenv("SCALEV_API_BASE_URL", sandbox.url("v2"))
        assert cli.main(["pull", "stores", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "base_url ends in /v2 or /v3" in said


@pytest.mark.slow
def test_an_export_that_sends_nothing_says_so(at_sandbox, tmp_path, capsys):
    words = ["export", "orders", "--status", "shipped", "--quiet", "--out", str(tmp_path / "orders")]
    assert cli.main(words) == 0
    assert cli.main(words) == 0
    first, second = (line for line in capsys.readouterr().out.splitlines() if line.startswith("orders:"))
    assert first == second
    assert "request" not in second
    assert cli.main(["export", "orders", "--quiet", "--out", str(tmp_path / "orders")]) == 1
    assert (
        "holds orders without details, status = shipped; this is orders without details, no filters."
        in capsys.readouterr().err
    )


@pytest.mark.slow
def test_an_export_to_a_file_that_is_there_speaks_of_no_rows(at_sandbox, tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("x")
    assert cli.main(["export", "orders", "--quiet", "--out", str(file)]) == 1
    said = capsys.readouterr().err
    assert f"{file} is one file; an export is a folder. Give a folder" in said
    assert "is kept" not in said
    assert file.read_text() == "x"


@pytest.mark.slow
def test_a_port_that_is_taken_is_one_sentence(sandbox, capsys):
    port = sandbox.base_url.split(":")[2].partition("/")[0]
    assert cli.main(["sandbox", "--port", port]) == 1
    said = f"scalev-frames sandbox: Port {port} cannot be used: Address already in use. --port 0 takes a free one.\n"
    assert capsys.readouterr().err == said
