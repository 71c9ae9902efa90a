"""Results about ranks: tables, moves, uncertainty, lines to the next group."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from cds_analysis.measures.schemas import columns as column
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

    year = column.year("Year that was measured.")
    province_id = column.name("Province.")
    score = column.number("Score, points of the index.", "only a rank is on record")
    rank = column.rank("Rank.", "the table is a sample and no rank is printed")
    rank_basis = column.choice("Where the rank is from.", ("computed", "printed"), "there is no rank")
    printed_rank = column.rank("Rank as a source prints it.", "there is no rank")
    n_ranked = column.whole("Provinces ranked that year.", "not known", min=1)
    is_full = column.flag("Nearly all provinces are on record, so that ranks can be computed.")
    group = column.text("Quartile, or group as the index names it.", "not known from the rows on record")
    segment = column.whole("First year of the definition in force; 0 before any change.", min=0)
    previous_year = column.year("Year before on record.", "this is the first")
    places_gained = column.whole("Places against that year, positive is up.", _ONE_YEAR_MISSING)
    score_change = column.number("Points against that year.", "no score in both, or the definition changed")
    crosses_break = column.flag("The definition changed between both years.", "there is no year before")
    status = column.choice("How the figure came about.", ("reported", "derived", "computed"))
    source_id = column.name("Source of the row.")

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

    province_id = column.name("Province.")
    rank_from = column.rank("Rank in the first year, as published.")
    rank_to = column.rank("Rank in the last year, as published.")
    places_gained = column.whole("Places, positive is up.")
    places_gained_common = column.whole(
        "Places among the provinces of both years.", "a year is only a sample"
    )
    score_from = column.number("Score in the first year.", "only a rank is on record")
    score_to = column.number("Score in the last year.", "only a rank is on record")
    score_change = column.number("Points.", "no score in both years, or the definition changed")
    crosses_break = column.flag("The definition changed between the years.")
    n_common = column.whole("Provinces ranked in both years.", min=1)
    median_move = column.number("Half of the provinces moved at least this many places.", min=0)
    source_ids = column.names("Sources of both ranks.")

    @dy.rule()
    def places_are_the_difference(cls) -> pl.Expr:
        """places gained are the first rank less the last"""
        return pl.col("places_gained") == pl.col("rank_from") - pl.col("rank_to")


class Mobility(OfSeries):
    """``mobility``: one row a dimension and pair of years."""

    year_from = column.year("First year.")
    year_to = column.year("Next year on record.")
    n_common = column.whole("Provinces ranked in both.", min=2)
    spearman = column.number("Rank correlation; 1 is no change.", min=-1, max=1)
    kendall = column.number("Kendall's tau-b; 1 is no change.", min=-1, max=1)
    mean_shift = column.number("Places moved on average, either way.", min=0)
    random_shift = column.number("The same under random ranks.", min=0)
    shift_ratio = column.number("0: nothing moved; 1: as in a lottery.", min=0)
    crosses_break = column.flag("The definition changed between the years.")


class RankAgreement(OfSeries):
    """``rank_agreement``: one row a dimension and run of full tables."""

    first_year = column.year("First year of the run.")
    last_year = column.year("Last year of the run.")
    n_years = column.whole("Years in it.", min=2)
    n_common = column.whole("Provinces ranked in all of them.", min=2)
    n_left_out = column.whole("Provinces missing in at least one.", min=0)
    w = column.probability("Kendall's W; 1 means that nothing ever moved.")
    p_value = column.probability("That random ranks agree as much.")
    w_random = column.probability("Mean W of the permutations.")
    crosses_break = column.flag("A definition changed within the run.")
    draws = column.whole("Permutations.", min=1)
    seed = column.whole("Their seed.")


class Intervals(dy.Schema):
    """``rank_intervals``: one row an index, year and province."""

    index_id = column.name("Index.")
    year = column.year("Year.")
    province_id = column.name("Province.")
    rank_low = column.rank("Best end of the interval.")
    rank_median = column.rank("Median rank of the draws.")
    rank_high = column.rank("Worst end.")
    rank_equal = column.rank("Rank of the plain sum.")
    n_ranked = column.whole("Provinces ranked.", min=1)
    n_left_out = column.whole("Provinces without all dimensions: missing, not last.", min=0)
    n_dimensions = column.whole("Dimensions.", min=1)
    draws = column.whole("Draws.", min=1)
    seed = column.whole("Their seed.")

    @dy.rule()
    def the_median_lies_inside(cls) -> pl.Expr:
        """the median rank lies in the interval"""
        return pl.col("rank_median").is_between(pl.col("rank_low"), pl.col("rank_high"))


class ConfidenceSets(OfSeries):
    """``rank_confidence_sets``: one row a dimension, year and province."""

    year = column.year("Year.")
    province_id = column.name("Province.")
    score = column.number("Score, points.")
    standard_error = column.number("Its standard error under the scenario of the survey.", min=0)
    rank = column.rank("Rank of the score.")
    rank_low = column.rank("Best rank that it may truly have.")
    rank_high = column.rank("Worst rank that it may truly have.")
    rank_high_all = column.rank("The same, were the provinces not published all better.")
    n_ranked = column.whole("Provinces ranked.", min=1)
    level = column.probability("Confidence.")
    is_simultaneous = column.flag("For all provinces at once, not for each by itself.")
    draws = column.whole("Draws.", min=1)
    seed = column.whole("Their seed.")

    @dy.rule()
    def the_rank_lies_inside(cls) -> pl.Expr:
        """the rank lies in its set"""
        return pl.col("rank").is_between(pl.col("rank_low"), pl.col("rank_high"))


class SurveyAssumptions(dy.Schema):
    """``survey_assumptions``: one row an assumption of the scenario behind confidence sets."""

    assumption = column.choice(
        "What is assumed.", ("interviews", "design_effect", "person_sd", "correlation")
    )
    value = column.number("Its value; person_sd in points of the score.", min=0)
    is_given = column.flag("By the caller, not by the register.")


class CutOffs(OfSeries):
    """``cut_offs``: one row a dimension, year and line."""

    year = column.year("Year.")
    segment = column.whole("First year of the definition in force; 0 before any change.", min=0)
    step = column.text("A group, or rank_10 and the like.")
    cut_off = column.number("Score at which it began, points.")
    moved = column.number("Points since the year before.", "the first year, or a new definition")
    n_ranked = column.whole("Provinces ranked.", "not known", min=1)


class NextSteps(OfSeries):
    """``next_steps``: one row a province, dimension and line not yet reached."""

    province_id = column.name("Province.")
    year = column.year("Year of its latest score.")
    score = column.number("That score, points.")
    rank = column.rank("Its rank.", "not ranked")
    step = column.text("A group, or rank_10 and the like.")
    cut_off = column.number("Score at which it begins, points.")
    points_missing = column.number("Points to it.", min=0)
    moved = column.number("Points that the line moved in that year.", "the first year, or a new definition")
    own_change = column.number(
        "Points that the province moved in that year.", "the first year, or a new definition"
    )
    source_id = column.name("Source of the score.")
