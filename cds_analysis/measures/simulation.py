"""Do the methods keep their word? Simulated series with a known truth.

Each function returns a rate, the rate it ought to have (``nominal``), its Monte Carlo error (standard error
after Agresti and Coull, which is not zero when all draws agree), the number of draws and the seed. Four
processes stand for what provinces may do when *nothing* trends: ``independent`` noise; noise in which a good
year lingers (``lingering_03``, ``lingering_06``: first-order autocorrelation 0.3 and 0.6); and a
``random_walk``, which drifts without aim. The tests are exact for the first only.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import stdtrit

from cds_analysis.errors import ParameterError
from cds_analysis.measures.forecast import predict_line
from cds_analysis.measures.rank_sampling import rank_sets
from cds_analysis.measures.trends import mann_kendall, theil_sen

__all__ = [
    "PROCESSES",
    "band_coverage",
    "beta_in_noise",
    "false_alarms",
    "noise",
    "rank_set_coverage",
    "slope_coverage",
]

PROCESSES = {"independent": 0.0, "lingering_03": 0.3, "lingering_06": 0.6, "random_walk": 1.0}


def noise(process: str, shape: tuple[int, int], seed: int) -> np.ndarray:
    """Return series without a trend, shape (draws, years).

    Raises
    ------
    ParameterError
        For a process that is not in :data:`PROCESSES`.

    Examples
    --------
    >>> noise("random_walk", (2, 5), seed=1).shape
    (2, 5)
    """
    if process not in PROCESSES:
        raise ParameterError(f"process must be one of {', '.join(PROCESSES)}, not {process!r}")
    steps = np.random.default_rng(seed).standard_normal(shape)
    keep = PROCESSES[process]
    if keep == 0:
        return steps
    series = np.empty(shape)
    series[:, 0] = (
        steps[:, 0] if keep == 1 else steps[:, 0] / np.sqrt(1 - keep**2)
    )  # start in the long-run state
    for year in range(1, shape[1]):
        series[:, year] = keep * series[:, year - 1] + steps[:, year]
    return series


def _rate(rows: list[tuple], keys: dict) -> pl.DataFrame:
    schema = {**keys, "rate": pl.Float64, "nominal": pl.Float64, "draws": pl.Int64, "seed": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    centre = (pl.col("rate") * pl.col("draws") + 2) / (pl.col("draws") + 4)
    return frame.with_columns(mc_error=(centre * (1 - centre) / (pl.col("draws") + 4)).sqrt())


def false_alarms(
    *, years: tuple[int, ...] = (5, 7, 10, 14), alpha: float = 0.05, draws: int = 500, seed: int = 2025
) -> pl.DataFrame:
    """Return how often the Mann-Kendall test finds a trend where there is none: ``process, n_years, rate,
    nominal, mc_error, draws, seed``.

    Examples
    --------
    >>> false_alarms(years=(5,), draws=50).columns
    ['process', 'n_years', 'rate', 'nominal', 'draws', 'seed', 'mc_error']
    """
    rows = []
    for process in PROCESSES:
        for n in years:
            found = [mann_kendall(x)[1] <= alpha for x in noise(process, (draws, n), seed)]
            rows.append((process, n, float(np.mean(found)), alpha, draws, seed))
    return _rate(rows, {"process": pl.String, "n_years": pl.Int64})


def slope_coverage(
    *, years: tuple[int, ...] = (5, 7, 10, 14), level: float = 0.95, draws: int = 500, seed: int = 2025
) -> pl.DataFrame:
    """Return how often the interval of the Theil-Sen slope holds the true slope (zero): columns as in
    :func:`false_alarms`.

    Examples
    --------
    >>> slope_coverage(years=(5,), draws=20)["nominal"].unique().to_list()
    [0.95]
    """
    rows = []
    for process in PROCESSES:
        for n in years:
            ends = [theil_sen(range(n), x, confidence=level)[1:] for x in noise(process, (draws, n), seed)]
            rows.append(
                (process, n, float(np.mean([low <= 0 <= high for low, high in ends])), level, draws, seed)
            )
    return _rate(rows, {"process": pl.String, "n_years": pl.Int64})


def band_coverage(
    *,
    years: tuple[int, ...] = (5, 7, 10),
    ahead: int = 1,
    level: float = 0.80,
    draws: int = 500,
    seed: int = 2025,
) -> pl.DataFrame:
    """Return how often the band of a straight line (behind the chance of meeting a target) holds the figure
    `ahead` years later: columns as in :func:`false_alarms`.

    Examples
    --------
    >>> band_coverage(years=(5,), draws=20)["process"].to_list()
    ['independent', 'lingering_03', 'lingering_06', 'random_walk']
    """
    rows = []
    for process in PROCESSES:
        for n in years:
            hits = [
                _held(range(n), x[:n], n - 1 + ahead, x[-1], level)
                for x in noise(process, (draws, n + ahead), seed)
            ]
            rows.append((process, n, float(np.mean(hits)), level, draws, seed))
    return _rate(rows, {"process": pl.String, "n_years": pl.Int64})


def _held(times, values, at: int, truth: float, level: float) -> bool:
    centre, error, freedom = predict_line(times, values, at)
    return bool(abs(truth - centre) <= stdtrit(freedom, 0.5 + level / 2) * error)


def rank_set_coverage(
    *, n: int = 12, level: float = 0.95, draws: int = 200, inner_draws: int = 400, seed: int = 2025
) -> pl.DataFrame:
    """Return how often rank confidence sets hold the true rank: for one province picked beforehand
    (marginal) and for all at once.

    True scores are ``spaced`` (one standard error apart), ``paired`` (two groups far apart) or ``equal``
    (where every rank from 1 to n is true, since ties may be ranked anyhow).

    Returns
    -------
    polars.DataFrame
        ``truth, kind`` (marginal, simultaneous), ``rate, nominal, mc_error, draws, seed, n`` and
        ``mean_width`` (places).

    Examples
    --------
    >>> rank_set_coverage(n=3, draws=5, inner_draws=20).select("truth", "kind").row(0)
    ('spaced', 'marginal')
    """
    truths = {
        "spaced": -np.arange(n, dtype=float),
        "paired": np.where(np.arange(n) < n // 2, 0.0, -6.0),
        "equal": np.zeros(n),
    }
    error = np.ones(n)
    rows, widths = [], []
    for name, truth in truths.items():
        best = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
        worst = n - (truth[None, :] < truth[:, None]).sum(axis=1)
        sample = truth + np.random.default_rng(seed).standard_normal((draws, n))
        picked = n // 3
        for kind in ("marginal", "simultaneous"):
            sets = [
                rank_sets(
                    x,
                    error,
                    level=level,
                    simultaneous=kind == "simultaneous",
                    draws=inner_draws,
                    seed=seed + i,
                )
                for i, x in enumerate(sample)
            ]
            held = np.array([(low <= best) & (high >= worst) for low, high in sets])
            hit = held[:, picked] if kind == "marginal" else held.all(axis=1)
            rows.append((name, kind, float(hit.mean()), level, draws, seed))
            widths.append(float(np.mean([high - low + 1 for low, high in sets])))
    return _rate(rows, {"truth": pl.String, "kind": pl.String}).with_columns(
        n=pl.lit(n), mean_width=pl.Series(widths)
    )


def beta_in_noise(*, n: int = 63, years: int = 5, draws: int = 300, seed: int = 2025) -> pl.DataFrame:
    """Return how often beta-convergence looks certain (p below 0.05) in provinces that only scatter about
    levels of their own.

    Provinces keep their true level for ever; yearly noise is as large as the spread of levels. The spread
    does not shrink, yet low starters gain: regression to the mean. One row: ``n_provinces, n_years, rate,
    nominal, draws, seed, mc_error``.

    Examples
    --------
    >>> beta_in_noise(draws=3)["nominal"].item()
    0.05
    """
    import statsmodels.api as sm

    random = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        level = random.standard_normal(n)
        first, last = level + random.standard_normal((2, n))
        fit = sm.OLS((last - first) / (years - 1), sm.add_constant(first)).fit(cov_type="HC3", use_t=True)
        found.append(fit.pvalues[1] < 0.05 and fit.params[1] < 0)
    return _rate(
        [(n, years, float(np.mean(found)), 0.05, draws, seed)], {"n_provinces": pl.Int64, "n_years": pl.Int64}
    )
