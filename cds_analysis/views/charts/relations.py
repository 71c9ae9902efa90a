"""Charts that set two things side by side: documents and citizens, a unit and the provinces it was formed
from.
"""

from __future__ import annotations

import polars as pl
from matplotlib.lines import Line2D

from cds_analysis.dataset.scalars import highest
from cds_analysis.views.text import Text
from cds_analysis.views.theme import (
    GREY,
    INK,
    LIGHT,
    MARKERS,
    MUTED,
    PALETTE,
    Chart,
    canvas,
    empty_chart,
    legend,
    style,
)

__all__ = ["two_views", "unit_parts"]


def two_views(
    differences: pl.DataFrame,
    *,
    text: Text,
    documents: str | None,
    citizens: str | None,
    highlight: list[str],
    title: str,
    source: str,
) -> Chart:
    """Draw each province's percentile in documents against that in citizens' eyes, the picked ones named.

    `differences` comes from :func:`~cds_analysis.measures.evidence.view_differences`, for one pair and year.
    """
    t = text
    if not differences.height:
        return empty_chart(
            "two_views", title, t("No province has both ranks in this year."), source, differences
        )
    note = t(
        "Each dot is a province (n = {n}): 100 is first, 0 last. Below the line: better in documents than in"
        " citizens' eyes.",
        n=t.number(differences.height),
    )
    if differences["is_sample"].any():
        note += " " + t("A sample of provinces, not a random one.")
    with style():
        figure, (ax,) = canvas(4.4, title, note, source, width=6.6)
        ax.plot([0, 100], [0, 100], color=MUTED, lw=1, ls=":")
        rest = differences.filter(~pl.col("province_id").is_in(highlight))
        ax.scatter(
            rest["percentile_documents"].to_list(),
            rest["percentile_citizens"].to_list(),
            s=20,
            color=GREY,
            zorder=2,
        )
        facts = []
        for i, province in enumerate(highlight):
            own = differences.filter(pl.col("province_id") == province)
            if not own.height:
                continue
            x, y = own["percentile_documents"][0], own["percentile_citizens"][0]
            ax.scatter([x], [y], s=52, color=PALETTE[i % 6], marker=MARKERS[i % 6], zorder=3)
            right = x > 70
            ax.annotate(
                t.province(province),
                (x, y),
                xytext=(-8 if right else 8, 4),
                textcoords="offset points",
                ha="right" if right else "left",
                fontsize=8.5,
                fontweight="bold",
                color=PALETTE[i % 6],
                zorder=4,
            )
            facts.append(
                t(
                    "{name}: {x} in documents, {y} in citizens' eyes",
                    name=t.province(province),
                    x=t.number(x),
                    y=t.number(y),
                )
            )
        ax.set(
            xlim=(-3, 103),
            ylim=(-3, 103),
            xlabel=t("{index}: percentile", index=t.index_short(documents)),
            ylabel=t("{index}: percentile", index=t.index_short(citizens)),
        )
        ax.set_aspect("equal")
        ax.grid(lw=0.6, color=LIGHT)
        ax.set_axisbelow(True)
    return Chart(
        "two_views",
        figure,
        title,
        title + ". " + ("; ".join(facts) or t("no province picked out")) + ".",
        differences,
    )


def unit_parts(
    parts: pl.DataFrame, estimated: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2
) -> Chart:
    """Draw each unit of 2025 as a diamond between the provinces it was formed from, best unit first.

    `parts` comes from :func:`~cds_analysis.measures.bridge.parts_of_units`, `estimated` from
    :func:`~cds_analysis.measures.bridge.bridge_scores`, both for one series and year.
    """
    t = text
    if not estimated.height:
        return empty_chart("units", title, t("No score or rank is on record."), source, estimated)
    rows = estimated.sort("score", "unit_id", descending=[True, False])
    note = t.counted(
        "Diamond: score of the unit (hollow: an estimate); dots: the provinces it was formed from (n = {n}"
        " unit).",
        "Diamond: score of the unit (hollow: an estimate); dots: the provinces it was formed from (n = {n}"
        " units).",
        rows.height,
    )
    with style():
        figure, (ax,) = canvas(0.24 * rows.height + 0.4, title, note, source)
        for y, row in enumerate(rows.iter_rows(named=True)):
            if row["n_parts"] > 1:
                own = parts.filter(pl.col("unit_id") == row["unit_id"])["score"].to_list()
                ax.plot(
                    [min(own), max(own)],
                    [y, y],
                    color=PALETTE[5],
                    lw=3,
                    alpha=0.6,
                    zorder=1,
                    solid_capstyle="round",
                )
                ax.scatter(own, [y] * len(own), s=20, color=PALETTE[0], zorder=2)
            ax.scatter(
                [row["score"]],
                [y],
                s=46,
                marker="D",
                facecolor="white" if row["is_estimate"] else INK,
                edgecolor=INK,
                zorder=3,
            )
        ax.set_yticks(range(rows.height), [t.unit_2025(u) for u in rows["unit_id"]], fontsize=8)
        ax.set(ylim=(rows.height - 0.4, -0.8), xlabel=t("score"))
        ax.xaxis.set_major_formatter(lambda v, _: t.number(v, decimals if highest(rows["score"]) < 5 else 0))
        ax.grid(axis="x", lw=0.6, color=LIGHT)
        ax.set_axisbelow(True)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        legend(
            ax,
            [
                Line2D([], [], marker="D", ls="", color=INK, label=t("published or not merged")),
                Line2D(
                    [],
                    [],
                    marker="D",
                    ls="",
                    markerfacecolor="white",
                    markeredgecolor=INK,
                    label=t("estimate"),
                ),
                Line2D([], [], marker="o", ls="", color=PALETTE[0], label=t("province it was formed from")),
            ],
        )
    widest = rows.filter(pl.col("n_parts") > 1).sort("spread")
    alt = title + ". " + t("First: {name}.", name=t.unit_2025(rows["unit_id"][0]))
    if widest.height:
        alt += " " + t.counted(
            "The parts differ most in {unit}: {n} point between the highest and the lowest.",
            "The parts differ most in {unit}: {n} points between the highest and the lowest.",
            widest["spread"][-1],
            decimals,
            unit=t.unit_2025(widest["unit_id"][-1]),
        )
    return Chart("units", figure, title, alt, rows)
