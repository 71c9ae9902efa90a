"""Tables of figures: observed, promised, scored, claimed, and what was decided about them."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from cds_analysis.dataset.schemas import columns

__all__ = [
    "Accepted",
    "AreaObservations",
    "AreaTargets",
    "Claims",
    "Conflicts",
    "NationalScores",
    "Observations",
    "Scores",
    "Targets",
    "UnitScores",
]


class Observations(dy.Schema):
    """A figure a province reported: one indicator, one date, one source."""

    province_id = columns.slug("Province.", primary_key=True)
    indicator_id = columns.slug("Indicator.", primary_key=True)
    as_of = dy.Date(primary_key=True, description="The day the figure speaks of (the last day of a period).")
    source_id = columns.slug("Source.", primary_key=True)
    value = dy.Float64(description="Value in the indicator's unit.")
    bound = columns.choice(
        "'=' exact, '>=' at least, '>' more than ('hơn 50'), '<=' at most, '<' less than ('dưới 5').",
        ["=", ">=", ">", "<=", "<"],
    )
    numerator = dy.Float64(
        nullable=True, min=0, description="Count above the line, where the source gives it."
    )
    denominator = dy.Float64(
        nullable=True, min=0, description="Count below the line, where the source gives it."
    )
    printed = columns.text("The figure exactly as the source prints it.")
    status = columns.choice(
        "reported by the source, or derived from figures it reports.", ["reported", "derived"]
    )
    locator = dy.String(
        regex=r"^p\d+$", description="Paragraph of the source: its n-th line that is not blank."
    )
    as_of_precision = columns.choice(
        "How well the date is known.", ["day", "month", "quarter", "half_year", "year"]
    )
    note = columns.text("What a reader must know about this figure.", nullable=True)

    @dy.rule()
    def numerator_with_denominator(cls) -> pl.Expr:
        """numerator and denominator must both be given or both be empty"""
        return pl.col("numerator").is_null() == pl.col("denominator").is_null()

    @dy.rule()
    def share_agrees_with_fraction(cls) -> pl.Expr:
        """value must agree with 100 * numerator / denominator to 0.06 percentage points, a whole
        value to 0.5
        """
        share = 100 * pl.col("numerator") / pl.col("denominator")
        is_whole = pl.col("value") == pl.col("value").round()
        rounding = pl.when(is_whole).then(0.5).otherwise(0.06)
        return pl.col("numerator").is_null() | ((share - pl.col("value")).abs() <= rounding)


class Targets(dy.Schema):
    """What was promised: a value to reach by a date, for a province or for the nation."""

    scope = columns.slug("Province id, or 'viet-nam' for a national target.", primary_key=True)
    indicator_id = columns.slug("Indicator.", primary_key=True)
    due = dy.Date(
        primary_key=True,
        description="Date by which the target is to be met; year targets are due on 31 December.",
    )
    source_id = columns.slug("Source.", primary_key=True)
    value = dy.Float64(description="Target value in the indicator's unit.")
    comparator = columns.choice(
        "How the value is meant; 'maintain' keeps a level already reached.",
        [">=", ">", "<=", "=", "maintain"],
    )
    printed = columns.text("The figure exactly as the source prints it.")
    locator = dy.String(
        regex=r"^p\d+$", nullable=True, description="Paragraph of an article; empty for decisions."
    )
    note = columns.text("What a reader must know about this target.", nullable=True)


class AreaObservations(dy.Schema):
    """A figure that one of the 34 units of 2025, or the nation, reported; those of the 63 provinces are in
    observations.
    """

    scope = columns.slug("Unit of 2025, or 'viet-nam'.", primary_key=True)
    indicator_id = columns.slug("Indicator.", primary_key=True)
    as_of = dy.Date(primary_key=True, description="The day the figure speaks of (the last day of a period).")
    source_id = columns.slug("Source.", primary_key=True)
    value = dy.Float64(description="Value in the indicator's unit.")
    bound = columns.choice(
        "'=' exact, '>=' at least, '>' more than ('hơn 50'), '<=' at most, '<' less than ('dưới 5').",
        ["=", ">=", ">", "<=", "<"],
    )
    numerator = dy.Float64(
        nullable=True, min=0, description="Count above the line, where the source gives it."
    )
    denominator = dy.Float64(
        nullable=True, min=0, description="Count below the line, where the source gives it."
    )
    printed = columns.text("The figure exactly as the source prints it.")
    status = columns.choice(
        "reported by the source, or derived from figures it reports.", ["reported", "derived"]
    )
    locator = dy.String(regex=r"^p\d+$", description="Block of the source: its n-th line or cell.")
    as_of_precision = columns.choice(
        "How well the date is known.", ["day", "month", "quarter", "half_year", "year"]
    )
    note = columns.text("What a reader must know about this figure.", nullable=True)


class AreaTargets(dy.Schema):
    """What one of the 34 units of 2025 promised; those of the provinces and the nation are in targets."""

    scope = columns.slug("Unit of 2025.", primary_key=True)
    indicator_id = columns.slug("Indicator.", primary_key=True)
    due = dy.Date(primary_key=True, description="Date by which the target is to be met.")
    source_id = columns.slug("Source.", primary_key=True)
    value = dy.Float64(description="Target value in the indicator's unit.")
    comparator = columns.choice("How the value is meant.", [">=", ">", "<=", "=", "maintain"])
    printed = columns.text("The figure exactly as the source prints it.")
    locator = dy.String(
        regex=r"^p\d+$", nullable=True, description="Block of an article; empty for decisions."
    )
    note = columns.text("What a reader must know about this target.", nullable=True)


class Scores(dy.Schema):
    """A province's score and rank on a dimension of an index in a year."""

    index_id = columns.slug("Index.", primary_key=True)
    dimension_id = columns.slug("Dimension.", primary_key=True)
    year = columns.year("The year measured (not the year of announcement).", primary_key=True)
    province_id = columns.slug("Province.", primary_key=True)
    score = dy.Float64(
        nullable=True, description="Score on the index's scale; empty where only the rank is known."
    )
    rank = dy.Int64(
        nullable=True, min=1, max=64, description="Rank, 1 is best; empty where only the score is known."
    )
    n_ranked = dy.Int64(nullable=True, min=1, max=64, description="How many provinces were ranked that year.")
    status = columns.choice(
        "Status of the score (of the rank where there is no score).", ["reported", "derived", "computed"]
    )
    rank_status = columns.choice(
        "Status of the rank: printed, derived from a printed change or list, or computed from scores.",
        ["reported", "derived", "computed"],
        nullable=True,
    )
    source_id = columns.slug("Source.")
    note = columns.text("What a reader must know about this row.", nullable=True)
    standard_error = dy.Float64(
        nullable=True,
        min=0.0,
        description=(
            "Standard error of the score where its publisher gives one, in points of the score. The column"
            " may be absent."
        ),
        metadata={"optional": True},
    )

    @dy.rule()
    def score_or_rank(cls) -> pl.Expr:
        """a row needs a score or a rank"""
        return pl.col("score").is_not_null() | pl.col("rank").is_not_null()

    @dy.rule()
    def rank_within_n_ranked(cls) -> pl.Expr:
        """rank must not exceed n_ranked"""
        return (pl.col("rank") <= pl.col("n_ranked")).fill_null(True)


class UnitScores(dy.Schema):
    """A published score of one of the 34 units of 2025."""

    index_id = columns.slug("Index.", primary_key=True)
    dimension_id = columns.slug("Dimension.", primary_key=True)
    year = columns.year("The year measured.", primary_key=True)
    unit_id = columns.slug("Unit of 2025.", primary_key=True)
    score = dy.Float64(description="Score on the index's scale.")
    rank = dy.Int64(min=1, max=34, description="Rank among the 34, 1 is best.")
    n_ranked = dy.Int64(min=1, max=34, description="How many units were ranked.")
    status = columns.choice("Status of the score.", ["reported", "derived", "computed"])
    source_id = columns.slug("Source.")


class NationalScores(dy.Schema):
    """A national figure of an index: the mean of the provinces, or the nation's own score."""

    index_id = columns.slug("Index.", primary_key=True)
    dimension_id = columns.slug("Dimension.", primary_key=True)
    year = columns.year("The year measured.", primary_key=True)
    quantity = columns.choice("What the figure is.", ["provincial_mean", "national_score"], primary_key=True)
    score = dy.Float64(description="Score on the index's scale.")
    status = columns.choice("Status of the score.", ["reported", "derived"])
    source_id = columns.slug("Source.")


class Claims(dy.Schema):
    """What an article says about a ranking, to be checked against the published figures."""

    claim_id = columns.slug("Short name of the claim.", primary_key=True)
    province_id = columns.slug("Province.")
    index_id = columns.slug("Index.")
    dimension_id = columns.slug("Dimension.")
    year = columns.year("Year the claim speaks of.")
    from_year = columns.year("For a change: the earlier year.", nullable=True)
    quantity = columns.choice("What is claimed.", ["score", "rank", "places_gained", "region_rank"])
    value = dy.Float64(description="Claimed value; places_gained is positive for a rise.")
    bound = columns.choice("'=' exactly, '<=' at most ('top 3').", ["=", "<="])
    n_ranked = dy.Int64(nullable=True, min=1, max=63, description="Out of how many, where the claim says so.")
    printed = columns.text("The figure exactly as the source prints it.")
    source_id = columns.slug("Source.")
    locator = dy.String(regex=r"^p\d+$", nullable=True, description="Paragraph of the source.")


class Conflicts(dy.Schema):
    """Two sources that disagree about one figure: which was kept, which was not, and why."""

    table = columns.choice(
        "Table of the figure.",
        ["scores", "unit_scores", "claims", "observations", "targets"],
        primary_key=True,
    )
    key = columns.text("Key of the row, its columns joined by '/'.", primary_key=True)
    column = columns.slug("Column that differs.", primary_key=True)
    chosen = columns.text("The figure kept; '-' where none was.")
    other = columns.text("The figure not kept.", primary_key=True)
    reason_vi = columns.text("Why, in Vietnamese.")
    reason_en = columns.text("Why, in English.")
    source_id = columns.slug("Source of the figure not kept.")


class Accepted(dy.Schema):
    """Warnings of the gate that someone has looked at, each with the reason why it stays. It holds for the
    value found then: another value is a new warning.
    """

    rule = columns.slug("Name of the rule, as `cds check` prints it.", primary_key=True)
    table = columns.slug("Table of the figure.", primary_key=True)
    key = columns.text("Key of the row, its columns joined by '/'.", primary_key=True)
    value = dy.String(nullable=True, description="The value found, as `cds check` prints it.")
    reason_vi = columns.text("Why, in Vietnamese.")
    reason_en = columns.text("Why, in English.")
