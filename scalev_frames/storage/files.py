"""Write files that only the user can read, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

#: The suffix of an unfinished file; the names of its computer and process stand before it.
PART = ".part"
#: Seconds for which a file is tried again and again on Windows, and those in between.
PATIENCE, PAUSE = 2.0, 0.05
#: What the numbers of processes are of, as a container has its own, and what another start of the system has not.
_NAMESPACE, _BOOT = Path("/proc/self/ns/pid"), Path("/proc/sys/kernel/random/boot_id")


def _name_computer() -> str:
    """What tells this computer's processes from others'."""
    namespace = ""
    with contextlib.suppress(OSError):
        namespace = str(_NAMESPACE.readlink())
    return hashlib.blake2b((platform.node() + namespace).encode(), digest_size=3).hexdigest()


def _name_system() -> str:
    """What no other running system has; empty where that is not known, as outside of Linux."""
    try:
        return f"{_BOOT.read_text(encoding='ascii').strip()} {_NAMESPACE.readlink()}"
    except OSError:
        return ""


#: Distinguishes this computer's unfinished files from those of others in a shared folder.
COMPUTER = _name_computer()
#: Where the number of a process means the same process; empty where nobody knows.
SYSTEM = _name_system()
_WRITER = re.compile(rf"\.([0-9a-f]{{6}})-(\d+)-[0-9a-f]{{8}}{re.escape(PART)}$")


def private_folder(folder: Path) -> Path:
    """``folder``, made together with what is missing above it, for the user alone (0700).

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_private(file: Path, content: bytes) -> None:
    """Write ``content`` to ``file`` at once, readable by the user alone (0600), in a private folder (0700).

    Raises:
        OSError: it cannot be written; what was there before is untouched.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "new" / "file"
    >>> write_private(file, b"whole")
    >>> file.read_bytes()
    b'whole'
    """
    with replacing_private(file) as part:
        part.write_bytes(content)


def create_private(file: Path, content: bytes) -> None:
    """Write ``content`` to ``file`` as `write_private` does, unless another process has made it meanwhile.

    Raises:
        OSError: it cannot be written.
    """
    with _part_of(file) as part:
        part.write_bytes(content)
        try:
            os.link(part, file)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            move(part, file)


def move(file: Path, to: Path, sleep: Callable[[float], None] = time.sleep) -> None:
    """Give ``file`` the place of ``to``.

    Raises:
        OSError: it cannot be moved, see `patiently`.
    """
    patiently(lambda: file.replace(to), sleep)


def patiently(use: Callable[[], object], sleep: Callable[[float], None] = time.sleep) -> None:
    """``use`` a file; again on Windows, where another program, such as a virus scanner, may have it open for a moment.

    Raises:
        OSError: it cannot be used, on Windows for `PATIENCE` seconds.
    """
    for _ in range(round(PATIENCE / PAUSE) if sys.platform == "win32" else 0):
        with contextlib.suppress(PermissionError):
            use()
            return
        sleep(PAUSE)
    use()


@contextlib.contextmanager
def replacing_private(file: Path) -> Iterator[Path]:
    """An empty private file to fill, which takes the place of ``file`` when the block ends well.

    Raises:
        OSError: it cannot be written; what was there before is untouched.
    """
    with _part_of(file) as part:
        yield part
        move(part, file)


@contextlib.contextmanager
def _part_of(file: Path) -> Iterator[Path]:
    """An empty private file beside ``file``, in a private folder; it is deleted unless it has taken a place by then."""
    private_folder(file.parent)
    part = file.with_name(f"{file.name}.{COMPUTER}-{os.getpid()}-{secrets.token_hex(4)}{PART}")
    part.touch(mode=0o600, exist_ok=False)
    try:
        yield part
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def close_to_others(folder: Path) -> None:
    """Make a folder of ours private (0700) that exists with wider permissions, such as one restored from a backup.

    A link, and a folder that may not be changed, are left as they are.
    """
    with contextlib.suppress(OSError):
        if not folder.is_symlink() and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)


def listed(folder: Path, pattern: str) -> list[Path]:
    """The files of a folder by their names; none where it cannot be listed."""
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def sweep_parts(folder: Path) -> int:
    """Delete this computer's unfinished files whose processes no longer run, and return how many bytes that freed."""
    freed = 0
    for part in listed(folder, f"**/*{PART}"):
        with contextlib.suppress(OSError):
            if _is_left(part):
                size = part.stat().st_size
                part.unlink()
                freed += size
    return freed


def temporary_prefix(kind: str) -> str:
    """How a temporary folder of this process begins its name; those that killed processes left are deleted.

    >>> temporary_prefix("sandbox") == f"scalev-sandbox-{COMPUTER}-{os.getpid()}-"
    True
    """
    mine = f"scalev-{kind}-{COMPUTER}-"
    for left in Path(tempfile.gettempdir()).glob(f"{mine}*-*"):
        process = left.name.removeprefix(mine).partition("-")[0]
        if process.isdecimal() and not is_running(int(process)):
            shutil.rmtree(left, ignore_errors=True)  # follows no link; another user's stays
    return f"{mine}{os.getpid()}-"


def _is_left(part: Path) -> bool:
    """Whether no process writes ``part`` any more; a name without a process is of an earlier version."""
    writer = _WRITER.search(part.name)
    return writer is None or (writer[1] == COMPUTER and not is_running(int(writer[2])))


def is_running(process: int) -> bool:
    """Whether a process of this computer runs."""
    if process == os.getpid():
        return True
    if sys.platform == "win32":
        return True  # a signal would end it; there a file in use cannot be deleted anyway
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # another user's
    return True
