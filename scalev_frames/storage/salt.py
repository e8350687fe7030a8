"""The user's secret that hashes are keyed with."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path

from scalev_frames.storage.files import create_private

FILE = "salt"
_BYTES = 32
_OF_PROCESS = secrets.token_bytes(_BYTES)


def load_salt(folder: Path) -> bytes:
    """The secret of ``folder``: made once, kept in a file that only the user can read.

    Args:
        folder: a cache folder; made, private, when it is not there. Where nothing can be written, the secret lasts as
            long as the process.
    """
    file = folder / FILE
    for _ in range(3):
        found = _read(file)
        if found is not None and len(found) == _BYTES:
            return found
        with contextlib.suppress(OSError):
            if found is not None:  # not a secret of this package
                file.unlink(missing_ok=True)
            create_private(file, secrets.token_bytes(_BYTES))
    return _OF_PROCESS


def is_kept(salt: bytes) -> bool:
    """Whether what `load_salt` gave is the same in the next process."""
    return salt != _OF_PROCESS


def _read(file: Path) -> bytes | None:
    """The bytes of the file, none where it cannot be read; None without one: another process may make it now."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return b""
