"""The key that was typed in the browser is afterwards in no file: every byte below the server's home is searched."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import scalev_frames as sf

from .pages import OPEN, Bench, Notebook, write_notebook
from .servers import start_lab


def test_typed_key_is_in_no_notebook_checkpoint_state_log_cache_or_export(fresh, sandbox, tmp_path):
    key = sandbox.restricted_key("order:list", "store:list")  # typed here alone
    lab = start_lab(tmp_path / "home", "--debug", SCALEV_API_BASE_URL=sandbox.base_url)
    try:
        write_notebook(lab, "key.ipynb", OPEN)
        notebook = Notebook(fresh.page, lab, "key.ipynb")
        notebook.run_all()
        bench = Bench(fresh.page)
        bench.box.locator(".scalev-key-input").press_sequentially(key[:9])
        notebook.save()  # while it is half typed
        assert key[:9].encode() not in lab.folder.joinpath("key.ipynb").read_bytes()
        bench.sign_in(key)
        assert bench.box.locator(".scalev-key-input").input_value() == ""
        bench.press("fetch")
        bench.wait("done")
        for name, suffix in (("Excel", ".xlsx"), ("Parquet", ".parquet"), ("CSV", ".csv")):
            tab = bench.tab("Export")
            tab.locator(".scalev-export-format select").select_option(label=name)
            bench.press("export")
            bench.wait_for_file(suffix)
        notebook.run("print(repr(sf.current()), vars(bench.login.signed_in.account.settings.__class__))")
        notebook.save()
    finally:
        lab.stop()
    saved = json.loads(lab.folder.joinpath("key.ipynb").read_text())
    state = json.dumps(saved["metadata"]["widgets"])  # saving the widgets' state was on
    assert key[-4:] in state  # the hint is in it, so this is the panel's state
    assert list(lab.folder.glob("**/.ipynb_checkpoints/*.ipynb"))
    assert "DEBUG" in lab.log.read_text() or "[D " in lab.log.read_text()
    kinds = {file.suffix for file in files(lab.home)}
    assert {".ipynb", ".xlsx", ".parquet", ".csv", ".log"} <= kinds
    guises = [key.encode(), key[3:].encode(), key.encode("utf-16-le"), base64.b64encode(key.encode())[:-4]]
    found = [str(file) for file in files(lab.home) for part in contents(file) if any(one in part for one in guises)]
    assert found == []


def files(home: Path) -> list[Path]:
    return [file for file in home.rglob("*") if file.is_file()]


def contents(file: Path) -> Iterator[bytes]:
    """The bytes of a file, and what is packed in it."""
    yield file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            for name in packed.namelist():
                yield packed.read(name)
    if file.suffix == ".parquet":
        frame = sf.read_parquet(file)
        yield (frame.to_csv() + str(frame.attrs)).encode()
