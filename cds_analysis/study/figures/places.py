"""Every province in its place on the map: its rank, its score, or the places it gained."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import Series
from cds_analysis.study.choice import Choice
from cds_analysis.study.figures.basis import Basis, nothing
from cds_analysis.views import interactive
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import titles
from cds_analysis.views.prose.base import source_line

__all__ = ["places"]


def places(b: Basis, series: Series, choice: Choice) -> Live:
    """Draw the country as tiles: ranks, scores or places gained."""
    t, what, picked = b.t, b.name(series), list(choice.provinces)
    window = b.window(series, choice)
    rows = window.filter(pl.col("year") == choice.last)
    decimals = t.decimals(series.index_id, series.dimension_id)
    if choice.shown == "change":
        return _changes(b, series, choice, window)
    column = choice.shown
    if not rows[column].count():
        other = t("only ranks are on record, no scores") if column == "score" else t("no ranks are on record")
        return nothing(choice, f"{what} {choice.last}: {other}")
    title = titles.of_places(rows, t, picked, what=what)
    if column == "score" and not rows["rank"].count():
        title = t("{what} {year}: scores by province", what=what, year=str(choice.last))
    unit = t.score_unit([series]) if column == "score" else t("rank, 1 is best")
    return interactive.tile_map(
        _told(b, rows, column),
        b.data.provinces,
        text=t,
        highlight=picked,
        title=title,
        subtitle=t("{what} {year}: {unit}; darker is better", what=what, year=str(choice.last), unit=unit),
        source=source_line(t, rows),
        write=lambda v: t.number(v, decimals if column == "score" else 0),
        lower_is_better=column == "rank",
    )


def _told(b: Basis, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the rows with what a tile's tooltip says."""
    t = b.t
    decimals = t.decimals(*rows.select("index_id", "dimension_id").row(0), exact=True)
    found = [
        {
            "province_id": r["province_id"],
            "value": float(r[column]) if r[column] is not None else None,
            "of": "–" if r["rank"] is None else f"{r['rank']}/{r['n_ranked'] or '–'}",
            "score": t.number(r["score"], decimals),
            "year": str(r["year"]),
            "source": t.source(r["source_id"]),
            "source_id": r["source_id"],
        }
        for r in rows.iter_rows(named=True)
    ]
    return pl.DataFrame(found, infer_schema_length=None)


def _changes(b: Basis, series: Series, choice: Choice, window: pl.DataFrame) -> Live:
    """Draw places gained within the last definition of the years picked."""
    t, what, picked = b.t, b.name(series), list(choice.provinces)
    full = window.drop_nulls("rank")
    segment = full.filter(pl.col("year") == full["year"].max())["segment"].max() if full.height else None
    within = full.filter(pl.col("segment").eq_missing(pl.lit(segment, dtype=pl.Int64)))
    years = within["year"].unique().sort().to_list()
    if len(years) < 2:
        return nothing(
            choice,
            t(
                "{what}: no two years with the same definition in {first}–{last}",
                what=what,
                first=str(choice.first),
                last=str(choice.last),
            ),
        )
    first, last = years[0], years[-1]
    before = within.filter(pl.col("year") == first).select("province_id", before="rank")
    now = within.filter(pl.col("year") == last)
    told = _told(b, now, "rank").join(before, on="province_id", how="left", validate="1:1")
    told = told.with_columns(
        value=pl.col("before") - pl.col("value"),
        of=pl.format("{} → {}", pl.col("before").cast(pl.String).fill_null("–"), "of"),
        year=pl.lit(f"{first}–{last}"),
    )
    return interactive.tile_map(
        told,
        b.data.provinces,
        text=t,
        highlight=picked,
        title=titles.of_changes(told, t, picked, what=what, first=first, last=last),
        subtitle=t("Places gained (blue) or lost (red) within one definition; survey error is not counted"),
        source=source_line(t, within),
        write=lambda v: t.number(v, sign=True),
        is_change=True,
    )
