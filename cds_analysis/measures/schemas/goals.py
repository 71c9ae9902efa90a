"""Results about targets: gaps, paces, chances."""

from __future__ import annotations

from itertools import pairwise

import dataframely as dy
import polars as pl

from cds_analysis.measures.gaps import STATUSES
from cds_analysis.measures.schemas import columns as column

__all__ = ["AchievedPaces", "ChanceOnTime", "Gaps", "MergedGaps", "Promises", "RuleVerdicts", "Yardsticks"]

_COMPARATORS = (">=", ">", "<=", "=", "maintain")
_NO_FIGURE = "no figure is on record"
_NO_PACE = "there is no pace: fewer than two exact figures far enough apart"


class _Gap(dy.Schema):
    """A target against the figures reported for it."""

    province_id = column.name("Province (or unit of 2025) that the target is applied to.")
    scope = column.name("Whose target it is: the province's own, or 'viet-nam'.")
    indicator_id = column.name("Indicator of the target.")
    due = column.day("Day by which the target is to be met.")
    target = column.number("The target, in the indicator's unit.")
    comparator = column.choice("How the figure must stand to the target.", _COMPARATORS)
    direction = column.whole("1: higher is better; -1: lower is better.", min=-1, max=1)
    target_printed = column.text("The target as its source prints it.")
    target_locator = column.text("Where in its source the target stands.", "not recorded")
    value = column.number("Latest figure, in the indicator's unit.", _NO_FIGURE)
    bound = column.choice(
        "Whether the figure is exact or a bound of the true one.", ("=", ">", ">=", "<", "<="), _NO_FIGURE
    )
    as_of = column.day("Day that the latest figure speaks of.", _NO_FIGURE)
    printed = column.text("The latest figure as its source prints it.", _NO_FIGURE)
    locator = column.text("Where in its source the latest figure stands.", "no figure, or not recorded")
    source_id = column.name("Source of the latest figure.", _NO_FIGURE)
    n_obs = column.whole("Days with a figure.", _NO_FIGURE, min=1)
    source_ids = column.names("Sources of all figures.", _NO_FIGURE)
    baseline = column.number(
        "Earliest exact figure that compares with the latest.", "there is none before the latest"
    )
    baseline_as_of = column.day("Day of the baseline.", "there is none")
    reached_on = column.day("Day of the first figure that met the target.", "none has")
    judged_on = column.day("Day of judgement.", "no day was asked for and there is no figure")
    gap = column.number("How far short, in the indicator's unit; 0 or less is met.", _NO_FIGURE)
    surplus = column.number("How far beyond.", "no figure, or a bound leaves it open", min=0)
    is_gap_bound = column.flag("The gap is at most this: the figure is a bound on the good side.", _NO_FIGURE)
    is_gap_floor = column.flag(
        "The gap is at least this: the figure is a bound on the wrong side.", _NO_FIGURE
    )
    years_left = column.number(
        "Years from the latest figure to the due date; negative when past.", _NO_FIGURE
    )
    progress = column.number(
        "Share of the way from baseline to target; 1 is there.", f"the baseline met it, or {_NO_PACE}"
    )
    observed_per_year = column.number("Pace seen, units a year, positive towards the target.", _NO_PACE)
    required_per_year = column.number(
        "Pace needed from the latest figure on.", "met, past its date, or no figure", min=0
    )
    pace_ratio = column.number("Pace seen over the pace from baseline straight to target.", _NO_PACE)
    years_late = column.number("Years behind that straight line; negative is ahead.", _NO_PACE)
    status = column.choice("Verdict.", STATUSES)
    status_reason = column.text("Why, in words.")

    @dy.rule()
    def no_data_has_no_figure(cls) -> pl.Expr:
        """a target is no_data exactly where no figure is on record"""
        return (pl.col("status") == "no_data") == pl.col("value").is_null()

    @dy.rule()
    def beyond_is_not_short(cls) -> pl.Expr:
        """a surplus is the gap turned round"""
        return pl.col("surplus").is_null() | ((pl.col("surplus") > 0) == (pl.col("gap") < 0))


class Gaps(_Gap):
    """``gaps``: one row a province and target."""

    target_source_id = column.name("Source of the target.")


class MergedGaps(_Gap):
    """``merge_repeated``: one row a province and target, however many documents set it."""

    target_source_ids = column.names("Sources of the target.")
    n_documents = column.whole("How many documents set it.", min=1)


class ChanceOnTime(Gaps):
    """``chance_on_time``: gaps with the chance that a straight line meets the target."""

    p_on_time = column.probability(
        "Chance that the line meets the target on its due date.",
        "fewer than 4 exact figures of different days, met already, or past its date",
    )
    n_for_chance = column.whole("Figures that the chance rests on.", min=0)


_VERDICTS = ("on_track", "needs_acceleration", "limited", "deteriorating")


class RuleVerdicts(Gaps):
    """``rule_verdicts``: the targets with a pace, judged by each published rule."""

    growth_ratio = column.number("Growth rate seen over the one needed.", "a growth rate is not defined")
    expected_miss = column.number(
        "Share of the remaining distance that the pace seen would leave.", "not defined"
    )
    linear = column.choice("By the straight line.", _VERDICTS, "the rule is not defined here")
    cagr = column.choice("By growth rates (Eurostat).", _VERDICTS, "the rule is not defined here")
    sdsn = column.choice("By the SDSN's arrows.", _VERDICTS, "the rule is not defined here")
    unsd = column.choice("By the United Nations' rule.", _VERDICTS, "the rule is not defined here")
    destatis = column.choice("By Germany's statistical office.", _VERDICTS, "the rule is not defined here")
    n_rules = column.whole("Rules that are defined.", min=1)
    rules_agree = column.flag("All of them give one verdict.")


class AchievedPaces(dy.Schema):
    """``achieved_paces``: what it adds to its cases."""

    horizon = column.whole("Years that the changes span.", min=1)
    n_starts = column.whole("Changes compared.", min=0)
    n_provinces = column.whole("Provinces that they come from.", min=0)
    n_as_fast = column.whole("Provinces that moved at least this fast at least once.", min=0)
    share_as_fast = column.probability(
        "Share of the changes that were at least this fast.", "there is none to compare"
    )

    @dy.rule()
    def within_those_compared(cls) -> pl.Expr:
        """no more provinces were as fast than were compared"""
        return pl.col("n_as_fast") <= pl.col("n_provinces")


class Yardsticks(dy.Schema):
    """``yardsticks``: one row a national target that a province has a figure for."""

    indicator_id = column.name("Indicator.")
    due = column.day("Day by which the target is to be met.")
    target = column.number("The target, in the indicator's unit.")
    comparator = column.choice("How the figure must stand to the target.", _COMPARATORS)
    target_source_id = column.name("Source of the target.")
    n_figures = column.whole("Provinces with a figure.", min=1)
    n_reached = column.whole("Of them, those whose latest figure meets it.", min=0)
    low = column.number("Lowest of the latest figures.")
    quarter = column.number("First quartile.")
    median = column.number("Median.")
    three_quarters = column.number("Third quartile.")
    high = column.number("Highest.")
    first_as_of = column.day("Day of the oldest of them.")
    last_as_of = column.day("Day of the newest.")
    source_ids = column.names("Sources of the figures.")

    @dy.rule()
    def in_order(cls) -> pl.Expr:
        """quartiles are in order, and no more provinces are there than have a figure"""
        parts = ["low", "quarter", "median", "three_quarters", "high"]
        ordered = pl.all_horizontal(pl.col(a) <= pl.col(b) for a, b in pairwise(parts))
        return ordered & (pl.col("n_reached") <= pl.col("n_figures"))


_NO_NATIONAL = "the nation has no target of that indicator and day"


class Promises(dy.Schema):
    """``promises``: one row an indicator and due date that a province has a target of its own for."""

    indicator_id = column.name("Indicator.")
    due = column.day("Day by which the targets are to be met.")
    n_provinces = column.whole("Provinces with a target.", min=1)
    low = column.number("Lowest of the targets, in the indicator's unit.")
    median = column.number("Median.")
    high = column.number("Highest.")
    national = column.number("The nation's target, the most demanding one.", _NO_NATIONAL)
    n_above = column.whole("Provinces that ask more.", _NO_NATIONAL, min=0)
    n_equal = column.whole("That ask as much.", _NO_NATIONAL, min=0)
    n_below = column.whole("That ask less.", _NO_NATIONAL, min=0)
    n_with_figure = column.whole("Provinces with a figure.", min=0)
    n_reached = column.whole("Of them, those whose latest figure meets their target.", min=0)
    source_ids = column.names("Sources of the targets.")

    @dy.rule()
    def above_equal_and_below_are_all(cls) -> pl.Expr:
        """each province asks more, as much or less"""
        total = pl.col("n_above") + pl.col("n_equal") + pl.col("n_below")
        return (total == pl.col("n_provinces")).fill_null(True)
