"""Two questions of colleagues, answered with what the panel offers and no code; docs/tutorial-ops.md has the steps."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from processes import LONG

from scalev_frames.notebook.panel import namespace
from scalev_frames.notebook.panel.workbench import Workbench


@pytest.fixture
def bench(api, tmp_path, monkeypatch):
    monkeypatch.setattr(namespace, "notebook_variables", dict)
    made = Workbench(api, folder=tmp_path)
    assert made.fetch()
    assert made.job.wait(LONG)
    return made


@pytest.mark.slow
def test_cod_returned_by_courier_and_city_last_month_against_the_month_before(bench, world):
    returned = [
        (one["courier_service"]["courier"]["name"], one["destination_address"]["city"],
         pd.Timestamp(one["rts_time"]).tz_convert("Asia/Jakarta").strftime("%Y-%m"))
        for one in world.world.rows("orders") if one["rts_time"] and one["payment_method"] == "cod"
    ]  # fmt: skip
    before, last = sorted({month for *_, month in returned})[-2:]
    months = f"{before} .. {last}"
    bench.tabs.look_at("tab_pivot")
    bench.pivot.choose(
        rows=["courier_service_courier_name", "destination_address_city"], columns=["rts_time (month)"],
        values=[("", "rows"), ("order_id", "filled", "change")], filters={"payment_method": "=cod", "rts_time": months},
    )  # fmt: skip
    shown = bench.pivot.made.frame
    assert not bench.pivot.problem
    wanted = Counter(one for one in returned if one[2] in (before, last))
    found, changes = {}, {}
    for line in shown[~shown["key_1"].isin(["", "Total"]) & (shown["key_0"] != "Total")].itertuples():
        found[line.key_0, line.key_1, before], found[line.key_0, line.key_1, last] = line.value_0, line.value_2
        changes[line.key_0, line.key_1] = line.value_3
    assert {key: count for key, count in found.items() if count} == wanted
    assert changes == {key: wanted[*key, last] - wanted[*key, before] for key in changes}
    assert shown.iloc[-1]["value_0"] + shown.iloc[-1]["value_2"] == wanted.total()


@pytest.mark.slow
def test_customers_with_three_completed_orders_who_bought_nothing_for_sixty_days_with_phone(bench):
    frame = bench.frame.copy()
    fetched = pd.Timestamp(frame.attrs["as_of"]).tz_convert("Asia/Jakarta")
    for number, phone in enumerate(["0811 1111 111", "+62 812-2222-222", "0813333333", "0814444444"]):
        rows = frame.index[number * 4 : number * 4 + 3]
        frame.loc[rows, "customer_phone"] = phone
        frame.loc[rows, ["status", "is_probably_spam"]] = ["completed", False]
        frame.loc[rows, "draft_time"] = fetched - pd.Timedelta(days=[61, 58, 90, 75][number])
    frame.loc[frame.index[10], "status"] = "canceled"  # the third one has two completed orders
    newer = frame.index[15]  # the fourth one ordered ten days ago, too, and canceled: that bought nothing
    frame.loc[newer, ["customer_phone", "status", "is_probably_spam"]] = ["0814444444", "canceled", False]
    frame.loc[newer, "draft_time"] = fetched - pd.Timedelta(days=10)
    bench.table.frame = frame
    bench.tabs.look_at("tab_reports")
    bench.reports.show(frame, "orders")
    bench.reports.choice.value = "customers"
    table = bench.reports.table
    table.filter({"Completed": ">=3", "Days since last completed order": ">=60"})
    found = table.view["Customer"].tolist()
    assert {"628111111111", "62814444444"} <= set(found)
    assert not {"628122222222", "62813333333"} & set(found)
    table.filter({"Completed": ">=3", "Days since last completed order": ">=60", "Days since last order": ">=60"})
    assert "628111111111" in table.view["Customer"].tolist()
    assert "62814444444" not in table.view["Customer"].tolist()
    assert table.sheet.columns[table.sheet.place("Customer")].series.notna().all()
