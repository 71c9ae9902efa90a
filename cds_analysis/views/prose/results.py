"""What the figures say: the dataset, comparisons, gaps, moves, trends, and a province in a few lines."""

from __future__ import annotations

from math import factorial

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import formed_from
from cds_analysis.dataset.scalars import extent
from cds_analysis.measures.ranks import random_move
from cds_analysis.views.labels import READING_LABELS, STATUS_LABELS
from cds_analysis.views.prose.base import Prose
from cds_analysis.views.text import Text

__all__ = ["comparison", "dataset", "moves", "place", "profile", "standing", "target_gap", "trend"]

_ENDS = 3  # of a ranking that are named
FEW_YEARS = 6  # up to here the correction for many provinces can hardly be passed by one alone


def dataset(data: Dataset, t: Text) -> Prose:
    """How large the dataset is, and what is not in it."""
    counts = data.row_counts()
    articles = data.sources.filter(pl.col("kind") == "article", pl.col("file").is_not_null()).height
    years = data.scores["year"]
    return Prose(
        t(
            "**The dataset holds {scores} of {provinces} from {first} to {last}, {obs} and {targets}, each"
            " with its source, one of {sources}.** Articles among these, every figure of which is recorded"
            " with its paragraph: {articles}. Figures on which sources disagree, listed below with the choice"
            " made: {conflicts}.",
            scores=t.counted("{n} score or rank", "{n} scores and ranks", counts["scores"]),
            provinces=t.counted("{n} province", "{n} provinces", counts["provinces"]),
            first=str(years.min()),
            last=str(years.max()),
            obs=t.counted("{n} figure", "{n} figures", counts["observations"]),
            targets=t.counted("{n} target", "{n} targets", counts["targets"]),
            sources=t.number(counts["sources"]),
            articles=t.number(articles),
            conflicts=t.number(counts["conflicts"]),
        )
    )


def comparison(
    compared: pl.DataFrame, t: Text, *, provinces: list[str], index_id: str, year: int, decimals: int = 2
) -> Prose:
    """One line a province: value, distance to the medians, percentile."""
    if not compared.height:
        return Prose(
            t(
                "**No score of {index} is on record for {year}.**",
                index=t.index_short(index_id),
                year=str(year),
            )
        )
    n = compared["n_reporting"][0]
    order = compared.sort("value", "province_id", descending=[True, False])["province_id"]
    lines = [
        t.counted(
            "**{index} {year}: {first} lead, {last} come last of the {n} province with a published result.**"
            " The national median is {median}.",
            "**{index} {year}: {first} lead, {last} come last of the {n} provinces with a published result.**"
            " The national median is {median}.",
            n,
            index=t.index_short(index_id),
            year=str(year),
            first=t.listing([t.province(p) for p in order.head(_ENDS)]),
            last=t.listing([t.province(p) for p in order.tail(_ENDS)]),
            median=t.number(compared["national_median"][0], decimals),
        ),
        "",
    ]
    for p in provinces:
        own = compared.filter(pl.col("province_id") == p)
        if not own.height:
            lines.append(
                "- "
                + t(
                    "**{name}** has no published score in this year; it is missing, not last.",
                    name=t.province(p),
                )
            )
            continue
        row = own.row(0, named=True)
        lines.append(
            "- "
            + t(
                "**{name}**: {value}, {national} against the national median, {region} against the median of"
                " its region ({region_name}, n = {k}); above {percentile} of the others.",
                name=t.province(p),
                value=t.number(row["value"], decimals),
                national=t.number(row["diff_national"], decimals, sign=True),
                region=t.number(row["diff_region"], decimals, sign=True),
                region_name=t.region(row["region_id"]),
                k=t.number(row["n_region"]),
                percentile=t.percent(row["percentile"], 0),
            )
        )
    return Prose("\n".join(lines))


def target_gap(judged: pl.DataFrame, t: Text, *, province: str, units: dict[str, str]) -> Prose:
    """How many of a province's targets are met, and the largest gap among those in percent."""
    mine = judged.filter(pl.col("province_id") == province)
    if not mine.height:
        return Prose(
            t(
                "**{name}: no target is on record that its reported figures can be set against.** That says"
                " nothing about its results.",
                name=t.province(province),
            )
        )
    own, national = (mine.filter((pl.col("scope") == "viet-nam") == flag) for flag in (False, True))
    counts = mine.group_by("status").len().sort("len", "status", descending=[True, False]).rows()
    parts = [
        t.counted(
            "**{name}: {met} of {n} target met at the latest figure** (its own: {own}; national yardsticks:"
            " {national}), judged on {day}.",
            "**{name}: {met} of {n} targets met at the latest figure** (its own: {own}; national yardsticks:"
            " {national}), judged on {day}.",
            mine.height,
            name=t.province(province),
            met=t.number(mine.filter(pl.col("status") == "achieved").height),
            own=t.number(own.height),
            national=t.number(national.height),
            day=t.date(mine["judged_on"][0]),
        )
    ]
    parts.append(
        t("By status: {list}.", list="; ".join(f"{t(STATUS_LABELS[s])} {t.number(k)}" for s, k in counts))
    )
    short = mine.filter(
        (pl.col("gap") > 0) & pl.col("indicator_id").is_in([i for i, u in units.items() if u == "percent"])
    ).sort("gap", descending=True)
    if short.height:
        row = short.row(0, named=True)
        parts.append(
            t(
                "The largest gap is {gap} percentage points: {name} stood at {value} on {day}; the target is"
                " {target} by {due}.",
                gap=t.number(row["gap"], 1),
                name=f"*{t.indicator(row['indicator_id'])}*",
                value=t.value(row["value"], "percent", bound=row["bound"]),
                day=t.date(row["as_of"]),
                target=t.value(row["target"], "percent"),
                due=t.date(row["due"]),
            )
        )
    for row in mine.filter(pl.col("reached_on").is_not_null()).iter_rows(named=True):
        index = t.ranked_index(row["indicator_id"])
        if index is None:
            continue
        parts.append(
            t(
                "Its target of a place in the top {k} of {index} was reached in the ranking of {year}; the"
                " latest rank is {rank}.",
                index=index,
                k=t.number(row["target"]),
                year=str(row["reached_on"].year),
                rank=t.number(row["value"]),
            )
        )
    return Prose(" ".join(parts))


def moves(
    moved: pl.DataFrame, t: Text, *, index_name: str, provinces: list[str], year_from: int, year_to: int
) -> Prose:
    """What the picked provinces did between two years, beside what provinces usually do."""
    if not moved.height:
        return Prose(t("**No province has a rank in both {a} and {b}.**", a=str(year_from), b=str(year_to)))
    median = moved["median_move"][0]
    lines = [
        t.counted(
            "**{index}, {a} to {b}: the {n} province ranked in both years moved {places}.**",
            "**{index}, {a} to {b}: half of the {n} provinces ranked in both years moved at least"
            " {places}.**",
            moved["n_common"][0],
            index=index_name,
            a=str(year_from),
            b=str(year_to),
            places=t.counted("{n} place", "{n} places", median, 0 if float(median).is_integer() else 1),
        )
    ]
    if moved["places_gained_common"].null_count() < moved.height:
        lines[0] += " " + t(
            "If ranks were drawn afresh at random, provinces would move {random} places on average, so a move"
            " of a few places says little.",
            random=t.number(random_move(moved["n_common"][0]), 1),
        )
    else:
        lines[0] += " " + t(
            "This is a sample of the provinces, in which leaders, last places and large jumps are"
            " over-represented."
        )
    if moved["crosses_break"].any():
        lines[0] += " " + t(
            "The definition changed between the two years: scores do not compare, ranks only with care."
        )
    lines.append("")
    for p in provinces:
        own = moved.filter(pl.col("province_id") == p)
        if not own.height:
            lines.append(
                "- " + t("**{name}** has no rank in at least one of the two years.", name=t.province(p))
            )
            continue
        row = own.row(0, named=True)
        common = row["places_gained_common"]
        aside = (
            ""
            if common is None or common == row["places_gained"]
            else " "
            + t("({k} among the provinces published in both years)", k=t.number(common, 0, sign=True))
        )
        gained = row["places_gained"]
        verb = (
            t.counted("rose {n} place", "rose {n} places", gained)
            if gained > 0
            else (
                t.counted("fell {n} place", "fell {n} places", -gained) if gained < 0 else t("kept its place")
            )
        )
        lines.append(
            "- "
            + t(
                "**{name}** {verb}, from {a} to {b}{aside}.",
                name=t.province(p),
                verb=verb,
                a=str(row["rank_from"]),
                b=str(row["rank_to"]),
                aside=aside,
            )
        )
    return Prose("\n".join(lines))


def trend(judged: pl.DataFrame, converged: pl.DataFrame, t: Text, *, index_name: str) -> Prose:
    """How many provinces show a trend in each run of years with one definition, of their score and against
    the country, and whether they converge.
    """
    lines, short = [], []
    for _, rows in judged.group_by("segment", maintain_order=True):
        first, last = extent(rows["first_year"])[0], extent(rows["last_year"])[1]
        years = f"{first}–{last}" if first < last else str(first)
        tested = rows.filter(pl.col("verdict") != "too_short")
        if not tested.height:
            short.append(years)
            continue
        count = dict(tested.group_by("verdict").len().iter_rows())
        said = t.counted(
            "**{years}**: of {n} province tested, {up} rising, {down} falling, {none} without a trend"
            " beyond chance.",
            "**{years}**: of {n} provinces tested, {up} rising, {down} falling, {none} without a trend"
            " beyond chance.",
            tested.height,
            years=years,
            up=t.number(count.get("rising", 0)),
            down=t.number(count.get("falling", 0)),
            none=t.number(count.get("no_trend", 0)),
        )
        own = dict(tested.drop_nulls("verdict_own").group_by("verdict_own").len().iter_rows())
        if own:
            said += " " + t(
                "Against the country, which is the province's own part: {up} rise, {down} fall.",
                up=t.number(own.get("rising", 0)),
                down=t.number(own.get("falling", 0)),
            )
        n_years = extent(tested["n_years"])[1]
        if n_years <= FEW_YEARS:
            said += " " + t.counted(
                "With {n} year the smallest possible p is {p}, so only a trend shared by many provinces could"
                " pass.",
                "With {n} years the smallest possible p is {p}, so only a trend shared by many provinces"
                " could pass.",
                n_years,
                p=t.number(2 / factorial(n_years), 3),
            )
        lines.append(f"- {said}")
    if short:
        lines.append(
            "- "
            + t(
                "**{years}**: fewer than five years of one definition, too few for a verdict.",
                years=", ".join(short),
            )
        )
    for row in converged.iter_rows(named=True):
        said = t(
            "**Spread {years}** (n = {n}): the standard deviation went from {a} to {b} (p {p}); low starters"
            " gained {beta} points a year for each point they started lower (95% interval {low} to {high}).",
            years=f"{row['first_year']}–{row['last_year']}",
            n=t.number(row["n_provinces"]),
            a=t.number(row["sd_first"], 2),
            b=t.number(row["sd_last"], 2),
            p=t.p_value(row["p_sigma"]),
            beta=t.number(-row["beta"], 3),
            low=t.number(-row["beta_high"], 3),
            high=t.number(-row["beta_low"], 3),
        )
        lines.append(f"- {said} {t(READING_LABELS[row['reading']])}")
    if judged["depends_on_detected"].any():
        lines.append(
            "- "
            + t.counted(
                "Some definitions are only known from a jump in the figures. If only documented breaks"
                " counted, {k} of {n} verdict would be another.",
                "Some definitions are only known from a jump in the figures. If only documented breaks"
                " counted, {k} of {n} verdicts would be others.",
                judged.height,
                k=t.number(judged["depends_on_detected"].sum()),
            )
        )
    return Prose("\n".join([t("**{index}: trends within one definition.**", index=index_name), "", *lines]))


def standing(ranked: pl.DataFrame, t: Text, *, province: str, indices: list[str]) -> Prose:
    """The latest rank of a province in each of these indices, and which full tables of the latest year lack
    it.
    """
    own = ranked.filter((pl.col("province_id") == province) & (pl.col("dimension_id") == "overall")).sort(
        "year"
    )
    parts = []
    for index_id in indices:
        rows = own.filter(pl.col("index_id") == index_id).drop_nulls("rank")
        if not rows.height:
            parts.append("- " + t("**{index}**: no rank on record.", index=t.index_short(index_id)))
            continue
        row = rows.row(-1, named=True)
        move = (
            ""
            if row["places_gained"] is None
            else ", "
            + t.counted(
                "{n} place against the year before",
                "{n} places against the year before",
                row["places_gained"],
                sign=True,
            )
        )
        if row["crosses_break"]:
            move += " " + t("(the definition changed, so read this with care)")
        of = f"/{row['n_ranked']}" if row["n_ranked"] else ""
        parts.append(
            "- "
            + t(
                "**{index} {year}**: rank {rank}{move}.",
                index=t.index_short(index_id),
                year=str(row["year"]),
                rank=f"{row['rank']}{of}",
                move=move,
            )
        )
    whole = ranked.filter((pl.col("dimension_id") == "overall") & pl.col("index_id").is_in(indices))
    last = whole.filter(pl.col("year") == pl.col("year").max().over("index_id"))
    for index_id in indices:
        table = last.filter(pl.col("index_id") == index_id)
        if table["is_full"].any() and province not in table["province_id"]:
            parts.append(
                "- "
                + t(
                    "{index} {year} did not publish {name}: it is missing, not last.",
                    index=t.index_short(index_id),
                    year=str(table["year"][0]),
                    name=t.province(province),
                )
            )
    return Prose("\n".join(parts))


def place(data: Dataset, t: Text, *, province: str, peers: pl.DataFrame) -> Prose:
    """Where the province is, how large and rich, its peers, and what became of it in 2025."""
    row = data.provinces.row(by_predicate=pl.col("province_id") == province, named=True)
    parts = [t("Region: {region}.", region=t.region(row["region_id"]))]
    context = data.context.filter(pl.col("province_id") == province).sort("year")
    if context.height:
        c = context.row(-1, named=True)
        parts.append(
            t(
                "In {year}: {people} thousand people, {urban} of them urban; GRDP per head {income} million"
                " VND.",
                year=str(c["year"]),
                people=t.number(c["population_thousand"], 1),
                urban=t.percent(100 * c["urban_population_thousand"] / c["population_thousand"], 0),
                income=t.number(c["grdp_per_capita_million_vnd"], 1),
            )
        )
    mine = peers.filter(pl.col("province_id") == province).sort("peer_order")["peer_id"].to_list()
    parts.append(
        t(
            "Structural peers (closest in income, size and urban share): {names}.",
            names=", ".join(t.province(p) for p in mine),
        )
    )
    parts.append(
        t(
            "Since 1 July 2025 it is part of the unit {unit}, formed from {parts}.",
            unit=t.unit_2025(row["unit_2025_id"]),
            parts=t.listing(t.provinces(formed_from(row["unit_2025_id"], data.provinces))),
        )
        if len(formed_from(row["unit_2025_id"], data.provinces)) > 1
        else t("Its territory did not change on 1 July 2025.")
    )
    return Prose(" ".join(parts))


def profile(data: Dataset, t: Text, *, province: str) -> Prose:
    """What the dataset knows about a province, so that a thin profile says so itself."""
    figures = data.observations.filter(pl.col("province_id") == province).height
    years = data.scores.filter(pl.col("province_id") == province)["year"]
    if not figures:
        return Prose(
            t(
                "The articles in the dataset report no figure of {name}: this profile rests on the indices"
                " alone ({first}–{last}).",
                name=t.province(province),
                first=str(years.min()),
                last=str(years.max()),
            )
        )
    return Prose(
        t.counted(
            "{n} figure of {name} from articles is on record, beside the indices of {first}–{last}.",
            "{n} figures of {name} from articles are on record, beside the indices of {first}–{last}.",
            figures,
            name=t.province(province),
            first=str(years.min()),
            last=str(years.max()),
        )
    )
