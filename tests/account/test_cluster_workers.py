"""A cluster of two processes on this computer: one is killed, no key is to be found, another key does nothing."""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import urllib.request
from collections import Counter
from pathlib import Path

import keyring
import pytest
from key_file import TurnedFile

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.cluster import days as cut_days
from scalev_frames.wire.credentials import Key, store_key
from tests.account.clusters import LIMITS, NAMES, check_whole


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two workers with a key store, a cache and limits of their own."""
    import distributed  # not where most tests are collected: it takes a while

    folder, root = tmp_path_factory.mktemp("cluster"), Path(__file__).parents[2]
    with pytest.MonkeyPatch.context() as own:
        own.setenv("KEY_FILE", str(folder / "keys.json"))
        own.setenv("PYTHON_KEYRING_BACKEND", "key_file.TurnedFile")
        own.setenv("PYTHONPATH", os.pathsep.join([str(root), str(root / "tests"), os.environ.get("PYTHONPATH", "")]))
        own.setenv("SCALEV_CACHE_DIR", str(folder / "cache"))
        own.setenv("XDG_STATE_HOME", str(folder / "state"))
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, resources={"address": 1}, dashboard_address="127.0.0.1:0",
            local_directory=str(folder / "spill"),
        ) as running:  # fmt: skip
            yield running


@pytest.fixture
def client(cluster):
    import distributed

    keyring.set_keyring(TurnedFile())
    with distributed.Client(cluster) as client:
        yield client


def forms_of(key):
    """A key as bytes that somebody could find it by: whole, half, escaped and encoded, at any offset."""
    plain = key.encode()
    halves = [plain, plain[: len(plain) // 2], plain[len(plain) // 2 :], plain[::-1]]
    encoded = [base64.b64encode(b"x" * offset + plain)[4:-4] for offset in range(3)]
    escaped = ["".join(form.format(ord(one)) for one in key).encode() for form in ("\\u{:04x}", "%{:02X}")]
    return [*halves, *encoded, *escaped, plain.hex().encode(), key.encode("utf-16-le")]


def every_byte(client):
    """What the scheduler and the workers have written, logged or show."""
    pages = ["info/main/workers.html", "json/index.html", "metrics", "status", "workers", "tasks", "system", "graph"]
    pages += [f"info/logs/{name}.html" for name in client.scheduler_info()["workers"]]
    port, shown = client.scheduler_info()["services"]["dashboard"], []
    for page in pages:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=30) as answer,
        ):
            shown.append(answer.read())
    assert len(shown) > 4
    logs = [repr(one).encode() for one in (
        client.get_worker_logs(), client.get_scheduler_logs(), client.cluster.get_logs(), client.get_events(),
        client.story(), client.get_task_stream(),
    )]  # fmt: skip
    return (
        shown
        + logs
        + [one.read_bytes() for one in Path(os.environ["KEY_FILE"]).with_name("spill").rglob("*") if one.is_file()]
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_whose_worker_is_killed_exports_every_row_once(brands, client, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(cut_days, "DETAILED_ROWS", 40)
    for name, key in brands.keys.items():
        store_key(name, Key(key), base_url=brands.base_url)
    group = sf.connect_many(NAMES, limits=LIMITS, cache_dir=tmp_path / "cache")
    pids = client.run(os.getpid)
    seen = Counter()

    def kill(request):
        seen["details"] += request.path.startswith("/order/") and "statistics" not in request.path
        if seen["details"] == 40 and pids:
            os.kill(pids.popitem()[1], signal.SIGKILL)
            kill.killed = len(pids)

    brands.on_request(kill)
    told = []
    found = group.export(tmp_path / "all", client=client, progress=told.append, details=True)
    assert kill.killed < 2
    assert found.rows == told[-1].rows == 160
    check_whole(tmp_path / "all", brands)
    assert {request.status for request in brands.requests} <= {200, 0}  # 0: whom the killed worker does not hear
    assert len({file.parent.parent.name for file in (tmp_path / "all").rglob("*.parquet")}) >= 4
    assert found.frame()["orderlines"].notna().all()
    assert seen["details"] < 160 + 50  # of the lost worker's only what it had not kept
    written = [*every_byte(client), *(stream.encode() for stream in capfd.readouterr())]
    written += [one.read_bytes() for one in (tmp_path / "all").rglob("*") if one.is_file()]
    assert any(b"brand-a" in content for content in written)
    for form in [form for key in brands.keys.values() for form in forms_of(key)]:
        assert not any(form in content for content in written)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_worker_with_another_key_or_none_writes_nothing_and_says_so(brands, client, tmp_path):
    store_key("brand-a", Key(brands.keys["brand-a"]), base_url=brands.base_url)
    group = sf.connect_many(["brand-a"], cache_dir=tmp_path / "cache")
    store_key("brand-a", Key(brands.keys["Toko Ü"]), base_url=brands.base_url)
    with pytest.raises(errors.GroupError, match="brand-a of this worker has another key"):
        group.export(tmp_path / "all", client=client, progress=False)
    scan = sf.scan(tmp_path / "all")
    assert (scan.rows, bool(scan.header.complete)) == (0, False)
    assert all("together" in file.parts for file in tmp_path.rglob("*.parquet"))
    bare = sf.connect_many({"b": brands.keys["brand-a"]}, base_url=brands.base_url)
    with pytest.raises(errors.BadValueError, match="was opened by its key"):
        bare.export(tmp_path / "all", client=client, progress=False)
