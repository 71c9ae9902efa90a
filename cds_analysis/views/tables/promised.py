"""Tables of what provinces promise and report."""

from __future__ import annotations

import polars as pl

from cds_analysis.views.labels import STATUS_LABELS
from cds_analysis.views.look import STATUS_LOOK
from cds_analysis.views.tables.base import Table, listing
from cds_analysis.views.text import Text
from cds_analysis.views.wording import MISSING

__all__ = ["indicator_years_table", "pairs_table"]


def pairs_table(judged: pl.DataFrame, *, text: Text, title: str, source: str, units: dict[str, str]) -> Table:
    """One row a province's own target that has a figure: the figure, the target, what is missing, the
    verdict.
    """
    t = text

    def value(row: dict, key: str, bound: str) -> str:
        return t.value(row[key], units[row["indicator_id"]], 1, bound=bound)

    def missing(row: dict) -> str:
        if row["gap"] is None:
            return MISSING
        unit = units[row["indicator_id"]]
        size = t.difference(abs(row["gap"]), unit, 1 if unit.startswith("percent") else 0)
        if row["gap"] <= 0:
            return t("beyond by {size}", size=size) if row["gap"] < 0 else t("just reached")
        return ("≤ " if row["is_gap_bound"] else "≥ " if row["is_gap_floor"] else "") + size

    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "indicator": (t("Indicator"), lambda r: t.indicator(r["indicator_id"])),
        "value": (t("Latest figure"), lambda r: f"{value(r, 'value', r['bound'])} ({t.date(r['as_of'])})"),
        "target": (
            t("Target"),
            lambda r: f"{value(r, 'target', '>' if r['comparator'] == '>' else '=')} ({t.date(r['due'])})",
        ),
        "gap": (t("Still missing"), missing),
        "status": (
            t("Status"),
            lambda r: f"{STATUS_LOOK[r['status']][0]} {t(STATUS_LABELS[r['status']])}",
        ),
    }
    return listing(
        judged,
        columns,
        name="pairs",
        title=title,
        source=source,
        empty=t("No target of a province has a figure beside it."),
        right=["value", "target", "gap"],
        widths={"province": "13%", "indicator": "33%"},
    )


def indicator_years_table(counted: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row an indicator, one column a year: how many provinces have a figure; most reported first.

    `counted` has ``series_id, year, n``.
    """
    t = text
    years = sorted(counted["year"].unique())
    cells = {(s, y): n for s, y, n in counted.select("series_id", "year", "n").iter_rows()}
    order = (
        counted.group_by("series_id").agg(pl.col("n").sum()).sort("n", "series_id", descending=[True, False])
    )
    columns = {
        "indicator": (t("Indicator"), lambda r: t.indicator(r["series_id"])),
        **{
            str(y): (
                str(y),
                lambda r, y=y: t.number(cells[r["series_id"], y]) if (r["series_id"], y) in cells else "·",
            )
            for y in years
        },
    }
    return listing(
        order,
        columns,
        name="indicators_by_year",
        title=title,
        source=source,
        empty=t("No figure is on record."),
        right=[str(y) for y in years],
        widths={"indicator": "45%"},
    )
