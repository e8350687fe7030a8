"""Rows of a dataset are told apart by their keys: whatever the index, the order and the types, none is lost or doubled."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scalev_frames as sf
from scalev_frames.errors import ExportError
from scalev_frames.export.dataset import parts
from tests.export.by_month import contents, made_in, months, rows_of


def days(*numbers):
    return pd.to_datetime([f"2026-11-{number:02}" for number in numbers]).astype("datetime64[us]")


CHANGED = pd.DataFrame({"id": ["1", "2", "3", "2"], "n": [1, 2, 3, 22], "last_updated_at": days(1, 2, 3, 9)})
INDEXES = {
    "unchanged": lambda frame: frame,
    "shuffled": lambda frame: frame.iloc[[1, 3, 0, 2]],
    "text": lambda frame: frame.set_axis(["a", "b", "c", "d"]),
    "one label": lambda frame: frame.set_axis([7, 7, 7, 7]),
    "named": lambda frame: frame.set_axis(pd.Index([4, 3, 2, 1], name="row")),
    "the key": lambda frame: frame.set_index("id"),
    "two levels": lambda frame: frame.set_axis(pd.MultiIndex.from_product([["x", "y"], [1, 2]])),
    "moments": lambda frame: frame.set_axis(days(4, 3, 2, 1)),
    "a category": lambda frame: frame.set_axis(pd.CategoricalIndex(["a", "a", "b", "b"])),
}  # fmt: skip


@pytest.mark.parametrize("mode", ["append", "upsert"])
@pytest.mark.parametrize("indexed", INDEXES.values(), ids=list(INDEXES))
def test_labels_of_rows_decide_nothing(tmp_path, indexed, mode):
    frame = indexed(CHANGED)
    for _ in range(2):
        sf.to_parquet(frame, tmp_path / "d", mode=mode, key=["id"])
        assert rows_of(tmp_path / "d") == [("1", 1), ("2", 22), ("3", 3)]


@pytest.mark.parametrize("label", [1, ("id", "code"), pd.Timestamp("2026-11-01"), "id"])
def test_a_key_is_the_column_of_that_label_whatever_its_type(tmp_path, label):
    frame = pd.DataFrame({"n": [1, 1], label: ["a", "b"]})
    for key in ([label], label) if isinstance(label, str) else ([label],):
        for mode in ("upsert", "append"):
            sf.to_parquet(frame, tmp_path / "d", mode=mode, key=key)
            assert sf.read_parquet(tmp_path / "d").iloc[:, 1].tolist() == ["a", "b"]


@pytest.mark.slow
@pytest.mark.parametrize("ids", [["1"], ["1", "2"]])
def test_orders_of_the_year_one_move_to_their_month_when_it_is_known(tmp_path, ids):
    """The zero of some servers' times lies in the part that readers see first."""
    zero = pd.DataFrame(
        {"id": ["1", "2", "3"], "draft_time": np.array(["0001-01-01", "0001-01-02", "2026-11-01"], "datetime64[us]")}
    )
    for columns in ({}, {"more": 1}):
        sf.to_parquet(zero.assign(n=0), tmp_path / "d", partition_by="month", key=["id"])
        known = pd.DataFrame({"id": ids, "draft_time": days(*range(1, len(ids) + 1)), "n": 1, **columns})
        sf.to_parquet(known, tmp_path / "d", partition_by="month", mode="upsert", key=["id"])
        assert rows_of(tmp_path / "d") == sorted((one, int(one in ids)) for one in ("1", "2", "3"))
        sf.to_parquet(known.assign(n=2), tmp_path / "d", partition_by="month", mode="upsert", key=["id"])
        assert rows_of(tmp_path / "d") == sorted((one, 2 * (one in ids)) for one in ("1", "2", "3"))


def test_a_day_is_the_same_key_as_its_midnight(tmp_path):
    made = [dt.date(2026, 11, 1), dt.date(2026, 11, 2)]
    for n, keys in enumerate(
        (made, pd.to_datetime(made), made, pd.Series(pd.to_datetime(made)).astype("datetime64[s]"))
    ):
        sf.to_parquet(pd.DataFrame({"id": keys, "n": n}), tmp_path / "d", mode="upsert", key=["id"])
        assert [row[1] for row in rows_of(tmp_path / "d")] == [n, n]


@pytest.mark.parametrize(
    "zone",
    [dt.timezone(dt.timedelta(hours=7)), dt.timezone(dt.timedelta(hours=7), "WIB"), "Asia/Jakarta"],
    ids=["offset", "WIB", "Jakarta"],
)
def test_months_are_those_of_the_clocks_that_the_frame_shows(tmp_path, zone):
    """``pd.to_datetime("2026-11-01T01:00:00+07:00")`` has an offset and no zone's name."""
    made = pd.to_datetime(["2026-10-31 23:00", "2026-11-01 01:00", "2026-12-31 23:59"]).tz_localize(zone)
    frame = pd.DataFrame({"id": ["1", "2", "3"], "draft_time": made, "n": 1})
    for mode in ("replace", "upsert"):
        sf.to_parquet(frame.assign(n=2), tmp_path / "d", partition_by="month", mode=mode, key=["id"])
        assert sorted(path.name for path in (tmp_path / "d").iterdir()) == [f"month=2026-{m}" for m in (10, 11, 12)]
        assert sf.read_parquet(tmp_path / "d")["draft_time"].dt.month.tolist() == [10, 11, 12]


def test_parts_put_together_hold_each_key_once(tmp_path):
    a, b = pd.DataFrame({"id": ["1", "2", "3"], "n": [1, 2, 3]}), pd.DataFrame({"id": ["2"], "n": [22]})
    sf.to_parquet(pd.concat([a, b]), tmp_path / "d", mode="upsert", key=["id"])
    assert rows_of(tmp_path / "d") == [("1", 1), ("2", 22), ("3", 3)]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (pd.Series([2, None], dtype=object), pd.Series(["2", None], dtype="str")),
        (pd.Series([2, None], dtype="Int64"), pd.Series([2.0, None])),
        (pd.Series([2.0, None]), pd.Series([2, None], dtype="Int64")),
        (pd.Series(["2", None], dtype="category"), pd.Series([2, None], dtype=object)),
        (pd.Series([Decimal("2.00"), None], dtype=object), pd.Series([2, None], dtype="Int32")),
        (pd.Series([2, None], dtype="int64[pyarrow]"), pd.Series(["2", None], dtype=object)),
    ],
)
def test_a_key_is_the_same_in_every_type(tmp_path, first, then):
    sf.to_parquet(pd.DataFrame({"id": first, "n": [1, 2]}), tmp_path / "d", key=["id"])
    sf.to_parquet(pd.DataFrame({"id": then, "n": [3, 2]}), tmp_path / "d", mode="upsert", key=["id"])
    back = sf.read_parquet(tmp_path / "d")
    assert sorted(back["n"]) == [2, 3]
    assert back["id"].isna().tolist() == (back["n"] == 2).tolist()


@pytest.mark.parametrize("mode", ["append", "upsert"])
@pytest.mark.parametrize(
    "ids",
    [[1, "1"], ["2.5", Decimal("2.5")], [True, "true"], ["\ud800", "\ufffd"], ["a\udfff", "b"]],
)
def test_two_keys_that_are_one_in_a_file_are_refused_and_no_row_is_lost(tmp_path, ids, mode):
    frame = pd.DataFrame({"id": pd.Series(ids, dtype=object), "n": range(2)})
    with pytest.raises(ExportError, match=r"The key id holds .* which a file cannot tell apart"):
        sf.to_parquet(frame, tmp_path / "d", mode=mode, key=["id"])
    assert not (tmp_path / "d").exists() or not any((tmp_path / "d").iterdir())
    sf.to_parquet(frame, tmp_path / "d")
    assert len(sf.read_parquet(tmp_path / "d")) == 2


@pytest.mark.parametrize("ids", [[1, "x"], [1, 1.5, "b"], ["1", None], [1, Decimal(2)], [dt.date(2026, 1, 1), "x"]])
def test_keys_of_several_kinds_that_differ_stay(tmp_path, ids):
    frame = pd.DataFrame({"id": pd.Series(ids, dtype=object), "n": range(len(ids))})
    sf.to_parquet(frame, tmp_path / "d", mode="upsert", key=["id"])
    assert len(sf.read_parquet(tmp_path / "d")) == len(ids)


def test_rows_without_a_key_are_the_same_where_all_values_are(tmp_path):
    frame = pd.DataFrame({"id": ["1", None, None, None], "n": [1, 7, 7, 8]})
    for mode in ("upsert", "upsert", "append"):
        sf.to_parquet(frame, tmp_path / "d", mode=mode, key=["id"])
        assert sorted(sf.read_parquet(tmp_path / "d")["n"]) == [1, 7, 7, 8]
    sf.to_parquet(pd.DataFrame({"id": [None], "n": [9], "more": [1]}), tmp_path / "d", mode="upsert", key=["id"])
    assert sorted(sf.read_parquet(tmp_path / "d")["n"]) == [1, 7, 7, 8, 9]


def test_two_columns_tell_apart_what_their_texts_together_do_not(tmp_path):
    frame = pd.DataFrame({"a": ["1", "11"], "b": ["12", "2"], "n": [1, 2]})
    sf.to_parquet(frame, tmp_path / "d", key=["a", "b"])
    sf.to_parquet(frame.assign(n=[3, 4]), tmp_path / "d", mode="upsert", key=["a", "b"])
    assert sf.read_parquet(tmp_path / "d")["n"].tolist() == [3, 4]


def test_a_row_that_moves_to_another_month_is_there_once(tmp_path):
    sf.to_parquet(months(3), tmp_path / "d", partition_by="month")
    moved = pd.DataFrame([made_in(3, 3, n=33)])
    sf.to_parquet(moved, tmp_path / "d", partition_by="month", mode="upsert", key=["id"])
    back = sf.read_parquet(tmp_path / "d")
    assert len(back) == 9
    assert (
        back.loc[back["id"] == "3", ["n", "created_at"]].values.tolist() == moved[["n", "created_at"]].values.tolist()
    )


@pytest.mark.parametrize("key", [["id"], ["n"], ["id", "n"]])
@pytest.mark.parametrize("count", [4, 12])
def test_only_the_parts_that_change_are_opened_and_written(tmp_path, monkeypatch, count, key):
    folder = tmp_path / "d"
    sf.to_parquet(months(count), folder, partition_by="month", key=key)
    before, opened = contents(folder), []
    parquet_file = pq.ParquetFile
    monkeypatch.setattr(parts.pq, "ParquetFile", lambda file: opened.append(file.name) or parquet_file(file))
    last = months(count).tail(2).assign(n=lambda frame: -frame["n"], colour="red")
    sf.to_parquet(last, folder, partition_by="month", mode="upsert", key=key)
    after = contents(folder)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {f"month=2026-{count:02}/part-0.parquet", "month=0001-01/part-0.parquet"}
    assert (
        len(set(opened)) <= 2 + 1
    )  # the last month, the first one for the columns, and the one that shows the columns
    assert sf.read_parquet(folder)["colour"].count() == 2


def test_a_part_that_another_program_wrote_is_read_by_its_keys(tmp_path):
    folder = tmp_path / "d"
    sf.to_parquet(months(4), folder, partition_by="month")
    foreign = folder / "month=2026-02" / "part-0.parquet"
    table = pq.read_table(foreign, partitioning=None)
    pq.write_table(table.append_column("note", pa.array(["x"] * 3)).replace_schema_metadata(None), foreign)
    sf.to_parquet(pd.DataFrame([made_in(4, 6, n=66)]), folder, partition_by="month", mode="upsert", key=["id"])
    back = sf.read_parquet(folder)
    assert sorted(back["id"].astype(int)) == list(range(3, 15))
    assert back.loc[back["id"] == "6", "n"].tolist() == [66]
    assert back["note"].dropna().tolist() == ["x", "x"]


def test_rows_of_another_account_are_refused_unless_the_key_has_business(tmp_path):
    def brand(name, **more):
        frame = pd.DataFrame({"id": ["1", "2"], "n": [1, 2], **more})
        frame.attrs = {"account": name, "endpoint": "stores"}
        return frame

    sf.to_parquet(brand("a"), tmp_path / "d")
    before = contents(tmp_path / "d")
    for mode in ("upsert", "append"):
        with pytest.raises(ExportError, match="account a, these are of b"):
            sf.to_parquet(brand("b"), tmp_path / "d", mode=mode)
    assert contents(tmp_path / "d") == before
    sf.to_parquet(brand("a"), tmp_path / "d", mode="upsert")
    assert len(sf.read_parquet(tmp_path / "d")) == 2
    sf.to_parquet(brand("a", business="a"), tmp_path / "both", mode="upsert")
    sf.to_parquet(brand("b", business="b"), tmp_path / "both", mode="upsert")
    assert sf.read_parquet(tmp_path / "both")["business"].tolist() == ["a", "a", "b", "b"]
    with pytest.raises(ExportError, match="several businesses"):
        sf.to_parquet(
            pd.concat([brand("a", business="a"), brand("b", business="b")]), tmp_path / "x", mode="upsert", key=["id"]
        )


def is_newer(day, known):
    return known is None or day is None or known[0] is None or day >= known[0]


ROWS = st.lists(
    st.tuples(st.sampled_from([None, "1", "2", "3", "4"]), st.sampled_from([1, 2, None]), st.sampled_from([None, 1, 5])), max_size=6
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ROWS, st.integers(0, 5), st.sampled_from(["object", "str"])), min_size=1, max_size=4))
def test_any_rows_in_any_order_end_like_a_dictionary(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("any") / "d"
    told, loose, number = {}, [], 0
    for rows, turn, dtype in steps:
        rows = rows[turn:] + rows[:turn]
        frame = pd.DataFrame(rows, columns=["id", "month", "day"]).astype({"id": dtype})
        frame["n"] = range(number, number + len(frame))
        number += len(frame)
        frame["created_at"] = pd.to_datetime(frame["month"].map({1: "2026-01-05", 2: "2026-02-05"})).astype(
            "datetime64[us]"
        )
        frame["last_updated_at"] = pd.to_datetime(frame["day"].map({1: "2026-03-01", 5: "2026-03-05"})).astype(
            "datetime64[us]"
        )
        sf.to_parquet(frame.drop(columns=["month", "day"]).set_axis(range(9, 9 + len(frame))[::-1]), folder,
                      partition_by="month", mode="upsert", key=["id"])  # fmt: skip
        came = {}
        for (key, _, day), n in zip(rows, frame["n"], strict=True):
            if key is None:
                loose.append(n)
            elif is_newer(day, came.get(key)):
                came[key] = (day, n)
        told |= {key: row for key, row in came.items() if is_newer(row[0], told.get(key))}
    back = sf.read_parquet(folder)
    assert sorted(back["n"]) == sorted([*loose, *(n for _, n in told.values())])


def test_without_a_key_every_row_is_appended(tmp_path):
    frame = pd.DataFrame({"name": ["a", "b"]})
    (tmp_path / "d").mkdir()
    pq.write_table(pa.table({"name": ["a", "b"]}), tmp_path / "d" / "part-0.parquet")  # by another program
    for times in (2, 3):
        sf.to_parquet(frame, tmp_path / "d", mode="append")
        assert sf.read_parquet(tmp_path / "d")["name"].tolist() == ["a", "b"] * times


def test_an_index_level_called_like_a_column_is_the_same_or_refused(tmp_path):
    frame = pd.DataFrame({"id": ["1", "2"], "n": [1, 2]})
    sf.to_parquet(frame.set_index("id", drop=False), tmp_path / "d", key=["id"])
    assert sf.read_parquet(tmp_path / "d")["id"].tolist() == ["1", "2"]
    sf.to_parquet(frame.set_index(pd.Index([1, 2], name="id")), tmp_path / "d", mode="upsert", key=["id"])
    assert len(sf.read_parquet(tmp_path / "d")) == 2
    with pytest.raises(ExportError, match="both called id, and differ"):
        sf.to_parquet(frame.set_index(pd.Index(["2", "1"], name="id")), tmp_path / "e", key=["id"])
    assert not (tmp_path / "e").exists()
