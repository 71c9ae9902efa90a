"""Where does a province stand among all, through changes of definition, and did it really rise?

Scores are standardised within their year (z: less the mean of the provinces, over their standard deviation,
so that a province's z is its distance from the country in units of the spread between provinces). That takes
out the rise of the country and every change of level. What is left is read by a state-space model with one
set of parameters for all provinces of a dimension (:mod:`cds_analysis.measures.state_space`): a *standing*
persists from year to year (phi), a figure is standing plus noise (share 1 - s2 of the variance), and at a
break of ``order`` the link to the year before is loosened (kappa times phi). A break of ``level`` leaves it.
A break whose effect could not be measured is taken as one of order.

Assumptions: normal shocks of one size for all provinces and years; noise that is independent from year to
year (what persists is standing, be it an error of a survey that returns to the same villages); parameters
known when bands are drawn. What it cannot say: whether a province *improved* (all may rise and a standing
fall), why it moved, and anything of a year in which only a sample of provinces is on record (such years are
left out, and named in the parameters). Across a break of order a rise is a rise among all in what was
measured then and is measured now.

Reference: Durbin and Koopman (2012), Time Series Analysis by State Space Methods, 2nd ed.; for ranks drawn
from a joint posterior Goldstein and Spiegelhalter (1996), League Tables and Their Limitations, JRSS A 159(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from cds_analysis.dataset.series import FULL_FROM
from cds_analysis.errors import ParameterError
from cds_analysis.measures.rank_draws import draw_ranks, places
from cds_analysis.measures.state_space import Estimate, estimate, smooth

__all__ = ["MIN_TABLES", "POSITIONS", "Standing", "p_rise", "standardised", "standing"]

MIN_TABLES = 4  # full years: with three, phi and s2 (and kappa) are as many as the correlations they rest on
_ALL_SIGNAL = 0.999
_SERIES = ["index_id", "dimension_id"]
_FLAT = 1e-9  # a spread this small beside the scores is rounding
_BANDS = {80: float(ndtri(0.9)), 95: float(ndtri(0.975))}


@dataclass(frozen=True)
class Standing:
    """What :func:`standing` returns: four frames, all with ``index_id, dimension_id``.

    Attributes
    ----------
    positions
        One row a figure: ``province_id, year, z`` (the figure, standardised), ``figure_rank`` (its rank, 1 is
        best, equal figures share the better one), ``standing, se, low_80, high_80, low_95, high_95`` (the
        smoothed standing, in standard deviations between provinces, higher is better, given all years),
        ``median_rank, rank_low_80, rank_high_80, rank_low_95, rank_high_95, p_top_ten, p_bottom_ten`` (of the
        standing among the ``n_ranked`` provinces with a figure that year, 1 is best), ``median_rank_error``
        and ``p_error`` (Monte Carlo standard errors, the larger one of both probabilities).
    ahead
        One row a province with a figure in the last year and year ahead: the columns of `positions` without z
        and figure_rank, ``years_ahead``, and ``figure_se, figure_low_80`` ... ``figure_high_95``: the band of
        a figure still to be published, which holds its noise. A break still to come is not foreseen.
    changes
        One row a province and pair of its years: ``province_id, first_year, last_year, change, change_se``
        (positive for a rise), ``p_rise`` (probability that the standing rose), ``n_order_breaks`` between.
    parameters
        One row a dimension: ``phi, signal_share`` (s2), ``noise_share, kappa`` (null without a break of
        order) with ``phi_se, signal_share_se, kappa_se`` (null at an end of the range), ``log_likelihood,
        n_years, first_year, last_year, n_provinces, n_figures, order_break_years, years_left_out`` (a sample
        of provinces, or no spread) and ``status``: ``fitted``, ``noise_not_separated`` (the estimate of the
        noise is 0: what lasts for a year within error there), ``not_converged`` (estimates are
        given and not to be trusted), ``too_short`` (fewer than 4 full years) or ``no_spread`` (full years,
        all provinces alike).
    """

    positions: pl.DataFrame
    ahead: pl.DataFrame
    changes: pl.DataFrame
    parameters: pl.DataFrame


def standardised(scores: pl.DataFrame, *, full_from: int = FULL_FROM) -> pl.DataFrame:
    """Return the scores with ``z``: the score less its year's mean, over its year's standard deviation (of
    all provinces, n in the denominator); null in a year with fewer than `full_from` scores or without spread.
    Rows without a score go.

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {
    ...         "index_id": "x",
    ...         "dimension_id": "d",
    ...         "year": 2020,
    ...         "province_id": ["a", "b"],
    ...         "score": [1.0, 3.0],
    ...     }
    ... )
    >>> standardised(rows, full_from=2)["z"].to_list()
    [-1.0, 1.0]
    """
    table = [*_SERIES, "year"]
    score = pl.col("score")
    mean, spread = score.mean().over(table), score.std(ddof=0).over(table)
    usable = (pl.len().over(table) >= full_from) & (spread > _FLAT * pl.max_horizontal(mean.abs(), pl.lit(1)))
    return scores.drop_nulls("score").with_columns(z=pl.when(usable).then((score - mean) / spread))


def standing(
    scores: pl.DataFrame,
    breaks: pl.DataFrame,
    *,
    years_ahead: int = 2,
    full_from: int = FULL_FROM,
    draws: int = 1000,
    seed: int = 2025,
) -> Standing:
    """Estimate every province's standing by year, its rank with the doubt it carries, and what comes next.

    Parameters
    ----------
    scores
        The table of that name; higher is better. Each dimension is read for itself.
    breaks
        The table of that name: ``index_id, dimension_id, year, effect``.
    years_ahead
        How many years beyond the last full one.
    full_from
        Provinces with a score that make a year a table; smaller years are not used.
    draws, seed
        Draws of the ranks from the joint distribution of the standings, and their seed; with 0 draws the
        ranks and what comes of them are null.

    Returns
    -------
    Standing
        Four frames: ``positions, ahead, changes, parameters``.

    Raises
    ------
    ParameterError
        When `breaks` has no effects, `years_ahead` is below 0 or `draws` from 1 to 99.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> found = standing(data.scores.filter(pl.col("dimension_id") == "control_of_corruption"), data.breaks)
    >>> found.parameters.select(pl.col("phi", "noise_share").round(2), "status").row(0)
    (0.91, 0.37, 'fitted')
    """
    if "effect" not in breaks.columns:
        raise ParameterError("breaks needs a column effect: level, order, or empty where it is not known")
    if years_ahead < 0 or (draws < 100 and draws != 0):
        raise ParameterError(
            f"years_ahead must be at least 0 and draws 0 or at least 100, not {years_ahead} and {draws}"
        )
    ordered = scores.sort(*_SERIES, "year", "province_id")  # sums of floats hang on their order
    parts = [
        _one_series(name, rows, _order_years(breaks, *name), years_ahead, draws, seed)
        for name, rows in sorted(standardised(ordered, full_from=full_from).group_by(_SERIES))
    ]
    frames = []
    for kind, schema in enumerate((POSITIONS, _AHEAD, _CHANGES, _PARAMETERS)):
        rows = [_shaped(rows, schema) for rows in (part[kind] for part in parts) if rows is not None]
        frames.append(pl.concat(rows) if rows else pl.DataFrame(schema=schema))
    return Standing(*frames)


def _shaped(rows: pl.DataFrame, schema: dict) -> pl.DataFrame:
    lacking = [pl.lit(None).alias(c) for c in schema if c not in rows.columns]
    return rows.with_columns(lacking).select(*schema).cast(schema)


def p_rise(found: Standing, first_year: int, last_year: int) -> pl.DataFrame:
    """Return, for each province with figures in both years, the probability that its standing rose between
    them.

    Columns as in ``Standing.changes``, surest rise first. The standings of two years are not independent;
    their covariance is counted. It is a probability given the pooled model, not a p-value: of the rises with
    0.95, one in twenty is expected to be none, however many provinces are looked at.

    Raises
    ------
    ParameterError
        When `first_year` is not before `last_year`, or no series has both.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> found = standing(data.scores.filter(pl.col("dimension_id") == "control_of_corruption"), data.breaks)
    >>> p_rise(found, 2023, 2024).select("province_id", pl.col("p_rise").round(2)).row(0)
    ('tay-ninh', 0.92)
    """
    rows = found.changes.filter(pl.col("first_year") == first_year, pl.col("last_year") == last_year)
    if first_year >= last_year or not rows.height:
        raise ParameterError(f"no standings of both {first_year} and, later, {last_year}")
    return rows.sort(*_SERIES, "p_rise", "province_id", descending=[False, False, True, False])


def _order_years(breaks: pl.DataFrame, index_id: str, dimension_id: str) -> list[int]:
    of_series = (pl.col("index_id") == index_id) & (pl.col("dimension_id") == dimension_id)
    return sorted(breaks.filter(of_series, pl.col("effect").fill_null("order") == "order")["year"].unique())


def _one_series(name, rows: pl.DataFrame, order_years: list[int], years_ahead: int, draws: int, seed: int):
    used = rows.drop_nulls("z").sort("province_id", "year")
    full = sorted(used["year"].unique())
    about = {
        **dict(zip(_SERIES, name)),
        "n_years": len(full),
        "first_year": full[0] if full else None,
        "last_year": full[-1] if full else None,
        "n_provinces": used["province_id"].n_unique(),
        "n_figures": used.height,
        "years_left_out": sorted(set(rows["year"]) - set(full)),
        "order_break_years": [y for y in order_years if full and full[0] < y <= full[-1]],
    }
    if len(full) < MIN_TABLES:
        flat = rows.filter(pl.col("score").std(ddof=0).over("year") <= _FLAT)["year"].n_unique()
        status = "no_spread" if flat and len(full) + flat >= MIN_TABLES else "too_short"
        return None, None, None, _parameters(about, None, status)
    years = list(range(full[0], full[-1] + years_ahead + 1))
    provinces = used["province_id"].unique().sort().to_list()
    z = np.full((len(provinces), len(years)), np.nan)
    row = used["province_id"].replace_strict({p: k for k, p in enumerate(provinces)}).to_numpy()
    z[row, used["year"].to_numpy() - full[0]] = used["z"].to_numpy()
    is_break = np.isin(years, order_years)
    n_past = len(years) - years_ahead
    found = estimate(z[:, :n_past], is_break[:n_past])
    is_break[n_past:] = False
    means, covariances = smooth(z, is_break, found)
    has_figure = ~np.isnan(z)
    present = has_figure.copy()
    present[:, n_past:] = present[:, [n_past - 1]]
    ranks = draw_ranks(means, covariances, present, draws=draws, seed=seed) if draws else {}
    everything = _rows(about, provinces, years, z, means, covariances, present, ranks, found)
    last = full[-1]
    ahead = everything.filter(pl.col("year") > last).with_columns(years_ahead=pl.col("year") - last)
    return (
        everything.filter(pl.col("year") <= last),
        ahead,
        _changes(about, provinces, years, means, covariances, has_figure, is_break),
        _parameters(about, found, _status(found)),
    )


def _status(found: Estimate) -> str:
    if not found.converged:
        return "not_converged"
    return "fitted" if found.s2 < _ALL_SIGNAL else "noise_not_separated"


def _rows(about, provinces, years, z, means, covariances, present, ranks, found: Estimate) -> pl.DataFrame:
    which, when = np.nonzero(present)
    se = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))[which, when]
    centre = means[which, when]
    figure_se = np.sqrt(se**2 + 1 - found.s2)
    bands = {}
    for level, reach in _BANDS.items():
        for prefix, error in (("", se), ("figure_", figure_se)):
            bands[f"{prefix}low_{level}"] = centre - reach * error
            bands[f"{prefix}high_{level}"] = centre + reach * error
    return pl.DataFrame(
        {
            **{key: [about[key]] * len(which) for key in _SERIES},
            "province_id": np.array(provinces)[which],
            "year": np.array(years)[when],
            "z": z[which, when],
            "figure_rank": places(z)[which, when],
            "standing": centre,
            "se": se,
            "figure_se": figure_se,
            **bands,
            **{key: values[which, when] for key, values in ranks.items()},
        }
    )


def _changes(about, provinces, years, means, covariances, has_figure, is_break) -> pl.DataFrame:
    early, late = np.triu_indices(len(years), 1)
    which, pair = np.nonzero(has_figure[:, early] & has_figure[:, late])
    s, t = early[pair], late[pair]
    change = means[which, t] - means[which, s]
    variance = covariances[which, t, t] + covariances[which, s, s] - 2 * covariances[which, s, t]
    se = np.sqrt(np.maximum(variance, 1e-12))
    so_far = np.cumsum(is_break)
    return pl.DataFrame(
        {
            **{key: [about[key]] * len(which) for key in _SERIES},
            "province_id": np.array(provinces)[which],
            "first_year": np.array(years)[s],
            "last_year": np.array(years)[t],
            "change": change,
            "change_se": se,
            "p_rise": ndtr(change / se),
            "n_order_breaks": so_far[t] - so_far[s],
        }
    )


def _parameters(about: dict, found: Estimate | None, status: str) -> pl.DataFrame:
    estimates = {}
    if found is not None:
        estimates = {
            "phi": found.phi,
            "signal_share": found.s2,
            "noise_share": 1 - found.s2,
            "kappa": found.kappa,
            "log_likelihood": found.log_likelihood,
            **dict(zip(("phi_se", "signal_share_se", "kappa_se"), found.errors)),
        }
    row = {**about, **estimates, "status": status}
    return pl.DataFrame({c: [row.get(c)] for c in _PARAMETERS}, schema=_PARAMETERS)


_ID = dict.fromkeys([*_SERIES, "province_id"], pl.String)
_STANDING = dict.fromkeys(["standing", "se", "low_80", "high_80", "low_95", "high_95"], pl.Float64)
_RANKS = {
    **dict.fromkeys(
        ["median_rank", "rank_low_80", "rank_high_80", "rank_low_95", "rank_high_95", "n_ranked"], pl.Int64
    ),
    **dict.fromkeys(["p_top_ten", "p_bottom_ten", "median_rank_error", "p_error"], pl.Float64),
}
POSITIONS = {**_ID, "year": pl.Int64, "z": pl.Float64, "figure_rank": pl.Int64, **_STANDING, **_RANKS}
_AHEAD = {
    **_ID,
    "year": pl.Int64,
    "years_ahead": pl.Int64,
    **_STANDING,
    **{f"figure_{c}": pl.Float64 for c in _STANDING if c != "standing"},
    **_RANKS,
}
_CHANGES = {
    **_ID,
    "first_year": pl.Int64,
    "last_year": pl.Int64,
    **dict.fromkeys(["change", "change_se", "p_rise"], pl.Float64),
    "n_order_breaks": pl.Int64,
}
_PARAMETERS = {
    **dict.fromkeys(_SERIES, pl.String),
    **dict.fromkeys(
        ["phi", "phi_se", "signal_share", "signal_share_se", "noise_share", "kappa", "kappa_se"], pl.Float64
    ),
    "log_likelihood": pl.Float64,
    **dict.fromkeys(["n_years", "first_year", "last_year", "n_provinces", "n_figures"], pl.Int64),
    "order_break_years": pl.List(pl.Int64),
    "years_left_out": pl.List(pl.Int64),
    "status": pl.String,
}
