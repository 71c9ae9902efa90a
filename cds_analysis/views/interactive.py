"""Charts that a reader filters in the HTML file itself, without a kernel and without network: Altair
specifications with one parameter.

The parameter ``wanted`` is the list of provinces picked; the page's own search box (names with or without
accents) sets it. Colours go to the picked provinces in the order of the list. The picture beside each of
these charts says the same for print and for readers without scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import altair as alt
import polars as pl

from cds_analysis.dataset.provinces import fold
from cds_analysis.views.labels import STATUS_LABELS
from cds_analysis.views.text import Text
from cds_analysis.views.theme import FONTS, GREY, LIGHT, MUTED, PALETTE, STATUS_LOOK, VEGALITE

__all__ = ["Live", "comparison", "targets", "trend"]


_PICKED = "indexof(wanted, datum.province_id)"


@dataclass(frozen=True, eq=False)
class Live:
    """A Vega-Lite specification with what the page needs around it: title, alternative text, and the
    provinces to search.
    """

    title: str
    alt: str
    spec: dict
    provinces: list[tuple[str, str, str]]  # id, name, words to search
    source: str

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {VEGALITE: self.spec, "text/plain": self.alt}, {
            VEGALITE: {
                "title": self.title,
                "alt": self.alt,
                "provinces": self.provinces,
                "source": self.source,
                "colours": PALETTE,
            }
        }


def _live(
    chart: alt.LayerChart | alt.FacetChart,
    rows: list[dict],
    highlight: list[str],
    provinces: pl.DataFrame,
    t: Text,
    title: str,
    source: str,
    message: str,
) -> Live:
    styled = chart.properties(width="container", background="white", description=message).add_params(
        alt.param(name="wanted", value=list(highlight))
    )
    styled = (
        styled.configure(font=FONTS)
        .configure_view(stroke=None)
        .configure_axis(
            gridColor=LIGHT,
            domainColor=GREY,
            tickColor=GREY,
            labelColor=MUTED,
            titleColor=MUTED,
            labelFontSize=12,
            labelLimit=420,
        )
    )
    spec = styled.to_dict()
    spec.setdefault("datasets", {})["rows"] = (
        rows  # put in here: Altair would copy and check each row, at each layer
    )
    spec["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json"
    here = {r["province_id"] for r in rows}
    known = [
        (p, t.province(p), fold(" ".join([p, vi, en, more or ""])))
        for p, vi, en, more in provinces.select("province_id", "name_vi", "name_en", "aliases").iter_rows()
        if p in here
    ]
    return Live(title, f"{title}. {message}", spec, sorted(known, key=lambda row: row[2]), source)


def _base() -> alt.Chart:
    return alt.Chart(alt.NamedData("rows")).transform_calculate(slot=_PICKED)


def _colour(otherwise: str):
    scale = alt.Scale(domain=list(range(len(PALETTE))), range=PALETTE)
    return alt.condition(
        "datum.slot >= 0", alt.Color("slot:O", scale=scale, legend=None), alt.value(otherwise)
    )


def comparison(
    compared: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    order: list[str],
    highlight: list[str],
    title: str,
    source: str,
    decimals: int = 2,
) -> Live:
    """Draw every province's percentile in each series as a dot; the picked ones in colour, all with score,
    percentile and source on hover.

    `compared` comes from :func:`~cds_analysis.measures.compare.compare`; `order` lists the series from top
    to bottom.
    """
    t = text
    used = compared.filter(pl.col("series_id").is_in(order) & pl.col("percentile").is_not_null())
    names = {s: t.series(s) for s in order}
    rows = [
        {
            "province_id": r["province_id"],
            "name": t.province(r["province_id"]),
            "series": names[r["series_id"]],
            "percentile": round(r["percentile"], 1),
            "score": t.number(r["value"], decimals),
            "year": str(r["as_of"].year),
            "source": ", ".join(r["source_ids"]),
        }
        for r in used.iter_rows(named=True)
    ]
    tips = [
        alt.Tooltip(f"{field}:N", title=t(head))
        for field, head in (
            ("name", "Province"),
            ("series", "Series"),
            ("score", "Score"),
            ("year", "Year"),
            ("source", "Source"),
        )
    ]
    tips.insert(3, alt.Tooltip("percentile:Q", title=t("Percentile"), format=".0f"))
    axis = alt.X(
        "percentile:Q",
        title=t("Percentile (100 is best)"),
        axis=alt.Axis(values=[*range(0, 101, 20)]),
        scale=alt.Scale(domain=[0, 100]),
    )
    place = alt.Y("series:N", sort=[names[s] for s in order], title=None, axis=alt.Axis(grid=True))
    dots = _base().mark_circle(opacity=1).encode(x=axis, y=place, color=_colour(GREY), tooltip=tips)
    others = dots.transform_filter("datum.slot < 0").mark_circle(size=36, opacity=0.6)
    picked = dots.transform_filter("datum.slot >= 0").mark_circle(
        size=130, opacity=1, stroke="white", strokeWidth=1
    )
    message = t.counted(
        "Type the names of provinces to see where they stand in each series; n = {n} province.",
        "Type the names of provinces to see where they stand in each series; n = {n} provinces.",
        used["province_id"].n_unique(),
    )
    return _live(
        alt.layer(others, picked).properties(height=alt.Step(34)),
        rows,
        highlight,
        provinces,
        t,
        title,
        source,
        message,
    )


def trend(
    ranked: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    decimals: int = 2,
) -> Live:
    """Draw every province's rank by year; the picked ones in colour, all with rank, score, year and source
    on hover. A missing year is a gap.

    `ranked` comes from :func:`~cds_analysis.measures.ranks.ranks`, for one index and dimension.
    """
    t = text
    rows, last, run = [], None, 0
    for r in ranked.drop_nulls("rank").sort("province_id", "year").iter_rows(named=True):
        run += last is None or (r["province_id"], r["year"]) != (last[0], last[1] + 1)
        last = (r["province_id"], r["year"])
        of = f"/{r['n_ranked']}" if r["n_ranked"] else ""
        rows.append(
            {
                "province_id": r["province_id"],
                "name": t.province(r["province_id"]),
                "year": r["year"],
                "rank": r["rank"],
                "of": f"{r['rank']}{of}",
                "run": run,
                "score": t.number(r["score"], decimals),
                "source": r["source_id"],
            }
        )
    tips = [
        alt.Tooltip(f"{field}:N", title=t(head))
        for field, head in (
            ("name", "Province"),
            ("year", "Year"),
            ("of", "Rank"),
            ("score", "Score"),
            ("source", "Source"),
        )
    ]
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    most = max((r["rank"] for r in rows), default=1)
    y = alt.Y(
        "rank:Q",
        title=t("Rank (1 is best)"),
        axis=alt.Axis(values=[1, *range(10, most + 1, 10)]),
        scale=alt.Scale(reverse=True, domain=[1, most], nice=False, padding=8),
    )
    base = _base().encode(x=x, y=y, detail="run:N", color=_colour("#d4dae0"))
    others = base.transform_filter("datum.slot < 0").mark_line(strokeWidth=1)
    picked = base.transform_filter("datum.slot >= 0").mark_line(strokeWidth=3)
    points = base.mark_circle(size=60).encode(
        tooltip=tips, opacity=alt.condition("datum.slot >= 0", alt.value(1), alt.value(0.001))
    )
    message = t.counted(
        "Type the names of provinces to follow their rank; n = {n} province. A gap is a year without a rank.",
        "Type the names of provinces to follow their rank; n = {n} provinces. A gap is a year without a rank.",
        len({r["province_id"] for r in rows}),
    )
    breaks = sorted(
        {s for s in ranked["segment"].to_list() if s and s > min((r["year"] for r in rows), default=0)}
    )
    if breaks:
        message += " " + t(
            "Dotted lines: new definition from {years}; read ranks across them with care.",
            years=t.listing([str(y) for y in breaks]),
        )
    rules = (
        alt.Chart(alt.Data(values=[{"year": y} for y in breaks]))
        .mark_rule(strokeDash=[2, 3], color=MUTED)
        .encode(x=x)
    )
    return _live(
        alt.layer(*([rules] if breaks else []), others, picked, points).properties(height=420),
        rows,
        highlight,
        provinces,
        t,
        title,
        source,
        message,
    )


def targets(
    judged: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
) -> Live:
    """Draw the picked provinces' targets in percent: latest figure, target and what lies between, with
    status and source on hover.

    `judged` comes from :func:`~cds_analysis.measures.gaps.merge_repeated`, for all provinces with targets in
    percent.
    """
    t = text
    rows = [
        {
            "province_id": r["province_id"],
            "name": t.province(r["province_id"]),
            "line": f"{_due(r['due'], t)}: {t.indicator(r['indicator_id'])}",
            "value": r["value"],
            "target": r["target"],
            "shown": t.value(r["value"], "percent", bound=r["bound"]),
            "goal": t.value(r["target"], "percent"),
            "as_of": t.date(r["as_of"]),
            "due": t.date(r["due"]),
            "status": f"{STATUS_LOOK[r['status']][0]} {t(STATUS_LABELS[r['status']])}",
            "source": ", ".join([*([r["source_id"]] if r["source_id"] else []), *r["target_source_ids"]]),
        }
        for r in judged.iter_rows(named=True)
    ]
    heads = (
        ("name", "Province"),
        ("shown", "Latest figure"),
        ("as_of", "As of"),
        ("goal", "Target"),
        ("due", "Due"),
        ("status", "Status"),
        ("source", "Sources"),
    )
    tips = [alt.Tooltip(f"{field}:N", title=t(head)) for field, head in heads]
    y = alt.Y("line:N", title=None, sort=None)
    x = alt.X(
        "value:Q",
        title=t("Percent (dot: latest figure; diamond: target)"),
        axis=alt.Axis(values=[*range(0, 101, 20)]),
        scale=alt.Scale(domain=[0, 100]),
    )
    base = _base().transform_filter("datum.slot >= 0").encode(y=y, tooltip=tips)
    between = base.mark_rule(strokeWidth=3, opacity=0.5).encode(x=x, x2="target:Q", color=_colour(GREY))
    now = base.mark_circle(size=90, opacity=1).encode(x=x, color=_colour(GREY))
    goal = base.mark_point(shape="diamond", size=80, filled=True, color="#1b2a38").encode(x="target:Q")
    message = t.counted(
        "Type the names of provinces to see their targets in percent; {n} province has any.",
        "Type the names of provinces to see their targets in percent; {n} provinces have any.",
        judged["province_id"].n_unique(),
    )
    return _live(
        alt.layer(between, goal, now).properties(height=alt.Step(26)),
        rows,
        highlight,
        provinces,
        t,
        title,
        source,
        message,
    )


def _due(day: date, t: Text) -> str:
    """Write a due date as short as it can be: the year alone where it is the last day of the year."""
    return str(day.year) if (day.month, day.day) == (12, 31) else t.date(day)
