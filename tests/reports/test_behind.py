"""The rows behind every number of every report that is drawn: as many as the report counts."""

from __future__ import annotations

import pandas as pd
import pytest

from scalev_frames.account import Account
from scalev_frames.errors import UnknownNameError
from scalev_frames.reports import REPORTS, report, rows_behind
from scalev_frames.reports.behind import mask_behind
from scalev_frames.reports.compare import Period, within
from scalev_frames.reports.counting.prepare import Prepared
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

#: Columns of a report that count orders, each once.
COUNTED = {
    name: [one for one, kind in row.columns.items() if kind == "count" and one not in row.keys
           and one not in ("quantity", "completed_quantity", "returned_quantity", "customers", "days_since",
                           "days_since_completed", "recency", "frequency", "monetary")]
    for name, row in REPORTS.items() if row.chart and not row.needs_lines
}  # fmt: skip
COUNTED["segments"] = ["orders"]
COUNTED["repeat"] += ["flagged_repeat"]


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    with Sandbox(orders=300, limits=None) as running:
        settings = Settings(running.base_url, tmp_path_factory.mktemp("cache"), limits=((100_000, 10_000.0),))
        with Account(Key(running.api_key), settings) as api:
            yield api


@pytest.fixture(scope="module")
def orders(account):
    return account.orders(progress=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", COUNTED)
def test_each_number_counts_the_rows_behind_it(orders, name):
    made, row = report(name, orders), REPORTS[name]
    assert len(made)
    for _, line in made.head(12).iterrows():
        keys = {key: line[key] for key in row.keys}
        for column in COUNTED[name]:
            assert mask_behind(orders, name, keys, column).sum() == line[column], (keys, column)


@pytest.mark.slow
def test_spam_is_not_behind_a_number_and_rows_stay_as_they_are(orders):
    found = rows_behind(orders, "funnel", {"stage": "created"})
    pd.testing.assert_frame_equal(found, orders[~orders["is_probably_spam"].fillna(False).astype(bool)])


@pytest.mark.slow
def test_a_period_counts_its_own_rows_under_the_names_of_all(orders):
    days = orders["draft_time"].dt.date
    period = Period(days.quantile(0.3, "lower"), days.quantile(0.6, "lower"))
    part = within(Prepared(orders, spam=True).told_apart(), period)
    for name, key in (("handlers", "handler"), ("daily", "day"), ("products", "product"), ("segments", "segment")):
        made = report(name, part)
        for _, line in made.head(5).iterrows():
            found = rows_behind(orders, name, {key: line[key]}, since=period.since, until=period.until)
            assert len(found) == line["orders"]
            assert set(found["draft_time"].dropna().dt.date) <= {one.date() for one in pd.date_range(*period)}


def test_handlers_of_one_name_are_told_apart():
    orders = pd.DataFrame({"handler_id": ["7", "8", "8"], "handler_fullname": ["Sri"] * 3, "status": ["rts"] * 3})
    assert rows_behind(orders, "handlers", {"handler": "Sri (#8)"})["handler_id"].tolist() == ["8", "8"]


def test_a_missing_key_is_found_by_none():
    orders = pd.DataFrame({"platform": ["scalev", ""], "status": ["rts", "rts"], "final_variants": [{}, {"Kaos": 1}]})
    assert rows_behind(orders, "channels", {"platform": None}).index.tolist() == [1]
    assert rows_behind(orders, "products", {"product": "Kaos"}).index.tolist() == [1]
    assert rows_behind(orders, "products", {"product": None}).empty


@pytest.mark.slow
@pytest.mark.parametrize("as_lines", [True, False])
def test_the_lines_or_the_orders_behind_a_margin(account, as_lines):
    details = account.orders(details=True, limit=60, progress=False)
    frame = details.scalev.lines() if as_lines else details
    made = report("margin", frame)
    assert len(made) > 2
    for _, line in made.head(5).iterrows():
        found = rows_behind(frame, "margin", {"product": line["product"], "sku": line["sku"]})
        assert set(found["status"]) == {"completed"}
        assert (found["order__id"].nunique() if as_lines else len(found)) == line["orders"]


def test_keys_that_no_report_has_are_refused(orders):
    with pytest.raises(UnknownNameError):
        rows_behind(orders, "funnel", {"weather": "rain"})


def test_no_rows_have_no_rows_behind(orders):
    for name in COUNTED:
        assert rows_behind(orders.iloc[:0], name, {}).empty
