"""Two indices against each other in one year: a point a province."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from cds_analysis.views.interactive.base import COLOUR, HOVERED, Live, expr, finish, picking, searchable, tips
from cds_analysis.views.text import Text

__all__ = ["scatter"]


def scatter(
    both: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    across: str,
    up: str,
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
) -> Live:
    """Draw a series (`across`) against another (`up`), with the medians of both.

    `both` has ``province_id, x, y, x_rank, y_rank, n`` (provinces that have both), ``year`` and
    ``source_ids``.
    """
    t = text
    decimals = [t.decimals(*key.split("/"), exact=True) for key in (across, up)]
    rows = [
        {
            "province_id": r["province_id"],
            "name": t.province(r["province_id"]),
            "x": r["x"],
            "y": r["y"],
            "one": f"{t.number(r['x'], decimals[0])} ({r['x_rank']}/{r['n']})",
            "two": f"{t.number(r['y'], decimals[1])} ({r['y_rank']}/{r['n']})",
            "year": str(r["year"]),
            "source": "; ".join(map(t.source, r["source_ids"])),
        }
        for r in both.iter_rows(named=True)
    ]
    params: dict[str, object] = {}
    for axis in ("x", "y"):
        values = [r[axis] for r in rows] or [0.0, 1.0]
        room = (max(values) - min(values) or 1.0) * 0.05
        params |= {f"{axis}_low": min(values) - room, f"{axis}_high": max(values) + room}
    medians = {"mx": both["x"].median(), "my": both["y"].median()} if rows else {}
    names = _name(across, t), _name(up, t)
    return Live(
        "scatter",
        title,
        subtitle,
        f"{title}. " + t.counted("{n} province has both.", "{n} provinces have both.", len(rows)),
        _spec(t.lang, *names),
        {"rows": rows, "medians": [medians] if rows else []},
        params,
        list(highlight),
        source,
        searchable(rows, provinces, t),
        [t("Lines: medians. A rank is among the provinces that have both.")] if rows else [],
        both,
    )


def _name(key: str, t: Text) -> str:
    index, dimension = key.split("/")
    whole = t.index_short(index)
    return whole if key.endswith("/overall") else f"{whole}: {t.dimension(index, dimension)}"


@lru_cache
def _spec(lang: str, across: str, up: str) -> dict:
    t = Text(lang)
    comma: dict[str, Any] = {"labelExpr": "replace(datum.label, '.', ',')"} if lang == "vi" else {}
    axis = alt.Axis(grid=True, tickCount=6, **comma)
    ends = [
        alt.Scale(domainMin=expr(f"{a}_low"), domainMax=expr(f"{a}_high"), nice=False, zero=False)
        for a in ("x", "y")
    ]
    x = alt.X("x:Q", title=f"{across} →", axis=axis, scale=ends[0])
    y = alt.Y("y:Q", title=f"{up} →", axis=axis, scale=ends[1])
    pick, hover = picking()
    medians = alt.Chart(alt.NamedData("medians")).mark_rule(color=expr("muted"), strokeDash=[5, 3])
    base = alt.Chart().encode(x=x, y=y)
    points = (
        base.mark_circle(size=expr(f"({HOVERED}) ? 170 : datum.slot < 0 ? 60 : 140"), opacity=1)
        .encode(
            color=alt.value(expr(f"datum.slot < 0 ? (({HOVERED}) ? muted : quiet) : {COLOUR}")),
            order="slot:Q",
            tooltip=[
                alt.Tooltip("name:N", title="title"),
                alt.Tooltip("one:N", title=across),
                alt.Tooltip("two:N", title=up),
                *tips(t, year="Year", source="Source")[1:],
            ],
        )
        .add_params(pick, hover)
    )
    label = {"align": "left", "dx": 10, "baseline": "middle", "fontSize": 13}
    named = base.encode(text="name:N")
    chosen = named.transform_filter("datum.slot >= 0 && !many").mark_text(fontWeight=600, **label)
    passing = named.transform_filter(f"datum.slot < 0 && ({HOVERED})")
    return finish(
        alt.layer(
            medians.encode(x=alt.X("mx:Q")),
            medians.encode(y=alt.Y("my:Q")),
            points,
            chosen.encode(color=alt.value(expr(COLOUR))),
            passing.mark_text(color=expr("muted"), **label),
        ),
        params=("x_low", "x_high", "y_low", "y_high"),
        right=120,
        height=370,
        left=58,
    )
