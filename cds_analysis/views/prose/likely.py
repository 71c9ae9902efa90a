"""Where a province most likely lies among all, and how sure that is, in a sentence."""

from __future__ import annotations

import polars as pl

from cds_analysis.views.prose.base import Prose
from cds_analysis.views.text import Text

__all__ = ["likely_ranks"]


def likely_ranks(rows: pl.DataFrame, t: Text, *, provinces: list[str]) -> Prose:
    """Say for each province the rank of its latest figure, the likely rank with its 80 % band, and the probability
    that it rose since the year that rises are counted from.

    `rows` are those of ``standing`` of the front door.
    """
    lines = []
    for province in provinces:
        own = rows.filter((pl.col("province_id") == province) & (pl.col("years_ahead") == 0)).sort("year")
        if not own.height:
            continue
        row = own.row(-1, named=True)
        said = t(
            "**{name}**: its figures of {year} give rank {rank}; its standing is most likely rank {median}, with 80% probability between {low} and {high}.",
            name=t.province(province),
            year=row["year"],
            rank=t.number(row["figure_rank"]),
            median=t.number(row["median_rank"]),
            low=t.number(row["rank_low_80"]),
            high=t.number(row["rank_high_80"]),
        )
        if row["p_rise"] is not None:
            said += " " + t(
                "Probability that it has risen since {since}: {p}.",
                since=row["since"],
                p=t.percent(100 * row["p_rise"], 0),
            )
        lines.append(f"- {said}")
    return Prose("\n".join(lines))
