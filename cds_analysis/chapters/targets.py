"""Notebook 02: how far are provinces from what they promised, and will they get there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.dataset.register import WHOLE, profiled
from cds_analysis.dataset.series import indicator_values, observations_with_ranks, parse_day, score_values
from cds_analysis.measures.forecast import achieved_paces, chance_on_time
from cds_analysis.measures.gaps import merge_repeated
from cds_analysis.measures.rules import rule_verdicts
from cds_analysis.measures.thresholds import cut_offs, gain_cases, next_steps
from cds_analysis.study.study import Study
from cds_analysis.views import interactive, prose, tables
from cds_analysis.views.charts.targets import dumbbell, status_matrix
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import Prose
from cds_analysis.views.tables import Table
from cds_analysis.views.theme import Chart

__all__ = ["Targets"]

_SIMILAR = (
    5.0  # percentage points: what counts as a similar start when paces achieved elsewhere are looked up
)


class Targets(Chapter):
    """Every target as of a day, with those of the provinces picked out in front."""

    def __init__(self, study: Study, *, as_of: str, provinces: Iterable[str]) -> None:
        super().__init__(study, provinces)
        self.as_of = parse_day(as_of) or self.data.judged_on

    @cached_property
    def _observed(self) -> pl.DataFrame:
        return observations_with_ranks(self.data)

    @cached_property
    def judged(self) -> pl.DataFrame:
        """Every target of every province."""
        return self.study.gaps(as_of=self.as_of).frame

    @cached_property
    def mine(self) -> pl.DataFrame:
        """Those of the provinces picked out, a target that several sources repeat once."""
        return merge_repeated(self.judged.filter(self.is_chosen))

    def summaries(self) -> Iterator[Prose]:
        """Say for each province picked out how its targets stand."""
        for province in self.chosen:
            yield prose.target_gap(self.mine, self.t, province=province, units=self.unit_of())

    def matrix(self) -> Chart:
        """Draw the status of each target."""
        t = self.t
        title = t("Status of the targets")
        return status_matrix(
            self.mine, text=t, provinces=self.chosen, title=title, source=self.sources(self.mine)
        )

    def finder(self) -> Live | None:
        """Draw the chart in which a reader finds any province; nothing where no target in percent has a figure."""
        t = self.t
        everyone = self.percent_only(merge_repeated(self.judged)).filter(pl.col("value").is_not_null())
        if not everyone.height:
            return None
        return interactive.figures_and_targets(
            everyone,
            self.data.provinces,
            text=t,
            highlight=self.chosen,
            title=t("Targets in percent: find a province"),
            source=self.sources(everyone),
        )

    def details(self) -> Iterator[Chart | Table]:
        """Draw and list the targets of each province picked out."""
        have = set(self.mine["province_id"])
        for province in (p for p in self.chosen if p in have):
            yield from of_province(self, self.mine.filter(pl.col("province_id") == province), province)

    @cached_property
    def _ruled(self) -> pl.DataFrame:
        return chance_on_time(rule_verdicts(self.mine), self._observed)

    def rules(self) -> Prose:
        """Say whether the verdict depends on the rule."""
        return prose.rules(self._ruled, self.t)

    def rules_table(self) -> Table:
        """List the same targets judged by five rules."""
        t = self.t
        title = t("The same targets judged by five rules")
        return tables.rules_table(self._ruled, text=t, title=title, source=self.sources(self._ruled))

    def paces(self) -> Table:
        """List the paces needed beside the paces that provinces from a similar start achieved."""
        t = self.t
        still_open = self.mine.drop_nulls("required_per_year").filter(pl.col("due") > pl.col("judged_on"))
        cases = still_open.with_row_index("case_id").with_columns(
            series_id="indicator_id", level="value", tolerance=pl.lit(_SIMILAR)
        )
        found = achieved_paces(indicator_values(self._observed, self.data.indicators), cases)
        title = t("Paces needed and paces achieved")
        return tables.paces_table(found, text=t, title=title, source=self.sources(found))

    def steps(self) -> Table:
        """List the points missing to the next group and to the top ten of each index."""
        t, d = self.t, self.data
        wanted = (pl.col("dimension_id") == WHOLE) & pl.col("index_id").is_in(profiled(d.indices))
        every = self.study.ranked.filter(wanted)
        ahead = next_steps(every, cut_offs(every, d.indices)).filter(self.is_chosen)
        gains = achieved_paces(score_values(every), gain_cases(ahead, every))
        gains = gains.sort("province_id", "index_id", "cut_off")
        title = t("Points to the next group, and to the top ten")
        return tables.steps_table(gains, text=t, title=title, source=self.sources(gains))


def of_province(chapter: Chapter, targets: pl.DataFrame, province: str) -> Iterator[Chart | Table]:
    """Draw the targets of one province that are in percent, and list all of them."""
    t, name, source = chapter.t, chapter.t.province(province), chapter.sources(targets)
    percent = chapter.percent_only(targets)
    if percent.height:
        yield dumbbell(percent, text=t, title=t("{name}: figures and targets", name=name), source=source)
    if targets.height:
        title = t("{name}: all targets", name=name)
        yield tables.gaps_table(targets, text=t, title=title, units=chapter.unit_of(), source=source)
