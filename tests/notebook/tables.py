"""What a table tells its views, the rows that it shows and what its code gives."""

from __future__ import annotations

import pandas as pd

from scalev_frames.notebook.table import Table


def ids(table: Table) -> list[str]:
    return table.view["id"].tolist()


def place(table: Table, name: str) -> int:
    return list(table.frame.columns).index(name)


def everything(table: Table, first: int = 0, count: int = 100) -> dict[str, list]:
    """The cells of a table by column, as the browser gets them."""
    sent: list[dict] = []
    table.send = lambda message, *_: sent.append(message)
    blocks = [{"first": first, "count": count, "places": list(range(len(table.sheet.columns)))}]
    table.handle({"do": "block", "blocks": blocks, "generation": table.sheet.generation, "number": "v-1"})
    return dict(zip([one.name for one in table.sheet.columns], sent[0]["blocks"][0]["cells"], strict=True))


def run(code: str, **names) -> dict:
    """Run code that knows these names; gives them and what it defines."""
    space = dict(names)
    exec(code, space)
    return space


def run_code(code: str, frame: pd.DataFrame) -> pd.DataFrame:
    return run(code, frame=frame)["view"]
