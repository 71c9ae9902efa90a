"""Charts of one province over several indices: scores in small multiples, ranks in one picture."""

from __future__ import annotations

import math

import polars as pl
from matplotlib.axes import Axes

from cds_analysis.dataset.scalars import extent
from cds_analysis.views.charts.ranking import draw_runs, end_labels, label_ends, mark_breaks
from cds_analysis.views.text import Text
from cds_analysis.views.theme import GREY, LIGHT, MARKERS, PALETTE, Chart, canvas, empty_chart, style

__all__ = ["rank_lines", "score_panels"]


def score_panels(
    ranked: pl.DataFrame, *, text: Text, province: str, indices: list[str], title: str, source: str
) -> Chart:
    """Draw a province's score by year, one panel an index with a scale of its own, before the middle half of
    all provinces.

    `ranked` comes from :func:`cds_analysis.measures.ranks.ranks`, overall scores only.
    """
    t = text
    own = ranked.filter(pl.col("province_id") == province, pl.col("index_id").is_in(indices)).drop_nulls(
        "score"
    )
    shown = [i for i in indices if i in set(own["index_id"])]
    if not shown:
        return empty_chart("scores", title, t("No score or rank is on record."), source, own)
    years = extent(ranked["year"])
    note = t(
        "Line: score, each index on its own scale. Band: middle half of the provinces where a full table is"
        " on record; thin line: national median. Dotted: new definition, scores do not compare across it."
    )
    with style():
        figure, axes = canvas(2.5, title, note, source, columns=len(shown))
        for ax, index in zip(axes, shown):
            table = ranked.filter(pl.col("index_id") == index)
            _panel(ax, table, own.filter(pl.col("index_id") == index), t, decimals=t.decimals(index))
            ax.set_title(t.index_short(index))
            ax.set_xlim(years[0] - 1, years[1] + 1)
            middle = (years[0] + years[1]) // 2
            ax.set_xticks([years[0], middle, years[1]], [str(y) for y in (years[0], middle, years[1])])
    facts = []
    for index in shown:
        last = own.filter(pl.col("index_id") == index).sort("year").row(-1, named=True)
        facts.append(f"{t.index_short(index)} {last['year']}: {t.number(last['score'], t.decimals(index))}")
    return Chart("scores", figure, title, title + ". " + "; ".join(facts) + ".", own)


def _panel(ax: Axes, table: pl.DataFrame, own: pl.DataFrame, t: Text, *, decimals: int) -> None:
    score = pl.col("score")
    band = (
        table.filter(pl.col("is_full"))
        .group_by("segment", "year")
        .agg(low=score.quantile(0.25, "linear"), mid=score.median(), high=score.quantile(0.75, "linear"))
        .sort("segment", "year")
    )
    edges: list[tuple] = []  # year, low, mid, high
    for part in band.partition_by("segment", maintain_order=True):
        points = part.select("year", "low", "mid", "high").rows()
        if len(points) == 1:  # one year: as wide as a mark
            points = [(points[0][0] + d, *points[0][1:]) for d in (-0.3, 0.3)]
        edges += [*points, (math.nan,) * 4]  # a gap
    if edges:
        x, low, mid, high = zip(*edges)
        ax.fill_between(x, low, high, color=LIGHT, zorder=0, lw=0)
        ax.plot(x, mid, color=GREY, lw=1.2, zorder=1)
    draw_runs(ax, own, "score", colour=PALETTE[0], marker="o", width=2, z=3)
    mark_breaks(ax, table)
    low, high = ax.get_ylim()
    ax.set_ylim(low - 0.14 * (high - low), high + 0.14 * (high - low))
    label_ends(ax, own, "score", lambda v: t.number(v, decimals))
    ax.locator_params(axis="y", nbins=4)
    ax.yaxis.set_major_formatter(
        lambda v, _: t.number(v, decimals if high - low < 1 else 1 if high - low < 5 else 0)
    )


def rank_lines(
    ranked: pl.DataFrame, *, text: Text, province: str, indices: list[str], title: str, source: str
) -> Chart:
    """Draw a province's rank by year in several indices, each line named at its end.

    `ranked` is as for :func:`score_panels`.
    """
    t = text
    own = (
        ranked.filter(pl.col("province_id") == province, pl.col("index_id").is_in(indices))
        .drop_nulls("rank")
        .sort("index_id", "year")
    )
    shown = [i for i in indices if i in set(own["index_id"])]
    if not shown:
        return empty_chart("ranks", title, t("No score or rank is on record."), source, own)
    years, top = extent(ranked["year"]), extent(ranked["n_ranked"])[1]
    note = t(
        "Rank 1 is best, among the provinces published (at most {n}). A gap is a year without a rank; ranks"
        " before and after a new definition do not compare well.",
        n=t.number(top),
    )
    facts, ends = [], []
    with style():
        figure, (ax,) = canvas(2.4, title, note, source)
        for i, index in enumerate(shown):
            mine = own.filter(pl.col("index_id") == index)
            draw_runs(ax, mine, "rank", colour=PALETTE[i % 6], marker=MARKERS[i % 6], width=2, z=3)
            last = mine.row(-1, named=True)
            ends.append(
                (last["year"], last["rank"], f"{t.index_short(index)}  {last['rank']}", PALETTE[i % 6])
            )
            facts.append(
                f"{t.index_short(index)} {last['year']}: {t('rank')} {last['rank']}/{last['n_ranked']}"
            )
        ax.set(ylim=(top + 2, -1), xlim=(years[0] - 0.5, years[1] + 3))
        end_labels(ax, ends, top / 9, x=years[1])
        step = 2 if years[1] - years[0] > 8 else 1
        ticks = list(range(years[1], years[0] - 1, -step))[::-1]
        ax.set_xticks(ticks, [str(y) for y in ticks])
        ax.set_yticks([1, *range(20, top + 1, 20)])
        ax.set_ylabel(t("Rank"))
        ax.spines["bottom"].set_bounds(years[0], years[1])
    return Chart("ranks", figure, title, title + ". " + "; ".join(facts) + ".", own)
