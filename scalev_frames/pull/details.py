"""Details that only a record's own request gives: order lines, COGS, prices.

They cost one request a record, so fetched details are cached: only records that are new or have changed are asked for,
several at a time under the same limits, and each is kept as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from scalev_frames.cache.records import Records
from scalev_frames.cancel import Cancelled, CancelToken
from scalev_frames.catalog import Endpoint, shape_columns
from scalev_frames.errors import BadValueError, InterruptedPullError, NotCachedError, NotFoundError, ScalevError
from scalev_frames.frames import FrameBuilder
from scalev_frames.frames.dashboard.read import known_details
from scalev_frames.frames.header import Header, with_notes
from scalev_frames.frames.money import exact_array, is_decimal
from scalev_frames.frames.values.columns import as_moments
from scalev_frames.plurals import counted
from scalev_frames.progress import Event
from scalev_frames.pull.cost import Cost
from scalev_frames.pull.reading.pace import Latency
from scalev_frames.pull.reading.sources import Source
from scalev_frames.pull.reading.workers import Done, Workers
from scalev_frames.query.paths import path_of
from scalev_frames.query.times import parse_stamp
from scalev_frames.wire.answers.envelopes import is_record_of
from scalev_frames.wire.answers.layout import BadPageError
from scalev_frames.wire.answers.response import Response

Mask = npt.NDArray[np.bool_]
#: Gives the id of a list's first record by now; ``None`` where it has none.
Newest = Callable[[], str | None]

#: What to do where the server has another record under an id.
OTHERS = "Make the same call again; if it stays, see that these rows are of the business whose key is used."
#: The column that says when a record changed last.
CHANGED = "last_updated_at"


def take_details(row: Endpoint, arguments: dict[str, Any]) -> tuple[pd.DataFrame | None, bool]:
    """What the dashboard's file gives of details, and whether details are wanted, out of a call's arguments.

    Raises:
        BadValueError: a frame that is not of the export with one row an item, or anything else but True and False.
    """
    given = arguments.pop("details", False) if row.details else False
    if given is None or isinstance(given, bool | np.bool_):
        return None, bool(given)
    is_export = isinstance(given, pd.DataFrame) and {"order_id", "orderlines"} <= set(given.columns)
    if row.name != "orders" or not is_export:
        raise BadValueError(
            f"{row.name}(details=) takes True or False; of orders also a frame of the export with one row an item.",
            advice="Read that file of the dashboard's with sf.read_dashboard().",
        )
    return given, True


def with_details(
    frame: pd.DataFrame,
    listed: Endpoint,
    detail: Endpoint,
    source: Source,
    records: Records,
    *,
    offline: bool = False,
    exported: pd.DataFrame | None = None,
    newest: Newest | None = None,
) -> pd.DataFrame:
    """``frame`` with what the record of each row holds besides, and what the dashboard's file knows of it.

    ``listed`` is the list's endpoint and ``detail`` the records'; those that the file (``exported``) knows are not
    asked for. For the rest see `Details`.
    """
    before = source.requests
    known = None if exported is None else known_details(frame, exported)
    ids = frozenset() if known is None else frozenset(known["id"].astype(str))
    found = Details(detail, frame, source, records, newest).find(offline=offline, known=ids)
    joined = _joined(frame, listed, detail, found, source.zone.key, source.requests - before)
    return joined if known is None else _with_known(joined, known, found)


class Details:
    """The details of a frame's records: what is kept and unchanged, and one request for each other.

    Its endpoint is that of a record, such as ``order``; the source's call reports the cost, and each record. ``newest``
    is given where the rows are of a list of the same business.

    Attributes:
        rows: the details by id; records that no longer exist are missing.
        notes: what was not as expected.

    Raises:
        BadValueError: an id stands for two orders of the frame.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        frame: pd.DataFrame,
        source: Source,
        records: Records,
        newest: Newest | None = None,
    ) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.notes: list[str] = []
        self._endpoint, self._source, self._records, self._newest = endpoint, source, records, newest
        known = frame.dropna(subset="id")
        self._versions, self._codes = _versions(known), _codes(known)
        if nameless := len(frame) - len(known):
            self.notes.append(f"{counted(nameless, 'record', 'have')} no id, by which details are asked for")
        self._latency = Latency(source.pace)
        self._fetched = 0

    def find(self, *, offline: bool = False, known: Collection[str] = ()) -> Self:
        """Find the detail of every row; ``known`` are ids of records that need not be asked for.

        Raises:
            NotCachedError: ``offline``, and not every detail is kept.
            NotFoundError: the server knows none of several records, and nothing shows that they are all deleted.
            ScalevError: whatever stopped it; fetched details are kept.
            InterruptedPullError: on Ctrl-C, or when the call was cancelled; fetched details are kept.
        """
        name, source = self._endpoint.name, self._source
        kept = self._records.find(name, self._versions)
        for one, body in kept.items():
            data = source.client.read(body, 0.0).data
            if self._is_of(data, one):
                self.rows[one] = data
        missing = [one for one in self._versions if one not in self.rows and one not in known]
        if missing and offline:
            raise NotCachedError(f"The details of {counted(len(missing), 'record')} are not kept.")
        if missing:
            cost = Cost(name, "full", len(missing), source.pace.seconds_for(len(missing)), len(self._versions))
            source.call.report(Event("note", name, message=f"costs {cost}; {len(kept):,} are here already"))
            self._fetch(missing)
        if gone := len(missing) - sum(one in self.rows for one in missing):
            self.notes.append(f"{counted(gone, 'record', 'were')} gone before the details came")
        if self._records.failure:
            self.notes.append(self._records.failure)
        return self

    def _fetch(self, missing: Sequence[str]) -> None:
        workers, token = Workers(), CancelToken()
        call, get = replace(self._source.call, cancel=token), self._source.client.get
        waiting = list(reversed(missing))
        try:
            while waiting or workers.running:
                while waiting and workers.running < self._latency.workers():
                    one = waiting.pop()
                    path = path_of(self._endpoint, {"id": one})
                    workers.start(one, partial(get, path, {}, call, alias=self._endpoint.alias))
                done = workers.next()
                if done is not None:
                    self._take(done)
                self._source.call.cancel.check()
        except (KeyboardInterrupt, Cancelled):
            self._end_early(workers, token)
            what = f"Fetching the details of {self._endpoint.name} was interrupted."
            raise InterruptedPullError(
                what, endpoint=self._endpoint.name,
                rows_kept=len(self.rows), pages_kept=self._fetched, kept=self._what_is_kept(),
            ) from None  # fmt: skip
        except ScalevError as error:
            self._end_early(workers, token)
            error.kept = error.kept or self._what_is_kept()
            raise
        finally:
            token.cancel("enough")
            workers.close()
        if len(missing) > 1 and not self.rows and not self._are_deleted(missing):
            what = f"The server knows none of these {len(missing):,} records of {self._endpoint.name}."
            raise NotFoundError(what, status_code=404)

    def _are_deleted(self, missing: Sequence[str]) -> bool:
        """Whether none of these listed records is there any more: the list has another one whose details come."""
        if self._newest is None:
            return False
        one = self._newest()
        if one is None or one in missing:
            return one is None
        try:
            self._source.client.get(
                path_of(self._endpoint, {"id": one}), {}, self._source.call, alias=self._endpoint.alias
            )
        except NotFoundError:
            return False
        return True

    def _take(self, done: Done) -> None:
        if isinstance(done.error, NotFoundError):
            return  # deleted after the list was read
        if done.error is not None:
            raise done.error
        one, response = done.job, done.result
        if not self._is_of(response.data, one):
            what = f"The server's answer to {self._endpoint.name} {one} is no record, or that of another one."
            raise BadPageError(what, {"id": one}, advice=OTHERS)
        self.rows[one] = response.data
        self._keep(one, response)
        self._fetched += 1
        self._latency.add(response.seconds)
        done_so_far = Event("page", self._endpoint.name, self._fetched, self._fetched, self._source.requests)
        self._source.call.report(done_so_far)

    def _keep(self, one: str, response: Response) -> None:
        version = max(_version(response.data.get(CHANGED)), self._versions[one])
        self._records.keep(self._endpoint.name, one, version, response.content, response.received_at)

    def _end_early(self, workers: Workers, token: CancelToken) -> None:
        """Let nothing more be sent, and keep what the requests under way bring within a moment."""
        token.cancel()
        for done in workers.last():
            if self._is_of(done.result.data, done.job):
                self._keep(done.job, done.result)

    def _is_of(self, data: object, one: str) -> bool:
        return is_record_of(data, one, self._codes.get(one))

    def _what_is_kept(self) -> str:
        return f"{self._fetched:,} more details of {self._endpoint.name} are kept."


def _joined(
    frame: pd.DataFrame, listed: Endpoint, detail: Endpoint, found: Details, time_zone: str, sent: int
) -> pd.DataFrame:
    """``frame`` with the details' columns after its own; ``sent`` is how many requests they took.

    Where both have a column the list's stays, unless the list has nothing in it or the detail's items tell more, as a
    product's variants do.
    """
    builder = FrameBuilder(detail.columns, time_zone)
    builder.add([found.rows.get(str(one), {}) for one in frame["id"]])
    details, notes = builder.finish()
    more = _telling_more(detail, listed)
    columns = {
        name: (details if name in details and (name in more or frame[name].isna().all()) else frame)[name].array
        for name in frame.columns
    }
    columns |= {name: details[name].array for name in details.columns if name not in columns}
    joined = pd.DataFrame(columns, index=frame.index)
    joined.attrs, header = frame.attrs, Header.of(frame)
    requests = (header.requests or 0) + sent
    header = replace(header, details=True, requests=requests, from_cache=requests == 0)
    return with_notes(header.onto(joined), *(f"details: {note}" for note in (*found.notes, *notes)))


def _with_known(joined: pd.DataFrame, known: pd.DataFrame, found: Details) -> pd.DataFrame:
    """``joined`` with the details that a file knows, where the server was not asked."""
    places = {str(one): place for place, one in enumerate(known["id"]) if str(one) not in found.rows}
    taken = np.array([places.get(str(one), -1) for one in joined["id"]], dtype=np.intp)
    if not places:
        return joined
    filled = {}
    for name in known.columns.drop("id"):
        theirs = pd.Series(known[name].array.take(taken, allow_fill=True), joined.index)
        filled[name] = _filled(joined[name], theirs, taken >= 0) if name in joined else theirs
    made = joined.assign(**filled)
    made.attrs = joined.attrs
    return with_notes(
        made,
        f"details: those of {len(places):,} orders are from the dashboard's file; its amounts of lines are before tax",
    )


def _filled(ours: pd.Series[Any], theirs: pd.Series[Any], known: Mask) -> pd.Series[Any]:
    """``ours`` with ``theirs`` where ``known``; amounts stay exact."""
    if is_decimal(ours.dtype) != is_decimal(theirs.dtype):
        ours, theirs = (pd.Series(pd.arrays.ArrowExtensionArray(exact_array(one)), one.index) for one in (ours, theirs))
    if ours.dtype == object or ours.dtype == theirs.dtype:
        return ours.where(~known, theirs)
    return ours.astype(object).where(~known, theirs.astype(object)) if ours.notna().any() else theirs


def _versions(frame: pd.DataFrame) -> dict[str, str]:
    """Each row's id, and the moment of its last change where the list tells it."""
    ids = frame["id"].astype(str)
    if CHANGED not in frame:
        return dict.fromkeys(ids, "")
    moments = as_moments(frame[CHANGED], Header.of(frame).zone.key).dt.tz_convert("UTC")
    texts = ("" if pd.isna(one) else one.isoformat(timespec="microseconds") for one in moments)
    return dict(zip(ids, texts, strict=True))


def _codes(frame: pd.DataFrame) -> dict[str, str]:
    """Each row's code, where it has one.

    Raises:
        BadValueError: an id stands for two orders, as those of two businesses may.
    """
    if "order_id" not in frame:
        return {}
    known = frame[["id", "order_id"]].dropna().astype(str).drop_duplicates()
    twice = known.loc[known["id"].duplicated(), "id"].tolist()
    if twice:
        codes = " and ".join(known.loc[known["id"] == twice[0], "order_id"])
        raise BadValueError(
            f"The id {twice[0]} stands for two orders of this frame, {codes}.",
            advice="Ask each business for the details of its own orders.",
        )
    return dict(zip(known["id"], known["order_id"], strict=True))


def _version(value: object) -> str:
    moment = parse_stamp(value)
    return moment.isoformat(timespec="microseconds") if moment else ""


def _telling_more(detail: Endpoint, listed: Endpoint) -> set[str]:
    """The columns whose items have more fields in the records than in the list."""
    ours, theirs = (
        {column.name: len(shape_columns(column.items)) for column in endpoint.columns if column.items}
        for endpoint in (listed, detail)
    )
    return {name for name, fields in theirs.items() if fields > ours.get(name, 0)}
