"""Which indicator or index a figure is about: a score for each, from the words around it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.intake.rules import Rules

__all__ = ["Proposer"]

_NEAR, _CLAUSE, _HEAD = (
    1.0,
    0.55,
    0.25,
)  # how much a word counts: beside the figure, in its clause, in the rest of its sentence


@lru_cache(maxsize=50_000)
def _plain(word: str) -> str:
    return "".join(
        c
        for c in unicodedata.normalize("NFKD", word.casefold().replace("đ", "d"))
        if not unicodedata.combining(c)
    )


def _pairs(text: str, abbreviations: dict[str, str]) -> set[str]:
    """Return the syllables of a text without accents, and each pair of neighbours; abbreviations written out."""
    syllables: list[str] = []
    for word in re.findall(r"\w+", text):
        syllables += [_plain(s) for s in abbreviations.get(word, word).split()]
    return set(syllables) | {f"{a} {b}" for a, b in pairwise(syllables)}


class Proposer:
    """Scores the indicators and dimensions of a dataset against the words around a figure.

    The score of one is the share of its words (rare ones count more, pairs of neighbours most) that stand
    near the figure, from 0 to 1.

    Examples
    --------
    >>> from cds_analysis import load
    >>> from cds_analysis.intake.rules import load_rules
    >>> proposer = Proposer(load(), load_rules())
    >>> proposer.indicators("tỷ lệ doanh nghiệp sử dụng hóa đơn điện tử đạt", "", "", "percent")[0][0]
    'enterprises_einvoice_pct'
    """

    def __init__(self, data: Dataset, rules: Rules) -> None:
        self._abbreviations = rules.abbreviations
        percent = pl.col("unit").str.starts_with("percent")
        units = data.indicators.select(
            "indicator_id", unit=pl.when(percent).then(pl.lit("percent")).otherwise("unit")
        )
        self._units = dict(units.iter_rows())
        self._indicators = self._weigh(_phrases(data.indicators, ["indicator_id"]))
        self._dimensions = self._weigh(_phrases(data.indices, ["index_id", "dimension_id"]))

    def _weigh(self, phrases: list[tuple[str, str]]):
        words = [(key, _pairs(text, self._abbreviations)) for key, text in phrases]
        documents = defaultdict(set)
        for key, found in words:
            for word in found:
                documents[word].add(key)
        n = len({key for key, _ in words})
        weight = {
            word: (1.6 if " " in word else 1.0) * math.log(1 + n / len(keys))
            for word, keys in documents.items()
        }
        index = defaultdict(list)
        for number, (_, found) in enumerate(words):
            for word in found:
                index[word].append(number)
        totals = [sum(weight[word] for word in found) for _, found in words]
        return [key for key, _ in words], weight, index, totals

    def indicators(self, near: str, clause: str, head: str, unit: str) -> list[tuple[str, float]]:
        """Return the indicators that fit best, with their scores, best first; one in another unit counts
        half.
        """
        scored = self._score(self._indicators, near, clause, head)
        fitting = {
            key: score * (1.0 if self._units.get(key) == unit else 0.5) for key, score in scored.items()
        }
        return _best(fitting)

    def dimensions(self, near: str, clause: str, head: str) -> list[tuple[str, float]]:
        """Return the dimensions (``index/dimension``) that fit best, with their scores, best first."""
        return _best(self._score(self._dimensions, near, clause, head))

    def _score(self, weighed, near: str, clause: str, head: str) -> dict[str, float]:
        keys, weight, index, totals = weighed
        found: dict[str, float] = {}
        for text, counts in ((head, _HEAD), (clause, _CLAUSE), (near, _NEAR)):
            for word in _pairs(text, self._abbreviations):
                found[word] = max(found.get(word, 0.0), counts)
        sums: dict[int, float] = defaultdict(float)
        for word, counts in found.items():
            for number in index.get(word, ()):
                sums[number] += counts * weight[word]
        best: dict[str, float] = {}
        for number, total in sums.items():
            # long names that match in part and short ones that match wholly are weighed alike
            score = total / totals[number] * min(1.0, 0.55 + total / 60)
            best[keys[number]] = max(best.get(keys[number], 0.0), score)
        return best


def _phrases(table: pl.DataFrame, keys: list[str]) -> list[tuple[str, str]]:
    found = []
    for row in table.iter_rows(named=True):
        key = "/".join(row[k] for k in keys)
        found += [
            (key, text) for text in [row["name_vi"], *(row["keywords"] or "").split(";")] if text.strip()
        ]
    return found


def _best(scored: dict[str, float]) -> list[tuple[str, float]]:
    return [
        (key, round(score, 3))
        for key, score in sorted(scored.items(), key=lambda item: (-item[1], item[0]))[:3]
        if score > 0.05
    ]
