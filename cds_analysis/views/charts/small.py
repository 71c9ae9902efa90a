"""Charts of one line each: a strip of all provinces, ranks over the years, a figure and its target, a place
on the map.

They are drawn as SVG in the page itself, with the page's colours and face, so that they are dark where the
page is and as wide as the screen allows: places across are shares of the width, places down are pixels. The
templates ``small.html.j2`` draw what is measured out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import polars as pl

__all__ = ["Bullet", "Lines", "Spark", "Strip", "bullet", "lines", "locator", "spark", "strip"]

_EDGE = 1.8  # share of the width left free at either end, so that no mark is cut
_SPARK_TOP, _SPARK_HEIGHT = 6.0, 38.0
_SPARK_LEFT, _SPARK_WIDTH = 8.0, 78.0  # the newest rank is written to the right of its point


@dataclass(frozen=True)
class Strip:
    """One row with a scale of its own: every province a tick, the middle half, the median, one dot with its
    band.
    """

    ticks: list[float]
    low: float
    high: float
    median: float
    dot: float
    band: tuple[float, float] | None
    side: str


def strip(scores: Sequence[float], mine: float, *, side: str, band: tuple[float, float] | None) -> Strip:
    """Measure a row: the scores of all provinces, that of one, and the interval that its place likely lies
    in.

    Examples
    --------
    >>> row = strip([0.0, 5.0, 10.0], 10.0, side="better", band=None)
    >>> row.ticks, row.median, row.dot
    ([1.8, 50.0, 98.2], 50.0, 98.2)
    """
    values = list(scores)
    start, end = min(values), max(values)

    def across(value: float) -> float:
        share = (min(max(value, start), end) - start) / ((end - start) or 1)
        return round(_EDGE + (100 - 2 * _EDGE) * share, 2)

    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return Strip(
        ticks=sorted({across(v) for v in values}),
        low=across(low),
        high=across(high),
        median=across(middle),
        dot=across(mine),
        band=None if band is None else (across(band[0]), across(band[1])),
        side=side,
    )


@dataclass(frozen=True)
class Spark:
    """Ranks over the years: points, the lines between those of one definition, breaks, and a band on the
    newest.
    """

    points: list[tuple[float, float, str]] = field(default_factory=list)
    lines: list[tuple[float, float, float, float]] = field(default_factory=list)
    breaks: list[tuple[float, str]] = field(default_factory=list)
    band: tuple[float, float, float] | None = None
    years: list[tuple[float, int]] = field(default_factory=list)
    bottom: int = 0


def spark(
    own: pl.DataFrame, breaks: dict[int, str], *, last: int, band: tuple[int, int] | None = None
) -> Spark:
    """Measure the ranks of one province in one index.

    Parameters
    ----------
    own
        Its rows of :func:`cds_analysis.measures.ranks.ranks`, with ranks.
    breaks
        Years from which a new definition holds, with the reason.
    last
        The newest year drawn, so that an old figure stands where it belongs.
    band
        Best and worst rank that the newest one may truly be.

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {
    ...         "year": [2022, 2023, 2024],
    ...         "rank": [6, 4, 18],
    ...         "n_ranked": [63] * 3,
    ...         "segment": [2021, 2021, 2024],
    ...     }
    ... )
    >>> found = spark(rows, {2024: "new"}, last=2024)
    >>> len(found.points), len(found.lines), [round(x) for x, _ in found.breaks]
    (3, 1, [66])
    """
    rows = own.sort("year").rows(named=True)
    if not rows:
        return Spark()
    first, bottom = rows[0]["year"], max(r["n_ranked"] or r["rank"] for r in rows)
    span = max(last - first, 1)

    def across(year: float) -> float:
        return round(_SPARK_LEFT + _SPARK_WIDTH * (year - first) / span, 2)

    def down(rank: float) -> float:
        return round(_SPARK_TOP + _SPARK_HEIGHT * (rank - 1) / max(bottom - 1, 1), 1)

    points = [(across(r["year"]), down(r["rank"]), f"{r['year']}: {r['rank']}") for r in rows]
    lines = [
        (*points[i][:2], *points[i + 1][:2])
        for i, (a, b) in enumerate(pairwise(rows))
        if b["year"] == a["year"] + 1 and b["segment"] == a["segment"]
    ]
    newest = rows[-1]["year"]
    named = sorted({first, newest, last})
    return Spark(
        points=points,
        lines=lines,
        breaks=[(across(y - 0.5), why) for y, why in sorted(breaks.items()) if first < y <= last],
        band=None if band is None else (across(newest), down(band[0]), max(down(band[1]) - down(band[0]), 2)),
        years=[(across(y), y) for y in named if y == newest or abs(newest - y) > span / 4],
        bottom=bottom,
    )


@dataclass(frozen=True)
class Bullet:
    """A figure in percent and the target that it is set against."""

    value: float | None
    target: float
    state: str


def bullet(value: float | None, target: float, *, state: str) -> Bullet:
    """Measure a figure and a target in percent; beyond 0 to 100 both are cut at the end.

    Examples
    --------
    >>> bullet(97.7, 80, state="good")
    Bullet(value=97.7, target=80, state='good')
    """
    return Bullet(None if value is None else min(max(value, 0.0), 100.0), min(max(target, 0), 100), state)


def locator(tiles: pl.DataFrame, province: str) -> list[tuple[int, int, bool]]:
    """Return column, row and whether it is the province, for each tile of the map; none where there is no
    map.

    Examples
    --------
    >>> map_ = pl.DataFrame({"province_id": ["a", "b"], "tile_row": [0, 1], "tile_col": [2, 1]})
    >>> locator(map_, "b")
    [(2, 0, False), (1, 1, True)]
    """
    known = tiles.drop_nulls(["tile_row", "tile_col"]).sort("tile_row", "tile_col")
    return [
        (c, r, p == province) for p, r, c in known.select("province_id", "tile_row", "tile_col").iter_rows()
    ]


@dataclass(frozen=True)
class Lines:
    """Scores by year on a scale of their own, broken at definitions, before the middle half of all
    provinces.
    """

    points: list[tuple[float, float]]
    lines: list[tuple[float, float, float, float]]
    bands: list[str]
    medians: list[str]
    breaks: list[float]
    years: list[tuple[float, int]]
    scale: list[tuple[float, float]]
    newest: tuple[float, float]


def lines(own: pl.DataFrame, table: pl.DataFrame, breaks: Sequence[int]) -> Lines:
    """Measure the scores of one province in a picture of 340 by 150 pixels.

    Parameters
    ----------
    own
        Its rows of :func:`cds_analysis.measures.ranks.ranks`, with scores.
    table
        Those of all provinces, for the middle half of the full years.
    breaks
        Years from which a new definition holds.

    Examples
    --------
    >>> own = pl.DataFrame({"year": [2022, 2023], "score": [1.0, 3.0], "segment": [0, 0]})
    >>> found = lines(own, own.with_columns(is_full=True), [])
    >>> found.newest, len(found.lines)
    ((282.0, 18.0), 1)
    """
    rows = own.sort("year").rows(named=True)
    full = (
        table.filter(pl.col("is_full"), pl.col("year") >= rows[0]["year"])
        .group_by("segment", "year")
        .agg(
            low=pl.col("score").quantile(0.25, "linear"),
            mid=pl.col("score").median(),
            high=pl.col("score").quantile(0.75, "linear"),
        )
        .sort("segment", "year")
    )
    values = [r["score"] for r in rows] + full["low"].to_list() + full["high"].to_list()
    low, high = min(values), max(values)
    first, last = rows[0]["year"], max(rows[-1]["year"], full["year"].max() or 0)

    def across(year: float) -> float:
        return round(40 + 242 * (year - first) / max(last - first, 1), 1)

    def down(value: float) -> float:
        return round(18 + 102 * (high - value) / ((high - low) or 1), 1)

    bands, medians = [], []
    for part in full.partition_by("segment", maintain_order=True):
        ends = part.select("year", "low", "mid", "high").rows()
        if len(ends) == 1:  # one year: as wide as a mark
            ends = [(ends[0][0] + d, *ends[0][1:]) for d in (-0.2, 0.2)]
        there = [f"{across(a)},{down(c)}" for a, _, _, c in ends]
        back = [f"{across(a)},{down(b)}" for a, b, _, _ in reversed(ends)]
        bands.append(" ".join(there + back))
        medians.append(" ".join(f"{across(a)},{down(m)}" for a, _, m, _ in ends))
    points = [(across(r["year"]), down(r["score"])) for r in rows]
    named = sorted({first, rows[-1]["year"], last})
    return Lines(
        points=points,
        lines=[
            (*points[i], *points[i + 1])
            for i, (a, b) in enumerate(pairwise(rows))
            if b["year"] == a["year"] + 1 and b["segment"] == a["segment"]
        ],
        bands=bands,
        medians=medians,
        breaks=[across(b - 0.5) for b in sorted(breaks) if first < b <= last],
        years=[
            (across(y), y)
            for y in named
            if y == rows[-1]["year"] or abs(y - rows[-1]["year"]) > (last - first) / 6
        ],
        scale=[(down(low), low), (down(high), high)] if high > low else [(down(low), low)],
        newest=points[-1],
    )
