"""SQL over what is kept and over datasets: exact, with kinds, and unable to do more than read."""

from __future__ import annotations

import _thread
import datetime as dt
import importlib
import threading
from collections import Counter
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.account import Account
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import exact
from scalev_frames.frames.tables import to_table
from scalev_frames.group import Group
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.sql import query as sql_query
from scalev_frames.sql.call import _add_children
from scalev_frames.sql.kept import put
from scalev_frames.sql.query import lock, run
from scalev_frames.sql.reads import check_reads
from scalev_frames.wire.credentials import Key

FREE = ((100_000, 1_000_000.0),)


@pytest.fixture
def shop():
    with Sandbox(orders=300, limits=None) as running:
        yield running


@pytest.fixture
def api(shop, tmp_path):
    account = Account(Key(shop.api_key), Settings(base_url=shop.base_url, cache_dir=tmp_path, limits=FREE), name="shop")
    yield account
    account.close()


def ids(api, table="orders"):
    return sorted(sf.sql(f"select id from {table}", account=api)["id"])


def test_sums_are_those_of_the_frame_to_the_sen_with_kinds(api):
    orders = api.orders(progress=False)
    found = sf.sql(
        "select status, sum(gross_revenue) as revenue, count(*) as orders, max(draft_time) as last, min(draft_time::date) "
        "as first_day, avg(total_weight) as weight from orders group by all order by all", account=api,
    )  # fmt: skip
    groups = orders.groupby("status")
    assert found["status"].tolist() == sorted(orders["status"].unique())
    wanted = [sum(exact(group["gross_revenue"]), Decimal(0)) for _, group in groups]
    assert exact(found["revenue"]) == wanted
    assert found["orders"].tolist() == groups.size().tolist()
    assert found["last"].tolist() == groups["draft_time"].max().tolist()
    assert str(found["last"].dtype) == "datetime64[us, Asia/Jakarta]"
    assert str(found["first_day"].dtype) == "datetime64[s]"
    header = Header.of(found)
    kinds = {name: header.kind_of(name) for name in ("status", "revenue", "orders", "weight")}
    assert kinds == {"status": "text", "revenue": "money", "orders": "count", "weight": "number"}
    assert found["orders"].dtype == "int64"
    assert any(note.startswith("orders: all rows as of") for note in header.notes)


@pytest.mark.slow
def test_days_are_jakartas(api):
    orders = api.orders(progress=False)
    found = sf.sql("select strftime(draft_time, '%Y-%m-%d') as day, count(*) n from orders group by day", account=api)
    wanted = orders["draft_time"].dt.strftime("%Y-%m-%d").value_counts()
    assert dict(zip(found["day"].dropna(), found.dropna()["n"], strict=True)) == wanted.to_dict()


@pytest.mark.slow
def test_lists_are_tables_of_their_own(api):
    orders = api.orders(progress=False)
    found = sf.sql("select parent_id, order_id, item, quantity from orders_items", account=api)
    wanted = orders.scalev.items()
    assert len(found) == len(wanted) > 300
    assert found["quantity"].sum() == wanted["quantity"].sum()
    assert sorted(found["item"]) == sorted(wanted["item"])
    assert set(found["parent_id"]) == set(wanted["order__id"])
    tags = sf.sql("select name, count(*) as n from orders_tags group by name order by name", account=api)
    assert dict(zip(tags["name"], tags["n"], strict=True)) == orders.scalev.tags()["name"].value_counts().to_dict()


def test_rows_in_lists_are_those_of_json_in_their_order_and_are_not_gathered_in_memory():
    import duckdb

    texts = [
        '[{"a": 1}, {"a": 2}]', "[]", None, '{"x y": 1, "b.c": {"z": 2}, "": 3}', '[null, {"a": 3}]', '"text"', "5", "{}",
        "null", '{"k": null, "q": "s"}', '[1, "a", [2]]', '{"a\\"b": 1, "é": 2, "0": 4}',
    ]  # fmt: skip
    with duckdb.connect() as connection:
        put(connection, "rows", pa.table({"id": range(len(texts)), "odd": pa.array(texts)}))
        connection.execute("CREATE VIEW mine AS FROM sources.rows")
        _add_children(connection, "mine", ["id", "odd"], ["odd"])
        found = connection.execute("SELECT * FROM mine_odd").fetchall()
        wanted = "SELECT p.id, e.key, e.value ->> '$' FROM mine p, json_each(p.odd) e WHERE e.value IS NOT NULL"
        assert Counter(found) == Counter(connection.execute(wanted).fetchall())
        assert found[:2] == [(0, "0", '{"a":1}'), (0, "1", '{"a":2}')]
        plan = connection.execute("EXPLAIN SELECT count(*) FROM mine_odd").fetchall()
        assert "DELIM" not in str(plan)


@pytest.mark.slow
def test_a_table_has_every_kept_row_once_and_none_that_is_outdated(shop, api):
    world = shop.world
    api.orders(progress=False)
    gone, changed = (str(world.order_ids()[place]) for place in (5, 6))
    world.delete_order(gone)
    world.change_payment(changed, "settled")
    world.add_orders(3)
    since = (world.now - dt.timedelta(days=30)).date()
    recent = api.orders(since=since, progress=False)
    found = sf.sql("select id, payment_status from orders", account=api)
    assert sorted(found["id"]) == sorted(str(one) for one in world.order_ids())
    assert found.set_index("id")["payment_status"][changed] == "settled"
    api.orders(limit=3, progress=False)
    assert len(ids(api)) == len(world)
    # Kept as completed, and of another status in a newer call of all: it is there once, as it is now.
    completed = api.orders(status="completed", progress=False)
    assert len(ids(api)) == len(world)
    one = next(one for one in completed["id"] if one in set(recent["id"]))
    world.change_status(one, "canceled")
    api.orders(status="completed", refresh=True, progress=False)
    assert one not in ids(api)  # nothing that is kept says what it is now
    api.orders(refresh=True, progress=False)
    assert len(ids(api)) == len(world)


def test_several_businesses_have_a_column(shop, tmp_path):
    accounts = {}
    for name in ("a", 'O\'Brien "x"; --'):
        settings = Settings(base_url=shop.base_url, cache_dir=tmp_path / str(len(name)), limits=FREE)
        accounts[name] = Account(Key(shop.api_key), settings, name=name)
        accounts[name].stores(progress=False)
    found = sf.sql("select business, count(*) n from stores group by all order by all", account=_as_group(accounts))
    assert found["business"].tolist() == ['O\'Brien "x"; --', "a"]
    assert found["n"].tolist() == [6, 6]


def _as_group(accounts):
    group = object.__new__(Group)  # two accounts of one key are no group that `connect_many` would open
    group.accounts, group._tokens = accounts, set()
    return group


@pytest.mark.slow
def test_datasets_files_scans_and_frames_are_tables_too(api, tmp_path):
    orders = api.orders(progress=False)
    api.export(tmp_path / "data", progress=False)
    sf.to_parquet(orders, tmp_path / "orders.parquet")
    tables = {
        "exported": tmp_path / "data", "file": str(tmp_path / "orders.parquet"), "mine": orders.head(10),
        "chosen": sf.scan(tmp_path / "data", ["id"], {"status": "completed"}),
    }  # fmt: skip
    counts = " union all ".join(f"select '{name}' as t, count(*) n from {name}" for name in tables)
    found = dict(sf.sql(counts, tables, account=api).itertuples(index=False))
    assert found == {"exported": 300, "file": 300, "mine": 10, "chosen": (orders["status"] == "completed").sum()}
    total = sf.sql("select sum(e.gross_revenue) s from exported e join mine using (id)", tables, account=api)
    assert exact(total["s"])[0] == sum(exact(orders.head(10)["gross_revenue"]))
    assert sf.sql("select count(*) n from exported_items", tables, account=api)["n"][0] == len(orders.scalev.items())


FORBIDDEN = [
    "copy orders to '{file}'", "copy (select 1) to '{file}' (format parquet)", "create table x as select 1",
    "insert into orders select * from orders", "delete from orders", "drop view orders", "attach '{file}' as other",
    "install httpfs", "load httpfs", "set enable_external_access = true", "reset lock_configuration",
    "pragma enable_profiling", "export database '{file}'", "select * from read_csv('/etc/hostname')",
    "select * from '/etc/hostname'", "select * from read_parquet('{kept}')", "select * from glob('/*')",
    "select * from read_text('/etc/hostname')", "select 1; select 2", "", "selekt 1", "call pragma_version()",
    "select * from 'https://example.com/x.parquet'", "checkpoint", "vacuum", "begin transaction", "select * from orderz",
    "explain analyze create table x as select 1", "explain analyze copy orders to '{file}'", "use memory",
    "/* */ explain analyze (copy orders to '{file}')", "with x as (select 1) from x; drop view orders",
    "select * from query('copy orders to ''{file}''')", "select * from sniff_csv('/etc/hostname')",
    "create secret s (type s3)", "select * from duckdb_secrets()", "select * from enable_logging()",
    "update orders set id = 1", "pragma memory_limit='1GB'", "force install httpfs", "import database '{file}'",
    "select * from read_blob('{kept}')", "create macro m() as 1", "explain explain select 1", "update extensions", ";",
    "with x as (copy orders to '{file}') from x", "with x as (insert into orders values ('1') returning *) from x",
    "/* /* */ explain */ explain analyze copy orders to '{file}'", "explain select * from read_csv('{kept}')",
    "select 1 /* */; /* */ copy orders to '{file}'", "prepare x as select 1", "execute x", "create type t as enum ('a')",
    "pivot orders on status in (select content from read_text('{kept}')) using count(*)", "show databases",
    "merge into orders using orders o on true when matched then delete", "truncate orders", "set variable x = 1",
    "select * from sources.orders", "with a as (from pg_settings), pg_settings as (select 1) from a",
    "with duckdb_settings as (from duckdb_settings) from duckdb_settings",
    "with recursive pg_settings as (select name from pg_settings union all select '' from pg_settings) from pg_settings",
    "from (with pg_settings as (select 1) select 2), pg_settings", "with \"{kept}\" as (select 1) select * from (select * from \"{kept}\")",
]  # fmt: skip


@pytest.mark.sampled(5)
@pytest.mark.parametrize("query", FORBIDDEN)
def test_a_query_can_do_nothing_but_read_its_tables(shared_kept, tmp_path, query):
    api, kept, before = shared_kept
    with pytest.raises(errors.BadValueError) as caught:
        sf.sql(query.format(file=tmp_path / "x", kept=kept[0]), account=api)
    assert not (tmp_path / "x").exists()
    assert {file: file.read_bytes() for file in kept} == before
    assert api.key_hint not in str(caught.value)


#: What knows more than the tables: files, settings, secrets, the environment, other queries' text.
OUTSIDE = [
    "'/etc/hostname'", "'x.parquet'", "\"x.csv\"", "read_csv('x')", "\"READ_CSV\"('x')", "read_csv_auto('x')", "read_json('x')",
    "read_ndjson_objects('x')", "read_parquet('x')", "parquet_metadata('x')", "read_text('x')", "read_blob('x')", "glob('*')",
    "sniff_csv('x')", "'https://example.com/x.csv'", "'s3://b/x.parquet'", "duckdb_secrets()", "which_secret('s3://x', 's3')",
    "duckdb_settings()", "duckdb_settings", "pg_settings", "duckdb_functions()", "duckdb_logs", "duckdb_variables()",
    "duckdb_views()", "information_schema.tables", "pg_catalog.pg_tables", "system.main.duckdb_settings", "sqlite_master",
    "sources.mine", "memory.sources.mine", "query('select 1')", "query_table('mine')", "histogram('x.csv', y)",
    "json_execute_serialized_sql('x')", "enable_logging()", "pragma_version()", "seq_scan('mine')", "pandas_scan(1)",
    "(select getenv('HOME'))", "(select current_setting('temp_directory'))", "(select getvariable('x'))",
    "(select nextval('x'))", "(select write_log('x'))", "(select json_serialize_plan('from read_csv(1)'))",
    "(select system.main.getenv('HOME'))", "(select pg_get_viewdef(1))", "(show databases)", "(show variables)",
    "(describe from read_csv('x'))", "(summarize 'x.csv')",
]  # fmt: skip
#: Where a query may read from something.
PLACES = [
    "from {}", "select * from mine, {}", "select * from mine join {} x on true", "select * from mine asof join {} x on id >= x.y",
    "select * from mine, lateral (from {}) t", "select (select 1 from {})", "select 1 where exists (from {})",
    "select * from mine order by (select 1 from {})", "select * from mine limit (select 1 from {})",
    "select 1 group by (select 1 from {})", "select status from mine group by 1 having (select true from {})",
    "select 1 union select 2 from {}", "select 1 except (select 2 from {})", "with a as (from {}) select 1",
    "with a as materialized (from {}) from a", "with recursive r as (select 1 n union all select n + 1 from r, {}) from r",
    "values ((select 1 from {}))", "select [x for x in [1] if exists (from {})]", "describe from {}", "summarize from {}",
    "select list_transform([1], lambda x: (select 1 from {}))", "select sum(quantity) over (order by (select 1 from {})) from mine",
    "select count(*) filter (where exists (from {})) from mine", "select case when true then (select 1 from {}) end",
    "select * replace ((select '1' from {}) as id) from mine", "select distinct on ((select 1 from {})) * from mine",
    "pivot (from {}) on x in (1) using count(*)", "unpivot (from {}) on x into name n value v", "select {{'a': (select 1 from {})}}",
]  # fmt: skip


@pytest.fixture(scope="module")
def parser():
    import duckdb

    with duckdb.connect() as connection:
        yield connection


@pytest.mark.sampled(4)
@pytest.mark.parametrize("place", PLACES)
def test_no_part_of_a_query_reaches_outside_of_its_tables(parser, place):
    for one in OUTSIDE:
        with pytest.raises(errors.BadValueError):
            check_reads(parser, place.format(one), ["mine"])
    check_reads(parser, place.format("mine"), ["mine"])


READ = [
    "from mine", "table mine", "values (1, 'a')", "show", "describe mine", "summarize mine", "show all tables", "show mine",
    "explain analyze select * from mine", "explain (format json) from mine", "/* x */ explain /* y */ select 1 -- z",
    "select o.* from memory.main.mine o", 'select "ID" from "Mine"', 'with "My Part" as (select 1 x) from "my part"',
    "select *, row_number() over (partition by status order by quantity desc nulls last) n from mine qualify n = 1",
    "with a as (from mine where quantity > 1), b as (from a) select count(*) from b",
    "with recursive r as (select 1 n union all select n + 1 from r where n < 5) select sum(n) from r",
    "with a as materialized (from mine) select * from a join a b using (id)", "select unnest([1, 2]), id from mine",
    "unpivot (select quantity q, 1 as p from mine) on q, p into name n value v", "select * exclude (id) from mine",
    "select distinct on (status) * replace (upper(id) as id) from mine order by status", "select columns('q.*') from mine",
    "select case when quantity > 1 then 'x' end, coalesce(status, '?'), nullif(quantity, 1), if(true, 1, 2) from mine",
    ("select date_trunc('month', t), strftime(t, '%Y-%m'), extract(year from t), t at time zone 'UTC', t + interval 1 day, "
    "date_diff('day', t, now()), monthname(t), current_date, today(), time_bucket(interval '1 week', t) "
    "from (select timestamptz '2026-01-01 00:00:00+07' t)"),
    ("select quantity between 1 and 2, quantity in (1, 2), status like 'a%' escape '!', status ilike 'A', status similar to 'a', "
    "regexp_matches(status, 'a'), status is distinct from 'a', status || 'x', -quantity % 2 // 1 / 2 ** 2 from mine"),
    "select j ->> '$[0]', json_extract(j, '$[0]'), json_array_length(j) from (select '[1]'::json j)",
    "select [x * 2 for x in [1, 2] if x > 1], list_filter([1], lambda x: x > 0), [1, 2][1], len([1]), {'a': 1}, map {'a': 1}",
    ("select count(*) filter (where quantity > 1), count(distinct status), quantile_cont(quantity, 0.5), median(quantity), "
    "mode(status), arg_max(id, quantity), string_agg(id, ',' order by id), list(id), approx_count_distinct(id) from mine"),
    "select status, id, sum(quantity), grouping(status) from mine group by rollup (status, id)",
    "select status from mine group by grouping sets ((status), ())", "from mine select status, avg(quantity) group by 1",
    "select * from mine semi join (select '1' as id) using (id)", "select * from mine a asof join mine b on a.id >= b.id",
    "select * from mine positional join (select 1 z)", "select id from mine union all by name select id, status from mine",
    "(select id from mine except select '1') intersect select '2'", "select quantity > all (select 0) from mine",
    "select * from range(3), generate_series(1, 2) g, json_each('[1]') e", "select try_cast('x' as int), try(1 / 0)",
    ("select lag(quantity) over w, ntile(2) over w, sum(quantity) over (order by id rows between 1 preceding and current row), "
    "first_value(id) over w, percent_rank() over w, cume_dist() over w from mine window w as (order by quantity)"),
    ("select substring(id from 1 for 1), trim(both 'a' from id), position('a' in id), split_part(id, 'a', 1), lpad(id, 3, '0'), "
    "printf('%d', quantity), replace(id, 'a', 'b'), md5(id), formatReadableSize(1) from mine"),
    "select round(1.255, 1), floor(1.5), 1.25::decimal(9, 2), abs(-1), greatest(1, 2), sqrt(4), random(), uuid(), 7::decimal(4, 0)",
    "select * from mine tablesample 50% (bernoulli)", "select * from mine where (status, quantity) in (('a', 1), ('b', 3))",
    "select x.y.z, 'it''s', e'\\n', $$x$$ from (select {'y': {'z': 1}} x)", "select * from mine limit 1 offset 1",
]  # fmt: skip


def test_whatever_only_reads_is_read():
    import duckdb

    with duckdb.connect() as connection:
        put(connection, "rows", to_table(ROWS))
        connection.execute("CREATE VIEW mine AS FROM sources.rows")
        for query in READ:
            assert run(connection, query, ["mine"]).num_columns, query


def test_numbers_of_any_precision_and_what_no_frame_can_hold():
    found = sf.sql(
        "select 1.25::decimal(4, 2) a, 7::decimal(9, 0) b, round(1.55::decimal(12, 2), 0) c, 1.5::decimal(4, 1) d"
    )
    assert [str(found[name][0]) for name in found] == ["1.25", "7", "2", "1.5"]
    assert {name: Header.of(found).kind_of(name) for name in "abc"} == {"a": "money", "b": "count", "c": "count"}
    with pytest.raises(errors.BadValueError, match="nested too deeply"):
        sf.sql("select " + "+".join(["1"] * 900))


@pytest.fixture(scope="module")
def shared_kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    with Sandbox(orders=30, limits=None) as running:
        api = Account(Key(running.api_key), Settings(base_url=running.base_url, cache_dir=folder, limits=FREE))
        api.orders(progress=False)
        kept = sorted(folder.rglob("*.parquet"))
        yield api, kept, {file: file.read_bytes() for file in kept}
        api.close()


ROWS = pd.DataFrame({"id": ["1", "2", "3"], "status": ["a", "b", "b"], "quantity": [1, 2, 3]})


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


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from range(100000000000)",
        "with recursive a as (select 1 i union all select i + 1 from a) select count(*) from a",
        "select * from range(100000) a, range(100000) b, range(1000) c",
    ],
)
def test_ctrl_c_ends_a_query(monkeypatch, query):
    def result(*given):
        threading.Timer(0.2, _thread.interrupt_main).start()
        return rows(*given)

    rows = sql_query._result
    monkeypatch.setattr(sql_query, "_result", result)
    with pytest.raises(KeyboardInterrupt):
        sf.sql(query)
    monkeypatch.undo()
    assert sf.sql("select 1 as one")["one"].tolist() == [1]


def test_nothing_kept_is_said_with_what_to_do(tmp_path):
    settings = Settings(base_url="http://127.0.0.1:9/v2", cache_dir=tmp_path, limits=FREE)
    with Account(Key("sk_nothing_0123456789"), settings) as api:
        assert sf.sql("show tables", account=api).empty
        with pytest.raises(errors.BadValueError, match=r"Nothing is kept of orders\. Fetch it first"):
            sf.sql("select * from orders", account=api)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before it is opened", "before it is read"])
def test_a_kept_frame_that_is_deleted_meanwhile_is_an_error_of_ours(shop, api, monkeypatch, moment):
    module = importlib.import_module("scalev_frames.sql.call")
    step = "_kept" if moment == "before it is opened" else "lock"
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


def test_local_variables_are_no_tables(shared_kept):
    orders_of_mine = pd.DataFrame({"x": [1]})
    with pytest.raises(errors.BadValueError):
        sf.sql("select * from orders_of_mine", account=shared_kept[0])
    assert len(orders_of_mine) == 1


def test_what_is_there_can_be_asked(shared_kept):
    api, _, _ = shared_kept
    assert {"orders", "orders_items", "orders_tags"} <= set(sf.sql("show tables", account=api)["name"])
    assert all(name.isidentifier() for name in sf.sql("show tables", account=api)["name"])
    assert sf.sql("show tables", {"mine": ROWS}, account=api)["name"].tolist().count("mine") == 1
    assert "gross_revenue" in set(sf.sql("describe orders", account=api)["column_name"])
    assert sf.sql(
        "select o.id, p.id, true as t, null::bigint n from orders o join orders p using (id)", account=api
    ).columns[:2].tolist() == ["id", "id_2"]


def test_results_are_written_and_shown_as_what_they_are(shared_kept, tmp_path):
    import openpyxl

    frame = sf.sql("select order_id, gross_revenue, draft_time from orders order by id", account=shared_kept[0])
    sf.to_excel(frame, tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    assert "Rp" in sheet["B2"].number_format or "#,##0" in sheet["B2"].number_format
    assert sheet["C2"].is_date
    sf.to_parquet(frame, tmp_path / "x.parquet")
    assert sf.read_parquet(tmp_path / "x.parquet").equals(frame)


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
