"""Which indicator or index a figure is about: by the patterns of the register first, by its words
otherwise.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.errors import DataError, Problem
from cds_analysis.intake.rules import Rules, extraction_file

__all__ = ["Proposal", "Proposer"]

_SURE = 0.6  # from this score on a proposal is made; below it is only offered as second or third
_NEAR, _ANCHORED, _WIDE, _ALIKE = (
    1.0,
    0.75,
    0.58,
    0.55,
)  # a pattern beside the figure; in its clause, its noun beside it or not; only words alike
_UNITS = {
    "fraction": ("percent", "count"),
    "score": ("index",),
    "": ("percent", "count"),
    "per_1000": ("per_1000",),
}


@dataclass(frozen=True)
class Proposal:
    """What a figure may be about: an indicator's id or ``index/dimension``, and how sure that is (0 to 1)."""

    about: str
    score: float

    @property
    def is_sure(self) -> bool:
        """Whether it is proposed, not only offered."""
        return self.score >= _SURE


@dataclass(frozen=True)
class _Pattern:
    about: str
    needs: tuple[re.Pattern, ...]
    without: re.Pattern | None

    @property
    def is_anchored(self) -> bool:
        """Whether it says what stands beside the figure itself."""
        return any(need.pattern.startswith("#") for need in self.needs)

    def fits(self, text: str) -> int:
        """Return how many letters of a text fit, 0 where not all needs are met."""
        found = [need.search(text) for need in self.needs]
        if not all(found) or (self.without is not None and self.without.search(text)):
            return 0
        return sum(len(m[0]) for m in found)


class Proposer:
    """Proposes what a figure is about, from the words around it, in which ``#`` stands for the figure.

    Examples
    --------
    >>> from cds_analysis import load
    >>> from cds_analysis.intake.rules import load_rules
    >>> proposer = Proposer(load(), load_rules())
    >>> proposer.indicators("tỷ lệ doanh nghiệp sử dụng hóa đơn điện tử đạt #", "", "percent")[0].about
    'enterprises_einvoice_pct'
    >>> proposer.indicators("hội viên được vay vốn #", "", "percent")
    []
    """

    def __init__(self, data: Dataset, rules: Rules) -> None:
        self._abbreviations = {k: v for k, v in rules.abbreviations.items()}
        self._written_out = re.compile(
            r"(?<!\w)(?:"
            + "|".join(sorted(map(re.escape, rules.abbreviations), key=len, reverse=True))
            + r")(?!\w)"
        )
        unit = pl.when(pl.col("unit").str.starts_with("percent")).then(pl.lit("percent")).otherwise("unit")
        self._units = dict(data.indicators.select("indicator_id", unit=unit).iter_rows())
        self._words = _Words(_phrases(data.indicators), self._abbreviations)
        dimensions = {f"{i}/{d}" for i, d in data.indices.select("index_id", "dimension_id").iter_rows()}
        known = set(self._units) | dimensions
        file = extraction_file("indicators.csv", data.folder)
        self._patterns = [p for p in _read(file, file.stat().st_mtime_ns) if p.about in known]
        self._with_patterns = {p.about for p in self._patterns}
        self._of_indicators = [p for p in self._patterns if "/" not in p.about]
        self._of_indices = [p for p in self._patterns if p.about.endswith("/overall")]
        self._of_parts = [p for p in self._patterns if "/" in p.about and not p.about.endswith("/overall")]

    def plain(self, text: str) -> str:
        """Return a text in small letters with abbreviations written out."""
        text = self._written_out.sub(lambda m: self._abbreviations[m[0]], text)
        return re.sub(r"\btỉ (lệ|trọng)", r"tỷ \1", " ".join(text.casefold().split()))

    def indicators(self, near: str, wide: str, unit: str) -> list[Proposal]:
        """Return up to three indicators, best first.

        Parameters
        ----------
        near
            The words that belong to the figure alone, with ``#`` in its place.
        wide
            Its whole clause.
        unit
            percent, fraction, count, mbps, per_1000 or none; only indicators in a unit that fits are offered.
        """
        units = _UNITS.get(unit, (unit,))
        found: dict[str, float] = {}
        sizes: dict[str, int] = {}
        for text, weight in ((self.plain(near), _NEAR), (self.plain(wide), _WIDE)):
            if not text:
                continue
            for pattern in self._of_indicators:
                if self._units.get(pattern.about) not in units or (found and pattern.about in found):
                    continue
                if size := pattern.fits(text):
                    sizes[pattern.about] = max(size, sizes.get(pattern.about, 0))
                    own = _ANCHORED if weight == _WIDE and pattern.is_anchored else weight
                    found[pattern.about] = max(found.get(pattern.about, 0.0), own)
            if found:
                break
        for about, size in sizes.items():  # of several that fit the one that says most leads
            found[about] = round(found[about] * (0.8 + 0.2 * size / max(sizes.values())), 3)
        for about, score in self._words.score(f"{near} {wide[:200]}"):
            if about not in found and self._units.get(about) in units:
                weight = _ALIKE if about in self._with_patterns else 1.0
                found[about] = round(min(score, 1.0) * weight, 3)
        return _best(found)

    def index_in(self, text: str) -> str | None:
        """Return the index that a text names last, or None."""
        plain = self.plain(text)
        last: tuple[int, str] | None = None
        for pattern in self._of_indices:
            if pattern.without is not None and pattern.without.search(plain):
                continue
            for match in pattern.needs[0].finditer(plain):
                last = max(last or (-1, ""), (match.end(), pattern.about))
        return last[1].split("/")[0] if last else None

    def part_in(self, text: str, index: str) -> str | None:
        """Return the dimension of an index that a text names last, or None."""
        plain = self.plain(text)
        last: tuple[int, int, str] | None = None
        for pattern in self._of_parts:
            if pattern.about.split("/")[0] != index:
                continue
            if pattern.without is not None and pattern.without.search(plain):
                continue
            for match in pattern.needs[0].finditer(plain):
                last = max(last or (-1, 0, ""), (match.end(), match.end() - match.start(), pattern.about))
        return last[2] if last else None


def _best(scored: dict[str, float]) -> list[Proposal]:
    ranked = sorted(scored.items(), key=lambda item: (-item[1], item[0]))
    return [Proposal(about, score) for about, score in ranked[:3] if score > 0.12]


@lru_cache(maxsize=4)
def _read(file: Path, changed: int) -> list[_Pattern]:
    """Read the patterns of indicators: all of ``words`` (between `` & ``) must be found, none of
    ``without``.
    """
    found, problems = [], []
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                needs = tuple(re.compile(part) for part in (row["words"] or "").split(" & "))
                without = re.compile(row["without"]) if row["without"] else None
            except (re.error, KeyError) as error:
                said = (
                    f"is no regular expression: {error}"
                    if isinstance(error, re.error)
                    else "the column is missing"
                )
                problems.append(Problem("extraction/indicators.csv", number, "words", said, row.get("words")))
                continue
            found.append(_Pattern(row["about"], needs, without))
    if problems:
        raise DataError(file.parent, problems)
    return found


# ---- by words alone: what is offered where no pattern fits


@lru_cache(maxsize=50_000)
def _plain(word: str) -> str:
    return "".join(
        c
        for c in unicodedata.normalize("NFKD", word.casefold().replace("đ", "d"))
        if not unicodedata.combining(c)
    )


def _pairs(text: str, abbreviations: dict[str, str]) -> set[str]:
    """Return the syllables of a text without accents, and each pair of neighbours; abbreviations
    written out.
    """
    words: list[str] = re.findall(r"\w+", text)
    written_out = [s for word in words for s in abbreviations.get(word, word).split()]
    syllables = [_plain(s) for s in written_out]
    return set(syllables) | {f"{a} {b}" for a, b in pairwise(syllables)}


def _phrases(table: pl.DataFrame) -> list[tuple[str, str]]:
    return [
        (row["indicator_id"], text)
        for row in table.iter_rows(named=True)
        for text in [row["name_vi"], *(row["keywords"] or "").split(";")]
        if text.strip()
    ]


class _Words:
    """Scores names against a text: the share of their words found, rare ones and neighbours counting more."""

    def __init__(self, phrases: list[tuple[str, str]], abbreviations: dict[str, str]) -> None:
        self._abbreviations = abbreviations
        words = [(key, _pairs(text, abbreviations)) for key, text in phrases]
        documents = defaultdict(set)
        for key, found in words:
            for word in found:
                documents[word].add(key)
        n = len({key for key, _ in words})
        self._weight = {
            word: (1.6 if " " in word else 1.0) * math.log(1 + n / len(keys))
            for word, keys in documents.items()
        }
        self._index = defaultdict(list)
        for number, (_, found) in enumerate(words):
            for word in found:
                self._index[word].append(number)
        self._totals = [sum(self._weight[word] for word in found) for _, found in words]
        self._keys = [key for key, _ in words]

    def score(self, text: str) -> list[tuple[str, float]]:
        """Return (key, score from 0 to 1) of the six that are most alike."""
        sums: dict[int, float] = defaultdict(float)
        for word in _pairs(text, self._abbreviations):
            for number in self._index.get(word, ()):
                sums[number] += self._weight[word]
        best: dict[str, float] = {}
        for number, total in sums.items():
            score = total / self._totals[number] * min(1.0, 0.55 + total / 60)
            best[self._keys[number]] = max(best.get(self._keys[number], 0.0), score)
        return sorted(best.items(), key=lambda item: -item[1])[:6]
