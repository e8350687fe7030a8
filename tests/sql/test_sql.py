"""SQL over what is kept and over datasets: exact, with kinds, and unable to do more than read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import ExitStack
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
from scalev_frames.settings import Settings
from scalev_frames.sql.kept import put
from scalev_frames.sql.query import run
from scalev_frames.sql.reads import check_reads
from scalev_frames.sql.tables import Tables
from scalev_frames.wire.credentials import Key
from tests.sql.tables import FREE, ROWS


def ids(api, table="orders"):
    return sorted(sf.sql(f"select id from {table}", account=api)["id"])


@pytest.mark.slow
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
        rows, _ = put(connection, "rows", pa.table({"id": range(len(texts)), "odd": pa.array(texts)}))
        tables = Tables(connection)
        tables.add("mine", f"FROM {rows}", {"id": "id", "odd": "list"}, ["odd"])
        tables.add_lists()
        found = connection.execute("SELECT * FROM mine_odd").fetchall()
        wanted = "SELECT p.id, e.key, e.value ->> '$' FROM mine p, json_each(p.odd) e WHERE e.value IS NOT NULL"
        assert Counter(found) == Counter(connection.execute(wanted).fetchall())
        assert found[:2] == [(0, "0", '{"a":1}'), (0, "1", '{"a":2}')]
        plan = connection.execute("EXPLAIN SELECT count(*) FROM mine_odd").fetchall()
        assert "DELIM" not in str(plan)


@pytest.mark.slow
def test_columns_that_differ_in_case_alone_keep_their_own_values(tmp_path):
    frame = pd.DataFrame({"Total": [1], "total": [2], "id": ["x"]})
    found = sf.sql("select * from mine", {"mine": frame})
    assert found.iloc[0].tolist() == [1, 2, "x"]
    assert found.attrs["notes"] == ["mine: total is total_1 in SQL, where case does not count"]
    scan = sf.scan(sf.to_parquet(frame, tmp_path / "mine.parquet"), ["total"])
    assert scan.duckdb().fetchall() == [(2,)]
    assert sf.sql("select * from mine", {"mine": scan}).iloc[0].tolist() == [2]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mine_tags", "MINE_TAGS"])
def test_a_table_of_the_call_takes_the_place_of_one_of_lists(name):
    given = {"mine": pd.DataFrame({"id": ["1"], "tags": [[{"name": "a"}]], "Tags": [["b"]]}), name: ROWS}
    for tables in (given, dict(reversed(given.items()))):
        assert len(sf.sql("select * from mine_tags", tables)) == len(ROWS)
    del given[name]
    assert sf.sql("select name from mine_tags", given)["name"].tolist() == ["a"]


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


@pytest.mark.slow
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
    "copy stores to '{file}'", "copy (select 1) to '{file}' (format parquet)", "create table x as select 1",
    "insert into stores select * from stores", "delete from stores", "drop view stores", "attach '{file}' as other",
    "install httpfs", "load httpfs", "set enable_external_access = true", "reset lock_configuration",
    "pragma enable_profiling", "export database '{file}'", "select * from read_csv('/etc/hostname')",
    "select * from '/etc/hostname'", "select * from read_parquet('{kept}')", "select * from glob('/*')",
    "select * from read_text('/etc/hostname')", "select 1; select 2", "", "selekt 1", "call pragma_version()",
    "select * from 'https://example.com/x.parquet'", "checkpoint", "vacuum", "begin transaction", "select * from storez",
    "explain analyze create table x as select 1", "explain analyze copy stores to '{file}'", "use memory",
    "/* */ explain analyze (copy stores to '{file}')", "with x as (select 1) from x; drop view stores",
    "select * from query('copy stores to ''{file}''')", "select * from sniff_csv('/etc/hostname')",
    "create secret s (type s3)", "select * from duckdb_secrets()", "select * from enable_logging()",
    "update stores set id = 1", "pragma memory_limit='1GB'", "force install httpfs", "import database '{file}'",
    "select * from read_blob('{kept}')", "create macro m() as 1", "explain explain select 1", "update extensions", ";",
    "with x as (copy stores to '{file}') from x", "with x as (insert into stores values ('1') returning *) from x",
    "/* /* */ explain */ explain analyze copy stores to '{file}'", "explain select * from read_csv('{kept}')",
    "select 1 /* */; /* */ copy stores to '{file}'", "prepare x as select 1", "execute x", "create type t as enum ('a')",
    "pivot stores on name in (select content from read_text('{kept}')) using count(*)", "show databases",
    "merge into stores using stores s on true when matched then delete", "truncate stores", "set variable x = 1",
    "select * from sources.stores", "with a as (from pg_settings), pg_settings as (select 1) from a",
    "with duckdb_settings as (from duckdb_settings) from duckdb_settings",
    "with recursive pg_settings as (select name from pg_settings union all select '' from pg_settings) from pg_settings",
    "from (with pg_settings as (select 1) select 2), pg_settings", "with \"{kept}\" as (select 1) select * from (select * from \"{kept}\")",
]  # fmt: skip


@pytest.mark.parametrize("query", FORBIDDEN)
def test_a_query_can_do_nothing_but_read_its_tables(kept_stores, tmp_path, query):
    api, kept, before = kept_stores
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


@pytest.mark.slow
def test_whatever_only_reads_is_read():
    import duckdb

    with duckdb.connect() as connection:
        put(connection, "rows", to_table(ROWS))
        connection.execute("CREATE VIEW mine AS FROM sources.rows")
        for query in READ:
            assert run(connection, query, ["mine"], ExitStack()).num_columns, query


@pytest.mark.slow
def test_numbers_of_any_precision_and_what_no_frame_can_hold():
    found = sf.sql(
        "select 1.25::decimal(4, 2) a, 7::decimal(9, 0) b, round(1.55::decimal(12, 2), 0) c, 1.5::decimal(4, 1) d"
    )
    assert [str(found[name][0]) for name in found] == ["1.25", "7", "2", "1.5"]
    assert {name: Header.of(found).kind_of(name) for name in "abc"} == {"a": "money", "b": "count", "c": "count"}
    with pytest.raises(errors.BadValueError, match="nested too deeply"):
        sf.sql("select " + "+".join(["1"] * 900))
