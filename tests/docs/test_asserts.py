"""Every test asserts something and ends: one that cannot fail, or may wait for ever, is found here."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest
from documents import ROOT

#: Calls that fail by themselves when something is wrong.
CHECKS = ("assert_", "raises", "warns", "deprecated_call", "check_call", "check_output", "wait_for", "expect", "fail")


@functools.cache
def trees():
    """The syntax tree of each file of the tests."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tests").rglob("*.py"))}


def functions(tree):
    """Those of a file and of its classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node)


def checks(node):
    """Whether a function asserts by itself, and the last part of each call's name in it."""
    itself, names = False, set()
    for one in ast.walk(node):
        if isinstance(one, ast.Assert):
            itself = True
        elif isinstance(one, ast.Call):
            name = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
            names.add(name)
            itself |= name.startswith(CHECKS) or name.endswith("_assert")
            itself |= any(word.arg == "check" and getattr(word.value, "value", False) for word in one.keywords)
    return itself, names


def idle(trees):
    """The tests that cannot fail: they assert nothing, neither themselves nor through a helper of any test file."""
    every = [(path, node.name, *checks(node)) for path, tree in trees.items() for node in functions(tree)]
    asserting = {name for _, name, itself, _ in every if itself}
    grows = True
    while grows:
        more = {name for _, name, _, names in every if names & asserting} - asserting
        asserting |= more
        grows = bool(more)
    return [
        f"{path.name}::{name}"
        for path, name, itself, names in every
        if name.startswith("test_") and not itself and not names & asserting
    ]


@pytest.mark.slow
def test_every_test_asserts_something():
    texts = {
        "helped": "def agrees(): assert 1\ndef through(): agrees()\ndef test_one(): through()",
        "raising": "def test_two(): pytest.raises(ValueError)",
        "idle": "def test_three():\n    def stub(): raise OSError\n    run(stub)",
        "of a class": "class TestMore:\n    def test_four(self): print()",
    }
    assert idle({Path(name): ast.parse(text) for name, text in texts.items()}) == [
        "idle::test_three",
        "of a class::test_four",
    ]
    assert idle(trees()) == []


#: Waits that last for ever unless they are given seconds.
WAITS = ("join", "wait", "communicate")
PROGRAMS = ("subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output")


def endless(node):
    """Whether a call may wait for ever for a thread or a process."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    limited = "timeout" in {keyword.arg for keyword in node.keywords}
    waits = (node.func.attr in WAITS and not node.args) or ast.unparse(node.func) in PROGRAMS
    return waits and not limited


@pytest.mark.slow
def test_no_test_waits_without_an_end():
    assert [endless(ast.parse(text, mode="eval").body) for text in
            ("thread.join()", "thread.join(9)", "', '.join(words)", "run.wait(timeout=3)", "subprocess.run([])")] == [
                True, False, False, False, True]  # fmt: skip
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if endless(node)
    ]
    assert found == []
