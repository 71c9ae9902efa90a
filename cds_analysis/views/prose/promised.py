"""Sentences about what provinces promise and report, over all of them."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.schemas import NATION
from cds_analysis.views.prose.base import Prose
from cds_analysis.views.text import Text

__all__ = ["promises", "reporting", "targets_of_all", "yardsticks"]

_NAMED = 3


def targets_of_all(judged: pl.DataFrame, t: Text) -> Prose:
    """How many own targets can be held against a figure, how they stand, who is nearest and who farthest."""
    own = judged.filter(pl.col("scope") != NATION)
    if not own.height:
        return Prose(t("**No target of a province is on record.**"))
    paired = own.filter(pl.col("status") != "no_data")
    met = paired.filter(pl.col("status") == "achieved").height
    parts = [
        t(
            "**On record: {targets} of {provinces}; {paired} can be held against a figure, {met} of them"
            " met.**",
            targets=t.counted("{n} target", "{n} targets", own.height),
            provinces=t.counted("{n} province", "{n} provinces", own["province_id"].n_unique()),
            paired=t.number(paired.height),
            met=t.number(met),
        )
    ]
    percent = paired.filter(
        pl.col("gap") > 0, pl.col("indicator_id").map_elements(t.unit, return_dtype=pl.String) == "percent"
    ).sort("gap", "province_id", "indicator_id")
    if percent.height > 1:
        near, far = percent.row(0, named=True), percent.row(-1, named=True)
        parts.append(
            t(
                "Of those in percent that are short, the nearest is {near}, the farthest {far}.",
                near=_case(near, t),
                far=_case(far, t),
            )
        )
    silent = own.height - paired.height
    if silent:
        parts.append(
            t(
                "For {n} no figure of the same definition is on record, which says nothing about the"
                " province's results.",
                n=t.number(silent),
            )
        )
    parts.append(t("Judged on {day}.", day=t.date(judged["judged_on"][0])))
    return Prose(" ".join(parts))


def _case(row: dict, t: Text) -> str:
    return t(
        "{province} ({indicator}: {value} in {when}, target {target})",
        province=t.province(row["province_id"]),
        indicator=t.indicator(row["indicator_id"]),
        value=t.value(row["value"], "percent", bound=row["bound"]),
        when=f"{row['as_of'].month}/{row['as_of'].year}",
        target=t.value(row["target"], "percent"),
    )


def yardsticks(found: pl.DataFrame, t: Text, *, fewest: int) -> Prose:
    """For the national targets with most figures, how many provinces reach them."""
    several = found.filter(pl.col("n_figures") >= fewest)
    if not several.height:
        return Prose(
            t.counted(
                "No national target has figures of {n} province or more.",
                "No national target has figures of {n} provinces or more.",
                fewest,
            )
        )
    share = pl.col("n_reached") / pl.col("n_figures")
    most = several.sort(share, "n_figures", "indicator_id", "due", descending=[True, True, False, False])
    best, worst = most.row(0, named=True), most.row(-1, named=True)
    said = t.counted(
        "**{n} national target has figures of at least {provinces}.** Most often reached: {best}; least"
        " often: {worst}.",
        "**{n} national targets have figures of at least {provinces}.** Most often reached: {best}; least"
        " often: {worst}.",
        several.height,
        provinces=t.counted("{n} province", "{n} provinces", fewest),
        best=_reached(best, t),
        worst=_reached(worst, t),
    )
    return Prose(
        said
        + " "
        + t(
            "These are the provinces that said something, on different days; they are not a sample of the"
            " country."
        )
    )


def _reached(row: dict, t: Text) -> str:
    return t(
        "{indicator}, {target} by {year} ({k} of {n})",
        indicator=t.indicator(row["indicator_id"]),
        target=t.value(row["target"], t.unit(row["indicator_id"])),
        year=str(row["due"].year),
        k=t.number(row["n_reached"]),
        n=t.number(row["n_figures"]),
    )


def promises(found: pl.DataFrame, t: Text) -> Prose:
    """Whether provinces ask of themselves more or less than the nation does."""
    known = found.drop_nulls("national")
    total = int(known.select(pl.sum_horizontal("n_above", "n_equal", "n_below")).sum().item() or 0)
    if not total:
        return Prose(t("No province's target has a national one of the same indicator and date beside it."))
    above, equal, below = (int(known[c].sum()) for c in ("n_above", "n_equal", "n_below"))
    return Prose(
        t.counted(
            "**Of {n} target that the nation sets for the same date too, as much as the nation's: {equal};"
            " more: {above}; less: {below}.**",
            "**Of {n} targets that the nation sets for the same date too, as much as the nation's: {equal};"
            " more: {above}; less: {below}.**",
            total,
            equal=t.number(equal),
            above=t.number(above),
            below=t.number(below),
        )
    )


def reporting(found: pl.DataFrame, correlated: pl.DataFrame, t: Text) -> Prose:
    """Who reports, who is silent, and whether those who report more do better."""
    silent = found.filter(pl.col("n_figures") == 0)
    parts = [
        t(
            "**{figures} figures of {n} of {all} provinces are on record, half of the provinces with {median}"
            " indicators or more.**",
            figures=t.number(found["n_figures"].sum()),
            n=t.number(found.height - silent.height),
            all=t.number(found.height),
            median=t.number(found["n_indicators"].median(), 0),
        )
    ]
    if silent.height:
        named = t.listing(t.provinces(silent["province_id"].to_list()[:10]))
        parts.append(t("Nothing is on record of {names}.", names=named))
    for row in correlated.drop_nulls("spearman").iter_rows(named=True):
        r, low, high = (t.number(row[c], 2, sign=True) for c in ("spearman", "low", "high"))
        if row["index_id"] is None:
            parts.append(
                t(
                    "Provinces that report more indicators do not therefore report better figures: rank"
                    " correlation {r} ({low} to {high}, n = {n}).",
                    r=r,
                    low=low,
                    high=high,
                    n=t.number(row["n"]),
                )
                if row["low"] <= 0 <= row["high"]
                else t(
                    "How many indicators a province reports goes with how good its figures are: rank"
                    " correlation {r} ({low} to {high}, n = {n}).",
                    r=r,
                    low=low,
                    high=high,
                    n=t.number(row["n"]),
                )
            )
        else:
            name = f"{t.index_short(row['index_id'])} {row['year']}"
            parts.append(
                t(
                    "With the place in {index}: {r} ({low} to {high}, n = {n}).",
                    index=name,
                    r=r,
                    low=low,
                    high=high,
                    n=t.number(row["n"]),
                )
            )
    return Prose(" ".join(parts))
