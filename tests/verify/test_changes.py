"""Records are matched by what tells them apart; those that nothing tells apart are left out, and counted."""

from __future__ import annotations

import pandas as pd
import pytest

from scalev_frames.errors import ScalevError
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
    assert table.attrs["notes"] == ["2 rows have no id of their own, not compared"]


def test_the_same_frame_and_an_empty_one():
    frame = pd.DataFrame({"id": ["1", "2"], "tags": [["a"], None]})
    assert compare_frames(frame, frame).empty
    assert compare_frames(frame, frame.iloc[:0]).attrs["counts"] == {"new": 0, "changed": 0, "gone": 2}
    assert compare_frames(frame.iloc[:0], frame).attrs["counts"] == {"new": 2, "changed": 0, "gone": 0}


def of(account: str = "", endpoint: str = "orders", **columns: object) -> pd.DataFrame:
    return Header(endpoint=endpoint, account=account, complete=True).onto(pd.DataFrame({"id": ["1", "2"], **columns}))


def test_columns_that_are_gone_or_new_are_said():
    before, after = of(status=["rts", "rts"], notes=["a", "b"]), of(status=["rts", "rts"], platform=["x", None])
    table = compare_frames(before, after)
    assert table.attrs["notes"] == [
        "columns that the later frame no longer has, and that are not compared: notes",
        "columns that are new in the later frame: platform",
    ]
    assert table[["column", "after"]].to_numpy().tolist() == [["platform", "x"]]


def test_a_column_of_another_type_is_said_and_an_amount_that_is_held_otherwise_is_not():
    before = of(quantity=[1, 2], gross_revenue=[1.5, 2.5])
    before.attrs["kinds"] = {"gross_revenue": "money"}
    after = of(quantity=["1", "2"], gross_revenue=[1.5, 2.5])
    after.attrs["kinds"] = {"gross_revenue": "money"}
    notes = compare_frames(before, after.scalev.decimals()).attrs["notes"]
    assert notes == ["quantity: int64 before, str now"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (of("a"), of("b"), "two businesses, a and b"),
        (of(endpoint="orders"), of(endpoint="products"), "two lists, orders and products"),
        (of().drop(columns="id"), of(), "earlier frame has no id"),
        (of(), of().drop(columns="id"), "later frame has no id"),
        (of(), pd.concat([of(), of()], axis=1), "several columns named id"),
    ],
)
def test_frames_that_cannot_be_compared_are_refused_in_a_sentence(before, after, said):
    with pytest.raises(ScalevError, match=said):
        compare_frames(before, after)


def test_doubled_ids_and_a_part_of_the_key_in_one_frame_alone_are_said():
    doubled = pd.concat([of(status=["rts", "rts"]), of(status=["ready", "rts"])], ignore_index=True)
    notes = compare_frames(of(status=["rts", "rts"]), doubled).attrs["notes"]
    assert notes == [
        "4 rows have no id of their own, not compared", "4 of them share an id with another row",
    ]  # fmt: skip
    for pair in ((of(), of(business=["a", "b"])), (of(business=["a", "b"]), of())):
        notes = compare_frames(*pair).attrs["notes"]
        assert notes[0] == "business is in one of the frames alone: records are told apart without it"


def test_rows_without_an_id_and_rows_that_share_one_are_counted_in_the_frame_that_has_more_of_both():
    before = pd.DataFrame({"id": ["1", "2", None, None, None]})
    after = pd.DataFrame({"id": ["1", "2", "2", "2", None]})
    notes = compare_frames(before, after).attrs["notes"]
    assert notes == ["4 rows have no id of their own, not compared", "3 of them share an id with another row"]
    assert compare_frames(before, after.iloc[:3]).attrs["notes"] == ["3 rows have no id of their own, not compared"]


@pytest.mark.parametrize("kind", ["Int64", "str", "boolean", "float64"])
def test_a_value_that_came_and_one_that_is_gone_are_changes_and_one_that_stayed_missing_is_none(kind):
    values = pd.Series(["1", None, None], dtype="str").astype(kind) if kind == "str" else [1, None, None]
    before = pd.DataFrame({"id": ["1", "2", "3"], "stock": pd.array(values, dtype=kind)})
    after = before.assign(stock=before["stock"].iloc[[1, 0, 2]].array)
    table = compare_frames(before, after)
    one = str(before["stock"].iloc[0])
    assert table[["id", "before", "after"]].fillna("").to_numpy().tolist() == [["1", one, ""], ["2", "", one]]


@pytest.mark.parametrize("nothing", [{"account": ""}, {"endpoint": ""}])
def test_a_frame_that_does_not_say_where_it_is_from_can_be_compared_with_one_that_does(nothing):
    said = of("a", status=["rts", "rts"])
    bare = of(**{"account": "a", **nothing}, status=["rts", "ready"])
    for pair in ((said, bare), (bare, said)):
        assert compare_frames(*pair).attrs["counts"] == {"new": 0, "changed": 1, "gone": 0}


def test_one_id_in_two_businesses_is_two_records():
    def both(status: list[str]) -> pd.DataFrame:
        return pd.DataFrame({"business": ["a", "b"], "id": ["1", "1"], "status": status})

    table = compare_frames(both(["rts", "rts"]), both(["rts", "ready"]))
    assert table[["change", "after"]].to_numpy().tolist() == [["changed", "ready"]]
    assert table.attrs["notes"] == []
