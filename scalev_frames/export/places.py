"""Where a dataset lies: a folder of this computer or an address such as ``s3://…``, written in the same way.

A file is there whole or not at all. Addresses go through the file system that the user has installed (fsspec), which is
loaded when one is given.
"""

from __future__ import annotations

import contextlib
import glob
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from scalev_frames.errors import ExportError
from scalev_frames.export.atomic import UNFINISHED, replacing


class Place(ABC):
    """A folder, wherever it is; names are relative to it, with ``/``."""

    name: str

    @abstractmethod
    def files(self) -> list[str]:
        """Every file in it, sorted."""

    @abstractmethod
    def reading(self, name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
        """A file of it, open for reading."""

    @abstractmethod
    def writing(self, name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
        """A file to write, which takes its place when the block ends well."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Delete a file."""

    @abstractmethod
    def move(self, name: str, new: str) -> None:
        """Give a file another name, in a folder that need not be there."""

    @abstractmethod
    def tidy(self) -> None:
        """Delete what a killed writer left."""


class Folder(Place):
    """A folder of this computer.

    Args:
        path: the folder; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser()
        self.name = str(path)

    def files(self) -> list[str]:
        """Every file in it, sorted."""
        found = (file.relative_to(self.path) for file in self.path.rglob("*") if file.is_file())
        return sorted(file.as_posix() for file in found)

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """A file of it, open for reading."""
        with (self.path / name).open("rb") as file:
            yield file

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write, which takes its place when the block ends well."""
        with replacing(self.path / name, beside=self.path) as file:
            yield file

    def remove(self, name: str) -> None:
        """Delete a file, and its folder when that is empty."""
        (self.path / name).unlink()
        with contextlib.suppress(OSError):
            (self.path / name).parent.rmdir()

    def move(self, name: str, new: str) -> None:
        """Give a file another name, in a folder that need not be there."""
        (self.path / new).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).replace(self.path / new)
        with contextlib.suppress(OSError):
            (self.path / name).parent.rmdir()

    def tidy(self) -> None:
        """Delete what a killed writer left, beside the folder and in it."""
        beside = self.path.parent.glob(f".{glob.escape(self.path.name)}.*{UNFINISHED}")
        for file in (*beside, *self.path.rglob(f".*{UNFINISHED}")):
            with contextlib.suppress(OSError):
                file.unlink()


class Address(Place):
    """A folder at an address of any file system that fsspec knows.

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

    def files(self) -> list[str]:
        """Every file in it, sorted."""
        if not self.system.exists(self.root):
            return []
        return sorted(str(file).removeprefix(self.root).lstrip("/") for file in self.system.find(self.root))

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """A file of it, open for reading."""
        with self.system.open(f"{self.root}/{name}", "rb") as file:
            yield file

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write; the file system makes it seen when the block ends well."""
        path = f"{self.root}/{name}"
        self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        with self.system.transaction, self.system.open(path, "wb") as file:
            yield file

    def remove(self, name: str) -> None:
        """Delete a file."""
        self.system.rm_file(f"{self.root}/{name}")

    def move(self, name: str, new: str) -> None:
        """Give a file another name."""
        self.system.makedirs(f"{self.root}/{new}".rpartition("/")[0], exist_ok=True)
        self.system.mv(f"{self.root}/{name}", f"{self.root}/{new}")

    def tidy(self) -> None:
        """Nothing: the file system drops what was not finished."""


def place(path: str | Path) -> Place:
    """The folder or address that ``path`` means.

    >>> place("orders/").name
    'orders'
    """
    return Address(str(path)) if is_address(path) else Folder(Path(path))


def is_address(path: Any) -> bool:  # noqa: ANN401 - what a user gave
    """Whether ``path`` is an address, not a path; a Windows drive is none.

    >>> is_address("s3://bucket/orders"), is_address("C:/orders")
    (True, False)
    """
    return isinstance(path, str) and "://" in path
