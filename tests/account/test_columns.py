"""``columns=``: all is fetched and kept, and of what is kept nothing else is read."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from scalev_frames import errors
from scalev_frames.frames.header import Header
from scalev_frames.group import Group

SOME = ["gross_revenue", "tags", "draft_time", "id"]


@pytest.mark.slow
def test_some_columns_are_those_of_the_whole_frame_cold_and_warm(make_sandbox, make_account):
    sandbox = make_sandbox()
    api = make_account(sandbox)
    cold = api.orders(columns=SOME, progress=False)
    sent = len(sandbox.requests)
    warm = api.orders(columns=SOME, progress=False)
    whole = api.orders(progress=False)
    assert len(sandbox.requests) == sent  # the cold call has kept everything
    assert_frame_equal(cold, whole[SOME])
    assert_frame_equal(warm, whole[SOME])
    assert Header.of(warm).kind_of("gross_revenue") == "money"
    assert (warm.attrs["rows"], warm.attrs["complete"], warm.attrs["from_cache"]) == (300, True, True)
    assert_frame_equal(api.orders(columns="id", offline=True, progress=False), whole[["id"]])


@pytest.mark.slow
def test_nothing_else_of_what_is_kept_is_read(make_sandbox, make_account):
    sandbox = make_sandbox()
    api = make_account(sandbox)
    whole = api.orders(progress=False)
    (file,) = api.folder.rglob("frames/*.parquet")
    content, group = bytearray(file.read_bytes()), pq.ParquetFile(file).metadata.row_group(0)
    for place in range(group.num_columns):
        chunk = group.column(place)
        start = chunk.dictionary_page_offset or chunk.data_page_offset
        if chunk.path_in_schema not in SOME:
            content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    file.write_bytes(content)
    sent = len(sandbox.requests)
    assert_frame_equal(api.orders(columns=SOME, progress=False), whole[SOME])
    assert len(sandbox.requests) == sent
    assert_frame_equal(api.orders(columns=[*SOME, "status"], progress=False), whole[[*SOME, "status"]])
    assert len(sandbox.requests) > sent  # what is damaged counts as not there


@pytest.mark.slow
def test_records_details_lines_and_several_businesses_take_columns_too(make_sandbox, make_account, tmp_path):
    sandbox = make_sandbox(orders=20)
    api = make_account(sandbox)
    number = str(sandbox.world.order_ids()[0])
    assert api.order(number, columns=["order_id"], progress=False).shape == (1, 1)
    assert list(api.orders(details=True, columns=["id", "orderlines"], limit=3, progress=False)) == ["id", "orderlines"]
    assert list(api.order_lines(limit=2, columns=["order_id", "quantity"], progress=False)) == ["order_id", "quantity"]
    assert list(api.store_products(columns=["store_id", "id"], progress=False)) == ["store_id", "id"]
    group = Group({"a": api})
    found = group.orders(columns=["business", "status"], progress=False)
    assert list(found) == ["business", "status"]
    assert len(found) == 20


@pytest.mark.slow
def test_unknown_columns_are_refused_with_the_nearest(make_sandbox, make_account):
    sandbox = make_sandbox(orders=30)
    api = make_account(sandbox)
    for _ in range(2):
        with pytest.raises(errors.UnknownNameError, match="gross_revenue"):
            api.orders(columns=["gros_revenue"], progress=False)
    for columns in ([], [7]):
        with pytest.raises(errors.BadValueError):
            api.orders(columns=columns, progress=False)
    few = api.orders(columns=["id"], progress=False)
    with pytest.raises(errors.BadValueError, match="status"):
        api.reconcile(few)
