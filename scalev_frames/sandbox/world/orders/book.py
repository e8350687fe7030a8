"""How orders are named, found by their names, added and changed."""

from __future__ import annotations

import functools
import itertools
import string
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from scalev_frames.sandbox.world.orders import random_orders
from scalev_frames.sandbox.world.orders.table import (
    GATEWAY_METHODS,
    JAKARTA,
    LISTED_TIMES,
    METHODS,
    PAYMENT_STATUSES,
    STATUSES,
    TABLE_TYPE,
    TIMES,
    UUID_SINCE,
    OrderRow,
    Serials,
    Table,
)
from scalev_frames.sandbox.world.shop import Shop
from scalev_frames.sandbox.world.values.encodings import DAY, MISSING, SECOND, Scramble, moment_of

_MISSING_TIME = np.datetime64(MISSING, "us")
_TRIPLES = ["".join(letters) for letters in itertools.product(string.ascii_uppercase, repeat=3)]


@functools.cache
def _day_code(day: int) -> str:
    return f"{moment_of(day * DAY):%y%m%d}"


class OrderBook:
    """All orders of a business, and what can be asked and done about them. Not thread-safe: `World` holds the lock.

    Args:
        shop: what the orders are about.
        count: how many.
        seed: another seed, other orders.
        now: the present, in microseconds.
        days: over how many days before ``now`` they were made.
    """

    def __init__(self, shop: Shop, count: int, seed: int, now: int, days: int) -> None:
        self.shop = shop
        self.seed = seed
        self.now = now
        self.version = 0
        self._codes = Scramble(26**6, seed)
        self._uuids = Scramble(1 << 62, seed)
        self._references = Scramble(10**16, seed)
        self._external = Scramble(10**18, seed)
        self.customers = 0
        self._draws = 0
        self.table: Table = np.empty(0, TABLE_TYPE)
        self._append(random_orders.creation_times(self._generator(), count, now, days))

    def __len__(self) -> int:
        """How many orders there are, deleted ones not counted."""
        return int(len(self.table) - self.table["deleted"].sum())

    # names of orders -------------------------------------------------------------------------------------------

    def order_id(self, serial: int, named: int) -> int | str:
        """The id on the wire: a number for older orders, a UUIDv7 since mid-2026."""
        if named < UUID_SINCE:
            return 1_000_000 + 7 * serial
        number = self._uuids.number(serial)
        digits = f"{named // 1000:012x}7{number & 0xFFF:03x}{1 << 63 | number:016x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def code(self, serial: int, named: int) -> str:
        """The human key: the day in Jakarta and six letters."""
        front, back = divmod(self._codes.number(serial), len(_TRIPLES))
        return _day_code((named + JAKARTA) // DAY) + _TRIPLES[front] + _TRIPLES[back]

    def reference(self, serial: int) -> str:
        """The payment gateway's reference: 16 digits."""
        return f"{self._references.number(serial):016d}"

    def external_id(self, serial: int) -> str:
        """The marketplace's number: 18 digits."""
        return f"{self._external.number(serial):018d}"

    def serial_of(self, order_id: str) -> int | None:
        """The serial with this id on the wire, of a deleted order, too; ``None`` when there never was one."""
        if order_id.isdecimal():
            serial, rest = divmod(int(order_id) - 1_000_000, 7)
            candidates = [serial] if not rest else []
        else:
            try:
                candidates = [self._uuids.serial(int(order_id.replace("-", "")[16:], 16) & ((1 << 62) - 1))]
            except ValueError:
                candidates = []
        return self._first_that(
            candidates, lambda serial: str(self.order_id(serial, self._named(serial))) == order_id.lower()
        )

    def serial_of_code(self, code: str) -> int | None:
        """The serial with this human key."""
        key = code.strip().upper()
        letters = key[-6:]
        if len(letters) < 6 or not (letters.isascii() and letters.isalpha()):
            return None
        number = functools.reduce(lambda total, letter: total * 26 + ord(letter) - 65, letters, 0)
        serial = self._codes.serial(number)
        return self._first_that([serial], lambda serial: self.code(serial, self._named(serial)) == key)

    def serial_of_reference(self, reference: str) -> int | None:
        """The serial with this reference of the payment gateway, when it is paid through one."""
        return self._numbered(
            reference, 16, self._references, lambda serial: METHODS[self.table["method"][serial]] in GATEWAY_METHODS
        )

    def serial_of_external_id(self, external_id: str) -> int | None:
        """The serial with this number of a marketplace, when it comes from one."""
        return self._numbered(external_id, 18, self._external, lambda serial: bool(self.table["platform"][serial] > 0))

    def _numbered(self, text: str, digits: int, numbers: Scramble, has_one: Callable[[int], bool]) -> int | None:
        is_number = text.isdecimal() and len(text) == digits
        return self._first_that([numbers.serial(int(text))], has_one) if is_number else None

    def _named(self, serial: int) -> int:
        return int(self.table["named"][serial])

    def _first_that(self, candidates: Sequence[int], is_it: Callable[[int], bool]) -> int | None:
        return next((one for one in candidates if 0 <= one < len(self.table) and is_it(one)), None)

    # reading ---------------------------------------------------------------------------------------------------

    def rows(self, serials: Serials) -> list[OrderRow]:
        """The orders at ``serials``."""
        return [OrderRow._make(record) for record in self.table[serials].tolist()]

    def moments(self, serials: Serials) -> list[list[datetime | None]]:
        """The times of `LISTED_TIMES` of the orders at ``serials``, as naive UTC."""
        columns = np.stack([self.table[name][serials] for name in LISTED_TIMES], axis=1).astype("datetime64[us]")
        columns[columns == _MISSING_TIME] = np.datetime64("NaT", "us")
        return columns.tolist()  # type: ignore[no-any-return]

    # changing --------------------------------------------------------------------------------------------------

    def add(self, count: int, created: int | None = None) -> Serials:
        """New orders, about one a minute from the present on; the present moves along.

        With ``created`` they are made now and dated back to that one moment: they stand first in the list all the same.
        """
        generator = self._generator()
        gaps = generator.integers(20 * SECOND, 100 * SECOND, count)
        moments = self.now + np.cumsum(gaps)
        self.now = int(moments.max(initial=self.now - SECOND)) + SECOND
        first = len(self.table)
        self._append(moments if created is None else np.full(count, created))
        return np.arange(first, len(self.table), dtype=np.int64)

    def change_status(self, serial: int, status: str) -> None:
        """Move an order to ``status`` now; times of later states are taken back."""
        place = STATUSES.index(status)
        row = self.table[serial]
        row["status"] = place
        for later in TIMES[place + 1 :]:
            row[later] = MISSING
        self._touch(serial)
        row[TIMES[place]] = self.now

    def change_payment(self, serial: int, payment_status: str) -> None:
        """Move an order to ``payment_status`` now."""
        self._touch(serial)
        self.table["payment_status"][serial] = PAYMENT_STATUSES.index(payment_status)
        self.table["paid_time"][serial] = self.now if payment_status in ("paid", "settled") else MISSING

    def put(self, serial: int, **values: int) -> None:
        """Change columns of an order now; its place in the list, its id and its code stay."""
        for name, value in values.items():
            self.table[name][serial] = value
        self._touch(serial)

    def _touch(self, serial: int) -> None:
        self.now += SECOND + 1
        self.table["updated"][serial] = self.now
        self.version += 1

    def _generator(self) -> np.random.Generator:
        """A source of chance for one draw; the next draw has another one."""
        self._draws += 1
        return np.random.default_rng([self.seed, self._draws])

    def _append(self, created: Serials) -> None:
        more = random_orders.draw_orders(self.shop, self._generator(), created, self.now, self.customers)
        first = len(self.table)
        more["serial"] = np.arange(first, first + len(more))
        self.table = np.concatenate([self.table, more])
        self.customers = int(self.table["customer"].max(initial=-1)) + 1
        self.version += 1
