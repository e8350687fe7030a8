"""Each generated list is a frame with the rows that the sandbox sends."""

from __future__ import annotations

import pytest

from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import PagingError

UNPROVEN = [row for row in ENDPOINTS.values() if row.is_unproven]


def arguments(row):
    parents = {parent.parameter for parent in row.parents}
    needed = [*(name for name in row.path_parameters if name not in parents), *row.required]
    return dict.fromkeys(needed, 7)


READABLE = [row for row in UNPROVEN if "v2" in row.versions and not row.parents and row.envelope != ("has_next",)]


def test_a_list_that_does_not_say_how_to_go_on_is_refused(api):
    assert ENDPOINTS["payment_platform_transactions"].envelope == ("has_next",)
    with pytest.raises(PagingError, match=r"not how to ask for them.*Pass limit=25 for the rows that it sends"):
        api.payment_platform_transactions(progress=False)
    some = api.payment_platform_transactions(limit=25, progress=False)
    assert (len(some), some.attrs["complete"]) == (25, False)
    with pytest.raises(PagingError, match="not how to ask for them"):
        api.payment_platform_transactions(limit=26, progress=False)


@pytest.mark.parametrize("row", READABLE, ids=lambda row: row.name)
def test_each_is_read_whole_from_the_sandbox(api, shared_sandbox, row):
    frame = getattr(api, row.name)(**arguments(row), progress=False)
    wanted = shared_sandbox.world.rows(row.name, **arguments(row))
    assert frame.attrs["complete"]
    assert len(frame) == len(wanted) > 0
    assert {column.name for column in row.columns} <= set(frame.columns)
    if "id" in frame:
        assert frame["id"].tolist() == [str(one["id"]) for one in wanted]
