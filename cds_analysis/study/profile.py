"""Everything about one province as one object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.errors import several
from cds_analysis.views.prose.verdict import Sentence, verdict

if TYPE_CHECKING:
    from cds_analysis.study.result import Result
    from cds_analysis.study.study import Study

__all__ = ["Profile"]


class Profile:
    """A province: where it lies, its ranks, trends, targets, what it reported, and the sources of all of it.

    Examples
    --------
    >>> from cds_analysis import open
    >>> me = open(lang="en").province("Lạng Sơn")
    >>> me.name, me.region, len(me.reported) > 0
    ('Lạng Sơn', 'Northern Midlands and Mountains', True)
    """

    def __init__(self, study: Study, province_id: str) -> None:
        self.study, self.province_id = study, province_id
        self._row = study.data.provinces.row(by_predicate=pl.col("province_id") == province_id, named=True)

    @property
    def name(self) -> str:
        """Its name in the study's language."""
        return self.study.text.province(self.province_id)

    @property
    def verdict(self) -> list[Sentence]:
        """What there is to say about it: a headline and the sentences below, each with its certainty."""
        study = self.study
        return verdict(study.findings, study.ranked, study.text, province=self.province_id)

    @property
    def region(self) -> str:
        """The name of its region."""
        return self.study.text.region(self._row["region_id"])

    @property
    def unit_2025(self) -> str:
        """The name of the unit it has been, or been part of, since July 2025."""
        return self.study.text.unit_2025(self._row["unit_2025_id"])

    @property
    def peers(self) -> list[str]:
        """The names of its structural peers, nearest first."""
        return [self.study.text.province(p) for p in self.study.provinces(f"peers of {self.province_id}")]

    @property
    def ranks(self) -> Result:
        """Its scores and ranks in every index and dimension, newest year first."""
        return self.study.ranks().pick(self.province_id)

    @property
    def latest(self) -> Result:
        """The newest year of each index and dimension on record for it."""
        mine = self.ranks
        newest = pl.col("year") == pl.col("year").max().over("index_id", "dimension_id")
        return mine.keep(mine.frame.drop_nulls("rank").filter(newest))

    @property
    def trends(self) -> Result:
        """Its trends, judged together with those of all provinces."""
        return self.study.trends().pick(self.province_id)

    @property
    def gaps(self) -> Result:
        """Its own targets, and the national ones it reports a figure for."""
        return self.study.gaps().pick(self.province_id)

    @property
    def reported(self) -> Result:
        """What it reported, newest first."""
        rows = eager(self.study.data.observations).sort("as_of", descending=True)
        return self.study.result("reported", rows).pick(self.province_id)

    @property
    def sources(self) -> pl.DataFrame:
        """All sources of the above, each once."""
        each = [r.sources for r in (self.ranks, self.gaps, self.reported)]
        return pl.concat(each).unique("source_id", maintain_order=True)

    def __repr__(self) -> str:
        return (
            f"<{self.name}: {self.region}; {several(len(self.ranks), 'rank')},"
            f" {several(len(self.gaps), 'target')}, {several(len(self.reported), 'reported figure')},"
            f" {several(self.sources.height, 'source')}>"
        )

    def _repr_html_(self) -> str:
        parts = (self.latest, self.gaps, self.reported)
        return "".join(part._repr_html_() for part in parts if len(part))
