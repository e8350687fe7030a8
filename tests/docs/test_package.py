"""What the package index and a package of the sources get."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata

import pytest
import yaml
from documents import ROOT
from packaging.specifiers import SpecifierSet

import scalev_frames as sf

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "exports", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The source distribution, and the wheel made of what is in it."""
    folder = tmp_path_factory.mktemp("package")
    tree = shutil.copytree(ROOT, folder / "tree", ignore=LEFT_OUT)
    build = "import sys, setuptools.build_meta as room; print(getattr(room, sys.argv[1])(sys.argv[2]))"

    def run(what, where):
        command = [sys.executable, "-c", build, what, str(folder)]
        subprocess.run(command, cwd=where, check=True, capture_output=True, timeout=120)

    run("build_sdist", tree)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.4 and newer
        opened.extractall(folder / "sources", **safe)
    (sources,) = (folder / "sources").iterdir()
    run("build_wheel", sources)
    (wheel,) = folder.glob("*.whl")
    return tree, sources, zipfile.ZipFile(wheel)


@pytest.mark.slow
def test_the_source_distribution_is_the_whole_project(built):
    tree, sources, _ = built
    files = {path.relative_to(tree) for path in tree.rglob("*") if path.is_file() and ".egg-info" not in str(path)}
    assert {path for path in files if not (sources / path).is_file()} - {tree / ".coverage"} == set()


@pytest.mark.slow
def test_the_wheel_has_everything_that_the_package_reads(built):
    tree, _, wheel = built
    wanted = {str(path.relative_to(tree)) for path in (tree / "scalev_frames").rglob("*") if path.is_file()}
    assert {name for name in wanted if "__pycache__" not in name} <= set(wheel.namelist())
    assert not any(name.startswith(("tests/", "docs/")) for name in wheel.namelist())


@pytest.mark.slow
def test_the_page_on_the_index_says_what_the_readme_says_and_links_to_nothing_that_is_not_there(built):
    tree, _, wheel = built
    (name,) = [one for one in wheel.namelist() if one.endswith("METADATA")]
    text = wheel.read(name).decode()
    readme = (tree / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"(?<!!)\[([^\]]+)\]\(([^)]+)\)", readme)
    assert len(links) > 8
    for words, target in links:
        assert target.startswith("https://") or (tree / target).exists(), target
        assert words in text
    assert [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith("https://")] == []
    assert "![" not in text
    assert "<img" not in text
    written = [line for line in readme.splitlines() if not re.search(r"\]\(|^<", line)]
    assert [line for line in written if line not in text] == []
    assert "Project-URL" not in text  # the repository has no public address, and none is invented


def test_the_version_is_one_and_has_a_date_in_the_changelog():
    assert PROJECT["version"] == sf.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", changelog, re.MULTILINE)
    assert heads[0] == ("Unreleased", "")
    assert heads[1][0] == sf.__version__
    assert all(day for _, day in heads[1:])


def test_classifiers_name_each_python_that_ci_tries():
    classified = {found[1] for one in PROJECT["classifiers"] if (found := re.fullmatch(r".*Python :: (3\.\d+)", one))}
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    assert set(jobs["pythons"]["strategy"]["matrix"]["python"]) == classified
    assert PROJECT["requires-python"] == f">={min(classified, key=lambda one: int(one.split('.')[1]))}"


@pytest.mark.slow
def test_every_pin_can_be_installed_on_the_oldest_python():
    """Debian 12 has Python 3.11.2, and a pin that asks for 3.11.5 stops `make test` there."""
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split())
    installed = {name: metadata.metadata(name) for name in pins if list(metadata.distributions(name=name))}
    asked = {name: one.get("Requires-Python", "") for name, one in installed.items() if one["Version"] == pins[name]}
    assert len(asked) > len(pins) / 2
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    assert [name for name, wanted in asked.items() if oldest not in SpecifierSet(wanted)] == []
