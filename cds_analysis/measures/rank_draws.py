"""Ranks with their doubt, drawn from the joint distribution of standings.

Each draw is a whole path of every province, so that ranks within a year and over the years hang together; a
rank's interval holds the middle share of the draws.

Reference: Goldstein and Spiegelhalter (1996), League Tables and Their Limitations, JRSS A 159(3).
"""

from __future__ import annotations

import numpy as np

__all__ = ["TOP", "draw_ranks", "places"]

TOP = 10


def draw_ranks(
    means: np.ndarray, covariances: np.ndarray, present: np.ndarray, *, draws: int, seed: int
) -> dict[str, np.ndarray]:
    """Return the distribution of each province's rank in each year, from draws of whole paths of standings.

    Parameters
    ----------
    means, covariances
        Of the standings: provinces by years, and provinces by years by years.
    present
        Which provinces are ranked in which years.
    draws, seed
        How many paths, and the seed.

    Returns
    -------
    dict
        Arrays of provinces by years, NaN where not ranked: ``median_rank, rank_low_80`` ... ``rank_high_95``
        (1 is best), ``n_ranked, p_top_ten, p_bottom_ten``, and the Monte Carlo standard errors
        ``median_rank_error`` and ``p_error`` (the larger of both probabilities').

    Examples
    --------
    >>> sure = draw_ranks(
    ...     np.array([[1.0], [0.0]]), np.full((2, 1, 1), 1e-6), np.ones((2, 1), dtype=bool), draws=100, seed=1
    ... )
    >>> sure["median_rank"].ravel().tolist()
    [1.0, 2.0]
    """
    rng = np.random.default_rng(seed)
    n, n_years = means.shape
    roots = np.linalg.cholesky(covariances + 1e-12 * np.eye(n_years))
    paths = means + np.einsum("pij,dpj->dpi", roots, rng.standard_normal((draws, n, n_years)), optimize=True)
    half = 0.5 / np.sqrt(draws)
    levels = [0.5, 0.1, 0.9, 0.025, 0.975, 0.5 - half, 0.5 + half]
    names = ["median_rank", "rank_low_80", "rank_high_80", "rank_low_95", "rank_high_95", "_low", "_high"]
    out = {k: np.full((n, n_years), np.nan) for k in [*names, "p_top_ten", "p_bottom_ten", "n_ranked"]}
    for year in range(n_years):
        who = np.flatnonzero(present[:, year])
        order = np.argsort(-paths[:, who, year], axis=1)
        place = np.empty_like(order)
        np.put_along_axis(place, order, np.arange(1, len(who) + 1)[None, :], axis=1)
        place.sort(axis=0)
        for key, level in zip(names, levels):
            out[key][who, year] = place[min(draws - 1, int(level * draws))]
        out["p_top_ten"][who, year] = (place <= TOP).mean(axis=0)
        out["p_bottom_ten"][who, year] = (place > len(who) - TOP).mean(axis=0)
        out["n_ranked"][who, year] = len(who)
    p = np.stack([out["p_top_ten"], out["p_bottom_ten"]])
    out["p_error"] = np.sqrt(p * (1 - p) / draws).max(axis=0)
    out["median_rank_error"] = (out.pop("_high") - out.pop("_low")) / 2
    return out


def places(z: np.ndarray) -> np.ndarray:
    """Return each figure's rank in its year, 1 is best; equal figures share the better rank.

    Examples
    --------
    >>> places(np.array([[3.0], [5.0], [3.0]])).ravel().tolist()
    [2.0, 1.0, 2.0]
    """
    ahead = (z[None, :, :] > z[:, None, :]).sum(axis=1)
    return np.where(np.isnan(z), np.nan, 1 + ahead)
