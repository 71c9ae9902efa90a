"""Rules for one table of a ranking: its scale, its ranks, how many were ranked, which year it is of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from cds_analysis.dataset.checks.finding import ERROR, WARNING, found, numbered, rule, said
from cds_analysis.dataset.load import Dataset

SERIES = ["index_id", "dimension_id"]
TABLE = [*SERIES, "year"]
RANKED = ("scores", "unit_scores")
WHO = {"scores": "province_id", "unit_scores": "unit_id"}
_NOTHING = pl.DataFrame(schema={"row": pl.Int64})


def scales(data: Dataset) -> pl.DataFrame:
    """Return ``index_id, dimension_id, low, high`` of every row of the register that has a scale.

    A row without a highest score of its own has that of the dimension it is part of; the index itself has the
    sum of its dimensions'.
    """
    register = data.indices.select(*SERIES, "parent_id", "scale_min", "scale_max")
    parents = register.select("index_id", parent_id="dimension_id", above="scale_max", above_min="scale_min")
    parts = (
        register.filter(pl.col("parent_id").is_not_null())
        .group_by("index_id", dimension_id="parent_id")
        .agg(
            below=pl.when(pl.col("scale_max").is_not_null().all()).then(pl.col("scale_max").sum()),
            below_min=pl.when(pl.col("scale_min").is_not_null().all()).then(pl.col("scale_min").sum()),
        )
    )
    return (
        register.join(parents, on=["index_id", "parent_id"], how="left")
        .join(parts, on=SERIES, how="left")
        .select(
            *SERIES,
            low=pl.coalesce("scale_min", "above_min", "below_min"),
            high=pl.coalesce("scale_max", "above", "below"),
        )
    )


@rule(
    "outside-scale", ERROR, "Score outside the scale of its index", "scores", "unit_scores", "national_scores"
)
def outside_scale(data: Dataset, table: str) -> pl.DataFrame:
    """A score lies between scale_min and scale_max of the register; a part without a highest score stays
    within that of the dimension it belongs to, an index without one within the sum of its dimensions.
    """
    rows = numbered(getattr(data, table)).join(scales(data), on=SERIES)
    wrong = rows.filter((pl.col("score") < pl.col("low")) | (pl.col("score") > pl.col("high")))
    return found(
        wrong, "score", said("a score from {} to {}", pl.col("low"), pl.col("high").fill_null(np.inf))
    )


@rule("more-ranks-than-ranked", ERROR, "More places than provinces", *RANKED)
def more_ranks_than_ranked(data: Dataset, table: str) -> pl.DataFrame:
    """n_ranked is at most the number of provinces (or units), or 2 % more, since a province may have gone (Hà
    Tây in 2008), and at least the number of ranks on record.
    """
    most = int(1.02 * (data.provinces if table == "scores" else data.units_2025).height)
    ranks = pl.col("rank").count().over(TABLE)
    rows = numbered(getattr(data, table)).with_columns(ranks=ranks)
    wrong = rows.filter((pl.col("n_ranked") > most) | (pl.col("n_ranked") < pl.col("ranks")))
    return found(wrong, "n_ranked", said("from {} (ranks on record) to {}", pl.col("ranks"), pl.lit(most)))


@rule("rank-given-twice", ERROR, "One rank for two different scores", *RANKED)
def rank_given_twice(data: Dataset, table: str) -> pl.DataFrame:
    """Two provinces share a rank only where their scores are equal as recorded."""
    return found(
        _shared(data, table).filter(pl.col("spread") > 0), "rank", "a rank of its own: the scores differ"
    )


@rule("rank-shared", WARNING, "One rank for two, and no scores that show a tie", *RANKED)
def rank_shared(data: Dataset, table: str) -> pl.DataFrame:
    """Two provinces share a rank and at least one of them has no score on record that would show the tie."""
    rows = _shared(data, table).filter(pl.col("spread").is_null() | (pl.col("scored") < pl.col("n")))
    return found(
        rows.filter(~(pl.col("spread") > 0).fill_null(False)), "rank", "a rank of its own, or scores that tie"
    )


def _shared(data: Dataset, table: str) -> pl.DataFrame:
    group = [*TABLE, "rank"]
    rows = numbered(getattr(data, table)).drop_nulls("rank")
    return rows.with_columns(
        n=pl.len().over(group),
        scored=pl.col("score").count().over(group),
        spread=(pl.col("score").max() - pl.col("score").min()).over(group),
    ).filter(pl.col("n") > 1)


@rule("rank-against-score", WARNING, "Rank against score", *RANKED)
def rank_against_score(data: Dataset, table: str) -> pl.DataFrame:
    """Within one table the better rank has no lower score. Named are the fewest rows without which the rest
    agrees: the row in most contradictions is taken out until none is left.
    """
    rows = (
        numbered(getattr(data, table))
        .drop_nulls(["rank", "score"])
        .sort(*TABLE, "rank", "score", descending=[False] * 4 + [True])
    )
    ahead = pl.col("score").cum_min().shift(1).over(TABLE)
    upset = rows.filter((pl.col("score") > ahead).any().over(TABLE))
    culprits = _culprits(upset, lambda score, rank: (score > 0) & (rank > 0))
    return found(
        rows.join(culprits, on="row"),
        "rank",
        said("a rank that fits the score (place {} on record)", "by_score"),
    )


def _culprits(rows: pl.DataFrame, clashes: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> pl.DataFrame:
    """Return the fewest rows of each table (found greedily) without which no two contradict each other, with
    their place by score.
    """
    named = []
    for group in rows.partition_by(TABLE, maintain_order=True):
        score, rank, row = (group[c].to_numpy() for c in ("score", "rank", "row"))
        clash = clashes(np.subtract.outer(score, score), np.subtract.outer(rank, rank))
        clash = clash | clash.T
        while clash.any():
            worst = int(clash.sum(axis=1).argmax())
            named.append((int(row[worst]), int((score > score[worst]).sum()) + 1))
            clash[worst, :] = clash[:, worst] = False
    return pl.DataFrame(named, schema={"row": pl.Int64, "by_score": pl.Int64}, orient="row")


@rule("computed-rank", ERROR, "Computed rank that does not follow from the scores", "scores")
def computed_rank(data: Dataset, table: str) -> pl.DataFrame:
    """A rank marked as computed is the place of the score among those of its table, the smallest for ties.
    Named are the fewest rows without which the order agrees; where it does and places are left over, the
    first row behind the gap.
    """
    rows = numbered(data.scores).drop_nulls(["score", "rank"]).filter(pl.col("rank_status") == "computed")
    place = pl.col("score").rank("min", descending=True).over(TABLE).cast(pl.Int64)
    off = rows.with_columns(by_score=place).filter((pl.col("rank") != pl.col("by_score")).any().over(TABLE))
    # A higher score with no better rank, or one score with two ranks.
    culprits = _culprits(off, lambda score, rank: ((score > 0) & (rank >= 0)) | ((score == 0) & (rank != 0)))
    wrong = rows.join(culprits, on="row")
    gaps = off.join(wrong, on=TABLE, how="anti").filter(pl.col("rank") != pl.col("by_score"))
    first = gaps.sort("rank").group_by(TABLE).first()
    columns = [*rows.columns, "by_score"]
    return found(
        pl.concat([wrong.select(columns), first.select(columns)]),
        "rank",
        said("{}, the place of its score", "by_score"),
    )


@rule("rank-without-status", ERROR, "Rank without its status", "scores")
def rank_without_status(data: Dataset, table: str) -> pl.DataFrame:
    """rank_status is given exactly where a rank is."""
    wrong = numbered(data.scores).filter(pl.col("rank").is_null() != pl.col("rank_status").is_null())
    return found(wrong, "rank_status", "a status where there is a rank, and only there")


@rule("places-left-over", WARNING, "A list of ranks with gaps", *RANKED)
def places_left_over(data: Dataset, table: str) -> pl.DataFrame:
    """Behind rank r stand exactly r - 1 provinces; on record are at most so many, and at least so many less
    those who were ranked and are not on record.
    """
    rows = (
        numbered(getattr(data, table))
        .drop_nulls("rank")
        .with_columns(
            ahead=(pl.col("rank").rank("min") - 1).over(TABLE).cast(pl.Int64),
            lost=pl.col("n_ranked").max().over(TABLE) - pl.col("rank").count().over(TABLE),
        )
    )
    short = pl.col("rank") - 1 - pl.col("ahead")
    # Only the first row of a run is named: all that follow are shifted with it.
    wrong = rows.filter((short < 0) | (short > pl.col("lost").clip(0))).sort("rank").group_by(TABLE).first()
    return found(wrong, "rank", said("{} provinces ahead; on record are {}", pl.col("rank") - 1, "ahead"))


@rule("ranked-differs", WARNING, "Number of ranked provinces differs within one table", *RANKED)
def ranked_differs(data: Dataset, table: str) -> pl.DataFrame:
    """n_ranked is the same for all rows of a dimension and year; named are the rows that differ from most."""
    rows = numbered(getattr(data, table)).drop_nulls("n_ranked")
    usual = pl.col("n_ranked").mode().min().over(TABLE)
    wrong = rows.with_columns(usual=usual).filter(pl.col("n_ranked") != pl.col("usual"))
    return found(wrong, "n_ranked", said("{} as in the other rows", "usual"))


@rule("row-missing", WARNING, "A province ranked but not on record", *RANKED)
def row_missing(data: Dataset, table: str) -> pl.DataFrame:
    """A table that is nearly full (at least 80 % of n_ranked on record) has as many rows as were ranked."""
    rows = numbered(getattr(data, table)).with_columns(
        n=pl.len().over(TABLE), most=pl.col("n_ranked").max().over(TABLE)
    )
    wrong = rows.filter((pl.col("n") < pl.col("most")) & (pl.col("n") >= 0.8 * pl.col("most")))
    first = wrong.sort("row").group_by(TABLE).first()
    return found(first, "n_ranked", said("as many rows as were ranked; on record are {}", "n"))


@rule("year-of-source", WARNING, "Year that its source does not speak of", "scores")
def year_of_source(data: Dataset, table: str) -> pl.DataFrame:
    """A source with at least 20 rows, 95 % of them of one year, speaks of that year alone."""
    n, usual = pl.len().over("source_id"), pl.col("year").mode().min().over("source_id")
    rows = numbered(data.scores).with_columns(n=n, usual=usual)
    share = (pl.col("year") == pl.col("usual")).mean().over("source_id")
    wrong = rows.with_columns(share=share).filter(
        (pl.col("n") >= 20) & (pl.col("share") >= 0.95) & (pl.col("year") != pl.col("usual"))
    )
    return found(wrong, "year", said("{}, the year of its source's other rows", "usual"))


@rule("lone-row", WARNING, "A single row in a year without a table", "scores")
def lone_row(data: Dataset, table: str) -> pl.DataFrame:
    """A dimension whose tables are usually full (median year) has no year with less than a fifth of that."""
    rows = numbered(data.scores).with_columns(n=pl.len().over(TABLE))
    sizes = rows.select(*TABLE, "n").unique().group_by(SERIES).agg(usual=pl.col("n").median())
    wrong = rows.join(sizes, on=SERIES).filter(
        (pl.col("usual") >= data.full_from) & (pl.col("n") < pl.col("usual") / 5)
    )
    return found(wrong, "year", said("a year with a table; only {} rows are of this year", "n"))
