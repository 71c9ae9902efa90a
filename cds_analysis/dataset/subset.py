"""The part of a dataset that a report reads: cut out, and told apart by a checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.schemas import NATION, TABLES

__all__ = ["WAYS", "Subsets"]

# How much of a table a report reads: every row, the rows of its own provinces (and of the country), or none.
WAYS = ("all", "own", "none")
_READ = [
    t for t in TABLES if t not in ("sources", "accepted")
]  # sources follow; what was accepted is the gate's
_WHOSE = {
    "observations": "province_id",
    "targets": "scope",
    "claims": "province_id",
    "scores": "province_id",
    "context": "province_id",
}


class Subsets:
    """Cuts a dataset down to what a report reads. What the reports share is read and summed once.

    Parameters
    ----------
    data
        The whole dataset.

    Examples
    --------
    >>> from cds_analysis import load
    >>> parts = Subsets(load())
    >>> own = parts.cut({"observations": "own", "claims": "none"}, ["lang-son"])
    >>> (
    ...     own.observations["province_id"].unique().to_list(),
    ...     own.claims.height,
    ...     own.scores.height == load().scores.height,
    ... )
    (['lang-son'], 0, True)
    """

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self._summed: dict[str, tuple[bytes, set[str]]] = {}
        self._checksums: dict[tuple, str] = {}

    def cut(self, reads: dict[str, str], provinces: Sequence[str]) -> Dataset:
        """Return the dataset with only the rows that a report reads, and the sources that they name.

        Parameters
        ----------
        reads
            For each table not read in full, one of `WAYS`.
        provinces
            Ids of the provinces the report is about.
        """
        kept = {name: self._rows(name, way, provinces) for name, way in reads.items()}
        cited = set().union(*(self._sum(name, reads.get(name, "all"), provinces)[1] for name in _READ))
        return replace(self.data, **kept, sources=self._sources(cited), origins={})

    def checksum(self, reads: dict[str, str], provinces: Sequence[str]) -> str:
        """Return a short SHA-256 over the rows that :meth:`cut` keeps."""
        key = (*sorted(reads.items()), *provinces)
        if key in self._checksums:  # as for the same report in the other language
            return self._checksums[key]
        digest, cited = hashlib.sha256(), set()
        for name in _READ:
            summed, named = self._sum(name, reads.get(name, "all"), provinces)
            digest.update(summed)
            cited |= named
        digest.update(_digest(self._sources(cited)))
        self._checksums[key] = digest.hexdigest()[:16]
        return self._checksums[key]

    def _sum(self, name: str, way: str, provinces: Sequence[str]) -> tuple[bytes, set[str]]:
        if way == "own":
            rows = self._rows(name, way, provinces)
            return _digest(rows), _cited(rows)
        if (key := f"{name} {way}") not in self._summed:
            rows = self._rows(name, way, provinces)
            self._summed[key] = (_digest(rows), _cited(rows))
        return self._summed[key]

    def _rows(self, name: str, way: str, provinces: Sequence[str]) -> pl.DataFrame:
        table = getattr(self.data, name)
        if way == "none":
            return table.clear()
        return table.filter(pl.col(_WHOSE[name]).is_in([*provinces, NATION])) if way == "own" else table

    def _sources(self, cited: set[str]) -> pl.DataFrame:
        return self.data.sources.filter(pl.col("source_id").is_in(sorted(cited)))


def _cited(table: pl.DataFrame) -> set[str]:
    return {
        s
        for column in table.columns
        if column.endswith("source_id")
        for s in table[column].drop_nulls().unique()
    }


def _digest(table: pl.DataFrame) -> bytes:
    return hashlib.sha256(table.write_csv().encode()).digest()
