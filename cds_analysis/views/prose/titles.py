"""The title of a live chart: what it shows, as a sentence made by rule from the rows drawn.

A change is told only within one definition of an index, and without a word of progress: whether it is more
than survey error is another view's to say.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.views.text import Text

__all__ = [
    "of_changes",
    "of_dimensions",
    "of_figures",
    "of_pair",
    "of_places",
    "of_standing",
    "of_values",
    "of_years",
]

_NAMED = 3  # provinces that a title names one by one


def of_years(rows: pl.DataFrame, t: Text, picked: list[str], *, what: str, column: str) -> str:
    """Say from where to where each picked province went since the last new definition; with none picked, who
    leads.

    `rows` has ``province_id, year, rank, n_ranked, score, segment``; `column` is ``rank`` or ``score``.
    """
    known = rows.drop_nulls(column)
    mine = [p for p in picked if p in set(known["province_id"])]
    if not known.height or not mine:
        return of_places(known.filter(pl.col("year") == pl.col("year").max()), t, [], what=what)
    latest = known.filter(pl.col("year") == known["year"].max())
    moved = {p: _ends(known.filter(pl.col("province_id") == p)) for p in mine}
    if len(mine) <= _NAMED:
        told = "; ".join(_move(p, *moved[p], t, column) for p in mine)
        return t("{what}: {told}", what=what, told=told)
    if all(a["year"] == b["year"] for a, b in moved.values()):
        return of_places(latest, t, mine, what=what)
    sign = -1 if column == "rank" else 1
    steps = [sign * (b[column] - a[column]) for a, b in moved.values() if a["year"] != b["year"]]
    first = min(a["year"] for a, _ in moved.values())
    return t.counted(
        "{what}: of {n} province picked, {up} went up and {down} down from {first} to {last}",
        "{what}: of {n} provinces picked, {up} went up and {down} down from {first} to {last}",
        len(mine),
        what=what,
        up=t.number(sum(s > 0 for s in steps)),
        down=t.number(sum(s < 0 for s in steps)),
        first=str(first),
        last=str(max(b["year"] for _, b in moved.values())),
    )


def of_places(rows: pl.DataFrame, t: Text, picked: list[str], *, what: str) -> str:
    """Say who leads in the year of the rows, and the places of up to three picked."""
    ranked = rows.drop_nulls("rank").sort("rank", "province_id")
    if not ranked.height:
        return t("{what}: no rank on record", what=what)
    year, n = str(ranked["year"].max()), ranked["n_ranked"].max() or ranked.height
    leading = [p for p, r in ranked.select("province_id", "rank").iter_rows() if r <= _NAMED]
    lead = t.listing([t.province(p) for p in leading[:_NAMED]]) if len(leading) <= 5 else ""
    of = dict(ranked.select("province_id", "rank").iter_rows())
    mine = [f"{t.province(p)} {of[p]}/{n}" for p in picked if p in of and len(picked) <= _NAMED]
    parts = [t("{names} lead", names=lead)] if lead else []
    parts += ["; ".join(mine)] if mine else []
    return t(
        "{what} {year}: {told}",
        what=what,
        year=year,
        told="; ".join(parts) or t.counted("{n} province ranked", "{n} provinces ranked", n),
    )


def of_values(rows: pl.DataFrame, t: Text, picked: list[str], *, what: str, decimals: int) -> str:
    """Say how the picked provinces lie to the median of all; `rows` has ``province_id, value,
    national_median``.
    """
    if not rows.height:
        return t("{what}: no score on record", what=what)
    median = rows["national_median"][0]
    value = dict(rows.select("province_id", "value").iter_rows())
    mine = [p for p in picked if p in value]
    middle = t("median of all {median}", median=t.number(median, decimals))
    if not mine:
        return t("{what}: {told}", what=what, told=middle)
    if len(mine) <= _NAMED:
        each = "; ".join(f"{t.province(p)} {t.number(value[p], decimals)}" for p in mine)
        return t("{what}: {told}", what=what, told=f"{each}; {middle}")
    above = sum(value[p] > median for p in mine)
    told = t.counted(
        "above the median: {k} of {n} province picked",
        "above the median: {k} of {n} provinces picked",
        len(mine),
        k=t.number(above),
    )
    return t("{what}: {told}", what=what, told=told)


def of_dimensions(rows: pl.DataFrame, t: Text, picked: list[str], *, what: str) -> str:
    """Say in which part each picked province stands best and worst; `rows` has ``province_id, series_id,
    rank, n_reporting``.
    """
    told, alone = [], len(picked) == 1
    for p in picked[:_NAMED]:
        mine = rows.filter(pl.col("province_id") == p).sort(pl.col("rank") / pl.col("n_reporting"))
        if mine.height:
            ends = mine.row(0, named=True), mine.row(-1, named=True)
            best, worst = (f"{t.series(r['series_id'])} ({r['rank']}/{r['n_reporting']})" for r in ends)
            told.append(
                t("{name} best in {best}, worst in {worst}", name=t.province(p), best=best, worst=worst)
                if alone
                else t("{name} best in {best}", name=t.province(p), best=best)
            )
    if len(picked) > _NAMED or not told:
        told = [
            t.counted(
                "where {n} province stands in each part",
                "where {n} provinces stand in each part",
                rows["province_id"].n_unique(),
            )
        ]
    return t("{what}: {told}", what=what, told="; ".join(told))


def of_pair(rho: float | None, n: int, t: Text, *, one: str, other: str, year: int) -> str:
    """Say how two series go together."""
    if rho is None or n < 5:
        return t(
            "{one} and {other} {year}: too few provinces have both", one=one, other=other, year=str(year)
        )
    words = (
        (
            t("hardly go together")
            if abs(rho) < 0.3
            else t("go together somewhat")
            if abs(rho) < 0.6
            else t("go together closely")
        )
        if rho > -0.3
        else t("go against each other")
    )
    return t(
        "{one} and {other} {words} ({year}: Spearman {rho}, n = {n})",
        one=one,
        other=other,
        words=words,
        year=str(year),
        rho=t.number(rho, 2),
        n=t.number(n),
    )


def of_changes(rows: pl.DataFrame, t: Text, picked: list[str], *, what: str, first: int, last: int) -> str:
    """Say how many provinces changed their rank; `rows` has ``province_id, value`` (places gained)."""
    known = rows.drop_nulls("value")
    gained = dict(known.select("province_id", "value").iter_rows())
    mine = [
        f"{t.province(p)} {t.number(gained[p], sign=True)}"
        for p in picked
        if p in gained and len(picked) <= _NAMED
    ]
    up, down = known.filter(pl.col("value") > 0).height, known.filter(pl.col("value") < 0).height
    told = t("{up} provinces up, {down} down", up=t.number(up), down=t.number(down))
    return t(
        "{what}, rank {first} to {last}: {told}",
        what=what,
        first=str(first),
        last=str(last),
        told="; ".join([*mine, told]),
    )


def of_standing(rows: pl.DataFrame, t: Text, picked: list[str], *, what: str) -> str:
    """Say which ranks are likely in the last year that has a figure."""
    known = rows.filter(pl.col("years_ahead") == 0)
    known = known.filter(pl.col("year") == pl.col("year").max())
    by = {r["province_id"]: r for r in known.iter_rows(named=True)}
    mine = [by[p] for p in picked if p in by and len(picked) <= _NAMED]
    if not mine:
        return t.counted(
            "{what}: likely ranks of {n} province",
            "{what}: likely ranks of {n} provinces",
            len(by),
            what=what,
        )
    each = [
        t(
            "{name} {low} to {high}",
            name=t.province(r["province_id"]),
            low=t.number(r["rank_low_80"]),
            high=t.number(r["rank_high_80"]),
        )
        for r in mine
    ]
    return t(
        "{what} {year}, likely rank (80%): {told}", what=what, year=str(mine[0]["year"]), told="; ".join(each)
    )


def of_figures(judged: pl.DataFrame, t: Text, *, n_provinces: int) -> str:
    """Say how many of the provinces that have a figure reach the target, and how many have none."""
    seen = judged.filter(pl.col("value").is_not_null())
    who = seen["province_id"].n_unique()
    met = seen.filter(pl.col("status") == "achieved").height
    return t.counted(
        "{met} of {n} target with a figure reached; provinces with one: {who}, without: {none}",
        "{met} of {n} targets with a figure reached; provinces with one: {who}, without: {none}",
        seen.height,
        met=t.number(met),
        who=t.number(who),
        none=t.number(n_provinces - who),
    )


def _ends(rows: pl.DataFrame) -> tuple[dict, dict]:
    """Return the first and the last row of the last definition."""
    last = rows.sort("year").row(-1, named=True)
    same = rows.filter(pl.col("segment").eq_missing(pl.lit(last["segment"]))).sort("year")
    return same.row(0, named=True), last


def _move(province: str, a: dict, b: dict, t: Text, column: str) -> str:
    def at(row: dict) -> str:
        if column == "score":
            return t.number(row["score"], t.decimals(row["index_id"], row["dimension_id"], exact=True))
        return f"{row['rank']}/{row['n_ranked']}" if row["n_ranked"] else str(row["rank"])

    name = t.province(province)
    if a["year"] == b["year"]:
        return t("{name} {at} ({year})", name=name, at=at(b), year=str(b["year"]))
    return t(
        "{name} {start} ({first}) → {end} ({last})",
        name=name,
        start=at(a),
        first=str(a["year"]),
        end=at(b),
        last=str(b["year"]),
    )
