"""The rules and word lists that reading an article follows; they are data (``data/extraction/rules.csv``),
so that a researcher can add to them.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cds_analysis.errors import DataError, Problem
from cds_analysis.paths import data_folder

__all__ = ["Rules", "load_rules"]

KINDS = (
    "furniture_line",
    "furniture_from",  # what is not the article
    "not_figure",
    "uncounted",  # digits that are no figures; what is counted but no indicator
    "low_strict",
    "low",
    "high",
    "about",
    "comparison",
    "filler",  # words before a figure
    "rank",
    "rank_word",
    "rank_unit",
    "ranked_among",
    "rank_up",
    "rank_down",
    "top",
    "top_goal",
    "score_unit",
    "score_of_rank",
    "names_index",
    "target_head",
    "target_near",
    "actual_near",  # promises and what is not one
    "half_year",
    "nine_months",
    "quarter",
    "year_end",
    "month",
    "day",
    "year",
    "until_year",
    "compared_year",  # with the groups year, quarter, month, day
    "abbreviation",
)
_WORDS = ("uncounted", "low_strict", "low", "high", "about")  # plain words rather than patterns


@dataclass(frozen=True)
class Rules:
    """One regular expression for each kind, and the meaning of abbreviations."""

    patterns: dict[str, re.Pattern]
    abbreviations: dict[str, str]

    def __getitem__(self, kind: str) -> re.Pattern:
        return self.patterns[kind]


def load_rules(folder: Path | None = None) -> Rules:
    """Read the rules of a data folder; the bundled ones where it has none.

    Raises
    ------
    DataError
        With the row of every unknown kind and every pattern that is no regular expression.

    Examples
    --------
    >>> bool(load_rules()["not_figure"].search("theo Quyết định số 3324/QĐ-UBND"))
    True
    """
    own = (folder or data_folder()) / "extraction" / "rules.csv"
    file = own if own.is_file() else data_folder() / "extraction" / "rules.csv"
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, changed: int) -> Rules:
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    meanings, problems = {}, []
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            kind, pattern = row.get("kind") or "", row.get("pattern") or ""
            if kind not in KINDS:
                problems.append(
                    Problem(
                        "extraction/rules.csv", number, "kind", f"must be one of {', '.join(KINDS)}", kind
                    )
                )
                continue
            if kind == "abbreviation":
                meanings[pattern] = row.get("meaning") or ""
            try:
                re.compile(pattern)
            except re.error as error:
                problems.append(
                    Problem(
                        "extraction/rules.csv",
                        number,
                        "pattern",
                        f"is no regular expression: {error}",
                        pattern,
                    )
                )
                continue
            found[kind].append(pattern)
    patterns = {}
    for kind, parts in found.items():
        try:
            patterns[kind] = _joined(kind, parts)
        except re.error as error:  # for example two patterns with a group of the same name
            problems.append(
                Problem(
                    "extraction/rules.csv",
                    None,
                    "pattern",
                    f"the patterns of the kind {kind} cannot be joined: {error}",
                )
            )
    if problems:
        raise DataError(file.parent, problems)
    return Rules(patterns, meanings)


def _joined(kind: str, parts: list[str]) -> re.Pattern:
    if not parts:
        return re.compile(r"(?!)")
    if kind in _WORDS:
        words = "|".join(sorted(map(re.escape, parts), key=len, reverse=True))
        return re.compile(
            rf"\b(?:{words})\b" if kind == "uncounted" else rf"\b(?:{words})\s*$", re.IGNORECASE
        )
    return re.compile("|".join(f"(?:{p})" for p in parts))
