"""Tables of checks: claims against figures, ratios, merged units against published ones, methods against
simulations.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.views.citing import links_to
from cds_analysis.views.labels import (
    BRIDGE_LABELS,
    CASE_LABELS,
    CLAIM_LABELS,
    CLAIM_REASON_LABELS,
    PROCESS_LABELS,
    TRUTH_LABELS,
)
from cds_analysis.views.tables.base import Table, cells, listing, plain_table
from cds_analysis.views.text import Text
from cds_analysis.views.wording import MISSING

__all__ = [
    "backtest_table",
    "bridge_table",
    "checked_claims_table",
    "parts_table",
    "ratios_table",
    "simulation_table",
]

_CLAIM_SIGN = {"confirmed": "✓", "contradicted": "✗", "not_checkable": "?"}


def _claim_verdict(row: dict, t: Text) -> str:
    said = f"{_CLAIM_SIGN[row['verdict']]} {t(CLAIM_LABELS[row['verdict']])}"
    return f"{said} ({t(CLAIM_REASON_LABELS[row['reason']])})" if row.get("reason") else said


def checked_claims_table(checked: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a claim: what is said, what is on record, both sources, the verdict."""
    t = text
    quantity = {
        "score": t("score"),
        "rank": t("rank"),
        "places_gained": t("places gained"),
        "region_rank": t("rank in the region"),
    }

    def figure(value: float | None) -> str:
        return MISSING if value is None else t.number(value, 0 if float(value).is_integer() else 2)

    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "series": (
            t("Index"),
            lambda r: (
                (
                    t.index_short(r["index_id"])
                    if r["dimension_id"] == "overall"
                    else t.dimension(r["index_id"], r["dimension_id"])
                )
                + f" {r['year']}"
            ),
        ),
        "quantity": (t("What is said"), lambda r: quantity[r["quantity"]]),
        "value": (t("Claimed"), lambda r: ("≤ " if r["bound"] == "<=" else "") + figure(r["value"])),
        "by": (t("Source of the claim"), lambda r: links_to(t, [r["source_id"]], r["locator"])),
        "found": (t("On record"), lambda r: figure(r["found"])),
        "where": (t("Source of the figure"), lambda r: links_to(t, r["found_source_ids"])),
        "verdict": (t("Verdict"), lambda r: _claim_verdict(r, t)),
    }
    return listing(
        checked,
        columns,
        name="claims",
        title=title,
        source=source,
        right=["value", "found"],
        links=["by", "where"],
        empty=t("None."),
    )


def ratios_table(ratios: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a share with its numerator and denominator: printed, computed, verdict."""
    t = text
    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "indicator": (t("Indicator"), lambda r: t.indicator(r["indicator_id"])),
        "fraction": (t("Fraction"), lambda r: f"{t.number(r['numerator'])}/{t.number(r['denominator'])}"),
        "value": (t("On record"), lambda r: t.percent(r["value"], r["decimals"])),
        "computed": (t("Computed"), lambda r: t.percent(r["computed"], max(r["decimals"] + 2, 3))),
        "verdict": (t("Verdict"), lambda r: _claim_verdict(r, t)),
        "source": (t("Sources"), lambda r: links_to(t, [r["source_id"]], r["locator"])),
    }
    return listing(
        ratios,
        columns,
        name="ratios",
        title=title,
        source=source,
        right=["fraction", "value", "computed"],
        links=["source"],
        empty=t("None."),
    )


def bridge_table(estimated: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a unit of 2025: its score and rank, the rule, its parts and their spread."""
    t = text
    columns = {
        "rank": (t("Rank"), lambda r: t.number(r["rank"])),
        "unit": (t("Unit of 2025"), lambda r: t.unit_2025(r["unit_id"])),
        "score": (t("Score"), lambda r: t.number(r["score"], decimals)),
        "rule": (t("Rule"), lambda r: t(BRIDGE_LABELS[r["rule"]])),
        "parts": (
            t("Formed from"),
            lambda r: ", ".join(t.provinces(r["parts"])) if r["n_parts"] > 1 else MISSING,
        ),
        "spread": (
            t("Spread of the parts"),
            lambda r: t.number(r["spread"], decimals) if r["n_parts"] > 1 else MISSING,
        ),
    }
    return listing(
        estimated,
        columns,
        name="units",
        title=title,
        source=source,
        right=["rank", "score", "spread"],
        empty=t("None."),
    )


def parts_table(parts: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a former province: its own score beside that of its unit."""
    t = text
    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "unit": (t("Unit of 2025"), lambda r: t.unit_2025(r["unit_id"])),
        "own": (t("Score of the province"), lambda r: t.number(r["score"], decimals)),
        "whole": (t("Score of the unit"), lambda r: t.number(r["unit_score"], decimals)),
        "difference": (t("Province less unit"), lambda r: t.number(r["difference"], decimals, sign=True)),
    }
    return listing(
        parts,
        columns,
        name="parts",
        title=title,
        source=source,
        right=["own", "whole", "difference"],
        empty=t("None."),
    )


def simulation_table(rates: pl.DataFrame, *, text: Text, name: str, title: str, source: str) -> Table:
    """One row a simulated case: the rate found with its Monte Carlo error, beside the rate it ought
    to have.
    """
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
        c: lambda r, c=c: t(labels[r[c]]) if r[c] in labels else t.number(r[c], 1 if c == "mean_width" else 0)
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
    right = [
        "rate",
        "error",
        "nominal",
        "draws",
        "seed",
        *(c for c in ("n_years", "n_provinces", "mean_width") if c in makers),
    ]
    return plain_table(shown, name=name, columns=columns, title=title, source=source, data=rates, right=right)


def backtest_table(errors: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a series (all together first): errors of standings beside those of the last figure, the mean
    and a line, and the share of figures inside the bands.

    `errors` comes from :func:`~cds_analysis.measures.backtest.prediction_errors`; a row without a dimension
    is of all.
    """
    t = text

    def series(row: dict) -> str:
        if row["dimension_id"] is None:
            return t("all together")
        short = t.index_short(row["index_id"])
        if row["dimension_id"] == "overall":
            return short
        return f"{short} · {t.dimension(row['index_id'], row['dimension_id'])}"

    columns = {
        "series": (t("Series"), series),
        "n": (t("Figures foretold"), lambda r: t.number(r["n"])),
        "standing": (t("Error of standings"), lambda r: t.number(r["mae_standing"], 2)),
        "last": (t("Same as last year"), lambda r: t.number(r["mae_last"], 2)),
        "mean": (t("Mean of all years"), lambda r: t.number(r["mae_mean"], 2)),
        "line": (t("Theil-Sen line"), lambda r: t.number(r["mae_theil_sen"], 2)),
        "less": (
            t("Less error than last year"),
            lambda r: t.percent(r["less_error_pct"], 0, sign=True),
        ),
        "held_80": (t("Inside the 80% band"), lambda r: t.percent(100 * r["held_80"], 0)),
        "held_95": (t("Inside the 95% band"), lambda r: t.percent(100 * r["held_95"], 0)),
        "brier": (t("Brier score"), lambda r: t.number(r["brier"], 3)),
    }
    return listing(
        errors,
        columns,
        name="backtest",
        title=title,
        source=source,
        right=[c for c in columns if c != "series"],
        empty=t("None."),
    )


def change_rates_table(rates: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a simulated case: false alarms of the test of a change, those of the trend test on the same
    figures, and the power.

    `rates` comes from :func:`~cds_analysis.measures.change_simulation.change_rates`.
    """
    t = text
    columns = {
        "case": (t("What is wrong"), lambda r: t(CASE_LABELS[r["case"]])),
        "alone": (t("One province, p below 0.05"), lambda r: t.percent(100 * r["alone"], 0)),
        "any": (
            t("A table in which any change holds"),
            lambda r: f"{t.percent(100 * r['any_holds'], 0)} ± {t.percent(100 * r['mc_error'], 0)}",
        ),
        "refused": (t("Tables not judged"), lambda r: t.percent(100 * r["refused"], 0)),
        "trend": (t("A table in which any trend is found"), lambda r: t.percent(100 * r["any_trend"], 0)),
        **{
            f"power_{size}": (
                t("Found: {size} standard deviations", size=size),
                lambda r, size=size: t.percent(100 * r[f"power_{size}"], 0),
            )
            for size in (1, 2, 3)
        },
        "draws": (t("Draws"), lambda r: t.number(r["draws"])),
    }
    return listing(
        rates,
        columns,
        name="change_rates",
        title=title,
        source=source,
        right=[c for c in columns if c != "case"],
        empty=t("None."),
    )
