"""Where does a province stand against its region, its structural peers and the country?

Differences are signed so that positive is always better: ``direction * (value - reference)``. Medians are
used as references because a few large cities would pull a mean. Only provinces with a value recent enough
take part; a missing one is missing, not last.

References: OECD/JRC (2008), Handbook on Constructing Composite Indicators; robust z-score after Iglewicz and
Hoaglin (1993).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.dataset.scalars import extent
from cds_analysis.errors import ParameterError

__all__ = ["MAD_TO_SIGMA", "compare", "structural_peers"]

MAD_TO_SIGMA = (
    1.4826  # the median absolute deviation of a normal sample times this estimates its standard deviation
)

_BLOCK = 500  # provinces whose distances to all others are held at once


def compare(
    values: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    as_of: date | None = None,
    max_age: float = 2.0,
    peers: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Set each province's latest value against region, peers and country.

    Parameters
    ----------
    values
        ``province_id, series_id, as_of, value, direction, source_id`` (see
        :mod:`cds_analysis.dataset.series`).
    provinces
        Must have ``province_id, region_id``.
    as_of
        Use nothing later than this date; by default the latest date of each series.
    max_age
        Oldest value used, in years before `as_of`.
    peers
        ``province_id, peer_id`` from :func:`structural_peers`; adds the peer columns.

    Returns
    -------
    polars.DataFrame
        One row a province and series: ``province_id, series_id, value, as_of, direction, region_id``;
        ``national_median, region_median, best``; ``diff_national, diff_region, diff_best`` (unit of the
        value, positive is better; ``diff_best`` <= 0); ``percentile`` (0 worst to 100 best: share of the
        other reporting provinces that do worse, ties count half; null when alone); ``robust_z`` (null when
        the MAD is 0); coverage: ``n_reporting, n_region, n_obs, first_as_of, source_ids``. With `peers`:
        ``peer_median, diff_peers, n_peers``.

    Raises
    ------
    ParameterError
        When `max_age` is not positive.

    Examples
    --------
    >>> values = pl.DataFrame(
    ...     {
    ...         "province_id": ["a", "b", "c"],
    ...         "series_id": "x",
    ...         "as_of": date(2024, 12, 31),
    ...         "value": [1.0, 2.0, 4.0],
    ...         "direction": 1,
    ...         "source_id": "s",
    ...     }
    ... )
    >>> places = pl.DataFrame({"province_id": ["a", "b", "c"], "region_id": "r"})
    >>> compare(values, places).select("province_id", "diff_national", "diff_best").rows()
    [('a', -1.0, -3.0), ('b', 0.0, -2.0), ('c', 2.0, 0.0)]
    """
    values = eager(values)  # a table kept as Parquet is only scanned so far
    if not max_age > 0:
        raise ParameterError(f"max_age must be a positive number of years, not {max_age!r}")
    used = values if as_of is None else values.filter(pl.col("as_of") <= as_of)
    edge = pl.lit(as_of) if as_of is not None else pl.col("as_of").max().over("series_id")
    history = used.group_by("province_id", "series_id").agg(
        n_obs=pl.len(), first_as_of=pl.col("as_of").min(), source_ids=pl.col("source_id").unique().sort()
    )
    latest = (
        used.filter((edge - pl.col("as_of")).dt.total_days() <= max_age * 365.25)
        # Of several figures of one day, that whose source comes first in the alphabet: never what the rows'
        # order says.
        .sort("as_of", "source_id", descending=[False, True])
        .group_by("province_id", "series_id", maintain_order=True)
        .last()
        .drop("source_id")
        .join(provinces.select("province_id", "region_id"), on="province_id", how="left", validate="m:1")
    )
    good = pl.col("direction") * pl.col("value")
    median = pl.col("value").median()
    mad = (pl.col("value") - median.over("series_id")).abs().median().over("series_id")
    n = pl.len().over("series_id")
    compared = latest.with_columns(
        national_median=median.over("series_id"),
        region_median=median.over("series_id", "region_id"),
        best=good.max().over("series_id") * pl.col("direction"),
        n_reporting=n,
        n_region=pl.len().over("series_id", "region_id"),
        percentile=pl.when(n > 1).then(100 * (good.rank("average").over("series_id") - 1) / (n - 1)),
        robust_z=pl.when(mad > 0).then(
            pl.col("direction") * (pl.col("value") - median.over("series_id")) / (MAD_TO_SIGMA * mad)
        ),
    ).with_columns(
        diff_national=pl.col("direction") * (pl.col("value") - pl.col("national_median")),
        diff_region=pl.col("direction") * (pl.col("value") - pl.col("region_median")),
        diff_best=pl.col("direction") * (pl.col("value") - pl.col("best")),
    )
    result = compared.join(history, on=["province_id", "series_id"], how="left", validate="1:1")
    if peers is not None:
        result = _with_peers(result, peers)
    return result.sort("series_id", "province_id")


def _with_peers(compared: pl.DataFrame, peers: pl.DataFrame) -> pl.DataFrame:
    theirs = compared.select("series_id", peer_id="province_id", peer_value="value")
    median = (
        peers.join(theirs, on="peer_id", how="inner")
        .group_by("province_id", "series_id")
        .agg(peer_median=pl.col("peer_value").median(), n_peers=pl.len())
    )
    return compared.join(median, on=["province_id", "series_id"], how="left", validate="1:1").with_columns(
        pl.col("n_peers").fill_null(0),
        diff_peers=pl.col("direction") * (pl.col("value") - pl.col("peer_median")),
    )


def structural_peers(context: pl.DataFrame, *, year: int | None = None, k: int = 5) -> pl.DataFrame:
    """Find the `k` provinces most like each province in income, size and urbanisation.

    Distance is Euclidean over three z-scores: log GRDP per head, log population, urban share of the
    population.

    Parameters
    ----------
    context
        ``province_id, year, population_thousand, urban_population_thousand, grdp_per_capita_million_vnd``.
    year
        The latest year by default.
    k
        Number of peers, at least 1 and fewer than there are provinces with all figures.

    Returns
    -------
    polars.DataFrame
        ``province_id, peer_id, peer_order`` (1 is nearest), ``distance`` (standard deviations), ``year``.
        Provinces that lack one of the figures have no peers and are nobody's.

    Raises
    ------
    ParameterError
        When the year has no figures or `k` is out of range.

    Examples
    --------
    >>> from cds_analysis import load
    >>> structural_peers(load().context, k=2).filter(pl.col("province_id") == "lang-son")["peer_id"].to_list()
    ['quang-binh', 'tuyen-quang']
    """
    year = extent(context["year"])[1] if year is None else year
    features = {
        "income": pl.col("grdp_per_capita_million_vnd").log(),
        "size": pl.col("population_thousand").log(),
        "urban": pl.col("urban_population_thousand") / pl.col("population_thousand"),
    }
    # Who lacks one of the figures is like nobody: a missing one would count as no distance at all.
    rows = context.filter(pl.col("year") == year).select("province_id", **features)
    rows = rows.filter(pl.all_horizontal(pl.col(list(features)).is_finite()))  # a null is not
    if not rows.height:
        raise ParameterError(
            f"no context figures for the year {year}; there are {sorted(context['year'].unique())}"
        )
    if not 1 <= k < rows.height:
        raise ParameterError(f"k must be from 1 to {rows.height - 1}, not {k!r}")
    scaled = ((pl.col(f) - pl.col(f).mean()) / pl.col(f).std() for f in features)
    known = rows.select("province_id", *scaled).fill_nan(0.0).sort("province_id")  # alike in it, all of them
    parts = [_nearest(known, block, k) for block in known.iter_slices(_BLOCK)]
    return pl.concat(parts).select(
        "province_id",
        "peer_id",
        peer_order=pl.int_range(1, pl.len() + 1).over("province_id"),
        distance="distance",
        year=pl.lit(year),
    )


def _nearest(known: pl.DataFrame, block: pl.DataFrame, k: int) -> pl.DataFrame:
    """Return the `k` nearest of all to each province of a block, nearest first, ties in order of the id."""
    names = known.columns[1:]
    squares = sum((block[f].to_numpy()[:, None] - known[f].to_numpy()) ** 2 for f in names)
    distance = np.sqrt(squares)
    distance[block["province_id"].to_numpy()[:, None] == known["province_id"].to_numpy()] = np.inf
    # All that are as near as the k-th: which of equals counts is then settled by the id.
    limit = np.partition(distance, k - 1, axis=1)[:, [k - 1]]
    which, peer = np.nonzero(distance <= limit)
    near = pl.DataFrame(
        {
            "province_id": block["province_id"].gather(which),
            "peer_id": known["province_id"].gather(peer),
            "distance": distance[which, peer],
        }
    )
    return near.sort("province_id", "distance", "peer_id").filter(
        pl.int_range(pl.len()).over("province_id") < k
    )
