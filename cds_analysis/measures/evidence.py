"""Two views of government: what documents say (as PAR INDEX, DTI) against what citizens say (as PAPI, SIPAS);
the register's column ``evidence`` says which index is which.

Each index is read as a percentile: the share of the other provinces ranked that year which stand behind, 0
last to 100 first. A difference is documents minus citizens: positive means better on paper than in citizens'
eyes. Ranks printed for a few provinces out of 63 are true ranks among 63, so a difference can be read for
them; but those few are not a random choice, so a correlation over them is marked ``is_sample`` and describes
only them.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cds_analysis.dataset.register import WHOLE
from cds_analysis.errors import ParameterError

__all__ = ["leading_pair", "percentiles", "view_correlations", "view_differences", "view_stability"]

MIN_PAIRS, MIN_YEARS = 10, 3
_PAIR = ["documents", "citizens"]


def leading_pair(indices: pl.DataFrame) -> dict[str, str | None]:
    """Return the first index of documents and the first of citizens in the register's order, as
    ``{"documents": id, "citizens": id}``; None where there is none.

    Examples
    --------
    >>> from cds_analysis import load
    >>> leading_pair(load().indices)
    {'documents': 'dti', 'citizens': 'papi'}
    """
    whole = indices.filter(pl.col("dimension_id") == WHOLE).sort("position")
    found = {side: whole.filter(pl.col("evidence") == side)["index_id"].to_list() for side in _PAIR}
    return {side: ids[0] if ids else None for side, ids in found.items()}


def percentiles(ranked: pl.DataFrame) -> pl.DataFrame:
    """Return ``index_id, year, province_id, percentile, is_full, source_id`` of every overall rank whose
    number of ranked provinces is known.

    `ranked` comes from :func:`~cds_analysis.measures.ranks.ranks`. Ties get the same percentile (their
    smallest rank).

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> found = percentiles(ranked).filter(
    ...     pl.col("index_id") == "par", pl.col("year") == 2022, pl.col("province_id") == "ba-ria-vung-tau"
    ... )
    >>> found.select(pl.col("percentile").round(1), "is_full").row(0)
    (91.9, False)
    """
    rows = ranked.filter(
        (pl.col("dimension_id") == WHOLE) & pl.col("rank").is_not_null() & (pl.col("n_ranked") > 1)
    )
    # A table is full when every province ranked is on record, with a score or only with its rank.
    n_known = pl.col("rank").count().over("index_id", "year")
    return rows.select(
        "index_id",
        "year",
        "province_id",
        percentile=100 * (pl.col("n_ranked") - pl.col("rank")) / (pl.col("n_ranked") - 1),
        is_full=n_known >= pl.col("n_ranked"),
        source_id="source_id",
    )


def view_differences(ranked: pl.DataFrame, indices: pl.DataFrame) -> pl.DataFrame:
    """Set each province's percentile in documents against that in citizens' eyes, for each pair of indices
    and year.

    Returns
    -------
    polars.DataFrame
        ``documents, citizens, year, province_id, percentile_documents, percentile_citizens, difference``
        (percentile points, positive is better in documents), ``is_sample`` (at least one of the two tables
        is not complete), ``source_ids`` (of both ranks). Pairs come in the order of the register.

    Examples
    --------
    >>> ranked = pl.DataFrame(
    ...     {
    ...         "index_id": ["dti", "papi"] * 2,
    ...         "dimension_id": "overall",
    ...         "year": 2024,
    ...         "province_id": ["a", "a", "b", "b"],
    ...         "rank": [1, 2, 2, 1],
    ...         "n_ranked": 2,
    ...         "source_id": "s",
    ...     }
    ... )
    >>> register = pl.DataFrame(
    ...     {
    ...         "index_id": ["dti", "papi"],
    ...         "dimension_id": "overall",
    ...         "evidence": ["documents", "citizens"],
    ...         "position": [1, 2],
    ...     }
    ... )
    >>> view_differences(ranked, register).select("province_id", "difference").rows()
    [('a', 100.0), ('b', -100.0)]
    """
    shares = percentiles(ranked)
    whole = indices.filter(pl.col("dimension_id") == WHOLE)
    place = dict(whole.select("index_id", "position").iter_rows())
    sides = [
        shares.join(whole.filter(pl.col("evidence") == side), on="index_id", how="semi").select(
            pl.col("index_id").alias(side),
            "year",
            "province_id",
            pl.col("percentile").alias(f"percentile_{side}"),
            pl.col("is_full").alias(f"_{side}"),
            pl.col("source_id").alias(f"_source_{side}"),
        )
        for side in _PAIR
    ]
    both = sides[0].join(sides[1], on=["year", "province_id"])
    return both.select(
        *_PAIR,
        "year",
        "province_id",
        "percentile_documents",
        "percentile_citizens",
        difference=pl.col("percentile_documents") - pl.col("percentile_citizens"),
        is_sample=~(pl.col("_documents") & pl.col("_citizens")),
        source_ids=pl.concat_list("_source_documents", "_source_citizens").list.unique().list.sort(),
    ).sort(*(pl.col(side).replace_strict(place, default=None) for side in _PAIR), "year", "province_id")


def view_stability(differences: pl.DataFrame) -> pl.DataFrame:
    """Say whether a province's difference keeps its sign over the years.

    Returns
    -------
    polars.DataFrame
        ``documents, citizens, province_id, n_years, first_year, last_year, mean_difference, sd_difference``
        (null for one year), ``n_positive``, ``source_ids``; ``reading``: documents_higher, citizens_higher
        (the same sign in all of at least 3 years), mixed, too_short.

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> found = view_stability(view_differences(ranked, data.indices)).filter(
    ...     pl.col("province_id") == "da-nang", pl.col("documents") == "dti"
    ... )
    >>> found.select("citizens", "n_years", "reading").rows()
    [('papi', 5, 'documents_higher')]
    """
    found = differences.group_by(*_PAIR, "province_id").agg(
        n_years=pl.len(),
        first_year=pl.col("year").min(),
        last_year=pl.col("year").max(),
        mean_difference=pl.col("difference").mean(),
        sd_difference=pl.col("difference").std(),
        n_positive=(pl.col("difference") > 0).sum(),
        source_ids=pl.col("source_ids").explode().unique().sort(),
        _negative=(pl.col("difference") < 0).sum(),
    )
    n = pl.col("n_years")
    reading = (
        pl.when(n < MIN_YEARS)
        .then(pl.lit("too_short"))
        .when(pl.col("n_positive") == n)
        .then(pl.lit("documents_higher"))
        .when(pl.col("_negative") == n)
        .then(pl.lit("citizens_higher"))
        .otherwise(pl.lit("mixed"))
    )
    pairs = differences.select(_PAIR).unique(maintain_order=True).with_row_index("_pair")
    return (
        found.with_columns(reading=reading)
        .join(pairs, on=_PAIR, validate="m:1")
        .sort("_pair", "province_id")
        .drop("_pair", "_negative")
    )


def view_correlations(
    differences: pl.DataFrame, *, draws: int = 1000, level: float = 0.95, seed: int = 2025
) -> pl.DataFrame:
    """Return Spearman's rank correlation of the two views, with a bootstrap interval over provinces.

    Parameters
    ----------
    differences
        From :func:`view_differences`.
    draws, level, seed
        Of the bootstrap: provinces are drawn with replacement, the interval is the middle `level` of the
        draws.

    Returns
    -------
    polars.DataFrame
        ``documents, citizens, year, n, spearman, low, high, is_sample, draws, seed, source_ids``; pairs with
        fewer than 10 provinces are left out.

    Raises
    ------
    ParameterError
        When `draws` is below 1 or `level` outside (0, 1).

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> found = view_correlations(view_differences(ranked, data.indices), draws=50).filter(
    ...     ~pl.col("is_sample")
    ... )
    >>> found.select("documents", "citizens", "year", "n").rows()
    [('dti', 'papi', 2022, 61), ('dti', 'papi', 2023, 61), ('dti', 'papi', 2024, 61)]
    """
    if draws < 1 or not 0 < level < 1:
        raise ParameterError(
            f"draws must be at least 1 and level between 0 and 1, not {draws!r} and {level!r}"
        )
    rows = []
    for (documents, citizens, year), group in differences.group_by(*_PAIR, "year", maintain_order=True):
        if group.height < MIN_PAIRS:
            continue
        group = group.sort("province_id")
        pairs = group.select("percentile_documents", "percentile_citizens").to_numpy()
        picks = np.random.default_rng(seed).integers(0, len(pairs), size=(draws, len(pairs)))
        drawn = _spearman(pairs, picks)
        low, high = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        rows.append(
            (
                documents,
                citizens,
                year,
                len(pairs),
                float(_spearman(pairs, np.arange(len(pairs))[None])[0]),
                float(low),
                float(high),
                bool(group["is_sample"].any()),
                draws,
                seed,
                sorted(set(group["source_ids"].explode())),
            )
        )
    schema = {
        "documents": pl.String,
        "citizens": pl.String,
        "year": pl.Int64,
        "n": pl.Int64,
        "spearman": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "is_sample": pl.Boolean,
        "draws": pl.Int64,
        "seed": pl.Int64,
        "source_ids": pl.List(pl.String),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _spearman(pairs: np.ndarray, picks: np.ndarray) -> np.ndarray:
    """Return Spearman's correlation of each draw: `picks` has a row a draw, the numbers of the pairs drawn;
    NaN where a side is constant.
    """
    n = len(pairs)
    times = np.array([np.bincount(p, minlength=n) for p in picks])  # how often each pair was drawn
    centred = []
    for side in pairs.T:
        where = np.unique(side, return_inverse=True)[1]
        sizes = times @ np.eye(where.max() + 1)[where]  # how often each value was drawn
        ranks = (np.cumsum(sizes, axis=1) - (sizes - 1) / 2)[:, where]  # ties at their mean rank
        centred.append(ranks - (times * ranks).sum(axis=1, keepdims=True) / picks.shape[1])
    a, b = centred
    spread = np.sqrt((times * a**2).sum(axis=1) * (times * b**2).sum(axis=1))
    return np.divide((times * a * b).sum(axis=1), spread, out=np.full(len(picks), np.nan), where=spread > 0)
