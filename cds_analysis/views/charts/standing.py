"""Charts of standings: a province's likely rank by year, with its doubt and the years to come; and where all
provinces likely lie in the latest year."""

from __future__ import annotations

import numpy as np
import polars as pl

from cds_analysis.views.text import Text
from cds_analysis.views.theme import INK, MUTED, PALETTE, Chart, canvas, empty_chart, style

__all__ = ["rank_chances", "standing_fan"]


def standing_fan(
    standings: pl.DataFrame,
    breaks: pl.DataFrame,
    *,
    text: Text,
    provinces: list[str],
    title: str,
    source: str,
) -> Chart:
    """Draw the likely rank of each picked province by year, side by side, with bands of 80 and 95 % and
    breaks by kind.

    `standings` holds the rows of one index and dimension: ``province_id, year, years_ahead`` (0 for years
    with a figure), ``figure_rank, median_rank, rank_low_80`` ... ``rank_high_95, n_ranked, noise_share``,
    from :func:`~cds_analysis.measures.standing.standing`. `breaks` holds the breaks of that series.
    """
    t = text
    mine = standings.filter(pl.col("province_id").is_in(provinces)).sort("province_id", "year")
    picked = [p for p in provinces if p in mine["province_id"]]
    if not picked:
        return empty_chart(
            "standing", title, t("No standing: fewer than four full years on record."), source, mine
        )
    year, has_figure = pl.col("year"), pl.col("years_ahead") == 0
    ends = mine.select(
        first=year.min(),
        last=year.max(),
        figure=pl.coalesce(year.filter(has_figure).max(), year.min()),
        most=pl.col("n_ranked").max(),
    )
    first, last, last_figure, most = ends.row(0)
    inside = breaks.filter(pl.col("year").is_between(first, last, closed="right"))
    order, level = (
        sorted(inside.filter((pl.col("effect") == "level").fill_null(False) == kind)["year"].unique())
        for kind in (False, True)
    )
    every_year = pl.DataFrame({"year": range(first, last + 1)})  # a missing year is a gap, never bridged
    note = _note(mine, order, level, t)
    with style():
        figure, axes = canvas(3.2, title, note, source, columns=len(picked), sharey=True)
        for ax, province, colour in zip(axes, picked, PALETTE):
            own = every_year.join(
                mine.filter(pl.col("province_id") == province), on="year", how="left", maintain_order="left"
            )
            known = own.filter(pl.col("year") <= last_figure)
            ahead = own.filter(pl.col("year") >= last_figure)
            for band, shade in ((95, 0.16), (80, 0.3)):
                low, high = (_gapped(own, f"rank_{end}_{band}") for end in ("low", "high"))
                ax.fill_between(own["year"], low, high, color=colour, alpha=shade, lw=0)
            ax.plot(known["year"], _gapped(known, "median_rank"), color=colour, lw=1.8)
            ax.plot(ahead["year"], _gapped(ahead, "median_rank"), color=colour, lw=1.4, ls="--")
            ax.scatter(known["year"], _gapped(known, "figure_rank"), s=13, color=INK, zorder=3)
            for years, dashes in ((order, "-"), (level, (0, (2, 2)))):
                ax.vlines(
                    [y - 0.5 for y in years],
                    0,
                    1,
                    transform=ax.get_xaxis_transform(),
                    color=MUTED,
                    lw=1,
                    ls=dashes,
                    zorder=0,
                )
            ax.set_title(t.province(province))
            ends = [first, last_figure] if len(picked) > 2 else sorted({first, last_figure, last})
            ax.set_xticks(
                ends, [str(y) for y in ends]
            )  # in narrow panels the last two would lie over one another
            ax.grid(axis="y", lw=0.6)
        axes[0].set(ylim=(most + 1, 0), ylabel=t("Rank (1 is best)"))
        axes[0].set_yticks([1, *range(10, most + 1, 10)])
    facts = [_fact(mine.filter(pl.col("province_id") == p), t) for p in picked]
    return Chart("standing", figure, title, title + ". " + " ".join(facts), mine)


def _gapped(rows: pl.DataFrame, column: str) -> np.ndarray:
    return rows[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _note(mine: pl.DataFrame, order: list[int], level: list[int], t: Text) -> str:
    parts = [
        t(
            "Line: likely rank among all provinces; bands: where it lies with 80% and 95%; dashed: years"
            " ahead. Dots: rank of the figure alone, of which noise is {share} of the variance between"
            " provinces (estimated).",
            share=t.percent(100 * mine["noise_share"][0], 0),
        )
    ]
    if order:
        parts.append(
            t(
                "Solid vertical line: the order of provinces was redrawn in {years} (or that is not known).",
                years=t.listing([str(y) for y in order]),
            )
        )
    if level:
        parts.append(
            t(
                "Dotted: a new definition in {years} that left the order.",
                years=t.listing([str(y) for y in level]),
            )
        )
    return " ".join(parts)


def _fact(own: pl.DataFrame, t: Text) -> str:
    known = own.filter(pl.col("years_ahead") == 0)
    row = (known if known.height else own).row(-1, named=True)
    said = t(
        "{name} in {year}: rank {rank}; likely {low}–{high}",
        name=t.province(row["province_id"]),
        year=str(row["year"]),
        rank=row["median_rank"],
        low=row["rank_low_80"],
        high=row["rank_high_80"],
    )
    if row["p_rise"] is None:
        return f"{said}."
    return (
        said
        + "; "
        + t(
            "chance of {p} that it rose since {year}.",
            p=t.chance(row["p_rise"]),
            year=str(row["since"]),
        )
    )


def rank_chances(
    standings: pl.DataFrame, *, text: Text, highlight: list[str], title: str, source: str
) -> Chart:
    """Draw where each province likely lies in the latest year, best first, with the chances of the ten best
    and the ten last places.

    `standings` holds the rows of one index and dimension, as in :func:`standing_fan`, with ``p_top_ten,
    p_bottom_ten``.
    """
    t = text
    known = standings.filter(pl.col("years_ahead") == 0)
    rows = known.filter(pl.col("year") == pl.col("year").max()).sort(
        "median_rank", "standing", "province_id", descending=[False, True, False]
    )
    if not rows.height:
        return empty_chart(
            "rank_chances", title, t("No standing: fewer than four full years on record."), source, rows
        )
    n = rows.height
    note = t(
        "Thick bar: where a province lies with 80%, thin line with 95%; tick: its likely rank (n = {n})."
        " Ring: rank of the figure alone. Right: chance of the ten best and of the ten last places, in"
        " percent.",
        n=t.number(n),
    )
    with style():
        figure, (ax,) = canvas(0.165 * n + 0.5, title, note, source)
        for y, row in enumerate(rows.iter_rows(named=True)):
            colour = PALETTE[1] if row["province_id"] in highlight else PALETTE[0]
            for band, width, shade in ((95, 1.1, 0.55), (80, 4.6, 0.4)):
                ends = [row[f"rank_low_{band}"] - 0.3, row[f"rank_high_{band}"] + 0.3]
                ax.plot(ends, [y, y], color=colour, lw=width, alpha=shade, solid_capstyle="butt", zorder=1)
            ax.scatter([row["median_rank"]], [y], marker="|", s=34, color=colour, lw=1.8, zorder=3)
            ax.scatter([row["figure_rank"]], [y], s=15, facecolor="white", edgecolor=INK, lw=0.8, zorder=4)
            for x, chance in ((n + 4, row["p_top_ten"]), (n + 9, row["p_bottom_ten"])):
                if chance >= 0.005:
                    ax.text(x, y, t.number(100 * chance), fontsize=7.4, color=INK, ha="right", va="center")
        for x, heading in ((n + 4, "1–10"), (n + 9, f"{n - 9}–{n}")):
            ax.text(x, -1.2, heading, fontsize=7.4, color=MUTED, ha="right", va="bottom")
        ax.set_yticks(range(n), [t.province(p) for p in rows["province_id"]], fontsize=7.4)
        for label, province in zip(ax.get_yticklabels(), rows["province_id"]):
            label.set_color(PALETTE[1] if province in highlight else MUTED)
            label.set_fontweight("bold" if province in highlight else "normal")
        ax.set(ylim=(n - 0.3, -0.7), xlim=(0, n + 9.5), xlabel=t("Rank (1 is best)"))
        ax.set_xticks([1, *range(10, n + 1, 10)])
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.tick_params(axis="x", length=2)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x", lw=0.6)
        ax.set_axisbelow(True)
        ax.spines[["left", "bottom"]].set_visible(False)
    facts = [_fact(rows.filter(pl.col("province_id") == p), t) for p in highlight if p in rows["province_id"]]
    return Chart("rank_chances", figure, title, title + ". " + " ".join(facts), rows)
