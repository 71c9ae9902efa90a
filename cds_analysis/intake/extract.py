"""Propose the figures of an article as rows of the dataset. Nothing is accepted here: each row waits for a person's decision."""

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
    "candidate": pl.String, "decision": pl.String, "paragraph": pl.String, "start": pl.Int64, "end": pl.Int64, "printed": pl.String, "kind": pl.String,
    "value": pl.Float64, "unit": pl.String, "bound": pl.String, "numerator": pl.Float64, "denominator": pl.Float64, "province": pl.String, "date": pl.Date,
    "date_is": pl.String, "from_year": pl.Int64, "proposal": pl.String, "score": pl.Float64, "second": pl.String, "third": pl.String, "reason": pl.String,
}  # fmt: skip

_HALF = re.compile(r"\b0?6 tháng đầu năm(?: (?P<year>20\d\d))?")
_NINE = re.compile(r"\b0?9 tháng(?: đầu)? năm(?: (?P<year>20\d\d))?")
_QUARTER = re.compile(r"[Qq]uý\s+(?P<quarter>IV|I{1,3}|[1-4])(?:[-/ ]+(?:năm )?(?P<year>20\d\d))?")
_YEAR_END = re.compile(r"(?:đến |tính đến |vào )?(?:hết|cuối) năm (?P<year>20\d\d)")
_MONTH = re.compile(r"[Tt]háng (?P<month>1[0-2]|0?[1-9])(?:[/-]| năm )(?P<year>20\d\d)")
_DAY = re.compile(r"\b(?P<day>\d{1,2})[/-](?P<month>1[0-2]|0?[1-9])[/-](?P<year>20\d\d)\b")
_YEAR = re.compile(r"(?:năm |giai đoạn 20\d\d ?- ?)(?P<year>20\d\d)")
_UNTIL = re.compile(r"[Đđ]ến (?:hết |cuối )?năm (?P<year>20\d\d)")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}


def extract_file(source: str | Path, data: Dataset) -> pl.DataFrame:
    """Read an article from a file (``-`` is standard input) and propose its figures, see :func:`extract`."""
    return extract(read_text(source), data)


def extract(text: str, data: Dataset, rules: Rules | None = None, proposer: Proposer | None = None) -> pl.DataFrame:
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
        One row a figure, columns `CANDIDATES`: the paragraph (``p4``) and the place in it, the figure as printed, ``kind`` (actual, target, rank,
        rank_change, fraction, count, share, lower_bound, upper_bound), value and unit, province, the ``date`` it speaks of or is due (``date_is``), up to three
        proposals of an indicator or ``index/dimension`` with the score of the first, and the reason.

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
    issued = _issued(lines)
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
    figure: Figure, line: Paragraph, places: _Places, issued: date | None, rules: Rules, proposer: Proposer, last: dict | None
) -> dict:
    reasons = []
    left = line.text[: figure.start]
    sentence_left = figure.sentence[: max(0, figure.start - line.text.find(figure.sentence))]
    is_target, why = _is_target(figure, sentence_left, issued, rules)
    if why:
        reasons.append(why)
    head = sentence_left[: max(0, len(sentence_left) - len(figure.before))]
    near, clause = f"{figure.near} {figure.after}", f"{figure.before} {figure.after}"
    mentions_index = bool(re.search(r"PAR ?INDEX|PAPI|DTI|SIPAS|PCI|[Cc]hỉ số|xếp hạng|xếp thứ|hạng", clause))
    is_index = figure.kind in ("rank", "rank_change") or (
        figure.unit in ("score", "percent") and bool(re.search(r"(?:xếp|thứ|hạng)[^;]*\bvới\s*$", figure.before))
    )
    if is_index or (figure.unit == "mbps" and mentions_index):
        proposals = proposer.dimensions(near, clause, head)
    else:
        proposals = proposer.indicators(near, f"{figure.before} {figure.clause_after}", head, figure.unit)
    # A figure that says nothing of itself ("(mục tiêu 60%)", "(chiếm 97,7%)") is about what the figure before it is about.
    carries = last is not None and last["unit"] == figure.unit and is_target and why == "beside a word for a promise"
    if carries and last["proposal"]:
        proposals = [(last["proposal"], last["score"]), *[p for p in proposals if p[0] != last["proposal"]]][:3]
        reasons.append("the promise for the figure before it")
    when, what, said = _date(figure, left, line.text, issued, is_target)
    reasons.append(said)
    names = [p for p, _ in proposals] + ["", "", ""]
    return {
        "decision": "", "paragraph": f"p{line.number}", "start": figure.start, "end": figure.end, "printed": figure.printed,
        "kind": "target" if is_target else figure.kind, "value": figure.value, "unit": figure.unit, "bound": figure.bound, "numerator": figure.numerator,
        "denominator": figure.denominator, "province": places.of(figure, line), "date": when, "date_is": what, "from_year": _from_year(figure, line.text),
        "proposal": names[0] or None, "score": proposals[0][1] if proposals else None, "second": names[1] or None, "third": names[2] or None,
        "reason": "; ".join(filter(None, reasons)),
    }  # fmt: skip


def _is_target(figure: Figure, sentence_left: str, issued: date | None, rules: Rules) -> tuple[bool, str]:
    before = re.sub(r"\b(?:hơn|trên|ít nhất|tối thiểu|từ|đạt|đạt tỷ lệ)\s*$", "", figure.before.rstrip()) + " "
    if rules["target_near"].search(before[-60:]) or rules["target_near"].search(figure.before[-60:]):
        return True, "beside a word for a promise"
    heads = list(rules["target_head"].finditer(sentence_left))
    heads += [m for m in _UNTIL.finditer(sentence_left) if issued is not None and int(m["year"]) > issued.year]
    if heads and not rules["actual_near"].search(sentence_left[max(m.end() for m in heads) :]):
        return True, "in a sentence of promises"
    if figure.unit == "rank" and figure.bound == "<=" and re.search(r"mục tiêu|phấn đấu|vào|gia nhập", sentence_left):
        return True, "in a sentence of promises"
    return False, ""


class _Places:
    """Which province each figure is about: the one named last before it in its sentence, else the one the article names most."""

    def __init__(self, lines: list[Paragraph], data: Dataset) -> None:
        names: dict[str, str] = {}
        for row in data.provinces.iter_rows(named=True):
            for name in [row["name_vi"], *(row["aliases"] or "").split(";")]:
                if len(name.strip()) >= 3:
                    names.setdefault(re.sub(r"\s*[-–]\s*", "-", name.strip()), row["province_id"])
        self._names = names
        options = "|".join(re.escape(n).replace(r"\-", r"\s*-\s*") for n in sorted(names, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{options})(?!\w)")
        counted = Counter(p for line in lines for _, p in self._mentions(line.text))
        self.main = counted.most_common(1)[0][0] if counted else None

    def _mentions(self, text: str) -> list[tuple[int, str]]:
        return [(m.start(), self._names[re.sub(r"\s*-\s*", "-", m.group())]) for m in self._pattern.finditer(text)]

    def of(self, figure: Figure, line: Paragraph) -> str | None:
        """Return the id of the province, or None where the article names none."""
        if figure.unit not in ("rank", "places", "mbps", "score"):
            return self.main
        offset = line.text.find(figure.sentence)
        named = [p for at, p in self._mentions(line.text) if offset <= at < figure.start]
        return named[-1] if named else self.main


def _issued(lines: list[Paragraph]) -> date | None:
    """The day the article speaks from: the end of the period it reports, else the first full date in it."""
    text = "\n".join(line.text for line in lines)
    years = Counter(m["year"] for m in _YEAR.finditer(text)) + Counter(m["year"] for m in _DAY.finditer(text))
    if not years:
        return None
    own = "\n".join(line.text for line in lines if not line.is_furniture)
    for pattern in (_HALF, _NINE, _QUARTER):
        found = [d for m in pattern.finditer(own) if (d := _day_of(m, None))]
        if found:
            return Counter(found).most_common(1)[0][0]
    day = next((d for m in _DAY.finditer(own) if (d := _day_of(m, None)) and str(d.year) in years), None)
    return day or date(int(years.most_common(1)[0][0]), 12, 31)


def _day_of(match: re.Match, default: date | None) -> date | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else default.year if default else None
    if year is None:
        return None
    try:
        if parts.get("day"):
            return date(year, int(parts["month"]), int(parts["day"]))
        if parts.get("quarter"):
            month = 3 * (_ROMAN.get(parts["quarter"]) or int(parts["quarter"]))
        elif parts.get("month"):
            month = int(parts["month"])
        else:
            month = {_HALF: 6, _NINE: 9}.get(match.re, 12)
        return date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        return None


def _date(figure: Figure, left: str, text: str, issued: date | None, is_target: bool) -> tuple[date | None, str, str]:
    if is_target:
        for pattern in (_YEAR_END, _MONTH, _YEAR):
            around = figure.after if pattern.search(figure.after) else figure.sentence[: max(0, len(figure.sentence))]
            found = [d for m in pattern.finditer(around) if (d := _day_of(m, issued))]
            if found:
                later = [d for d in found if issued is None or d >= issued] or found
                return later[0], "due", f"due as in the sentence ({later[0].year})"
        nearby = [d for m in _YEAR.finditer(text) if (d := _day_of(m, issued))]
        if nearby:
            return nearby[-1], "due", "due as in the paragraph"
        return (date(issued.year, 12, 31) if issued else None), "due", "no due date: the end of the article's year"
    if figure.kind in ("rank", "rank_change"):
        found = [
            m
            for m in _YEAR.finditer(figure.sentence[: figure.sentence.find(figure.printed) + 1])
            if "so với" not in figure.sentence[max(0, m.start() - 8) : m.start()]
        ]
        if found:
            return date(int(found[-1]["year"]), 12, 31), "as_of", "the year in the sentence"
        against = re.search(r"so với (?:cùng kỳ )?năm (20\d\d)", figure.sentence)
        if against:
            return date(int(against[1]) + 1, 12, 31), "as_of", "the year after the one it is compared with"
        return issued, "as_of", "the article's date"
    for pattern in (_YEAR_END, _HALF, _NINE, _MONTH, _QUARTER):
        found = [d for m in pattern.finditer(left) if (d := _day_of(m, issued))]
        if found:
            return found[-1], "as_of", "the period named before it"
    before = [m for m in _YEAR.finditer(figure.sentence[: figure.sentence.find(figure.printed) + 1])]
    if before and issued and int(before[-1]["year"]) < issued.year:
        return date(int(before[-1]["year"]), 12, 31), "as_of", "the year in the sentence"
    return issued, "as_of", "the article's date"


def _from_year(figure: Figure, text: str) -> int | None:
    if figure.kind != "rank_change":
        return None
    found = re.search(r"so với (?:cùng kỳ )?năm (20\d\d)", text[figure.end : figure.end + 80])
    return int(found[1]) if found else None
