"""Results about targets: gaps, paces, chances."""

from __future__ import annotations

from itertools import pairwise

import dataframely as dy
import polars as pl

from cds_analysis.measures.gaps import STATUSES
from cds_analysis.measures.schemas import columns

__all__ = ["AchievedPaces", "ChanceOnTime", "Gaps", "MergedGaps", "Promises", "RuleVerdicts", "Yardsticks"]

_COMPARATORS = (">=", ">", "<=", "=", "maintain")
_NO_FIGURE = "no figure is on record"
_NO_PACE = "there is no pace: fewer than two exact figures far enough apart"


class _Gap(dy.Schema):
    """A target against the figures reported for it."""

    province_id = columns.name("Province (or unit of 2025) that the target is applied to.")
    scope = columns.name("Whose target it is: the province's own, or 'viet-nam'.")
    indicator_id = columns.name("Indicator of the target.")
    due = columns.day("Day by which the target is to be met.")
    target = columns.number("The target, in the indicator's unit.")
    comparator = columns.choice("How the figure must stand to the target.", _COMPARATORS)
    direction = columns.whole("1: higher is better; -1: lower is better.", min=-1, max=1)
    target_printed = columns.text("The target as its source prints it.")
    target_locator = columns.text("Where in its source the target stands.", "not recorded")
    value = columns.number("Latest figure, in the indicator's unit.", _NO_FIGURE)
    bound = columns.choice(
        "Whether the figure is exact or a bound of the true one.", ("=", ">", ">=", "<", "<="), _NO_FIGURE
    )
    as_of = columns.day("Day that the latest figure speaks of.", _NO_FIGURE)
    printed = columns.text("The latest figure as its source prints it.", _NO_FIGURE)
    locator = columns.text("Where in its source the latest figure stands.", "no figure, or not recorded")
    source_id = columns.name("Source of the latest figure.", _NO_FIGURE)
    n_obs = columns.whole("Days with a figure.", _NO_FIGURE, min=1)
    source_ids = columns.names("Sources of all figures.", _NO_FIGURE)
    baseline = columns.number(
        "Earliest exact figure that compares with the latest.", "there is none before the latest"
    )
    baseline_as_of = columns.day("Day of the baseline.", "there is none")
    reached_on = columns.day("Day of the first figure that met the target.", "none has")
    judged_on = columns.day("Day of judgement.", "no day was asked for and there is no figure")
    gap = columns.number("How far short, in the indicator's unit; 0 or less is met.", _NO_FIGURE)
    surplus = columns.number("How far beyond.", "no figure, or a bound leaves it open", min=0)
    is_gap_bound = columns.flag(
        "The gap is at most this: the figure is a bound on the good side.", _NO_FIGURE
    )
    is_gap_floor = columns.flag(
        "The gap is at least this: the figure is a bound on the wrong side.", _NO_FIGURE
    )
    years_left = columns.number(
        "Years from the latest figure to the due date; negative when past.", _NO_FIGURE
    )
    progress = columns.number(
        "Share of the way from baseline to target; 1 is there.", f"the baseline met it, or {_NO_PACE}"
    )
    observed_per_year = columns.number("Pace seen, units a year, positive towards the target.", _NO_PACE)
    required_per_year = columns.number(
        "Pace needed from the latest figure on.", "met, past its date, or no figure", min=0
    )
    pace_ratio = columns.number("Pace seen over the pace from baseline straight to target.", _NO_PACE)
    years_late = columns.number("Years behind that straight line; negative is ahead.", _NO_PACE)
    status = columns.choice("Verdict.", STATUSES)
    status_reason = columns.text("Why, in words.")

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

    target_source_id = columns.name("Source of the target.")


class MergedGaps(_Gap):
    """``merge_repeated``: one row a province and target, however many documents set it."""

    target_source_ids = columns.names("Sources of the target.")
    n_documents = columns.whole("How many documents set it.", min=1)


class ChanceOnTime(Gaps):
    """``chance_on_time``: gaps with the chance that a straight line meets the target."""

    p_on_time = columns.probability(
        "Chance that the line meets the target on its due date.",
        "fewer than 4 exact figures of different days, met already, or past its date",
    )
    n_for_chance = columns.whole("Figures that the chance rests on.", min=0)


_VERDICTS = ("on_track", "needs_acceleration", "limited", "deteriorating")


class RuleVerdicts(Gaps):
    """``rule_verdicts``: the targets with a pace, judged by each published rule."""

    growth_ratio = columns.number("Growth rate seen over the one needed.", "a growth rate is not defined")
    expected_miss = columns.number(
        "Share of the remaining distance that the pace seen would leave.", "not defined"
    )
    linear = columns.choice("By the straight line.", _VERDICTS, "the rule is not defined here")
    cagr = columns.choice("By growth rates (Eurostat).", _VERDICTS, "the rule is not defined here")
    sdsn = columns.choice("By the SDSN's arrows.", _VERDICTS, "the rule is not defined here")
    unsd = columns.choice("By the United Nations' rule.", _VERDICTS, "the rule is not defined here")
    destatis = columns.choice("By Germany's statistical office.", _VERDICTS, "the rule is not defined here")
    n_rules = columns.whole("Rules that are defined.", min=1)
    rules_agree = columns.flag("All of them give one verdict.")


class AchievedPaces(dy.Schema):
    """``achieved_paces``: what it adds to its cases."""

    horizon = columns.whole("Years that the changes span.", min=1)
    n_starts = columns.whole("Changes compared.", min=0)
    n_provinces = columns.whole("Provinces that they come from.", min=0)
    n_as_fast = columns.whole("Provinces that moved at least this fast at least once.", min=0)
    share_as_fast = columns.probability(
        "Share of the changes that were at least this fast.", "there is none to compare"
    )

    @dy.rule()
    def within_those_compared(cls) -> pl.Expr:
        """no more provinces were as fast than were compared"""
        return pl.col("n_as_fast") <= pl.col("n_provinces")


class Yardsticks(dy.Schema):
    """``yardsticks``: one row a national target that a province has a figure for."""

    indicator_id = columns.name("Indicator.")
    due = columns.day("Day by which the target is to be met.")
    target = columns.number("The target, in the indicator's unit.")
    comparator = columns.choice("How the figure must stand to the target.", _COMPARATORS)
    target_source_id = columns.name("Source of the target.")
    n_figures = columns.whole("Provinces with a figure.", min=1)
    n_reached = columns.whole("Of them, those whose latest figure meets it.", min=0)
    low = columns.number("Lowest of the latest figures.")
    quarter = columns.number("First quartile.")
    median = columns.number("Median.")
    three_quarters = columns.number("Third quartile.")
    high = columns.number("Highest.")
    first_as_of = columns.day("Day of the oldest of them.")
    last_as_of = columns.day("Day of the newest.")
    source_ids = columns.names("Sources of the figures.")

    @dy.rule()
    def in_order(cls) -> pl.Expr:
        """quartiles are in order, and no more provinces are there than have a figure"""
        parts = ["low", "quarter", "median", "three_quarters", "high"]
        ordered = pl.all_horizontal(pl.col(a) <= pl.col(b) for a, b in pairwise(parts))
        return ordered & (pl.col("n_reached") <= pl.col("n_figures"))


_NO_NATIONAL = "the nation has no target of that indicator and day"


class Promises(dy.Schema):
    """``promises``: one row an indicator and due date that a province has a target of its own for."""

    indicator_id = columns.name("Indicator.")
    due = columns.day("Day by which the targets are to be met.")
    n_provinces = columns.whole("Provinces with a target.", min=1)
    low = columns.number("Lowest of the targets, in the indicator's unit.")
    median = columns.number("Median.")
    high = columns.number("Highest.")
    national = columns.number("The nation's target, the most demanding one.", _NO_NATIONAL)
    n_above = columns.whole("Provinces that ask more.", _NO_NATIONAL, min=0)
    n_equal = columns.whole("That ask as much.", _NO_NATIONAL, min=0)
    n_below = columns.whole("That ask less.", _NO_NATIONAL, min=0)
    n_with_figure = columns.whole("Provinces with a figure.", min=0)
    n_reached = columns.whole("Of them, those whose latest figure meets their target.", min=0)
    source_ids = columns.names("Sources of the targets.")

    @dy.rule()
    def above_equal_and_below_are_all(cls) -> pl.Expr:
        """each province asks more, as much or less"""
        total = pl.col("n_above") + pl.col("n_equal") + pl.col("n_below")
        return (total == pl.col("n_provinces")).fill_null(True)
