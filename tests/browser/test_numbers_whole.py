"""No number is cut: every report, its table and its picture, in both languages, on wide, narrow and zoomed pages."""

from __future__ import annotations

import json

import pytest

from scalev_frames.reports import REPORTS
from scalev_frames.reports.words.shown import said_of

from .pages import ask

CELL = """
import scalev_frames as sf
from pathlib import Path
from scalev_frames.notebook.panel.parts.elements import Status, Theme
from scalev_frames.notebook.panel.parts.job import Job
from scalev_frames.notebook.panel.parts.panel import Panel
from scalev_frames.notebook.panel.tabs.reports import ReportsTab
from scalev_frames.words import Words

class Page(Panel):
    title = "workbench"

api = sf.connect(api_key="{key}")
frame = api.orders(details=True, limit=150, progress=False)
words = Words("{language}")
tab = ReportsTab(words, Job(Status(""), words), Path("."), Theme())
tab.show(frame, "orders")
def show(name):
    newest = frame["draft_time"].max().date()
    days = newest.replace(day=newest.day - newest.day // 2), newest
    tab.table.show_report(sf.reports.compare(name, frame, *days, language="{language}"))

Page(words, [tab])
"""
#: Width of the window and pixels a pixel: wide and narrow, and both at a zoom of 200 %.
SIZES = [(1280, 1), (900, 1), (640, 2), (450, 2)]
#: Every row that fits into a page as high as this.
TALL = ".sg-place { height: 3200px !important; max-height: none !important; }"
#: Numbers and times that are cut, in every column; digits of the picture that leave it.
CUT = """async columns => {
    const CODES = CODES_OF_REPORTS;
    const frame = () => new Promise(requestAnimationFrame);
    const root = document.querySelector('.scalev-reports .scalev-table');
    const settled = () => root.dataset.state === 'ready' && root.app.columns.map(one => one.heading).join('|') === columns;
    for (let n = 0; n < 600 && !settled(); n++) await frame();
    if (!settled()) return ['not ready: ' + columns];
    const cut = [], grid = root.querySelector('.sg-grid');
    for (let left = 0, n = 0; n < 30; left += grid.clientWidth * 0.9, n++) {
        grid.scrollLeft = left;
        await frame();
        for (const name of root.querySelectorAll('.sg-headrow .sg-numeric .sg-name')) if (name.scrollWidth > name.clientWidth) cut.push(`heading: ${name.textContent}`);
        for (let n = 0; n < 300 && (root.dataset.state !== 'ready' || root.querySelector('.sg-waiting')); n++) await frame();
        for (const cell of root.querySelectorAll('.sg-body .sg-cell')) {
            const column = root.app.columns[root.app.order[cell.getAttribute('aria-colindex') - 2]];
            if (!column || !(column.numeric || column.time || column.kind === 'phone' || CODES.includes(column.name))) continue;
            if (cell.scrollWidth > cell.clientWidth || /[…#]/.test(cell.textContent)) cut.push(`${column.name}: ${cell.textContent}`);
        }
        if (grid.scrollLeft + grid.clientWidth >= grid.scrollWidth - 1) break;
    }
    const picture = document.querySelector('.scalev-reports .sp-root');
    for (let n = 0; n < 300 && picture?.dataset.state === 'drawing'; n++) await frame();
    for (const plot of document.querySelectorAll('.scalev-reports .sp-plot')) {
        const place = plot.getBoundingClientRect();
        for (const text of plot.querySelectorAll('svg text')) {
            const box = text.getBoundingClientRect();
            if (box.width && /\\d/.test(text.textContent) && (box.left < place.left - 1 || box.right > place.right + 1)) cut.push(`picture: ${text.textContent}`);
        }
    }
    return [...new Set(cut)];
}"""


#: Codes that people type over: of orders, parcels, customers.
CODES = {
    language: [said_of(one, language) for one in ("order_id", "receipt", "customer", "phone")]
    for language in ("en", "id")
}


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_number_is_cut_in_any_report(resized, lab, sandbox, language):
    page = resized.page
    notebook = resized.open(lab, CELL.format(key=sandbox.api_key, language=language))
    style = page.add_style_tag(content=TALL)
    said = notebook.run(
        "print([one for _, one in tab.choice.options] == list(__import__('scalev_frames').reports.REPORTS), end='')"
    )
    assert said == "True"
    scan = CUT.replace("CODES_OF_REPORTS", json.dumps(CODES[language]))
    found: dict[str, list[str]] = {}
    sizes = SIZES[:]
    for one in REPORTS:
        columns = notebook.run(f"tab.choice.value = {one!r}; print('|'.join(tab.table.sheet.headings), end='')")
        for width, scale in sizes:
            resized.to(width, scale)
            if cut := ask(page, scan, columns):
                found[f"{one} at {width}"] = cut[:5]
        sizes.reverse()  # the next report begins where this one ends
    resized.to(*SIZES[0])
    for one in ("customers", "returns_by_courier"):  # a heading ends with the word for its period
        columns = notebook.run(f"show({one!r}); print('|'.join(tab.table.sheet.headings), end='')")
        if cut := ask(page, scan, columns):
            found[f"{one}, compared"] = cut[:5]
    style.evaluate("style => style.remove()")
    assert found == {}
