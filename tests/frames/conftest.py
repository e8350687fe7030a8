"""Fixtures of this room."""

from __future__ import annotations

import pytest

from scalev_frames.sandbox.world import World
from tests.frames.exported import framed


@pytest.fixture(scope="module")
def details():
    world = World(orders=120, seed=5, days=40)
    return [world.detail(one["id"]) for one in world.rows("orders")]


@pytest.fixture(scope="module")
def orders(details):
    return framed(details)
