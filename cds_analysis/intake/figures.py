"""The figures in a line of Vietnamese prose: where they stand, how they are written, what kind they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cds_analysis.intake.rules import Rules

__all__ = ["Figure", "figures", "number"]

_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_FIGURE = re.compile(
    rf"(?<![\w.,/-])(?P<a>{_NUMBER})(?!\d)(?:\s?/\s?(?P<b>{_NUMBER})(?![\d/]))?(?:\s?(?P<unit>%|Mb/giây|Mb/s|Mbps|MB/s))?"
)
_STOP = re.compile(r"(?<=[^\d\s])[.!?…]+\s+(?=[^a-zà-ỹ\d(])|(?<=\d)\.\s+(?=[A-ZĐÀ-Ỹ])")
_RANKED = ("63", "34", "64")  # so many provinces or units are ranked


@dataclass(frozen=True)
class Figure:
    """One figure.

    ``start`` and ``end`` are its place in the line; ``kind`` is actual, rank, rank_change, fraction, count,
    share, lower_bound or upper_bound (a promise is found later, from what surrounds it); ``value`` is in
    ``unit`` (percent, count, mbps, rank, places, score); ``bound`` is =, >=, > or <=; ``before`` and
    ``after`` are the words of its clause on either side.
    """

    start: int
    end: int
    printed: str
    kind: str
    value: float
    unit: str
    bound: str = "="
    numerator: float | None = None
    denominator: float | None = None
    before: str = ""
    after: str = ""
    clause_after: str = ""
    sentence: str = ""
    near: str = ""


def number(text: str) -> float:
    """Read a Vietnamese number: dots group thousands, a comma is the decimal mark; a lone dot before one or
    two digits is one too.

    Examples
    --------
    >>> number("1.239"), number("10,38"), number("817.860"), number("10.38")
    (1239.0, 10.38, 817860.0, 10.38)
    """
    if re.fullmatch(r"\d+\.\d{1,2}", text) or re.fullmatch(r"\d+\.\d{4,}", text):
        return float(text)
    return float(text.replace(".", "").replace(",", "."))


def figures(line: str, rules: Rules) -> Iterator[Figure]:
    """Yield the figures of a line, from left to right.

    Examples
    --------
    >>> from cds_analysis.intake.rules import load_rules
    >>> line = "PAR INDEX xếp hạng 25/63 tỉnh, thành phố, tăng 33 bậc so với năm 2022; hơn 50 trạm; 10,38% so với yêu cầu 50%"
    >>> [(f.printed, f.kind, f.value) for f in figures(line, load_rules())]
    [('25/63', 'rank', 25.0), ('33', 'rank_change', 33.0), ('hơn 50', 'lower_bound', 50.0), ('10,38%',
    'share', 10.38), ('50%', 'share', 50.0)]
    """
    hidden = [m.span() for m in rules["not_figure"].finditer(line)]
    for start, end in _sentences(line):
        for match in _FIGURE.finditer(line, start, end):
            if any(a < match.end("a") and match.start() < b for a, b in hidden):
                continue
            found = _figure(match, line, start, end, rules)
            if found is not None:
                yield found


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _STOP.finditer(line):
        yield start, stop.start() + 1
        start = stop.end()
    yield start, len(line)


def _figure(match: re.Match, line: str, start: int, end: int, rules: Rules) -> Figure | None:
    a, b, unit = match["a"], match["b"], match["unit"]
    clause_start = max(
        [
            start,
            *(m.end() for m in re.finditer(r";|:(?!\d)|\.{3}|…", line[: match.start()]) if m.end() > start),
        ]
    )
    before, rest = line[clause_start : match.start()], line[match.end() : end]
    after = re.split(r"[;:]|,(?!\d)|\.\s|\s\(|\)", rest)[0][:90]
    bound, shown = _bound(before, rules)
    common = {
        "start": match.start() - shown,
        "end": match.end(),
        "printed": line[match.start() - shown : match.end()],
        "before": before,
        "after": after,
        "clause_after": re.split(r"[;:]|\.\s|\)", rest)[0][:140],
        "sentence": line[start:end],
        "near": re.split(r",(?!\d)\s|\(", before)[-1],
    }
    value = number(a)
    if rules["rank_unit"].match(rest) and b is None and unit is None:
        sign = -1 if rules["rank_down"].search(before) else 1
        if sign == -1 or rules["rank_up"].search(before):
            return Figure(kind="rank_change", value=sign * value, unit="places", **common)
    if unit is None and rules["top"].search(before):
        return Figure(kind="rank", value=value, unit="rank", bound="<=", **common)
    is_ranking = rules["rank_word"].search(before) and (b in _RANKED or rules["ranked_among"].match(rest))
    if unit is None and (rules["rank"].search(before) or is_ranking):
        return Figure(kind="rank", value=value, unit="rank", denominator=number(b) if b else None, **common)
    if b is not None:
        if number(b) == 0 or number(a) > number(b) or unit:
            return None
        return Figure(
            kind="fraction",
            value=round(100 * value / number(b), 4),
            unit="percent",
            numerator=value,
            denominator=number(b),
            **common,
        )
    if unit == "%":
        return Figure(kind=_kind("share", bound), value=value, unit="percent", bound=bound, **common)
    if unit:
        return Figure(kind=_kind("actual", bound), value=value, unit="mbps", bound=bound, **common)
    if rules["score_unit"].match(rest):
        return Figure(kind=_kind("actual", bound), value=value, unit="score", bound=bound, **common)
    if not re.match(r"\s+[a-zà-ỹđA-ZĐ]", rest) or rules["uncounted"].match(rest.lstrip()) or "," in a:
        return None
    return Figure(kind=_kind("count", bound), value=value, unit="count", bound=bound, **common)


def _bound(before: str, rules: Rules) -> tuple[str, int]:
    """Return the bound, and how many characters of its words belong to the figure as printed."""
    if rules["comparison"].search(before):
        return "=", 0
    for kind, sign in (("low_strict", ">"), ("low", ">="), ("high", "<="), ("about", "=")):
        found = rules[kind].search(before)
        if found:
            return sign, len(before) - found.start()
    return "=", 0


def _kind(exact: str, bound: str) -> str:
    return exact if bound == "=" else "upper_bound" if bound == "<=" else "lower_bound"
