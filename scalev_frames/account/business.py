"""What an account and a group have in common: the accessors, the methods of one signature, cancelling, and closing."""

from __future__ import annotations

import contextlib
import datetime as dt
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from scalev_frames.accessors import Accessors
from scalev_frames.cancel import CancelToken
from scalev_frames.describe import describe
from scalev_frames.errors import BadValueError
from scalev_frames.export.dataset.scan import Scan
from scalev_frames.progress import Reporter
from scalev_frames.pull.cost import Cost

if TYPE_CHECKING:
    from distributed import Client


class Business(Accessors):
    """One business or several; closes its connections at the end of a ``with`` block."""

    def __init__(self) -> None:
        self._tokens: set[CancelToken] = set()

    def __enter__(self) -> Self:
        """The object itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Stop every call, and close connections and files."""

    @property
    @abstractmethod
    def clock_ahead(self) -> float:
        """The seconds by which the server's clock was ahead of this computer's; 0 up to five minutes."""

    def cancel(self) -> None:
        """Stop every running call, from another thread; fetched pages are kept.

        To stop one call alone, pass it ``cancel=token`` and call ``token.cancel()``.

        >>> api.cancel()  # with api = sf.connect(sandbox=True); nothing runs
        """
        for token in list(self._tokens):
            token.cancel()

    def describe(self, name: str, *, language: str = "en") -> pd.DataFrame:
        """What each column of a frame means, its unit, and when it is missing; see `scalev_frames.describe`.

        Args:
            name: an accessor, such as ``orders``; ``lines`` for the frame of ``order_lines``.
            language: ``en`` or ``id``.

        Raises:
            UnknownNameError: there is no such accessor.
            BadValueError: another language.

        >>> list(api.describe("orders").columns)  # with api = sf.connect(sandbox=True)
        ['column', 'meaning', 'unit', 'dtype', 'missing', 'source', 'reports']
        """
        return describe(name, language=language)

    @abstractmethod
    def order_lines(
        self,
        orders: pd.DataFrame | None = None,
        *,
        progress: bool | Reporter = True,
        **arguments: Any,  # noqa: ANN401 - any filter's value
    ) -> pd.DataFrame:
        """The lines of orders: which variants, how many, and their money; one request for each order that changed.

        The order list has no lines, so the detail of each order is fetched, several at a time under both limits, and
        kept under its id and last change: an order that has not changed is never asked for again. The cost is
        reported first; the same call resumes after a stop.

        A line's money is the **total of the line, tax included**, not of one piece; names ending in ``_bt`` are before
        tax.

        Args:
            orders: an orders frame, with or without its details; without one the orders are fetched first.
            progress: as for every accessor.
            **arguments: what ``orders`` takes, where no frame is given. ``details`` may be a frame of the dashboard's
                export with one row an item: only what it lacks is asked for.

        Returns:
            One row a line: order__id, order_id (the code), store, status and dates of the order, then 31 columns of
            the line: ids and codes `str`, quantity `Int64`, money exact IDR. A `Group` puts ``business`` first.

        Raises:
            ApiError: the server refused; fetched details are kept.
            InterruptedPullError: Ctrl-C; fetched details are kept, and the same call resumes.
            BadValueError: filters beside a frame; a frame for a group does not say whose its rows are, or has rows of
                another business.
            GroupError: a business of a group failed; fetched details are kept.

        >>> orders = api.orders(limit=3, progress=False)  # with api = sf.connect(sandbox=True)
        >>> set(api.order_lines(orders, progress=False)["order_id"]) <= set(orders["order_id"])
        True
        """

    @abstractmethod
    def export(
        self,
        path: str | Path,
        endpoint: str = "orders",
        *,
        partition_by: str = "month",
        client: Client | None = None,
        progress: bool | Reporter = True,
        **arguments: Any,  # noqa: ANN401 - any filter's value
    ) -> Scan:
        """Write a list to a Parquet dataset as its pages come, and bring it up to date by what has changed.

        A `Group` writes a dataset of each business to one folder (``business=brand-a/``).

        Orders of any number need some hundred MB of memory; a list that is not ordered by time is fetched as one frame.
        An export that was stopped or killed resumes with the same call. The server's counts by day prove it.

        Args:
            path: the dataset: a folder for this export alone, or an address such as ``s3://bucket/orders``.
            endpoint: the accessor's name.
            partition_by: ``year``, ``month`` or ``day`` of orders: a folder each.
            client: of a Dask cluster whose workers do the work, one for each address (``--resources "address=1"``), to
                a path that every worker sees. Each finds the key in its own key store, under the name of the profile
                here; no key is sent.
            progress: as for every accessor.
            **arguments: what the accessor takes, ``details`` too, but not ``limit``, ``offline`` and ``columns``. The
                same filters with other times add to the dataset. A mapping gives each business of a group its own.

        Returns:
            The dataset as a `Scan`, of a group all datasets with ``business`` first; see `scalev_frames.scan`.

        Raises:
            ExportError: the folder holds something else, or cannot be written.
            ScalevError: as the accessor; what was written is kept, and the same call resumes.
            GroupError: a business of a group failed; what was written is kept, and the same call resumes.
            BadValueError: with ``client``: no worker has the resource, or an account is of no stored profile.

        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> orders = api.export(folder, since="yesterday", progress=False)  # with api = sf.connect(sandbox=True)
        >>> len(orders.frame()) == len(api.orders(since="yesterday", progress=False)), orders.header.complete
        (True, True)
        """

    @abstractmethod
    def reconcile(self, orders: pd.DataFrame) -> pd.DataFrame:
        """An orders frame against the server's own counts by day of creation and status: the proof that it is whole.

        One request (one for each value of a list of statuses). What changed on the server since the frame was fetched
        differs too: fetch first, then reconcile. A day that the server does not return is "not covered", never "equal".

        Args:
            orders: an unchanged frame of `orders`.

        Returns:
            One row a day and status: day, status, orders, orders_server, orders_difference (`Int64`), the same of
            gross_revenue (exact IDR), verdict. ``attrs["verdict"]`` says it in a sentence, ``attrs["equal"]`` is True,
            False, or ``None`` when nothing was covered. Days are those of the account's zone. A `Group` puts
            ``business`` first, and the verdict says what holds in total and for each; ``equal`` is True where every
            business is equal, False where one differs, else ``None``.

        Raises:
            BadValueError: the frame is of another account or group, or of a call that statistics cannot count.
            ApiError: the server refused.
            GroupError: a server refused a business of a group; `error.partial()` gives the tables of the others.

        >>> api.reconcile(api.orders(progress=False)).attrs["equal"]  # with api = sf.connect(sandbox=True)
        True
        """

    @abstractmethod
    def changes(self, orders: pd.DataFrame) -> pd.DataFrame:
        """What is new, changed (which columns) and gone in a list's frame since it was fetched last.

        The frame before the last one is kept for this, without details, which are not compared; nothing is sent.

        Args:
            orders: the unchanged frame of a whole list.

        Returns:
            One row for each new and each gone record, one for each changed value: change, id, order_id, column, before
            and after, all `str`. ``attrs["counts"]`` counts records by change, ``attrs["since"]`` says since when. A
            `Group` puts ``business`` first, and its counts are sums.

        Raises:
            NotCachedError: nothing earlier is kept of this call.
            GroupError: nothing earlier is kept of a business of a group.

        >>> orders = api.orders(progress=False)  # with api = sf.connect(sandbox=True)
        >>> added = api.sandbox.world.add_orders(2)
        >>> api.changes(api.orders(refresh=True, progress=False)).attrs["counts"]
        {'new': 2, 'changed': 0, 'gone': 0}
        """

    @abstractmethod
    def cost(self, endpoint: str, **arguments: Any) -> Cost:  # noqa: ANN401 - any filter's value
        """What a call would cost now: requests, the least seconds under both limits, and what is already here.

        For orders the server's statistics are asked (one request, kept for five minutes).
        A `Group` adds up its businesses.

        Args:
            endpoint: the accessor's name.
            **arguments: what the accessor takes.

        Raises:
            UsageError: an unknown name or an invalid value.

        >>> print(api.cost("orders", since="2026-01-01"))  # doctest: +ELLIPSIS
        about ... requests for ... rows, at least ... s
        """

    @abstractmethod
    def known_values(self, endpoint: str, value: str, name: str) -> dict[str, str]:
        """Values with their names, from kept frames of an endpoint; nothing is sent.

        Args:
            endpoint: the accessor's name.
            value: the column of the value; ``variants.id`` reaches into a column of lists.
            name: the column of the name, in the same list.

        Returns:
            Names by value, the newest frame's first; of a `Group`, those that all businesses call the same.

        >>> _ = api.stores(progress=False)  # with api = sf.connect(sandbox=True)
        >>> len(api.known_values("stores", "id", "name"))
        6
        """

    @abstractmethod
    def cache_info(self) -> pd.DataFrame:
        """What is kept of this business, or of each business of a group, on this computer.

        Returns:
            One row a kind: account, kind, path (`str`), files, bytes (`Int64`), oldest, newest (the account's zone).

        >>> list(api.cache_info()["kind"])  # with api = sf.connect(sandbox=True)
        ['responses', 'journal', 'records', 'frames']
        """

    @abstractmethod
    def clear_cache(self, kind: str | None = None, *, older_than: dt.timedelta | None = None) -> int:
        """Delete what is kept of this business, or of each business of a group; the next calls ask anew.

        Args:
            kind: ``responses``, ``journal``, ``records`` or ``frames``; all of them when left out.
            older_than: only what was written longer ago than this.

        Returns:
            How many bytes that freed.

        Raises:
            UnknownNameError: there is no such kind.

        >>> api.clear_cache("journal")  # with api = sf.connect(sandbox=True)
        0
        """

    @contextlib.contextmanager
    def _cancellable(self, token: CancelToken | None) -> Iterator[CancelToken]:
        """The token of a call, a new one where none was given; `cancel` cancels it while the block lasts."""
        token = token or CancelToken()
        self._tokens.add(token)
        try:
            yield token
        finally:
            self._tokens.discard(token)


def checked(given: object) -> pd.DataFrame:
    """A frame that was given.

    Raises:
        BadValueError: it is none of pandas, or has several columns of one name.
    """
    if not isinstance(given, pd.DataFrame):
        raise BadValueError(f"A {type(given).__name__} is no frame.", advice="Pass the frame as the accessor gave it.")
    if doubled := given.columns[given.columns.duplicated()].tolist():
        raise BadValueError(f"The frame has several columns named {doubled[0]}.", advice="Keep one of them.")
    return given
