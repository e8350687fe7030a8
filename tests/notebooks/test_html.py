"""Notebooks turned into HTML by nbconvert, for real: tables, pivot, report and pictures stand in them as they were."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape

import pytest

from scalev_frames.sandbox import Sandbox, World

CELLS = [
    """import os
import scalev_frames as sf
from scalev_frames.notebook.panel.workbench import Workbench
from scalev_frames.notebook.pictures.counted import count_pictures
from scalev_frames.notebook.pictures.live import LivePictures
from scalev_frames.notebook.pivot import Pivot
from scalev_frames.notebook.table import Table
from scalev_frames.reports import report, shown
api = sf.connect(api_key=os.environ["SCALEV_API_KEY"])
orders = api.orders(progress=False)
open("names.txt", "w").write("\\n".join(orders["customer_name"].dropna().head(20)))
open("phones.txt", "w").write("\\n".join(orders["customer_phone"].dropna()))""",
    "Table(orders)",
    "Table(orders, columns=['order_id', 'customer_name'], saved_personal=True)",
    "pivot = Pivot(orders)\npivot.choose(['status'], ['payment_method'], [('gross_revenue', 'sum')])\npivot",
    "Table(shown(report('unpaid', orders, language='id'), 'id'), language='id')",
    "Table(shown(report('returns_by_courier', orders)))",
    "LivePictures(count_pictures(orders).values())",
    """bench = Workbench(api)
bench.fetch()
assert bench.job.wait(60)
bench.tabs.look_at('tab_reports')
bench.reports.choice.value = 'cod'
bench""",
]  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The cells' outputs as HTML, and the folder."""
    import nbformat  # takes seconds, which the collection of all tests can do without

    folder = tmp_path_factory.mktemp("html")
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, folder / "work.ipynb")
    with Sandbox(world=World(80, days=30), limits=None) as sandbox:
        folders = {name: str(folder / name.lower()) for name in (
            "HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR",
            "SCALEV_CACHE_DIR",
        )}  # fmt: skip
        env = os.environ | folders | {
            "SCALEV_API_KEY": sandbox.api_key, "SCALEV_API_BASE_URL": sandbox.base_url,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }  # fmt: skip
        command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "work.ipynb"]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        text = (folder / "work.html").read_text()
        assert sandbox.api_key not in text
    return text, folder


def outputs(text: str) -> list[str]:
    """What stands in the place of each widget."""
    return [unescape(one) for one in re.split(r"""<div class=["']scalev-static["']""", text)[1:]]


def body(table: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2].partition("</tbody>")[0])
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]


@pytest.mark.slow
def test_tables_pivot_report_and_pictures_stand_in_a_notebook_turned_into_html(page):
    text, folder = page
    table, personal, pivot, unpaid, couriers, pictures, bench = outputs(text)
    names = (folder / "names.txt").read_text().splitlines()
    assert len(body(table)) == len(body(personal)) == 20
    assert [row[1] for row in body(personal)][:3] == names[:3]
    assert "•••" in table
    assert body(pivot)[-1][0] == "Total"
    assert re.fullmatch(r"[\d,.]+", body(pivot)[-1][-1])
    assert body(unpaid)
    assert "•••" in unpaid
    assert any(re.fullmatch(r"\d+\.\d%", cell) for row in body(couriers) for cell in row)
    assert pictures.count("data:image/png;base64,") == 5
    assert "COD against transfer" in bench
    assert bench.count("<tbody>") == 3  # orders, pivot, report
    assert "data:image/png;base64," in bench


@pytest.mark.slow
def test_no_customer_stands_in_it_unless_asked_for(page):
    text, folder = page
    shown = "".join(one for place, one in enumerate(outputs(text)) if place != 1)
    assert shown.count("<tbody>") == 7
    for name in (folder / "names.txt").read_text().splitlines():
        assert name not in shown, name
    for phone in (folder / "phones.txt").read_text().splitlines():
        assert phone not in text, phone
