"""What README and docs say can be typed, exists; what exists can be found in them."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
import zipfile

import pytest
from documents import PAGES, ROOT, blocks, commands
from pandas.testing import assert_frame_equal
from python_calamine import CalamineWorkbook

import scalev_frames as sf
from scalev_frames import cli
from scalev_frames.account import Account
from scalev_frames.catalog import ENDPOINTS, Endpoint
from scalev_frames.catalog.shapes import SHAPES
from scalev_frames.sandbox import Sandbox
from scalev_frames.sandbox.__main__ import _parser as sandbox_parser
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key


def verbs():
    actions = cli.parser()._subparsers._group_actions
    return list(actions[0].choices)


def test_the_two_commands_stand_first_in_the_readme():
    first = blocks(PAGES[0], "sh")
    assert [first[0].strip(), first[1].strip()] == ["make demo", "make test"]
    assert first[2].splitlines() == ["pip install .", "scalev-frames demo"]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "line"), commands())
def test_a_documented_command_exists(page, line):
    program, *words = shlex.split(line, comments=True)
    if program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    elif words[0] == "sandbox":
        sandbox_parser().parse_args(words[1:])
    else:
        assert cli.parser().parse_args(words).run


def test_every_verb_is_documented():
    said = " ".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [verb for verb in verbs() if f"scalev-frames {verb}" not in said] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"", page.read_text(encoding="utf-8"))
    for target in filter(None, (one or other for one, other in targets)):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_the_readme_is_short_and_shows_a_picture():
    text = PAGES[0].read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)|<img src=\"([^\"]+)\"[^>]* alt=\"[^\"]+\">", text)
    pictures = [one or other for one, other in pictures]
    assert len(pictures) > 2
    assert len(pictures) == text.count("![") + text.count("<img")
    for picture in pictures:
        drawn = (ROOT / picture).read_bytes()[:12]
        assert drawn.startswith(b"\x89PNG") or (drawn.startswith(b"RIFF") and drawn.endswith(b"WEBP")), picture
    assert len(text.splitlines()) < 120


@pytest.mark.slow
def test_the_readmes_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}  # a later block uses the names of an earlier one, as for a reader
    for text in blocks(PAGES[0], "python"):
        exec(compile(text, "README.md", "exec"), names)
    assert CalamineWorkbook.from_path(str(tmp_path / "data" / "exports" / "orders.xlsx")).sheet_names[0] == "Orders"


def test_the_documented_endpoint_is_one_row_and_works(monkeypatch, tmp_path):
    """docs/adding-an-endpoint.md, to the letter; the second half of the test is what the docs promise of it."""
    shape, row = blocks(ROOT / "docs" / "adding-an-endpoint.md", "python")
    monkeypatch.setattr("scalev_frames.catalog.shapes.SHAPES", SHAPES)
    before = dict(SHAPES)
    exec(shape, {"SHAPES": SHAPES})
    endpoint = eval(row, {"Endpoint": Endpoint})
    monkeypatch.setitem(ENDPOINTS, endpoint.name, endpoint)
    try:
        with Sandbox(orders=30, limits=None) as sandbox:
            settings = Settings(base_url=sandbox.base_url, cache_dir=tmp_path, limits=((100_000, 5.0),))
            frame = Account(Key(sandbox.api_key), settings).fetch("customers", progress=False)
            wanted = sandbox.world.rows("customers")
        assert len(wanted) > 25
        assert frame["id"].tolist() == [str(record["id"]) for record in wanted]
        assert str(frame["success_order_value"].dtype) == "float64"
        assert str(frame["last_updated_at"].dtype) == "datetime64[us, Asia/Jakarta]"
        assert {name for line in shape.splitlines() for name in re.findall(r"(\w+):", line)} <= set(frame.columns)
    finally:
        for name in set(SHAPES) - set(before):
            del SHAPES[name]


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("samples", ROOT / "docs" / "samples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("samples")
    module.write(folder)
    return folder


@pytest.mark.slow
def test_the_samples_are_what_the_code_writes_today(samples):
    kept = ROOT / "data" / "samples"
    frame, written = (sf.read_parquet(folder / "orders.parquet") for folder in (kept, samples))
    assert_frame_equal(frame, written)
    assert frame.attrs == written.attrs, "run `make generate`"
    for name in ("orders.csv", "dashboard_orders.csv", "dashboard_items.csv"):
        assert (kept / name).read_bytes() == (samples / name).read_bytes(), "run `make generate`"
    assert parts_of(kept / "orders.xlsx") == parts_of(samples / "orders.xlsx"), "run `make generate`"
    for name in ("dashboard_orders.csv", "dashboard_items.csv"):
        assert len(sf.read_dashboard(kept / name)) == len(frame)


def parts_of(workbook):
    """What a workbook holds, however it is packed."""
    with zipfile.ZipFile(workbook) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_top_level_is_as_promised():
    assert all((ROOT / name).is_dir() for name in ("scalev_frames", "notebooks", "tests", "data", "docs", "benchmarks"))
    assert all(
        (ROOT / name).is_file() for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile")
    )


def test_nothing_in_the_package_is_of_one_system_alone():
    """Windows is as common among users: modules that it lacks are not imported."""
    lacking = {"fcntl", "pwd", "grp", "termios", "resource", "posix", "pty", "tty", "crypt", "readline"}
    for file in (ROOT / "scalev_frames").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        imported = set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE))
        assert not imported & lacking, file
        assert not re.search(
            r"os\.(fork|getuid|geteuid|chown|mkfifo)\b|signal\.SIG(KILL|ALRM|USR)|[\"']/tmp\b", text
        ), file
    assert sys.version_info >= (3, 11)
