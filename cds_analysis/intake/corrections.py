"""Correct candidates: one as another kind, all of a section, all that are alike; or add a figure that was
not found.
"""

from __future__ import annotations

import re

import polars as pl

from cds_analysis.errors import ParameterError
from cds_analysis.intake.document import Block
from cds_analysis.intake.extract import CANDIDATES, Tools
from cds_analysis.intake.figures import figures, is_english, number

__all__ = ["added", "alike", "as_kind", "corrected", "in_section"]

_LEVELS = ("result", "target", "context")


def as_kind(row: dict, kind: str) -> dict:
    """Return what a candidate is as another kind: kind, unit, bound, value, numerator and denominator.

    Examples
    --------
    >>> row = {"kind": "rank", "unit": "rank", "value": 25.0, "numerator": None, "denominator": 63.0}
    >>> row |= {"bound": "=", "printed": "25/63"}
    >>> as_kind(row, "result")["unit"], as_kind(row, "result")["value"]
    ('percent', 39.6825)
    >>> as_kind(row | as_kind(row, "result"), "rank")["value"]
    25.0
    """
    unit, value = row["unit"], row["value"]
    numerator, denominator = row["numerator"], row["denominator"]
    bound = row["bound"] or "="
    if kind in ("rank", "group", "score"):
        unit = "score" if kind == "score" else "rank"
        if numerator is not None and row["unit"] not in ("rank", "score"):
            value, numerator = numerator, None
        bound = "<=" if kind == "group" else "=" if kind == "rank" else bound
    elif kind in _LEVELS and (unit in ("places", "points", "times") or (unit == "rank" and kind != "target")):
        unit = "percent" if "%" in row["printed"] or denominator else "count"
        if denominator and numerator is None:
            value, numerator = round(100 * value / denominator, 4), value
        bound = "=" if row["kind"] == "group" else bound
    elif kind in ("result", "context") and unit == "score":
        unit = "percent" if "%" in row["printed"] else "count"
    elif kind == "change":
        unit = {"rank": "places", "score": "points"}.get(unit, unit)
    return {
        "kind": kind,
        "unit": unit,
        "bound": bound,
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "date_is": "due" if kind == "target" else "as_of",
    }


def in_section(frame: pl.DataFrame, blocks: list[Block], heading: int) -> list[int]:
    """Return the places of the undecided candidates below a heading (its block's number; 0 is the whole
    document).
    """
    below = {f"p{b.number}" for b in blocks if heading == 0 or heading in {h.number for h in b.above}}
    return [n for n, row in _undecided(frame) if row["paragraph"] in below]


def alike(frame: pl.DataFrame, at: int, changes: dict) -> list[int]:
    """Return the places of the undecided candidates that have what the candidate at `at` has in every
    column that changes, itself among them.
    """
    own = frame.row(at, named=True)
    columns = [c for c in changes if c in ("kind", "unit", "place_type", "place", "date", "proposal")]
    return [n for n, row in _undecided(frame) if n == at or all(row[c] == own[c] for c in columns)]


def corrected(frame: pl.DataFrame, places: list[int], changes: dict) -> pl.DataFrame:
    """Return candidates with changes in some rows; a change of kind brings unit, bound and value with it.

    Examples
    --------
    >>> from cds_analysis import load
    >>> from cds_analysis.intake.extract import extract
    >>> found = extract("Năm 2023, Lạng Sơn có 85% hộ có cáp quang, 12 bệnh viện.", load())
    >>> corrected(found, [0, 1], {"kind": "target", "place": "ca-mau"})["place"].to_list()
    ['ca-mau', 'ca-mau']
    """
    chosen, rows = set(places), []
    for n, row in enumerate(frame.iter_rows(named=True)):
        if n in chosen:
            if "kind" in changes and "unit" not in changes and changes["kind"] != row["kind"]:
                row |= as_kind(row, changes["kind"])
            row |= changes
        rows.append(row)
    return pl.DataFrame(rows, schema=frame.schema)


def added(frame: pl.DataFrame, block: Block, start: int, end: int, tools: Tools) -> tuple[pl.DataFrame, int]:
    """Return candidates with the figure that stands in a selected part of a block, and its place.

    Place, date and kind are those of the candidate before it, for the reader to look at.

    Raises
    ------
    ParameterError
        When no number is selected, or it is a candidate already.
    """
    selected = block.text[start:end]
    digits = re.search(r"\d+(?:[.,]\d+)*", selected)
    if digits is None:
        raise ParameterError("the selected text holds no number")
    paragraph, at = f"p{block.number}", start + digits.start()
    for row in frame.filter(pl.col("paragraph") == paragraph).iter_rows(named=True):
        if row["start"] <= at < row["end"]:
            raise ParameterError(f"{row['printed']} is a candidate already: {row['candidate']}")
    known = [f for f in figures(block.text, tools.rules) if f.start <= at < f.end]
    printed = known[0].printed if known else selected[digits.start() :].rstrip(" .,;:)")
    first = known[0].start if known else at
    is_share = "%" in block.text[at : at + len(digits[0]) + 2]
    value = float(digits[0].replace(",", "")) if is_english(block.text) else number(digits[0])
    unit = known[0].unit if known and known[0].unit else "percent" if is_share else "count"
    near = f"{block.text[max(0, first - 90) : first]}# {block.text[first + len(printed) :][:60]}"
    about = tools.proposer.indicators(near, block.text[:400], unit)
    before = frame.filter(_stands_before(paragraph, first))
    last = before.row(-1, named=True) if before.height else dict.fromkeys(CANDIDATES)
    names = [p.about for p in about] + [None] * 3
    row = dict.fromkeys(CANDIDATES) | {
        "candidate": _free_name(frame),
        "decision": "",
        "paragraph": paragraph,
        "start": first,
        "end": first + len(printed),
        "printed": printed,
        "kind": last["kind"] if last["kind"] in _LEVELS else "result",
        "value": known[0].value if known else value,
        "unit": "percent" if unit == "fraction" else unit,
        "bound": known[0].bound if known else "=",
        "numerator": known[0].numerator if known else None,
        "denominator": known[0].denominator if known else None,
        "place_type": last["place_type"] or "not_said",
        "place": last["place"],
        "date": last["date"],
        "date_is": last["date_is"] or "as_of",
        "proposal": next((p.about for p in about if p.is_sure), None),
        "second": names[0],
        "third": names[1],
        "heading": " > ".join(h.text[:80] for h in block.above) or None,
        "reason": "added by a person; place, date and kind as of the figure before it",
    }
    new = pl.DataFrame([row], schema=frame.schema)
    return pl.concat([frame[: before.height], new, frame[before.height :]]), before.height


def _stands_before(paragraph: str, start: int) -> pl.Expr:
    number = pl.col("paragraph").str.slice(1).cast(pl.Int64, strict=False)
    own = int(paragraph[1:])
    return (number < own) | ((number == own) & (pl.col("start") < start))


def _undecided(frame: pl.DataFrame) -> list[tuple[int, dict]]:
    return [(n, row) for n, row in enumerate(frame.iter_rows(named=True)) if not row["decision"]]


def _free_name(frame: pl.DataFrame) -> str:
    taken, n = set(frame["candidate"]), 1
    while f"a{n:03}" in taken:
        n += 1
    return f"a{n:03}"
