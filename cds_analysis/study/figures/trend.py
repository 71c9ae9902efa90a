"""A series over the years: ranks, scores, or likely ranks with their fan."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import Series
from cds_analysis.errors import ParameterError
from cds_analysis.study.choice import Choice
from cds_analysis.study.figures.basis import Basis, nothing
from cds_analysis.views import interactive
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import titles
from cds_analysis.views.prose.base import source_line

__all__ = ["trend"]


def trend(b: Basis, series: Series, choice: Choice) -> Live:
    """Draw a series over the years chosen: ranks, scores, or likely ranks."""
    rows, what, t = b.window(series, choice), b.name(series), b.t
    picked = list(choice.provinces)
    if choice.shown == "standing":
        return _fan(b, series, choice)
    column = "score" if choice.shown == "score" else "rank"
    if not rows[column].count():
        other = t("only ranks are on record, no scores") if column == "score" else t("no ranks are on record")
        return nothing(choice, f"{what}: {other}")
    draw = interactive.scores_by_year if column == "score" else interactive.ranks_by_year
    unit = t.score_unit([series]) if column == "score" else t("rank, 1 is best")
    return draw(
        rows,
        b.data.provinces,
        text=t,
        highlight=picked,
        title=titles.of_years(rows, t, picked, what=what, column=column),
        subtitle=t("{what} by year: {unit}", what=what, unit=unit),
        source=source_line(t, rows.drop_nulls(column)),
    )


def _fan(b: Basis, series: Series, choice: Choice) -> Live:
    t, what, picked = b.t, b.name(series), list(choice.provinces)
    try:
        rows = b.standing(series.key)
    except ParameterError:
        return nothing(choice, t("{what}: too few full years for a standing", what=what))
    rows = rows.filter(pl.col("year") >= choice.first)
    return interactive.standing_fan(
        rows,
        b.data.provinces,
        text=t,
        highlight=picked,
        title=titles.of_standing(rows, t, picked, what=what),
        subtitle=t("{what}: likely rank among all provinces, estimated from all years", what=what),
        source=source_line(t, b.window(series, choice)),
    )
