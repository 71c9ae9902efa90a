"""Rows of ticks, one tick a province: each dimension on its own scale, the regions on one scale, figures
against targets. Those picked are dots, with their ranks or values at the right in their colours.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from cds_analysis.views.interactive.base import (
    COLOUR,
    HOVERED,
    Live,
    bare_axis,
    expr,
    finish,
    picking,
    searchable,
    tips,
)
from cds_analysis.views.labels import STATUS_LABELS
from cds_analysis.views.look import STATUS_LOOK
from cds_analysis.views.text import Text

__all__ = ["by_dimension", "by_region", "figures_and_targets"]

_STEP, _COLUMN = 29, 62  # height of a row, width of a column of numbers at the right, in pixels


def by_dimension(
    compared: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    order: list[str],
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
) -> Live:
    """Draw each series as a row on its own scale from the lowest province to the highest, with the middle
    half and the median; the picked provinces as dots with their ranks.

    `compared` comes from :func:`~cds_analysis.measures.compare.compare`; `order` lists the series from top to
    bottom.
    """
    t = text
    names = {s: _numbered(s, t) for s in order}
    one_year = compared["as_of"].dt.year().n_unique() < 2
    of_series = pl.col("value").over("series_id")
    used = (
        compared.filter(pl.col("series_id").is_in(order) & pl.col("percentile").is_not_null())
        .join(pl.DataFrame({"series_id": order}).with_row_index("place"), on="series_id", validate="m:1")
        .with_columns(
            low=pl.col("value").min().over("series_id"), high=pl.col("value").max().over("series_id")
        )
        .with_columns(
            at=((pl.col("value") - pl.col("low")) / (pl.col("high") - pl.col("low"))).fill_nan(0.5),
            rank=of_series.rank("min", descending=True).over("series_id").cast(pl.Int64),
        )
        .sort("place", "province_id")
    )
    rows = [
        {
            "province_id": r["province_id"],
            "name": t.province(r["province_id"]),
            "row": names[r["series_id"]],
            "at": r["at"],
            "side": f"{r['rank']}/{r['n_reporting']}",
            "head": t.province(r["province_id"]),
            "is_first": r["place"] == used["place"].min(),
            "of": f"{r['rank']}/{r['n_reporting']}",
            "value": t.number(r["value"], t.decimals(*r["series_id"].split("/"), exact=True)),
            "middle": t.number(r["national_median"], t.decimals(*r["series_id"].split("/"), exact=True)),
            "year": str(r["as_of"].year),
            "source": "; ".join(map(t.source, r["source_ids"])),
        }
        for r in used.iter_rows(named=True)
    ]
    n = used["province_id"].n_unique()
    message = t.counted(
        "{rows}, {n} province.",
        "{rows}, {n} provinces.",
        n,
        rows=t.counted("{n} row", "{n} rows", len(order)),
    )
    notes = [t("Each row has its own scale: lowest province at the left, highest at the right.")]
    if not one_year:
        notes.append(t("The rows are of different years."))
    headings = {"of": "Rank", "value": "Score", "middle": "Median", "year": "Year", "source": "Source"}
    return _live(
        "by_dimension",
        rows,
        _middles(rows),
        [],
        provinces,
        t,
        highlight,
        title,
        subtitle,
        source,
        message,
        notes,
        used,
        headings,
        {"low": -0.02, "high": 1.02},
    )


def by_region(
    compared: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
) -> Live:
    """Draw one series of one year on one scale: all provinces, then each region, with the middle half and the
    median; the picked provinces as dots with their values.
    """
    t = text
    region = dict(provinces.select("province_id", "region_id").iter_rows())
    series = compared["series_id"][0] if compared.height else ""
    used = compared.filter(pl.col("value").is_not_null()).with_columns(
        rank=pl.col("value").rank("min", descending=True).cast(pl.Int64)
    )
    decimals = t.decimals(*series.split("/"), exact=True) if "/" in series else 2
    order = sorted({region[p] for p in used["province_id"]}, key=t.region)
    rows = []
    for group in (None, *order):
        for r in used.iter_rows(named=True):
            if group not in (None, region[r["province_id"]]):
                continue
            shown = t.number(r["value"], decimals)
            rows.append(
                {
                    "province_id": r["province_id"],
                    "name": t.province(r["province_id"]),
                    "row": t("All provinces") if group is None else t.region(group),
                    "at": r["value"],
                    "side": shown if group is None else "",
                    "head": t.province(r["province_id"]),
                    "is_first": group is None,
                    "of": f"{r['rank']}/{r['n_reporting']}",
                    "value": shown,
                    "year": str(r["as_of"].year),
                    "source": "; ".join(map(t.source, r["source_ids"])),
                }
            )
    n = used.height
    message = t.counted(
        "{rows}, {n} province.",
        "{rows}, {n} provinces.",
        n,
        rows=t.counted("{n} row", "{n} rows", len(order) + 1),
    )
    low, high = _ends([r["at"] for r in rows])
    headings = {"of": "Rank", "value": "Score", "year": "Year", "source": "Source"}
    return _live(
        "by_region",
        rows,
        _middles(rows),
        [],
        provinces,
        t,
        highlight,
        title,
        subtitle,
        source,
        message,
        [],
        used,
        headings,
        {"low": low, "high": high},
    )


def figures_and_targets(
    judged: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
    by: str = "indicator_id",
) -> Live:
    """Draw figures as dots and targets as diamonds, a row an indicator (`by` ``indicator_id``) or a row a
    province (``province_id``); status, dates and sources on hover.

    `judged` comes from :func:`~cds_analysis.measures.gaps.gaps` or
    :func:`~cds_analysis.measures.gaps.merge_repeated`; rows without a figure are not drawn.
    """
    t = text
    used = judged.filter(pl.col("value").is_not_null()).sort("indicator_id", "value", "due", descending=True)
    rows, goals = [], []
    for r in used.iter_rows(named=True):
        unit = t.unit(r["indicator_id"])
        row = t.indicator(r["indicator_id"]) if by == "indicator_id" else t.province(r["province_id"])
        targets = r["target_source_ids"] if "target_source_ids" in r else [r["target_source_id"]]
        sources = dict.fromkeys([r["source_id"], *targets])
        told = {
            "province_id": r["province_id"],
            "name": f"{t.province(r['province_id'])}: {t.indicator(r['indicator_id'])}",
            "row": row,
            "value": f"{t.value(r['value'], unit, bound=r['bound'])} ({t.date(r['as_of'])})",
            "goal": f"{r['comparator']} {t.value(r['target'], unit)} ({t.date(r['due'])})",
            "status": f"{STATUS_LOOK[r['status']][0]} {t(STATUS_LABELS[r['status']])}",
            "source": "; ".join(t.source(s) for s in sources if s),
        }
        rows.append(told | {"at": r["value"], "side": "", "head": "", "is_first": False})
        goals.append(told | {"at": r["target"]})
    ends = [r["at"] for r in [*rows, *goals]]
    low, high = (0.0, 100.0) if by == "indicator_id" else _ends(ends)
    n = used["province_id"].n_unique()
    message = t.counted(
        "{rows}, {n} province.",
        "{rows}, {n} provinces.",
        n,
        rows=t.counted("{n} row", "{n} rows", len({r["row"] for r in rows})),
    )
    headings = {"value": "Latest figure", "goal": "Target", "status": "Status", "source": "Sources"}
    return _live(
        "figures_and_targets",
        rows,
        [],
        goals,
        provinces,
        t,
        highlight,
        title,
        subtitle,
        source,
        message,
        [],
        used,
        headings,
        {"low": low - (high - low) * 0.02, "high": high + (high - low) * 0.02},
    )


def _live(
    kind,
    rows,
    middles,
    goals,
    provinces,
    t,
    highlight,
    title,
    subtitle,
    source,
    message,
    notes,
    frame,
    headings,
    ends,
) -> Live:
    return Live(
        kind,
        title,
        subtitle,
        f"{title}. {message}",
        _spec(t.lang, kind, tuple(headings.items())),
        {"rows": rows, "middles": middles, "goals": goals},
        ends,
        list(highlight),
        source,
        searchable(rows, provinces, t),
        notes,
        frame,
    )


def _middles(rows: list[dict]) -> list[dict]:
    if not rows:
        return []
    return (
        pl.DataFrame([{"row": r["row"], "at": r["at"]} for r in rows])
        .group_by("row", maintain_order=True)
        .agg(
            q1=pl.col("at").quantile(0.25, "linear"),
            mid=pl.col("at").median(),
            q3=pl.col("at").quantile(0.75, "linear"),
        )
        .to_dicts()
    )


def _ends(values: Iterable[float]) -> tuple[float, float]:
    known = list(values) or [0.0, 1.0]
    room = (max(known) - min(known) or 1.0) * 0.03
    return min(known) - room, max(known) + room


def _numbered(series: str, t: Text) -> str:
    """Return a dimension's name with its official number in front, where it has one."""
    number = t.number_of(*series.split("/"))
    return f"{number}  {t.series(series)}" if number else t.series(series)


@lru_cache
def _spec(lang: str, kind: str, headings: tuple[tuple[str, str], ...]) -> dict:
    t = Text(lang)
    comma: dict[str, Any] = {"labelExpr": "replace(datum.label, '.', ',')"} if lang == "vi" else {}
    axis = bare_axis() if kind == "by_dimension" else alt.Axis(grid=True, tickCount=6, **comma)
    scale = alt.Scale(domainMin=expr("low"), domainMax=expr("high"), nice=False, zero=False)
    x = alt.X("at:Q", title=None, axis=axis, scale=scale)
    place = alt.Axis(
        grid=True,
        domain=False,
        ticks=False,
        labelLimit=expr("label_limit"),
        labelFontSize=13,
        labelColor=expr("ink"),
        labelPadding=8,
    )
    y = alt.Y("row:N", title=None, sort=None, axis=place)
    pick, hover = picking()
    layers = []
    if kind != "figures_and_targets":
        middle = alt.Chart(alt.NamedData("middles")).encode(y=y)
        layers += [
            middle.mark_bar(color=expr("faint"), height=16).encode(x=alt.X("q1:Q"), x2="q3:Q"),
            middle.mark_tick(color=expr("ink"), thickness=2.5, height=20).encode(x=alt.X("mid:Q")),
        ]
    base = alt.Chart().encode(x=x, y=y, tooltip=tips(t, **dict(headings)))
    if kind == "figures_and_targets":
        everyone = base.mark_circle(size=expr(f"({HOVERED}) ? 150 : 80"), opacity=1, color=expr("muted"))
        goals = alt.Chart(alt.NamedData("goals")).encode(x=x, y=y, tooltip=tips(t, **dict(headings)))
        layers.append(goals.mark_point(shape="diamond", filled=True, size=70, color=expr("ink"), opacity=1))
    else:
        everyone = base.mark_tick(
            color=expr(f"({HOVERED}) ? ink : quiet"),
            thickness=1.5,
            height=13,
        )
    dots = base.transform_filter("datum.slot >= 0").mark_circle(
        size=expr(f"({HOVERED}) ? 210 : 140"), opacity=1, stroke=expr("paper"), strokeWidth=1.5
    )
    dots = dots.encode(color=alt.value(expr(COLOUR)))
    chosen = alt.Chart().transform_filter("datum.slot >= 0 && !many && sides")
    side = chosen.mark_text(align="left", fontSize=13, fontWeight=600).encode(
        x=alt.value(expr(f"width + 12 + {_COLUMN} * datum.slot")),
        y=y,
        text="side:N",
        color=alt.value(expr(COLOUR)),
    )
    layers += [everyone.add_params(pick, hover), dots, side]
    heads = chosen.transform_filter("datum.is_first").mark_text(
        align="left", baseline="middle", angle=332, fontSize=12, fontWeight=600
    )
    heads = heads.encode(
        x=alt.value(expr(f"width + 16 + {_COLUMN} * datum.slot")),
        y=alt.value(-12),
        text="head:N",
        color=alt.value(expr(COLOUR)),
    )
    layers.append(heads)
    room = {"left": 270, "right": 112, "top": 74, "column": _COLUMN}
    if kind != "by_region":
        room["left"] = 356
    if kind == "figures_and_targets":
        room |= {"right": 20, "top": 16, "column": 0}
    return finish(alt.layer(*layers), params=("low", "high"), height={"step": _STEP}, **room)
