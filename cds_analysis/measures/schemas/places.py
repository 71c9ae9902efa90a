"""Results that set provinces side by side: peers, regions, documents and citizens, claims, merged units."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from cds_analysis.measures.claims import CLAIM_VERDICTS
from cds_analysis.measures.schemas import columns
from cds_analysis.measures.schemas.columns import OfSeries

__all__ = [
    "BridgedObservations",
    "BridgedScores",
    "CheckedClaims",
    "CheckedRatios",
    "Cohesion",
    "Compared",
    "Correlations",
    "Differences",
    "PartsOfUnits",
    "Peers",
    "Percentiles",
    "RegionSplit",
    "Reporting",
    "Selection",
    "Stability",
]


class Compared(dy.Schema):
    """``compare`` with peers: one row a province and series."""

    province_id = columns.name("Province.")
    series_id = columns.name("What is compared: an indicator, or index/dimension.")
    value = columns.number("Latest value, in the series' unit.")
    as_of = columns.day("Day that it speaks of.")
    direction = columns.whole("1: higher is better; -1: lower is better.", min=-1, max=1)
    region_id = columns.name("Region of the province.", "not in the register")
    national_median = columns.number("Median of all provinces that report.")
    region_median = columns.number("Median of its region.")
    best = columns.number("Best value.")
    diff_national = columns.number("Against the national median; positive is better.")
    diff_region = columns.number("Against its region's median; positive is better.")
    diff_best = columns.number("Against the best.", max=0)
    percentile = columns.number(
        "0 worst, 100 best: percent of the others that do worse.", "alone", min=0, max=100
    )
    robust_z = columns.number("Against the median, in 1.4826 MAD; positive is better.", "the MAD is 0")
    n_reporting = columns.whole("Provinces that report.", min=1)
    n_region = columns.whole("Of its region.", min=1)
    n_obs = columns.whole("Figures of the province.", min=1)
    first_as_of = columns.day("Day of its first figure.")
    source_ids = columns.names("Sources of its figures.")
    peer_median = columns.number("Median of its structural peers.", "none of them reports")
    diff_peers = columns.number("Against that; positive is better.", "none of them reports")
    n_peers = columns.whole("Peers that report.", min=0)

    @dy.rule()
    def a_region_is_part_of_the_country(cls) -> pl.Expr:
        """no more provinces report in the region than in the country"""
        return pl.col("n_region") <= pl.col("n_reporting")


class Peers(dy.Schema):
    """``structural_peers``: one row a province and peer."""

    province_id = columns.name("Province.")
    peer_id = columns.name("A province like it in income, size and urbanisation.")
    peer_order = columns.whole("1 is nearest.", min=1)
    distance = columns.number("Standard deviations.", min=0)
    year = columns.year("Year of the figures.")

    @dy.rule()
    def nobody_is_its_own_peer(cls) -> pl.Expr:
        """a province is not its own peer"""
        return pl.col("province_id") != pl.col("peer_id")


class Percentiles(dy.Schema):
    """``percentiles``: one row an index, year and province with an overall rank."""

    index_id = columns.name("Index.")
    year = columns.year("Year.")
    province_id = columns.name("Province.")
    percentile = columns.number("100 is first, 0 last.", min=0, max=100)
    is_full = columns.flag("Nearly all provinces are on record.")
    source_id = columns.name("Source of the rank.")


class _Views(dy.Schema):
    """An index of documents and one of citizens' views."""

    documents = columns.name("Index that rests on documents.")
    citizens = columns.name("Index that rests on citizens' views.")


class Differences(_Views):
    """``view_differences``: one row a pair, year and province."""

    year = columns.year("Year.")
    province_id = columns.name("Province.")
    percentile_documents = columns.number("100 is first, 0 last.", min=0, max=100)
    percentile_citizens = columns.number("100 is first, 0 last.", min=0, max=100)
    difference = columns.number("Percentile points; positive is better in documents.", min=-100, max=100)
    is_sample = columns.flag("At least one of both tables is not complete.")
    source_ids = columns.names("Sources of both ranks.")


class Stability(_Views):
    """``view_stability``: one row a pair and province."""

    province_id = columns.name("Province.")
    n_years = columns.whole("Years with both ranks.", min=1)
    first_year = columns.year("First of them.")
    last_year = columns.year("Last of them.")
    mean_difference = columns.number("Percentile points; positive is better in documents.", min=-100, max=100)
    sd_difference = columns.number("Between years.", "one year only", min=0)
    n_positive = columns.whole("Years in which it was positive.", min=0)
    source_ids = columns.names("Sources of the ranks.")
    reading = columns.choice(
        "Whether it keeps its sign.", ("documents_higher", "citizens_higher", "mixed", "too_short")
    )


class Correlations(_Views):
    """``view_correlations``: one row a pair and year."""

    year = columns.year("Year.")
    n = columns.whole("Provinces with both ranks.", min=10)
    spearman = columns.number("Rank correlation.", min=-1, max=1)
    low = columns.number("Lower end of its interval (bootstrap over provinces).", min=-1, max=1)
    high = columns.number("Upper end.", min=-1, max=1)
    is_sample = columns.flag("At least one of both tables is not complete.")
    draws = columns.whole("Draws.", min=1)
    seed = columns.whole("Their seed.")
    source_ids = columns.names("Sources of the ranks.")


class RegionSplit(OfSeries):
    """``region_split``: one row a dimension and year."""

    year = columns.year("Year.")
    n_provinces = columns.whole("Provinces.", min=2)
    total = columns.number("Theil's T.", min=0)
    between = columns.number("Of it between regions.", min=-1e-12)
    within = columns.number("Of it within regions.", min=-1e-12)
    share_between = columns.probability("The first over the total.")
    share_random = columns.probability("The same with regions drawn at random.")
    p_value = columns.probability("That random regions split the spread as much.")
    draws = columns.whole("Permutations.", min=1)
    seed = columns.whole("Their seed.")

    @dy.rule()
    def parts_make_the_total(cls) -> pl.Expr:
        """what lies between and what lies within make the total"""
        return (pl.col("total") - pl.col("between") - pl.col("within")).abs() < 1e-9


class Cohesion(OfSeries):
    """``rank_cohesion``: one row a dimension and year."""

    year = columns.year("The later of two years.")
    n_provinces = columns.whole("Provinces ranked in both.", min=2)
    theta = columns.probability("1: the provinces of each region moved alike.")
    theta_random = columns.probability("Mean under random regions.")
    p_value = columns.probability("That random regions move together as much.")
    draws = columns.whole("Permutations.", min=1)
    seed = columns.whole("Their seed.")


class CheckedClaims(dy.Schema):
    """``check_claims``: the table ``claims`` with what is on record."""

    claim_id = columns.name("Claim.")
    province_id = columns.name("Province.")
    index_id = columns.name("Index.")
    dimension_id = columns.name("Dimension.")
    year = columns.year("Year that is claimed.")
    from_year = columns.year("Year that a change is counted from.", "no change is claimed")
    quantity = columns.choice("What is claimed.", ("rank", "region_rank", "score", "places_gained"))
    value = columns.number("The figure that is claimed.")
    bound = columns.choice("Whether it is exact.", ("=", ">", ">=", "<", "<="))
    n_ranked = columns.whole("Of how many.", "not said", min=1)
    printed = columns.text("As printed.")
    source_id = columns.name("Who claims it.")
    locator = columns.text("Where.", "not recorded")
    found = columns.number("The figure on record.", "there is none")
    found_source_ids = columns.names("Its sources; empty where there is none.")
    verdict = columns.choice("Verdict.", CLAIM_VERDICTS)
    reason = columns.choice(
        "Why not confirmed.",
        ("same_source", "no_figure", "region_incomplete", "number_ranked"),
        "the verdict rests on a figure",
    )


class CheckedRatios(dy.Schema):
    """``check_ratios``: what it adds to the observations with numerator and denominator."""

    numerator = columns.number("As printed.", min=0)
    denominator = columns.number("As printed.", min=0)
    computed = columns.number("Percent, not rounded.", min=0)
    decimals = columns.whole("Of the value on record.", min=0)
    verdict = columns.choice("Whether it rounds to the value.", ("confirmed", "contradicted"))


class _Bridged(dy.Schema):
    """A figure of a unit of 2025."""

    unit_id = columns.name("Unit of 2025.")
    is_estimate = columns.flag("Computed from several provinces, not published.")
    n_parts = columns.whole("Provinces it was formed from.", min=1)
    source_ids = columns.names("Sources of the figures used.")


class BridgedScores(_Bridged):
    """``bridge_scores``: one row a unit, dimension and year."""

    index_id = columns.name("Index.")
    dimension_id = columns.name("Dimension.")
    year = columns.year("Year.")
    score = columns.number("Score, points.", "only a rank is published")
    rule = columns.choice(
        "How it came about.", ("unchanged", "plain_mean", "population_weighted", "published")
    )
    lowest_part = columns.number("Lowest score of the parts.", "only the unit's own is on record")
    highest_part = columns.number("Highest score of the parts.", "only the unit's own is on record")
    spread = columns.number("Points between both; 0 for one part.", "only the unit's own is on record", min=0)
    parts = columns.names("The provinces.", "only the unit's own is on record")

    @dy.rule()
    def an_estimate_lies_between_its_parts(cls) -> pl.Expr:
        """an estimate lies between the lowest and the highest of its parts"""
        inside = pl.col("score").is_between(pl.col("lowest_part") - 1e-9, pl.col("highest_part") + 1e-9)
        return ~pl.col("is_estimate") | inside


class BridgedObservations(_Bridged):
    """``bridge_observations``: one row a unit, indicator and day."""

    indicator_id = columns.name("Indicator.")
    as_of = columns.day("Day that the figure speaks of.")
    value = columns.number("Figure, in the indicator's unit.")
    rule = columns.choice(
        "How it came about.", ("unchanged", "sum", "denominator_weighted", "population_weighted")
    )
    spread = columns.number("Between the parts, in the indicator's unit.", "a sum", min=0)


class PartsOfUnits(OfSeries):
    """``parts_of_units``: one row a province, dimension and year."""

    year = columns.year("Year.")
    province_id = columns.name("Province.")
    unit_id = columns.name("The unit it became part of.")
    score = columns.number("The province's score, points.")
    unit_score = columns.number("The unit's score, points.")
    difference = columns.number("Province less unit, points.")
    is_estimate = columns.flag("The unit's score is an estimate.")


class Reporting(dy.Schema):
    """``reporting``: one row a province."""

    province_id = columns.name("Province.")
    n_figures = columns.whole("Figures on record.", min=0)
    n_indicators = columns.whole("Indicators with a figure.", min=0)
    first_as_of = columns.day("Day of the oldest figure.", "there is none")
    last_as_of = columns.day("Day of the newest.", "there is none")
    n_placed = columns.whole("Of its indicators, those that at least five provinces report.", min=0)
    mean_percentile = columns.number(
        "Mean place of its latest figures among those of all that report them, 100 is best.",
        "nothing is placed",
        min=0,
        max=100,
    )


_OWN_FIGURES = "the row of the provinces' own figures"


class Selection(dy.Schema):
    """``selection``: one row a series, and one of the provinces' own figures."""

    index_id = columns.name("Index.", _OWN_FIGURES)
    dimension_id = columns.name("Dimension.", _OWN_FIGURES)
    year = columns.year("Latest full year.", _OWN_FIGURES)
    n = columns.whole("Provinces.", min=1)
    spearman = columns.number("Rank correlation with the number of indicators reported.", min=-1, max=1)
    low = columns.number("Lower end of its 95 % interval.", min=-1, max=1)
    high = columns.number("Upper end.", min=-1, max=1)
    source_ids = columns.names("Sources of the ranks; empty in the row of the provinces' own figures.")
