"""The pandas code that gives a pivot table's numbers, every level of totals from the rows."""

from __future__ import annotations

from scalev_frames.notebook.pivot.compute import OTHERS
from scalev_frames.notebook.pivot.plan import FUNCTIONS, ITEM, STEPS, Field, Plan, Value
from scalev_frames.notebook.table.filters.conditions import quoted


def pivot_code(plan: Plan, name: str = "frame", before: str = "") -> str:
    """Pandas code: ``result[r, c]`` are the numbers by the first r row fields and the first c column fields.

    Args:
        plan: what is made.
        name: the frame's variable.
        before: code that filters it first, into ``view``.

    >>> print(pivot_code(Plan((Field("status"),), values=(Value("gross_revenue", "sum"),)), "orders"))
    import pandas as pd
    <BLANKLINE>
    rows = orders
    by_rows, by_columns = ["status"], []
    result = {}
    for r in range(len(by_rows) + 1):
        for c in range(len(by_columns) + 1):
            groups = rows.groupby(by_rows[:r] + by_columns[:c] or [lambda _: 0], dropna=False, observed=True)
            result[r, c] = pd.DataFrame({
                "gross_revenue (sum)": groups["gross_revenue"].sum(min_count=1),
            })
    pivoted = result[1, 0]
    """
    by_rows, by_columns = map(_listed, (_row_names(plan), [key.name for key in plan.columns]))
    lines = [
        *_prepared(plan, name, before),
        f"by_rows, by_columns = {by_rows}, {by_columns}",
        "result = {}",
        "for r in range(len(by_rows) + 1):",
        "    for c in range(len(by_columns) + 1):",
        "        groups = rows.groupby(by_rows[:r] + by_columns[:c] or [lambda _: 0], dropna=False, observed=True)",
        "        result[r, c] = pd.DataFrame({",
        *[f"            {quoted(_plain(value).name)}: {_number(value)}," for value in _different(plan)],
        "        })",
        f"pivoted = result[{len(plan.rows)}, {len(plan.columns)}]"
        + (".unstack(by_columns)" if plan.columns and plan.rows else ""),
    ]
    lines += [_share(value, plan) for value in plan.values if value.show]
    return "\n".join(lines)


def _prepared(plan: Plan, name: str, before: str) -> list[str]:
    """Code that makes ``rows``: filtered, one row an item, with the columns that are grouped by."""
    imports = ["import pandas as pd"]
    lines = [f"rows = {'view' if before else name}"]
    if plan.items:
        imports.append("from scalev_frames.notebook.pivot import per_item")
        lines.append(f"rows = per_item(rows, {quoted(plan.items)})")
    lines += [_step(key) for key in plan.keys if key.step and key.step != ITEM]
    if _has_others(plan):
        lines += _others(plan)
    return [*imports, "", *filter(None, [before]), *lines]


def _has_others(plan: Plan) -> bool:
    return bool(plan.top and plan.rows)


def _row_names(plan: Plan) -> list[str]:
    names = [key.name for key in plan.rows]
    return [_others_name(plan), *names[1:]] if _has_others(plan) else names


def _listed(names: list[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def _plain(value: Value) -> Value:
    return Value(value.column, value.function)


def _different(plan: Plan) -> list[Value]:
    return list(dict.fromkeys(map(_plain, plan.values)))


def _number(value: Value) -> str:
    grouped = f"groups[{quoted(value.column)}]" if value.column else "groups"
    return f"{grouped}{FUNCTIONS[value.function].code}"


def _step(key: Field) -> str:
    return f"rows = rows.assign(**{{{quoted(key.name)}: {step_code(f'rows[{quoted(key.column)}]', key.step)}}})"


def step_code(times: str, step: str) -> str:
    """Code of one part of each time, as `compute.step_of` gives it.

    >>> step_code("rows.paid_time", "month")
    'rows.paid_time.dt.strftime("%Y-%m")'
    """
    if step == "quarter":
        year, quarter = (f'{times}.dt.{one}.astype("Int64").astype("str")' for one in ("year", "quarter"))
        return f'{year} + "Q" + {quarter}'
    return f"{times}.dt.strftime({quoted(STEPS[step])})"


def _others(plan: Plan) -> list[str]:
    name, value, made = quoted(plan.rows[0].name), plan.values[0], quoted(_others_name(plan))
    groups = f"rows.groupby({name}, dropna=False, observed=True)"
    number = _number(value).replace("groups", groups, 1)
    return [
        f'largest = {number}.sort_values(ascending=False, kind="stable").head({plan.top}).index',
        f"keys = rows[{name}].astype(object)",
        f"rows = rows.assign(**{{{made}: keys.where(keys.isin(largest), {quoted(OTHERS)})}})",
    ]


def _others_name(plan: Plan) -> str:
    """What the largest groups are called; another name where the field's own values are counted, too."""
    name = plan.rows[0].name
    return f"{name} (largest)" if any(value.column == name for value in plan.values) else name


def _share(value: Value, plan: Plan) -> str:
    """The line of what is shown in place of the numbers; numbers by columns are unstacked alone, as keys may be NA."""
    name, has_both = quoted(_plain(value).name), bool(plan.columns and plan.rows)

    def numbers(r: int, c: int) -> str:
        return f'result[{r}, {c}][{name}].astype("float64")'

    depth_r, depth_c = len(plan.rows), len(plan.columns)
    all_rows = f" / {numbers(0, 0)}.iloc[0]"
    ways = {
        "share_row": f".div({numbers(depth_r, 0)}, axis=0)",
        "share_column": f".div({numbers(0, depth_c)}, axis=1)" if has_both else all_rows,
        "share_all": all_rows,
        "running": f".fillna(0).cumsum({'axis=1' if has_both else ''})",
        "change": f".diff({'axis=1' if has_both else ''})",
    }
    return f"{value.show} = {numbers(depth_r, depth_c)}{'.unstack(by_columns)' * has_both}{ways[value.show]}"
