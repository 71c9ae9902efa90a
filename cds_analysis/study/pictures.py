"""The picture that fits a result: title, unit and sources come from the register and from the rows drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cds_analysis.errors import ParameterError
from cds_analysis.views import charts

if TYPE_CHECKING:
    from cds_analysis.dataset.register import Series
    from cds_analysis.study.result import Result
    from cds_analysis.views.theme import Chart

MOST_FANS = 4  # side by side

__all__ = ["bump", "distances", "fan", "picture", "spread", "tiles"]


def picture(result: Result) -> Chart:
    """Return the picture of a result by what it holds.

    Raises
    ------
    ParameterError
        When there is none for it.
    """
    columns = result.frame.columns
    if "gap" in columns:
        return distances(result)
    if "median_rank" in columns:
        return fan(result)
    if "rank" in columns and "year" in columns:
        return tiles(result) if result.whole["year"].n_unique() == 1 else bump(result)
    if "percentile" in columns:
        return spread(result)
    raise ParameterError(f"{result.name} has no picture; use .table(), .to_excel() or .to_polars()")


def bump(result: Result) -> Chart:
    """Return the ranks of every province by year; those picked in colour, cut where the definition
    changed.
    """
    one = _one_series(result)
    t = result.study.text
    return charts.bump(
        result.whole,
        text=t,
        highlight=list(result.picked),
        title=t("{index}: rank by year", index=_name(one, result)),
        source=result.source_line,
    )


def tiles(result: Result) -> Chart:
    """Return the map of the latest year: the rank where there is one, else the value."""
    t, one = result.study.text, _one_series(result)
    rows = result.whole
    year = rows["year"].max()
    shown = rows.filter(pl.col("year") == year).select("province_id", value="rank")
    return charts.tile_map(
        shown,
        result.study.data.provinces,
        text=t,
        title=t("{index} {year}: rank by province", index=_name(one, result), year=str(year)),
        subtitle=t("Rank 1 is best; darker is better. Framed: the provinces picked out."),
        source=result.source_line,
        decimals=0,
        highlight=list(result.picked),
        lower_is_better=True,
    )


def spread(result: Result) -> Chart:
    """Return how the values of one series spread over the provinces; those picked named."""
    t = result.study.text
    title = t.series(result.whole["series_id"][0]) if result.series else result.whole["series_id"][0]
    return charts.distribution(
        result.whole,
        text=t,
        highlight=list(result.picked),
        title=title,
        unit=t("score") if result.series else t("value"),
        source=result.source_line,
    )


def fan(result: Result) -> Chart:
    """Return the likely ranks of one to four picked provinces by year, with their doubt."""
    one, t = _one_series(result), result.study.text
    if not 1 <= len(result.picked) <= MOST_FANS:
        raise ParameterError(f"this picture is of one to {MOST_FANS} provinces; pick them first")
    breaks = result.study.data.breaks.filter(
        pl.col("index_id") == one.index_id, pl.col("dimension_id") == one.dimension_id
    )
    return charts.standing_fan(
        result.whole,
        breaks,
        text=t,
        provinces=list(result.picked),
        title=t("{index}: standing among all provinces", index=_name(one, result)),
        source=result.source_line,
    )


def distances(result: Result) -> Chart:
    """Return figures beside percentage targets, in the order of the rows."""
    t = result.study.text
    percent = result.study.data.indicators.filter(pl.col("unit") == "percent")["indicator_id"]
    rows = result.frame.filter(pl.col("indicator_id").is_in(percent.implode()))
    who = rows["province_id"].unique().to_list()
    if len(who) != 1:
        raise ParameterError("this picture is of one province; pick one first")
    title = t("{name}: figures and targets", name=t.province(who[0]))
    return charts.dumbbell(rows, text=t, title=title, source=result.source_line)


def _one_series(result: Result) -> Series:
    if len(result.series) != 1:
        raise ParameterError(f"this picture is of one index or dimension, not of {len(result.series)}")
    return result.series[0]


def _name(series: Series, result: Result) -> str:
    t = result.study.text
    short = t.index_short(series.index_id)
    return short if series.is_whole else f"{short}, {t.dimension(series.index_id, series.dimension_id)}"
