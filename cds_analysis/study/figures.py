"""From a choice to its live figure: the frames are computed on all provinces, the title is the finding, the
sources are those of the rows drawn.

The explorer, :meth:`Study.chart` and the pages draw the same figures from here.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.dataset.register import WHOLE, Series, find_series, parts_of
from cds_analysis.dataset.series import score_values
from cds_analysis.errors import ParameterError
from cds_analysis.measures.compare import compare
from cds_analysis.measures.gaps import merge_repeated
from cds_analysis.study.choice import ALL, Choice
from cds_analysis.views import interactive
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import titles
from cds_analysis.views.prose.base import source_line

if TYPE_CHECKING:
    from cds_analysis.study.study import Study

__all__ = ["Figures"]


class Figures:
    """Live figures of one study; what does not depend on who is picked is computed once for a series."""

    def __init__(self, study: Study) -> None:
        self.study, self.data, self.t = study, study.data, study.text
        self._ranked = lru_cache(64)(self._ranked)
        self._compared = lru_cache(64)(self._compared)
        self._standing = lru_cache(16)(self._standing)

    def draw(self, choice: Choice) -> Live:
        """Return the figure of a choice. Where there is nothing to draw, it has no rows and its title says
        why.
        """
        series = find_series(choice.series, self.data.indices)
        made = {
            "trend": self._trend,
            "comparison": self._comparison,
            "map": self._map,
            "targets": self._targets,
            "table": self._table,
        }[choice.tab]
        return made(series, choice)

    def name(self, series: Series) -> str:
        """Return a series' short name: ``PAPI``, or ``PAPI 6. Public service delivery``."""
        t, short = self.t, self.t.index_short(series.index_id)
        if series.is_whole:
            return short
        part = t.dimension(series.index_id, series.dimension_id)
        return f"{short} {series.number}. {part}" if series.number else f"{short}, {part}"

    def numbers(self, choice: Choice, figure: Live) -> tuple[str, pl.DataFrame]:
        """Return the name of the answer and the rows that a figure shows, with the columns of its measure."""
        if figure.name in ("by_dimension", "by_region"):
            extra = [c for c in ("place", "low", "high", "at", "rank") if c in figure.frame.columns]
            return "compare", figure.frame.drop(extra)
        if figure.name == "standing_fan":
            return "standing", figure.frame
        if choice.tab == "targets":
            rows = self._gaps
            one = rows.filter(pl.col("indicator_id") == choice.indicator)
            return "gaps", rows if choice.indicator == ALL else one
        if figure.name == "scatter":
            return "compare", figure.frame
        window = self._window(find_series(choice.series, self.data.indices), choice)
        one_year = choice.tab == "map" and choice.shown != "change"
        return "ranks", window.filter(pl.col("year") == choice.last) if one_year else window

    # ---- what is computed

    def _ranked(self, key: str) -> pl.DataFrame:
        index, _, dimension = key.partition("/")
        rows = self.study.ranked
        return rows.filter((pl.col("index_id") == index) & (pl.col("dimension_id") == dimension))

    def _window(self, series: Series, choice: Choice) -> pl.DataFrame:
        return self._ranked(series.key).filter(pl.col("year").is_between(choice.first, choice.last))

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
    def _gaps(self) -> pl.DataFrame:
        return merge_repeated(self.study.gaps().whole)

    # ---- over time

    def _trend(self, series: Series, choice: Choice) -> Live:
        rows, what, t = self._window(series, choice), self.name(series), self.t
        picked = list(choice.provinces)
        if choice.shown == "standing":
            return self._fan(series, choice)
        column = "score" if choice.shown == "score" else "rank"
        if not rows[column].count():
            other = (
                t("only ranks are on record, no scores") if column == "score" else t("no ranks are on record")
            )
            return self._nothing(choice, f"{what}: {other}")
        draw = interactive.scores_by_year if column == "score" else interactive.ranks_by_year
        unit = t.score_unit([series]) if column == "score" else t("rank, 1 is best")
        return draw(
            rows,
            self.data.provinces,
            text=t,
            highlight=picked,
            title=titles.of_years(rows, t, picked, what=what, column=column),
            subtitle=t("{what} by year: {unit}", what=what, unit=unit),
            source=source_line(t, rows.drop_nulls(column)),
        )

    def _fan(self, series: Series, choice: Choice) -> Live:
        t, what, picked = self.t, self.name(series), list(choice.provinces)
        try:
            rows = self._standing(series.key)
        except ParameterError:
            return self._nothing(choice, t("{what}: too few full years for a standing", what=what))
        rows = rows.filter(pl.col("year") >= choice.first)
        return interactive.standing_fan(
            rows,
            self.data.provinces,
            text=t,
            highlight=picked,
            title=titles.of_standing(rows, t, picked, what=what),
            subtitle=t("{what}: likely rank among all provinces, estimated from all years", what=what),
            source=source_line(t, self._window(series, choice)),
        )

    # ---- one year

    def _comparison(self, series: Series, choice: Choice) -> Live:
        t, what, picked = self.t, f"{self.name(series)} {choice.last}", list(choice.provinces)
        if choice.shown == "pair":
            return self._pair(series, choice)
        if choice.shown == "parts":
            parts = parts_of(self.data.indices, series.index_id, series.dimension_id)
            rows = self._compared(series.index_id, tuple(s.key for s in parts), choice.last)
            rows = rows.filter(pl.col("n_reporting") >= self.data.full_from)
            here = set(rows["series_id"])
            if not here:
                return self._nothing(choice, t("{what}: no parts on record", what=what))
            order = [s.key for s in parts if s.key in here]
            placed = rows.with_columns(
                rank=pl.col("value").rank("min", descending=True).over("series_id").cast(pl.Int64)
            )
            return interactive.by_dimension(
                rows,
                self.data.provinces,
                text=t,
                order=order,
                highlight=picked,
                title=titles.of_dimensions(placed, t, picked, what=what),
                subtitle=t("{what}, each part on its own scale; at the right, ranks", what=what),
                source=source_line(t, rows),
            )
        rows = self._compared(series.index_id, (series.key,), choice.last)
        if not rows.height:
            return self._nothing(choice, t("{what}: no score on record", what=what))
        return interactive.by_region(
            rows,
            self.data.provinces,
            text=t,
            highlight=picked,
            title=titles.of_values(
                rows,
                t,
                picked,
                what=what,
                decimals=t.decimals(series.index_id, series.dimension_id, exact=True),
            ),
            subtitle=t("{what} by region: {unit}", what=what, unit=t.score_unit([series])),
            source=source_line(t, rows),
        )

    def _pair(self, series: Series, choice: Choice) -> Live:
        t, picked = self.t, list(choice.provinces)
        against = choice.other or self.usual_other(series)
        other = find_series(against, self.data.indices)
        one, two = self._ranked(series.key), self._ranked(other.key)
        years = set(one.drop_nulls("score")["year"]) & set(two.drop_nulls("score")["year"])
        years = {y for y in years if y <= choice.last} or years
        names = self.name(series), self.name(other)
        if not years:
            return self._nothing(
                choice, t("{one} and {other} have no year in common", one=names[0], other=names[1])
            )
        year = max(years)
        both = (
            one.filter(pl.col("year") == year)
            .select("province_id", "year", x="score", one="source_id")
            .join(
                two.filter(pl.col("year") == year).select("province_id", y="score", two="source_id"),
                on="province_id",
                validate="1:1",
            )
            .drop_nulls(["x", "y"])
            .with_columns(
                x_rank=pl.col("x").rank("min", descending=True).cast(pl.Int64),
                y_rank=pl.col("y").rank("min", descending=True).cast(pl.Int64),
                n=pl.len(),
                source_ids=pl.concat_list("one", "two").list.unique(),
            )
            .drop("one", "two")
        )
        rho = both.select(pl.corr("x", "y", method="spearman")).item() if both.height > 2 else None
        return interactive.scatter(
            both,
            self.data.provinces,
            text=t,
            across=series.key,
            up=other.key,
            highlight=picked,
            title=titles.of_pair(rho, both.height, t, one=names[0], other=names[1], year=year),
            subtitle=t("Scores of {year}; a point is a province", year=str(year)),
            source=source_line(t, both),
        )

    def usual_other(self, series: Series) -> str:
        """Return the first other index of the register that has scores."""
        scored = eager(self.data.scores).drop_nulls("score")
        indices = [i for i in scored["index_id"].unique(maintain_order=True) if i != series.index_id]
        order = [s.index_id for s in map(self._whole, indices) if s is not None]
        return f"{(order or [series.index_id])[0]}/{WHOLE}"

    def _whole(self, index: str) -> Series | None:
        return find_series(f"{index}/{WHOLE}", self.data.indices)

    def _map(self, series: Series, choice: Choice) -> Live:
        t, what, picked = self.t, self.name(series), list(choice.provinces)
        window = self._window(series, choice)
        rows = window.filter(pl.col("year") == choice.last)
        decimals = t.decimals(series.index_id, series.dimension_id)
        if choice.shown == "change":
            return self._changes(series, choice, window)
        column = choice.shown
        if not rows[column].count():
            other = (
                t("only ranks are on record, no scores") if column == "score" else t("no ranks are on record")
            )
            return self._nothing(choice, f"{what} {choice.last}: {other}")
        title = titles.of_places(rows, t, picked, what=what)
        if column == "score" and not rows["rank"].count():
            title = t("{what} {year}: scores by province", what=what, year=str(choice.last))
        unit = t.score_unit([series]) if column == "score" else t("rank, 1 is best")
        return interactive.tile_map(
            self._told(rows, column),
            self.data.provinces,
            text=t,
            highlight=picked,
            title=title,
            subtitle=t(
                "{what} {year}: {unit}; darker is better", what=what, year=str(choice.last), unit=unit
            ),
            source=source_line(t, rows),
            write=lambda v: t.number(v, decimals if column == "score" else 0),
            lower_is_better=column == "rank",
        )

    def _told(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """Return the rows with what a tile's tooltip says."""
        t = self.t
        decimals = t.decimals(*rows.select("index_id", "dimension_id").row(0), exact=True)
        found = [
            {
                "province_id": r["province_id"],
                "value": float(r[column]) if r[column] is not None else None,
                "of": "–" if r["rank"] is None else f"{r['rank']}/{r['n_ranked'] or '–'}",
                "score": t.number(r["score"], decimals),
                "year": str(r["year"]),
                "source": t.source(r["source_id"]),
                "source_id": r["source_id"],
            }
            for r in rows.iter_rows(named=True)
        ]
        return pl.DataFrame(found, infer_schema_length=None)

    def _changes(self, series: Series, choice: Choice, window: pl.DataFrame) -> Live:
        """Draw places gained within the last definition of the years picked."""
        t, what, picked = self.t, self.name(series), list(choice.provinces)
        full = window.drop_nulls("rank")
        segment = full.filter(pl.col("year") == full["year"].max())["segment"].max() if full.height else None
        within = full.filter(pl.col("segment").eq_missing(pl.lit(segment, dtype=pl.Int64)))
        years = within["year"].unique().sort().to_list()
        if len(years) < 2:
            return self._nothing(
                choice,
                t(
                    "{what}: no two years with the same definition in {first}–{last}",
                    what=what,
                    first=str(choice.first),
                    last=str(choice.last),
                ),
            )
        first, last = years[0], years[-1]
        before = within.filter(pl.col("year") == first).select("province_id", before="rank")
        now = within.filter(pl.col("year") == last)
        told = self._told(now, "rank").join(before, on="province_id", how="left", validate="1:1")
        told = told.with_columns(
            value=pl.col("before") - pl.col("value"),
            of=pl.format("{} → {}", pl.col("before").cast(pl.String).fill_null("–"), "of"),
            year=pl.lit(f"{first}–{last}"),
        )
        return interactive.tile_map(
            told,
            self.data.provinces,
            text=t,
            highlight=picked,
            title=titles.of_changes(told, t, picked, what=what, first=first, last=last),
            subtitle=t(
                "Places gained (blue) or lost (red) within one definition; survey error is not counted"
            ),
            source=source_line(t, within),
            write=lambda v: t.number(v, sign=True),
            is_change=True,
        )

    def _table(self, series: Series, choice: Choice) -> Live:
        """The numbers themselves; the explorer shows them as a table, and the picture is the map of ranks."""
        rows = self._window(series, choice)
        year = rows.filter(pl.col("year") == choice.last)
        what, t = self.name(series), self.t
        return Live(
            "table",
            titles.of_places(year, t, list(choice.provinces), what=what),
            t("All provinces; a column's heading sorts by it"),
            "",
            {},
            {"rows": self._table_rows(rows, series, choice.last)},
            {},
            list(choice.provinces),
            source_line(t, rows),
            frame=rows,
        )

    def _table_rows(self, rows: pl.DataFrame, series: Series, year: int) -> list[dict]:
        t, decimals = self.t, self.t.decimals(series.index_id, series.dimension_id, exact=True)
        now = {r["province_id"]: r for r in rows.filter(pl.col("year") == year).iter_rows(named=True)}
        segments = {r["segment"] for r in now.values()}
        same = rows.filter(pl.col("segment").is_in(list(segments), nulls_equal=True)).drop_nulls("rank")
        start = same["year"].min() if same.height else None
        began = dict(
            same.filter(pl.col("year") == pl.col("year").min()).select("province_id", "rank").iter_rows()
        )
        lines: dict[str, list] = {}
        for p, y, rank, segment in (
            rows.sort("year").select("province_id", "year", "rank", "segment").iter_rows()
        ):
            lines.setdefault(p, []).append([y, rank, segment])
        found = []
        for p, region in self.data.provinces.select("province_id", "region_id").iter_rows():
            r = now.get(p, {})
            rank, score = r.get("rank"), r.get("score")
            gained = began[p] - rank if rank is not None and p in began and start != year else None
            found.append(
                {
                    "province_id": p,
                    "name": t.province(p),
                    "region": t.region(region),
                    "rank": rank,
                    "of": r.get("n_ranked"),
                    "score": score,
                    "shown": t.number(score, decimals),
                    "change": gained,
                    "since": start,
                    "line": lines.get(p, []),
                }
            )
        return found

    # ---- targets

    def _targets(self, series: Series, choice: Choice) -> Live:
        t, picked, judged = self.t, list(choice.provinces), self._gaps
        n = self.data.provinces.height
        one = choice.indicator != ALL
        rows = judged.filter(pl.col("indicator_id") == choice.indicator) if one else judged
        seen = rows.filter(pl.col("value").is_not_null())
        if one and not seen.height:
            return self._nothing(choice, self._promised(choice.indicator))
        if not seen.height:
            return self._nothing(choice, t("Targets are on record, but no figure to set against them"))
        if not one:
            percent = self.data.indicators.filter(pl.col("unit") == "percent")["indicator_id"]
            seen = seen.filter(pl.col("indicator_id").is_in(percent.to_list()))
        told = titles.of_figures(rows, t, n_provinces=n)
        figure = interactive.figures_and_targets(
            seen,
            self.data.provinces,
            text=t,
            highlight=picked,
            by="province_id" if one else "indicator_id",
            title=f"{t.indicator(choice.indicator)}: {told}" if one else told,
            subtitle=t("Dot: latest figure of a province; diamond: target, national or the province's own")
            + ("" if one else t("; figures in percent")),
            source=source_line(t, seen),
        )
        without = [p for p in picked if p not in set(seen["province_id"])]
        if without:
            figure.notes.append(
                t("Targets are on record, but no figure of {names}.", names=t.listing(t.provinces(without)))
                if len(without) <= 8
                else t(
                    "Targets are on record, but no figure of {n} of the provinces picked.",
                    n=t.number(len(without)),
                )
            )
        return figure

    def _promised(self, indicator: str) -> str:
        """Say what is promised where no province has a figure."""
        t = self.t
        targets = self.data.targets.filter(pl.col("indicator_id") == indicator).sort("due")
        unit = t.unit(indicator)
        each = [
            f"{r['comparator']} {t.value(r['value'], unit)} ({t.date(r['due'])})"
            for r in targets.iter_rows(named=True)
        ]
        return t(
            "{name}: the target is {targets}; no province's figure is on record",
            name=t.indicator(indicator),
            targets=t.listing(list(dict.fromkeys(each))),
        )

    def _nothing(self, choice: Choice, why: str) -> Live:
        return Live("nothing", why, "", why, {}, {"rows": []}, {}, list(choice.provinces), "")
