"""What the words of a report mean, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from scalev_frames.catalog import ENUMS
from scalev_frames.errors import BadValueError
from scalev_frames.reports import DEFINITIONS, Definitions
from scalev_frames.reports.words import definitions as words


def test_every_documented_status_has_one_place():
    groups = (words.WAITING, words.IN_PROGRESS, words.COMPLETED, words.LOST, frozenset({"closed"}))
    assert sum(map(len, groups)) == len(frozenset.union(*groups))
    assert frozenset.union(*groups) == frozenset(ENUMS["order_status"])


def test_the_words_of_the_shop():
    confirmed = ["completed", "confirmed", "in_process", "ready", "rts", "shipped", "shipped_rts"]
    assert sorted(DEFINITIONS.confirmed_or_later) == confirmed
    assert sorted(DEFINITIONS.lost) == ["canceled", "rts", "shipped_rts"]
    assert sorted(DEFINITIONS.paid) == ["paid", "settled"]


def test_an_override_is_one_call_s_own_and_any_collection_will_do():
    own = Definitions(lost=["rts"], overdue_days=3)
    assert own.lost == {"rts"}
    assert own.overdue_days == 3
    assert Definitions() == DEFINITIONS


@pytest.mark.parametrize(
    "wrong",
    [
        {"date_basis": "ordered"},
        {"time_zone": "Asia/Bandung"},
        {"follow_up_ages": (1, 2)},
        {"follow_up_ages": (0, 2, 2)},
        {"overdue_days": -1},
        {"paid": "paid"},
        {"as_of": dt.datetime(2026, 11, 23)},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadValueError):
        Definitions(**wrong)
