"""Notebook 01: where does a province stand against its region, its structural peers and the country?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.dataset.register import WHOLE, parts_of
from cds_analysis.dataset.series import indicator_values, score_values
from cds_analysis.measures.compare import compare
from cds_analysis.measures.evidence import leading_pair, view_correlations, view_differences, view_stability
from cds_analysis.measures.promises import yardsticks
from cds_analysis.measures.regional import region_split
from cds_analysis.study.study import Study
from cds_analysis.views import interactive, prose, tables
from cds_analysis.views.charts.comparison import tile_map
from cds_analysis.views.charts.heat import heatmap
from cds_analysis.views.charts.relations import two_views
from cds_analysis.views.charts.reported import yardstick_strips
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import Prose
from cds_analysis.views.tables import Table
from cds_analysis.views.theme import Chart

__all__ = ["Comparison"]

_FEWEST = 5  # provinces that report an indicator before it is drawn


class Comparison(Chapter):
    """One index in one year, all provinces, with those picked out in colour."""

    def __init__(self, study: Study, *, index: str, year: int, provinces: Iterable[str]) -> None:
        super().__init__(study, provinces)
        self.index, self.year = index, year
        self.name = f"{self.t.index_short(index)} {year}"
        self.parts = [s.key for s in parts_of(self.data.indices, index)]

    @cached_property
    def compared(self) -> pl.DataFrame:
        """Every dimension of the year, all provinces."""
        here = (pl.col("index_id") == self.index) & (pl.col("year") == self.year)
        return compare(
            score_values(self.data.scores.filter(here)), self.data.provinces, peers=self.study.peers
        )

    @cached_property
    def overall(self) -> pl.DataFrame:
        """The index as a whole."""
        return self.compared.filter(pl.col("series_id") == f"{self.index}/{WHOLE}")

    @cached_property
    def by_part(self) -> pl.DataFrame:
        """Its dimensions, where a full table is on record."""
        is_full = pl.col("n_reporting") >= self.data.full_from
        return self.compared.filter(pl.col("series_id").is_in(self.parts), is_full)

    @cached_property
    def _shown_parts(self) -> list[str]:
        have = set(self.by_part["series_id"])
        return [p for p in self.parts if p in have]

    def summary(self) -> Prose:
        """Say where the provinces picked out stand."""
        return prose.comparison(
            self.overall, self.t, provinces=self.chosen, index_id=self.index, year=self.year
        )

    def map(self) -> Chart:
        """Draw the score of every province as a tile."""
        t = self.t
        return tile_map(
            self.overall,
            self.data.provinces,
            text=t,
            title=t("{index}: score by province", index=self.name),
            subtitle=t("Score; darker is better. Hatched: no result published. Framed: provinces chosen."),
            highlight=self.chosen,
            source=self.sources(self.overall),
            decimals=t.decimals(self.index),
        )

    def finder(self) -> Live | None:
        """Draw the chart in which a reader finds any province; nothing where no table is full."""
        t = self.t
        drawn = self.compared.filter(pl.col("n_reporting") >= self.data.full_from)
        have = set(drawn["series_id"])
        order = [s for s in (f"{self.index}/{WHOLE}", *self.parts) if s in have]
        if not order:
            return None
        return interactive.by_dimension(
            drawn,
            self.data.provinces,
            text=t,
            order=order,
            highlight=self.chosen,
            title=t("{index}: find a province", index=self.name),
            source=self.sources(drawn),
        )

    def positions(self) -> Chart | None:
        """Draw the percentile of the provinces picked out in each dimension, with the score."""
        t, shown = self.t, self.by_part.filter(self.is_chosen)
        if not self._shown_parts:
            return None
        keys = shown.select("series_id", "province_id", "value").iter_rows()
        return heatmap(
            shown,
            text=t,
            rows=self._shown_parts,
            provinces=self.chosen,
            labels={(s, p): t.number(v, 2) for s, p, v in keys},
            columns_label="percentile",
            title=t("{index}: position by dimension", index=self.name),
            subtitle=t("Colour: percentile among the provinces published (dark is high). Number: score."),
            source=self.sources(self.by_part),
        )

    def table(self) -> Table:
        """List scores and differences of the provinces picked out."""
        t = self.t
        wanted = [f"{self.index}/{WHOLE}", *self._shown_parts]
        rows = self.compared.filter(self.is_chosen, pl.col("series_id").is_in(wanted))
        title = t("{index}: scores and differences", index=self.name)
        return tables.comparison_table(
            rows.sort(
                "province_id",
                pl.col("series_id").replace_strict(wanted, range(len(wanted)), return_dtype=pl.Int64),
            ),
            text=t,
            title=title,
            source=self.sources(rows, self.data.context),  # peers come from the context
        )

    @cached_property
    def _ranked(self) -> pl.DataFrame:
        series = [f"{self.index}/{WHOLE}", *self.parts]
        key = pl.col("index_id") + "/" + pl.col("dimension_id")
        return self.study.ranked.filter(key.is_in(series), pl.col("year") == self.year)

    @cached_property
    def _split(self) -> pl.DataFrame:
        split = region_split(self._ranked, self.data.provinces)
        return split.sort(pl.col("dimension_id") != WHOLE, "share_between", descending=[False, True])

    def regions(self) -> Prose:
        """Say how much of the spread lies between regions."""
        return prose.region_split(self._split, self.t)

    def regions_table(self) -> Table:
        """List that share for each dimension."""
        t = self.t
        note = t("p is not corrected for the number of rows.") + " " + self.sources(self._ranked)
        title = t("{index}: spread between regions", index=self.name)
        return tables.regions_table(self._split, text=t, title=title, source=note)

    @cached_property
    def _differences(self) -> pl.DataFrame:
        return view_differences(self.study.ranked, self.data.indices)

    @cached_property
    def _correlations(self) -> pl.DataFrame:
        return view_correlations(self._differences)

    @cached_property
    def _pair(self) -> dict[str, str | None]:
        return leading_pair(self.data.indices)

    def evidence(self) -> Prose:
        """Say whether documents and citizens agree."""
        return prose.two_views(self._correlations, self.t, **self._pair)

    def evidence_picture(self) -> Chart:
        """Draw both percentiles of every province, of this year or the latest before."""
        t, pair = self.t, self._pair
        here = self._differences.filter(
            pl.col("documents") == pair["documents"], pl.col("citizens") == pair["citizens"]
        )
        year = self.year if self.year in here["year"] else here["year"].max()
        here = here.filter(pl.col("year") == year)
        a, b = t.index_short(pair["documents"]), t.index_short(pair["citizens"])
        title = t("{a} and {b}, {year}: percentiles side by side", a=a, b=b, year=str(year or self.year))
        return two_views(here, text=t, **pair, highlight=self.chosen, title=title, source=self.sources(here))

    def evidence_table(self) -> Table:
        """List the rank correlations by year."""
        t, rows = self.t, self._correlations
        title = t("Rank correlation of documents and citizens, by year")
        return tables.correlations_table(rows, text=t, title=title, source=self.sources(rows))

    def stability_table(self) -> Table:
        """List whether the difference keeps its sign for the provinces picked out."""
        t, rows = self.t, view_stability(self._differences).filter(self.is_chosen)
        title = t("Documents less citizens, over the years")
        return tables.views_table(rows, text=t, title=title, source=self.sources(rows))

    def reported(self) -> Chart:
        """Draw the latest percentages that provinces reported themselves, of indicators that several
        report.
        """
        t = self.t
        values = indicator_values(self.data.observations, self.data.indicators)
        latest = (
            values.sort("as_of", "value")
            .group_by("series_id", "province_id", maintain_order=True)
            .last()
            .rename({"series_id": "indicator_id"})
        )
        n = pl.len().over("indicator_id")
        rows = self.percent_only(latest.with_columns(n=n).filter(pl.col("n") >= _FEWEST))
        rows = rows.sort("n", "indicator_id", "province_id", descending=[True, False, False])
        title = t("Figures that provinces report themselves")
        return yardstick_strips(
            rows,
            yardsticks(self.study.gaps().frame.clear()),
            text=t,
            highlight=self.chosen,
            title=title,
            source=self.sources(rows),
        )
