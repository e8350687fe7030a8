"""The index of a part: a few bytes in the part itself that say which keys it holds, so that writes need not read them.

The bytes stand between a part's last page and its footer, where Parquet keeps Bloom filters, and no footer points to
them: readers do not see them. They are written and replaced with the part, so they cannot be out of date; a part that
another program wrote has none, and its keys are read instead.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

Hashes: TypeAlias = np.ndarray[Any, np.dtype[np.uint64]]

_MAGIC = b"SCALEVK2"
_TAIL = struct.Struct("<II8s")
_FOOTER = struct.Struct("<I4s")


@dataclass(frozen=True, slots=True)
class Index:
    """The index of a part.

    Attributes:
        keys: the columns that tell its rows apart.
        schema: the `schema_mark` of its schema.
        account: whose rows they are; empty where that is not known.
        loose: whether there are rows without a key.
        hashes: the hashes of the keys, sorted.
    """

    keys: tuple[str, ...]
    schema: str
    account: str
    loose: bool
    hashes: Hashes

    def may_hold(self, hashes: Hashes) -> bool:
        """Whether a row with one of ``hashes`` is in the part; a yes is almost never wrong, a no never is."""
        if not len(self.hashes):
            return False
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return bool((self.hashes[places] == hashes).any())


def hash_each(texts: pa.Array) -> Hashes:
    """One number a key, the same on every computer; a missing key is as an empty one."""
    return np.asarray(pd.util.hash_array(texts.fill_null("").to_numpy(zero_copy_only=False), categorize=False))


def hashes_of(texts: pa.Array) -> Hashes:
    """The numbers of keys, sorted; keys that are missing are left out."""
    return np.sort(hash_each(texts.drop_null()))


def schema_mark(schema: pa.Schema, described: Any) -> str:  # noqa: ANN401 - pandas' own description of the columns
    """A short text that is the same for the same columns, types and pandas dtypes."""
    facts = schema.remove_metadata().serialize().to_pybytes() + json.dumps(described, sort_keys=True).encode()
    return hashlib.blake2b(facts, digest_size=12).hexdigest()


def index_bytes(keys: Sequence[str], texts: pa.Array, schema: str, account: str) -> bytes:
    """The index of a part, to be written before its footer."""
    facts = {"keys": list(keys), "schema": schema, "account": account, "loose": texts.null_count > 0}
    head, hashes = json.dumps(facts).encode(), hashes_of(texts).astype("<u8").tobytes()
    return head + hashes + _TAIL.pack(len(head), len(hashes), _MAGIC)


def read_index(file: IO[bytes]) -> Index | None:
    """The index of a part, ``None`` where another program wrote the part."""
    try:
        file.seek(-_FOOTER.size, 2)
        footer, magic = _FOOTER.unpack(file.read(_FOOTER.size))
        end = footer + _FOOTER.size + _TAIL.size
        file.seek(-end, 2)
        head, hashes, mark = _TAIL.unpack(file.read(_TAIL.size))
        if (magic, mark) != (b"PAR1", _MAGIC):
            return None
        file.seek(-(end + head + hashes), 2)
        content = file.read(head + hashes)
    except (OSError, ValueError, struct.error):
        return None
    facts = json.loads(content[:head])
    found = np.frombuffer(content[head:], "<u8").astype(np.uint64, copy=False)
    return Index(tuple(facts["keys"]), facts["schema"], facts["account"], facts["loose"], found)
