"""How far would ranks move if the index were put together otherwise? (method uncertainty)

An index is a choice: which weights, how scores are made comparable, whether a strength makes up for a
weakness. Each draw makes these choices anew - weights of each dimension times 1 ± 25 %; scores as they are,
min-max or z-scores; arithmetic or geometric mean - and ranks the provinces. (Scores as they are count only
where all dimensions share one scale of positive numbers, as PAPI's do.) The interval from the 5th to the
95th percentile of a province's ranks says how much of its rank is the province and how much the recipe. It
says nothing about sampling error: for that see :mod:`cds_analysis.measures.rank_sampling`.

References: OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7; Saisana, Saltelli and
Tarantola (2005).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cds_analysis.errors import ParameterError

__all__ = ["rank_draws", "rank_intervals"]

_FLOOR = 0.01  # min-max values start here, so that one lowest score does not make a geometric mean zero


def rank_draws(
    table: np.ndarray, *, draws: int = 1000, weight_range: float = 0.25, seed: int = 2025
) -> np.ndarray:
    """Return the ranks of each draw, shape (draws, provinces); ties share the smallest rank.

    Parameters
    ----------
    table
        Scores, shape (provinces, dimensions), higher is better, nothing missing.
    draws, weight_range, seed
        See :func:`rank_intervals`.

    Raises
    ------
    ParameterError
        For a table with fewer than two rows or a missing score, `draws` below 1, or `weight_range` outside
        [0, 1).

    Examples
    --------
    >>> rank_draws(np.array([[3.0, 3.0], [2.0, 2.0], [1.0, 1.0]]), draws=50).max(axis=0).tolist()
    [1, 2, 3]
    """
    x = np.asarray(table, dtype=float)
    if x.ndim != 2 or len(x) < 2 or not np.isfinite(x).all():
        raise ParameterError(
            "ranks under other methods need at least two provinces and a score of each in every dimension"
        )
    if draws < 1 or not 0 <= weight_range < 1:
        raise ParameterError(
            f"draws must be at least 1 and weight_range from 0 to below 1, not {draws!r} and {weight_range!r}"
        )
    random = np.random.default_rng(seed)
    weights = 1 + random.uniform(-weight_range, weight_range, size=(draws, x.shape[1]))
    weights /= weights.sum(axis=1, keepdims=True)
    span, scatter = np.ptp(x, axis=0), x.std(axis=0)
    varies = span > 0
    min_max = _FLOOR + (1 - _FLOOR) * (x - x.min(axis=0)) / np.where(varies, span, 1)
    # Z-scores are put on a positive scale (mean 1, deviation 0.1, as PISA and others do), or a geometric
    # mean would not exist.
    z = np.maximum(1 + 0.1 * (x - x.mean(axis=0)) / np.where(varies, scatter, 1), _FLOOR)
    scalings = [x / x.mean(), min_max, z] if x.min() > 0 else [min_max, z]
    recipes = [
        *scalings,
        *(np.log(v) for v in scalings),
    ]  # the mean of logarithms ranks as the geometric mean does
    recipe = random.integers(0, len(recipes), size=draws)
    total = np.empty((draws, len(x)))
    for kind, values in enumerate(recipes):
        total[recipe == kind] = weights[recipe == kind] @ values.T
    return _min_ranks(total)


def _min_ranks(total: np.ndarray) -> np.ndarray:
    """Rank each row, largest first; equal totals (up to rounding) share the smallest rank."""
    total = np.round(total, 12)
    order = np.argsort(-total, axis=1, kind="stable")
    ordered = np.take_along_axis(total, order, axis=1)
    starts = np.ones_like(ordered, dtype=bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    place = np.maximum.accumulate(np.where(starts, np.arange(total.shape[1]), 0), axis=1) + 1
    ranks = np.empty_like(place)
    np.put_along_axis(ranks, order, place, axis=1)
    return ranks


def rank_intervals(
    scores: pl.DataFrame,
    *,
    draws: int = 1000,
    weight_range: float = 0.25,
    low: float = 0.05,
    high: float = 0.95,
    seed: int = 2025,
) -> pl.DataFrame:
    """Return, per index and year, the interval in which each province's rank lies under other methods.

    Parameters
    ----------
    scores
        Rows of ``scores`` for the dimensions to be put together (not ``overall``): ``index_id, dimension_id,
        year, province_id, score``.
    draws
        Monte Carlo draws a year.
    weight_range
        Weights are multiplied by a number from 1 - this to 1 + this.
    low, high
        Percentiles of the interval, as shares.
    seed
        Of the draws; the same for every year, so that years differ by their scores only.

    Returns
    -------
    polars.DataFrame
        ``index_id, year, province_id, rank_low, rank_median, rank_high`` (1 is best; low is the better end),
        ``rank_equal`` (rank of the plain sum), ``n_ranked, n_left_out`` (provinces without all dimensions:
        missing, not last), ``n_dimensions, draws, seed``.

    Raises
    ------
    ParameterError
        See :func:`rank_draws`; also when `low` is not below `high`.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> parts = data.indices.filter(pl.col("index_id") == "papi", pl.col("parent_id") == "overall")[
    ...     "dimension_id"
    ... ].to_list()
    >>> rows = data.scores.filter(
    ...     pl.col("index_id") == "papi", pl.col("year") == 2024, pl.col("dimension_id").is_in(parts)
    ... )
    >>> rank_intervals(rows).filter(pl.col("province_id") == "lang-son").select(
    ...     "rank_low", "rank_equal", "rank_high"
    ... ).row(0)
    (10, 12, 13)
    """
    if not 0 <= low < high <= 1:
        raise ParameterError(f"low must be below high, both from 0 to 1, not {low!r} and {high!r}")
    frames = []
    for (index_id, year), group in (
        scores.drop_nulls("score").sort("province_id").group_by("index_id", "year", maintain_order=True)
    ):
        wide = group.pivot("dimension_id", index="province_id", values="score", sort_columns=True)
        whole = wide.drop_nulls()
        if whole.height < 2:
            continue
        table = whole.drop("province_id").to_numpy()
        ranks = rank_draws(table, draws=draws, weight_range=weight_range, seed=seed)
        ends = np.quantile(ranks, [low, 0.5, high], axis=0, method="inverted_cdf")
        frames.append(
            whole.select(
                pl.lit(index_id).alias("index_id"),
                pl.lit(year).cast(pl.Int64).alias("year"),
                "province_id",
                rank_low=pl.Series(ends[0].astype(int)),
                rank_median=pl.Series(ends[1].astype(int)),
                rank_high=pl.Series(ends[2].astype(int)),
                rank_equal=pl.Series(_min_ranks(table.sum(axis=1)[None, :])[0]),
                n_ranked=pl.lit(whole.height),
                n_left_out=pl.lit(wide.height - whole.height),
                n_dimensions=pl.lit(table.shape[1]),
                draws=pl.lit(draws),
                seed=pl.lit(seed),
            )
        )
    empty = {
        "index_id": pl.String,
        "year": pl.Int64,
        "province_id": pl.String,
        **dict.fromkeys(("rank_low", "rank_median", "rank_high", "rank_equal"), pl.Int64),
        **dict.fromkeys(("n_ranked", "n_left_out", "n_dimensions", "draws", "seed"), pl.Int32),
    }
    return (
        pl.concat(frames).sort("index_id", "year", "rank_equal", "province_id")
        if frames
        else pl.DataFrame(schema=empty)
    )
