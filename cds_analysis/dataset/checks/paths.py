"""Rules that a single figure breaks by standing far from what surrounds it: its own path, its table, its
twin.

Medians and median absolute deviations (MAD, times 1.4826 as for a normal distribution; Rousseeuw and Croux
1993) are used throughout, so that the figure judged does not move its own measure. Thresholds are stated with
each rule; they are wide, because a warning should be about slips of the pen, not about provinces that
changed.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.checks.finding import WARNING, found, numbered, rule, said
from cds_analysis.dataset.checks.rankings import SERIES, TABLE
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.series import level_shifts, with_segments

_TO_SD = 1.4826
PATH_LIMIT, JUMP_LIMIT, TABLE_LIMIT = 7.0, 7.0, 6.0
FEWEST_YEARS, FEWEST_IN_TABLE = 3, 10


def _mad(values: str, over: list[str]) -> pl.Expr:
    return _TO_SD * (pl.col(values) - pl.col(values).median().over(over)).abs().median().over(over)


def _relative(data: Dataset) -> pl.DataFrame:
    """Return the scores with ``apart``: the distance to the median of their table (of at least ten), by
    segment.
    """
    rows = with_segments(numbered(data.scores).drop_nulls("score"), data.breaks)
    return rows.filter(pl.len().over(TABLE) >= FEWEST_IN_TABLE).with_columns(
        apart=pl.col("score") - pl.col("score").median().over(TABLE)
    )


@rule("off-own-path", WARNING, "A score far off the province's own path", "scores")
def off_own_path(data: Dataset, table: str) -> pl.DataFrame:
    """The distance of a score to the median of its table, against the median of the same province's distances
    in the years of one definition (three or more): further than 7 robust standard deviations of all such
    differences.
    """
    own = [*SERIES, "segment", "province_id"]
    rows = _relative(data).filter(pl.len().over(own) >= FEWEST_YEARS)
    rows = rows.with_columns(off=pl.col("apart") - pl.col("apart").median().over(own))
    group = [*SERIES, "segment"]
    sd = _TO_SD * pl.col("off").filter(pl.col("off") != 0).abs().median().over(group)
    wrong = rows.with_columns(sd=sd).filter(pl.col("off").abs() > PATH_LIMIT * pl.col("sd"))
    return found(
        wrong,
        "score",
        said("about {}, its own path against the median", (pl.col("score") - pl.col("off")).round(4)),
    )


@rule("jump-alone", WARNING, "A jump of one province where the others stand still", "scores")
def jump_alone(data: Dataset, table: str) -> pl.DataFrame:
    """The change of a score to the year before, within one definition, against the median change of its
    table: further than 7 robust standard deviations of these changes.
    """
    rows = _relative(data)
    own = [*SERIES, "segment", "province_id"]
    before = rows.select(*own, year=pl.col("year") + 1, before="score")
    pairs = rows.join(before, on=[*own, "year"]).filter(pl.len().over(TABLE) >= FEWEST_IN_TABLE)
    pairs = pairs.with_columns(change=pl.col("score") - pl.col("before"))
    pairs = pairs.with_columns(
        off=pl.col("change") - pl.col("change").median().over(TABLE), sd=_mad("change", TABLE)
    )
    wrong = pairs.filter(pl.col("off").abs() > JUMP_LIMIT * pl.col("sd"))
    return found(
        wrong,
        "score",
        said("about {}, from {} the year before", (pl.col("score") - pl.col("off")).round(4), "before"),
    )


@rule("far-from-table", WARNING, "A score far from all others of its table", "scores", "unit_scores")
def far_from_table(data: Dataset, table: str) -> pl.DataFrame:
    """A score further than 6 robust standard deviations from the median of its table, where that is nearly
    full (four fifths of the provinces or units): a sample of leaders and last places has no middle.
    """
    full = 0.8 * (data.provinces if table == "scores" else data.units_2025).height
    rows = numbered(getattr(data, table)).drop_nulls("score").filter(pl.len().over(TABLE) >= full)
    rows = rows.with_columns(middle=pl.col("score").median().over(TABLE), sd=_mad("score", TABLE))
    wrong = rows.filter((pl.col("score") - pl.col("middle")).abs() > TABLE_LIMIT * pl.col("sd"))
    return found(wrong, "score", said("nearer to the median {}", pl.col("middle").round(4)))


@rule("level-shift", WARNING, "A jump of the whole table without a break on record", "scores")
def level_shift(data: Dataset, table: str) -> pl.DataFrame:
    """The national median moves by more than the spread between provinces (interquartile range), and three
    times as far as provinces move apart; see :func:`~cds_analysis.dataset.series.level_shifts`.
    """
    shifts = level_shifts(data.scores, data.breaks).filter(~pl.col("is_recorded"), pl.col("shift_in_iqr") > 1)
    first = numbered(data.scores).group_by(TABLE).agg(pl.col("row").min())
    rows = shifts.join(first, on=TABLE)
    return found(
        rows,
        "year",
        said("a row in breaks, or another level: the median moves by {}", pl.col("shift").round(4)),
    )


@rule("copied-scores", WARNING, "The same scores for two provinces or years", "scores")
def copied_scores(data: Dataset, table: str) -> pl.DataFrame:
    """No two provinces share three or more scores with at least three significant decimals in one year, and
    no province in two years, when these are all scores of one index there.
    """
    rows = (
        numbered(data.scores)
        .drop_nulls("score")
        .filter(pl.col("score") * 100 != (pl.col("score") * 100).round())
    )
    whole = (
        rows.sort("dimension_id")
        .group_by("index_id", "year", "province_id", maintain_order=True)
        .agg(
            same=pl.concat_str("dimension_id", pl.lit("="), pl.col("score").cast(pl.String)).str.join(";"),
            n=pl.len(),
            row=pl.col("row").min(),
        )
        .filter(pl.col("n") >= 3)
    )
    twice = whole.filter(pl.len().over("index_id", "same") > 1)
    others = numbered(data.scores).join(twice.select("row", "n"), on="row")
    return found(others, "score", said("scores of its own: {} are those of another province or year", "n"))


@rule("scale-hardly-used", WARNING, "Scores that use a small part of their scale", "indices")
def scale_hardly_used(data: Dataset, table: str) -> pl.DataFrame:
    """The highest of at least 20 scores reaches a fifth of the scale of the register."""
    used = data.scores.drop_nulls("score").group_by(SERIES).agg(n=pl.len(), most=pl.col("score").max())
    rows = numbered(data.indices).join(used, on=SERIES)
    reach = (pl.col("most") - pl.col("scale_min").fill_null(0)) / (
        pl.col("scale_max") - pl.col("scale_min").fill_null(0)
    )
    wrong = rows.filter((pl.col("n") >= 20) & (reach < 0.2))
    return found(wrong, "scale_max", said("a scale that is used: the highest score on record is {}", "most"))
