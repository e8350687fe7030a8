"""Credentials of other services are taken out of rows and of what is kept, and numbers get one type."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any

from scalev_frames.catalog.secret import TOLD, is_secret
from scalev_frames.frames.values.json_texts import loads
from scalev_frames.frames.values.scalars import json_text, plain_text

#: The types of values that may be or hold a credential; numbers, flags and what is missing do not.
_LOOKED_INTO = frozenset({dict, list, str, Decimal})
#: What JSON text of an object or a list begins with.
_OPENING = frozenset({"{", "["})

#: What follows the names in JSON, also in JSON that is a text of other JSON, where backslashes stand before it.
_AFTER_NAME = re.compile(rb'"\s*:')
#: A number with a fraction, as `without_credentials` carries it from text to text.
_CARRIED = re.compile(r'"\\u0000([-+.0-9eE]+)\\u0000"')

NOTE = "left out, because it holds a credential of another service"


def without_secrets(value: Any, path: str, found: set[str], *, free_keys: bool = False) -> Any:  # noqa: ANN401 - JSON
    """``value`` without the credentials in it, and numbers that no float holds as text.

    Args:
        value: any JSON value; a text that is a JSON object or list is looked into.
        path: where it stands, with dots.
        found: takes the paths of what is left out.
        free_keys: the keys of ``value`` are data, such as names of products: only texts below them can be credentials.

    >>> found = set()
    >>> without_secrets([{"id": 1, "api_key": "x"}], "pixels", found), found
    ([{'id': 1}], {'pixels.api_key'})
    """
    if isinstance(value, Decimal):
        return plain_text(value)
    if isinstance(value, str):
        return _text_without(value, path, found)
    if isinstance(value, list):
        return [without_secrets(one, path, found) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, one in value.items():
        if is_secret(str(key)) and (isinstance(one, str | dict | list) or not free_keys):
            found.add(f"{path}.{key}")
            one = harmless_part(one)
            if one is None:
                continue
        kept[key] = without_secrets(one, f"{path}.{key}", found)
    return kept


def without_credentials(content: bytes) -> bytes:
    """A body that may be kept on disk: each credential is replaced by an empty text, all else stays.

    Args:
        content: JSON; anything else is returned unchanged.

    >>> without_credentials(b'{"id": 1, "pixel": {"api_key": "x", "price": 0.10}}')
    b'{"id":1,"pixel":{"api_key":"","price":0.10}}'
    """
    if not holds_credentials(content):
        return content
    try:
        value = json.loads(content, parse_float=lambda text: f"\0{text}\0")
    except (ValueError, RecursionError):
        return content
    return _CARRIED.sub(r"\1", json.dumps(_emptied(value), separators=(",", ":"))).encode()


def holds_credentials(content: bytes) -> bool:
    """Whether a field of a body is called like a credential.

    >>> holds_credentials(b'{"secret_slug": "a"}'), holds_credentials(b'{"api_key" : "x"}')
    (False, True)
    """
    names = {before.rpartition(b'"')[2].rstrip(b"\\") for before in _AFTER_NAME.split(content)[:-1]}
    return any(is_secret(name.decode("utf-8", "replace")) for name in names)


def _emptied(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return [_emptied(one) for one in value]
    if isinstance(value, dict):
        return {
            key: (harmless_part(one) or "") if is_secret(key) and _is_no_number(one) else _emptied(one)
            for key, one in value.items()
        }
    if isinstance(value, str) and value[:1] in _OPENING:
        return without_credentials(value.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
    return value


def _is_no_number(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return isinstance(value, dict | list) or (isinstance(value, str) and not value.startswith("\0"))


def harmless_part(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The harmless part of a value that is named like a credential: ids and names of objects, else nothing.

    >>> harmless_part("secret"), harmless_part({"id": 5, "name": "Web", "value": "secret"})
    (None, {'id': 5, 'name': 'Web'})
    """
    if isinstance(value, dict):
        return {
            key: one for key, one in value.items() if TOLD.search(str(key)) and not isinstance(one, dict | list)
        } or None
    if isinstance(value, list):
        return [one for one in map(harmless_part, value) if one is not None] or None
    return None


def _text_without(text: str, path: str, found: set[str]) -> str:
    if text[:1] not in _OPENING:
        return text
    try:
        value = loads(text)
    except ValueError:
        return text
    kept = without_secrets(value, path, found)
    return text if kept == value else json_text(kept)


def may_hold_secrets(values: Sequence[Any], *, free_keys: bool = False) -> bool:
    """Whether a column may hold credentials; checks one level at a time, which is quick.

    Args:
        values: JSON values.
        free_keys: the keys of the objects among them are data.

    >>> may_hold_secrets([[{"id": 1}], None]), may_hold_secrets([[{"id": 1, "api_key": "x"}]])
    (False, True)
    """
    level: list[Any] = [*filter(None, values)]
    while level:
        types = set(map(type, level))
        if Decimal in types or (str in types and _may_be_json(level)):
            return True
        objects = _of_type(dict, level) if dict in types else []
        lists = _of_type(list, level) if list in types else []
        inner = [*chain.from_iterable(map(dict.values, objects)), *chain.from_iterable(lists)]
        are_plain = _LOOKED_INTO.isdisjoint(map(type, inner))
        if not (free_keys and are_plain) and any(map(_has_secret, set(map(tuple, objects)))):
            return True
        level, free_keys = inner, False
    return False


def _of_type(kind: type, level: list[Any]) -> list[Any]:
    return [one for one in level if type(one) is kind]


def _may_be_json(level: list[Any]) -> bool:
    """Whether a text begins as the JSON of an object or a list does."""
    texts = [one for one in level if type(one) is str]
    whole = "".join(texts)
    return ("{" in whole or "[" in whole) and not _OPENING.isdisjoint({one[:1] for one in texts})


@lru_cache(maxsize=4096)
def _has_secret(keys: tuple[str, ...]) -> bool:
    return any(is_secret(str(key)) for key in keys)
