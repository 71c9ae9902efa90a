"""The newest figures and what changed, index by index, what provinces reported last, and which years there
are.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.pages.landing.findings import moves_in_words
from cds_analysis.pages.landing.record import Moves, Record, Whole
from cds_analysis.pages.landing.ways import Ways, anchor
from cds_analysis.views.text import Text

__all__ = ["coverage", "newest", "reported"]

_OLD = 2  # years behind the newest table from which one is called old
_REPORTS = 4  # of provinces that are listed


def newest(record: Record, ways: Ways) -> list[dict]:
    """Return a row an index with scores: its newest table, who leads it, what changed against the year
    before.
    """
    last = max((whole.year for whole in record.mapped if whole.year), default=0)
    return [_row(whole, last, record, ways) for whole in record.scored]


def _row(whole: Whole, last: int, record: Record, ways: Ways) -> dict:
    t = ways.t
    row = {"name": t.index_short(whole.index_id), "href": anchor("series", whole.series.key), "tag": ""}
    if whole.year is None:
        year = max(whole.years)
        said = t.counted(
            "{k} of {n} province on record, as articles give it: no full table, so no ranks are computed.",
            "{k} of {n} provinces on record, as articles give them: no full table, so no ranks are computed.",
            record.n_provinces,
            k=t.number(whole.years[year]),
        )
        return row | {
            "year": str(year),
            "leaders": "",
            "said": said,
            "sources": _sources(whole, year, record, t),
        }
    if last - whole.year >= _OLD:
        row["tag"] = t("old figure")
    elif whole.year in whole.breaks:
        row["tag"] = t("new definition")
    return row | {
        "year": str(whole.year),
        "leaders": t.listing([ways.spoken(p) for p in whole.leaders]),
        "said": _change(whole, record.moves.get(whole.index_id), ways),
        "sources": _sources(whole, whole.year, record, t),
    }


def _change(whole: Whole, moves: Moves | None, ways: Ways) -> str:
    """Say what changed against the year before; a new definition is never a move."""
    t = ways.t
    if whole.year in whole.breaks:
        reason = whole.breaks[whole.year][f"reason_{t.lang}"]
        return t(
            "{year}: {reason}; not compared with {before}.",
            year=str(whole.year),
            reason=reason,
            before=str(whole.year - 1),
        )
    if moves is None:
        return t("The year before is not on record in full.")
    if moves.is_judged:
        return moves_in_words(moves, ways) + "."
    up = moves.rows.sort("places_gained", "province_id", descending=[True, False]).row(0, named=True)
    down = moves.rows.sort("places_gained", "province_id").row(0, named=True)
    return t(
        "Furthest up on {before}: {up} ({gained} places); furthest down: {down} ({lost} places). Error not"
        " known.",
        before=str(moves.before),
        up=ways.spoken(up["province_id"]),
        gained=t.number(up["places_gained"]),
        down=ways.spoken(down["province_id"]),
        lost=t.number(-down["places_gained"]),
    )


def _sources(whole: Whole, year: int, record: Record, t: Text) -> dict:
    """Return the one source of a table with its address, or how many there are."""
    mine = record.ranked.filter(
        pl.col("index_id") == whole.index_id,
        pl.col("dimension_id") == whole.series.dimension_id,
        pl.col("year") == year,
    )
    ids = sorted(mine["source_id"].unique())
    if len(ids) > 1:
        return {"name": t.counted("{n} source", "{n} sources", len(ids)), "url": None}
    one = record.data.sources.row(by_predicate=pl.col("source_id") == ids[0], named=True)
    return {"name": t.publisher_of(one), "url": one["url"]}


def reported(record: Record, ways: Ways) -> list[dict]:
    """Return what provinces reported last, newest first: whose, how many figures up to which day, where
    printed.
    """
    t = ways.t
    groups = (
        eager(record.data.observations)
        .group_by("province_id", "source_id")
        .agg(n=pl.len(), as_of=pl.col("as_of").max())
        .sort("as_of", "province_id", "source_id", descending=[True, False, False])
        .unique("province_id", keep="first", maintain_order=True)
        .head(_REPORTS)
    )
    sources = {row["source_id"]: row for row in record.data.sources.iter_rows(named=True)}
    return [
        {
            "name": ways.name(row["province_id"]),
            "href": ways.to_province(row["province_id"]),
            "said": t.counted(
                "{n} figure up to {day}", "{n} figures up to {day}", row["n"], day=t.date(row["as_of"])
            ),
            "source": t.title_of(sources[row["source_id"]]),
            "url": sources[row["source_id"]]["url"],
        }
        for row in groups.iter_rows(named=True)
    ]


def coverage(record: Record, ways: Ways) -> dict | None:
    """Return the strip of indices by year: how many provinces each year has, where a definition is new; None
    where nothing is on record.
    """
    t, wholes = ways.t, record.scored
    if not wholes:
        return None
    years = range(min(min(whole.years) for whole in wholes), max(max(whole.years) for whole in wholes) + 1)
    rows = [
        {"name": t.index_short(whole.index_id), "cells": [_cell(whole, year, record, t) for year in years]}
        for whole in wholes
    ]
    return {
        "years": [str(year) for year in years],
        "rows": rows,
        "notes": _notes(wholes, t),
        "full": t.counted("{n} province or more", "{n} provinces or more", record.data.full_from),
    }


def _cell(whole: Whole, year: int, record: Record, t: Text) -> dict:
    n = whole.years.get(year, 0)
    about: dict[str, Any] = {"index": t.index_short(whole.index_id), "year": str(year)}
    said = (
        t.counted("{index} {year}: {n} province", "{index} {year}: {n} provinces", n, **about)
        if n
        else t("{index} {year}: nothing", **about)
    )
    is_new = year in whole.breaks
    if is_new:
        said += "; " + t("new definition")
    kind = (
        "full"
        if n >= record.data.full_from
        else "none"
        if not n
        else "half"
        if n >= record.data.full_from / 3
        else "few"
    )
    return {"n": n, "kind": kind, "is_new": is_new, "said": said}


def _notes(wholes: list[Whole], t: Text) -> list[str]:
    partial = [t.index_short(whole.index_id) for whole in wholes if whole.year is None]
    notes = []
    if partial:
        notes.append(
            t(
                "{indices}: no full table is on record, only what articles print, so no rank is computed from"
                " them.",
                indices=t.listing(partial),
            )
        )
    broken = [
        f"{t.index_short(whole.index_id)} {', '.join(map(str, sorted(whole.breaks)))}"
        for whole in wholes
        if whole.breaks
    ]
    if broken:
        notes.append(
            t(
                "New definitions: {years}. A line is broken there: that is neither progress nor decline.",
                years="; ".join(broken),
            )
        )
    return notes
