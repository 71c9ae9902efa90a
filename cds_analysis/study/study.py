"""One dataset, one set of units, one language: every question is asked here, by researchers, notebooks and
the command line alike.

Answers are computed on all provinces and picked afterwards, so that no choice of rows changes a rank, a
median or a corrected p-value. Names are read in any spelling; what is misspelt is refused with the closest
names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from cds_analysis.dataset.load import Dataset, eager, load
from cds_analysis.dataset.provinces import find_each, find_province, find_provinces, fold
from cds_analysis.dataset.register import Series, find_indicator, find_series, profiled, series_of
from cds_analysis.dataset.series import observations_with_ranks, parse_day, score_values
from cds_analysis.errors import ParameterError, UnknownNameError, several
from cds_analysis.measures.compare import compare, structural_peers
from cds_analysis.measures.findings import findings
from cds_analysis.measures.gaps import gaps
from cds_analysis.measures.own_trends import trends_beside_country
from cds_analysis.measures.ranks import ranks
from cds_analysis.measures.units import in_units
from cds_analysis.study.drawing import Drawing
from cds_analysis.study.kept import key_of, load_kept, store_kept
from cds_analysis.study.own import frame_of, matched, own_values
from cds_analysis.study.profile import Profile
from cds_analysis.study.result import Result
from cds_analysis.views.text import Text

if TYPE_CHECKING:
    from cds_analysis.study.standings import Standings

__all__ = ["Study", "open_study"]


def open_study(folder: str | Path | None = None, *, lang: str = "vi", units: str | int = "63") -> Study:
    """Open a dataset as a study; this is ``cds.open``.

    Parameters
    ----------
    folder
        A data folder; the bundled dataset by default.
    lang
        Language of names, headings and pictures: ``vi`` or ``en``.
    units
        ``63`` provinces (until June 2025) or ``34`` units (since July 2025; older figures are estimates).

    Raises
    ------
    ParameterError, DataError

    Examples
    --------
    >>> s = open_study(lang="en")
    >>> s  # doctest: +ELLIPSIS
    <Study: 63 provinces, 6 indices and 3 rankings since 2005, ... indicators, en>
    >>> s.ranks("papi.d6").pick("Hà Nội").years(2023, 2024).frame["rank"].to_list()
    [29, 15]
    """
    return Study.of(load(folder), lang=lang, units=str(units))


class Study(Drawing):
    """A dataset with a language; see :func:`open_study`."""

    def __init__(self, data: Dataset, *, lang: str = "vi", units: str = "63") -> None:
        self.data, self.lang, self.units = data, lang, units
        self.text = Text(lang, data)

    @classmethod
    def of(cls, data: Dataset, *, lang: str = "vi", units: str = "63") -> Study:
        """Return a study of a dataset of provinces, in provinces or in the units of 2025."""
        return cls(in_units(data, units), lang=lang, units=units)

    def __repr__(self) -> str:
        d = self.data
        scores = eager(d.scores)
        with_scores = scores.drop_nulls("score")["index_id"].n_unique()
        ranked = scores["index_id"].n_unique() - with_scores
        who = several(d.provinces.height, "province" if self.units == "63" else "unit")
        what = (
            f"{several(with_scores, 'index', 'indices')} and {several(ranked, 'ranking')} since"
            f" {scores['year'].min()}"
        )
        return f"<Study: {who}, {what}, {several(d.indicators.height, 'indicator')}, {self.lang}>"

    @cached_property
    def ranked(self) -> pl.DataFrame:
        """Every rank of every index, dimension and year; see :func:`cds_analysis.measures.ranks.ranks`."""
        return ranks(self.data.scores, self.data.breaks, self.data.indices, full_from=self.data.full_from)

    @cached_property
    def likely(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Standings of all years and newest changes of the indices that a profile shows and of their
        dimensions; see :meth:`cds_analysis.study.standings.Standings.of_profiles`.
        """
        d, shown = self.data, profiled(self.data.indices, where=("chart", "text"))
        mine = pl.col("index_id").is_in(shown)
        key = key_of(eager(d.scores).filter(mine), d.breaks, d.indices, full_from=d.full_from)
        kept = load_kept(key)
        if kept is None:  # the optimiser is slow to import and to run
            kept = self.standings.of_profiles(d.indices)
            store_kept(key, kept)
        return kept[0], kept[1]

    @cached_property
    def findings(self) -> pl.DataFrame:
        """What there is to say about every province; see :func:`cds_analysis.measures.findings.findings`."""
        d = self.data
        return findings(self.ranked, d.indices, d.provinces, *self.likely)

    @cached_property
    def standings(self) -> Standings:
        """The fitted standings, each series once; see :class:`cds_analysis.study.standings.Standings`."""
        from cds_analysis.study.standings import Standings  # the optimiser is slow to import

        return Standings(self.data)

    @cached_property
    def peers(self) -> pl.DataFrame:
        """The structural peers of every province; see
        :func:`cds_analysis.measures.compare.structural_peers`.
        """
        return structural_peers(self.data.context)

    def _series(self, names: Sequence[str | Series]) -> tuple[Series, ...]:
        return tuple(find_series(name, self.data.indices) for name in names)

    def _scores(self, series: tuple[Series, ...]) -> pl.DataFrame:
        return _rows_of(eager(self.data.scores), series)

    # ---- the questions

    def ranks(self, *series: str | Series) -> Result:
        """Return score, rank, group and places gained by year, newest first; columns of
        :func:`cds_analysis.measures.ranks.ranks`.

        `series` are indices or dimensions in any spelling (``papi``, ``papi.d6``, ``PAPI 6``); all by
        default.
        """
        found = self._series(series)
        rows = _rows_of(self.ranked, found) if found else self.ranked
        return self.result(
            "ranks", rows.sort("year", "rank", descending=[True, False], nulls_last=True), found
        )

    def gaps(self, *indicators: str, as_of: str | date | None = None) -> Result:
        """Return every target beside the latest figure, ranks that are targets included; columns of
        :func:`cds_analysis.measures.gaps.gaps`.

        Parameters
        ----------
        indicators
            In any spelling; all by default.
        as_of
            The day of judgement, such as ``2024-06-30``, the date of the data by default; later figures are
            not used.
        """
        day = as_of if isinstance(as_of, date) else parse_day(as_of) or self.data.judged_on
        found = [find_indicator(i, self.data.indicators).indicator_id for i in indicators]
        judged = gaps(observations_with_ranks(self.data), self.data.targets, self.data.indicators, as_of=day)
        rows = judged.filter(pl.col("indicator_id").is_in(found)) if found else judged
        return self.result("gaps", rows)

    def trends(self, *series: str | Series, alpha: float = 0.05) -> Result:
        """Return the trend of every province within each definition, of its score and against the country;
        columns of :func:`cds_analysis.measures.own_trends.trends_beside_country`. All provinces of a
        dimension are tested together.
        """
        found = self._series(series)
        scores = self._scores(found) if found else eager(self.data.scores)
        judged = trends_beside_country(scores, self.data.breaks, alpha=alpha, full_from=self.data.full_from)
        tested = judged["p_adjusted"].count()
        t = self.text
        family = t("{n} series tested together, by dimension and definition", n=t.number(tested))
        return self.result("trends", judged, found, family)

    def standing(self, *series: str | Series, since: int | None = None, years_ahead: int = 2) -> Result:
        """Return every province's standing among all by year, through breaks, with the doubt its rank
        carries.

        Columns of ``positions`` and ``ahead`` of :func:`cds_analysis.measures.standing.standing`
        (``median_rank``, the likely rank, ``rank_low_80`` ... ``rank_high_95``, ``p_top_ten``,
        ``p_bottom_ten``), with ``years_ahead`` (0 for a year with a figure), ``since, p_rise`` (probability
        that the standing rose from that year), ``n_order_breaks`` in between, ``p_rise_documented`` (without
        the breaks that were only detected), ``depends_on_detected`` (whether likely, unlikely or neither then
        changes) and ``noise_share`` of the figures (estimated).

        Parameters
        ----------
        series
            In any spelling; all that have standings by default. Each is fitted once a study.
        since
            The year that a rise is counted from; by default that of the last break of order, else the first.
        years_ahead
            How many years beyond the last full one.
        """
        found = self._series(series)
        rows = self.standings.rows(
            found or series_of(self.data.indices), since=since, years_ahead=years_ahead
        )
        return self.result("standing", rows, found, self.standings.family(found, self.text, years_ahead))

    def changes(
        self, *series: str | Series, year_from: int | None = None, year_to: int | None = None
    ) -> Result:
        """Return for every province whether its standing really changed between two years; columns of
        :func:`cds_analysis.measures.changes.judge_changes`.

        Parameters
        ----------
        series
            In any spelling; all that have standings by default. The provinces of a series are tested
            together.
        year_from, year_to
            The two years; by default the last two full ones of each series.
        """
        found = self._series(series)
        rows = self.standings.changes(found or series_of(self.data.indices), year_from, year_to)
        return self.result("changes", rows, found, self.standings.family(found, self.text))

    def carried(self, series: str | Series, *, year_from: int, year_to: int) -> Result:
        """Return which parts carried every province's change between two years of one definition; columns of
        :func:`cds_analysis.measures.decomposition.decompose`, with ``p_rise`` and ``verdict`` of the part's
        standing (null where it has none).
        """
        from cds_analysis.measures.decomposition import decompose

        (one,) = self._series([series])
        d, years = self.data, {"year_from": year_from, "year_to": year_to}
        rows = decompose(
            eager(d.scores),
            d.breaks,
            d.indices,
            index_id=one.index_id,
            dimension_id=one.dimension_id,
            **years,
        ).with_columns(index_id=pl.lit(one.index_id))
        parts = tuple(
            s
            for s in series_of(d.indices)
            if s.index_id == one.index_id and s.dimension_id in rows["dimension_id"].to_list()
        )
        try:
            judged = self.standings.changes(parts, year_from, year_to)
        except ParameterError:
            judged = None
        key = ["index_id", "dimension_id", "province_id"]
        if judged is None:
            full = rows.with_columns(p_rise=pl.lit(None, pl.Float64), verdict=pl.lit(None, pl.String))
        else:
            sure = judged.select(*key, "p_rise", "verdict", "source_ids")
            full = rows.join(sure, on=key, how="left", validate="1:1", maintain_order="left")
        return self.result("carried", full, (one,))

    def compare(
        self,
        what: object,
        *,
        year: int | None = None,
        on: str = "province",
        value: str = "value",
        direction: int = 1,
    ) -> Result:
        """Set every province against region, structural peers and country; columns of
        :func:`cds_analysis.measures.compare.compare`.

        Parameters
        ----------
        what
            An index or dimension in any spelling, or a frame of one's own (Polars, pandas, or a dict of
            columns).
        year
            Of an index: the year measured, the latest by default.
        on, value, direction
            Of a frame of one's own: its columns of province names and of values, and 1 where higher is
            better, -1 where lower is.
        """
        if isinstance(what, str | Series):
            found = self._series([what])
            scores = self._scores(found).drop_nulls("score")
            known = sorted(scores["year"].unique())
            if not known:
                raise ParameterError(f"{found[0].key} has no scores to compare, only ranks; use .ranks()")
            if year is not None and year not in known:
                raise ParameterError(
                    f"{found[0].key} has no scores of {year}; there are {known[0]} to {known[-1]}"
                )
            last = known[-1] if year is None else year
            rows = compare(
                score_values(scores.filter(pl.col("year") == last)), self.data.provinces, peers=self.peers
            )
        else:
            found, values = (), own_values(self.match(what, on=on), value, direction)
            rows = compare(values, self.data.provinces, peers=self.peers).drop(
                "as_of", "first_as_of", "source_ids"
            )
        t = self.text
        family = t.counted(
            "compared among {n} province", "compared among {n} provinces", rows["province_id"].n_unique()
        )
        return self.result("compare", rows, found, family)

    # ---- finding one's way

    def match(self, frame: object, *, on: str = "province") -> pl.DataFrame:
        """Return a frame of one's own with ``province_id`` in front, from the names in its column `on`; all
        names that are not known are listed at once.
        """
        return matched(frame_of(frame), on, lambda names: find_each(names, self.data.provinces))

    def find(self, words: str) -> Result:
        """Return what has all of these words in its name, in either language, with or without accents:
        indices, dimensions, indicators and how many figures and targets are on record for each. Refused where
        nothing has.
        """
        wanted = [fold(w) for w in words.split()]
        observed = dict(eager(self.data.observations)["indicator_id"].value_counts().iter_rows())
        promised = dict(eager(self.data.targets)["indicator_id"].value_counts().iter_rows())
        scored = eager(self.data.scores).group_by("index_id", "dimension_id").len()
        figures = {f"{i}/{d}": n for i, d, n in scored.iter_rows()}
        rows: list[tuple[str, str, str, int, int]] = []
        for s in series_of(self.data.indices):
            names = (s.key, s.name_vi, s.name_en, s.short_vi, s.short_en)
            if all(any(w in fold(n) for n in names) for w in wanted):
                code = s.index_id if s.is_whole else f"{s.index_id}.{s.code}"
                rows.append((s.key, code, self.text.series(s.key), figures.get(s.key, 0), 0))
        columns = self.data.indicators.select("indicator_id", "name_vi", "name_en", "keywords").iter_rows()
        for name, vi, en, keywords in columns:
            if all(any(w in fold(n or "") for n in (name, vi, en, keywords)) for w in wanted):
                shown = vi if self.lang == "vi" else en
                rows.append((name, name, shown, observed.get(name, 0), promised.get(name, 0)))
        if not rows:
            raise UnknownNameError("index or indicator", words, (), "`cds list indicators` shows all names.")
        schema = ["series_id", "code", "name", "n_figures", "n_targets"]
        found = pl.DataFrame(rows, schema=schema, orient="row").sort(
            "n_figures", "n_targets", descending=True
        )
        return self.result("find", found)

    def provinces(self, *names: str) -> list[str]:
        """Return the ids of provinces and regions named in any spelling; ``peers of X`` gives X's structural
        peers.
        """
        found: list[str] = []
        for name in names:
            head, _, who = name.partition(" of ")
            if fold(head) == "peers" and who:
                me = find_province(who, self.data.provinces)
                found += (
                    self.peers.filter(pl.col("province_id") == me).sort("peer_order")["peer_id"].to_list()
                )
            else:
                found += find_provinces([name], self.data.provinces, self.data.regions)
        return list(dict.fromkeys(found))

    def province(self, name: str | int) -> Profile:
        """Return everything about one province as one object."""
        return Profile(self, find_province(name, self.data.provinces))

    def result(
        self, name: str, rows: pl.DataFrame, series: tuple[Series, ...] = (), family: str = ""
    ) -> Result:
        """Return rows computed from this study's data as a :class:`Result`."""
        return Result(name, rows, rows, self, series, family)


def _rows_of(frame: pl.DataFrame, series: tuple[Series, ...]) -> pl.DataFrame:
    keys = pl.col("index_id") + "/" + pl.col("dimension_id")
    return frame.filter(keys.is_in([s.key for s in series]))
