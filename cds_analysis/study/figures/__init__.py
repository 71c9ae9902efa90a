"""From a choice to its live figure: the frames are computed on all provinces, the title is the finding, the
sources are those of the rows drawn.

The explorer, :meth:`Study.chart` and the pages draw the same figures from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cds_analysis.dataset.register import find_series
from cds_analysis.study.choice import ALL, Choice
from cds_analysis.study.figures.basis import Basis
from cds_analysis.study.figures.comparison import comparison
from cds_analysis.study.figures.places import places
from cds_analysis.study.figures.table import table
from cds_analysis.study.figures.targets import targets
from cds_analysis.study.figures.trend import trend
from cds_analysis.views.interactive import Live

if TYPE_CHECKING:
    from cds_analysis.study.study import Study

__all__ = ["Figures"]

_TABS = {"trend": trend, "comparison": comparison, "map": places, "targets": targets, "table": table}


class Figures:
    """Live figures of one study."""

    def __init__(self, study: Study) -> None:
        self._basis = Basis(study)
        self.name, self.usual_other = self._basis.name, self._basis.usual_other

    def draw(self, choice: Choice) -> Live:
        """Return the figure of a choice. Where there is nothing to draw, it has no rows and its title says
        why.
        """
        return _TABS[choice.tab](self._basis, find_series(choice.series, self._basis.data.indices), choice)

    def numbers(self, choice: Choice, figure: Live) -> tuple[str, pl.DataFrame]:
        """Return the name of the answer and the rows that a figure shows, with the columns of its measure."""
        if figure.name in ("by_dimension", "by_region"):
            extra = [c for c in ("place", "low", "high", "at", "rank") if c in figure.frame.columns]
            return "compare", figure.frame.drop(extra)
        if figure.name == "standing_fan":
            return "standing", figure.frame
        if choice.tab == "targets":
            rows = self._basis.gaps
            one = rows.filter(pl.col("indicator_id") == choice.indicator)
            return "gaps", rows if choice.indicator == ALL else one
        if figure.name == "scatter":
            return "compare", figure.frame
        window = self._basis.window(find_series(choice.series, self._basis.data.indices), choice)
        one_year = choice.tab == "map" and choice.shown != "change"
        return "ranks", window.filter(pl.col("year") == choice.last) if one_year else window
