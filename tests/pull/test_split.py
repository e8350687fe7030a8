"""One list read by several workers is the list, whatever the server makes of a time filter and however answers come."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scalev_frames.pull.split.density import Density
from scalev_frames.pull.split.parts import Part
from scalev_frames.pull.split.timeline import Timeline
from scalev_frames.wire.answers.layout import BadPageError
from scalev_frames.wire.answers.paging import Pages

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
SIZE = 5


def row(number, minutes, draft="same"):
    created = START + minutes * MINUTE
    return made({"id": number, "draft": created if draft == "same" else draft}, created)


def made(one, created):
    one |= {"created": created, "created_at": created.isoformat()}
    return one


def obeys(row, until):
    return row["draft"] is not None and row["draft"] <= until


class Server:
    """A list in its own order, whatever the rows' moments; ``hides`` says what a time filter leaves over."""

    def __init__(self, rows, keeps=obeys, *, filtered_cursor=False):
        self.rows, self.keeps, self.filtered_cursor = list(rows), keeps, filtered_cursor
        self.asked = []

    def answer(self, params):
        self.asked.append(dict(params))
        until, rows = params.get("until"), self.rows
        cursor = params.get("last_id")
        if self.filtered_cursor and isinstance(cursor, str) and "@" in cursor:  # the cursor remembers its filter
            cursor, _, text = cursor.partition("@")
            until = dt.datetime.fromisoformat(text)
        if until is not None:
            rows = [one for one in rows if self.keeps(one, until)]
        if cursor is not None:
            # A deleted row's id is still a place: what stood behind it comes.
            place = next((n for n, one in enumerate(rows) if str(one["id"]) == str(cursor)), None)
            if place is None:
                place = next((n for n, one in enumerate(rows) if one["id"] > int(cursor)), len(rows)) - 1
            rows = rows[place + 1 :]
        part = rows[:SIZE]
        last = part[-1]["id"] if part else None
        if self.filtered_cursor and until is not None and last is not None:
            last = f"{last}@{until.isoformat()}"
        return SimpleNamespace(data={"results": part, "has_next": len(rows) > SIZE, "last_id": last}, body={})


def read(server, choose, *, workers=6, density=None, change=lambda: None, splits=(), below=None):
    """Drive a timeline: ``choose(n)`` says which of n open requests is answered next. Gives rows by part, in order."""
    top = Part(0, "/order", Pages({}))
    timeline = Timeline(top, splits=splits)
    timeline.estimate.density = density
    rows = {}
    running = []

    def absorb(taken):
        for part, own in taken:
            rows.setdefault(id(part), []).extend(own)

    while True:
        for part in list(timeline.ready()):
            part.busy = True
            running.append((part, None, server.answer(part.pages.asked())))
        for at in timeline.seeks(workers - len(running)):
            running.append((None, at, server.answer({"until": at})))
        if not running:
            if end := timeline.short_end():
                end.pages.read_on()
                end.ended = False
                continue
            if timeline.order() is not None:
                break
            absorb(timeline.read_in_one())
            continue
        part, at, response = running.pop(choose(len(running)))
        change()
        if part is not None:
            part.busy = False
            absorb(timeline.take(part, part.pages.take(response)))
            continue
        page = Pages({"until": at}).take(response)
        timeline.found(at, page, (below or below_by_row)(page) if page.following and page.rows else None)
    return [one["id"] for part in timeline.order() for one in rows.get(id(part), [])], timeline


def first(_):
    return 0


class WrongEnd(Server):
    """A list whose ``wrong``-th page says that there are no more."""

    def __init__(self, rows, wrong):
        super().__init__(rows)
        self.wrong = wrong

    def answer(self, params):
        found = super().answer(params)
        found.data["has_next"] = found.data["has_next"] and len(self.asked) != self.wrong
        return found


@pytest.mark.slow
@pytest.mark.parametrize("choose", [first, lambda n: n - 1], ids=["oldest", "newest"])
def test_an_end_behind_which_another_part_has_rows_is_no_end(choose):
    rows = [row(1000 - n, -10 * n) for n in range(120)]
    short = 0
    for wrong in range(2, 30):
        found, timeline = read(WrongEnd(rows, wrong), choose)
        if found != [one["id"] for one in rows]:  # nobody has read further down than the part that was ended
            assert timeline.order()[-1] is min(timeline.parts, key=lambda part: part.bottom)
            short += 1
    assert short < 12


def test_an_end_that_is_wrong_and_gives_no_cursor_is_an_error():
    pages = Pages({})
    pages.take(SimpleNamespace(data={"results": [row(1, 0)], "has_next": False}, body={}))
    with pytest.raises(BadPageError, match="said that a list ends"):
        pages.read_on()


class CursorServer:
    """The same list with cursors that only the server reads, and that hold no filter."""

    def __init__(self, rows, keeps=obeys):
        self.rows, self.keeps = list(rows), keeps
        self.asked = []

    def answer(self, params):
        self.asked.append(dict(params))
        rows, until, place = self.rows, params.get("until"), None
        if "next_cursor" in params:
            number = int(params["next_cursor"].strip("/"))
            place = next((at for at, one in enumerate(rows) if one["id"] >= number), len(rows))
            place += place < len(rows) and rows[place]["id"] == number
        rows = [one for at, one in enumerate(rows) if place is None or at >= place]
        if until is not None:
            rows = [one for one in rows if self.keeps(one, until)]
        cursor = f"/{rows[:SIZE][-1]['id']}/" if rows else None
        return SimpleNamespace(
            data={"results": rows[:SIZE], "has_next": len(rows) > SIZE, "next_cursor": cursor}, body={}
        )


def below_by_cursor(page):
    begins = dict(page.following)
    return Part(0, "/orders", Pages({}, position=begins), start=str(page.rows[-1]["id"]), begins=begins)


def below_by_row(page):
    begins = dict(page.following)
    return Part(0, "/order", Pages({}, position=begins), start=str(page.rows[-1]["id"]), begins=begins)


ROWS = [row(number, 10_000 - 7 * number) for number in range(600)]


def counts(rows, **how):
    days = {}
    for one in rows:
        day = one["created"].replace(hour=0, minute=0)
        days[day] = days.get(day, 0) + 1
    return Density(sorted(days.items()), **{"whole": True, **how})


@pytest.mark.parametrize("density", [None, counts(ROWS), counts(ROWS[300:], whole=False)])
def test_a_split_list_is_the_list_in_its_own_order_for_few_requests_more(density):
    server = Server(ROWS)
    ids, timeline = read(server, first, density=density)
    assert ids == [one["id"] for one in ROWS]
    assert len(timeline.parts) > 3
    assert len(server.asked) <= len(ROWS) / SIZE + 4 * len(timeline.parts)


def test_one_worker_asks_for_not_a_page_more():
    server = Server(ROWS)
    ids, _ = read(server, first, workers=0)
    assert (len(ids), len(server.asked)) == (600, 120)


@st.composite
def lists(draw):
    """A list with every oddity: rows without the filter's time, late ones, backdated ones, many at one moment."""
    count = draw(st.integers(0, 260))
    step = draw(st.sampled_from([0, 1, 7, 90]))
    rows = [row(number, 100_000 - step * number) for number in range(count)]
    for _ in range(draw(st.integers(0, 4)) if rows else 0):
        begin = draw(st.integers(0, count - 1))
        for one in rows[begin : begin + draw(st.sampled_from([1, 3, 40]))]:
            match draw(st.sampled_from(["undated", "late", "backdated", "same"])):
                case "undated":
                    one["draft"] = None
                case "late":
                    one["draft"] = one["created"] + draw(st.sampled_from([1, 60, 5_000, 90_000])) * MINUTE
                case "backdated":
                    one["draft"] = made(one, START + draw(st.integers(0, 90_000)) * MINUTE)["created"]
                case "same":
                    one["draft"] = made(one, rows[begin]["created"])["created"]
    return rows


FILTERS = {
    "obeyed": obeys,
    "ignored": lambda one, until: True,
    "by day": lambda one, until: one["draft"] is not None and one["draft"].date() <= until.date(),
    "rows without a time stay": lambda one, until: one["draft"] is None or one["draft"] <= until,
    "nothing": lambda one, until: False,
    "seven hours off": lambda one, until: one["draft"] is not None and one["draft"] <= until + 420 * MINUTE,
}


@settings(max_examples=150, deadline=None)
@given(lists(), st.sampled_from(sorted(FILTERS)), st.integers(0, 8), st.booleans(), st.randoms(use_true_random=False))
def test_the_rows_are_the_same_for_any_number_of_workers_filter_and_order_of_answers(
    rows, name, workers, counted, chance
):
    server = Server(rows, FILTERS[name])
    ids, _ = read(server, chance.randrange, workers=workers, density=counts(rows) if counted and rows else None)
    assert ids == [one["id"] for one in rows]


@settings(max_examples=150, deadline=None)
@given(lists(), st.integers(1, 8), st.randoms(use_true_random=False))
def test_rows_that_are_deleted_or_added_meanwhile_hide_no_other(rows, workers, chance):
    server = Server(rows)
    stay = {one["id"] for one in rows}

    def change():
        if server.rows and chance.random() < 0.3:
            gone = server.rows.pop(chance.randrange(len(server.rows)))
            stay.discard(gone["id"])
        if chance.random() < 0.2:
            server.rows.insert(0, row(-len(server.asked), 200_000))

    ids, _ = read(server, chance.randrange, workers=workers, change=change)
    assert stay <= set(ids)
    assert len([one for one in ids if one >= 0]) <= len(rows)
    known = [one for one in ids if one in stay]
    assert known == sorted(known)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 8), st.randoms(use_true_random=False))
def test_a_cursor_that_remembers_its_filter_is_found_out_where_the_parts_meet(workers, chance):
    rows = [row(number, 50_000 - 7 * number) for number in range(200)]
    for one in rows[::3]:
        one["draft"] = None  # hidden by the filter: the lower part's first row cannot be the next one of the list
    server = Server(rows, filtered_cursor=True)
    ids, timeline = read(server, chance.randrange, workers=workers)
    met = [part for part in timeline.parts[1:] if not part.dropped]
    assert set(ids) == {one["id"] for one in rows} or met  # parts that met by chance are for the counts to prove


def test_the_deletion_of_the_meeting_row_does_not_confuse_it():
    server = Server(ROWS)

    def change():
        starts = {part.start for part in timeline_parts}
        server.rows = [one for one in server.rows if str(one["id"]) not in starts]

    timeline_parts = []
    top = Part(0, "/order", Pages({}))
    timeline = Timeline(top)
    page = top.pages.take(server.answer({}))
    timeline.take(top, page)
    (at,) = timeline.seeks(1)
    page = Pages({"until": at}).take(server.answer({"until": at}))
    start = str(page.rows[-1]["id"])
    part = Part(0, "/order", Pages({}, position=dict(page.following)), start=start, begins=dict(page.following))
    timeline_parts.append(timeline.found(at, page, part))
    change()
    rows = {}
    while open_parts := list(timeline.ready()):
        for one in open_parts:
            for own, taken in timeline.take(one, one.pages.take(server.answer(one.pages.asked()))):
                rows.setdefault(id(own), []).extend(taken)
    order = timeline.order()
    ids = [one["id"] for part in order for one in rows.get(id(part), [])]
    assert ids == [one["id"] for one in ROWS[SIZE:] if str(one["id"]) != start]
    assert [part.start for part in order] == [None, start]


@pytest.mark.parametrize("gap", [5_000, 50_000, 500_000])
def test_beside_a_stretch_without_rows_no_part_stays_long(gap):
    rows = [row(number, 900_000 - 10 * number - (gap if number >= 300 else 0)) for number in range(600)]
    server = Server(rows)
    ids, timeline = read(server, first)
    assert ids == list(range(600))
    assert max(len(part.ids) for part in timeline.parts) <= 200
    assert len(server.asked) <= 600 / SIZE + 30


@settings(max_examples=200, deadline=None)
@given(lists(), st.sampled_from(sorted(FILTERS)), st.integers(0, 8), st.booleans(),
       st.randoms(use_true_random=False))  # fmt: skip
def test_parts_that_begin_at_cursors_are_the_list(rows, name, workers, counted, chance):
    server = CursorServer(rows, FILTERS[name])
    density = counts(rows) if counted and rows else None
    ids, _ = read(server, chance.randrange, workers=workers, density=density, below=below_by_cursor)
    assert ids == [one["id"] for one in rows]


@settings(max_examples=200, deadline=None)
@given(lists(), st.integers(1, 8), st.randoms(use_true_random=False))
def test_rows_that_are_deleted_or_added_meanwhile_hide_no_other_where_parts_begin_at_cursors(rows, workers, chance):
    server = CursorServer(rows)
    stay = {one["id"] for one in rows}

    def change():
        if server.rows and chance.random() < 0.3:
            stay.discard(server.rows.pop(chance.randrange(len(server.rows)))["id"])
        if chance.random() < 0.2:
            server.rows.insert(0, row(-len(server.asked), 200_000))

    ids, _ = read(server, chance.randrange, workers=workers, change=change, below=below_by_cursor)
    assert stay <= set(ids)


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("hidden", [(), range(100, 420), range(0, 600, 3)])
def test_parts_that_begin_at_cursors_cost_few_requests_more_whatever_the_filter_hides(hidden, counted):
    rows = [dict(one) for one in ROWS]
    for place in hidden:
        rows[place]["draft"] = None
    server = CursorServer(rows)
    ids, timeline = read(server, first, density=counts(rows) if counted else None, below=below_by_cursor)
    assert ids == [one["id"] for one in rows]
    assert len(timeline.order()) > 2
    assert len(server.asked) <= len(rows) / SIZE + (3 if hidden else 1.7) * len(timeline.parts)


def test_where_every_worker_reads_only_long_stretches_are_split():
    server = Server(ROWS)
    top = Part(0, "/order", Pages({}))
    timeline = Timeline(top)
    timeline.estimate.density = counts(ROWS)
    timeline.take(top, top.pages.take(server.answer({})))
    assert timeline.seeks(1, len(ROWS), only_long=True) == []
    assert len(timeline.seeks(1, len(ROWS) / 2, only_long=True)) == 1
