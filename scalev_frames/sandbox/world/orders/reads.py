"""The plain lists and single records of orders. Not thread-safe: `World` holds the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scalev_frames.catalog import Endpoint
from scalev_frames.sandbox.world.orders.details import OrderDetails
from scalev_frames.sandbox.world.orders.records import OrderRecords
from scalev_frames.sandbox.world.orders.statistics import statistics
from scalev_frames.sandbox.world.orders.table import OrderRow
from scalev_frames.sandbox.world.values import names
from scalev_frames.sandbox.world.values.from_shapes import Record


class NotThereError(LookupError):
    """There is no such record: the server's 404."""


class OrderReads:
    """Answers every read about orders but their list.

    Args:
        listed: what the list shows of them.
    """

    def __init__(self, listed: OrderRecords) -> None:
        self._book = listed.book
        self._details = OrderDetails(listed)

    def answer(self, endpoint: Endpoint, ids: Mapping[str, str], params: Mapping[str, str]) -> Any:  # noqa: ANN401
        """The ``data`` of a read.

        Raises:
            NotThereError: there is no such order.
            RefusedError: a parameter that cannot be read.
        """
        match endpoint.name:
            case "order_statistics":
                return statistics(self._book, params)
            case "order_tags":
                wanted = params.get("search", "").casefold()
                return [name for name in names.TAGS if wanted in name.casefold()]
            case "orders_by_pg_reference_ids":
                return self._by_references(params.get("pg_reference_ids", "").split(","))
            case "order_by_pg_reference_id":
                row = self._at(self._book.serial_of_reference(ids["pg_reference_id"]))
            case _:
                row = self.row(ids["id"])
        return self._about_order(endpoint, row, ids)

    def _about_order(self, endpoint: Endpoint, row: OrderRow, ids: Mapping[str, str]) -> Any:  # noqa: ANN401
        match endpoint.name:
            case "order":
                return self._details.detail(row)
            case "order_emails":
                return [self._details.filler.fill(endpoint.shape, email) for email in self._details.emails(row)]
            case "order_chat":
                chats = [chat for chat in self._details.chats(row) if str(chat["id"]) == ids["chat_id"]]
                if not chats:
                    raise NotThereError(endpoint.name)
                return self._details.filler.fill(endpoint.shape, chats[0])
            case _:
                return self._details.filler.fill(endpoint.shape, self._details.about(row).get(endpoint.shape, {}))

    def _by_references(self, references: Sequence[str]) -> dict[str, Record]:
        serials = {one: self._book.serial_of_reference(one) for one in references}
        rows = {one: self._at(serial) for one, serial in serials.items() if serial is not None}
        return {
            one: self._details.filler.fill("order_reference", self._details.about(row)["order_reference"])
            for one, row in rows.items()
        }

    def row(self, order_id: str) -> OrderRow:
        """The order with this id.

        Raises:
            NotThereError: there is none, or it was deleted.
        """
        return self._at(self._book.serial_of(order_id))

    def _at(self, serial: int | None) -> OrderRow:
        row = None if serial is None else self._book.rows(np.array([serial]))[0]
        if row is None or row.deleted:
            raise NotThereError("order")
        return row
