"""Three things the figures show, each with one small picture: do ranks move by more than their error, do
documents and citizens agree, how many targets can be set against a figure.
"""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from cds_analysis.pages.landing.record import Agreement, Moves, Record, Targets
from cds_analysis.pages.landing.ways import Ways

__all__ = ["findings", "moves_in_words"]

_NAMED = 3  # provinces that a heading names
_WIDTH, _HEIGHT = 200, 136  # of a picture, in its own units
_ROW = 20  # squares in a row


def findings(record: Record, ways: Ways) -> list[dict]:
    """Return what there is to show, each with ``question, title, note, kind`` and what its picture needs."""
    judged = next((moves for moves in record.moves.values() if moves.is_judged), None)
    found = [
        judged and _moved(judged, ways),
        record.agreement and _agreement(record.agreement, ways),
        record.targets and _targets(record.targets, ways),
    ]
    return [one for one in found if one]


def moves_in_words(moves: Moves, ways: Ways) -> str:
    """Say how many provinces moved by more than the error of their rank, and which."""
    t, real, n = ways.t, moves.real, moves.rows.height
    about: dict[str, Any] = {"index": t.index_short(moves.whole.index_id), "k": t.number(len(real))}
    if not real:
        return t.counted(
            "Of {n} province none moved in {index} by more than its error",
            "Of {n} provinces none moved in {index} by more than its error",
            n,
            index=about["index"],
        )
    if len(real) > _NAMED:
        return t.counted(
            "{k} of {n} province moved in {index} by more than its error",
            "{k} of {n} provinces moved in {index} by more than their error",
            n,
            **about,
        )
    said = t.counted(
        "Only {k} of {n} province moved in {index} by more than its error",
        "Only {k} of {n} provinces moved in {index} by more than its error",
        n,
        **about,
    )
    return f"{said}: {t.listing([ways.spoken(p) for p in real])}"


def _moved(moves: Moves, ways: Ways) -> dict:
    t, year = ways.t, moves.whole.year
    top, left, right = 8, 30, 122
    ends = moves.rows.select("rank_from", "rank_to")
    most = max(2, *(rank for row in ends.iter_rows() for rank in row))
    real = set(moves.real)

    def height(rank: int) -> float:
        return round(top + (rank - 1) / (most - 1) * (_HEIGHT - 28), 1)

    lines = [
        {
            "y1": height(row["rank_from"]),
            "y2": height(row["rank_to"]),
            "is_real": row["province_id"] in real,
            "is_rise": row["places_gained"] > 0,
            "from": row["rank_from"],
            "to": row["rank_to"],
            "name": ways.spoken(row["province_id"]),
        }
        for row in moves.rows.sort("rank_to", "province_id").iter_rows(named=True)
    ]
    lines.sort(key=lambda line: line["is_real"])  # drawn last, on top
    note = t.counted(
        "Ranks of {a} and {b}; {n} province.",
        "Ranks of {a} and {b}; {n} provinces.",
        len(lines),
        a=str(moves.before),
        b=str(year),
    )
    note += " " + t("Error: estimated from all provinces and years.")
    if len(real) == 1:
        row = moves.rows.row(by_predicate=pl.col("province_id").is_in(real), named=True)
        note += " " + t(
            "{name}: most likely place {a}, then {b}.",
            name=ways.spoken(row["province_id"]),
            a=row["likely_from"],
            b=row["likely_to"],
        )
    return {
        "kind": "slope",
        "question": t("How do ranks move?"),
        "title": moves_in_words(moves, ways),
        "note": note,
        "years": (str(moves.before), str(year)),
        "left": left,
        "right": right,
        "lines": lines,
        "is_labelled": len(real) <= _NAMED,
        "link": (ways.to_page("ranking_trends"), t("Who rises, who falls")),
    }


def _agreement(agreement: Agreement, ways: Ways) -> dict:
    t = ways.t
    documents, citizens = t.index_short(agreement.documents), t.index_short(agreement.citizens)
    names = {"documents": documents, "citizens": citizens}
    if agreement.low > 0:
        title = t(
            "Provinces that rank high in {documents} tend to be rated well by citizens ({citizens})", **names
        )
    elif agreement.high < 0:
        title = t(
            "Provinces that rank high in {documents} tend to be rated lower by citizens ({citizens})", **names
        )
    else:
        title = t(
            "A high rank in {documents} does not mean that citizens rate a province well ({citizens})",
            **names,
        )
    note = t.counted(
        "Rank correlation {year}: {rho} (95%: {low} to {high}); {n} province, a dot each.",
        "Rank correlation {year}: {rho} (95%: {low} to {high}); {n} provinces, a dot each.",
        agreement.n,
        year=str(agreement.year),
        rho=t.number(agreement.spearman, 2),
        low=t.number(agreement.low, 2),
        high=t.number(agreement.high, 2),
    )
    first = [
        agreement.rows.sort(f"percentile_{side}", "province_id", descending=[True, False])["province_id"][0]
        for side in ("documents", "citizens")
    ]
    dots = []
    for row in agreement.rows.sort(pl.col("province_id").is_in(first), "province_id").iter_rows(named=True):
        x = round(18 + row["percentile_documents"] / 100 * (_WIDTH - 26), 1)
        y = round(8 + (1 - row["percentile_citizens"] / 100) * (_HEIGHT - 32), 1)
        is_named = row["province_id"] in first
        dots.append({"x": x, "y": y, "name": ways.short(row["province_id"]) if is_named else ""})
    return {
        "kind": "scatter",
        "question": t("How do provinces compare?"),
        "title": title,
        "note": note,
        "dots": dots,
        "axes": (t("higher in {index} →", index=documents), t("higher in {index} →", index=citizens)),
        "link": (ways.to_page("province_comparison"), t("Compare provinces")),
    }


def _targets(targets: Targets, ways: Ways) -> dict:
    t, n, k = ways.t, targets.n_indicators, targets.n_with_figure
    rows = math.ceil(n / _ROW)
    step = min(18.0, 108 / rows)
    squares = [
        {
            "x": i % _ROW * 10,
            "y": round(8 + i // _ROW * step, 1),
            "height": round(step - 3, 1),
            "is_known": i < k,
        }
        for i in range(n)
    ]
    title = t.counted(
        "{n} indicator has a target, {k} of them a provincial figure to set against it",
        "{n} indicators have a target, {k} of them a provincial figure to set against it",
        n,
        k=t.number(k),
    )
    note = ""
    if targets.years:
        first, last = targets.years
        span = str(last) if first == last else f"{first}–{last}"
        note = t.counted(
            "Figures reported by {n} province, {years}; ranks are counted where a target is a rank.",
            "Figures reported by {n} provinces, {years}; ranks are counted where a target is a rank.",
            targets.n_reporting,
            years=span,
        )
    return {
        "kind": "squares",
        "question": t("How far from the targets?"),
        "title": title,
        "note": note,
        "squares": squares,
        "labels": (t("{n} with a figure", n=t.number(k)), t("{n} without", n=t.number(n - k))),
        "link": (ways.to_page("target_gap"), t("How far is each target")),
    }
