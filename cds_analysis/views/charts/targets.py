"""Charts of targets: how far each one is, and the status of all of them at a glance."""

from __future__ import annotations

import textwrap

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from cds_analysis.views.labels import STATUS_LABELS
from cds_analysis.views.text import Text
from cds_analysis.views.theme import (
    GREY,
    INK,
    LIGHT,
    MUTED,
    PALETTE,
    STATUS_LOOK,
    Chart,
    canvas,
    empty_chart,
    legend,
    style,
)

__all__ = ["dumbbell", "status_matrix"]


def dumbbell(judged: pl.DataFrame, *, text: Text, title: str, source: str) -> Chart:
    """Draw each percentage target as a line from the first figure over the latest one to the target, with
    its due date.

    `judged` comes from :func:`cds_analysis.measures.gaps.gaps` (one province, indicators in percent), drawn
    in its order.
    """
    t, n = text, judged.height
    if not n:
        return empty_chart("targets", title, t("No target is on record."), source, judged)
    subtitle = t.counted(
        "Percent. Ring: first figure on record; dot: latest figure; diamond: target. n = {n} target, {k} without any figure.",
        "Percent. Ring: first figure on record; dot: latest figure; diamond: target. n = {n} targets, {k} without any figure.",
        n,
        k=t.number(judged["value"].null_count()),
    )
    with style():
        figure, (ax,) = canvas(0.42 * n + 0.7, title, subtitle, source)
        for y, row in enumerate(judged.iter_rows(named=True)):
            ax.plot([0, 100], [y, y], color=LIGHT, lw=1, zorder=0)
            symbol, colour, _ = STATUS_LOOK[row["status"]]
            if row["value"] is not None:
                ax.plot(
                    [row["value"], row["target"]],
                    [y, y],
                    color=PALETTE[1] if row["gap"] > 0 else PALETTE[2],
                    lw=2.2,
                    alpha=0.65,
                    zorder=1,
                )
                if row["baseline"] is not None:
                    ax.scatter(
                        [row["baseline"]],
                        [y],
                        s=46,
                        facecolor="white",
                        edgecolor=PALETTE[0],
                        linewidth=1.5,
                        zorder=3,
                    )
                ax.scatter([row["value"]], [y], s=44, color=PALETTE[0], zorder=4)
                ax.annotate(
                    t.value(row["value"], "percent", bound=row["bound"]),
                    (row["value"], y),
                    xytext=(0, 6),
                    textcoords="offset points",
                    ha="center",
                    fontsize=7.6,
                    color=PALETTE[0],
                    fontweight="bold",
                    zorder=5,
                )
            ax.scatter(
                [row["target"]],
                [y],
                s=40,
                marker="D",
                facecolor=INK if row["scope"] != "viet-nam" else "white",
                edgecolor=INK,
                zorder=3,
            )
            ax.text(
                105,
                y,
                t.value(
                    row["target"], "percent", bound=row["comparator"] if row["comparator"] == ">" else "="
                ),
                va="center",
                fontsize=8,
            )
            ax.text(131, y, t.date(row["due"]), va="center", fontsize=8, color=MUTED)
            label = t(STATUS_LABELS[row["status"]])
            ax.text(
                168,
                y,
                symbol,
                va="center",
                ha="center",
                fontsize=8.5,
                color=STATUS_LOOK[row["status"]][2],
                bbox={"boxstyle": "round,pad=0.22", "facecolor": colour, "edgecolor": GREY, "lw": 0.6},
            )
            ax.text(174, y, label, va="center", fontsize=8)
        for x, head in ((105, t("Target")), (131, t("Due")), (165, t("Status"))):
            ax.text(x, -0.85, head, fontsize=8, color=MUTED, fontweight="bold", va="center")
        ax.set_yticks(range(n), [_row_label(row, t) for row in judged.iter_rows(named=True)], fontsize=7.8)
        ax.set_xticks([0, 25, 50, 75, 100], [t.percent(v, 0) for v in (0, 25, 50, 75, 100)])
        ax.set(ylim=(n - 0.3, -1.3), xlim=(-2, 256))
        ax.tick_params(length=0)
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
        legend(
            ax,
            [
                Line2D([], [], marker="D", ls="", color=INK, label=t("the province's own target")),
                Line2D(
                    [],
                    [],
                    marker="D",
                    ls="",
                    markerfacecolor="white",
                    markeredgecolor=INK,
                    label=t("national target (a yardstick)"),
                ),
                Line2D([], [], color=PALETTE[1], lw=2.2, alpha=0.65, label=t("still short")),
                Line2D([], [], color=PALETTE[2], lw=2.2, alpha=0.65, label=t("met or beyond")),
            ],
        )
    return Chart("targets", figure, title, _dumbbell_alt(judged, t, title), judged)


def _row_label(row: dict, t: Text) -> str:
    return "\n".join(textwrap.wrap(t.indicator(row["indicator_id"]), 42)[:3])


def _dumbbell_alt(judged: pl.DataFrame, t: Text, title: str) -> str:
    met = judged.filter(pl.col("status") == "achieved").height
    short = judged.filter(pl.col("gap") > 0).sort("gap", descending=True)
    parts = [
        t.counted("{met} of {n} target met", "{met} of {n} targets met", judged.height, met=t.number(met))
    ]
    if short.height:
        row = short.row(0, named=True)
        parts.append(
            t(
                "the largest gap is {gap} points: {name} at {value}, target {target}",
                gap=t.number(row["gap"], 1),
                name=t.indicator(row["indicator_id"]),
                value=t.percent(row["value"]),
                target=t.percent(row["target"]),
            )
        )
    return title + ". " + "; ".join(parts) + "."


def status_matrix(
    judged: pl.DataFrame, *, text: Text, provinces: list[str], title: str, source: str
) -> Chart:
    """Draw one row a target (indicator and due date), one column a province; each cell is a symbol on a
    colour.
    """
    t = text
    if not judged.height:
        return empty_chart("status", title, t("No target is on record."), source, judged)
    rows = judged.select("indicator_id", "due", "target", "scope").unique(maintain_order=True).rows()
    cells = {
        (i, due, goal, scope, p): s
        for i, due, goal, scope, p, s in judged.select(
            "indicator_id", "due", "target", "scope", "province_id", "status"
        ).iter_rows()
    }
    seen = [s for s in STATUS_LOOK if s in set(judged["status"])]
    subtitle = t.counted(
        "Status of {n} target at the latest figure of each; an empty cell means the target does not apply or the province reports no such figure.",
        "Status of {n} targets at the latest figure of each; an empty cell means the target does not apply or the province reports no such figure.",
        len(rows),
    )
    with style():
        figure, (ax,) = canvas(0.27 * len(rows) + 0.8, title, subtitle, source)
        lines = [[(-0.5, y + 0.5), (len(provinces) - 0.5, y + 0.5)] for y in range(len(rows))]
        ax.add_collection(LineCollection(lines, colors=LIGHT, linewidths=0.8, zorder=0), autolim=False)
        boxes, colours, places = [], [], {s: [] for s in seen}
        for y, (indicator, due, goal, scope) in enumerate(rows):
            for x, p in enumerate(provinces):
                status = cells.get((indicator, due, goal, scope, p))
                if status:
                    places[status].append((x, y))
                    boxes.append(
                        [
                            (x - 0.42, y - 0.42),
                            (x + 0.42, y - 0.42),
                            (x + 0.42, y + 0.42),
                            (x - 0.42, y + 0.42),
                        ]
                    )
                    colours.append(STATUS_LOOK[status][1])
        ax.add_collection(
            PolyCollection(boxes, facecolors=colours, edgecolors=GREY, linewidths=0.6, zorder=1),
            autolim=False,
        )
        for status, at in places.items():
            _write_symbol(ax, STATUS_LOOK[status][0], at, STATUS_LOOK[status][2])
        labels = [
            f"{textwrap.shorten(t.indicator(i), 66, placeholder='…')} · {t.value(g, t.unit(i))} · {t.date(d)}{' ★' if s == 'viet-nam' else ''}"
            for i, d, g, s in rows
        ]
        for y, label in enumerate(labels):  # plain texts: as many ticks would take four times as long
            ax.text(-0.56, y, label, ha="right", va="center", fontsize=7.4)
        ax.set_yticks([])
        ax.set_xticks(
            range(len(provinces)),
            ["\n".join(textwrap.wrap(t.province(p), 12)) for p in provinces],
            fontsize=8,
        )
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.set(xlim=(-0.5, len(provinces) - 0.5), ylim=(len(rows) - 0.5, -0.5))
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
        handles = [_swatch(s, t) for s in seen]
        legend(
            ax,
            handles,
            below=True,
            ncols=2,
            title=t("★ national target (a yardstick, not the province's promise)"),
            title_fontsize=7.6,
            alignment="left",
            fontsize=7.8,
        )
    counts = judged.group_by("status").len().sort("len", "status", descending=[True, False]).rows()
    alt = title + ". " + "; ".join(f"{t(STATUS_LABELS[s])}: {t.number(k)}" for s, k in counts) + "."
    return Chart("status", figure, title, alt, judged)


def _write_symbol(ax: Axes, symbol: str, places: list[tuple[float, float]], colour: str) -> None:
    """Write one symbol at many places as a marker: one shape instead of a text each."""
    letter = TextPath((0, 0), symbol, size=9)
    box = letter.get_extents()
    vertices = np.asarray(letter.vertices) - [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2]
    shape = Path(vertices, letter.codes)
    x, y = zip(*places)
    # matplotlib scales a marker's shape to its size, so the size is that of the letter
    ax.plot(
        x,
        y,
        ls="",
        marker=shape,
        markersize=2 * np.abs(vertices).max(),
        color=colour,
        markeredgewidth=0.35,
        zorder=3,
    )


def _swatch(status: str, t: Text) -> Rectangle:
    symbol, colour, _ = STATUS_LOOK[status]
    return Rectangle(
        (0, 0), 1, 1, facecolor=colour, edgecolor=GREY, label=f"{symbol}  {t(STATUS_LABELS[status])}"
    )
