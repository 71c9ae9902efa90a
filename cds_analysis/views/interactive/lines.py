"""Ranks and scores of every province over the years: lines broken at gaps and at new definitions, those
picked in colour with their names at the end.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from cds_analysis.views.interactive.base import (
    COLOUR,
    HOVERED,
    Live,
    end_labels,
    expr,
    finish,
    picking,
    searchable,
    tips,
)
from cds_analysis.views.text import Text

__all__ = ["ranks_by_year", "scores_by_year"]

_HEIGHT, _LABEL, _MOST_LABELS = 370, 15, 24  # of the plot and of a label, in pixels; labels that fit
_PARAMS = ("years", "first", "last", "low", "high", "ticks", "label_gap", "label_end", "most_labels")


def ranks_by_year(
    ranked: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
) -> Live:
    """Draw every province's rank by year; the picked ones in colour, all with rank, score, year and source on
    hover.

    `ranked` comes from :func:`~cds_analysis.measures.ranks.ranks`, for one index and dimension. A year
    without a rank is a gap, and a line is cut where the definition changed.
    """
    rows = _rows(ranked, "rank", text)
    most = max((r["v"] for r in rows), default=1)
    gap = _LABEL * most / _HEIGHT
    params = {
        "low": 1 - most * 0.02,
        "high": most * 1.02,
        "ticks": [1, *range(10, int(most) + 1, 10)],
        "label_gap": gap,
        "label_end": most + gap,
    }
    spread = _middle(ranked.filter(pl.col("is_full")), "rank")
    return _live("rank", rows, ranked, provinces, text, highlight, title, subtitle, source, params, spread)


def scores_by_year(
    ranked: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
) -> Live:
    """Draw every province's score by year with the median and the middle half of all provinces behind; else
    as :func:`ranks_by_year`.
    """
    rows = _rows(ranked, "score", text)
    values = [r["v"] for r in rows] or [0.0, 1.0]
    low, high = min(values), max(values)
    room = (high - low or 1.0) * 0.04
    gap = _LABEL * (high - low + 2 * room) / _HEIGHT
    params = {
        "low": low - room,
        "high": high + room,
        "ticks": None,
        "label_gap": gap,
        "label_end": -low + room + gap,
    }
    spread = _middle(ranked, "score")
    return _live("score", rows, ranked, provinces, text, highlight, title, subtitle, source, params, spread)


def _middle(ranked: pl.DataFrame, column: str) -> list[dict]:
    """Return the quartiles of all provinces by year and definition."""
    middle = (
        ranked.drop_nulls(column)
        .group_by("year", "segment")
        .agg(
            low=pl.col(column).quantile(0.25, "linear"),
            mid=pl.col(column).median(),
            high=pl.col(column).quantile(0.75, "linear"),
        )
        .sort("year")
        .with_columns(is_last=pl.col("year") == pl.col("year").max())
    )
    return middle.to_dicts()


def _rows(ranked: pl.DataFrame, column: str, t: Text) -> list[dict]:
    """Return a row a province and year that has the column; ``run`` numbers the unbroken stretches."""
    frame = ranked.drop_nulls(column).sort("province_id", "year")
    if not frame.height:
        return []
    begins = (
        (pl.col("province_id") != pl.col("province_id").shift())
        | (pl.col("year") != pl.col("year").shift() + 1)
        | pl.col("segment").ne_missing(pl.col("segment").shift())
    )
    frame = frame.with_columns(
        run=begins.fill_null(True).cum_sum(),
        is_last=pl.col("year") == pl.col("year").max().over("province_id"),
    )
    decimals = t.decimals(*frame.select("index_id", "dimension_id").row(0), exact=True)
    sources = {s: t.source(s) for s in frame["source_id"].unique()}
    columns = ("province_id", "year", column, "rank", "n_ranked", "score", "run", "is_last", "source_id")
    found = []
    for p, year, value, rank, n, score, run, is_last, source in frame.select(
        *columns[:2], pl.col(column).alias("value"), *columns[3:]
    ).iter_rows():
        of = "–" if rank is None else f"{rank}/{n}" if n else str(rank)
        shown, name = t.number(score, decimals), t.province(p)
        found.append(
            {
                "province_id": p,
                "name": name,
                "year": year,
                "v": value,
                "of": of,
                "score": shown,
                "run": run,
                "is_last": is_last,
                "label": f"{name}  {of if column == 'rank' else shown}",
                "source": sources[source],
            }
        )
    return found


def _live(kind, rows, ranked, provinces, t, highlight, title, subtitle, source, params, spread) -> Live:
    years = sorted({r["year"] for r in rows}) or [0]
    first, last = years[0], years[-1]
    cuts = sorted({s for s in ranked["segment"].drop_nulls().to_list() if first < s <= last})
    params |= {
        "years": list(range(first, last + 1)),
        "first": first - 0.3,
        "last": last + 0.15,
        "most_labels": _MOST_LABELS,
    }
    n = len({r["province_id"] for r in rows})
    message = t.counted(
        "{n} province by year, {first} to {last}.",
        "{n} provinces by year, {first} to {last}.",
        n,
        first=str(first),
        last=str(last),
    )
    notes = [t("Band: middle half of the provinces; any other province is drawn where the pointer is.")]
    if cuts:
        notes.append(
            t(
                "Dotted: new definition from {years}; values on its two sides do not compare.",
                years=t.listing([str(y) for y in cuts]),
            )
        )
    return Live(
        f"{kind}_by_year",
        title,
        subtitle,
        f"{title}. {message}",
        _spec(t.lang, kind),
        {
            "rows": rows,
            "breaks": _marks(cuts, t),
            "spread": spread,
        },
        params,
        list(highlight),
        source,
        searchable(rows, provinces, t),
        notes,
        ranked,
    )


def _marks(cuts: list[int], t: Text) -> list[dict]:
    """Return a mark for each new definition; labels of years in a row take turns in two rows."""
    marks: list[dict] = []
    for year in cuts:
        row = 1 - marks[-1]["row"] if marks and marks[-1]["at"] == year - 1.5 else 0
        marks.append({"at": year - 0.5, "label": t("new {year}", year=str(year)), "row": row})
    return marks


@lru_cache
def _spec(lang: str, kind: str) -> dict:
    t, pick_and_hover = Text(lang), picking()
    is_rank = kind == "rank"
    x = alt.X(
        "year:Q",
        title=None,
        axis=alt.Axis(format="d", values=expr("years"), grid=False, labelOverlap=True),
        scale=alt.Scale(domainMin=expr("first"), domainMax=expr("last"), nice=False, zero=False),
    )
    comma: dict[str, Any] = {"labelExpr": "replace(datum.label, '.', ',')"} if lang == "vi" else {}
    axis = alt.Axis(values=expr("ticks")) if is_rank else alt.Axis(tickCount=6, **comma)
    scale = alt.Scale(domainMin=expr("low"), domainMax=expr("high"), nice=False, zero=False, reverse=is_rank)
    y = alt.Y("v:Q", title=None, axis=axis, scale=scale)
    cut = alt.Chart(alt.NamedData("breaks")).encode(x=alt.X("at:Q"))
    layers = [
        cut.mark_rule(strokeDash=[2, 3], color=expr("amber")),
        cut.mark_text(color=expr("amber"), fontSize=11, baseline="bottom").encode(
            y=alt.value(expr("-5 - 12 * datum.row")), text="label:N"
        ),
    ]
    middle = alt.Chart(alt.NamedData("spread")).encode(x=alt.X("year:Q"), detail="segment:N")
    layers.append(middle.mark_area(color=expr("faint")).encode(y=alt.Y("low:Q"), y2="high:Q"))
    if not is_rank:
        layers.append(
            middle.mark_line(color=expr("muted"), strokeDash=[5, 3], strokeWidth=1.2).encode(y=alt.Y("mid:Q"))
        )
    base = alt.Chart().encode(x=x, y=y)
    line = base.encode(detail=["province_id:N", "run:N"], color=alt.value(expr(COLOUR)))
    others = line.transform_filter("datum.slot < 0").mark_line(
        strokeWidth=2.5, opacity=expr(f"({HOVERED}) ? 1 : 0")
    )
    picked = line.transform_filter("datum.slot >= 0").mark_line(strokeWidth=2.6)
    shown = f"datum.slot >= 0 || ({HOVERED})"
    points = (
        base.mark_circle(opacity=expr(f"{shown} ? 1 : 0"), size=expr(f"({HOVERED}) ? 90 : 45"))
        .encode(
            color=alt.value(expr(f"datum.slot < 0 ? muted : {COLOUR}")),
            tooltip=tips(t, year="Year", of="Rank", score="Score", source="Source"),
        )
        .add_params(*pick_and_hover)
    )
    name = alt.Chart().encode(x=x, text="label:N")
    label = end_labels(
        name.mark_text(align="left", baseline="middle", dx=9, fontSize=13, fontWeight=600).encode(
            y=alt.Y("label_at:Q"), color=alt.value(expr(COLOUR))
        ),
        sign=1 if is_rank else -1,
    )
    passing = (
        name.transform_filter(f"datum.slot < 0 && datum.is_last && ({HOVERED})")
        .mark_text(align="left", baseline="middle", dx=9, fontSize=13, color=expr("muted"))
        .encode(y=alt.Y("v:Q"))
    )
    return finish(
        alt.layer(*layers, others, picked, points, label, passing),
        params=_PARAMS,
        right=176,
        top=32,
        height=_HEIGHT,
    )
