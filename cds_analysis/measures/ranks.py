"""How do provinces rank, in which group are they, and how many places did they gain?

Rank 1 is best; ties share the smallest rank; ranks are computed before any rounding and only among the
provinces published. ``places_gained`` is positive when a province moves up. A year that is only a sample of
provinces is never ranked here: its printed ranks are kept as they are. Score changes are given only within
one definition of the index (``segment``); ranks may be read across a break "with care", and a column says so.

Groups are made the way the register says the publisher makes them. *Quartiles* are among the published (at or
above the 75th percentile is "high", then the median, then the 25th; percentiles by linear interpolation),
which gives PAPI's 16/16/15/16 for 63 provinces as printed in 2019 and 2020. *Cuts* are scores from which a
group begins, as PAR INDEX's A from 90 and B from 80; below the lowest there is no group.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.dataset.register import cuts
from cds_analysis.dataset.series import FULL_FROM, with_segments
from cds_analysis.errors import ParameterError

__all__ = ["QUARTILES", "QUARTILE_SHARES", "places_gained", "random_move", "ranks"]

QUARTILES = ("high", "mid_high", "mid_low", "low")
QUARTILE_SHARES = (0.75, 0.50, 0.25)  # the percentile at which each of them begins; the last has none

_TABLE = ["index_id", "dimension_id", "year"]


def ranks(
    scores: pl.DataFrame, breaks: pl.DataFrame, indices: pl.DataFrame, *, full_from: int = FULL_FROM
) -> pl.DataFrame:
    """Rank the provinces of each dimension and year.

    Parameters
    ----------
    scores, breaks, indices
        The tables of that name; `indices` says into which groups provinces are put.
    full_from
        A year's table is full, and may be ranked, from this many scores (50 of 63 provinces;
        ``data.full_from``).

    Returns
    -------
    polars.DataFrame
        One row a province, dimension and year: ``index_id, dimension_id, year, province_id, score``; ``rank``
        (computed where the year's table is full and no rank is printed), ``rank_basis`` (computed, printed),
        ``printed_rank``, ``n_ranked``, ``is_full``; ``group`` (quartile or named group, else null);
        ``segment`` (first year of the definition); ``previous_year``, ``places_gained`` against the year
        before (null unless both are ranked), ``score_change`` (null across a break), ``crosses_break``;
        ``source_id``.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> table = ranks(data.scores, data.breaks, data.indices)
    >>> lang_son = table.filter(pl.col("province_id") == "lang-son", pl.col("dimension_id") == "e_governance")
    >>> lang_son.filter(pl.col("year").is_in([2022, 2023])).select("year", "rank", "places_gained").rows()
    [(2022, 36, -9), (2023, 27, 9)]
    """
    scores = eager(scores)  # a table kept as Parquet is only scanned so far
    n_scores = pl.col("score").count().over(_TABLE)
    # PCI 2006-2008 ranked 64 provinces, one of which no longer exists: a rank computed among 63 would be
    # wrong.
    has_outsiders = (pl.col("n_ranked").max().over(_TABLE) > n_scores).fill_null(False)
    is_full = (n_scores >= full_from) & pl.col("score").is_not_null()
    # A printed rank was made before the publisher rounded the scores, so it settles ties that rounding made.
    is_computed = is_full & ~has_outsiders & (pl.col("rank_status").fill_null("computed") != "reported")
    computed = pl.col("score").rank("min", descending=True).over(_TABLE).cast(pl.Int64)
    grouping = indices.select("index_id", "dimension_id", _grouping="grouping")
    known = with_segments(scores, breaks).join(
        grouping, on=["index_id", "dimension_id"], how="left", validate="m:1", maintain_order="left"
    )
    ranked = known.with_columns(
        printed_rank=pl.col("rank"),
        rank=pl.when(is_computed).then(computed).otherwise(pl.col("rank")),
        rank_basis=pl.when(is_computed)
        .then(pl.lit("computed"))
        .when(pl.col("rank").is_not_null())
        .then(pl.lit("printed")),
        n_ranked=pl.when(is_full & ~has_outsiders).then(n_scores).otherwise(pl.col("n_ranked")),
        is_full=is_full,
        group=_group(is_full, indices),
    )
    series = ["index_id", "dimension_id", "province_id"]
    before = ranked.select(
        *series,
        year=pl.col("year") + 1,
        previous_year="year",
        _rank="rank",
        _score="score",
        _segment="segment",
    )
    return (
        ranked.join(before, on=[*series, "year"], how="left", validate="1:1")
        .with_columns(
            places_gained=pl.col("_rank") - pl.col("rank"),
            crosses_break=pl.col("segment") != pl.col("_segment"),
            score_change=pl.when(pl.col("segment") == pl.col("_segment")).then(
                pl.col("score") - pl.col("_score")
            ),
        )
        .select(
            *_TABLE,
            "province_id",
            "score",
            "rank",
            "rank_basis",
            "printed_rank",
            "n_ranked",
            "is_full",
            "group",
            "segment",
            "previous_year",
            "places_gained",
            "score_change",
            "crosses_break",
            "status",
            "source_id",
        )
        .sort(*_TABLE, "rank", "province_id", nulls_last=True)
    )


def _group(is_full: pl.Expr, indices: pl.DataFrame) -> pl.Expr:
    score = pl.col("score")
    quartile = pl.when(False).then(pl.lit(""))
    for name, share in zip(QUARTILES, QUARTILE_SHARES):
        quartile = quartile.when(score >= score.quantile(share, "linear").over(_TABLE)).then(pl.lit(name))
    in_quartiles = (pl.col("_grouping") == "quartiles") & is_full & score.is_not_null()
    group = pl.when(in_quartiles).then(quartile.otherwise(pl.lit(QUARTILES[-1])))
    for row in indices.drop_nulls("group_cuts").iter_rows(named=True):
        here = (pl.col("index_id") == row["index_id"]) & (pl.col("dimension_id") == row["dimension_id"])
        for name, low in cuts(row["group_cuts"]).items():
            group = group.when(here & (score >= low)).then(pl.lit(name))
    return group


def random_move(n: int) -> float:
    """Return how many places a province would move on average if the ranks of `n` provinces were drawn
    afresh: (n² - 1) / 3n.

    Examples
    --------
    >>> round(random_move(63), 1), round(random_move(34), 1)
    (21.0, 11.3)
    """
    return (n * n - 1) / (3 * n)


def places_gained(
    ranked: pl.DataFrame, *, index_id: str, dimension_id: str = "overall", year_from: int, year_to: int
) -> pl.DataFrame:
    """Compare the ranks of two years, as published and within the provinces that both years published.

    Parameters
    ----------
    ranked
        From :func:`ranks`.
    index_id, dimension_id, year_from, year_to
        Which table, and the two years; `year_from` must be the earlier.

    Returns
    -------
    polars.DataFrame
        ``province_id, rank_from, rank_to, places_gained`` (positive is up), ``places_gained_common`` (both
        years re-ranked within the common provinces; null where a year is only a sample), ``score_from,
        score_to, score_change`` (null across a break), ``crosses_break, n_common``, ``median_move`` (half of
        the provinces moved at least this many places), ``source_ids`` (of both years); largest gain first.

    Raises
    ------
    ParameterError
        When the years are not in order.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> moved = places_gained(ranked, index_id="dti", year_from=2022, year_to=2023)
    >>> moved.select("province_id", "rank_from", "rank_to", "places_gained").row(0)
    ('ca-mau', 58, 35, 23)
    """
    if year_from >= year_to:
        raise ParameterError(f"year_from must be before year_to, not {year_from} and {year_to}")
    rows = ranked.filter(
        (pl.col("index_id") == index_id) & (pl.col("dimension_id") == dimension_id)
    ).drop_nulls("rank")
    ends = [
        rows.filter(pl.col("year") == y).select(
            "province_id", "score", "rank", "is_full", "segment", "source_id"
        )
        for y in (year_from, year_to)
    ]
    both = ends[0].join(ends[1], on="province_id", how="inner", suffix="_to", validate="1:1")
    is_full = pl.col("is_full") & pl.col("is_full_to")
    common_from, common_to = (
        pl.col("rank").rank("min").cast(pl.Int64),
        pl.col("rank_to").rank("min").cast(pl.Int64),
    )
    same = pl.col("segment") == pl.col("segment_to")
    return both.select(
        "province_id",
        rank_from="rank",
        rank_to="rank_to",
        places_gained=pl.col("rank") - pl.col("rank_to"),
        places_gained_common=pl.when(is_full).then(common_from - common_to),
        score_from="score",
        score_to="score_to",
        score_change=pl.when(same).then(pl.col("score_to") - pl.col("score")),
        crosses_break=~same,
        n_common=pl.len(),
        median_move=(pl.col("rank") - pl.col("rank_to")).abs().median(),
        source_ids=pl.concat_list("source_id", "source_id_to").list.unique().list.sort(),
    ).sort("places_gained", "province_id", descending=[True, False])
