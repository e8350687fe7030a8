"""The notebooks: in step with their sources, without outputs, and each runs on the sandbox from the first cell to the last."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from scalev_frames.sandbox import Sandbox, World

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("notebooks", ROOT / "docs" / "notebooks.py")
notebooks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(notebooks)

#: What a notebook leaves in data/exports: file to sheets.
WRITTEN = {
    "02_explore_orders": {"explore.xlsx": ["Orders", "Items", "By day", "Notes"]},
    "03_daily_report": {"daily-*.xlsx": None},  # the report workbook has tests of its own
    "04_products_and_margins": {"margins.xlsx": ["Margin", "Lines", "Variants", "Notes"]},
    "05_your_own_filters": {"chosen.xlsx": ["Orders", "Notes"]},
}
#: Pictures a notebook shows.
PICTURES = {"02_explore_orders": 5, "03_daily_report": 2, "04_products_and_margins": 1}


@pytest.fixture(scope="session")
def nbformat():
    """The library; it takes seconds to import, which the collection of all tests can do without."""
    import nbformat

    return nbformat


@pytest.mark.parametrize("source", notebooks.SOURCES, ids=lambda path: path.stem)
def test_a_notebook_is_in_step_with_its_source(source):
    assert notebooks.target(source).read_text(encoding="utf-8") == notebooks.notebook(source), "run `make generate`"


def test_every_notebook_has_a_source_and_the_other_way_round():
    assert sorted(notebooks.NOTEBOOKS.glob("*.ipynb")) == [notebooks.target(source) for source in notebooks.SOURCES]


@pytest.mark.slow
@pytest.mark.parametrize("source", notebooks.SOURCES, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_holds_no_outputs(source, nbformat):
    notebook = nbformat.read(notebooks.target(source), as_version=4)
    nbformat.validate(notebook)
    assert [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []
    assert notebook.cells[0].cell_type == "markdown"


@pytest.mark.slow
def test_the_daily_report_has_one_cell_of_parameters(nbformat):
    notebook = nbformat.read(ROOT / "notebooks" / "03_daily_report.ipynb", as_version=4)
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert [cell.source.split(" = ")[0] for cell in tagged] == ["day"]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(world=World(300, now=dt.datetime.now(dt.UTC)), limits=None) as running:
        yield running


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel of this Python alone, in an empty home; whatever Jupyter the user has stays out."""
    from jupyter_client import KernelManager
    from jupyter_client.kernelspec import KernelSpecManager

    folder = tmp_path_factory.mktemp("jupyter")
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}))
    with pytest.MonkeyPatch.context() as own:
        for name in (
            "HOME",
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "IPYTHONDIR",
            "MPLCONFIGDIR",
        ):
            own.setenv(name, str(folder / name.lower()))
        own.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        own.delenv("MPLBACKEND", raising=False)
        specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)
        manager = KernelManager(kernel_name="python3", kernel_spec_manager=specs)
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=120)
        yield manager, client
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


#: What a kernel that has just started has: no names, no widgets, no account, and this environment and folder.
ANEW = """
import os
os.chdir({folder!r})
import ipywidgets, matplotlib.pyplot
from scalev_frames import connection
ipywidgets.Widget.close_all()
matplotlib.pyplot.close("all")
connection._current = None
os.environ.clear()
os.environ.update({environment!r})
%reset -f
"""


@pytest.fixture
def run(kernel, tmp_path, nbformat):
    """Runs a notebook as it stands, in a copy of the repository's folders, and gives it with its outputs."""
    from nbclient import NotebookClient

    manager, channels = kernel

    def execute(name: str):
        folder = tmp_path / "repository" / "notebooks"
        folder.mkdir(parents=True)
        anew = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(ANEW.format(environment=dict(os.environ), folder=str(folder)))]
        )
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        for one in (anew, notebook):
            client = NotebookClient(one, km=manager, timeout=300, store_widget_state=False)
            client.kc = channels
            client.execute()
        return notebook

    return execute


@pytest.mark.slow
@pytest.mark.parametrize("name", [source.stem for source in notebooks.SOURCES])
def test_a_notebook_runs_on_a_business_of_ones_own(name, run, sandbox, monkeypatch, tmp_path, nbformat):
    monkeypatch.setenv("SCALEV_API_KEY", sandbox.api_key)
    monkeypatch.setenv("SCALEV_API_BASE_URL", sandbox.base_url)
    notebook = run(name)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    shown = sum("image/png" in output.get("data", {}) for output in outputs)
    assert shown == PICTURES.get(name, 0)
    for pattern, sheets in WRITTEN.get(name, {}).items():
        (file,) = (tmp_path / "repository" / "notebooks" / "data" / "exports").glob(pattern)
        workbook = CalamineWorkbook.from_path(str(file))
        assert sheets in (None, workbook.sheet_names)
        assert len(workbook.get_sheet_by_name(workbook.sheet_names[-2]).to_python()) > 2
    saved = tmp_path / "executed.ipynb"
    nbformat.write(notebook, saved)
    assert sandbox.api_key.encode() not in saved.read_bytes()
    assert "widgets" not in notebook.metadata
    for file in (tmp_path / "repository").rglob("*"):
        assert file.is_dir() or sandbox.api_key.encode() not in file.read_bytes()


@pytest.mark.slow
def test_a_notebook_runs_on_the_sandbox_without_a_key(run):
    notebook = run("05_your_own_filters")
    shown = [
        output.data["text/plain"] for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output
    ]
    assert any("orders, " in text and "requests" in text for text in shown)
