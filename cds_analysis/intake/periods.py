"""The periods that a text names: their last days, and whether a figure may speak of them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from cds_analysis.intake.rules import PERIODS, Rules

__all__ = ["Dated", "Period", "periods", "written_on"]

_CAPITALS = re.compile(r"\b(?:NĂM|QUÝ|THÁNG|ĐẾN|ĐẦU|CUỐI|GIAI ĐOẠN|HẾT|NGÀY)\b")
_QUARTERS = {"I": 1, "II": 2, "III": 3, "IV": 4}
_MONTHS = {
    m: n
    for n, m in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        start=1,
    )
}


@dataclass(frozen=True)
class Period:
    """A period named in a text: its place, its last day, how it is named, and whether the year was said there
    (``is_whole``); ``role`` is own, compared, announced, index (the year of an index, which no other figure
    speaks of), goal (the year of a goal that is compared with) or now.
    """

    start: int
    end: int
    last: date | None
    kind: str
    role: str = "own"
    is_whole: bool = True


@dataclass(frozen=True)
class Dated(Period):
    """A period whose last day is known."""

    last: date


def periods(text: str, rules: Rules, year: int | None = None, *, is_heading: bool = False) -> list[Period]:
    """Return the periods that a text names, from left to right.

    Parameters
    ----------
    text
        A block.
    rules
        Patterns of periods, with the groups year, quarter, month, day.
    year
        The year of a period that says none ("9 tháng đầu năm").
    is_heading
        In a heading the name of a plan says what the section is about; elsewhere it is only quoted.

    Examples
    --------
    >>> from cds_analysis.intake.rules import load_rules
    >>> text = "Năm 2023, theo Quyết định số 12/QĐ-UBND ngày 3/4/2021, tăng 2 bậc so với năm 2022; đến nay"
    >>> [(str(p.last), p.role) for p in periods(text, load_rules())]
    [('2023-12-31', 'own'), ('2022-12-31', 'compared'), ('None', 'now')]
    """
    text = _CAPITALS.sub(lambda m: m[0].lower(), text)
    taken: list[tuple[int, int]] = []
    if not is_heading:
        taken = [m.span() for m in rules["quoted"].finditer(text)]
    taken += [m.span() for m in rules["part_of_year"].finditer(text)]  # it has no last day
    hidden = set()
    for a, b in taken:
        hidden.update(range(a, b))
    compared = [m.span() for m in rules["compared"].finditer(text)]
    of_goals = [m.span() for m in rules["goal_year"].finditer(text)]
    of_index = [m.span() for m in rules["index_year"].finditer(text)]
    announced = [m.span() for m in rules["announced"].finditer(text)]
    found: list[Period] = []
    for kind in PERIODS:
        for match in rules[kind].finditer(text):
            if match.start() in hidden or match.end() - 1 in hidden:
                continue
            hidden.update(range(*match.span()))
            last, is_whole = _last_day(kind, match.groupdict(), year)
            if last is None and is_whole:
                continue
            role = "own"
            if any(a <= match.start() < b for a, b in compared):
                role = "compared"
            elif any(a <= match.start() < b for a, b in announced):
                role = "announced"
            elif not is_heading and any(a <= match.start() < b for a, b in of_index):
                role = "index"
            elif not is_heading and any(a <= match.start() < b for a, b in of_goals):
                role = "goal"
            start, end = match.span()
            if last is None:
                found.append(Period(start, end, None, kind, role, is_whole))
            else:
                found.append(Dated(start, end, last, kind, role, is_whole))
    for match in rules["now"].finditer(text):
        if match.start() not in hidden:
            found.append(Period(match.start(), match.end(), None, "now", "now"))
    return sorted(found, key=lambda p: p.start)


def _last_day(kind: str, parts: dict, year: int | None) -> tuple[date | None, bool]:
    """Return the last day, and whether the text itself says the year."""
    said = parts.get("year")
    is_whole = said is not None
    at = int(said) if said is not None else year
    if at is None:
        return None, False
    month = parts.get("month")
    month = _MONTHS.get(month.lower(), 0) if month and month.isalpha() else int(month or 0)
    if kind == "half_year":
        month = 6
    elif kind == "nine_months":
        month = int(parts.get("months") or 9)
    elif kind == "quarter":
        month = 3 * (_QUARTERS.get(parts["quarter"]) or int(parts["quarter"]))
    month = month or 12
    if not 1 <= month <= 12 or not 1990 <= at <= 2100:
        return None, True
    last = calendar.monthrange(at, month)[1]
    day = 5 if kind == "early_month" else int(parts.get("day") or last)
    return (date(at, month, day), is_whole) if 1 <= day <= last else (None, True)


def written_on(lines: list[str], rules: Rules) -> tuple[date | None, str]:
    """Return the day a document was written and where it says so: its dateline or number line, else the day
    of the meeting that it reports.

    Examples
    --------
    >>> from cds_analysis.intake.rules import load_rules
    >>> lines = ["Số: 11/KH-UBND", "Khánh Hòa, ngày 30 tháng 10 năm 2023", "Theo Quyết định ngày 3/4/2021"]
    >>> written_on(lines, load_rules())
    (datetime.date(2023, 10, 30), 'its dateline')
    """
    for line in lines[:60]:
        if rules["dateline"].search(line):
            for kind in ("day_words", "day_english", "day_us", "day", "day_iso"):
                if match := rules[kind].search(line):
                    last, is_whole = _last_day(kind, match.groupdict(), None)
                    if last is not None and is_whole:
                        return last, "its dateline"
    years = {m["year"] for line in lines[:12] for m in rules["year"].finditer(line)}
    for line in lines[:12]:
        own = [m["year"] for m in rules["year"].finditer(line)] or [
            m["year"] for m in rules["quarter"].finditer(line) if m["year"]
        ]
        year = own[-1] if own else years.copy().pop() if len(years) == 1 else None
        match = rules["meeting"].search(line)
        if match is None:
            continue
        said = re.search(r"\d{1,2}\s?[/-]\s?\d{1,2}(?:\s?[/-]\s?(\d{4}))?", match[0])
        if said is None:
            continue
        day, month = (int(n) for n in re.findall(r"\d+", said[0])[:2])
        at = said[1] or year
        if at and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(int(at), month)[1]:
            return date(int(at), month, day), "the day of the meeting"
    return None, ""
