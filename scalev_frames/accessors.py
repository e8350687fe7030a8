"""The endpoints as methods of `Account` and functions of the package, with real signatures.

Names, signatures and docstrings come from the catalog's rows; no endpoint is named here. Type checkers and editors read
``accessors.pyi``, which is generated from the same rows (``make generate``) and compared by a test.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import pandas as pd

from scalev_frames.catalog import ENDPOINTS, KINDS, Endpoint
from scalev_frames.plurals import counted

DEFAULTS = {"refresh": False, "max_age": None, "offline": False, "progress": True, "limit": None, "columns": None}

Accessor = Callable[..., pd.DataFrame]

#: An envelope that says whether there is more and not how to ask for it: such a list is an error beyond its first page.
NO_CURSOR = ("has_next",)
# For the examples: what the embedded Scalev has, whenever it is started.
EXAMPLE_ORDER = 'api.orders(limit=1)["order_id"].iloc[0]'
EXAMPLE_REFERENCE = 'api.orders(payment_method="va", limit=1)["pg_reference_id"].iloc[0]'
EXAMPLE_IDS = {
    "store_id": "1", "product_id": "101", "bundle_id": "230", "variant_id": "1152", "chat_id": "1",
    "pg_reference_id": EXAMPLE_REFERENCE, "pg_reference_ids": EXAMPLE_REFERENCE,
}  # fmt: skip
EXAMPLE_ID = {
    "product": "101", "product_follow_up_chat": "11", "product_taxonomy": "1", "variant": "1001",
    "variant_digital_product_file": "1522", "bundle": "230", "bundle_follow_up_chat": "162",
    "bundle_price_option_relations": "301", "store": "1", "store_follow_up_chat": "2",
    "store_product_relations": "101", "store_bundle_price_option_relations": "21",
}  # fmt: skip


class Accessors(ABC):
    """The accessors; what they do stands in `fetch`."""

    @abstractmethod
    def fetch(self, endpoint: str, **arguments: Any) -> pd.DataFrame:  # noqa: ANN401 - any filter's value
        """The frame of one call; every accessor is this with its endpoint's name.

        Args:
            endpoint: the accessor's name, such as ``orders``.
            **arguments: what the accessor takes.
        """

    @abstractmethod
    def get(self, path: str, /, *, raw: bool = False, **arguments: Any) -> Any:  # noqa: ANN401 - a frame, or JSON
        """Anything that the API answers to GET, also what has no accessor: a whole list, or a record, as a frame.

        A path that the catalog knows is that accessor's call; parameters that it does not know are sent as they are,
        and nothing checks whether the server obeys them. Other lists are read to their end; columns are as they come.

        Args:
            path: below the API's address, such as ``/warehouses/3``.
            raw: give the parsed JSON of one request, in place of a frame.
            **arguments: ``refresh``, ``max_age`` (one hour for what the catalog does not know), ``offline``,
                ``progress``, ``limit`` and ``cancel`` as for every accessor; everything else is a query parameter. Of a
                list each value is asked for; write ``**{"from": "2026-11-01"}`` where Python has another use for it.

        Returns:
            The frame, kept like any other; with ``raw=True`` the whole JSON, envelope included. Of a `Group` the frame
            of all businesses, or the JSON of each by its name.

        Raises:
            BadValueError: a path that leads elsewhere, or a parameter that says where to read on.
            ScalevError: as the accessors.

        >>> api.get("/stores", progress=False).shape  # with api = sf.connect(sandbox=True)
        (6, 35)
        >>> api.get("/products/count", raw=True)["data"]
        {'count': 72}
        """


def signature(endpoint: Endpoint) -> inspect.Signature:
    """The signature of an endpoint's accessor, without ``self``.

    >>> str(signature(ENDPOINTS["product"]))
    '(id, *, refresh=False, max_age=None, offline=False, progress=True, limit=None, columns=None)'
    """
    optional = {parent.parameter for parent in endpoint.parents}
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None if name in optional else inspect.Parameter.empty,
        )
        for name in endpoint.path_parameters
    ]
    keywords: dict[str, Any] = dict.fromkeys(("since", "until", "by") if endpoint.bases else ())
    keywords |= dict.fromkeys(endpoint.filter_rows)
    keywords |= {"details": False} if endpoint.details else {}
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
        for name, default in {**keywords, **DEFAULTS}.items()
    ]
    return inspect.Signature(parameters)


def docstring(endpoint: Endpoint) -> str:
    """The docstring of an endpoint's accessor."""
    about = [*_about_proof(endpoint), *_about_pages(endpoint)]
    lines = [endpoint.summary, *about, "", f"``GET {endpoint.path}``", "", "Args:"]
    owners = {parent.parameter: parent for parent in endpoint.parents}
    lines += [f"    {name}: {_about_id(name, owners)}" for name in endpoint.path_parameters]
    if endpoint.bases:
        lines.append(
            "    since: first day (the account's zone, by default Asia/Jakarta), month or words; or an exact stamp."
        )
        lines.append("    until: last day, included, or an exact stamp.")
        lines.append(f"    by: the date that since and until mean: {', '.join(endpoint.bases)}.")
    for row in endpoint.filter_rows.values():
        words = ", ".join(row.values) if row.values else KINDS[row.kind].meaning
        lines.append(f"    {row.name}: {words}; a list asks for each.")
    if endpoint.details:
        lines.append(
            f"    details: add the fields of `{endpoint.details}` to each row: one request for each that changed."
        )
        if endpoint.details == "order":
            lines.append(
                "        A frame of `read_dashboard`, one row an item, in place of True: only what it lacks is asked."
            )
    lines += [
        "    refresh: fetch everything anew.",
        "    max_age: serve what is kept when it is at most this many seconds old.",
        "    offline: serve what is kept, however old; send nothing.",
        "    progress: True for a line of progress, False for silence, or a callable.",
        "    limit: at most this many rows; ``attrs['complete']`` says whether there are more.",
        "    columns: only these, in this order; all are fetched, and of what is kept no others are read.",
        "",
        "Returns:",
        f"    {_about_frame(endpoint)}",
        "",
        "Raises:",
        "    UsageError: an unknown filter or an invalid value.",
        "    ApiError: the server's refusal, in its own words.",
        "    IncompleteError: the rows cannot be shown to be whole.",
    ]
    if endpoint.envelope == NO_CURSOR:
        return "\n".join(lines)
    version = "" if "v2" in endpoint.versions else f', version="{endpoint.versions[0]}"'
    lines += [
        "",
        f"Example, with ``api = sf.connect(sandbox=True{version})``:",
        f"    >>> frame = api.{endpoint.name}({_example(endpoint)})",
        '    >>> frame.attrs["complete"]',
        "    True",
    ]
    return "\n".join(lines)


def _about_pages(endpoint: Endpoint) -> list[str]:
    """What page numbers without a count cannot show."""
    if endpoint.paging != "page" or "count" in endpoint.envelope_keys:
        return []
    return ["", "Read by page numbers: a record that is deleted while it is read may hide another one."]


def _about_proof(endpoint: Endpoint) -> list[str]:
    only = f" It is in {endpoint.versions[0]} of the API alone." if len(endpoint.versions) == 1 else ""
    if endpoint.is_unproven:
        return ["", "Unproven: known from the vendor's specification alone; columns and filters may differ." + only]
    return ["", only.strip()] if only else []


def _about_id(name: str, owners: dict[str, Any]) -> str:
    if name in owners:
        return f"one id, a list of ids, or nothing for every one of `{owners[name].endpoint}`."
    return "the record's id." if name != "id" else "the record's id; an order's code works too."


def _about_frame(endpoint: Endpoint) -> str:
    count = len(endpoint.columns)
    what = "A DataFrame of one row" if endpoint.paging == "record" else "A DataFrame, one row a record"
    said = f"{what}, {count} declared columns: ids and codes text, money exact IDR, times in the account's zone."
    if endpoint.rows_at != "buckets":
        return said
    return said + "\n    ``attrs['totals']`` are the server's totals of one list; they are not the sums of its rows."


def _example(endpoint: Endpoint) -> str:
    if endpoint.bases:
        return 'since="2026-11-01", until="2026-11-23"'
    optional = {parent.parameter for parent in endpoint.parents}
    ids = EXAMPLE_IDS | {"id": EXAMPLE_ID.get(endpoint.name, EXAMPLE_ORDER)}
    needed = [*(name for name in endpoint.path_parameters if name not in optional), *endpoint.required]
    return ", ".join(f"{name}={ids.get(name, 1)}" for name in needed)


def make_accessor(endpoint: Endpoint, account: Callable[[], Accessors] | None = None) -> Accessor:
    """The accessor of one endpoint: a method, or with ``account`` a function on the current account."""
    expected = signature(endpoint)

    def accessor(*args: Any, **kwargs: Any) -> pd.DataFrame:  # noqa: ANN401 - checked against the catalog
        owner, args = (account(), args) if account else (args[0], args[1:])
        known = {**dict(zip(endpoint.path_parameters, args, strict=False)), **kwargs}
        if len(known) < len(args) + len(kwargs):
            takes = counted(len(endpoint.path_parameters), "positional argument")
            raise TypeError(f"{endpoint.name}() takes {takes}, each once.")
        return owner.fetch(endpoint.name, **known)

    accessor.__name__ = endpoint.name
    accessor.__qualname__ = endpoint.name if account else f"Account.{endpoint.name}"
    accessor.__module__ = "scalev_frames"
    accessor.__doc__ = docstring(endpoint)
    me = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    shown = expected if account else expected.replace(parameters=[me, *expected.parameters.values()])
    accessor.__signature__ = shown  # type: ignore[attr-defined]
    return accessor


for _name, _row in ENDPOINTS.items():
    setattr(Accessors, _name, make_accessor(_row))
