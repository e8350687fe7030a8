"""One value has many forms on Scalev's wire; here they are made, the same for the same seed.

Money is held in sen (1/100 rupiah) as int, moments in microseconds since 1970, UTC.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import orjson

SECOND = 1_000_000
DAY = 86_400 * SECOND
MISSING = -1
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive on purpose: quicker, and `dump` reads it as UTC


class Scramble:
    """Serial numbers to numbers without visible order, one to one, and back.

    Args:
        modulus: how many numbers there are.
        seed: another seed, another order.

    >>> scramble = Scramble(26**6, seed=1)
    >>> [scramble.serial(scramble.number(serial)) for serial in range(3)]
    [0, 1, 2]
    """

    def __init__(self, modulus: int, seed: int) -> None:
        self.modulus = modulus
        self.offset = (seed * 0xD1342543DE82EF95 + 0x2545F4914F6CDD1D) % modulus
        self.factor = (0x9E3779B97F4A7C15 + 2 * seed) % modulus
        while math.gcd(self.factor, modulus) != 1:
            self.factor += 1
        self._inverse = pow(self.factor, -1, modulus)

    def number(self, serial: int) -> int:
        """The number of ``serial``."""
        return (serial * self.factor + self.offset) % self.modulus

    def serial(self, number: int) -> int:
        """The serial that has ``number``."""
        return (number - self.offset) * self._inverse % self.modulus


def microseconds(moment: datetime) -> int:
    """``moment`` as microseconds since 1970; without a zone it is UTC.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 2))
    2000000
    """
    naive = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return (naive - _EPOCH) // timedelta(microseconds=1)


def moment_of(stamp: int) -> datetime:
    """The aware UTC datetime of microseconds since 1970."""
    return (_EPOCH + timedelta(microseconds=stamp)).replace(tzinfo=UTC)


def stamp(moment: int) -> datetime | None:
    """A moment as `dump` takes it; ``None`` where it is missing."""
    return None if moment == MISSING else _EPOCH + timedelta(microseconds=moment)


def dump(value: object) -> bytes:
    """``value`` as JSON; moments in UTC with ``Z``, with microseconds only where there are any.

    >>> dump([stamp(2_000_000), stamp(2_000_001), stamp(MISSING)]).decode()
    '["1970-01-01T00:00:02Z","1970-01-01T00:00:02.000001Z",null]'
    """
    return orjson.dumps(value, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)


def money(sen: int, form: int) -> int | float | str | orjson.Fragment:
    """An amount in one of four forms, all of the same exact value: number, exponent, text, with a point.

    >>> [dump(money(15_000_000, form)).decode() for form in range(4)]
    ['150000', '1.5e5', '"150000.00"', '150000.0']
    """
    if form == 0 and sen % 100 == 0:
        return sen // 100
    if form == 1 and sen >= 100:
        return _exponent(sen)
    if form == 2:
        return f"{sen // 100}.{sen % 100:02d}"
    return sen / 100


def _exponent(sen: int) -> orjson.Fragment:
    """As a number like ``1.5e5``, which orjson would never write by itself."""
    digits = str(sen)
    mantissa = digits.rstrip("0")
    return orjson.Fragment(f"{mantissa[0]}.{mantissa[1:] or '0'}e{len(digits) - 3}")
