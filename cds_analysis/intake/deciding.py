"""Decisions on the candidates of one file: kept at once, undone step by step, asked about where they are
doubtful.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.intake.add import key_of, read_candidates, write_candidates
from cds_analysis.intake.corrections import corrected
from cds_analysis.intake.decisions import beside, decisions
from cds_analysis.intake.gate import Doubt, doubts

__all__ = ["Deciding"]


class Deciding:
    """The candidates of a file as they are decided on.

    Parameters
    ----------
    path
        File that ``cds extract`` wrote. What was proposed is kept beside it once, and the decisions after
        each step.
    data
        The registers that doubts go by.
    written
        The day of the document, where it is known.
    """

    def __init__(self, path: Path, data: Dataset, written: date | None = None) -> None:
        self.path, self.data, self.written = path, data, written
        self.frame = read_candidates(path)
        kept = beside(path, "proposed")
        if not kept.exists():
            write_candidates(self.frame, kept)
        self._proposed = read_candidates(kept)
        self._before: list[tuple[pl.DataFrame, int]] = []

    def keep(self, frame: pl.DataFrame, at: int) -> None:
        """Take changed candidates and write them; `at` is where undoing goes back to."""
        self._before.append((self.frame, at))
        self._write(frame)

    def undo(self) -> int | None:
        """Take the last step back; return where it was made, None where there is none."""
        if not self._before:
            return None
        frame, at = self._before.pop()
        self._write(frame)
        return at

    def _write(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        write_candidates(frame, self.path)
        write_candidates(decisions(self._proposed, frame), beside(self.path, "decisions"))

    def asked(self, row: dict, at: int) -> tuple[list[Doubt], dict | None]:
        """Return what must be confirmed before a candidate is accepted: its doubts, and another accepted
        candidate with its place, subject and date but another value.
        """
        key = key_of(row, self.data)
        same = [
            other
            for n, other in enumerate(self.frame.iter_rows(named=True))
            if n != at and other["decision"] == "accept" and other["proposal"] == row["proposal"]
        ]
        clash = (o for o in same if key and o["value"] != row["value"] and key_of(o, self.data) == key)
        return doubts(row, self.data, self.written), next(clash, None)

    def accept(self, at: int, changes: dict) -> None:
        """Accept a candidate with corrections; what was asked about counts as confirmed, and a candidate
        that it clashes with is open again.
        """
        row = self.frame.row(at, named=True) | changes
        odd, clash = self.asked(row, at)
        frame = self.frame
        if clash is not None:
            there = frame["candidate"].to_list().index(clash["candidate"])
            frame = corrected(frame, [there], {"decision": "", "confirmed": None})
        confirmed = ";".join(d.rule for d in odd) or None
        self.keep(corrected(frame, [at], {**changes, "decision": "accept", "confirmed": confirmed}), at)

    def accept_all(self, places: list[int], at: int) -> int:
        """Accept those that lack nothing and are not doubtful; return how many."""
        taken = {
            key_of(row, self.data): row["value"]
            for row in self.frame.filter(pl.col("decision") == "accept").iter_rows(named=True)
        }
        done = []
        for n in places:
            row = self.frame.row(n, named=True)
            key = key_of(row, self.data)
            if key is None or doubts(row, self.data, self.written):
                continue
            if taken.setdefault(key, row["value"]) == row["value"]:
                done.append(n)
        if done:
            self.keep(corrected(self.frame, done, {"decision": "accept"}), at)
        return len(done)
