"""Do provinces converge: does the spread between them shrink, and do low starters gain more?

Both sides are read at once: sigma (the spread) and beta (change on initial level), because a negative beta
alone is what regression to the mean looks like: in pure noise low starters "gain" and high starters "lose".
``90_method_checks`` shows how often.

References: Barro and Sala-i-Martin (1992); Quah (1993) on beta; Pitman (1939) and Morgan (1939) on paired
variances; MacKinnon and White (1985) for HC3.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.scalars import extent
from cds_analysis.dataset.series import FULL_FROM, with_segments

__all__ = ["convergence"]

MIN_SPAN = 3  # years between the ends of a comparison of spreads
_SERIES = ["index_id", "dimension_id", "segment"]


def convergence(scores: pl.DataFrame, breaks: pl.DataFrame, *, full_from: int = FULL_FROM) -> pl.DataFrame:
    """Read sigma- and beta-convergence of each dimension and segment, among the provinces with a score in
    its first and last full year.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, segment, first_year, last_year, n_provinces``; ``sd_first, sd_last`` (score
        points; a smaller last one is sigma-convergence), ``p_sigma`` (Pitman and Morgan's test that both are
        equal, for paired figures); ``beta`` (points gained a year per point of the first score; negative
        means that low starters gained more), ``beta_low, beta_high`` (95 % interval, HC3), ``p_beta``;
        ``reading``: converging (the spread shrinks with p below 0.05, and beta is below 0), only_beta (beta
        below 0 while the spread does not clearly shrink: what regression to the mean looks like), diverging
        (the spread grows with p below 0.05 and beta is not below 0), neither. Segments that span fewer than
        3 years, or with fewer provinces than `full_from`, are left out.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> pci = data.scores.filter(pl.col("index_id") == "pci")
    >>> convergence(pci, data.breaks).select("first_year", "last_year", "reading").row(0)
    (2009, 2012, 'converging')
    """
    import statsmodels.api as sm

    cut = with_segments(scores.drop_nulls("score"), breaks)
    rows = []
    # A year on record for a sample of provinces only is no end to compare with.
    full = cut.filter(pl.len().over(*_SERIES, "year") >= full_from)
    for key, group in full.group_by(_SERIES):
        first, last = extent(group["year"])
        ends = [group.filter(pl.col("year") == y).select("province_id", "score") for y in (first, last)]
        both = ends[0].join(ends[1], on="province_id", how="inner", suffix="_last", validate="1:1")
        if last - first < MIN_SPAN or both.height < full_from:
            continue
        start, end = both["score"].to_numpy(), both["score_last"].to_numpy()
        fit = sm.OLS((end - start) / (last - first), sm.add_constant(start)).fit(cov_type="HC3", use_t=True)
        low, high = fit.conf_int()[1]
        spread = (float(start.std(ddof=1)), float(end.std(ddof=1)))
        # Two paired variances are equal exactly when sum and difference are uncorrelated (Pitman 1939,
        # Morgan 1939).
        p_sigma = float(sm.OLS(end - start, sm.add_constant(end + start)).fit().pvalues[1])
        rows.append(
            {
                **dict(zip(_SERIES, key)),
                "first_year": first,
                "last_year": last,
                "n_provinces": both.height,
                "sd_first": spread[0],
                "sd_last": spread[1],
                "p_sigma": p_sigma,
                "beta": float(fit.params[1]),
                "beta_low": float(low),
                "beta_high": float(high),
                "p_beta": float(fit.pvalues[1]),
                "reading": _reading(spread, p_sigma, float(high)),
            }
        )
    columns = [
        "first_year",
        "last_year",
        "n_provinces",
        "sd_first",
        "sd_last",
        "p_sigma",
        "beta",
        "beta_low",
        "beta_high",
        "p_beta",
        "reading",
    ]
    types = [pl.Int64] * 3 + [pl.Float64] * 7 + [pl.String]
    return pl.DataFrame(
        rows, schema={**{c: cut.schema[c] for c in _SERIES}, **dict(zip(columns, types))}
    ).sort(_SERIES)


def _reading(spread: tuple[float, float], p_sigma: float, beta_high: float) -> str:
    shrinks = spread[1] < spread[0] and p_sigma < 0.05
    if beta_high < 0:
        return "converging" if shrinks else "only_beta"
    return "diverging" if spread[1] > spread[0] and p_sigma < 0.05 else "neither"
