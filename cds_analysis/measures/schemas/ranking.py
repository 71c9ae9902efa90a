"""Results about ranks: tables, moves, uncertainty, lines to the next group."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from cds_analysis.measures.schemas import columns
from cds_analysis.measures.schemas.columns import OfSeries

__all__ = [
    "ConfidenceSets",
    "CutOffs",
    "Intervals",
    "Mobility",
    "NextSteps",
    "PlacesGained",
    "RankAgreement",
    "Ranks",
    "SurveyAssumptions",
]

_ONE_YEAR_MISSING = "not ranked in both years"


class Ranks(OfSeries):
    """``ranks``: one row a province, dimension and year."""

    year = columns.year("Year that was measured.")
    province_id = columns.name("Province.")
    score = columns.number("Score, points of the index.", "only a rank is on record")
    rank = columns.rank("Rank.", "the table is a sample and no rank is printed")
    rank_basis = columns.choice("Where the rank is from.", ("computed", "printed"), "there is no rank")
    printed_rank = columns.rank("Rank as a source prints it.", "there is no rank")
    n_ranked = columns.whole("Provinces ranked that year.", "not known", min=1)
    is_full = columns.flag("Nearly all provinces are on record, so that ranks can be computed.")
    group = columns.text("Quartile, or group as the index names it.", "not known from the rows on record")
    segment = columns.whole("First year of the definition in force; 0 before any change.", min=0)
    previous_year = columns.year("Year before on record.", "this is the first")
    places_gained = columns.whole("Places against that year, positive is up.", _ONE_YEAR_MISSING)
    score_change = columns.number("Points against that year.", "no score in both, or the definition changed")
    crosses_break = columns.flag("The definition changed between both years.", "there is no year before")
    status = columns.choice("How the figure came about.", ("reported", "derived", "computed"))
    source_id = columns.name("Source of the row.")

    @dy.rule()
    def ranks_lie_among_the_ranked(cls) -> pl.Expr:
        """a rank is at most the number of provinces ranked"""
        return pl.col("rank") <= pl.col("n_ranked")

    @dy.rule()
    def a_basis_for_every_rank(cls) -> pl.Expr:
        """a rank has a basis, and only a rank"""
        return pl.col("rank").is_null() == pl.col("rank_basis").is_null()


class PlacesGained(dy.Schema):
    """``places_gained``: one row a province ranked in both years."""

    province_id = columns.name("Province.")
    rank_from = columns.rank("Rank in the first year, as published.")
    rank_to = columns.rank("Rank in the last year, as published.")
    places_gained = columns.whole("Places, positive is up.")
    places_gained_common = columns.whole(
        "Places among the provinces of both years.", "a year is only a sample"
    )
    score_from = columns.number("Score in the first year.", "only a rank is on record")
    score_to = columns.number("Score in the last year.", "only a rank is on record")
    score_change = columns.number("Points.", "no score in both years, or the definition changed")
    crosses_break = columns.flag("The definition changed between the years.")
    n_common = columns.whole("Provinces ranked in both years.", min=1)
    median_move = columns.number("Half of the provinces moved at least this many places.", min=0)
    source_ids = columns.names("Sources of both ranks.")

    @dy.rule()
    def places_are_the_difference(cls) -> pl.Expr:
        """places gained are the first rank less the last"""
        return pl.col("places_gained") == pl.col("rank_from") - pl.col("rank_to")


class Mobility(OfSeries):
    """``mobility``: one row a dimension and pair of years."""

    year_from = columns.year("First year.")
    year_to = columns.year("Next year on record.")
    n_common = columns.whole("Provinces ranked in both.", min=2)
    spearman = columns.number("Rank correlation; 1 is no change.", min=-1, max=1)
    kendall = columns.number("Kendall's tau-b; 1 is no change.", min=-1, max=1)
    mean_shift = columns.number("Places moved on average, either way.", min=0)
    random_shift = columns.number("The same under random ranks.", min=0)
    shift_ratio = columns.number("0: nothing moved; 1: as in a lottery.", min=0)
    crosses_break = columns.flag("The definition changed between the years.")


class RankAgreement(OfSeries):
    """``rank_agreement``: one row a dimension and run of full tables."""

    first_year = columns.year("First year of the run.")
    last_year = columns.year("Last year of the run.")
    n_years = columns.whole("Years in it.", min=2)
    n_common = columns.whole("Provinces ranked in all of them.", min=2)
    n_left_out = columns.whole("Provinces missing in at least one.", min=0)
    w = columns.probability("Kendall's W; 1 means that nothing ever moved.")
    p_value = columns.probability("That random ranks agree as much.")
    w_random = columns.probability("Mean W of the permutations.")
    crosses_break = columns.flag("A definition changed within the run.")
    draws = columns.whole("Permutations.", min=1)
    seed = columns.whole("Their seed.")


class Intervals(dy.Schema):
    """``rank_intervals``: one row an index, year and province."""

    index_id = columns.name("Index.")
    year = columns.year("Year.")
    province_id = columns.name("Province.")
    rank_low = columns.rank("Best end of the interval.")
    rank_median = columns.rank("Median rank of the draws.")
    rank_high = columns.rank("Worst end.")
    rank_equal = columns.rank("Rank of the plain sum.")
    n_ranked = columns.whole("Provinces ranked.", min=1)
    n_left_out = columns.whole("Provinces without all dimensions: missing, not last.", min=0)
    n_dimensions = columns.whole("Dimensions.", min=1)
    draws = columns.whole("Draws.", min=1)
    seed = columns.whole("Their seed.")

    @dy.rule()
    def the_median_lies_inside(cls) -> pl.Expr:
        """the median rank lies in the interval"""
        return pl.col("rank_median").is_between(pl.col("rank_low"), pl.col("rank_high"))


class ConfidenceSets(OfSeries):
    """``rank_confidence_sets``: one row a dimension, year and province."""

    year = columns.year("Year.")
    province_id = columns.name("Province.")
    score = columns.number("Score, points.")
    standard_error = columns.number("Its standard error under the scenario of the survey.", min=0)
    rank = columns.rank("Rank of the score.")
    rank_low = columns.rank("Best rank that it may truly have.")
    rank_high = columns.rank("Worst rank that it may truly have.")
    rank_high_all = columns.rank("The same, were the provinces not published all better.")
    n_ranked = columns.whole("Provinces ranked.", min=1)
    level = columns.probability("Confidence.")
    is_simultaneous = columns.flag("For all provinces at once, not for each by itself.")
    draws = columns.whole("Draws.", min=1)
    seed = columns.whole("Their seed.")

    @dy.rule()
    def the_rank_lies_inside(cls) -> pl.Expr:
        """the rank lies in its set"""
        return pl.col("rank").is_between(pl.col("rank_low"), pl.col("rank_high"))


class SurveyAssumptions(dy.Schema):
    """``survey_assumptions``: one row an assumption of the scenario behind confidence sets."""

    assumption = columns.choice(
        "What is assumed.", ("interviews", "design_effect", "person_sd", "correlation")
    )
    value = columns.number("Its value; person_sd in points of the score.", min=0)
    is_given = columns.flag("By the caller, not by the register.")


class CutOffs(OfSeries):
    """``cut_offs``: one row a dimension, year and line."""

    year = columns.year("Year.")
    segment = columns.whole("First year of the definition in force; 0 before any change.", min=0)
    step = columns.text("A group, or rank_10 and the like.")
    cut_off = columns.number("Score at which it began, points.")
    moved = columns.number("Points since the year before.", "the first year, or a new definition")
    n_ranked = columns.whole("Provinces ranked.", "not known", min=1)


class NextSteps(OfSeries):
    """``next_steps``: one row a province, dimension and line not yet reached."""

    province_id = columns.name("Province.")
    year = columns.year("Year of its latest score.")
    score = columns.number("That score, points.")
    rank = columns.rank("Its rank.", "not ranked")
    step = columns.text("A group, or rank_10 and the like.")
    cut_off = columns.number("Score at which it begins, points.")
    points_missing = columns.number("Points to it.", min=0)
    moved = columns.number("Points that the line moved in that year.", "the first year, or a new definition")
    own_change = columns.number(
        "Points that the province moved in that year.", "the first year, or a new definition"
    )
    source_id = columns.name("Source of the score.")
