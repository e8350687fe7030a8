"""Every note that the package writes on a frame or shows while it pulls has Indonesian words, whole or not at all."""

from __future__ import annotations

import ast
import datetime as dt
import importlib
import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest

import scalev_frames
from scalev_frames.errors import FilterIgnoredError
from scalev_frames.plurals import counted
from scalev_frames.progress import Event
from scalev_frames.pull.cost import Cost
from scalev_frames.pull.reading.proof import applied_note
from scalev_frames.pull.reading.proof import note as differing_note
from scalev_frames.verify.statistics import Difference
from scalev_frames.words import Words
from scalev_frames.words.notes import note_said, row_notes_said
from scalev_frames.words.tables import TABLES

HOME = Path(scalev_frames.__file__).parent
#: Rooms whose notes are in the reader's language already, or that write none.
OTHERS = {"sandbox", "notebook", "reports", "words", "cli"}
FILES = [path for path in HOME.rglob("*.py") if path.relative_to(HOME).parts[0] not in OTHERS]
#: What stands for a value of a note that only a run knows; one of `VALUES` must do.
UNKNOWN = "\0"
#: Notes with no word long enough to be looked for.
SHORT = {"kept", "kept_more", "other_types", "rest"}
DAY = dt.date(2026, 11, 3)
VALUES = ("7", "2026-11-01 00:00", "all rows as of 2026-11-01 00:00", "ignored")
NOTES = re.compile(r"\b_?notes?\b|_notes?_|_notes?\b|failure", re.IGNORECASE)


KNOWN = {}


def branches(one):
    """The expressions each of which, by itself, gives what the whole gives."""
    match one:
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.BoolOp(values=parts):
            return parts
        case ast.Starred(value=inner) | ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner):
            return [inner]
        case ast.BinOp(left=left, op=ast.Add(), right=ast.IfExp(body=ast.List()) as right):
            return [left, right]
    return []


class Source:
    """A module, and the texts that its expressions may give."""

    def __init__(self, name, text):
        self.name, self.tree = name, ast.parse(text)
        self.functions = {one.name: one for one in ast.walk(self.tree) if isinstance(one, ast.FunctionDef)}
        self.owner = {id(inner): one for one in self.functions.values() for inner in ast.walk(one)}
        KNOWN[self.name] = self

    def texts(self, one, depth=0):
        """The texts that an expression may give, `UNKNOWN` in place of values."""
        if depth > 8:
            return []
        find = lambda part: self.texts(part, depth + 1)  # noqa: E731
        if each := branches(one):
            found = (text for part in each for text in find(part) or [UNKNOWN] * isinstance(one, ast.IfExp))
            return [text for text in found if text or isinstance(one, ast.IfExp)]
        match one:
            case ast.Constant(value=str() as text):
                return [text]
            case ast.JoinedStr(values=parts):
                choices = [[p.value] if isinstance(p, ast.Constant) else find(p.value) or [UNKNOWN] for p in parts]
                return ["".join(made) for made in itertools.product(*choices)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [a + b for a, b in itertools.product(find(left) or [UNKNOWN], find(right) or [UNKNOWN])]
            case ast.Name(id=name):
                return [text for text in self.named(one, name, find) if text]
            case ast.Call():
                return self.called(one, find)
        return []

    def named(self, one, name, find):
        """The texts of a variable: of a constant, or of all that the function gives that name."""
        if name.isupper() or (name.startswith("_") and name[1:].isupper()):
            found = getattr(importlib.import_module(self.name), name, "")
            return [found] if isinstance(found, str) else []
        return [
            text
            for each in ast.walk(self.owner.get(id(one), self.tree))
            if isinstance(each, ast.Assign)
            for target in each.targets
            for value in given_to(name, target, each.value)
            for text in find(value)
        ]

    def called(self, call, find):
        """The texts that a function of the package returns or yields."""
        name = ast.unparse(call.func).rpartition(".")[2]
        if name == "counted":
            words = [part.value if isinstance(part, ast.Constant) else "row" for part in call.args[1:]]
            return [counted(7, *words)]
        if name == "format":
            return [re.sub(r"\{\w*\}", UNKNOWN, text) for text in find(call.func.value)]
        if name in self.functions:
            return self.given(name, find)
        made = getattr(importlib.import_module(self.name), name, None)
        other = KNOWN.get(getattr(made, "__module__", ""))
        return other.given(name, other.texts) if other and name in other.functions else []

    def given(self, name, find):
        gives = (one for one in ast.walk(self.functions[name]) if isinstance(one, ast.Return | ast.Yield))
        return [text for one in gives if one.value for text in find(one.value)]

    def notes(self):
        """The expressions that become notes."""
        for one in ast.walk(self.tree):
            match one:
                case ast.Call(func=func, args=args, keywords=keywords):
                    name = ast.unparse(func)
                    if name.endswith(("with_notes", ".note", "notes.append", "notes.extend")):
                        yield from args
                    told = "message" if name == "Event" and ast.unparse(args[0]) == "'note'" else "notes"
                    yield from (each.value for each in keywords if each.arg == told)
                case ast.AugAssign(target=target, value=value) if NOTES.search(ast.unparse(target)):
                    yield value
                case ast.Assign(targets=[target], value=value) if NOTES.search(ast.unparse(target)):
                    yield value
                case ast.Dict(keys=keys, values=values):
                    yield from (v for k, v in zip(keys, values, strict=True) if k and ast.unparse(k) == "'notes'")
                case ast.FunctionDef(name=name) if NOTES.search(f"{name} {ast.get_docstring(one)}"):
                    yield from notes_of(one)


def given_to(name, target, value):
    """What an assignment gives to a name."""
    if isinstance(target, ast.Name):
        return [value] if target.id == name else []
    if isinstance(target, ast.Tuple):
        values = value.elts if isinstance(value, ast.Tuple) else [value] * len(target.elts)
        return [found for at, one in zip(target.elts, values, strict=True) for found in given_to(name, at, one)]
    return []


def notes_of(function):
    """What a function gives or adds to a list that is about notes."""
    for one in ast.walk(function):
        if isinstance(one, ast.Return | ast.Yield):
            yield one.value
        elif isinstance(one, ast.Call) and ast.unparse(one.func).endswith("said.append"):
            yield from one.args


def is_known(text):
    places = text.count(UNKNOWN)
    for values in itertools.product(VALUES[: 2 if places > 4 else 4], repeat=places):
        first, *others = text.split(UNKNOWN)
        note = first + "".join(map(str.__add__, values, others))
        if note_said(note, "id") != note:
            return True
    return False


def unknown_notes(sources):
    """The notes without Indonesian words, each with its module; what has no two words is a list of names."""
    texts = {(source.name, text) for source in sources for one in source.notes() if one for text in source.texts(one)}
    notes = (one for one in texts if len(re.findall(r"[a-z]{2,}", one[1].replace(UNKNOWN, ""))) > 1)
    return sorted(one for one in notes if not is_known(one[1]))


@pytest.fixture(scope="module")
def sources():
    names = {path: ".".join(["scalev_frames", *path.relative_to(HOME).with_suffix("").parts]) for path in FILES}
    return [Source(name, path.read_text(encoding="utf-8")) for path, name in names.items()]


@pytest.mark.slow
def test_every_note_of_the_package_has_indonesian_words(sources):
    assert unknown_notes(sources) == [("scalev_frames.pull.details", f"costs {UNKNOWN}; {UNKNOWN} are here already")]
    whole = Cost("orders", "full", 80, 13.0, 2_000)
    for cost in (whole, replace(whole, rows=None), replace(whole, requests=None), replace(whole, way="kept"),
                 replace(whole, way="changes", kept_pages=1)):  # fmt: skip
        assert is_known(f"costs {cost}")
        assert is_known(f"costs {cost}; 5 are here already")


@pytest.mark.parametrize(
    "code",
    [
        "def f(frame, n):\n    return with_notes(frame, f'{n:,} sheep are missing')",
        "def f(notes, n):\n    notes.append(counted(n, 'sheep', 'be') + ' missing')",
        "def f(n):\n    header = Header(notes=('some sheep are missing',))",
        "def sheep_notes(n):\n    why = 'they ran away' if n else 'of wolves'\n    yield f'sheep are missing, because {why}'",
        "def f(n):\n    made, note = g(n)\ndef g(n):\n    return n, 'sheep are missing'",
        "def f(call):\n    call.report(Event('note', 'orders', message='sheep are missing'))",
    ],
)
def test_a_new_note_without_indonesian_words_is_found(code):
    assert unknown_notes([Source("scalev_frames.frames", code)])


@pytest.mark.parametrize(
    "note",
    [
        "a note of a later version: 2,000 rows",
        "12 of 15 sheep are missing",
        "sheep are missing; 5 are here already",
        "sheep are missing and others",
    ],
)
def test_a_note_that_the_words_do_not_know_stays_english_as_it_is(note):
    assert note_said(note, "id") == note


def test_a_note_says_the_same_in_indonesian():
    differing = [Difference(DAY, 1_203, 1_204)]
    assert note_said(differing_note(differing), "id") == (
        "pada 1 hari daftar dan statistik server berbeda: 2026-11-03 (1.203 dari 1.204)"
    )
    assert note_said(differing_note(differing * 6), "id").endswith("(1.203 dari 1.204), dan lainnya")
    refused = FilterIgnoredError("What.", filter="status", wanted="", can_apply=True, how="refused")
    assert note_said(applied_note(refused), "id").startswith("server menolak filter status,")
    said = {
        "details: 1 record was gone before the details came": "rincian: 1 data hilang sebelum rinciannya diambil",
        "a, b: details: some records were gone before the details came": (
            "a, b: rincian: beberapa data hilang sebelum rinciannya diambil"
        ),
        "infinite numbers in lists and objects written as text: notes (1,204)": (
            "angka tak hingga di dalam daftar dan objek ditulis sebagai teks: notes (1.204)"
        ),
        "weight: 1,250 is read as 1.250, as cells are separated so": "weight: 1,250 dibaca 1.250, sesuai pemisah selnya",
        "1 row has no draft_time or created_at that can be read, and are there whatever times were asked for": (
            "1 baris tanpa waktu yang terbaca (draft_time atau created_at); baris itu disertakan, waktu apa pun yang diminta"
        ),
        "orders: status=rts as of 2026-11-01 00:00, all rows as of 2026-10-01 00:00": (
            "orders: status=rts per 2026-11-01 00:00, semua baris per 2026-10-01 00:00"
        ),
    }
    assert {note: note_said(note, "id") for note in said} == said
    costs = Event(
        "note", "orders", message="costs about 80 requests for 2,000 rows, at least 1 h 2 min; 5 are here already"
    )
    assert Words("id").event(costs) == (
        "perlu sekitar 80 permintaan untuk 2.000 baris, paling cepat 1 jam 2 menit; 5 sudah ada"
    )
    assert Words("en").event(costs) == costs.message


@pytest.mark.slow
def test_the_words_have_notes_as_they_are_written(sources):
    parts = (one.value for source in sources for one in ast.walk(source.tree) if isinstance(one, ast.Constant))
    written = [text.strip(" :") for text in parts if isinstance(text, str) and len(text.strip(" :")) > 9]
    for name, (english, indonesian) in TABLES["notes"].items():
        literal = re.sub(r"\{\w+\}", "\0", english)
        assert name in SHORT or any(text in literal or literal in text for text in written), name
        assert set(re.findall(r"\{([a-z]\w*)\}", indonesian)) <= set(re.findall(r"\{(\w+)\}", english)), name


def test_notes_on_columns_alone_are_left_out():
    notes = [
        "sla_level: sent by the server, not in the data dictionary",
        "a, b: one and two have the same orders (7), which count twice: are these two keys of one business?",
    ]
    assert row_notes_said(notes, "en") == [f"{notes[1][0].upper()}{notes[1][1:]}"]
