"""What a figure's surroundings say of it: promise or result, whose it is, and which day it speaks of.

Each is looked for in the clause first, then in the sentence, the block, the headings above it from the
inside out, and the document as a whole; each comes with the reason, and is empty rather than guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from datetime import date

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province, fold
from cds_analysis.dataset.schemas import NATION
from cds_analysis.dataset.series import parse_day
from cds_analysis.errors import ParameterError
from cds_analysis.intake.document import Block
from cds_analysis.intake.figures import Figure
from cds_analysis.intake.periods import Period, periods, written_on
from cds_analysis.intake.places import Gazetteer, Place, find_unit
from cds_analysis.intake.rules import Rules

__all__ = ["BESIDE", "Frames", "Given", "Text", "given", "places_in_a_row"]

BESIDE = "beside a word for a promise"
_REACH = 3000  # letters before a sentence that can still say what it is about
_REPORTED = ("half_year", "nine_months", "quarter", "month", "month_english", "day", "day_words")
_A_SEASON = 120  # days: a report may speak of a year that has not quite ended
FIRST_DAY_OF_UNITS = date(2025, 7, 1)


@dataclass(frozen=True)
class Given:
    """What the reader says from outside: a place (id of a province or of a unit of 2025, or viet-nam), the
    day the document was written, result or target, the index that is meant.
    """

    place: Place | None = None
    date: date | None = None
    kind: str | None = None
    index: str | None = None


def given(
    data: Dataset,
    *,
    province: str | None = None,
    unit: str | None = None,
    day: str | None = None,
    kind: str | None = None,
    index: str | None = None,
) -> Given:
    """Return what a person says of a document, checked against the registers.

    Raises
    ------
    ParameterError, UnknownNameError
        When a province, unit or index is not on record, both a province and a unit are given, or the day is
        no date.

    Examples
    --------
    >>> from cds_analysis import load
    >>> given(load(), province="Lạng Sơn", day="2024-07-05").place.id
    'lang-son'
    """
    if province and unit:
        raise ParameterError("give --province or --unit, not both")
    if index and index not in set(data.indices["index_id"]):
        known = ", ".join(data.indices["index_id"].unique().sort())
        raise ParameterError(f"unknown index {index!r}; known are {known}")
    place = None
    if province:
        is_nation = fold(province) in ("vietnam", "canuoc", "toanquoc")
        place = (
            Place("country", NATION)
            if is_nation
            else Place("province", find_province(province, data.provinces))
        )
    elif unit:
        place = Place("unit_2025", find_unit(unit, data))
    return Given(place, parse_day(day or ""), kind, index)


@dataclass
class Text:
    """A block with the periods, places and signals in it."""

    block: Block
    periods: list[Period] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    signals: list[tuple[int, str]] = field(default_factory=list)  # (where it ends, target or result)

    def near(self, start: int, end: int) -> Text:
        """Return what stands around a sentence, so that reading stays linear in a paragraph's length."""
        a, b = start - _REACH, end
        if len(self.block.text) <= _REACH:
            return self
        periods = self.periods[_first(self.periods, a) : _first(self.periods, b)]
        places = self.places[_first(self.places, a) : _first(self.places, b)]
        signals = self.signals[bisect_left(self.signals, (a, "")) : bisect_left(self.signals, (b + 1, ""))]
        return Text(self.block, periods, places, signals)


def _first(found: list, at: int) -> int:
    return bisect_left(found, at, key=lambda x: x.start)


class Frames:
    """The frames of one document.

    Parameters
    ----------
    blocks
        From :func:`~cds_analysis.intake.document.document`.
    gazetteer, rules
        Places and words.
    given
        What is said from outside; it holds wherever the text itself says nothing nearer.
    title
        The title of the page where the text does not open with it.
    """

    def __init__(
        self, blocks: list[Block], gazetteer: Gazetteer, rules: Rules, given: Given, title: str = ""
    ) -> None:
        self._rules, self._gazetteer, self.given = rules, gazetteer, given
        own = [b.text for b in blocks if not b.is_furniture]
        written, why = written_on([b.text for b in blocks], rules)
        self.written = given.date or written
        self._written_why = "given" if given.date else why
        self.title = title or self._title(blocks)
        place, place_why = gazetteer.main(self.title, own)
        self.main, self._main_why = (given.place, "given") if given.place else (place, place_why)
        self._is_merged_text = bool(rules["after_merger"].search("\n".join([self.title, *own])))
        self._title_text = self._read(Block(0, self.title, "heading"))
        self._headings: dict[int, Text] = {}
        self._year: int | None = self.written.year if self.written else None
        for period in self._title_text.periods:
            self._year = self._year or (period.last and period.last.year)
        self._opening: Period | None = None  # what an opening sentence says of all that follows
        self._index_year: dict[str, date] = {}
        self._rank_year: tuple[int, date] | None = None  # the block that last named one
        self._at = 0
        self._was_target = False

    def _title(self, blocks: list[Block]) -> str:
        """The first heading, or the first lines of capitals put together, or the first line."""
        named = [b for b in blocks[:25] if not b.is_furniture and self._rules["title"].match(b.text)]
        if named:
            more = [b.text for b in blocks[blocks.index(named[0]) + 1 :] if not b.is_furniture][:2]
            more = [line for line in more if len(line) <= 200 and not line.endswith((".", ";"))]
            return " ".join([named[0].text, *more]) if named[0].text.count(" ") < 4 else named[0].text
        for block in blocks[:6]:
            is_line = len(block.text) <= 200 and not re.search(r"[.;:]$", block.text)
            if not block.is_furniture and len(block.text) > 12 and len(blocks) > 1 and is_line:
                return block.text
        return ""

    # ---- a block at a time

    def read(self, block: Block) -> Text:
        """Return a block's periods, places and signals; must be called block by block, in order."""
        self._at = block.number
        return self._read(block)

    def _read(self, block: Block) -> Text:
        text = block.text
        is_heading = block.kind == "heading"
        named = periods(text, self._rules, getattr(self, "_year", None), is_heading=is_heading)
        quoted = [] if is_heading else [m.span() for m in self._rules["quoted"].finditer(text)]
        signals = [(m.end(), "target") for m in self._rules["target_head"].finditer(text)]
        signals += [(m.end(), "result") for m in self._rules["result_head"].finditer(text)]
        if is_heading:
            if self._rules["result_heading"].search(text):
                signals = [(0, "result")]
            elif self._rules["target_heading"].search(text):
                signals = [(0, "target")]
        signals = [s for s in signals if not any(a < s[0] <= b for a, b in quoted)]
        return Text(block, named, self._gazetteer.mentions(text), sorted(signals))

    def _heading(self, block: Block) -> Text:
        key = block.number, len(block.text)
        if key not in self._headings:
            self._headings[key] = self._read(replace(block, kind="heading"))
        return self._headings[key]

    def _above(self, block: Block) -> list[Text]:
        """The headings above a block, innermost first, and the headers of a cell before them."""
        found = [self._heading(h) for h in reversed(block.above)]
        for n, header in enumerate((block.column, block.row)):
            if header:
                found.insert(n, self._read(Block(-1, header, "heading")))
        return found

    def after(self, text: Text, has_figures: bool) -> None:
        """Note what a block says for the blocks behind it."""
        block = text.block
        if block.is_furniture:
            return
        own = [p for p in text.periods if p.role == "own" and p.last]
        for period in own:
            if period.is_whole:
                self._year = period.last.year
        if block.kind == "heading":
            if own:
                self._opening = None
        elif not has_figures and own and self._rules["opening"].search(block.text):
            self._opening = own[-1]
        if text.signals and text.signals[-1][1] == "target" and own:
            self._last_due = own[-1].last
        self._was_target = (
            bool(text.signals) and text.signals[-1][1] == "target"
            if text.signals
            else (self._was_target and block.kind == "paragraph")
        )

    # ---- promise or result

    def promise(self, figure: Figure, text: Text) -> tuple[str, str]:
        """Return target or result, and why."""
        rules = self._rules
        left = figure.left[-80:] if figure.left.strip() else figure.before[-80:]
        if rules["target_near"].search(left + (" " if left and not left.endswith(" ") else "")):
            return "target", BESIDE
        if figure.unit == "percent" and rules["plan_share"].match(figure.right[:60]):
            return "result", "a share of what was planned"
        if rules["target_right"].search(figure.right):
            return "target", "words for a promise behind it"
        start = figure.sentence[0]
        said = [s for s in text.signals if start < s[0] <= figure.at]
        if said:
            kind = said[-1][1]
            return kind, f"words for a {'promise' if kind == 'target' else 'result'} in its sentence"
        if self._is_ahead(figure, text):
            return "target", "due in a year to come"
        earlier = [s for s in text.signals if s[0] <= start]
        inside = [s for s in self._above(text.block) if s.signals]
        if earlier:
            return earlier[-1][1], "as the sentence before it"
        if inside:
            return inside[0].signals[-1][1], f"the heading {_short(inside[0].block.text)}"
        if text.block.kind == "paragraph" and self._was_target and rules["goes_on"].match(text.block.text):
            return "target", "goes on from the promises before it"
        if self.given.kind:
            return self.given.kind, "given"
        title = self._title_text.signals
        if title and rules["title"].match(self.title) and not self._above(text.block):
            return title[-1][1], "the title"
        return "result", ""

    def _is_ahead(self, figure: Figure, text: Text) -> bool:
        """Whether its sentence names a year to come before it."""
        now = self.written.year if self.written else None
        before = [
            p
            for p in text.periods
            if figure.sentence[0] <= p.start < figure.at and p.last and p.role == "own"
        ]
        if before and self.written and (before[-1].last - self.written).days > _A_SEASON:
            return True
        results = [at for at, kind in text.signals if kind == "result" and at <= figure.at]
        until = [
            p
            for p in self._seen(text, figure)
            if p.start < figure.at and p.kind == "until_year" and p.role == "own"
        ]
        until = [p for p in until if p.start > max(results, default=-1)]
        return bool(until) and (until[-1].last.year > now if now else True)

    # ---- which day

    def due(self, figure: Figure, text: Text) -> tuple[date | None, str]:
        """Return when a promise is due, and where that is said."""
        a, b = figure.sentence
        mine = [
            p for p in self._seen(text, figure) if a <= p.start < b and p.last and p.role in ("own", "goal")
        ]
        beside = [p for p in mine if figure.start - len(figure.left) <= p.start < figure.at]
        if beside:
            return beside[-1].last, f"due as in its clause ({beside[-1].last.year})"
        behind = [
            p
            for p in mine
            if figure.at < p.start < figure.end + len(figure.right)
            and self._rules["due_behind"].search(text.block.text[figure.end : p.start + 1])
        ]
        if behind:
            return behind[0].last, "due as said behind it"
        before = [p for p in mine if p.start < figure.at]
        if before:
            return before[-1].last, f"due as in its sentence ({before[-1].last.year})"
        earlier = [p for p in text.periods if p.start < a and p.last and p.role == "own"]
        if earlier:
            return earlier[-1].last, "due as in the sentence before it"
        for above in self._above(text.block):
            own = [p for p in above.periods if p.last and p.role == "own"]
            if own:
                return own[-1].last, f"due as in the heading {_short(above.block.text)}"
        if self._opening is not None and self._opening.last:
            return self._opening.last, "due as the opening says"
        if self._was_target and self._last_due and self._rules["goes_on"].match(text.block.text):
            return self._last_due, "due as the promises before it"
        own = [
            p
            for p in self._title_text.periods
            if p.last
            and p.role == "own"
            and p.kind in ("year", "until_year", "span", "year_end", "year_english")
        ]
        if own and (not self.written or own[-1].last >= self.written):
            return own[-1].last, "due as in the title"
        return None, "no due date is said"

    _last_due: date | None = None

    def keep_due(self, when: date | None) -> None:
        """Remember when the promise before was due."""
        self._last_due = when

    def as_of(self, figure: Figure, text: Text) -> tuple[date | None, str]:
        """Return the day that a result speaks of, and where that is said."""
        a, _b = figure.sentence
        usable = [p for p in self._seen(text, figure) if p.role in ("own", "now")]
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
        for above in self._above(text.block):
            own = [p for p in above.periods if p.role in ("own", "now") and not self._is_future(p)]
            if own:
                if own[-1].role == "now":
                    return self._now(own[-1], text)
                return own[-1].last, f"the heading {_short(above.block.text)}"
        if self._opening is not None and self._opening.last and not self._is_future(self._opening):
            return self._opening.last, "the period that the opening names"
        return self._now(None, text)

    def _now(self, said: Period | None, text: Text) -> tuple[date | None, str]:
        """Return the day of the document; where it has none, the end of the period that it reports."""
        if self.written:
            return self.written, f"the day of the document, {self._written_why}"
        if said is not None:
            before = [p for p in text.periods if p.start < said.start]
            for found in (before, *(above.periods for above in self._above(text.block))):
                reported = [p for p in found if p.role == "own" and p.last and p.kind in _REPORTED]
                if reported:
                    return reported[-1].last, "the period that is reported"
        own = [p for p in self._title_text.periods if p.role == "own" and p.last and not self._is_future(p)]
        if (own and said is None) or (own and own[-1].kind in ("half_year", "nine_months", "quarter")):
            return own[-1].last, "the title"
        return None, "no day is said"

    def _is_future(self, period: Period) -> bool:
        if period.last is None:
            return False
        if period.kind == "span" and (self.written is None or period.last > self.written):
            return True
        if period.kind == "until_year" and (self.written is None or period.last > self.written):
            return True
        return self.written is not None and period.last.year > self.written.year

    def _seen(self, text: Text, figure: Figure) -> list[Period]:
        """The periods of a block that hold for a figure: what stands in brackets holds inside them only."""
        line, found = text.block.text, []
        for period in text.periods:
            opened = line.rfind("(", max(0, period.start - 300), period.start)
            closed = line.find(")", opened, opened + 600) if opened >= 0 else -1
            if not (opened >= 0 and period.start < closed < figure.at):
                found.append(period)
        return found

    def year_of_rank(self, figure: Figure, text: Text, index: str | None) -> tuple[date | None, str]:
        """Return the year a rank, a score or a change of rank was measured for; never that of the document."""
        a, b = figure.sentence
        own = [
            p for p in self._seen(text, figure) if p.role in ("own", "index") and p.last and p.kind != "day"
        ]
        compared = [p for p in text.periods if p.role == "compared" and p.last]
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
        for above in self._above(text.block):
            said = [p for p in above.periods if p.role in ("own", "index") and p.last]
            if said:
                return self._keep(index, said[-1].last), f"the heading {_short(above.block.text)}"
        said = [
            p
            for p in self._title_text.periods
            if p.role in ("own", "index") and p.last and p.kind not in ("day", "until_year")
        ]
        if said and (not self.written or said[-1].last <= self.written):
            return said[-1].last, "the title"
        if self._opening is not None and self._opening.last:
            return self._opening.last, "the period that the opening names"
        if self._rank_year and text.block.number == self._rank_year[0] + 1 and not text.periods:
            return self._rank_year[1], "the year of the ranks before it"
        return None, "no year is said"

    def _keep(self, index: str | None, when: date) -> date:
        when = date(when.year, 12, 31) if when.month == 12 else when
        if index:
            self._index_year[index] = when
        self._rank_year = (self._at, when)
        return when

    def from_year(self, figure: Figure, text: Text) -> int | None:
        """Return the year that a change is counted from."""
        end = figure.sentence[1]
        behind = [p for p in text.periods if figure.end <= p.start < end and p.role == "compared" and p.last]
        before = [
            p
            for p in text.periods
            if figure.sentence[0] <= p.start < figure.at and p.role == "compared" and p.last
        ]
        found = behind[:1] or before[-1:]
        return found[0].last.year if found else None

    # ---- whose

    def whose(self, figure: Figure, text: Text, in_turn: Place | None = None) -> tuple[Place, str]:
        """Return whose figure it is, and why; `in_turn` is its place in a list "lần lượt"."""
        place, why = (
            (in_turn, "the place at the same position in the list") if in_turn else self._whose(figure, text)
        )
        return self._as_unit(place, text), why

    def _whose(self, figure: Figure, text: Text) -> tuple[Place, str]:
        line, (a, b) = text.block.text, figure.sentence
        here = [p for p in text.places if a <= p.start < figure.at]
        subjects = [p for p in here if self._is_subject(p, line, figure)]
        if subjects:
            last = subjects[-1]
            between = line[last.end : figure.at]
            if last.kind == "country":
                if self._rules["country_value"].search(
                    line[max(a, last.start - 40) : figure.start]
                ) and not re.search(r"\d", between):
                    return last, "the country, named beside it"
                subjects = [p for p in subjects if p.kind != "country"]
                last = subjects[-1] if subjects else None
            if last is not None:
                if not self._rules["whole_province"].search(line[last.end : figure.at]):
                    return self._named(last)
                return self.main, "the province as a whole"
        if re.match(r"\s?(?:của )?GDP\b", figure.right):
            return Place("country", NATION), "a share of GDP"
        behind = [
            p
            for p in text.places
            if figure.end <= p.start < figure.end + len(figure.right) and p.kind == "province"
        ]
        if behind and self._rules["place_behind"].search(line[figure.end : behind[0].start]):
            return behind[0], "the place named behind it"
        if self._rules["whole_province"].search(line[a : figure.at]):
            return self.main, "the province as a whole"
        earlier = [p for p in text.places if p.start < a and self._is_subject(p, line, figure)]
        if (
            earlier
            and earlier[-1].kind == "province"
            and earlier[-1].id != self.main.id
            and self.main.kind != "not_said"
        ):
            others = {p.id for p in text.places if p.kind == "province"}
            if len(others) == 1 or self._rules["this_place"].search(line[a : figure.at]):
                return earlier[-1], "the place named in the sentence before it"
        if self.main.kind == "not_said" and earlier and earlier[-1].kind == "province":
            return earlier[-1], "the place named in the sentence before it"
        if (
            earlier
            and earlier[-1].kind in ("organisation", "district", "commune")
            and self._opens(earlier[-1], line)
        ):
            return earlier[-1], f"the {earlier[-1].kind} of the sentence before it"
        if (
            earlier
            and earlier[-1].kind == "ministry"
            and self._rules["ministries"].search(line[a : figure.at])
        ):
            return earlier[-1], "the ministry named before it"
        for above in self._above(text.block):
            named = [
                p
                for p in above.places
                if p.kind in ("province", "district", "commune", "ministry", "organisation")
            ]
            if named and above.block.number != 0:
                return named[0], f"the heading {_short(above.block.text)}"
        if self._rules["of_commune"].search(line[a:b]) and self.main.kind in ("not_said", "commune"):
            return (self.main if self.main.kind == "commune" else Place("commune", "")), "said of the commune"
        return self.main, self._main_why or "no place is said"

    def _opens(self, place: Place, line: str) -> bool:
        """Whether a place stands at the head of its sentence."""
        before = line[max(0, place.start - 60) : place.start]
        return place.start < 30 or bool(re.search(r"(?:^|[.!?]\s)[^.;:!?]{0,30}$", before))

    def _named(self, place: Place) -> tuple[Place, str]:
        return place, f"the {place.kind.replace('_2025', '')} named before it"

    def _is_subject(self, place: Place, line: str, figure: Figure) -> bool:
        """Whether a place is what its clause speaks of, not who says it or what it is compared with."""
        before = line[max(0, place.start - 40) : place.start]
        after = line[place.end : place.end + 60]
        if self._rules["source_of"].search(before) or self._rules["announces"].match(after):
            return False
        if place.kind == "province":
            return self.main.kind not in ("district", "commune")
        if place.kind == "country":
            return not self._rules["among_country"].search(before)
        return not self._rules["object_of"].search(before)

    def _as_unit(self, place: Place, text: Text) -> Place:
        """Return the unit of 2025 where a merged unit is meant by a province's name."""
        if place.kind != "province":
            return place
        unit = self._gazetteer.unit_of(place.id)
        if unit is None or unit != place.id or self._rules["former"].search(text.block.text):
            return place
        late = self.written is not None and self.written >= FIRST_DAY_OF_UNITS
        if late or self._is_merged_text:
            return replace(place, kind="unit_2025", id=unit)
        return place


def places_in_a_row(places: list[Place], line: str) -> list[Place]:
    """Return the run of places that ends a list: joined by commas and "và" only."""
    run: list[Place] = []
    for place in reversed([p for p in places if p.kind in ("province", "district", "ministry")]):
        joint = line[place.end : run[0].start] if run else ""
        if run and not _JOINT.fullmatch(joint):
            break
        run.insert(0, place)
    return run


_JOINT = re.compile(r"[\s,]*(?:và|cùng|and)?[\s,]*(?:tỉnh |thành phố |TP\.? ?|huyện )?")


def _short(text: str) -> str:
    return f'"{text[:60].rstrip()}"' if len(text) > 60 else f'"{text}"'
