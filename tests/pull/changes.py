"""Changes that orders go through."""

from __future__ import annotations

from pandas.testing import assert_frame_equal

STATUSES = ["pending", "confirmed", "in_process", "ready", "shipped", "shipped_rts", "completed", "rts", "canceled"]
PAYMENTS = ["unpaid", "paid", "settled", "conflict"]


def change(world, frame, chance, moves):
    """N changes in all directions."""
    status, payment = (frame.set_index("id")[name].to_dict() for name in ("status", "payment_status"))
    for one in chance.sample(list(frame["id"]), min(moves, len(frame))):
        if chance.random() < 0.25:
            world.change_payment(one, chance.choice([value for value in PAYMENTS if value != payment[one]]))
        else:
            world.change_status(one, chance.choice([value for value in STATUSES if value != status[one]]))


def same(refreshed, full):
    columns = sorted(set(refreshed.columns) | set(full.columns))
    assert set(refreshed.columns) == set(full.columns)
    assert_frame_equal(refreshed[columns], full[columns])
