"""Which ranks could be true, given that scores come from a sample? (sampling uncertainty)

A confidence set for a rank is made from the differences between provinces: those that are surely better set
its best end, those that are surely worse its other end. "Surely" holds for all comparisons at once, with a
critical value drawn from their joint distribution, and is sharpened step by step. *Marginal* sets hold for
one province picked beforehand with the stated confidence; *simultaneous* sets hold for the whole table at
once.

The standard errors are an input. Where a publisher gives them they stand in ``scores`` (``standard_error``);
none of the bundled tables has any. For the others :func:`survey_standard_errors` makes a **scenario** from a
number of interviews, a design effect and a spread between persons; whatever is computed from it must be shown
as such.

Reference: Mogstad, Romano, Shaikh and Wilhelm (2024), Inference for Ranks with Applications to Mobility
across Neighbourhoods and Academic Achievement across Countries, Review of Economic Studies 91(1); Romano and
Wolf (2005) for the stepwise method.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from cds_analysis.dataset.register import WHOLE
from cds_analysis.errors import ParameterError

__all__ = ["rank_confidence_sets", "rank_sets", "survey_standard_errors"]

_TABLE = ["index_id", "dimension_id", "year"]


def rank_sets(
    scores,
    standard_errors,
    *,
    level: float = 0.95,
    simultaneous: bool = False,
    draws: int = 1000,
    seed: int = 2025,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the best and the worst rank that each province may truly have, ``(low, high)``.

    Parameters
    ----------
    scores, standard_errors
        One number a province; higher scores are better; errors are taken as independent between provinces
        and close to normal.
    level
        Confidence of each set (marginal) or of all sets together (simultaneous).
    draws, seed
        Of the joint distribution of the differences.

    Raises
    ------
    ParameterError
        When lengths differ, a score is missing, an error is negative, or `level` is outside (0, 1).

    Examples
    --------
    >>> low, high = rank_sets([10.0, 5.0, 4.9], [0.1, 0.1, 0.1])
    >>> low.tolist(), high.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    x, se = np.asarray(scores, dtype=float), np.asarray(standard_errors, dtype=float)
    if (
        x.shape != se.shape
        or x.ndim != 1
        or not np.isfinite(x).all()
        or not np.isfinite(se).all()
        or (se < 0).any()
    ):
        raise ParameterError("every province needs a score and a standard error of zero or more")
    if not 0 < level < 1 or draws < 1:
        raise ParameterError(
            f"level must lie between 0 and 1 and draws be at least 1, not {level!r} and {draws!r}"
        )
    if len(x) < 2:
        return np.ones(len(x), dtype=int), np.ones(len(x), dtype=int)
    noise = np.random.default_rng(seed).standard_normal((len(x), draws), dtype=np.float32)
    sample = _Sample(x, se, noise * se.astype(np.float32)[:, None])
    if simultaneous:
        better, worse = _together(sample, level)
    else:
        better, worse = np.transpose([_alone(sample, level, j) for j in range(len(x))])
    return 1 + better, len(x) - worse


class _Sample:
    """Scores with their errors, and what noise alone makes of differences, for as many units as one likes.

    Units of one standard error are a group, each group in order of its scores. Within a group those that are
    surely better than a unit are the last few, so that the largest noise of those about whom nothing is sure
    yet is a running maximum, made once for all units. Time grows with the units times the groups, and memory
    with the units times the draws.
    """

    def __init__(self, x: np.ndarray, se: np.ndarray, noise: np.ndarray) -> None:
        self.errors, group = np.unique(se, return_inverse=True)
        order = np.lexsort((x, group))
        self.x, self.se, self.noise = x, se, noise
        self.sorted_x, self.sorted_se = x[order], se[order]
        self.starts = np.searchsorted(group[order], np.arange(len(self.errors)))
        self.sizes = np.diff(np.append(self.starts, len(x)))
        # One row more than units in each group: the first is of nobody, whose noise is never the largest.
        self.most = np.full((len(x) + len(self.errors), noise.shape[1]), -np.inf, dtype=np.float32)
        self.least = np.full_like(self.most, np.inf)
        self.rows = self.starts + np.arange(len(self.errors))
        for start, size, row in zip(self.starts, self.sizes, self.rows):
            own = noise[order[start : start + size]]
            np.maximum.accumulate(own, out=self.most[row + 1 : row + 1 + size])
            np.minimum.accumulate(own[::-1], out=self.least[row + 1 : row + 1 + size])

    def ahead(self, j: int) -> np.ndarray:
        """How far each unit is ahead of `j`, in standard errors of the difference, by group and score."""
        return _in_errors(self.sorted_x - self.x[j], np.hypot(self.sorted_se, self.se[j]))

    def sure(self, ahead: np.ndarray, critical: float) -> np.ndarray:
        """How many of each group are surely better, and how many surely worse (two rows)."""
        found = np.stack([ahead > critical, -ahead > critical])
        return np.add.reduceat(found, self.starts, axis=1, dtype=np.int32)

    def largest(self, j: int, sure: np.ndarray) -> np.ndarray:
        """Return, for each draw, the largest difference that noise alone makes between `j` and those of whom
        it is not sure yet whether they are better, or worse. `j` differs from itself by zero, which changes
        nothing.
        """
        apart = np.hypot(self.errors, self.se[j]).astype(np.float32)[:, None]
        apart[apart == 0] = 1
        up = (self.most[self.rows + self.sizes - sure[0]] - self.noise[j]) / apart
        down = (self.noise[j] - self.least[self.rows + self.sizes - sure[1]]) / apart
        return np.maximum(up.max(axis=0, initial=0), down.max(axis=0, initial=0))


def _in_errors(difference: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Return differences in standard errors; those known without error are infinite, or zero where there is
    none.
    """
    sure = np.where(difference == 0, 0.0, np.copysign(np.inf, difference))
    return np.divide(difference, apart, out=sure, where=apart > 0)


def _critical(largest: np.ndarray, level: float) -> float:
    """Return the smallest draw that is not below `level` of all."""
    at = math.ceil(level * len(largest)) - 1
    return float(np.partition(largest, at)[at])


def _alone(sample: _Sample, level: float, j: int) -> np.ndarray:
    """Return how many are surely better and surely worse than one unit picked beforehand.

    Each step rejects "k is not better than j" and "k is not worse than j" where the difference exceeds a
    critical value that guards all hypotheses still standing; with fewer left to guard the next value is
    smaller, until a step rejects nothing more.
    """
    ahead, sure = sample.ahead(j), np.zeros((2, len(sample.sizes)), dtype=np.int32)
    while True:
        now = np.maximum(sure, sample.sure(ahead, _critical(sample.largest(j, sure), level)))
        if (now == sure).all():
            return sure.sum(axis=1)
        sure = now


def _together(sample: _Sample, level: float) -> np.ndarray:
    """Return the same of every unit, with one critical value that guards the hypotheses about all of them."""
    units = range(len(sample.x))
    sure = np.zeros((len(units), 2, len(sample.sizes)), dtype=np.int32)
    while True:
        largest = sample.largest(0, sure[0])
        for j in units[1:]:
            np.maximum(largest, sample.largest(j, sure[j]), out=largest)
        critical, found = _critical(largest, level), False
        for j in units:
            now = np.maximum(sure[j], sample.sure(sample.ahead(j), critical))
            found |= bool((now > sure[j]).any())
            sure[j] = now
        if not found:
            return sure.sum(axis=2).T


def survey_standard_errors(
    scores: pl.DataFrame,
    indices: pl.DataFrame,
    *,
    interviews: float | None = None,
    design_effect: float | None = None,
    person_sd: float | None = None,
    correlation: float | None = None,
) -> pl.DataFrame:
    """Add ``standard_error``: the published one where `scores` have it, else one under a labelled scenario of
    the survey behind a score.

    A dimension's error is ``person_sd * sqrt(design_effect / interviews)``; that of the whole, a sum of k
    dimensions whose scores correlate between persons by ``correlation``, is larger by ``sqrt(k + k (k - 1)
    correlation)``. k is the number of dimensions that `scores` holds for the year, or that the register has
    without any. The scenario is that of the register's row; a number given replaces it in every row that has
    one. Series without a survey on record get null.

    Parameters
    ----------
    scores, indices
        The tables of that name.
    interviews, design_effect
        Interviews a province, and how much clustering and weighting inflate the variance.
    person_sd
        Standard deviation of one person's score on a dimension.
    correlation
        Between persons' scores on two dimensions.

    Returns
    -------
    polars.DataFrame
        `scores` with ``standard_error`` (score points, null where none is published and the scenario does not
        apply) and ``is_published_error``.

    Raises
    ------
    ParameterError
        When a number is not positive, or `correlation` outside [0, 1].

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {"index_id": "papi", "dimension_id": ["participation", "overall"], "year": [2024, 2017]}
    ... )
    >>> from cds_analysis import load
    >>> survey_standard_errors(rows, load().indices)["standard_error"].round(3).to_list()
    [0.15, 0.657]
    """
    given = {"interviews": interviews, "design_effect": design_effect, "person_sd": person_sd}
    if any(v is not None and v <= 0 for v in given.values()) or not 0 <= (correlation or 0) <= 1:
        raise ParameterError(
            "interviews, design_effect and person_sd must be positive, and correlation from 0 to 1"
        )
    survey = indices.drop_nulls("interviews").select(
        "index_id",
        "dimension_id",
        *(pl.col(name).alias(f"_{name}") for name in (*given, "correlation")),
        _is_sum=pl.col("correlation").is_not_null(),
        _n_parts=(pl.col("parent_id") == WHOLE).sum().over("index_id"),
    )
    replaced = {**given, "correlation": correlation}
    survey = survey.with_columns(
        pl.when(pl.col(f"_{name}").is_not_null()).then(pl.lit(float(value))).alias(f"_{name}")
        for name, value in replaced.items()
        if value is not None
    )
    known = scores.join(
        survey, on=["index_id", "dimension_id"], how="left", validate="m:1", maintain_order="left"
    )
    one = pl.col("_person_sd") * (pl.col("_design_effect") / pl.col("_interviews")) ** 0.5
    found = pl.col("dimension_id").filter(~pl.col("_is_sum")).n_unique().over("index_id", "year")
    k = pl.when(found > 0).then(found).otherwise("_n_parts")
    whole = one * (k + k * (k - 1) * pl.col("_correlation")).sqrt()
    has_own = "standard_error" in scores.columns
    published = pl.col("standard_error") if has_own else pl.lit(None, dtype=pl.Float64)
    return known.with_columns(
        standard_error=pl.coalesce(published, pl.when("_is_sum").then(whole).otherwise(one)),
        is_published_error=published.is_not_null(),
    ).drop("_is_sum", "_n_parts", *(f"_{name}" for name in replaced))


def rank_confidence_sets(
    scores: pl.DataFrame,
    *,
    level: float = 0.95,
    simultaneous: bool = False,
    draws: int = 1000,
    seed: int = 2025,
    n_unpublished: int = 0,
) -> pl.DataFrame:
    """Return a confidence set for the rank of each province, per dimension and year.

    Parameters
    ----------
    scores
        ``index_id, dimension_id, year, province_id, score, standard_error``; rows without a score take no
        part: a province that was not published is missing, never last.
    level, simultaneous, draws, seed
        See :func:`rank_sets`.
    n_unpublished
        Provinces without a score that would have been ranked. They may stand anywhere, so among all
        provinces the true rank lies between ``rank_low`` and ``rank_high + n_unpublished``, the column
        ``rank_high_all``.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year, province_id, score, standard_error, rank, rank_low, rank_high,
        rank_high_all, n_ranked, level, is_simultaneous, draws, seed``.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> rows = data.scores.filter(
    ...     pl.col("index_id") == "papi", pl.col("dimension_id") == "overall", pl.col("year") == 2024
    ... )
    >>> sets = rank_confidence_sets(survey_standard_errors(rows, data.indices))
    >>> sets.select("province_id", "rank", "rank_low", "rank_high").row(0)
    ('quang-ninh', 1, 1, 10)
    """
    used = scores.drop_nulls(["score", "standard_error"]).sort(*_TABLE, "province_id")
    frames = []
    for _, group in used.group_by(_TABLE, maintain_order=True):
        low, high = rank_sets(
            group["score"],
            group["standard_error"],
            level=level,
            simultaneous=simultaneous,
            draws=draws,
            seed=seed,
        )
        frames.append(
            group.select(
                *_TABLE,
                "province_id",
                "score",
                "standard_error",
                rank=pl.col("score").rank("min", descending=True).cast(pl.Int64),
                rank_low=pl.Series(low),
                rank_high=pl.Series(high),
                rank_high_all=pl.Series(high) + n_unpublished,
                n_ranked=pl.lit(group.height),
                level=pl.lit(level),
                is_simultaneous=pl.lit(simultaneous),
                draws=pl.lit(draws),
                seed=pl.lit(seed),
            )
        )
    if not frames:
        empty = pl.DataFrame(
            {
                "province_id": ["x", "y"],
                "score": [1.0, 2.0],
                "standard_error": [1.0, 1.0],
                "index_id": "x",
                "dimension_id": "x",
                "year": 0,
            }
        )
        return rank_confidence_sets(empty, draws=1).clear()
    return pl.concat(frames).sort(*_TABLE, "rank", "province_id")
