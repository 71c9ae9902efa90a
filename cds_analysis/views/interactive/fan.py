"""The standing of every province among all, year by year, with the doubt its rank carries."""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from cds_analysis.dataset.scalars import extent
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

__all__ = ["standing_fan"]

_HEIGHT, _LABEL = 370, 15


def standing_fan(
    standings: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
) -> Live:
    """Draw the likely rank by year as a line, what it may be with a chance of 80% as a band, the rank of the
    figure itself as a dot, and the years ahead dashed.

    `standings` comes from :meth:`cds_analysis.study.study.Study.standing`: ``province_id, year, median_rank,
    rank_low_80, rank_high_80, figure_rank, n_ranked, years_ahead``.
    """
    t = text
    frame = standings.drop_nulls("median_rank").sort("province_id", "year")
    known, end = frame.filter(pl.col("years_ahead") == 0), frame["year"].max()
    last = extent(known["year"])[1] if known.height else 0
    rows = []
    for r in frame.iter_rows(named=True):
        name = t.province(r["province_id"])
        likely = t(
            "{likely}, {low} to {high} (80%)",
            likely=t.number(r["median_rank"]),
            low=t.number(r["rank_low_80"]),
            high=t.number(r["rank_high_80"]),
        )
        rows.append(
            {
                "province_id": r["province_id"],
                "name": name,
                "year": r["year"],
                "v": r["median_rank"],
                "low": r["rank_low_80"],
                "high": r["rank_high_80"],
                "figure": r["figure_rank"],
                "likely": likely,
                "of": "–" if r["figure_rank"] is None else t.number(r["figure_rank"]),
                "ahead": r["years_ahead"] > 0,
                "is_last": r["year"] == end,
                "label": f"{name}  {t.number(r['rank_low_80'])}–{t.number(r['rank_high_80'])}",
            }
        )
    most = max((r["high"] for r in rows), default=1)
    years = sorted({r["year"] for r in rows}) or [0]
    gap = _LABEL * most / _HEIGHT
    params = {
        "low": 1 - most * 0.02,
        "high": most * 1.02,
        "ticks": [1, *range(10, int(most) + 1, 10)],
        "years": list(range(years[0], years[-1] + 1)),
        "first": years[0] - 0.3,
        "last": years[-1] + 0.15,
        "now": (last or years[-1]) + 0.5,
        "label_gap": gap,
        "label_end": most + gap,
        "most_labels": 8,
    }
    message = t.counted(
        "{n} province by year, {first} to {last}.",
        "{n} provinces by year, {first} to {last}.",
        frame["province_id"].n_unique(),
        first=str(years[0]),
        last=str(years[-1]),
    )
    return Live(
        "standing_fan",
        title,
        subtitle,
        f"{title}. {message}",
        _spec(t.lang),
        {"rows": rows},
        params,
        list(highlight),
        source,
        searchable(rows, provinces, t),
        [t("Dot: rank of the year's figure. Band: likely rank, 80%. Dashed: years ahead.")],
        frame,
    )


@lru_cache
def _spec(lang: str) -> dict:
    t, pick_and_hover = Text(lang), picking()
    x = alt.X(
        "year:Q",
        title=None,
        axis=alt.Axis(format="d", values=expr("years"), grid=False, labelOverlap=True),
        scale=alt.Scale(domainMin=expr("first"), domainMax=expr("last"), nice=False, zero=False),
    )
    scale = alt.Scale(domainMin=expr("low"), domainMax=expr("high"), nice=False, zero=False, reverse=True)
    y = alt.Y("v:Q", title=None, axis=alt.Axis(values=expr("ticks")), scale=scale)
    base = alt.Chart().encode(x=x)
    mine = base.transform_filter("datum.slot >= 0").encode(
        color=alt.value(expr(COLOUR)), detail="province_id:N"
    )
    band = mine.transform_filter("!many").mark_area(opacity=0.16)
    others = base.transform_filter(f"datum.slot < 0 && ({HOVERED})").mark_line(
        color=expr("muted"), strokeWidth=2
    )
    seen = mine.transform_filter("!datum.ahead").mark_line(strokeWidth=2.6)
    coming = mine.transform_filter("datum.year > now - 1").mark_line(strokeWidth=2, strokeDash=[5, 4])
    dots = mine.transform_filter("isValid(datum.figure)").mark_circle(size=45, opacity=1)
    points = (
        base.mark_circle(opacity=0, size=50)
        .encode(y=y, tooltip=tips(t, year="Year", likely="Likely rank", of="Rank of the figure"))
        .add_params(*pick_and_hover)
    )
    label = end_labels(
        base.mark_text(align="left", baseline="middle", dx=9, fontSize=13, fontWeight=600).encode(
            y=alt.Y("label_at:Q"), text="label:N", color=alt.value(expr(COLOUR))
        ),
        sign=1,
    )
    layers = [
        band.encode(y=alt.Y("low:Q"), y2="high:Q"),
        others.encode(y=y, detail="province_id:N"),
        seen.encode(y=y),
        coming.encode(y=y),
        dots.encode(y=alt.Y("figure:Q")),
        points,
        label,
    ]
    names = ("years", "first", "last", "low", "high", "ticks", "now", "label_gap", "label_end", "most_labels")
    return finish(alt.layer(*layers), params=names, right=180, height=_HEIGHT)
