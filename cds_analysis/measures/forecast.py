"""Would a straight line meet a target in time, and has anyone ever moved as fast as the target asks?

The line is ordinary least squares through the figures of one definition; a future figure lies in its
prediction interval (Student t with n - 2 degrees of freedom). The interval is right if figures scatter about
a straight line independently and evenly. Figures that persist from year to year (a good year follows a good
year) make it too narrow: ``90_method_checks`` shows by how much. So a chance is given, never a bare year,
and nothing at all for fewer than 4 figures. What scores and ranks will be is not read off a line but off
standings (:mod:`cds_analysis.measures.standing`), which erred less on every past year tried.

References: Snedecor and Cochran (1989), Statistical Methods, 8th ed., section 9.12 (prediction of a new
observation).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import stdtr

from cds_analysis.errors import ParameterError
from cds_analysis.measures.gaps import DAYS_PER_YEAR

__all__ = ["MIN_FOR_CHANCE", "achieved_paces", "chance_on_time", "predict_line"]

MIN_FOR_CHANCE = 4
_CASE = ["province_id", "indicator_id"]


def predict_line(times, values, at) -> tuple[np.ndarray, np.ndarray, int]:
    """Return ``(centre, standard error of a new figure, degrees of freedom)`` of a straight line at the
    times `at`.

    Parameters
    ----------
    times, values
        The figures, at least three of them at two different times or more.
    at
        One time or several, in the unit of `times`.

    Raises
    ------
    ParameterError
        For fewer than three figures or a single time.

    Examples
    --------
    >>> centre, error, freedom = predict_line([0, 1, 2, 3], [1.0, 3.0, 2.0, 4.0], 4)
    >>> round(float(centre), 3), round(float(error), 3), freedom
    (4.5, 1.5, 2)
    """
    t, x, new = (np.asarray(v, dtype=float) for v in (times, values, at))
    spread = ((t - t.mean()) ** 2).sum() if len(t) else 0.0
    if len(t) < 3 or spread == 0:
        raise ParameterError("a line with an error needs at least three figures at two different times")
    slope = ((t - t.mean()) * (x - x.mean())).sum() / spread
    residual = x - x.mean() - slope * (t - t.mean())
    variance = (residual**2).sum() / (len(t) - 2)
    return (
        x.mean() + slope * (new - t.mean()),
        np.sqrt(variance * (1 + 1 / len(t) + (new - t.mean()) ** 2 / spread)),
        len(t) - 2,
    )


def chance_on_time(judged: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Add the chance that a straight line through the figures meets the target on its due date.

    Parameters
    ----------
    judged
        From :func:`~cds_analysis.measures.gaps.gaps`.
    observations
        What `judged` was made from; with a column ``segment``, only figures of the segment of the latest one
        are used.

    Returns
    -------
    polars.DataFrame
        `judged` with ``p_on_time`` (0 to 1; null for fewer than 4 exact figures at different dates, a target
        already met, or one whose date has passed) and ``n_for_chance`` (figures it rests on).

    Notes
    -----
    The line does not know that a share ends at 100 or a rank at 1; near those ends the chance is too
    optimistic.

    Examples
    --------
    >>> from datetime import date
    >>> from cds_analysis import gaps
    >>> seen = pl.DataFrame(
    ...     {
    ...         "province_id": "p",
    ...         "indicator_id": "i",
    ...         "as_of": [date(y, 12, 31) for y in range(2019, 2024)],
    ...         "source_id": "s",
    ...         "value": [10.0, 14.0, 15.0, 21.0, 22.0],
    ...         "bound": "=",
    ...         "printed": "x",
    ...         "locator": "p1",
    ...     }
    ... )
    >>> goal = pl.DataFrame(
    ...     {
    ...         "scope": "p",
    ...         "indicator_id": "i",
    ...         "due": date(2027, 12, 31),
    ...         "source_id": "s",
    ...         "value": 30.0,
    ...         "comparator": ">=",
    ...         "printed": "30%",
    ...         "locator": "p2",
    ...     }
    ... )
    >>> judged = gaps(seen, goal, pl.DataFrame({"indicator_id": "i", "direction": 1}))
    >>> chance_on_time(judged, seen).select(pl.col("p_on_time").round(2), "n_for_chance").row(0)
    (0.91, 5)
    """
    exact = (
        observations if "segment" in observations.columns else observations.with_columns(segment=pl.lit(0))
    )
    exact = (
        exact.filter(pl.col("bound") == "=")
        .sort("as_of")
        .unique([*_CASE, "as_of"], keep="last", maintain_order=True)
    )
    days = exact.select(*_CASE, "as_of", "value", "segment").rows()
    series: dict[tuple, list] = {}
    for province, indicator, day, value, segment in days:
        series.setdefault((province, indicator), []).append((day, value, segment))
    chances, counts = [], []
    for row in judged.iter_rows(named=True):
        seen = [
            s for s in series.get((row["province_id"], row["indicator_id"]), []) if s[0] <= row["judged_on"]
        ]
        seen = [s for s in seen if s[2] == seen[-1][2]]
        open_case = row["gap"] is not None and row["gap"] > 0 and row["due"] > row["judged_on"]
        counts.append(len(seen))
        chances.append(_chance(seen, row) if open_case and len(seen) >= MIN_FOR_CHANCE else None)
    return judged.with_columns(
        p_on_time=pl.Series(chances, dtype=pl.Float64), n_for_chance=pl.Series(counts, dtype=pl.Int64)
    )


def _chance(seen: list, row: dict) -> float:
    start = seen[0][0]
    times = [(day - start).days / DAYS_PER_YEAR for day, _, _ in seen]
    centre, error, freedom = predict_line(
        times, [value for _, value, _ in seen], (row["due"] - start).days / DAYS_PER_YEAR
    )
    ahead = row["direction"] * (float(centre) - row["target"])
    return float(stdtr(freedom, ahead / float(error))) if error > 0 else float(ahead >= 0)


def achieved_paces(values: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Place a required pace among the paces that provinces starting from a similar level ever achieved.

    Compared are changes over the same number of whole years as the case has left (at least one), within one
    segment, because a pace held for one year says little about a pace to be held for five.

    Parameters
    ----------
    values
        ``province_id, series_id, as_of, value, direction`` (see :mod:`cds_analysis.dataset.series`),
        optionally ``segment``.
    cases
        ``case_id, series_id, level, required_per_year, years_left, tolerance``: paces are positive towards
        the better; a start may lie ``tolerance`` from ``level``, in the unit of the series.

    Returns
    -------
    polars.DataFrame
        `cases` with ``horizon`` (years), ``n_starts`` (changes compared), ``n_provinces`` (provinces they
        come from), ``n_as_fast`` (provinces that moved at least this fast at least once), ``share_as_fast``
        (of the changes; null without any).

    Raises
    ------
    ParameterError
        When a tolerance is not positive.

    Examples
    --------
    >>> from datetime import date
    >>> seen = pl.DataFrame(
    ...     {
    ...         "province_id": ["a", "a", "b", "b"],
    ...         "series_id": "x",
    ...         "direction": 1,
    ...         "value": [1.0, 3.0, 1.0, 1.5],
    ...         "as_of": [date(2022, 12, 31), date(2023, 12, 31)] * 2,
    ...     }
    ... )
    >>> case = pl.DataFrame(
    ...     {
    ...         "case_id": [1],
    ...         "series_id": "x",
    ...         "level": 1.2,
    ...         "required_per_year": 1.0,
    ...         "years_left": 1.0,
    ...         "tolerance": 0.5,
    ...     }
    ... )
    >>> achieved_paces(seen, case).select("n_provinces", "n_as_fast").rows()
    [(2, 1)]
    """
    if cases.filter(~(pl.col("tolerance") > 0)).height:
        raise ParameterError("every tolerance must be above 0")
    cut = values if "segment" in values.columns else values.with_columns(segment=pl.lit(0))
    points = cut.select(
        "province_id", "series_id", "segment", "value", "direction", year=pl.col("as_of").dt.year()
    )
    starts = points.unique(["province_id", "series_id", "segment", "year"], keep="last")
    wanted = cases.with_columns(
        horizon=pl.max_horizontal(pl.col("years_left").round().cast(pl.Int64), pl.lit(1))
    )
    pairs = (
        wanted.select("case_id", "series_id", "level", "required_per_year", "horizon", "tolerance")
        .join(starts, on="series_id")
        .filter((pl.col("value") - pl.col("level")).abs() <= pl.col("tolerance"))
        .with_columns(end_year=(pl.col("year") + pl.col("horizon")).cast(pl.Int32))
        .join(
            starts.select("province_id", "series_id", "segment", end_year="year", end="value"),
            on=["province_id", "series_id", "segment", "end_year"],
        )
        .with_columns(pace=pl.col("direction") * (pl.col("end") - pl.col("value")) / pl.col("horizon"))
        .with_columns(is_as_fast=pl.col("pace") >= pl.col("required_per_year"))
    )
    found = pairs.group_by("case_id").agg(
        n_starts=pl.len(),
        n_provinces=pl.col("province_id").n_unique(),
        n_as_fast=pl.col("province_id").filter("is_as_fast").n_unique(),
        share_as_fast=pl.col("is_as_fast").mean(),
    )
    return wanted.join(found, on="case_id", how="left", validate="m:1").with_columns(
        pl.col("n_starts", "n_provinces", "n_as_fast").fill_null(0)
    )
