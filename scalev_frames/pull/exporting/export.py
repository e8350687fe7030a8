"""Fill the dataset of one call, or bring it up to date."""

from __future__ import annotations

import contextlib
import hashlib
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

from scalev_frames.cancel import Cancelled
from scalev_frames.errors import BadValueError, ExportError, FilterIgnoredError, InterruptedPullError, ScalevError
from scalev_frames.export.dataset.exported import Exported, Run, State, beside_business
from scalev_frames.export.dataset.parts import find_parts, open_part
from scalev_frames.export.dataset.scan import Scan, scan
from scalev_frames.export.dataset.schemas import header_of
from scalev_frames.export.dataset.table import write_dataset
from scalev_frames.export.parquet import is_dataset
from scalev_frames.export.places import Folder, Place, place, whole_path
from scalev_frames.frames.header import Header
from scalev_frames.frames.memory import returning_memory
from scalev_frames.progress import Event
from scalev_frames.pull.engine import Engine
from scalev_frames.pull.exporting.changes import read_changes
from scalev_frames.pull.exporting.proof import prove, time_notes
from scalev_frames.pull.exporting.spam import fill_marks
from scalev_frames.pull.exporting.whole import read_whole
from scalev_frames.pull.exporting.work import More, Work
from scalev_frames.pull.options import Options
from scalev_frames.pull.reading.proof import EARLY, UNREAD
from scalev_frames.pull.refresh.notes import MARK
from scalev_frames.query.query import Query
from scalev_frames.wire.transport import Call

#: The filters in which exports into one folder may differ.
_TIMES = ("since", "until", "by")


def export(
    engine: Engine,
    query: Query,
    call: Call,
    options: Options,
    path: str | Path,
    partition_by: str,
    more: More | None = None,
    *,
    is_part: bool = False,
) -> Scan:
    """Write what a call asks for to a dataset, ``more`` joining the details of each row; see `Account.export`.

    ``is_part`` of what is one of the parts into which a cluster's export is cut.
    """
    if options.offline or query.limit is not None:
        raise BadValueError("An export takes neither offline nor limit.", advice="Call the accessor, then to_parquet.")
    there, target = place(path), whole_path(path)
    with there.held() as note, returning_memory():
        if note:
            call.report(Event("note", query.endpoint.name, message=note))
        if query.endpoint.timeline is not None:
            work = Work(engine, query, call, Exported(there, partition_by), more)
            work.is_part = is_part
            export_list(work, options)
        else:
            _export_frame(engine, query, call, options, there, more)
    return scan(target)


def checked_place(path: str | Path) -> Place:
    """The folder or address of an export.

    Raises:
        ExportError: it is a file, or a folder that cannot be written.
    """
    there = place(path)
    if not is_dataset(path) or _is_file(there):
        raise ExportError(f"{path} is one file; an export is a folder.", advice='Give a folder, such as "orders/".')
    there.check_target()
    return there


def _is_file(there: Place) -> bool:
    with contextlib.suppress(OSError):  # a name that no disk takes
        return isinstance(there, Folder) and there.path.is_file()
    return False


def _export_frame(engine: Engine, query: Query, call: Call, options: Options, there: Place, more: More | None) -> None:
    """Write a list without a timeline, which is fetched as one frame."""
    names = find_parts(there, None)  # raises where the folder holds something else
    if names:
        with open_part(there, names[0]) as part:
            before = header_of(part.schema_arrow)
        found = before.endpoint, before.account, before.filters, before.details
        if found != (query.endpoint.name, engine.name, query.filters, more is not None):
            raise ExportError(
                f"{there.name} holds {before.endpoint or 'something'}{' with details' if before.details else ''} "
                f"of {before.account or 'somewhere else'}.",
                advice="Choose another folder.",
            )
    frame = engine.frame(query, call, options)
    deque(write_dataset(beside_business(more(frame, call) if more else frame, there), there), 0)


def export_list(work: Work, options: Options) -> None:
    """Bring the dataset of one call up to date, or fill it; see the module.

    Raises:
        ExportError: the folder holds something else, or cannot be written.
        ScalevError: whatever stopped it; what was written is kept, and the same call resumes.
        InterruptedPullError: on Ctrl-C, or when the call was cancelled; likewise.
    """
    name, kept = work.query.endpoint.name, f"What {work.dataset.name} holds is kept, and the same call resumes."
    try:
        _run(work, options)
    except (KeyboardInterrupt, Cancelled):
        raise InterruptedPullError(f"The export of {name} was interrupted.", endpoint=name, kept=kept) from None
    except ScalevError as error:
        if work.state.run is not None:
            error.kept = kept
        raise


def _run(work: Work, options: Options) -> None:
    state = work.state = _open(work)
    if _is_fresh(work, options):
        work.progress.tell(Event("done", work.query.endpoint.name, 0, work.dataset.rows(), 0, message="nothing to do"))
        return
    work.engine.cache.sweep()
    if state.run is not None and options.refresh and not state.run.refresh:
        state.run = None
    resumed = state.run is not None
    _begin(work, options)
    work.progress.tell(Event("start", work.query.endpoint.name, message="resuming" if resumed else "starting"))
    _go(work)
    options = replace(options, refresh=False)
    if resumed and not _is_fresh(work, options):
        message = f"resumed an export of {work.state.header.as_of}"
        work.progress.tell(Event("note", work.query.endpoint.name, message=message))
        _begin(work, options)
        _go(work)
    pages, rows, requests = work.progress.pages, work.dataset.rows(), state.header.requests or 0
    work.progress.tell(Event("done", work.query.endpoint.name, pages, rows, requests))


def _is_fresh(work: Work, options: Options) -> bool:
    """Whether the dataset is whole, and as young as was asked for."""
    state, as_of = work.state, work.state.header.as_of
    is_whole = state.run is None and state.header.complete and work.dataset.rows() >= (state.header.rows or 0)
    return bool(is_whole and as_of and options.is_fresh(as_of, work.engine.now()))


def _open(work: Work) -> State:
    """What the dataset says, held against this call."""
    state, asked = work.dataset.load(), work.header()
    call = hashlib.blake2b(work.query.identity.encode(), digest_size=8).hexdigest()
    if state is None:
        if work.dataset.rows():
            raise ExportError(
                f"{work.dataset.name} holds a dataset that no export wrote.", advice="Choose an empty folder."
            )
        return State(call, asked)
    header = state.header
    if header.account != asked.account:
        raise ExportError(
            f"{work.dataset.name} holds an export of the account {header.account}, this is {asked.account}.",
            advice="Choose another folder.",
        )
    if _timeless(header) != _timeless(asked):
        raise ExportError(
            f"{work.dataset.name} holds {_described(header)}; this is {_described(asked)}.",
            advice="Choose another folder, or ask for the same.",
        )
    if state.call == call:
        return state
    times = ", ".join(f"{name}={value}" for name, value in (header.filters or {}).items() if name in _TIMES)
    told = f"{times or 'all days'} as of {header.as_of or 'no moment: it was not finished'}"
    return State(call, asked, earlier=[*dict.fromkeys([*state.earlier, told])])


def _begin(work: Work, options: Options) -> None:
    """Write down that an export has begun, or go on with the one under way."""
    state = work.state
    if state.run is None:
        can_refresh = work.engine.facts.refreshes(work.query, work.zone)
        changes = bool(state.header.complete) and not options.refresh and can_refresh
        begun = work.engine.now().isoformat()
        state.run = Run(begun, changes, options.refresh, had_rows=work.dataset.rows() > 0)
        work.save()
    else:
        work.progress.sent_before = state.run.requests
    work.progress.rows = work.dataset.rows() if not state.run.changes else 0


def _go(work: Work) -> None:
    """Do what is left of the export under way."""
    run = work.under_way
    counts = work.count()
    if run.changes and counts is None:
        run.changes = False
        work.save()
    try:
        if run.changes and counts is not None:
            read_changes(work, counts)
    except FilterIgnoredError:
        run.changes = False  # the server cannot be asked for windows
        work.sink.ids = None
        work.save()
    if not run.changes:
        read_whole(work, counts)
    prove(work)
    work.note(*time_notes(work))
    fill_marks(work)
    _finish(work)


def _finish(work: Work) -> None:
    state, run = work.state, work.under_way
    with contextlib.suppress(OSError):  # in use on Windows; the next run empties it
        work.seen_file.unlink()
    before = [note for note in state.header.notes if run.changes and not _is_of_one_run(note)]
    notes = [*before, *run.notes, *(f"the folder also holds an earlier export of {told}" for told in state.earlier)]
    as_of = work.engine.dated(work.begun, notes)
    notes = [*dict.fromkeys(notes)]
    done = replace(work.header(), requests=work.progress.requests, rows=work.dataset.rows())
    state.header = replace(done, as_of=as_of, complete=True, notes=tuple(notes))
    state.run = None
    work.save()


def _is_of_one_run(note: str) -> bool:
    """Whether a note says what the next run says anew."""
    return note.startswith(MARK) or EARLY in note or UNREAD in note


def _described(header: Header) -> str:
    """What a call asks for, without its times, in words."""
    filters = _timeless(header)[-1]
    said = "; ".join(
        f"{name} = {', '.join(map(str, one)) if isinstance(one, list) else one}" for name, one in filters.items()
    )
    return f"{header.endpoint} {'with' if header.details else 'without'} details, {said or 'no filters'}"


def _timeless(header: Header) -> tuple[str, bool, dict[str, Any]]:
    """Endpoint, details and filters of a call, without its times."""
    filters = {name: value for name, value in (header.filters or {}).items() if name not in _TIMES}
    return header.endpoint, header.details, filters
