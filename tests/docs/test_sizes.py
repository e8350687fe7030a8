"""Files, functions and constructors stay small."""

from __future__ import annotations

import ast
import functools
import re

import pytest
from documents import ROOT
from radon.complexity import cc_visit
from radon.visitors import Function

PACKAGE = ROOT / "scalev_frames"
MOST_LINES, MOST_ARGUMENTS, MOST_PATHS = 400, 6, 12


@functools.cache
def sources():
    return {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}


def constructors():
    """Arguments of each written constructor; rows of data (dataclasses) have fields instead."""
    for file, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                        given = method.args
                        yield f"{file}:{node.name}", len(given.args) + len(given.kwonlyargs) - 1


def test_no_file_is_long():
    """Of the package, nor of its tests."""
    tests = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/*.py")}
    lines = {file: text.count("\n") for file, text in (sources() | tests).items()}
    assert {file: count for file, count in lines.items() if count > MOST_LINES} == {}


@pytest.mark.slow
def test_no_class_takes_many_arguments():
    assert {name: count for name, count in constructors() if count > MOST_ARGUMENTS} == {}


@pytest.mark.slow
def test_no_function_has_many_ways_through_it():
    """Radon counts conditions within expressions, too, which ruff does not."""
    ways = {
        f"{file}:{one.fullname}": one.complexity
        for file, text in sources().items()
        for one in cc_visit(text)
        if isinstance(one, Function) and one.complexity > MOST_PATHS
    }
    assert ways == {}


def test_no_function_is_excused_from_being_simple():
    """Ruff holds the cyclomatic complexity at ten; nothing is exempt."""
    assert "max-complexity = 10" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert [file for file, text in sources().items() if re.search(r"noqa:.*C901", text)] == []
