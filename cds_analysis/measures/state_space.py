"""The pooled state-space model behind a standing: likelihood, estimates, and what it says of every province.

For each province i, independently, with one set of parameters for all:

    z_it = a_it + e_it,            e_it ~ N(0, 1 - s2)           (a figure is standing plus noise)
    a_it = g_t a_i,t-1 + w_it,     w_it ~ N(0, s2 (1 - g_t^2))   (a standing persists and is shaken)

where g_t = phi, and g_t = kappa phi in the year of a break of order. So a standing has variance s2 in every
year, and a figure variance 1, which is what standardising makes of it. The series are short, so the
likelihood and the smoothed states are computed from the joint normal distribution of a province's years,

    Cov(z_s, z_t) = s2 g_{s+1} ... g_t   (s < t),

which is what the Kalman filter and smoother give, exactly, and with the covariances between years besides. A
missing year is a row and a column left out: the state propagates through it and nothing is filled in.
Provinces with the same years share one factorisation.

Reference: Durbin and Koopman (2012), Time Series Analysis by State Space Methods, 2nd ed., chapters 2 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from threadpoolctl import ThreadpoolController

__all__ = ["Estimate", "estimate", "log_likelihood", "smooth", "step_statistics", "surprises"]

_LOW, _HIGH = 1e-4, 1 - 1e-4  # phi, s2 and kappa are shares; at an end the curvature says nothing
_AT_END = 5e-4
_GRID = (  # where the search begins: the best of these
    (0.1, 0.3, 0.5, 0.65, 0.8, 0.9, 0.97),
    (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95),
    (0.1, 0.35, 0.6, 0.9),
)
_STEP, _SLOPE_STEP = 1e-4, 1e-6


@dataclass(frozen=True)
class Estimate:
    """Maximum likelihood estimates; an error is None for a parameter at an end of its range or not
    estimated.
    """

    phi: float
    s2: float
    kappa: float | None
    errors: tuple[float | None, float | None, float | None]
    log_likelihood: float
    converged: bool


def _links(phi: float, kappa: float, is_order_break: np.ndarray) -> np.ndarray:
    """Return Corr(a_s, a_t) for all pairs of years."""
    n = len(is_order_break)
    links = np.where(is_order_break, kappa * phi, phi)
    links[0] = 1.0
    together = np.ones((n, n))
    for first in range(n):
        together[first, first + 1 :] = np.cumprod(links[first + 1 :])
        together[first + 1 :, first] = together[first, first + 1 :]
    return together


def _patterns(z: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return ``(which years, which provinces)`` for each set of years that some provinces have."""
    seen, group = np.unique(~np.isnan(z), axis=0, return_inverse=True)
    group = np.ravel(group)
    return [(np.flatnonzero(s), np.flatnonzero(group == k)) for k, s in enumerate(seen) if s.any()]


def log_likelihood(z: np.ndarray, is_order_break: np.ndarray, phi: float, s2: float, kappa: float) -> float:
    """Return the log likelihood of standardised scores.

    Parameters
    ----------
    z
        Provinces by consecutive years; NaN where a figure is missing.
    is_order_break
        For each year, whether the link to the year before is loosened; the first is ignored.
    phi, s2, kappa
        Persistence, signal variance and what is left of the persistence at a break, each from 0 to 1.

    Examples
    --------
    >>> round(log_likelihood(np.array([[0.0, np.nan]]), np.array([False, False]), 0.9, 0.7, 1.0), 4)
    -0.9189
    """
    return _log_likelihood(z, _patterns(z), is_order_break, phi, s2, kappa)


def _log_likelihood(z, patterns, is_order_break, phi: float, s2: float, kappa: float) -> float:
    moments = _moments(z, patterns)
    return float(_log_likelihoods(moments, is_order_break, np.array([[phi, s2, kappa]]))[0])


def _moments(z: np.ndarray, patterns) -> list[tuple[np.ndarray, int, np.ndarray]]:
    """Return ``(years, provinces, sum of outer products)`` of each pattern: all that the likelihood needs of
    z.
    """
    seen = [(years, z[np.ix_(provinces, years)]) for years, provinces in patterns]
    return [(years, len(x), x.T @ x) for years, x in seen]


def _log_likelihoods(moments, is_order_break: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Return the log likelihood at each row of `parameters` (phi, s2, kappa), all at once: the optimiser asks
    for a point and its neighbours, and matrices of a dozen years are too small to be worth a call each.
    """
    phi, s2, kappa = parameters.T[:, :, None]
    links = np.where(is_order_break, kappa * phi, phi)
    links[:, 0] = 1.0
    total = np.zeros(len(parameters))
    logs = np.cumsum(np.log(links), axis=1)
    signal = s2[:, :, None] * np.exp(-np.abs(logs[:, :, None] - logs[:, None, :]))
    for years, n, outer in moments:
        covariance = signal[:, years[:, None], years] + (1 - s2[:, :, None]) * np.eye(len(years))
        log_det = np.linalg.slogdet(covariance)[1]
        fit = np.trace(np.linalg.solve(covariance, outer[None]), axis1=1, axis2=2)
        total -= 0.5 * (fit + n * (log_det + len(years) * np.log(2 * np.pi)))
    return total


def estimate(z: np.ndarray, is_order_break: np.ndarray) -> Estimate:
    """Estimate phi, s2 and, where a year is a break of order, kappa, by maximum likelihood over all
    provinces.

    Standard errors are from the numerical Hessian at the maximum. Provinces are taken as independent, though
    standardising makes them sum to zero: of 63, that changes a correlation by 1/62.

    Parameters and returns: `z` and `is_order_break` as in :func:`log_likelihood`; an :class:`Estimate`.

    Examples
    --------
    >>> z = np.random.default_rng(1).standard_normal((63, 1)) + np.random.default_rng(2).standard_normal(
    ...     (63, 8)
    ... )
    >>> found = estimate(z / np.sqrt(2), np.zeros(8, dtype=bool))  # a level for ever, and as much noise
    >>> round(found.phi, 2), round(found.s2, 1), found.kappa
    (1.0, 0.5, None)
    """
    moments = _moments(z, _patterns(z))
    has_break = bool(is_order_break[1:].any())
    n = 3 if has_break else 2

    def costs(points: np.ndarray) -> np.ndarray:
        full = np.concatenate([points, np.ones((len(points), 3 - n))], axis=1)
        return -_log_likelihoods(moments, is_order_break, full)

    grid = np.array(list(product(*_GRID[:n])))
    start = grid[costs(grid).argmin()]
    with _threads().limit(limits=1, user_api="blas"):  # more on matrices of 3 by 3 take ten times as long
        run = minimize(
            lambda x: _with_slope(costs, x), start, jac=True, method="L-BFGS-B", bounds=[(_LOW, _HIGH)] * n
        )
    errors = _standard_errors(costs, run.x)
    kappa = float(run.x[2]) if has_break else None
    of_three = (errors[0], errors[1], errors[2] if has_break else None)
    return Estimate(float(run.x[0]), float(run.x[1]), kappa, of_three, float(-run.fun), bool(run.success))


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def _with_slope(costs, at: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the cost and its slope by central differences, which stay inside the range."""
    steps = np.minimum(_SLOPE_STEP, np.minimum(at - _LOW / 2, 1 - _LOW / 2 - at)) * np.eye(len(at))
    found = costs(np.concatenate([at[None], at + steps, at - steps]))
    up, down = found[1 : len(at) + 1], found[len(at) + 1 :]
    return float(found[0]), (up - down) / (2 * np.diag(steps))


def _standard_errors(costs, at: np.ndarray) -> list[float | None]:
    """Return standard errors of the parameters inside their range, the others held at their end."""
    inside = [k for k, x in enumerate(at) if _LOW + _AT_END < x < _HIGH - _AT_END]
    steps = np.eye(len(at))[inside] * _STEP
    signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
    pairs = list(product(steps, steps))
    errors: list[float | None] = [None] * len(at)
    if not inside:
        return errors
    corners = costs(np.array([at + a * j + b * k for j, k in pairs for a, b in signs])).reshape(-1, 4)
    hessian = (corners @ np.array([1, -1, -1, 1]) / (4 * _STEP**2)).reshape(len(inside), len(inside))
    if np.linalg.eigvalsh(hessian)[0] > 0:
        for k, variance in zip(inside, np.diag(np.linalg.inv(hessian))):
            errors[k] = float(np.sqrt(variance))
    return errors


def smooth(z: np.ndarray, is_order_break: np.ndarray, found: Estimate) -> tuple[np.ndarray, np.ndarray]:
    """Return the standings given all figures: means (provinces by years) and covariances (provinces by years
    by years).

    Years without figures at the end of `z` are predictions. The parameters are taken as known, so that the
    bands leave out that they are estimated.

    Examples
    --------
    >>> known = Estimate(0.5, 0.5, None, (None, None, None), 0.0, True)
    >>> means, covariances = smooth(np.array([[2.0, np.nan]]), np.zeros(2, dtype=bool), known)
    >>> means.tolist(), covariances[0, 1, 1].round(4).item()
    ([[1.0, 0.5]], 0.4375)
    """
    kappa = 1.0 if found.kappa is None else found.kappa
    signal = found.s2 * _links(found.phi, kappa, is_order_break)
    n_provinces, n_years = z.shape
    means = np.zeros((n_provinces, n_years))
    covariances = np.tile(signal, (n_provinces, 1, 1))
    for years, provinces in _patterns(z):
        covariance = signal[np.ix_(years, years)] + (1 - found.s2) * np.eye(len(years))
        weights = cho_solve(cho_factor(covariance), signal[years]).T  # years by years seen
        means[provinces] = z[np.ix_(provinces, years)] @ weights.T
        covariances[provinces] = signal - weights @ signal[years]
    return means, covariances


def step_statistics(
    z: np.ndarray, is_order_break: np.ndarray, found: Estimate, first: int, last: int
) -> np.ndarray:
    """Return, for each province, how far a step of its standing between two years lies from none, in standard
    errors; NaN without a figure in both.

    Under "no step" the standing of the column `last` is that of the column `first` and the rest of the model
    holds. The step is estimated by generalised least squares from the figures of both years and of all before
    and after; years between the two are left out, since it may have happened in any of them. On average over
    the provinces it is standard normal where there is no step. (It is the auxiliary residual of Harvey and
    Koopman, 1992, for a span of years.)

    Examples
    --------
    >>> known = Estimate(1 - 1e-9, 0.5, None, (None, None, None), 0.0, True)  # a level for ever, noise 0.5
    >>> z = np.array([[0.0, 0.0, 0.0, 0.0, 1.0]])
    >>> step_statistics(z, np.zeros(5, dtype=bool), known, 3, 4).round(4).tolist()
    [1.291]
    """
    kappa = 1.0 if found.kappa is None else found.kappa
    links = np.where(is_order_break, kappa * found.phi, found.phi)
    links[0] = links[first + 1 : last + 1] = 1.0
    logs = np.cumsum(np.log(links))
    signal = found.s2 * np.exp(-np.abs(logs[:, None] - logs[None, :]))
    step = np.where(np.arange(z.shape[1]) >= last, np.exp(logs - logs[last]), 0.0)
    seen = z.copy()
    seen[:, first + 1 : last] = np.nan
    seen[np.isnan(z[:, first]) | np.isnan(z[:, last])] = np.nan
    out = np.full(len(z), np.nan)
    for years, provinces in _patterns(seen):
        covariance = signal[np.ix_(years, years)] + (1 - found.s2) * np.eye(len(years))
        weights = np.linalg.solve(covariance, step[years])
        out[provinces] = seen[np.ix_(provinces, years)] @ weights / np.sqrt(weights @ step[years])
    return out


def surprises(z: np.ndarray, is_order_break: np.ndarray, found: Estimate) -> np.ndarray:
    """Return how far each figure lies from what the model expects after the earlier ones, in standard errors.

    Provinces by years, NaN where a figure is missing; standard normal and independent where the model holds
    (the standardised innovations of the Kalman filter).

    Examples
    --------
    >>> known = Estimate(0.5, 0.5, None, (None, None, None), 0.0, True)
    >>> surprises(np.array([[2.0, 0.5, np.nan]]), np.zeros(3, dtype=bool), known).round(4).tolist()
    [[2.0, 0.0, nan]]
    """
    kappa = 1.0 if found.kappa is None else found.kappa
    signal = found.s2 * _links(found.phi, kappa, is_order_break)
    out = np.full(z.shape, np.nan)
    for years, provinces in _patterns(z):
        covariance = signal[np.ix_(years, years)] + (1 - found.s2) * np.eye(len(years))
        root = np.linalg.cholesky(covariance)
        out[np.ix_(provinces, years)] = np.linalg.solve(root, z[np.ix_(provinces, years)].T).T
    return out
