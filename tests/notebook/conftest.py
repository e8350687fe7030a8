"""Frames without an account; a sandbox with accounts at it; and a session in which no key was typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from scalev_frames.account import Account
from scalev_frames.connection import ask_with, use
from scalev_frames.notebook.panel import login, namespace
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.notebook.table import Table
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

MONEY = pd.ArrowDtype(pa.decimal128(18, 2))
#: What the table columns of a small orders frame hold; the last row knows almost nothing.
STAMPS = ["2026-11-24T16:59:59.999999Z", "2026-11-24T17:00:00Z", "2026-11-20T03:00:00Z", "2026-10-31T20:00:00Z", None]
FREE = ((100_000, 1_000_000.0),)


@pytest.fixture
def small_orders() -> pd.DataFrame:
    return small_frame()


def small_frame() -> pd.DataFrame:
    """Five orders with one column of every kind."""
    frame = pd.DataFrame({
        "id": pd.Series(["9", "10", "2", "11", "1"], dtype="str"),
        "status": pd.Series(["shipped", "Pending", "completed", "shipped", None], dtype="str"),
        "customer_phone": pd.Series(["081234", "0628", "+62811", "0811", None], dtype="str"),
        "draft_time": pd.to_datetime(pd.Series(STAMPS), format="ISO8601", utc=True).dt.tz_convert("Asia/Jakarta"),
        "quantity": pd.Series([2, 1, None, 5, None], dtype="Int64"),
        "gross_revenue": pd.Series([Decimal("1250000"), Decimal("98.8"), None, Decimal("0.10"), None], dtype=MONEY),
        "total_weight": pd.Series([0.1, 0.2, None, 250.0, None], dtype="Float64"),
        "is_repeat": pd.Series([True, False, None, True, None], dtype="boolean"),
        "final_variants": pd.Series([{"Kopi Gayo": 2}, {"=Madu": 1}, {}, {"Kopi Gayo": 4, "Teh": 1}, None], dtype=object),
    })  # fmt: skip
    frame.attrs["endpoint"] = "orders"
    return frame


@pytest.fixture(scope="session")
def world() -> Iterator[Sandbox]:
    """One that no test changes."""
    with Sandbox(world=World(300, days=60), limits=None) as running:
        yield running


@pytest.fixture
def settings(world: Sandbox, tmp_path: Path) -> Settings:
    return Settings(base_url=world.base_url, cache_dir=tmp_path / "cache", limits=FREE)


@pytest.fixture
def api(world: Sandbox, settings: Settings) -> Account:
    return Account(Key(world.api_key), settings, sleep=lambda _: None)


@pytest.fixture(autouse=True)
def nobody_signed_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(login, "_session", login._Session())
    monkeypatch.setattr(
        "scalev_frames.notebook.panel.estimate.PAUSE", 3600
    )  # nothing is estimated behind a test's back
    use(None)
    yield
    use(None)
    ask_with(None)


@pytest.fixture
def told(monkeypatch):
    """Says one thing to a table as the browser would, and gives all that the table sends."""

    def say(table: Table, action: str, **details) -> list[dict]:
        sent: list[dict] = []
        monkeypatch.setattr(table, "send", lambda message, *_: sent.append(json.loads(json.dumps(message))))
        table.handle({"do": action, "number": "v-7", **details})
        assert [one["number"] for one in sent if "number" in one] == ["v-7"]
        return sent

    return say


@pytest.fixture
def talk(told):
    """The answer alone."""
    return lambda table, action, **details: told(table, action, **details)[-1]


@pytest.fixture
def variables(monkeypatch):
    """The notebook's variables."""
    made = {}
    monkeypatch.setattr(namespace, "notebook_variables", lambda: made)
    return made


@pytest.fixture
def make_bench(api, variables, tmp_path):
    def make(account=None, **how):
        return Workbench(account or api, folder=tmp_path / "exports", **how)

    return make
