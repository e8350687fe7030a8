"""SQL over what is kept and over datasets: exact, with kinds, and unable to do more than read."""

from __future__ import annotations

import datetime as dt
import importlib
from decimal import Decimal

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.account import Account
from scalev_frames.frames.header import Header
from scalev_frames.frames.money import exact
from scalev_frames.group import Group
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
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


def test_days_are_jakartas(api):
    orders = api.orders(progress=False)
    found = sf.sql("select strftime(draft_time, '%Y-%m-%d') as day, count(*) n from orders group by day", account=api)
    wanted = orders["draft_time"].dt.strftime("%Y-%m-%d").value_counts()
    assert dict(zip(found["day"].dropna(), found.dropna()["n"], strict=True)) == wanted.to_dict()


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
    "select * from read_blob('{kept}')", "create macro m() as 1",
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
        ("copy orders to 'x'", "one statement that reads"), (None, "not NoneType"),
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
    from scalev_frames import sql_query

    monkeypatch.setattr(sql_query, "_memory", lambda _: 10**6)
    with pytest.raises(errors.BadValueError, match="add limit"):
        sf.sql("select a.range, repeat('x', 1000) from range(100_000_000) a", {})
    assert sf.sql("select count(*) as n from range(1_000_000)", {})["n"].tolist() == [1_000_000]


def test_nothing_kept_is_said_with_what_to_do(tmp_path):
    settings = Settings(base_url="http://127.0.0.1:9/v2", cache_dir=tmp_path, limits=FREE)
    with Account(Key("sk_nothing_0123456789"), settings) as api:
        assert sf.sql("show tables", account=api).empty
        with pytest.raises(errors.BadValueError, match=r"Nothing is kept of orders\. Fetch it first"):
            sf.sql("select * from orders", account=api)


@pytest.mark.parametrize("moment", ["before it is opened", "before it is read"])
def test_a_kept_frame_that_is_deleted_meanwhile_is_an_error_of_ours(shop, api, monkeypatch, moment):
    module = importlib.import_module("scalev_frames.sql")
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
