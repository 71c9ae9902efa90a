"""The details below the first screen of a profile: each thing once, nothing that has nothing to say."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import WHOLE
from cds_analysis.views.charts.small import lines
from cds_analysis.views.citing import cited, paragraph
from cds_analysis.views.first_screen import Goal
from cds_analysis.views.panel import Panel, panel
from cds_analysis.views.prose.base import sources_of
from cds_analysis.views.tables.linked import linked_table
from cds_analysis.views.tables.results import rank_change
from cds_analysis.views.text import Text
from cds_analysis.views.wording import MISSING

__all__ = [
    "compared_table",
    "goals_list",
    "reported_table",
    "score_lines",
    "sources_list",
    "years_table",
]

_NAMED = 6  # sources in the line under a picture; the table below it has one a row


def score_lines(ranked: pl.DataFrame, breaks: pl.DataFrame, t: Text, *, province: str) -> Panel | None:
    """Draw a province's score by year, a panel an index, each on its own scale; none where no index has two
    years.
    """
    shown, drawn = [], []
    for index in t.profiled:
        table = ranked.filter(pl.col("index_id") == index, pl.col("dimension_id") == WHOLE)
        own = table.filter(pl.col("province_id") == province).drop_nulls("score").sort("year")
        if own.height < 2:
            continue
        cuts = breaks.filter(
            pl.col("index_id") == index, pl.col("dimension_id") == WHOLE, pl.col("scope") == "definition"
        )["year"].to_list()
        measured = lines(own, table, cuts)
        decimals = t.decimals(index)
        value = t.number(own["score"][-1], t.decimals(index, exact=True))
        shown.append(
            {
                "name": t.index_short(index),
                "drawn": measured,
                "scale": [(y, t.number(v, decimals)) for y, v in measured.scale],
                "value": value,
                "said": (
                    t("{index}: score by year", index=t.index_short(index))
                    + ". "
                    + "; ".join(
                        f"{r['year']}: {t.number(r['score'], t.decimals(index, exact=True))}"
                        for r in own.iter_rows(named=True)
                    )
                ),
            }
        )
        drawn.append(own)
    if not shown:
        return None
    rows = pl.concat(drawn)
    named = cited(t, sources_of(rows))
    left = len(named) - _NAMED
    title = t("Score by year, each index on its own scale")
    note = t(
        "Band: middle half of the provinces, thin line: median. Dotted: new definition, scores do not compare"
        " across it."
    )
    return panel(
        "lines",
        name="scores",
        alt=title,
        data=rows,
        t=t,
        title=title,
        note=note,
        panels=shown,
        sources=named[:_NAMED],
        more=t("and {n} more in the table below", n=t.number(left)) if left > 0 else "",
    )


def years_table(own: pl.DataFrame, t: Text) -> Panel:
    """List score and rank by index and year, newest first; `own` are rows of ranks of one province."""
    order = {index: i for i, index in enumerate(t.profiled)}
    rows = own.with_columns(_order=pl.col("index_id").replace_strict(order)).sort(
        "year", "_order", descending=[True, False]
    )
    columns = {
        "year": (t("Year"), lambda r: str(r["year"])),
        "index": (t("Index"), lambda r: t.index_short(r["index_id"])),
        "rank": (
            t("Rank"),
            lambda r: (
                MISSING
                if r["rank"] is None
                else f"{r['rank']}/{r['n_ranked']}"
                if r["n_ranked"]
                else str(r["rank"])
            ),
        ),
        "change": (t("Change of rank"), lambda r: rank_change(r, t)),
        "score": (t("Score"), lambda r: t.number(r["score"], t.decimals(r["index_id"], exact=True))),
        "source": (t("Sources"), lambda r: cited(t, [r["source_id"]])[0]),
    }
    return linked_table(
        rows,
        columns,
        text=t,
        name="ranks",
        title=t("Ranks and scores by year"),
        right=["rank", "change", "score"],
        note=t(
            "▲ up, ▼ down on the year before; rank changes carry noise and are no progress across a new"
            " definition."
        ),
        data=own,
    )


def compared_table(compared: pl.DataFrame, t: Text, *, region: str) -> Panel:
    """List the dimensions of the newest years beside the medians of country, region and peers.

    `compared` are rows of :func:`cds_analysis.measures.compare.compare` of one province, in the order shown.
    """

    def number(row: dict, key: str) -> str:
        index, dimension = row["series_id"].split("/")
        return t.number(row.get(key), t.decimals(index, dimension, exact=True))

    def name(row: dict) -> str:
        index, dimension = row["series_id"].split("/")
        numbered = t.numbered(index, dimension)
        return t.index_short(index) if dimension == WHOLE else f"{t.index_short(index)} · {numbered}"

    columns = {
        "series": (t("Index and dimension"), name),
        "value": (t("Score"), lambda r: number(r, "value")),
        "country": (t("Country"), lambda r: number(r, "national_median")),
        "region": (region, lambda r: number(r, "region_median")),
        "peers": (t("Peers"), lambda r: number(r, "peer_median")),
        "best": (t("Best"), lambda r: number(r, "best")),
    }
    return linked_table(
        compared,
        columns,
        text=t,
        name="comparison",
        title=t("Score beside the medians of country, region and structural peers"),
        right=["value", "country", "region", "peers", "best"],
        sources=cited(t, sources_of(compared)),
    )


def goals_list(said: str, goals: list[Goal], without: list[Goal], judged: pl.DataFrame, t: Text) -> Panel:
    """List every target beside its figure, and those without one in a line."""
    return panel("goals", name="targets", alt=said, data=judged, t=t, said=said, goals=goals, without=without)


def reported_table(figures: pl.DataFrame, t: Text) -> Panel:
    """List every figure that the province reported, newest first, with where it stands in its source."""
    rows = figures.sort("as_of", "indicator_id", descending=[True, False])
    columns = {
        "name": (t("Indicator"), lambda r: t.indicator(r["indicator_id"])),
        "value": (t("Value"), lambda r: t.value(r["value"], t.unit(r["indicator_id"]), 1, bound=r["bound"])),
        "printed": (t("As printed"), lambda r: r["printed"] or ""),
        "as_of": (t("As of"), lambda r: t.date(r["as_of"])),
        "source": (
            t("Sources"),
            lambda r: {**cited(t, [r["source_id"]])[0], "where": paragraph(r["locator"], t)},
        ),
    }
    return linked_table(
        rows,
        columns,
        text=t,
        name="figures",
        title=t("Figures the province reported"),
        right=["value"],
        data=figures,
    )


def sources_list(ids: list[str], t: Text) -> Panel:
    """List sources by publisher, with their titles as links."""
    publishers: dict[str, list[str]] = {}
    for source_id in ids:
        publishers.setdefault(t.publisher_of(t.source_row(source_id)), []).append(source_id)
    listed = [(publisher, cited(t, each)) for publisher, each in publishers.items()]
    data = pl.DataFrame({"source_id": ids}, schema={"source_id": pl.String})
    return panel("sources", name="sources", alt=t("Sources"), data=data, t=t, publishers=listed)
