"""What the landing page says of a dataset, before it is put into words: computed once for both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from cds_analysis.dataset.load import Dataset, eager
from cds_analysis.dataset.register import WHOLE, Series, series_of
from cds_analysis.dataset.series import observations_with_ranks
from cds_analysis.dataset.version import data_version
from cds_analysis.measures.evidence import leading_pair, view_correlations, view_differences
from cds_analysis.measures.ranks import places_gained
from cds_analysis.study.study import Study

__all__ = ["Agreement", "Moves", "Record", "Targets", "Whole"]

_PAIR = ("documents", "citizens")
_HOLD = ("risen", "fallen")


@dataclass(frozen=True, eq=False)
class Whole:
    """An index as a whole: how many provinces are on record in each year, and its newest full table.

    ``table`` has the rows of ``ranks`` of that year, best first; empty where no year is full.
    """

    series: Series
    years: dict[int, int]
    full_years: list[int]
    table: pl.DataFrame
    breaks: dict[int, dict]

    @property
    def index_id(self) -> str:
        """The id of the index."""
        return self.series.index_id

    @property
    def year(self) -> int | None:
        """The newest full year, None where there is none."""
        return self.full_years[-1] if self.full_years else None

    @property
    def leaders(self) -> list[str]:
        """The ids of the first three provinces of the newest full year; more where the third place
        is shared.
        """
        return self.table.filter(pl.col("rank") <= 3)["province_id"].to_list()


@dataclass(frozen=True, eq=False)
class Moves:
    """The moves of the newest full year against the year before: ``province_id, rank_from, rank_to`` (of the
    figures), ``places_gained``; where standings judge them (``is_judged``) also ``likely_from, likely_to,
    verdict``.
    """

    whole: Whole
    before: int
    rows: pl.DataFrame
    is_judged: bool

    @property
    def real(self) -> list[str]:
        """The ids of the provinces whose move holds: beyond error, all provinces looked at together."""
        return self.rows.filter(pl.col("verdict").is_in(_HOLD))["province_id"].to_list()


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far documents and citizens agree: the ranks of both, their correlation with its 95 % interval."""

    documents: str
    citizens: str
    year: int
    n: int
    spearman: float
    low: float
    high: float
    rows: pl.DataFrame


@dataclass(frozen=True)
class Targets:
    """How many indicators have a target, and for how many of them a province's figure is on record."""

    n_indicators: int
    n_with_figure: int
    n_reporting: int  # provinces that reported a figure of one of them themselves
    years: tuple[int, int] | None


class Record:
    """What is on record, and what it shows.

    Parameters
    ----------
    data
        A dataset of the 63 provinces.

    Examples
    --------
    >>> from cds_analysis import load
    >>> record = Record(load())
    >>> record.lead.index_id, record.lead.year, record.lead.table.height
    ('dti', 2024, 63)
    """

    def __init__(self, data: Dataset) -> None:
        self.data, self.study = data, Study(data)
        self.ranked = self.study.ranked
        self.n_provinces = data.provinces.height

    @cached_property
    def wholes(self) -> list[Whole]:
        """Every index that has a figure, in the register's order."""
        overall = self.ranked.filter(pl.col("dimension_id") == WHOLE)
        breaks = self.data.breaks.filter(
            pl.col("dimension_id") == WHOLE, pl.col("scope") == "definition"
        ).sort("year")
        found = []
        for series in series_of(self.data.indices):
            rows = overall.filter(pl.col("index_id") == series.index_id)
            if not series.is_whole or not rows.height:
                continue
            years = dict(rows.group_by("year").len().sort("year").iter_rows())
            ranked = rows.drop_nulls("rank").group_by("year").len().sort("year")
            full = ranked.filter(pl.col("len") >= self.data.full_from)["year"].to_list()
            table = rows.filter(pl.col("year").is_in(full[-1:])).sort("rank", "province_id")
            mine = breaks.filter(pl.col("index_id") == series.index_id).iter_rows(named=True)
            found.append(Whole(series, years, full, table, {row["year"]: row for row in mine}))
        return found

    @cached_property
    def latest(self) -> dict[str, list[dict]]:
        """The latest rank of each province in each index, in the register's order."""
        place = {whole.index_id: i for i, whole in enumerate(self.wholes)}
        rows = self.ranked.filter(pl.col("dimension_id") == WHOLE).drop_nulls("rank").sort("year")
        last = rows.unique(["index_id", "province_id"], keep="last")
        found: dict[str, list[dict]] = {}
        for row in sorted(last.iter_rows(named=True), key=lambda row: place[row["index_id"]]):
            found.setdefault(row["province_id"], []).append(row)
        return found

    @property
    def mapped(self) -> list[Whole]:
        """The indices that have a full year."""
        return [whole for whole in self.wholes if whole.year]

    @cached_property
    def version(self) -> str:
        """The version of the data."""
        return data_version(self.data)

    @cached_property
    def tables(self) -> dict[str, dict]:
        """By index or dimension: ``first, last, n`` of what is on record, and of its newest full year ``year,
        leaders, score, median, n_ranked`` (None where there is none).
        """
        key = pl.col("index_id") + "/" + pl.col("dimension_id")
        rows = self.ranked.select("year", "province_id", "score", "rank", "is_full", key=key)
        spans = rows.group_by("key").agg(first=pl.col("year").min(), last=pl.col("year").max(), n=pl.len())
        full = rows.filter("is_full").filter(pl.col("year") == pl.col("year").max().over("key"))
        tops = (
            full.sort("province_id")
            .group_by("key")
            .agg(
                year=pl.col("year").first(),
                leaders=pl.col("province_id").filter(pl.col("rank") == 1),
                score=pl.col("score").max(),
                median=pl.col("score").median(),
                n_ranked=pl.len(),
            )
        )
        both = spans.join(tops, on="key", how="left", validate="1:1")
        return {row["key"]: row for row in both.iter_rows(named=True)}

    @cached_property
    def promised(self) -> dict[str, list[dict]]:
        """The targets of each indicator, the latest due first."""
        return _by_indicator(eager(self.data.targets).sort("due", "scope", descending=[True, False]))

    @cached_property
    def observed(self) -> dict[str, list[dict]]:
        """The latest figure of each province that reported an indicator, the newest first."""
        rows = eager(self.data.observations).sort("as_of", "province_id", descending=[True, False])
        return _by_indicator(rows.unique(["indicator_id", "province_id"], keep="first", maintain_order=True))

    @cached_property
    def scored(self) -> list[Whole]:
        """The indices of which a score is on record, not only ranks."""
        known = set(self.ranked.drop_nulls("score")["index_id"])
        return [whole for whole in self.wholes if whole.index_id in known]

    @property
    def lead(self) -> Whole | None:
        """The first of them in the register."""
        return next(iter(self.mapped), None)

    def whole(self, index_id: str) -> Whole:
        """Return an index that has a figure, by its id."""
        return next(whole for whole in self.wholes if whole.index_id == index_id)

    @cached_property
    def moves(self) -> dict[str, Moves]:
        """The moves of each index whose newest full year has the same definition as the full year before."""
        return {whole.index_id: found for whole in self.mapped if (found := self._moves(whole))}

    def _moves(self, whole: Whole) -> Moves | None:
        if whole.year is None or whole.year - 1 not in whole.full_years or whole.year in whole.breaks:
            return None
        judged = self.study.likely[1].filter(
            pl.col("index_id") == whole.index_id,
            pl.col("year_from") == whole.year - 1,
            pl.col("year_to") == whole.year,
            pl.col("verdict") != "cannot_say",
        )
        if judged.height:
            names = {"likely_from": "rank_from", "likely_to": "rank_to"}
            ranks = {"rank_from": "figure_rank_from", "rank_to": "figure_rank_to"}
            rows = judged.select("province_id", "places_gained", "verdict", **names, **ranks)
            return Moves(whole, whole.year - 1, rows, True)
        rows = places_gained(
            self.ranked, index_id=whole.index_id, year_from=whole.year - 1, year_to=whole.year
        )
        return Moves(whole, whole.year - 1, rows, False) if rows.height else None

    @cached_property
    def agreement(self) -> Agreement | None:
        """The leading pair of documents and citizens in its newest year with two complete tables."""
        pair = leading_pair(self.data.indices)
        of_pair = [pl.col(side) == pair[side] for side in _PAIR]
        differences = view_differences(self.ranked, self.data.indices).filter(of_pair)
        found = view_correlations(differences).filter(~pl.col("is_sample")).sort("year")
        if not found.height:
            return None
        row = found.row(-1, named=True)
        kept = {name: row[name] for name in (*_PAIR, "year", "n", "spearman", "low", "high")}
        return Agreement(**kept, rows=differences.filter(pl.col("year") == row["year"]))

    @cached_property
    def targets(self) -> Targets | None:
        """None where no target is on record."""
        promised = eager(self.data.targets)["indicator_id"].unique()
        if not promised.len():
            return None
        of_promised = pl.col("indicator_id").is_in(promised.implode())
        figures = observations_with_ranks(self.data).filter(of_promised)
        reported = eager(self.data.observations).filter(of_promised)
        years = reported["as_of"].dt.year()
        span = (int(years.min()), int(years.max())) if reported.height else None  # pyright: ignore[reportArgumentType]
        n_figures, n_reporting = figures["indicator_id"].n_unique(), reported["province_id"].n_unique()
        return Targets(promised.len(), n_figures, n_reporting, span)


def _by_indicator(rows: pl.DataFrame) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(row["indicator_id"], []).append(row)
    return found
