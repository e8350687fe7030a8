"""Values that were parsed cost later garbage collections nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from scalev_frames.frames.memory import collecting_seldom


@pytest.fixture
def nothing_frozen() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.freeze()


def made_young() -> bool:
    """Whether the next collections would go over a list that was made just now."""
    with collecting_seldom():
        made = [object()]
    return any(one is made for generation in (0, 1) for one in gc.get_objects(generation=generation))


@pytest.mark.usefixtures("nothing_frozen")
def test_what_was_made_counts_as_old() -> None:
    assert not made_young()
    assert gc.get_freeze_count() == 0


@pytest.mark.usefixtures("nothing_frozen")
def test_what_a_program_has_frozen_stays_so() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    assert made_young()
    assert gc.get_freeze_count() >= frozen - 100  # some of them may be gone since
