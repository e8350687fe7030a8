"""The classes of the catalog's rows, and the readers of their short notations."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, cached_property
from types import MappingProxyType
from typing import Literal

from scalev_frames.catalog.kinds import KINDS
from scalev_frames.catalog.shapes import SHAPES
from scalev_frames.catalog.statuses import ORDER_STATUSES, PAYMENT_STATUSES

Paging = Literal["cursor", "page", "plain", "record", "any"]

#: The groups of endpoints, in the order in which people look for them, in English and Indonesian.
GROUPS: dict[str, tuple[str, str]] = {
    "orders": ("Orders", "Pesanan"),
    "catalogue": ("Catalogue", "Katalog"),
    "customers": ("Customers", "Pelanggan"),
    "money": ("Money", "Keuangan"),
    "marketing": ("Marketing", "Pemasaran"),
    "team": ("Team", "Tim"),
    "settings": ("Settings", "Pengaturan"),
    "developer": ("Developer", "Pengembang"),
    "storefront": ("Storefront", "Situs toko"),
}

#: Known values, by the name used in filter notations. Enums grow: another value is sent after a warning, unless it is
#: nearly a known one; with ``=`` before it, it is sent as it is.
ENUMS: dict[str, tuple[str, ...]] = {
    "order_status": ORDER_STATUSES,
    "payment_status": PAYMENT_STATUSES,
    "payment_method": (
        "va", "qris", "card", "invoice", "alfamart", "ovo", "dana", "shopeepay", "linkaja", "gopay",
        "no_payment", "bank_transfer", "marketplace", "cod", "ewallet", "indomaret", "payment_link", "e_payment_link",
        "va_bca", "va_bni", "va_bri", "va_mandiri", "va_permata", "va_bsi",
    ),
    "platform": (
        "scalev", "tiktokshop", "tokopedia", "shopee", "lazada", "blibli", "bukalapak", "orderonline", "berdu",
    ),
    "awb_status": ("unavailable", "pending", "waiting", "failed", "created", "canceled"),
    "business_role": ("retailer", "fulfillment_provider"),
    "item_type": ("physical", "digital", "course", "license", "subscription"),
    "pricing_type": ("one_time", "recurring"),
    "search_field": (
        "order_id", "shipment_receipt", "external_id", "pg_reference_id", "gross_revenue", "customer_name",
        "customer_email", "customer_phone",
    ),
    "qty_type": ("available_qty",),
    "breakdown_date": ("off", "day", "week", "month"),
    "breakdown_key": (
        "off", "handler_id", "advertiser_id", "page_id", "city", "province", "store_id", "utm_content",
    ),
    "datetime_type": (
        "created_at", "draft_time", "pending_time", "confirmed_time", "in_process_time", "ready_time", "canceled_time",
        "shipped_time", "shipped_rts_time", "completed_time", "rts_time", "closed_time", "paid_time",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of an endpoint.

    Attributes:
        name: the API's own parameter name.
        kind: a word of `KINDS`.
        values: the allowed values, empty when free.
        columns: the frame's columns of which one must equal the value in every row (of a free text: contain it), which
            shows whether the server obeys; empty when no column mirrors the filter.
        empty: the value that an empty column counts as; ``""`` when it counts as none.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    empty: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether rows must equal what was asked; of a free text the server may take a part."""
        return bool(self.values) or self.kind in ("id", "flag")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: its name in the frame.
        path: its path in the record.
        kind: a word of `KINDS`.
        items: the shape of a list's items, ``""`` where they are plain values or not known.
    """

    name: str
    path: tuple[str, ...]
    kind: str
    items: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """The parents of a path parameter: it takes every value of ``column`` of the endpoint ``endpoint``.

    A dotted column reaches into a list: ``variants.id`` is the id of each variant of a product.
    """

    parameter: str
    endpoint: str
    column: str = "id"


@dataclass(frozen=True, slots=True)
class Basis:
    """A date basis: which column it reads and which parameters bound it on the server, where such exist.

    Attributes:
        column: the column; ``""`` where rows do not have it.
        since: the parameter of the lower bound.
        until: the parameter of the upper bound.
        most_days: where the bounds are days, both included and both needed, how many they may span; else 0.
    """

    column: str
    since: str = ""
    until: str = ""
    most_days: int = 0


@dataclass(frozen=True)
class Endpoint:
    """One row of the catalog: everything that accessor, docs, sandbox and tests need to know.

    Attributes:
        name: the accessor's name.
        path: the documented path below the base URL, parameters in braces.
        shape: the item's shape, a key of `SHAPES`; ``""`` for a plain list of values.
        summary: one line for the docs.
        paging: ``cursor`` and ``page`` lists, ``plain`` arrays in one answer, ``record`` for one object,
            ``any`` where the answer shows it.
        filters: notation ``name[:kind, enum or value|value][@column[|column][=empty]]``, space-separated.
        parents: whose ids the path parameters take; parameters not named here must always be given.
        key: the columns that tell rows apart; empty when rows have no identity.
        freshness: how long what is kept is served without asking again.
        alias: ``(old, new)``: where a path beginning with ``old`` answers 404, ``new`` is tried.
        rows_at: where the rows of a ``plain`` answer lie below ``data``; ``{}`` means a mapping of key to row.
        value_column: the column of a plain list of values, or of a mapping's keys.
        bases: date bases by the word given as ``by=``; the first is the default.
        columns_hint: the names to send as the ``columns`` parameter.
        scope: the scopes of which an ``rk_`` key needs any one, space-separated.
        required: filters that must be given.
        envelope: the keys beside a list's rows, where they are not the usual ones of its ``paging``.
        details: the endpoint whose record has more fields than the list.
        group: what it is about, a key of `GROUPS`.
        label_id: what it is called in Indonesian.
        versions: the versions of the API that have it.
        v3_path: its path in v3, where that is another.
        sends: parameters that are always sent.
        filters_alone: filters that the specification of one version alone has, with that version.
        is_unproven: whether the row comes from the vendor's specification alone, and no one has met its answers.
    """

    name: str
    path: str
    shape: str
    summary: str
    paging: Paging = "cursor"
    filters: str = ""
    parents: tuple[Parent, ...] = ()
    key: tuple[str, ...] = ("id",)
    freshness: timedelta = timedelta(hours=1)
    alias: tuple[str, str] | None = None
    rows_at: str = ""
    value_column: str = ""
    bases: dict[str, Basis] = field(default_factory=dict, hash=False)
    columns_hint: tuple[str, ...] = ()
    scope: str = ""
    required: tuple[str, ...] = ()
    details: str = ""
    envelope: tuple[str, ...] = ()
    group: str = "settings"
    label_id: str = ""
    versions: tuple[str, ...] = ("v2", "v3")
    v3_path: str = ""
    is_unproven: bool = False
    sends: tuple[tuple[str, str], ...] = ()
    filters_alone: tuple[tuple[str, str], ...] = ()

    def path_in(self, version: str) -> str:
        """The path in a version of the API; ``""`` where that does not have it.

        >>> Endpoint("a", "/a", "", "A.", versions=("v2",)).path_in("v3")
        ''
        """
        if version not in self.versions:
            return ""
        return self.path if version == "v2" else self.v3_path or self.renamed

    @property
    def renamed(self) -> str:
        """The path by the newer of its names, where it has two.

        >>> Endpoint("orders", "/order", "", "Orders.", alias=("/order", "/orders")).renamed
        '/orders'
        """
        return self.alias[1] + self.path.removeprefix(self.alias[0]) if self.alias else self.path

    def about_ignored(self, name: str) -> str:
        """Advice on a filter that the server ignores, where only one version of the API has it; else ``""``.

        >>> Endpoint("a", "/a", "", "A.", filters_alone=(("search", "v3"),)).about_ignored("search")
        "Only v3 of the API has search here: connect with version='v3', or leave it out."
        """
        version = dict(self.filters_alone).get(name)
        if not version:
            return ""
        return f"Only {version} of the API has {name} here: connect with version={version!r}, or leave it out."

    def in_version(self, version: str) -> Endpoint:
        """The row with the path that it has in a version of the API which has it.

        >>> Endpoint("a", "/a/b", "", "A.", v3_path="/a/bee").in_version("v3").path
        '/a/bee'
        """
        path = self.path_in(version)
        alone = tuple(one for one in self.filters_alone if one[1] != version)
        if (path, alone) == (self.path, self.filters_alone):
            return self
        return replace(self, path=path, v3_path=path, filters_alone=alone)

    @cached_property
    def path_parameters(self) -> tuple[str, ...]:
        """The names in braces, first those that must be given."""
        optional = {parent.parameter for parent in self.parents}
        return tuple(sorted(re.findall(r"{(\w+)}", self.path), key=optional.__contains__))

    @cached_property
    def row_key(self) -> tuple[str, ...]:
        """The columns that tell rows of all parents apart: the parents' ids, then the key."""
        return (*(parent.parameter for parent in self.parents if parent.parameter not in self.key), *self.key)

    @property
    def envelope_keys(self) -> tuple[str, ...]:
        """The keys beside a list's rows: whether there are more, and how to ask for them."""
        if self.envelope or self.paging not in ("cursor", "page"):
            return self.envelope
        return ("has_next", "last_id" if self.paging == "cursor" else "page", "page_size")

    @cached_property
    def filter_rows(self) -> dict[str, Filter]:
        """The filters by name."""
        return {row.name: row for row in map(_read_filter, self.filters.split())}

    @cached_property
    def timeline(self) -> Basis | None:
        """The basis through which the list can be read from its middle: an upper bound by what it is ordered by."""
        return next((basis for basis in self.bases.values() if basis.until and not basis.since), None)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The declared columns in order: ids of the parents, the value column, then the shape's leaves."""
        leading = [parent.parameter for parent in self.parents] + ([self.value_column] if self.value_column else [])
        leaves = shape_columns(self.shape) if self.shape else ()
        declared = {column.name for column in leaves}
        kind = "id" if self.parents else "text"
        return tuple(Column(name, (name,), kind) for name in leading if name not in declared) + leaves


def _read_filter(notation: str) -> Filter:
    head, _, mirror = notation.partition("@")
    name, _, word = head.partition(":")
    columns, _, empty = mirror.partition("=")
    values = tuple(word.split("|")) if "|" in word else ENUMS.get(word, ())
    kind = "text" if values else word or "text"
    return Filter(name, kind, values, tuple(columns.split("|")) if columns else (), empty)


@cache
def shape_fields(shape: str) -> Mapping[str, str]:
    """The kinds of a shape's fields by name; nested objects carry a shape's name, lists ``list[shape]``.

    >>> dict(shape_fields("named"))
    {'id': 'id', 'name': 'text'}
    """
    parts = (word.partition(":") for word in SHAPES[shape].split())
    return MappingProxyType({name: kind or "text" for name, _, kind in parts})


@cache
def shape_columns(shape: str) -> tuple[Column, ...]:
    """The flattened columns of a shape, named by `column_names`; lists and free-key objects are kept whole."""
    leaves = {path: (kind, items) for path, kind, items in _leaves(shape, ())}
    names = column_names(leaves)
    return tuple(Column(names[path], path, kind, items) for path, (kind, items) in leaves.items())


def column_names(paths: Iterable[tuple[str, ...]], taken: Iterable[str] = ()) -> dict[tuple[str, ...], str]:
    """THE naming rule: a nested field is called by its path joined with ``_``.

    Where two paths would share a name, the shorter path keeps it (then the alphabetical one), and the other joins
    with ``__``: an order has both ``handler_phone`` and ``handler: {phone}``, so the latter is ``handler__phone``.
    The result does not depend on the order of ``paths``. Names in ``taken`` are never given out.

    >>> column_names([("handler", "phone"), ("handler_phone",)])[("handler", "phone")]
    'handler__phone'
    """
    used = set(taken)
    names: dict[tuple[str, ...], str] = {}
    for path in sorted(paths, key=lambda path: (len(path), path)):
        name = "_".join(path)
        for glue in itertools.accumulate(itertools.repeat("_"), initial="__"):
            if name not in used:
                break
            name = glue.join(path) if len(path) > 1 else path[0] + glue
        used.add(name)
        names[path] = name
    return names


def _leaves(shape: str, prefix: tuple[str, ...]) -> list[tuple[tuple[str, ...], str, str]]:
    leaves: list[tuple[tuple[str, ...], str, str]] = []
    for name, kind in shape_fields(shape).items():
        path = (*prefix, name)
        if kind.startswith("list"):
            leaves.append((path, "list", kind.removeprefix("list").strip("[]")))
        elif kind in KINDS:
            leaves.append((path, kind, ""))
        else:
            leaves.extend(_leaves(kind, path))
    return leaves
