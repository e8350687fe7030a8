"""A package or a key store that is missing is a sentence with what to do, on a computer that never had it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import keyring.backends.fail
import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames import cli


@pytest.mark.parametrize(
    "command", [["accounts"], ["accounts", "--forget", "brand-a"], ["pull", "stores", "--profile", "brand-a"]]
)
def test_without_keyring_a_command_says_what_to_install(monkeypatch, capsys, command):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert cli.main(command) == cli.FAILED
    said = capsys.readouterr().err
    assert "pip install keyring" in said
    assert "Traceback" not in said


def test_without_keyring_a_key_from_the_environment_works_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setenv("SCALEV_API_KEY", "sk_given_0123456789")
    assert sf.connect().key_hint == "sk_…6789"


def test_all_without_a_key_store_says_how_to_do_without(monkeypatch, capsys):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    assert cli.main(["pull", "stores", "--all"]) == cli.FAILED
    said = capsys.readouterr().err
    assert "once for each business" in said
    assert "without --all" in said


@pytest.mark.slow
def test_panels_without_widgets_say_what_to_install():
    program = """
import sys
import scalev_frames as sf
PLACES = ["table import Table", "pivot import Pivot", "pictures.pictures import pictures"]
for package in ("ipywidgets", "anywidget"):
    sys.modules.pop("ipywidgets", None)
    sys.modules[package] = None
    for code in ("sf.workbench()", *(f"from scalev_frames.notebook.{place}" for place in PLACES)):
        for module in [one for one in sys.modules if one.startswith("scalev_frames.notebook.")]:
            del sys.modules[module]  # as in a process that has asked for nothing yet
        try:
            exec(code)
        except sf.errors.MissingPackageError as error:
            print(error)
    del sys.modules[package]
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.count("pip install ipywidgets") == 4, done.stderr
    assert done.stdout.count("pip install anywidget") == 4


def test_without_a_key_store_nobody_types_a_key_in_vain(monkeypatch, capsys):
    monkeypatch.setattr("getpass.getpass", lambda _: pytest.fail("asked for the key"))
    keyring.set_keyring(keyring.backends.fail.Keyring())
    assert cli.main(["login"]) == cli.FAILED
    assert "no key store" in capsys.readouterr().err


@pytest.mark.parametrize("package", ["polars", "duckdb", "dask"])
def test_a_scan_for_a_package_that_is_not_there_says_what_to_install(monkeypatch, tmp_path, package):
    kept = sf.scan(sf.to_parquet(pd.DataFrame({"id": ["1"]}), tmp_path / "orders.parquet"))
    for name in [package, *(one for one in sys.modules if one.startswith(f"{package}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(sf.errors.MissingPackageError, match=f"needs {package}.*not installed.*pip install"):
        getattr(kept, package)()


@pytest.mark.parametrize(("package", "more"), [("jupyterlab", []), ("voila", ["--page"])])
def test_lab_without_jupyter_says_so_before_anything_else(monkeypatch, capsys, tmp_path, package, more):
    found = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == package else found(name))
    assert cli.main(["lab", "--folder", str(tmp_path / "notebooks"), *more]) == cli.FAILED
    said = capsys.readouterr()
    assert said.out == ""
    assert "is not installed" in said.err
    assert not (tmp_path / "notebooks").exists()
