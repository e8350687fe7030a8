"""The kinds of values, and what each is in pandas, in Arrow and in Excel.

Money is ``decimal128(18, 2)`` in files and wherever it is counted. In frames it is ``float64``, with which every tool
can compute, where each value of a column survives: every amount of up to 15 digits does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value.

    Attributes:
        name: the word used in the catalog.
        arrow: the Arrow type in frames and files; times are UTC here and get their zone with the frame.
        excel: the number format of a cell.
        width: the usual width of a column in Excel, in characters.
        meaning: one line for the docs.
    """

    name: str
    arrow: pa.DataType
    excel: str
    width: int
    meaning: str


#: Words for true and false in English and Indonesian, as servers, spreadsheets and people write them.
FLAG_WORDS = {
    **dict.fromkeys(("true", "1", "yes", "y", "t", "ya", "benar"), True),
    **dict.fromkeys(("false", "0", "no", "n", "f", "tidak", "tdk", "salah"), False),
}

MONEY_TYPE = pa.decimal128(18, 2)
TIME_TYPE = pa.timestamp("us", tz="UTC")

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("id", pa.large_string(), "@", 14, "an id, as text whatever the server sends"),
        Kind("code", pa.large_string(), "@", 18, "a code, phone or account number: text, leading zeros kept"),
        Kind("text", pa.large_string(), "@", 24, "text"),
        Kind("url", pa.large_string(), "@", 32, "a web address, as text"),
        Kind("money", MONEY_TYPE, '"Rp" #,##0', 16,
             "rupiah (IDR), exact; decimals in files and where a float would not be"),
        Kind("count", pa.int64(), "#,##0", 10, "a whole number"),
        Kind("grams", pa.float64(), "#,##0.##", 10, "a weight in grams"),
        Kind("number", pa.float64(), "#,##0.####", 10, "a rate, a percentage or another number"),
        Kind("flag", pa.bool_(), "General", 9, "true, false or missing"),
        Kind("time", TIME_TYPE, "yyyy-mm-dd hh:mm:ss", 20, "a moment; UTC on the wire, the account's zone in frames"),
        Kind("date", pa.date32(), "yyyy-mm-dd", 12, "a calendar day in the zone that was asked for"),
        Kind("list", pa.large_string(), "@", 30, "a list, as Python lists in frames and JSON text in files"),
        Kind("map", pa.large_string(), "@", 30, "an object with free keys, as dicts in frames and JSON text in files"),
    )
}  # fmt: skip

TEXT_KINDS = frozenset({"id", "code", "text", "url"})
NESTED_KINDS = frozenset({"list", "map"})


def pandas_dtype(kind: str, time_zone: str) -> object:
    """The dtype a column of ``kind`` has in a frame: the contract of every accessor.

    >>> str(pandas_dtype("count", "Asia/Jakarta"))
    'Int64'
    """
    match kind:
        case "id" | "code" | "text" | "url":
            return pd.StringDtype(na_value=float("nan"))
        case "money":
            return np.dtype("float64")
        case "count":
            return pd.Int64Dtype()
        case "flag":
            return pd.BooleanDtype()
        case "grams" | "number":
            return pd.Float64Dtype()
        case "time":
            return pd.DatetimeTZDtype("us", time_zone)
        case "date":
            return "datetime64[s]"
        case _:
            return object


# How the API names things, [inferred] from every documented field; decides the kind of a field nobody declared.
_BY_NAME: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"(^|_)id$|_by_id$", "id"),
        (r"(_at|_time|^timestamp|^time)$", "time"),
        (r"phone|account_number|receipt|postal_code|sku|external_id|unique_id|uuid|reference_id", "code"),
        (r"(^|_)(price|revenue|cogs|discount|income|fee|cost|amount|subtotal)(_bt)?$", "money"),
        (r"(^|_)code(_|$)", "code"),
        (r"(_url|^url|^logo|^avatar|^image)$", "url"),
        (r"(^|_)weight$", "grams"),
        (r"(rate|percentage)$", "number"),
        (r"^is_|^has_", "flag"),
    )
)


def kind_by_name(name: str) -> str:
    """The kind that the API's naming habits suggest for a field called ``name``; ``text`` when none does.

    >>> kind_by_name("shipping_cost"), kind_by_name("paid_time"), kind_by_name("nickname")
    ('money', 'time', 'text')
    """
    return next((kind for pattern, kind in _BY_NAME if pattern.search(name)), "text")
