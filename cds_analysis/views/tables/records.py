"""Tables of what the dataset records: figures, sources, coverage, breaks, conflicts, claims."""

from __future__ import annotations

from datetime import date

import polars as pl

from cds_analysis.views.citing import link_to_site, links_to
from cds_analysis.views.labels import EFFECT_LABELS, KIND_LABELS
from cds_analysis.views.tables.base import Table, cells, listing, plain_table
from cds_analysis.views.text import Text
from cds_analysis.views.wording import MISSING

__all__ = [
    "breaks_table",
    "claims_table",
    "conflicts_table",
    "coverage_table",
    "missing_table",
    "observations_table",
    "shifts_table",
    "sources_table",
]


def observations_table(
    observations: pl.DataFrame, *, text: Text, title: str, source: str, units: dict[str, str]
) -> Table:
    """One row a figure, with its date, how the source prints it, and where."""
    t = text
    shown = cells(
        observations,
        province=lambda r: t.province(r["province_id"]),
        indicator=lambda r: t.indicator(r["indicator_id"]),
        value=lambda r: t.value(r["value"], units[r["indicator_id"]], 2, bound=r["bound"]),
        as_of=lambda r: t.date(r["as_of"]),
        printed=lambda r: r["printed"],
        source=lambda r: links_to(t, [r["source_id"]], r["locator"]),
    )
    columns = {
        "province": t("Province"),
        "indicator": t("Indicator"),
        "value": t("Value"),
        "as_of": t("As of"),
        "printed": t("As printed"),
        "source": t("Sources"),
    }
    if shown.height and shown["province"].n_unique() == 1:
        columns.pop("province")
    return plain_table(
        shown,
        name="figures",
        columns=columns,
        title=title,
        source=source,
        data=observations,
        right=["value"],
        links=["source"],
        empty=t("No figure of this province is on record from the articles."),
    )


def sources_table(sources: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a source: who, what, when, where."""
    t = text
    columns = {
        "publisher": (t("Publisher"), t.publisher_of),
        "title": (t("Title"), t.title_of),
        "published": (t("Published"), lambda r: t.date(r["published"])),
        "where": (t("Address"), link_to_site),
    }
    return listing(
        sources,
        columns,
        name="sources",
        title=title,
        source=source,
        empty=t("No source."),
        links=["where"],
        widths={"publisher": "24%", "title": "38%", "published": "10%", "where": "28%"},
    )


def coverage_table(covered: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row an index and year: provinces with a score, with a rank, and whether that is a full table."""
    t = text
    columns = {
        "index": (t("Index"), lambda r: t.index_short(r["index_id"])),
        "year": (t("Year"), lambda r: str(r["year"])),
        "scores": (t("Provinces with a score"), lambda r: t.number(r["n_scores"])),
        "ranks": (t("Provinces with a rank"), lambda r: t.number(r["n_ranks"])),
        "kind": (t("What it is"), lambda r: t("sample of provinces") if r["is_partial"] else t("full table")),
    }
    return listing(covered, columns, name="coverage", title=title, source=source, right=["scores", "ranks"])


def missing_table(missing: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row an index and year: the provinces not published, and in which dimensions."""
    t = text
    by_dimension = (
        missing.sort("province_id")
        .group_by("index_id", "dimension_id", "year", maintain_order=True)
        .agg(pl.col("province_id"))
    )
    grouped = (
        by_dimension.group_by("index_id", "year", "province_id", maintain_order=True)
        .agg(pl.col("dimension_id"))
        .sort("index_id", "year")
    )
    shown = cells(
        grouped,
        series=lambda r: (
            t.index_short(r["index_id"])
            + ": "
            + "; ".join(
                t("overall") if d == "overall" else t.dimension(r["index_id"], d) for d in r["dimension_id"]
            )
        ),
        year=lambda r: str(r["year"]),
        names=lambda r: ", ".join(t.provinces(r["province_id"])),
    )
    columns = {"series": t("Index or dimension"), "year": t("Year"), "names": t("Provinces not published")}
    return plain_table(
        shown,
        name="not_published",
        columns=columns,
        title=title,
        source=source,
        data=missing,
        empty=t("None."),
    )


def breaks_table(breaks: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a break: from which year, why, and how it is known."""
    t = text
    columns = {
        "index": (t("Index"), lambda r: t.index_short(r["index_id"])),
        "series": (
            t("Dimension"),
            lambda r: (
                MISSING if r["dimension_id"] == "overall" else t.dimension(r["index_id"], r["dimension_id"])
            ),
        ),
        "year": (t("First year"), lambda r: str(r["year"])),
        "reason": (t("Reason"), lambda r: r[f"reason_{t.lang}"]),
        "effect": (
            t("Order of provinces"),
            lambda r: t(EFFECT_LABELS[r["effect"]]) if r["effect"] else MISSING,
        ),
        "kind": (t("How it is known"), lambda r: t(KIND_LABELS[r["kind"]])),
    }
    return listing(
        breaks, columns, name="breaks", title=title, source=source, empty=t("None."), widths={"kind": "22%"}
    )


def shifts_table(shifts: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a jump of the national median that looks like a change of definition."""
    t = text
    columns = {
        "series": (
            t("Series"),
            lambda r: t.index_short(r["index_id"]) + " · " + t.dimension(r["index_id"], r["dimension_id"]),
        ),
        "year": (t("Year"), lambda r: str(r["year"])),
        "before": (t("Median before"), lambda r: t.number(r["median_before"], 2)),
        "after": (t("Median after"), lambda r: t.number(r["median_after"], 2)),
        "ratio": (t("Shift, in interquartile ranges"), lambda r: t.number(r["shift_in_iqr"], 1)),
        "known": (t("Break on record"), lambda r: t("yes") if r["is_recorded"] else t("no")),
    }
    return listing(
        shifts,
        columns,
        name="level_shifts",
        title=title,
        source=source,
        right=["before", "after", "ratio"],
        empty=t("None."),
    )


def conflicts_table(conflicts: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a disagreement between sources."""
    t = text
    column = {"score": t("score"), "rank": t("rank"), "value": t("Value")}
    columns = {
        "key": (t("Figure"), lambda r: _subject(r["table"], r["key"], t)),
        "column": (t("Column"), lambda r: column.get(r["column"], r["column"])),
        "chosen": (t("Kept"), lambda r: _figure(r["chosen"], t)),
        "other": (t("Not kept"), lambda r: _figure(r["other"], t)),
        "reason": (t("Reason"), lambda r: r[f"reason_{t.lang}"]),
        "source": (t("Source not kept"), lambda r: links_to(t, [r["source_id"]])),
    }
    return listing(
        conflicts,
        columns,
        name="conflicts",
        title=title,
        source=source,
        right=["chosen", "other"],
        links=["source"],
        empty=t("None."),
    )


def _subject(table: str, key: str, t: Text) -> str:
    """Write the key of a row as words: index, year and province, or indicator, date and province; a claim
    has a name only.
    """
    parts = key.split("/")
    if table in ("scores", "unit_scores") and len(parts) == 4:
        index, dimension, year, province = parts
        name = (
            t.index_short(index)
            if dimension == "overall"
            else f"{t.index_short(index)} · {t.dimension(index, dimension)}"
        )
        return f"{name} {year} · {t.province(province)}"
    if table in ("observations", "targets") and len(parts) == 3:
        return f"{t.indicator(parts[1])} · {t.province(parts[0])} · {t.date(date.fromisoformat(parts[2]))}"
    return t.claim(key)


def _figure(text: str, t: Text) -> str:
    """Write a figure that the table keeps as text the way the language does."""
    number = pl.Series([text]).cast(pl.Float64, strict=False)[0]
    return MISSING if number is None else t.number(number, len(text.partition(".")[2]))


def claims_table(claims: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a claim of an article about a ranking, as printed."""
    t = text
    quantity = {
        "score": t("score"),
        "rank": t("rank"),
        "places_gained": t("places gained"),
        "region_rank": t("rank in the region"),
    }
    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "series": (
            t("Index"),
            lambda r: (
                t.index_short(r["index_id"])
                if r["dimension_id"] == "overall"
                else t.dimension(r["index_id"], r["dimension_id"])
            ),
        ),
        "year": (t("Year"), lambda r: str(r["year"])),
        "quantity": (t("What is said"), lambda r: quantity[r["quantity"]]),
        "value": (
            t("Value"),
            lambda r: (
                ("≤ " if r["bound"] == "<=" else "")
                + t.number(r["value"], 0 if float(r["value"]).is_integer() else 2)
            ),
        ),
        "source": (t("Sources"), lambda r: links_to(t, [r["source_id"]], r["locator"])),
    }
    return listing(
        claims,
        columns,
        name="claims",
        title=title,
        source=source,
        right=["value"],
        links=["source"],
        empty=t("None."),
    )
