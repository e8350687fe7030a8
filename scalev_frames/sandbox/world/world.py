"""The data that a sandbox serves: tests ask it what a pull must return, and change it during a pull.

All methods may be called from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import orjson

from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.sandbox.world.behaviour import DOCUMENTED, Behaviour
from scalev_frames.sandbox.world.listings import Listings
from scalev_frames.sandbox.world.made_up import ROWS, after, cursors, filter_names, made_up, obeys, totals
from scalev_frames.sandbox.world.newer import with_newer
from scalev_frames.sandbox.world.orders.book import OrderBook
from scalev_frames.sandbox.world.orders.filters import RefusedError, find, known_filters
from scalev_frames.sandbox.world.orders.reads import NotThereError, OrderReads
from scalev_frames.sandbox.world.orders.records import MUST_ASK, OrderRecords
from scalev_frames.sandbox.world.orders.statistics import RETURNING_AS_SHIPPED
from scalev_frames.sandbox.world.orders.table import PAYMENT_STATUSES, STATUSES, Serials
from scalev_frames.sandbox.world.shop import Shop
from scalev_frames.sandbox.world.values.encodings import MISSING, dump, microseconds, moment_of
from scalev_frames.sandbox.world.values.from_shapes import Facts, Filler, Record

#: The default present of a world: fixed, so that the same seed gives the same world every day.
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
#: The most order records kept as JSON, about 4 KB each.
KEPT_RECORDS = 60_000

#: A row as JSON, and as the facts that filters look at.
Listed = tuple[bytes, Facts]


class Rows(NamedTuple):
    """One page of a list.

    Attributes:
        records: the JSON of each row.
        cursor: the id of the last row as JSON, ``null`` when there are no rows.
        has_next: whether there are more.
        envelope: the keys beside the rows that say how to go on.
        previous: the cursor that gives the page before this one, empty for the first page, ``None`` when this is it.
    """

    records: Sequence[bytes]
    cursor: bytes
    has_next: bool
    envelope: Mapping[str, Any]
    previous: Mapping[str, Any] | None


class World:
    """A business with its orders, the same for the same arguments.

    Args:
        orders: how many orders.
        seed: another seed, another business.
        now: the present; nothing later has happened. It moves on by itself with every change.
        days: over how many days before ``now`` the orders were made.
        behaviour: what kind of server shows it; may be set again at any time.

    >>> world = World(orders=50, seed=1)
    >>> rows = world.rows("orders")
    >>> len(rows), rows == World(orders=50, seed=1).rows("orders")
    (50, True)
    >>> world.detail(rows[0]["id"])["order_id"] == rows[0]["order_id"]
    True
    """

    def __init__(
        self,
        orders: int = 2000,
        seed: int = 1,
        now: datetime = NOW,
        days: int = 180,
        behaviour: Behaviour = DOCUMENTED,
    ) -> None:
        self.behaviour = behaviour
        self._sizes: dict[str, int] = {}
        self._gone: dict[str, set[int]] = {}
        start = microseconds(now)
        self.seed = seed
        self._lock = threading.RLock()
        self._shop, self._listings, self._filler, records = _business(seed, start)
        self._book = OrderBook(self._shop, orders, seed, start, days)
        self._records = records.of(self._book)
        self._reads = OrderReads(self._records)
        self._kept: dict[frozenset[str], dict[int, bytes]] = {}
        self._found = lru_cache(maxsize=64)(self._find)
        self._listed = lru_cache(maxsize=512)(self._list)

    @property
    def now(self) -> datetime:
        """The world's present, UTC."""
        return moment_of(self._book.now)

    @property
    def business_uid(self) -> str:
        """What names the business in ``b_uid``."""
        return str(self._shop.business["unique_id"])

    def __len__(self) -> int:
        """How many orders there are."""
        return len(self._book)

    # the truth -------------------------------------------------------------------------------------------------

    def rows(self, endpoint: str, **params: Any) -> list[Record]:  # noqa: ANN401 - any id or filter
        """What reading the whole list must return, as parsed JSON in the server's order.

        Args:
            endpoint: a name of the catalog.
            **params: path parameters, and filters as the server would be sent them.

        Returns:
            Records; a list of plain values as ``{value_column: value}``, a single record as a list of one.

        Raises:
            LookupError: a parent or record that is not there.

        >>> World(orders=10).rows("store_payment_methods", store_id=1)[0]
        {'payment_method': 'cod'}
        """
        row = ENDPOINTS[endpoint]
        texts = {name: _text(value) for name, value in params.items()}
        ids = {name: texts.pop(name) for name in row.path_parameters}
        if row.columns_hint:
            serials = self._orders(texts)[::-1]
            return [orjson.loads(record) for record in self._order_bytes(serials, frozenset())]
        if row.paging in ("cursor", "page"):
            return [orjson.loads(record) for record, _ in self._living(row, self._obeying(row, ids, texts))]
        return _records(row, orjson.loads(self.answer(row, ids, texts)))

    def detail(self, order_id: int | str) -> Record:
        """What ``/order/{id}`` returns, as parsed JSON.

        Raises:
            LookupError: there is no such order.
        """
        return self.rows("order", id=order_id)[0]

    # what happens ----------------------------------------------------------------------------------------------

    def add_orders(self, count: int, created_at: datetime | None = None) -> list[int | str]:
        """New orders come in, about one a minute; returns their ids, oldest first.

        Args:
            count: how many.
            created_at: date all of them back to this moment; they stand first in the list all the same.
        """
        with self._lock:
            serials = self._book.add(count, None if created_at is None else microseconds(created_at))
            return [self._order_id(serial) for serial in serials.tolist()]

    def order_ids(self) -> list[int | str]:
        """The ids of all orders in the list's order."""
        with self._lock:
            return [self._order_id(serial) for serial in self._orders({})[::-1].tolist()]

    def change_status(self, order_id: int | str, status: str) -> None:
        """Move an order to another status now, forwards or back.

        Raises:
            LookupError: there is no such order.
            ValueError: there is no such status.
        """
        if status not in STATUSES:
            raise ValueError(f"{status!r} is not one of {', '.join(STATUSES)}.")
        self._change(order_id, lambda serial: self._book.change_status(serial, status))

    def change_payment(self, order_id: int | str, payment_status: str) -> None:
        """Move an order to another payment status now.

        Raises:
            LookupError: there is no such order.
            ValueError: there is no such payment status.
        """
        if payment_status not in PAYMENT_STATUSES:
            raise ValueError(f"{payment_status!r} is not one of {', '.join(PAYMENT_STATUSES)}.")
        self._change(order_id, lambda serial: self._book.change_payment(serial, payment_status))

    def change_created(self, order_id: int | str, moment: datetime) -> None:
        """Change when an order was made; its place in the list, its id and its draft time stay.

        Raises:
            LookupError: there is no such order.
        """
        self._change(order_id, lambda serial: self._book.put(serial, created=microseconds(moment)))

    def change_draft_time(self, order_id: int | str, moment: datetime | None) -> None:
        """Change the draft time of an order, or take it away; ``created_at`` stays.

        Raises:
            LookupError: there is no such order.
        """
        stamped = MISSING if moment is None else microseconds(moment)
        self._change(order_id, lambda serial: self._book.put(serial, draft_time=stamped))

    def change_store(self, order_id: int | str, store_id: int) -> None:
        """Move an order to another store.

        Raises:
            LookupError: there is no such order or store.
        """
        places = [place for place, store in enumerate(self._shop.stores) if store["id"] == store_id]
        if not places:
            raise NotThereError("store")
        self._change(order_id, lambda serial: self._book.put(serial, store=places[0]))

    def set_rows(self, endpoint: str, count: int) -> None:
        """Let a list that is made up from the catalog have ``count`` rows."""
        with self._lock:
            self._sizes[endpoint] = count
            self._gone.pop(endpoint, None)
            self._listed.cache_clear()

    def delete_row(self, endpoint: str, number: int) -> None:
        """Let a row of a made-up list vanish, by its ``id``; a cursor that names it still works."""
        with self._lock:
            self._gone.setdefault(endpoint, set()).add(number)

    def delete_order(self, order_id: int | str) -> None:
        """Let an order vanish; a cursor that names it still works.

        Raises:
            LookupError: there is no such order.
        """
        self._change(order_id, lambda serial: self._book.put(serial, deleted=True))

    def _change(self, order_id: int | str, change: Callable[[int], None]) -> None:
        with self._lock:
            serial = self._reads.row(str(order_id)).serial
            change(serial)
            for kept in self._kept.values():
                kept.pop(serial, None)

    # what the server asks --------------------------------------------------------------------------------------

    def order_page(self, params: Mapping[str, str], size: int) -> Rows:
        """One page of the order list.

        Raises:
            RefusedError: a filter's value or a cursor that cannot be read.
        """
        with self._lock:
            cursor = self._cursor(params)
            found = self._orders(params)
            if self.behaviour.oldest_first:
                found, cursor = -found[::-1], None if cursor is None else -cursor
            end = len(found) if cursor is None else int(np.searchsorted(found, cursor))
            serials = np.abs(found[max(end - size, 0) : end][::-1])
            records = self._order_bytes(serials, MUST_ASK - set(params.get("columns", "").split(",")))
            last = self._order_id(int(serials[-1])) if len(serials) else None
            before = {"last_id": self._order_id(abs(int(found[end + size])))} if end + size < len(found) else {}
            return Rows(records, dump(last), end > size, {"last_id": last}, before if end < len(found) else None)

    def list_page(
        self, endpoint: Endpoint, ids: Mapping[str, str], params: Mapping[str, str], size: int, number: int
    ) -> Rows:
        """One page of any other list: by its ``number`` where it is read by numbers, else the one after the cursor.

        Raises:
            NotThereError: a parent is not there.
            RefusedError: a cursor that no row has.
        """
        every = self._obeying(endpoint, ids, params)
        listed = self._living(endpoint, every)
        keys = [key for key in endpoint.envelope_keys if key.startswith("last_") or key == "next"]
        if endpoint.paging == "cursor":
            start = len(self._living(endpoint, every[: after(every, keys, params)]))
        else:
            start = (number - 1) * size
        part = listed[start : start + size]
        has_next = start + size < len(listed)
        envelope = {**cursors(keys, part), "page": number, "count": len(listed)}
        if not has_next and "next" in envelope:
            envelope["next"] = None
        before = cursors(keys, listed[: start - size]) if start > size else {}
        if endpoint.paging == "page":
            before = {"page": number - 1}
        last = dump(part[-1][1].get("id") if part else None)
        return Rows([record for record, _ in part], last, has_next, envelope, before if start else None)

    def answer(self, endpoint: Endpoint, ids: Mapping[str, str], params: Mapping[str, str]) -> bytes:
        """The ``data`` of a plain list or a single record.

        Raises:
            NotThereError: a parent or the record is not there.
            RefusedError: a parameter that cannot be read.
        """
        if endpoint.name in _ORDER_READS:
            with self._lock:
                own = {RETURNING_AS_SHIPPED: "true"} if self.behaviour.returning_as_shipped else {}
                answer = self._reads.answer(endpoint, ids, {**params, **own})
                is_newer = self.behaviour.newer_orders and endpoint.name == "order"
                return with_newer(dump(answer)) if is_newer else dump(answer)
        listed = self._living(endpoint, self._obeying(endpoint, ids, params))
        if endpoint.shape == "count":
            return dump({"count": len(listed)})
        if endpoint.paging == "plain":
            rows = b"[%b]" % b",".join(record for record, _ in listed)
            if endpoint.rows_at == "buckets":
                return b'{"buckets":%b,"totals":%b}' % (rows, dump(totals([facts for _, facts in listed])))
            return b'{"%b":%b}' % (endpoint.rows_at.encode(), rows) if endpoint.rows_at else rows
        if not listed:
            raise NotThereError(endpoint.name)
        return listed[0][0]

    # orders ----------------------------------------------------------------------------------------------------

    def _orders(self, params: Mapping[str, str]) -> Serials:
        """The serials that obey the filters of ``params``, oldest first."""
        with self._lock:
            known = known_filters(params, self.behaviour.hides_undated)
            return self._found(tuple(sorted(known.items())), self._book.version)

    def _find(self, filters: tuple[tuple[str, str], ...], version: int) -> Serials:  # noqa: ARG002 - part of the cache's key
        return find(self._book, dict(filters))

    def _order_bytes(self, serials: Serials, left_out: frozenset[str]) -> list[bytes]:
        with self._lock:
            kept = self._kept.setdefault(left_out, {})
            missing = [serial for serial in serials.tolist() if serial not in kept]
            made = self._records.listed(np.array(missing, np.int64), left_out) if missing else []
            fresh = dict(zip(missing, made, strict=True))
            if sum(map(len, self._kept.values())) + len(fresh) <= KEPT_RECORDS:
                kept.update(fresh)
            found = [kept[serial] if serial in kept else fresh[serial] for serial in serials.tolist()]
            return list(map(with_newer, found)) if self.behaviour.newer_orders else found

    def _cursor(self, params: Mapping[str, str]) -> int | None:
        if "last_id" not in params:
            return None
        serial = self._book.serial_of(params["last_id"])
        if serial is None or (self.behaviour.forgets_deleted and self._book.table["deleted"][serial]):
            raise RefusedError("last_id")
        return serial

    def _order_id(self, serial: int) -> int | str:
        return self._book.order_id(serial, int(self._book.table["named"][serial]))

    # everything else -------------------------------------------------------------------------------------------

    def _obeying(self, endpoint: Endpoint, ids: Mapping[str, str], params: Mapping[str, str]) -> list[Listed]:
        asked = {name: params[name] for name in filter_names(endpoint) if name in params}
        return [one for one in self._listed(endpoint.name, tuple(ids.items())) if obeys(endpoint, one[1], asked)]

    def _living(self, endpoint: Endpoint, listed: list[Listed]) -> list[Listed]:
        gone = self._gone.get(endpoint.name)
        return [one for one in listed if one[1]["id"] not in gone] if gone else listed

    def _list(self, name: str, ids: tuple[tuple[str, str], ...]) -> list[Listed]:
        endpoint = ENDPOINTS[name]
        source = self._listings.sources.get(name)
        size = self._sizes.get(name, ROWS)
        listed = source(dict(ids)) if source else made_up(endpoint, dict(ids), self._book.now, size)
        if listed is None:
            raise NotThereError(name)
        if not endpoint.shape:
            return [(dump(facts.get("id", {"value": 1})), facts) for facts in listed]
        records = [self._filler.row(endpoint.shape, facts) for facts in listed]
        known = listed if source else [{**record, **facts} for record, facts in zip(records, listed, strict=True)]
        return list(zip(map(dump, records), known, strict=True))


@lru_cache(maxsize=4)
def _business(seed: int, start: int) -> tuple[Shop, Listings, Filler, OrderRecords]:
    """What never changes: worlds of one seed and present share it."""
    shop = Shop(seed, start)
    listings = Listings(shop)
    filler = Filler(listings.known_shapes(), start)
    return shop, listings, filler, OrderRecords(shop, filler)


def _records(row: Endpoint, data: Any) -> list[Record]:  # noqa: ANN401 - any JSON value
    """The records of a plain list or a single read."""
    if row.rows_at == "{}":
        return [{row.value_column: key, **value} for key, value in data.items()]
    listed = data[row.rows_at] if row.rows_at else data
    listed = listed if isinstance(listed, list) else [listed]
    return [one if isinstance(one, dict) else {row.value_column: one} for one in listed]


_ORDER_READS = frozenset(name for name, row in ENDPOINTS.items() if row.alias and row.paging in ("plain", "record"))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
