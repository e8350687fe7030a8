"""One writer at a time of a folder that several processes, and several computers, see.

A file in the folder names the writer, and a thread adds a byte to it every half a minute. What a killed process of this
computer left is replaced at once; the file of another computer after some minutes without a new byte. The file system's
clock alone counts, since those of two computers differ. A writer that was asleep meanwhile is stopped before it writes
on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from scalev_frames.errors import AlreadyRunningError
from scalev_frames.storage.files import COMPUTER, PART, is_running
from scalev_frames.storage.forks import held_by_forks

#: The file in a folder that names its writer; readers of datasets leave out such names.
WRITER = ".writing"
#: Seconds between two signs of life, and without one until a writer counts as dead.
BEAT, DEAD = 30.0, 300.0
#: Seconds between two looks at whether another writer has ended.
LOOK = 0.1
#: How often a folder is tried where others come and go at the same moment.
TRIES = 5
#: What the files say of which this process is the writer now.
_MINE: set[str] = set()
#: Held by the thread of this process that replaces a dead writer: two would take each other's new file away.
_REPLACING = threading.RLock()
held_by_forks(_REPLACING)


class Hold:
    """The right to write to a folder.

    Args:
        folder: the folder; it is made.

    Attributes:
        note: whose place was taken, in words; empty where it was nobody's of another computer.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / WRITER
        self.note = ""
        now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        said = {"computer": socket.gethostname(), "system": COMPUTER, "process": os.getpid(), "since": now}
        self._said = json.dumps({**said, "mark": secrets.token_hex(8)})
        self._beating: threading.Thread | None = None
        self._ended = threading.Event()

    def take(self) -> None:
        """Become the writer; where the folder cannot be written, whoever writes to it says so.

        Raises:
            AlreadyRunningError: another writer is there.
        """
        for _ in range(TRIES):
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                is_taken = self._create()
            except FileNotFoundError:  # another writer has just deleted the folder, which it had made
                continue
            except OSError:
                return
            if is_taken:
                self._beating = threading.Thread(target=self._beat, name="scalev-writing", daemon=True)
                self._beating.start()
                return
            with _REPLACING:
                self._remove_dead()
        if os.path.lexists(self.file):
            raise self._running("")

    def check(self) -> None:
        """Refuse to write on where another writer has taken over, as after this computer slept.

        Raises:
            AlreadyRunningError: the folder is another's by now.
        """
        if self._beating and self._read() != self._said and not self._create():
            raise self._running(self._read())

    def release(self) -> None:
        """Let others write."""
        try:
            if self._beating:
                self._ended.set()
                self._beating.join(LOOK)
                with contextlib.suppress(OSError):
                    if self._read() == self._said:
                        self.file.unlink()
        finally:  # and last: who found it dead before would replace the file that is deleted here
            _MINE.discard(self._said)

    def _create(self) -> bool:
        """Write the file; whether there was none."""
        _MINE.add(self._said)  # before others of this process can read it
        try:
            with self.file.open("x", encoding="utf-8") as opened:
                opened.write(self._said)
        except OSError as error:
            _MINE.discard(self._said)
            if not isinstance(error, FileExistsError):
                raise
            return False
        return True

    def _remove_dead(self) -> None:
        """Remove the file of a dead writer; of those who try at the same time, one does.

        Raises:
            AlreadyRunningError: it may be alive.
        """
        said, taken = self._read(), self._beside()
        try:
            is_ours = _is_dead_here(said)
            if not is_ours and self._age() < DEAD:
                if not self.file.exists():
                    return
                raise self._running(said)
            if self._read() != said:  # another one was quicker; looking takes a while
                return
            self.file.rename(taken)
            found = taken.read_text(encoding="utf-8", errors="replace").strip()
            if found != said:  # made meanwhile, by another one that saw the dead writer's
                os.link(taken, self.file)
                raise self._running(found)
            if not is_ours:
                self.note = f"{_computer(said)} had not ended when it stopped writing here"
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._running(said) from error
        finally:
            with contextlib.suppress(OSError):
                taken.unlink(missing_ok=True)

    def _age(self) -> float:
        """Seconds since the writer's last sign of life, or 0 where they cannot be known."""
        probe = self._beside()
        try:
            probe.write_bytes(b"\n")
            return probe.stat().st_mtime - self.file.stat().st_mtime
        except OSError:
            return 0.0
        finally:
            with contextlib.suppress(OSError):
                probe.unlink(missing_ok=True)

    def _beside(self) -> Path:
        """A name for a file of a moment, which is swept where the process is killed."""
        return self.file.with_name(f"{WRITER}.{COMPUTER}-{os.getpid()}-{secrets.token_hex(4)}{PART}")

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            with contextlib.suppress(OSError):
                if self._read() == self._said:
                    with self.file.open("r+b") as file:
                        file.seek(0, os.SEEK_END)
                        file.write(b"\n")

    def _read(self) -> str:
        """What the file says; empty where it cannot be read."""
        try:
            return self.file.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def _running(self, said: str) -> AlreadyRunningError:
        free = f"the folder is free {DEAD / 60:.0f} minutes later, or when you delete {self.file}"
        return AlreadyRunningError(
            f"{_computer(said)} is writing to {self.file.parent}.",
            advice=f"Wait until it has ended. If it was stopped in the middle, {free}.",
        )


@contextlib.contextmanager
def only_writer_of(folder: Path, patience: float = 0.0) -> Iterator[Hold]:
    """Hold a folder to which other processes and computers may write as well, and leave it as it was.

    Args:
        folder: the folder; it need not be there.
        patience: seconds to wait for another writer.

    Raises:
        AlreadyRunningError: another one writes there.
    """
    made = [one for one in (folder, *folder.parents) if not os.access(one, os.F_OK)]
    hold, until = Hold(folder), time.monotonic() + patience
    try:
        while True:
            try:
                hold.take()
                break
            except AlreadyRunningError:
                if time.monotonic() >= until:
                    raise
            time.sleep(LOOK)
        yield hold
    finally:
        hold.release()
        for one in made:
            with contextlib.suppress(OSError):  # something is in it
                one.rmdir()


def forget_writer(folder: Path) -> None:
    """Delete the file that names a writer, such as that of a worker which was lost."""
    with contextlib.suppress(OSError):
        (folder / WRITER).unlink()


def _is_dead_here(said: str) -> bool:
    """Whether a file names a process of this computer that runs no more, or this one from before a restart."""
    try:
        one = json.loads(said)
        process = int(one["process"])
        is_alive = said in _MINE if process == os.getpid() else is_running(process)
        return bool(one["system"] == COMPUTER and not is_alive)
    except (ValueError, TypeError, KeyError):
        return False


def _computer(said: str) -> str:
    """The computer that a file names."""
    try:
        return str(json.loads(said)["computer"])
    except (ValueError, TypeError, KeyError):
        return "Another computer"
