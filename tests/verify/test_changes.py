"""Records are matched by what tells them apart; those that nothing tells apart are left out, and counted."""

from __future__ import annotations

import pandas as pd

from scalev_frames.frames.header import Header
from scalev_frames.verify.changes import compare_frames


def test_records_of_several_parents_with_one_id_are_not_mixed_up():
    def frame(prices: list[int]) -> pd.DataFrame:
        made = pd.DataFrame({"store_id": ["1", "2", "3"], "id": ["7", "7", "8"], "price": prices})
        return Header(endpoint="store_products", complete=True).onto(made)

    table = compare_frames(frame([100, 200, 300]), frame([100, 250, 300]))
    assert table[["change", "id", "before", "after"]].to_numpy().tolist() == [["changed", "7", "200", "250"]]
    assert table.attrs["counts"] == {"new": 0, "changed": 1, "gone": 0}
    one = frame([100, 200, 300])
    assert compare_frames(one, one.iloc[[1]]).attrs["counts"] == {"new": 0, "changed": 0, "gone": 2}


def test_rows_without_an_id_are_counted_and_not_compared():
    before = pd.DataFrame({"id": ["1", None, None], "status": ["pending", "rts", "rts"]})
    after = pd.DataFrame({"id": ["1", None, "2"], "status": ["shipped", "rts", "rts"]})
    table = compare_frames(before, after)
    assert table["change"].tolist() == ["new", "changed"]
    assert table.attrs["notes"] == ["2 rows have no id of their own, and are not compared"]


def test_the_same_frame_and_an_empty_one():
    frame = pd.DataFrame({"id": ["1", "2"], "tags": [["a"], None]})
    assert compare_frames(frame, frame).empty
    assert compare_frames(frame, frame.iloc[:0]).attrs["counts"] == {"new": 0, "changed": 0, "gone": 2}
    assert compare_frames(frame.iloc[:0], frame).attrs["counts"] == {"new": 2, "changed": 0, "gone": 0}
