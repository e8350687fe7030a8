"""What is public says in its docstring what it gives, what it takes, when it fails, and shows an example."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap

import pytest

import scalev_frames as sf
from scalev_frames import reports
from scalev_frames.accessors import NO_CURSOR, Accessors
from scalev_frames.account import Account
from scalev_frames.account.business import Business
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.export.dataset.scan import Scan
from scalev_frames.frame_accessor import FrameAccessor
from scalev_frames.group import Group
from scalev_frames.sandbox import Sandbox

CLASSES = (Account, Business, Accessors, Group, Scan, FrameAccessor, Sandbox)
#: `Account` and `Group` are made by `connect`, and pandas makes accessors; closing shows nothing.
WITHOUT_EXAMPLE = {
    "Account",
    "Business",
    "Accessors",
    "Accessors.fetch",
    "Business.close",
    "Account.close",
    "Group.close",
}
WITHOUT_EXAMPLE |= {name for name, row in ENDPOINTS.items() if row.envelope == NO_CURSOR}


def public():
    """Each public function, class and method by its name; properties are only read, and say what they give."""
    for room in (sf, reports):
        for name in room.__all__:
            if inspect.isroutine(one := getattr(room, name)):
                yield name, one
    for owner in CLASSES:
        yield owner.__name__, owner
        for name, one in vars(owner).items():
            if inspect.isfunction(one) and not name.startswith("_"):
                yield f"{owner.__name__}.{name}", one


def lacking(name, one):
    """What a docstring lacks."""
    said = inspect.getdoc(one) or ""
    given = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", said, re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"^ +\*{0,2}(\w+):", given[1], re.MULTILINE)) if given else set()
    yield from sorted(set(inspect.signature(one).parameters) - {"self"} - named)
    if ">>> " not in said and name not in WITHOUT_EXAMPLE and name.rpartition(".")[2] not in WITHOUT_EXAMPLE:
        yield "an example"
    if not inspect.isclass(one) and name.rpartition(".")[2] not in ENDPOINTS and _raises(one) and "Raises:" not in said:
        yield "what it raises"


def _raises(one):
    tree = ast.parse(textwrap.dedent(inspect.getsource(one)))
    return any(isinstance(node, ast.Raise) for node in ast.walk(tree))


def test_what_a_docstring_lacks_is_seen():
    def half(first, *rest, **more):
        """Something.

        Args:
            first: one.
        """
        raise ValueError

    assert list(lacking("half", half)) == ["more", "rest", "an example", "what it raises"]


@pytest.mark.slow
def test_whatever_is_public_is_explained():
    found = {name: list(lacking(name, one)) for name, one in public()}
    assert len(found) > 250
    assert {name: lacks for name, lacks in found.items() if lacks} == {}
