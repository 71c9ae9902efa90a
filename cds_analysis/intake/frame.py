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
from cds_analysis.intake.periods import Dated, Period, periods, written_on
from cds_analysis.intake.places import Gazetteer, Place, find_unit
from cds_analysis.intake.rules import Rules

__all__ = ["BESIDE", "Frames", "Given", "Text", "given", "seen", "short"]

BESIDE = "beside a word for a promise"
_REACH = 3000  # letters before a sentence that can still say what it is about
_HEAD = 30  # letters at the head of a paragraph, where the period stands that all of it speaks of
_A_SEASON = 120  # days: a report may speak of a year that has not quite ended


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
        self.written_why = "given" if given.date else why
        self.title = title or self._title(blocks)
        place, place_why = gazetteer.main(self.title, own)
        self.main, self.main_why = (given.place, "given") if given.place else (place, place_why)
        self.whole = "\n".join([self.title, *own])
        self.title_text = self._read(Block(0, self.title, "heading"))
        self._headings: dict[tuple[int, int], Text] = {}
        self._headers: dict[tuple[str, int | None], Text] = {}
        self._year: int | None = self.written.year if self.written else None
        for period in self.title_text.periods:
            self._year = self._year or (period.last and period.last.year)
        self.opening: Period | None = None  # what an opening sentence says of all that follows
        self.carried: Period | None = None  # the period that the last dated paragraph begins with
        self.last_due: date | None = None
        self.at = 0
        self.was_target = False

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
        self.at = block.number
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

    def above(self, block: Block) -> list[Text]:
        """The headings above a block, innermost first, and the headers of a cell before them."""
        found = [self._heading(h) for h in reversed(block.above)]
        for n, header in enumerate((block.column, block.row)):
            if header:
                key = header, self._year
                if key not in self._headers:
                    self._headers[key] = self._read(Block(-1, header, "heading"))
                found.insert(n, self._headers[key])
        return found

    def after(self, text: Text, has_figures: bool) -> None:
        """Note what a block says for the blocks behind it."""
        block = text.block
        if block.is_furniture:
            return
        own = [p for p in text.periods if p.role == "own" and isinstance(p, Dated)]
        if said := self._rules["part_of_year"].search(block.text):
            self._year = int(said["year"])
        for period in own:
            if period.is_whole:
                self._year = period.last.year
        if block.kind == "heading":
            if own:
                self.opening = None
        elif not has_figures and own and self._rules["opening"].search(block.text):
            self.opening = own[-1]
        if own and own[0].start <= _HEAD and not block.is_furniture and own[0].kind != "day":
            self.carried = own[0]
        promised = [p for p in own if any(kind == "target" and at <= p.end + 1 for at, kind in text.signals)]
        if promised and text.signals[-1][1] == "target":
            self.last_due = promised[-1].last
        self.was_target = (
            bool(text.signals) and text.signals[-1][1] == "target"
            if text.signals
            else (self.was_target and block.kind == "paragraph")
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
        inside = [s for s in self.above(text.block) if s.signals]
        states = rules["states"].match(
            text.block.text, start
        )  # a new statement, whatever was promised before
        if earlier and not (states and earlier[-1][1] == "target"):
            return earlier[-1][1], "as the sentence before it"
        if inside:
            return inside[0].signals[-1][1], f"the heading {short(inside[0].block.text)}"
        if text.block.kind == "paragraph" and self.was_target and rules["goes_on"].match(text.block.text):
            return "target", "goes on from the promises before it"
        if self.given.kind:
            return self.given.kind, "given"
        title = self.title_text.signals
        if title and rules["title"].match(self.title) and not self.above(text.block):
            return title[-1][1], "the title"
        if rules["plan_title"].match(self.title) and text.block.kind in ("item", "cell"):
            return "target", "a list in a plan"
        return "result", ""

    def _is_ahead(self, figure: Figure, text: Text) -> bool:
        """Whether its sentence names a year to come before it."""
        now = self.written.year if self.written else None
        before = [
            p
            for p in text.periods
            if figure.sentence[0] <= p.start < figure.at and isinstance(p, Dated) and p.role == "own"
        ]
        if before and self.written and (before[-1].last - self.written).days > _A_SEASON:
            return True
        results = [at for at, kind in text.signals if kind == "result" and at <= figure.at]
        until = [
            p
            for p in seen(text, figure)
            if p.start < figure.at and isinstance(p, Dated) and p.kind == "until_year" and p.role == "own"
        ]
        until = [p for p in until if p.start > max(results, default=-1)]
        if not until:
            return False
        if now:
            return until[-1].last.year > now
        # in a text without a day, "đến cuối năm 2020, ..." tells what was reached
        return not re.search(r"\b(?:cuối|hết)\b", text.block.text[until[-1].start : until[-1].end])


def seen(text: Text, figure: Figure) -> list[Period]:
    """The periods of a block that hold for a figure: what stands in brackets holds inside them only."""
    line, found = text.block.text, []
    for period in text.periods:
        opened = line.rfind("(", max(0, period.start - 300), period.start)
        closed = line.find(")", opened, opened + 600) if opened >= 0 else -1
        if not (opened >= 0 and period.start < closed < figure.at):
            found.append(period)
    return found


def short(text: str) -> str:
    """Return a heading as reasons quote it."""
    return f'"{text[:60].rstrip()}"' if len(text) > 60 else f'"{text}"'
