"""The tile map: every province a tile near its true place; what is missing is hatched and keeps its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

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

__all__ = ["tile_map"]

_TILE, _HATCH = (
    24,
    tuple(i / 10 for i in range(9)),
)  # height of a row in pixels; where strokes of a hatch begin
_STEPS = (-16, -8, -1, 1, 8, 16)  # a change of rank falls between these
_LEGEND_ROW = 8  # left of the narrow middle of the country there is room


def tile_map(
    values: pl.DataFrame,
    tiles: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    write: Callable[[float], str],
    subtitle: str = "",
    lower_is_better: bool = False,
    is_change: bool = False,
) -> Live:
    """Draw a value of every province as a tile in one of six classes, each of as many provinces as can be.

    Parameters
    ----------
    values
        ``province_id, value`` and, for the tooltip, ``of`` (rank), ``score``, ``year``, ``source``.
    tiles
        ``province_id, tile_row, tile_col`` and the names to search by.
    write
        Writes a value as its tile shows it.
    lower_is_better
        As ranks are.
    is_change
        The values are changes: blue where better, red where worse, grey where it stayed within a place.
    """
    t = text
    known = values.drop_nulls("value")
    cuts = list(_STEPS) if is_change else _cuts(known["value"], lower_is_better)
    about = {r["province_id"]: r for r in known.iter_rows(named=True)}
    rows = []
    for p, row, col in tiles.select("province_id", "tile_row", "tile_col").iter_rows():
        r = about.get(p)
        group = _group(r["value"], cuts, lower_is_better, is_change) if r else -1
        rows.append(
            {
                "province_id": p,
                "name": t.province(p),
                "row": row,
                "col": col,
                "group": group,
                "shown": write(r["value"]) if r else "–",
                "of": r["of"] if r else t("not published"),
                "score": r["score"] if r else "–",
                "year": r["year"] if r else "–",
                "source": r["source"] if r else "–",
            }
        )
    missing = [r for r in rows if r["group"] < 0]
    hatch = [_stroke(r["col"], r["row"], s) for r in missing for s in _HATCH]
    ends = _named_classes(cuts, known["value"], write, lower_is_better, is_change)
    legend = [
        {"y": _LEGEND_ROW + i, "group": g, "label": label}
        for i, (g, label) in enumerate(sorted(ends, reverse=True))
    ]
    if missing:
        legend.append({"y": _LEGEND_ROW + len(ends), "group": -1, "label": t("not published")})
        hatch += [_stroke(0, _LEGEND_ROW + len(ends) - 0.06, s) for s in _HATCH[:2]]
    message = t.counted(
        "{n} province; {k} without a figure.",
        "{n} provinces; {k} without a figure.",
        len(rows),
        k=t.number(len(missing)),
    )
    notes = (
        [t("Not published: {names}.", names=t.listing(t.provinces(r["province_id"] for r in missing)))]
        if 0 < len(missing) <= 12
        else []
    )
    rows_end = max((r["row"] for r in rows), default=0) + 1
    params: dict[str, object] = {
        "rows_end": rows_end,
        "cols_end": max((r["col"] for r in rows), default=0) + 1,
    }
    return Live(
        "tile_map",
        title,
        subtitle,
        f"{title}. {message}",
        _spec(t.lang, is_change, rows_end),
        {"rows": rows, "hatch": hatch, "legend": legend},
        params,
        list(highlight),
        source,
        searchable(rows, tiles, t),
        notes,
        known,
    )


def _stroke(col: float, row: float, start: float) -> dict:
    """Return a stroke of a hatch that rises across a tile."""
    return {"x": col + start, "y": row + 0.92, "x2": col + start + 0.13, "y2": row}


def _cuts(values: pl.Series, lower_is_better: bool) -> list[float]:
    if not values.len():
        return []
    shares = [i / 6 for i in range(1, 6)]
    return [float(values.quantile(s, "nearest") or 0.0) for s in shares]


def _group(value: float, cuts: Sequence[float], lower_is_better: bool, is_change: bool) -> int:
    """Return the class of a value: 0 is worst; of a change, 3 is about none."""
    if is_change:
        return sum(value >= cut if cut > 0 else value > cut for cut in cuts)
    below = sum(value > cut for cut in cuts)
    return 5 - below if lower_is_better else below


def _named_classes(cuts, values, write, lower_is_better, is_change) -> list[tuple[int, str]]:
    if is_change:
        a, b, _, _, c, d = cuts
        return [
            (0, f"≤ {write(a)}"),
            (1, f"{write(b)} … {write(a + 1)}"),
            (2, f"{write(-1)} … {write(b + 1)}"),
            (3, write(0)),
            (4, f"{write(1)} … {write(c - 1)}"),
            (5, f"{write(c)} … {write(d - 1)}"),
            (6, f"≥ {write(d)}"),
        ]
    found: dict[int, list[float]] = {}
    for value in values:
        found.setdefault(_group(value, cuts, lower_is_better, False), []).append(value)
    return [(g, f"{write(min(v))} – {write(max(v))}") for g, v in found.items()]


@lru_cache
def _spec(lang: str, is_change: bool, rows_end: int) -> dict:
    t = Text(lang)
    ramp = "diverging" if is_change else "ramp"
    fill = alt.value(expr(f"datum.group < 0 ? paper : {ramp}[datum.group]"))
    on_tile = alt.value(expr(f"datum.group < 0 ? muted : {ramp}_ink[datum.group]"))
    across = alt.Scale(domainMin=0, domainMax=expr("cols_end"), nice=False, zero=False)
    down = alt.Scale(domainMin=0, domainMax=expr("rows_end"), nice=False, zero=False, reverse=True)
    pick, hover = picking()

    def at(x: str, y: str) -> tuple[alt.X, alt.Y]:
        return alt.X(x, title=None, axis=bare_axis(), scale=across), alt.Y(
            y, title=None, axis=bare_axis(), scale=down
        )

    base = alt.Chart().transform_calculate(
        right="datum.col + 0.96",
        below="datum.row + 0.92",
        mid="datum.row + 0.46",
        near="datum.col + 0.05",
        far="datum.col + 0.9",
        cx="datum.col + 0.48",
    )
    x, y = at("col:Q", "row:Q")
    tile = base.mark_rect(cornerRadius=2).encode(x=x, x2=alt.X2("right:Q"), y=y, y2=alt.Y2("below:Q"))
    drawn = tile.encode(color=fill)
    frame = tile.transform_filter(f"datum.slot >= 0 || ({HOVERED})").mark_rect(
        cornerRadius=2, fillOpacity=0, strokeWidth=3
    )
    frame = frame.encode(stroke=alt.value(expr(f"datum.slot < 0 ? ink : {COLOUR}")))
    hx, hy = at("x:Q", "y:Q")
    hatch = (
        alt.Chart(alt.NamedData("hatch"))
        .mark_rule(color=expr("quiet"), strokeWidth=1)
        .encode(x=hx, x2="x2:Q", y=hy, y2="y2:Q")
    )
    small = {"fontSize": 12, "baseline": "middle"}
    name = base.mark_text(align="left", limit=expr("width / cols_end - 42"), **small)
    name = name.encode(
        x=alt.X("near:Q", title=None), y=alt.Y("mid:Q", title=None), text="name:N", color=on_tile
    )
    figure = base.mark_text(align="right", fontWeight=600, **small)
    figure = figure.encode(
        x=alt.X("far:Q", title=None), y=alt.Y("mid:Q", title=None), text="shown:N", color=on_tile
    )
    centres = (
        base.mark_point(opacity=0, size=1)
        .encode(
            x=alt.X("cx:Q", title=None),
            y=alt.Y("mid:Q", title=None),
            tooltip=tips(t, of="Rank", score="Score", year="Year", source="Source"),
        )
        .add_params(pick, hover)
    )
    legend = alt.Chart(alt.NamedData("legend")).transform_calculate(
        below="datum.y + 0.8", mid="datum.y + 0.42", zero="0", right="0.28", beside="0.34"
    )
    lx, ly = at("zero:Q", "y:Q")
    swatch = legend.mark_rect(stroke=expr("quiet"), strokeWidth=0.5).encode(
        x=lx, x2="right:Q", y=ly, y2="below:Q", color=fill
    )
    words = legend.mark_text(align="left", color=expr("muted"), **small).encode(
        x=alt.X("beside:Q", title=None), y=alt.Y("mid:Q", title=None), text="label:N"
    )
    layers = alt.layer(drawn, hatch, frame, name, figure, swatch, words, centres)
    return finish(layers, params=("rows_end", "cols_end"), height=_TILE * rows_end, left=4, top=6)
