"""Rules for targets: when they are due and what they ask for."""

from __future__ import annotations

from datetime import date

import polars as pl

from cds_analysis.dataset.checks.figures import valued
from cds_analysis.dataset.checks.finding import WARNING, found, numbered, rule, said
from cds_analysis.dataset.load import Dataset


@rule("due-date", WARNING, "Target due before it was set, or in another age", "targets")
def due_date(data: Dataset, table: str) -> pl.DataFrame:
    """A target is due after its source was published and within 30 years of data_date. Where that day is not
    known: after the first figure of the same source, else within five years of the first figure in the data.
    """
    first = data.observations.select(pl.col("as_of").min()).item() or date(2000, 1, 1)
    reports = data.observations.group_by("source_id").agg(_reports=pl.col("as_of").min())
    rows = (
        numbered(data.targets)
        .join(data.sources.select("source_id", "published"), on="source_id")
        .join(reports, on="source_id", how="left")
    )
    at_all = date(min(first.year, data.judged_on.year) - 5, 1, 1)
    start, last = pl.coalesce("published", "_reports", pl.lit(at_all)), data.judged_on.year + 30
    wrong = rows.filter((pl.col("due") < start) | (pl.col("due").dt.year() > last))
    return found(wrong, "due", said("a day from {} to {}", start.cast(pl.String), pl.lit(last)))


@rule("target-direction", WARNING, "Target that asks for the wrong direction", "targets")
def target_direction(data: Dataset, table: str) -> pl.DataFrame:
    """'at most' is asked of indicators where lower is better (direction -1), 'at least' of the others."""
    d, sign = pl.col("direction"), pl.col("comparator")
    wrong = valued(data, table).filter(((d == 1) & (sign == "<=")) | ((d == -1) & sign.is_in([">=", ">"])))
    return found(wrong, "comparator", said("one that fits direction {} of the indicator", "direction"))


@rule("target-falls", WARNING, "Later target below an earlier one", "targets")
def target_falls(data: Dataset, table: str) -> pl.DataFrame:
    """Of one source's targets for an indicator, the later one asks for no less."""
    same = ["scope", "indicator_id", "source_id"]
    rows = valued(data, table).sort("due").with_columns(before=pl.col("value").shift(1).over(same))
    ahead = pl.when(pl.col("direction") == 0).then(1).otherwise(pl.col("direction")) * (
        pl.col("value") - pl.col("before")
    )
    return found(
        rows.filter(ahead < 0), "value", said("no less than {}, the source's earlier target", "before")
    )
