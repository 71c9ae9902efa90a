"""Standings as the front door gives them: each series fitted once a study, with and without the breaks that
were detected in the figures alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from cds_analysis.dataset.load import Dataset, eager
from cds_analysis.dataset.register import WHOLE, Series, profiled, series_of
from cds_analysis.errors import ParameterError
from cds_analysis.measures.changes import CHANGES, LIKELY_FROM, documented_only, judge_changes
from cds_analysis.measures.standing import POSITIONS, Standing, standing
from cds_analysis.study.kept import key_of, load_kept, store_kept
from cds_analysis.views.text import Text

__all__ = ["Standings"]

AHEAD = 2  # years beyond the last full one
_KEY = ["index_id", "dimension_id"]


class Standings:
    """Fits standings when they are first asked for and keeps them.

    Parameters
    ----------
    data
        The dataset.
    """

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self._kept: dict[tuple[str, int, bool], Standing] = {}

    def fitted(self, series: Series, *, years_ahead: int = AHEAD, documented: bool = False) -> Standing:
        """Return the standings of one index or dimension; see
        :func:`cds_analysis.measures.standing.standing`.

        With `documented`, only with the breaks that somebody wrote down, and without ranks.
        """
        key = (series.key, years_ahead, documented)
        if key in self._kept:
            return self._kept[key]
        d = self.data
        mine = (pl.col("index_id") == series.index_id) & (pl.col("dimension_id") == series.dimension_id)
        scores, breaks = eager(d.scores).filter(mine), d.breaks.filter(mine)
        fewer = documented_only(breaks)
        if documented and fewer.height == breaks.height:
            found = self.fitted(series, years_ahead=years_ahead)
        else:
            used, draws = (fewer, 0) if documented else (breaks, 1000)
            options = {"years_ahead": years_ahead, "full_from": d.full_from, "draws": draws}
            name = key_of(scores, used, **options)
            kept = load_kept(name)
            found = standing(scores, used, **options) if kept is None else Standing(*kept)
            if kept is None:
                store_kept(name, (found.positions, found.ahead, found.changes, found.parameters))
        self._kept[key] = found
        return found

    def rows(self, series: Iterable[Series], *, since: int | None, years_ahead: int) -> pl.DataFrame:
        """Return ``positions`` and ``ahead`` of these series in one frame, with the rise since a year;
        columns as in :meth:`cds_analysis.study.study.Study.standing`.
        """
        asked = list(series)
        parts = [self._rows(one, since, years_ahead, alone=len(asked) == 1) for one in asked]
        known = [part for part in parts if part is not None]
        if not known:
            raise _none(asked)
        order = [*_KEY, "year", "median_rank", "province_id"]
        return pl.concat(known).sort(order, descending=[False, False, True, False, False])

    def _rows(self, one: Series, since: int | None, years_ahead: int, *, alone: bool) -> pl.DataFrame | None:
        found = self.fitted(one, years_ahead=years_ahead)
        if not found.positions.height:
            return None
        about = found.parameters.row(0, named=True)
        known = sorted(found.positions["year"].unique())
        redrawn = [y for y in about["order_break_years"] if y < known[-1] and y in known]
        start = since if since is not None else (redrawn or known)[-1 if redrawn else 0]
        if start not in known[:-1]:
            if not alone:
                return None
            raise ParameterError(
                f"{one.key} has no standing of {start} to start from; there are {known[0]} to {known[-2]}"
            )
        rises, fewer = (
            f.changes.filter(pl.col("first_year") == start)
            for f in (found, self.fitted(one, years_ahead=years_ahead, documented=True))
        )
        on = ["province_id", "year"]
        rises = rises.select(
            "province_id", "p_rise", "n_order_breaks", since="first_year", year="last_year"
        ).join(
            fewer.select("province_id", year="last_year", p_rise_documented="p_rise"), on=on, validate="1:1"
        )
        positions = found.positions.with_columns(years_ahead=pl.lit(0, dtype=pl.Int64))
        sources = eager(self.data.scores).filter(
            pl.col("index_id") == one.index_id, pl.col("dimension_id") == one.dimension_id
        )
        return (
            pl.concat([positions, found.ahead], how="diagonal")
            .join(rises, on=on, how="left", validate="1:1")
            .with_columns(
                depends_on_detected=_side("p_rise").ne_missing(_side("p_rise_documented")),
                noise_share=pl.lit(about["noise_share"]),
                source_ids=pl.lit(pl.Series([_sources_of(sources)])).first(),
            )
        )

    def changes(self, series: Iterable[Series], year_from: int | None, year_to: int | None) -> pl.DataFrame:
        """Return the changes between two years, judged; see
        :func:`cds_analysis.measures.changes.judge_changes`. Series without a standing of both are left out.
        """
        asked = list(series)
        parts = []
        for one in asked:
            found = self.fitted(one)
            if not found.positions.height:
                continue
            years = found.positions["year"].unique()
            if year_from is not None and not (year_from in years and year_to in years):
                continue
            rows = judge_changes(
                found,
                year_from=year_from,
                year_to=year_to,
                documented=self.fitted(one, documented=True),
            )
            scores = eager(self.data.scores).filter(
                pl.col("index_id") == one.index_id,
                pl.col("dimension_id") == one.dimension_id,
                pl.col("year").is_between(rows["year_from"][0], rows["year_to"][0]),
            )
            parts.append(rows.with_columns(source_ids=pl.lit(pl.Series([_sources_of(scores)])).first()))
        if not parts:
            raise (
                _none(asked)
                if year_from is None
                else ParameterError(
                    f"no standing of both {year_from} and {year_to} of {', '.join(s.key for s in asked[:3])}"
                )
            )
        return pl.concat(parts)

    def of_profiles(self, indices: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return ``positions`` of every profiled index and of its dimensions, and the newest changes of the
        whole indices; both frames are empty, with their columns, where no series has standings.
        """
        shown = profiled(indices, where=("chart", "text"))
        series = [s for s in series_of(indices) if s.index_id in shown and s.parent_id in (None, WHOLE)]
        found = [self.fitted(s, years_ahead=0) for s in series]
        changes = [
            judge_changes(f)
            for s, f in zip(series, found)
            if s.is_whole and f.positions["year"].n_unique() > 1
        ]
        positions = pl.concat([pl.DataFrame(schema=POSITIONS), *(f.positions for f in found)])
        return positions, pl.concat(changes) if changes else pl.DataFrame(schema=CHANGES)

    def family(self, series: tuple[Series, ...], t: Text, years_ahead: int = AHEAD) -> str:
        """Return in words what one model was fitted to, and what of it is not to be trusted."""
        if len(series) != 1:
            return t("a model for each index and dimension, of all its provinces")
        about = self.fitted(series[0], years_ahead=years_ahead).parameters.row(0, named=True)
        said = t.counted(
            "one model of {n} province, {first} to {last}; noise {share} of the figures' variance",
            "one model of {n} provinces, {first} to {last}; noise {share} of the figures' variance",
            about["n_provinces"],
            first=str(about["first_year"]),
            last=str(about["last_year"]),
            share=t.percent(100 * about["noise_share"], 0),
        )
        if about["years_left_out"]:
            said += "; " + t(
                "not used, a sample or without spread: {years}",
                years=t.listing([str(y) for y in about["years_left_out"]]),
            )
        if about["status"] == "noise_not_separated":
            said += "; " + t("noise cannot be told from moves of one year here, read single years with care")
        if about["status"] == "not_converged":
            said += "; " + t("the estimates did not converge and are not to be trusted")
        return said


def _side(column: str) -> pl.Expr:
    """Return whether a probability says likely, unlikely or neither."""
    p = pl.col(column)
    return pl.when(p >= LIKELY_FROM).then(1).when(p <= 1 - LIKELY_FROM).then(-1).when(p.is_not_null()).then(0)


def _sources_of(scores: pl.DataFrame) -> list[str]:
    return sorted(scores.drop_nulls("score")["source_id"].unique())


def _none(asked: list[Series]) -> ParameterError:
    who = asked[0].key if len(asked) == 1 else "none of these series"
    verb = "has no standings" if len(asked) == 1 else "has standings"
    return ParameterError(f"{who} {verb}: they need four full years in which provinces differ")
