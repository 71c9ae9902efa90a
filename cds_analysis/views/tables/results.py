"""Tables of what the measures return."""

from __future__ import annotations

import polars as pl

from cds_analysis.views.citing import links_to
from cds_analysis.views.labels import BASIS_LABELS, REASON_LABELS, STATUS_LABELS, VERDICT_LABELS
from cds_analysis.views.look import STATUS_LOOK
from cds_analysis.views.tables.base import Table, cells, listing, plain_table
from cds_analysis.views.text import Text
from cds_analysis.views.wording import MISSING

__all__ = ["comparison_table", "gaps_table", "movers_table", "rank_change", "ranks_table", "trends_table"]


def comparison_table(
    compared: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2, with_peers: bool = True
) -> Table:
    """One row a province and series: value, medians, differences, percentile and coverage."""
    t = text
    shown = cells(
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
        "province": t("Province"),
        "series": t("Series"),
        "value": t("Value"),
        "national": t("vs national median"),
        "region": t("vs region median"),
        "peers": t("vs peers' median"),
        "best": t("vs best"),
        "percentile": t("Percentile"),
        "n": "n",
    }
    for column in ("province", "series"):
        if shown[column].n_unique() == 1:
            columns.pop(column)
    if not with_peers:
        columns.pop("peers")
    return plain_table(
        shown,
        name="comparison",
        columns=columns,
        title=title,
        source=source,
        data=compared,
        empty=t("No figure to compare."),
        right=[c for c in columns if c not in ("province", "series")],
    )


def status_cell(status: str, t: Text) -> str:
    """Symbol and words of a status."""
    return f"{STATUS_LOOK[status][0]} {t(STATUS_LABELS[status])}"


def gaps_table(judged: pl.DataFrame, *, text: Text, title: str, source: str, units: dict[str, str]) -> Table:
    """One row a target: figure, target, gap, pace needed, status, sources."""
    t = text

    def value(row: dict, key: str, **options) -> str:
        return t.value(row[key], units[row["indicator_id"]], 1, **options)

    columns = {
        "indicator": (t("Indicator"), lambda r: t.indicator(r["indicator_id"])),
        "whose": (t("Whose target"), lambda r: t("national") if r["scope"] == "viet-nam" else t("own")),
        "value": (
            t("Latest figure, as of"),
            lambda r: (
                f"{value(r, 'value', bound=r['bound'])}, {t.date(r['as_of'])}" if r["as_of"] else MISSING
            ),
        ),
        "target": (
            t("Target, due"),
            lambda r: (
                f"{value(r, 'target', bound='>' if r['comparator'] == '>' else '=')}, {t.date(r['due'])}"
            ),
        ),
        "gap": (
            t("Gap"),
            lambda r: (
                ("≤ " if r["is_gap_bound"] else "≥ " if r["is_gap_floor"] else "")
                + t.difference(
                    r["gap"],
                    units[r["indicator_id"]],
                    1 if units[r["indicator_id"]].startswith("percent") else 0,
                )
            ),
        ),
        "required": (
            t("Pace needed a year"),
            lambda r: t.difference(r["required_per_year"], units[r["indicator_id"]]),
        ),
        "observed": (
            t("Pace seen a year"),
            lambda r: t.difference(r["observed_per_year"], units[r["indicator_id"]], sign=True),
        ),
        "status": (
            t("Status"),
            lambda r: (
                status_cell(r["status"], t)
                + (
                    f" ({t(REASON_LABELS[r['status_reason']])})"
                    if r["status_reason"] in REASON_LABELS
                    else ""
                )
            ),
        ),
        "sources": (
            t("Sources"),
            lambda r: "; ".join(
                dict.fromkeys(
                    [
                        *([links_to(t, [r["source_id"]], r["locator"])] if r["source_id"] else []),
                        links_to(t, r["target_source_ids"], r["target_locator"]),
                    ]
                )
            ),
        ),
    }
    return listing(
        judged,
        columns,
        name="targets",
        title=title,
        source=source,
        empty=t("No target is on record."),
        right=["gap", "required", "observed"],
        links=["sources"],
        widths={"indicator": "19%", "required": "10%", "observed": "10%", "status": "14%", "sources": "14%"},
    )


def rank_change(row: dict, t: Text) -> str:
    """Write a change of rank: ▲9, ▼14, =; across a new definition that it is one."""
    if row["places_gained"] is None:
        return MISSING
    if row["crosses_break"]:
        return t("new definition")
    gained = row["places_gained"]
    return "=" if gained == 0 else f"▲{t.number(gained)}" if gained > 0 else f"▼{t.number(-gained)}"


def ranks_table(ranked: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a province and year, in the order of `ranked`: rank, its change, score, group, source."""
    t = text

    def rank(row: dict) -> str:
        if row["rank"] is None:
            return MISSING
        return f"{row['rank']}/{row['n_ranked']}" if row["n_ranked"] else str(row["rank"])

    columns = {
        "year": (t("Year"), lambda r: str(r["year"])),
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "series": (t("Index"), lambda r: t.series(f"{r['index_id']}/{r['dimension_id']}")),
        "rank": (t("Rank"), rank),
        "gained": (t("Change of rank"), lambda r: rank_change(r, t)),
        "score": (t("Score"), lambda r: t.number(r["score"], decimals)),
        "change": (
            t("Change of score"),
            lambda r: (
                t("new definition")
                if r["crosses_break"]
                else t.number(r["score_change"], decimals, sign=True)
            ),
        ),
        "group": (
            t("Group"),
            lambda r: t.group(r["index_id"], r["dimension_id"], r["group"]) if r["group"] else MISSING,
        ),
        "basis": (t("Rank is"), lambda r: t(BASIS_LABELS[r["rank_basis"]]) if r["rank_basis"] else MISSING),
        "source": (t("Sources"), lambda r: links_to(t, [r["source_id"]])),
    }
    return listing(
        ranked,
        columns,
        name="ranks",
        title=title,
        source=source,
        empty=t("No score or rank is on record."),
        right=["rank", "gained", "score", "change"],
        links=["source"],
    )


def movers_table(moves: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a province: ranks of two years and the places gained."""
    t = text
    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "start": (t("Rank before"), lambda r: str(r["rank_from"])),
        "end": (t("Rank after"), lambda r: str(r["rank_to"])),
        "gained": (t("Change of rank"), lambda r: t.number(r["places_gained"], 0, sign=True)),
        "common": (
            t("among provinces in both years"),
            lambda r: t.number(r["places_gained_common"], 0, sign=True),
        ),
        "change": (
            t("Change of score"),
            lambda r: (
                t("new definition")
                if r["crosses_break"]
                else t.number(r["score_change"], decimals, sign=True)
            ),
        ),
    }
    return listing(
        moves,
        columns,
        name="movers",
        title=title,
        source=source,
        empty=t("No province is on record in both years."),
        right=["start", "end", "gained", "common", "change"],
    )


def trends_table(judged: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a province and run of years with one definition: slope, corrected p and verdict of the score,
    and beside them those of the score less the country's median; what documented breaks alone would say where
    it is another.

    `judged` comes from :func:`~cds_analysis.measures.own_trends.trends_beside_country`.
    """
    t = text

    def slope(row: dict, name: str, low: str, high: str) -> str:
        if row[name] is None:
            return MISSING
        middle, ends = t.number(row[name], decimals, sign=True), (row[low], row[high])
        return f"{middle} ({' … '.join(t.number(end, decimals, sign=True) for end in ends)})"

    def verdict(row: dict, name: str) -> str:
        return MISSING if row[name] is None else t(VERDICT_LABELS[row[name]])

    def other(row: dict) -> str:
        if not row["depends_on_detected"]:
            return t("the same")
        names = ("verdict_documented", "verdict_own_documented")
        return "; ".join(verdict(row, name) for name in names)

    shown = cells(
        judged,
        province=lambda r: t.province(r["province_id"]),
        years=lambda r: f"{r['first_year']}–{r['last_year']}",
        n=lambda r: t.number(r["n_years"]),
        slope=lambda r: slope(r, "slope_per_year", "slope_low", "slope_high"),
        q=lambda r: t.p_value(r["p_adjusted"], bare=True),
        verdict=lambda r: verdict(r, "verdict"),
        own=lambda r: slope(r, "slope_own", "slope_own_low", "slope_own_high"),
        q_own=lambda r: t.p_value(r["p_own_adjusted"], bare=True),
        verdict_own=lambda r: verdict(r, "verdict_own"),
        other=other,
    )
    columns = {
        "province": t("Province"),
        "years": t("Years of one definition"),
        "n": "n",
        "slope": t("Slope, points a year (95%)"),
        "q": t("p, corrected"),
        "verdict": t("Score"),
        "own": t("Slope against the country (95%)"),
        "q_own": t("p, corrected"),
        "verdict_own": t("Against the country"),
        "other": t("Documented breaks only"),
    }
    if not judged["depends_on_detected"].any():
        del columns["other"]
        shown = shown.drop("other")
    right = ["n", "slope", "q", "own", "q_own"]
    return plain_table(
        shown,
        name="trends",
        columns=columns,
        title=title,
        source=source,
        data=judged,
        right=right,
        empty=t("None."),
    )
