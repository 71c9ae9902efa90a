"""Tables for reports: great_tables with the source note as part of the table, and the numbers as CSV beside the HTML."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from great_tables import GT, loc, style

from cds_analysis.views.labels import BASIS_LABELS, GROUP_LABELS, KIND_LABELS, REASON_LABELS, STATUS_LABELS, VERDICT_LABELS
from cds_analysis.views.text import MISSING, Text
from cds_analysis.views.theme import STATUS_LOOK, flat_csv

__all__ = [
    "Table", "breaks_table", "claims_table", "comparison_table", "conflicts_table", "coverage_table", "gaps_table", "missing_table",
    "movers_table", "observations_table", "plain_table", "ranks_table", "shifts_table", "sources_table", "trends_table",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Table:
    """A rendered table and the frame behind it; shows itself in a notebook and can be downloaded from a report as CSV."""

    name: str
    html: str
    data: pl.DataFrame

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/csv": flat_csv(self.data), "text/plain": str(self.data)}, {"text/csv": {"name": self.name}}


def plain_table(frame: pl.DataFrame, *, name: str, columns: dict[str, str], title: str, source: str, right: list[str] = (), data: pl.DataFrame | None = None,
                bold_rows: list[int] = (), empty: str = "") -> Table:  # fmt: skip
    """Render a frame of ready-made texts.

    Parameters
    ----------
    frame
        The cells as shown; only the keys of `columns` are used, in that order.
    columns
        Column name to heading.
    right
        Columns of numbers, set flush right.
    data
        The numbers for the CSV; `frame` itself by default.
    empty
        The sentence shown instead of a table without rows.
    """
    data = frame if data is None else data
    if not frame.height:
        return Table(name, f'<p class="empty"><strong>{title}.</strong> {empty}</p>', data)
    table = (
        GT(frame.select(list(columns)))
        .tab_header(title=title)
        .cols_label(**columns)
        .tab_source_note(source)
        .cols_align("left")
        .tab_options(
            table_font_size="0.86rem",
            heading_title_font_size="1rem",
            heading_align="left",
            table_width="100%",
            source_notes_font_size="0.78rem",
        )
    )
    if right:
        table = table.cols_align("right", columns=list(right))
    if bold_rows:
        table = table.tab_style(style.text(weight="bold"), loc.body(rows=list(bold_rows)))
    return Table(
        name, f'<div class="scroll" tabindex="0" role="region" aria-label="{title}">{table.as_raw_html(inline_css=False)}</div>', data
    )


def _with(frame: pl.DataFrame, **cells) -> pl.DataFrame:
    """Make display columns, each from a function of the row."""
    rows = frame.to_dicts()
    return pl.DataFrame({name: [make(r) for r in rows] for name, make in cells.items()}, schema={name: pl.String for name in cells})


def comparison_table(compared: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2, with_peers: bool = True) -> Table:
    """One row a province and series: value, medians, differences, percentile and coverage."""
    t = text
    shown = _with(
        compared,
        province=lambda r: t.province(r["province_id"]),
        series=lambda r: t.series(r["series_id"]),
        value=lambda r: t.number(r["value"], decimals),
        national=lambda r: t.number(r["diff_national"], decimals, sign=True),
        region=lambda r: t.number(r["diff_region"], decimals, sign=True),
        peers=lambda r: t.number(r.get("diff_peers"), decimals, sign=True),
        best=lambda r: t.number(r["diff_best"], decimals, sign=True),
        percentile=lambda r: t.number(r["percentile"], 0),
        n=lambda r: t.number(r["n_reporting"]),
    )
    columns = {
        "province": t("Province"), "series": t("Series"), "value": t("Value"), "national": t("vs national median"), "region": t("vs region median"),
        "peers": t("vs peers' median"), "best": t("vs best"), "percentile": t("Percentile"), "n": "n",
    }  # fmt: skip
    for column in ("province", "series"):
        if shown[column].n_unique() == 1:
            columns.pop(column)
    if not with_peers:
        columns.pop("peers")
    return plain_table(shown, name="comparison", columns=columns, title=title, source=source, data=compared, empty=t("No figure to compare."),
                       right=[c for c in columns if c not in ("province", "series")])  # fmt: skip


def status_cell(status: str, t: Text) -> str:
    """Symbol and words of a status."""
    return f"{STATUS_LOOK[status][0]} {t(STATUS_LABELS[status])}"


def gaps_table(judged: pl.DataFrame, *, text: Text, title: str, source: str, units: dict[str, str]) -> Table:
    """One row a target: figure, target, gap, pace needed, status, sources."""
    t = text
    value = lambda r, key, **k: t.value(r[key], units[r["indicator_id"]], 1, **k)  # noqa: E731
    shown = _with(
        judged,
        indicator=lambda r: t.indicator(r["indicator_id"]),
        whose=lambda r: t("national") if r["scope"] == "viet-nam" else t("own"),
        value=lambda r: value(r, "value", bound=r["bound"]),
        as_of=lambda r: t.date(r["as_of"]),
        target=lambda r: value(r, "target", bound=">" if r["comparator"] == ">" else "="),
        due=lambda r: t.date(r["due"]),
        gap=lambda r: ("≤ " if r["is_gap_bound"] else "") + t.number(r["gap"], 1 if units[r["indicator_id"]].startswith("percent") else 0),
        required=lambda r: t.number(r["required_per_year"], 1),
        observed=lambda r: t.number(r["observed_per_year"], 1, sign=True),
        status=lambda r: status_cell(r["status"], t) + (f" ({t(REASON_LABELS[r['status_reason']])})" if r["status_reason"] in REASON_LABELS else ""),
        sources=lambda r: "; ".join(dict.fromkeys([*([f"{r['source_id']} {r['locator'] or ''}".strip()] if r["source_id"] else []),
                                                   *([f"{s} {r['target_locator'] or ''}".strip() for s in r["target_source_ids"]])])),
    )  # fmt: skip
    columns = {
        "indicator": t("Indicator"), "whose": t("Whose target"), "value": t("Latest figure"), "as_of": t("As of"), "target": t("Target"), "due": t("Due"),
        "gap": t("Gap"), "required": t("Pace needed a year"), "observed": t("Pace seen a year"), "status": t("Status"), "sources": t("Sources"),
    }  # fmt: skip
    return plain_table(shown, name="targets", columns=columns, title=title, source=source, data=judged, empty=t("No target is on record."),
                       right=["value", "target", "gap", "required", "observed"])  # fmt: skip


def ranks_table(ranked: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a year: score, rank, group, places gained, and how the rank is known."""
    t = text
    shown = _with(
        ranked,
        series=lambda r: t.index_short(r["index_id"]) if r["dimension_id"] == "overall" else t.dimension(r["index_id"], r["dimension_id"]),
        year=lambda r: str(r["year"]),
        score=lambda r: t.number(r["score"], decimals),
        rank=lambda r: MISSING if r["rank"] is None else f"{r['rank']}/{r['n_ranked']}" if r["n_ranked"] else str(r["rank"]),
        group=lambda r: t(GROUP_LABELS[r["group"]]) if r["group"] else MISSING,
        gained=lambda r: t.number(r["places_gained"], 0, sign=True),
        change=lambda r: t("new definition") if r["crosses_break"] else t.number(r["score_change"], decimals, sign=True),
        basis=lambda r: t(BASIS_LABELS[r["rank_basis"]]) if r["rank_basis"] else MISSING,
        source=lambda r: r["source_id"],
    )
    columns = {
        "series": t("Index"), "year": t("Year"), "score": t("Score"), "change": t("Change of score"), "rank": t("Rank"), "gained": t("Places gained"),
        "group": t("Group"), "basis": t("Rank is"), "source": t("Sources"),
    }  # fmt: skip
    if shown.height and shown["series"].n_unique() == 1:
        columns.pop("series")
    return plain_table(shown, name="ranks", columns=columns, title=title, source=source, data=ranked, empty=t("No score or rank is on record."),
                       right=["score", "change", "rank", "gained"])  # fmt: skip


def movers_table(moves: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a province: ranks of two years and the places gained."""
    t = text
    shown = _with(
        moves,
        province=lambda r: t.province(r["province_id"]),
        start=lambda r: str(r["rank_from"]),
        end=lambda r: str(r["rank_to"]),
        gained=lambda r: t.number(r["places_gained"], 0, sign=True),
        common=lambda r: t.number(r["places_gained_common"], 0, sign=True),
        change=lambda r: t("new definition") if r["crosses_break"] else t.number(r["score_change"], decimals, sign=True),
    )
    columns = {"province": t("Province"), "start": t("Rank before"), "end": t("Rank after"), "gained": t("Places gained"),
               "common": t("among provinces in both years"), "change": t("Change of score")}  # fmt: skip
    return plain_table(shown, name="movers", columns=columns, title=title, source=source, data=moves, empty=t("No province is on record in both years."),
                       right=["start", "end", "gained", "common", "change"])  # fmt: skip


def observations_table(observations: pl.DataFrame, *, text: Text, title: str, source: str, units: dict[str, str]) -> Table:
    """One row a figure, with its date, how the source prints it, and where."""
    t = text
    shown = _with(
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


def trends_table(judged: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a province and run of years with one definition: slope with its interval, p, verdict."""
    t = text
    shown = _with(
        judged,
        province=lambda r: t.province(r["province_id"]),
        years=lambda r: f"{r['first_year']}–{r['last_year']}",
        n=lambda r: t.number(r["n_years"]),
        slope=lambda r: t.number(r["slope_per_year"], decimals, sign=True),
        interval=lambda r: (
            MISSING
            if r["slope_low"] is None
            else f"{t.number(r['slope_low'], decimals, sign=True)} … {t.number(r['slope_high'], decimals, sign=True)}"
        ),
        p=lambda r: t.number(r["p_value"], 3),
        q=lambda r: t.number(r["p_adjusted"], 3),
        verdict=lambda r: t(VERDICT_LABELS[r["verdict"]]),
    )
    columns = {
        "province": t("Province"),
        "years": t("Years of one definition"),
        "n": "n",
        "slope": t("Slope, points a year"),
        "interval": t("95% interval"),
        "p": "p",
        "q": t("p, corrected for many provinces"),
        "verdict": t("Verdict"),
    }
    right = ["n", "slope", "interval", "p", "q"]
    return plain_table(shown, name="trends", columns=columns, title=title, source=source, data=judged, right=right, empty=t("None."))


def sources_table(sources: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a source: who, what, when, where."""
    t = text
    shown = _with(
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
    shown = _with(
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
    shown = _with(
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
    shown = _with(
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
    shown = _with(
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
    shown = _with(conflicts, key=lambda r: r["key"], column=lambda r: r["column"], chosen=lambda r: _figure(r["chosen"], t), other=lambda r: _figure(r["other"], t),
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
    shown = _with(
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
