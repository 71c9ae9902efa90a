"""Results about change over years: trends, forecasts, standing, breaks."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from cds_analysis.measures.changes import REASONS, VERDICTS
from cds_analysis.measures.schemas import columns as column
from cds_analysis.measures.schemas.columns import OfSeries

__all__ = [
    "Ahead",
    "CeilingGaps",
    "Changes",
    "Convergence",
    "JudgedChanges",
    "NewestPairs",
    "OrderBreaks",
    "Parameters",
    "Positions",
    "StableCore",
    "Trends",
    "TrendsBesideCountry",
]

_SHORT = "fewer than 5 years"
_EDGE = "at an end of its range, or not estimated"


class _Segment(OfSeries):
    """A series within one definition."""

    segment = column.whole("First year of the definition in force; 0 before any change.", min=0)
    first_year = column.year("First year used.")
    last_year = column.year("Last year used.")

    @dy.rule()
    def years_in_order(cls) -> pl.Expr:
        """the first year is not after the last"""
        return pl.col("first_year") <= pl.col("last_year")


class Trends(_Segment):
    """``trends``: one row a province, dimension and segment."""

    province_id = column.name("Province.")
    n_years = column.whole("Years with a score.", min=1)
    slope_per_year = column.number("Median slope, points a year.", _SHORT)
    slope_low = column.number("Lower end of its 95 % interval.", _SHORT)
    slope_high = column.number("Upper end.", _SHORT)
    s = column.whole("Kendall's S.", _SHORT)
    p_value = column.probability("Two-sided, under 'no trend'.", _SHORT)
    p_adjusted = column.probability("The same, for all provinces of the dimension and segment.", _SHORT)
    source_ids = column.names("Sources of the scores.")
    verdict = column.choice("Whether there is a trend.", ("rising", "falling", "no_trend", "too_short"))
    n_tested = column.whole("Series of the dimension and segment tested together.", min=0)

    @dy.rule()
    def adjusted_is_no_smaller(cls) -> pl.Expr:
        """correcting for many tests makes no p smaller"""
        return pl.col("p_adjusted") >= pl.col("p_value") - 1e-12

    @dy.rule()
    def too_short_has_no_slope(cls) -> pl.Expr:
        """a series is too_short exactly where it has no slope"""
        return (pl.col("verdict") == "too_short") == pl.col("slope_per_year").is_null()


_TRENDS = ("rising", "falling", "no_trend", "too_short")
_NO_FULL_YEAR = "no year is full"


class TrendsBesideCountry(Trends):
    """``trends_beside_country``: trends of the score, and of the score less the country's median."""

    slope_own = column.number("Points a year against the country.", _SHORT)
    slope_own_low = column.number("Lower end of its 95 % interval.", _SHORT)
    slope_own_high = column.number("Upper end.", _SHORT)
    p_own_adjusted = column.probability("Two-sided, for all provinces of the dimension and segment.", _SHORT)
    verdict_own = column.choice("Whether there is a trend against the country.", _TRENDS, _NO_FULL_YEAR)
    verdict_documented = column.choice("Of the score, if only documented breaks count.", _TRENDS)
    verdict_own_documented = column.choice("Against the country, likewise.", _TRENDS, _NO_FULL_YEAR)
    depends_on_detected = column.flag("One of both verdicts is another then.")


class CeilingGaps(_Segment):
    """``ceiling_gaps``: one row a province, dimension and segment near the top of the scale."""

    province_id = column.name("Province.")
    score_first = column.number("First score, points.")
    score_last = column.number("Last score, points.")
    scale_max = column.number("Top of the scale.")
    gap_first = column.number("Points to it at first.", min=0)
    gap_last = column.number("Points to it at last.", min=0)
    closed_per_year = column.number(
        "Share of the distance closed in a year.", "one year only, or at the top at first", max=1
    )


class Convergence(_Segment):
    """``convergence``: one row a dimension and segment."""

    n_provinces = column.whole("Provinces with a score in both years.", min=2)
    sd_first = column.number("Standard deviation between provinces in the first year, points.", min=0)
    sd_last = column.number("The same in the last year.", min=0)
    p_sigma = column.probability("That both are equal (Pitman and Morgan).")
    beta = column.number("Points gained a year per point of the first score.")
    beta_low = column.number("Lower end of its 95 % interval (HC3).")
    beta_high = column.number("Upper end.")
    p_beta = column.probability("That beta is 0.")
    reading = column.choice("What both say.", ("converging", "only_beta", "diverging", "neither"))


class _Standing(OfSeries):
    """A province's standing in a year: standard deviations between provinces, higher is better."""

    province_id = column.name("Province.")
    year = column.year("Year.")
    standing = column.number("The standing.")
    se = column.number("Its standard error.", min=0)
    low_80 = column.number("Lower end, 80 %.")
    high_80 = column.number("Upper end, 80 %.")
    low_95 = column.number("Lower end, 95 %.")
    high_95 = column.number("Upper end, 95 %.")
    median_rank = column.rank("Median of its rank among the provinces with a figure.")
    rank_low_80 = column.rank("Best rank, 80 %.")
    rank_high_80 = column.rank("Worst rank, 80 %.")
    rank_low_95 = column.rank("Best rank, 95 %.")
    rank_high_95 = column.rank("Worst rank, 95 %.")
    n_ranked = column.whole("Provinces with a figure.", min=1)
    p_top_ten = column.probability("Chance of a rank of 10 or better.")
    p_bottom_ten = column.probability("Chance of one of the last 10 ranks.")
    median_rank_error = column.number("Monte Carlo standard error of the median rank.", min=0)
    p_error = column.number("Monte Carlo standard error of the larger of both chances.", min=0)

    @dy.rule()
    def wider_at_95(cls) -> pl.Expr:
        """what holds 95 % holds 80 %, and the median"""
        low = (pl.col("low_95") <= pl.col("low_80")) & (pl.col("rank_low_95") <= pl.col("rank_low_80"))
        high = (pl.col("high_95") >= pl.col("high_80")) & (pl.col("rank_high_95") >= pl.col("rank_high_80"))
        return low & high & pl.col("median_rank").is_between(pl.col("rank_low_80"), pl.col("rank_high_80"))


class Positions(_Standing):
    """``standing.positions``: one row a figure."""

    z = column.number("The figure, standardised in its year.")
    figure_rank = column.rank("Rank of the figure.")


class Ahead(_Standing):
    """``standing.ahead``: one row a province and year ahead."""

    years_ahead = column.whole("Years after the last figure.", min=1)
    figure_se = column.number("Standard error of a figure still to be published.", min=0)
    figure_low_80 = column.number("Lower end of its band, 80 %.")
    figure_high_80 = column.number("Upper end, 80 %.")
    figure_low_95 = column.number("Lower end, 95 %.")
    figure_high_95 = column.number("Upper end, 95 %.")

    @dy.rule()
    def a_figure_holds_noise(cls) -> pl.Expr:
        """a figure is less certain than the standing"""
        return pl.col("figure_se") >= pl.col("se")


class Changes(OfSeries):
    """``standing.changes`` and ``p_rise``: one row a province and pair of years."""

    province_id = column.name("Province.")
    first_year = column.year("First year.")
    last_year = column.year("Last year.")
    change = column.number("Change of the standing, positive for a rise.")
    change_se = column.number("Its standard error.", min=0)
    p_rise = column.probability("Probability that the standing rose.")
    n_order_breaks = column.whole("Breaks of order between.", min=0)

    @dy.rule()
    def a_likely_rise_is_a_rise(cls) -> pl.Expr:
        """the probability is above a half exactly where the change is positive"""
        return (pl.col("change").abs() < 1e-9) | ((pl.col("p_rise") > 0.5) == (pl.col("change") > 0))


class NewestPairs(OfSeries):
    """``newest_pairs``: one row a series with a standing."""

    year_from = column.year("The last full year but one.")
    year_to = column.year("The last full year.")


_ONE_FIGURE = "no figure in one of the years"


class JudgedChanges(OfSeries):
    """``judge_changes``: one row a province with a figure in either of two years."""

    province_id = column.name("Province.")
    year_from = column.year("First year.")
    year_to = column.year("Last year.")
    figure_rank_from = column.rank("Rank of its figure in the first year.", "no figure")
    figure_rank_to = column.rank("Rank of its figure in the last year.", "no figure")
    places_gained = column.whole("Places between both, positive is up.", _ONE_FIGURE)
    rank_from = column.rank("Likely rank of its standing in the first year.", "no figure")
    rank_to = column.rank("Likely rank of its standing in the last year.", "no figure")
    change = column.number("Change of the standing, standard deviations between provinces.", _ONE_FIGURE)
    change_se = column.number("Its standard error.", _ONE_FIGURE, min=0)
    p_rise = column.probability("Probability that the standing rose.", _ONE_FIGURE)
    test_z = column.number("Change of the figures over its error if nothing had changed.", _ONE_FIGURE)
    p_value = column.probability("Of that, two-sided.", _ONE_FIGURE)
    p_adjusted = column.probability("The same, by Benjamini and Hochberg.", _ONE_FIGURE)
    p_holm = column.probability("The same, by Holm.", _ONE_FIGURE)
    n_tested = column.whole("Provinces tested together.", _ONE_FIGURE, min=1)
    freedom = column.number("Degrees of freedom of the t that p is read off.", _ONE_FIGURE, min=0)
    n_order_breaks = column.whole("Breaks of order between the years.", _ONE_FIGURE, min=0)
    order_z = column.number("How much less of the order was kept than usual.", "no usual value")
    verdict = column.choice("Whether the standing rose or fell.", VERDICTS)
    reason = column.choice("Why nothing can be said.", REASONS, "something can be said")
    verdict_documented = column.choice("The verdict if only documented breaks count.", VERDICTS)
    depends_on_detected = column.flag("That is another verdict.")

    @dy.rule()
    def a_reason_where_nothing_can_be_said(cls) -> pl.Expr:
        """there is a reason exactly where nothing can be said"""
        return (pl.col("verdict") == "cannot_say") == pl.col("reason").is_not_null()

    @dy.rule()
    def corrected_p_is_no_smaller(cls) -> pl.Expr:
        """correcting for many tests makes no p smaller, and Holm's way is the stricter"""
        fdr = pl.col("p_adjusted") >= pl.col("p_value") - 1e-12
        return (fdr & (pl.col("p_holm") >= pl.col("p_adjusted") - 1e-12)).fill_null(True)


class StableCore(dy.Schema):
    """``stable_core``: one row a year and province with all parts of the core."""

    year = column.year("Year.")
    province_id = column.name("Province.")
    score = column.number("Sum of the parts, points.")
    n_parts = column.whole("Parts added up.", min=1)


class Parameters(OfSeries):
    """``standing.parameters``: one row a dimension."""

    phi = column.number("Persistence of the signal from year to year.", _EDGE)
    phi_se = column.number("Its standard error.", _EDGE, min=0)
    signal_share = column.probability("Share of the variance that lasts.", _EDGE)
    signal_share_se = column.number("Its standard error.", _EDGE, min=0)
    noise_share = column.probability("Share that does not.", _EDGE)
    kappa = column.number("What is left of the persistence at a break of order.", "there is no such break")
    kappa_se = column.number("Its standard error.", _EDGE, min=0)
    log_likelihood = column.number("At the maximum.", "not estimated")
    n_years = column.whole("Full years.", min=0)
    first_year = column.year("First full year.", "there is none")
    last_year = column.year("Last full year.", "there is none")
    n_provinces = column.whole("Provinces.", min=0)
    n_figures = column.whole("Figures.", min=0)
    order_break_years = dy.List(dy.Int64(), description="Years in which the order was redrawn.")
    years_left_out = dy.List(
        dy.Int64(), description="Years of which only a sample is on record, or without spread."
    )
    status = column.choice(
        "Whether the estimates can be used.",
        ("fitted", "noise_not_separated", "not_converged", "too_short", "no_spread"),
    )


class OrderBreaks(OfSeries):
    """``order_breaks``: one row a dimension and pair of years."""

    year = column.year("The later of two adjacent years.")
    n = column.whole("Provinces with both.", min=2)
    level_shift = column.number("Change of the median, in interquartile ranges of the year before.")
    spread_ratio = column.number("Standard deviation over that of the year before.", min=0)
    order_kept = column.number("Rank correlation.", min=-1, max=1)
    order_usual = column.number("Its median over the other pairs.", "fewer than 2 others", min=-1, max=1)
    order_z = column.number("Their difference in standard errors.", "no usual value")
    effect = column.choice("What the change did.", ("order", "level"), "no usual value")
