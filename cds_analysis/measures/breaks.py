"""What did a year do to a ranking: did it move the level, change the spread, or redraw the order?

A new definition may lift every province alike (a *level* break: positions still compare) or measure something
else (an *order* break: they do not, or less). The order is judged by Spearman's rank correlation of the
provinces in two adjacent years, beside that of the other pairs of adjacent years of the same dimension; the
correlations are compared as Fisher's z with the standard error sqrt(1.06 / (n - 3)) of Fieller, Hartley and
Pearson. It is a diagnostic, not a test of a definition: a true upheaval of the provinces, or a new sample
of a survey, redraws the order as well, and in a dimension that is mostly noise a break cannot be seen at
all.

Reference: Fieller, Hartley and Pearson (1957), Tests for rank correlation coefficients I, Biometrika 44.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.series import FULL_FROM

__all__ = ["MIN_OTHERS", "SURELY_LOWER", "order_breaks"]

MIN_OTHERS = 2  # other pairs of years that "the usual" needs
SURELY_LOWER = -1.645  # standard errors: one-sided 5 %
_TABLE = ["index_id", "dimension_id"]
_VARIANCE = 1.06  # of Fisher's z of a rank correlation, times n - 3


def order_breaks(scores: pl.DataFrame, *, full_from: int = FULL_FROM) -> pl.DataFrame:
    """Measure level, spread and order of every year against the year before, in full tables.

    Parameters
    ----------
    scores
        The table of that name.
    full_from
        Provinces with a score that make a year a table; smaller years are samples and are not used.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year`` (the later of two adjacent years), ``n`` (provinces with both),
        ``level_shift`` (change of the median in interquartile ranges of the year before, positive for a
        rise), ``spread_ratio`` (standard deviation over that of the year before), ``order_kept``
        (Spearman's correlation), ``order_usual`` (median over the other pairs; null for fewer than 2),
        ``order_z`` (their difference in standard errors, negative where less of the order was kept) and
        ``effect``: ``order`` where order_z is below -1.645, else ``level``; null without a usual value.

    Notes ----- The usual value is itself estimated, which ``order_z`` leaves out; one year in twenty of a
    series without any break is called ``order``, so ``effect`` is for years in which something is known or
    suspected.

    Examples
    --------
    >>> from cds_analysis import load
    >>> scores = load().scores
    >>> rows = order_breaks(scores.filter(pl.col("dimension_id") == "basic_infrastructure"))
    >>> rows.select("year", pl.col("order_kept", "order_usual").round(2), "effect").row(2)
    (2021, 0.49, 0.91, 'order')
    """
    full = scores.drop_nulls("score").filter(pl.len().over(*_TABLE, "year") >= full_from)
    keys = [*_TABLE, "province_id"]
    before = full.select(*keys, year=pl.col("year") + 1, before="score")
    pairs = full.select(*keys, "year", "score").join(before, on=[*keys, "year"], validate="1:1")
    measured = (
        pairs.group_by(*_TABLE, "year")
        .agg(
            n=pl.len(),
            level_shift=(pl.col("score").median() - pl.col("before").median())
            / (pl.col("before").quantile(0.75, "linear") - pl.col("before").quantile(0.25, "linear")),
            spread_ratio=pl.col("score").std() / pl.col("before").std(),
            order_kept=pl.corr("score", "before", method="spearman"),
        )
        .with_columns(pl.col("level_shift", "spread_ratio", "order_kept").fill_nan(None))
        .sort(*_TABLE, "year")
    )
    others = (
        measured.join(measured.select(*_TABLE, other_year="year", other="order_kept").drop_nulls(), on=_TABLE)
        .filter(pl.col("other_year") != pl.col("year"))
        .group_by(*_TABLE, "year")
        .agg(order_usual=pl.col("other").median(), n_others=pl.len())
        .filter(pl.col("n_others") >= MIN_OTHERS)
        .drop("n_others")
    )
    kept, usual = (pl.col(c).clip(-0.999, 0.999).arctanh() for c in ("order_kept", "order_usual"))
    return (
        measured.join(others, on=[*_TABLE, "year"], how="left", validate="1:1")
        .with_columns(order_z=(kept - usual) / (_VARIANCE / (pl.col("n") - 3)).sqrt())
        .with_columns(
            effect=pl.when(pl.col("order_z") < SURELY_LOWER)
            .then(pl.lit("order"))
            .when(pl.col("order_z").is_not_null())
            .then(pl.lit("level"))
        )
        .sort(*_TABLE, "year")
    )
