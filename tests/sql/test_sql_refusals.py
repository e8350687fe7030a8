"""What is no harmless query is refused in a sentence, and what stops one is an error of ours."""

from __future__ import annotations

import _thread
import importlib
import threading
from pathlib import Path

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.account import Account
from scalev_frames.notebook.sql_cell import read_line
from scalev_frames.sandbox import always
from scalev_frames.settings import Settings
from scalev_frames.sql import query as sql_query
from scalev_frames.sql.query import lock
from scalev_frames.wire.credentials import Key
from tests.processes import LONG, wait_until
from tests.sql.tables import FREE, ROWS


@pytest.mark.parametrize("name", ["select", "order", "From", "table", "users", "main", "information_schema", "ordérs"])
def test_any_word_may_be_the_name_of_a_table(name):
    assert sf.sql(f'select sum(quantity) as n from "{name}"', {name: ROWS})["n"].tolist() == [6]


def test_a_word_of_sql_as_a_name_is_told_to_be_quoted():
    with pytest.raises(errors.BadValueError, match='from "select"'):
        sf.sql("select * from select", {"select": ROWS})


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"a": ROWS, "A": ROWS}, "same name"), ({"a": None}, "NoneType"), ({"a": 5}, "int"),
        ({"a": pd.DataFrame()}, "no columns"), ({"a": ROWS.set_axis(["", "b", "c"], axis=1)}, "no name"),
        ({"a": ROWS.set_axis(["a\0b", "b", "c"], axis=1)}, "with NUL"),
        ({"a b": ROWS}, "no name of a table"), ({'a"; drop': ROWS}, "no name of a table"), ({1: ROWS}, "no name"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_table_is_refused_by_name(tables, words):
    with pytest.raises(errors.BadValueError, match=words):
        sf.sql("select 1", tables)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select * from read_csv('x.csv')", "no other file"), ("select * from 's3://b/x.parquet'", "no other file"),
        ("copy orders to 'x'", "one statement that reads"), (None, "not NoneType"), ("from ordrs", "Did you mean orders"),
        ("select getenv('HOME')", "cannot call getenv"), ("select uper(id) from orders", "Did you mean upper"),
        ("show databases", "`show tables` and `describe orders` say"), ("from duckdb_secrets()", "no other file"),
        ("with x as (from orders) from y", "no other file"), ("from orders select nope", "describe orders"),
        ("pivot orders on status using sum(quantity)", "Name the values of a pivot"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do_instead(query, words):
    with pytest.raises(errors.BadValueError, match=words):
        sf.sql(query, {"orders": ROWS})


def test_a_pivot_of_named_values_and_a_plan_are_read():
    found = sf.sql("pivot orders on status in ('a', 'b') using sum(quantity) group by id order by id", {"orders": ROWS})
    assert found["b"].fillna(0).tolist() == [0, 2, 3]
    assert len(sf.sql("explain select * from orders", {"orders": ROWS})) == 1


@pytest.mark.slow
def test_a_result_beyond_memory_is_refused_before_it_fills_it(monkeypatch):
    monkeypatch.setattr(sql_query, "_memory", lambda _: 10**6)
    with pytest.raises(errors.BadValueError, match="add limit"):
        sf.sql("select a.range, repeat('x', 1000) from range(100_000_000) a", {})
    assert sf.sql("select count(*) as n from range(1_000_000)", {})["n"].tolist() == [1_000_000]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select case when i = 50000 then error('no such day') else i end from range(60000) t(i)", "no such day"),
        ("select cast(case when i = 50000 then 'x' else '1' end as int) from range(60000) t(i)", "Conversion Error"),
    ],
)
def test_what_fails_at_a_later_row_is_an_error_of_ours(query, words):
    with pytest.raises(errors.BadValueError, match=f"The query failed: .*{words}"):
        sf.sql(query)


@pytest.mark.slow
@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from range(100000000000)",
        "with recursive a as (select 1 i union all select i + 1 from a) select count(*) from a",
        "select * from range(100000) a, range(100000) b, range(1000) c",
    ],
)
def test_ctrl_c_ends_a_query(monkeypatch, heard, query):
    def result(*given):
        threading.Timer(0.2, _thread.interrupt_main).start()
        return rows(*given)

    rows = sql_query._result
    monkeypatch.setattr(sql_query, "_result", result)
    with pytest.raises(KeyboardInterrupt):
        sf.sql(query)
    monkeypatch.undo()
    assert sf.sql("select 1 as one")["one"].tolist() == [1]


@pytest.mark.slow
def test_ctrl_c_leaves_a_query_behind_that_does_not_end(monkeypatch, heard):
    """Inside one function, such as repeat, DuckDB hears of nothing."""
    goes_on, left, ended = threading.Event(), [], threading.Event()

    def result(connection, _):
        left.append(connection.execute("select current_setting('temp_directory')").fetchone()[0])
        threading.Timer(0.1, _thread.interrupt_main).start()
        goes_on.wait(LONG)
        connection.execute("select 1")  # nothing was closed under its feet
        ended.set()

    monkeypatch.setattr(sql_query, "_result", result)
    monkeypatch.setattr(sql_query, "_PATIENCE", 0.1)
    with pytest.raises(KeyboardInterrupt):
        sf.sql("select 1")
    assert Path(left[0]).is_dir()
    goes_on.set()
    assert ended.wait(LONG)
    wait_until(lambda: not Path(left[0]).exists())


def test_ctrl_c_before_a_query_has_begun_leaves_nothing_behind(monkeypatch):
    begin, running = threading.Thread.start, set(threading.enumerate())

    def start(thread):
        if thread.name == "scalev-worker":
            raise KeyboardInterrupt
        begin(thread)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(KeyboardInterrupt):
            sf.sql("select 1")
    wait_until(lambda: set(threading.enumerate()) <= running)


def test_nothing_kept_is_said_with_what_to_do(tmp_path):
    settings = Settings(base_url="http://127.0.0.1:9/v2", cache_dir=tmp_path, limits=FREE)
    with Account(Key("sk_nothing_0123456789"), settings) as api:
        assert sf.sql("show tables", account=api).empty
        with pytest.raises(errors.BadValueError, match=r"Nothing is kept of orders\. Fetch it first"):
            sf.sql("select * from orders", account=api)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before it is opened", "before it is read"])
def test_a_kept_frame_that_is_deleted_meanwhile_is_an_error_of_ours(shop, api, monkeypatch, moment):
    is_early = moment == "before it is opened"
    module = importlib.import_module(f"scalev_frames.sql.{'tables' if is_early else 'call'}")
    step = "kept_frames" if is_early else "lock"
    done = getattr(module, step)

    def step_and_delete(*given):
        found = done(*given)
        for file in api.folder.rglob("orders*.parquet"):
            file.unlink()
        return found

    api.orders(progress=False)
    monkeypatch.setattr(module, step, step_and_delete)
    with pytest.raises(errors.BadValueError, match=r"Nothing is kept of orders|run the query again"):
        sf.sql("select count(*) as n, sum(gross_revenue) as s from orders", account=api)


def test_a_long_query_prints_nothing():
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = true")
        lock(connection, "", "UTC")
        assert connection.execute("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]


@pytest.mark.slow
def test_local_variables_are_no_tables(shared_kept):
    orders_of_mine = pd.DataFrame({"x": [1]})
    with pytest.raises(errors.BadValueError):
        sf.sql("select * from orders_of_mine", account=shared_kept[0])
    assert len(orders_of_mine) == 1


@pytest.mark.slow
def test_what_is_there_can_be_asked(shared_kept):
    api, _, _ = shared_kept
    assert {"orders", "orders_items", "orders_tags"} <= set(sf.sql("show tables", account=api)["name"])
    assert all(name.isidentifier() for name in sf.sql("show tables", account=api)["name"])
    assert sf.sql("show tables", {"mine": ROWS}, account=api)["name"].tolist().count("mine") == 1
    assert "gross_revenue" in set(sf.sql("describe orders", account=api)["column_name"])
    assert sf.sql(
        "select o.id, p.id, true as t, null::bigint n from orders o join orders p using (id)", account=api
    ).columns[:2].tolist() == ["id", "id_2"]


@pytest.mark.slow
def test_results_are_written_and_shown_as_what_they_are(shared_kept, tmp_path):
    import openpyxl

    frame = sf.sql("select order_id, gross_revenue, draft_time from orders order by id", account=shared_kept[0])
    sf.to_excel(frame, tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    assert "Rp" in sheet["B2"].number_format or "#,##0" in sheet["B2"].number_format
    assert sheet["C2"].is_date
    sf.to_parquet(frame, tmp_path / "x.parquet")
    assert sf.read_parquet(tmp_path / "x.parquet").equals(frame)


@pytest.mark.slow
def test_a_business_with_exact_money_gets_exact_money(shop, tmp_path):
    settings = Settings(base_url=shop.base_url, cache_dir=tmp_path, limits=FREE, money="decimal")
    with Account(Key(shop.api_key), settings) as api:
        api.orders(progress=False)
        found = sf.sql("select sum(gross_revenue) as s from orders", account=api)
        assert str(found["s"].dtype).startswith("decimal128")


@pytest.mark.slow
def test_a_cell_of_sql_is_shown_and_kept(shared_kept, tmp_path):
    from IPython.core.interactiveshell import InteractiveShell

    from scalev_frames.connection import use
    from scalev_frames.notebook.sql_cell import register

    api = shared_kept[0]
    api.export(tmp_path / "my data", progress=False)
    shell = InteractiveShell()
    register(shell)
    use(api)
    try:
        shown = shell.run_cell_magic("scalev_sql", "many", "select count(*) as n from orders")
        assert shown["n"].tolist() == shell.user_ns["many"]["n"].tolist() == [30]
        shown = shell.run_cell_magic("scalev_sql", f"'mine={tmp_path / 'my data'}'", "select count(*) as n from mine")
        assert shown["n"].tolist() == [30]
        with pytest.raises(errors.BadValueError):
            shell.run_cell_magic("scalev_sql", "1x", "select 1")
    finally:
        use(None)


@pytest.mark.slow
def test_a_field_that_sql_cannot_name_leaves_the_others(api, shop):
    shop.script(always("rows", "/order", key="nul\0name", value="x"))
    orders = api.orders(progress=False)
    assert "nul\0name" in orders
    found = sf.sql("select * from orders", account=api)
    assert sorted(found["id"]) == sorted(orders["id"])
    assert "nul\0name" not in found
    assert any("with NUL in it, is left out" in note for note in found.attrs["notes"])


def test_the_first_line_of_a_cell_takes_paths_of_windows_and_no_word_of_python():
    assert read_line(r"out orders=C:\data\orders") == ("out", {"orders": r"C:\data\orders"})
    assert read_line(r'"old=C:\My data\#1"') == ("", {"old": r"C:\My data\#1"})
    for line in ("out 'orders=my data", "class", "out other", "1x"):
        with pytest.raises(errors.BadValueError):
            read_line(line)
