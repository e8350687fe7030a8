"""The `lab` verb: notebooks put where they are missing, Jupyter started on them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from processes import LONG, read_line, started

from scalev_frames import cli
from scalev_frames.errors import MissingPackageError
from scalev_frames.notebook import lab

ROOT = Path(__file__).parents[2]


def test_missing_notebooks_are_put_and_what_is_there_is_left(tmp_path):
    (tmp_path / "02_explore_orders.ipynb").write_text("mine")
    put = lab.put_notebooks(tmp_path)
    assert (tmp_path / "02_explore_orders.ipynb").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == sorted(
        path.name for path in (ROOT / "notebooks").glob("*.ipynb")
    )
    assert "02_explore_orders.ipynb" not in {path.name for path in put}
    assert lab.put_notebooks(tmp_path) == []


def test_voila_finds_the_template_that_ships_with_the_package():
    environment = lab.lab_environment({"JUPYTER_PATH": "mine"})
    first, rest = environment["JUPYTER_PATH"].split(lab.os.pathsep)
    template = Path(first) / "voila" / "templates" / "scalev"
    assert json.loads((template / "conf.json").read_text())["base_template"] == "lab"
    assert "http" not in (template / "index.html.j2").read_text()
    assert rest == "mine"


@pytest.mark.parametrize(
    ("option", "module", "notebook"),
    [([], "jupyterlab", "01_start_here.ipynb"), (["--page"], "voila", "workbench.ipynb")],
)
def test_verb_starts_jupyter_on_the_first_notebook(tmp_path, monkeypatch, capsys, option, module, notebook):
    started = []
    monkeypatch.setattr(lab.subprocess, "Popen", lambda command, **how: started.append(command) or Done())
    assert cli.main(["lab", "--folder", str(tmp_path), "--no-browser", "--port", "9999", *option]) == 0
    [command] = started
    assert command[1:4] == ["-m", module, (tmp_path / notebook).as_posix()]
    assert (tmp_path / notebook).is_file()
    assert "--no-browser" in command
    assert command[-2].endswith("port=9999")
    assert "embedded Scalev" in capsys.readouterr().out


def test_a_jupyter_that_does_not_start_is_a_failure(tmp_path, monkeypatch, capfd):
    """Such as JupyterLab as root, which it refuses."""
    child = "import sys; sys.stderr.write('Running as root is not recommended.\\n'); sys.exit(1)"
    monkeypatch.setattr(lab, "lab_command", lambda *folder, **how: [sys.executable, "-S", "-c", child])
    assert cli.main(["lab", "--folder", str(tmp_path)]) == cli.FAILED
    said = capfd.readouterr().err
    assert said.index("Running as root") < said.index("Jupyter ended with code 1.")
    assert "--allow-root" in said


def test_without_jupyter_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match="lab"):
        lab.run_lab(tmp_path)
    assert list(tmp_path.iterdir()) == []


class Done:
    wait = poll = staticmethod(lambda: 0)


@pytest.mark.slow
def test_jupyter_ends_when_the_verb_is_told_to_end(tmp_path):
    mark = tmp_path / "ended"
    child = (
        "import pathlib, signal, sys, time\n"
        f"signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path({str(mark)!r}).touch(), sys.exit(0)))\n"
        "print('ready', flush=True)\ntime.sleep(200)"
    )
    parent = (
        f"import sys\nfrom scalev_frames.notebook import lab\nlab._run_until_stopped([sys.executable, '-c', {child!r}])"
    )
    with started([sys.executable, "-c", parent]) as running:
        assert read_line(running) == "ready\n"
        running.terminate()
        assert running.wait(LONG) == 0
    assert mark.exists()
