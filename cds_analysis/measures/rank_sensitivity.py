"""What would ranks be if other people had been asked, or the index were put together otherwise?

A sensitivity beside the standings of :mod:`cds_analysis.measures.standing`, and not the answer to "is this
rise real?": the survey behind the scores is a scenario, every number of which is assumed unless its publisher
gives a standard error. :func:`survey_assumptions` lists them; whoever shows the ranks shows them too.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import WHOLE
from cds_analysis.measures.rank_method import rank_intervals
from cds_analysis.measures.rank_sampling import rank_confidence_sets, survey_standard_errors

__all__ = ["rank_sensitivity", "survey_assumptions"]

_ASSUMED = ("interviews", "design_effect", "person_sd", "correlation")


def rank_sensitivity(
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
    """Return the ranks under other recipes and under other samples: ``(intervals, sets)``.

    Method intervals (:func:`~cds_analysis.measures.rank_method.rank_intervals`) are made where the register
    says that the index is the sum of the dimensions on record (``aggregation``; an index of other parts must
    not be rebuilt from them), confidence sets
    (:func:`~cds_analysis.measures.rank_sampling.rank_confidence_sets`) where scores carry a published
    standard error or the register knows a survey behind them. `interviews` and `design_effect` replace the
    scenario of the register; with 0 interviews only published errors count. Either frame is empty where it
    does not apply.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> intervals, sets = rank_sensitivity(data.scores, data.indices, index_id="dti", years=[2022, 2023])
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
    known = survey_standard_errors(rows, indices, interviews=interviews or None, design_effect=design_effect)
    if interviews == 0:
        known = known.filter("is_published_error")
    sets = rank_confidence_sets(known.filter(pl.col("dimension_id") == dimension_id), draws=draws, seed=seed)
    return intervals, sets


def survey_assumptions(
    indices: pl.DataFrame,
    *,
    index_id: str,
    dimension_id: str = WHOLE,
    interviews: float | None = None,
    design_effect: float | None = None,
) -> pl.DataFrame:
    """List what the scenario of a survey assumes; no sampling error of a province is on record.

    Returns
    -------
    polars.DataFrame
        ``assumption`` (interviews, design_effect, person_sd, correlation), ``value``, ``is_given`` (by the
        caller, not the register). ``person_sd`` is that of one person's score on a dimension (of the whole:
        on each of its dimensions), ``correlation`` that between a person's scores on two dimensions, only
        where the series is a sum. Empty where no survey is known.

    Examples
    --------
    >>> from cds_analysis import load
    >>> survey_assumptions(load().indices, index_id="papi", interviews=400).rows()
    [('interviews', 400.0, True), ('design_effect', 2.0, False), ('person_sd', 1.5, False), ('correlation',
    0.2, False)]
    """
    given = {"interviews": interviews, "design_effect": design_effect}
    row = indices.filter(pl.col("index_id") == index_id, pl.col("dimension_id") == dimension_id).drop_nulls(
        "interviews"
    )
    known = row.row(0, named=True) if row.height else {}
    values = []
    for name in _ASSUMED:
        own, other = known.get(name), given.get(name)
        if own is not None:
            values.append((name, float(own if other is None else other), other is not None))
    schema = {"assumption": pl.String, "value": pl.Float64, "is_given": pl.Boolean}
    return pl.DataFrame(values, schema=schema, orient="row")
