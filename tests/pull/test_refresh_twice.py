"""What a refresh finds by the counts alone, and what several of them say."""

from __future__ import annotations

import datetime as dt

import orjson
import pytest
from pull.memory import Memory

from scalev_frames.pull.refresh.notes import MARK
from scalev_frames.sandbox import World
from scalev_frames.wire.answers.response import Response
from tests.pull.changes import same


@pytest.mark.slow
def test_an_old_order_that_has_another_status_is_found_by_the_counts_and_several_refreshes_say_so_once():
    world = World(900, days=60)
    memory = Memory(world)
    kept = memory.full()
    old = kept.loc[kept["status"] == "completed", "id"]
    for number in (-5, -60):
        world.change_status(old.iloc[number], "canceled")  # no list of changes shows it
        memory.asked = 0
        frame, outcome = memory.refreshed(kept)
        assert memory.asked <= 20
        full = memory.full()
        same(frame, full)
        assert sum(note.startswith(MARK) for note in outcome.notes) == 1
        frame.attrs = {**full.attrs, "notes": list(outcome.notes)}
        kept = frame


class Precise(Memory):
    """Two versions of one order, whose times of change have more or fewer digits: the lists of changes have an older."""

    one, newer, older = "", "", ""

    def get(self, path, asked, call, alias=None):
        found = super().get(path, asked, call, alias)
        if path.endswith("statistics"):
            return found
        data = found.data
        for row in data["results"]:
            if row["id"] == self.one:
                is_old = any(name.endswith("_time_since") for name in asked)
                row["last_updated_at"], row["note"] = (self.older, "old") if is_old else (self.newer, "new")
        return Response(orjson.dumps(data), data, 0.0, body={"data": data})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("2026-11-23T08:00:00.500000Z", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:01Z", "2026-11-23T15:00:00+07:00"),
    ],
)
def test_the_later_of_two_versions_stays_however_their_times_are_written(newer, older):
    world = World(900, days=60)
    memory = Precise(world)
    kept = memory.full()
    world.add_orders(3)
    memory.one, memory.newer, memory.older = world.order_ids()[0], newer, older
    world.change_status(memory.one, "completed")
    frame, _ = memory.refreshed(kept)
    row = frame.loc[frame["id"] == memory.one].iloc[0]
    assert (row["note"], row["last_updated_at"]) == ("new", dt.datetime.fromisoformat(newer))
