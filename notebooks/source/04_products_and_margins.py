# %% [markdown]
# # Products and margins
#
# What a product earns is in the order's lines: price, discounts and cost of goods (COGS). The order list has no
# lines, so each order's details are asked for once and kept: an order that has not changed is never asked for again.
# Scalev allows 10,000 requests an hour, so begin with a few days.

# %%
import pandas as pd

import scalev_frames as sf
from scalev_frames.sign_in import find_account

api = find_account() or sf.connect(sandbox=True)

# %% [markdown]
# ## What is sold, and what does it cost?
#
# The product list gives one row a product; its variants are a list inside. `frame.scalev.variants()` gives one row a
# variant. The list's variants carry no price: `api.product(id)` has it.

# %%
products = api.products(progress=False)
variants = products.scalev.variants()
print(f"{len(products):,} products, {len(variants):,} variants")
products[["id", "name", "item_type", "is_inventory", "created_at"]].head()

# %%
first = api.product(products["id"].iloc[0], progress=False)
prices = first.scalev.variants()
prices[["id", "name", "sku", "price", "cogs", "weight"]]

# %% [markdown]
# ## Lines of orders
#
# Completed orders of a few days: only they have earned anything. Line money is the **total of the line**, tax
# included; names that end in `_bt` are before tax, and margins are made of those.

# %%
today = pd.Timestamp.now(tz=api.settings.time_zone).normalize()
orders = api.orders(
    since=(today - pd.Timedelta(days=14)).date(),
    until=(today - pd.Timedelta(days=8)).date(),
    status="completed",
    progress=False,
)
lines = api.order_lines(orders, progress=False)
print(f"{len(orders):,} completed orders, {len(lines):,} lines")
lines[["order_id", "product_name", "variant_sku", "quantity", "product_price_bt", "discount_bt", "cogs_bt"]].head()

# %% [markdown]
# ## Margin by product
#
# The report says what it counted. A line without COGS is in no margin: not knowing a cost is not a cost of zero.

# %%
from scalev_frames.reports import report

margin = report("margin", lines)
for note in margin.attrs["notes"]:
    print("-", note)

# %%
margin.head(10)

# %%
largest = margin.head(10).assign(name=margin["product"] + "  " + margin["sku"])
largest = largest.set_index("name")["margin"].astype(float) / 1e6
axes = largest.plot.barh(figsize=(9, 4), color="#0f8f7c", xlabel="Margin, million rupiah", ylabel="")
axes.invert_yaxis()

# %% [markdown]
# ## The same by hand
#
# So that you can change it: per line, price less discounts less COGS, before tax.

# %%
known = lines.dropna(subset=["product_price_bt", "cogs_bt"]).copy()
known["discounts"] = known["discount_bt"].fillna(0) + known["discount_code_discount_bt"].fillna(0)
known["margin"] = known["product_price_bt"] - known["discounts"] - known["cogs_bt"]
by_product = known.groupby("product_name")[["quantity", "product_price_bt", "discounts", "cogs_bt", "margin"]].sum()
by_product.sort_values("margin", ascending=False).head(15)

# %% [markdown]
# ## Which lines have no cost yet?
#
# Fill in the COGS of these variants in Scalev, and the next margin is whole.

# %%
lines[lines["cogs_bt"].isna()].groupby(["product_name", "variant_sku"], dropna=False)["quantity"].sum()

# %% [markdown]
# ## Take it along

# %%
path = sf.to_excel({"Margin": margin, "Lines": lines, "Variants": variants}, "data/exports/margins.xlsx")
print(path)
