"""Orders prepared once for every report: spam left out, columns exact, and everything odd noted.

Everything is counted on Arrow arrays: exact decimals, missing values that stay missing, and a group-by that is faster
than one of pandas.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scalev_frames.catalog.statuses import spelled
from scalev_frames.errors import BadValueError
from scalev_frames.frames import Header
from scalev_frames.frames.children import BUSINESS, expand
from scalev_frames.frames.money import inexact
from scalev_frames.reports.counting.columns import MOMENT, READERS, as_count, as_text, is_naive
from scalev_frames.reports.words.definitions import DATE_BASES, DEFINITIONS, Definitions
from scalev_frames.reports.words.phrases import check_language, phrase
from scalev_frames.reports.words.rows import NAMED
from scalev_frames.settings import find_zone

#: Which column the sets of `Definitions` are words of; the others are statuses.
COLUMN_OF = {
    "paid": "payment_status",
    "unpaid": "payment_status",
    "cod": "payment_method",
    "transfer": "payment_method",
}


class Prepared:
    """A frame of orders, ready to be counted: columns are read once, as Arrow arrays, spam left out.

    Args:
        orders: any frame of orders; a column that is not there counts as missing.
        definitions: what the words mean.
        language: of the notes, ``en`` or ``id``.
        spam: count spam, whatever the definitions say.

    Raises:
        BadValueError: another language, or a zone that there is not.

    Attributes:
        rows: how many orders are counted.
        left_out: how many are not, because they are probably spam.
        spam_unknown: how many of the counted ones have no spam mark.
        knows_spam: whether any order has a spam mark; without one, leaving spam out means nothing.
        zone: the time zone of the days.
        as_of: the moment up to which ages count, UTC; ``None`` when it is not known.

    >>> orders = pd.DataFrame({"status": ["completed", "rts"], "is_probably_spam": [False, True]})
    >>> prepared = Prepared(orders)
    >>> prepared.rows, prepared.left_out, prepared.has("completed").to_pylist()
    (1, 1, [True])
    """

    def __init__(
        self, orders: pd.DataFrame, definitions: Definitions = DEFINITIONS, language: str = "en", *, spam: bool = False
    ) -> None:
        self.orders = orders
        self._frame = orders.copy(deep=False)
        self._frame.attrs = {}  # pandas would copy them for every column that is read
        self.definitions = definitions
        self.language = language
        check_language(language)
        self.zone = definitions.time_zone or Header.of(orders).zone.key
        find_zone(self.zone)
        self._columns: dict[tuple[str, str], pa.Array] = {}
        self._problems: dict[str, str] = {}
        self._blank: dict[str, bool] = {}
        self._items: tuple[pa.Array, pa.Array, pa.Array] | None = None
        self._kept: pa.Array | None = None
        self.left_out = self.spam_unknown = 0
        self.knows_spam = True
        if definitions.exclude_spam and not spam:
            said = self.flag("is_probably_spam")
            self.spam_unknown = said.null_count
            self.knows_spam = said.null_count < len(said) or not len(said)
            is_spam = pc.fill_null(said, fill_value=False)
            self.left_out = pc.sum(is_spam).as_py() or 0
            self._kept = pc.invert(is_spam) if self.left_out else None
            self._columns.clear()
        self.rows = len(orders) - self.left_out
        self.as_of = self._as_of()

    def where(self, mask: pa.Array, names: Iterable[str]) -> Prepared:
        """The orders where ``mask`` is known to hold, with the columns ``names`` alone, prepared alike."""
        places = self.places[pc.fill_null(mask, False).to_numpy(zero_copy_only=False)]
        chosen = self.orders[[name for name in dict.fromkeys((BUSINESS, *names)) if name in self.orders]].iloc[places]
        definitions = replace(self.definitions, as_of=self.as_of, time_zone=self.zone)
        return Prepared(chosen, definitions, self.language, spam=True)

    @property
    def places(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The place of each counted order in the frame."""
        return np.arange(len(self.orders)) if self._kept is None else np.flatnonzero(self._kept)

    @cached_property
    def has_several_businesses(self) -> bool:
        """Whether the orders are of several businesses, whose ids may be the same."""
        return BUSINESS in self.orders and self.orders[BUSINESS].nunique() > 1

    @cached_property
    def repeated(self) -> int:
        """The number of counted rows whose order another row has, too."""
        ids = self.ids("id").drop_null()
        return len(ids) - len(ids.unique())

    # Columns -----------------------------------------------------------------------------------------------------

    def text(self, name: str) -> pa.Array:
        """A column as text; an empty text is missing."""
        return self._column("text", name)

    def ids(self, name: str) -> pa.Array:
        """A column of ids, the business before each where the orders are of several businesses."""
        found = self.text(name)
        if not self.has_several_businesses:
            return found
        return pc.binary_join_element_wise(self.text(BUSINESS), found, pa.scalar(" ", found.type))

    def money(self, name: str) -> pa.Array:
        """A column of rupiah as exact decimals of at least two places."""
        return self._column("money", name)

    def put_money(self, name: str, amounts: pa.Array) -> None:
        """Count ``amounts`` for a column, in the place of its own."""
        self._columns["money", name] = amounts

    def count(self, name: str) -> pa.Array:
        """A column of whole numbers."""
        return self._column("count", name)

    def flag(self, name: str) -> pa.Array:
        """A column of yes and no."""
        return self._column("flag", name)

    def moment(self, name: str) -> pa.Array:
        """A column of moments, UTC."""
        return self._column("moment", name)

    def dated(self, basis: str | None = None) -> pa.Array:
        """The moment that dates each order by ``basis``, by the definitions' own one when left out."""
        names = DATE_BASES[basis or self.definitions.date_basis]
        return pc.coalesce(*map(self.moment, names)) if len(names) > 1 else self.moment(names[0])

    def has(self, word: str) -> pa.Array:
        """Whether each order has a status that a definition names; an order without a status has not.

        Where no order has a status, all values are missing.

        Args:
            word: the name of a set of `Definitions`, such as ``completed`` or ``paid``.
        """
        words = getattr(self.definitions, word)
        return self.among(COLUMN_OF.get(word, "status"), words)

    def among(self, name: str, words: Iterable[str]) -> pa.Array:
        """Whether a column of text holds one of ``words``, however spelled; missing where it is missing in all rows."""
        values = self.text(name)
        if nothing_known(values):
            return pa.nulls(len(values), pa.bool_())
        wanted, found = set(map(spelled, words)), values.dictionary_encode()
        is_one = pa.array([spelled(word) in wanted for word in found.dictionary.to_pylist()], pa.bool_())
        return pc.fill_null(is_one.take(found.indices), fill_value=False)

    def named(self, *columns: str) -> pa.Array:
        """The names in a column; where a column of ids stands before it, each id's first name, told apart by the id."""
        *ids, names = columns
        return tell_apart(self.ids(*ids), self.text(names))[0] if ids else self.text(names)

    def told_apart(self) -> Prepared:
        """The same orders with their names replaced by those of `named`, so that every part of them has the same."""
        people = {
            one: name for one, name in NAMED.items() if one != "variant" and {one, name} <= set(self.orders.columns)
        }
        names = {name: self.named(one, name) for one, name in people.items()}
        if not names or self._kept is not None:
            return self
        columns = {name: pd.array(array, dtype=pd.StringDtype(na_value=np.nan)) for name, array in names.items()}
        orders = self.orders.assign(**columns)
        orders.attrs = self.orders.attrs
        return Prepared(orders, self.definitions, self.language, spam=True)

    def items(self) -> tuple[pa.Array, pa.Array, pa.Array]:
        """The ordered items: the place of each item's order among the counted ones, its name, its quantity."""
        if self._items is None:
            found = expand(
                pd.DataFrame({"final_variants": self._objects("final_variants"), "order_place": range(self.rows)}),
                "items",
                ["order_place"],
            )
            self._items = pa.array(found["order_place"]), as_text(found["item"]), as_count(found["quantity"])
        return self._items

    def day(self, moments: pa.Array) -> pa.Array:
        """The calendar days of ``moments`` in the zone of this report."""
        return pa.array(self._days(moments), pa.date32())

    def month(self, moments: pa.Array) -> pa.Array:
        """The first days of the months of ``moments``."""
        return pa.array(self._days(moments).astype("datetime64[M]").astype("datetime64[D]"), pa.date32())

    def today(self) -> dt.date | None:
        """The calendar day of ``as_of``."""
        day: dt.date | None = None if self.as_of is None else self.day(pa.array([self.as_of], MOMENT))[0].as_py()
        return day

    def asked(self) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last day of the call; where it named none, of the counted orders."""
        filters = Header.of(self.orders).filters or {}
        since, until = (_whole_day(filters.get(name)) for name in ("since", "until"))
        edges = pc.min_max(self.day(self.dated())).as_py()
        return since or edges["min"], until or edges["max"]

    def asked_since(self) -> dt.date | None:
        """The first day of the call; ``None`` where it named none, or one by another date than these definitions'."""
        filters = Header.of(self.orders).filters or {}
        is_same = filters.get("by", "created") == self.definitions.date_basis
        return _whole_day(filters.get("since")) if is_same else None

    def days_before(self, days: pa.Array) -> pa.Array:
        """How many midnights lie between each calendar day and ``as_of``; missing where either is not known."""
        return pc.days_between(days, pa.scalar(self.today(), pa.date32()))

    def _days(self, moments: pa.Array) -> np.ndarray[Any, np.dtype[np.datetime64]]:
        wall = pd.Series(moments.to_numpy(zero_copy_only=False)).dt.tz_localize("UTC").dt.tz_convert(self.zone)
        return wall.dt.tz_localize(None).to_numpy().astype("datetime64[D]")

    def _column(self, kind: str, name: str) -> pa.Array:
        found = self._columns.get((kind, name))
        if found is None:
            found = self._read(kind, name)
            if self._kept is not None:
                found = found.filter(self._kept)
            self._columns[kind, name] = found
        return found

    def _read(self, kind: str, name: str) -> pa.Array:
        read, arrow = READERS[kind]
        if name not in self.orders:
            return pa.nulls(len(self.orders), arrow)
        column = self._frame[name]
        if isinstance(column, pd.DataFrame):
            raise BadValueError(f"These orders have several columns named {name}.", advice="Keep one of them.")
        array = read(column, self.zone) if kind == "moment" else read(column)
        unread = array.null_count - int(column.isna().sum()) if kind != "text" else 0
        if unread > 0:
            self._problems[name] = phrase("unreadable", self.language, column=name, count=unread)
        elif kind == "money" and (count := inexact(column, array)):
            self._problems[name] = phrase("too_long", self.language, column=name, count=count)
        elif kind == "moment" and is_naive(column):
            self._problems[name] = phrase("naive", self.language, column=name, zone=self.zone)
        return array

    def _objects(self, name: str) -> pd.Series[Any]:
        if name not in self.orders:
            return pd.Series([None] * self.rows, dtype=object)
        return self._counted(name).reset_index(drop=True)

    def _counted(self, name: str) -> pd.Series[Any]:
        """A column of the frame, without the orders that are left out."""
        column = self._frame[name]
        return column if self._kept is None else column[self._kept.to_numpy(zero_copy_only=False)]

    # Notes on them -------------------------------------------------------------------------------------------------

    def missing(self, names: Iterable[str]) -> list[str]:
        """Which columns are absent or missing in all rows, as sentences; the absent ones first."""
        lacks = sorted((name in self.orders, place, name) for place, name in enumerate(names) if self.is_unknown(name))
        return [
            phrase("unknown" if is_there else "absent", self.language, column=name, count=self.rows)
            for is_there, _, name in lacks
        ]

    def problems(self, names: Iterable[str]) -> list[str]:
        """Sentences on the values of columns that could not be read as they are."""
        return [self._problems[name] for name in names if name in self._problems]

    def is_unknown(self, name: str) -> bool:
        """Whether there are rows and a column is missing in all of them."""
        if not self.rows:
            return False
        read = next((array for (_, one), array in self._columns.items() if one == name), None)
        if read is not None:
            return bool(read.null_count == len(read))
        if name not in self._blank:
            known = self._counted(name).dropna() if name in self.orders else ()
            self._blank[name] = all(isinstance(value, str) and not value for value in known)
        return self._blank[name]

    def _as_of(self) -> dt.datetime | None:
        if self.definitions.as_of is not None:
            return self.definitions.as_of.astimezone(dt.UTC)
        said = Header.of(self.orders).as_of
        if said is not None:
            return said.astimezone(dt.UTC)
        latest = [pc.max(self.moment(name)).as_py() for name in ("last_updated_at", *DATE_BASES["created"])]
        return max((one.astimezone(dt.UTC) for one in latest if one is not None), default=None)


def nothing_known(values: pa.Array) -> bool:
    """Whether there are rows, and all of them are missing."""
    return bool(0 < len(values) == values.null_count)


def _whole_day(value: object) -> dt.date | None:
    """A day, where the text names a whole one."""
    try:
        return dt.date.fromisoformat(str(value)) if len(str(value)) == len("2026-11-01") else None
    except ValueError:
        return None


def tell_apart(ids: pa.Array, *names: pa.Array) -> list[pa.Array]:
    """One name for each id, and a different one for each.

    Args:
        ids: the id of each row; a row without an id is known by its names.
        *names: the columns of names: a name, and one that may tell equal names apart.

    Returns:
        The first names that an id has. Where several ids share all of them, the id stands behind the first one; where
        an id has no name, in its place.

    >>> ids, names = pa.array(["7", "8", "7", "9", None]), pa.array(["Sri", "Sri", "Sri P.", None, "Budi"])
    >>> tell_apart(ids, names)[0].to_pylist()
    ['Sri (#7)', 'Sri (#8)', 'Sri (#7)', '#9', 'Budi']
    """
    if ids.null_count == len(ids):
        return list(names)
    keys = [str(place) for place in range(len(names) + 1)]
    rows = pa.table([ids, *names], names=keys).group_by(keys, use_threads=False).aggregate([])
    first: dict[str, list[str | None]] = {}
    for one, *said in zip(*(rows[key].to_pylist() for key in keys), strict=True):
        if one is not None:
            earlier = first.get(one, said)
            first[one] = [old if old is not None else new for old, new in zip(earlier, said, strict=True)]
    shared = Counter(map(tuple, first.values()))
    unique = {one: [_called(one, *said, shared=shared[tuple(said)] > 1), *said[1:]] for one, said in first.items()}
    places = pc.index_in(ids, pa.array(list(unique), ids.type))
    columns = zip(*unique.values(), strict=True)
    return [
        pc.if_else(pc.is_null(places), own, pa.array(list(column), own.type).take(places))
        for own, column in zip(names, columns, strict=True)
    ]


def _called(one: str, name: str | None, *_: str | None, shared: bool) -> str:
    if name is None:
        return f"#{one}"
    return f"{name} (#{one})" if shared else name
