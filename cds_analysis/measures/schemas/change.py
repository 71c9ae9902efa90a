"""Results about change over years: trends, forecasts, standing, breaks."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from cds_analysis.measures.changes import REASONS, VERDICTS
from cds_analysis.measures.schemas import columns
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

    segment = columns.whole("First year of the definition in force; 0 before any change.", min=0)
    first_year = columns.year("First year used.")
    last_year = columns.year("Last year used.")

    @dy.rule()
    def years_in_order(cls) -> pl.Expr:
        """the first year is not after the last"""
        return pl.col("first_year") <= pl.col("last_year")


class Trends(_Segment):
    """``trends``: one row a province, dimension and segment."""

    province_id = columns.name("Province.")
    n_years = columns.whole("Years with a score.", min=1)
    slope_per_year = columns.number("Median slope, points a year.", _SHORT)
    slope_low = columns.number("Lower end of its 95 % interval.", _SHORT)
    slope_high = columns.number("Upper end.", _SHORT)
    s = columns.whole("Kendall's S.", _SHORT)
    p_value = columns.probability("Two-sided, under 'no trend'.", _SHORT)
    p_adjusted = columns.probability("The same, for all provinces of the dimension and segment.", _SHORT)
    source_ids = columns.names("Sources of the scores.")
    verdict = columns.choice("Whether there is a trend.", ("rising", "falling", "no_trend", "too_short"))
    n_tested = columns.whole("Series of the dimension and segment tested together.", min=0)

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

    slope_own = columns.number("Points a year against the country.", _SHORT)
    slope_own_low = columns.number("Lower end of its 95 % interval.", _SHORT)
    slope_own_high = columns.number("Upper end.", _SHORT)
    p_own_adjusted = columns.probability("Two-sided, for all provinces of the dimension and segment.", _SHORT)
    verdict_own = columns.choice("Whether there is a trend against the country.", _TRENDS, _NO_FULL_YEAR)
    verdict_documented = columns.choice("Of the score, if only documented breaks count.", _TRENDS)
    verdict_own_documented = columns.choice("Against the country, likewise.", _TRENDS, _NO_FULL_YEAR)
    depends_on_detected = columns.flag("One of both verdicts is another then.")


class CeilingGaps(_Segment):
    """``ceiling_gaps``: one row a province, dimension and segment near the top of the scale."""

    province_id = columns.name("Province.")
    score_first = columns.number("First score, points.")
    score_last = columns.number("Last score, points.")
    scale_max = columns.number("Top of the scale.")
    gap_first = columns.number("Points to it at first.", min=0)
    gap_last = columns.number("Points to it at last.", min=0)
    closed_per_year = columns.number(
        "Share of the distance closed in a year.", "one year only, or at the top at first", max=1
    )


class Convergence(_Segment):
    """``convergence``: one row a dimension and segment."""

    n_provinces = columns.whole("Provinces with a score in both years.", min=2)
    sd_first = columns.number("Standard deviation between provinces in the first year, points.", min=0)
    sd_last = columns.number("The same in the last year.", min=0)
    p_sigma = columns.probability("That both are equal (Pitman and Morgan).")
    beta = columns.number("Points gained a year per point of the first score.")
    beta_low = columns.number("Lower end of its 95 % interval (HC3).")
    beta_high = columns.number("Upper end.")
    p_beta = columns.probability("That beta is 0.")
    reading = columns.choice("What both say.", ("converging", "only_beta", "diverging", "neither"))


class _Standing(OfSeries):
    """A province's standing in a year: standard deviations between provinces, higher is better."""

    province_id = columns.name("Province.")
    year = columns.year("Year.")
    standing = columns.number("The standing.")
    se = columns.number("Its standard error.", min=0)
    low_80 = columns.number("Lower end, 80 %.")
    high_80 = columns.number("Upper end, 80 %.")
    low_95 = columns.number("Lower end, 95 %.")
    high_95 = columns.number("Upper end, 95 %.")
    median_rank = columns.rank("Median of its rank among the provinces with a figure.")
    rank_low_80 = columns.rank("Best rank, 80 %.")
    rank_high_80 = columns.rank("Worst rank, 80 %.")
    rank_low_95 = columns.rank("Best rank, 95 %.")
    rank_high_95 = columns.rank("Worst rank, 95 %.")
    n_ranked = columns.whole("Provinces with a figure.", min=1)
    p_top_ten = columns.probability("Chance of a rank of 10 or better.")
    p_bottom_ten = columns.probability("Chance of one of the last 10 ranks.")
    median_rank_error = columns.number("Monte Carlo standard error of the median rank.", min=0)
    p_error = columns.number("Monte Carlo standard error of the larger of both chances.", min=0)

    @dy.rule()
    def wider_at_95(cls) -> pl.Expr:
        """what holds 95 % holds 80 %, and the median"""
        low = (pl.col("low_95") <= pl.col("low_80")) & (pl.col("rank_low_95") <= pl.col("rank_low_80"))
        high = (pl.col("high_95") >= pl.col("high_80")) & (pl.col("rank_high_95") >= pl.col("rank_high_80"))
        return low & high & pl.col("median_rank").is_between(pl.col("rank_low_80"), pl.col("rank_high_80"))


class Positions(_Standing):
    """``standing.positions``: one row a figure."""

    z = columns.number("The figure, standardised in its year.")
    figure_rank = columns.rank("Rank of the figure.")


class Ahead(_Standing):
    """``standing.ahead``: one row a province and year ahead."""

    years_ahead = columns.whole("Years after the last figure.", min=1)
    figure_se = columns.number("Standard error of a figure still to be published.", min=0)
    figure_low_80 = columns.number("Lower end of its band, 80 %.")
    figure_high_80 = columns.number("Upper end, 80 %.")
    figure_low_95 = columns.number("Lower end, 95 %.")
    figure_high_95 = columns.number("Upper end, 95 %.")

    @dy.rule()
    def a_figure_holds_noise(cls) -> pl.Expr:
        """a figure is less certain than the standing"""
        return pl.col("figure_se") >= pl.col("se")


class Changes(OfSeries):
    """``standing.changes`` and ``p_rise``: one row a province and pair of years."""

    province_id = columns.name("Province.")
    first_year = columns.year("First year.")
    last_year = columns.year("Last year.")
    change = columns.number("Change of the standing, positive for a rise.")
    change_se = columns.number("Its standard error.", min=0)
    p_rise = columns.probability("Probability that the standing rose.")
    n_order_breaks = columns.whole("Breaks of order between.", min=0)

    @dy.rule()
    def a_likely_rise_is_a_rise(cls) -> pl.Expr:
        """the probability is above a half exactly where the change is positive"""
        return (pl.col("change").abs() < 1e-9) | ((pl.col("p_rise") > 0.5) == (pl.col("change") > 0))


class NewestPairs(OfSeries):
    """``newest_pairs``: one row a series with a standing."""

    year_from = columns.year("The last full year but one.")
    year_to = columns.year("The last full year.")


_ONE_FIGURE = "no figure in one of the years"


class JudgedChanges(OfSeries):
    """``judge_changes``: one row a province with a figure in either of two years."""

    province_id = columns.name("Province.")
    year_from = columns.year("First year.")
    year_to = columns.year("Last year.")
    figure_rank_from = columns.rank("Rank of its figure in the first year.", "no figure")
    figure_rank_to = columns.rank("Rank of its figure in the last year.", "no figure")
    places_gained = columns.whole("Places between both, positive is up.", _ONE_FIGURE)
    rank_from = columns.rank("Likely rank of its standing in the first year.", "no figure")
    rank_to = columns.rank("Likely rank of its standing in the last year.", "no figure")
    change = columns.number("Change of the standing, standard deviations between provinces.", _ONE_FIGURE)
    change_se = columns.number("Its standard error.", _ONE_FIGURE, min=0)
    p_rise = columns.probability("Probability that the standing rose.", _ONE_FIGURE)
    test_z = columns.number("Change of the figures over its error if nothing had changed.", _ONE_FIGURE)
    p_value = columns.probability("Of that, two-sided.", _ONE_FIGURE)
    p_adjusted = columns.probability("The same, by Benjamini and Hochberg.", _ONE_FIGURE)
    p_holm = columns.probability("The same, by Holm.", _ONE_FIGURE)
    n_tested = columns.whole("Provinces tested together.", _ONE_FIGURE, min=1)
    freedom = columns.number("Degrees of freedom of the t that p is read off.", _ONE_FIGURE, min=0)
    n_order_breaks = columns.whole("Breaks of order between the years.", _ONE_FIGURE, min=0)
    order_z = columns.number("How much less of the order was kept than usual.", "no usual value")
    verdict = columns.choice("Whether the standing rose or fell.", VERDICTS)
    reason = columns.choice("Why nothing can be said.", REASONS, "something can be said")
    verdict_documented = columns.choice("The verdict if only documented breaks count.", VERDICTS)
    depends_on_detected = columns.flag("That is another verdict.")

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

    year = columns.year("Year.")
    province_id = columns.name("Province.")
    score = columns.number("Sum of the parts, points.")
    n_parts = columns.whole("Parts added up.", min=1)


class Parameters(OfSeries):
    """``standing.parameters``: one row a dimension."""

    phi = columns.number("Persistence of the signal from year to year.", _EDGE)
    phi_se = columns.number("Its standard error.", _EDGE, min=0)
    signal_share = columns.probability("Share of the variance that lasts.", _EDGE)
    signal_share_se = columns.number("Its standard error.", _EDGE, min=0)
    noise_share = columns.probability("Share that does not.", _EDGE)
    kappa = columns.number("What is left of the persistence at a break of order.", "there is no such break")
    kappa_se = columns.number("Its standard error.", _EDGE, min=0)
    log_likelihood = columns.number("At the maximum.", "not estimated")
    n_years = columns.whole("Full years.", min=0)
    first_year = columns.year("First full year.", "there is none")
    last_year = columns.year("Last full year.", "there is none")
    n_provinces = columns.whole("Provinces.", min=0)
    n_figures = columns.whole("Figures.", min=0)
    order_break_years = dy.List(dy.Int64(), description="Years in which the order was redrawn.")
    years_left_out = dy.List(
        dy.Int64(), description="Years of which only a sample is on record, or without spread."
    )
    status = columns.choice(
        "Whether the estimates can be used.",
        ("fitted", "noise_not_separated", "not_converged", "too_short", "no_spread"),
    )


class OrderBreaks(OfSeries):
    """``order_breaks``: one row a dimension and pair of years."""

    year = columns.year("The later of two adjacent years.")
    n = columns.whole("Provinces with both.", min=2)
    level_shift = columns.number("Change of the median, in interquartile ranges of the year before.")
    spread_ratio = columns.number("Standard deviation over that of the year before.", min=0)
    order_kept = columns.number("Rank correlation.", min=-1, max=1)
    order_usual = columns.number("Its median over the other pairs.", "fewer than 2 others", min=-1, max=1)
    order_z = columns.number("Their difference in standard errors.", "no usual value")
    effect = columns.choice("What the change did.", ("order", "level"), "no usual value")
