"""Every test asserts something and ends: one that cannot fail, or may wait for ever, is found here."""

from __future__ import annotations

import ast

from documents import ROOT

#: Calls that fail by themselves when something is wrong.
CHECKS = ("assert_", "raises", "warns", "deprecated_call", "check_call", "check_output", "wait_for", "expect", "fail")


def functions(tree):
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def called(node):
    """The last word of each call's name."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            name = one.func
            yield name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")


def asserts(node, helpers, seen=()):
    """Whether a function asserts, by itself or through a helper of any test file."""
    if any(isinstance(one, ast.Assert | ast.Raise) for one in ast.walk(node)):
        return True
    for name in called(node):
        if name.startswith(CHECKS) or name.endswith("_assert"):
            return True
        if any(keyword.arg == "check" and getattr(keyword.value, "value", False) for one in ast.walk(node)
               if isinstance(one, ast.Call) for keyword in one.keywords):  # fmt: skip
            return True
        if name in helpers and name not in seen and any(asserts(one, helpers, (*seen, name)) for one in helpers[name]):
            return True
    return False


def test_every_test_asserts_something():
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("*.py")}
    helpers = {}
    for tree in trees.values():
        for name, node in functions(tree).items():
            helpers.setdefault(name, []).append(node)
    idle = [
        f"{path.relative_to(ROOT)}::{name}"
        for path, tree in trees.items()
        for name, node in functions(tree).items()
        if name.startswith("test_") and not asserts(node, helpers)
    ]
    assert idle == []


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


def test_no_test_waits_without_an_end():
    assert [endless(ast.parse(text, mode="eval").body) for text in
            ("thread.join()", "thread.join(9)", "', '.join(words)", "run.wait(timeout=3)", "subprocess.run([])")] == [
                True, False, False, False, True]  # fmt: skip
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if endless(node)
    ]
    assert found == []
