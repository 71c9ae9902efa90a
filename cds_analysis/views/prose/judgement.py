"""What may and what may not be concluded: rules, usual moves of ranks, regions, two views,
claims, merged units.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.register import WHOLE, series_of
from cds_analysis.views.labels import CLAIM_REASON_LABELS
from cds_analysis.views.prose.base import Prose
from cds_analysis.views.text import Text

__all__ = [
    "agreement",
    "bridge",
    "checks",
    "claims",
    "cohesion",
    "region_split",
    "rules",
    "two_views",
    "units_note",
]


def rules(judged: pl.DataFrame, t: Text) -> Prose:
    """How many verdicts depend on the rule."""
    if not judged.height:
        return Prose(
            t(
                "**No target of these provinces has a pace on record, so no rule can judge it.** A pace needs"
                " two figures of one definition and a target still open."
            )
        )
    agree = judged["rules_agree"].sum()
    said = t(
        "**Targets with a pace: {n}; all rules give one verdict for {agree}.**",
        n=t.number(judged.height),
        agree=t.number(agree),
    )
    return Prose(
        said
        + " "
        + t("Where the rules differ, the verdict says as much about the rule as about the province.")
    )


def agreement(moves: pl.DataFrame, agreed: pl.DataFrame, t: Text) -> Prose:
    """How much ranks move in a usual year, and how alike they are over all years."""
    if not moves.height:
        return Prose(
            t("**Two consecutive full tables are needed to say how much ranks move; there are none.**")
        )
    usual = moves.filter(~pl.col("crosses_break"))
    within = usual if usual.height else moves
    parts = [
        t(
            "**In a usual year provinces move {shift} places on average; random ranks would move {random}.**",
            shift=t.number(within["mean_shift"].mean(), 1),
            random=t.number(within["random_shift"].mean(), 1),
        )
    ]
    broken = moves.filter("crosses_break")
    if broken.height and usual.height:
        parts.append(
            t(
                "Across a changed definition they move {shift}.",
                shift=t.number(broken["mean_shift"].mean(), 1),
            )
        )
    for row in agreed.iter_rows(named=True):
        parts.append(
            t(
                "Over {years} ({a}–{b}), among the {provinces} ranked in all of them, Kendall's W is {w}"
                " (random ranks: {random}; p {p}, {draws}): 1 would mean that nothing ever moved.",
                years=t.counted("{n} year", "{n} years", row["n_years"]),
                a=str(row["first_year"]),
                b=str(row["last_year"]),
                provinces=t.counted("{n} province", "{n} provinces", row["n_common"]),
                w=t.number(row["w"], 2),
                random=t.number(row["w_random"], 2),
                p=t.p_value(row["p_value"]),
                draws=t.counted("{n} permutation", "{n} permutations", row["draws"]),
            )
        )
    return Prose(" ".join(parts))


def region_split(split: pl.DataFrame, t: Text) -> Prose:
    """How much of the spread lies between regions, beside random regions."""
    rows = split.filter(pl.col("dimension_id") == "overall")
    if not rows.height:
        return Prose(
            t("**Only a sample of the provinces is on record, so the spread cannot be split by region.**")
        )
    row = rows.row(-1, named=True)
    said = t(
        "**{share} of the spread in {year} lies between the regions, {rest} between provinces of the same"
        " region** (Theil's T, n = {n}). Random regions would give {random} between them (p {p}, {draws}).",
        share=t.percent(100 * row["share_between"], 0),
        rest=t.percent(100 * (1 - row["share_between"]), 0),
        year=str(row["year"]),
        n=t.number(row["n_provinces"]),
        random=t.percent(100 * row["share_random"], 0),
        p=t.p_value(row["p_value"]),
        draws=t.counted("{n} permutation", "{n} permutations", row["draws"]),
    )
    verdict = (
        t("Region matters more than chance would have it.")
        if row["p_value"] < 0.05
        else t("That is not more than chance would give.")
    )
    return Prose(f"{said} {verdict}")


def cohesion(moved: pl.DataFrame, t: Text, *, year: int) -> Prose:
    """Whether provinces of a region moved together in rank."""
    rows = moved.filter(pl.col("year") == year)
    if not rows.height:
        return Prose(t("**Two consecutive full tables are needed to say whether regions moved together.**"))
    row = rows.row(-1, named=True)
    verdict = (
        t("provinces of a region moved together more than chance would have it")
        if row["p_value"] < 0.05
        else t("no sign that provinces of a region moved together")
    )
    return Prose(
        t(
            "**Rank moves to {year} by region: {verdict}** (theta {theta}, random regions {random}, p {p}; n"
            " = {n}). Among several years looked at, one such p may arise by chance.",
            year=str(year),
            verdict=verdict,
            theta=t.number(row["theta"], 2),
            random=t.number(row["theta_random"], 2),
            p=t.p_value(row["p_value"]),
            n=t.number(row["n_provinces"]),
        )
    )


def two_views(correlations: pl.DataFrame, t: Text, *, documents: str | None, citizens: str | None) -> Prose:
    """How far documents and citizens agree, for one pair of indices, over complete tables only."""
    full = correlations.filter(
        (pl.col("documents") == documents) & (pl.col("citizens") == citizens) & ~pl.col("is_sample")
    ).sort("year")
    names = {"documents": t.index_short(documents), "citizens": t.index_short(citizens)}
    if not full.height:
        return Prose(
            t(
                "**{documents} and {citizens}: no year in which both tables are complete.** The samples below"
                " describe only the provinces in them.",
                **names,
            )
        )
    row = full.row(-1, named=True)
    said = t(
        "**{documents} and {citizens} in {year}: rank correlation {rho} (95% interval {low} to {high}, n ="
        " {n}).**",
        year=str(row["year"]),
        rho=t.number(row["spearman"], 2),
        low=t.number(row["low"], 2),
        high=t.number(row["high"], 2),
        n=t.number(row["n"]),
        **names,
    )
    if row["low"] > 0:
        verdict = t(
            "Provinces that do well in one tend to do well in the other; the link is far from one to one."
        )
    elif row["high"] < 0:
        verdict = t("Provinces that do well in one tend to do badly in the other.")
    else:
        verdict = t("The interval holds zero: what documents say tells little about what citizens say.")
    return Prose(f"{said} {verdict}")


def claims(checked: pl.DataFrame, ratios: pl.DataFrame, t: Text) -> Prose:
    """How many claims hold."""
    count = dict(checked.group_by("verdict").len().iter_rows())
    said = t.counted(
        "**Of {n} claim about rankings, another source confirms {yes} and contradicts {no}; {open} cannot be"
        " checked.**",
        "**Of {n} claims about rankings, another source confirms {yes} and contradicts {no}; {open} cannot be"
        " checked.**",
        checked.height,
        yes=t.number(count.get("confirmed", 0)),
        no=t.number(count.get("contradicted", 0)),
        open=t.number(count.get("not_checkable", 0)),
    )
    wrong = checked.filter(pl.col("verdict") == "contradicted").sort("province_id", "claim_id")
    right = ratios.filter(pl.col("verdict") == "confirmed").height
    counted = t.counted(
        "Numerator and denominator give the share printed with them in {k} of {n} case.",
        "Numerator and denominator give the share printed with them in {k} of {n} cases.",
        ratios.height,
        k=t.number(right),
    )
    lines = [f"{said} {counted}", ""]
    lines += ["- " + _contradicted(row, t) for row in wrong.iter_rows(named=True)]
    for row in ratios.filter(pl.col("verdict") == "contradicted").iter_rows(named=True):
        lines.append(
            "- "
            + t(
                "**{name}**, {indicator}: {fraction} is {computed}, not {printed} as printed.",
                name=t.province(row["province_id"]),
                indicator=t.indicator(row["indicator_id"]),
                fraction=f"{t.number(row['numerator'])}/{t.number(row['denominator'])}",
                computed=t.percent(row["computed"], row["decimals"] + 2),
                printed=t.percent(row["value"], row["decimals"]),
            )
        )
    return Prose("\n".join(lines))


def _contradicted(row: dict, t: Text) -> str:
    """Say what a claim that another source contradicts says, and what is on record."""
    series = (
        t.index_short(row["index_id"])
        if row["dimension_id"] == WHOLE
        else t.dimension(row["index_id"], row["dimension_id"])
    )
    quantity = {
        "score": t("score"),
        "rank": t("rank"),
        "places_gained": t("places gained"),
        "region_rank": t("rank in the region"),
    }
    named = {"name": t.province(row["province_id"]), "series": f"{series} {row['year']}"}
    if row["reason"]:
        reason = t(CLAIM_REASON_LABELS[row["reason"]])
        return t("**{name}**, {series}: {reason}.", reason=reason, **named)
    places = 0 if float(row["value"]).is_integer() else 2
    return t(
        "**{name}**, {series}: the article says {what} {said}, on record is {found}.",
        what=quantity[row["quantity"]],
        said=t.number(row["value"], places),
        found=t.number(row["found"], places),
        **named,
    )


def bridge(estimated: pl.DataFrame, compared: pl.DataFrame, t: Text, *, index_name: str, year: int) -> Prose:
    """How many units are estimates, how unlike their parts are, and how the rule did where units were
    published.
    """
    if not estimated.height:
        return Prose(t("**No score of {index} is on record for {year}.**", index=index_name, year=str(year)))
    merged = estimated.filter(pl.col("n_parts") > 1)
    parts = [
        t(
            "**{index} {year}: {n} of 34 units can be given a figure, {k} of them formed from several"
            " provinces.**",
            index=index_name,
            year=str(year),
            n=t.number(estimated.height),
            k=t.number(merged.height),
        )
    ]
    if merged.height:
        row = merged.sort("spread").row(-1, named=True)
        parts.append(
            t.counted(
                "The parts differ most in {unit}: {n} point between the highest and the lowest.",
                "The parts differ most in {unit}: {n} points between the highest and the lowest.",
                row["spread"],
                2,
                unit=t.unit_2025(row["unit_id"]),
            )
        )
    if compared.height:
        close = compared.filter(pl.col("difference").abs() <= 1e-4).height
        parts.append(
            t(
                "Checked against the published figures of the units: {k} of {n} equal to within 0.0001.",
                k=t.number(close),
                n=t.number(compared.height),
            )
        )
    else:
        parts.append(
            t("No figure of the units is published for this year, so the estimate cannot be checked.")
        )
    return Prose(" ".join(parts))


def units_note(data: Dataset, t: Text) -> Prose:
    """A warning where figures are by the units of 2025; nothing for the 63 provinces."""
    if data.provinces.height != 34:
        return Prose("")
    n = data.scores.filter(pl.col("status") == "computed").height
    return Prose(
        "> "
        + t.counted(
            "By the 34 units of July 2025. **{n} of {all} scores is an estimate** from the provinces a unit"
            " was formed from ({rules}); ranks are made anew among the 34. A unit that lacks a part has no"
            " estimate. A unit lies in the region of its most populous part.",
            "By the 34 units of July 2025. **{n} of {all} scores are estimates** from the provinces a unit"
            " was formed from ({rules}); ranks are made anew among the 34. A unit that lacks a part has no"
            " estimate. A unit lies in the region of its most populous part.",
            n,
            all=t.number(data.scores.height),
            rules=_merge_rules(data, t),
        )
    )


def _merge_rules(data: Dataset, t: Text) -> str:
    """Say which indices' scores are merged by plain mean and which by population."""
    whole = [s for s in series_of(data.indices) if s.is_whole]
    plain = [t.index_short(s.index_id) for s in whole if s.merge_rule == "mean"]
    if not plain:
        return t("weighted by population")
    return t("{indices}: plain mean; others: weighted by population", indices=t.listing(plain))


def checks(past: pl.DataFrame, changes: pl.DataFrame, alarms: pl.DataFrame, t: Text) -> Prose:
    """How standings did on past years, and what the simulations found at worst, in a few sentences."""
    near = past.row(0, named=True)
    rate = dict(changes.select("case", "any_holds").iter_rows())
    worst = alarms.filter(pl.col("process") == "lingering_06").sort("rate").row(-1, named=True)
    return Prose(
        t(
            "**On {figures} of past years, foretold from the years before, standings erred {less} less than"
            ' "same as last year"; the bands of 80% and 95% held {held_80} and {held_95}.** Where nothing'
            " changed, the test of a change lets something through in {calm} of {tables} (5% are meant), in"
            " {heavy} where noise has heavy tails, and in {lasting} where noise lingers, which nobody can"
            " tell from change. The trend test alone raises up to {trend} false alarms with {years} where"
            " good years linger.",
            figures=t.counted("{n} figure", "{n} figures", near["n"]),
            tables=t.counted("{n} simulated table", "{n} simulated tables", changes["draws"][0]),
            less=t.percent(near["less_error_pct"], 0),
            held_80=t.percent(100 * near["held_80"], 0),
            held_95=t.percent(100 * near["held_95"], 0),
            calm=t.percent(100 * rate["as_assumed"], 0),
            heavy=t.percent(100 * rate["heavy_tails"], 0),
            lasting=t.percent(100 * rate["lingering"], 0),
            trend=t.percent(100 * worst["rate"], 0),
            years=t.counted("{n} year", "{n} years", worst["n_years"]),
        )
    )
