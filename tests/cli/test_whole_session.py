"""A whole session as a person has it, in processes of its own: killed, refused, redirected; and then every byte searched."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import subprocess
import sys
import textwrap
import zipfile
import zlib
from pathlib import Path

import pytest
from processes import LONG, kill

import scalev_frames as sf
from scalev_frames import cli
from scalev_frames.sandbox import Fault, Sandbox

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path):
    """A home of its own: everything that a program would write lands below it."""
    folder = tmp_path / "home"
    (folder / "work").mkdir(parents=True)
    return folder


def environment(home, sandbox, **more):
    named = {name: str(home) for name in ("HOME", "USERPROFILE")}
    folders = {
        "LOCALAPPDATA": home / "local",
        "XDG_CACHE_HOME": home / "xdg",
        "XDG_STATE_HOME": home / "xdg",
        "TMPDIR": home / "tmp",
        "TEMP": home / "tmp",
    }
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCALEV_")}
    return {
        **kept, **named, **{name: str(folder) for name, folder in folders.items()},
        "SCALEV_API_KEY": sandbox.api_key, "SCALEV_API_BASE_URL": sandbox.base_url, **more,
    }  # fmt: skip


def run(home, sandbox, *words, code=0, **more):
    command = [sys.executable, "-m", "scalev_frames.cli", *words]
    done = subprocess.run(
        command, cwd=home / "work", env=environment(home, sandbox, **more), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def plain_bytes(file: Path):
    """A file's bytes, and what lies compressed in it."""
    content = file.read_bytes()
    yield content
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as book:
            yield from map(book.read, book.namelist())
    for start in (0, 14):
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(content[start:])
    if file.suffix == ".parquet":
        yield sf.read_parquet(file).to_csv().encode()


SESSION = """
    import logging, os, pickle, sys
    logging.basicConfig(filename="debug.log", level=logging.DEBUG)
    import scalev_frames as sf
    from scalev_frames import errors
    api = sf.connect()
    frames = {name: api.fetch(name) for name in ("orders", "products", "stores", "order_tags")}
    sf.to_excel(frames, "session.xlsx")
    sf.to_parquet(frames["orders"], "session.parquet")
    frames["orders"].to_csv("session.csv")
    frames["orders"].to_pickle("session.pickle")
    with open("said.txt", "w", encoding="utf-8") as said:
        for call in ("bundles", "locations", "stores_simplified", "product_taxonomies"):
            try:
                api.fetch(call, refresh=True)
            except errors.ScalevError as error:
                said.write(f"{error!r} {error} {vars(error)}")
                pickle.dump(vars(error), open(f"{call}.pickle", "wb"))
        said.write(repr((api, vars(api), api.settings, frames["orders"].attrs)))
    from scalev_frames import cli
    assert cli.main(["pull", "bundles"]) == 1
    assert cli.main(["cache", "info"]) == 0
"""


def test_the_key_is_nowhere_after_a_whole_session(home):
    faults = [
        Fault("redirect", "/bundles", times=99, location="/v2/elsewhere"),
        Fault("error", "/locations", times=99, status=422, error="refused"),
        Fault("edge", "/stores/simplified", times=99),
        Fault("error", "/product-taxonomies", times=99, status=401),
        Fault("vary", "/products", times=99),
        Fault("cut", "/order", at=2),
        Fault("rate_limit", "/order", at=4, retry_after="0"),
    ]
    with Sandbox(orders=120, limits=None, faults=faults) as sandbox:
        session = [sys.executable, "-c", textwrap.dedent(SESSION)]
        done = subprocess.run(
            session, cwd=home / "work", env=environment(home, sandbox), capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        run(home, sandbox, "pull", "orders", "--out", "orders.xlsx", "--out", "orders.parquet")
        said = (home / "work" / "said.txt").read_text(encoding="utf-8")
        assert all(word in said for word in ("redirects", "refused", "edge", "401"))
        secrets = [sandbox.api_key.encode(), sandbox.api_key[len("sk_sandbox_") :].encode(), b"Bearer"]
        files = [file for file in home.rglob("*") if file.is_file()]
        assert {"debug.log", "session.xlsx", "session.pickle", "orders.parquet", "salt", "limits"} <= {
            file.name for file in files
        }
        for file in files:
            assert not any(secret in content for content in plain_bytes(file) for secret in secrets), file
        assert not any(secret.decode() in done.stdout + done.stderr for secret in secrets)
    strangers = {file.relative_to(home).parts[0] for file in files} - {"work", "xdg", "local", "Library"}
    assert not strangers


def test_a_day_is_jakartas_wherever_the_computer_stands(home):
    with Sandbox(orders=400, limits=None) as sandbox:
        orders = sandbox.world.rows("orders")
        moments = [dt.datetime.fromisoformat(row["draft_time"] or row["created_at"]) for row in orders]
        # The day with an order closest behind Jakarta's midnight, which is the day before in UTC and in New York.
        late = min(moments, key=lambda moment: (moment + dt.timedelta(hours=7)).time())
        day = (late + dt.timedelta(hours=7)).date()
        words = ["pull", "orders", "--since", str(day), "--until", str(day), "--quiet", "--out", "day.parquet"]
        run(home, sandbox, *words, TZ="America/New_York")
        frame = sf.read_parquet(home / "work" / "day.parquet")
        wanted = [str(row["id"]) for row, moment in zip(orders, moments, strict=True)
                  if (moment + dt.timedelta(hours=7)).date() == day]  # fmt: skip
        assert frame["id"].tolist() == wanted
        assert frame.attrs["time_zone"] == "Asia/Jakarta"


@pytest.mark.parametrize(("page", "latency"), [(1, 0.0), (3, 0.15), (8, 0.0)])
def test_a_process_killed_at_any_page_goes_on_without_asking_twice(home, monkeypatch, page, latency):
    """Killed, as by kill -9, when a page is asked for: what had come by then is not asked for again."""
    with Sandbox(orders=300, limits=None, latency=latency) as sandbox:
        command = [sys.executable, "-m", "scalev_frames.cli", "pull", "orders", "--quiet"]
        victim = subprocess.Popen(command, cwd=home / "work", env=environment(home, sandbox))
        asked: list[str] = []
        cuts: list[str] = []

        def kill_at_page(request):
            if request.path != "/order":
                return  # the counts, which are no page
            if len(asked) == page:
                kill(victim)
            cuts.append(request.params.get("draft_time_until", ""))
            asked.append(str(sorted(request.params.items())))

        sandbox.on_request(kill_at_page)
        victim.wait(timeout=LONG)
        monkeypatch.delenv("SCALEV_CACHE_DIR")
        for name, value in environment(home, sandbox).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(home / "work")
        assert cli.main(["pull", "orders", "--quiet", "--out", "orders.parquet"]) == 0
        frame = sf.read_parquet(home / "work" / "orders.parquet")
        assert sorted(frame["id"]) == sorted(str(row["id"]) for row in sandbox.world.rows("orders"))
        # Each worker had at most one page under way when it was killed; nothing else is asked for twice.
        assert len(asked) - len(set(asked)) <= len(set(cuts))
        if len(set(cuts)) == 1:
            assert len(set(asked)) == 12
