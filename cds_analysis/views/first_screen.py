"""The first screen of a province's profile, which is also its one A4 page: answer, figures, doubt, source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from cds_analysis.dataset.register import Series
from cds_analysis.dataset.scalars import extent
from cds_analysis.views.charts.small import Bullet, Spark, Strip, bullet, locator, spark, strip
from cds_analysis.views.citing import cited, paragraph
from cds_analysis.views.labels import STATUS_LABELS
from cds_analysis.views.panel import Panel, panel
from cds_analysis.views.prose.base import sources_of
from cds_analysis.views.prose.verdict import Sentence
from cds_analysis.views.text import Text
from cds_analysis.views.wording import MISSING

__all__ = [
    "Card",
    "Figure",
    "Goal",
    "Group",
    "Row",
    "cards",
    "figures",
    "first_screen",
    "goals",
    "groups",
]

GOOD, BAD = ("achieved", "on_track"), ("missed", "deteriorating", "limited", "needs_acceleration")
_DRAWN = ["index_id", "dimension_id", "year", "province_id", "score", "rank", "n_ranked", "source_id"]


@dataclass(frozen=True)
class Card:
    """An index: its newest rank, what to know about it, and the ranks before."""

    index_id: str
    title: str
    tag: str
    is_old: bool
    rank: str
    of: str
    aside: str
    note: str
    spark: Spark
    label: str


@dataclass(frozen=True)
class Row:
    """A dimension: where the province is among all, its rank, and that of the year before."""

    number: str
    name: str
    strip: Strip
    rank: str
    of: str
    before: str
    said: str


@dataclass(frozen=True)
class Group:
    """The dimensions of one index in one year."""

    title: str
    tag: str
    year_before: str
    rows: list[Row]


@dataclass(frozen=True)
class Figure:
    """A figure that the province reported."""

    value: str
    name: str
    parts: str
    source: dict
    where: str


@dataclass(frozen=True)
class Goal:
    """A target beside the figure it is set against, or the nearest one where the definitions differ."""

    name: str
    value: str
    target: str
    whose: str
    status: str
    bullet: Bullet | None
    source: dict


def cards(
    wholes: pl.DataFrame, history: pl.DataFrame, breaks: pl.DataFrame, t: Text, *, lead_year: int
) -> list[Card]:
    """Make a card for each index that profiles speak of.

    Parameters
    ----------
    wholes
        Findings of the kind ``whole`` of one province.
    history
        Its ranks as a whole in every index and year.
    breaks
        The table of that name.
    lead_year
        The newest year of the first index; older figures say their age.
    """
    newest = {r["index_id"]: r for r in wholes.iter_rows(named=True)}
    made = []
    for index in t.profiled:
        about = {"index_id": index, "note": t.dimension(index)}
        row = newest.get(index)
        if row is None:
            title, tag = t.index_short(index), t("nothing on record")
            made.append(
                Card(
                    title=title,
                    tag=tag,
                    is_old=True,
                    rank=MISSING,
                    of="",
                    aside="",
                    spark=Spark(),
                    label="",
                    **about,
                )
            )
            continue
        own = history.filter(pl.col("index_id") == index).drop_nulls("rank")
        last = own.sort("year").row(-1, named=True)
        reasons = breaks.filter(
            pl.col("index_id") == index,
            pl.col("dimension_id") == last["dimension_id"],
            pl.col("scope") == "definition",
        )
        band = None if row["rank_low"] is None else (row["rank_low"], row["rank_high"])
        is_old = row["year"] < lead_year
        tag = (
            t("nothing newer on record")
            if is_old
            else t("new definition")
            if last["segment"] == row["year"]
            else ""
        )
        title = t("{index} {year}", index=t.index_short(index), year=row["year"])
        score = (
            ""
            if last["score"] is None
            else t("score {value}", value=t.number(last["score"], t.decimals(index, exact=True)))
        )
        doubt = "" if band is None else t("standing {low}–{high}", low=band[0], high=band[1])
        place = f"{row['rank']}/{row['n_ranked']}" if row["n_ranked"] else str(row["rank"])
        said = ", ".join(f"{r['year']}: {r['rank']}" for r in own.sort("year").iter_rows(named=True))
        made.append(
            Card(
                title=title,
                tag=tag,
                is_old=is_old,
                rank=str(row["rank"]),
                of=f"/{row['n_ranked']}" if row["n_ranked"] else "",
                aside=doubt or score,
                spark=spark(
                    own,
                    dict(reasons.select("year", f"reason_{t.lang}").iter_rows()),
                    last=max(lead_year, row["year"]),
                    band=band,
                ),
                label=t("{title}: rank {place}. By year: {said}", title=title, place=place, said=said),
                **about,
            )
        )
    return made


def groups(
    parts: pl.DataFrame, ranks_before: pl.DataFrame, register: list[Series], t: Text, *, province: str
) -> list[Group]:
    """Make the rows of strengths and weaknesses: the newest year in which the province is on record,
    strongest first.

    `parts` comes from :func:`cds_analysis.measures.findings.parts`; `ranks_before` are the province's ranks
    of the year before.
    """
    about = {s.key: s for s in register}
    made = []
    for index in t.profiled:
        own = parts.filter(pl.col("index_id") == index, pl.col("province_id") == province)
        if not own.height:
            continue
        year = extent(own["year"])[1]
        newest = extent(parts.filter(pl.col("index_id") == index)["year"])[1]
        table = parts.filter(pl.col("index_id") == index, pl.col("year") == year)
        earlier = ranks_before.filter(pl.col("index_id") == index, pl.col("year") == year - 1).drop_nulls(
            "rank"
        )
        before = {r["dimension_id"]: r for r in earlier.iter_rows(named=True)}
        rows = [
            _row(r, table, before.get(r["dimension_id"]), about[f"{index}/{r['dimension_id']}"], t)
            for r in own.filter(pl.col("year") == year).sort("rank", "part_position").iter_rows(named=True)
        ]
        title = t("{index} {year}", index=t.index_short(index), year=year)
        tag = t("{year}: no result", year=newest) if year < newest else ""
        made.append(Group(title, tag, str(year - 1) if before else "", rows))
    return made


def _row(row: dict, table: pl.DataFrame, before: dict | None, series: Series, t: Text) -> Row:
    scores = table.filter(pl.col("dimension_id") == row["dimension_id"])["score"].to_list()
    name = t.dimension(row["index_id"], row["dimension_id"])
    tied = "*" if (row["n_tied"] or 1) > 1 else ""
    crosses = "†" if before is not None and before["segment"] != row["segment"] else ""
    value = t.number(row["score"], series.decimals_exact)
    median = t.number(row["median"], series.decimals_exact)
    place = f"{row['rank']}/{row['n_ranked']}"
    return Row(
        number=series.number or "",
        name=name,
        strip=strip(
            scores,
            row["score"],
            side=row["side"],
            band=None if row["se"] is None else (row["score_low"], row["score_high"]),
        ),
        rank=str(row["rank"]),
        of=f"/{row['n_ranked']}{tied}",
        before="" if before is None or before["rank"] is None else f"{before['rank']}{crosses}",
        said=t(
            "{name}: {value}, rank {place}; median {median}",
            name=name,
            value=value,
            place=place,
            median=median,
        ),
    )


def figures(
    observations: pl.DataFrame, t: Text, *, first: Iterable[str] = (), most: int | None = None
) -> list[Figure]:
    """Make the list of figures reported, newest first; indicators of `first` go before the others of their
    day. Of the few that a screen holds (`most`) shares come first: a count says little about a province whose
    size is not in view.
    """
    wanted = list(first)
    units = pl.DataFrame({"indicator_id": list(t.units), "unit": list(t.units.values())})
    rows = observations.join(units, on="indicator_id", how="left").with_columns(
        _wanted=~pl.col("indicator_id").is_in(wanted),
        _plain=pl.col("unit") != "percent",
    )
    by = ["_plain", "as_of"] if most else ["as_of", "_plain"]
    rows = rows.sort(
        *by, "_wanted", "indicator_id", descending=[*(column == "as_of" for column in by), False, False]
    )
    if most:
        rows = rows.unique("indicator_id", keep="first", maintain_order=True).head(most)
    return [_figure(r, t) for r in rows.iter_rows(named=True)]


def _figure(row: dict, t: Text) -> Figure:
    parts = ""
    if row["numerator"] is not None and row["denominator"] is not None:
        parts = f"{t.number(row['numerator'])}/{t.number(row['denominator'])}"
    return Figure(
        value=t.value(row["value"], t.unit(row["indicator_id"]), 1, bound=row["bound"]),
        name=t.indicator(row["indicator_id"]),
        parts=parts,
        source=cited(t, [row["source_id"]])[0],
        where=", ".join(filter(None, [t.date(row["as_of"]), paragraph(row["locator"], t)])),
    )


def goals(judged: pl.DataFrame, t: Text, *, differs: bool = False) -> list[Goal]:
    """Make the list of targets beside figures; `differs` where the target's definition is another one.

    `judged` comes from :func:`cds_analysis.measures.gaps.merge_repeated`; of targets with another definition
    it has ``near_id``, the indicator of the figure.
    """
    made = []
    for r in judged.iter_rows(named=True):
        unit = t.unit(r["indicator_id"])
        state = "good" if r["status"] in GOOD else "bad" if r["status"] in BAD else "open"
        value = (
            ""
            if r["value"] is None
            else t(
                "{value} on {day}",
                value=t.value(r["value"], unit, 1, bound=r["bound"]),
                day=t.date(r["as_of"]),
            )
        )
        goal = t.value(r["target"], unit, 1, bound=">" if r["comparator"] == ">" else "=")
        made.append(
            Goal(
                name=t.indicator(r["indicator_id"]),
                value=value,
                target=t("target {target} by {due}", target=goal, due=t.date(r["due"])),
                whose=t("national") if r["scope"] == "viet-nam" else t("own"),
                status=t("another definition") if differs else t(STATUS_LABELS[r["status"]]),
                bullet=(
                    bullet(r["value"], r["target"], state="open" if differs else state)
                    if unit == "percent"
                    else None
                ),
                source=cited(t, r["target_source_ids"])[0],
            )
        )
    return made


def first_screen(
    t: Text,
    *,
    province: str,
    sentences: list[Sentence],
    made: list[Card],
    strips: list[Group],
    reported: list[Figure],
    n_reported: int,
    near: list[Goal],
    others: list[Goal],
    beside: list[dict],
    unknown: list[str],
    context: list[str],
    region: str,
    tiles: pl.DataFrame,
    drawn: pl.DataFrame,
    context_sources: Iterable[str],
) -> Panel:
    """Lay out the first screen. What is empty is left out."""
    return panel(
        "first_screen",
        name="first_screen",
        alt="\n".join(s.text for s in sentences),
        data=drawn.select(_DRAWN),
        t=t,
        name_of=t.province(province),
        everyone=t.counted("All {n} province", "All {n} provinces", tiles.height),
        region=region,
        sentences=sentences,
        cards=made,
        groups=strips,
        has_ties=any(r.of.endswith("*") for g in strips for r in g.rows),
        has_breaks=any(r.before.endswith("†") for g in strips for r in g.rows),
        has_doubt=any(r.strip.band for g in strips for r in g.rows),
        reported=reported,
        reported_sources=list({f.source["title"]: f.source for f in reported}.values()),
        all_figures=t.counted("{n} figure in all", "{n} figures in all", n_reported),
        n_reported=n_reported,
        near=near,
        others=others,
        beside=beside,
        unknown=unknown,
        context=context,
        context_sources=cited(t, context_sources),
        tiles=locator(tiles, province),
        sources=cited(t, sources_of(drawn)),
    )
