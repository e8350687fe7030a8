"""One writer at a time of a folder that several processes, and several computers, see.

A lock of this computer, which ends with its process, keeps the user's other threads and processes away. For others a
file in the folder names the writer, and a thread adds a byte to it every half a minute. The file of a dead writer is
replaced: at once by who holds the lock that it was written under, or sees that its process has ended, by others after
some minutes without a new byte. The file system's clock alone counts, since those of two computers differ. Of two
computers that replace it at the same moment the later one stays the writer, and a writer that was asleep meanwhile is
stopped before it writes on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from scalev_frames.errors import AlreadyRunningError, ExportError
from scalev_frames.settings import state_dir
from scalev_frames.storage.files import COMPUTER, PART, SYSTEM, is_running
from scalev_frames.storage.forks import renew_after_fork
from scalev_frames.storage.locks import only_writer
from scalev_frames.storage.salt import load_salt

#: The file in a folder that names its writer; readers of datasets leave out such names.
WRITER = ".writing"
#: Seconds between two signs of life, and without one until a writer counts as dead.
BEAT, DEAD = 30.0, 300.0
#: Seconds between two looks at whether another writer has ended, and until one who just came has its name in the file.
LOOK, SETTLE = 0.1, 1.0
#: How often a folder is tried where others come and go at the same moment.
TRIES = 5


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
        self._said = ""
        self._held = contextlib.ExitStack()
        self._beating: threading.Thread | None = None
        self._ended = threading.Event()
        renew_after_fork(self)

    def take(self) -> None:
        """Become the writer; where the folder cannot be written, whoever writes to it says so.

        Raises:
            AlreadyRunningError: another writer is there.
        """
        lock, now = self._lock(), dt.datetime.now().astimezone().isoformat(timespec="seconds")
        said = {"computer": socket.gethostname(), "system": SYSTEM, "process": os.getpid(), "lock": lock, "since": now}
        self._said = json.dumps({**said, "mark": secrets.token_hex(8)})
        for _ in range(TRIES):
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                is_taken = self._create() or self._replace_dead(lock)
            except FileNotFoundError:  # another writer has just deleted the folder, which it had made
                continue
            except OSError:
                return
            if is_taken:
                self._beating = threading.Thread(target=self._beat, name="scalev-writing", daemon=True)
                self._beating.start()
                return
        if os.path.lexists(self.file):
            raise self._running(self._read())

    def check(self) -> None:
        """Refuse to write on where another writer has taken over, as after this computer slept.

        Raises:
            AlreadyRunningError: the folder is another's by now.
        """
        if self._beating and self._read() != self._said and not self._create():
            raise self._running(self._read())

    def release(self) -> None:
        """Let others write."""
        with self._held:
            if self._beating:
                self._ended.set()
                self._beating.join(LOOK)
                with contextlib.suppress(OSError):
                    if self._read() == self._said:
                        self.file.unlink()

    def renew(self) -> None:
        """In a forked child: it is the parent that writes."""
        self._beating = None
        self._held.close()

    def _lock(self) -> str:
        """Keep away what else the user runs here.

        Returns:
            The lock's name: who holds it knows that whoever held it before is dead. Where there is no lock, a new name.
        """
        folder, locks = str(self.file.parent), state_dir() / "locks"
        try:
            self._held.enter_context(only_writer(locks, "dataset", folder))
        except AlreadyRunningError as error:
            said = f"{socket.gethostname()} is writing to {folder}."
            raise AlreadyRunningError(said, advice="Wait until it has ended.") from error
        except ExportError:  # none can be made here
            return secrets.token_hex(8)
        mine = f"{COMPUTER} {load_salt(locks).hex()} {folder}"  # other computers may be called the same
        return hashlib.blake2b(os.fsencode(mine), digest_size=8).hexdigest()

    def _create(self) -> bool:
        """Write the file; whether there was none."""
        try:
            with self.file.open("x", encoding="utf-8") as opened:
                opened.write(self._said)
        except FileExistsError:
            return False
        return True

    def _replace_dead(self, lock: str) -> bool:
        """Take the place of a dead writer; whether its file was still there.

        Raises:
            AlreadyRunningError: it may be alive, or another computer took its place.
        """
        said = self._read()
        was_here = _says(said, "lock") == lock
        new = self.file.with_name(f"{WRITER}.{COMPUTER}-{os.getpid()}-{secrets.token_hex(4)}{PART}")
        try:
            new.write_text(self._said, encoding="utf-8")
            age = new.stat().st_mtime - self.file.lstat().st_mtime
            if not was_here and not _has_ended(said) and age < (DEAD if said else SETTLE):
                raise self._running(said)
            if self._read() != said:  # looking takes a while
                return False
            new.replace(self.file)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._running(said) from error
        finally:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
        if not was_here:
            time.sleep(SETTLE)
            if (found := self._read()) != self._said:
                raise self._running(found)
            self.note = f"{_computer(said)} had not ended when it stopped writing here"
        return True

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
                hold.release()
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


def _computer(said: str) -> str:
    """The computer that a file names."""
    return _says(said, "computer") or "Another computer"


def _has_ended(said: str) -> bool:
    """Whether the process that a file names, of any user of this computer, is known to have ended."""
    process = _says(said, "process")
    return _says(said, "system") == SYSTEM != "" and process.isdecimal() and not is_running(int(process))


def _says(said: str, name: str) -> str:
    """What a file says of its writer; empty where it does not."""
    try:
        return str(json.loads(said)[name])
    except (ValueError, TypeError, KeyError):
        return ""
