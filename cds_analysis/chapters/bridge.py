"""Notebook 07: from 63 provinces to the 34 units of July 2025, and back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.dataset.register import WHOLE
from cds_analysis.measures.bridge import bridge_scores, parts_of_units
from cds_analysis.study.study import Study
from cds_analysis.views import prose, tables
from cds_analysis.views.charts.relations import unit_parts
from cds_analysis.views.prose import Prose
from cds_analysis.views.tables import Table
from cds_analysis.views.theme import Chart

__all__ = ["MergerBridge"]


class MergerBridge(Chapter):
    """Estimates for the units from one year of one dimension, beside what was published for them."""

    def __init__(
        self, study: Study, *, index: str, dimension: str = WHOLE, year: int, provinces: Iterable[str]
    ) -> None:
        super().__init__(study, provinces)
        self.index, self.year = index, year
        t = self.t
        self.name = (
            t.index_short(index) if dimension == WHOLE else t.dimension(index, dimension)
        ) + f" {year}"
        self.decimals = t.decimals(index, dimension, exact=True)
        self._here = [
            pl.col("index_id") == index,
            pl.col("dimension_id") == dimension,
            pl.col("year") == year,
        ]

    @cached_property
    def estimated(self) -> pl.DataFrame:
        """Every unit's score from its parts, with the rank that it gives."""
        d = self.data
        rows = bridge_scores(d.scores.filter(*self._here), d.indices, d.provinces, d.context)
        rank = pl.col("score").rank("min", descending=True).cast(pl.Int64)
        return rows.with_columns(rank=rank).sort("rank", "unit_id")

    @cached_property
    def parts(self) -> pl.DataFrame:
        """Each former province beside its unit."""
        return parts_of_units(self.estimated, self.data.scores.filter(*self._here), self.data.provinces)

    def summary(self) -> Prose:
        """Say how close the estimates come to what was published for the units."""
        published = self.data.unit_scores.filter(*self._here)
        published = published.select("unit_id", published="score", published_rank="rank")
        both = self.estimated.join(published, on="unit_id")
        compared = both.with_columns(difference=pl.col("score") - pl.col("published"))
        short = self.t.index_short(self.index)
        return prose.bridge(self.estimated, compared, self.t, index_name=short, year=self.year)

    def picture(self) -> Chart:
        """Draw each unit with its parts."""
        title, source = (
            self.t("{index}: units and their parts", index=self.name),
            self.sources(self.estimated),
        )
        return unit_parts(self.parts, self.estimated, text=self.t, title=title, source=source)

    def table(self) -> Table:
        """List the units."""
        title, source = self.t("{index}: the units of 2025", index=self.name), self.sources(self.estimated)
        return tables.bridge_table(
            self.estimated, text=self.t, title=title, source=source, decimals=self.decimals
        )

    def parts_table(self) -> Table:
        """List the parts of the units that the provinces picked out belong to."""
        units = self.parts.filter(self.is_chosen)["unit_id"].to_list()
        rows = self.parts.filter(pl.col("unit_id").is_in(units))
        title = self.t("{index}: former provinces beside their unit", index=self.name)
        source = self.sources(self.estimated)
        return tables.parts_table(rows, text=self.t, title=title, source=source, decimals=self.decimals)
