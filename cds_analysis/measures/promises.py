"""What do provinces promise, and where do their figures lie about a yardstick that is set for all of them?

A national target is a yardstick: every province that reports the indicator can be held against it. A
province's own target is a promise: it may ask more or less than the yardstick of the same indicator and due
date. Both tables describe the provinces on record only, which are no random sample of the country.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.schemas import NATION

__all__ = ["promises", "yardsticks"]

_TARGET = ["indicator_id", "due"]


def yardsticks(judged: pl.DataFrame) -> pl.DataFrame:
    """Say for each national target how the provinces with a figure lie about it.

    Parameters
    ----------
    judged
        From :func:`cds_analysis.measures.gaps.gaps`: each province's latest figure beside each target.

    Returns
    -------
    polars.DataFrame
        One row a national target that at least one province has a figure for: ``indicator_id, due, target,
        comparator, target_source_id``; ``n_figures`` (provinces), ``n_reached`` (their latest figure meets
        it), ``low, quarter, median, three_quarters, high`` of the figures (unit of the indicator; a bound
        counts as its value), ``first_as_of, last_as_of`` (oldest and newest of them), ``source_ids``. Most
        figures first.

    Examples
    --------
    >>> from cds_analysis import open
    >>> found = yardsticks(open().gaps().frame)
    >>> found.filter(pl.col("n_reached") > pl.col("n_figures")).height
    0
    """
    value = pl.col("value")
    return (
        judged.filter(pl.col("scope") == NATION)
        .drop_nulls("value")
        .sort("target_source_id")
        .unique([*_TARGET, "target", "province_id"], keep="first", maintain_order=True)
        .group_by([*_TARGET, "target"], maintain_order=True)
        .agg(
            pl.col("comparator", "target_source_id").first(),
            n_figures=pl.len(),
            n_reached=(pl.col("status") == "achieved").sum(),
            low=value.min(),
            quarter=value.quantile(0.25, "linear"),
            median=value.median(),
            three_quarters=value.quantile(0.75, "linear"),
            high=value.max(),
            first_as_of=pl.col("as_of").min(),
            last_as_of=pl.col("as_of").max(),
            source_ids=pl.col("source_id").unique().sort(),
        )
        .sort("n_figures", *_TARGET, "target", descending=[True, False, False, False])
    )


def promises(judged: pl.DataFrame) -> pl.DataFrame:
    """Say for each indicator and due date what provinces promise, and whether they ask more than the nation
    does.

    Parameters
    ----------
    judged
        From :func:`cds_analysis.measures.gaps.gaps`.

    Returns
    -------
    polars.DataFrame
        One row an indicator and due date that at least one province has a target of its own for:
        ``indicator_id, due, n_provinces, low, median, high`` (targets; of several of one province the most
        demanding counts), ``national`` (the nation's target of that indicator and date, the most demanding
        one; null where there is none), ``n_above, n_equal, n_below`` (provinces that ask more, as much, less;
        null without a national target; above means more demanding, whichever way the indicator runs),
        ``n_with_figure, n_reached``, ``source_ids`` (of the targets). Most provinces first.

    Examples
    --------
    >>> from cds_analysis import open
    >>> found = promises(open().gaps().frame).drop_nulls("national")
    >>> (found["n_above"] + found["n_equal"] + found["n_below"] == found["n_provinces"]).all()
    True
    """
    demand = pl.col("direction").replace(0, 1) * pl.col("target")
    ranked = judged.with_columns(_demand=demand).sort("_demand", descending=True)
    of_nation = (
        ranked.filter(pl.col("scope") == NATION)
        .group_by(_TARGET)
        .agg(
            national=pl.col("target").first(),
            _national=pl.col("_demand").first(),
            national_source_id=pl.col("target_source_id").first(),
        )
    )
    own = ranked.filter(pl.col("scope") != NATION).unique(
        [*_TARGET, "province_id"], keep="first", maintain_order=True
    )
    more = pl.col("_demand") - pl.col("_national")
    counted = (
        own.join(of_nation, on=_TARGET, how="left", validate="m:1")
        .group_by(_TARGET)
        .agg(
            n_provinces=pl.len(),
            low=pl.col("target").min(),
            median=pl.col("target").median(),
            high=pl.col("target").max(),
            national=pl.col("national").first(),
            n_above=(more > 0).sum(),
            n_equal=(more == 0).sum(),
            n_below=(more < 0).sum(),
            n_with_figure=pl.col("value").count(),
            n_reached=(pl.col("status") == "achieved").sum(),
            source_ids=pl.col("target_source_id").unique().sort(),
        )
    )
    known = pl.col("national").is_not_null()
    return counted.with_columns(
        pl.when(known).then(pl.col(c)).alias(c) for c in ("n_above", "n_equal", "n_below")
    ).sort("n_provinces", *_TARGET, descending=[True, False, False])
