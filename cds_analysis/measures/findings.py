"""What is there to say about a province first? Results become findings, each with a weight and a certainty.

A *finding* is one row: what it is about, the numbers that a sentence about it may use, how much it weighs and
how sure it is. Sentences are made from these rows and from nothing else (``views/prose/verdict.py``), so that
a sentence is never surer than its result.

The weight of a rank is how far it lies from the middle of the table: 0 in the middle, 1 at either end, ties
at the middle of the places they share. The first index of the register weighs full, the others less. A
missing newest year and a move that holds (:mod:`cds_analysis.measures.changes`) go before all ranks. Where a
series has standings (:mod:`cds_analysis.measures.standing`), a part is only called better or worse than the
median where its standing lies beyond error, for all parts of the index at once.
"""

from __future__ import annotations

from statistics import NormalDist

import polars as pl

from cds_analysis.dataset.register import WHOLE, profiled, series_of

__all__ = ["CERTAINTIES", "KINDS", "findings", "parts", "wholes"]

KINDS = ("missing", "move", "whole", "part", "old")
CERTAINTIES = (
    "published",  # a rank as it is on record, of a series whose noise is not known
    "sure",  # beyond error, corrected for all provinces (or parts) looked at together
    "likely",  # more probably a real change than not, four times in five
    "within_error",  # noise alone could give the same
    "unknown",  # it cannot be judged
)
_LEVEL = 0.95
_FOLLOWING = 0.8  # weight of an index after the first
_FIRST = {"missing": 3.0, "move": 2.0}


def wholes(ranked: pl.DataFrame, indices: pl.DataFrame) -> pl.DataFrame:
    """Return the newest rank of every province in each index that a profile shows.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`.
    indices
        The table of that name.

    Returns
    -------
    polars.DataFrame
        One row a province and index with a rank: the columns of `ranked` and ``position`` (of the index in
        the register), ``table_year`` (newest year of the index with a full table; null where there is none),
        ``n_tied`` (provinces that share the rank, itself included), ``weight``.

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> mine = wholes(ranked, data.indices).filter(pl.col("province_id") == "lang-son")
    >>> mine.select("index_id", "year", "rank").rows()
    [('dti', 2024, 18), ('papi', 2024, 12), ('par', 2021, 23), ('sipas', 2021, 31)]
    """
    shown = profiled(indices, where=("chart", "text"))
    rows = _weighed(ranked.filter((pl.col("dimension_id") == WHOLE) & pl.col("index_id").is_in(shown)), shown)
    full = rows.filter("is_full").group_by("index_id").agg(table_year=pl.col("year").max())
    newest = rows.drop_nulls("rank").filter(
        pl.col("year") == pl.col("year").max().over("index_id", "province_id")
    )
    return newest.join(full, on="index_id", how="left").sort("position", "rank", "province_id")


def parts(ranked: pl.DataFrame, indices: pl.DataFrame, positions: pl.DataFrame) -> pl.DataFrame:
    """Return the dimensions of each index in every full year, all provinces, with the doubt of their
    standing.

    A dimension is shown where its table is full; one below another that is shown too is left out.

    Parameters
    ----------
    ranked, indices
        As for :func:`findings`.
    positions
        ``positions`` of :func:`~cds_analysis.measures.standing.standing` of the series that have standings.

    Returns
    -------
    polars.DataFrame
        The columns of `ranked` and ``position, n_tied, weight``; ``median`` (of the year), ``standing, se``
        (null without standings), ``score_low, score_high`` (the standing's 95% interval on the scale of the
        score), ``side`` (better, worse, within: beyond error for all parts of the index at once; without
        standings simply above or below the median).

    Examples
    --------
    >>> from cds_analysis import open
    >>> s = open()
    >>> found = parts(s.ranked, s.data.indices, s.likely[0])
    >>> mine = found.filter((pl.col("province_id") == "lang-son") & (pl.col("year") == 2024))
    >>> mine.filter(pl.col("rank") > 60).select("dimension_id", "rank", "n_ranked", "side").row(0)
    ('digital_society_activity', 62, 63, 'worse')
    """
    register = series_of(indices)
    above = {(s.index_id, s.dimension_id): s.parent_id for s in register}
    order = [s.key for s in register]
    full = ranked.filter("is_full").select("index_id", "dimension_id", "year").unique()
    known = set(full.rows())
    kept = [row for row in known if row[1] != WHOLE and not _has_shown_parent(row, above, known)]
    shown = pl.DataFrame(kept, schema=full.schema, orient="row")
    rows = ranked.join(shown, on=shown.columns, how="semi").drop_nulls("score")
    rows = _weighed(rows, profiled(indices, where=("chart", "text")))
    table = ["index_id", "dimension_id", "year"]
    rows = rows.join(
        positions.select(*table, "province_id", "standing", "se"),
        on=[*table, "province_id"],
        how="left",
        validate="1:1",
    )
    k = pl.col("dimension_id").n_unique().over("index_id", "year")
    normal = NormalDist()
    reach = {n: normal.inv_cdf(1 - (1 - _LEVEL) / 2 / n) for n in range(1, len(order) + 1)}
    score, half = pl.col("score"), normal.inv_cdf(0.5 + _LEVEL / 2) * pl.col("se")
    mean, spread = score.mean().over(table), score.std(ddof=0).over(table)
    rows = rows.with_columns(
        median=score.median().over(table),
        score_low=mean + spread * (pl.col("standing") - half),
        score_high=mean + spread * (pl.col("standing") + half),
        _limit=pl.col("se") * k.replace_strict(reach, return_dtype=pl.Float64),
        _key=pl.col("index_id") + "/" + pl.col("dimension_id"),
    )
    from_middle = pl.col("standing") - pl.col("standing").median().over(table)
    distance = pl.coalesce(from_middle, score - pl.col("median"))
    side = (
        pl.when(distance.abs() <= pl.col("_limit").fill_null(0.0))
        .then(pl.lit("within"))
        .when(distance > 0)
        .then(pl.lit("better"))
        .otherwise(pl.lit("worse"))
    )
    place = pl.col("_key").replace_strict(order, range(len(order)), return_dtype=pl.Int64)
    return (
        rows.with_columns(side=side, part_position=place)
        .drop("_key", "_limit")
        .sort("part_position", "year", "rank", "province_id")
    )


def _has_shown_parent(row: tuple, above: dict, known: set) -> bool:
    index, dimension, year = row
    parent = above.get((index, dimension))
    while parent not in (None, WHOLE):
        if (index, parent, year) in known:
            return True
        parent = above.get((index, parent))
    return False


def _weighed(rows: pl.DataFrame, shown: list[str]) -> pl.DataFrame:
    """Add ``position, n_tied, weight``."""
    table = ["index_id", "dimension_id", "year"]
    rows = rows.filter(pl.col("index_id").is_in(shown)).with_columns(
        position=pl.col("index_id").replace_strict(shown, range(len(shown)), return_dtype=pl.Int64),
        n_tied=pl.when(pl.col("is_full")).then(pl.len().over(*table, "rank")).cast(pl.Int64),
    )
    middle = pl.col("rank") + (pl.col("n_tied").fill_null(1) - 1) / 2
    far = (2 * (middle - 0.5) / pl.col("n_ranked") - 1).abs()
    return rows.with_columns(weight=far * pl.when(pl.col("position") == 0).then(1.0).otherwise(_FOLLOWING))


def findings(
    ranked: pl.DataFrame,
    indices: pl.DataFrame,
    provinces: pl.DataFrame,
    positions: pl.DataFrame,
    changes: pl.DataFrame,
) -> pl.DataFrame:
    """Return what there is to say about every province, weightiest first.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`, dimensions included.
    indices, provinces
        The tables of that name.
    positions
        As for :func:`parts`, whole indices included.
    changes
        From :func:`~cds_analysis.measures.changes.judge_changes`, of whole indices.

    Returns
    -------
    polars.DataFrame
        ``province_id, kind`` (one of :data:`KINDS`), ``index_id, dimension_id, year, rank, n_ranked,
        n_tied``; ``rank_low, rank_high`` (where the standing's rank lies four times in five, null without
        standings); ``year_from, rank_from`` (the rank before, of a move and of a whole with one),
        ``crosses_break``; ``table_year`` (the year that a missing province lacks; of an old figure the newest
        year of the first index); ``side, certainty`` (one of :data:`CERTAINTIES`), ``weight``.

    Examples
    --------
    >>> from cds_analysis import open
    >>> s = open()
    >>> found = findings(s.ranked, s.data.indices, s.data.provinces, *s.likely)
    >>> found.filter(pl.col("kind") == "move", pl.col("certainty") == "sure").select(
    ...     "province_id", "rank_from", "rank"
    ... ).rows()
    [('tay-ninh', 60, 2)]
    >>> found.filter(pl.col("kind") == "missing").select("province_id", "index_id", "table_year").rows()
    [('tien-giang', 'papi', 2024), ('vinh-phuc', 'papi', 2024)]
    """
    own = wholes(ranked, indices)
    likely = positions.filter(pl.col("dimension_id") == WHOLE).select(
        "index_id", "year", "province_id", rank_low="rank_low_80", rank_high="rank_high_80"
    )
    whole = own.join(likely, on=["index_id", "year", "province_id"], how="left", validate="1:1").with_columns(
        kind=pl.lit("whole"),
        year_from="previous_year",
        rank_from=pl.col("rank") + pl.col("places_gained"),
        certainty=pl.when(pl.col("rank_low").is_null())
        .then(pl.lit("published"))
        .otherwise(pl.lit("within_error")),
    )
    lead_year = own.filter(pl.col("position") == 0)["table_year"].max()
    old = whole.filter(
        pl.col("year") < lead_year, pl.col("year") >= pl.col("table_year").fill_null(0)
    ).with_columns(
        kind=pl.lit("old"), table_year=pl.lit(lead_year), certainty=pl.lit("published"), weight=pl.lit(0.0)
    )
    each = parts(ranked, indices, positions)
    last = each.filter(pl.col("year") == pl.col("year").max().over("index_id", "province_id"))
    part = last.with_columns(
        kind=pl.lit("part"),
        certainty=pl.when(pl.col("se").is_null())
        .then(pl.lit("published"))
        .when(pl.col("side") == "within")
        .then(pl.lit("within_error"))
        .otherwise(pl.lit("sure")),
    )
    together = [_missing(own, provinces), _moves(changes), whole, part, old]
    rows = pl.concat(
        [frame.select(c for c in _SCHEMA if c in frame.columns) for frame in together], how="diagonal_relaxed"
    )
    rows = rows.select(
        pl.col(c).cast(t) if c in rows.columns else pl.lit(None, t).alias(c) for c, t in _SCHEMA.items()
    )
    return rows.sort(
        "weight",
        "province_id",
        "index_id",
        "dimension_id",
        "kind",
        descending=[True, False, False, False, False],
    )


def _missing(own: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    """Return the provinces that the newest full table of an index lacks."""
    tables = own.drop_nulls("table_year").select("index_id", "position", "table_year").unique()
    each = tables.join(provinces.select("province_id"), how="cross")
    have = own.select("index_id", "province_id", "year", "rank", "n_ranked")
    joined = each.join(have, on=["index_id", "province_id"], how="left")
    lacks = joined.filter(pl.col("year").is_null() | (pl.col("year") < pl.col("table_year")))
    weight = _FIRST["missing"] - pl.col("position") / 10
    return lacks.with_columns(
        kind=pl.lit("missing"), dimension_id=pl.lit(WHOLE), certainty=pl.lit("published"), weight=weight
    )


def _moves(changes: pl.DataFrame) -> pl.DataFrame:
    """Return the changes of whole indices that have both figures as findings."""
    rows = changes.filter(
        pl.col("dimension_id") == WHOLE, pl.col("reason").ne_missing("missing_figure")
    ).drop_nulls(["figure_rank_from", "figure_rank_to"])
    verdict = pl.col("verdict")
    certainty = (
        pl.when(verdict.is_in(["risen", "fallen"]))
        .then(pl.lit("sure"))
        .when(verdict.is_in(["likely_risen", "likely_fallen"]))
        .then(pl.lit("likely"))
        .when(verdict == "cannot_say")
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("within_error"))
    )
    gained = pl.col("figure_rank_from") - pl.col("figure_rank_to")
    return rows.select(
        "province_id",
        "index_id",
        "dimension_id",
        kind=pl.lit("move"),
        year="year_to",
        rank="figure_rank_to",
        year_from="year_from",
        rank_from="figure_rank_from",
        crosses_break=pl.col("n_order_breaks") > 0,
        side=pl.when(gained > 0).then(pl.lit("better")).when(gained < 0).then(pl.lit("worse")),
        certainty=certainty,
        weight=pl.when(certainty == "sure").then(_FIRST["move"]).otherwise(0.0),
    )


_SCHEMA = {
    "province_id": pl.String,
    "kind": pl.String,
    "index_id": pl.String,
    "dimension_id": pl.String,
    "year": pl.Int64,
    "rank": pl.Int64,
    "n_ranked": pl.Int64,
    "n_tied": pl.Int64,
    "rank_low": pl.Int64,
    "rank_high": pl.Int64,
    "year_from": pl.Int64,
    "rank_from": pl.Int64,
    "crosses_break": pl.Boolean,
    "table_year": pl.Int64,
    "side": pl.String,
    "certainty": pl.String,
    "weight": pl.Float64,
}
