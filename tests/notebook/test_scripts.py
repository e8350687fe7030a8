"""The browser's part is plain modules; a widget with several is given them as one text, made anew from the files."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from scalev_frames.notebook import style
from scalev_frames.notebook.panel.parts import elements
from scalev_frames.notebook.pictures.live import LivePictures
from scalev_frames.notebook.pivot.builder import Builder
from scalev_frames.notebook.style import modules, static
from scalev_frames.notebook.table import Table

IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "([\w./]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?:const|class|function|async function) (\w+)", re.MULTILINE)
NAME = re.compile(r"^(?:export )?(?:const|let|class|function|async function) (\w+|\[[^\]]+\]|\{[^}]+\})", re.MULTILINE)
JOINED = {
    Table: "grid/main.js", Builder: "pivot/builder.js", LivePictures: "pictures/main.js",
    elements.KeyBox: "elements/key.js", elements.Status: "elements/status.js", elements.Picker: "elements/picker.js",
    elements.DayBox: "elements/day.js", elements.Code: "elements/code.js", elements.Alive: "elements/alive.js",
    elements.Theme: "elements/theme.js", elements.Download: "elements/download.js", elements.Select: "elements/select.js",
}  # fmt: skip
FILES = {path.relative_to(style._STATIC).as_posix() for path in style._STATIC.rglob("*.js")}


def needed(name: str) -> set[str]:
    """A script and all that it imports."""
    found, rest = set(), [name]
    while rest:
        one = rest.pop()
        if one not in found:
            found.add(one)
            folder = (style._STATIC / one).parent
            rest += [
                (folder / to).resolve().relative_to(style._STATIC).as_posix() for _, to in IMPORT.findall(static(one))
            ]
    return found


def names_in(script: str) -> list[str]:
    return [name for found in NAME.findall(script) for name in re.findall(r"\w+", found)]


@pytest.mark.parametrize("name", JOINED.values())
def test_the_joined_script_is_every_module_once_and_imports_nothing(name):
    joined = modules(name)
    assert joined == modules(name)
    assert not re.search(r"^\s*(?:import\b(?!\()|export (?!default))", joined, re.MULTILINE)
    assert len(re.findall(r"^export default", joined, re.MULTILINE)) == 1
    lines = Counter(line for one in needed(name) for line in IMPORT.sub("", static(one)).splitlines() if line)
    assert Counter(re.sub(r"^export (?!default)", "", line) for line in lines.elements()) == Counter(
        line for line in joined.splitlines() if line
    )


@pytest.mark.parametrize("name", JOINED.values())
def test_no_two_modules_of_a_script_use_one_name(name):
    names = Counter(names_in(modules(name)))
    assert [one for one, times in names.items() if times > 1] == []


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_a_module_imports_is_exported_there(name):
    for names, to in IMPORT.findall(static(name)):
        there = (style._STATIC / name).parent / to
        assert set(names.split(", ")) <= set(EXPORT.findall(there.read_text(encoding="utf-8")))


def test_every_script_belongs_to_a_widget_and_none_comes_from_elsewhere():
    assert set().union(*map(needed, JOINED.values())) == FILES
    for widget, name in JOINED.items():
        assert str(widget._esm) == modules(name)
    for name in FILES:
        assert re.findall(r"https?://[\w.]+", static(name)) in ([], ["http://www.w3.org"])
