"""Whether a refresh gives the frame of a full pull and is never dearer, over random histories of odd orders.

One command: ``python benchmarks/histories.py --histories 300 --seed 1``. A history depends on its number alone: that of
a round that failed, which is printed, makes it again. Clock and sleep are injected, and nothing waits.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scalev_frames.account import Account
from scalev_frames.pull.reading import reader
from scalev_frames.sandbox import Behaviour, Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

#: No limit that is felt, and a rate at which one worker is enough.
FREE = ((100_000, 1_000_000.0),)
STATUSES = ("pending", "confirmed", "in_process", "ready", "shipped", "shipped_rts", "completed", "rts", "canceled")
PAYMENTS = ("unpaid", "paid", "settled", "conflict")
CALLS: tuple[Mapping[str, object], ...] = (
    {}, {"since": "2026-10-01"}, {"since": "2026-10-01", "until": "2026-11-15"}, {"status": "completed"},
    {"status": ["shipped", "completed", "rts"]}, {"store_id": 2}, {"payment_status": "paid"},
)  # fmt: skip
#: What the server's counts do with what they are asked.
COUNTS: Mapping[str, Callable[[Mapping[str, str]], Mapping[str, str]]] = {
    "obeying": lambda asked: asked,
    "payments ignored": lambda asked: {name: one for name, one in asked.items() if name != "payment_status"},
    "by draft time": lambda asked: {**asked, "datetime_type": "draft_time"},
    "refused": lambda asked: asked,
}


class Round(NamedTuple):
    """One refresh beside a full pull.

    Attributes:
        history: its number.
        kind: version, counts and call.
        way: ``changes`` or ``full``.
        requests: what the refresh sent.
        full: what a full pull sends.
        differs: columns that differ; ``rows`` where other orders are there.
        silent: those of them that no note names.
    """

    history: int
    kind: str
    way: str
    requests: int
    full: int
    differs: tuple[str, ...]
    silent: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether it was dearer than a full pull, or differs from it in silence."""
        return self.requests > self.full or bool(self.silent)


def change(world: World, chance: random.Random) -> None:
    """New orders, ordinary changes, and odd ones."""
    world.add_orders(chance.choice([0, 1, 20, 80]))
    days = dt.timedelta(days=chance.randrange(50))
    for one in chance.sample(world.order_ids(), chance.choice([0, 3, 15, 60])):
        match chance.randrange(9):
            case 0 | 1 | 2:
                world.change_status(one, chance.choice(STATUSES))
            case 3 | 4:
                world.change_payment(one, chance.choice(PAYMENTS))
            case 5:
                world.change_store(one, chance.choice([1, 2, 3]))
            case 6:
                world.add_orders(1, created_at=world.now - days)
            case 7:
                world.delete_order(one)
            case 8 if chance.random() < 0.3:
                world.change_draft_time(one, chance.choice([None, world.now - days]))


def make_odd(world: World, chance: random.Random) -> None:
    """Orders without a draft time, late ones and backdated ones."""
    for one in chance.sample(world.order_ids(), 12):
        moment = world.now - dt.timedelta(days=chance.randrange(60))
        match chance.randrange(3):
            case 0:
                world.change_draft_time(one, None)
            case 1:
                world.change_draft_time(one, moment)
            case 2:
                world.change_created(one, moment)


def silent(refreshed: pd.DataFrame, full: pd.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns in which two frames differ, and those that no note names."""
    notes = " ".join(refreshed.attrs["notes"])
    ours, theirs = (
        {str(one["id"]): one for one in frame.astype(object).to_dict("records")} for frame in (refreshed, full)
    )
    found = collections.Counter(
        name for one in ours.keys() & theirs.keys() for name in {*ours[one], *theirs[one]}
        if str(ours[one].get(name)) != str(theirs[one].get(name))
    )  # fmt: skip
    if strangers := len(ours.keys() ^ theirs.keys()):
        found["rows"] = strangers
    said = {name for name in found if _is_named(name, found[name], notes)}
    return tuple(found), tuple(name for name in found if name not in said)


def _is_named(name: str, orders: int, notes: str) -> bool:
    """Whether the notes say that a column may differ on N orders."""
    if "do not agree" in notes:
        return True
    cancel_out = "cancel out" in notes and orders > 1
    match name:
        case "status" | "gross_revenue":
            return cancel_out
        case "payment_status":
            return cancel_out or "payment_status may be old" in notes
        case "rows":
            return cancel_out or "moved into or out of the times" in notes or "that a time filter hides" in notes
    return "is seen only on" in notes


def rounds(history: int, orders: int = 1200) -> Iterator[Round]:
    """Play one history.

    Args:
        history: its number.
        orders: about how many orders there are when it begins.
    """
    chance = random.Random(history)
    version, counts, asked = chance.choice(["v2", "v3"]), chance.choice([*COUNTS]), chance.choice(CALLS)
    behaviour = Behaviour(hides_undated=chance.random() < 0.5, cursor=chance.choice(["id", "bound"]))
    world = World(chance.randint(orders // 2, 2 * orders), seed=chance.randint(1, 5), days=chance.choice([20, 60]),
                  behaviour=behaviour)  # fmt: skip
    answer = world.answer
    world.answer = lambda row, ids, params: answer(  # type: ignore[method-assign]
        row, ids, COUNTS[counts](params) if row.name == "order_statistics" else params
    )
    kind = f"{version}, {behaviour.cursor} cursors, counts {counts}, {asked or 'all orders'}"
    make_odd(world, chance)
    with Sandbox(world=world, limits=None) as sandbox, tempfile.TemporaryDirectory() as folder:
        key = sandbox.restricted_key("order:list", "order:read") if counts == "refused" else sandbox.api_key

        def account(name: str) -> Account:
            settings = Settings(base_url=sandbox.url(version), cache_dir=Path(folder, name), limits=FREE)
            return Account(Key(key), settings, sleep=lambda _: None, clock=lambda: world.now.timestamp())

        def pull(api: Account, **options: object) -> tuple[pd.DataFrame, int]:
            before = len(sandbox.requests)
            frame = api.orders(**asked, progress=False, **options)
            return frame, len(sandbox.requests) - before

        with account("kept") as api:
            pull(api)
            for number in range(chance.randint(1, 3)):
                change(world, chance)
                refreshed, requests = pull(api, max_age=0)
                with account(f"full {number}") as anew:
                    full, alone = pull(anew)
                way = "changes" if "brought up to date" in str(refreshed.attrs["notes"]) else "full"
                yield Round(history, kind, way, requests, alone, *silent(refreshed, full))


def main() -> None:
    """Print what failed, and count the rest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="the first history")
    parser.add_argument("--orders", type=int, default=1200, help="about how many orders there are")
    asked = parser.parse_args()
    reader.LONG_REQUEST = 60.0  # what a pull sends does not depend on how busy this machine is
    found: collections.Counter[str] = collections.Counter()
    for history in range(asked.seed, asked.seed + asked.histories):
        for one in rounds(history, asked.orders):
            found.update([one.way, "equal" if not one.differs else "differs, named" if not one.silent else "silent"])
            found["dearer"] += one.requests > one.full
            found["requests"] += one.requests
            found["requests of full pulls"] += one.full
            if one.failed:
                print(one, flush=True)
    print(f"{asked.histories} histories: " + ", ".join(f"{name} {number:,}" for name, number in found.items()))


if __name__ == "__main__":
    main()
