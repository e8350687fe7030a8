"""JSON becomes values without losing a digit."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.wire.answers.parsing import parse
from tests.wire.bodies import JSON_VALUES


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9007199254740993", 9007199254740993),
        ("18446744073709551616", 18446744073709551616),
        ("-123456789012345678901234567890", -123456789012345678901234567890),
        ("0.12345678901234567890", Decimal("0.12345678901234567890")),
        ("1234567890123456.25", Decimal("1234567890123456.25")),
        ("9007199254740993.0", Decimal("9007199254740993.0")),
        ("1e400", Decimal("1e400")),
        ("1.5e4", 15000.0),
        ("150000.5", 150000.5),
    ],
)
@pytest.mark.parametrize("frame", ['{"x":%s}', '{"x": %s}', '{"x":\n  %s\n}'])
def test_numbers_come_exactly(text: str, value: object, frame: str) -> None:
    parsed = parse((frame % text).encode())["x"]
    assert parsed == value
    assert type(parsed) is type(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None), st.booleans())
def test_no_number_loses_a_digit(number: Decimal, spaced: bool) -> None:
    text = str(number)
    parsed = parse(f"[{' ' if spaced else ''}{text}]".encode())[0]
    assert (Decimal(repr(parsed)) if isinstance(parsed, float) else Decimal(parsed)) == Decimal(text)


def digits(value: Any) -> Any:
    """``value`` with its numbers as they would be written."""
    match value:
        case dict():
            return {name: digits(inner) for name, inner in value.items()}
        case list():
            return [digits(inner) for inner in value]
        case float():
            return Decimal(repr(value))
        case _:
            return value


@given(JSON_VALUES, st.booleans())
def test_every_value_comes_as_it_was_written(value: object, pretty: bool) -> None:
    text = json.dumps(value, indent=2 if pretty else None)
    assert digits(parse(text.encode())) == json.loads(text, parse_float=Decimal)


def test_long_digits_within_a_text_stay_text() -> None:
    body = {"receipt": "001234567890123456789", "note": "call 1234567890123456789, or 1e999999", "price": 1.25}
    assert parse(json.dumps(body).encode()) == body


def test_half_an_emoji_does_not_stop_a_page() -> None:
    assert parse(rb'{"name": "Siti \ud83d"}')["name"].startswith("Siti ")


@pytest.mark.parametrize("text", [b"", b"NaN", b'{"x": NaN}', b'{"x": 1', b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        parse(text)
