"""Why: every word a person reads in a panel stands in one table, in English and in Indonesian.

May import errors only.
"""

from __future__ import annotations

from scalev_frames.errors import BadValueError

LANGUAGES = ("en", "id")

#: English and Indonesian, by the name the code uses; braces are filled in by `Words`.
LABELS: dict[str, tuple[str, str]] = {
    # sign in
    "workbench": ("Scalev workbench", "Meja kerja Scalev"),
}


class Words:
    """The labels of one language.

    Args:
        lang: ``en`` or ``id``.

    Raises:
        BadValueError: another language.

    >>> Words("id")("workbench")
    'Meja kerja Scalev'
    """

    def __init__(self, lang: str = "en") -> None:
        if lang not in LANGUAGES:
            raise BadValueError(f"lang={lang!r} is not a language of the panels.", advice="Use 'en' or 'id'.")
        self.lang = lang

    def __call__(self, name: str, **values: object) -> str:
        """The label called ``name``, its braces filled from ``values``."""
        return LABELS[name][LANGUAGES.index(self.lang)].format(**values)
