# %% [markdown]
# # The daily report
#
# Yesterday in numbers, against the day before; what is late; what is unpaid; a workbook to send on. The next cell
# holds everything that can be set: a schedule fills it in with papermill.
#
# ```
# papermill 03_daily_report.ipynb reports/daily.ipynb -p day yesterday -p language id
# ```
#
# With a key in `SCALEV_API_KEY` or in the key store it reports on your business, else on the embedded sandbox.

# %% tags=["parameters"]
day = "yesterday"  # or a day such as 2026-11-23
history_days = 30  # how many days the tables and pictures reach back
language = "en"  # or "id"
masked = True  # customers' names and phones as tokens in the workbook
folder = "data/exports"

# %%
from pathlib import Path

import pandas as pd

import scalev_frames as sf
from scalev_frames.reports import compare, report
from scalev_frames.sign_in import find_account

api = find_account() or sf.connect(sandbox=True)
today = pd.Timestamp.now(tz=api.settings.time_zone).normalize().tz_localize(None)
reported = today - pd.Timedelta(days=1) if day == "yesterday" else pd.Timestamp(day)
since = reported - pd.Timedelta(days=history_days)

# %%
orders = api.orders(since=since.date(), until=reported.date(), progress=False)
orders.attrs["as_of"], len(orders)

# %% [markdown]
# ## Key figures
#
# Each beside the same number of the day before, with the difference.

# %%
figures = compare("revenue", orders, reported.date(), reported.date(), language=language)
figures[["basis", "orders", "orders_before", "gross_revenue", "gross_revenue_before", "gross_revenue_percent"]]

# %%
daily = report("daily", orders, language=language)
daily.tail(7)

# %% [markdown]
# ## Pictures

# %%
from scalev_frames.notebook.pictures.pictures import pictures

drawn = pictures(orders, language)
drawn["daily"]

# %%
drawn["couriers"]

# %% [markdown]
# ## To do
#
# Shipments that should have arrived, and orders that wait for their money, oldest first.

# %%
overdue = report("overdue", orders, language=language)
overdue[["order_id", "shipped_time", "days", "courier", "receipt", "gross_revenue"]].head(10)

# %%
unpaid = report("unpaid", orders, language=language)
unpaid[["order_id", "created", "days", "age", "method", "gross_revenue"]].head(10)

# %% [markdown]
# ## What the words mean
#
# The answer to "why do the numbers differ?": each report says what it counted.

# %%
for note in daily.attrs["notes"]:
    print("-", note)

# %% [markdown]
# ## The workbook
#
# A cover with the key figures, a sheet for each report with its chart, and the definitions. It is named by its day and
# replaced as a whole: whoever has it open never sees half of it.

# %%
path = sf.report_workbook(
    orders,
    Path(folder) / f"daily-{reported:%Y-%m-%d}.xlsx",
    since=reported.date(),
    until=reported.date(),
    mask=masked,
    language=language,
)
print(path)
