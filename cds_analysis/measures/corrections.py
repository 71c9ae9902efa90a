"""p-values of many provinces looked at together.

References: Benjamini and Hochberg (1995), Controlling the False Discovery Rate, JRSS B 57(1); Holm (1979), A
Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6(2).
"""

from __future__ import annotations

import numpy as np

__all__ = ["benjamini_hochberg", "holm"]


def benjamini_hochberg(p_values) -> np.ndarray:
    """Return p-values corrected so that of those at most q, a share of q at most is expected to be none.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    p, order = _ordered(p_values)
    n = len(p)
    scaled = p[order] * n / np.arange(1, n + 1)
    return _back(np.minimum.accumulate(scaled[::-1])[::-1], order)


def holm(p_values) -> np.ndarray:
    """Return p-values corrected so that with a chance of at most q, any of those at most q is none.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p, order = _ordered(p_values)
    n = len(p)
    return _back(np.maximum.accumulate(p[order] * np.arange(n, 0, -1)), order)


def _ordered(p_values) -> tuple[np.ndarray, np.ndarray]:
    p = np.asarray(p_values, dtype=float)
    return p, np.argsort(p, kind="stable")


def _back(corrected: np.ndarray, order: np.ndarray) -> np.ndarray:
    out = np.empty_like(corrected)
    out[order] = np.minimum(corrected, 1.0)
    return out
