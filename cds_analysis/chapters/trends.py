"""Notebook 03: how do ranks move, and is a move more than noise?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.dataset.register import WHOLE
from cds_analysis.errors import ParameterError
from cds_analysis.measures.convergence import convergence
from cds_analysis.measures.mobility import mobility, rank_agreement
from cds_analysis.measures.own_trends import trends_beside_country
from cds_analysis.measures.rank_sensitivity import rank_sensitivity, survey_assumptions
from cds_analysis.measures.ranks import places_gained
from cds_analysis.measures.regional import rank_cohesion
from cds_analysis.measures.trends import ceiling_gaps
from cds_analysis.study.result import Result
from cds_analysis.study.study import Study
from cds_analysis.views import interactive, prose, tables
from cds_analysis.views.charts.comparison import tile_map
from cds_analysis.views.charts.ranking import rank_heatmap, trajectory
from cds_analysis.views.charts.standing import rank_chances
from cds_analysis.views.charts.uncertainty import rank_ranges
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import Prose
from cds_analysis.views.tables import Table
from cds_analysis.views.theme import Chart

__all__ = ["RankingTrends"]

_LARGEST = 10  # rises, and falls, that are listed
_CARRIED = 3  # parts of a province's move that are listed, largest first
_BEFORE = 3  # years before the comparison that a province's table begins


class RankingTrends(Chapter):
    """One dimension over the years, and two of its years compared.

    Parameters
    ----------
    study, index, dimension, year_from, year_to, provinces
        What it is about.
    interviews, design_effect
        A scenario of the survey behind the scores, for the sensitivity alone; 0 interviews for none. By units
        of 2025 there is none: no sample was drawn for them.
    """

    def __init__(
        self,
        study: Study,
        *,
        index: str,
        dimension: str = WHOLE,
        year_from: int,
        year_to: int,
        provinces: Iterable[str],
        interviews: float = 0,
        design_effect: float = 1,
    ) -> None:
        super().__init__(study, provinces)
        self.series: dict[str, Any] = {"index_id": index, "dimension_id": dimension}
        self.years: dict[str, Any] = {"year_from": year_from, "year_to": year_to}
        self.year_from, self.year_to = year_from, year_to
        self.survey = {"interviews": interviews if study.units == "63" else 0, "design_effect": design_effect}
        self.name = self.name_of(index, dimension)
        self.decimals = self.t.decimals(index, dimension)

    def _rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(*(pl.col(column) == value for column, value in self.series.items()))

    @cached_property
    def ranked(self) -> pl.DataFrame:
        """Ranks of this dimension, all years and provinces."""
        return self._rows(self.study.ranked)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Its scores."""
        return self._rows(self.data.scores)

    @cached_property
    def moved(self) -> pl.DataFrame:
        """Places gained between the two years."""
        return places_gained(self.study.ranked, **self.series, **self.years)

    @cached_property
    def source(self) -> str:
        """The sources of the dimension."""
        return self.sources(self.ranked)

    @cached_property
    def _standing(self) -> Result | None:
        """The standings of this dimension; None where it has none."""
        try:
            return self.study.standing(self._key)
        except ParameterError:
            return None

    @property
    def _key(self) -> str:
        return f"{self.series['index_id']}/{self.series['dimension_id']}"

    def _without_standing(self) -> Prose:
        """Say that there is none, and which full years there are."""
        full = self.scores.drop_nulls("score").group_by("year").len()
        years = sorted(full.filter(pl.col("len") >= self.data.full_from)["year"])
        return prose.no_standing(self.t, index_name=self.name, full_years=years)

    def standing(self) -> Iterator[Prose | Chart]:
        """Say and draw where the provinces picked out most likely lie, through breaks; or why that cannot be
        said.
        """
        if self._standing is None:
            yield self._without_standing()
            return
        found = self._standing.pick(*self.chosen)
        yield prose.likely_ranks(found.frame, self.t, provinces=self.chosen)
        yield found.chart()

    def summary(self) -> Prose:
        """Say how the provinces picked out moved."""
        return prose.moves(self.moved, self.t, index_name=self.name, provinces=self.chosen, **self.years)

    @cached_property
    def judged_changes(self) -> pl.DataFrame | None:
        """Whether each province really changed between the two years; None where they have no standing."""
        try:
            return self.study.changes(self._key, **self.years).frame
        except ParameterError:
            return None

    def changes(self) -> Prose:
        """Say whose change is beyond error, whose likely, and what holds of the provinces picked out."""
        if self._standing is None:
            full = self.scores.drop_nulls("score").group_by("year").len()
            years = sorted(full.filter(pl.col("len") >= self.data.full_from)["year"])
            said = self.t(
                "**{index}, {a} to {b}: whether a change of rank is beyond error cannot be said yet.** That"
                " needs four years with a table of all provinces.",
                index=self.name,
                a=str(self.year_from),
                b=str(self.year_to),
            )
            known = self.t("On record: {years}.", years=self.t.listing([str(y) for y in years]))
            return Prose(f"{said} {known}" if years else said)
        if self.judged_changes is None:
            years = sorted(self._standing.whole.filter(pl.col("years_ahead") == 0)["year"].unique())
            return Prose(
                self.t(
                    "**A change between {a} and {b} cannot be judged: standings are known of {first} to"
                    " {last}.**",
                    a=str(self.year_from),
                    b=str(self.year_to),
                    first=str(years[0]),
                    last=str(years[-1]),
                )
            )
        return prose.changes(self.judged_changes, self.t, provinces=self.chosen, index_name=self.name)

    def changes_table(self) -> Table | None:
        """List every province that is counted as changed or likely so, and those picked out."""
        if self.judged_changes is None:
            return None
        t, years = self.t, {"a": self.year_from, "b": self.year_to}
        said = ~pl.col("verdict").is_in(["not_told_apart", "cannot_say"])
        rows = self.judged_changes.filter(self.is_chosen | said)
        title = t("{index}, {a} to {b}: who rose, who fell, and how sure that is", index=self.name, **years)
        return tables.changes_table(rows, text=t, title=title, source=self.sources(rows))

    def carried(self) -> Table | None:
        """List the parts that carried the moves of the provinces picked out; nothing where the whole is no
        sum of parts of one definition.
        """
        try:
            found = self.study.carried(self._key, **self.years).pick(*self.chosen)
        except ParameterError:
            return None
        rows = found.frame.group_by("province_id", maintain_order=True).head(_CARRIED)
        t, years = self.t, {"a": self.year_from, "b": self.year_to}
        title = t(
            "{index}, {a} to {b}: which parts carried the move (of the whole)", index=self.name, **years
        )
        return tables.carried_table(rows, text=t, title=title, source=self.sources(rows))

    def certainty(self) -> Chart | None:
        """Draw where every province likely lies in the latest full year; nothing without standings."""
        if self._standing is None:
            return None
        rows = self._standing.whole
        year = rows.filter(pl.col("years_ahead") == 0)["year"].max()
        title = self.t("{index} {year}: where does each province lie?", index=self.name, year=str(year))
        return rank_chances(
            rows, text=self.t, highlight=self.chosen, title=title, source=self._standing.source_line
        )

    def sensitivity(self) -> Iterator[Prose | Chart]:
        """Draw the ranks that other samples of people and other recipes would give, with all that is
        assumed.
        """
        t, now = self.t, pl.col("year") == self.year_to
        intervals, sets = rank_sensitivity(
            self.data.scores, self.data.indices, **self.series, years=[self.year_to], **self.survey
        )
        if not sets.height:
            yield Prose(
                t("No standard error of this index is on record, and no survey behind it is in the register.")
            )
            return
        assumed = survey_assumptions(self.data.indices, **self.series, **self.survey)
        title = t(
            "{index} {year}: ranks if other people had been asked", index=self.name, year=str(self.year_to)
        )
        yield rank_ranges(
            sets,
            intervals,
            text=t,
            highlight=self.chosen,
            title=title,
            source=self.sources(self.ranked.filter(now)),
            scenario=prose.assumptions(assumed, t),
        )

    def finder(self) -> Live | None:
        """Draw the chart in which a reader finds any province; nothing where no rank is on record."""
        if not self.ranked.drop_nulls("rank").height:
            return None
        title = self.t("{index}: find a province", index=self.name)
        return interactive.ranks_by_year(
            self.ranked,
            self.data.provinces,
            text=self.t,
            highlight=self.chosen,
            title=title,
            source=self.source,
        )

    @cached_property
    def _trends(self) -> pl.DataFrame:
        return trends_beside_country(self.scores, self.data.breaks, full_from=self.data.full_from)

    def trend(self) -> Prose:
        """Say how many provinces rise or fall, of themselves and with the country, and whether they
        converge.
        """
        converged = convergence(self.scores, self.data.breaks, full_from=self.data.full_from)
        return prose.trend(self._trends, converged, self.t, index_name=self.name)

    def trend_table(self) -> Table | None:
        """List the trends of the provinces picked out that can be judged; nothing where none can."""
        can_be = (pl.col("verdict") != "too_short") | pl.col("depends_on_detected")
        rows = self._trends.filter(self.is_chosen, can_be).sort("province_id", "first_year")
        if not rows.height:
            return None
        title = self.t("{index}: trend of each province, and against the country", index=self.name)
        source = self.sources(self.ranked.filter(self.is_chosen))
        return tables.trends_table(rows, text=self.t, title=title, source=source)

    def ceilings(self) -> Iterator[Prose | Table]:
        """Read scores near the top of their scale as the distance to it; nothing where there are none."""
        t = self.t
        near = ceiling_gaps(self.scores, self.data.breaks, self.data.indices).filter(self.is_chosen)
        if near.height:
            yield Prose(
                t(
                    "Scores above 80% of the scale have little room to rise, so they are also read as the"
                    " distance to its top."
                )
            )
            title = t("{index}: distance to the top of the scale", index=self.name)
            yield tables.ceilings_table(near, text=t, title=title, source=self.source)

    @cached_property
    def _mobility(self) -> pl.DataFrame:
        return mobility(self.ranked)

    def usual(self) -> Prose:
        """Say how far provinces move in a usual year."""
        return prose.agreement(self._mobility, rank_agreement(self.ranked), self.t)

    def usual_table(self) -> Table:
        """List how far they moved each year."""
        title = self.t("{index}: moves from year to year", index=self.name)
        return tables.mobility_table(self._mobility, text=self.t, title=title, source=self.source)

    def cohesion(self) -> Prose:
        """Say whether neighbours moved together."""
        moved = rank_cohesion(self.ranked, self.data.provinces)
        return prose.cohesion(moved, self.t, year=self.year_to)

    def movers_table(self) -> Table:
        """List the largest rises and falls."""
        t, n = self.t, _LARGEST
        rows = pl.concat([self.moved.head(n), self.moved.tail(n)]).unique("province_id", maintain_order=True)
        years = {"a": self.year_from, "b": self.year_to}
        title = t("{index}, {a} to {b}: the ten largest rises and falls", index=self.name, **years)
        return tables.movers_table(rows, text=t, title=title, source=self.sources(rows))

    def movers_map(self) -> Chart | None:
        """Draw the places gained of every province; nothing where no province has both ranks."""
        if not self.moved.height:
            return None
        t, years = self.t, {"a": self.year_from, "b": self.year_to}
        subtitle = t(
            "Places: + is a rise, − a fall; half of the provinces move no more than is usual. Hatched: no"
            " rank in one of the two years."
        )
        if self.moved["crosses_break"].any():
            subtitle += " " + t("The definition changed between the two years: read ranks with care.")
        return tile_map(
            self.moved.select("province_id", value="places_gained"),
            self.data.provinces,
            text=t,
            title=t("{index}: change of rank, {a} to {b}", index=self.name, **years),
            subtitle=subtitle,
            highlight=self.chosen,
            decimals=0,
            sign=True,
            source=self.sources(self.moved),
        )

    def trajectories(self) -> Iterator[Chart]:
        """Draw score and rank of each province picked out."""
        t = self.t
        for province in self.chosen:
            yield trajectory(
                self.ranked,
                text=t,
                province=province,
                title=f"{t.province(province)}: {self.name}",
                unit=t("score"),
                source=self.source,
                decimals=self.decimals,
            )

    def years_table(self) -> Table:
        """List score and rank of the provinces picked out, newest first, from a few years before the
        comparison.
        """
        recent = pl.col("year") >= self.year_from - _BEFORE
        order = pl.col("province_id").replace_strict(
            self.chosen, range(len(self.chosen)), return_dtype=pl.Int64
        )
        rows = self.ranked.filter(self.is_chosen, recent).sort(order, "year", descending=[False, True])
        title = self.t("{index}: score and rank by year", index=self.name)
        return tables.ranks_table(
            rows, text=self.t, title=title, source=self.sources(rows), decimals=self.decimals
        )

    def heat(self) -> Chart:
        """Draw the rank of every province in every year."""
        title = self.t("{index}: rank of every province by year", index=self.name)
        return rank_heatmap(
            self.ranked,
            self.data.provinces,
            text=self.t,
            highlight=self.chosen,
            title=title,
            source=self.sources(self.ranked.drop_nulls("rank")),
        )
