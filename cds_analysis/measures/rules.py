"""Would another rule have judged the same target otherwise? The usual rules side by side.

All rules ask whether the pace seen so far would reach the target; they differ in what a pace is and in where
they draw the lines. Their own classes are mapped onto the four of :mod:`cds_analysis.measures.gaps`, so that
they can be compared:

- ``linear``: ``pace_ratio`` of at least 0.95, 0.60, 0 (on track, needs acceleration, limited);
- ``cagr``: growth rate seen over the one needed from the baseline, of at least 0.95, 0.60, 0;
- ``sdsn``: ``pace_ratio`` of at least 1, 0.50, 0;
- ``unsd``: growth rate seen over the one needed from the baseline, of at least 0.95, 0.10, -0.10;
- ``destatis``: share of the *remaining* distance that the pace would miss, of at most 5 %, at most 20 %,
  more; deteriorating where the pace is 0 or less.

A growth rate is ``(x / x0) ** (1 / years) - 1``; it exists only where baseline, figure and target are above
zero, else the two rules built on it give null ("not defined"), not a verdict. For shares near 100 % growth
rates flatter late starters: that is why the linear rule is the default.

References: Eurostat, Sustainable development in the European Union, annex on method (cagr); Statistics
Canada, SDG progress thresholds (0.95, 0.60, 0); SDSN, Sustainable Development Report, trend arrows; UN
Statistics Division, progress chart technical note; Destatis, Indicators of the German Sustainable
Development Strategy (5 % and 20 %). What a target already met, missed or undetermined is does not depend on
a rule.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.measures.gaps import DAYS_PER_YEAR, NEEDS_ACCELERATION, ON_TRACK

__all__ = ["RULES", "rule_verdicts"]

RULES = ("linear", "cagr", "sdsn", "unsd", "destatis")
_PACED = ("on_track", "needs_acceleration", "limited", "deteriorating")


def rule_verdicts(judged: pl.DataFrame) -> pl.DataFrame:
    """Judge every target that has a pace by each rule.

    Parameters
    ----------
    judged
        From :func:`~cds_analysis.measures.gaps.gaps`.

    Returns
    -------
    polars.DataFrame
        The rows whose status depends on a pace, with all columns of `judged` and ``growth_ratio`` (growth
        rate seen over the one needed; null where a growth rate is not defined), ``expected_miss`` (share of
        the distance that remains which the pace seen would leave at the due date; 0 or less reaches it); a
        verdict for each of :data:`RULES` (``linear, cagr, sdsn, unsd, destatis``); ``n_rules`` (rules that
        are defined) and ``rules_agree`` (all of them give one verdict).

    Examples
    --------
    >>> case = {
    ...     "status": "on_track",
    ...     "direction": 1,
    ...     "value": 40.0,
    ...     "baseline": 20.0,
    ...     "target": 80.0,
    ...     "pace_ratio": 1.0,
    ...     "observed_per_year": 20.0,
    ...     "required_per_year": 20.0,
    ...     "baseline_as_of": "2022-12-31",
    ...     "as_of": "2023-12-31",
    ...     "due": "2025-12-31",
    ... }
    >>> dates = pl.col("baseline_as_of", "as_of", "due").str.to_date()
    >>> rule_verdicts(pl.DataFrame([case]).with_columns(dates)).select(*RULES, "rules_agree").rows()
    [('on_track', 'on_track', 'on_track', 'on_track', 'on_track', True)]
    """
    positive = (pl.col("value") > 0) & (pl.col("baseline") > 0) & (pl.col("target") > 0)
    seen, needed = _growth("value", "as_of"), _growth("target", "due")
    ratio, growth, miss = pl.col("pace_ratio"), pl.col("growth_ratio"), pl.col("expected_miss")
    pace = pl.col("observed_per_year")
    counted = judged.filter(pl.col("status").is_in(_PACED) & pl.col("pace_ratio").is_not_null()).with_columns(
        growth_ratio=pl.when(positive & (needed != 0)).then(seen / needed),
        expected_miss=1 - pace / pl.col("required_per_year"),
    )
    return counted.with_columns(
        linear=_classes(ratio, ON_TRACK, NEEDS_ACCELERATION, 0.0),
        cagr=_classes(growth, ON_TRACK, NEEDS_ACCELERATION, 0.0),
        sdsn=_classes(ratio, 1.0, 0.5, 0.0),
        unsd=_classes(growth, 0.95, 0.10, -0.10),
        destatis=pl.when(pace <= 0)
        .then(pl.lit("deteriorating"))
        .otherwise(_classes(-miss, -0.05, -0.20, -float("inf"))),
    ).with_columns(
        n_rules=pl.sum_horizontal(pl.col(r).is_not_null() for r in RULES),
        rules_agree=pl.concat_list(RULES).list.drop_nulls().list.n_unique() == 1,
    )


def _growth(value: str, day: str) -> pl.Expr:
    years = (pl.col(day) - pl.col("baseline_as_of")).dt.total_days() / DAYS_PER_YEAR
    return (pl.col(value) / pl.col("baseline")) ** (1 / years) - 1


def _classes(quantity: pl.Expr, *lines: float) -> pl.Expr:
    """Cut a quantity (more is better) at three lines; null and NaN give null."""
    verdict = pl.when(quantity.is_null() | quantity.is_nan()).then(None)
    # A pace of exactly the needed size must not fall below the line through rounding in the last bit.
    for line, name in zip(lines, _PACED):
        verdict = verdict.when(quantity >= line - 1e-12).then(pl.lit(name))
    return verdict.otherwise(pl.lit(_PACED[3]))
