"""Rules for figures against the source they come from: its day, its province, other sources that print the
same.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.checks.finding import ERROR, WARNING, found, numbered, rule, said
from cds_analysis.dataset.load import Dataset

_DAYS = {"day": 0, "month": 31, "quarter": 92, "half_year": 184, "year": 366}


@rule(
    "future-figure",
    ERROR,
    "Figure later than the date of the data",
    "observations",
    "scores",
    "unit_scores",
    "national_scores",
    "context",
    "breaks",
    "claims",
)
def future_figure(data: Dataset, table: str) -> pl.DataFrame:
    """No figure is later than data_date in release.csv. Move that date when newer figures come in, not to
    make room for a slip of the pen.
    """
    last = data.judged_on
    frame = numbered(getattr(data, table))
    if "as_of" in frame.columns:
        return found(
            frame.filter(pl.col("as_of") > last),
            "as_of",
            f"a day until {last}, the data_date in release.csv (--data-date moves it)",
        )
    late = frame.filter(pl.date(pl.col("year").clip(1, 9999), 12, 31) > pl.date(last.year, 12, 31))
    return found(
        late, "year", f"a year until {last.year}, that of the data_date in release.csv (--data-date moves it)"
    )


@rule("before-the-source", ERROR, "Figure later than its source", "observations", "scores")
def before_the_source(data: Dataset, table: str) -> pl.DataFrame:
    """A source prints no figure of a day after its publication (as precisely as the day is known), and no
    score of a later year.
    """
    rows = numbered(getattr(data, table)).join(data.sources.select("source_id", "published"), on="source_id")
    if table == "scores":
        wrong = rows.filter(pl.col("year") > pl.col("published").dt.year())
        return found(
            wrong,
            "year",
            said("a year until {}, when the source was published", pl.col("published").dt.year()),
        )
    slack = pl.duration(days=pl.col("as_of_precision").replace_strict(_DAYS, default=0))
    wrong = rows.filter(pl.col("as_of") > pl.col("published") + slack)
    return found(
        wrong,
        "as_of",
        said("a day until {}, when the source was published", pl.col("published").cast(pl.String)),
    )


@rule("long-before-the-source", WARNING, "Figure far older than its source", "observations")
def long_before_the_source(data: Dataset, table: str) -> pl.DataFrame:
    """A source speaks of the five years before its publication."""
    rows = numbered(data.observations).join(data.sources.select("source_id", "published"), on="source_id")
    wrong = rows.filter(pl.col("as_of") < pl.col("published") - pl.duration(days=5 * 366))
    return found(wrong, "as_of", said("within five years of {}", pl.col("published").cast(pl.String)))


@rule("figure-alone", WARNING, "Figure of another province than its source", "observations")
def figure_alone(data: Dataset, table: str) -> pl.DataFrame:
    """A source with at least five figures, 80 % of them of one province, is about that province."""
    usual = pl.col("province_id").mode().min().over("source_id")
    rows = numbered(data.observations).with_columns(usual=usual, n=pl.len().over("source_id"))
    share = (pl.col("province_id") == pl.col("usual")).mean().over("source_id")
    wrong = rows.with_columns(share=share).filter(
        (pl.col("n") >= 5) & (pl.col("share") >= 0.8) & (pl.col("province_id") != pl.col("usual"))
    )
    return found(wrong, "province_id", said("{}, as the other figures of its source", "usual"))


@rule("date-alone", WARNING, "Date that no other figure of the source has", "observations")
def date_alone(data: Dataset, table: str) -> pl.DataFrame:
    """In a source with at least five figures no single one has a date 300 days or more from all the others; a
    series of three years or more of one indicator has dates of its own.
    """
    rows = numbered(data.observations).sort("source_id", "as_of").filter(pl.len().over("source_id") >= 5)
    before, after = (
        pl.col("as_of").diff(n).dt.total_days().abs().over("source_id").fill_null(9999) for n in (1, -1)
    )
    is_series = pl.len().over("source_id", "province_id", "indicator_id") >= 3
    wrong = rows.filter((before >= 300) & (after >= 300) & ~is_series)
    return found(wrong, "as_of", "a day near those of the source's other figures")


@rule("two-figures", WARNING, "Two figures of one source for one thing", "observations")
def two_figures(data: Dataset, table: str) -> pl.DataFrame:
    """One source gives an indicator of a province once for a year, or in different paragraphs."""
    rows = numbered(data.observations).with_columns(year=pl.col("as_of").dt.year())
    same = ["province_id", "indicator_id", "source_id", "year", "locator"]
    return found(
        rows.filter(pl.len().over(same) > 1), "value", "one figure of a source for one year and paragraph"
    )


@rule("sources-disagree", WARNING, "Two sources that disagree, and no conflict on record", "observations")
def sources_disagree(data: Dataset, table: str) -> pl.DataFrame:
    """Figures for one province, indicator and day are the same in all sources, or a row of conflicts says
    which counts.
    """
    same = ["province_id", "indicator_id", "as_of"]
    told = data.conflicts.filter(pl.col("table") == "observations")["key"].implode()
    rows = numbered(data.observations).with_columns(
        key=pl.concat_str([pl.col(c).cast(pl.String) for c in same], separator="/")
    )
    spread = pl.col("value").max().over(same) - pl.col("value").min().over(same)
    return found(
        rows.filter((spread > 0) & ~pl.col("key").is_in(told)),
        "value",
        "the same in all sources, or a row in conflicts.csv",
    )


@rule("copied-figure", WARNING, "The same row under two sources", "observations", "targets")
def copied_figure(data: Dataset, table: str) -> pl.DataFrame:
    """Two sources do not print one figure in the same paragraph, word for word, unless that is so."""
    keys = ["province_id", "as_of"] if table == "observations" else ["scope", "due"]
    same = [*keys, "indicator_id", "value", "printed", "locator"]
    rows = numbered(getattr(data, table)).drop_nulls("locator")
    return found(rows.filter(pl.len().over(same) > 1), "source_id", "one row for one paragraph of one source")
