"""The pooled state-space model behind a standing: likelihood, estimates, and what it says of every province.

For each province i, independently, with one set of parameters for all:

    z_it = a_it + e_it,            e_it ~ N(0, 1 - s2)           (a figure is standing plus noise)
    a_it = g_t a_i,t-1 + w_it,     w_it ~ N(0, s2 (1 - g_t^2))   (a standing persists and is shaken)

where g_t = phi, and g_t = kappa phi in the year of a break of order. So a standing has variance s2 in every year,
and a figure variance 1, which is what standardising makes of it. The series are short, so the likelihood and
the smoothed states are computed from the joint normal distribution of a province's years,

    Cov(z_s, z_t) = s2 g_{s+1} ... g_t   (s < t),

which is what the Kalman filter and smoother give, exactly, and with the covariances between years besides. A
missing year is a row and a column left out: the state propagates through it and nothing is filled in.
Provinces with the same years share one factorisation.

Reference: Durbin and Koopman (2012), Time Series Analysis by State Space Methods, 2nd ed., chapters 2 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

__all__ = ["Estimate", "estimate", "log_likelihood", "smooth"]

_LOW, _HIGH = 1e-4, 1 - 1e-4  # phi, s2 and kappa are shares; at an end the curvature says nothing
_AT_END = 5e-4
_STARTS = ((0.9, 0.7, 0.5), (0.6, 0.4, 0.8), (0.97, 0.3, 0.5))
_STEP = 1e-4


@dataclass(frozen=True)
class Estimate:
    """Maximum likelihood estimates; an error is None for a parameter at an end of its range or not estimated."""

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
    signal = s2 * _links(phi, kappa, is_order_break)
    total = 0.0
    for years, provinces in patterns:
        covariance = signal[np.ix_(years, years)] + (1 - s2) * np.eye(len(years))
        factor = np.linalg.cholesky(covariance)
        scaled = np.linalg.solve(factor, z[np.ix_(provinces, years)].T)
        log_det = 2 * np.log(np.diag(factor)).sum()
        total -= 0.5 * ((scaled**2).sum() + len(provinces) * (log_det + len(years) * np.log(2 * np.pi)))
    return float(total)


def estimate(z: np.ndarray, is_order_break: np.ndarray) -> Estimate:
    """Estimate phi, s2 and, where a year is a break of order, kappa, by maximum likelihood over all provinces.

    Standard errors are from the numerical Hessian at the maximum. Provinces are taken as independent, though
    standardising makes them sum to zero: of 63, that changes a correlation by 1/62.

    Parameters and returns: `z` and `is_order_break` as in :func:`log_likelihood`; an :class:`Estimate`.

    Examples
    --------
    >>> z = np.random.default_rng(1).standard_normal((63, 1)) + np.random.default_rng(2).standard_normal((63, 8))
    >>> found = estimate(z / np.sqrt(2), np.zeros(8, dtype=bool))  # a level for ever, and as much noise
    >>> round(found.phi, 2), round(found.s2, 1), found.kappa
    (1.0, 0.5, None)
    """
    patterns = _patterns(z)
    has_break = bool(is_order_break[1:].any())
    n = 3 if has_break else 2

    def cost(parameters: np.ndarray) -> float:
        full = (*parameters, 1.0)[:3]
        return -_log_likelihood(z, patterns, is_order_break, *full)

    runs = [
        minimize(cost, np.array(start[:n]), method="L-BFGS-B", bounds=[(_LOW, _HIGH)] * n)
        for start in _STARTS
    ]
    best = min(runs, key=lambda run: run.fun)
    errors = _standard_errors(cost, best.x)
    phi, s2 = float(best.x[0]), float(best.x[1])
    kappa, kappa_error = (float(best.x[2]), errors[2]) if has_break else (None, None)
    found = errors[0], errors[1], kappa_error
    return Estimate(phi, s2, kappa, found, float(-best.fun), bool(best.success))


def _standard_errors(cost, at: np.ndarray) -> list[float | None]:
    """Return standard errors of the parameters inside their range, the others held at their end."""
    inside = [k for k, x in enumerate(at) if _LOW + _AT_END < x < _HIGH - _AT_END]
    steps = np.eye(len(at)) * _STEP
    hessian = np.empty((len(inside), len(inside)))
    for row, j in enumerate(inside):
        for column, k in enumerate(inside):
            corners = [
                cost(at + a * steps[j] + b * steps[k]) for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))
            ]
            hessian[row, column] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * _STEP**2)
    errors: list[float | None] = [None] * len(at)
    if inside and np.linalg.eigvalsh(hessian)[0] > 0:
        for k, variance in zip(inside, np.diag(np.linalg.inv(hessian))):
            errors[k] = float(np.sqrt(variance))
    return errors


def smooth(z: np.ndarray, is_order_break: np.ndarray, found: Estimate) -> tuple[np.ndarray, np.ndarray]:
    """Return the standings given all figures: means (provinces by years) and covariances (provinces by years by
    years).

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
