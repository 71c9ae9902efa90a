"""Series of figures in one shape, with the breaks that cut them and the provinces that are missing.

The shape all measures read ("values"): ``province_id, series_id, as_of (Date), value, direction,
source_id``. For an index the series is ``index/dimension`` and ``as_of`` is 31 December of the year
measured; for an indicator it is the indicator id.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.errors import ParameterError, UnknownNameError, closest

__all__ = [
    "FULL_FROM",
    "check_index",
    "coverage",
    "indicator_values",
    "level_shifts",
    "not_published",
    "observations_with_ranks",
    "parse_day",
    "score_values",
    "with_segments",
]

FULL_FROM = 50  # of 63: a year with fewer on record is a sample, and no rank is computed from it


def check_index(data: Dataset, index_id: str, dimension_id: str = "overall") -> None:
    """Raise :class:`UnknownNameError` unless the register has that index and dimension."""
    if index_id not in data.indices["index_id"]:
        raise UnknownNameError(
            "index", index_id, closest(index_id, data.indices["index_id"].unique().to_list())
        )
    known = data.indices.filter(pl.col("index_id") == index_id)["dimension_id"].to_list()
    if dimension_id not in known:
        raise UnknownNameError(f"dimension of {index_id}", dimension_id, closest(dimension_id, known))


def score_values(scores: pl.DataFrame) -> pl.DataFrame:
    """Return the scores as values: one row a province, dimension and year that has a score. Higher is
    better. A ``segment`` is kept.
    """
    return scores.drop_nulls("score").select(
        "province_id",
        series_id=pl.col("index_id") + "/" + pl.col("dimension_id"),
        as_of=pl.date(pl.col("year"), 12, 31),
        value="score",
        direction=pl.lit(1, dtype=pl.Int64),
        source_id="source_id",
        **_segment_of(scores),
    )


def _segment_of(frame: pl.DataFrame) -> dict[str, str]:
    return {"segment": "segment"} if "segment" in frame.columns else {}


def indicator_values(observations: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Return the observations as values, with each indicator's direction. A ``segment`` is kept."""
    direction = indicators.select("indicator_id", "direction")
    return observations.join(direction, on="indicator_id", how="left", validate="m:1").select(
        "province_id",
        series_id="indicator_id",
        as_of="as_of",
        value="value",
        direction="direction",
        source_id="source_id",
        **_segment_of(observations),
    )


def observations_with_ranks(data: Dataset) -> pl.DataFrame:
    """Return the observations plus, for indicators that are ranks, the ranks on record in ``scores``.

    So that a target such as "top 10 in DTI" is read against the published ranks. Columns as in
    ``observations``, plus ``segment``: figures of one indicator compare over time only within a segment (0
    where no break is on record).
    """
    ranked = data.indicators.drop_nulls("index_id").select("indicator_id", "index_id", "dimension_id")
    ranks = with_segments(data.scores.drop_nulls("rank"), data.breaks).join(
        ranked, on=["index_id", "dimension_id"], validate="m:m"
    )
    as_rows = ranks.select(
        "province_id",
        "indicator_id",
        as_of=pl.date(pl.col("year"), 12, 31),
        source_id="source_id",
        value=pl.col("rank").cast(pl.Float64),
        bound=pl.lit("="),
        numerator=pl.lit(None, dtype=pl.Float64),
        denominator=pl.lit(None, dtype=pl.Float64),
        printed=pl.col("rank").cast(pl.String),
        status="rank_status",
        locator=pl.lit(None, dtype=pl.String),
        as_of_precision=pl.lit("year"),
        note="note",
        segment="segment",
    )
    plain = data.observations.with_columns(segment=pl.lit(0, dtype=pl.Int64))
    return pl.concat([plain, as_rows.select(plain.columns)])


def with_segments(scores: pl.DataFrame, breaks: pl.DataFrame) -> pl.DataFrame:
    """Add ``segment``: the first year of the definition in force (0 before any break). Only years of one
    segment compare.

    Breaks whose ``scope`` is ``order`` do not cut: the scores are still one series, only the standing of
    provinces was redrawn, and :func:`cds_analysis.measures.standing.standing` is where that counts. `breaks`
    without a column ``scope`` are all changes of definition.

    Examples
    --------
    >>> frame = pl.DataFrame(
    ...     {"index_id": ["x"] * 3, "dimension_id": ["overall"] * 3, "year": [2017, 2018, 2019]}
    ... )
    >>> cut = pl.DataFrame({"index_id": ["x"], "dimension_id": ["overall"], "year": [2018]})
    >>> with_segments(frame, cut)["segment"].to_list()
    [0, 2018, 2018]
    """
    breaks = _of_definition(breaks)
    if not breaks.height:
        return scores.with_columns(segment=pl.lit(0, dtype=pl.Int64))
    starts = breaks.select("index_id", "dimension_id", "year", segment="year").sort("year")
    order = scores.with_row_index("_row").sort("year")
    cut = order.join_asof(
        starts, on="year", by=["index_id", "dimension_id"], strategy="backward", check_sortedness=False
    )
    return cut.sort("_row").drop("_row").with_columns(pl.col("segment").fill_null(0))


def _of_definition(breaks: pl.DataFrame) -> pl.DataFrame:
    return breaks.filter(pl.col("scope") == "definition") if "scope" in breaks.columns else breaks


def coverage(scores: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    """Return, per index, dimension and year: ``n_scores``, ``n_ranks``, ``n_provinces``, ``is_partial``
    (a sample, not a table) and ``source_ids``.
    """
    total = provinces.height
    return (
        scores.group_by("index_id", "dimension_id", "year")
        .agg(
            n_scores=pl.col("score").count(),
            n_ranks=pl.col("rank").count(),
            n_on_record=pl.len(),
            source_ids=pl.col("source_id").unique().sort(),
        )
        .with_columns(n_provinces=pl.lit(total), is_partial=pl.col("n_on_record") < min(FULL_FROM, total))
        .sort("index_id", "dimension_id", "year")
    )


def not_published(scores: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    """Return the provinces without a figure in years whose table is otherwise full: ``index_id,
    dimension_id, year, province_id``, ``source_ids`` (of the table that lacks them).
    """
    full = (
        coverage(scores, provinces)
        .filter(~pl.col("is_partial"))
        .select("index_id", "dimension_id", "year", "source_ids")
    )
    wanted = full.join(provinces.select("province_id"), how="cross")
    have = scores.select("index_id", "dimension_id", "year", "province_id")
    return wanted.join(have, on=have.columns, how="anti").sort(
        "index_id", "dimension_id", "year", "province_id"
    )


def level_shifts(scores: pl.DataFrame, breaks: pl.DataFrame, *, ratio: float = 3.0) -> pl.DataFrame:
    """Find jumps of the national median that are too large to be progress: a sign of a changed definition.

    A jump between two consecutive years is listed when it exceeds `ratio` times the median absolute
    deviation of the provinces' own changes around it and at least a quarter of the spread between provinces
    (interquartile range).

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year, median_before, median_after, shift`` (score points), ``is_recorded``
        (a break is on record for that year), sorted by size of the shift relative to the spread
        (``shift_in_iqr``), largest first; ``source_ids`` of both years.
    """
    keys = ["index_id", "dimension_id", "province_id"]
    full = scores.drop_nulls("score").filter(pl.len().over("index_id", "dimension_id", "year") >= FULL_FROM)
    before = full.select(*keys, year=pl.col("year") + 1, before="score", source_before="source_id")
    pairs = full.join(before, on=[*keys, "year"], how="inner", validate="1:1").with_columns(
        change=pl.col("score") - pl.col("before")
    )
    found = (
        pairs.group_by("index_id", "dimension_id", "year")
        .agg(
            median_before=pl.col("before").median(),
            median_after=pl.col("score").median(),
            shift=pl.col("change").median(),
            mad=(pl.col("change") - pl.col("change").median()).abs().median(),
            source_ids=pl.concat_list("source_before", "source_id").explode().unique().sort(),
            iqr=pl.col("before").quantile(0.75, "linear") - pl.col("before").quantile(0.25, "linear"),
        )
        .with_columns(shift_in_iqr=pl.col("shift").abs() / pl.col("iqr"))
        .filter((pl.col("shift").abs() > ratio * pl.col("mad")) & (pl.col("shift_in_iqr") >= 0.25))
    )
    recorded = _of_definition(breaks).select("index_id", "dimension_id", "year", is_recorded=pl.lit(True))
    return (
        found.join(recorded, on=["index_id", "dimension_id", "year"], how="left", validate="1:1")
        .with_columns(pl.col("is_recorded").fill_null(False))
        .drop("mad", "iqr")
        .sort("shift_in_iqr", descending=True)
    )


def parse_day(text: str | None) -> date | None:
    """Read an ISO date such as ``2024-06-30``; an empty text is no date.

    Raises
    ------
    ParameterError
        When the text is not a date.

    Examples
    --------
    >>> parse_day("2024-06-30"), parse_day("")
    (datetime.date(2024, 6, 30), None)
    """
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ParameterError(f"as_of must be a date like 2024-06-30, not {text!r}") from None
