"""How many points are missing to the next group or rank, if the lines stay where they were last year - and
how do the lines move?

The cut-offs of a year: where provinces are grouped by quartiles, the 75th, 50th and 25th percentile of the
scores published; where groups have fixed cuts, those; for a rank k the score of the province that held it.
They move every year (all but fixed cuts), so the distance is a reading of last year, not a promise: the move
of the line since the year before stands beside it. Years that are only a sample have no percentile and no
rank cut-off.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import cuts
from cds_analysis.errors import ParameterError
from cds_analysis.measures.ranks import QUARTILE_SHARES, QUARTILES

__all__ = ["cut_offs", "gain_cases", "next_steps"]

_TABLE = ["index_id", "dimension_id", "year"]
_SHARES = dict(zip(QUARTILES, QUARTILE_SHARES))  # the last group begins at the lowest score


def cut_offs(
    ranked: pl.DataFrame, indices: pl.DataFrame, *, rank_targets: tuple[int, ...] = (10,)
) -> pl.DataFrame:
    """Return the score at which each group and each wanted rank began, year by year.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`.
    indices
        The table of that name, which says into which groups provinces are put.
    rank_targets
        Ranks wanted, such as 10 for "top 10".

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year, segment, step`` (a group, or ``rank_10``),
        ``cut_off`` (score points), ``moved`` (points since the year before, null across a break or without
        that year), ``n_ranked``.

    Raises
    ------
    ParameterError
        When a rank wanted is not a whole number of at least 1.

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> lines = cut_offs(ranked, data.indices).filter(pl.col("index_id") == "par", pl.col("year") == 2023)
    >>> lines.select("step", "cut_off").rows()
    [('B', 80.0), ('A', 90.0)]
    """
    if any(not isinstance(k, int) or k < 1 for k in rank_targets):
        raise ParameterError(f"rank_targets must be whole numbers of at least 1, not {rank_targets!r}")
    rows = ranked.drop_nulls("score")
    full = rows.filter("is_full")
    by_year = [*_TABLE, "segment"]
    series = ["index_id", "dimension_id"]
    in_quartiles = indices.filter(pl.col("grouping") == "quartiles").select(series)
    quartiles = (
        full.join(in_quartiles, on=series, how="semi")
        .group_by(by_year)
        .agg(
            pl.len().alias("n_ranked"),
            *(pl.col("score").quantile(q, "linear").alias(g) for g, q in _SHARES.items()),
        )
        .unpivot(index=[*by_year, "n_ranked"], variable_name="step", value_name="cut_off")
    )
    fixed = pl.DataFrame(
        [
            (i, d, name, low)
            for i, d, text in indices.select(*series, "group_cuts").drop_nulls().iter_rows()
            for name, low in cuts(text).items()
        ],
        schema={"index_id": pl.String, "dimension_id": pl.String, "step": pl.String, "cut_off": pl.Float64},
        orient="row",
    )
    groups = rows.group_by(by_year).agg(n_ranked=pl.len()).join(fixed, on=series)
    places = [
        full.group_by(by_year)
        .agg(n_ranked=pl.len(), cut_off=pl.col("score").top_k(k).min())
        .filter(pl.col("n_ranked") >= k)
        .with_columns(step=pl.lit(f"rank_{k}"))
        for k in rank_targets
    ]
    columns = [*by_year, "step", "cut_off", "n_ranked"]
    lines = pl.concat([f.select(columns).cast({"n_ranked": pl.Int64}) for f in (quartiles, groups, *places)])
    before = lines.select(
        "index_id", "dimension_id", "segment", "step", year=pl.col("year") + 1, _before="cut_off"
    )
    keys = ["index_id", "dimension_id", "segment", "step", "year"]
    return (
        lines.join(before, on=keys, how="left", validate="1:1")
        .with_columns(moved=pl.col("cut_off") - pl.col("_before"))
        .select(*by_year, "step", "cut_off", "moved", "n_ranked")
        .sort(*_TABLE, "cut_off")
    )


def next_steps(ranked: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return, for each province's latest score, the next group and the wanted ranks it has not reached, and
    the points missing.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`.
    lines
        From :func:`cut_offs`.

    Returns
    -------
    polars.DataFrame
        ``province_id, index_id, dimension_id, year`` (of the latest score), ``score, rank, step, cut_off,
        points_missing`` (positive; the lowest group line above the score, and each wanted rank not yet
        held), ``moved`` (of the line in that year), ``own_change`` (the province's own change in that year;
        null across a break), ``source_id`` (of the score).

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> ranked = ranked.filter(pl.col("index_id") == "papi", pl.col("dimension_id") == "overall")
    >>> next_steps(ranked, cut_offs(ranked, data.indices)).filter(pl.col("province_id") == "da-nang")[
    ...     "step"
    ... ].to_list()
    ['mid_high', 'rank_10']
    """
    latest = (
        ranked.drop_nulls("score")
        .filter(pl.col("year") == pl.col("year").max().over("index_id", "dimension_id", "province_id"))
        .select("province_id", *_TABLE, "score", "rank", "source_id", own_change="score_change")
    )
    above = latest.join(lines.select(*_TABLE, "step", "cut_off", "moved"), on=_TABLE).filter(
        pl.col("cut_off") > pl.col("score")
    )
    is_group = ~pl.col("step").str.starts_with("rank_")
    nearest = pl.col("cut_off") == pl.col("cut_off").filter(is_group).min().over("province_id", *_TABLE)
    return (
        above.filter(~is_group | nearest)
        .with_columns(points_missing=pl.col("cut_off") - pl.col("score"))
        .select(
            "province_id",
            *_TABLE,
            "score",
            "rank",
            "step",
            "cut_off",
            "points_missing",
            "moved",
            "own_change",
            "source_id",
        )
        .sort(*_TABLE, "province_id", "points_missing")
    )


def gain_cases(steps: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """Turn steps into cases for :func:`~cds_analysis.measures.forecast.achieved_paces`: the points missing,
    gained within one year.

    A similar start is a score within half the interquartile range of that year's scores.

    Returns
    -------
    polars.DataFrame
        `steps` with ``case_id, series_id, level, required_per_year`` (points), ``years_left`` (1),
        ``tolerance`` (points).

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> ranked = ranked.filter(pl.col("index_id") == "dti", pl.col("dimension_id") == "overall")
    >>> gain_cases(next_steps(ranked, cut_offs(ranked, data.indices)), ranked)["series_id"].unique().to_list()
    ['dti/overall']
    """
    score = pl.col("score")
    spread = (
        ranked.drop_nulls("score")
        .group_by(_TABLE)
        .agg(tolerance=(score.quantile(0.75, "linear") - score.quantile(0.25, "linear")) / 2)
    )
    return (
        steps.join(spread.filter(pl.col("tolerance") > 0), on=_TABLE, validate="m:1", maintain_order="left")
        .with_row_index("case_id")
        .with_columns(
            series_id=pl.col("index_id") + "/" + pl.col("dimension_id"),
            level="score",
            required_per_year="points_missing",
            years_left=pl.lit(1.0),
        )
    )
