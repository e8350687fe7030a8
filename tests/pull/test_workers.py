"""Workers of a pull: as many threads as jobs run at the same time, and no more."""

from __future__ import annotations

import threading

from scalev_frames.pull.reading.workers import Done, Workers

#: Seconds until jobs that should run at the same time count as one after the other.
LONG = 60.0


def threads():
    return {one for one in threading.enumerate() if one.name == "scalev-worker"}


def test_a_free_thread_takes_the_next_job_and_jobs_at_the_same_time_have_one_each():
    before, workers, both = threads(), Workers(), threading.Barrier(2, timeout=LONG)
    for number in range(3):
        workers.start(number, lambda: "answer")
        assert workers.next(LONG) == Done(number, "answer", None)
    assert len(threads() - before) == 1
    for number in range(2):
        workers.start(number, both.wait)
    assert {workers.next(LONG).job for _ in range(2)} == {0, 1}
    assert len(threads() - before) == 2
    workers.close()


def test_what_is_under_way_at_an_early_end_is_handed_over_but_for_failures():
    workers = Workers()

    def fail():
        raise ValueError("no answer")

    for job, fetch in {"good": lambda: "answer", "bad": fail}.items():
        workers.start(job, fetch)
    assert list(workers.last(LONG)) == [Done("good", "answer", None)]
    assert workers.running == 0
    workers.close()
