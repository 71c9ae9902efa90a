"""Notebook 04: everything about one province, the answer first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import polars as pl

from cds_analysis.chapters.base import Chapter
from cds_analysis.dataset.provinces import formed_from
from cds_analysis.dataset.register import WHOLE, series_of
from cds_analysis.dataset.scalars import extent
from cds_analysis.dataset.schemas import NATION
from cds_analysis.dataset.series import parse_day, score_values
from cds_analysis.measures.compare import compare
from cds_analysis.measures.findings import parts
from cds_analysis.measures.gaps import gaps, merge_repeated
from cds_analysis.study.study import Study
from cds_analysis.views import details
from cds_analysis.views import first_screen as screen
from cds_analysis.views.panel import Panel
from cds_analysis.views.prose import verdict
from cds_analysis.views.prose.base import sources_of

__all__ = ["ProvinceProfile"]

Shown = Iterator[Panel]

_FEW, _GOALS = 4, 3  # figures and targets on the first screen


class ProvinceProfile(Chapter):
    """One province: the answer on one screen, then the details."""

    def __init__(self, study: Study, *, province: str, as_of: str = "", brief: bool = False) -> None:
        super().__init__(study, [province])
        self.brief = brief
        self.me = self.chosen[0]
        self.as_of = parse_day(as_of) or self.data.judged_on
        self.name = self.t.province(self.me)

    # ---- what the page is about

    @cached_property
    def whole(self) -> pl.DataFrame:
        """Its rank as a whole in every index and year."""
        indices = self.t.profiled
        rows = self.study.ranked.filter(self.is_chosen & (pl.col("dimension_id") == WHOLE))
        return rows.filter(pl.col("index_id").is_in(indices)).sort("index_id", "year")

    @cached_property
    def findings(self) -> pl.DataFrame:
        """What there is to say about it, weightiest first."""
        return self.study.findings.filter(self.is_chosen)

    @cached_property
    def parts(self) -> pl.DataFrame:
        """The dimensions of every index and year, all provinces."""
        d = self.data
        return parts(self.study.ranked, d.indices, self.study.likely[0])

    @cached_property
    def targets(self) -> pl.DataFrame:
        """Its targets and the national ones beside its figures, one that several documents set once."""
        return merge_repeated(self.study.gaps(as_of=self.as_of).frame.filter(self.is_chosen))

    @cached_property
    def figures(self) -> pl.DataFrame:
        """What it reported."""
        return self.data.observations.filter(self.is_chosen)

    @cached_property
    def nearest(self) -> pl.DataFrame:
        """National targets whose indicator is defined otherwise than a figure it reported, beside that
        figure.
        """
        register = self.data.indicators.drop_nulls("related").select(
            near_id="indicator_id", indicator_id=pl.col("related").str.split(";")
        )
        set_for = self.targets["indicator_id"].to_list()
        figures = self.figures.filter(~pl.col("indicator_id").is_in(set_for)).rename(
            {"indicator_id": "near_id"}
        )
        as_if = figures.join(register.explode("indicator_id"), on="near_id", how="inner").select(
            *self.figures.columns, "near_id"
        )
        units = self.unit_of()  # a count says nothing about a share
        alike = [units[a] == units[b] for a, b in as_if.select("near_id", "indicator_id").iter_rows()]
        as_if = as_if.filter(pl.Series(alike, dtype=pl.Boolean))
        of_nation = (pl.col("scope") == NATION) & ~pl.col("indicator_id").is_in(self.figures["indicator_id"])
        national = self.data.targets.filter(of_nation)
        if not as_if.height:
            return self.targets.clear()
        judged = gaps(as_if.drop("near_id"), national, self.data.indicators, as_of=self.as_of)
        return (
            merge_repeated(judged)
            .sort("due", "indicator_id", descending=[True, False])
            .unique("value", keep="first", maintain_order=True)
        )

    # ---- the first screen

    def first_screen(self) -> Panel:
        """Lay out the answer: headline, key figures, strengths and weaknesses, targets, what is not known,
        sources.
        """
        t, d = self.t, self.data
        lead_year = extent(self.study.findings["year"])[1]
        wholes = self.findings.filter(pl.col("kind") == "whole")
        newest = self.parts.filter(
            pl.col("year") == pl.col("year").filter(self.is_chosen).max().over("index_id")
        )
        first = [*self.targets["indicator_id"], *self._related()]
        near = self._near_and_far()
        region = d.provinces.row(by_predicate=pl.col("province_id") == self.me, named=True)["region_id"]
        strips = screen.groups(self.parts, self._before(), series_of(d.indices), t, province=self.me)
        drawn = newest.drop_nulls("rank")["dimension_id"].unique()
        before = self._before().filter(pl.col("dimension_id").is_in(drawn))
        return screen.first_screen(
            t,
            province=self.me,
            sentences=verdict.verdict(self.study.findings, self.study.ranked, t, province=self.me),
            made=screen.cards(wholes, self.whole, d.breaks, t, lead_year=lead_year),
            strips=strips,
            reported=screen.figures(self.figures, t, first=first, most=_FEW),
            n_reported=self.figures.height,
            near=screen.goals(near, t),
            others=screen.goals(self.nearest.head(max(0, _GOALS - 1 - near.height)), t, differs=True),
            beside=[] if self.figures.height else self._peers(),
            unknown=self._unknown(lead_year),
            context=self._context(),
            region=t.region(region),
            tiles=d.provinces,
            drawn=pl.concat([newest, before], how="diagonal"),
            context_sources=d.context.filter(self.is_chosen)["source_id"].unique().sort(),
        )

    def _before(self) -> pl.DataFrame:
        """Return its ranks in the year before the newest, dimension by dimension."""
        newest = self.parts.filter(self.is_chosen).group_by("index_id").agg(_last=pl.col("year").max())
        rows = self.study.ranked.filter(self.is_chosen).join(newest, on="index_id")
        return rows.filter(pl.col("year") == pl.col("_last") - 1).drop("_last")

    def _related(self) -> list[str]:
        return self.data.indicators.drop_nulls("related")["indicator_id"].to_list()

    def _near_and_far(self) -> pl.DataFrame:
        """Return the target that is short by the least and the two short by the most, an indicator once;
        those met fill up.
        """
        known = self.percent_only(self.targets).drop_nulls("value").sort("due", "indicator_id", "scope")
        once = known.unique("indicator_id", keep="first", maintain_order=True)
        short = once.filter(pl.col("gap") > 0).sort("gap", "indicator_id")
        met = once.filter(pl.col("gap") <= 0).sort("as_of", "indicator_id", descending=[True, False])
        chosen = pl.concat([short.head(1), short.tail(max(0, min(_GOALS - 1, short.height - 1)))])
        return pl.concat([chosen, met.head(_GOALS - chosen.height)])

    def _peers(self) -> list[dict]:
        """Return the ranks of the province and its structural peers in the first indices with full tables."""
        t = self.t
        whole = self.study.findings.filter(pl.col("kind") == "whole")
        shown = [i for i in t.profiled if (whole["index_id"] == i).sum() > self.data.full_from][:2]
        if not shown:
            return []
        ranks = {(r["province_id"], r["index_id"]): r for r in whole.iter_rows(named=True)}
        last = {i: whole.filter(pl.col("index_id") == i)["year"].max() for i in shown}
        mine = self.study.peers.filter(self.is_chosen).sort("peer_order")["peer_id"].to_list()
        rows = []
        for province in [self.me, *mine]:
            found = [ranks.get((province, i)) for i in shown]
            values = [
                (
                    t("{index} {year}", index=t.index_short(i), year=last[i]),
                    str(r["rank"]) if r and r["year"] == last[i] else "–",
                )
                for i, r in zip(shown, found)
            ]
            rows.append({"name": t.province(province), "mine": province == self.me, "ranks": values})
        return rows

    def _unknown(self, lead_year: int) -> list[str]:
        """Say what is not known: old and missing ranks, targets without a figure, the error of a survey."""
        t, said = self.t, []
        known = {
            r["index_id"]: r["year"]
            for r in self.findings.filter(pl.col("kind") == "whole").iter_rows(named=True)
        }
        old = [(t.index_short(i), known[i]) for i in t.profiled if i in known and known[i] != lead_year]
        none = [t.index_short(i) for i in t.profiled if i not in known]
        if old:
            names = ", ".join(f"{name} ({year})" for name, year in old)
            said.append(t("Nothing newer on record: {names}.", names=names))
        if none:
            said.append(t("{names}: no rank is on record.", names=t.listing(none)))
        if not self.figures.height:
            said.append(t("No figure that the province reported itself is on record."))
        without = self.targets.filter(pl.col("value").is_null()).height
        if without:
            said.append(
                t.counted(
                    "{n} target has no figure to set beside it.",
                    "{n} targets have no figure to set beside them.",
                    without,
                )
            )
        noisy = self.study.likely[0]["index_id"].unique()
        estimated = [t.index_short(i) for i in t.profiled if i in noisy and i in known]
        if estimated:
            said.append(
                t(
                    "No error by province is published for {index}; the ranges here are estimated from all"
                    " provinces and years.",
                    index=t.listing(estimated),
                )
            )
        return said

    def _context(self) -> list[str]:
        """Say how large and rich it is, which provinces are like it, what became of it in 2025."""
        t, d, said = self.t, self.data, []
        rows = d.context.filter(self.is_chosen).sort("year")
        if rows.height:
            c = rows.row(-1, named=True)
            said.append(
                t(
                    "{people} thousand people, {urban} of them urban; GRDP {income} million VND a head"
                    " ({year}).",
                    year=c["year"],
                    people=t.number(c["population_thousand"]),
                    urban=t.percent(100 * c["urban_population_thousand"] / c["population_thousand"], 0),
                    income=t.number(c["grdp_per_capita_million_vnd"], 1),
                )
            )
        peers = self.study.peers.filter(self.is_chosen).sort("peer_order")["peer_id"].to_list()
        if peers and self.figures.height:
            said.append(t("Structural peers: {names}.", names=", ".join(map(t.province, peers))))
        unit = d.provinces.row(by_predicate=pl.col("province_id") == self.me, named=True)["unit_2025_id"]
        formed = formed_from(unit, d.provinces)
        said.append(
            t(
                "Since 1 July 2025 part of {unit}, formed from {parts}.",
                unit=t.unit_2025(unit),
                parts=t.listing(t.provinces(formed)),
            )
            if len(formed) > 1
            else t("Not among the provinces merged in July 2025.")
        )
        return said

    # ---- the details

    def years(self) -> Shown:
        """Draw the scores by year and list ranks and scores."""
        if self.brief:
            return
        drawn = details.score_lines(self.study.ranked, self.data.breaks, self.t, province=self.me)
        if drawn is not None:
            yield drawn
        if self.whole.height:
            yield details.years_table(self.whole, self.t)

    def compared(self) -> Shown:
        """List the newest dimensions beside the medians of country, region and peers."""
        if self.brief:
            return
        d = self.data
        frames = []
        for index in self.t.profiled:
            own = self.parts.filter(self.is_chosen, pl.col("index_id") == index)
            whole = self.whole.filter(pl.col("index_id") == index, pl.col("is_full"))
            if not own.height or not whole.height:
                continue
            year = own["year"].max()
            order = [WHOLE, *own.filter(pl.col("year") == year)["dimension_id"]]
            rows = d.scores.filter(
                pl.col("index_id") == index, pl.col("year") == year, pl.col("dimension_id").is_in(order)
            )
            found = compare(score_values(rows), d.provinces, peers=self.study.peers).filter(self.is_chosen)
            place = pl.col("series_id").replace_strict({f"{index}/{x}": i for i, x in enumerate(order)})
            frames.append(found.sort(place))
        if frames:
            region = self.t.region(frames[0]["region_id"][0])
            yield details.compared_table(pl.concat(frames), self.t, region=region)

    def targets_list(self) -> Shown:
        """List every target beside its figure; those without one in a line."""
        if self.brief or not self.targets.height:
            return
        t, known = (
            self.t,
            self.targets.drop_nulls("value").sort("due", "indicator_id", descending=[True, False]),
        )
        met = known.filter(pl.col("status") == "achieved").height
        said = t.counted(
            "{n} target has a figure; {met} met at the latest one.",
            "{n} targets have figures; {met} met at the latest ones.",
            known.height,
            met=t.number(met),
        )
        without = self.targets.filter(pl.col("value").is_null())
        near = screen.goals(self.nearest, t, differs=True)
        yield details.goals_list(
            said, [*screen.goals(known, t), *near], screen.goals(without, t), self.targets, t
        )

    def reported(self) -> Shown:
        """List what it reported."""
        if self.brief:
            return
        if self.figures.height:
            yield details.reported_table(self.figures, self.t)

    def sources_list(self) -> Shown:
        """List every source of the above by publisher."""
        if self.brief:
            return
        ids = sources_of(
            self.whole,
            self.parts.filter(self.is_chosen),
            self.figures,
            self.targets,
            self.nearest,
            self.data.context.filter(self.is_chosen),
        )
        yield details.sources_list(ids, self.t)
