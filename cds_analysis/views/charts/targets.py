"""Charts of targets: how far each one is, and the status of all of them at a glance."""

from __future__ import annotations

import textwrap

import polars as pl
from matplotlib.lines import Line2D

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

__all__ = ["dumbbell"]


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
        "Percent. Ring: first figure on record; dot: latest figure; diamond: target. n = {n} target, {k}"
        " without any figure.",
        "Percent. Ring: first figure on record; dot: latest figure; diamond: target. n = {n} targets, {k}"
        " without any figure.",
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
