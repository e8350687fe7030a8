"""Write a file whole or not at all; the old file stays until the new one is complete."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, TypeAlias, TypeVar

import pandas as pd

from scalev_frames.errors import ExportError
from scalev_frames.progress import Event, Progress, choose
from scalev_frames.storage.files import COMPUTER, is_running, move, patiently

#: A table that can be exported.
Frame: TypeAlias = "pd.DataFrame | pd.Series[Any]"
#: A path, or a file open for writing bytes, such as `io.BytesIO`.
Name: TypeAlias = str | os.PathLike[str]
Target: TypeAlias = Name | IO[bytes]
#: Set by another thread to end an export.
Stop: TypeAlias = threading.Event | None
File = TypeVar("File", bound=IO[bytes])
#: The end of a file's name until the file is whole.
UNFINISHED = ".part"
#: A folder of unfinished files with this file in it is complete, and only waits to be moved (`swap`).
PLAN = "plan.json"
_OURS = re.compile(rf"\..+\.{COMPUTER}-(\d+)-[0-9a-f]{{8}}{re.escape(UNFINISHED)}")
#: Letters of a file's name that its unfinished form begins with: its name must not be too long for a disk.
_MOST_CARRIED = 40
#: Bytes that are copied to an open file at once.
_COPIED = 1 << 20
ON_WINDOWS = sys.platform == "win32"
#: The longest path of a folder on Windows, unless its settings allow longer ones.
_LONGEST_ON_WINDOWS = 247
# Names that mean a device or a part of another file on Windows, or that Windows shortens.
_ODD_ON_WINDOWS = re.compile(
    r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³]|conin\$|conout\$)\s*(?:\..*)?|.*[<>:\"|?*\x00-\x1f].*|.*[. ]",
    re.IGNORECASE | re.DOTALL,
)


@contextlib.contextmanager
def replacing(
    target: Target, *, suffixes: Sequence[str] = (), beside: Path | None = None, called: str = ""
) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of ``target`` when the block ends well.

    Links are followed, and the new file has the mode of the old one. Until it is whole it is the user's alone (0600).
    What killed processes of this computer left unfinished in the same folder is deleted.

    Args:
        target: the file, whose folder is made; or an open file, which is written when the block ends well.
        suffixes: what its name may end in; any when left out.
        beside: the folder beside which it is written until then, so that no reader of that folder meets it.
        called: what errors call it; its own path when left out.

    Raises:
        ExportError: it cannot be written: no space, no permission, no plain file, another suffix, or open in Excel.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "new" / "file.txt"
    >>> with replacing(target) as file:
    ...     _ = file.write(b"whole")
    >>> target.read_bytes()
    b'whole'
    """
    if not isinstance(target, str | os.PathLike) and hasattr(target, "write"):
        with _filling(target) as file:
            yield file
        return
    path = plain_path(target, suffixes)
    part: Path | None = None
    try:
        final = Path(os.path.realpath(path))
        old = _old(final)
        final.parent.mkdir(parents=True, exist_ok=True)
        near = beside if beside and can_rename(beside.parent, final.parent) else final
        sweep(near.parent)
        part = unfinished_name(near)
        with part.open("xb") as file:
            mode_of = old or part.stat()
            part.chmod(0o600)
            yield file
            file.flush()
            os.fsync(file.fileno())
        keep_mode(part, mode_of)
        move(part, final)
    except OSError as error:
        raise not_written(called or path, error) from error
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def check_target(target: Name, suffixes: Sequence[str] = (), *, called: str = "") -> Path:
    """The path of a file that can be written, to be asked for before its rows are fetched; nothing is left behind.

    Args:
        target: the file; its folder need not be there.
        suffixes: what its name may end in; any when left out.
        called: what errors call it; its own path when left out.

    Raises:
        ExportError: `replacing` could not write it.

    >>> check_target("orders.csv", [".xlsx"])
    Traceback (most recent call last):
        ...
    scalev_frames.errors.ExportError: orders.csv does not end in .xlsx. Give another name, or another format.
    """
    path = plain_path(target, suffixes)
    try:
        final = Path(os.path.realpath(path))
        if _old(final):
            patiently(lambda: final.open("r+b").close())  # on Windows Excel keeps others from that
        nearest = next((one for one in final.parents if one.exists()), Path(final.anchor))
        for name in final.relative_to(nearest).parts:
            with contextlib.suppress(FileNotFoundError):
                (nearest / name).lstat()  # no disk has a name that is too long
        part = unfinished_name(nearest / final.name)
        part.touch(0o600, exist_ok=False)
        part.unlink()
    except OSError as error:
        raise not_written(called or path, error) from error
    return path


def refuse_if_stopped(stop: Stop) -> None:
    """End an export that was stopped.

    Raises:
        ExportError: ``stop`` is set.
    """
    if stop is not None and stop.is_set():
        raise ExportError("The export was stopped.", advice="Nothing was written; export again when you like.")


def not_written(path: str | Path, error: OSError) -> ExportError:
    """The error of a file or folder that could not be written; a file that stands in its way is named."""
    if ON_WINDOWS and isinstance(error, FileNotFoundError) and len(str(error.filename)) > _LONGEST_ON_WINDOWS:
        return ExportError(
            f"{path} could not be written: with the names in it that is more letters than Windows takes.",
            advice="Choose a folder nearer to the disk's root, or allow long paths in Windows' settings.",
        )
    file = None
    with contextlib.suppress(OSError):
        file = next((one for one in Path(path).absolute().parents if one.is_file()), None)
    why = f"{file} is a file, and no folder" if file else error.strerror or error
    return ExportError(f"{path} could not be written: {why}.")


def plain_path(target: object, suffixes: Sequence[str] = ()) -> Path:
    """``target`` as a path of this computer, ``~`` expanded.

    Raises:
        ExportError: it is none, is an address, or ends in another suffix.

    >>> plain_path("orders.XLSX", [".xlsx"]).name
    'orders.XLSX'
    """
    text = os.fspath(target) if isinstance(target, str | os.PathLike) else b""
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise ExportError(f"{target!r} is no path.", advice="Give the path of a file, or a file open for bytes.")
    if "://" in text:
        raise ExportError(
            f"{text} is an address, and this file can only be written on this computer.",
            advice="Give a path and upload the file, or write a Parquet dataset to the address.",
        )
    try:
        os.fsencode(text)
        path = Path(text).expanduser()
    except UnicodeEncodeError as error:
        raise ExportError(
            f"{text!r} has a letter that no file's name can have.", advice="Give another name."
        ) from error
    except RuntimeError as error:
        raise ExportError(f"{text} could not be written: {error}") from error
    if ON_WINDOWS:
        _refuse_odd_names(path)
    if suffixes and path.suffix.lower() not in suffixes:
        raise ExportError(
            f"{path.name or text} does not end in {' or '.join(suffixes)}.",
            advice="Give another name, or another format.",
        )
    return path


def _refuse_odd_names(path: Path) -> None:
    for name in path.relative_to(path.anchor).parts:
        if name != ".." and _ODD_ON_WINDOWS.fullmatch(name):
            raise ExportError(f"{name} is no name of a file on Windows.", advice="Give another name.")


def written(target: Target, progress: Progress, rows: int) -> Path | IO[bytes]:
    """Report the end of an export; gives what exporters return: the path, or the open file."""
    if not isinstance(target, str | os.PathLike):
        return target
    path = plain_path(target)
    if progress is True:
        choose(progress)(Event("done", path.name, rows=rows))
    return path


def sweep(folder: Path) -> None:
    """Delete what killed processes of this computer left unfinished in ``folder``."""
    for path in folder.glob(f".*{UNFINISHED}"):
        found = _OURS.fullmatch(path.name)
        if found and not is_running(int(found[1])):
            remove_unfinished(path)


def unfinished_name(final: Path) -> Path:
    """A name beside ``final`` for what takes its place when it is whole."""
    return final.with_name(f".{carried(final.name)}.{COMPUTER}-{os.getpid()}-{secrets.token_hex(4)}{UNFINISHED}")


def carried(name: str) -> str:
    """The part of a file's name in the name of its unfinished form: the whole name, or its beginning and a hash."""
    if len(name) <= _MOST_CARRIED:
        return name
    return f"{name[:_MOST_CARRIED]}~{hashlib.blake2b(os.fsencode(name), digest_size=4).hexdigest()}"


def is_unfinished(name: str) -> bool:
    """Whether a file has the name of one that is not whole yet."""
    return name.startswith(".") and name.endswith(UNFINISHED)


def remove_unfinished(path: Path) -> None:
    """Delete a file, or a folder of files, that is unfinished; a folder that only waits to be moved stays."""
    with contextlib.suppress(OSError):
        if not path.is_dir():
            path.unlink()
        elif not (path / PLAN).exists():
            shutil.rmtree(path)


def keep_mode(part: Path, old: os.stat_result) -> None:
    """Give ``part`` the mode and the owner of the file whose place it takes."""
    with contextlib.suppress(OSError, AttributeError):  # only an administrator may give files away
        shutil.chown(part, old.st_uid, old.st_gid)
    part.chmod(stat.S_IMODE(old.st_mode))


def _old(final: Path) -> os.stat_result | None:
    """The file that is replaced, if there is one."""
    try:
        old = final.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(old.st_mode):
        what = "a folder" if stat.S_ISDIR(old.st_mode) else "no plain file"
        raise ExportError(f"{final} is {what}.", advice="Give the name of a file.")
    if not os.access(final, os.W_OK):
        raise ExportError(f"{final} is read-only.", advice="Give another name, or allow it to be written.")
    return old


@contextlib.contextmanager
def _filling(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """A file to write; its bytes are copied to the open file when the block ends without an error."""
    if isinstance(file, io.TextIOBase):
        raise ExportError("The file is open for text.", advice='Open it for bytes, as open(path, "wb") does.')
    try:
        with tempfile.TemporaryFile() as part:
            yield part
            part.seek(0)
            while block := part.read(_COPIED):
                _write_all(file, block)
    except (OSError, ValueError) as error:
        why = str(getattr(error, "strerror", "") or error).rstrip(".")
        raise ExportError(f"The open file could not be written: {why}.") from error


def _write_all(file: IO[bytes], block: bytes) -> None:
    """Write all of ``block``: an unbuffered file may take only a part of it, such as on a disk that is nearly full."""
    while block:
        taken: int | None = file.write(block)
        if taken == 0:
            raise OSError("it takes no more")
        block = block[len(block) if taken is None else taken :]


def can_rename(folder: Path, target: Path) -> bool:
    """Whether a file written in ``folder`` can take a place in the folder ``target``."""
    return os.access(folder, os.W_OK | os.X_OK) and folder.stat().st_dev == target.stat().st_dev
