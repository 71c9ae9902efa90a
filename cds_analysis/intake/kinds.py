"""What kind of figure it is: result, target, rank, score, change, member of a group, or setting only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cds_analysis.intake.figures import Figure
from cds_analysis.intake.frame import Text
from cds_analysis.intake.rules import Rules

__all__ = ["ALL_RANKED", "Row", "kind_of"]

ALL_RANKED = (63, 34, 64)  # so many provinces or units are ranked


@dataclass(frozen=True)
class Row:
    """What the figures behind one may take from it."""

    figure: Figure
    kind: str
    unit: str
    proposal: str | None
    score: float | None
    is_same_sentence: bool = True


def kind_of(
    figure: Figure, promise: str, text: Text, last: Row | None, rules: Rules
) -> tuple[str | None, str]:
    """Return the kind of a figure and its unit; no kind where it is no figure after all.

    Parameters
    ----------
    figure, text
        The figure and its block.
    promise
        target or result, as its surroundings say.
    last
        The figure before it, whose kind a bare number in a list takes.
    rules
        The words to go by.
    """
    unit = figure.unit
    left = figure.left[-90:] if figure.left.strip(" (,:") else figure.before[-90:]
    if unit == "fraction" and (
        rules["rank"].search(left)
        or (figure.denominator in ALL_RANKED and rules["rank"].search(re.sub(r"\W+$", " ", left)))
    ):
        return ("target" if promise == "target" else "rank"), "rank"
    if unit == "fraction" and re.match(r"\s*(?:điểm|points?)\b", figure.right):
        return "score", "score"
    if unit == "fraction":
        return promise, "percent"
    if unit == "rank":
        if rules["top"].search(left[-25:]):
            if figure.value in ALL_RANKED:
                return None, ""
            return ("target" if promise == "target" else "group"), "rank"
        return ("target" if promise == "target" else "rank"), "rank"
    if unit == "times":
        return "change", "times"
    is_change = (
        rules["change"].search(left)
        and not rules["goes_to"].search(left)
        and not figure.printed.startswith("từ")
    )
    if unit == "places":
        return "change", "places"
    if is_change and unit in ("percent", "points", "score", "", "count", "currency"):
        if rules["growth_indicator"].search(figure.before[-120:]):
            return promise, "percent"
        if unit != "count" or re.search(r"(?:tăng|giảm)(?: thêm)?\s*$", left):
            return "change", unit or "score"
    if unit == "points":
        return "change", "points"
    if unit == "" and text.block.kind == "cell":
        return _of_cell(promise, text, rules)
    if unit == "":
        return (promise, "count") if last is None else (last.kind, last.unit)
    if unit == "currency":
        return "context", "currency"
    if unit == "score":
        return ("target" if promise == "target" else "score"), "score"
    if unit == "percent" and rules["score_subject"].search(left) and not rules["share_near"].search(left):
        return ("target" if promise == "target" else "score"), "score"
    if (
        (
            unit == "percent"
            and last is not None
            and last.unit == "rank"
            and last.proposal
            and promise == "result"
        )
        and last.is_same_sentence
        and re.search(r"\bvới\s(?:điểm số\s|số điểm\s|mức\s)?$", left)
    ):
        return "score", "score"
    if unit == "count" and (
        rules["context_noun"].match(figure.right)
        or (rules["context_place"].match(figure.right) and rules["context_place_before"].search(left))
        or (rules["context_task"].match(figure.right) and rules["context_before"].search(left))
    ):
        return "context", "count"
    return promise, unit


def _of_cell(promise: str, text: Text, rules: Rules) -> tuple[str | None, str]:
    """Return kind and unit of a bare number in a table, by its headers."""
    block = text.block
    headers = " ".join([block.column, block.row])
    if rules["column_number"].search(block.column):
        return None, ""
    if rules["column_rank"].search(block.column) or rules["column_rank"].search(block.row):
        return ("target" if promise == "target" else "rank"), "rank"
    if rules["column_score"].search(block.column):
        return ("target" if promise == "target" else "score"), "score"
    if "%" in headers or rules["share_near"].search(headers) or any("%" in h.text for h in block.above[-3:]):
        return promise, "percent"
    return promise, "count"
