"""Charts of what is not sure: intervals of ranks, and how the methods do in simulations."""

from __future__ import annotations

import polars as pl
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from cds_analysis.views.labels import PROCESS_LABELS
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
    spread,
    style,
)

__all__ = ["false_alarms", "rank_ranges", "reliability"]


def rank_ranges(
    sets: pl.DataFrame,
    intervals: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    scenario: str,
) -> Chart:
    """Draw each province's rank with its confidence set (sampling) and its interval under other recipes
    (method), best first.

    `sets` comes from :func:`~cds_analysis.measures.rank_sampling.rank_confidence_sets` and `intervals` from
    :func:`~cds_analysis.measures.rank_method.rank_intervals` (may be empty), both for one index and year.
    `scenario` says what the standard errors rest on.
    """
    t = text
    if not sets.height:
        return empty_chart(
            "rank_ranges",
            title,
            t(
                "The uncertainty of this index is not known: it is no survey, or its scores are not on"
                " record."
            ),
            source,
            sets,
        )
    rows = sets.join(
        intervals.select("province_id", method_low="rank_low", method_high="rank_high"),
        on="province_id",
        how="left",
        validate="1:1",
    ).sort("rank", "province_id")
    n = rows.height
    note = t(
        "Dot: rank as published (n = {n}). Grey line: ranks that another sample of people could have given,"
        " 95% for each province picked beforehand. {scenario}",
        n=t.number(n),
        scenario=scenario,
    )
    has_methods = rows["method_low"].null_count() < n
    if has_methods:
        note += " " + t("Blue bar: 5–95% of ranks under other weights, scalings and means.")
    with style():
        figure, (ax,) = canvas(0.148 * n + 0.5, title, note, source)
        for y, row in enumerate(rows.iter_rows(named=True)):
            picked = row["province_id"] in highlight
            ax.plot(
                [row["rank_low"], row["rank_high"]],
                [y, y],
                color=PALETTE[1] if picked else GREY,
                lw=1.6 if picked else 1.1,
                zorder=2,
                solid_capstyle="butt",
            )
            if row["method_low"] is not None:
                ax.plot(
                    [row["method_low"] - 0.3, row["method_high"] + 0.3],
                    [y, y],
                    color=PALETTE[5],
                    lw=5.2,
                    alpha=0.75,
                    zorder=1,
                    solid_capstyle="butt",
                )
            ax.scatter(
                [row["rank"]], [y], s=20 if picked else 12, color=PALETTE[1] if picked else INK, zorder=3
            )
        ax.set_yticks(range(n), [t.province(p) for p in rows["province_id"]], fontsize=7.4)
        for label, province in zip(ax.get_yticklabels(), rows["province_id"]):
            label.set_color(PALETTE[1] if province in highlight else MUTED)
            label.set_fontweight("bold" if province in highlight else "normal")
        ax.set(ylim=(n - 0.3, -0.7), xlim=(0, n + 1), xlabel=t("Rank (1 is best)"))
        ax.set_xticks([1, *range(10, n + 1, 10)])
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.tick_params(axis="x", length=2)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x", lw=0.6)
        ax.set_axisbelow(True)
        ax.spines[["left", "bottom"]].set_visible(False)
        handles: list[Artist] = [Line2D([], [], color=GREY, lw=1.2, label=t("by sampling (scenario)"))]
        if has_methods:
            handles.append(Patch(color=PALETTE[5], alpha=0.75, label=t("by method")))
        legend(ax, handles, below=True)
    width = (rows["rank_high"] - rows["rank_low"] + 1).median()
    facts = [
        t(
            "{name}: rank {rank}, by sampling {low}–{high}",
            name=t.province(r["province_id"]),
            rank=r["rank"],
            low=r["rank_low"],
            high=r["rank_high"],
        )
        for r in rows.filter(pl.col("province_id").is_in(highlight)).iter_rows(named=True)
    ]
    alt = (
        ". ".join(
            [
                title,
                t.counted(
                    "Half of the provinces could hold {n} rank or more",
                    "Half of the provinces could hold {n} different ranks or more",
                    width,
                ),
                "; ".join(facts),
            ]
        ).rstrip(". ")
        + "."
    )
    return Chart("rank_ranges", figure, title, alt, rows)


def false_alarms(rates: pl.DataFrame, *, text: Text, title: str, source: str) -> Chart:
    """Draw the rate of false alarms by number of years, one line a process, beside the nominal rate."""
    t = text
    nominal, years = rates["nominal"][0], sorted(rates["n_years"].unique().to_list())
    note = t(
        "Share of series without a trend in which the test finds one, {n} series a point. Bars: two Monte"
        " Carlo errors; dotted: the nominal {rate}.",
        rate=t.percent(100 * nominal, 0),
        n=t.number(rates["draws"][0]),
    )
    with style():
        figure, (ax,) = canvas(2.9, title, note, source)
        ax.plot([years[0], years[-1]], [nominal, nominal], color=MUTED, lw=1, ls=":")
        ends = []
        for i, process in enumerate(PROCESS_LABELS):
            own = rates.filter(pl.col("process") == process).sort("n_years")
            x, y = own["n_years"].to_list(), own["rate"].to_list()
            ax.errorbar(
                x,
                y,
                yerr=[2 * e for e in own["mc_error"]],
                color=PALETTE[i],
                marker=MARKERS[i],
                lw=1.8,
                ms=5,
                capsize=2,
            )
            ends.append((y[-1], t(PROCESS_LABELS[process]), PALETTE[i]))
        for place, (_, name, colour) in zip(spread([e[0] for e in ends], 0.045), ends):
            ax.text(years[-1] + 0.25, place, name, color=colour, fontsize=8.5, va="center", fontweight="bold")
        ax.set(xlim=(years[0] - 0.5, years[-1] + 3.2), ylim=(0, None), xlabel=t("Years"))
        ax.set_xticks(years)
        ax.yaxis.set_major_formatter(lambda v, _: t.percent(100 * v, 0))
        ax.grid(axis="y", lw=0.6, color=LIGHT)
        ax.spines["bottom"].set_bounds(years[0], years[-1])
    facts = [
        t.counted(
            "{process}: {rate} with {n} year",
            "{process}: {rate} with {n} years",
            r["n_years"],
            process=t(PROCESS_LABELS[r["process"]]),
            rate=t.percent(100 * r["rate"], 0),
        )
        for r in rates.filter(pl.col("n_years") == years[-1]).iter_rows(named=True)
    ]
    return Chart("false_alarms", figure, title, title + ". " + "; ".join(facts) + ".", rates)


def reliability(bins: pl.DataFrame, *, text: Text, title: str, source: str) -> Chart:
    """Draw how often figures rose against how likely that was said to be; on the line the probabilities hold.

    `bins` comes from :func:`~cds_analysis.measures.backtest.reliability`.
    """
    t = text
    note = t.counted(
        "{n} figure one year ahead, foretold from the years before it only. Size: number of figures. On the"
        " line, what was said to happen happened as often.",
        "{n} figures one year ahead, each foretold from the years before it only. Size: number of figures. On"
        " the line, what was said to happen happened as often.",
        bins["n"].sum(),
    )
    with style():
        figure, (ax,) = canvas(3.2, title, note, source)
        ax.plot([0, 1], [0, 1], color=MUTED, lw=1, ls=":")
        ax.plot(bins["said"], bins["happened"], color=PALETTE[0], lw=1.4)
        ax.scatter(bins["said"], bins["happened"], s=bins["n"] / bins["n"].max() * 90, color=PALETTE[0])
        ax.set(
            xlim=(0, 1),
            ylim=(0, 1),
            xlabel=t("Probability of a rise that was said"),
            ylabel=t("Share that rose"),
        )
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda v, _: t.percent(100 * v, 0))
        ax.grid(lw=0.6, color=LIGHT)
    facts = [
        t("said {a}: {b}", a=t.percent(100 * r["said"], 0), b=t.percent(100 * r["happened"], 0))
        for r in bins.iter_rows(named=True)
    ]
    return Chart("reliability", figure, title, title + ". " + "; ".join(facts) + ".", bins)
