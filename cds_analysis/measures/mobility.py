"""How much do ranks move from year to year, and how alike are they over many years?

Mobility compares two years within the provinces that both published, ranked anew among themselves. Its
measuring rod is the shift that fresh random ranks would give, (n² - 1) / 3n places on average: 21.0 for 63
provinces, 11.3 for 34. Kendall's W says how far the ranks of many years agree: 1 when every year repeats the
first, about 1 / (number of years) when they have nothing in common; its p comes from permutations with a
seed, because years are few.

References: Spearman (1904); Kendall and Babington Smith (1939); Diaconis and Graham (1977) for the random
shift ("footrule").
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cds_analysis.errors import ParameterError
from cds_analysis.measures.ranks import random_move

__all__ = ["kendall_w", "mobility", "rank_agreement"]

_TABLE = ["index_id", "dimension_id"]


def mobility(ranked: pl.DataFrame) -> pl.DataFrame:
    """Compare the ranks of each year with the year before, within the provinces of both.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`; only full tables are compared.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year_from, year_to, n_common``; ``spearman, kendall`` (tau-b; 1 is no
        change); ``mean_shift`` (places, absolute), ``random_shift`` (its mean under random ranks),
        ``shift_ratio`` (0 nothing moved, 1 as in a lottery), ``crosses_break``.

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> moves = mobility(
    ...     ranks(load().scores, load().breaks, load().indices).filter(
    ...         pl.col("index_id") == "dti", pl.col("dimension_id") == "overall"
    ...     )
    ... )
    >>> moves.select("year_from", "year_to", "n_common").rows()
    [(2022, 2023, 63), (2023, 2024, 63)]
    """
    from scipy.stats import kendalltau

    keys = [*_TABLE, "province_id"]
    rows = ranked.filter(pl.col("is_full") & pl.col("rank").is_not_null()).select(
        *keys, "year", "rank", "segment"
    )
    before = rows.select(*keys, year=pl.col("year") + 1, rank_from="rank", segment_from="segment")
    pairs = rows.join(before, on=[*keys, "year"], validate="1:1").sort("province_id")
    found = []
    for (index_id, dimension_id, year), both in pairs.group_by(*_TABLE, "year", maintain_order=True):
        first, last = (both[c].rank("min").to_numpy() for c in ("rank_from", "rank"))
        middle = [both[c].rank("average").to_numpy() for c in ("rank_from", "rank")]
        n = both.height
        if n < 3:
            continue
        shift = float(np.abs(first.astype(float) - last).mean())
        found.append(
            {
                "index_id": index_id,
                "dimension_id": dimension_id,
                "year_from": year - 1,
                "year_to": year,
                "n_common": n,
                "spearman": float(np.corrcoef(middle[0], middle[1])[0, 1]),
                "kendall": float(np.asarray(kendalltau(first, last))[0]),
                "mean_shift": shift,
                "random_shift": random_move(n),
                "shift_ratio": shift / random_move(n),
                "crosses_break": bool((both["segment"] != both["segment_from"]).any()),
            }
        )
    schema = {
        "index_id": pl.String,
        "dimension_id": pl.String,
        "year_from": pl.Int64,
        "year_to": pl.Int64,
        "n_common": pl.Int64,
        "spearman": pl.Float64,
        "kendall": pl.Float64,
        "mean_shift": pl.Float64,
        "random_shift": pl.Float64,
        "shift_ratio": pl.Float64,
        "crosses_break": pl.Boolean,
    }
    return pl.DataFrame(found, schema=schema).sort(*_TABLE, "year_to")


def kendall_w(values) -> float:
    """Return Kendall's coefficient of concordance of m rankings of n things, corrected for ties: 0 to 1.

    Parameters
    ----------
    values
        Array of shape (m, n): one row a year, one column a province; scores or ranks, larger or smaller is
        the same.

    Raises
    ------
    ParameterError
        For fewer than two rows or columns, or a missing value.

    Examples
    --------
    >>> kendall_w([[1, 2, 3], [1, 2, 3]]), kendall_w([[1, 2, 3], [3, 2, 1]])
    (1.0, 0.0)
    """
    table = np.asarray(values, dtype=float)
    if table.ndim != 2 or min(table.shape) < 2 or np.isnan(table).any():
        raise ParameterError("concordance needs at least two years and two provinces, and no missing value")
    ranks, ties = _average_ranks(table)
    m, n = table.shape
    totals = ranks.sum(axis=0)
    room = m**2 * (n**3 - n) - m * ties
    return float(12 * ((totals - totals.mean()) ** 2).sum() / room) if room else 1.0


def _average_ranks(table: np.ndarray) -> tuple[np.ndarray, float]:
    ranks = np.array([pl.Series(row).rank("average").to_numpy() for row in table])
    sizes = [np.unique(row, return_counts=True)[1] for row in table]
    return ranks, float(sum((s.astype(float) ** 3 - s).sum() for s in sizes))


def rank_agreement(ranked: pl.DataFrame, *, draws: int = 1000, seed: int = 2025) -> pl.DataFrame:
    """Return Kendall's W over the years of each run of full tables, within the provinces ranked in all of
    them.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`.
    draws
        Permutations of the provinces within each year, for p under "the years have nothing in common".
    seed
        Of the permutations.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, first_year, last_year, n_years, n_common, n_left_out`` (provinces missing
        in at least one of the years), ``w, p_value`` (at least 1 / (draws + 1)), ``w_random`` (mean of the
        permutations), ``crosses_break, draws, seed``.

    Raises
    ------
    ParameterError
        When `draws` is below 1.

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> papi = ranks(load().scores, load().breaks, load().indices).filter(
    ...     pl.col("index_id") == "papi", pl.col("dimension_id") == "overall"
    ... )
    >>> rank_agreement(papi, draws=100).select("n_years", "n_common", "n_left_out").row(0)
    (14, 56, 7)
    """
    if draws < 1:
        raise ParameterError(f"draws must be at least 1, not {draws!r}")
    rows = ranked.filter(pl.col("is_full") & pl.col("rank").is_not_null())
    found = []
    for (index_id, dimension_id), table in rows.sort("year").group_by(_TABLE, maintain_order=True):
        years = table["year"].unique().sort().to_list()
        if len(years) < 2:
            continue
        wide = (
            table.pivot("province_id", index="year", values="rank", sort_columns=True)
            .sort("year")
            .drop("year")
        )
        whole = [c for c in wide.columns if wide[c].null_count() == 0]
        if len(whole) < 2:
            continue
        values = wide.select(whole).to_numpy()
        seen = kendall_w(values)
        random = _permuted_w(values, draws, seed)
        found.append(
            {
                "index_id": index_id,
                "dimension_id": dimension_id,
                "first_year": years[0],
                "last_year": years[-1],
                "n_years": len(years),
                "n_common": len(whole),
                "n_left_out": wide.width - len(whole),
                "w": seen,
                "p_value": float((1 + (random >= seen - 1e-12).sum()) / (draws + 1)),
                "w_random": float(random.mean()),
                "crosses_break": table["segment"].n_unique() > 1,
                "draws": draws,
                "seed": seed,
            }
        )
    schema = {
        "index_id": pl.String,
        "dimension_id": pl.String,
        "first_year": pl.Int64,
        "last_year": pl.Int64,
        "n_years": pl.Int64,
        "n_common": pl.Int64,
        "n_left_out": pl.Int64,
        "w": pl.Float64,
        "p_value": pl.Float64,
        "w_random": pl.Float64,
        "crosses_break": pl.Boolean,
        "draws": pl.Int64,
        "seed": pl.Int64,
    }
    return pl.DataFrame(found, schema=schema).sort(_TABLE)


def _permuted_w(values: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Return W of `draws` tables in which each year's ranks are dealt out anew; ties stay, so only the
    totals change.
    """
    ranks, ties = _average_ranks(values)
    m, n = ranks.shape
    random = np.random.default_rng(seed)
    totals = random.permuted(np.broadcast_to(ranks[:, None, :], (m, draws, n)), axis=2).sum(axis=0)
    room = m**2 * (n**3 - n) - m * ties
    return (
        12 * ((totals - totals.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) / room
        if room
        else np.ones(draws)
    )
