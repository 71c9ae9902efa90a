"""Notebook 90: do the methods keep what they promise, in simulations and on past figures?"""

from __future__ import annotations

from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.chapters.records import main_dimensions
from cds_analysis.measures import simulation
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

    def summary(self) -> Prose:
        """Say the worst that was found."""
        return prose.checks(self._alarms, self._bands, self.t)

    def alarms(self) -> Chart:
        """Draw the false alarms of the trend test."""
        title = self.t("Mann-Kendall: false alarms where nothing trends")
        return charts.false_alarms(self._alarms, text=self.t, title=title, source=self._source)

    def alarms_table(self) -> Table:
        """List them."""
        return self._table(self._alarms, "false_alarms", self.t("Mann-Kendall: false alarms"))

    def slopes(self) -> Table:
        """List how often the interval holds the true slope."""
        t, rows = self.t, simulation.slope_coverage(draws=self.draws, seed=self.seed)
        title = t("Theil-Sen: how often the 95% interval holds the true slope")
        return self._table(rows, "slope_coverage", title)

    def bands(self) -> Table:
        """List how often the band holds the next figure."""
        t = self.t
        return self._table(self._bands, "band_coverage", t("80% band, one year ahead: figures inside it"))

    def past(self) -> Table:
        """List how often bands made from the past held the figure that came."""
        t, main = self.t, main_dimensions(self.data.indices)
        rows = simulation.backtest(self.data.scores.join(main, on=main.columns), self.data.breaks)
        title = t("80% band on past figures: the last year forecast from those before")
        return tables.backtest_table(rows, text=t, title=title, source=self.sources(rows))

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
