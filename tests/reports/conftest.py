"""Fixtures of this room."""

from __future__ import annotations

import pytest

from scalev_frames.catalog.endpoints import ORDER_COLUMNS
from scalev_frames.sandbox.world import World

ALWAYS_SENT = {"id", "created_at", "last_updated_at"}


@pytest.fixture(scope="module")
def world():
    return World(orders=320, seed=3, days=60)


@pytest.fixture(scope="module")
def records(world):
    """What a server sends that gives only the columns asked for."""
    return [{name: one[name] for name in one if name in {*ORDER_COLUMNS} | ALWAYS_SENT} for one in world.rows("orders")]


@pytest.fixture(scope="module")
def details(world):
    return [world.detail(one["id"]) for one in world.rows("orders")[:150]]
