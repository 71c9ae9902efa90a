"""What a page says first: findings in words. Every sentence of a headline comes from here, for both
languages.

A sentence is built from rows of :func:`cds_analysis.measures.findings.findings` and says how sure it is
itself: what a survey could show by chance is said to be within its error, what rests on two definitions not
to compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cds_analysis.dataset.register import WHOLE
from cds_analysis.views.markup import Markup, templates
from cds_analysis.views.text import Text

__all__ = ["Sentence", "headline", "standfirst", "verdict"]

_TEMPLATES = Path(__file__).parent.parent / "templates"
EXTREME = 1 / 6  # a rank in the first or last sixth of the table is worth a headline: ten of 63
_SOME = 3  # parts named in one sentence
_MOST = 2  # findings in a headline


@dataclass(frozen=True)
class Sentence:
    """A sentence: as HTML with links to its figures, and as plain text."""

    html: Markup

    @property
    def text(self) -> str:
        """The sentence without links."""
        return self.html.striptags()

    def __html__(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text


def verdict(findings: pl.DataFrame, ranked: pl.DataFrame, t: Text, *, province: str) -> list[Sentence]:
    """Return the headline of a province and the sentences below it, at most three findings in all.

    Examples
    --------
    >>> import cds_analysis as cds
    >>> study = cds.open(lang="en")
    >>> for sentence in study.province("Lạng Sơn").verdict:
    ...     print(sentence)
    Lạng Sơn: joint first in digital infrastructure, 62nd of 63 in digital society activity DTI 2024 ranks the
    province 18th of 63; its ranks 5, 6 and 4 of 2021–2023 rest on a former definition and do not compare. In
    the PAPI survey of 2024 it is 12th of 61 (its standing likely 6–25; up 9 places on 2023, within error).
    Beyond error it is above the median in participation at local levels.
    """
    return [headline(findings, t, province=province), *standfirst(findings, ranked, t, province=province)]


def headline(findings: pl.DataFrame, t: Text, *, province: str) -> Sentence:
    """Return the headline: a missing newest year first, then a move beyond error, then the parts of the first
    index in which the province is among the first or last; the rank itself where none is.
    """
    mine = findings.filter(pl.col("province_id") == province)
    news = [*_missing(mine, t), *_sure_moves(mine, t)]
    said = [*news, *_extremes(mine, t)[: max(0, _MOST - len(news))]] or [t("no rank on record")]
    between = Markup("; ") if news else Markup(", ")
    return Sentence(_fill(t("{name}: {said}"), name=t.province(province), said=between.join(said)))


def standfirst(findings: pl.DataFrame, ranked: pl.DataFrame, t: Text, *, province: str) -> list[Sentence]:
    """Return the sentences below the headline: the first index with the years before, then the first
    survey.
    """
    mine = findings.filter(pl.col("province_id") == province)
    history = ranked.filter((pl.col("province_id") == province) & (pl.col("dimension_id") == WHOLE))
    whole = _wholes(mine, t)
    surveyed = [r for r in whole if t.survey(r["index_id"]) is not None][:1]
    ranked_only = [r for r in whole if t.survey(r["index_id"]) is None][:1]
    said = [_of_ranking(row, history, t, province) for row in ranked_only]
    return [Sentence(s) for s in (*said, *(_of_survey(row, mine, t, province) for row in surveyed))]


def _wholes(mine: pl.DataFrame, t: Text) -> list[dict]:
    """Return the indices' newest ranks in the register's order."""
    rows = {r["index_id"]: r for r in mine.filter(pl.col("kind") == "whole").iter_rows(named=True)}
    return [rows[index] for index in t.profiled if index in rows]


def _fill(message: str, **values: object) -> Markup:
    """Fill a translated message; what is not markup is escaped."""
    return Markup(message).format(**values)


def see(text: str, anchor: str) -> Markup:
    """Return a text that leads to the figure of that id on the page."""
    return Markup(templates(_TEMPLATES).get_template("see.html.j2").render(text=text, anchor=anchor))


def _who(t: Text, province: str) -> str:
    return t("the city") if t.is_city(province) else t("the province")


# ---- the headline


def _missing(mine: pl.DataFrame, t: Text) -> list[Markup]:
    rows = mine.filter(pl.col("kind") == "missing").sort("weight", descending=True)
    return [
        see(
            t("not in {index} {year}", index=t.index_short(r["index_id"]), year=r["table_year"]),
            r["index_id"],
        )
        for r in rows.head(1).iter_rows(named=True)
    ]


def _sure_moves(mine: pl.DataFrame, t: Text) -> list[Markup]:
    rows = mine.filter(pl.col("kind") == "move", pl.col("certainty") == "sure")
    said = []
    for r in rows.iter_rows(named=True):
        words = {"a": t.place(r["rank_from"]), "b": t.place(r["rank"]), "index": t.index_short(r["index_id"])}
        said.append(
            t("from {a} up to {b} in {index}, beyond error", **words)
            if r["rank"] < r["rank_from"]
            else t("from {a} down to {b} in {index}, beyond error", **words)
        )
    return [see(text, r["index_id"]) for text, r in zip(said, rows.iter_rows(named=True))]


def _extremes(mine: pl.DataFrame, t: Text) -> list[Markup]:
    """Return one or two clauses on the first index: strengths before weaknesses, equal places joined."""
    whole = _wholes(mine, t)[:1]
    if not whole:
        return []
    rows = mine.filter(pl.col("index_id") == whole[0]["index_id"], pl.col("kind") == "part")
    end = (pl.col("weight") >= 1 - 2 * EXTREME) & (pl.col("certainty") == "published")
    found = rows.filter(end).rows(named=True)
    if whole[0]["rank"] in (1, whole[0]["n_ranked"]):
        found = [*whole, *found]
    good = [r for r in found if 2 * r["rank"] <= r["n_ranked"]]
    bad = [r for r in found if 2 * r["rank"] > r["n_ranked"]]
    if found:
        return _clauses([good[0], bad[0]] if good and bad else (good or bad)[:_MOST], t)
    best = rows.filter(pl.col("certainty") == "published").sort("rank", "dimension_id").head(1)
    return [*_clauses(whole, t), *(_best(r, t) for r in best.iter_rows(named=True))]


def _best(row: dict, t: Text) -> Markup:
    name, place = (
        t.part(row["index_id"], row["dimension_id"]),
        t.place(row["rank"], tied=(row["n_tied"] or 1) > 1),
    )
    return see(t("best in {part} ({place})", part=name, place=place), row["index_id"])


def _clauses(rows: list[dict], t: Text) -> list[Markup]:
    said = []
    same = len(rows) == 2 and len({(r["rank"], r["n_ranked"], (r["n_tied"] or 1) > 1) for r in rows}) == 1
    groups = [rows] if same else [[r] for r in rows]
    for group in groups:
        row = group[0]
        names = [
            (
                t("{index} {year}", index=t.index_short(r["index_id"]), year=r["year"])
                if r["kind"] == "whole"
                else t.part(r["index_id"], r["dimension_id"])
            )
            for r in group
        ]
        place = t.place(row["rank"], row["n_ranked"], tied=(row["n_tied"] or 1) > 1)
        said.append(see(t("{place} in {parts}", place=place, parts=t.listing(names)), row["index_id"]))
    return said


# ---- the sentences below it


def _of_ranking(row: dict, history: pl.DataFrame, t: Text, province: str) -> Markup:
    """The rank of an index without a survey, and the years before it."""
    index = t.index_short(row["index_id"])
    place = see(t.place(row["rank"], row["n_ranked"], tied=(row["n_tied"] or 1) > 1), row["index_id"])
    words = {"index": index, "year": row["year"], "who": _who(t, province), "place": place}
    before = _years_before(row, history)
    if not before:
        return _fill(t("{index} {year} ranks {who} {place}."), **words)
    ranks = t.listing([str(r["rank"]) for r in before])
    years = f"{before[0]['year']}–{before[-1]['year']}" if len(before) > 1 else str(before[0]["year"])
    words |= {"ranks": ranks, "years": years}
    if row["crosses_break"]:
        return _fill(
            (
                t(
                    "{index} {year} ranks {who} {place}; its ranks {ranks} of {years} rest on a former"
                    " definition and do not compare."
                )
                if len(before) > 1
                else t(
                    "{index} {year} ranks {who} {place}; its rank {ranks} of {years} rests on a former"
                    " definition and does not compare."
                )
            ),
            **words,
        )
    return _fill(
        (
            t(
                "{index} {year} ranks {who} {place}, after ranks {ranks} in {years}; the error of the ranks"
                " is not known."
            )
            if len(before) > 1
            else t(
                "{index} {year} ranks {who} {place}, after rank {ranks} in {years}; the error of the ranks is"
                " not known."
            )
        ),
        **words,
    )


def _years_before(row: dict, history: pl.DataFrame) -> list[dict]:
    """Return up to three years without a gap and of one definition, right before that of the row."""
    rows = history.filter(pl.col("index_id") == row["index_id"], pl.col("year") < row["year"]).drop_nulls(
        "rank"
    )
    found: list[dict] = []
    for r in rows.sort("year", descending=True).iter_rows(named=True):
        expected = row["year"] - 1 - len(found)
        if r["year"] != expected or (found and r["segment"] != found[0]["segment"]) or len(found) == _SOME:
            break
        found.append(r)
    return found[::-1]


def _interval(row: dict, t: Text) -> str:
    """The likely range of its standing; that a rank lies outside it is said, for it looks like a slip."""
    low, high = row["rank_low"], row["rank_high"]
    if low is None:
        return t("error not known")
    if row["rank"] < low:
        return t("its standing behind one year's figure likely lower, {low}–{high}", low=low, high=high)
    if row["rank"] > high:
        return t("its standing behind one year's figure likely higher, {low}–{high}", low=low, high=high)
    return t("its standing likely {low}–{high}", low=low, high=high)


def _of_survey(row: dict, mine: pl.DataFrame, t: Text, province: str) -> Markup:
    """The rank in a survey with its interval, the last move, and the parts that differ beyond its error."""
    index = row["index_id"]
    place = see(t.place(row["rank"], row["n_ranked"]), index)
    aside = "; ".join(filter(None, [_interval(row, t), _move(mine, index, row, t)]))
    words = {"index": t.index_short(index), "year": row["year"], "place": place, "aside": aside}
    missing = mine.filter(pl.col("kind") == "missing", pl.col("index_id") == index)
    if missing.height:
        said = _fill(
            t(
                "{index} {last} has no result of {who}: it is missing, not last; in {year} it was {place}"
                " ({aside})."
            ),
            last=missing["table_year"][0],
            who=_who(t, province),
            **words,
        )
    else:
        said = _fill(t("In the {index} survey of {year} it is {place} ({aside})."), **words)
    return Markup(" ").join([said, *_apart(mine, index, t)])


def _move(mine: pl.DataFrame, index: str, row: dict, t: Text) -> str:
    moved = mine.filter(pl.col("kind") == "move", pl.col("index_id") == index, pl.col("year") == row["year"])
    if not moved.height:
        return ""
    move = moved.row(0, named=True)
    if move["certainty"] == "sure":  # the headline says it
        return ""
    gained = move["rank_from"] - move["rank"]
    year = move["year_from"]
    if gained == 0:
        return t("the same rank as in {year}", year=year)
    said = (
        t.counted("up {n} place on {year}", "up {n} places on {year}", gained, year=year)
        if gained > 0
        else t.counted("down {n} place on {year}", "down {n} places on {year}", -gained, year=year)
    )
    doubt = {
        "likely": t("likely a real change"),
        "within_error": t("within error"),
        "unknown": t("which cannot be judged"),
    }
    return f"{said}, {doubt[move['certainty']]}"


def _apart(mine: pl.DataFrame, index: str, t: Text) -> list[Markup]:
    """Name the parts that are surely above or below the median; say it where none is."""
    parts = mine.filter(pl.col("kind") == "part", pl.col("index_id") == index).sort("weight", descending=True)
    if not parts.height:
        return []
    sure = parts.filter(pl.col("certainty") == "sure")
    names = {
        side: [
            t.part(index, r["dimension_id"])
            for r in sure.filter(pl.col("side") == side).iter_rows(named=True)
        ]
        for side in ("better", "worse")
    }
    words = {side: _some(found, t) for side, found in names.items()}
    if all(names.values()):
        message = t("Beyond error it is above the median in {better}, below it in {worse}.")
    elif names["better"]:
        message = t("Beyond error it is above the median in {better}.")
    elif names["worse"]:
        message = t("Beyond error it is below the median in {worse}.")
    else:
        message = t("No dimension differs from the median by more than noise.")
    return [_fill(message, **words)]


def _some(names: list[str], t: Text) -> str:
    if len(names) <= _SOME:
        return t.listing(names)
    return t("{names} and {k} more", names=", ".join(names[:_SOME]), k=t.number(len(names) - _SOME))
