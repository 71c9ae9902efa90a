"""Does "is this rise real?" keep its word? Tables of provinces whose truth is known, most of them unlike the
model.

In every case the standings move for years as the model says (persistence 0.9, noise 0.35 of the variance),
and not at all between the last two years, so that each change found there is a false alarm. The cases differ
in what is wrong:

``as_assumed``
    nothing.
``lingering``
    noise that lasts: a first-order autocorrelation of 0.6.
``heavy_tails``
    noise of Student's t with 3 degrees of freedom, scaled to the same variance.
``unequal``
    noise of one size for each province, from half to twice the usual.
``outlier``
    one province's last figure is off by 4 standard deviations between provinces, and by noise alone.
``undeclared_break``
    the order was redrawn four years before the end (half of the link is lost) and nobody recorded it.
``needless_break``
    such a break is on record where there was none.
``undeclared_now``
    the order was redrawn in the last year and nobody recorded it: what is measured changed, and the test
    cannot know.

Beside the test of a change stands the trend test (Mann-Kendall, corrected over the provinces) on the same
figures, against white noise and the like its promise too.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import ndtr

from cds_analysis.errors import ParameterError
from cds_analysis.measures.changes import HOLDS_AT, LIKELY_FROM, is_separated
from cds_analysis.measures.corrections import benjamini_hochberg
from cds_analysis.measures.state_space import estimate, smooth, step_statistics, surprises
from cds_analysis.measures.tails import freedom_of, two_sided
from cds_analysis.measures.trends import mann_kendall

__all__ = ["CASES", "STEPS", "change_rates", "table_without_change"]

CASES = (
    "as_assumed",
    "lingering",
    "heavy_tails",
    "unequal",
    "outlier",
    "undeclared_break",
    "needless_break",
    "undeclared_now",
)
STEPS = (1.0, 2.0, 3.0)  # true changes of one province, in standard deviations between provinces
_PHI, _NOISE, _KEPT, _BEFORE_END = 0.9, 0.35, 0.5, 4


def table_without_change(
    case: str, *, n_provinces: int = 63, n_years: int = 7, seed: int = 2025
) -> tuple[np.ndarray, np.ndarray]:
    """Return simulated figures, provinces by years, and which years are recorded as breaks of order.

    Raises
    ------
    ParameterError
        For a case that is not in :data:`CASES`, or fewer than 6 years.

    Examples
    --------
    >>> z, is_break = table_without_change("needless_break", n_provinces=5)
    >>> z.shape, is_break.tolist()
    ((5, 7), [False, False, False, True, False, False, False])
    """
    if case not in CASES or n_years < 6:
        raise ParameterError(
            f"case must be one of {', '.join(CASES)} and n_years at least 6, not {case!r}, {n_years}"
        )
    rng = np.random.default_rng(seed)
    shape = (n_provinces, n_years)
    links = np.full(n_years, _PHI)
    marked = n_years - _BEFORE_END
    links[marked] *= _KEPT if case == "undeclared_break" else 1.0
    links[-1] = _KEPT if case == "undeclared_now" else 1.0
    standing = np.empty(shape)
    standing[:, 0] = rng.normal(0, (1 - _NOISE) ** 0.5, n_provinces)
    for t in range(1, n_years):
        shock = ((1 - _NOISE) * (1 - links[t] ** 2)) ** 0.5
        standing[:, t] = links[t] * standing[:, t - 1] + rng.normal(0, 1, n_provinces) * shock
    noise = rng.standard_t(3, shape) / 3**0.5 if case == "heavy_tails" else rng.standard_normal(shape)
    if case == "lingering":
        for t in range(1, n_years):
            noise[:, t] = 0.6 * noise[:, t - 1] + 0.8 * noise[:, t]
    if case == "unequal":
        noise *= np.exp(rng.uniform(-np.log(2), np.log(2), (n_provinces, 1)))
    figures = standing + _NOISE**0.5 * noise
    if case == "outlier":
        figures[0, -1] += 4.0
    is_break = np.zeros(n_years, dtype=bool)
    is_break[marked] = case == "needless_break"
    return figures, is_break


def change_rates(
    *, n_years: int = 7, n_provinces: int = 63, draws: int = 200, seed: int = 2025
) -> pl.DataFrame:
    """Return how often a change is found where there is none, and where there is one.

    Returns
    -------
    polars.DataFrame
        One row a case: ``case, n_years, n_provinces``; ``alone`` (share of provinces with p at most 0.05;
        ought to be 0.05), ``any_holds`` (share of tables in which any province's change holds after
        correction; ought to be at most 0.05), ``likely`` (share of provinces called likely risen or fallen
        without holding), ``refused`` (share of tables not judged, because noise was not told from change;
        nothing holds there), ``any_trend`` (share of tables in which the corrected trend test finds any
        trend, the same figures); ``power_1, power_2, power_3`` (share of tables in which a province that
        truly moved by so many standard deviations holds); ``noise_share`` (mean estimate; the truth is 0.35
        where nothing else is wrong), ``draws, seed`` and ``mc_error`` (of ``any_holds``, after Agresti and
        Coull).

    Examples
    --------
    >>> change_rates(draws=2, n_provinces=20).select("case", "draws").row(0)
    ('as_assumed', 2)
    """
    rows = []
    for case in CASES:
        found = [_once(case, n_provinces, n_years, seed + k) for k in range(draws)]
        means = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
        rows.append({"case": case, "n_years": n_years, "n_provinces": n_provinces, **means})
    centre = (pl.col("any_holds") * draws + 2) / (draws + 4)
    return pl.DataFrame(rows).with_columns(
        draws=pl.lit(draws), seed=pl.lit(seed), mc_error=(centre * (1 - centre) / (draws + 4)).sqrt()
    )


def _once(case: str, n_provinces: int, n_years: int, seed: int) -> dict[str, float]:
    figures, is_break = table_without_change(case, n_provinces=n_provinces, n_years=n_years, seed=seed)
    p, p_rise, noise, is_known = _judged(figures, is_break)
    likely = np.maximum(p_rise, 1 - p_rise) >= LIKELY_FROM
    holds = (benjamini_hochberg(p) <= HOLDS_AT) & likely & is_known
    trend = benjamini_hochberg([mann_kendall(x)[1] for x in figures]) <= HOLDS_AT
    rates = {
        "alone": (p <= HOLDS_AT).mean(),
        "any_holds": holds.any(),
        "likely": (likely & ~holds).mean(),
        "refused": not is_known,
        "any_trend": trend.any(),
        "noise_share": noise,
    }
    mover = n_provinces // 2  # not the outlier
    for size in STEPS:
        moved = figures.copy()
        moved[mover, -1] += size
        p, p_rise, _, is_known = _judged(moved, is_break)
        holds_here = benjamini_hochberg(p)[mover] <= HOLDS_AT and p_rise[mover] >= LIKELY_FROM
        rates[f"power_{size:.0f}"] = is_known and holds_here
    return rates


def _judged(figures: np.ndarray, is_break: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, bool]:
    """Return p of no change between the last two years, probability of a rise, noise share, and whether that
    is known well enough to judge.
    """
    z = (figures - figures.mean(axis=0)) / figures.std(axis=0)
    found, last = estimate(z, is_break), z.shape[1] - 1
    others = surprises(z, is_break, found)[:, 1:last]
    p = two_sided(step_statistics(z, is_break, found, last - 1, last), freedom_of(others))
    means, covariances = smooth(z, is_break, found)
    c = covariances[:, last - 1 :, last - 1 :]
    spread = np.sqrt(np.maximum(c[:, 0, 0] + c[:, 1, 1] - 2 * c[:, 0, 1], 1e-12))
    return (
        p,
        ndtr((means[:, last] - means[:, last - 1]) / spread),
        1 - found.s2,
        is_separated(1 - found.s2, found.errors[1]),
    )
