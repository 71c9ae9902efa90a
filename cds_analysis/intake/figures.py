"""The figures in a line of prose: where they stand, how they are written, and the words on either side."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cds_analysis.intake.rules import Rules

__all__ = ["Figure", "figures", "is_english", "number"]

_VIETNAMESE = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_ENGLISH = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TIMES = {"chục": 10, "trăm": 100, "nghìn": 1e3, "ngàn": 1e3, "vạn": 1e4, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9}
_TIMES |= {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_WORDS = {
    w: n
    for n, words in enumerate(
        ("nhất", "hai nhì", "ba", "tư bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"), start=1
    )
    for w in words.split()
}
_ENGLISH_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_GAP = r"\s?"


def _pattern(numeral: str) -> re.Pattern:
    scale = "|".join(_TIMES)
    return re.compile(
        rf"(?<![\w.,/-])(?P<a>{numeral})(?![\d])(?:{_GAP}(?P<p>%)?{_GAP}-{_GAP}(?P<high>{numeral})(?=\s?(?:%|{scale}))(?!\d))?"
        rf"(?:{_GAP}/{_GAP}(?P<b>{numeral})(?![\d/]))?"
        rf"(?:\s(?P<scale>(?:{scale})(?:\s(?:{scale}))?)\b)?"
        rf"(?:(?P<ordinal>st|nd|rd|th)\b|(?=\W|$|km|m2|ha\b|lượt))"
        rf"(?:\s{{0,2}}(?P<unit>%|Mb/giây|Mb/s|Mbps|MB/s|Mbit/s))?"
    )


_FIGURE, _FIGURE_EN = _pattern(_VIETNAMESE), _pattern(_ENGLISH)
_LOWER = "a-zàáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
_UPPER = _LOWER[:3].upper() + _LOWER[3:].upper()
_STOP = re.compile(
    rf"(?<=[^\d\s])[.!?…]+\"?\s+(?=[^{_LOWER}\d(])|(?<=\d)\.\s+(?=[{_UPPER}])|(?<=[{_LOWER})])\.\s+(?=\d)"
)
_CLAUSE = re.compile(r";|\.{3}|…")
_AFTER_COLON = re.compile(r":(?!\d)(?=\s*\S+\s+\S+\s+\S)(?!.*:(?!\d)\s*\S+\s+\S+\s+\S)")
_LONGEST_SENTENCE = 3000
_LETTERS_VI = re.compile(r"[ăâđêôơưà-ãè-êì-íò-õù-úýạ-ỹ]", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """One figure of a line.

    ``start`` and ``end`` are its place in the line with the words of its bound (``hơn 50``), ``at`` the place
    of its digits; ``value`` is in ``unit`` (percent, count, mbps, rank, times, currency, or none where only
    the surroundings can tell), ``high`` the upper end of a span (``60-80 %``); ``bound`` is =, >=, > or <=;
    ``left`` and ``right`` are the words up to the figures beside it in its clause, ``before`` and ``after``
    those up to the ends of the clause; ``sentence`` is the place of its sentence, ``clause`` of its clause;
    ``is_word`` says that it is written in letters.
    """

    start: int
    end: int
    at: int
    printed: str
    value: float
    unit: str
    bound: str = "="
    high: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    left: str = ""
    right: str = ""
    before: str = ""
    after: str = ""
    sentence: tuple[int, int] = (0, 0)
    clause: tuple[int, int] = (0, 0)
    is_word: bool = False


def number(text: str) -> float:
    """Read a Vietnamese number: dots group thousands, a comma is the decimal mark; a lone dot before one, two
    or more than three digits is one too.

    Examples
    --------
    >>> number("1.239"), number("10,38"), number("817.860"), number("10.38")
    (1239.0, 10.38, 817860.0, 10.38)
    """
    if (
        re.fullmatch(r"\d+\.\d{1,2}", text)
        or re.fullmatch(r"\d+\.\d{4,}", text)
        or re.fullmatch(r"0\.\d+", text)
    ):
        return float(text)
    return float(text.replace(".", "").replace(",", "."))


def is_english(line: str) -> bool:
    """Whether a line is written in English: plain letters throughout, and words of that language.

    Examples
    --------
    >>> is_english("Up to now 1,217 stations of the province"), is_english("Đến nay có 1.217 trạm")
    (True, False)
    """
    letters = len(_LETTERS_VI.findall(line))
    words = len(re.findall(r"\b(?:the|of|and|in|is|are|has|have|with|to|by)\b", line))
    return words >= 2 and letters <= 0.02 * len(line)


def figures(line: str, rules: Rules, *, is_cell: bool = False) -> list[Figure]:
    """Return the figures of a line, from left to right; in linear time.

    Parameters
    ----------
    line
        A block's text.
    rules
        What is no figure, what is not counted, which words are bounds.
    is_cell
        A cell of a table, where a number stands alone.

    Examples
    --------
    >>> from cds_analysis.intake.rules import load_rules
    >>> line = "hơn 1,2 triệu hồ sơ; 60-80 % số hộ; 22/63 xã, xếp thứ tám, 22,4 thuê bao/100 dân"
    >>> [(f.printed, f.value, f.high, f.unit) for f in figures(line, load_rules())]
    [('hơn 1,2 triệu', 1200000.0, None, 'count'), ('60-80 %', 60.0, 80.0, 'percent'), ('22/63', 34.9206,
    None, 'fraction'), ('tám', 8.0, None, 'rank'), ('22,4', 22.4, None, 'per_100')]
    """
    english = is_english(line)
    hidden = sorted(m.span() for m in rules["not_figure"].finditer(line))
    starts, furthest = [a for a, _ in hidden], []
    for _, b in hidden:
        furthest.append(max(b, furthest[-1]) if furthest else b)
    found: list[Figure] = []
    for sentence in _sentences(line):
        for clause in _clauses(line, *sentence):
            here = []
            for match in _matches(line, *clause, english):
                k = bisect_right(starts, match.end("a") - 1) - 1
                if k >= 0 and furthest[k] > match.start():
                    continue
                here.append(match)
            words = list(_words(line, *clause, rules, english))
            found += _of_clause(
                line,
                clause,
                sentence,
                sorted([*here, *words], key=lambda m: m.start()),
                rules,
                english,
                is_cell,
            )
    return found


def _matches(line: str, start: int, end: int, english: bool) -> Iterator[re.Match]:
    yield from (_FIGURE_EN if english else _FIGURE).finditer(line, start, end)


def _words(line: str, start: int, end: int, rules: Rules, english: bool) -> Iterator[re.Match]:
    """Ranks and multiples in words: ``xếp thứ tám``, ``gấp đôi``."""
    yield from rules["rank_in_words"].finditer(line, start, end)
    yield from rules["times_in_words"].finditer(line, start, end)


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences; one beyond all measure is cut at its semicolons, so that reading stays linear."""
    for start, end in _full_sentences(line):
        while end - start > _LONGEST_SENTENCE:
            cut = line.rfind(";", start + 1, start + _LONGEST_SENTENCE) + 1
            cut = (
                cut or line.rfind(" ", start + 1, start + _LONGEST_SENTENCE) + 1 or start + _LONGEST_SENTENCE
            )
            yield start, cut
            start = cut
        yield start, end


def _full_sentences(line: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _STOP.finditer(line):
        if re.search(
            r"\b(?:TP|Tp|tp|Q|P|TX|H|Mr|Ths|TS|GS|PGS|No)\.$",
            line[max(0, stop.start() - 5) : stop.start() + 1],
        ):
            continue
        yield start, stop.start() + 1
        start = stop.end()
    yield start, len(line)


def _clauses(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for stop in _CLAUSE.finditer(line, start, end):
        yield at, stop.start()
        at = stop.end()
    yield at, end


def _of_clause(
    line: str,
    clause: tuple[int, int],
    sentence: tuple[int, int],
    matches: list[re.Match],
    rules: Rules,
    english: bool,
    is_cell: bool,
) -> Iterator[Figure]:
    kept: list[Figure] = []
    end = clause[0]
    for match in matches:
        figure = _figure(match, line, clause, sentence, rules, english, is_cell, end, bool(kept))
        if figure is not None and (not kept or figure.start >= kept[-1].end):
            kept.append(figure)
            end = figure.end
    for n, figure in enumerate(kept):
        left = kept[n - 1].end if n else clause[0]
        right = kept[n + 1].start if n + 1 < len(kept) else clause[1]
        yield replace(
            figure,
            left=_own(line[left : figure.start][-400:]),
            right=line[figure.end : right],
            before=line[clause[0] : figure.start][-400:],
            after=line[figure.end : clause[1]][:400],
        )


def _own(left: str) -> str:
    """Return what follows the last colon, where that is more than a word or two."""
    colon = _AFTER_COLON.search(left)
    return left[colon.end() :] if colon else left


def _figure(match, line, clause, sentence, rules, english, is_cell, from_, follows) -> Figure | None:
    named = match.groupdict()
    before = line[max(clause[0], match.start() - 60) : match.start()]
    rest = line[match.end() : match.end() + 60]
    place = {"clause": clause, "sentence": sentence}
    if "word" in named:
        name = "word" if named["word"] else "word_en"
        at, end = match.span(name)
        word = match[name].lower()
        value = _WORDS.get(word) or _ENGLISH_WORDS.get(word)
        return (
            Figure(at, end, at, line[at:end], float(value), "rank", is_word=True, **place) if value else None
        )
    if "times" in named:
        value = {"đôi": 2, "rưỡi": 1.5}.get(match["times"], _WORDS.get(match["times"], 0))
        at, end = match.span()
        return Figure(at, end, at, match[0], float(value), "times", is_word=True, **place) if value else None
    read = _english_number if english else number
    scale = 1.0
    for word in (match["scale"] or "").split():
        scale *= _TIMES[word]
    a, b, high, unit = match["a"], match["b"], match["high"], match["unit"]
    if english and not unit and re.match(r"\s?percent\b", rest):
        unit = "%"
    if high and b:
        return None
    if high and not (unit or match["scale"] or match["p"]):
        return None
    value = read(a) * scale
    bound, shown = _bound(before, rest, rules)
    start = match.start() - shown
    common = {
        "start": start,
        "end": match.end(),
        "at": match.start(),
        "printed": line[start : match.end()],
        "bound": bound,
        "high": read(high) * scale if high else None,
        **place,
    }
    if match["ordinal"]:
        return Figure(value=value, unit="rank", **common)
    if b is not None:
        if read(b) == 0 or unit == "%":
            return None
        if rules["per_people"].match(line[match.start("b") - 1 : match.end() + 12]):
            return Figure(value=value, unit="per_1000" if read(b) == 1000 else "per_100", **common)
        if read(a) > read(b):
            return None
        share = round(100 * value / read(b), 4)
        return Figure(value=share, unit="fraction", numerator=value, denominator=read(b), **common)
    if unit == "%":
        return Figure(value=value, unit="percent", **common)
    if unit:
        return Figure(value=value, unit="mbps", **common)
    if rules["currency"].match(rest):
        return Figure(value=value, unit="currency", **common)
    if rules["measure"].match(rest):
        return Figure(value=value, unit="other", **common)
    if rules["places_unit"].match(rest):
        return Figure(value=value, unit="places", **common)
    if rules["points_unit"].match(rest):
        return Figure(value=value, unit="points", **common)
    if rules["times_unit"].match(rest) and rules["change"].search(line[max(clause[0], start - 40) : start]):
        return Figure(value=value, unit="times", **common)
    per = rules["per_people_near"].match(rest)
    if per:
        return Figure(value=value, unit="per_1000" if "000" in per[0] else "per_100", **common)
    if rules["score_unit"].match(rest):
        return Figure(value=value, unit="score", **common)
    left = line[max(clause[0], from_, match.start() - 200) : match.start()]
    if rules["rank"].search(left[-40:]) or rules["top"].search(left[-20:]):
        return Figure(value=value, unit="rank", **common)
    if rules["list_of_figures"].search(line[max(clause[0], match.start() - 90) : match.start()]) and (
        follows or re.match(r"\s*(?:,|và)\s*\d", rest) or "lần lượt" in left
    ):
        return Figure(value=value, unit="", **common)
    if not match["scale"] and (
        re.fullmatch(r"0[.,]\d{2,}", a)
        or (("," in a or re.fullmatch(r"\d+\.\d{1,2}", a)) and rules["value_near"].search(left))
    ):
        return Figure(value=value, unit="score", **common)
    if is_cell and re.fullmatch(r"[\s\d.,<>≥≤~]*", line):
        return Figure(value=value, unit="", **common)
    if rules["counted_before"].search(left) and re.match(r"\s*(?:[.,;)]|$)", rest):
        return Figure(value=value, unit="count", **common)
    decimals = "." in a if english else "," in a
    if not re.match(r"\s+[a-zà-ỹđA-ZĐ(]|\s+[\"]", rest) or rules["uncounted"].match(rest.lstrip()):
        return None
    if decimals and not match["scale"]:
        return None
    return Figure(value=value, unit="count", **common)


def _english_number(text: str) -> float:
    return float(text.replace(",", ""))


def _bound(before: str, rest: str, rules: Rules) -> tuple[str, int]:
    """Return the bound, and how many characters of its words belong to the figure as printed."""
    if re.match(r"[^;.,]{0,12}\s?trở lên", rest):
        return ">=", 0
    if rules["comparison"].search(before):
        return "=", 0
    for kind, sign in (("low_strict", ">"), ("low", ">="), ("high", "<="), ("about", "=")):
        found = rules[kind].search(before)
        if found:
            return sign, len(before) - found.start()
    return "=", 0
