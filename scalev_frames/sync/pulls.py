"""Why: a pull that stopped goes on where it was: this module remembers which walk an unfinished call belongs to.

The pages themselves lie on the pages shelf under the walk's id. One small file a call, in the account's folder, says
which id that is and when the pull began; a finished pull has none. May import errors and settings.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scalev_frames.settings import private_folder

#: An unfinished pull older than this is begun anew: its first pages would tell of another day than its last ones.
RESUME_WITHIN = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a walk of a pull was cut.

    Attributes:
        number: which of the call's lists.
        upper: the moment before which the older part begins.
    """

    number: int
    upper: dt.datetime


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull under way.

    Attributes:
        walk: the id its pages are kept under.
        started_at: when it began, UTC: the ``as_of`` of its frame.
        refresh: whether it was begun to fetch everything anew.
        changes: whether it was begun to fetch only what has changed.
        resumed: whether an earlier run began it.
        cuts: where its walks were cut.
    """

    walk: str
    started_at: dt.datetime
    refresh: bool
    resumed: bool
    changes: bool = False
    cuts: tuple[Cut, ...] = ()

    def goes_on(self, now: dt.datetime) -> bool:
        """Whether it is young enough to be gone on with."""
        return dt.timedelta(0) <= now - self.started_at < RESUME_WITHIN


class Pulls:
    """The unfinished pulls of one account."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, call: str, *, refresh: bool, now: dt.datetime, changes: bool = False) -> tuple[Pull, str | None]:
        """Go on with the unfinished pull of ``call``, or begin one.

        Args:
            call: the call's name, as in file names.
            refresh: a forced pull goes on only with a forced one.
            now: the present moment.
            changes: whether only what has changed will do; an unfinished pull goes on as it was begun.

        Returns:
            The pull, and the walk of an outdated one whose pages can be let go.
        """
        left = self._read(call)
        if left and left.refresh >= refresh and left.goes_on(now):
            return left, None
        begun = Pull(f"{call}-{secrets.token_hex(4)}", now, refresh, resumed=False, changes=changes)
        self._write(call, begun)
        return begun, left.walk if left else None

    def remember(self, call: str, pull: Pull, cuts: Sequence[Cut]) -> None:
        """Write down where the walks of ``pull`` are cut, so that the next run asks for the same pages."""
        self._write(call, replace(pull, cuts=tuple(cuts)))

    def go_on_whole(self, call: str, pull: Pull) -> Pull:
        """The same pull, but of everything: changes alone would not do."""
        whole = replace(pull, changes=False)
        self._write(call, whole)
        return whole

    def finish(self, call: str) -> None:
        """Forget ``call``: its frame is there."""
        with contextlib.suppress(OSError):
            self._file(call).unlink()

    def find(self, call: str, now: dt.datetime) -> Pull | None:
        """The unfinished pull that the next same call would go on with."""
        left = self._read(call)
        return left if left and left.goes_on(now) else None

    def drop_outdated(self, now: dt.datetime) -> list[str]:
        """Forget every pull that is too old to be gone on with; their walks, whose pages can be let go."""
        outdated = [(file.stem, pull) for file in self.folder.glob("*.json")
                    if (pull := self._read(file.stem)) and not pull.goes_on(now)]  # fmt: skip
        for call, _ in outdated:
            self.finish(call)
        return [pull.walk for _, pull in outdated]

    def unfinished(self) -> list[Pull]:
        """Every pull that waits to be gone on with."""
        found = (self._read(file.stem) for file in sorted(self.folder.glob("*.json")))
        return [pull for pull in found if pull]

    def _file(self, call: str) -> Path:
        return self.folder / f"{call}.json"

    def _read(self, call: str) -> Pull | None:
        try:
            said = json.loads(self._file(call).read_bytes())
            cuts = tuple(Cut(int(number), dt.datetime.fromisoformat(upper)) for number, upper in said["cuts"])
            started_at = dt.datetime.fromisoformat(said["started_at"])
            refresh, changes = bool(said["refresh"]), bool(said.get("changes"))
            return Pull(str(said["walk"]), started_at, refresh, resumed=True, changes=changes, cuts=cuts)
        except (OSError, ValueError, KeyError, TypeError):
            return None  # not there, half-written or foreign: begin anew

    def _write(self, call: str, pull: Pull) -> None:
        said = {
            "walk": pull.walk,
            "started_at": pull.started_at.isoformat(),
            "refresh": pull.refresh,
            "changes": pull.changes,
            "cuts": [(cut.number, cut.upper.isoformat()) for cut in pull.cuts],
        }
        temporary = self.folder / f"{call}.{secrets.token_hex(4)}.part"
        with contextlib.suppress(OSError):  # without the note, a stopped pull begins anew: slower, never wrong
            private_folder(self.folder)
            temporary.write_text(json.dumps(said), encoding="ascii")
            temporary.chmod(0o600)
            temporary.replace(self._file(call))
