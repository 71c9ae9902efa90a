"""Which provinces report about themselves, how much, and do those that report more also report better?

Figures of articles are what provinces chose to say and somebody chose to print. Before a figure is compared
it must be known who is silent, and whether the provinces on record differ from the others.
"""

from __future__ import annotations

import numpy as np
import polars as pl

__all__ = ["reporting", "selection"]

_FEWEST = 5  # provinces with a figure of an indicator before their order says anything
_Z95 = 1.959964


def reporting(values: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    """Count what each province reports, and place its latest figures among those of the others.

    Parameters
    ----------
    values
        ``province_id, series_id, as_of, value, direction``, of
        :func:`cds_analysis.dataset.series.indicator_values`; only series with a better direction are placed.
    provinces
        The register: a province without any figure gets a row too.

    Returns
    -------
    polars.DataFrame
        One row a province: ``province_id, n_figures, n_indicators, first_as_of, last_as_of``; ``n_placed``
        (its indicators that at least five provinces report) and ``mean_percentile`` (0 to 100, of its latest
        figure among the latest of all that report it, halves for ties; null where nothing is placed).

    Examples
    --------
    >>> from datetime import date
    >>> rows = [(p, "i", date(2024, 1, 1), float(v), 1) for v, p in enumerate("abcde")]
    >>> values = pl.DataFrame(rows, ["province_id", "series_id", "as_of", "value", "direction"], orient="row")
    >>> found = reporting(values, pl.DataFrame({"province_id": list("abcdef")}))
    >>> found.select("n_indicators", "mean_percentile").rows()[-2:]
    [(1, 100.0), (0, None)]
    """
    counted = values.group_by("province_id").agg(
        n_figures=pl.len(),
        n_indicators=pl.col("series_id").n_unique(),
        first_as_of=pl.col("as_of").min(),
        last_as_of=pl.col("as_of").max(),
    )
    latest = values.sort("as_of", "value").group_by("series_id", "province_id").last()
    better = pl.col("direction") * pl.col("value")
    n = pl.len().over("series_id")
    placed = (
        latest.filter((n >= _FEWEST) & (pl.col("direction") != 0))
        .with_columns(percentile=100 * (better.rank("average").over("series_id") - 1) / (n - 1))
        .group_by("province_id")
        .agg(n_placed=pl.len(), mean_percentile=pl.col("percentile").mean())
    )
    return (
        provinces.select("province_id")
        .join(counted, on="province_id", how="left", validate="1:1", maintain_order="left")
        .join(placed, on="province_id", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("n_figures", "n_indicators", "n_placed").fill_null(0))
    )


def selection(reported: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """Say whether provinces that report more also do better: rank correlations of the number of indicators
    reported.

    Parameters
    ----------
    reported
        From :func:`reporting`.
    ranked
        From :func:`cds_analysis.measures.ranks.ranks`; of each series in it the latest full year is used.

    Returns
    -------
    polars.DataFrame
        One row a series, and one for the province's own figures (``index_id`` null): ``index_id,
        dimension_id, year, n, spearman, low, high`` (95 % by Fisher's z with the standard error of Bonett and
        Wright, 2000; positive: who reports more is better placed), ``source_ids``.

    Examples
    --------
    >>> who = [f"p{i:02}" for i in range(12)]
    >>> reported = pl.DataFrame(
    ...     {"province_id": who, "n_indicators": range(12), "mean_percentile": [None] * 12}
    ... )
    >>> ranked = pl.DataFrame(
    ...     {
    ...         "index_id": "x",
    ...         "dimension_id": "overall",
    ...         "year": 2024,
    ...         "province_id": who,
    ...         "rank": range(1, 13),
    ...         "is_full": True,
    ...         "source_id": "s",
    ...     }
    ... )
    >>> selection(reported, ranked).select("n", "spearman").row(0)
    (12, -1.0)
    """
    full = ranked.filter(pl.col("is_full")).drop_nulls("rank")
    newest = full.filter(pl.col("year") == pl.col("year").max().over("index_id", "dimension_id"))
    rows = []
    for (index, dimension), part in newest.group_by("index_id", "dimension_id", maintain_order=True):
        pairs = part.join(reported, on="province_id", how="inner", validate="1:1")
        sources = (
            part["source_id"].drop_nulls().unique().sort().to_list() if "source_id" in part.columns else []
        )
        rows.append(
            (index, dimension, part["year"][0], *_correlated(pairs["n_indicators"], -pairs["rank"]), sources)
        )
    own = reported.drop_nulls("mean_percentile")
    rows.append((None, None, None, *_correlated(own["n_indicators"], own["mean_percentile"]), []))
    schema = {
        "index_id": pl.String,
        "dimension_id": pl.String,
        "year": pl.Int64,
        "n": pl.Int64,
        "spearman": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "source_ids": pl.List(pl.String),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _correlated(a: pl.Series, b: pl.Series) -> tuple[int, float | None, float | None, float | None]:
    n = len(a)
    if n < 10 or a.n_unique() < 2 or b.n_unique() < 2:
        return n, None, None, None
    r = float(np.corrcoef(a.rank().to_numpy(), b.cast(pl.Float64).rank().to_numpy())[0, 1])
    if abs(r) >= 1:
        return n, r, r, r
    half = _Z95 * np.sqrt((1 + r**2 / 2) / (n - 3))
    return n, r, float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))
