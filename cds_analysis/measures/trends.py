"""Is there a trend?

A trend is judged within one definition of an index (``segment``) and never across a break. The test is Mann
and Kendall's: exact where the values have no ties, and by enumeration with ties up to 8 years; beyond, the
normal form with continuity and tie correction. The slope is Theil and Sen's median of pairwise slopes, with
Sen's confidence interval. Provinces tested together are corrected with Benjamini and Hochberg's procedure.
Fewer than 5 years give no verdict: with 4 the smallest possible p is 0.083. No test can tell drift from
persistence in 10 points.

Scores near a ceiling (PAR INDEX above 80 of 100) leave little room to rise, so they are also read as the
distance to it: :func:`ceiling_gaps`.

References: Mann (1945); Kendall (1975); Sen (1968); Benjamini and Hochberg (1995).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations
from math import erfc, factorial, sqrt
from statistics import NormalDist

import numpy as np
import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.dataset.series import with_segments
from cds_analysis.errors import ParameterError
from cds_analysis.measures.corrections import benjamini_hochberg

__all__ = ["CEILING_FROM", "MIN_YEARS", "ceiling_gaps", "mann_kendall", "theil_sen", "trends"]

MIN_YEARS = 5
CEILING_FROM = 0.80  # share of the scale from which a score is also read as its distance to the top
MOST_ENUMERATED = 8
_SERIES = ["index_id", "dimension_id", "segment"]


def mann_kendall(values) -> tuple[int, float]:
    """Return Kendall's S of a series in order of time and its two-sided p under "no trend".

    Parameters
    ----------
    values
        The series, evenly or unevenly spaced; only the order counts. S is positive when it rises, 0 to
        n(n-1)/2 in size.

    Returns
    -------
    tuple
        ``(S, p)``; p is 1 for a constant series and for fewer than two values.

    Examples
    --------
    >>> s, p = mann_kendall([1.0, 2.0, 3.0, 4.0])
    >>> s, round(p, 3)
    (6, 0.083)
    """
    x = np.asarray(values, dtype=float)
    n = len(x)
    s = int(np.sign(x[None, :] - x[:, None])[np.triu_indices(n, 1)].sum())
    sizes = np.unique(x, return_counts=True)[1]
    if n < 2 or len(sizes) == 1:
        return s, 1.0
    if len(sizes) == n:
        counts = _inversions(n)
        distance = np.abs(n * (n - 1) // 2 - 2 * np.arange(len(counts)))
        return s, min(1.0, float(sum(c for c, d in zip(counts, distance) if d >= abs(s)) / factorial(n)))
    if n <= MOST_ENUMERATED:
        levels = tuple(np.repeat(np.arange(len(sizes)), sizes))
        return s, float(np.mean(np.abs(_enumerated(levels)) >= abs(s)))
    variance = (n * (n - 1) * (2 * n + 5) - sum(int(t) * (int(t) - 1) * (2 * int(t) + 5) for t in sizes)) / 18
    return s, 1.0 if s == 0 else erfc((abs(s) - 1) / sqrt(2 * variance))


@lru_cache(maxsize=64)
def _inversions(n: int) -> list[int]:
    """Return how many orders of n different values have 0, 1, 2, ... inversions."""
    counts = [1]
    for k in range(2, n + 1):
        counts = [sum(counts[max(0, i - k + 1) : i + 1]) for i in range(len(counts) + k - 1)]
    return counts


@lru_cache(maxsize=256)
def _enumerated(levels: tuple) -> np.ndarray:
    """Return S of every order of a series with these tied levels."""
    orders = np.array(list(permutations(levels)))
    total = np.zeros(len(orders), dtype=int)
    for i in range(len(levels)):
        for j in range(i + 1, len(levels)):
            total += np.sign(orders[:, j] - orders[:, i])
    return total


def theil_sen(years, values, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the median of pairwise slopes per year and its confidence interval ``(slope, low, high)``.

    Raises
    ------
    ParameterError
        For fewer than two different years, or a confidence outside (0, 1).

    Examples
    --------
    >>> theil_sen([2019, 2020, 2021, 2022], [1.0, 2.0, 3.0, 7.0])[0]
    1.5
    """
    t, x = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    if not 0 < confidence < 1:
        raise ParameterError(f"confidence must lie between 0 and 1, not {confidence!r}")
    i, j = np.triu_indices(len(t), 1)
    apart = t[j] != t[i]
    if not apart.any():
        raise ParameterError("a slope needs figures of at least two different years")
    slopes = np.sort((x[j] - x[i])[apart] / (t[j] - t[i])[apart])
    n, sizes = len(x), np.unique(x, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - sum(int(k) * (int(k) - 1) * (2 * int(k) + 5) for k in sizes)) / 18
    reach = NormalDist().inv_cdf(0.5 + confidence / 2) * sqrt(max(variance, 0))
    low, high = (
        max(round((len(slopes) - reach) / 2) - 1, 0),
        min(round((len(slopes) + reach) / 2), len(slopes) - 1),
    )
    return float(np.median(slopes)), float(slopes[low]), float(slopes[high])


def trends(scores: pl.DataFrame, breaks: pl.DataFrame, *, alpha: float = 0.05) -> pl.DataFrame:
    """Judge the trend of every province in every dimension and segment.

    Parameters
    ----------
    scores, breaks
        The tables of that name; rows without a score are not used.
    alpha
        False discovery rate at which a verdict is given.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, segment, province_id``; coverage: ``n_years, first_year, last_year,
        source_ids``; ``slope_per_year, slope_low, slope_high`` (score points a year, 95 % interval; null for
        fewer than 5 years); ``s``, ``p_value``, ``p_adjusted`` (over the provinces of the same dimension and
        segment); ``verdict`` (rising, falling, no_trend, too_short); ``n_tested``: how many series of that
        dimension and segment were tested together, so that a frame filtered to one province before says so.

    Raises
    ------
    ParameterError
        When `alpha` is outside (0, 1).

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> found = trends(data.scores.filter(pl.col("dimension_id") == "control_of_corruption"), data.breaks)
    >>> found.select("segment", "n_years", "verdict").row(0)
    (0, 14, 'rising')
    """
    scores = eager(scores)  # a table kept as Parquet is only scanned so far
    if not 0 < alpha < 1:
        raise ParameterError(f"alpha must lie between 0 and 1, not {alpha!r}")
    cut = with_segments(scores.drop_nulls("score"), breaks).sort("year")
    grouped = cut.group_by(*_SERIES, "province_id").agg(
        pl.col("year"), pl.col("score"), source_ids=pl.col("source_id").unique().sort()
    )
    rows = []
    for row in grouped.iter_rows(named=True):
        years, values = row.pop("year"), row.pop("score")
        found = {**row, "n_years": len(years), "first_year": years[0], "last_year": years[-1]}
        if len(years) >= MIN_YEARS:
            found["s"], found["p_value"] = mann_kendall(values)
            found["slope_per_year"], found["slope_low"], found["slope_high"] = theil_sen(years, values)
        rows.append(found)
    schema = {
        **{c: grouped.schema[c] for c in (*_SERIES, "province_id")},
        "n_years": pl.Int64,
        "first_year": pl.Int64,
        "last_year": pl.Int64,
        "slope_per_year": pl.Float64,
        "slope_low": pl.Float64,
        "slope_high": pl.Float64,
        "s": pl.Int64,
        "p_value": pl.Float64,
        "source_ids": pl.List(pl.String),
    }
    judged = pl.DataFrame(rows, schema=schema)
    adjusted = judged.drop_nulls("p_value").group_by(_SERIES).agg(pl.col("province_id"), pl.col("p_value"))
    corrected = [
        {**{k: r[k] for k in _SERIES}, "province_id": p, "p_adjusted": float(q)}
        for r in adjusted.iter_rows(named=True)
        for p, q in zip(r["province_id"], benjamini_hochberg(r["p_value"]))
    ]
    keys = {c: schema[c] for c in (*_SERIES, "province_id")}
    joined = judged.join(
        pl.DataFrame(corrected, schema={**keys, "p_adjusted": pl.Float64}),
        on=list(keys),
        how="left",
        validate="1:1",
    )
    sure = pl.col("p_adjusted") <= alpha
    verdict = (
        pl.when(pl.col("p_value").is_null())
        .then(pl.lit("too_short"))
        .when(sure & (pl.col("s") > 0))
        .then(pl.lit("rising"))
        .when(sure & (pl.col("s") < 0))
        .then(pl.lit("falling"))
        .otherwise(pl.lit("no_trend"))
    )
    n_tested = pl.col("p_value").count().over(_SERIES)
    return joined.with_columns(verdict=verdict, n_tested=n_tested).sort(*_SERIES, "province_id")


def ceiling_gaps(scores: pl.DataFrame, breaks: pl.DataFrame, indices: pl.DataFrame) -> pl.DataFrame:
    """Read series near the top of their scale as the distance to it: which share of that distance was closed?

    Parameters
    ----------
    scores, breaks, indices
        The tables of that name. Only indices with a ``scale_max`` are read.

    Returns
    -------
    polars.DataFrame
        One row a province, dimension and segment whose first or last score is at 80 % of the scale or more:
        ``index_id, dimension_id, segment, province_id, first_year, last_year, score_first, score_last,
        scale_max``; ``gap_first, gap_last`` (points to the top); ``closed_per_year`` (share of the remaining
        distance closed in a year, geometric mean; negative when it grew; null for a single year or a first
        score at the top).

    Examples
    --------
    >>> scores = pl.DataFrame(
    ...     {
    ...         "index_id": "x",
    ...         "dimension_id": "overall",
    ...         "year": [2022, 2024],
    ...         "province_id": "p",
    ...         "score": [90.0, 97.5],
    ...     }
    ... )
    >>> nothing = pl.DataFrame(schema={"index_id": pl.String, "dimension_id": pl.String, "year": pl.Int64})
    >>> scale = pl.DataFrame(
    ...     {"index_id": "x", "dimension_id": "overall", "scale_min": 0.0, "scale_max": 100.0}
    ... )
    >>> ceiling_gaps(scores, nothing, scale)["closed_per_year"].to_list()
    [0.5]
    """
    top = indices.drop_nulls("scale_max").select(
        "index_id", "dimension_id", "scale_max", pl.col("scale_min").fill_null(0.0)
    )
    ordered = with_segments(scores.drop_nulls("score"), breaks).sort("year")
    ends = ordered.group_by(*_SERIES, "province_id").agg(
        first_year=pl.col("year").first(),
        last_year=pl.col("year").last(),
        score_first=pl.col("score").first(),
        score_last=pl.col("score").last(),
    )
    line = pl.col("scale_min") + CEILING_FROM * (pl.col("scale_max") - pl.col("scale_min"))
    near = ends.join(top, on=["index_id", "dimension_id"], validate="m:1").filter(
        pl.max_horizontal("score_first", "score_last") >= line
    )
    span = pl.col("last_year") - pl.col("first_year")
    return (
        near.with_columns(
            gap_first=pl.col("scale_max") - pl.col("score_first"),
            gap_last=pl.col("scale_max") - pl.col("score_last"),
        )
        .with_columns(
            closed_per_year=pl.when((span > 0) & (pl.col("gap_first") > 0)).then(
                1 - (pl.col("gap_last") / pl.col("gap_first")) ** (1 / span)
            )
        )
        .drop("scale_min")
        .sort(*_SERIES, "province_id")
    )
