"""Rows of marks, one mark a province: what the charts by dimension, by region and of targets have in common.

Those picked are dots, with their ranks or values at the right in their colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from cds_analysis.views.text import Text

__all__ = ["ends_of", "strips"]

_STEP, _COLUMN = 29, 62  # height of a row, width of a column of numbers at the right, in pixels


def strips(
    kind: str,
    rows: list[dict],
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    subtitle: str,
    source: str,
    headings: Mapping[str, str],
    ends: tuple[float, float],
    frame: pl.DataFrame,
    goals: Iterable[dict] = (),
    notes: Iterable[str] = (),
) -> Live:
    """Return rows of marks as a live chart.

    Parameters
    ----------
    kind
        ``by_dimension``, ``by_region`` or ``figures_and_targets``.
    rows
        A mark each: ``province_id, name, row, at``; ``side, head, is_first`` for the columns at the right;
        and what `headings` names for the tooltip.
    ends
        Of the axis.
    frame
        The numbers drawn.
    goals
        Marks of targets, on the same rows.
    """
    t = text
    n = frame["province_id"].n_unique()
    message = t.counted(
        "{rows}, {n} province.",
        "{rows}, {n} provinces.",
        n,
        rows=t.counted("{n} row", "{n} rows", len({r["row"] for r in rows})),
    )
    middles = [] if kind == "figures_and_targets" else _middles(rows)
    return Live(
        kind,
        title,
        subtitle,
        f"{title}. {message}",
        _spec(t.lang, kind, tuple(headings.items())),
        {"rows": rows, "middles": middles, "goals": list(goals)},
        {"low": ends[0], "high": ends[1]},
        list(highlight),
        source,
        searchable(rows, provinces, t),
        list(notes),
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


def ends_of(values: Iterable[float]) -> tuple[float, float]:
    """Return the ends of an axis with a little room beyond the values."""
    known = list(values) or [0.0, 1.0]
    room = (max(known) - min(known) or 1.0) * 0.03
    return min(known) - room, max(known) + room


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
