"""Tables of how sure a figure is: rules, steps, ceilings, mobility, uncertain ranks, regions, two views."""

from __future__ import annotations

import polars as pl

from cds_analysis.views.labels import CHANGE_LABELS, CHANGE_REASON_LABELS, RULE_LABELS, VIEW_LABELS
from cds_analysis.views.tables.base import Table, cells, listing, plain_table
from cds_analysis.views.tables.results import status_cell
from cds_analysis.views.text import Text
from cds_analysis.views.wording import MISSING

__all__ = [
    "carried_table",
    "ceilings_table",
    "changes_table",
    "correlations_table",
    "mobility_table",
    "paces_table",
    "regions_table",
    "rules_table",
    "steps_table",
    "views_table",
]


def rules_table(judged: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a target with a pace: the verdict by each rule, whether they agree, and the chance of being in
    time.
    """
    t = text
    shown = cells(
        judged,
        province=lambda r: t.province(r["province_id"]),
        indicator=lambda r: f"{t.indicator(r['indicator_id'])} ({t.date(r['due'])})",
        ratio=lambda r: t.number(r["pace_ratio"], 2),
        **{
            rule: lambda r, rule=rule: MISSING if r[rule] is None else status_cell(r[rule], t)
            for rule in RULE_LABELS
        },
        agree=lambda r: t("yes") if r["rules_agree"] else t("no"),
        chance=lambda r: MISSING if r["p_on_time"] is None else t.percent(100 * r["p_on_time"], 0),
    )
    columns = {
        "province": t("Province"),
        "indicator": t("Target"),
        "ratio": t("Pace ratio"),
        **{rule: t(name) for rule, name in RULE_LABELS.items()},
        "agree": t("Rules agree"),
        "chance": t("Chance in time"),
    }
    return plain_table(
        shown,
        name="rules",
        columns=columns,
        title=title,
        source=source,
        data=judged,
        right=["ratio", "chance"],
        empty=t("No target has a pace on record."),
    )


def paces_table(cases: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row an open target: the pace it needs, and how many provinces that started from a similar level
    ever moved as fast.
    """
    t = text
    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "indicator": (t("Target"), lambda r: f"{t.indicator(r['indicator_id'])} ({t.date(r['due'])})"),
        "pace": (
            t("Pace needed a year"),
            lambda r: t.difference(r["required_per_year"], t.unit(r["indicator_id"])),
        ),
        "years": (t("Held for years"), lambda r: t.number(r["horizon"])),
        "fast": (t("Provinces that ever moved as fast"), lambda r: _of(r, t)),
    }
    return listing(
        cases,
        columns,
        name="paces",
        title=title,
        source=source,
        right=["pace", "years"],
        empty=t("No province on record started from the level of an open target."),
    )


def _of(row: dict, t: Text) -> str:
    if not row["n_provinces"]:
        return t("no province on record started from there")
    return t("{k} of {n}", k=t.number(row["n_as_fast"]), n=t.number(row["n_provinces"]))


def step_name(row: dict, t: Text) -> str:
    """Name the step of a row of :mod:`cds_analysis.measures.thresholds`."""
    step = row["step"]
    if step.startswith("rank_"):
        return t("rank {k} or better", k=step.removeprefix("rank_"))
    return t("group: {name}", name=t.group(row["index_id"], row["dimension_id"], step))


def steps_table(steps: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a province and step: points missing by last year's line, how the line moved, and who ever
    gained as much in a year.
    """
    t = text

    def points(row: dict, key: str, **options) -> str:
        return t.number(row[key], t.decimals(row["index_id"], row["dimension_id"], exact=True), **options)

    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "index": (t("Index"), lambda r: f"{t.index_short(r['index_id'])} {r['year']}"),
        "step": (t("Next step"), lambda r: step_name(r, t)),
        "score": (t("Score"), lambda r: points(r, "score")),
        "line": (t("Line that year"), lambda r: points(r, "cut_off")),
        "missing": (t("Points missing"), lambda r: points(r, "points_missing")),
        "moved": (t("Line moved by"), lambda r: points(r, "moved", sign=True)),
        "fast": (t("Provinces from a similar score that gained as much in a year"), lambda r: _of(r, t)),
    }
    return listing(
        steps,
        columns,
        name="next_steps",
        title=title,
        source=source,
        right=["score", "line", "missing", "moved"],
        empty=t("No full table of scores is on record."),
    )


def ceilings_table(near: pl.DataFrame, *, text: Text, title: str, source: str, decimals: int = 2) -> Table:
    """One row a province near the top of the scale: distance to the top, first and last, and how much of it
    closes in a year.
    """
    t = text
    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "years": (t("Years of one definition"), lambda r: f"{r['first_year']}–{r['last_year']}"),
        "first": (t("Distance to the top, first"), lambda r: t.number(r["gap_first"], decimals)),
        "last": (t("Distance to the top, last"), lambda r: t.number(r["gap_last"], decimals)),
        "closed": (
            t("Share of it closed in a year"),
            lambda r: (
                MISSING
                if r["closed_per_year"] is None
                else t.percent(100 * r["closed_per_year"], 0, sign=True)
            ),
        ),
    }
    return listing(
        near,
        columns,
        name="ceilings",
        title=title,
        source=source,
        right=["first", "last", "closed"],
        empty=t("No score is near the top of its scale."),
    )


def mobility_table(moves: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a pair of years: correlation of ranks, mean shift beside the random shift."""
    t = text
    columns = {
        "years": (
            t("Two years"),
            lambda r: f"{r['year_from']}–{r['year_to']}" + (" *" if r["crosses_break"] else ""),
        ),
        "n": (t("Provinces in both"), lambda r: t.number(r["n_common"])),
        "spearman": ("Spearman", lambda r: t.number(r["spearman"], 2)),
        "kendall": ("Kendall τ", lambda r: t.number(r["kendall"], 2)),
        "shift": (t("Mean move, places"), lambda r: t.number(r["mean_shift"], 1)),
        "random": (t("Random ranks"), lambda r: t.number(r["random_shift"], 1)),
        "ratio": (t("Move over random"), lambda r: t.percent(100 * r["shift_ratio"], 0)),
    }
    return listing(
        moves,
        columns,
        name="mobility",
        title=title,
        source=f"{t('* the definition changed between the two years')}. {source}",
        right=["n", "spearman", "kendall", "shift", "random", "ratio"],
        empty=t("There are no two consecutive full tables."),
    )


def changes_table(judged: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a province: the ranks of its figures, its likely ranks, the chance that it rose, the test, and
    the verdict with and without breaks that were only detected.
    """
    t = text

    def ranks(row: dict, first: str, last: str) -> str:
        return f"{t.number(row[first])}\u00a0→\u00a0{t.number(row[last])}"

    def verdict(row: dict) -> str:
        said = t(CHANGE_LABELS[row["verdict"]])
        if row["reason"] is not None:
            said += f" ({t(CHANGE_REASON_LABELS[row['reason']])})"
        if row["depends_on_detected"]:
            other = t(CHANGE_LABELS[row["verdict_documented"]])
            said += "; " + t("documented breaks only: {verdict}", verdict=other)
        return said

    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "figure": (t("Rank of the figure"), lambda r: ranks(r, "figure_rank_from", "figure_rank_to")),
        "likely": (t("Likely rank"), lambda r: ranks(r, "rank_from", "rank_to")),
        "p_rise": (
            t("Chance that the standing rose"),
            lambda r: t.chance(r["p_rise"]),
        ),
        "p": (t("p if nothing changed"), lambda r: t.p_value(r["p_value"], bare=True)),
        "q": (t("p, corrected for many provinces"), lambda r: t.p_value(r["p_adjusted"], bare=True)),
        "verdict": (t("Verdict"), verdict),
    }
    return listing(
        judged,
        columns,
        name="changes",
        title=title,
        source=source,
        right=["figure", "likely", "p_rise", "p", "q"],
        empty=t("No province is on record in both years."),
    )


def carried_table(parts: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a province and part: its points of the whole's change, of itself and against the country, and
    whether the standing in that part really changed.
    """
    t = text

    def points(value: float) -> str:
        return t.number(value, 2, sign=True)

    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "part": (t("Dimension"), lambda r: t.dimension(r["index_id"], r["dimension_id"])),
        "change": (t("Change, points"), lambda r: f"{points(r['change'])} / {points(r['whole_change'])}"),
        "own": (
            t("Against the country, points"),
            lambda r: f"{points(r['change_own'])} / {points(r['whole_own'])}",
        ),
        "p_rise": (t("Chance that the standing rose"), lambda r: t.chance(r["p_rise"])),
        "verdict": (
            t("Verdict"),
            lambda r: MISSING if r["verdict"] is None else t(CHANGE_LABELS[r["verdict"]]),
        ),
    }
    return listing(
        parts,
        columns,
        name="carried",
        title=title,
        source=source,
        right=["change", "own", "p_rise"],
        empty=t("No province is on record in both years."),
    )


def regions_table(split: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a dimension: share of the spread between regions, beside random regions."""
    t = text
    columns = {
        "series": (
            t("Series"),
            lambda r: (
                t.index_short(r["index_id"])
                if r["dimension_id"] == "overall"
                else t.dimension(r["index_id"], r["dimension_id"])
            ),
        ),
        "year": (t("Year"), lambda r: str(r["year"])),
        "n": ("n", lambda r: t.number(r["n_provinces"])),
        "share": (t("Between regions"), lambda r: t.percent(100 * r["share_between"], 0)),
        "random": (t("Random regions"), lambda r: t.percent(100 * r["share_random"], 0)),
        "p": ("p", lambda r: t.p_value(r["p_value"], bare=True)),
    }
    return listing(
        split,
        columns,
        name="regions",
        title=title,
        source=source,
        right=["n", "share", "random", "p"],
        empty=t("No full table of scores is on record."),
    )


def correlations_table(correlations: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a pair of indices and year: rank correlation with its interval, and whether it rests on a
    sample.
    """
    t = text
    columns = {
        "pair": (
            t("Documents – citizens"),
            lambda r: f"{t.index_short(r['documents'])} – {t.index_short(r['citizens'])}",
        ),
        "year": (t("Year"), lambda r: str(r["year"])),
        "n": ("n", lambda r: t.number(r["n"])),
        "rho": (t("Rank correlation"), lambda r: t.number(r["spearman"], 2)),
        "interval": (t("95% interval"), lambda r: f"{t.number(r['low'], 2)} … {t.number(r['high'], 2)}"),
        "kind": (t("What it is"), lambda r: t("sample of provinces") if r["is_sample"] else t("full table")),
    }
    return listing(
        correlations,
        columns,
        name="two_views",
        title=title,
        source=source,
        right=["n", "rho", "interval"],
        empty=t("None."),
    )


def views_table(stable: pl.DataFrame, *, text: Text, title: str, source: str) -> Table:
    """One row a province and pair of indices: mean difference of percentiles, its spread over the years, and
    whether it keeps its sign.
    """
    t = text
    columns = {
        "province": (t("Province"), lambda r: t.province(r["province_id"])),
        "pair": (
            t("Documents – citizens"),
            lambda r: f"{t.index_short(r['documents'])} – {t.index_short(r['citizens'])}",
        ),
        "years": (
            t("Years"),
            lambda r: f"{r['first_year']}–{r['last_year']}" if r["n_years"] > 1 else str(r["first_year"]),
        ),
        "n": ("n", lambda r: t.number(r["n_years"])),
        "mean": (t("Mean difference of percentiles"), lambda r: t.number(r["mean_difference"], 0, sign=True)),
        "sd": (t("Standard deviation over the years"), lambda r: t.number(r["sd_difference"], 0)),
        "reading": (t("Reading"), lambda r: t(VIEW_LABELS[r["reading"]])),
    }
    return listing(
        stable,
        columns,
        name="view_differences",
        title=title,
        source=source,
        right=["n", "mean", "sd"],
        empty=t("None."),
    )
