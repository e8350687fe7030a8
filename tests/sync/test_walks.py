"""One list read by several walks: no row is lost or invented, whatever the server does with the cuts."""

from __future__ import annotations

import datetime as dt
import threading
import time
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.errors import BadRequestError, InvalidParametersError
from scalev_frames.sync.walks import Chain, Density, Walks
from scalev_frames.wire.paging import walk

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


class Server:
    """A newest-first list of orders, with ``until`` as its random access."""

    def __init__(self, rows, *, size=5, read_cut=lambda row, until: row["draft"] is None or row["draft"] <= until):
        self.rows = sorted(rows, key=lambda row: (row["created"], row["id"]), reverse=True)
        self.size = size
        self.read_cut = read_cut
        self.asked = []
        self.lock = threading.Lock()

    def page(self, params):
        time.sleep(0.0005)  # a breath, in which the other walks get on
        with self.lock:
            self.asked.append(dict(params))
            until = params.get("until")
            rows = [row for row in self.rows if until is None or self.read_cut(row, until)]
            if "last_id" in params:
                place = next(n for n, row in enumerate(rows) if row["id"] == params["last_id"]) + 1
                rows = rows[place:]
            part = rows[: self.size]
            return SimpleNamespace(
                data={"results": part, "has_next": len(rows) > self.size, "last_id": part[-1]["id"] if part else None}
            )


def row(number, minutes, skew=dt.timedelta(), *, undated=False):
    created = START + minutes * MINUTE
    return {"id": number, "created": created, "draft": None if undated else created + skew}


def read(server, *, seconds=1.0, lower=None, density=None, stop=None, absorb=None, chains=None):
    came = []

    def take(chain, page):
        came.extend(page.rows)
        return absorb(chain, page) if absorb else True

    walks = Walks(
        chains or [Chain(0, "/order", {}, lower=lower)],
        open_pages=lambda chain: walk(server.page, chain.params),
        absorb=take,
        moment=lambda one: one["created"],
        cut_moment=lambda one: one["draft"],
        cut_params=lambda params, cut: {**params, "until": cut},
        remember=lambda chains: None,
        request_seconds=lambda: seconds,
        rate=6.0,
        burst=30,
        learn=lambda: density,
        stop=stop or threading.Event(),
    )
    walks.run()
    return came, walks


ROWS = [row(number, 7 * number) for number in range(1000)]


def ids(rows):
    return sorted({one["id"] for one in rows})


def density_of(rows, **how):
    days = {}
    for one in rows:
        day = one["created"].replace(hour=0, minute=0, second=0, microsecond=0)
        days[day] = days.get(day, 0) + 1
    return Density(sorted(days.items()), **{"whole": True, **how})


def test_a_quick_server_is_read_by_one_walk_without_a_page_more():
    server = Server(ROWS)
    came, walks = read(server, seconds=0.0)
    assert len(came) == len(ROWS)
    assert len(server.asked) == 200
    assert len(walks.chains) == 1


@pytest.mark.parametrize("density", [None, density_of(ROWS), density_of(ROWS[500:], whole=False)])
def test_a_slow_server_is_read_by_many_walks_with_few_pages_more(density):
    server = Server(ROWS)
    came, walks = read(server, density=density)
    assert ids(came) == list(range(1000))
    assert len(walks.chains) > 4
    assert len(server.asked) <= 200 + 2 * len(walks.chains)
    assert len({str(sorted(asked.items(), key=str)) for asked in server.asked}) == len(server.asked)


def test_the_order_of_the_list_can_be_told_from_the_chains():
    server = Server(ROWS)
    _, walks = read(server, density=density_of(ROWS))
    uppers = [chain.upper for chain in walks.in_order()]
    assert uppers[0] is None
    assert uppers[1:] == sorted(uppers[1:], reverse=True)


def test_counts_cut_in_halves():
    density = density_of(ROWS)
    newest = ROWS[-1]["created"]
    cut = density.halfway(None, newest)
    below = sum(one["created"] < cut for one in ROWS)
    assert abs(below - 500) < 25


def test_a_lower_bound_ends_the_last_walk():
    lower = START + 3500 * MINUTE
    server = Server(ROWS)
    came, _ = read(server, lower=lower, density=density_of(ROWS))
    assert set(range(500, 1000)) <= set(ids(came))
    assert len(server.asked) < 150


def test_a_short_list_is_not_cut_below_its_end_more_than_pages_were_read():
    server = Server(ROWS[:20])
    came, _ = read(server)
    assert ids(came) == list(range(20))
    assert len(server.asked) <= 4 + 2 * 4 + 2


@pytest.mark.parametrize(
    "read_cut",
    [
        pytest.param(lambda row, until: True, id="ignored"),
        pytest.param(lambda row, until: row["draft"].date() <= until.date(), id="whole days"),
        pytest.param(lambda row, until: row["draft"].date() < until.date(), id="days before"),
        pytest.param(lambda row, until: row["draft"] <= until - 7 * 60 * MINUTE, id="another zone"),
        pytest.param(lambda row, until: row["draft"] <= until + 7 * 60 * MINUTE, id="another zone, later"),
        pytest.param(lambda row, until: False, id="nothing"),
    ],
)
@pytest.mark.parametrize("density", [None, density_of(ROWS)])
def test_whatever_the_server_makes_of_a_cut_every_row_comes(read_cut, density):
    came, _ = read(Server(ROWS, read_cut=read_cut), density=density)
    assert ids(came) == list(range(1000))


@pytest.mark.parametrize("error", [BadRequestError, InvalidParametersError])
def test_a_refused_cut_is_as_good_as_an_ignored_one(error):
    def refuse(row, until):
        raise error("refused")

    came, walks = read(Server(ROWS, read_cut=refuse), density=density_of(ROWS))
    assert ids(came) == list(range(1000))
    assert walks.cut_ignored


def test_an_ignored_cut_is_told():
    _, walks = read(Server(ROWS, read_cut=lambda row, until: True))
    assert walks.cut_ignored


def test_rows_without_the_time_that_cuts_go_by_are_not_hidden():
    rows = [row(number, 7 * number, undated=number % 50 == 7) for number in range(1000)]
    server = Server(rows, read_cut=lambda one, until: one["draft"] is not None and one["draft"] <= until)
    came, walks = read(server, density=density_of(rows))
    assert ids(came) == list(range(1000))
    assert walks.cut_ignored


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 3000), min_size=1, max_size=250),
    st.sampled_from([0, 30, 400, 5000]),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_any_list_with_any_skew_comes_whole(minutes, most_skew, chance, counted):
    rows = [row(number, minute, chance.randint(-5, most_skew) * MINUTE) for number, minute in enumerate(minutes)]
    # Every kind of skew is seen somewhere near the top, as it is in a list of the real thing.
    rows += [row(-1 - number, 3001 + number, most_skew * MINUTE) for number in range(3)]
    came, _ = read(Server(rows), density=density_of(rows) if counted else None)
    assert ids(came) == ids(rows)


def test_an_error_in_one_walk_stops_all_and_is_raised():
    server = Server(ROWS)
    plain = server.page

    def page(params):
        if len(server.asked) > 30:
            raise RuntimeError("broken")
        return plain(params)

    server.page = page
    with pytest.raises(RuntimeError, match="broken"):
        read(server, density=density_of(ROWS))
    assert len(server.asked) < 60


def test_stop_ends_all_walks():
    stop = threading.Event()
    server = Server(ROWS)
    came, walks = read(server, stop=stop, absorb=lambda chain, page: len(server.asked) < 20)
    assert len(server.asked) < 40
    assert not all(chain.done for chain in walks.chains)
    assert len(came) < 1000
