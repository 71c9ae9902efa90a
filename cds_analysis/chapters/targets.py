"""Notebook 02: how far are provinces from what they promised, and will they get there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.dataset.register import WHOLE, profiled
from cds_analysis.dataset.schemas import NATION
from cds_analysis.dataset.series import indicator_values, observations_with_ranks, parse_day, score_values
from cds_analysis.measures.forecast import achieved_paces, chance_on_time
from cds_analysis.measures.gaps import merge_repeated
from cds_analysis.measures.promises import promises, yardsticks
from cds_analysis.measures.rules import rule_verdicts
from cds_analysis.measures.thresholds import cut_offs, gain_cases, next_steps
from cds_analysis.study.study import Study
from cds_analysis.views import prose, tables
from cds_analysis.views.charts.reported import promise_strips, yardstick_strips
from cds_analysis.views.charts.targets import dumbbell
from cds_analysis.views.prose import Prose
from cds_analysis.views.tables import Table
from cds_analysis.views.theme import Chart

__all__ = ["Targets"]

_SIMILAR = (
    5.0  # percentage points: what counts as a similar start when paces achieved elsewhere are looked up
)
_FEWEST = 3  # provinces with a figure, or with a target, before they are compared
_MOST_ROWS = 20  # of a picture
_ENDS = 6  # rows at either end of a long list


class Targets(Chapter):
    """Every target as of a day: how all provinces stand, then those of the provinces picked out."""

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

    def summary(self) -> Prose:
        """Say how the targets of all provinces stand."""
        return prose.targets_of_all(merge_repeated(self.judged), self.t)

    @cached_property
    def _yardsticks(self) -> pl.DataFrame:
        return yardsticks(self.judged)

    def yardsticks(self) -> Prose:
        """Say how many provinces reach the national targets."""
        return prose.yardsticks(self._yardsticks, self.t, fewest=_FEWEST)

    def yardstick_picture(self) -> Chart:
        """Draw the latest figure of every province beside the national targets, of each indicator the one due
        last and the one due next.
        """
        t = self.t
        passed = pl.col("due") <= self.as_of
        last = pl.col("due").filter(passed).max().over("indicator_id")
        coming = pl.col("due").filter(~passed).min().over("indicator_id")
        rows = self._yardsticks.filter(pl.col("n_figures") >= _FEWEST)
        rows = self.percent_only(rows.filter((pl.col("due") == last) | (pl.col("due") == coming)))
        drawn = rows["indicator_id"].unique(maintain_order=True)
        figures = (
            self.judged.filter(pl.col("scope") == NATION, pl.col("indicator_id").is_in(drawn.implode()))
            .drop_nulls("value")
            .unique(["indicator_id", "province_id"], keep="first", maintain_order=True)
            .join(pl.DataFrame({"indicator_id": drawn}).with_row_index("_row"), on="indicator_id")
            .sort("_row", "province_id")
        )
        title = t("Provinces' latest figures beside the national targets")
        return yardstick_strips(
            figures, rows, text=t, highlight=self.chosen, title=title, source=self.sources(figures)
        )

    @cached_property
    def _promises(self) -> pl.DataFrame:
        return promises(self.judged)

    def promises(self) -> Prose:
        """Say whether provinces promise more or less than the nation."""
        return prose.promises(self._promises, self.t)

    def promise_picture(self) -> Chart:
        """Draw what provinces promise, for the targets that most of them have."""
        t = self.t
        rows = self.percent_only(self._promises.filter(pl.col("n_provinces") >= _FEWEST)).head(_MOST_ROWS)
        own = self.judged.filter(pl.col("scope") != NATION)
        title = t("What provinces promise, and what the nation asks")
        return promise_strips(
            own, rows, text=t, highlight=self.chosen, title=title, source=self.sources(rows)
        )

    def pairs(self) -> Iterator[Table]:
        """List the own targets in percent that are nearest and farthest from being met, then all that have a
        figure.
        """
        t = self.t
        have = merge_repeated(self.judged.filter(pl.col("scope") != NATION)).drop_nulls("value")
        is_percent = pl.col("indicator_id").is_in(self.percent_only(have)["indicator_id"].unique().implode())
        rows = have.sort(~is_percent, "gap", "province_id", "indicator_id", "due")
        short = rows.filter(is_percent, pl.col("gap") > 0)
        titles = {
            t("Nearest to being met"): short.head(_ENDS),
            t("Farthest from being met"): short.tail(_ENDS).reverse(),
        }
        for title, part in titles.items() if short.height > 2 * _ENDS else ():
            yield tables.pairs_table(
                part, text=t, title=title, units=self.unit_of(), source=self.sources(part)
            )
        title = t("Own targets with a figure")
        whole = tables.pairs_table(rows, text=t, title=title, units=self.unit_of(), source=self.sources(rows))
        yield whole.folded(beyond=2 * _ENDS)

    def details(self) -> Iterator[Prose | Chart | Table]:
        """Say, draw and list how the targets of each province picked out stand, and what is missing to its
        next group.
        """
        for province in self.chosen:
            mine = self.mine.filter(pl.col("province_id") == province)
            yield Prose(f"## {self.t.province(province)}")
            yield prose.target_gap(mine, self.t, province=province, units=self.unit_of())
            yield from of_province(self, mine, province)
        if self.chosen:
            yield self.steps()

    @cached_property
    def _ruled(self) -> pl.DataFrame:
        return chance_on_time(
            rule_verdicts(self.mine if self.chosen else merge_repeated(self.judged)), self._observed
        )

    def rules(self) -> Prose:
        """Say whether the verdict depends on the rule."""
        return prose.rules(self._ruled, self.t)

    def paces(self) -> Table:
        """List the paces needed beside the paces that provinces from a similar start achieved."""
        t = self.t
        still_open = (
            (self.mine if self.chosen else merge_repeated(self.judged))
            .drop_nulls("required_per_year")
            .filter(pl.col("due") > pl.col("judged_on"))
        )
        cases = still_open.with_row_index("case_id").with_columns(
            series_id="indicator_id", level="value", tolerance=pl.lit(_SIMILAR)
        )
        found = achieved_paces(indicator_values(self._observed, self.data.indicators), cases)
        found = found.filter(pl.col("n_provinces") > 0)
        title = t("Paces needed and paces achieved")
        return tables.paces_table(found, text=t, title=title, source=self.sources(found)).folded(
            beyond=2 * _ENDS
        )

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
