"""Notebook 04: everything about one province."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.chapters.targets import of_province
from cds_analysis.dataset.register import WHOLE, parts_of, profiled
from cds_analysis.dataset.series import parse_day, score_values
from cds_analysis.errors import ParameterError
from cds_analysis.measures.compare import compare
from cds_analysis.measures.gaps import merge_repeated
from cds_analysis.measures.ranks import ranks
from cds_analysis.study.study import Study
from cds_analysis.views import prose, tables
from cds_analysis.views.charts.comparison import dot_plot
from cds_analysis.views.charts.profile import rank_lines, score_panels
from cds_analysis.views.prose import Prose
from cds_analysis.views.tables import Table
from cds_analysis.views.theme import Chart

__all__ = ["ProvinceProfile"]


class ProvinceProfile(Chapter):
    """One province: ranks, dimensions of one index, latest move, targets, figures reported, sources."""

    def __init__(self, study: Study, *, province: str, index: str, as_of: str) -> None:
        super().__init__(study, [province])
        self.me, self.index = self.chosen[0], index
        self.as_of = parse_day(as_of) or self.data.judged_on
        self.name = self.t.province(self.me)

    @cached_property
    def every(self) -> pl.DataFrame:
        """The ranks of every province in every index as a whole."""
        d = self.data  # the dimensions are left out before, not after: a profile is made for every province
        whole = d.scores.filter(pl.col("dimension_id") == WHOLE)
        return ranks(whole, d.breaks, d.indices, full_from=d.full_from)

    @cached_property
    def mine(self) -> pl.DataFrame:
        """Those of this province."""
        return self.every.filter(self.is_chosen)

    @cached_property
    def targets(self) -> pl.DataFrame:
        """Its targets, one that several sources repeat once."""
        return merge_repeated(self.study.gaps(as_of=self.as_of).frame.filter(self.is_chosen))

    @cached_property
    def figures(self) -> pl.DataFrame:
        """What it reported."""
        return self.data.observations.filter(self.is_chosen)

    def standing(self) -> Prose:
        """Say its rank in each index."""
        indices = profiled(self.data.indices, where=("chart", "text"))
        return prose.standing(self.every, self.t, province=self.me, indices=indices)

    def overview(self) -> Prose:
        """Say what is on record about it."""
        return prose.profile(self.data, self.t, province=self.me)

    def place(self) -> Prose:
        """Say where it lies, and which provinces are like it."""
        return prose.place(self.data, self.t, province=self.me, peers=self.study.peers)

    @cached_property
    def _published(self) -> list[int]:
        return self.mine.filter(pl.col("index_id") == self.index)["year"].sort().to_list()

    @cached_property
    def _compared(self) -> pl.DataFrame:
        """The dimensions of its latest year in the register's order, all provinces."""
        table = self.data.scores.filter(pl.col("index_id") == self.index)
        year = self._published[-1] if self._published else table["year"].max()
        order = [s.key for s in parts_of(self.data.indices, self.index)]
        values = score_values(table.filter(pl.col("year") == year))
        rows = compare(values, self.data.provinces, peers=self.study.peers)
        place = pl.col("series_id").replace_strict(order, range(len(order)), return_dtype=pl.Int64)
        return rows.filter(pl.col("series_id").is_in(order)).sort(place)

    def dimensions(self) -> Iterator[Prose | Chart | Table]:
        """Draw and list the dimensions of its latest year; say where that is not the index's latest."""
        t, rows = self.t, self._compared
        last = self.data.scores.filter(pl.col("index_id") == self.index)["year"].max()
        latest = self._published[-1] if self._published else last
        what = {"index": t.index_short(self.index), "year": str(latest)}
        if latest != last:
            yield Prose(
                t(
                    "{index} {last} has no figure of this province; the comparison shows {latest}, its latest year.",
                    index=what["index"],
                    last=last,
                    latest=latest,
                )
            )
        source = self.sources(rows, self.data.context)
        yield dot_plot(
            rows,
            text=t,
            highlight=[self.me],
            title=t("{name}: {index} {year} by dimension", name=self.name, **what),
            unit=t.score_unit(parts_of(self.data.indices, self.index)),
            source=source,
        )
        title = t("{index} {year}: score and differences", **what)
        yield tables.comparison_table(rows.filter(self.is_chosen), text=t, title=title, source=source)

    def years(self) -> Iterator[Prose | Chart]:
        """Draw rank and score by year; name the indices without a figure of this province."""
        t, known = self.t, profiled(self.data.indices)
        have = set(self.mine["index_id"])
        shown = [i for i in known if i in have]
        if missing := [t.index_short(i) for i in known if i not in have]:
            yield Prose(t("**{index}**: no figure of this province is on record.", index=t.listing(missing)))
        rows = self.every.filter(pl.col("index_id").is_in(shown))
        source = self.sources(self.mine.filter(pl.col("index_id").is_in(shown)))
        about = {"text": t, "province": self.me, "indices": shown, "source": source}
        yield rank_lines(rows, title=t("{name}: rank by year", name=self.name), **about)
        yield score_panels(rows, title=t("{name}: score by year", name=self.name), **about)

    def years_table(self) -> Table:
        """List scores and ranks by year."""
        rows = self.mine.sort("index_id", "year")
        title = self.t("Scores and ranks by year")
        return tables.ranks_table(rows, text=self.t, title=title, source=self.sources(rows))

    def latest_move(self) -> Iterator[Prose]:
        """Say whether the latest move is more than noise, where two years are on record."""
        if len(self._published) < 2:
            return
        try:
            judged = self.study.changes(self.index).frame
        except ParameterError:  # too few full years for standings
            return
        yield prose.changes(judged, self.t, provinces=[self.me], index_name=self.t.index_short(self.index))

    def targets_summary(self) -> Prose:
        """Say how its targets stand."""
        return prose.target_gap(self.targets, self.t, province=self.me, units=self.unit_of())

    def targets_details(self) -> Iterator[Chart | Table]:
        """Draw and list its targets."""
        return of_province(self, self.targets, self.me)

    def reported(self) -> Table:
        """List what it reported."""
        title, source = self.t("Figures reported in the articles"), self.sources(self.figures)
        return tables.observations_table(
            self.figures, text=self.t, title=title, units=self.unit_of(), source=source
        )

    def sources_table(self) -> Table:
        """List every source of the above."""
        t = self.t
        used = prose.sources_of(self.mine, self._compared, self.figures, self.targets, self.data.context)
        rows = self.data.sources.filter(pl.col("source_id").is_in(used))
        note = t("A dash means that the source gives none.")
        return tables.sources_table(rows, text=t, title=t("Sources of this profile"), source=note)
