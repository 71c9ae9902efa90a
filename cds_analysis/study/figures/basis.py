"""What the figures of a study share: what does not depend on who is picked is computed once for a series."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.dataset.register import WHOLE, Series, find_series
from cds_analysis.dataset.series import score_values
from cds_analysis.measures.compare import compare
from cds_analysis.measures.gaps import merge_repeated
from cds_analysis.study.choice import Choice
from cds_analysis.views.interactive import Live

if TYPE_CHECKING:
    from cds_analysis.study.study import Study

__all__ = ["Basis", "nothing"]


class Basis:
    """The frames of one study that its figures share, and the names of its series."""

    def __init__(self, study: Study) -> None:
        self.study, self.data, self.t = study, study.data, study.text
        self.ranked = lru_cache(64)(self._ranked)
        self.compared = lru_cache(64)(self._compared)
        self.standing = lru_cache(16)(self._standing)

    def name(self, series: Series) -> str:
        """Return a series' short name: ``PAPI``, or ``PAPI 6. Public service delivery``."""
        t, short = self.t, self.t.index_short(series.index_id)
        if series.is_whole:
            return short
        part = t.dimension(series.index_id, series.dimension_id)
        return f"{short} {series.number}. {part}" if series.number else f"{short}, {part}"

    def usual_other(self, series: Series) -> str:
        """Return the first other index of the register that has scores."""
        scored = eager(self.data.scores).drop_nulls("score")
        indices = [i for i in scored["index_id"].unique(maintain_order=True) if i != series.index_id]
        order = [s.index_id for s in map(self._whole, indices) if s is not None]
        return f"{(order or [series.index_id])[0]}/{WHOLE}"

    def _whole(self, index: str) -> Series | None:
        return find_series(f"{index}/{WHOLE}", self.data.indices)

    def _ranked(self, key: str) -> pl.DataFrame:
        index, _, dimension = key.partition("/")
        rows = self.study.ranked
        return rows.filter((pl.col("index_id") == index) & (pl.col("dimension_id") == dimension))

    def window(self, series: Series, choice: Choice) -> pl.DataFrame:
        """Return a series' ranks of the years chosen."""
        return self.ranked(series.key).filter(pl.col("year").is_between(choice.first, choice.last))

    def _compared(self, index: str, keys: tuple[str, ...], year: int) -> pl.DataFrame:
        dimensions = [k.partition("/")[2] for k in keys]
        here = (
            (pl.col("index_id") == index)
            & pl.col("dimension_id").is_in(dimensions)
            & (pl.col("year") == year)
        )
        scores = eager(self.data.scores).filter(here & pl.col("score").is_not_null())
        return compare(score_values(scores), self.data.provinces, peers=self.study.peers)

    def _standing(self, key: str) -> pl.DataFrame:
        return self.study.standing(key).whole

    @cached_property
    def gaps(self) -> pl.DataFrame:
        """Every target beside its figure, one that several documents set once."""
        return merge_repeated(self.study.gaps().whole)


def nothing(choice: Choice, why: str) -> Live:
    """Return a figure without rows whose title says why."""
    return Live("nothing", why, "", why, {}, {"rows": []}, {}, list(choice.provinces), "")
