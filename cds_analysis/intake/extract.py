"""Propose the figures of an article as rows of the dataset. Nothing is accepted here: each row waits for a
person's decision.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.intake.article import Paragraph, paragraphs, read_text
from cds_analysis.intake.figures import Figure, figures
from cds_analysis.intake.propose import Proposer
from cds_analysis.intake.rules import Rules, load_rules

__all__ = ["CANDIDATES", "extract", "extract_file"]

# The columns of a file of candidates; `decision` is for the reader: accept, reject, or empty.
CANDIDATES = {
    "candidate": pl.String,
    "decision": pl.String,
    "paragraph": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "printed": pl.String,
    "kind": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "bound": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "province": pl.String,
    "date": pl.Date,
    "date_is": pl.String,
    "from_year": pl.Int64,
    "proposal": pl.String,
    "score": pl.Float64,
    "second": pl.String,
    "third": pl.String,
    "reason": pl.String,
}

_QUARTERS = {"I": 1, "II": 2, "III": 3, "IV": 4}
_LAST_MONTH = {"half_year": 6, "nine_months": 9}  # of other periods: what they name, or December


def extract_file(source: str | Path, data: Dataset) -> pl.DataFrame:
    """Read an article from a file (``-`` is standard input) and propose its figures, see :func:`extract`."""
    return extract(read_text(source), data)


def extract(
    text: str, data: Dataset, rules: Rules | None = None, proposer: Proposer | None = None
) -> pl.DataFrame:
    """Propose the figures of an article.

    Parameters
    ----------
    text
        The article, a paragraph a line, page furniture and all.
    data
        Its registers (provinces, indicators, indices) say what a figure may be about.
    rules, proposer
        Made from the data folder by default; give them when many articles are read.

    Returns
    -------
    polars.DataFrame
        One row a figure, columns `CANDIDATES`: the paragraph (``p4``) and the place in it as read (spaces at
        its ends removed, letters composed, dashes made plain), the figure as printed, ``kind`` (actual,
        target, rank, rank_change, fraction, count, share, lower_bound, upper_bound), value and unit,
        province, the ``date`` it speaks of or is due (``date_is``), up to three proposals of an indicator or
        ``index/dimension`` with the score of the first, and the reason.

    Examples
    --------
    >>> from cds_analysis import load
    >>> found = extract("Đến cuối năm 2023, tỉnh Lạng Sơn có 85% dân số có hồ sơ sức khỏe điện tử (mục tiêu 90%).", load())
    >>> found.select("printed", "kind", "province", "date", "proposal").row(0)
    ('85%', 'share', 'lang-son', datetime.date(2023, 12, 31), 'ehealth_records_pct')
    >>> found["kind"].to_list()
    ['share', 'target']
    """
    rules = rules or load_rules(data.folder)
    proposer = proposer or Proposer(data, rules)
    lines = paragraphs(text, rules)
    places = _Places(lines, data)
    issued = _issued(lines, rules)
    rows = []
    for line in lines:
        if line.is_furniture:
            continue
        last: dict | None = None
        for figure in figures(line.text, rules):
            last = _row(figure, line, places, issued, rules, proposer, last)
            rows.append({"candidate": f"c{len(rows) + 1:03}", **last})
    return pl.DataFrame(rows, schema=CANDIDATES)


def _row(
    figure: Figure,
    line: Paragraph,
    places: _Places,
    issued: date | None,
    rules: Rules,
    proposer: Proposer,
    last: dict | None,
) -> dict:
    sentence_left = figure.sentence[: max(0, figure.start - line.text.find(figure.sentence))]
    promise = _promise(figure, sentence_left, issued, rules)
    proposals = _proposals(figure, sentence_left, rules, proposer)
    reasons = [promise]
    # A promise that says nothing of itself ("(mục tiêu 60%)") is for what the figure before it is about.
    if promise == _BESIDE and last is not None and last["unit"] == figure.unit and last["proposal"]:
        proposals = [(last["proposal"], last["score"]), *[p for p in proposals if p[0] != last["proposal"]]][
            :3
        ]
        reasons.append("the promise for the figure before it")
    when, said = (
        _due(figure, line.text, issued, rules)
        if promise
        else _as_of(figure, line.text[: figure.start], issued, rules)
    )
    names = [p for p, _ in proposals] + ["", "", ""]
    return {
        "decision": "",
        "paragraph": f"p{line.number}",
        "start": figure.start,
        "end": figure.end,
        "printed": figure.printed,
        "kind": "target" if promise else figure.kind,
        "value": figure.value,
        "unit": figure.unit,
        "bound": figure.bound,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "province": places.of(figure, line),
        "date": when,
        "date_is": "due" if promise else "as_of",
        "from_year": _from_year(figure, line.text, rules),
        "proposal": names[0] or None,
        "score": proposals[0][1] if proposals else None,
        "second": names[1] or None,
        "third": names[2] or None,
        "reason": "; ".join(filter(None, [*reasons, said])),
    }


def _proposals(
    figure: Figure, sentence_left: str, rules: Rules, proposer: Proposer
) -> list[tuple[str, float]]:
    head = sentence_left[: max(0, len(sentence_left) - len(figure.before))]
    near, clause = f"{figure.near} {figure.after}", f"{figure.before} {figure.after}"
    is_index = figure.kind in ("rank", "rank_change") or (
        figure.unit in ("score", "percent") and rules["score_of_rank"].search(figure.before)
    )
    if is_index or (figure.unit == "mbps" and rules["names_index"].search(clause)):
        return proposer.dimensions(near, clause, head)
    return proposer.indicators(near, f"{figure.before} {figure.clause_after}", head, figure.unit)


_BESIDE, _AMONG = "beside a word for a promise", "in a sentence of promises"


def _promise(figure: Figure, sentence_left: str, issued: date | None, rules: Rules) -> str:
    """Return why a figure is a promise, or an empty text."""
    bare = rules["filler"].sub("", figure.before.rstrip()) + " "
    if rules["target_near"].search(bare[-60:]) or rules["target_near"].search(figure.before[-60:]):
        return _BESIDE
    heads = list(rules["target_head"].finditer(sentence_left))
    heads += [
        m
        for m in rules["until_year"].finditer(sentence_left)
        if issued is not None and int(m["year"]) > issued.year
    ]
    if heads and not rules["actual_near"].search(sentence_left[max(m.end() for m in heads) :]):
        return _AMONG
    if figure.unit == "rank" and figure.bound == "<=" and rules["top_goal"].search(sentence_left):
        return _AMONG
    return ""


class _Places:
    """Which province each figure is about: the one named last before it in its sentence, else the one the
    article names most.
    """

    def __init__(self, lines: list[Paragraph], data: Dataset) -> None:
        names: dict[str, str] = {}
        for row in data.provinces.iter_rows(named=True):
            for name in [row["name_vi"], *(row["aliases"] or "").split(";")]:
                if len(name.strip()) >= 3:
                    names.setdefault(re.sub(r"\s*[-–]\s*", "-", name.strip()), row["province_id"])
        self._names = names
        options = "|".join(
            re.escape(n).replace(r"\-", r"\s*-\s*") for n in sorted(names, key=len, reverse=True)
        )
        self._pattern = re.compile(rf"(?<!\w)(?:{options})(?!\w)")
        counted = Counter(p for line in lines for _, p in self._mentions(line.text))
        self.main = counted.most_common(1)[0][0] if counted else None

    def _mentions(self, text: str) -> list[tuple[int, str]]:
        return [
            (m.start(), self._names[re.sub(r"\s*-\s*", "-", m.group())]) for m in self._pattern.finditer(text)
        ]

    def of(self, figure: Figure, line: Paragraph) -> str | None:
        """Return the id of the province, or None where the article names none."""
        if figure.unit not in ("rank", "places", "mbps", "score"):
            return self.main
        offset = line.text.find(figure.sentence)
        named = [p for at, p in self._mentions(line.text) if offset <= at < figure.start]
        return named[-1] if named else self.main


def _issued(lines: list[Paragraph], rules: Rules) -> date | None:
    """The day the article speaks from: the end of the period it reports, else the first full date in it."""
    text = "\n".join(line.text for line in lines)
    years = Counter(m["year"] for kind in ("year", "day") for m in rules[kind].finditer(text))
    if not years:
        return None
    own = "\n".join(line.text for line in lines if not line.is_furniture)
    for kind in ("half_year", "nine_months", "quarter"):
        if found := _days(kind, own, None, rules):
            return Counter(found).most_common(1)[0][0]
    day = next((d for d in _days("day", own, None, rules) if str(d.year) in years), None)
    return day or date(int(years.most_common(1)[0][0]), 12, 31)


def _days(kind: str, text: str, default: date | None, rules: Rules) -> list[date]:
    """Return the last day of each period of a kind that a text names; one without a year is in that of
    `default`.
    """
    found = []
    for match in rules[kind].finditer(text):
        parts = match.groupdict()
        year = int(parts["year"]) if parts.get("year") else default.year if default else None
        if year is None:
            continue
        month = int(parts.get("month") or _LAST_MONTH.get(kind, 12))
        if parts.get("quarter"):
            month = 3 * (_QUARTERS.get(parts["quarter"]) or int(parts["quarter"]))
        last = calendar.monthrange(year, month)[1]
        day = int(parts.get("day") or last)
        if 1 <= day <= last:
            found.append(date(year, month, day))
    return found


def _due(figure: Figure, paragraph: str, issued: date | None, rules: Rules) -> tuple[date | None, str]:
    """Return when a promise is due, and where that is said."""
    for kind in ("year_end", "month", "year"):
        if found := _days(kind, figure.after, issued, rules) or _days(kind, figure.sentence, issued, rules):
            later = [d for d in found if issued is None or d >= issued] or found
            return later[0], f"due as in the sentence ({later[0].year})"
    if found := _days("year", paragraph, issued, rules):
        return found[-1], "due as in the paragraph"
    return (date(issued.year, 12, 31) if issued else None), "no due date: the end of the article's year"


def _as_of(figure: Figure, left: str, issued: date | None, rules: Rules) -> tuple[date | None, str]:
    """Return the day that a figure speaks of, and where that is said."""
    sentence_left = figure.sentence[: figure.sentence.find(figure.printed) + 1]
    if figure.kind in ("rank", "rank_change"):
        compared = {m.end("year") for m in rules["compared_year"].finditer(sentence_left)}
        own = [m for m in rules["year"].finditer(sentence_left) if m.end("year") not in compared]
        if own:
            return date(int(own[-1]["year"]), 12, 31), "the year in the sentence"
        if against := rules["compared_year"].search(figure.sentence):
            return date(int(against["year"]) + 1, 12, 31), "the year after the one it is compared with"
        return issued, "the article's date"
    for kind in ("year_end", "half_year", "nine_months", "month", "quarter"):
        if found := _days(kind, left, issued, rules):
            return found[-1], "the period named before it"
    before = _days("year", sentence_left, issued, rules)
    if before and issued and before[-1].year < issued.year:
        return before[-1], "the year in the sentence"
    return issued, "the article's date"


def _from_year(figure: Figure, text: str, rules: Rules) -> int | None:
    if figure.kind != "rank_change":
        return None
    found = rules["compared_year"].search(text[figure.end : figure.end + 80])
    return int(found["year"]) if found else None
