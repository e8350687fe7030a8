# %% [markdown]
# # Explore your orders with pandas
#
# Short recipes to copy: each cell answers one question. The frame is an ordinary pandas DataFrame, so everything that
# you know of pandas works; what is particular to Scalev's data is said where it matters.
#
# Without a key this notebook runs on the embedded sandbox: a made-up shop with the same quirks as a real one.

# %%
import pandas as pd

import scalev_frames as sf
from scalev_frames.sign_in import find_account

api = find_account() or sf.connect(sandbox=True)
api

# %% [markdown]
# ## Fetch
#
# Days are Jakarta's, and an `until` day is included. Only the first call asks the server; a second one is served from
# what is kept on this computer, and `refresh=True` asks anew.

# %%
today = pd.Timestamp.now(tz=api.settings.time_zone).normalize()
since = (today - pd.Timedelta(days=21)).date()
orders = api.orders(since=since, progress=False)
print(f"{len(orders):,} orders since {since}, as of {orders.attrs['as_of']}, {orders.attrs['requests']} requests")

# %% [markdown]
# ## Look
#
# The rows stay in pandas and only fifty are in the browser: click a heading to sort, type to search all columns,
# select cells to see their sum, copy them to Excel. `table.view` is what you see, as a frame; `table.selected` are
# the selected cells.

# %%
from scalev_frames.notebook.table import Table

table = Table(
    orders,
    columns=[
        "order_id",
        "draft_time",
        "status",
        "payment_method",
        "payment_status",
        "store_name",
        "destination_address_city",
        "final_variants",
        "gross_revenue",
        "tags",
    ],
)
table

# %% [markdown]
# ## What is counted
#
# Everybody leaves spam out. A missing mark is not a mark, so it counts as "no spam".

# %%
real = orders[~orders["is_probably_spam"].fillna(False)]
print(f"{len(orders) - len(real)} orders are probably spam; {len(real)} are left")

# %%
real["status"].value_counts()

# %% [markdown]
# ## Money
#
# Amounts are rupiah, right to the sen. Missing is not zero: `min_count=1` keeps a
# group that holds no amount at all missing.

# %%
by_store = real.groupby("store_name").agg(
    orders=("order_id", "count"), gross=("gross_revenue", lambda amounts: amounts.sum(min_count=1))
)
by_store.sort_values("orders", ascending=False)

# %% [markdown]
# ## Days
#
# Times are in the account's zone, Asia/Jakarta, so an order of 00:30 in Jakarta belongs to that day although it is
# still the day before in UTC.

# %%
by_day = real.groupby([real["draft_time"].dt.date.rename("day"), "status"]).size().unstack(fill_value=0)
by_day.tail(7)

# %% [markdown]
# ## What was ordered
#
# The order list knows its items by the names that customers see. `frame.scalev.items()` gives one row an item.

# %%
items = real.scalev.items()
items.groupby("item")["quantity"].sum().sort_values(ascending=False).head(10)

# %% [markdown]
# ## Tags and campaigns

# %%
real.scalev.tags()["name"].value_counts()

# %%
utm = real.scalev.utm()
utm.fillna("(none)").value_counts(["utm_source", "utm_medium"]).head(10)

# %% [markdown]
# ## A pivot
#
# Drag fields into rows, columns, values and filters; totals are computed from the rows. A double click shows the
# rows behind a cell, and the code gives the same numbers, ready to copy.

# %%
from scalev_frames.notebook.pivot import Pivot

pivot = Pivot(real, name="real")
pivot.choose(["payment_method"], ["status"], [("gross_revenue", "sum"), ("gross_revenue", "sum", "share_row")])
pivot

# %%
print(pivot.code)

# %% [markdown]
# ## Pictures
#
# They draw what the reports count, leave spam out, and say below what was counted.

# %%
from scalev_frames.notebook.pictures.pictures import pictures

drawn = pictures(orders)
drawn["daily"]

# %%
drawn["funnel"]

# %%
drawn["products"]

# %%
drawn["provinces"]

# %%
drawn["couriers"]

# %% [markdown]
# ## Take it along
#
# One workbook with several sheets. `mask=True` turns customers' names, phones and addresses into tokens before
# anything is written: the same person keeps the same token, so counting still works.

# %%
path = sf.to_excel(
    {"Orders": real, "Items": items, "By day": by_day.reset_index()}, "data/exports/explore.xlsx", mask=True
)
print(path)
