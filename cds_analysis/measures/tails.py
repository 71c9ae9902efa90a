"""How heavy are the tails of what the model did not expect?

A test that takes residuals as normal raises false alarms where a few are far off. So the degrees of freedom
of a Student t, scaled to the same variance, are estimated from the residuals of all provinces and years, and
p-values read off it. Where the residuals are normal the estimate is large and nothing changes.

Reference: Lange, Little and Taylor (1989), Robust Statistical Modeling Using the t Distribution, JASA
84(408).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import fminbound
from scipy.special import gammaln, stdtr

__all__ = ["MOST_FREEDOM", "freedom_of", "two_sided"]

MOST_FREEDOM = 200.0  # beyond, a t and a normal are the same for any use here
_LEAST = 2.5  # a variance must exist to be scaled to


def freedom_of(residuals: np.ndarray) -> float:
    """Return the degrees of freedom of a t of variance 1 that fits best, from 2.5 to 200, by maximum
    likelihood.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> normal, heavy = rng.standard_normal(2000), rng.standard_t(4, 2000) / 2**0.5
    >>> freedom_of(normal) > 30 > 6 > freedom_of(heavy) > 3
    True
    """
    squares = residuals[~np.isnan(residuals)] ** 2

    def cost(log_freedom: float) -> float:
        v = np.exp(log_freedom)
        constant = gammaln((v + 1) / 2) - gammaln(v / 2) - 0.5 * np.log(v - 2)
        return float((v + 1) / 2 * np.log1p(squares / (v - 2)).sum() - len(squares) * constant)

    ends = (np.log(_LEAST), np.log(MOST_FREEDOM))
    return float(np.exp(fminbound(cost, *ends)))


def two_sided(away: np.ndarray, freedom: float) -> np.ndarray:
    """Return p of values at least so far from 0, in standard deviations, under a t of variance 1.

    Examples
    --------
    >>> (
    ...     two_sided(np.array([1.96, -1.96]), 1e6).round(3).tolist(),
    ...     two_sided(np.array([4.0]), 5.0).round(4).tolist(),
    ... )
    ([0.05, 0.05], [0.0036])
    """
    scale = np.sqrt(freedom / (freedom - 2))
    return 2 * np.asarray(stdtr(freedom, -np.abs(away) * scale))
