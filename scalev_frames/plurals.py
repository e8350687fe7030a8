"""A number with its noun, as English has them."""

_OF_ONE = {"are": "is", "were": "was", "have": "has", "do": "does"}


def counted(number: int, noun: str, verb: str = "") -> str:
    """A number with its noun, and with the verb that follows.

    Args:
        number: how many.
        noun: what, of one.
        verb: what they do, of several; of one it takes an s where it is no irregular one.

    >>> counted(1, "row"), counted(1234, "business"), counted(1, "order", "have"), counted(2, "day", "differ")
    ('1 row', '1,234 businesses', '1 order has', '2 days differ')
    """
    if number == 1:
        return f"1 {noun} {_OF_ONE.get(verb, f'{verb}s') if verb else ''}".rstrip()
    return f"{number:,} {noun}{'es' if noun.endswith('s') else 's'} {verb}".rstrip()
