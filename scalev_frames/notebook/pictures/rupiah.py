"""Large amounts of rupiah in jt and M, as people say them."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from scalev_frames.frames.values.scalars import LONG

#: Thousand, million, milliard and billion of ten to the twelfth, as each language writes them behind a number.
_UNITS = (
    (Decimal(10) ** 12, "tn", " T"),
    (Decimal(10) ** 9, "bn", " M"),
    (Decimal(10) ** 6, "m", " jt"),
    (Decimal(10) ** 3, "k", " rb"),
)


def rupiah_text(amount: Decimal | float, language: str = "en") -> str:
    """An amount of rupiah, short: three digits at most before a comma, one behind it.

    Args:
        amount: rupiah (IDR).
        language: ``en`` writes m for a million and bn for a thousand of them; ``id`` writes jt and M.

    >>> rupiah_text(12_500_000, "id"), rupiah_text(Decimal("1200000000"), "id"), rupiah_text(12_500_000)
    ('Rp 12,5 jt', 'Rp 1,2 M', 'Rp 12.5m')
    >>> rupiah_text(999_960_000, "id"), rupiah_text(-45_000, "id"), rupiah_text(0)
    ('Rp 1 M', '-Rp 45 rb', 'Rp 0')
    """
    exact = Decimal(amount) if isinstance(amount, Decimal | int) else Decimal(repr(float(amount)))
    with localcontext(LONG):
        sign, size = ("-" if exact < 0 else ""), abs(exact)
        for unit, english, indonesian in _UNITS:
            short = (size / unit).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
            if short >= 1 and size >= 1000:
                return f"{sign}Rp {_short(short, language)}{indonesian if language == 'id' else english}"
        return f"{sign}Rp {_short(size.quantize(Decimal(1), ROUND_HALF_EVEN), language)}"


def _short(number: Decimal, language: str) -> str:
    text = f"{number:,f}".removesuffix(".0")
    return text.translate({ord(","): ".", ord("."): ","}) if language == "id" else text
