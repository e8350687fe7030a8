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
    assert rows.WRITTEN.read_text(encoding="utf-8") == rows.unproven(), "run `make generate`"


@pytest.mark.slow
def test_type_checkers_know_filters_and_catch_wrong_ones(tmp_path):
    good = "import scalev_frames as sf\napi = sf.connect(sandbox=True)\napi.orders(status=['shipped'], since='2026-11-01')\nsf.store_products(store_id=[1, 2])\n"
    bad = good + "api.orders(statuss='shipped')\n"
    for name, text, code in (("good.py", good, 0), ("bad.py", bad, 1)):
        (tmp_path / name).write_text(text)
        command = [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--cache-dir",
            str(tmp_path / "cache"),
            str(tmp_path / name),
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=150)
        assert done.returncode == code, done.stdout
        assert code == 0 or "statuss" in done.stdout
