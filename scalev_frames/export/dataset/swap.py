"""Replace the parts of a dataset together: a writer that is killed at any moment leaves the old rows or the new ones.

New parts are first written to a stage, a folder beside the dataset; a plan follows the last of them. Then the new parts
move in beside the old ones, under numbers that none has, the old ones are deleted, and the new ones take their names.
Whoever opens the dataset next carries out the plan of a killed writer, so every step may be done twice. A program that
knows no plans may meet rows twice until then, but misses none.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from scalev_frames.errors import ExportError
from scalev_frames.export.atomic import PLAN, UNFINISHED, not_written
from scalev_frames.export.places import Place

#: A file that is not there any more was moved or deleted before.
_DONE = contextlib.suppress(FileNotFoundError)


@contextlib.contextmanager
def replacing_parts(place: Place, new: Mapping[str, str], old: Sequence[str]) -> Iterator[Place]:
    """A stage for the parts ``new``, which replace the parts ``old`` when the block ends well.

    Args:
        place: the dataset.
        new: the parts to write, each with the name that it has beside the old ones; in the stage they have the names
            that `unfinished` gives.
        old: the parts to replace.

    Raises:
        ExportError: it cannot be written; before the last part is there, the dataset stays as it was.
    """
    place.tidy()
    try:
        stage = place.stage()
        try:
            yield stage
            place.check()
            with stage.writing(PLAN) as file:
                file.write(json.dumps({"new": dict(new), "old": list(old)}).encode())
        except BaseException:
            stage.clear()
            raise
        _carry_out(place, stage)
    except OSError as error:
        raise not_written(place.name, error) from error


def unfinished(name: str) -> str:
    """The name of a part in the stage, which no reader takes for a part.

    >>> unfinished("month=2026-11/part-0.parquet")
    'month=2026-11/part-0.parquet.part'
    """
    return name + UNFINISHED


def finish(place: Place) -> None:
    """Carry out the plan that a killed writer left, if there is one.

    Raises:
        ExportError: the dataset cannot be written.
    """
    try:
        for stage in place.stages():
            if PLAN in stage.files():
                with _DONE:
                    _carry_out(place, stage)
    except OSError as error:
        raise ExportError(
            f"{place.name} was left half replaced, and cannot be written here: {error.strerror or error}.",
            advice="Let somebody who may write there read it once.",
        ) from error


def _carry_out(place: Place, stage: Place) -> None:
    """Move the new parts in and delete the old ones; a step that was done before, or meanwhile, is left out."""
    with stage.reading(PLAN) as file:
        plan = json.loads(file.read())
    new, old = dict(plan["new"]), set(plan["old"])
    _move_in(place, stage, new, old)
    for name in sorted(old.difference(new)):
        with _DONE:
            place.remove(name)
    for name, beside in new.items():
        if beside != name:
            with _DONE:
                place.move(beside, name)
    stage.clear()


def _move_in(place: Place, stage: Place, new: Mapping[str, str], old: Collection[str]) -> None:
    """Move all new parts in beside the old ones, or none."""
    try:
        for name, beside in new.items():
            with _DONE:
                stage.move(unfinished(name), beside, place)
    except OSError:
        for beside in set(place.files()).intersection(new.values()).difference(old):
            place.remove(beside)
        stage.clear()
        raise
