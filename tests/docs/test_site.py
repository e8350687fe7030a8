"""The docs site builds without a warning and without the network; its code runs; nothing public is left out."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from documents import PAGES, ROOT, blocks, commands

import scalev_frames as sf
from scalev_frames import cli, connection, errors, reports, sandbox
from scalev_frames.accessors import Accessors
from scalev_frames.account import Account
from scalev_frames.account.business import Business
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.export.dataset.scan import Scan
from scalev_frames.frame_accessor import FrameAccessor
from scalev_frames.group import Group
from scalev_frames.sandbox import Sandbox, World
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

DOCS = ROOT / "docs"
#: Blocks that have tests of their own: parts of the catalog and the README's in test_documented.py, mail in test_mail.py.
ELSEWHERE = ("adding-an-endpoint.md", "README.md", "scheduling.md")
RUN = [page for page in PAGES if blocks(page, "python") and page.name not in ELSEWHERE]
#: (`--all` needs stored profiles: tests/cli/test_all.py.) Commands that wait for a person, serve until Ctrl-C, or are run by a test of their own.
NOT_RUN = ("demo", "accounts", "login", "lab", "sandbox")


#: The classes whose methods are public, with their names in the reference.
CLASSES = {
    Account: "scalev_frames.Account",
    Group: "scalev_frames.Group",
    Business: "scalev_frames.account.business.Business",
    Accessors: "scalev_frames.account.business.Business",
    Scan: "scalev_frames.export.dataset.scan.Scan",
    FrameAccessor: "scalev_frames.frame_accessor.FrameAccessor",
}


class Loader(yaml.SafeLoader):
    """Reads mkdocs.yml, whose tags name Python objects."""


Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: suffix)


def build_site(folder):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr  # with --quiet it is 0 whatever it warns of
    assert "WARNING" not in done.stdout + done.stderr


@pytest.fixture(scope="module")
def business(tmp_path_factory):
    """An embedded Scalev without limits, and where a command finds it."""
    with Sandbox(orders=60, limits=None) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def other_business():
    """A second one, with a key of its own."""
    with Sandbox(world=World(50, seed=2), limits=None) as sandbox:
        yield sandbox


def ended(words):
    """The exit code of a command; argparse itself ends after --help and --version."""
    try:
        return cli.main(words)
    except SystemExit as end:
        return end.code


def account(sandbox, folder):
    settings = Settings(base_url=sandbox.base_url, cache_dir=folder, limits=((100_000, 5.0),))
    api = Account(Key(sandbox.api_key), settings, name="sandbox")
    api.sandbox = sandbox
    return api


@pytest.mark.slow
def test_the_site_is_whole(tmp_path):
    """One test, since the site would be built anew in each process that runs one of several."""
    build_site(tmp_path)
    check_that_nothing_is_loaded_from_elsewhere(tmp_path)
    check_that_the_examples_of_the_reference_are_code(tmp_path)
    check_that_every_public_name_is_in_the_reference(tmp_path)


def check_that_nothing_is_loaded_from_elsewhere(site):
    pages = list(site.glob("*.html"))
    assert {page.stem for page in pages} >= {page.stem for page in DOCS.glob("*.md")}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]+src=[\"']?(https?:[^\"' >]+)", text)
        loaded += re.findall(r"<link[^>]+rel=[\"']?stylesheet[^>]+href=[\"']?(https?:[^\"' >]+)", text)
        assert loaded == [], page.name


def check_that_the_examples_of_the_reference_are_code(site):
    for name in ("python.html", "sandbox.html"):
        text = (site / name).read_text(encoding="utf-8")
        assert "<blockquote" not in text
        assert '<span class="gp">&gt;&gt;&gt; </span>' in text


def check_that_every_public_name_is_in_the_reference(site):
    page = (site / "python.html").read_text(encoding="utf-8")
    named = set(sf.__all__) - set(ENDPOINTS) - {"errors", "frame_accessor"}
    paths = {name: f"scalev_frames.{name}" for name in named}
    paths |= {name: f"scalev_frames.{name}.{name}" for name in ("describe", "sql")}  # in modules of the same name
    paths |= {f"reports.{name}": f"scalev_frames.reports.{name}" for name in reports.__all__}
    assert [name for name, path in paths.items() if f'id="{path}"' not in page] == []
    methods = {
        f"{next(CLASSES[owner] for owner in one.__mro__ if name in vars(owner) and vars(owner)[name].__doc__)}.{name}"
        for one in (Account, Group, Scan, FrameAccessor)
        for name in dir(one)
        if not name.startswith("_") and name not in ENDPOINTS
    }
    assert len(methods) > 50
    assert sorted(one for one in methods if f'id="{one}"' not in page) == []
    page = (site / "sandbox.html").read_text(encoding="utf-8")
    of_sandbox = [*sandbox.__all__, *(f"Sandbox.{name}" for name in dir(Sandbox) if not name.startswith("_"))]
    assert [name for name in of_sandbox if f'id="scalev_frames.sandbox.{name}"' not in page] == []


def test_every_page_can_be_found_in_the_navigation():
    config = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)
    assert set(re.findall(r"[\w-]+\.md", str(config["nav"]))) == {page.name for page in DOCS.glob("*.md")}


def test_every_error_has_an_entry_that_says_what_to_do():
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    entries = dict(re.findall(r"^##+ (\w+)\n\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    classes = {
        name: one for name, one in vars(errors).items() if isinstance(one, type) and one.__module__ == errors.__name__
    }
    assert list(entries) == list(classes)
    assert all(len(entry.split()) > 8 for entry in entries.values())


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_the_python_of_a_page_runs(page, business, other_business, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCALEV_API_KEY", business.api_key)
    monkeypatch.setenv("SCALEV_API_BASE_URL", business.base_url)
    monkeypatch.setattr(
        connection,
        "_connect_sandboxes",
        lambda names, settings: {name: account(business, settings.cache_dir) for name in names},
    )
    brands = {"brand-a": business, "brand-b": other_business}
    monkeypatch.setattr(
        sf, "connect_many", lambda _: Group({name: account(one, tmp_path) for name, one in brands.items()})
    )
    names: dict[str, object] = {}  # a later block may use an earlier one, as for a reader
    for text in blocks(page, "python"):
        exec(compile(text, page.name, "exec"), names)
    assert names["sf"] is sf


LINES = sorted({shlex.join(shlex.split(line, comments=True)) for _, line in commands() if line.startswith("sca")})
COMMANDS = [line for line in LINES if line.split()[1] not in NOT_RUN and "--all" not in line]
#: One workbook has all reports; the others, for which the command names none, have one.
WHOLE = next(line for line in COMMANDS if line.startswith("scalev-frames report --since"))


@pytest.mark.slow
@pytest.mark.parametrize("line", COMMANDS)
def test_a_documented_command_runs(line, business, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCALEV_API_KEY", business.api_key)
    monkeypatch.setenv("SCALEV_API_BASE_URL", business.base_url)
    words = shlex.split(line)[1:]
    if words[0] == "report" and "--report" not in words and line != WHOLE:
        words += ["--report", "funnel"]
    assert ended(words) == cli.DONE
    assert capsys.readouterr().out or "--quiet" in words
    outs = [words[place + 1] for place, word in enumerate(words) if word == "--out"]
    assert len(list(tmp_path.rglob("*.*"))) >= len(outs)


@pytest.mark.slow
def test_what_power_query_is_told_to_read_is_in_the_file(business, tmp_path):
    frame = account(business, tmp_path).orders(progress=False)
    queries = blocks(DOCS / "excel.md", "powerquery")
    assert len(queries) == 2
    for text in queries:
        named = set(re.findall(r'"([a-z_]+)"(?=[,}])', text)) | set(re.findall(r"each \[([a-z_]+)\]", text))
        assert named
        assert named <= set(frame.columns)
