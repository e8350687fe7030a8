"""Numbers in sentences: with their noun as English has it, with the marks of a language."""

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


def in_sentence(sentence: str, language: str = "en", /, **values: object) -> str:
    """A sentence with its values; ``{count:order has|orders have}`` is the one or the other.

    Args:
        sentence: values stand in it in braces.
        language: whose marks of thousands whole numbers have, ``en`` or ``id``.
        values: what stands there, by name.

    >>> in_sentence("{rows} {rows:row|rows}", rows=1), in_sentence("{rows} baris", "id", rows=2000)
    ('1 row', '2.000 baris')
    """
    mark = "." if language == "id" else ","
    shown = {name: _Number(value, mark) if isinstance(value, int) else value for name, value in values.items()}
    return sentence.format(**shown)


class _Number:
    def __init__(self, value: int, mark: str) -> None:
        self.value, self.mark = value, mark

    def __str__(self) -> str:
        return f"{self.value:,}".replace(",", self.mark)

    def __format__(self, words: str) -> str:
        one, _, several = words.partition("|")
        return (one if self.value == 1 else several) if several else str(self)
