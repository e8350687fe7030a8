"""What the sandbox's tests share: one HTTP session, one small world, and lists read to their end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from scalev_frames.sandbox import Sandbox, World

Get = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def world() -> World:
    """A world that no test changes."""
    return World(orders=1500, seed=3)


@pytest.fixture(scope="session")
def orders(world: World) -> list[dict[str, Any]]:
    """Its orders."""
    return world.rows("orders")


@pytest.fixture(scope="session")
def sandbox(world: World) -> Iterator[Sandbox]:
    """A sandbox around it, without limits."""
    with Sandbox(world=world, limits=None) as running:
        yield running


@pytest.fixture
def get() -> Iterator[Get]:
    """GET of a path below the version, with the full key unless another one is given."""
    with requests.Session() as session:
        session.trust_env = False

        def get(sandbox: Sandbox, path: str, key: str | None = None, **params: Any) -> requests.Response:
            headers = {"Authorization": f"Bearer {sandbox.api_key if key is None else key}"}
            return session.get(
                sandbox.base_url + path, params=params, headers=headers, timeout=60, allow_redirects=False
            )

        yield get


@pytest.fixture
def read_all(get: Get) -> Callable[..., list[Any]]:
    """Every row of a list, by whatever cursor the server sends."""

    def read_all(sandbox: Sandbox, path: str, **params: Any) -> list[Any]:
        rows: list[Any] = []
        position: dict[str, Any] = {}
        while True:
            data = get(sandbox, path, **params, **position).json()["data"]
            rows += data["results"]
            if not data["has_next"]:
                return rows
            position = {"page": data["page"] + 1} if "page" in data else {"last_id": data["last_id"]}

    return read_all
