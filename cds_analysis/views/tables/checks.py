"""Tables of checks: claims against figures, ratios, merged units against published ones, methods against simulations."""

from __future__ import annotations

import polars as pl

from cds_analysis.views.labels import BRIDGE_LABELS, CLAIM_LABELS, CLAIM_REASON_LABELS, PROCESS_LABELS, TRUTH_LABELS
from cds_analysis.views.tables.base import Table, cells, plain_table
from cds_analysis.views.text import MISSING, Text

__all__ = ["backtest_table", "bridge_table", "checked_claims_table", "parts_table", "ratios_table", "simulation_table"]

_CLAIM_SIGN = {"confirmed": "✓", "contradicted": "✗", "not_checkable": "?"}


def _claim_verdict(row: dict, t: Text) -> str:
    said = f"{_CLAIM_SIGN[row['verdict']]} {t(CLAIM_LABELS[row['verdict']])}"
    return f"{said} ({t(CLAIM_REASON_LABELS[row['reason']])})" if row.get("reason") else said


def checked_claims_table(checked: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a claim: what is said, what is on record, both sources, the verdict."""
    t = text
    quantity = {"score": t("score"), "rank": t("rank"), "places_gained": t("places gained"), "region_rank": t("rank in the region")}

    def figure(value: float | None) -> str:
        return MISSING if value is None else t.number(value, 0 if float(value).is_integer() else 2)

    shown = cells(
        checked,
        province=lambda r: t.province(r["province_id"]),
        series=lambda r: (
            (t.index_short(r["index_id"]) if r["dimension_id"] == "overall" else t.dimension(r["index_id"], r["dimension_id"]))
            + f" {r['year']}"
        ),
        quantity=lambda r: quantity[r["quantity"]],
        value=lambda r: ("≤ " if r["bound"] == "<=" else "") + figure(r["value"]),
        by=lambda r: f"{r['source_id']} {r['locator'] or ''}".strip(),
        found=lambda r: figure(r["found"]),
        where=lambda r: "; ".join(r["found_source_ids"]) or MISSING,
        verdict=lambda r: _claim_verdict(r, t),
    )
    columns = {"province": t("Province"), "series": t("Index"), "quantity": t("What is said"), "value": t("Claimed"), "by": t("Source of the claim"), "found": t("On record"),
               "where": t("Source of the figure"), "verdict": t("Verdict")}  # fmt: skip
    return plain_table(
        shown, name="claims", columns=columns, title=title, source=source, data=checked, right=["value", "found"], empty=t("None.")
    )


def ratios_table(ratios: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a share with its numerator and denominator: printed, computed, verdict."""
    t = text
    shown = cells(
        ratios,
        province=lambda r: t.province(r["province_id"]),
        indicator=lambda r: t.indicator(r["indicator_id"]),
        fraction=lambda r: f"{t.number(r['numerator'])}/{t.number(r['denominator'])}",
        value=lambda r: t.percent(r["value"], r["decimals"]),
        computed=lambda r: t.percent(r["computed"], max(r["decimals"] + 2, 3)),
        verdict=lambda r: _claim_verdict(r, t),
        source=lambda r: f"{r['source_id']} {r['locator']}",
    )
    columns = {
        "province": t("Province"),
        "indicator": t("Indicator"),
        "fraction": t("Fraction"),
        "value": t("On record"),
        "computed": t("Computed"),
        "verdict": t("Verdict"),
        "source": t("Sources"),
    }
    return plain_table(
        shown,
        name="ratios",
        columns=columns,
        title=title,
        source=source,
        data=ratios,
        right=["fraction", "value", "computed"],
        empty=t("None."),
    )


def bridge_table(estimated: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a unit of 2025: its score and rank, the rule, its parts and their spread."""
    t = text
    shown = cells(
        estimated,
        rank=lambda r: t.number(r["rank"]),
        unit=lambda r: t.unit_2025(r["unit_id"]),
        score=lambda r: t.number(r["score"], decimals),
        kind=lambda r: t("estimate") if r["is_estimate"] else MISSING,
        rule=lambda r: t(BRIDGE_LABELS[r["rule"]]),
        parts=lambda r: ", ".join(t.provinces(r["parts"])) if r["n_parts"] > 1 else MISSING,
        spread=lambda r: t.number(r["spread"], decimals) if r["n_parts"] > 1 else MISSING,
    )
    columns = {
        "rank": t("Rank"),
        "unit": t("Unit of 2025"),
        "score": t("Score"),
        "kind": t("Is it an estimate"),
        "rule": t("Rule"),
        "parts": t("Formed from"),
        "spread": t("Spread of the parts"),
    }
    return plain_table(
        shown,
        name="units",
        columns=columns,
        title=title,
        source=source,
        data=estimated,
        right=["rank", "score", "spread"],
        empty=t("None."),
    )


def parts_table(parts: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a former province: its own score beside that of its unit."""
    t = text
    shown = cells(
        parts,
        province=lambda r: t.province(r["province_id"]),
        unit=lambda r: t.unit_2025(r["unit_id"]),
        own=lambda r: t.number(r["score"], decimals),
        whole=lambda r: t.number(r["unit_score"], decimals),
        difference=lambda r: t.number(r["difference"], decimals, sign=True),
    )
    columns = {
        "province": t("Province"),
        "unit": t("Unit of 2025"),
        "own": t("Score of the province"),
        "whole": t("Score of the unit"),
        "difference": t("Province less unit"),
    }
    return plain_table(
        shown, name="parts", columns=columns, title=title, source=source, data=parts, right=["own", "whole", "difference"], empty=t("None.")
    )


def simulation_table(rates: pl.DataFrame, *, text: Text, name: str, title: str, source: str) -> Table:
    """One row a simulated case: the rate found with its Monte Carlo error, beside the rate it ought to have."""
    t = text
    heads = {
        "process": t("Process"),
        "truth": t("Truth"),
        "kind": t("Confidence for"),
        "n_years": t("Years"),
        "n_provinces": t("Provinces"),
        "mean_width": t("Mean width, places"),
    }
    labels = {**PROCESS_LABELS, **TRUTH_LABELS}
    makers = {
        c: (lambda r, c=c: t(labels[r[c]]) if r[c] in labels else t.number(r[c], 1 if c == "mean_width" else 0))
        for c in heads
        if c in rates.columns
    }
    shown = cells(
        rates,
        **makers,
        rate=lambda r: t.percent(100 * r["rate"], 1),
        error=lambda r: "± " + t.percent(100 * r["mc_error"], 1),
        nominal=lambda r: t.percent(100 * r["nominal"], 0),
        draws=lambda r: t.number(r["draws"]),
        seed=lambda r: str(r["seed"]),
    )
    columns = {
        **{c: heads[c] for c in makers},
        "rate": t("Rate found"),
        "error": t("Monte Carlo error"),
        "nominal": t("Nominal"),
        "draws": t("Draws"),
        "seed": t("Seed"),
    }
    right = ["rate", "error", "nominal", "draws", "seed", *(c for c in ("n_years", "n_provinces", "mean_width") if c in makers)]
    return plain_table(shown, name=name, columns=columns, title=title, source=source, data=rates, right=right)


def backtest_table(held: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a series: the share of last years' figures that a band made from earlier years would have held."""
    t = text
    shown = cells(
        held,
        series=lambda r: (
            t.index_short(r["index_id"]) + ("" if r["dimension_id"] == "overall" else " · " + t.dimension(r["index_id"], r["dimension_id"]))
        ),
        year=lambda r: str(r["year"]),
        n=lambda r: t.number(r["n_provinces"]),
        rate=lambda r: t.percent(100 * r["rate"], 0),
        nominal=lambda r: t.percent(100 * r["nominal"], 0),
    )
    columns = {
        "series": t("Series"),
        "year": t("Year forecast"),
        "n": t("Provinces"),
        "rate": t("Figures inside the band"),
        "nominal": t("Nominal"),
    }
    return plain_table(
        shown, name="backtest", columns=columns, title=title, source=source, data=held, right=["n", "rate", "nominal"], empty=t("None.")
    )
