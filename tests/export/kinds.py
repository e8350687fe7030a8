"""Every kind of value that a column may hold, with what it is in each format: the table of `test_values`."""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import dateutil.tz
import numpy as np
import pandas as pd
import pyarrow as pa

JAKARTA = ZoneInfo("Asia/Jakarta")
FAR = "3168875820-09-06T09:46:40"
NINE = dt.datetime(2026, 11, 1, 9, 30)
DAY = dt.datetime(2026, 11, 1)
SPAN = dt.timedelta(days=1, hours=6)


class Plain(enum.Enum):
    VIP = "vip"


class Whole(enum.IntEnum):
    TWO = 2


class Word(enum.StrEnum):
    VIP = "vip"


@dataclass(frozen=True)
class Kind:
    """Values, and their first one as Excel's cell, as CSV's cell and in Parquet; ``None`` in ``excel`` means refused."""

    name: str
    values: pd.Series
    excel: Any
    csv: str
    parquet: Any
    form: str = ""


def objects(*values):
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return pd.Series(made, dtype=object)


def arrow(kind, *values):
    return pd.Series(values, dtype=pd.ArrowDtype(kind))


def encoded(kind, *values):
    """Each value once and where it stands, which Arrow does not make of most types by itself."""
    array = pa.DictionaryArray.from_arrays(pa.array([*range(len(values)), None]), pa.array(values, kind))
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([array])))


_UNION = pa.UnionArray.from_dense(
    pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([1]), pa.array([2.5])]
)
UNION = pd.Series(pd.array(_UNION, dtype=pd.ArrowDtype(_UNION.type)))

KINDS = [
    # Python's own, as objects
    Kind("text", objects("Sri", None), "Sri", "Sri", "Sri"),
    Kind("flag", objects(True, None), True, "TRUE", True),
    Kind("whole", objects(2_511_281_234_567, None), 2511281234567, "2511281234567", 2511281234567),
    Kind("long whole", objects(2511281234567890123, None), "2511281234567890123", '="2511281234567890123"', 2511281234567890123),
    Kind("beyond 64 bit", objects(2**64, 1), "18446744073709551616", '="18446744073709551616"', Decimal(2**64)),
    Kind("beyond 128 bit", objects(10**45), "1" + "0" * 45, f'="1{"0" * 45}"', "1" + "0" * 45),
    Kind("beyond every number", objects(10**90), "1" + "0" * 90, f'="1{"0" * 90}"', "1" + "0" * 90),
    Kind("float", objects(0.5, None), 0.5, "0,5", 0.5),
    Kind("infinity", objects(float("inf"), 1.0), "inf", '="inf"', float("inf")),
    Kind("decimal", objects(Decimal("150000.50"), None), 150000.5, "150000,50", Decimal("150000.50")),
    Kind("decimal of scale 17", objects(Decimal("150000.00000000000000000"), Decimal("0.30000000000000004")), 150000, "150000", Decimal(150000)),
    Kind("decimal without places", objects(Decimal("1.5E+5"), None), 150000, "150000", Decimal(150000)),
    Kind("infinite decimal", objects(Decimal("Infinity"), Decimal(1)), "inf", '="inf"', "inf"),
    Kind("decimal that is no number", objects(Decimal("sNaN"), Decimal(2)), "", "", None),
    Kind("decimal of 51 digits", objects(Decimal("1E+30"), Decimal("1E-20")), "1" + "0" * 30, f'="1{"0" * 30}"', "1" + "0" * 30 + "." + "0" * 20),
    Kind("moment", objects(NINE, None), NINE, "2026-11-01 09:30:00", NINE, "yyyy-mm-dd hh:mm:ss"),
    Kind("zoned moment", objects(NINE.replace(tzinfo=JAKARTA)), NINE, "2026-11-01 09:30:00", pd.Timestamp(NINE, tz=JAKARTA), "yyyy-mm-dd hh:mm:ss"),
    Kind("offset", objects(NINE.replace(tzinfo=dt.timezone(dt.timedelta(hours=7)))), NINE, "2026-11-01 09:30:00", pd.Timestamp(NINE, tz=JAKARTA), "yyyy-mm-dd hh:mm:ss"),
    Kind("zones mixed", objects(NINE.replace(tzinfo=JAKARTA), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)), NINE, "2026-11-01 02:30:00", pd.Timestamp(NINE, tz=JAKARTA), "yyyy-mm-dd hh:mm:ss"),
    Kind("Timestamp", objects(pd.Timestamp(NINE), pd.NaT), NINE, "2026-11-01 09:30:00", NINE, "yyyy-mm-dd hh:mm:ss"),
    Kind("Timestamp of nanoseconds", objects(pd.Timestamp("2026-11-01 09:30:00.000000001")), NINE, "2026-11-01 09:30:00", pd.Timestamp("2026-11-01 09:30:00.000000001"), "yyyy-mm-dd hh:mm:ss"),
    Kind("datetime64", objects(np.datetime64("2026-11-01T09:30"), np.datetime64("NaT", "ns")), NINE, "2026-11-01 09:30:00", NINE, "yyyy-mm-dd hh:mm:ss"),
    Kind("day", objects(dt.date(2026, 11, 1), None), DAY, "2026-11-01", dt.date(2026, 11, 1), "yyyy-mm-dd"),
    Kind("midnights", objects(DAY, None), DAY, "2026-11-01", DAY, "yyyy-mm-dd"),
    Kind("time beside a day", objects(NINE, dt.date(2026, 11, 2)), NINE, "2026-11-01 09:30:00", NINE, "yyyy-mm-dd hh:mm:ss"),
    Kind("day beside a time", objects(dt.date(2026, 11, 1), NINE), DAY, "2026-11-01 00:00:00", DAY, "yyyy-mm-dd hh:mm:ss"),
    Kind("far day", objects(dt.date(1600, 1, 1)), "1600-01-01", "1600-01-01", dt.date(1600, 1, 1)),
    Kind("time of day", objects(dt.time(9, 30), None), dt.time(9, 30), "09:30:00", dt.time(9, 30), "hh:mm:ss"),
    Kind("duration", objects(SPAN, None), SPAN, "1 days 06:00:00", pd.Timedelta(SPAN), "[h]:mm:ss"),
    Kind("Timedelta", objects(pd.Timedelta(SPAN), pd.NaT), SPAN, "1 days 06:00:00", pd.Timedelta(SPAN), "[h]:mm:ss"),
    Kind("timedelta64", objects(np.timedelta64(30, "h")), SPAN, "1 days 06:00:00", pd.Timedelta(SPAN), "[h]:mm:ss"),
    Kind("longest duration", objects(dt.timedelta.max), "999999999 days, 23:59:59.999999", "999999999 days, 23:59:59.999999", "999999999 days, 23:59:59.999999"),
    Kind("bytes", objects(b"\xff\x00", None), "ff00", "ff00", b"\xff\x00"),
    Kind("list", objects(["vip"], None), '["vip"]', '["vip"]', ["vip"]),
    Kind("tuple", objects(("vip", 1), None), '["vip",1]', '["vip",1]', ["vip", 1]),
    Kind("set", objects({"b", "a"}, None), '["a","b"]', '["a","b"]', ["a", "b"]),
    Kind("array", objects(np.array(["a", "b"], dtype=object), None), '["a","b"]', '["a","b"]', ["a", "b"]),
    Kind("pandas array", objects(pd.array([1, None]), None), "[1,null]", "[1,null]", [1, None]),
    Kind("map", objects({"a": 1}, None), '{"a":1}', '{"a":1}', {"a": 1}),
    Kind("ordered map", objects(OrderedDict(b=1, a=2)), '{"b":1,"a":2}', '{"b":1,"a":2}', {"b": 1, "a": 2}),
    Kind("map of odd keys", objects({(1, 2): "a", 3: "b", None: "c"}), '{"[1,2]":"a","3":"b","null":"c"}', '{"[1,2]":"a","3":"b","null":"c"}', {"[1,2]": "a", "3": "b", "null": "c"}),
    Kind("list of times", objects([pd.Timestamp(NINE), pd.NaT, dt.date(2026, 11, 1)]), '["2026-11-01T09:30:00",null,"2026-11-01"]', '["2026-11-01T09:30:00",null,"2026-11-01"]', ["2026-11-01T09:30:00", None, "2026-11-01"]),
    Kind("list of numbers", objects([np.int64(1), 2**70, Decimal("1.50"), np.float32(0.5)]), f'[1,{2**70},"1.50",0.5]', f'[1,{2**70},"1.50",0.5]', [1, 2**70, "1.50", 0.5]),
    Kind("list of times of nanoseconds", objects([np.array([NINE, "NaT"], "datetime64[ns]")], np.array([30], "timedelta64[ns]")), '[["2026-11-01T09:30:00",null]]', '[["2026-11-01T09:30:00",null]]', [["2026-11-01T09:30:00", None]]),
    Kind("array without dimensions", objects([np.array(5), np.array(NINE, "datetime64[ns]"), np.array(np.inf)]), '[5,"2026-11-01T09:30:00","Infinity"]', '[5,"2026-11-01T09:30:00","Infinity"]', [5, "2026-11-01T09:30:00", "Infinity"]),
    Kind("list of no numbers", objects([float("inf"), float("nan"), pd.NA]), '["Infinity",null,null]', '["Infinity",null,null]', ["Infinity", None, None]),
    Kind("list of bytes and sets", objects([b"\x00", {1}, uuid.UUID(int=1)]), '["00",[1],"00000000-0000-0000-0000-000000000001"]', '["00",[1],"00000000-0000-0000-0000-000000000001"]', ["00", [1], "00000000-0000-0000-0000-000000000001"]),
    Kind("UUID", objects(uuid.UUID(int=1), None), "00000000-0000-0000-0000-000000000001", '="00000000-0000-0000-0000-000000000001"', "00000000-0000-0000-0000-000000000001"),
    Kind("path", objects(PurePosixPath("a/b")), "a/b", "a/b", "a/b"),
    Kind("complex", objects(1 + 2j, None), "(1+2j)", "(1+2j)", "(1+2j)"),
    Kind("fraction", objects(Fraction(1, 2)), "1/2", '="1/2"', "1/2"),
    Kind("address", objects(ipaddress.ip_address("10.0.0.1")), "10.0.0.1", '="10.0.0.1"', "10.0.0.1"),
    Kind("enum", objects(Plain.VIP), "Plain.VIP", "Plain.VIP", "Plain.VIP"),
    Kind("enum of numbers", objects(Whole.TWO), 2, "2", 2),
    Kind("enum of texts", objects(Word.VIP), "vip", "vip", "vip"),
    Kind("half a character", objects("a\ud83d"), "a�", "a�", "a�"),
    Kind("period object", objects(pd.Period("2026-11", "M"), None), "2026-11", '="2026-11"', "2026-11"),
    Kind("interval object", objects(pd.Interval(0, 1), None), "(0, 1]", "(0, 1]", "(0, 1]"),
    Kind("NumPy's whole", objects(np.int8(3), None), 3, "3", 3),
    Kind("NumPy's flag", objects(np.bool_(True), None), True, "TRUE", True),
    Kind("NumPy's text", objects(np.str_("a"), None), "a", "a", "a"),
    Kind("Arrow's scalar", objects(pa.scalar(3), None), 3, "3", 3),
    Kind("whole beside float", objects(1, 2.5), 1, "1", 1),
    Kind("whole beside decimal", objects(1, Decimal("2.5")), 1, "1", Decimal(1)),
    Kind("long whole beside float", objects(2**60 + 1, 2.5), str(2**60 + 1), f'="{2**60 + 1}"', str(2**60 + 1)),
    Kind("number beside text", objects(1, "two"), 1, "1", "1", "General"),
    Kind("flag beside number", objects(True, 1), True, "TRUE", "true", "General"),
    Kind("moment beside text", objects(NINE, "soon"), NINE, "2026-11-01 09:30:00", "2026-11-01T09:30:00", "yyyy-mm-dd hh:mm:ss"),
    Kind("day beside text", objects(dt.date(2026, 11, 1), "soon"), DAY, "2026-11-01", "2026-11-01", "yyyy-mm-dd"),
    Kind("zoned beside naive", objects(NINE.replace(tzinfo=dt.UTC), NINE), NINE + dt.timedelta(hours=7), "2026-11-01 09:30:00", "2026-11-01T09:30:00Z"),
    Kind("nothing", objects(None, None), "", "", None),
    # dtypes of NumPy and pandas
    Kind("big-endian", pd.Series(np.array([7, 8], dtype=">i4")), 7, "7", 7),
    Kind("big-endian float", pd.Series(np.array([1.5, 2], dtype=">f8")), 1.5, "1,5", 1.5),
    Kind("long double", pd.Series(np.array([1.5], dtype=np.longdouble)), 1.5, "1,5", 1.5),
    Kind("float16", pd.Series([1.5, None], dtype="float16"), 1.5, "1,5", 1.5),
    Kind("uint64", pd.Series([2**63, 1], dtype="uint64"), str(2**63), f'="{2**63}"', 2**63),
    Kind("int64 of NumPy", pd.Series([576543210987654321]), "576543210987654321", '="576543210987654321"', 576543210987654321),
    Kind("Int64 of pandas", pd.Series([2**60 + 1, None], dtype="Int64"), str(2**60 + 1), f'="{2**60 + 1}"', 2**60 + 1),
    Kind("Float64 with NaN", pd.Series([0.5, float("nan"), None], dtype="Float64"), 0.5, "0,5", 0.5),
    Kind("complex128", pd.Series([1 + 2j]), "(1+2j)", "(1+2j)", "(1+2j)"),
    Kind("sparse", pd.Series(pd.arrays.SparseArray([0.0, 1.5])), 0, "0", 0.0),
    Kind("sparse whole", pd.Series(pd.arrays.SparseArray([3, 0])), 3, "3", 3),
    Kind("period", pd.Series(pd.period_range("2026-11", periods=2, freq="M")), "2026-11", '="2026-11"', pd.Period("2026-11", "M")),
    Kind("quarter", pd.Series(pd.period_range("2026Q4", periods=1, freq="Q")), "2026Q4", "2026Q4", pd.Period("2026Q4", "Q")),
    Kind("interval", pd.Series(pd.interval_range(0, 2)), "(0, 1]", "(0, 1]", pd.Interval(0, 1)),
    Kind("cut", pd.Series(pd.cut([1, 5], [0, 2, 6])), "(0, 2]", "(0, 2]", "(0, 2]"),
    Kind("cut beside nothing", pd.Series(pd.cut([1, 9], [0, 2, 6])), "(0, 2]", "(0, 2]", "(0, 2]"),
    Kind("category of texts", pd.Series(pd.Categorical(["007", None])), "007", '="007"', "007"),
    Kind("category of numbers", pd.Series(pd.Categorical([3, 1])), 3, "3", 3),
    Kind("category of flags", pd.Series(pd.Categorical([True, False])), True, "TRUE", True),
    Kind("category of times", pd.Series(pd.Categorical(pd.to_datetime([NINE, DAY]))), NINE, "2026-11-01 09:30:00", NINE, "yyyy-mm-dd hh:mm:ss"),
    Kind("category of days", pd.Series(pd.Categorical([dt.date(2026, 11, 1), None])), DAY, "2026-11-01", dt.date(2026, 11, 1), "yyyy-mm-dd"),
    Kind("category of periods", pd.Series(pd.Categorical(pd.period_range("2026-11", periods=2, freq="M"))), "2026-11", '="2026-11"', "2026-11"),
    Kind("category of mixed", pd.Series(pd.Categorical([1, "a"])), 1, "1", "1"),
    Kind("an offset's own name", pd.Series(pd.to_datetime([NINE]).tz_localize(dt.timezone(dt.timedelta(hours=7), "WIB"))), NINE, "2026-11-01 09:30:00", pd.Timestamp(NINE, tz=JAKARTA)),
    Kind("dateutil's offset", pd.Series(pd.to_datetime([NINE]).tz_localize(dateutil.tz.tzoffset("WIB", 25_200))), NINE, "2026-11-01 09:30:00", pd.Timestamp(NINE, tz=JAKARTA)),
    Kind("a negative offset", pd.Series(pd.to_datetime([NINE]).tz_localize(dt.timezone(-dt.timedelta(hours=3, minutes=30), "X"))), NINE + dt.timedelta(hours=10, minutes=30), "2026-11-01 09:30:00", pd.Timestamp(NINE + dt.timedelta(hours=10, minutes=30), tz=JAKARTA)),
    Kind("dateutil's UTC", pd.Series(pd.to_datetime([NINE]).tz_localize(dateutil.tz.tzutc())), NINE + dt.timedelta(hours=7), "2026-11-01 09:30:00", pd.Timestamp(NINE, tz="UTC")),
    Kind("zoned seconds", pd.Series(pd.to_datetime([NINE, None]).as_unit("s").tz_localize(JAKARTA)), NINE, "2026-11-01 09:30:00", pd.Timestamp(NINE, tz=JAKARTA)),
    Kind("moment far ahead", pd.Series(np.array([10**17], "datetime64[s]")), FAR, f'="{FAR}"', FAR),
    Kind("zoned moment far ahead", pd.Series(np.array([10**17], "datetime64[s]")).dt.tz_localize("UTC"), f"{FAR}Z", f'="{FAR}Z"', f"{FAR}Z"),
    Kind("category far ahead", pd.Series(np.array([10**17], "datetime64[s]")).astype("category"), FAR, f'="{FAR}"', FAR),
    Kind("dateutil's zone", pd.Series(pd.to_datetime([NINE]).tz_localize(dateutil.tz.gettz("Asia/Jakarta"))), NINE, "2026-11-01 09:30:00", pd.Timestamp(NINE, tz=JAKARTA)),
    Kind("duration dtype", pd.Series([SPAN]), SPAN, "1 days 06:00:00", pd.Timedelta(SPAN), "[h]:mm:ss"),
    Kind("duration below zero", pd.Series([-SPAN]), -1.25, "'-2 days +18:00:00", pd.Timedelta(-SPAN), '0.0000" d"'),
    Kind("longest duration of seconds", pd.Series(np.array([10**13], "timedelta64[s]")), dt.timedelta(seconds=10**13), "115740740 days 17:46:40", pd.Timedelta(np.timedelta64(10**13, "s")), "[h]:mm:ss"),
    Kind("duration beyond exact floats", pd.Series([dt.timedelta(days=104_250)], dtype=object), dt.timedelta(days=104_250), "104250 days 00:00:00", pd.Timedelta(days=104_250), "[h]:mm:ss"),
    Kind("python text", pd.Series(["a\ud83d", None], dtype=pd.StringDtype("python")), "a�", "a�", "a�"),
    # Arrow's types
    Kind("Arrow text", arrow(pa.string(), "007"), "007", '="007"', "007"),
    Kind("Arrow text view", arrow(pa.string_view(), "007"), "007", '="007"', "007"),
    Kind("Arrow text view beside nothing", arrow(pa.string_view(), "007", None), "007", '="007"', "007"),
    Kind("Arrow bytes view beside nothing", arrow(pa.binary_view(), b"\xff", None), "ff", "ff", b"\xff"),
    Kind("Arrow union", UNION, 1, "1", 1),
    Kind("Arrow decimal of 76 digits", arrow(pa.decimal256(76, 70), Decimal("1E-60")), 1e-60, "1,0000000000E-60", "1.0000000000E-60"),
    Kind("Arrow list", arrow(pa.list_(pa.string()), ["a"], None), '["a"]', '["a"]', ["a"]),
    Kind("Arrow struct", arrow(pa.struct([("at", pa.timestamp("us"))]), {"at": NINE}), '{"at":"2026-11-01T09:30:00"}', '{"at":"2026-11-01T09:30:00"}', {"at": "2026-11-01T09:30:00"}),
    Kind("Arrow decimal of 5 digits", arrow(pa.decimal64(5, 2), Decimal("1.50")), 1.5, "1,50", Decimal("1.50")),
    Kind("Arrow decimal of thousands", arrow(pa.decimal128(5, -3), Decimal("15E+3")), 15000, "15000", Decimal(15000)),
    Kind("Arrow noise", arrow(pa.decimal128(38, 17), Decimal("150000"), Decimal("0.30000000000000004")), 150000, "150000", Decimal(150000)),
    Kind("Arrow wide decimal", arrow(pa.decimal256(50, 2), Decimal("1.50")), 1.5, "1,50", Decimal("1.50")),
    Kind("Arrow whole", arrow(pa.int64(), 2**60 + 1, None), str(2**60 + 1), f'="{2**60 + 1}"', 2**60 + 1),
    Kind("Arrow duration", arrow(pa.duration("s"), SPAN), SPAN, "1 days 06:00:00", pd.Timedelta(SPAN), "[h]:mm:ss"),
    Kind("Arrow day", arrow(pa.date32(), dt.date(2026, 11, 1)), DAY, "2026-11-01", dt.date(2026, 11, 1), "yyyy-mm-dd"),
    Kind("Arrow day of milliseconds", arrow(pa.date64(), dt.date(2026, 11, 1)), DAY, "2026-11-01", dt.date(2026, 11, 1), "yyyy-mm-dd"),
    Kind("Arrow time", arrow(pa.time32("s"), dt.time(9, 30)), dt.time(9, 30), "09:30:00", dt.time(9, 30), "hh:mm:ss"),
    Kind("Arrow bytes", arrow(pa.binary(), b"\xff"), "ff", "ff", b"\xff"),
    Kind("Arrow dictionary", arrow(pa.dictionary(pa.int8(), pa.string()), "007"), "007", '="007"', "007"),
    Kind("Arrow dictionary of lists", encoded(pa.list_(pa.string()), ["a"]), '["a"]', '["a"]', ["a"]),
    Kind("Arrow dictionary of records", encoded(pa.struct([("n", pa.int64())]), {"n": 1}), '{"n":1}', '{"n":1}', {"n": 1}),
    Kind("Arrow dictionary of decimals", encoded(pa.decimal128(5, 2), Decimal("1.50")), 1.5, "1,50", Decimal("1.50")),
    Kind("Arrow dictionary of days", encoded(pa.date32(), dt.date(2026, 11, 1)), DAY, "2026-11-01", dt.date(2026, 11, 1), "yyyy-mm-dd"),
    Kind("Arrow dictionary of moments", encoded(pa.timestamp("ms", "UTC"), NINE.replace(tzinfo=dt.UTC)), NINE + dt.timedelta(hours=7), "2026-11-01 09:30:00", pd.Timestamp(NINE, tz="UTC"), "yyyy-mm-dd hh:mm:ss"),
    Kind("Arrow nothing", arrow(pa.null(), None), "", "", None),
    Kind("Arrow zoned", arrow(pa.timestamp("ms", "UTC"), NINE.replace(tzinfo=dt.UTC)), NINE + dt.timedelta(hours=7), "2026-11-01 09:30:00", pd.Timestamp(NINE, tz="UTC"), "yyyy-mm-dd hh:mm:ss"),
]  # fmt: skip

#: What no file can hold: (name, values).
REFUSED = [
    ("object", objects(object())),
    ("class", objects(dict)),
    ("function", objects(len)),
    ("frame", objects(pd.DataFrame({"a": [1]}))),
    ("generator", objects(x for x in "a")),
    ("object in a list", objects([object()])),
    ("object in a map", objects({"a": {"b": object()}})),
    ("two keys of one text", objects({1: "a", "1": "b"})),
    ("object among texts", objects("a", object())),
]
