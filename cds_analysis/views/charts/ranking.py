"""Charts of ranks over the years: a bump chart, score and rank trajectories, and all provinces by year.

A year that is missing is a gap in the line. A line never crosses a break: it ends before it and starts anew
after it.
"""

from __future__ import annotations

import math

import polars as pl
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cds_analysis.dataset.scalars import highest
from cds_analysis.views.charts.comparison import SCALE, readable_on
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
    spread,
    style,
)
from cds_analysis.views.wording import MISSING

__all__ = ["bump", "draw_runs", "end_labels", "label_ends", "mark_breaks", "rank_heatmap", "trajectory"]


def _runs(rows: pl.DataFrame, value: str) -> list[tuple[list[int], list[float]]]:
    """Cut each province's series into runs of consecutive years of one definition."""
    runs: list[tuple[list[int], list[float]]] = []
    last = None
    for province, year, segment, v in (
        rows.sort("province_id", "year")
        .select("province_id", "year", "segment", value)
        .drop_nulls(value)
        .iter_rows()
    ):
        if last is None or (province, year) != (last[0], last[1] + 1) or segment != last[2]:
            runs.append(([], []))
        runs[-1][0].append(year)
        runs[-1][1].append(v)
        last = (province, year, segment)
    return runs


def draw_runs(
    ax: Axes,
    rows: pl.DataFrame,
    value: str,
    *,
    colour: str,
    marker: str | None,
    width: float,
    z: int,
    size: float = 5,
) -> None:
    """Draw a series as runs of consecutive years of one definition: a missing year is a gap."""
    runs = _runs(rows, value)
    years, values = ([v for run in runs for v in (*run[i], math.nan)] for i in (0, 1))
    ax.plot(
        years,
        values,
        color=colour,
        lw=width,
        marker=marker,
        ms=size,
        mec="white",
        mew=0.7,
        zorder=z,
        solid_capstyle="round",
    )


def mark_breaks(ax: Axes, ranked: pl.DataFrame) -> None:
    """Draw a dotted line before each year with a new definition."""
    first = ranked["year"].min()
    years = sorted({s for s in ranked["segment"].to_list() if s and s > first})
    ax.vlines(
        [y - 0.5 for y in years],
        0,
        1,
        transform=ax.get_xaxis_transform(),
        color=MUTED,
        lw=1,
        ls=(0, (2, 2)),
        zorder=0,
    )


def end_labels(
    ax: Axes, ends: list[tuple[float, float, str, str]], gap: float, x: float | None = None
) -> None:
    """Write names beside the last points, moved apart where they would overlap."""
    if not ends:
        return
    x = max(e[0] for e in ends) if x is None else x
    for (x0, y0, name, colour), y in zip(ends, spread([e[1] for e in ends], gap)):
        ax.plot(
            [x0, x + 0.3], [y0, y], color=colour, lw=0.6, clip_on=False, ls="-" if x0 == x else (0, (1, 3))
        )
        ax.text(x + 0.35, y, name, fontsize=8, color=colour, fontweight="bold", va="center")


def bump(ranked: pl.DataFrame, *, text: Text, highlight: list[str], title: str, source: str) -> Chart:
    """Draw the rank of the highlighted provinces by year, named at their last year, over the middle half of
    the ranks.

    `ranked` comes from :func:`cds_analysis.measures.ranks.ranks`, for one index and dimension.
    """
    t = text
    rows = ranked.drop_nulls("rank")
    if not rows.height:
        return empty_chart("ranks", title, t("No score or rank is on record."), source, rows)
    top = int(max(highest(rows["n_ranked"]), highest(rows["rank"])))
    years = sorted(rows["year"].unique())
    with style():
        breaks = sorted({s for s in rows["segment"].to_list() if s and s > years[0]})
        note = t.counted(
            "Rank 1 is best (n = {n} province). Band: middle half of the ranks. A gap in a line is a"
            " year without a rank.",
            "Rank 1 is best (n = {n} provinces). Band: middle half of the ranks. A gap in a line is a"
            " year without a rank.",
            rows["province_id"].n_unique(),
        )
        if breaks:
            note += " " + t(
                "Dotted lines: new definition from {years}; read ranks across them with care.",
                years=t.listing([str(y) for y in breaks]),
            )
        figure, (ax,) = canvas(4.6, title, note, source)
        ax.axhspan(0.25 * (top - 1) + 1, 0.75 * (top - 1) + 1, color=LIGHT, alpha=0.6, lw=0, zorder=0)
        mark_breaks(ax, rows)
        ends = []
        for i, province in enumerate(highlight):
            own = rows.filter(pl.col("province_id") == province).sort("year")
            if own.height:
                draw_runs(
                    ax,
                    own,
                    "rank",
                    colour=PALETTE[i % 6],
                    marker=MARKERS[i % 6],
                    width=2.2,
                    z=3,
                )
                ends.append(
                    (
                        own["year"][-1],
                        own["rank"][-1],
                        f"{t.province(province)}  {own['rank'][-1]}",
                        PALETTE[i % 6],
                    )
                )
        end_labels(ax, ends, top / 22)
        ax.set(
            ylim=(top + 1, 0),
            xlim=(years[0] - 0.4, years[-1] + 0.4 + max(1.5, 0.26 * (years[-1] - years[0]))),
            ylabel=t("Rank"),
        )
        ax.set_xticks(years, [str(y) for y in years])
        ax.set_yticks([1, *range(10, top + 1, 10)])
        ax.spines["bottom"].set_bounds(years[0], years[-1])
    facts = []
    for province in highlight:
        own = rows.filter(pl.col("province_id") == province).sort("year")
        if own.height:
            a, b = own.row(0, named=True), own.row(-1, named=True)
            facts.append(
                t(
                    "{name}: rank {a} in {year_a}, rank {b} in {year_b}",
                    name=t.province(province),
                    a=a["rank"],
                    year_a=a["year"],
                    b=b["rank"],
                    year_b=b["year"],
                )
            )
    return Chart(
        "ranks",
        figure,
        title,
        title + ". " + "; ".join(facts or [t("no rank on record")]) + ".",
        rows.filter(pl.col("province_id").is_in(highlight)),
    )


def trajectory(
    ranked: pl.DataFrame, *, text: Text, province: str, title: str, unit: str, source: str, decimals: int = 1
) -> Chart:
    """Draw a province's score and rank by year, side by side, with the middle half of the provinces as a
    band.
    """
    t = text
    own = ranked.filter(pl.col("province_id") == province)
    if not own.height:
        return empty_chart("trajectory", title, t("No score or rank is on record."), source, own)
    full = ranked.filter(pl.col("is_full"))
    band = (
        full.group_by("year", "segment")
        .agg(
            low=pl.col("score").quantile(0.25, "linear"),
            mid=pl.col("score").median(),
            high=pl.col("score").quantile(0.75, "linear"),
        )
        .sort("year")
    )
    years = sorted(set(ranked["year"].to_list()))
    breaks = sorted({s for s in ranked["segment"].to_list() if s and s > years[0]})
    note = t.counted("n = {n} year on record.", "n = {n} years on record.", own.height) + " "
    if band.height:
        note += t("Band: middle half of the provinces; thin line: national median.")
    else:
        note += t("Too few provinces on record for a band.")
    if breaks:
        note += " " + t(
            "Dotted lines: new definition from {years}; scores do not compare across them.",
            years=t.listing([str(y) for y in breaks]),
        )
    with style():
        figure, (left, right) = canvas(2.7, title, note, source, columns=2)
        for segment in band["segment"].unique().sort():
            part = band.filter(pl.col("segment") == segment)
            x, low, mid, high = (part[c].to_list() for c in ("year", "low", "mid", "high"))
            if part.height == 1:  # a single year has a width, so that it is seen
                x, low, mid, high = [x[0] - 0.25, x[0] + 0.25], low * 2, mid * 2, high * 2
            left.fill_between(x, low, high, color=LIGHT, zorder=0, lw=0)
            left.plot(x, mid, color=GREY, lw=1.2, zorder=1)
        draw_runs(left, own, "score", colour=PALETTE[0], marker="o", width=2, z=3)
        draw_runs(right, own, "rank", colour=PALETTE[0], marker="o", width=2, z=3)
        top = int(max(highest(ranked["n_ranked"], 63), 10))
        left.set_title(unit[:1].upper() + unit[1:])
        right.set_title(t("Rank (1 is best)"))
        right.set(ylim=(top + 4, -4))
        right.set_yticks([1, *range(20, top + 1, 20)])
        low, high = left.get_ylim()
        left.set_ylim(low - 0.12 * (high - low), high + 0.12 * (high - low))
        label_ends(left, own, "score", lambda v: t.number(v, decimals))
        label_ends(right, own, "rank", str)
        for ax in (left, right):
            mark_breaks(ax, ranked)
            step = 1 if len(years) <= 8 else 2
            ax.set_xticks(years[::step], [str(y) for y in years[::step]])
            ax.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        left.yaxis.set_major_formatter(
            lambda v, _: t.number(v, decimals if high - low < 1 else 1 if high - low < 8 else 0)
        )
    facts = [
        f"{r['year']}: {t.number(r['score'], decimals)}" + (f", {t('rank')} {r['rank']}" if r["rank"] else "")
        for r in own.sort("year").iter_rows(named=True)
    ]
    return Chart(
        "trajectory", figure, title, title + ". " + ("; ".join(facts) or t("no figure on record")) + ".", own
    )


def label_ends(ax: Axes, own: pl.DataFrame, value: str, write) -> None:
    """Write the first and the last value on the side that the line leaves free."""
    rows = own.drop_nulls(value).sort("year")
    ends = (
        {0: rows.head(2).rows(named=True), rows.height - 1: rows.tail(2).reverse().rows(named=True)}
        if rows.height
        else {}
    )
    for here, *near in ends.values():
        line_above = bool(near) and near[0][value] > here[value]
        below = line_above != ax.yaxis_inverted()
        ax.annotate(
            write(here[value]),
            (here["year"], here[value]),
            xytext=(0, -8 if below else 7),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            fontsize=8,
            fontweight="bold",
            color=PALETTE[0],
            zorder=5,
        )


def rank_heatmap(
    ranked: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
) -> Chart:
    """Draw the rank of all provinces (rows, best of the latest year first) by year (columns); a missing rank
    is hatched.
    """
    t = text
    rows = ranked.drop_nulls("rank")
    if not rows.height:
        return empty_chart("rank_heatmap", title, t("No score or rank is on record."), source, rows)
    years = sorted(rows["year"].unique())
    known = {(p, y): r for p, y, r in rows.select("province_id", "year", "rank").iter_rows()}
    order = sorted(
        provinces["province_id"].to_list(),
        key=lambda p: (known.get((p, years[-1]), 999), [known.get((p, y), 999) for y in reversed(years)]),
    )
    top = highest(rows["rank"])
    missing = len(order) * len(years) - len(known)
    subtitle = t.counted(
        "Rank by year, dark is best; provinces in the order of {year}. Hatched: no rank published or on"
        " record (n = {n} cell).",
        "Rank by year, dark is best; provinces in the order of {year}. Hatched: no rank published or on"
        " record (n = {n} cells).",
        missing,
        year=years[-1],
    )
    with style():
        figure, (ax,) = canvas(0.165 * len(order) + 0.35, title, subtitle, source)
        for i, p in enumerate(order):
            for j, y in enumerate(years):
                rank = known.get((p, y))
                colour = SCALE(1 - (rank - 1) / max(top - 1, 1)) if rank else "#fafbfc"
                ax.add_patch(
                    Rectangle(
                        (j, i),
                        0.97,
                        0.94,
                        facecolor=colour,
                        hatch=None if rank else "//////",
                        edgecolor="none" if rank else "#cfd6dc",
                        lw=0,
                    )
                )
                ax.text(
                    j + 0.485,
                    i + 0.5,
                    str(rank) if rank else MISSING,
                    ha="center",
                    va="center",
                    fontsize=7.4,
                    clip_on=True,
                    color=readable_on(colour) if rank else MUTED,
                )
        ax.set(xlim=(0, len(years)), ylim=(len(order), 0))
        ax.set_yticks([i + 0.5 for i in range(len(order))], [t.province(p) for p in order], fontsize=7.4)
        ax.set_xticks([j + 0.48 for j in range(len(years))], [str(y) for y in years])
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        for label, p in zip(ax.get_yticklabels(), order):
            if p in highlight:
                label.set(fontweight="bold", color=PALETTE[1])
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
        for y in sorted({s for s in rows["segment"].to_list() if s and s in years and s > years[0]}):
            ax.axvline(years.index(y) - 0.015, color=INK, lw=1.4, ls=(0, (2, 1.5)))
    leaders = [t.province(p) for p in order[:3] if (p, years[-1]) in known]
    alt = title + ". " + t("First in {year}: {names}.", year=years[-1], names=t.listing(leaders))
    return Chart("rank_heatmap", figure, title, alt, rows)
