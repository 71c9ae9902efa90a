"""Charts of what provinces report and promise themselves: one row an indicator, one mark a province."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from cds_analysis.dataset.scalars import extent
from cds_analysis.views.text import Text
from cds_analysis.views.theme import (
    INK,
    LIGHT,
    MUTED,
    PALETTE,
    Chart,
    canvas,
    empty_chart,
    legend,
    style,
)

__all__ = ["promise_strips", "yardstick_strips"]

_ROW, _LABEL = 0.40, 44  # inches of a row, characters of its label
_MOST_GOALS = 2  # of an indicator, the latest: more would not be told apart
_RIGHT = 111  # where the words at the right begin, in percent of the scale


def yardstick_strips(
    figures: pl.DataFrame,
    yardsticks: pl.DataFrame,
    *,
    text: Text,
    highlight: Sequence[str] = (),
    title: str,
    source: str,
) -> Chart:
    """Draw the latest figure of every province as a tick, one row an indicator in percent, with the nation's
    targets.

    Parameters
    ----------
    figures
        ``indicator_id, province_id, value, as_of``: one row a province and indicator.
    yardsticks
        From :func:`cds_analysis.measures.promises.yardsticks`; an indicator without one is drawn without a
        target. Rows are drawn in the order of `figures`.
    highlight
        Provinces drawn as dots, named in the legend.
    """
    t = text
    if not figures.height:
        return empty_chart("yardsticks", title, t("No figure is on record."), source, figures)
    rows = list(dict.fromkeys(figures["indicator_id"]))
    goals = {i: part.sort("due").tail(_MOST_GOALS) for (i,), part in yardsticks.group_by("indicator_id")}
    subtitle = (
        t(
            "Percent. Each tick is the latest figure of one province; diamond: national target, with its"
            " year. Right: provinces with a figure, and how many of them reach the target."
        )
        if goals
        else t(
            "Percent. Each tick is the latest figure of one province. Right: provinces with a figure, and the"
            " years of their figures."
        )
    )
    said = []
    with style():
        figure, (ax,) = canvas(_ROW * len(rows) + 0.35, title, subtitle, source)
        for y, indicator in enumerate(rows):
            mine = figures.filter(pl.col("indicator_id") == indicator)
            _strip(ax, y, mine["value"].to_list())
            _mark_picked(ax, y, mine, highlight)
            words = [t.counted("{n} province", "{n} provinces", mine.height)]
            if indicator in goals:
                reached = _goals(ax, y, goals[indicator], t)
                words.append(reached)
                said.append(f"{t.indicator(indicator)}: {reached}")
            first, last = extent(mine["as_of"].dt.year())
            words.append(str(first) if first == last else f"{first}–{last}")
            ax.text(_RIGHT, y, " · ".join(words), va="center", fontsize=8, color=INK)
        _frame(ax, rows, t)
        _legend(ax, t, t("province's latest figure"), highlight, with_goals=bool(goals))
    said = said or [f"{t.indicator(i)}: {figures.filter(pl.col('indicator_id') == i).height}" for i in rows]
    return Chart("yardsticks", figure, title, title + ". " + "; ".join(said) + ".", figures)


def promise_strips(
    targets: pl.DataFrame,
    promises: pl.DataFrame,
    *,
    text: Text,
    highlight: Sequence[str] = (),
    title: str,
    source: str,
) -> Chart:
    """Draw what provinces promise: one row an indicator and due date in percent, a dot for each own target.

    Parameters
    ----------
    targets
        ``indicator_id, due, province_id, target``: the provinces' own.
    promises
        From :func:`cds_analysis.measures.promises.promises`; rows are drawn in its order.
    """
    t = text
    if not promises.height:
        return empty_chart("promises", title, t("No target is on record."), source, targets)
    subtitle = t(
        "Percent. Each dot is the target of one province, those alike stacked; diamond: national target of"
        " the same date. Right: provinces that ask more, as much, less than the nation."
    )
    said, labels = [], []
    with style():
        figure, (ax,) = canvas(_ROW * 1.15 * promises.height + 0.35, title, subtitle, source)
        for y, row in enumerate(promises.iter_rows(named=True)):
            same = (pl.col("indicator_id") == row["indicator_id"]) & (pl.col("due") == row["due"])
            _stacks(ax, y, targets.filter(same), highlight)
            if row["national"] is not None:
                ax.scatter([row["national"]], [y + 0.26], s=34, marker="D", color=INK, zorder=4)
                words = t(
                    "{more} more · {same} as much · {less} less",
                    more=t.number(row["n_above"]),
                    same=t.number(row["n_equal"]),
                    less=t.number(row["n_below"]),
                )
            else:
                words = t("no national target of that date")
            counted = t.counted("{n} province", "{n} provinces", row["n_provinces"])
            ax.text(_RIGHT, y, f"{counted}: {words}", va="center", fontsize=8, color=INK)
            labels.append(f"{t.indicator(row['indicator_id'])}, {row['due'].year}")
            said.append(f"{labels[-1]}: {words}")
        _frame(ax, labels, None)
        _legend(ax, t, t("target of a province"), highlight, dot=True)
    return Chart("promises", figure, title, title + ". " + "; ".join(said) + ".", promises)


def _strip(ax: Axes, y: int, values: list[float]) -> None:
    ax.plot([0, 100], [y, y], color=LIGHT, lw=1, zorder=0)
    ax.vlines(values, y - 0.22, y + 0.22, color=PALETTE[0], lw=1.3, alpha=0.75, zorder=2)


def _goals(ax: Axes, y: int, goals: pl.DataFrame, t: Text) -> str:
    """Draw the nation's targets of one indicator; return how many provinces reach each."""
    said = []
    for row in goals.iter_rows(named=True):
        ax.scatter([row["target"]], [y + 0.3], s=30, marker="D", color=INK, zorder=4)
        ax.annotate(
            str(row["due"].year)[2:].join(("’", "")),
            (row["target"], y + 0.3),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.4,
            color=MUTED,
        )
        said.append(
            t(
                "{k}/{n} reach {year}'s",
                k=t.number(row["n_reached"]),
                n=t.number(row["n_figures"]),
                year=str(row["due"].year),
            )
        )
    return ", ".join(said)


def _mark_picked(ax: Axes, y: int, mine: pl.DataFrame, highlight: Sequence[str]) -> None:
    """Draw the provinces picked out as dots; the legend names them, beside the dots names would overlap."""
    for i, province in enumerate(highlight):
        for value in mine.filter(pl.col("province_id") == province)["value"]:
            ax.scatter([value], [y], s=48, color=PALETTE[1 + i % 5], zorder=5)


def _stacks(ax: Axes, y: int, targets: pl.DataFrame, highlight: Sequence[str]) -> None:
    ax.plot([0, 100], [y + 0.26, y + 0.26], color=LIGHT, lw=1, zorder=0)
    for (value,), part in targets.sort("target", "province_id").group_by("target", maintain_order=True):
        step = min(0.11, 0.62 / part.height)
        for k, province in enumerate(part["province_id"]):
            colour = PALETTE[1 + list(highlight).index(province) % 5] if province in highlight else PALETTE[0]
            ax.scatter([value], [y + 0.12 - k * step], s=13, color=colour, zorder=3, linewidths=0)


def _frame(ax: Axes, labels: list[str], t: Text | None) -> None:
    names = [t.indicator(i) if t else i for i in labels]
    ax.set_yticks(range(len(names)), ["\n".join(textwrap.wrap(n, _LABEL)[:3]) for n in names], fontsize=8)
    ax.set_xticks([0, 25, 50, 75, 100], [f"{v}%" for v in (0, 25, 50, 75, 100)])
    ax.set(ylim=(len(names) - 0.4, -0.6), xlim=(-1.5, 240))
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _legend(
    ax: Axes, t: Text, mark: str, highlight: Sequence[str], *, dot: bool = False, with_goals: bool = True
) -> None:
    shape = {"marker": "o" if dot else "|", "ls": "", "markersize": 4 if dot else 9}
    handles = [Line2D([], [], color=PALETTE[0], markeredgewidth=1.3, label=mark, **shape)]
    if with_goals:
        handles.append(Line2D([], [], color=INK, marker="D", ls="", markersize=5, label=t("national target")))
    handles += [
        Line2D([], [], color=PALETTE[1 + i % 5], marker="o", ls="", label=t.province(p))
        for i, p in enumerate(highlight)
    ]
    legend(ax, handles, ncols=5)
