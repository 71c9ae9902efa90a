"""The part of an index that was measured alike in all years: an index of our own.

An index that gains, loses and rebuilds parts cannot be followed as a whole. The core is the sum of those
parts of the last level (parts that have no parts) that were published in every full year of a span and have
no change of definition on record within it. It is not published by anyone and says nothing of what was left
out; a year in which only the order of provinces was redrawn cuts it as little as it cuts its parts.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.series import FULL_FROM
from cds_analysis.errors import ParameterError

__all__ = ["core_parts", "stable_core"]


def core_parts(
    scores: pl.DataFrame,
    breaks: pl.DataFrame,
    indices: pl.DataFrame,
    *,
    index_id: str,
    first_year: int,
    full_from: int = FULL_FROM,
) -> list[str]:
    """Return the dimensions that make the core of an index from a year on, in the register's order.

    Raises
    ------
    ParameterError
        When there are none.

    Examples
    --------
    >>> from cds_analysis import load
    >>> d = load()
    >>> len(core_parts(d.scores, d.breaks, d.indices, index_id="papi", first_year=2018))
    18
    """
    mine = pl.col("index_id") == index_id
    register = indices.filter(mine).sort("position")
    parents = register["parent_id"].drop_nulls().unique().to_list()
    leaves = [d for d in register["dimension_id"] if d not in parents]
    published = (
        scores.filter(mine, pl.col("year") >= first_year, pl.col("dimension_id").is_in(leaves))
        .drop_nulls("score")
        .group_by("dimension_id", "year")
        .len()
        .filter(pl.col("len") >= full_from)
    )
    every = published["year"].n_unique()
    whole = published.group_by("dimension_id").len().filter(pl.col("len") == every)["dimension_id"].to_list()
    cut = breaks.filter(mine, pl.col("year") > first_year, pl.col("scope") == "definition")
    changed = cut["dimension_id"].to_list()
    found = [d for d in leaves if d in whole and d not in changed]
    if not found:
        raise ParameterError(f"no part of {index_id} was measured alike in every year since {first_year}")
    return found


def stable_core(
    scores: pl.DataFrame,
    breaks: pl.DataFrame,
    indices: pl.DataFrame,
    *,
    index_id: str,
    first_year: int,
    full_from: int = FULL_FROM,
) -> pl.DataFrame:
    """Add up the parts of the core for every province and year that has all of them.

    Returns
    -------
    polars.DataFrame
        ``year, province_id, score`` (the sum, in points of the parts), ``n_parts``, sorted. Provinces that
        lack a part are missing, not last.

    Examples
    --------
    >>> from cds_analysis import load
    >>> d = load()
    >>> core = stable_core(d.scores, d.breaks, d.indices, index_id="papi", first_year=2018)
    >>> core.filter(pl.col("province_id") == "lang-son").select("year", pl.col("score").round(2)).row(-1)
    (2024, 29.61)
    """
    parts = core_parts(scores, breaks, indices, index_id=index_id, first_year=first_year, full_from=full_from)
    rows = scores.filter(
        pl.col("index_id") == index_id,
        pl.col("dimension_id").is_in(parts),
        pl.col("year") >= first_year,
    ).drop_nulls("score")
    return (
        rows.group_by("year", "province_id")
        .agg(score=pl.col("score").sum(), n_parts=pl.len())
        .filter(pl.col("n_parts") == len(parts))
        .sort("year", "province_id")
    )
