"""What analysts type on a frame of orders, line by line as they type it: pandas does it, or the docs have the way out."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.header import Header
from scalev_frames.sandbox import World

PAGE = Path(__file__).parents[2] / "docs" / "pandas.md"

#: One operation a line; `o` are orders.
OPERATIONS = """
o.head()
o.tail(20)
o.sample(10, random_state=1)
o.shape
o.info(buf=io.StringIO())
o.describe()
o.describe(include="number")
o.dtypes.value_counts()
o.memory_usage(deep=True)
o.columns.tolist()
o.isna().mean().sort_values()
o.notna().sum()
o.select_dtypes("number").sum()
o.select_dtypes("number").corr()
o.gross_revenue.describe()
o.gross_revenue.sum()
o.gross_revenue.sum() + 1.5
o.gross_revenue.mean()
o.gross_revenue.median()
o.gross_revenue.std()
o.gross_revenue.min(), o.gross_revenue.max()
o.gross_revenue.quantile([0.1, 0.5, 0.9])
o.gross_revenue.mode()
o.gross_revenue.skew()
o.gross_revenue.cumsum()
o.gross_revenue.cummax()
o.gross_revenue.diff()
o.gross_revenue.pct_change()
o.gross_revenue.rank(ascending=False)
o.gross_revenue.nlargest(5)
o.gross_revenue.nsmallest(5)
o.nlargest(10, "gross_revenue")[["order_id", "gross_revenue"]]
o.gross_revenue.sort_values(ascending=False).head()
o.gross_revenue.value_counts(bins=5)
o.gross_revenue.round(-3)
o.gross_revenue.abs()
o.gross_revenue.clip(upper=500_000)
o.gross_revenue.fillna(0)
o.gross_revenue.interpolate()
o.gross_revenue.astype(float)
o.gross_revenue.astype("Int64")
o.gross_revenue / 1000
o.gross_revenue * 0.11
o.gross_revenue * 1.11 - o.shipping_cost.fillna(0)
o.gross_revenue / o.gross_revenue.sum() * 100
o.gross_revenue / 0
o.gross_revenue // 1000
o.gross_revenue % 1000
o.gross_revenue ** 2
-o.gross_revenue
o.gross_revenue > 200_000
o.gross_revenue.between(100_000, 300_000)
o.gross_revenue.isin([150_000])
o.gross_revenue.map(lambda amount: amount * 2)
o.gross_revenue.map("Rp {:,.0f}".format)
o.gross_revenue.apply(np.sqrt)
o.gross_revenue.shift()
o.gross_revenue.rolling(7).mean()
o.gross_revenue.expanding().sum()
o.gross_revenue.ewm(span=7).mean()
o.gross_revenue.to_numpy()
o.gross_revenue.tolist()
o.gross_revenue.to_frame().T
np.log(o.gross_revenue.clip(lower=1))
np.log1p(o.gross_revenue)
np.histogram(o.gross_revenue.dropna(), bins=10)
np.where(o.gross_revenue > 200_000, "big", "small")
np.average(o.gross_revenue.fillna(0), weights=o.quantity.fillna(0).astype(float))
pd.cut(o.gross_revenue, [0, 100_000, 500_000, 10**9])
pd.qcut(o.gross_revenue, 4)
pd.to_numeric(o.gross_revenue)
o.apply(lambda row: row.gross_revenue * 0.1, axis=1)
o.assign(net=o.gross_revenue - o.shipping_cost)
o.eval("gross_revenue - shipping_cost")
o.query("gross_revenue > 200000 and status == 'completed'")
o[o.status == "completed"]
o[o.status.isin(["completed", "shipped"])]
o[(o.status == "completed") & (o.gross_revenue > 100_000)]
o.loc[o.status == "completed", ["order_id", "gross_revenue"]]
o.loc[o.is_probably_spam != True]
o[~o.is_probably_spam.fillna(False)]
o.status.value_counts()
o.status.value_counts(normalize=True)
o.status.unique()
o.status.str.upper()
o.status.astype("category")
o.customer_name.str.contains("budi", case=False)
o.customer_phone.str[-4:]
o.order_id.is_unique
o.id.duplicated().any()
o.drop_duplicates("id")
o.drop_duplicates(subset=["customer_phone"])
o.set_index("order_id")
o.set_index("created_at").sort_index().loc["2026-11"]
o.sort_values("created_at")
o.sort_values(["status", "gross_revenue"], ascending=[True, False])
o.rename(columns={"gross_revenue": "omzet"})
o.drop(columns=["metadata"])
o.reset_index()
o.fillna({"gross_revenue": 0, "status": "-"})
o.dropna(subset=["gross_revenue"])
o.created_at.dt.date
o.created_at.dt.day_name()
o.created_at.dt.hour.value_counts()
o.created_at.dt.strftime("%Y-%m")
o.created_at.dt.tz_localize(None)
o.created_at.dt.tz_convert("UTC")
o.created_at.dt.to_period("M")
o.created_at.min(), o.created_at.max()
o.created_at >= "2026-11-01"
o[o.created_at >= pd.Timestamp("2026-11-01", tz="Asia/Jakarta")]
o.shipped_time - o.confirmed_time
(o.shipped_time - o.confirmed_time).dt.total_seconds() / 3600
(o.shipped_time - o.confirmed_time).mean()
pd.Timestamp.now("Asia/Jakarta") - o.created_at
o.groupby("status").size()
o.groupby("status").gross_revenue.sum()
o.groupby("status").gross_revenue.describe()
o.groupby("status").gross_revenue.agg(["count", "sum", "mean", "median", "std"])
o.groupby("status").agg(orders=("id", "count"), gross=("gross_revenue", "sum"))
o.groupby("status").gross_revenue.transform("sum")
o.gross_revenue / o.groupby("status").gross_revenue.transform("sum")
o.groupby("status").gross_revenue.cumsum()
o.groupby("status").gross_revenue.rank()
o.groupby("status").gross_revenue.quantile(0.9)
o.groupby("status").gross_revenue.nlargest(2)
o.groupby("status").gross_revenue.apply(lambda amounts: amounts.max() - amounts.min())
o.groupby(["store_name", "status"]).gross_revenue.sum().unstack(fill_value=0)
o.groupby("store_name").apply(lambda group: group.gross_revenue.sum())
o.groupby(o.created_at.dt.date).gross_revenue.sum()
o.groupby(o.created_at.dt.date).gross_revenue.sum().pct_change()
o.groupby(o.created_at.dt.date).gross_revenue.sum().rolling(7).mean()
o.groupby(pd.Grouper(key="created_at", freq="W")).gross_revenue.sum()
o.groupby("customer_phone").gross_revenue.sum().sort_values(ascending=False).head(10)
o.groupby("customer_phone").filter(lambda group: len(group) > 1)
o.set_index("created_at").gross_revenue.resample("D").sum()
o.set_index("created_at").gross_revenue.resample("ME").agg(["sum", "count"])
o.pivot_table(index="store_name", columns="status", values="gross_revenue", aggfunc="sum")
o.pivot_table(index="store_name", columns="status", values="gross_revenue", aggfunc="sum", margins=True)
pd.crosstab(o.store_name, o.status)
pd.crosstab(o.store_name, o.status, values=o.gross_revenue, aggfunc="sum", normalize="index")
o.melt(id_vars="order_id", value_vars=["gross_revenue", "shipping_cost"])
o.merge(o.scalev.items()[["order_id", "item", "quantity"]], on="order_id")
o.merge(o.groupby("customer_phone", as_index=False).gross_revenue.sum(), on="customer_phone", suffixes=("", "_total"))
pd.merge_asof(o[["created_at", "gross_revenue"]].dropna().sort_values("created_at"), pd.DataFrame({"created_at": o.created_at.dropna().sort_values().unique(), "n": 1}), on="created_at")
pd.concat([o, o.head(10)])
pd.concat([o.assign(adjusted=o.gross_revenue), pd.DataFrame({"gross_revenue": [1.5]})])
o.explode("tags")
o.tags.str.len()
o.final_variants.map(len, na_action="ignore")
o.equals(o.copy())
o.compare(o.assign(status="rts"))
o.where(o.gross_revenue > 0)
o.gross_revenue.plot(kind="hist")
o.plot.scatter(x="quantity", y="gross_revenue")
o.boxplot(column="gross_revenue", by="status")
o.groupby("status").gross_revenue.sum().plot.bar()
o.groupby(o.created_at.dt.date).gross_revenue.sum().plot()
o.head().style.format({"gross_revenue": "{:,.0f}"}).to_html()
o.head().to_html()
o.head().to_string()
o.to_csv()
o.to_json(orient="records", date_format="iso")
o.to_dict("records")
o.to_pickle(folder / "o.pkl")
o[["order_id", "status", "gross_revenue"]].to_sql("orders", sqlite3.connect(":memory:"))
sf.to_excel(o, folder / "o.xlsx")
sf.to_csv(o, folder / "o.csv")
pd.read_parquet(sf.to_parquet(o, folder / "o.parquet"))
duckdb.sql("from o select status, sum(gross_revenue) group by all").df()
polars.from_pandas(o.select_dtypes(["number", "str"]))
pd.get_dummies(o.status)
np.polyfit(o.dropna(subset=["gross_revenue", "quantity"]).quantity.astype(float), o.dropna(subset=["gross_revenue", "quantity"]).gross_revenue, 1)
o.drop_duplicates()
o[o.created_at >= pd.Timestamp("2026-11-01")]
o.to_excel(folder / "pandas.xlsx")
""".strip().splitlines()

#: What pandas itself refuses, and what does it instead.
RAISES = {
    "o.drop_duplicates()": 'o.drop_duplicates("id")',
    'o[o.created_at >= pd.Timestamp("2026-11-01")]': 'o[o.created_at >= "2026-11-01"]',
    'o.to_excel(folder / "pandas.xlsx")': 'sf.to_excel(o, folder / "orders.xlsx")',
}


@pytest.fixture(scope="module")
def orders():
    builder = FrameBuilder(ENDPOINTS["orders"].columns, "Asia/Jakarta")
    builder.add(World(orders=300, days=60).rows("orders"))
    frame, notes = builder.finish()
    return Header(endpoint="orders", notes=tuple(notes), time_zone="Asia/Jakarta", rows=len(frame)).onto(frame)


def run(line, orders, folder):
    import io
    import sqlite3

    import duckdb
    import polars

    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    names = {"o": orders.copy(), "pd": pd, "np": np, "sf": sf, "folder": folder, "io": io, "sqlite3": sqlite3,
             "duckdb": duckdb, "polars": polars}  # fmt: skip
    o = names["o"]  # noqa: F841 - DuckDB looks for it here
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libraries' own deprecations
        try:
            return eval(line, names)
        finally:
            plt.close("all")


@pytest.mark.slow
@pytest.mark.parametrize("line", [line for line in OPERATIONS if line not in RAISES])
def test_pandas_does_it(orders, tmp_path, line):
    run(line, orders, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("line", RAISES)
def test_what_pandas_refuses_has_a_documented_way_out(orders, tmp_path, line):
    with pytest.raises((TypeError, ValueError)):
        run(line, orders, tmp_path)
    run(RAISES[line], orders, tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    short = [re.sub(r'folder / "[a-z]+\.xlsx"', '"orders.xlsx"', one) for one in (line, RAISES[line])]
    assert all(one in page for one in short), short


def test_the_list_is_long_and_few_raise():
    assert len(set(OPERATIONS)) == len(OPERATIONS) >= 120
    assert set(RAISES) <= set(OPERATIONS)
    assert len(RAISES) <= 3
