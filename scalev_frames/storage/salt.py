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
    for _ in range(2):
        with contextlib.suppress(OSError):
            if len(salt := file.read_bytes()) == _BYTES:
                return salt
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)  # unreadable, or not a secret of this package
            create_private(file, secrets.token_bytes(_BYTES))
    return _OF_PROCESS
