"""Tables of what the dataset records: figures, sources, coverage, breaks, conflicts, claims."""

from __future__ import annotations

import polars as pl

from cds_analysis.views.labels import KIND_LABELS
from cds_analysis.views.tables.base import Table, cells, plain_table
from cds_analysis.views.text import MISSING, Text

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


def observations_table(observations: pl.DataFrame, *, text: Text, title: str, source: str, units: dict[str, str]) -> Table:
    """One row a figure, with its date, how the source prints it, and where."""
    t = text
    shown = cells(
        observations,
        province=lambda r: t.province(r["province_id"]),
        indicator=lambda r: t.indicator(r["indicator_id"]),
        value=lambda r: t.value(r["value"], units[r["indicator_id"]], 2, bound=r["bound"]),
        as_of=lambda r: t.date(r["as_of"]),
        printed=lambda r: r["printed"],
        source=lambda r: f"{r['source_id']} {r['locator']}",
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
    return plain_table(shown, name="figures", columns=columns, title=title, source=source, data=observations, right=["value"],
                       empty=t("No figure of this province is on record from the articles."))  # fmt: skip


def sources_table(sources: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a source: who, what, when, where."""
    t = text
    shown = cells(
        sources,
        id=lambda r: r["source_id"],
        publisher=t.publisher_of,
        title=t.title_of,
        published=lambda r: t.date(r["published"]),
        where=lambda r: r["url"] or r["file"] or MISSING,
    )
    columns = {
        "id": t("Short name"),
        "publisher": t("Publisher"),
        "title": t("Title"),
        "published": t("Published"),
        "where": t("Address or file"),
    }
    return plain_table(shown, name="sources", columns=columns, title=title, source=source, data=sources, empty=t("No source."))


def coverage_table(covered: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row an index and year: provinces with a score, with a rank, and whether that is a full table."""
    t = text
    shown = cells(
        covered,
        index=lambda r: t.index_short(r["index_id"]),
        year=lambda r: str(r["year"]),
        scores=lambda r: t.number(r["n_scores"]),
        ranks=lambda r: t.number(r["n_ranks"]),
        kind=lambda r: t("sample of provinces") if r["is_partial"] else t("full table"),
    )
    columns = {
        "index": t("Index"),
        "year": t("Year"),
        "scores": t("Provinces with a score"),
        "ranks": t("Provinces with a rank"),
        "kind": t("What it is"),
    }
    return plain_table(shown, name="coverage", columns=columns, title=title, source=source, data=covered, right=["scores", "ranks"])


def missing_table(missing: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row an index and year: the provinces not published, and in which dimensions."""
    t = text
    by_dimension = missing.sort("province_id").group_by("index_id", "dimension_id", "year", maintain_order=True).agg(pl.col("province_id"))
    grouped = (
        by_dimension.group_by("index_id", "year", "province_id", maintain_order=True).agg(pl.col("dimension_id")).sort("index_id", "year")
    )
    shown = cells(
        grouped,
        series=lambda r: (
            t.index_short(r["index_id"])
            + ": "
            + "; ".join(t("overall") if d == "overall" else t.dimension(r["index_id"], d) for d in r["dimension_id"])
        ),
        year=lambda r: str(r["year"]),
        names=lambda r: ", ".join(t.provinces(r["province_id"])),
    )
    columns = {"series": t("Index or dimension"), "year": t("Year"), "names": t("Provinces not published")}
    return plain_table(shown, name="not_published", columns=columns, title=title, source=source, data=missing, empty=t("None."))


def breaks_table(breaks: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a break: from which year, why, and how it is known."""
    t = text
    shown = cells(
        breaks,
        index=lambda r: t.index_short(r["index_id"]),
        series=lambda r: MISSING if r["dimension_id"] == "overall" else t.dimension(r["index_id"], r["dimension_id"]),
        year=lambda r: str(r["year"]),
        reason=lambda r: r[f"reason_{t.lang}"],
        kind=lambda r: t(KIND_LABELS[r["kind"]]),
    )
    columns = {"index": t("Index"), "series": t("Dimension"), "year": t("First year"), "reason": t("Reason"), "kind": t("How it is known")}
    return plain_table(shown, name="breaks", columns=columns, title=title, source=source, data=breaks, empty=t("None."))


def shifts_table(shifts: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a jump of the national median that looks like a change of definition."""
    t = text
    shown = cells(
        shifts,
        series=lambda r: t.index_short(r["index_id"]) + " · " + t.dimension(r["index_id"], r["dimension_id"]),
        year=lambda r: str(r["year"]),
        before=lambda r: t.number(r["median_before"], 2),
        after=lambda r: t.number(r["median_after"], 2),
        ratio=lambda r: t.number(r["shift_in_iqr"], 1),
        known=lambda r: t("yes") if r["is_recorded"] else t("no"),
    )
    columns = {"series": t("Series"), "year": t("Year"), "before": t("Median before"), "after": t("Median after"), "ratio": t("Shift, in interquartile ranges"),
               "known": t("Break on record")}  # fmt: skip
    return plain_table(
        shown,
        name="level_shifts",
        columns=columns,
        title=title,
        source=source,
        data=shifts,
        right=["before", "after", "ratio"],
        empty=t("None."),
    )


def conflicts_table(conflicts: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a disagreement between sources."""
    t = text
    column = {"score": t("score"), "rank": t("rank"), "value": t("Value")}
    shown = cells(conflicts, key=lambda r: r["key"], column=lambda r: column.get(r["column"], r["column"]), chosen=lambda r: _figure(r["chosen"], t), other=lambda r: _figure(r["other"], t),
                  reason=lambda r: r[f"reason_{t.lang}"], source=lambda r: r["source_id"])  # fmt: skip
    columns = {
        "key": t("Figure"),
        "column": t("Column"),
        "chosen": t("Kept"),
        "other": t("Not kept"),
        "reason": t("Reason"),
        "source": t("Source not kept"),
    }
    return plain_table(
        shown, name="conflicts", columns=columns, title=title, source=source, data=conflicts, right=["chosen", "other"], empty=t("None.")
    )


def _figure(text: str, t: Text) -> str:
    """Write a figure that the table keeps as text the way the language does."""
    number = pl.Series([text]).cast(pl.Float64, strict=False)[0]
    return MISSING if number is None else t.number(number, len(text.partition(".")[2]))


def claims_table(claims: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a claim of an article about a ranking, as printed."""
    t = text
    quantity = {"score": t("score"), "rank": t("rank"), "places_gained": t("places gained"), "region_rank": t("rank in the region")}
    shown = cells(
        claims,
        province=lambda r: t.province(r["province_id"]),
        series=lambda r: t.index_short(r["index_id"]) if r["dimension_id"] == "overall" else t.dimension(r["index_id"], r["dimension_id"]),
        year=lambda r: str(r["year"]),
        quantity=lambda r: quantity[r["quantity"]],
        value=lambda r: ("≤ " if r["bound"] == "<=" else "") + t.number(r["value"], 0 if float(r["value"]).is_integer() else 2),
        source=lambda r: f"{r['source_id']} {r['locator'] or ''}".strip(),
    )
    columns = {
        "province": t("Province"),
        "series": t("Index"),
        "year": t("Year"),
        "quantity": t("What is said"),
        "value": t("Value"),
        "source": t("Sources"),
    }
    return plain_table(shown, name="claims", columns=columns, title=title, source=source, data=claims, right=["value"], empty=t("None."))
