"""Where a province most likely lies among all, whether it rose, and how sure that is, in sentences."""

from __future__ import annotations

from typing import Any

import polars as pl

from cds_analysis.measures.breaks import SURELY_LOWER
from cds_analysis.views.labels import CHANGE_LABELS, CHANGE_REASON_LABELS
from cds_analysis.views.prose.base import Prose
from cds_analysis.views.text import Text

__all__ = ["assumptions", "changes", "how_likely", "likely_ranks", "no_standing"]

_MOST_NAMED = 6  # provinces of one kind that a sentence names; the table lists all


def how_likely(p: float, t: Text) -> str:
    """Return a probability in words: a reader who is no statistician should not have to weigh 0.83."""
    for least, words in (
        (0.95, t("almost certain")),
        (0.80, t("likely")),
        (0.20, t("could be either")),
        (0.05, t("unlikely")),
    ):
        if p >= least:
            return words
    return t("almost excluded")


def likely_ranks(rows: pl.DataFrame, t: Text, *, provinces: list[str]) -> Prose:
    """Say for each province the rank of its latest figure, where it likely lies, whether it rose since the
    year that rises are counted from, and where it likely lies a year on.

    `rows` are those of ``standing`` of the front door.
    """
    lines = []
    for province in provinces:
        own = rows.filter(pl.col("province_id") == province).sort("year")
        known, ahead = (own.filter(pl.col("years_ahead") == k) for k in (0, 1))
        if not known.height:
            lines.append("- " + t("**{name}**: no figure on record.", name=t.province(province)))
            continue
        row = known.row(-1, named=True)
        said = [
            t(
                "**{name}**: rank {rank} by the figures of {year}; likely {low}–{high}, most likely"
                " {median}.",
                name=t.province(province),
                year=str(row["year"]),
                rank=t.number(row["figure_rank"]),
                median=t.number(row["median_rank"]),
                low=t.number(row["rank_low_80"]),
                high=t.number(row["rank_high_80"]),
            )
        ]
        if row["p_rise"] is not None:
            said.append(
                t(
                    "Risen among all since {since}: {p} ({said}).",
                    since=str(row["since"]),
                    p=t.chance(row["p_rise"]),
                    said=how_likely(row["p_rise"], t),
                )
            )
        for chance, text in (
            (row["p_top_ten"], t("Among the best ten: {p}.", p=t.chance(row["p_top_ten"]))),
            (row["p_bottom_ten"], t("Among the last ten: {p}.", p=t.chance(row["p_bottom_ten"]))),
        ):
            if chance >= 0.05:
                said.append(text)
        if ahead.height:
            later = ahead.row(0, named=True)
            said.append(
                t(
                    "In {year} likely {low}–{high}.",
                    year=str(later["year"]),
                    low=t.number(later["rank_low_80"]),
                    high=t.number(later["rank_high_80"]),
                )
            )
        lines.append("- " + " ".join(said))
    note = t("*Likely* means four times in five: what has a band of 80% holds that often, no more.")
    return Prose("\n".join([*lines, "", note]))


def no_standing(t: Text, *, index_name: str, full_years: list[int]) -> Prose:
    """Say why nobody can tell standing from noise: too few full tables."""
    if not full_years:
        return Prose(
            t(
                "**{index}: where a province stands beyond the figure of one year cannot be said yet.** That"
                " needs four years with a table of all provinces; there is none, only samples.",
                index=index_name,
            )
        )
    return Prose(
        t(
            "**{index}: where a province stands beyond the figure of one year cannot be said yet.** That"
            " needs four years with a table of all provinces, so that noise can be told from change; on"
            " record: {years}.",
            index=index_name,
            years=t.listing([str(y) for y in full_years]),
        )
    )


def changes(judged: pl.DataFrame, t: Text, *, provinces: list[str], index_name: str) -> Prose:
    """Count and name the provinces whose standing changed between two years, and say it of those picked out.

    `judged` comes from ``changes`` of the front door, for one series.
    """
    years = {"a": str(judged["year_from"][0]), "b": str(judged["year_to"][0])}
    where: dict[str, Any] = {"index": index_name, **years}
    sayable = judged.filter(pl.col("verdict") != "cannot_say")
    if not sayable.height:
        reasons = judged["reason"].value_counts(sort=True)["reason"].to_list()
        head = t(
            "**{index}, {a} to {b}: of no province can it be said whether it rose: {reason}.**",
            reason=t(CHANGE_REASON_LABELS[reasons[0]]),
            **where,
        )
        return Prose(head)
    holding = sayable.filter(pl.col("verdict").is_in(["risen", "fallen"]))
    if holding.height:
        said = [
            t.counted(
                "**{index}, {a} to {b}: of {n} province, {k} moved beyond error: {names}.**",
                "**{index}, {a} to {b}: of {n} provinces, {k} moved beyond error: {names}.**",
                sayable.height,
                k=t.number(holding.height),
                names=_moved(holding, t, most=holding.height),
                **where,
            )
        ]
    else:
        said = [
            t.counted(
                "**{index}, {a} to {b}: of {n} province, no move is beyond error.**",
                "**{index}, {a} to {b}: of {n} provinces, no move is beyond error when all are"
                " looked at together.**",
                sayable.height,
                **where,
            )
        ]
    up, down = (sayable.filter(pl.col("verdict") == v) for v in ("likely_risen", "likely_fallen"))
    if up.height:
        names = _moved(up, t, most=_MOST_NAMED)
        said.append(t("Likely up, though among so many some will not be: {names}.", names=names))
    if down.height:
        said.append(t("Likely down: {names}.", names=_moved(down, t, most=_MOST_NAMED)))
    lines = [" ".join(said), ""]
    order = dict(zip(provinces, range(len(provinces))))
    mine = judged.filter(pl.col("province_id").is_in(provinces))
    lines += [_of(row, t) for row in sorted(mine.to_dicts(), key=lambda r: order[r["province_id"]])]
    if judged["order_z"][0] is not None and judged["order_z"][0] < SURELY_LOWER:
        lines += [
            "",
            t(
                "In {b} less of the order of provinces was kept than usual, as after a change of what is"
                " measured: read moves into that year with care.",
                **years,
            ),
        ]
    if judged["depends_on_detected"].any():
        k = judged["depends_on_detected"].sum()
        lines += [
            "",
            t.counted(
                "Without the breaks that were only detected in the figures, the verdict on {k} of the {n}"
                " province would be another.",
                "Without the breaks that were only detected in the figures, the verdict on {k} of the {n}"
                " provinces would be another.",
                judged.height,
                k=t.number(k),
            ),
        ]
    return Prose("\n".join(lines))


def _moved(rows: pl.DataFrame, t: Text, *, most: int) -> str:
    first = rows.sort((pl.col("p_rise") - 0.5).abs(), descending=True).head(most)
    names = [
        t(
            "{name} (rank {a} to {b})",
            name=t.province(r["province_id"]),
            a=r["figure_rank_from"],
            b=r["figure_rank_to"],
        )
        for r in first.iter_rows(named=True)
    ]
    if rows.height > most:
        names.append(t("{k} more", k=t.number(rows.height - most)))
    return t.listing(names)


def _of(row: dict, t: Text) -> str:
    name = t.province(row["province_id"])
    if row["verdict"] == "cannot_say":
        reason = t(CHANGE_REASON_LABELS[row["reason"]])
        return "- " + t("**{name}**: cannot be said: {reason}.", name=name, reason=reason)
    return "- " + t(
        "**{name}** (rank {a} to {b}): **{verdict}**; chance that it rose {p}, noise alone would move it as"
        " far with p {q} ({q_all} for all {n} together).",
        name=name,
        a=t.number(row["figure_rank_from"]),
        b=t.number(row["figure_rank_to"]),
        verdict=t(CHANGE_LABELS[row["verdict"]]),
        p=t.chance(row["p_rise"]),
        q=t.p_value(row["p_value"]),
        q_all=t.p_value(row["p_adjusted"], bare=True),
        n=t.number(row["n_tested"]),
    )


def assumptions(rows: pl.DataFrame, t: Text) -> str:
    """Say everything that the scenario of a survey assumes.

    `rows` come from :func:`~cds_analysis.measures.rank_sensitivity.survey_assumptions`.
    """
    if not rows.height:
        return ""
    value = dict(rows.select("assumption", "value").iter_rows())
    said = t(
        "Scenario, all of it assumed, since no sampling error of a province is on record here: {interviews} a"
        " province, design effect {effect}, standard deviation {sd} points between persons on a dimension",
        interviews=t.counted("{n} interview", "{n} interviews", value["interviews"]),
        effect=t.number(value["design_effect"], 1),
        sd=t.number(value["person_sd"], 2),
    )
    if "correlation" in value:
        said += ", " + t("correlation {r} between a person's dimensions", r=t.number(value["correlation"], 2))
    return said + "."
