"""Charts of a comparison: dots against medians, a distribution, a tile map."""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from cds_analysis.dataset.scalars import extent
from cds_analysis.views.text import Text
from cds_analysis.views.theme import (
    GREY,
    INK,
    MUTED,
    ON_DARK,
    ON_LIGHT,
    PALETTE,
    Chart,
    canvas,
    empty_chart,
    spread,
    style,
)
from cds_analysis.views.wording import MISSING

__all__ = ["SCALE", "distribution", "readable_on", "tile_map"]

SCALE = LinearSegmentedColormap.from_list(
    "cds", ["#f4efe2", "#a9cfd8", "#3d8fb0", "#0b3f66"]
)  # light is low, dark is high
_MOST_CLASSES = 6
_DIVERGING = ["#b3402a", "#eaa793", "#eceff1", "#8fc1de", "#0b5c8e"]  # falls, what is usual, rises


def readable_on(colour) -> str:
    """Return white or dark ink, whichever reads better on a colour."""
    r, g, b = colour[:3]
    return ON_DARK if 0.299 * r + 0.587 * g + 0.114 * b < 0.55 else ON_LIGHT


def _without(compared: pl.DataFrame, highlight: list[str], t: Text) -> str:
    """Name the highlighted provinces that have no figure: they are missing in the picture, not forgotten."""
    names = t.provinces(p for p in highlight if p not in set(compared["province_id"]))
    return " " + t("No figure: {names}.", names=t.listing(names)) if names else ""


def distribution(
    compared: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    unit: str,
    source: str,
    decimals: int = 2,
) -> Chart:
    """Draw the distribution of one series over all provinces, with the highlighted ones picked out
    by name.
    """
    t = text
    if not compared.height:
        return empty_chart("distribution", title, t("No figure to compare."), source, compared)
    subtitle = t(
        "Number of provinces by score (n = {n}); {unit}. The dashed line is the national median.",
        n=t.number(compared.height),
        unit=unit,
    )
    subtitle += _without(compared, highlight, t)
    with style():
        figure, (ax,) = canvas(2.7, title, subtitle, source)
        ax.hist(compared["value"].to_list(), bins=16, color="#cdd6dd", alpha=0.75, edgecolor="white")
        top = ax.get_ylim()[1] * 1.28
        ax.vlines(compared["value"].to_list(), 0, top * 0.035, color=MUTED, lw=0.8)
        median = compared["national_median"][0]
        ax.axvline(median, color=INK, ls="--", lw=1.2, ymax=0.78)
        mine = compared.filter(pl.col("province_id").is_in(highlight)).sort("value")
        left, right = ax.get_xlim()
        places = spread(mine["value"].to_list(), (right - left) * 0.17)
        shift = min(0.0, right - max(places, default=right) - (right - left) * 0.02)
        for i, row in enumerate(mine.iter_rows(named=True)):
            colour = PALETTE[highlight.index(row["province_id"]) % 6]
            label_at = places[i] + shift
            ax.plot([row["value"]] * 2, [0, top * 0.72], color=colour, lw=2, solid_capstyle="butt")
            ax.plot([row["value"], label_at], [top * 0.72, top * 0.79], color=colour, lw=0.8)
            ax.text(
                label_at,
                top * 0.80,
                f"{t.province(row['province_id'])}\n{t.number(row['value'], decimals)}",
                ha="center",
                va="bottom",
                fontsize=8,
                color=colour,
                fontweight="bold",
            )
        ax.set(ylim=(0, top), xlabel=unit[:1].upper() + unit[1:], ylabel=t("Provinces"))
        ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.xaxis.set_major_formatter(lambda v, _: t.number(v, 1 if right - left < 8 else 0))
    facts = [
        f"{t.province(r['province_id'])} {t.number(r['value'], decimals)}" for r in mine.iter_rows(named=True)
    ]
    alt = (
        title
        + ". "
        + t(
            "National median {median}; {facts}.",
            median=t.number(median, decimals),
            facts=", ".join(facts) or t("no province picked out"),
        )
    )
    return Chart("distribution", figure, title, alt, compared)


def tile_map(
    values: pl.DataFrame,
    tiles: pl.DataFrame,
    *,
    text: Text,
    title: str,
    subtitle: str,
    source: str,
    decimals: int = 1,
    highlight: Sequence[str] = (),
    lower_is_better: bool = False,
    sign: bool = False,
) -> Chart:
    """Draw provinces as equal tiles near their true place, so that small provinces are seen as well as large
    ones.

    `values` has ``province_id, value``; `tiles` has ``province_id, tile_row, tile_col``. A province without
    a value is hatched. With `sign`, values are changes, in colours on both sides of those that are usual.
    """
    t = text
    known = dict(values.select("province_id", "value").drop_nulls().iter_rows())
    classes = (
        _changes(list(known.values()), t)
        if sign
        else _classes(list(known.values()), t, decimals, lower_is_better=lower_is_better)
    )
    subtitle = f"{subtitle} (n = {t.number(len(known))})"
    rows, cols = extent(tiles["tile_row"])[1] + 1, extent(tiles["tile_col"])[1] + 1
    with style():
        figure, (ax,) = canvas(0.45 * (rows + 1.2), title, subtitle, source, width=0.86 * cols + 0.3)
        _key(ax, classes, cols)
        groups = {"plain": [], "hatched": []}
        for p, r, c in tiles.select("province_id", "tile_row", "tile_col").iter_rows():
            frame = {
                "linewidth": 2.4 if p in highlight else 0.0,
                "edgecolor": PALETTE[1] if p in highlight else "none",
            }
            if p in known:
                colour = next(c.colour for c in reversed(classes) if known[p] >= c.low)
                label, ink = t.number(known[p], decimals, sign=sign), readable_on(colour)
            else:
                colour, label, ink = "#fafbfc", MISSING, MUTED
                frame = {
                    "linewidth": max(frame["linewidth"], 0.6),
                    "edgecolor": PALETTE[1] if p in highlight else "#cfd6dc",
                }
            groups["plain" if p in known else "hatched"].append({"xy": (c, r), "facecolor": colour, **frame})
            name = "\n".join(textwrap.wrap(t.province(p).replace(" - ", "-"), 10))
            # Clipped texts need no room in the layout.
            ax.text(
                c + 0.47,
                r + 0.32,
                name,
                ha="center",
                va="center",
                fontsize=7.4,
                color=ink,
                linespacing=0.9,
                zorder=4,
                clip_on=True,
                bbox=None if p in known else {"facecolor": "#fafbfc", "edgecolor": "none", "pad": 0.6},
            )
            ax.text(
                c + 0.47,
                r + 0.77,
                label,
                ha="center",
                va="center",
                fontsize=7.8,
                color=ink,
                fontweight="bold",
                zorder=4,
                clip_on=True,
            )
        for group, boxes in groups.items():
            boxes.sort(key=lambda box: box["linewidth"])  # frames on top
            shapes = [
                [(x, y), (x + 0.94, y), (x + 0.94, y + 0.92), (x, y + 0.92)]
                for x, y in (box["xy"] for box in boxes)
            ]
            drawn = PolyCollection(
                shapes,
                facecolors=[box["facecolor"] for box in boxes],
                edgecolors=[box["edgecolor"] for box in boxes],
                linewidths=[box["linewidth"] for box in boxes],
                hatch="////" if group == "hatched" else None,
                zorder=2,
            )
            ax.add_collection(drawn, autolim=False)
        ax.set(xlim=(-0.1, cols), ylim=(rows + 0.02, -1.25))
        ax.axis("off")
    best = sorted(known, key=known.__getitem__, reverse=not lower_is_better)[:3]
    alt = (
        title
        + ". "
        + t.counted(
            "Best: {names}; {n} province without a figure.",
            "Best: {names}; {n} provinces without a figure.",
            tiles.height - len(known),
            names=", ".join(f"{t.province(p)} {t.number(known[p], decimals, sign=sign)}" for p in best),
        )
    )
    return Chart("map", figure, title, alt, values)


@dataclass(frozen=True)
class _Class:
    """Values from `low` on, up to the next class, have one colour."""

    low: float
    colour: tuple
    label: str


def _classes(values: list[float], t: Text, decimals: int, *, lower_is_better: bool) -> list[_Class]:
    """Cut values into up to six classes at round numbers, light to dark."""
    if not values:
        return []
    low, high = min(values), max(values)
    edges = [float(e) for e in MaxNLocator(_MOST_CLASSES).tick_values(low, high)] if high > low else [low]
    edges = [e for e, after in zip(edges, [*edges[1:], float("inf")]) if after > low and e <= high]
    places = 0 if all(float(e).is_integer() for e in edges) else decimals
    shades = [i / max(len(edges) - 1, 1) for i in range(len(edges))]
    return [
        _Class(
            float("-inf") if i == 0 else edge,
            SCALE(1 - shades[i] if lower_is_better else shades[i]),
            f"≥ {t.number(edge, places)}",
        )
        for i, edge in enumerate(edges)
    ]


def _changes(values: list[float], t: Text) -> list[_Class]:
    """Cut changes into falls, those that are usual (the median of their sizes) and rises."""
    usual = max(1, round(statistics.median(abs(v) for v in values))) if values else 1
    far = 2 * usual
    lows = [float("-inf"), -far, -usual, usual + 1, far + 1]
    labels = [
        f"< {t.number(-far)}",
        f"{t.number(-far)} … {t.number(-usual - 1)}",
        t("usual: ±{n}", n=t.number(usual)),
        f"{t.number(usual + 1, sign=True)} … {t.number(far, sign=True)}",
        f"> {t.number(far, sign=True)}",
    ]
    return [_Class(low, to_rgb(colour), label) for low, colour, label in zip(lows, _DIVERGING, labels)]


def _key(ax: Axes, classes: list[_Class], cols: int) -> None:
    """Draw what the colours mean, above the map."""
    wide = min(1.0, (cols - 0.1) / max(len(classes), 1))
    for i, each in enumerate(classes):
        box = [(i * wide, -1.15), ((i + 0.96) * wide, -1.15), ((i + 0.96) * wide, -0.85), (i * wide, -0.85)]
        ax.add_patch(Polygon(box, facecolor=each.colour, edgecolor=GREY, lw=0.4))
        ax.text((i + 0.48) * wide, -0.5, each.label, ha="center", va="center", fontsize=7.6, color=INK)
