"""Why: a file is there whole or not at all, and what stood there before is untouched until then.

May import errors only.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scalev_frames.errors import ExportError

#: What the name of a file ends in until it is whole.
UNFINISHED = ".part"


@contextlib.contextmanager
def replacing(path: str | Path, *, beside: Path | None = None) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of ``path`` when the block ends well.

    Args:
        path: the file; its folder is made.
        beside: the folder beside which it is written until then, so that no reader of that folder meets it.

    Raises:
        ExportError: it cannot be written: no space, no permission, or open in Excel.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "new" / "file.txt"
    >>> with replacing(target) as file:
    ...     _ = file.write(b"whole")
    >>> target.read_bytes()
    b'whole'
    """
    target = Path(path).expanduser()
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if beside and _can_rename(beside.parent, target.parent):
            part = beside.with_name(f".{beside.name}.{secrets.token_hex(4)}{UNFINISHED}")
        with part.open("xb") as file:
            yield file
        part.replace(target)
    except OSError as error:
        raise ExportError(f"{target} could not be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _can_rename(folder: Path, target: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and folder.stat().st_dev == target.stat().st_dev
