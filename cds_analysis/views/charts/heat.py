"""The heat map; a module of its own because seaborn takes a second to import."""

from __future__ import annotations

import textwrap

import polars as pl
import seaborn as sns
from matplotlib.patches import Rectangle

from cds_analysis.views.charts.comparison import SCALE, readable_on
from cds_analysis.views.text import Text
from cds_analysis.views.theme import MUTED, Chart, canvas, style
from cds_analysis.views.wording import MISSING

__all__ = ["heatmap"]


def heatmap(
    values: pl.DataFrame,
    *,
    text: Text,
    rows: list[str],
    provinces: list[str],
    title: str,
    subtitle: str,
    source: str,
    labels: dict,
    columns_label: str = "value",
) -> Chart:
    """Draw series (rows) by province (columns); a missing figure is a hatched cell with a dash, never a
    colour.

    `values` has ``province_id, series_id`` and ``columns_label`` (0-100, gives the colour); `labels` maps
    ``(series_id, province_id)`` to the text in the cell.
    """
    t = text
    known = {(s, p): v for s, p, v in values.select("series_id", "province_id", columns_label).iter_rows()}
    with style():
        figure, (ax,) = canvas(0.30 * len(rows) + 0.55, title, subtitle, source)
        grid = [[known.get((s, p), float("nan")) for p in provinces] for s in rows]
        grid = [[float("nan") if v is None else v for v in line] for line in grid]
        sns.heatmap(grid, cmap=SCALE, vmin=0, vmax=100, cbar=False, linewidths=1.2, linecolor="white", ax=ax)
        for i, s in enumerate(rows):
            for j, p in enumerate(provinces):
                if grid[i][j] != grid[i][j]:
                    ax.add_patch(
                        Rectangle(
                            (j + 0.02, i + 0.04),
                            0.96,
                            0.92,
                            facecolor="#fafbfc",
                            edgecolor="#cfd6dc",
                            hatch="////",
                            lw=0,
                        )
                    )
                    ax.text(
                        j + 0.5,
                        i + 0.5,
                        MISSING,
                        ha="center",
                        va="center",
                        color=MUTED,
                        fontsize=9,
                        clip_on=True,
                        bbox={"facecolor": "#fafbfc", "edgecolor": "none", "pad": 1},
                    )
                else:
                    ax.text(
                        j + 0.5,
                        i + 0.5,
                        labels.get((s, p), ""),
                        ha="center",
                        va="center",
                        fontsize=8,
                        color=readable_on(SCALE(grid[i][j] / 100)),
                    )
        ax.set_yticks(
            [i + 0.5 for i in range(len(rows))],
            ["\n".join(textwrap.wrap(t.series(s), 62)[:2]) for s in rows],
            rotation=0,
            fontsize=7.6,
        )
        ax.set_xticks(
            [j + 0.5 for j in range(len(provinces))],
            ["\n".join(textwrap.wrap(t.province(p), 16)) for p in provinces],
            rotation=0,
        )
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
    have = sum(v == v for line in grid for v in line)
    alt = (
        title
        + ". "
        + t.counted(
            "{n} of {all} cells has a figure; the others are missing and hatched.",
            "{n} of {all} cells have a figure; the others are missing and hatched.",
            have,
            all=t.number(len(rows) * len(provinces)),
        )
    )
    return Chart("heatmap", figure, title, alt, values)
