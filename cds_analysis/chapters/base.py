"""What all chapters share: the study they are about, and the source line of what they draw."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from cds_analysis.dataset.register import WHOLE
from cds_analysis.study.study import Study
from cds_analysis.views.prose.base import Prose, source_line

__all__ = ["Chapter"]


class Chapter:
    """A study with the provinces picked out, and the words for it.

    Parameters
    ----------
    study
        The dataset, its units and the language.
    provinces
        Provinces picked out, in any spelling.
    """

    def __init__(self, study: Study, provinces: Iterable[str] = ()) -> None:
        self.study, self.data, self.t = study, study.data, study.text
        self.chosen = study.provinces(*provinces)
        self.is_chosen = pl.col("province_id").is_in(self.chosen)

    def sources(self, *frames: pl.DataFrame | Iterable[str]) -> str:
        """Return the line that names the sources of the rows that are drawn."""
        return source_line(self.t, *frames)

    def unit_of(self) -> dict[str, str]:
        """Return the unit of each indicator."""
        return dict(self.data.indicators.select("indicator_id", "unit").iter_rows())

    def percent_only(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Keep the rows of indicators in percent, which one axis can show."""
        percent = self.data.indicators.filter(pl.col("unit") == "percent")["indicator_id"]
        return frame.filter(pl.col("indicator_id").is_in(percent.implode()))

    def name_of(self, index: str, dimension: str = WHOLE) -> str:
        """Return the short name of an index, with the dimension's where one is meant."""
        short = self.t.index_short(index)
        return short if dimension == WHOLE else f"{short}, {self.t.dimension(index, dimension)}"

    def units_note(self) -> Prose:
        """Say which figures are estimates, where the units of 2025 are shown."""
        from cds_analysis.views.prose import units_note

        return units_note(self.data, self.t)
