"""Every column that a frame has is described; what the dictionary says holds on the sandbox and in the reports' code."""

from __future__ import annotations

import pandas as pd
import pytest

from scalev_frames.account import Account
from scalev_frames.catalog import ENDPOINTS, shape_fields
from scalev_frames.catalog.dictionary import MISSING, rows
from scalev_frames.catalog.shapes import SHAPES
from scalev_frames.describe import describe, meanings
from scalev_frames.errors import BadValueError, UnknownNameError
from scalev_frames.notebook.table.sheet import Sheet
from scalev_frames.reports.compute import report
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.reports.words.rows import REPORTS
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from scalev_frames.words import labels_in

FRAMES = ("orders", "lines", "products", "bundles", "stores", "customers")


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """The six frames as the sandbox gives them, with details where there are some."""
    with Sandbox(orders=120, limits=None) as sandbox:
        settings = Settings(
            base_url=sandbox.base_url, cache_dir=tmp_path_factory.mktemp("cache"), limits=((100_000, 5.0),)
        )
        api = Account(Key(sandbox.api_key), settings)
        found = {
            name: api.fetch(name, progress=False, **({"details": True} if ENDPOINTS[name].details else {}))
            for name in FRAMES
            if name != "lines"
        }
        return {**found, "lines": api.order_lines(found["orders"], progress=False)}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("name", FRAMES)
def test_every_declared_column_of_a_frame_is_described(name, language, frames):
    table = describe(name, language=language)
    texts = table.set_index("column")
    assert texts.index.is_unique
    assert table[["meaning", "dtype", "missing", "source"]].replace("", None).notna().all(axis=None)
    undeclared = set(frames[name].columns) - set(texts.index)
    known = {column.name for row in (name, "order") if row in ENDPOINTS for column in ENDPOINTS[row].columns}
    assert not undeclared & known
    # What the sandbox sends and no specification knows, to show that it is kept.
    assert all(one.startswith(("sandbox_", "sla_", "is_cod_", "financial_entity")) for one in undeclared), undeclared


def test_meanings_are_in_both_languages_and_of_different_words():
    english, indonesian = (describe("orders", language=language) for language in ("en", "id"))
    assert (english["column"] == indonesian["column"]).all()
    assert (english["meaning"] != indonesian["meaning"]).mean() > 0.95
    assert english["meaning"].str[0].str.isupper().all()
    assert indonesian["meaning"].str[0].str.isupper().all()


@pytest.mark.slow
@pytest.mark.parametrize("name", FRAMES)
def test_what_is_never_missing_is_there_in_every_row(name, frames):
    never = describe(name).query(f"missing == {MISSING['never'][0]!r}")["column"]
    assert len(never)
    assert frames[name][list(never)].notna().all(axis=None)


def test_every_row_of_the_dictionary_is_of_a_field_that_exists():
    for (shape, field), row in rows().items():
        assert shape in SHAPES, shape
        assert not field or field in shape_fields(shape), (shape, field)
        assert not row.missing or row.missing in MISSING, (shape, field, row.missing)
    assert {row.missing for row in rows().values()} - {""} == set(MISSING)


@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_the_reports_said_to_read_a_column_are_those_whose_code_reads_it(name, frames, monkeypatch):
    read: set[str] = set()
    for method, place in (("_read", 1), ("_objects", 0)):
        original = getattr(Prepared, method)

        def noting(self, *args, original=original, place=place):
            read.add(args[place])
            return original(self, *args)

        monkeypatch.setattr(Prepared, method, noting)
    row = REPORTS[name]
    report(name, frames["lines" if row.needs_lines else "orders"])
    table = describe("lines" if row.needs_lines else "orders").set_index("column")
    said = {column for column, names in table["reports"].items() if name in names.split(", ")}
    assert said - set(row.may_read.split()) <= read
    for_notes = {"id"}  # of orders that stand twice
    assert (read & set(table.index)) - said - for_notes == set()


def test_the_dictionary_is_a_frame_of_text():
    table = describe("lines")
    assert isinstance(table, pd.DataFrame)
    assert set(map(str, table.dtypes)) == {"str"}
    assert table.set_index("column").loc["product_price", "meaning"].startswith("Price of the whole line")
    assert describe("order_lines").equals(table)


def test_other_endpoints_are_described_as_far_as_they_are_known():
    table = describe("locations")
    assert set(table["column"]) == {column.name for column in ENDPOINTS["locations"].columns}
    assert table["source"].str.startswith("/").all()


def test_wrong_names_and_languages_are_refused():
    with pytest.raises(UnknownNameError, match="orders"):
        describe("order_s")
    with pytest.raises(BadValueError, match="language"):
        describe("orders", language="fr")
    assert meanings("nothing_of_this_name", "id") == {}
    assert "sandbox_reference" not in meanings("orders")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "column", "words"), [("orders", "net_revenue", "ketiga diskon"), ("lines", "cogs", "HPP")]
)
def test_a_table_explains_its_columns_in_the_same_words(name, column, words, frames):
    sheet = Sheet(frames[name], labels_in("table", "id"), "id")
    assert sheet.meanings[column] == describe(name, language="id").set_index("column").loc[column, "meaning"]
    assert words in sheet.meanings[column]
