"""Propose the figures of a document as rows of the dataset. Nothing is accepted here: each row waits for a
person's decision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.intake.dates import Dates
from cds_analysis.intake.document import Block, Line, document
from cds_analysis.intake.figures import Figure, figures
from cds_analysis.intake.files import read_lines
from cds_analysis.intake.frame import BESIDE, Frames, Given, Text
from cds_analysis.intake.kinds import Row, kind_of
from cds_analysis.intake.owners import Owners, in_turn
from cds_analysis.intake.places import Gazetteer
from cds_analysis.intake.propose import Proposal, Proposer
from cds_analysis.intake.rules import Rules, load_rules
from cds_analysis.intake.subjects import Subjects

__all__ = ["CANDIDATES", "KINDS", "Tools", "extract", "extract_file"]

KINDS = ("result", "target", "rank", "score", "change", "group", "context")
# The columns of a file of candidates; `decision` is for the reader: accept, reject, or empty; `confirmed`
# names the rules of the gate (intake/gate.py) that the reader has looked at.
CANDIDATES = {
    "candidate": pl.String,
    "decision": pl.String,
    "confirmed": pl.String,
    "paragraph": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "printed": pl.String,
    "kind": pl.String,
    "value": pl.Float64,
    "high": pl.Float64,
    "unit": pl.String,
    "bound": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "place_type": pl.String,
    "place": pl.String,
    "date": pl.Date,
    "date_is": pl.String,
    "from_year": pl.Int64,
    "proposal": pl.String,
    "score": pl.Float64,
    "second": pl.String,
    "third": pl.String,
    "heading": pl.String,
    "reason": pl.String,
}


class Tools:
    """What reading needs of a dataset, made once for many documents: rules, places, proposals."""

    def __init__(self, data: Dataset, rules: Rules | None = None) -> None:
        self.rules = rules or load_rules(data.folder)
        self.gazetteer = Gazetteer(data, self.rules)
        self.proposer = Proposer(data, self.rules)


def extract_file(source: str | Path, data: Dataset, given: Given | None = None) -> pl.DataFrame:
    """Read a document from a file (``-`` is standard input) and propose its figures, see :func:`extract`."""
    return extract(read_lines(source), data, given=given)


def extract(
    text: str | list[Line],
    data: Dataset,
    *,
    given: Given | None = None,
    title: str = "",
    tools: Tools | None = None,
) -> pl.DataFrame:
    """Propose the figures of a document.

    Parameters
    ----------
    text
        The document, page furniture and all, or the lines of a file.
    data
        Its registers (provinces, indicators, indices) say what a figure may be about.
    given
        What is known from outside: place, date, result or target, index. It holds where the document itself
        says nothing nearer the figure.
    title
        Its title, where the text does not open with it.
    tools
        Made from the data folder by default; give them when many documents are read.

    Returns
    -------
    polars.DataFrame
        One row a figure, columns `CANDIDATES`: the block (``p4``) and the place in it as read (spaces at
        its ends removed, letters composed, dashes made plain), the figure as printed, ``kind`` (result,
        target, rank, score, change, group: "top 10", context: the setting only), value (``high``: the upper
        end of a span) and unit (percent, count, mbps, rank, places, points, score, times, per_100, per_1000,
        currency, other), ``place_type`` and ``place`` (id of a province or unit, ``viet-nam``, the name of a
        ministry, district, commune or organisation; empty where none is said), the ``date`` it speaks of or
        is due (``date_is``; empty where none is said), up to three proposals of an indicator or
        ``index/dimension`` (``proposal`` is empty where none is sure), the headings above, and the reasons.

    Examples
    --------
    >>> from cds_analysis import load
    >>> found = extract(
    ...     "Đến cuối năm 2023, tỉnh Lạng Sơn có 85% dân số có hồ sơ sức khỏe điện tử (mục tiêu 90%).", load()
    ... )
    >>> found.select("printed", "kind", "place", "date", "proposal").row(0)
    ('85%', 'result', 'lang-son', datetime.date(2023, 12, 31), 'ehealth_records_pct')
    >>> found["kind"].to_list()
    ['result', 'target']
    """
    tools = tools or Tools(data)
    blocks = document(text, tools.rules)
    reader = _Reader(Frames(blocks, tools.gazetteer, tools.rules, given or Given(), title), tools)
    rows = [row for block in blocks if not block.is_furniture for row in reader.rows(block)]
    return pl.DataFrame(
        [{"candidate": f"c{n:03}", **row} for n, row in enumerate(rows, start=1)], schema=CANDIDATES
    )


class _Reader:
    """Reads the blocks of one document in order."""

    def __init__(self, frames: Frames, tools: Tools) -> None:
        self._frames, self._rules = frames, tools.rules
        self._dates = Dates(frames, tools.rules)
        self._owners = Owners(frames, tools.gazetteer, tools.rules)
        self._subjects = Subjects(frames.title, frames.given.index, tools.proposer, tools.rules)

    def rows(self, block: Block) -> list[dict]:
        """Return the candidates of a block."""
        text = self._frames.read(block)
        found = figures(block.text, self._rules, is_cell=block.kind == "cell")
        rows: list[dict] = []
        last: Row | None = None
        read_to = 0
        for (start, end), group in groupby(found, key=lambda f: f.sentence):
            together = list(group)
            near = text.near(start, end)
            self._subjects.start_sentence(block.text[read_to:start])
            read_to = start
            last = None if last is None else replace(last, is_same_sentence=False)
            for figure in together:
                row = self._row(figure, together, near, last)
                if row is not None:
                    rows.append(row)
                    last = Row(figure, row["kind"], row["unit"], row["proposal"], row["score"])
                    self._subjects.note(last)
        self._subjects.after(block)
        self._frames.after(text, bool(rows))
        return rows

    def _row(self, figure: Figure, found: list[Figure], text: Text, last: Row | None) -> dict | None:
        promise, why = self._frames.promise(figure, text)
        kind, unit = kind_of(figure, promise, text, last, self._rules)
        if kind is None:
            return None
        place, place_why = self._owners.whose(figure, text, in_turn(figure, found, text))
        about, index = self._subjects.about(figure, kind, unit, found, text, last)
        is_sure = any(p.is_sure for p in about)
        if (
            promise == "target"
            and why == BESIDE
            and not is_sure
            and last
            and last.unit == unit
            and last.proposal
        ):
            before = Proposal(last.proposal, last.score or 0.0)
            about = [before, *(p for p in about if p.about != last.proposal)][:3]
            why += ", for what the figure before it is about"
        elif kind == "result" and not is_sure:
            about = self._subjects.inherited(figure, unit, text, place.kind == "country") or about
        if place.kind in ("organisation", "ministry", "district", "commune"):  # indices rank provinces only
            about = [p for p in about if "/" not in p.about]
        is_due = promise == "target" and kind in ("target", "change")
        when, date_why = self._when(figure, kind, unit, text, index, is_due)
        reasons = (f"{promise}: {why}" if why else "", f"date: {date_why}", f"place: {place_why}")
        sure = next((p.about for p in about if p.is_sure), None)
        others = [*(p.about for p in about if p.about != sure), None, None]
        return {
            "decision": "",
            "confirmed": None,
            "paragraph": f"p{text.block.number}",
            "start": figure.start,
            "end": figure.end,
            "printed": figure.printed,
            "kind": kind,
            "value": self._value(figure, kind, unit),
            "high": figure.high,
            "unit": unit,
            "bound": (
                "<=" if unit == "rank" and self._rules["top"].search(figure.left[-20:]) else figure.bound
            ),
            "numerator": figure.numerator if unit not in ("rank", "score") else None,
            "denominator": figure.denominator,
            "place_type": place.kind,
            "place": place.id or None,
            "date": when,
            "date_is": "due" if is_due else "as_of",
            "from_year": self._dates.from_year(figure, text) if kind == "change" else None,
            "proposal": sure,
            "score": about[0].score if about else None,
            "second": others[0],
            "third": others[1],
            "heading": " > ".join(h.text[:80] for h in text.block.above) or None,
            "reason": "; ".join(filter(None, reasons)),
        }

    def _value(self, figure: Figure, kind: str, unit: str) -> float:
        if figure.unit == "fraction" and figure.numerator is not None and unit in ("rank", "score"):
            return figure.numerator
        is_fall = kind == "change" and unit == "places" and self._rules["down"].search(figure.left[-30:])
        return -figure.value if is_fall else figure.value

    def _when(self, figure, kind, unit, text, index, is_due) -> tuple[date | None, str]:
        """Return the day that a figure speaks of or is due, and where that is said."""
        if is_due:
            when, why = self._dates.due(figure, text)
            self._frames.last_due = when or self._frames.last_due
            return when, why
        if kind in ("rank", "score", "group") or (kind == "change" and unit in ("places", "points", "score")):
            when, why = self._dates.year_of_rank(figure, text, index)
            if when is not None or index is not None:
                return when, why
        return self._dates.as_of(figure, text)
