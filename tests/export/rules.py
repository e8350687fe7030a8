"""What Excel asks of a workbook before it opens it without a word: the rules of ECMA-376 that our parts touch.

A part is checked by its XML alone: the order of a worksheet's elements, the attributes and children of cells, references
that point at something, and files that are listed.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from openpyxl.utils import coordinate_to_tuple, range_boundaries

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# CT_Worksheet is a sequence: these children, in this order.
WORKSHEET = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios
    autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations
    hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches
    ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems tableParts
    extLst
""".split()  # noqa: SIM905
ROW = {"r", "spans", "s", "customFormat", "ht", "hidden", "customHeight", "outlineLevel", "collapsed"}
CELL = {"r", "s", "t", "cm", "vm", "ph"}
# What each type of cell may hold.
HOLDS = {"n": "v", "b": "v", "s": "v", "str": "v", "inlineStr": "is", "e": "v"}
_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_NAME = re.compile(r"[^\[\]:*?/\\]{1,31}")


def broken_rules(path: Path) -> list[str]:
    """Every rule that the workbook at ``path`` breaks."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    said = [f"{name} is there twice" for name in parts if list(parts).count(name) > 1]
    trees = {name: ET.fromstring(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    said += _listed(parts, trees)
    said += _relations(parts, trees)
    said += _book(trees["xl/workbook.xml"])
    styles = len(trees["xl/styles.xml"].findall(f"{MAIN}cellXfs/*"))
    shared = trees.get("xl/sharedStrings.xml")
    texts = len(shared) if shared is not None else 0
    for name, tree in trees.items():
        if name.startswith("xl/worksheets/sheet"):
            links = trees.get(f"xl/worksheets/_rels/{posixpath.basename(name)}.rels")
            said += [f"{name}: {words}" for words in _sheet(tree, styles, texts, links)]
    return said


def _listed(parts: dict[str, bytes], trees: dict[str, ET.Element]) -> list[str]:
    types = trees["[Content_Types].xml"]
    by_name = {one.get("PartName", "")[1:] for one in types if one.tag.endswith("Override")}
    by_end = {one.get("Extension", "").lower() for one in types if one.tag.endswith("Default")}
    unlisted = [f"{name} has no content type" for name in parts
                if name not in by_name and name.rpartition(".")[2].lower() not in by_end and name[0] != "["]  # fmt: skip
    return unlisted + [f"{name} is listed, not there" for name in by_name if name not in parts]


def _relations(parts: dict[str, bytes], trees: dict[str, ET.Element]) -> list[str]:
    said = []
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        ids = [one.get("Id") for one in tree]
        said += [f"{name} has an id twice"] if len(set(ids)) < len(ids) else []
        for one in tree:
            target = one.get("Target", "")
            if one.get("TargetMode") == "External":
                continue
            whole = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            said += [f"{name} points at {target}, which is not there"] if whole not in parts else []
    return said


def _book(tree: ET.Element) -> list[str]:
    names = [one.get("name", "") for one in tree.iter(f"{MAIN}sheet")]
    said = [f"sheet name {name!r}" for name in names if not _NAME.fullmatch(name) or name.strip("'") != name]
    return said + ([] if len({name.lower() for name in names}) == len(names) else ["two sheets share a name"])


def _sheet(tree: ET.Element, styles: int, texts: int, links: ET.Element | None) -> list[str]:
    order = [WORKSHEET.index(child.tag.removeprefix(MAIN)) for child in tree]
    once = [place for place in order if WORKSHEET[place] != "conditionalFormatting"]  # which may come again
    said = [] if order == sorted(order) and len(once) == len(set(once)) else ["elements are out of order"]
    dimension = tree.find(f"{MAIN}dimension")
    _, _, last_column, last_row = range_boundaries(dimension.get("ref")) if dimension is not None else (0, 0, 0, 0)
    before = 0
    for row in tree.iter(f"{MAIN}row"):
        number = int(row.get("r", "0"))
        said += [f"row {number} after {before}"] if not before < number <= 1_048_576 else []
        said += [f"row {number} has {set(row.attrib) - ROW}"] if set(row.attrib) - ROW else []
        before, left = number, 0
        for cell in row:
            words, left = _cell(cell, number, left, styles, texts)
            said += words
            said += [f"{cell.get('r')} is outside the dimension"] if left > last_column or number > last_row else []
    return said + _links(tree, links) + _widths(tree)


def _cell(cell: ET.Element, row: int, left: int, styles: int, texts: int) -> tuple[list[str], int]:
    place = cell.get("r", "")
    own_row, column = coordinate_to_tuple(place)
    kind = cell.get("t", "n")
    said = [f"{place} stands in row {row}"] if own_row != row else []
    said += [f"{place} stands after column {left}"] if column <= left else []
    said += [f"{place} has {set(cell.attrib) - CELL}"] if set(cell.attrib) - CELL else []
    said += [f"{place} has no style {cell.get('s')}"] if int(cell.get("s", "0")) >= styles else []
    inside = [child.tag.removeprefix(MAIN) for child in cell]
    said += [f"{place} of type {kind} holds {inside}"] if inside not in ([], [HOLDS.get(kind)]) else []
    value = cell.findtext(f"{MAIN}v")
    if value is not None:
        said += [f"{place}: {value!r} is no number"] if kind == "n" and not _NUMBER.fullmatch(value) else []
        said += [f"{place}: {value!r} is no flag"] if kind == "b" and value not in ("0", "1") else []
        said += [f"{place}: no text {value}"] if kind == "s" and not 0 <= int(value) < texts else []
        said += [f"{place} has an attribute at its value"] if cell.find(f"{MAIN}v").attrib else []
        said += [f"{place} loses spaces"] if kind == "str" and value != value.strip() else []
    text = _ESCAPE.sub("?", "".join(cell.itertext()))
    said += [f"{place} is too long"] if len(text.encode("utf-16-le")) > 2 * 32_767 else []
    return said, column


def _links(tree: ET.Element, links: ET.Element | None) -> list[str]:
    ids = {one.get("Id"): one.get("Target", "") for one in links} if links is not None else {}
    found = list(tree.iter(f"{MAIN}hyperlink"))
    said = [f"{one.get('ref')} has no address" for one in found
            if one.get(RELATION) not in ids and one.get("location") is None]  # fmt: skip
    said += [f"{target[:20]} is too long" for target in ids.values() if len(target) > 2_083]
    return said + (["too many links"] if len(found) > 65_530 else [])


def _widths(tree: ET.Element) -> list[str]:
    last = 0
    said = []
    for one in tree.iter(f"{MAIN}col"):
        first = int(one.get("min", "0"))
        said += [f"column {first} after {last}"] if first <= last else []
        last = int(one.get("max", "0"))
    return said
