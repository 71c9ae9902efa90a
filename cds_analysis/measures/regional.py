"""Is it a matter of regions: how much of the spread lies between them, and do their provinces move together?

Theil's T of n provinces with scores x and mean m is mean(x/m ln(x/m)): 0 when all are equal, ln n when one
has everything. It splits without remainder into a part between regions and a part within them. Six groups of
63 always differ somewhat, so the share between stands beside the share that random regions would have, from
permutations with a seed. Scores with an arbitrary zero (PAPI starts at 1 of 10) make the *size* of T
arbitrary; its split is less so.

Theta is the regional cohesion of rank moves: the sum over regions of the absolute net move, over the sum of
all absolute moves; 1 when all provinces of a region move the same way, near 0 when moves cancel out within
regions.

References: Theil (1967); Shorrocks (1984) for the split; Rey (2004), Spatial Dependence in the Evolution of
Regional Income Distributions, for theta.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cds_analysis.errors import ParameterError

__all__ = ["rank_cohesion", "region_split", "theil", "theta"]

_TABLE = ["index_id", "dimension_id", "year"]


def theil(values, groups) -> tuple[float, float, float]:
    """Return Theil's T and its parts ``(total, between, within)``, so that total = between + within.

    Raises
    ------
    ParameterError
        When a value is negative or missing, or all are zero.

    Examples
    --------
    >>> theil([1.0, 1.0, 3.0, 3.0], ["a", "a", "b", "b"])[2]
    0.0
    """
    x, names = np.asarray(values, dtype=float), np.asarray(groups)
    if x.shape != names.shape or not np.isfinite(x).all() or (x < 0).any() or x.sum() == 0:
        raise ParameterError("Theil's T needs a value of zero or more for every member, not all of them zero")
    total, between = _t(x), _between(x, np.unique(names, return_inverse=True)[1])
    return total, between, total - between


def _between(x: np.ndarray, where: np.ndarray) -> float:
    means = np.bincount(where, weights=x) / np.maximum(np.bincount(where), 1)
    return _t(means[where])


def _t(x: np.ndarray) -> float:
    share = x / x.mean()
    return float(np.mean(share * np.log(np.where(share > 0, share, 1))))


def theta(before, after, groups) -> float:
    """Return the cohesion of rank moves, 0 to 1; NaN when nothing moved.

    Examples
    --------
    >>> (
    ...     theta([1, 2, 3, 4], [3, 4, 1, 2], ["a", "a", "b", "b"]),
    ...     theta([1, 2, 3, 4], [2, 1, 4, 3], ["a", "a", "b", "b"]),
    ... )
    (1.0, 0.0)
    """
    move = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    return _cohesion(move, np.unique(np.asarray(groups), return_inverse=True)[1])


def _cohesion(move: np.ndarray, where: np.ndarray) -> float:
    all_moves = np.abs(move).sum()
    return float(np.abs(np.bincount(where, weights=move)).sum() / all_moves) if all_moves else float("nan")


def region_split(
    ranked: pl.DataFrame, provinces: pl.DataFrame, *, draws: int = 1000, seed: int = 2025
) -> pl.DataFrame:
    """Split the spread of each full table into between and within regions.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`.
    provinces
        Must have ``province_id, region_id``.
    draws, seed
        Permutations of the regions.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year, n_provinces, total, between, within, share_between`` (0 to 1),
        ``share_random`` (its mean under random regions), ``p_value`` (that random regions split the spread
        as much; at least 1 / (draws + 1)), ``draws, seed``.

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> table = ranked.filter(
    ...     pl.col("index_id") == "papi", pl.col("dimension_id") == "overall", pl.col("year") == 2024
    ... )
    >>> region_split(table, data.provinces, draws=100).select(
    ...     "n_provinces", pl.col("share_between").round(2)
    ... ).row(0)
    (61, 0.23)
    """
    rows = []
    for key, group in _regional(ranked.filter("is_full").drop_nulls("score"), provinces):
        x, region = group["score"].to_numpy(), group["region_id"].to_numpy()
        total, between, within = theil(x, region)
        where, random = np.unique(region, return_inverse=True)[1], np.random.default_rng(seed)
        drawn = np.array([_between(x, random.permutation(where)) for _ in range(draws)])
        share = between / total if total else None
        rows.append(
            (
                *key,
                len(x),
                total,
                between,
                within,
                share,
                float(drawn.mean() / total) if total else None,
                float((1 + (drawn >= between - 1e-15).sum()) / (draws + 1)),
                draws,
                seed,
            )
        )
    names = (
        "n_provinces",
        "total",
        "between",
        "within",
        "share_between",
        "share_random",
        "p_value",
        "draws",
        "seed",
    )
    return _frame(rows, names).sort(_TABLE)


def rank_cohesion(
    ranked: pl.DataFrame, provinces: pl.DataFrame, *, draws: int = 1000, seed: int = 2025
) -> pl.DataFrame:
    """Say, for each year and the one before, whether provinces of a region moved together in rank.

    Parameters and `draws`, `seed` as in :func:`region_split`. Ranks are taken within the provinces of both
    years.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year`` (the later one), ``n_provinces, theta, theta_random`` (mean under
        random regions), ``p_value``, ``draws, seed``.

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> table = ranked.filter(pl.col("index_id") == "dti", pl.col("dimension_id") == "overall")
    >>> rank_cohesion(table, data.provinces, draws=100).select("year", pl.col("theta").round(2)).rows()
    [(2023, 0.25), (2024, 0.31)]
    """
    full = ranked.filter("is_full").drop_nulls("rank")
    before = full.select("index_id", "dimension_id", "province_id", year=pl.col("year") + 1, _before="rank")
    rows = []
    for key, group in _regional(
        full.join(before, on=["index_id", "dimension_id", "province_id", "year"], validate="1:1"), provinces
    ):
        first, last = (group[c].rank("average").to_numpy() for c in ("_before", "rank"))
        region = group["region_id"].to_numpy()
        seen = theta(first, last, region)
        if np.isnan(seen):
            continue
        where, random = np.unique(region, return_inverse=True)[1], np.random.default_rng(seed)
        drawn = np.array([_cohesion(last - first, random.permutation(where)) for _ in range(draws)])
        rows.append(
            (
                *key,
                group.height,
                seen,
                float(drawn.mean()),
                float((1 + (drawn >= seen - 1e-12).sum()) / (draws + 1)),
                draws,
                seed,
            )
        )
    return _frame(rows, ("n_provinces", "theta", "theta_random", "p_value", "draws", "seed")).sort(_TABLE)


def _regional(rows: pl.DataFrame, provinces: pl.DataFrame):
    regions = provinces.select("province_id", "region_id")
    return (
        rows.join(regions, on="province_id", validate="m:1")
        .sort("province_id")
        .group_by(_TABLE, maintain_order=True)
    )


def _frame(rows: list[tuple], names: tuple[str, ...]) -> pl.DataFrame:
    whole = ("n_provinces", "draws", "seed")
    schema = {
        "index_id": pl.String,
        "dimension_id": pl.String,
        "year": pl.Int64,
        **{n: pl.Int64 if n in whole else pl.Float64 for n in names},
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
