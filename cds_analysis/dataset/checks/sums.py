"""Rules for figures that must follow from others: totals from dimensions, merged units and the country from
provinces.
"""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from cds_analysis.dataset.checks.finding import FOUND, WARNING, found, numbered, rule, said
from cds_analysis.dataset.checks.rankings import SERIES, TABLE
from cds_analysis.dataset.load import Dataset

_ALMOST = 0.9  # where the register is silent: a relation that so many rows keep is taken for a rule
_FEWEST = 20  # rows that show it


def _last_place(score: str) -> pl.Expr:
    """Return one unit of the last decimal printed in a table, for example 0.0001."""
    text = pl.col(score).cast(pl.String).str.split(".").list.get(1, null_on_oob=True).fill_null("0")
    decimals = pl.when(text == "0").then(0).otherwise(text.str.len_chars()).clip(0, 6)
    return pl.lit(10.0).pow(-decimals.max().cast(pl.Float64))


def _with_parts(data: Dataset) -> pl.DataFrame:
    """Return every score that has parts: ``row, score, n_parts, of_parts`` (how many parts its table has),
    ``sum``, ``mean, place``.
    """
    parents = data.indices.drop_nulls("parent_id").select(*SERIES, "parent_id")
    parts = data.scores.drop_nulls("score").join(parents, on=SERIES)
    table = ["index_id", "parent_id", "year"]
    of_parts = parts.group_by(table).agg(of_parts=pl.col("dimension_id").n_unique())
    sums = parts.group_by(*table, "province_id").agg(
        n_parts=pl.len(), sum=pl.col("score").sum(), mean=pl.col("score").mean()
    )
    whole = ["index_id", "dimension_id", "year"]
    return (
        numbered(data.scores)
        .join(of_parts, left_on=whole, right_on=table)
        .join(sums, left_on=[*TABLE, "province_id"], right_on=[*table, "province_id"], how="left")
        .with_columns(pl.col("n_parts").fill_null(0), place=_last_place("score").over(TABLE))
    )


@lru_cache(maxsize=2)
def _aggregated(data: Dataset) -> pl.DataFrame:
    """Return the scores that their parts make, with ``expected`` (their sum or mean) and ``tolerance``.

    The register's column ``aggregation`` says which; without it, a relation that 90 % of at least 20 rows
    with all parts on record keep.
    """
    rows = _with_parts(data).with_columns(tolerance=pl.col("place") * (pl.col("of_parts") + 1) / 2 + 1e-9)
    if "aggregation" in data.indices.columns:
        how = data.indices.select(*SERIES, how="aggregation")
    else:
        whole = rows.filter(pl.col("n_parts") == pl.col("of_parts")).drop_nulls("score")
        how = (
            whole.group_by(SERIES)
            .agg(
                n=pl.len(),
                **{
                    k: ((pl.col("score") - pl.col(k)).abs() <= pl.col("tolerance")).mean()
                    for k in ("sum", "mean")
                },
            )
            .filter(pl.col("n") >= _FEWEST)
            .select(
                *SERIES,
                how=pl.when(pl.col("sum") >= _ALMOST)
                .then(pl.lit("sum"))
                .when(pl.col("mean") >= _ALMOST)
                .then(pl.lit("mean")),
            )
        )
    return (
        rows.join(how, on=SERIES)
        .filter(pl.col("how").is_in(["sum", "mean"]))
        .with_columns(expected=pl.when(pl.col("how") == "sum").then("sum").otherwise("mean"))
    )


@rule("parts-do-not-add-up", WARNING, "A total that its dimensions do not make", "scores")
def parts_do_not_add_up(data: Dataset, table: str) -> pl.DataFrame:
    """Where the register says so (or nine tenths of the rows show it), a score is the sum or mean of its
    parts, to half a unit of the last decimal for each figure that enters.
    """
    rows = _aggregated(data).filter(pl.col("n_parts") == pl.col("of_parts")).drop_nulls("score")
    wrong = rows.filter((pl.col("score") - pl.col("expected")).abs() > pl.col("tolerance"))
    return found(wrong, "score", said("{}, the {} of its parts", pl.col("expected").round(6), "how"))


@rule("total-without-parts", WARNING, "A total without all of its dimensions", "scores")
def total_without_parts(data: Dataset, table: str) -> pl.DataFrame:
    """A total that parts make is on record only with all parts that its table has."""
    rows = _aggregated(data).drop_nulls("score").filter(pl.col("n_parts") < pl.col("of_parts"))
    return found(rows, "score", said("all {} parts of it; on record are {}", "of_parts", "n_parts"))


@rule("parts-without-total", WARNING, "All dimensions on record, and no total", "scores")
def parts_without_total(data: Dataset, table: str) -> pl.DataFrame:
    """In a year with totals, a province with all the parts that make one has a total too."""
    made = _aggregated(data).select(*SERIES, "how").unique()
    parents = data.indices.drop_nulls("parent_id").select(*SERIES, "parent_id")
    parts = numbered(data.scores).drop_nulls("score").join(parents, on=SERIES)
    group = ["index_id", "parent_id", "year", "province_id"]
    count = parts.group_by(group).agg(n=pl.len(), row=pl.col("row").min())
    every = parts.group_by("index_id", "parent_id", "year").agg(of=pl.col("dimension_id").n_unique())
    whole = count.join(every, on=["index_id", "parent_id", "year"]).filter(pl.col("n") == pl.col("of"))
    totals = data.scores.drop_nulls("score").select(
        "index_id", "year", "province_id", parent_id="dimension_id"
    )
    with_year = whole.join(totals, on=["index_id", "parent_id", "year"], how="semi")
    lost = with_year.join(totals, on=group, how="anti").join(
        made, left_on=["index_id", "parent_id"], right_on=SERIES
    )
    rows = numbered(data.scores).join(lost.select("row", "parent_id"), on="row")
    return found(rows, "dimension_id", said("a score of {} too: all its parts are on record", "parent_id"))


@rule("unit-not-from-parts", WARNING, "A merged unit that is not the mean of its provinces", "unit_scores")
def unit_not_from_parts(data: Dataset, table: str) -> pl.DataFrame:
    """Where nine tenths of at least 20 units keep it, a unit's score is the plain mean of the provinces it
    was formed from, to one unit of the last decimal.
    """
    parts = (
        data.scores.drop_nulls("score")
        .join(data.provinces.select("province_id", unit_id="unit_2025_id"), on="province_id")
        .group_by(*TABLE, "unit_id")
        .agg(mean=pl.col("score").mean())
    )
    rows = (
        numbered(data.unit_scores)
        .join(parts, on=[*TABLE, "unit_id"])
        .with_columns(place=_last_place("score").over(TABLE))
    )
    off = (pl.col("score") - pl.col("mean")).abs() > pl.col("place") + 1e-9
    wrong = rows.with_columns(off=off).filter(
        (pl.len().over(TABLE) >= _FEWEST) & ((~pl.col("off")).mean().over(TABLE) >= _ALMOST) & pl.col("off")
    )
    return found(wrong, "score", said("{}, the mean of its provinces", pl.col("mean").round(4)))


@rule("national-mean", WARNING, "A national mean that the provinces do not make", "national_scores")
def national_mean(data: Dataset, table: str) -> pl.DataFrame:
    """A mean of the provinces is within 1 % of the mean of a full table; where only some are on record, it is
    not above the score of the first nor below that of the last.
    """
    some = (
        data.scores.drop_nulls("score")
        .group_by(TABLE)
        .agg(
            n=pl.len(),
            mean=pl.col("score").mean(),
            low=pl.col("score").filter(pl.col("rank") == pl.col("n_ranked")).min(),
            high=pl.col("score").filter(pl.col("rank") == 1).max(),
        )
    )
    rows = numbered(data.national_scores).filter(pl.col("quantity") == "provincial_mean").join(some, on=TABLE)
    is_full = pl.col("n") >= data.full_from
    off = (
        pl.when(is_full)
        .then((pl.col("score") / pl.col("mean") - 1).abs() > 0.01)
        .otherwise(
            (pl.col("score") > pl.col("high")).fill_null(False)
            | (pl.col("score") < pl.col("low")).fill_null(False)
        )
    )
    wrong = rows.filter(off)
    if not wrong.height:
        return pl.DataFrame(schema=FOUND)
    return found(
        wrong,
        "score",
        pl.when(is_full)
        .then(said("{}, the mean of the table", pl.col("mean").round(4)))
        .otherwise(said("between {} and {}, the scores of the last and the first", "low", "high")),
    )
