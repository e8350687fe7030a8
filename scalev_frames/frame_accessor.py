"""Methods of frames: ``frame.scalev.items()``, ``frame.scalev.to_excel(path)``.

Registered with pandas when the package is imported; works on any DataFrame, read back from a file, too. Every method is
one call of the room that does the work.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import pandas as pd

from scalev_frames.catalog import CHILDREN
from scalev_frames.export import to_csv, to_excel, to_parquet
from scalev_frames.export.masked import masked
from scalev_frames.frames.children import expand, weekly_schedules
from scalev_frames.frames.dashboard.columns import dashboard, utm
from scalev_frames.frames.money import decimals, floats
from scalev_frames.reports import report

Carry = Sequence[str] | None
ChildFrame: TypeAlias = "Callable[[FrameAccessor, Carry], pd.DataFrame]"


def _with_row(call: str) -> Callable[[ChildFrame], ChildFrame]:
    """Complete the docstring of a child frame's method by its row in the catalog.

    Args:
        call: of ``api``, whose frame has such a list.
    """

    def complete(method: ChildFrame) -> ChildFrame:
        row = CHILDREN[method.__name__]
        columns = [column.name for column in row.columns(is_map=row.is_map)]
        shown = ", ".join(columns[:4]) + (f" and {len(columns) - 4} more" if len(columns) > 4 else "")
        method.__doc__ = f"""{inspect.getdoc(method)}

Args:
    carry: the parent's columns to carry; by default its keys, and for orders store, status, spam mark and times.

Returns:
    One row an item: the carried columns, then {shown}.

Raises:
    UnknownNameError: the frame has no ``{row.column}``, or no such column to carry.

>>> frame = api.{call}.scalev.{row.name}()  # with api = sf.connect(sandbox=True)
>>> "{columns[0]}" in frame
True
"""
        return method

    return complete


@pd.api.extensions.register_dataframe_accessor("scalev")
class FrameAccessor:
    """``frame.scalev``: the child frames of a frame, and the files it can become.

    Child frames have one row for each item, the parent's keys first. For orders these are ``order__id``, ``order_id``
    (the code), store, status, spam mark and the times; ``carry=[…]`` chooses others. Zero rows have every declared
    column, too; what the catalog does not know comes last.

    Args:
        frame: any DataFrame; pandas gives it.

    >>> import scalev_frames
    >>> orders = pd.DataFrame({"order_id": ["261101ABC"], "final_variants": [{"Kaos - Hitam": 2}]})
    >>> orders.scalev.items()[["order_id", "item", "quantity"]].values.tolist()
    [['261101ABC', 'Kaos - Hitam', 2]]
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    # Child frames ----------------------------------------------------------------------------------------------------

    def items(self, carry: Carry = None) -> pd.DataFrame:
        """What was ordered, from ``final_variants``: item (`str`, the name customers see) and quantity (`Int64`).

        Args:
            carry: the parent's columns to carry, as in all of these methods; by default its keys, and for orders store,
                status, spam mark and times.

        >>> orders = api.orders(limit=3, progress=False)  # with api = sf.connect(sandbox=True)
        >>> {"item", "quantity"} <= set(orders.scalev.items().columns)
        True
        """
        return expand(self._frame, "items", carry)

    @_with_row("orders(limit=3)")
    def tags(self, carry: Carry = None) -> pd.DataFrame:
        """Tags of orders: id and name (`str`); details know no ids."""
        return expand(self._frame, "tags", carry)

    @_with_row("orders(details=True, limit=3)")
    def lines(self, carry: Carry = None) -> pd.DataFrame:
        """Lines of orders, from their details: 31 columns, money exact IDR.

        A line's money is the **total of the line, tax included**, not of one piece; names ending in ``_bt`` are before
        tax.
        """
        return expand(self._frame, "lines", carry)

    @_with_row("orders(limit=3)")
    def messages(self, carry: Carry = None) -> pd.DataFrame:
        """Messages exchanged about orders."""
        return expand(self._frame, "messages", carry)

    @_with_row("orders(details=True, limit=3)")
    def status_history(self, carry: Carry = None) -> pd.DataFrame:
        """When orders, from their details, reached which status."""
        return expand(self._frame, "status_history", carry)

    @_with_row("orders(details=True, limit=3)")
    def payment_status_history(self, carry: Carry = None) -> pd.DataFrame:
        """When payments of orders, from their details, reached which status."""
        return expand(self._frame, "payment_status_history", carry)

    @_with_row("orders(details=True, limit=3)")
    def shipment_status_history(self, carry: Carry = None) -> pd.DataFrame:
        """What couriers said of shipments, from the orders' details."""
        return expand(self._frame, "shipment_status_history", carry)

    @_with_row("products()")
    def variants(self, carry: Carry = None) -> pd.DataFrame:
        """Variants of products, as far as the products' endpoint has them."""
        return expand(self._frame, "variants", carry)

    @_with_row("products()")
    def labels(self, carry: Carry = None) -> pd.DataFrame:
        """Labels of products and bundles."""
        return expand(self._frame, "labels", carry)

    @_with_row("products()")
    def images(self, carry: Carry = None) -> pd.DataFrame:
        """Pictures of products and bundles: url (`str`)."""
        return expand(self._frame, "images", carry)

    @_with_row("bundle(230)")
    def price_options(self, carry: Carry = None) -> pd.DataFrame:
        """Prices of bundles."""
        return expand(self._frame, "price_options", carry)

    @_with_row("bundle(230)")
    def bundle_lines(self, carry: Carry = None) -> pd.DataFrame:
        """Variants in bundles with their quantities."""
        return expand(self._frame, "bundle_lines", carry)

    def schedules(self, carry: Carry = None) -> pd.DataFrame:
        """Working hours of sales people, one row a weekday: day, start_time, end_time (`str`), is_active (`boolean`).

        Args:
            carry: the parent's columns to carry; by default store, id, name and share.

        Raises:
            UnknownNameError: these are no sales people.

        >>> people = api.store_sales_people(store_id=1)  # with api = sf.connect(sandbox=True)
        >>> people.scalev.schedules(["id"])["day"].iloc[0]
        'monday'
        """
        return weekly_schedules(self._frame, carry)

    def expand(self, column: str, carry: Carry = None) -> pd.DataFrame:
        """One row for each item of any list or map column; a map's rows have key and value.

        Args:
            column: the column.
            carry: the parent's columns to carry.

        Raises:
            UnknownNameError: there is no such column.

        >>> pd.DataFrame({"id": ["7"], "pages": [["a", "b"]]}).scalev.expand("pages")["value"].tolist()
        ['a', 'b']
        """
        return expand(self._frame, column, carry)

    # Money -----------------------------------------------------------------------------------------------------------

    def decimals(self) -> pd.DataFrame:
        """This frame with all amounts as exact decimals (``decimal128[pyarrow]``), two places or as many as they need.

        >>> pd.DataFrame({"gross_revenue": [150000.5]}).scalev.decimals()["gross_revenue"].tolist()
        [Decimal('150000.50')]
        """
        return decimals(self._frame)

    def floats(self) -> pd.DataFrame:
        """This frame with all amounts as ``float64``; a note names the columns that a float does not hold exactly.

        >>> exact = pd.DataFrame({"gross_revenue": [150000.5]}).scalev.decimals()
        >>> exact.scalev.floats()["gross_revenue"].tolist()
        [150000.5]
        """
        return floats(self._frame)

    # Other views -----------------------------------------------------------------------------------------------------

    def dashboard(self, *, day_first: bool = False) -> pd.DataFrame:
        """Orders in the columns and order of the dashboard's own CSV, times of Jakarta.

        Args:
            day_first: times as text, ``23/11/2026 14:05:09``.

        Returns:
            84 columns, always the same ones; empty where the frame lacks them.

        Raises:
            UnknownNameError: these are no orders.

        >>> orders = api.orders(limit=3, progress=False)  # with api = sf.connect(sandbox=True)
        >>> orders.scalev.dashboard().shape
        (3, 84)
        """
        return dashboard(self._frame, day_first=day_first)

    def utm(self) -> pd.DataFrame:
        """utm_source, medium, campaign, content and term of orders, read from ``metadata``; same index.

        >>> orders = api.orders(limit=3, progress=False)  # with api = sf.connect(sandbox=True)
        >>> len(orders.scalev.utm())
        3
        """
        return utm(self._frame)

    def mask(self, key: bytes | None = None) -> pd.DataFrame:
        """This frame with the data of customers masked.

        Names, phones, e-mail and street addresses, accounts and free texts become tokens such as
        ``phone-27484960df5f``, also inside lists, objects and JSON text. The same person has the same token in every
        column, frame and session, so that counting, grouping and joining go on working. Nobody can find the person
        without the secret. Ids and codes of orders stay: who may look them up at Scalev finds the customer.

        Args:
            key: the secret; by default the user's own, kept in the cache folder.

        >>> orders = pd.DataFrame({"order_id": ["261101ABC"], "customer_phone": ["0812345678"]})
        >>> orders.scalev.mask(b"a secret of one's own").values.tolist()
        [['261101ABC', 'phone-6a3f547f23b9']]
        """
        return masked(self._frame, key=key)

    # Reports ---------------------------------------------------------------------------------------------------------

    def report(self, name: str, **options: Any) -> pd.DataFrame:  # noqa: ANN401 - the report's own
        """One of the reports on these orders, such as ``daily``; see `scalev_frames.reports.report`.

        Args:
            name: a key of `scalev_frames.reports.REPORTS`; ``margin`` takes order lines or orders with details.
            **options: ``definitions``, ``language``, and ``by``: a column, such as ``business``, to make one for each.

        Raises:
            UnknownNameError: no such report; says the nearest good name.

        >>> pd.DataFrame({"status": ["completed", "rts"]}).scalev.report("funnel")["orders"].tolist()
        [2, 2, 2, 1, <NA>]
        """
        return report(name, self._frame, **options)

    # Files -----------------------------------------------------------------------------------------------------------

    def to_excel(self, path: Any, **options: Any) -> Any:  # noqa: ANN401 - the exporter's own
        """Write this frame as a workbook; see `scalev_frames.to_excel`.

        Args:
            path: the file.
            **options: what `scalev_frames.to_excel` takes.

        Returns:
            Where the file is.

        Raises:
            ExportError: it cannot be written there.

        >>> pd.DataFrame({"id": ["1"]}).scalev.to_excel("orders.xlsx").name
        'orders.xlsx'
        """
        return to_excel(self._frame, path, **options)

    def to_csv(self, path: Any, **options: Any) -> Any:  # noqa: ANN401 - the exporter's own
        """Write this frame as CSV for Excel in Indonesia; see `scalev_frames.to_csv`.

        Args:
            path: the file.
            **options: what `scalev_frames.to_csv` takes.

        Returns:
            Where the file is.

        Raises:
            ExportError: it cannot be written there.

        >>> pd.DataFrame({"id": ["1"]}).scalev.to_csv("orders.csv").name
        'orders.csv'
        """
        return to_csv(self._frame, path, **options)

    def to_parquet(self, path: Any, **options: Any) -> Any:  # noqa: ANN401 - the exporter's own
        """Write this frame as a Parquet file or into a dataset; see `scalev_frames.to_parquet`.

        Args:
            path: the file, or the dataset's folder or address.
            **options: what `scalev_frames.to_parquet` takes.

        Returns:
            Where it is.

        Raises:
            ExportError: it cannot be written there.

        >>> pd.DataFrame({"id": ["1"]}).scalev.to_parquet("orders.parquet").name
        'orders.parquet'
        """
        return to_parquet(self._frame, path, **options)
