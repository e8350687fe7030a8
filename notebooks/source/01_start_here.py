# %% [markdown]
# # Start here
#
# Run the cell below (Shift+Enter): pick dates and filters, press **Fetch**, look at the table and the pictures, press
# **Export**. No code is needed; the panel shows the line of Python that does the same, for when you want more.
#
# Without a key this notebook runs on the embedded sandbox, a made-up shop that needs no network. For your own business
# press **Use my key** in the panel and type the key once. Panel berbahasa Indonesia: `sf.workbench(language="id")`.

# %%
import scalev_frames as sf
from scalev_frames.sign_in import find_account

bench = sf.workbench(find_account() or sf.connect(sandbox=True))
bench

# %% [markdown]
# What you fetched is an ordinary pandas DataFrame: in the variable that the panel names (`orders` at first), and in
# `bench.frame`. Go on with `02_explore_orders.ipynb`, or try:
#
# ```python
# orders.groupby("status")["gross_revenue"].sum()
# ```
