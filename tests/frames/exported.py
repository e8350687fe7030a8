"""Orders as the dashboard writes them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pandas as pd

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.catalog.dashboard import DASHBOARD, ITEMS
from scalev_frames.frames import FrameBuilder

NAMES = [name for name, _, _ in DASHBOARD]
ITEM_NAMES = [name for name, _, _ in ITEMS]
KINDS = {name: kind for name, kind, _ in DASHBOARD} | {name: kind for name, kind, _ in ITEMS}


def framed(records, endpoint="order"):
    builder = FrameBuilder(ENDPOINTS[endpoint].columns, "Asia/Jakarta")
    builder.add(records)
    frame = builder.finish()[0]
    frame.attrs.update(endpoint=endpoint, time_zone="Asia/Jakarta", notes=[])
    return frame


def rupiah(value, style):
    amount = Decimal(str(value)).quantize(Decimal("0.01"))
    text = f"{amount:,}".removesuffix(".00")
    if style == "indonesian":
        return text.replace(",", "#").replace(".", ",").replace("#", ".")
    return str(amount) if style == "plain" else text


def written(value, kind, *, style, day_first):
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    match kind:
        case "money" | "number" | "grams":
            return rupiah(value, style)
        case "time":
            local = value.tz_convert("Asia/Jakarta")
            return local.strftime("%d/%m/%Y %H:%M:%S" if day_first else "%Y-%m-%d %H:%M:%S")
        case "flag":
            return "true" if value else "false"
    return str(value)


def exported(orders, separator=";", *, style="indonesian", day_first=True, items=False, per_piece=False):
    """The file of these orders, as text."""
    shown = orders.scalev.dashboard()
    kept = io.StringIO()
    out = csv.writer(kept, delimiter=separator, lineterminator="\r\n")
    out.writerow(NAMES + ITEM_NAMES * items)
    said = {"style": style, "day_first": day_first}
    for place, row in enumerate(shown.to_dict("records")):
        cells = [written(row[name], KINDS[name], **said) for name in NAMES]
        if not items:
            out.writerow(cells)
            continue
        if not orders["orderlines"].iloc[place]:
            out.writerow([*cells, *[""] * len(ITEM_NAMES)])
        for line in orders["orderlines"].iloc[place]:
            amounts = [line["product_price_bt"], line["discount_bt"], line["cogs_bt"]]
            by = line["quantity"] if per_piece else 1
            amounts = [None if one is None else Decimal(str(one)) / by for one in amounts]
            out.writerow([*cells, line["product_name"], "Nusantara Jaya", str(line["quantity"]),
                          *(written(one, "money", **said) for one in amounts)])  # fmt: skip
    return kept.getvalue()


def read(text):
    return sf.read_dashboard(io.StringIO(text))


def cell(orders, column, value, row=3, **way):
    lines = list(csv.reader(io.StringIO(exported(orders, **way)), delimiter=";"))
    lines[row][lines[0].index(column)] = value
    kept = io.StringIO()
    csv.writer(kept, delimiter=";").writerows(lines)
    return kept.getvalue()


def changed(orders, change, **way):
    """The file with its lines of cells changed."""
    lines = list(csv.reader(io.StringIO(exported(orders, **way)), delimiter=";"))
    kept = io.StringIO()
    csv.writer(kept, delimiter=";", quoting=csv.QUOTE_ALL).writerows(change(lines))
    return kept.getvalue()
