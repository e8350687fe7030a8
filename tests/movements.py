"""A list of every paging kind of the vendor's specifications, as rows of the catalog that a test adds to it."""

from __future__ import annotations

import pytest

from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.catalog import model as catalog_model
from scalev_frames.catalog.model import Basis
from scalev_frames.catalog.shapes import SHAPES

#: The keys beside the rows of every paging kind of the specifications.
KINDS: dict[str, tuple[str, ...]] = {
    "last_id": ("has_next", "last_id", "page_size"),
    "last_id_unsized": ("has_next", "last_id"),
    "two_keys": ("has_next", "last_updated_at", "last_id", "page_size"),
    "last_message_at": ("has_next", "last_message_at"),
    "last_inserted_at": ("has_next", "last_inserted_at"),
    "next": ("next",),
    "page": ("has_next", "page", "page_size"),
    "count": ("count",),
}
#: v3's envelope from an address of v2 is a paging kind of its own.
ROOT = "root_next_cursor"
CURSORS = [kind for kind in KINDS if kind not in ("page", "count")]


def path_of(kind: str) -> str:
    """The path of the list of one paging kind."""
    return f"/movements/{kind.replace('_', '-')}"


def add_movements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a list of each of `KINDS` to the catalog, one without any paging, and one with a required filter."""
    monkeypatch.setitem(catalog_model.ENUMS, "movement", ("pending", "available"))
    monkeypatch.setitem(
        SHAPES, "movement",
        "id:id name email balance_type status is_final:flag account:id amount:money created_at:time paid_time:time",
    )  # fmt: skip
    rows = {
        kind: Endpoint(
            kind, path_of(kind), "movement", "Movements.", envelope=envelope,
            paging="page" if kind in ("page", "count") else "cursor",
            filters="balance_type:movement@balance_type is_final:flag@is_final account_id:id@account search "
            "created_at_since:time created_at_until:time paid_since:time paid_until:time",
            bases={"paid": Basis("paid_time", since="paid_since", until="paid_until")},
        )
        for kind, envelope in KINDS.items()
    }  # fmt: skip
    rows["none"] = Endpoint("none", "/movements/none", "movement", "M.", paging="plain", rows_at="results")
    rows["wanted"] = Endpoint("wanted", "/movements/wanted", "movement", "M.", filters="ids", required=("ids",))
    for name, row in rows.items():
        monkeypatch.setitem(ENDPOINTS, name, row)
