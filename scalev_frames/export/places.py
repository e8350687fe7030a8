"""The place of a dataset: a local folder or an address such as ``s3://…``, used in the same way.

A file is there whole or not at all. Addresses go through the file system that the user has installed (fsspec), which is
loaded when one is given.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import os
import posixpath
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, Self, TypeAlias

from scalev_frames.errors import ExportError
from scalev_frames.export.atomic import (
    UNFINISHED,
    can_rename,
    carried,
    check_target,
    is_unfinished,
    keep_mode,
    plain_path,
    remove_unfinished,
    replacing,
    unfinished_name,
)
from scalev_frames.settings import state_dir
from scalev_frames.storage.files import move
from scalev_frames.storage.locks import only_writer
from scalev_frames.storage.writing import Hold, forget_writer, only_writer_of


class Folder:
    """A folder of this computer; names are relative to it, with ``/``.

    Args:
        path: the folder; it need not be there.
        is_stage: whether no reader meets its files, so that unfinished ones may lie in it.
    """

    def __init__(self, path: Path, *, is_stage: bool = False) -> None:
        self.path = Path(os.path.realpath(path))
        self.name = str(path)
        self._beside = None if is_stage else self.path
        self._hold: Hold | None = None

    @property
    def leaf(self) -> str:
        """The last part of its path."""
        return self.path.name

    def at(self, folder: str) -> Self:
        """A folder below this one, or ``..``."""
        return type(self)(Path(os.path.normpath(self.path / folder)))

    def files(self) -> list[str]:
        """Every file in it, sorted."""
        found, seen = [], set()
        for folder, _, names in os.walk(self.path, onerror=self._refuse, followlinks=True):
            if (whole := os.path.realpath(folder)) in seen:
                raise ExportError(f"{self.name} holds {whole} twice.", advice="Remove the link.")
            seen.add(whole)
            found += [file for file in (Path(folder, name) for name in names) if file.is_file()]
        return sorted(file.relative_to(self.path).as_posix() for file in found)

    def _refuse(self, error: OSError) -> None:
        """Raise where a folder cannot be read; a dataset's own folder that does not exist has no files."""
        if error.filename == str(self.path) and error.errno in (errno.ENOENT, errno.ENOTDIR):
            return
        raise ExportError(
            f"{self.name} cannot be read: {error.strerror or error} ({error.filename}).",
            advice="See that you may read it, and that no other program writes there.",
        ) from error

    def reading(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """A file of it, open for reading."""
        return (self.path / name).open("rb")

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write, which takes its place when the block ends well."""
        with replacing(self.path / name, beside=self._beside, called=self.name) as file:
            yield file
            self.check()

    def remove(self, name: str) -> None:
        """Delete a file, and its folder when that is empty."""
        (self.path / name).unlink()
        with contextlib.suppress(OSError):
            (self.path / name).parent.rmdir()

    def move(self, name: str, new: str, to: Place | None = None) -> None:
        """Give a file another name, in a folder that need not be there; also one in the place ``to``."""
        folder = to if isinstance(to, Folder) else self
        file, target = self.path / name, folder.path / new
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            keep_mode(file, target.stat())
        move(file, target)
        with contextlib.suppress(OSError):
            file.parent.rmdir()

    def check_target(self) -> None:
        """Refuse a folder in which no file can be written, before its rows are fetched; nothing is left behind.

        Raises:
            ExportError: it could not be written.
        """
        check_target(self.path / UNFINISHED, called=self.name)

    @contextlib.contextmanager
    def held(self, patience: float = 0.0) -> Iterator[str]:
        """Keep other writers away meanwhile, also those of other computers.

        Args:
            patience: seconds to wait for another writer.

        Raises:
            AlreadyRunningError: another one holds it.
        """
        with only_writer_of(self.path, patience) as self._hold:
            try:
                yield self._hold.note
            finally:
                self._hold = None

    def check(self) -> None:
        """Refuse to write on where another writer took over what this one held.

        Raises:
            AlreadyRunningError: another one holds it.
        """
        if self._hold:
            self._hold.check()

    def release(self) -> None:
        """Forget the writer that holds it, such as a worker which was lost."""
        forget_writer(self.path)

    def stage(self) -> Self:
        """A new folder for files that no reader is to meet yet: beside this one, or in it where that is not allowed."""
        final = self.path
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists() and not final.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is no folder")
        is_beside = not final.exists() or can_rename(final.parent, final)
        made = unfinished_name(final if is_beside else final / final.name)
        made.mkdir(mode=0o700)
        stage = type(self)(made, is_stage=True)
        stage.name = self.name
        return stage

    def stages(self) -> list[Self]:
        """The folders that `stage` gave and that are still there."""
        return [type(self)(path, is_stage=True) for path in self._unfinished() if path.is_dir()]

    def clear(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def tidy(self) -> None:
        """Delete what a killed writer left, beside the folder and in it."""
        inside = (self.path / name for name in self.files())
        for path in (*self._unfinished(), *(path for path in inside if is_unfinished(path.name))):
            remove_unfinished(path)

    def _unfinished(self) -> list[Path]:
        """The unfinished files and stages of this folder's writers, and not those of a folder with a longer name."""
        final = self.path
        ours = re.compile(rf"\.{re.escape(carried(final.name))}\.([0-9a-f]+-\d+-)?[0-9a-f]{{8}}{re.escape(UNFINISHED)}")
        found = (path for folder in (final.parent, final) for path in folder.glob(f".*{UNFINISHED}"))
        return [path for path in found if ours.fullmatch(path.name)]


class Address:
    """A folder at an address of any file system that fsspec knows, with the methods of `Folder`.

    Args:
        url: such as ``s3://bucket/orders``.

    Raises:
        ExportError: fsspec, or the file system for this address, is not installed.
    """

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs

            self.system, self.root = url_to_fs(url.rstrip("/"))
        except (ImportError, ValueError) as error:
            raise ExportError(
                f"{url} cannot be reached: {error}.", advice="Install fsspec and the file system for it, such as s3fs."
            ) from error
        self.name = url

    @property
    def leaf(self) -> str:
        return str(self.root).rpartition("/")[2]

    def at(self, folder: str) -> Self:
        made = self._with_root(posixpath.normpath(f"{self.root}/{folder}"))
        made.name = f"{self.name.rstrip('/')}/{folder}"
        return made

    def files(self) -> list[str]:
        if not self.system.exists(self.root):
            return []
        return sorted(str(file).removeprefix(self.root).lstrip("/") for file in self.system.find(self.root))

    def reading(self, name: str) -> AbstractContextManager[IO[bytes]]:
        file: AbstractContextManager[IO[bytes]] = self.system.open(f"{self.root}/{name}", "rb")
        return file

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write; the file system makes it seen when the block ends well."""
        path = f"{self.root}/{name}"
        self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        with self.system.transaction, self.system.open(path, "wb") as file:
            yield file

    def remove(self, name: str) -> None:
        self.system.rm_file(f"{self.root}/{name}")

    def move(self, name: str, new: str, to: Place | None = None) -> None:
        there = to if isinstance(to, Address) else self
        target = f"{there.root}/{new}"
        self.system.makedirs(target.rpartition("/")[0], exist_ok=True)
        self.system.mv(f"{self.root}/{name}", target)

    def check_target(self) -> None:
        """Nothing: only writing shows whether an address can be written."""

    @contextlib.contextmanager
    def held(self, patience: float = 0.0) -> Iterator[str]:  # noqa: ARG002 - as of a folder
        """Keep other processes of this computer away; file systems have no common way to create a file only once."""
        with contextlib.ExitStack() as held:
            with contextlib.suppress(ExportError):  # no lock can be made here
                held.enter_context(only_writer(state_dir() / "locks", "dataset", self.name))
            yield ""

    def check(self) -> None:
        """Nothing: what holds it ends with the process."""

    def release(self) -> None:
        """Nothing: what holds it ends with the process."""

    def stage(self) -> Self:
        """A place for files that no reader is to meet yet: beside this one, or in it where it has no parent."""
        parent, is_below, name = self.root.rpartition("/")
        return self._with_root(f"{parent if is_below else self.root}/.{name}{UNFINISHED}")

    def stages(self) -> list[Self]:
        """The place that `stage` gives, if it has any files."""
        stage = self.stage()
        return [stage] if stage.files() else []

    def clear(self) -> None:
        if self.system.exists(self.root):
            self.system.rm(self.root, recursive=True)

    def tidy(self) -> None:
        """Delete what a killed writer left; unfinished files are dropped by the file system itself."""
        for stage in self.stages():
            stage.clear()

    def _with_root(self, root: str) -> Self:
        made = copy.copy(self)
        made.root = root
        return made


#: Where a dataset lies.
Place: TypeAlias = Folder | Address


def place(path: str | Path) -> Place:
    """The folder or address that ``path`` means.

    Raises:
        ExportError: it is no path, or a whole disk.

    >>> place("orders/").name
    'orders'
    """
    if is_address(path):
        return Address(str(path))
    folder = Folder(plain_path(path))
    if folder.path.parent == folder.path:
        raise ExportError(f"{path} is a whole disk.", advice="Give a folder of its own.")
    return folder


def whole_path(path: str | os.PathLike[str]) -> str:
    """``path`` from the root of the disk, or the address as it is.

    Raises:
        ExportError: it is no path.

    >>> whole_path("s3://bucket/orders/")
    's3://bucket/orders/'
    """
    return str(path) if is_address(path) else str(plain_path(path).absolute())


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether ``path`` is a folder that is there, or an address.

    Raises:
        ExportError: it is no path, or none that can be read.
    """
    try:
        return is_address(path) or plain_path(path).is_dir()
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror or error}.", advice="Check the path.") from error


def is_address(path: Any) -> bool:  # noqa: ANN401 - what a user gave
    """Whether ``path`` is an address, not a path; a Windows drive is none.

    >>> is_address("s3://bucket/orders"), is_address("C:/orders")
    (True, False)
    """
    return isinstance(path, str) and "://" in path
