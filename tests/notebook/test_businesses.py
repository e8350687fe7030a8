"""The workbench over several businesses: one of them or all, in the frame, the code and the workbook."""

from __future__ import annotations

import pytest
from processes import LONG
from python_calamine import CalamineWorkbook

from scalev_frames.account import Account
from scalev_frames.connection import use
from scalev_frames.group import Group
from scalev_frames.notebook.panel import namespace
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.notebook.table.sheet import Sheet
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

from .conftest import FREE


@pytest.fixture
def bench(monkeypatch, tmp_path):
    variables = {}
    monkeypatch.setattr(namespace, "notebook_variables", lambda: variables)
    with Sandbox(orders=60, limits=None) as shop:
        settings = Settings(base_url=shop.base_url, cache_dir=tmp_path / "cache", limits=FREE)
        keys = {"brand-a": shop.api_key, 'Toko "Ü"': shop.add_business(World(40, seed=2))}
        group = Group({name: Account(Key(key), settings, name=name) for name, key in keys.items()})
        use(group)
        made = Workbench(language="id", folder=tmp_path / "exports")
        made.variables = variables
        yield made
        use(None)


def fetch(bench, variable):
    bench.choices.variable.value = variable
    assert bench.fetch()
    bench.job.wait(LONG)
    assert bench.status.state == "done"
    return bench.variables[variable]


@pytest.mark.slow
def test_all_are_asked_at_first_and_one_when_it_is_chosen(bench):
    assert bench.businesses.choice.options[0] == ("Semua", "")
    both = fetch(bench, "both")
    assert both.groupby("business").size().to_dict() == {"brand-a": 60, 'Toko "Ü"': 40}
    assert "both = sf.orders(" in bench.code.code
    bench.businesses.choice.value = 'Toko "Ü"'
    assert 'sf.current()["Toko \\"Ü\\""].orders(' in bench.code.code
    alone = fetch(bench, "alone")
    assert len(alone) == 40
    assert "business" not in alone.columns
    assert "Masuk ke 2 bisnis" not in bench.login._who.value
    assert "2 bisnis: brand-a, Toko" in bench.login._who.value


@pytest.mark.slow
def test_the_workbook_is_reconciled_with_whose_the_frame_is_whatever_is_chosen_since(bench, tmp_path):
    fetch(bench, "both")
    bench.businesses.choice.value = "brand-a"
    bench.tabs.look_at("tab_reports")
    bench.reports.export()
    bench.job.wait(LONG)
    assert bench.status.state == "exported"
    (path,) = (tmp_path / "exports").glob("*.xlsx")
    summary = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Ringkasan").to_python()
    assert any("Jumlahnya 100 pesanan di sini dan 100 di server." in str(row[0]) for row in summary)


@pytest.mark.slow
def test_who_signs_in_alone_sees_no_choice(bench):
    account = bench.businesses.opened["brand-a"]
    bench._signed_in(account)
    assert bench.account is account
    assert bench.businesses.choice.layout.display == "none"


@pytest.mark.slow
def test_the_table_shows_whose_a_row_is_first(bench):
    sheet = Sheet(fetch(bench, "both"), {})
    assert [sheet.columns[place].name for place in sheet.first][:2] == ["business", "order_id"]
