"""How far is a province from what it promised, at what pace does it move, and would that pace be enough?

For a target T due at tT, the latest figure x at t, and the earliest comparable figure x0 at t0, with d the
indicator's direction:

- ``gap = d (T - x)`` in the indicator's unit; zero or less means the target is met (strictly less for "more
  than" targets);
- ``progress = d (x - x0) / |T - x0|``; ``observed_per_year = d (x - x0) / (t - t0)``; ``required_per_year =
  d (T - x) / (tT - t)``;
- ``pace_ratio`` is the observed pace over the pace that leads from x0 at t0 straight to T at tT;
- ``years_late = (t - t0) - (x - x0) / (T - x0) * (tT - t0)``: how far behind that straight line, negative
  when ahead.

Years are actual days / 365.25. Thresholds of the status follow Eurostat and Statistics Canada practice
(0.95, 0.60, 0). A linear pace is an arithmetic reading, not a forecast: with two figures no uncertainty can
be stated.
"""

from __future__ import annotations

import logging
from datetime import date

import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.dataset.schemas import NATION
from cds_analysis.errors import ParameterError

__all__ = ["DAYS_PER_YEAR", "STATUSES", "gaps", "merge_repeated"]

DAYS_PER_YEAR = 365.25
ON_TRACK, NEEDS_ACCELERATION = 0.95, 0.60

STATUSES = (
    "achieved",  # the latest figure meets the target
    "on_track",  # pace ratio of at least 0.95
    "needs_acceleration",  # at least 0.60
    "limited",  # at least 0
    "deteriorating",  # moved away from the target
    "missed",  # a figure from the due date or later falls short
    "undetermined",  # due date passed without a later figure, or only a bound is known
    "no_baseline",  # one figure only: a gap, but no pace
    "no_data",  # a target without any figure
)

_KEYS = ["province_id", "indicator_id"]
_NO_RANKS = "the ranks were not handed in"
_log = logging.getLogger(__name__)

# A pace takes two figures far enough apart: two years, or a fifth of the way from the first figure to the due
# date (less the odd day) and half a year. Eurostat wants years of data for its trends; provinces plan five
# years ahead, so that a figure one year on is a fifth of the way.
MIN_SPAN_YEARS, MIN_SPAN_SHARE, MIN_SPAN_FLOOR = 2.0, 0.199, 0.49


def gaps(
    observations: pl.DataFrame,
    targets: pl.DataFrame,
    indicators: pl.DataFrame,
    *,
    as_of: date | None = None,
    min_span_years: float = MIN_SPAN_YEARS,
) -> pl.DataFrame:
    """Set every target against the figures reported for it.

    A national target applies to each province that reports the indicator; a province's own target applies to
    that province.

    Parameters
    ----------
    observations
        Table ``observations`` with the ranks on record, from
        :func:`~cds_analysis.dataset.series.observations_with_ranks` (:func:`cds_analysis.open` does it by
        itself). The table alone holds no ranks: a province's target of a place in an index is then
        ``no_data`` with the reason "the ranks were not handed in", a national one has no row, and the log
        warns of both. With a column ``segment``, a baseline is taken only from the segment of the latest
        figure.
    targets, indicators
        The tables of that name.
    min_span_years
        How far apart two figures must be for a pace; nearer ones count where they span a fifth of the way to
        the due date and half a year.
    as_of
        The day of judgement: later figures are not used, and targets due by then count as due; of a dataset,
        its ``judged_on``. Without it each case is judged on the day of its own latest figure, so that no
        other row, and no other province's, decides what is due.

    Returns
    -------
    polars.DataFrame
        One row a province and target: ``province_id, indicator_id, scope, due, target, comparator,
        direction``; ``value, bound, as_of, printed`` (latest figure), ``baseline, baseline_as_of``; ``gap``
        (unit of the indicator, positive is short), ``surplus`` (positive when beyond; null where a bound
        leaves open whether it is), ``progress`` (1 is at the target; null when the baseline already met it),
        ``observed_per_year, required_per_year`` (positive towards the target), ``pace_ratio, years_late,
        years_left``; ``status`` (one of :data:`STATUSES`), ``status_reason``, ``reached_on`` (date of the
        first figure that met the target), ``is_gap_bound`` (the gap is at most this), ``is_gap_floor`` (at
        least this: the figure is a bound on the wrong side); coverage: ``n_obs, source_ids, target_source_id,
        target_printed, target_locator, locator, judged_on``.

    Raises
    ------
    ParameterError
        When `as_of` is not a date, or a target's indicator is not in the register.

    Examples
    --------
    >>> day = date
    >>> obs = pl.DataFrame(
    ...     {
    ...         "province_id": "p",
    ...         "indicator_id": "i",
    ...         "as_of": [day(2022, 12, 31), day(2023, 12, 31)],
    ...         "source_id": "s",
    ...         "value": [20.0, 40.0],
    ...         "bound": "=",
    ...         "printed": ["20%", "40%"],
    ...         "locator": "p1",
    ...     }
    ... )
    >>> goal = pl.DataFrame(
    ...     {
    ...         "scope": "p",
    ...         "indicator_id": "i",
    ...         "due": day(2025, 12, 31),
    ...         "source_id": "s",
    ...         "value": 80.0,
    ...         "comparator": ">=",
    ...         "printed": "80%",
    ...         "locator": "p2",
    ...     }
    ... )
    >>> register = pl.DataFrame({"indicator_id": "i", "direction": 1})
    >>> gaps(obs, goal, register).select("gap", "status").rows()
    [(40.0, 'on_track')]
    """
    observations, targets = eager(observations), eager(targets)  # Parquet may only be scanned so far
    if not min_span_years >= 0:
        raise ParameterError(f"min_span_years must be a number of years from 0, not {min_span_years!r}")
    if as_of is not None and not isinstance(as_of, date):
        raise ParameterError(f"as_of must be a date, not {as_of!r}")
    unknown = targets.join(indicators, on="indicator_id", how="anti")["indicator_id"].to_list()
    if unknown:
        raise ParameterError(f"targets name indicators that are not in the register: {', '.join(unknown)}")
    _refuse_impossible(targets, indicators)
    without_ranks = _lacking_ranks(observations, targets, indicators)
    seen = observations if as_of is None else observations.filter(pl.col("as_of") <= as_of)
    cases = _applicable(targets, observations, indicators)
    latest, first = _ends(seen)
    joined = cases.join(latest, on=_KEYS, how="left", validate="m:1").join(
        first, on=_KEYS, how="left", validate="m:1"
    )
    joined = joined.join(
        _reached(cases, seen), on=[*_KEYS, "due", "target_source_id", "scope"], how="left", validate="1:1"
    )
    return (
        joined.with_columns(judged_on=pl.col("as_of") if as_of is None else pl.lit(as_of, dtype=pl.Date))
        .with_columns(**_distances())
        .with_columns(**_paces(min_span_years))
        .with_columns(_status(without_ranks))
        .drop("_met", "_met_before", "_short", "_is_near")
        .sort("province_id", "due", "indicator_id", "target_source_id", "scope")
    )


def _refuse_impossible(targets: pl.DataFrame, indicators: pl.DataFrame) -> None:
    """Refuse "at most" where more is better, and "at least" where less is: one of the two is a slip."""
    pairs = targets.join(indicators.select("indicator_id", "direction"), on="indicator_id", validate="m:1")
    wrong = pairs.filter(
        ((pl.col("direction") > 0) & (pl.col("comparator") == "<="))
        | ((pl.col("direction") < 0) & pl.col("comparator").is_in([">", ">="]))
    )
    if wrong.height:
        row = wrong.row(0, named=True)
        better = "higher" if row["direction"] > 0 else "lower"
        raise ParameterError(
            f"the target {row['comparator']} {row['value']:g} of {row['indicator_id']} ({row['source_id']})"
            f" asks for the opposite of better: {better} is better there; correct the comparator or the"
            " indicator's direction"
        )


def _lacking_ranks(observations: pl.DataFrame, targets: pl.DataFrame, indicators: pl.DataFrame) -> list[str]:
    """Return the targets' indicators that are ranks of an index and of which no rank is handed in; warn of
    them.
    """
    if "index_id" not in indicators.columns:
        return []
    of_index = indicators.drop_nulls("index_id").join(targets, on="indicator_id", how="semi")
    lacking = of_index.join(observations, on="indicator_id", how="anti")["indicator_id"].sort().to_list()
    if lacking:
        _log.warning(
            "no ranks for the targets of %s: hand in observations_with_ranks(data), or ask cds.open().gaps()",
            ", ".join(lacking),
        )
    return lacking


def _applicable(targets: pl.DataFrame, observations: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Give every target the province it applies to."""
    named = targets.select(
        "scope",
        "indicator_id",
        "due",
        "comparator",
        target="value",
        target_source_id="source_id",
        target_printed="printed",
        target_locator="locator",
    )
    own = named.filter(pl.col("scope") != NATION).with_columns(province_id=pl.col("scope"))
    reporting = observations.select(_KEYS).unique()
    national = named.filter(pl.col("scope") == NATION).join(reporting, on="indicator_id", how="inner")
    direction = indicators.select("indicator_id", "direction")
    cases = pl.concat([own, national.select(own.columns)]).join(
        direction, on="indicator_id", how="left", validate="m:1"
    )
    # A plain count (direction 0) with a target is read as "reach at least".
    return cases.with_columns(
        direction=pl.when(pl.col("direction") == 0).then(1).otherwise(pl.col("direction"))
    )


def _ends(seen: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the latest figure of each series, and the earliest exact one before it.

    Of several figures of one day an exact one goes before a bound, one that is reported before one that is
    derived, and then the one whose source comes first in the alphabet: never what the order of rows makes of
    it.
    """
    order = [pl.col("bound") != "=", *([pl.col("status") != "reported"] if "status" in seen.columns else [])]
    ordered = (
        (seen if "segment" in seen.columns else seen.with_columns(segment=pl.lit(0)))
        .sort("as_of", *order, "source_id")
        .unique([*_KEYS, "as_of"], keep="first", maintain_order=True)
    )
    latest = ordered.group_by(_KEYS).agg(
        *(pl.col(c).last() for c in ("value", "bound", "as_of", "printed", "locator", "source_id")),
        n_obs=pl.len(),
    )
    latest = latest.join(
        seen.group_by(_KEYS).agg(source_ids=pl.col("source_id").unique().sort()), on=_KEYS, validate="1:1"
    )
    is_earlier = pl.col("as_of") < pl.col("as_of").max().over(_KEYS)
    is_comparable = pl.col("segment") == pl.col("segment").last().over(_KEYS)
    exact = ordered.filter((pl.col("bound") == "=") & is_earlier & is_comparable)
    first = exact.group_by(_KEYS).agg(
        baseline=pl.col("value").first(), baseline_as_of=pl.col("as_of").first()
    )
    return latest, first


def _reached(cases: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Return, for each target that was ever met, the date of the first figure that met it."""
    keys = [*_KEYS, "due", "target_source_id", "scope"]
    pairs = cases.join(seen.select(*_KEYS, "value", "bound", "as_of"), on=_KEYS, how="inner")
    return pairs.filter(_met("value", pl.col("bound"))).group_by(keys).agg(reached_on=pl.col("as_of").min())


def merge_repeated(judged: pl.DataFrame) -> pl.DataFrame:
    """Join targets that several documents set alike (same province, indicator, due date and value) into one
    row.

    Returns the rows of :func:`gaps` with ``target_source_id`` replaced by the list ``target_source_ids`` and
    ``n_documents``.

    Examples
    --------
    >>> from cds_analysis import load
    >>> from cds_analysis.dataset.series import observations_with_ranks
    >>> data = load()
    >>> judged = gaps(observations_with_ranks(data), data.targets, data.indicators)
    >>> merge_repeated(judged)["n_documents"].max()
    4
    """
    same = ["province_id", "indicator_id", "scope", "due", "target"]
    rest = [c for c in judged.columns if c not in [*same, "target_source_id"]]
    merged = judged.group_by(same, maintain_order=True).agg(
        *(pl.col(c).first() for c in rest),
        target_source_ids=pl.col("target_source_id").unique().sort(),
        n_documents=pl.len(),
    )
    return merged.select(*same, *rest, "target_source_ids", "n_documents")


def _met(value: str, bound: pl.Expr) -> pl.Expr:
    """Whether a figure surely meets the target: all that its bound leaves open lies on the good side.

    'More than' is strict, unless the figure itself is 'more than'. A figure bounded on the other side
    ("outside the top 20", "under 5 %" where more is better) may lie anywhere beyond, so it meets nothing.
    """
    ahead = pl.col("direction") * (pl.col(value) - pl.col("target"))
    strict = (pl.col("comparator") == ">") & (bound != ">")
    return ~_is_open_to(bound, worse=True) & pl.when(strict).then(ahead > 0).otherwise(ahead >= 0)


def _is_open_to(bound: pl.Expr, *, worse: bool) -> pl.Expr:
    """Whether the true figure may be worse (or better) than the one given."""
    above, below = bound.is_in([">", ">="]), bound.is_in(["<", "<="])
    higher_is_worse = pl.col("direction") < 0
    return pl.when(higher_is_worse == worse).then(above).otherwise(below)


def _years(start: str, end: str) -> pl.Expr:
    return (pl.col(end) - pl.col(start)).dt.total_days() / DAYS_PER_YEAR


def _distances() -> dict[str, pl.Expr]:
    gap = pl.col("direction") * (pl.col("target") - pl.col("value"))
    is_floor = _is_open_to(pl.col("bound"), worse=True)
    return {
        "gap": gap,
        "surplus": pl.when(is_floor).then(None).when(gap < 0).then(-gap).when(gap.is_not_null()).then(0.0),
        "is_gap_bound": _is_open_to(pl.col("bound"), worse=False) & (gap > 0),
        "is_gap_floor": is_floor,
        "years_left": _years("as_of", "due"),
        "_met": _met("value", pl.col("bound")),
        "_met_before": _met("baseline", pl.lit("=")),
        "_short": pl.col("direction") * (pl.col("target") - pl.col("baseline")),
    }


def _paces(min_span_years: float) -> dict[str, pl.Expr]:
    d, exact = pl.col("direction"), pl.col("bound") == "="
    elapsed, whole = _years("baseline_as_of", "as_of"), _years("baseline_as_of", "due")
    is_near = ~(
        (elapsed >= min_span_years) | ((elapsed >= MIN_SPAN_SHARE * whole) & (elapsed >= MIN_SPAN_FLOOR))
    )
    moved = pl.when(exact & ~is_near).then(d * (pl.col("value") - pl.col("baseline")))
    observed = moved / elapsed
    has_way = (pl.col("_short") > 0) & (whole > 0)
    is_open = (pl.col("gap") > 0) & (pl.col("due") > pl.col("judged_on")) & (pl.col("years_left") > 0)
    return {
        "_is_near": is_near,
        "progress": pl.when(pl.col("_short") > 0).then(moved / pl.col("_short")),
        "observed_per_year": observed,
        "required_per_year": pl.when(is_open).then(pl.col("gap") / pl.col("years_left")),
        "pace_ratio": pl.when(has_way).then(observed / (pl.col("_short") / whole)),
        "years_late": pl.when(has_way).then(elapsed - moved / pl.col("_short") * whole),
    }


def _status(without_ranks: list[str]) -> list[pl.Expr]:
    due_passed = pl.col("due") <= pl.col("judged_on")
    ratio = pl.col("pace_ratio")
    lost = pl.col("_met_before") & ~pl.col("_met")  # the baseline met the target, the latest figure does not
    steps = [
        (pl.col("indicator_id").is_in(without_ranks), "no_data", _NO_RANKS),
        (pl.col("value").is_null(), "no_data", "no figure has been found"),
        (pl.col("_met"), "achieved", "the latest figure meets the target"),
        (pl.col("bound") != "=", "undetermined", "only a bound is known"),
        (pl.col("as_of") >= pl.col("due"), "missed", "a figure from the due date or later falls short"),
        (due_passed, "undetermined", "the due date has passed and no later figure is on record"),
        (pl.col("baseline").is_null(), "no_baseline", "one figure only: the gap is known, the pace is not"),
        (lost, "deteriorating", "the target was met before and is no longer"),
        (pl.col("_is_near"), "no_baseline", "the two figures are too close in time for a pace"),
        (ratio >= ON_TRACK, "on_track", "pace ratio of at least 0.95"),
        (ratio >= NEEDS_ACCELERATION, "needs_acceleration", "pace ratio from 0.60 to 0.95"),
        (ratio >= 0, "limited", "pace ratio from 0 to 0.60"),
        (ratio < 0, "deteriorating", "moved away from the target"),
    ]
    status = reason = pl.when(False).then(pl.lit(""))
    for condition, name, why in steps:
        status, reason = status.when(condition).then(pl.lit(name)), reason.when(condition).then(pl.lit(why))
    return [
        status.otherwise(pl.lit("no_baseline")).alias("status"),
        reason.otherwise(pl.lit("")).alias("status_reason"),
    ]
