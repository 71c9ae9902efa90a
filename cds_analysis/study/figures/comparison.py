"""Provinces side by side in one year: by dimension, by region, or one index against another."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import Series, find_series, parts_of
from cds_analysis.study.choice import Choice
from cds_analysis.study.figures.basis import Basis, nothing
from cds_analysis.views import interactive
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import titles
from cds_analysis.views.prose.base import source_line

__all__ = ["comparison"]


def comparison(b: Basis, series: Series, choice: Choice) -> Live:
    """Draw the provinces of one year by dimension, by region, or one index against another."""
    t, what, picked = b.t, f"{b.name(series)} {choice.last}", list(choice.provinces)
    if choice.shown == "pair":
        return _pair(b, series, choice)
    if choice.shown == "parts":
        parts = parts_of(b.data.indices, series.index_id, series.dimension_id)
        rows = b.compared(series.index_id, tuple(s.key for s in parts), choice.last)
        rows = rows.filter(pl.col("n_reporting") >= b.data.full_from)
        here = set(rows["series_id"])
        if not here:
            return nothing(choice, t("{what}: no parts on record", what=what))
        order = [s.key for s in parts if s.key in here]
        placed = rows.with_columns(
            rank=pl.col("value").rank("min", descending=True).over("series_id").cast(pl.Int64)
        )
        return interactive.by_dimension(
            rows,
            b.data.provinces,
            text=t,
            order=order,
            highlight=picked,
            title=titles.of_dimensions(placed, t, picked, what=what),
            subtitle=t("{what}, each part on its own scale; at the right, ranks", what=what),
            source=source_line(t, rows),
        )
    rows = b.compared(series.index_id, (series.key,), choice.last)
    if not rows.height:
        return nothing(choice, t("{what}: no score on record", what=what))
    return interactive.by_region(
        rows,
        b.data.provinces,
        text=t,
        highlight=picked,
        title=titles.of_values(
            rows,
            t,
            picked,
            what=what,
            decimals=t.decimals(series.index_id, series.dimension_id, exact=True),
        ),
        subtitle=t("{what} by region: {unit}", what=what, unit=t.score_unit([series])),
        source=source_line(t, rows),
    )


def _pair(b: Basis, series: Series, choice: Choice) -> Live:
    t, picked = b.t, list(choice.provinces)
    against = choice.other or b.usual_other(series)
    other = find_series(against, b.data.indices)
    one, two = b.ranked(series.key), b.ranked(other.key)
    years = set(one.drop_nulls("score")["year"]) & set(two.drop_nulls("score")["year"])
    years = {y for y in years if y <= choice.last} or years
    names = b.name(series), b.name(other)
    if not years:
        return nothing(choice, t("{one} and {other} have no year in common", one=names[0], other=names[1]))
    year = max(years)
    both = (
        one.filter(pl.col("year") == year)
        .select("province_id", "year", x="score", one="source_id")
        .join(
            two.filter(pl.col("year") == year).select("province_id", y="score", two="source_id"),
            on="province_id",
            validate="1:1",
        )
        .drop_nulls(["x", "y"])
        .with_columns(
            x_rank=pl.col("x").rank("min", descending=True).cast(pl.Int64),
            y_rank=pl.col("y").rank("min", descending=True).cast(pl.Int64),
            n=pl.len(),
            source_ids=pl.concat_list("one", "two").list.unique(),
        )
        .drop("one", "two")
    )
    rho = both.select(pl.corr("x", "y", method="spearman")).item() if both.height > 2 else None
    return interactive.scatter(
        both,
        b.data.provinces,
        text=t,
        across=series.key,
        up=other.key,
        highlight=picked,
        title=titles.of_pair(rho, both.height, t, one=names[0], other=names[1], year=year),
        subtitle=t("Scores of {year}; a point is a province", year=str(year)),
        source=source_line(t, both),
    )
