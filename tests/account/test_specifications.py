"""Both specifications, mocked from their schemas alone, answer every accessor with a frame of all rows."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import contextmanager

import pandas as pd
import pytest

import scalev_frames as sf
from docs.rows import SPEC
from docs.specification import key_of, read_specification
from scalev_frames.account import Account
from scalev_frames.catalog import ENDPOINTS, pandas_dtype
from scalev_frames.errors import PagingError
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key
from tests.account.test_endpoints import came, expected
from tests.spec_server import KEY, spec_server

VERSIONS = ("v2", "v3")
#: What has pages and, by the specification, no way to ask for the second one.
NO_WAY_ON = {"payment_platform_transactions"}
LISTS = {version: read_specification(SPEC / f"{version}.json").lists for version in VERSIONS}


def spec_path(row, version):
    """The specification's path of an accessor, of a renamed one the new name; ``""`` where it has none."""
    keys = [key_of(path) for path in (row.path_in(version), row.renamed)]
    return next((LISTS[version][key]["path"] for key in keys if row.path_in(version) and key in LISTS[version]), "")


def pairs():
    """Every accessor with each version whose specification has it."""
    return [
        pytest.param(row, version, id=f"{row.name}-{version}")
        for row in ENDPOINTS.values()
        for version in VERSIONS
        if spec_path(row, version)
    ]


def each_with_each(*kinds):
    """Every accessor with each version and with these kinds of rows: one that has both versions in one case for each."""
    by_name = {}
    for param in pairs():
        by_name.setdefault(param.values[0].name, []).append(param)
    return [
        pytest.param(kind, *param.values, id=f"{kind}-{param.id}")
        for place, kind in enumerate(kinds)
        for number, params in enumerate(by_name.values())
        for param in ([params[(number + place) % 2]] if len(params) == 2 else params)
    ]


def arguments(row):
    return dict.fromkeys((*row.path_parameters, *row.required), "7")


def connect(address, version, folder):
    settings = Settings(base_url=f"{address}/{version}", cache_dir=folder / version, limits=((10**6, 1.0),))
    return Account(Key(KEY), settings, sleep=lambda _: None)


@contextmanager
def connected(tmp_path_factory, **how):
    """Accounts at a mock, by version, and what it answers."""
    with spec_server(**how) as (address, mocks):
        accounts = {one: connect(address, one, tmp_path_factory.mktemp("mocked")) for one in VERSIONS}
        yield accounts, mocks
        for one in accounts.values():
            one.close()


@pytest.fixture(scope="module")
def plausible(tmp_path_factory):
    with connected(tmp_path_factory) as found:
        yield found


@pytest.fixture(scope="module")
def wild(tmp_path_factory):
    with connected(tmp_path_factory, wild=True) as found:
        yield found


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The same with three rows a list, for lists of lists."""
    with connected(tmp_path_factory, wild=True, count=3) as found:
        yield found


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """Lists without rows."""
    with connected(tmp_path_factory, count=0) as found:
        yield found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_path_of_the_specification_is_asked_for(plausible, version):
    _, mocks = plausible
    asked = {spec_path(*param.values) for param in pairs() if param.values[1] == version}
    assert asked == set(mocks[version].lists)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "row", "version"), each_with_each("plausible", "wild"))
def test_every_accessor_is_a_frame_of_all_rows(request, kind, row, version):
    accounts, mocks = request.getfixturevalue(kind)
    call = getattr(accounts[version], row.name)
    if row.name in NO_WAY_ON:
        with pytest.raises(PagingError, match="not how to ask for them"):
            call(**arguments(row), progress=False)
        return
    frame = call(**arguments(row), progress=False)
    wanted = mocks[version].rows(spec_path(row, version), dict.fromkeys(row.path_parameters, "7"))
    assert frame.attrs["complete"] is True
    assert len(frame) == len(wanted)
    assert [column.name for column in row.columns] == list(frame.columns[: len(row.columns)])
    for column in row.columns:
        fits = str(frame[column.name].dtype) not in ("str", "object") or column.kind in ("id", "code", "text", "url")
        for record, cell in zip(wanted, frame[column.name], strict=True):
            value = at(record, column, row)
            if fits and not isinstance(value, dict | list):
                assert came(column.kind, cell) == in_utc(expected(column.kind, value))
    again = call(**arguments(row), progress=False, offline=True)
    pd.testing.assert_frame_equal(again, frame)
    if mocks[version].wild:
        content = io.BytesIO()
        sf.to_parquet(frame, content)
        sf.to_excel(frame, io.BytesIO())
        assert len(pd.read_parquet(content)) == len(wanted)


def in_utc(value):
    """A moment that names no zone is UTC."""
    return value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) and value.tzinfo is None else value


def at(record, column, row):
    if not isinstance(record, dict):
        return record if column.name == row.value_column else "7"
    if column.path[0] in {parent.parameter for parent in row.parents} and record.get(column.path[0]) is None:
        return "7"
    for step in column.path:
        record = record.get(step) if isinstance(record, dict) else None
    return record


PARENTED = [param for param in pairs() if param.values[0].parents]


@pytest.mark.parametrize(("row", "version"), PARENTED)
def test_every_list_of_lists_is_read_for_each_of_its_parents(small, row, version):
    accounts, mocks = small
    frame = getattr(accounts[version], row.name)(**arguments_without_parents(row), progress=False)
    each = len(mocks[version].rows(spec_path(row, version)))
    ids = 1
    for parent in row.parents:
        listed = mocks[version].rows(spec_path(ENDPOINTS[parent.endpoint], version))
        column, _, inner = parent.column.partition(".")
        found = [one[column] for one in listed]
        found = [item[inner] for items in found for item in items] if inner else found
        ids *= len({str(one) for one in found if one is not None})
        if not inner:
            assert set(frame[parent.parameter]) == {str(one) for one in found if one is not None}
    assert len(frame) == ids * each


def arguments_without_parents(row):
    parents = {parent.parameter for parent in row.parents}
    return {name: value for name, value in arguments(row).items() if name not in parents}


@pytest.mark.slow
@pytest.mark.parametrize(("_", "row", "version"), each_with_each("of no rows"))
def test_a_list_without_rows_has_all_declared_columns_with_their_dtypes(empty, _, row, version):
    frame = getattr(empty[0][version], row.name)(**arguments(row), progress=False)
    assert frame.attrs["complete"] is True
    assert len(frame) == 0
    assert list(frame.columns) == [column.name for column in row.columns]
    for column in row.columns:
        assert frame[column.name].dtype == pandas_dtype(column.kind, "Asia/Jakarta"), column
