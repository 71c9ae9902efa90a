"""Notebook 90: do the methods keep what they promise, in simulations and on past figures?"""

from __future__ import annotations

from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.chapters.records import main_dimensions
from cds_analysis.measures import simulation
from cds_analysis.measures.backtest import backtest_standing, prediction_errors, reliability
from cds_analysis.measures.change_simulation import change_rates
from cds_analysis.study.study import Study
from cds_analysis.views import charts, prose, tables
from cds_analysis.views.prose import Prose
from cds_analysis.views.tables import Table
from cds_analysis.views.theme import Chart

__all__ = ["MethodChecks"]


class MethodChecks(Chapter):
    """Simulations with a seed, and forecasts of years that are past.

    Parameters
    ----------
    draws
        Simulated series a case; the slower simulations take a share of it.
    seed
        Of every simulation.
    """

    def __init__(self, study: Study, *, draws: int, seed: int) -> None:
        super().__init__(study)
        self.draws, self.seed = draws, seed

    @property
    def _source(self) -> str:
        t = self.t
        return t("Simulated by this project; see the code of cds_analysis.measures.simulation.")

    @cached_property
    def _alarms(self) -> pl.DataFrame:
        return simulation.false_alarms(draws=self.draws, seed=self.seed)

    @cached_property
    def _bands(self) -> pl.DataFrame:
        return simulation.band_coverage(draws=self.draws, seed=self.seed)

    @cached_property
    def _past(self) -> pl.DataFrame:
        """Standings of every past year of the main dimensions, fitted on the years before it."""
        main = main_dimensions(self.data.indices)
        scores = self.data.scores.join(main, on=main.columns)
        return backtest_standing(scores, self.data.breaks, full_from=self.data.full_from).forecasts

    @cached_property
    def _changes(self) -> pl.DataFrame:
        return change_rates(draws=max(self.draws // 25, 1), seed=self.seed)

    def summary(self) -> Prose:
        """Say how standings did on past years, and the worst that simulations found."""
        return prose.checks(prediction_errors(self._past), self._changes, self._alarms, self.t)

    def past(self) -> Table:
        """List how far standings erred on past years, beside what needs no model."""
        t, ahead = self.t, pl.col("years_ahead") == 1
        every = prediction_errors(self._past.filter(ahead))
        each = prediction_errors(self._past.filter(ahead), by=["index_id", "dimension_id"])
        title = t("Standings on past years, one year ahead, in standard deviations between provinces")
        rows = pl.concat([every, each], how="diagonal")
        return tables.backtest_table(rows, text=t, title=title, source=self._sources_of_past)

    def reliability(self) -> Chart:
        """Draw whether what was said to be likely came about as often."""
        title = self.t("Standings on past years: do the probabilities hold?")
        return charts.reliability(
            reliability(self._past), text=self.t, title=title, source=self._sources_of_past
        )

    @property
    def _sources_of_past(self) -> str:
        main = main_dimensions(self.data.indices)
        known = self._past.select("index_id", "dimension_id").unique()
        return self.sources(self.data.scores.join(known, on=main.columns, how="semi"))

    def changes(self) -> Table:
        """List false alarms and power of the test of a change."""
        title = self.t(
            "Is this rise real? Tables of 63 provinces and 7 years in which nothing changed last year"
        )
        return tables.change_rates_table(self._changes, text=self.t, title=title, source=self._source)

    def alarms(self) -> Chart:
        """Draw the false alarms of the trend test."""
        title = self.t("Mann-Kendall: false alarms where nothing trends")
        return charts.false_alarms(self._alarms, text=self.t, title=title, source=self._source)

    def alarms_table(self) -> Table:
        """List them."""
        return self._table(self._alarms, "false_alarms", self.t("Mann-Kendall: false alarms")).folded()

    def slopes(self) -> Table:
        """List how often the interval holds the true slope."""
        t, rows = self.t, simulation.slope_coverage(draws=self.draws, seed=self.seed)
        title = t("Theil-Sen: how often the 95% interval holds the true slope")
        return self._table(rows, "slope_coverage", title)

    def bands(self) -> Table:
        """List how often the band holds the next figure."""
        t = self.t
        title = t("80% band of a straight line, one year ahead: figures inside it")
        return self._table(self._bands, "band_coverage", title)

    def rank_sets(self) -> Table:
        """List how often confidence sets of ranks hold the true rank."""
        t, draws = self.t, max(self.draws * 2 // 5, 1)
        rows = simulation.rank_set_coverage(draws=draws, seed=self.seed)
        title = t("95% confidence sets of ranks: how often they hold the true rank")
        return self._table(rows, "rank_sets", title)

    def beta(self) -> Table:
        """List how often noise alone looks like convergence."""
        t, draws = self.t, max(self.draws * 3 // 5, 1)
        rows = simulation.beta_in_noise(draws=draws, seed=self.seed)
        return self._table(rows, "beta", t("Beta-convergence found with p below 0.05 in pure noise"))

    def _table(self, rows: pl.DataFrame, name: str, title: str) -> Table:
        return tables.simulation_table(rows, text=self.t, name=name, title=title, source=self._source)
