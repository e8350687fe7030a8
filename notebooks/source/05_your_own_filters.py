# %% [markdown]
# # Your own filters
#
# The workbench (`01_start_here`) has a control for every filter. Here you build a panel of your own with a few lines
# of ipywidgets: one that asks exactly what your team asks every day.

# %%
import ipywidgets as ipw
import pandas as pd

import scalev_frames as sf
from scalev_frames.sign_in import find_account

api = find_account() or sf.connect(sandbox=True)

# %% [markdown]
# ## What can be asked for
#
# Every endpoint is a row of the catalog, with its filters and the values they take. Names and values are checked
# before anything is sent, and a wrong one is answered with the nearest good one.

# %%
from scalev_frames.catalog import ENDPOINTS

pd.DataFrame(
    [(one.name, one.kind, ", ".join(one.values)) for one in ENDPOINTS["orders"].filter_rows.values()],
    columns=["filter", "kind", "values"],
)

# %%
try:
    api.orders(payment_metod="cod")
except sf.ScalevError as error:
    print(error)

# %% [markdown]
# ## One: look at what is here
#
# Fetch once, then filter the frame as fast as you click. `interact` makes the controls from the arguments of a
# function.

# %%
from scalev_frames.notebook.table import Table

today = pd.Timestamp.now(tz=api.settings.time_zone).normalize()
orders = api.orders(since=(today - pd.Timedelta(days=14)).date(), progress=False)
columns = ["order_id", "draft_time", "status", "payment_method", "store_name", "handler_fullname", "gross_revenue"]
table = Table(orders, columns=columns)

stores = ["(all)", *sorted(orders["store_name"].dropna().unique())]
statuses = sorted(orders["status"].dropna().unique())


def look(store, status, cod_only):
    """Show the orders that meet all three."""
    chosen = orders[orders["status"].isin(status)]
    if store != "(all)":
        chosen = chosen[chosen["store_name"] == store]
    if cod_only:
        chosen = chosen[chosen["payment_method"] == "cod"]
    table.frame = chosen


ipw.interact(
    look,
    store=ipw.Dropdown(options=stores, description="Store"),
    status=ipw.SelectMultiple(options=statuses, value=statuses, rows=6, description="Status"),
    cod_only=ipw.Checkbox(description="COD only"),
)
table

# %% [markdown]
# ## Two: ask the server
#
# For what is not here yet. The choices are the catalog's own, and stores are chosen by name. A pull of some hundred
# orders takes a few seconds, so it hangs on a button and not on every click.

# %%
names = api.stores_simplified(progress=False)
rows = ENDPOINTS["orders"].filter_rows
store = ipw.Dropdown(options=[("(all)", None), *zip(names["name"], names["id"], strict=True)], description="Store")
status = ipw.SelectMultiple(options=rows["status"].values, rows=6, description="Status")
days = ipw.IntSlider(value=3, min=1, max=31, description="Days")
fetch = ipw.Button(description="Fetch", button_style="primary", icon="download")
said = ipw.Label()
found = Table(orders.iloc[:0], columns=columns)


def ask(_=None):
    """Fetch what is chosen and show it."""
    chosen = {"store_id": store.value, "status": list(status.value)}
    since = (today - pd.Timedelta(days=days.value)).date()
    try:
        found.frame = api.orders(since=since, progress=False, **{name: one for name, one in chosen.items() if one})
        said.value = f"{len(found.frame):,} orders, {found.frame.attrs['requests']} requests"
    except sf.ScalevError as error:
        said.value = str(error)


fetch.on_click(ask)
ipw.VBox([ipw.HBox([store, status, ipw.VBox([days, fetch, said])]), found])

# %%
ask()
said.value

# %% [markdown]
# ## Go on in pandas
#
# `found.frame` is everything that came, `found.view` what the search, the filters and the chosen columns leave of it,
# and `found.selected` the selected cells.

# %%
found.filter({"gross_revenue": ">=200000"})
found.sort([("gross_revenue", False)])
found.view.head()

# %%
sf.to_excel(found.view, "data/exports/chosen.xlsx")
