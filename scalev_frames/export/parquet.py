"""Why: frames leave as Parquet, with their exact types, readable by everything that reads Parquet.

May import frames and errors.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from scalev_frames.errors import ExportError
from scalev_frames.export.atomic import replacing
from scalev_frames.export.masked import masked
from scalev_frames.frames.tables import read_table, write_table


def to_parquet(frame: pd.DataFrame, path: str | Path, *, mask: bool = False) -> Path:
    """Write a frame as one Parquet file (zstd): exact types, `attrs` kept, lists and objects as JSON text.

    Args:
        frame: any DataFrame; values of a column that have no common type become text.
        path: the file to write; its folder is made.
        mask: customers' names, phones, addresses and texts as tokens; see `frame.scalev.mask`.

    Returns:
        The path.

    Raises:
        ExportError: the file cannot be written, or two columns share a name; what stood there is untouched.

    >>> import tempfile
    >>> path = to_parquet(pd.DataFrame({"id": ["1"], "tags": [["new"]]}), Path(tempfile.mkdtemp()) / "x.parquet")
    >>> read_parquet(path)["tags"].tolist()
    [['new']]
    """
    try:
        with replacing(path) as file:
            write_table(masked(frame, mask=mask), file)
    except ValueError as error:
        raise ExportError(f"This frame cannot be Parquet: {error}", advice="Rename or drop columns.") from error
    return Path(path)


def read_parquet(path: str | Path) -> pd.DataFrame:
    """A frame that `to_parquet` wrote, the same as it was: dtypes, lists, `attrs`.

    Args:
        path: the file.

    Raises:
        ExportError: it cannot be read, or is no Parquet.
    """
    try:
        return read_table(Path(path).expanduser())
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror or error}.", advice="Check the path.") from error
    except pa.ArrowException as error:
        raise ExportError(f"{path} is no whole Parquet file.", advice="Export it again.") from error
