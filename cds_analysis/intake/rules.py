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

__all__ = ["Rules", "extraction_file", "load_rules"]

# What is not the document; digits that are no figures, and what is counted but no indicator; the words of a
# bound; how a figure is written; what it is (change, score, setting) and is about; promises and results
# beside it, in its sentence, in headings; periods, with the groups year, months, quarter, month, day; places
# and how they stand in a clause. Periods that a text names, longer forms first: what one has taken, a shorter
# one does not see.
PERIODS = (
    "day_words",
    "day_english",
    "day",
    "early_month",
    "half_year",
    "nine_months",
    "quarter",
    "span",
    "year_end",
    "month",
    "month_english",
    "until_year",
    "year",
    "year_english",
    "year_bare",
    "this_year",
)
KINDS = (
    *PERIODS,
    "furniture_line",
    "furniture_from",
    "caption",
    "not_figure",
    "uncounted",
    "holds_figure",
    "low_strict",
    "low",
    "high",
    "about",
    "comparison",
    "rank",
    "top",
    "rank_in_words",
    "times_in_words",
    "score_unit",
    "points_unit",
    "places_unit",
    "times_unit",
    "currency",
    "measure",
    "per_people",
    "per_people_near",
    "list_of_figures",
    "value_near",
    "counted_before",
    "change",
    "goes_to",
    "down",
    "growth_indicator",
    "context_noun",
    "context_task",
    "context_before",
    "context_place",
    "context_place_before",
    "column_number",
    "column_rank",
    "column_score",
    "score_subject",
    "share_near",
    "last_subject",
    "predicate",
    "level",
    "level_only",
    "level_behind",
    "connecting",
    "own_in_brackets",
    "in_region",
    "led_by",
    "no_subject",
    "new_subject",
    "other_subject",
    "target_near",
    "plan_share",
    "target_head",
    "target_right",
    "result_head",
    "target_heading",
    "result_heading",
    "states",
    "goes_on",
    "opening",
    "title",
    "plan_title",
    "quoted",
    "part_of_year",
    "compared",
    "announced",
    "index_year",
    "goal_year",
    "day_iso",
    "day_us",
    "now",
    "dateline",
    "meeting",
    "due_behind",
    "period_behind",
    "place_country",
    "place_ministry",
    "place_district",
    "place_commune",
    "place_organisation",
    "source_of",
    "announces",
    "object_of",
    "country_value",
    "among_country",
    "all_parts",
    "whole_province",
    "place_behind",
    "this_place",
    "ministries",
    "of_commune",
    "whole_district",
    "after_merger",
    "former",
    "owner",
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
    file = extraction_file("rules.csv", folder)
    return _read(file, file.stat().st_mtime_ns)


def extraction_file(name: str, folder: Path | None = None) -> Path:
    """Return a file of ``extraction/`` in a data folder; the bundled one where that has none."""
    own = (folder or data_folder()) / "extraction" / name
    return own if own.is_file() else data_folder() / "extraction" / name


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
            rf"\b(?:{words})\b" if kind == "uncounted" else rf"(?<!\w)(?:{words})\s*$", re.IGNORECASE
        )
    return re.compile("|".join(f"(?:{p})" for p in parts))
