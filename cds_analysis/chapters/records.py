"""Notebooks 00 and 06: what is on record, what is missing, and whether articles say it right."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.dataset.register import WHOLE
from cds_analysis.dataset.series import coverage, indicator_values, level_shifts, not_published
from cds_analysis.measures.claims import check_claims, check_ratios
from cds_analysis.measures.reporting import reporting, selection
from cds_analysis.views import prose, tables
from cds_analysis.views.charts.comparison import tile_map
from cds_analysis.views.charts.ranking import rank_heatmap
from cds_analysis.views.prose import Prose
from cds_analysis.views.tables import Table
from cds_analysis.views.theme import Chart

__all__ = ["ClaimsCheck", "DataQuality"]

_VERDICTS = ["contradicted", "confirmed", "not_checkable"]  # what matters most first
_LONG = 12  # rows that a table shows without being unfolded
_FEW = 5  # provinces on record in a year that are a mention rather than a table
_LARGE_SHIFT = 0.75  # of the spread between provinces: smaller jumps of the median are not listed


class DataQuality(Chapter):
    """Coverage, provinces not published, breaks, jumps, conflicts, figures of articles, sources."""

    def summary(self) -> Prose:
        """Say what the dataset holds."""
        return prose.dataset(self.data, self.t)

    def coverage(self) -> Table:
        """List how many provinces are on record, by index and year."""
        rows = coverage(self.data.scores, self.data.provinces)
        rows = rows.filter(pl.col("dimension_id") == WHOLE, pl.col("n_on_record") > _FEW)
        title = self.t("Provinces on record, by index and year")
        return tables.coverage_table(rows, text=self.t, title=title, source=self.sources(rows)).folded(
            beyond=_LONG
        )

    def ranks_on_record(self, index: str) -> Chart:
        """Draw every rank on record of an index."""
        t = self.t
        rows = self.study.ranked.filter(pl.col("index_id") == index, pl.col("dimension_id") == WHOLE)
        title = t("{index}: ranks on record", index=t.index_short(index))
        source = self.sources(rows.drop_nulls("rank"))
        return rank_heatmap(rows, self.data.provinces, text=t, highlight=[], title=title, source=source)

    def not_published(self) -> Table:
        """List the provinces without a figure in tables that are otherwise full."""
        main = main_dimensions(self.data.indices)
        rows = not_published(self.data.scores, self.data.provinces)
        rows = rows.join(main, on=main.columns, how="semi").sort("year", "dimension_id")
        title = self.t("Provinces not published")
        return tables.missing_table(rows, text=self.t, title=title, source=self.sources(rows)).folded(
            beyond=_LONG
        )

    def breaks(self) -> Table:
        """List the breaks on record."""
        rows, title = self.data.breaks, self.t("Breaks on record")
        return tables.breaks_table(rows, text=self.t, title=title, source=self.sources(rows)).folded(
            beyond=_LONG
        )

    def shifts(self) -> Table:
        """List jumps of the national median that are too large to be progress."""
        rows = level_shifts(self.data.scores, self.data.breaks)
        rows = rows.filter(pl.col("shift_in_iqr") >= _LARGE_SHIFT)
        title = self.t("Jumps of the national median")
        return tables.shifts_table(rows, text=self.t, title=title, source=self.sources(rows))

    def conflicts(self) -> Table:
        """List where two sources disagree."""
        rows, title = self.data.conflicts, self.t("Conflicts between sources")
        return tables.conflicts_table(rows, text=self.t, title=title, source=self.sources(rows)).folded(
            beyond=_LONG
        )

    @cached_property
    def _values(self) -> pl.DataFrame:
        return indicator_values(self.data.observations, self.data.indicators)

    @cached_property
    def _reporting(self) -> pl.DataFrame:
        return reporting(self._values, self.data.provinces)

    def reporting(self) -> Prose:
        """Say who reports, who is silent, and whether those who report more do better."""
        whole = self.study.ranked.filter(pl.col("dimension_id") == WHOLE)
        return prose.reporting(self._reporting, selection(self._reporting, whole), self.t)

    def reporting_map(self) -> Chart:
        """Draw how many indicators each province has a figure of."""
        t = self.t
        counted = self._reporting.select("province_id", value=pl.col("n_indicators").cast(pl.Float64))
        return tile_map(
            counted.filter(pl.col("value") > 0),
            self.data.provinces,
            text=t,
            title=t("Indicators that each province reports"),
            subtitle=t("Number of indicators with at least one figure on record; hatched: none"),
            source=self.sources(self._values),
            decimals=0,
        )

    def indicators_by_year(self) -> Table:
        """List how many provinces report an indicator, by year of the figure."""
        t = self.t
        counted = (
            self._values.with_columns(year=pl.col("as_of").dt.year())
            .group_by("series_id", "year")
            .agg(n=pl.col("province_id").n_unique(), source_ids=pl.col("source_id").unique().sort())
        )
        title = t("Provinces with a figure, by indicator and year")
        return tables.indicator_years_table(
            counted, text=t, title=title, source=self.sources(counted)
        ).folded(beyond=_LONG)

    def reported(self) -> Table:
        """List every figure that a province reported."""
        rows = self.data.observations.sort("source_id", "province_id", "indicator_id")
        title, source = self.t("Figures reported in the articles"), self.sources(rows)
        return tables.observations_table(
            rows, text=self.t, title=title, units=self.unit_of(), source=source
        ).folded(beyond=_LONG)

    def claims(self) -> Table:
        """List what articles say about rankings."""
        rows, title = self.data.claims, self.t("What articles say about rankings")
        return tables.claims_table(rows, text=self.t, title=title, source=self.sources(rows)).folded(
            beyond=_LONG
        )

    def all_sources(self) -> Table:
        """List every source."""
        rows = self.data.sources.sort("kind", "source_id")
        note = self.t("A dash means that the source gives none.")
        return tables.sources_table(rows, text=self.t, title=self.t("All sources"), source=note).folded(
            beyond=_LONG
        )


class ClaimsCheck(Chapter):
    """Each claim of an article about a ranking against published figures, and shares computed again."""

    @cached_property
    def _checked(self) -> pl.DataFrame:
        found = check_claims(self.data.claims, self.study.ranked, self.data.provinces)
        order = pl.col("verdict").replace_strict(_VERDICTS, range(len(_VERDICTS)), return_dtype=pl.Int64)
        return found.sort(order, "province_id", "claim_id")

    @cached_property
    def _ratios(self) -> pl.DataFrame:
        return check_ratios(self.data.observations)

    def summary(self) -> Prose:
        """Say how many claims hold."""
        return prose.claims(self._checked, self._ratios, self.t)

    def claims(self) -> Iterator[Table]:
        """List each claim with the figure on record: those that could be checked, then the others, folded."""
        is_open = pl.col("verdict") == "not_checkable"
        parts = {
            self.t("Claims and figures on record"): self._checked.filter(~is_open),
            self.t("Claims that cannot be checked"): self._checked.filter(is_open),
        }
        for (title, rows), beyond in zip(parts.items(), (_LONG, 0)):
            if rows.height:
                source = self.sources(rows)
                made = tables.checked_claims_table(rows, text=self.t, title=title, source=source)
                yield made.folded(beyond=beyond)

    def ratios(self) -> Table:
        """List the shares computed again, folded: they differ from what is printed only where that is said
        above.
        """
        title, source = self.t("Shares computed again"), self.sources(self._ratios)
        made = tables.ratios_table(self._ratios, text=self.t, title=title, source=source)
        return made.folded(beyond=_LONG)

    def conflicts(self) -> Table:
        """List where two sources disagree."""
        return DataQuality(self.study).conflicts()


def main_dimensions(indices: pl.DataFrame) -> pl.DataFrame:
    """Return ``index_id, dimension_id`` of each index and its dimensions, without sub-dimensions.

    Examples
    --------
    >>> from cds_analysis import load
    >>> main_dimensions(load().indices).filter(pl.col("index_id") == "papi").height
    9
    """
    is_main = (pl.col("parent_id") == WHOLE) | pl.col("parent_id").is_null()
    return indices.filter(is_main).select("index_id", "dimension_id")
