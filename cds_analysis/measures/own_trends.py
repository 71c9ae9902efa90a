"""Did the province rise, or the country?

A trend of scores that all provinces share says nothing about one of them. So every trend stands twice: of the
score, and of the score less the median of all provinces in the same year ("own"), tested alike
(:func:`cds_analysis.measures.trends.trends`). Years with a sample of provinces have no median of the country
and are left out of the second.

Trends are cut at changes of definition, and some of these were only detected in the figures. So every verdict
stands beside the one that documented breaks alone would give.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.dataset.series import FULL_FROM, with_segments
from cds_analysis.measures.changes import documented_only
from cds_analysis.measures.trends import trends

__all__ = ["less_country", "trends_beside_country"]

_TABLE = ["index_id", "dimension_id", "year"]
_CASE = ["index_id", "dimension_id", "province_id"]


def less_country(scores: pl.DataFrame, *, full_from: int = FULL_FROM) -> pl.DataFrame:
    """Return the scores of full years less the median of the provinces in that year.

    Examples
    --------
    >>> rows = pl.DataFrame({"index_id": "x", "dimension_id": "d", "year": 2020, "score": [1.0, 2.0, 4.0]})
    >>> less_country(rows, full_from=3)["score"].to_list()
    [-1.0, 0.0, 2.0]
    """
    full = scores.drop_nulls("score").filter(pl.len().over(_TABLE) >= full_from)
    return full.with_columns(score=pl.col("score") - pl.col("score").median().over(_TABLE))


def trends_beside_country(
    scores: pl.DataFrame, breaks: pl.DataFrame, *, alpha: float = 0.05, full_from: int = FULL_FROM
) -> pl.DataFrame:
    """Judge every trend twice, of the score and of the score less the country's median.

    Parameters
    ----------
    scores, breaks, alpha
        As in :func:`~cds_analysis.measures.trends.trends`.
    full_from
        Provinces with a score that make a year a table.

    Returns
    -------
    polars.DataFrame
        The rows of :func:`~cds_analysis.measures.trends.trends` with ``slope_own, slope_own_low,
        slope_own_high`` (points a year against the country), ``p_own_adjusted, verdict_own`` (null where no
        year is full), and ``verdict_documented, verdict_own_documented`` (of the definition in force when
        only documented breaks count, which may span more years) with ``depends_on_detected`` (one of the two
        is another verdict).

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> found = trends_beside_country(
    ...     data.scores.filter(pl.col("dimension_id") == "control_of_corruption"), data.breaks
    ... )
    >>> found.group_by("verdict", "verdict_own").len().sort("len").row(-1)
    ('rising', 'no_trend', 36)
    """
    rows = _both(eager(scores), breaks, alpha, full_from)
    fewer = documented_only(breaks) if "kind" in breaks.columns else breaks
    other = rows if fewer.height == breaks.height else _both(eager(scores), fewer, alpha, full_from)
    at = with_segments(rows.select(*_CASE, fine="segment", year="last_year"), fewer)
    documented = at.select(*_CASE, "fine", "segment").join(
        other.select(*_CASE, "segment", verdict_documented="verdict", verdict_own_documented="verdict_own"),
        on=[*_CASE, "segment"],
        how="left",
        validate="m:1",
    )
    return rows.join(
        documented.drop("segment").rename({"fine": "segment"}),
        on=[*_CASE, "segment"],
        how="left",
        validate="1:1",
    ).with_columns(
        depends_on_detected=pl.col("verdict").ne_missing(pl.col("verdict_documented"))
        | pl.col("verdict_own").ne_missing(pl.col("verdict_own_documented"))
    )


def _both(scores: pl.DataFrame, breaks: pl.DataFrame, alpha: float, full_from: int) -> pl.DataFrame:
    own = trends(less_country(scores, full_from=full_from), breaks, alpha=alpha).select(
        *_CASE,
        "segment",
        slope_own="slope_per_year",
        slope_own_low="slope_low",
        slope_own_high="slope_high",
        p_own_adjusted="p_adjusted",
        verdict_own="verdict",
    )
    return trends(scores, breaks, alpha=alpha).join(
        own, on=[*_CASE, "segment"], how="left", validate="1:1", maintain_order="left"
    )
