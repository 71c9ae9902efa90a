"""Is this rise real? A province's move between two years beside everything that moves ranks without anything
having changed.

Three rods measure a move: the shift that random ranks would give; how far the rank depends on the recipe of
the index (method); and how far it depends on who was interviewed (sampling, for
surveys under a labelled scenario). A rank is said to have moved by more than noise only where the intervals of the two years do not
touch, under both kinds of uncertainty; that is strict, so the score is asked too: a score that changed
against the country by more than 1.96 of its standard errors moved, even where the rank cannot be told apart.
Not told apart from noise is not the same as noise. A move that passes is real *in the index*; it does not
say what caused it.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import WHOLE
from cds_analysis.measures.rank_method import rank_intervals
from cds_analysis.measures.rank_sampling import rank_confidence_sets, survey_standard_errors
from cds_analysis.measures.ranks import places_gained, random_move

__all__ = ["VERDICTS", "judge_moves", "uncertainty"]

VERDICTS = (
    "more_than_noise",  # both kinds of intervals of the two years are apart
    "score_only",  # the score moved against the country by more than sampling error, the rank's intervals overlap
    "not_told_apart",  # neither the rank nor the score can be told apart from noise
    "no_move",  # same rank
    "cannot_say",  # changed definition, a sample of provinces, or an uncertainty that is not known
)
SURE_Z = 1.96  # two-sided 5 % of a normal variable
_RODS = ["rank_low", "rank_high"]


def uncertainty(
    scores: pl.DataFrame,
    indices: pl.DataFrame,
    *,
    index_id: str,
    dimension_id: str = WHOLE,
    years: list[int],
    interviews: float | None = None,
    design_effect: float | None = None,
    draws: int = 1000,
    seed: int = 2025,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what is known of the uncertainty of ranks: ``(intervals, sets)`` for :func:`judge_moves`.

    Method intervals are made where the register says that the index is the sum of the dimensions on record
    (``aggregation``; DTI, for one, must not be rebuilt from its pillars), confidence sets where it knows a survey
    behind the scores. `interviews` and `design_effect` replace the scenario of the register; with 0 interviews
    there are no sets. Either frame is empty where it does not apply.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> intervals, sets = uncertainty(data.scores, data.indices, index_id="dti", years=[2022, 2023])
    >>> intervals.height, sets.height
    (0, 0)
    """
    rows = scores.filter((pl.col("index_id") == index_id) & pl.col("year").is_in(years))
    parts = indices.filter((pl.col("index_id") == index_id) & (pl.col("parent_id") == WHOLE))[
        "dimension_id"
    ].to_list()
    is_sum = (pl.col("dimension_id") == WHOLE) & (pl.col("aggregation") == "sum")
    has_sum = indices.filter((pl.col("index_id") == index_id) & is_sum).height > 0
    is_composite = has_sum and dimension_id == WHOLE
    intervals = rank_intervals(
        rows.filter(pl.col("dimension_id").is_in(parts) & pl.lit(is_composite)), draws=draws, seed=seed
    )
    is_asked = interviews is None or interviews > 0
    known = survey_standard_errors(
        rows, indices, interviews=interviews if is_asked else None, design_effect=design_effect
    )
    sets = rank_confidence_sets(
        known.filter((pl.col("dimension_id") == dimension_id) & pl.lit(is_asked)),
        draws=draws,
        seed=seed,
    )
    return intervals, sets


def judge_moves(
    ranked: pl.DataFrame,
    intervals: pl.DataFrame,
    sets: pl.DataFrame,
    *,
    index_id: str,
    dimension_id: str = WHOLE,
    year_from: int,
    year_to: int,
) -> pl.DataFrame:
    """Judge every province's move between two years.

    Parameters
    ----------
    ranked
        From :func:`~cds_analysis.measures.ranks.ranks`.
    intervals
        From :func:`~cds_analysis.measures.rank_method.rank_intervals`; pass an empty one where the dimension
        is not a composite.
    sets
        From :func:`~cds_analysis.measures.rank_sampling.rank_confidence_sets`; pass an empty one where the
        index is not a survey.
    index_id, dimension_id, year_from, year_to
        Which table and which two years.

    Returns
    -------
    polars.DataFrame
        The columns of :func:`~cds_analysis.measures.ranks.places_gained` and ``random_shift`` (places),
        ``share_moved_less`` (percent of the other provinces that moved fewer places, either way);
        ``method_low_from, method_high_from, method_low_to, method_high_to`` and likewise ``sample_...``
        (ranks; null where unknown); ``score_z`` (change of score less the median change of all, in its
        standard errors under the scenario; null across a break); ``verdict`` (one of :data:`VERDICTS`) and
        ``reason`` (definition, sample_of_provinces, unknown_uncertainty, both_apart, method_overlaps,
        sampling_overlaps, same_rank).

    Examples
    --------
    >>> from cds_analysis import load, ranks
    >>> data = load()
    >>> ranked = ranks(data.scores, data.breaks, data.indices)
    >>> intervals, sets = uncertainty(data.scores, data.indices, index_id="papi", years=[2023, 2024])
    >>> found = judge_moves(ranked, intervals, sets, index_id="papi", year_from=2023, year_to=2024)
    >>> found.filter(pl.col("province_id") == "lang-son").select("places_gained", "verdict").row(0)
    (9, 'not_told_apart')
    """
    moved = places_gained(
        ranked, index_id=index_id, dimension_id=dimension_id, year_from=year_from, year_to=year_to
    )
    size = pl.col("places_gained").abs()
    n = pl.col("n_common")
    moved = moved.with_columns(
        random_shift=pl.lit(random_move(moved.height))
        if moved.height > 1
        else pl.lit(None, dtype=pl.Float64),
        share_moved_less=pl.when(n > 1).then(100 * (size.rank("min") - 1) / (n - 1)),
    )
    methods = intervals.filter(pl.col("index_id") == index_id) if dimension_id == WHOLE else intervals.clear()
    samples = sets.filter((pl.col("index_id") == index_id) & (pl.col("dimension_id") == dimension_id))
    for name, rods in (("method", methods), ("sample", samples)):
        for end, year in (("from", year_from), ("to", year_to)):
            one = rods.filter(pl.col("year") == year).select(
                "province_id", *(pl.col(c).alias(c.replace("rank", name) + f"_{end}") for c in _RODS)
            )
            moved = moved.join(one, on="province_id", how="left", validate="1:1")
    errors = [
        samples.filter(pl.col("year") == y).select("province_id", pl.col("standard_error").alias(f"_se_{y}"))
        for y in (year_from, year_to)
    ]
    for one in errors:
        moved = moved.join(one, on="province_id", how="left", validate="1:1")
    both = (pl.col(f"_se_{year_from}") ** 2 + pl.col(f"_se_{year_to}") ** 2).sqrt()
    moved = moved.with_columns(
        score_z=(pl.col("score_change") - pl.col("score_change").median()) / both
    ).drop(f"_se_{year_from}", f"_se_{year_to}")
    has_methods, has_samples = methods.height > 0, samples.height > 0
    known = (
        (pl.col("method_low_to").is_not_null() & pl.col("method_low_from").is_not_null())
        if has_methods
        else pl.lit(True)
    )
    known &= (
        (pl.col("sample_low_to").is_not_null() & pl.col("sample_low_from").is_not_null())
        if has_samples
        else pl.lit(False)
    )
    has_moved = (pl.col("score_z").abs() > SURE_Z).fill_null(False)
    steps = [
        (pl.col("crosses_break"), "cannot_say", "definition"),
        (pl.col("places_gained_common").is_null(), "cannot_say", "sample_of_provinces"),
        (pl.col("places_gained") == 0, "no_move", "same_rank"),
        (~known, "cannot_say", "unknown_uncertainty"),
        (~_apart("sample") & has_moved, "score_only", "sampling_overlaps"),
        (~_apart("sample"), "not_told_apart", "sampling_overlaps"),
        (~_apart("method") & has_moved if has_methods else pl.lit(False), "score_only", "method_overlaps"),
        (~_apart("method") if has_methods else pl.lit(False), "not_told_apart", "method_overlaps"),
    ]
    verdict = reason = pl.when(False).then(pl.lit(""))
    for condition, name, why in steps:
        verdict, reason = verdict.when(condition).then(pl.lit(name)), reason.when(condition).then(pl.lit(why))
    return moved.with_columns(
        verdict=verdict.otherwise(pl.lit("more_than_noise")), reason=reason.otherwise(pl.lit("both_apart"))
    )


def _apart(name: str) -> pl.Expr:
    """Whether the intervals of the two years do not touch."""
    low_from, high_from, low_to, high_to = (
        pl.col(f"{name}_{c}") for c in ("low_from", "high_from", "low_to", "high_to")
    )
    return (high_to < low_from) | (high_from < low_to)
