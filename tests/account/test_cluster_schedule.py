"""Which worker does which stretch of which brand, and when."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import CancelledError

import pytest

from scalev_frames import errors
from scalev_frames.cluster import days as cut_days
from scalev_frames.cluster import schedule as cluster
from scalev_frames.cluster.days import Span, plan, read_folder
from scalev_frames.cluster.schedule import Done, Hour, Stretch


def test_stretches_hold_each_day_once_whatever_is_there_already(monkeypatch):
    monkeypatch.setattr(cut_days, "STRETCH_ROWS", 100)
    first = dt.date(2026, 1, 1)
    days = {first + dt.timedelta(days=number): number % 40 for number in range(200)}
    for there in (
        ["2026-02-01_2026-02-14", "2026-03-01_end"],
        ["start_2026-01-31", "2026-04-01_2026-04-01"],
        [],
        ["start_end"],
    ):
        for whole in (Span(None, None), Span(dt.date(2026, 1, 10), dt.date(2026, 5, 1))):
            spans = [span for span, _ in plan(days, whole, there)]
            names = {span.folder for span in spans}
            for day in days:
                if cut_days._is_in(day, whole):
                    assert sum(cut_days._is_in(day, span) for span in spans) == 1
            again = [span.folder for span, _ in plan(Counter(), whole, names | set(there))]
            assert again == [span.folder for span in spans]


@pytest.mark.parametrize("name", ["2026-13-01_end", "start_2026-02-30"])
def test_a_folder_of_days_that_there_are_none_is_no_stretch(name):
    assert read_folder(name) is None


def test_an_hour_is_shared_out_and_never_overdrawn():
    hour, now, sent = Hour(100, 3600.0), 0.0, []
    running = {}
    for number in range(40):
        while not hour.has_room(30, now):
            now += 60
            for name in [one for one, until in running.items() if until <= now]:
                del running[name]
                hour.end(name, 30, now)
                sent.append(now)
        hour.begin(str(number), 30)
        running[str(number)] = now + 300
    for last in sent:
        assert sum(30 for one in sent if last - 3600 < one <= last) <= 100
    assert Hour(10, 3600.0).has_room(500, 0.0)


class Future:
    def __init__(self, key, result):
        self.key, self.given = key, result

    def exception(self):
        return None

    def result(self):
        return self.given


def test_brands_take_turns_within_their_hours_and_what_failed_for_now_is_tried_later(monkeypatch):
    now, begun, failures = [0.0], [], Counter()
    stretches = [
        Stretch(business, business, "", b"", f"{business}/{number}", "orders", 30, {}, {})
        for business in "ab"
        for number in range(5)
    ]

    class Client:
        status = "running"

        def scheduler_info(self, **_):
            return {"workers": {"w1": {"resources": {"address": 1}}}}

        def submit(self, work, stretch, **how):
            assert how == {"resources": {"address": 1}, "pure": False}
            begun.append((now[0], stretch.path))
            return Future(f"{len(begun)}", work(stretch))

    def work(stretch):
        failures[stretch.path] += 1
        if stretch.path == "a/1" and failures[stretch.path] < 3:
            return Done(error="another run is writing", retryable=True)
        if stretch.path == "b/2":
            return Done(error="no such profile")
        return Done(10, 30)

    def finished(running):
        now[0] += 10
        return list(running)

    monkeypatch.setattr(cluster, "_check_workers", lambda _: None)
    monkeypatch.setattr(cluster, "_finished", finished)
    hours, told = {name: Hour(100, 3600.0) for name in "ab"}, []
    done = cluster.run(Client(), stretches, work, hours, told.append, clock=lambda: now[0])
    assert {stretch.path for stretch, result in done.items() if result.error} == {"b/2"}
    assert [path for _, path in begun[:6]] == ["a/0", "b/0", "a/1", "b/1", "a/2", "b/2"]
    again = [moment for moment, path in begun if path == "a/1"]
    assert len(again) == 3
    assert again[1] - again[0] >= 10 + 10  # it took 10 seconds itself
    assert again[2] - again[1] >= 10 + 20
    for name in "ab":
        moments = [moment for moment, path in begun if path.startswith(name)]
        assert all(sum(30 for one in moments if last - 3590 < one <= last) <= 100 for last in moments)
    assert told[-1].rows == 90


class Workers:
    """A client of two workers; each stretch is done at once by the first worker that it may be done by."""

    status = "running"

    def __init__(self, work):
        self.work, self.begun, self.cancelled = work, [], []

    def scheduler_info(self, **_):
        return {"workers": {address: {"resources": {"address": 1}} for address in ("w1", "w2")}}

    def submit(self, _, stretch, workers=("w1", "w2"), **__):
        self.begun.append((stretch.path, workers[0]))
        return Future(str(len(self.begun)), self.work(stretch, workers[0]))

    def cancel(self, futures):
        self.cancelled += futures


@pytest.fixture
def run_on(monkeypatch):
    """Runs five stretches each of two brands on two workers, in no time; all that is under way is done at once."""
    now = [0.0]

    def finished(running):
        now[0] += 10
        return list(running)

    monkeypatch.setattr(cluster, "_finished", finished)

    def run(work, told=None):
        client = Workers(work)
        pieces = [Stretch(name, name, "", b"", f"{name}/{n}", "orders", 30, {}, {}) for name in "ab" for n in range(5)]
        hours = {name: Hour(60, 3600.0) for name in "ab"}
        report = [].append if told is None else told.append
        done = cluster.run(client, pieces, None, hours, report, clock=lambda: now[0])
        return client, {stretch.path: result for stretch, result in done.items()}

    run.now = now
    return run


def test_a_brand_whose_hour_is_used_up_is_asked_no_more_and_the_other_is_whole(run_on):
    def work(stretch, worker):
        refused = Done(error="no request until 16:00:00", requests=2, retryable=True, wait=1800.0, worker=worker)
        return refused if stretch.path in ("a/1", "a/2") else Done(10, 30)

    client, done = run_on(work)
    assert {path for path, result in done.items() if result.error} == {"a/1", "a/2", "a/3", "a/4"}
    assert all("16:00:00" in result.error for result in done.values() if result.error)
    assert sum(result.requests for path, result in done.items() if path[0] == "a") == 32
    assert sum(path[0] == "a" for path, _ in client.begun) == 2
    assert sum(result.rows for path, result in done.items() if path[0] == "b") == 50


def test_what_failed_on_one_worker_is_done_by_another(run_on):
    def work(_, worker):
        return Done(error="no network", retryable=True, worker="w1") if worker == "w1" else Done(10, 30)

    client, done = run_on(work)
    assert not any(result.error for result in done.values())
    assert Counter(client.begun) == Counter({(path, worker): 1 for path in done for worker in ("w1", "w2")})


def test_where_every_worker_fails_each_stretch_is_tried_four_times(run_on):
    client, done = run_on(lambda _, worker: Done(error="no network", retryable=True, worker=worker))
    assert all(result.error == "no network" for result in done.values())
    assert set(Counter(path for path, _ in client.begun).values()) == {cluster.TRIES}


@pytest.mark.parametrize(
    ("stopped", "words"), [(KeyboardInterrupt, "interrupted"), (CancelledError, "cluster has stopped")]
)
def test_a_cluster_that_stops_and_ctrl_c_say_what_is_done(run_on, monkeypatch, stopped, words):
    finished = cluster._finished
    rounds = iter([finished, finished])

    def stop(running):
        if (one := next(rounds, None)) is None:
            raise stopped
        return one(running)

    monkeypatch.setattr(cluster, "_finished", stop)
    with pytest.raises(errors.InterruptedPullError, match=words) as caught:
        run_on(lambda *_: Done(10, 30))
    assert caught.value.kept == "4 of 10 parts are done."
    assert "Make the same call again" in str(caught.value)


def test_a_cluster_whose_workers_stay_away_ends_the_export_and_says_so(run_on, monkeypatch):
    finished, there = cluster._finished, {"w1": {"resources": {"address": 1}}}
    looks = iter([*[there] * 3, *[{}] * 14, there, *[{}] * 20])

    def nothing_is_done(running):
        finished(running)  # ten seconds
        return []

    monkeypatch.setattr(cluster, "_finished", nothing_is_done)
    monkeypatch.setattr(cluster, "LOOK_AT_WORKERS", 20.0)
    monkeypatch.setattr(Workers, "scheduler_info", lambda *_, **__: {"workers": next(looks)})
    with pytest.raises(
        errors.InterruptedPullError, match="no worker with the resource address for 5 minutes"
    ) as caught:
        run_on(lambda *_: Done(10, 30))
    assert caught.value.kept == "0 of 10 parts are done."
    assert len(list(looks)) == 20 - cluster.ALONE / 20  # counted from when they were there last


THERE, NOT_YET = {"w1": {"resources": {"address": 1}}, "w2": {"resources": {"address": 1}}}, {}


def silent():
    raise TimeoutError


def look_at(monkeypatch, *looks):
    """Let the scheduler answer these, and then that all workers are there."""
    answers = iter(looks)

    def scheduler_info(*_, **__):
        answer = next(answers, THERE)
        return {"workers": answer() if callable(answer) else answer}

    monkeypatch.setattr(Workers, "scheduler_info", scheduler_info)


@pytest.mark.parametrize("looks", [[THERE, silent], [silent], [silent] * 9, [NOT_YET] * 9, [THERE, *[NOT_YET] * 19]])
def test_workers_that_come_late_and_a_scheduler_that_is_silent_for_a_while_are_waited_for(run_on, monkeypatch, looks):
    finished = cluster._finished

    def nothing_is_done(running):
        return finished(running) if next(rounds, None) is None else finished({})

    rounds, told = iter(range(3 * len(looks))), []
    monkeypatch.setattr(cluster, "_finished", nothing_is_done)
    look_at(monkeypatch, *looks)
    _, done = run_on(lambda *_: Done(10, 30), told)
    assert sum(result.rows for result in done.values()) == 100
    assert (
        len(looks) == 1
        or [one.message for one in told].count("the cluster has no worker at present; it is waited for") == 1
    )


def test_a_computer_that_slept_for_an_hour_has_looked_once(run_on, monkeypatch):
    finished, rounds = cluster._finished, iter(range(4))

    def sleep(running):
        if next(rounds, None) is None:
            return finished(running)
        run_on.now[0] += 3600
        return []

    monkeypatch.setattr(cluster, "_finished", sleep)
    look_at(monkeypatch, THERE, THERE, silent, silent)
    _, done = run_on(lambda *_: Done(10, 30))
    assert sum(result.rows for result in done.values()) == 100


def test_a_cluster_of_other_workers_and_a_closed_client_are_refused(run_on, monkeypatch):
    look_at(monkeypatch, {"w1": {"resources": {}}, "w2": {"resources": {"GPU": 1}}})
    with pytest.raises(errors.BadValueError, match="No worker of this cluster has the resource address"):
        run_on(lambda *_: Done(10, 30))
    monkeypatch.setattr(Workers, "status", "closed")
    with pytest.raises(errors.BadValueError, match="client of the cluster is closed"):
        run_on(lambda *_: Done(10, 30))


def test_a_client_that_closes_while_all_wait_says_what_is_done(run_on, monkeypatch):
    finished = cluster._finished

    def close(running):
        if not running:
            monkeypatch.setattr(Workers, "status", "closed")
        return finished(running)

    monkeypatch.setattr(cluster, "_finished", close)
    with pytest.raises(errors.InterruptedPullError, match="cluster has stopped") as caught:
        run_on(lambda *_: Done(10, 30))
    assert caught.value.kept == "4 of 10 parts are done."


def test_what_waits_for_a_worker_that_leaves_is_done_by_another(run_on, monkeypatch):
    finished, there, tries = cluster._finished, dict(THERE), Counter()
    monkeypatch.setattr(Workers, "scheduler_info", lambda *_, **__: {"workers": there})
    monkeypatch.setattr(
        cluster, "_finished", lambda running: [one for one in finished(running) if one.given.worker in there]
    )

    def work(stretch, worker):
        if worker == "w2":
            there.pop("w2", None)
        tries[stretch.path] += worker == "w1"
        return Done(10, 30, worker=worker) if tries[stretch.path] > 1 else Done(0, 2, "no network", True, 0.0, worker)

    client, done = run_on(work)
    assert sum(result.rows for result in done.values()) == 100
    assert [path for path, worker in client.begun if worker == "w2"] == ["a/0"]
    assert [one.given.worker for one in client.cancelled] == ["w2"]


def test_a_worker_without_the_profile_is_passed_over_and_costs_the_hour_nothing(run_on):
    def work(stretch, worker):
        if worker == "w1" and stretch.business == "a":
            return Done(error="There is no stored profile", worker=worker, unfit=True)
        return Done(10, 30, worker=worker)

    client, done = run_on(work)
    assert sum(result.rows for result in done.values()) == 100
    assert Counter(worker for path, worker in client.begun if path[0] == "a") == {"w1": 2, "w2": 5}
    assert run_on.now[0] < 3 * 3600  # five of 30 requests, 60 an hour


def test_where_no_worker_has_the_profile_its_business_ends_at_once_and_the_other_is_whole(run_on):
    def work(stretch, worker):
        bad = Done(error="There is no stored profile", worker=worker, unfit=True)
        return bad if stretch.business == "a" else Done(10, 30, worker=worker)

    client, done = run_on(work)
    assert {path[0] for path, result in done.items() if result.error} == {"a"}
    assert len(done) == 10
    assert len([path for path, _ in client.begun if path[0] == "a"]) <= 4
    assert sum(result.rows for result in done.values()) == 50
