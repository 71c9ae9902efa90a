"""Which day a figure speaks of or is due: looked for from the clause outwards, with the reason, never
guessed.
"""

from __future__ import annotations

import re
from datetime import date

from cds_analysis.intake.figures import Figure
from cds_analysis.intake.frame import Frames, Text, seen, short
from cds_analysis.intake.periods import Dated, Period
from cds_analysis.intake.rules import Rules

__all__ = ["Dates"]

_REPORTED = ("half_year", "nine_months", "quarter", "month", "month_english", "day", "day_words")


class Dates:
    """Dates the figures of one document."""

    def __init__(self, frames: Frames, rules: Rules) -> None:
        self._frames, self._rules = frames, rules
        self._index_year: dict[str, date] = {}
        self._rank_year: tuple[int, date] | None = None  # the block that last named one

    def due(self, figure: Figure, text: Text) -> tuple[date | None, str]:
        """Return when a promise is due, and where that is said."""
        a, b = figure.sentence
        mine = [
            p
            for p in seen(text, figure)
            if a <= p.start < b and isinstance(p, Dated) and p.role in ("own", "goal")
        ]
        beside = [p for p in mine if figure.start - len(figure.left) <= p.start < figure.at]
        if beside:
            return beside[-1].last, f"due as in its clause ({beside[-1].last.year})"
        behind = [
            p
            for p in mine
            if figure.at < p.start < figure.end + len(figure.right)
            and self._is_due_behind(text.block.text[figure.end : p.start], p)
        ]
        if behind:
            return behind[0].last, "due as said behind it"
        before = [p for p in mine if p.start < figure.at]
        if before:
            return before[-1].last, f"due as in its sentence ({before[-1].last.year})"
        earlier = [p for p in text.periods if p.start < a and isinstance(p, Dated) and p.role == "own"]
        if earlier:
            return earlier[-1].last, "due as in the sentence before it"
        for above in self._frames.above(text.block):
            own = [p for p in above.periods if isinstance(p, Dated) and p.role == "own"]
            if own:
                return own[-1].last, f"due as in the heading {short(above.block.text)}"
        if (
            self._frames.was_target
            and self._frames.last_due
            and self._rules["goes_on"].match(text.block.text)
        ):
            return self._frames.last_due, "due as the promises before it"
        own = [
            p
            for p in self._frames.title_text.periods
            if isinstance(p, Dated)
            and p.role == "own"
            and p.kind in ("year", "until_year", "span", "year_end", "year_english")
        ]
        if own and (not self._frames.written or own[-1].last >= self._frames.written):
            return own[-1].last, "due as in the title"
        if self._frames.last_due and (
            not self._frames.written or self._frames.last_due >= self._frames.written
        ):
            return self._frames.last_due, "due as the promise named last"
        return None, "no due date is said"

    def _is_due_behind(self, between: str, period: Period) -> bool:
        """Whether a period behind a promise is its due date: "80% số hộ đến năm 2025", "hoàn thành trong năm
        2021".
        """
        if period.kind in ("until_year", "year_end", "year_english") and not re.search(
            r"[;,]|\bvà\s*$", between
        ):
            return True
        return bool(self._rules["due_behind"].search(between))

    def as_of(self, figure: Figure, text: Text) -> tuple[date | None, str]:
        """Return the day that a result speaks of, and where that is said."""
        a, _b = figure.sentence
        usable = [p for p in seen(text, figure) if p.role in ("own", "now")]
        behind = [
            p
            for p in usable
            if figure.end <= p.start < figure.end + len(figure.right)
            and p.role == "own"
            and p.kind not in ("until_year", "span")
            and self._rules["period_behind"].search(text.block.text[figure.end : p.start + 1])
        ]
        if (
            behind
            and behind[0].last
            and not [p for p in usable if a <= p.start < figure.at and p.start > figure.clause[0]]
        ):
            return behind[0].last, "the period named behind it"
        before = [p for p in usable if p.start < figure.at and not self._is_future(p)]
        if before:
            last = before[-1]
            if last.role == "now":
                return self._now(last, text)
            return (
                last.last,
                "the period in its sentence" if last.start >= a else "the period in the sentence before it",
            )
        for above in self._frames.above(text.block):
            own = [p for p in above.periods if p.role in ("own", "now") and not self._is_future(p)]
            if own:
                if own[-1].role == "now":
                    return self._now(own[-1], text)
                return own[-1].last, f"the heading {short(above.block.text)}"
        if (
            self._frames.opening is not None
            and self._frames.opening.last
            and not self._is_future(self._frames.opening)
        ):
            return self._frames.opening.last, "the period that the opening names"
        titled = self._frames.title_text
        if not any(kind == "target" for _, kind in titled.signals) and not self._rules["plan_title"].match(
            self._frames.title
        ):
            own = [
                p
                for p in titled.periods
                if p.role == "own" and isinstance(p, Dated) and not self._is_future(p)
            ]
            if own and own[0].kind not in ("day", "until_year", "span"):
                return own[0].last, "the title"
        return self._now(None, text)

    def _now(self, said: Period | None, text: Text) -> tuple[date | None, str]:
        """Return the day of the document, unless an introduction says which period follows; where the
        document has none, the end of the period that it reports.
        """
        for above in self._frames.above(text.block):
            reported = [
                p for p in above.periods if p.role == "own" and isinstance(p, Dated) and p.kind in _REPORTED
            ]
            if reported and above.block.text.endswith(":"):
                return reported[-1].last, f"the heading {short(above.block.text)}"
        if self._frames.written:
            return self._frames.written, f"the day of the document, {self._frames.written_why}"
        if said is not None:
            before = [p for p in text.periods if p.start < said.start]
            for found in (before, *(above.periods for above in self._frames.above(text.block))):
                reported = [
                    p for p in found if p.role == "own" and isinstance(p, Dated) and p.kind in _REPORTED
                ]
                if reported:
                    return reported[-1].last, "the period that is reported"
        own = [
            p
            for p in self._frames.title_text.periods
            if p.role == "own" and isinstance(p, Dated) and not self._is_future(p)
        ]
        if (own and said is None) or (own and own[-1].kind in ("half_year", "nine_months", "quarter")):
            return own[-1].last, "the title"
        carried = self._frames.carried
        if said is None and carried is not None and carried.last and not self._is_future(carried):
            return carried.last, "the period named last at the head of a paragraph"
        return None, "no day is said"

    def _is_future(self, period: Period) -> bool:
        if period.last is None:
            return False
        if period.kind == "span" and (self._frames.written is None or period.last > self._frames.written):
            return True
        if period.kind == "until_year" and (
            self._frames.written is None or period.last > self._frames.written
        ):
            return True
        return self._frames.written is not None and period.last.year > self._frames.written.year

    def year_of_rank(self, figure: Figure, text: Text, index: str | None) -> tuple[date | None, str]:
        """Return the year a rank, a score or a change of rank was measured for; never that of the
        document.
        """
        a, b = figure.sentence
        own = [
            p
            for p in seen(text, figure)
            if p.role in ("own", "index") and isinstance(p, Dated) and p.kind != "day"
        ]
        compared = [p for p in text.periods if p.role == "compared" and isinstance(p, Dated)]
        near = [p for p in own if a <= p.start < figure.at and p.start >= figure.at - 400]
        if near:
            return self._keep(index, near[-1].last), "the year in its sentence"
        next_to = [p for p in own if figure.at < p.start < min(b, figure.end + len(figure.right))]
        if next_to:
            return self._keep(index, next_to[0].last), "the year behind it"
        later = [p for p in own if figure.at < p.start < b and p.role == "index"]
        if later:
            return self._keep(index, later[0].last), "the year of the index in its sentence"
        against = [p for p in compared if figure.at < p.start < b] or [
            p for p in compared if a <= p.start < b
        ]
        earlier = [p for p in own if p.start < a]
        if index and index in self._index_year and not earlier:
            return self._index_year[index], "the year of the index before it"
        if against and not earlier:
            when = date(against[0].last.year + 1, 12, 31)
            return self._keep(index, when), "the year after the one it is compared with"
        if earlier:
            return self._keep(index, earlier[-1].last), "the year in the sentence before it"
        for above in self._frames.above(text.block):
            said = [p for p in above.periods if p.role in ("own", "index") and isinstance(p, Dated)]
            if said:
                return self._keep(index, said[-1].last), f"the heading {short(above.block.text)}"
        said = [
            p
            for p in self._frames.title_text.periods
            if p.role in ("own", "index") and isinstance(p, Dated) and p.kind not in ("day", "until_year")
        ]
        if said and (not self._frames.written or said[-1].last <= self._frames.written):
            return said[-1].last, "the title"
        if self._frames.opening is not None and self._frames.opening.last:
            return self._frames.opening.last, "the period that the opening names"
        if self._rank_year and text.block.number == self._rank_year[0] + 1 and not text.periods:
            return self._rank_year[1], "the year of the ranks before it"
        return None, "no year is said"

    def _keep(self, index: str | None, when: date) -> date:
        when = date(when.year, 12, 31) if when.month == 12 else when
        if index:
            self._index_year[index] = when
        self._rank_year = (self._frames.at, when)
        return when

    def from_year(self, figure: Figure, text: Text) -> int | None:
        """Return the year that a change is counted from."""
        end = figure.sentence[1]
        behind = [
            p
            for p in text.periods
            if figure.end <= p.start < end and p.role == "compared" and isinstance(p, Dated)
        ]
        before = [
            p
            for p in text.periods
            if figure.sentence[0] <= p.start < figure.at and p.role == "compared" and isinstance(p, Dated)
        ]
        found = behind[:1] or before[-1:]
        return found[0].last.year if found else None
