"""What is there to say about a province first? Results become findings, each with a weight and a certainty.

A *finding* is one row: what it is about, the numbers that a sentence about it may use, how much it weighs and how
sure it is. Sentences are made from these rows and from nothing else (``views/prose/verdict.py``), so that a sentence
is never surer than its result.

The weight of a rank is how far it lies from the middle of the table: 0 in the middle, 1 at either end, ties at the
middle of the places they share. The first index of the register weighs full, the others less. A missing newest year and a move beyond survey
error go before all ranks. Parts of a survey are only called better or worse than the median where their distance is
beyond sampling error, for all parts of the index at once.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import polars as pl

from cds_analysis.dataset.register import WHOLE, profiled, series_of
from cds_analysis.measures.rank_changes import judge_moves, uncertainty
from cds_analysis.measures.rank_sampling import survey_standard_errors

__all__ = ["CERTAINTIES", "KINDS", "findings", "parts", "wholes"]

KINDS = ("missing", "move", "whole", "part", "old")
CERTAINTIES = (
    "published",  # a rank as it is on record, of an index without a survey
    "sure",  # beyond survey error
    "within_error",  # a survey could give the same by chance
    "unknown",  # the error is not known, or two definitions are compared
)
_LEVEL = 0.95
_FOLLOWING = 0.8  # weight of an index after the first
_FIRST = {"missing": 3.0, "move": 2.0}
_MISSING_TABLE = ["index_id", "year"]


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
        One row a province and index with a rank: the columns of `ranked` and ``position`` (of the index in the
        register), ``table_year`` (newest year of the index with a full table; null where there is none),
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


def parts(ranked: pl.DataFrame, scores: pl.DataFrame, indices: pl.DataFrame) -> pl.DataFrame:
    """Return the dimensions of each index in every full year, all provinces, with the doubt of a survey.

    A dimension is shown where its table is full; one below another that is shown too is left out.

    Returns
    -------
    polars.DataFrame
        The columns of `ranked` and ``position, n_tied, weight``; ``median`` (of the year), ``standard_error`` (of
        the survey's scenario, null without a survey), ``error_95`` (half width of the 95% interval of the score),
        ``side`` (better, worse, within: beyond the survey's error for all parts of the index at once; without a
        survey simply above or below the median).

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> found = parts(ranks(data.scores, data.breaks, data.indices), data.scores, data.indices)
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
    errors = survey_standard_errors(
        scores.join(shown.select("index_id", "year").unique(), on=_MISSING_TABLE, how="semi"), indices
    ).select("index_id", "dimension_id", "year", "province_id", "standard_error")
    rows = rows.join(errors, on=errors.columns[:-1], how="left", validate="1:1")
    table = ["index_id", "dimension_id", "year"]
    k = pl.col("dimension_id").n_unique().over("index_id", "year")
    normal = NormalDist()
    reach = {n: normal.inv_cdf(1 - (1 - _LEVEL) / 2 / n) for n in range(1, len(order) + 1)}
    # The median of n provinces has an error of its own.
    apart = pl.col("standard_error") * (1 + math.pi / 2 / pl.col("score").count().over(table)).sqrt()
    rows = rows.with_columns(
        median=pl.col("score").median().over(table),
        error_95=normal.inv_cdf(0.5 + _LEVEL / 2) * pl.col("standard_error"),
        _limit=(apart * k.replace_strict(reach, return_dtype=pl.Float64)).fill_null(0.0),
        _key=pl.col("index_id") + "/" + pl.col("dimension_id"),
    )
    distance = pl.col("score") - pl.col("median")
    side = (
        pl.when(distance.abs() <= pl.col("_limit"))
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
    ranked: pl.DataFrame, scores: pl.DataFrame, indices: pl.DataFrame, provinces: pl.DataFrame
) -> pl.DataFrame:
    """Return what there is to say about every province, weightiest first.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`, dimensions included.
    scores, indices, provinces
        The tables of that name.

    Returns
    -------
    polars.DataFrame
        ``province_id, kind`` (one of :data:`KINDS`), ``index_id, dimension_id, year, rank, n_ranked, n_tied``;
        ``rank_low, rank_high`` (confidence set of the rank under the survey's scenario, null without one);
        ``year_from, rank_from`` (the rank before, of a move and of a whole with one), ``crosses_break``; ``table_year`` (the year that a missing
        province lacks; of an old figure the newest year of the first index); ``side, certainty`` (one of
        :data:`CERTAINTIES`), ``weight``.

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> found = findings(ranked, data.scores, data.indices, data.provinces)
    >>> found.filter(pl.col("kind") == "move", pl.col("certainty") == "sure").select("province_id", "rank_from", "rank").rows()
    [('tay-ninh', 60, 2)]
    >>> found.filter(pl.col("kind") == "missing").select("province_id", "index_id", "table_year").rows()
    [('tien-giang', 'papi', 2024), ('vinh-phuc', 'papi', 2024)]
    """
    own = wholes(ranked, indices)
    moved, sets = _moves(ranked, scores, indices, own)
    whole = own.join(sets, on=["index_id", "year", "province_id"], how="left", validate="1:1").with_columns(
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
    each = parts(ranked, scores, indices)
    last = each.filter(pl.col("year") == pl.col("year").max().over("index_id", "province_id"))
    part = last.with_columns(
        kind=pl.lit("part"),
        certainty=pl.when(pl.col("standard_error").is_null())
        .then(pl.lit("published"))
        .when(pl.col("side") == "within")
        .then(pl.lit("within_error"))
        .otherwise(pl.lit("sure")),
    )
    together = [_missing(own, provinces), moved, whole, part, old]
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


def _moves(
    ranked: pl.DataFrame, scores: pl.DataFrame, indices: pl.DataFrame, own: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Judge the moves to the newest table of each index with a survey; return them and the ranks' confidence sets of
    the newest two years.
    """
    surveyed = [s.index_id for s in series_of(indices) if s.is_whole and s.survey is not None]
    moved, sets = [], []
    for index in surveyed:
        full = ranked.filter("is_full", (pl.col("index_id") == index) & (pl.col("dimension_id") == WHOLE))
        years = sorted(full["year"].unique())[-2:]
        if not years or index not in own["index_id"]:
            continue
        intervals, known = uncertainty(scores, indices, index_id=index, years=years)
        sets.append(known.select("index_id", "year", "province_id", "rank_low", "rank_high"))
        if len(years) == 2:
            judged = judge_moves(
                ranked, intervals, known, index_id=index, year_from=years[0], year_to=years[1]
            )
            moved.append(_as_findings(judged, index, *years))
    return (
        pl.concat(moved) if moved else pl.DataFrame(schema=_SCHEMA),
        pl.concat(sets)
        if sets
        else pl.DataFrame(
            schema={c: _SCHEMA[c] for c in ("index_id", "year", "province_id", "rank_low", "rank_high")}
        ),
    )


def _as_findings(judged: pl.DataFrame, index: str, year_from: int, year_to: int) -> pl.DataFrame:
    sure = pl.col("verdict") == "more_than_noise"
    rows = judged.select(
        "province_id",
        "crosses_break",
        "rank_from",
        kind=pl.lit("move"),
        index_id=pl.lit(index),
        dimension_id=pl.lit(WHOLE),
        year=pl.lit(year_to),
        rank="rank_to",
        n_ranked=pl.lit(None, pl.Int64),
        n_tied=pl.lit(None, pl.Int64),
        rank_low="sample_low_to",
        rank_high="sample_high_to",
        year_from=pl.lit(year_from),
        table_year=pl.lit(None, pl.Int64),
        side=pl.when(pl.col("places_gained") > 0).then(pl.lit("better")).otherwise(pl.lit("worse")),
        certainty=pl.when(sure)
        .then(pl.lit("sure"))
        .when(pl.col("verdict") == "cannot_say")
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("within_error")),
        weight=pl.when(sure).then(_FIRST["move"]).otherwise(0.0),
    )
    return rows.select(pl.col(c).cast(t) for c, t in _SCHEMA.items())


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
