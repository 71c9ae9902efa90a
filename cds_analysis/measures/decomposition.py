"""Which dimension carried a province's move?

Where an index is the sum of its parts, its change within one definition is the sum of theirs, exactly; so is
the change against the country, if the country is the mean of the provinces (medians do not add up). The split
is arithmetic on figures. How sure it is that a part moved at all is a matter of the standing in that part
(:func:`cds_analysis.measures.changes.judge_changes`).
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import WHOLE
from cds_analysis.dataset.series import with_segments
from cds_analysis.errors import ParameterError

__all__ = ["decompose"]

_ROUNDING = 0.5e-3  # a sum of parts printed to four decimals


def decompose(
    scores: pl.DataFrame,
    breaks: pl.DataFrame,
    indices: pl.DataFrame,
    *,
    index_id: str,
    year_from: int,
    year_to: int,
    dimension_id: str = WHOLE,
) -> pl.DataFrame:
    """Split every province's change between two years into those of the parts.

    Parameters
    ----------
    scores, breaks, indices
        The tables of that name.
    index_id, dimension_id
        An index, or a dimension of one, that the register says is the sum of its parts.
    year_from, year_to
        Two years of one definition of the whole and of all parts.

    Returns
    -------
    polars.DataFrame
        One row a province and part: ``province_id, dimension_id`` (the part), ``change`` (points),
        ``change_own`` (less the mean change of the provinces with both years: the province's own part of it),
        ``whole_change, whole_own`` (of the sum; the parts add up to it), sorted by province and size of
        ``change_own``. Provinces without a figure of the whole or of a part in either year are missing.

    Raises
    ------
    ParameterError
        When the whole is no sum of parts, a definition changed in between, a year has no figures, or the
        parts do not add up to the whole.

    Examples
    --------
    >>> from cds_analysis import load
    >>> d = load()
    >>> rows = decompose(d.scores, d.breaks, d.indices, index_id="papi", year_from=2023, year_to=2024)
    >>> rows.filter(pl.col("province_id") == "tay-ninh").select(
    ...     "dimension_id", pl.col("change_own").round(2)
    ... ).row(0)
    ('transparency', 1.59)
    """
    register = indices.filter(pl.col("index_id") == index_id)
    own = register.filter(pl.col("dimension_id") == dimension_id)
    parts = register.filter(pl.col("parent_id") == dimension_id)["dimension_id"].to_list()
    if not parts or own["aggregation"].to_list() != ["sum"]:
        raise ParameterError(f"{index_id}/{dimension_id} is not the sum of parts on record")
    rows = scores.filter(
        pl.col("index_id") == index_id,
        pl.col("dimension_id").is_in([dimension_id, *parts]),
        pl.col("year").is_in([year_from, year_to]),
    ).drop_nulls("score")
    segments = (
        with_segments(rows, breaks)
        .group_by("dimension_id")
        .agg(pl.col("segment").n_unique(), pl.col("year").n_unique())
    )
    if segments.filter((pl.col("dimension_id") == dimension_id) & (pl.col("year") == 2)).height == 0:
        raise ParameterError(f"{index_id}/{dimension_id} has no scores of both {year_from} and {year_to}")
    kept = [p for p in parts if p in segments["dimension_id"].to_list()]
    if segments.filter((pl.col("segment") > 1) | (pl.col("year") < 2)).height:
        raise ParameterError(
            f"the definition of {index_id}/{dimension_id} or of a part changed between {year_from} and"
            f" {year_to}"
        )
    wide = rows.pivot("year", index=["province_id", "dimension_id"], values="score").drop_nulls()
    changes = wide.select(
        "province_id", "dimension_id", change=pl.col(str(year_to)) - pl.col(str(year_from))
    ).filter(pl.len().over("province_id") == len(kept) + 1)
    changes = changes.with_columns(change_own=pl.col("change") - pl.col("change").mean().over("dimension_id"))
    whole = changes.filter(pl.col("dimension_id") == dimension_id).select(
        "province_id", whole_change="change", whole_own="change_own"
    )
    found = changes.filter(pl.col("dimension_id") != dimension_id).join(
        whole, on="province_id", validate="m:1"
    )
    apart = found.group_by("province_id").agg(
        off=(pl.col("change").sum() - pl.col("whole_change").first()).abs()
    )
    if apart.filter(pl.col("off") > _ROUNDING * (len(kept) + 1)).height:
        raise ParameterError(f"the parts of {index_id}/{dimension_id} do not add up to it")
    return found.sort("province_id", pl.col("change_own").abs(), descending=[False, True])
