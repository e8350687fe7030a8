"""What is generated from the catalog is what is checked in."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _load("generate")


@pytest.mark.parametrize("path", list(generate.WRITTEN), ids=lambda path: path.name)
def test_generated_files_are_current(path):
    assert path.read_text(encoding="utf-8") == generate.WRITTEN[path](), "run `make generate`"


def test_the_generated_rows_are_current():
    rows = _load("rows")
    assert (rows.WRITTEN.read_text(encoding="utf-8"), []) == rows.unproven(), "run `make generate`"


@pytest.mark.slow
def test_type_checkers_know_filters_and_catch_wrong_ones(tmp_path):
    good = "import scalev_frames as sf\napi = sf.connect(sandbox=True)\napi.orders(status=['shipped'], since='2026-11-01')\nsf.store_products(store_id=[1, 2])\n"
    for name, text in (("good.py", good), ("bad.py", good + "api.orders(statuss='shipped')\n")):
        (tmp_path / name).write_text(text)
    # The cache is that of `make check`: to read the stubs of pandas anew takes a minute.
    command = [sys.executable, "-m", "mypy", "--strict", str(tmp_path / "good.py"), str(tmp_path / "bad.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=150)
    assert done.returncode == 1, done.stdout
    *found, total = done.stdout.splitlines()
    assert total.startswith("Found 1 error in 1 file")
    assert all("bad.py" in line and "statuss" in line for line in found if ": error:" in line)
    assert "good.py" not in done.stdout
