"""What the explorer's tabs show: from a pick of province, index, years and indicator to HTML with a figure,
its numbers and its sources.

No widget here, so that a pane can be drawn, timed and tested without a notebook.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from cds_analysis.app.markup import markup, said
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.series import observations_with_ranks, score_values
from cds_analysis.measures.compare import compare, structural_peers
from cds_analysis.measures.gaps import gaps, merge_repeated
from cds_analysis.measures.ranks import ranks
from cds_analysis.views import charts, prose, tables
from cds_analysis.views.tables import Table
from cds_analysis.views.text import Text
from cds_analysis.views.theme import CSS_PX_PER_INCH, Chart, flat_csv

__all__ = ["Pick", "has_scores", "pane", "peers"]

MOST_SHOWN = 6  # as many as there are colours and markers to tell provinces apart


@dataclass(frozen=True)
class Pick:
    """What is picked: an index and dimension, the first and last year, an indicator (or ``all``), provinces."""

    index: str
    dimension: str
    first: int
    last: int
    indicator: str
    provinces: tuple[str, ...]

    def shown_in(self, tab: str) -> tuple:
        """Return the part of the pick that a tab shows: when it is the same, nothing needs to be drawn."""
        if tab == "targets":
            return (self.provinces, self.indicator)
        years = (self.first, self.last) if tab == "trend" else (self.last,)
        return (self.provinces, self.index, self.dimension, *years)


def has_scores(data: Dataset, index: str, dimension: str, *, at_least: int = 1) -> bool:
    """Whether the dataset has scores or ranks of a dimension."""
    return (
        data.scores.filter((pl.col("index_id") == index) & (pl.col("dimension_id") == dimension)).height
        >= at_least
    )


def pane(tab: str, pick: Pick, data: Dataset, t: Text) -> str:
    """Return a tab as HTML: the figure or table, links to its numbers, and its sources."""
    draw = _DRAWN[tab]
    return draw(pick, data, t)


# What depends on the dataset alone is computed once for it.
@lru_cache(maxsize=4)
def _all_ranks(data: Dataset) -> pl.DataFrame:
    return ranks(data.scores, data.breaks, data.indices, full_from=data.full_from)


@lru_cache(maxsize=4)
def peers(data: Dataset) -> pl.DataFrame:
    """Return the structural peers of every province, see
    :func:`~cds_analysis.measures.compare.structural_peers`.
    """
    return structural_peers(data.context)


@lru_cache(maxsize=4)
def _all_gaps(data: Dataset) -> pl.DataFrame:
    return gaps(observations_with_ranks(data), data.targets, data.indicators, as_of=data.judged_on)


@lru_cache(maxsize=32)
def _compared(data: Dataset, index: str, dimension: str, year: int) -> pl.DataFrame:
    rows = data.scores.filter(
        (pl.col("index_id") == index) & (pl.col("dimension_id") == dimension) & (pl.col("year") == year)
    )
    return compare(score_values(rows), data.provinces, peers=peers(data))


def _comparison(pick: Pick, data: Dataset, t: Text) -> str:
    compared = _compared(data, pick.index, pick.dimension, pick.last)
    if not compared.height:
        return said(t("No figure to compare."))
    picture = charts.distribution(
        compared,
        text=t,
        highlight=list(pick.provinces[:MOST_SHOWN]),
        title=_title(pick, t),
        unit=t("score"),
        source=_source(pick, data, t),
    )
    return _shown(picture, _used(pick, data), data, t)


def _targets(pick: Pick, data: Dataset, t: Text) -> str:
    if not pick.provinces:
        return said(t("Pick at least one province."))
    judged = merge_repeated(_all_gaps(data).filter(pl.col("province_id").is_in(pick.provinces)))
    if pick.indicator != "all":
        judged = judged.filter(pl.col("indicator_id") == pick.indicator)
    if not judged.height:
        return said(t("No target is on record."))
    used = [
        *judged.explode("target_source_ids")["target_source_ids"].drop_nulls().unique().sort(),
        *judged.explode("source_ids")["source_ids"].drop_nulls().unique().sort(),
    ]
    picture = charts.status_matrix(
        judged,
        text=t,
        provinces=list(pick.provinces[:MOST_SHOWN]),
        title=t("Status of the targets"),
        source=prose.source_line(t, used),
    )
    return _shown(picture, used, data, t)


def _trend(pick: Pick, data: Dataset, t: Text) -> str:
    if not pick.provinces:
        return said(t("Pick at least one province."))
    wanted = (
        (pl.col("index_id") == pick.index)
        & (pl.col("dimension_id") == pick.dimension)
        & pl.col("year").is_between(pick.first, pick.last)
    )
    ranked = _all_ranks(data).filter(wanted)
    title = t(
        "{index}: rank by year",
        index=t.index_short(pick.index)
        if pick.dimension == "overall"
        else t.dimension(pick.index, pick.dimension),
    )
    used = (
        ranked.filter(pl.col("province_id").is_in(pick.provinces))
        .sort("year", descending=True)["source_id"]
        .unique(maintain_order=True)
        .to_list()
    )
    return _shown(
        charts.bump(
            ranked,
            text=t,
            highlight=list(pick.provinces[:MOST_SHOWN]),
            title=title,
            source=prose.source_line(t, used),
        ),
        used,
        data,
        t,
    )


def _map(pick: Pick, data: Dataset, t: Text) -> str:
    compared = _compared(data, pick.index, pick.dimension, pick.last)
    picture = charts.tile_map(
        compared,
        data.provinces,
        text=t,
        title=_title(pick, t),
        source=_source(pick, data, t),
        highlight=list(pick.provinces),
        decimals=t.decimals(pick.index, pick.dimension),
        subtitle=t("Score; darker is better. Framed: the provinces picked out."),
    )
    return _shown(picture, _used(pick, data), data, t)


def _table(pick: Pick, data: Dataset, t: Text) -> str:
    compared = _compared(data, pick.index, pick.dimension, pick.last)
    mine = compared.filter(pl.col("province_id").is_in(pick.provinces)) if pick.provinces else compared
    return _shown(
        tables.comparison_table(mine, text=t, title=_title(pick, t), source=_source(pick, data, t)),
        _used(pick, data),
        data,
        t,
    )


def _used(pick: Pick, data: Dataset) -> list[str]:
    wanted = (
        (pl.col("index_id") == pick.index)
        & (pl.col("dimension_id") == pick.dimension)
        & (pl.col("year") == pick.last)
    )
    return data.scores.filter(wanted)["source_id"].unique().sort().to_list()


def _source(pick: Pick, data: Dataset, t: Text) -> str:
    return prose.source_line(t, _used(pick, data))


_DRAWN = {"comparison": _comparison, "targets": _targets, "trend": _trend, "map": _map, "table": _table}


def _title(pick: Pick, t: Text) -> str:
    dimension = t("overall") if pick.dimension == "overall" else t.dimension(pick.index, pick.dimension)
    return t(
        "{index} {year}: {dimension}",
        index=t.index_short(pick.index),
        year=str(pick.last),
        dimension=dimension,
    )


def _shown(view: Chart | Table, used: list[str], data: Dataset, t: Text) -> str:
    """Return a view as HTML, with its alternative text, links to its numbers and a list of its sources that
    opens.
    """
    known = {
        r["source_id"]: r for r in data.sources.filter(pl.col("source_id").is_in(used)).iter_rows(named=True)
    }
    sources = [
        {"id": s, "title": t.source(s), "url": _address(known[s])} for s in dict.fromkeys(used) if s in known
    ]
    drawn = (
        {"table": view.html, "picture": ""}
        if isinstance(view, Table)
        else {
            "picture": base64.b64encode(view.svg()).decode("ascii"),
            "width": round(view.figure.get_figwidth() * CSS_PX_PER_INCH),
            "alt": view.alt,
        }
    )
    choices = ((t("Download CSV"), False), (t("CSV for Excel"), True))
    return markup(
        "pane",
        t=t,
        name=view.name,
        downloads=[(label, _encoded(flat_csv(view.data, for_spreadsheet=safe))) for label, safe in choices],
        note=prose.units_note(data, t).markdown.removeprefix("> ").replace("**", ""),
        sources=sources,
        **drawn,
    )


def _address(source: dict) -> str:
    """Return where a source leads; an address that is none of the web's leads nowhere."""
    url = source["url"] or ""
    return url if url.startswith(("https://", "http://")) else ""


def _encoded(text: str) -> str:
    return base64.b64encode(("\ufeff" + text).encode("utf-8")).decode("ascii")
