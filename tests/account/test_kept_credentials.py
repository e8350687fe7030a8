"""Credentials of other services that a server sends are in no file that is kept."""

from __future__ import annotations

import sqlite3
import zlib

import pytest

from scalev_frames.cache import journal, responses
from scalev_frames.errors import ScalevError
from scalev_frames.sandbox import Fault, always

KEY = "wXk-very-secret"


def kept(folder):
    """Every body that lies in a cache folder, unpacked, and every file as it is."""
    bodies = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    for file in folder.rglob("*.response"):
        bodies.append(zlib.decompress(file.read_bytes()[len(responses._FORMAT) :]))
    for file in folder.rglob("*.sqlite"):
        rows = sqlite3.connect(file)
        tables = {name for (name,) in rows.execute("SELECT name FROM sqlite_master")}
        if "pages" in tables:
            bodies += [journal._unpacked(body) for (body,) in rows.execute("SELECT body FROM pages")]
        if "records" in tables:
            bodies += [zlib.decompress(body) for (body,) in rows.execute("SELECT body FROM records")]
        rows.close()
    return bodies


@pytest.mark.slow
@pytest.mark.parametrize("every", [1, 20], ids=["each row", "some rows, none of the first page"])
def test_pages_of_an_unfinished_pull(make_sandbox, make_account, tmp_path, every):
    faults = [always("rows", "/order", key="pixel.access_token", value=KEY, every=every),
              Fault("server_error", "/order", at=12, times=10**9)]  # fmt: skip
    if every > 1:
        faults[0].at = 2
    sandbox = make_sandbox(orders=500, faults=faults)
    api = make_account(sandbox)
    with pytest.raises(ScalevError, match="502"):
        api.orders(progress=False)
    bodies = kept(tmp_path / "cache")
    assert any(b'"access_token":""' in body for body in bodies)
    assert not any(KEY.encode() in body for body in bodies)
    faults[1].times = 0
    resumed = api.orders(progress=False)
    whole = make_account(sandbox, folder=tmp_path / "other").orders(progress=False)
    assert resumed["id"].tolist() == whole["id"].tolist()
    notes = [note for note in whole.attrs["notes"] if "credential" in note]
    assert notes == ["pixel.access_token: left out, because it holds a credential of another service"]
    assert notes == [note for note in resumed.attrs["notes"] if "credential" in note]
    assert not any(KEY.encode() in body for body in kept(tmp_path / "cache"))


@pytest.mark.slow
def test_single_answers_and_details(make_sandbox, make_account, tmp_path, monkeypatch):
    sandbox = make_sandbox(orders=5, faults=[always("rows", "/stores/simplified", key="woowa_api_key", value=KEY)])
    honest = sandbox.world.answer

    def answer(endpoint, *given):
        body = honest(endpoint, *given)
        return b'{"ss_device_api_key":"%s",' % KEY.encode() + body[1:] if endpoint.name == "order" else body

    monkeypatch.setattr(sandbox.world, "answer", answer)
    api = make_account(sandbox)
    for _ in range(2):
        stores, order = api.stores_simplified(progress=False), api.order(api.orders(progress=False)["id"][0])
        assert KEY not in stores.to_json() + order.astype(str).to_json()
        assert any("woowa_api_key" in note for note in stores.attrs["notes"])
    api.orders(details=True, progress=False)
    bodies = kept(tmp_path / "cache")
    assert not any(KEY.encode() in body for body in bodies)
    assert any(b'"ss_device_api_key":""' in body for body in bodies)
