"""The field's own words: phrases that a stranger stumbles over stand nowhere in code, docs or README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import PAGES, ROOT

#: What is not written, and the plain words for it.
PHRASES = {
    r"told of": "called with",
    r"what came": "received, fetched",
    r"so many": "N, this many",
    r"(?:goes?|gone|went|going) on(?: with)?": "resume, continue",
    r"(?:is |be |are )?let go": "freed, deleted",
    r"cannot be meant": "invalid",
    r"of no matter": "ignored",
    r"takes? offence": "refuse",
    r"tells? of": "says, identifies",
    r"dress(?:es|ed)?": "form, format",
    r"walk(?:s|ed|ing)?": "read, parts",
    r"chains?": "parts",
    r"shelf|shelves": "cache",
    r"judge[sd]?": "check",
    r"tally|tallies": "count",
    r"_?lang": "language",
    r"(?:is|are|be|was|were) told(?! apart)": "is called with, knows",
    r"nobody tells": "it is not known",
    r"as (?:they lie|it lies)": "in that order, unchanged",
    r"nobody copied": "without a copy",
    r"told_of\w*": "a name that says what it is",
    r"as a matter of course": "usually",
    r"to be said of": "notes on",
    r"out there": "of real servers",
    r"had enough": "has closed it",
    r"dies of": "fails on",
    r"the many of": "all requests of",
    r"as (?:it|they) came": "unchanged, as received",
    r"last word": "what decides",
    r"must say for itself": "must match",
    r"every way out": "every exporter",
    r"may import": "import-linter holds it",
    r"\"\"\"why:": "say what it does",
}
FILES = [
    path
    for path in [
        *(
            path
            for room in ("scalev_frames", "tests", "docs", "benchmarks")
            for path in sorted((ROOT / room).rglob("*.py"))
        ),
        ROOT / "scalev_frames" / "catalog" / "dictionary.tsv",
        ROOT / "scalev_frames" / "words" / "words.tsv",
        *PAGES,
    ]
    if path.name != "CHANGELOG.md" and path != Path(__file__)
]
#: Names of Python's own, of Arrow's and of the environment's.
NOT_OURS = re.compile(r"\bitertools import chain\b|\bast\.walk\b|\bchain\.from_iterable\b|\bos\.walk\b|\"LANG\"")


def phrases(lines):
    """The lines with a phrase, found in one search over all of them, as (number, line, the plain words for it)."""
    begins = rf"(?<![\w-])(?:{'|'.join(rf'(?P<p{place}>{one})' for place, one in enumerate(PHRASES))})(?![\w])"
    wanted, plain = re.compile(begins, re.IGNORECASE), list(PHRASES.values())
    for number, line in enumerate(lines, 1):
        if hit := wanted.search(NOT_OURS.sub("", line)):
            yield number, line, plain[int(hit.lastgroup[1:])]


@pytest.mark.parametrize(
    "line", ["It was told of it", "as it lies", "# May import x", '    """Why: so', "the Chains", "a tally"]
)
def test_a_phrase_is_found(line):
    assert [number for number, _, _ in phrases(["A line.", line, "from itertools import chain"])] == [2]


@pytest.mark.slow
def test_no_phrase_stands_anywhere():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]} (say it plainly: {plain})"
        for path in FILES
        for number, line, plain in phrases(path.read_text(encoding="utf-8").splitlines())
    ]
    assert found == []
