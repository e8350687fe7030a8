"""The key that was typed in the browser is afterwards in no file that was written below the server's home."""

from __future__ import annotations

import base64
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import scalev_frames as sf

from .pages import OPEN, WARM, Bench, open_notebook


def test_typed_key_is_in_no_notebook_checkpoint_state_log_cache_or_export(watched, lab, sandbox):
    key, begun = sandbox.restricted_key("order:list", "store:list"), time.time()  # typed here alone
    notebook = open_notebook(watched.page, lab, OPEN)
    bench = Bench(watched.page)
    bench.box.locator(".scalev-key-input").press_sequentially(key[:9])
    notebook.save()  # while it is half typed
    assert key[:9].encode() not in lab.folder.joinpath(WARM).read_bytes()
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
    notebook.shut_down_kernel()
    saved = json.loads(lab.folder.joinpath(WARM).read_text())
    state = json.dumps(saved["metadata"]["widgets"])  # saving the widgets' state was on
    assert key[-4:] in state  # the hint is in it, so this is the panel's state
    assert list(lab.folder.glob("**/.ipynb_checkpoints/*.ipynb"))
    assert "DEBUG" in lab.log.read_text() or "[D " in lab.log.read_text()
    written = [file for file in lab.home.rglob("*") if file.is_file() and file.stat().st_mtime >= begun]
    kinds = {file.suffix for file in written}
    assert {".ipynb", ".xlsx", ".parquet", ".csv", ".log"} <= kinds
    guises = [key.encode(), key[3:].encode(), key.encode("utf-16-le"), base64.b64encode(key.encode())[:-4]]
    found = [str(file) for file in written for part in contents(file) if any(one in part for one in guises)]
    assert found == []


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
