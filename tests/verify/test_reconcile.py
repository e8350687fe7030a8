"""What the server's statistics can say of a frame is said, and what they cannot is said, too."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scalev_frames import errors
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.header import Header
from scalev_frames.query import Query, make_query
from scalev_frames.sandbox import World
from scalev_frames.verify.reconcile import reconcile
from scalev_frames.verify.statistics import Statistics, merge, params, read, shared_filters

JAKARTA = ZoneInfo("Asia/Jakarta")


class Server:
    """A world whose statistics ignore some parameters and assume others."""

    def __init__(self, ignores: str = "", **assumes: str) -> None:
        self.world = World(orders=300)
        self.ignores, self.assumes = ignores.split(), assumes
        self.asked = 0

    def orders(self, **asked: str) -> pd.DataFrame:
        """The frame of a call."""
        query = make_query("orders", asked, JAKARTA, self.world.now)
        builder = FrameBuilder(query.endpoint.columns, JAKARTA.key)
        builder.add([row for one in query.params for row in self.world.rows("orders", **one) if query.includes(row)])
        frame, _ = builder.finish()
        header = Header(endpoint="orders", filters=query.filters, complete=True, as_of=self.world.now, rows=len(frame))
        return header.onto(frame)

    def count(self, query: Query, since: dt.datetime | None) -> Statistics:
        """The statistics of a call."""
        self.asked += 1
        lists = [params(JAKARTA, since, self.world.now, one) for one in shared_filters(query) or ()]
        sent = [{**self.assumes, **{name: one for name, one in each.items() if name not in self.ignores}}
                for each in lists]  # fmt: skip
        return merge((read(self.world.rows("order_statistics", **each), JAKARTA) for each in sent), JAKARTA)


@pytest.mark.parametrize("odd", ["2026-11-01", "soon", 5, 1.5, {}, [], True, None, -(10**25)], ids=str)
@pytest.mark.parametrize("column", ["created_at", "draft_time"])
def test_one_odd_moment_makes_a_column_of_texts_and_the_others_are_compared(column, odd):
    server = Server()
    rows = server.world.rows
    server.world.rows = lambda name, **asked: [
        {**row, column: odd} if name == "orders" and at == 3 else row for at, row in enumerate(rows(name, **asked))
    ]
    table = reconcile(server.orders(), JAKARTA, server.count)
    assert (table["verdict"] == "equal").sum() > 20


@pytest.mark.slow
def test_a_server_that_counts_by_the_draft_is_equal_too():
    server = Server(datetime_type="draft_time")
    orders = server.orders()
    undated = int(orders["draft_time"].isna().sum())
    assert undated > 0
    table = reconcile(orders, JAKARTA, server.count)
    assert table.attrs["equal"] is True
    assert f"{undated:,} orders have no draft_time" in table.attrs["verdict"]
    assert table["orders"].sum() == len(orders) - undated
    by_creation = reconcile(orders, JAKARTA, Server().count)
    assert by_creation.attrs["equal"] is True
    assert "draft_time" not in by_creation.attrs["verdict"]


def test_a_server_that_tells_no_statuses_apart_is_compared_by_day():
    server = Server(ignores="is_breakdown_status")
    table = reconcile(server.orders(), JAKARTA, server.count)
    assert table.attrs["equal"] is True
    assert table["day"].is_unique
    assert table["orders"].sum() == 300


@pytest.mark.parametrize(("amounts", "said", "equal"), [
    ([0.1, 0.2], 0.30000000000000004, True),
    ([12_345_678_901_234, 0.1, 0.2, 0.7], 12_345_678_901_235.002, True),
    ([0.1, 0.2], 0.31, False),
    ([12_345_678_901_234, 0.1], 12_345_678_901_235, False),
])  # fmt: skip
def test_a_server_that_adds_up_floats_is_equal_to_the_sen(amounts, said, equal):
    made, day = "2026-11-02T03:00:00Z", "2026-11-02"
    rows = [{"id": n, "created_at": made, "draft_time": made, "status": "ready", "gross_revenue": amount}
            for n, amount in enumerate(amounts)]  # fmt: skip
    builder = FrameBuilder(ENDPOINTS["orders"].columns, JAKARTA.key)
    builder.add(rows)
    header = Header(endpoint="orders", filters={}, complete=True, as_of=World(orders=1).now, rows=len(rows))
    counted = [{"day": day, "status": "ready", "count": len(rows), "gross_revenue": said}]
    table = reconcile(header.onto(builder.finish()[0]), JAKARTA, lambda *_: read(counted, JAKARTA))
    assert table.attrs["equal"] is equal
    assert (table["gross_revenue_difference"].tolist() == [0]) is equal


def test_a_frame_filtered_afterwards_by_what_the_server_does_not_count_is_equal():
    server = Server(datetime_type="draft_time")
    table = reconcile(server.orders().dropna(subset="draft_time"), JAKARTA, server.count)
    assert table.attrs["equal"] is True
    assert set(table.attrs) == {"as_of", "filters", "endpoint", "equal", "verdict"}


def test_the_days_before_the_first_order_of_a_frame_are_compared_where_they_were_asked_for():
    server = Server()
    since = server.orders()["created_at"].min().date() - dt.timedelta(days=3)
    orders = server.orders(since=str(since))
    asked = []
    reconcile(orders, JAKARTA, lambda query, first: asked.append(first) or server.count(query, first))
    assert asked == [dt.datetime.combine(since, dt.time.min, JAKARTA)]


def test_a_whole_frame_without_the_oldest_orders_differs_on_their_days():
    server = Server()
    orders = server.orders()
    recent = orders.loc[orders["created_at"] >= orders["created_at"].max() - pd.Timedelta(days=20)]
    whole = Header(endpoint="orders", filters={}, complete=True, as_of=server.world.now, rows=len(recent)).onto(recent)
    table = reconcile(whole, JAKARTA, server.count)
    assert table.attrs["equal"] is False
    assert table["orders_difference"].sum() == len(recent) - len(orders) < 0


def test_a_frame_filtered_to_its_newest_days_is_compared_on_those():
    server = Server()
    orders = server.orders()
    first = orders["created_at"].max().normalize() - pd.Timedelta(days=40)
    recent = orders.loc[orders["created_at"] >= first]
    table = reconcile(recent, JAKARTA, server.count)
    assert table.attrs["equal"] is True
    assert table["orders"].sum() == len(recent) < len(orders)


@pytest.mark.slow
def test_a_frame_filtered_afterwards_is_not_said_to_differ():
    server = Server()
    table = reconcile(server.orders().head(10), JAKARTA, server.count)
    assert table.attrs["verdict"] == "Not compared: 10 of 300 rows, filtered afterwards."
    assert table.attrs["equal"] is None
    assert "differs" not in set(table["verdict"])
    assert "filtered afterwards" in set(table["verdict"])


def test_a_frame_that_never_had_its_rows_differs():
    server = Server()
    orders = server.orders()
    cut = Header(endpoint="orders", filters={}, complete=True, as_of=server.world.now, rows=290).onto(orders.iloc[10:])
    table = reconcile(cut, JAKARTA, server.count)
    assert table.attrs["equal"] is False
    assert table["orders_difference"].sum() == -10


@pytest.mark.parametrize(("count", "others"), [(5, False), (6, True)])
def test_the_verdict_names_the_last_five_days_that_differ_with_what_they_lack(count, others):
    server = Server()
    orders = server.orders()
    days = orders["draft_time"].fillna(orders["created_at"]).dt.strftime("%Y-%m-%d")
    lacking = days.drop_duplicates().index[:count]
    header = Header(endpoint="orders", filters={}, complete=True, as_of=server.world.now, rows=len(orders) - count)
    said = reconcile(header.onto(orders.drop(lacking)), JAKARTA, server.count).attrs["verdict"]
    assert all(f"{day} (-1 order, Rp -" in said for day in sorted(days[lacking])[-5:])
    assert (" and others" in said) is others


@pytest.mark.parametrize(("ignores", "suspected"), [("", False), ("payment_status", True)])
def test_statistics_that_ignore_a_filter_are_suspected(ignores, suspected):
    server = Server(ignores=ignores)
    orders = server.orders(payment_status="paid")
    assert reconcile(orders, JAKARTA, Server().count).attrs["equal"] is True
    server.world.delete_order(orders["id"].iloc[0])
    table = reconcile(orders, JAKARTA, server.count)
    assert table.attrs["equal"] is False
    assert ("the same without payment_status" in table.attrs["verdict"]) is suspected
    assert server.asked == 2


def test_other_statuses_in_filtered_statistics_are_not_counted():
    server = Server(ignores="status")

    def count(query: Query, since: dt.datetime | None) -> Statistics:
        sent = [params(JAKARTA, since, server.world.now) for _ in shared_filters(query) or ()]
        asked = [one.get("status", "") for one in shared_filters(query) or ()]
        rows = [server.world.rows("order_statistics", **one) for one in sent]
        return merge((read(one, JAKARTA, status) for one, status in zip(rows, asked, strict=True)), JAKARTA)

    assert reconcile(server.orders(status="shipped"), JAKARTA, count).attrs["equal"] is True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "what"),
    [
        (
            errors.ForbiddenError("no", status_code=403),
            "This key may not read statistics (scope order:statistics:read)",
        ),
        (errors.InvalidParametersError("no", status_code=422, fields={"tz": ("bad",)}), "refuses its statistics (422)"),
        (errors.BadRequestError("no", status_code=400), "refuses its statistics (400)"),
        (errors.NotFoundError("no", status_code=404), "refuses its statistics (404)"),
        (errors.ServerError("down", status_code=502), "down"),
        (errors.AuthenticationError("wrong key", status_code=401), "wrong key"),
    ],
)
def test_refused_statistics_say_what_is_missing(error, what):
    server = Server()

    def refuse(query: Query, since: dt.datetime | None) -> Statistics:
        raise error

    with pytest.raises(type(error)) as caught:
        reconcile(server.orders(), JAKARTA, refuse)
    assert what in str(caught.value)
    assert "named fields" not in str(caught.value)


def test_only_whole_frames_of_orders_are_compared():
    server = Server()
    stores = Header(endpoint="stores", filters={}, complete=True, as_of=server.world.now).onto(
        pd.DataFrame({"id": ["1"]})
    )
    cut = Header(endpoint="orders", filters={}, complete=False, as_of=server.world.now).onto(server.orders())
    for frame in (stores, cut, server.orders(platform="shopee"), pd.DataFrame({"id": ["1"]})):
        with pytest.raises(errors.BadValueError):
            reconcile(frame, JAKARTA, server.count)
    assert server.asked == 0
    assert ENDPOINTS["order_statistics"].scope.split()[0] == "order:statistics:read"


def test_a_server_that_counts_no_gross_revenue_is_compared_by_orders_alone():
    server = Server()

    def count(query: Query, since: dt.datetime | None) -> Statistics:
        cells = server.count(query, since).cells
        return Statistics({cell: total._replace(gross=None) for cell, total in cells.items()}, JAKARTA)

    orders = server.orders()
    table = reconcile(orders, JAKARTA, count)
    assert table.attrs["equal"] is True
    assert "gross revenue not compared" in table.attrs["verdict"]
    assert table["gross_revenue_server"].isna().all()
    short = reconcile(orders.iloc[1:].assign(), JAKARTA, count)
    assert "Rp" not in short.attrs["verdict"]
