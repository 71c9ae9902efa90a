"""The explorer: ipywidgets that pick provinces, an index, a dimension and a year, and show the views of this package for them.

Controls to views and nothing else: measures compute, charts draw. Only the open tab is drawn; the others when they are opened.
"""

from __future__ import annotations

import base64
import html
from contextlib import contextmanager
from functools import lru_cache

import ipywidgets as w
import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import fold
from cds_analysis.dataset.series import observations_with_ranks, score_values
from cds_analysis.measures.compare import compare, structural_peers
from cds_analysis.measures.gaps import gaps, merge_repeated
from cds_analysis.measures.ranks import ranks
from cds_analysis.views import charts, prose, tables
from cds_analysis.views.labels import TAB_LABELS
from cds_analysis.views.tables import Table
from cds_analysis.views.text import Text, collation_key
from cds_analysis.views.theme import Chart, flat_csv

__all__ = ["Explorer"]

MOST_SHOWN = 6  # as many as there are colours and markers to tell provinces apart


def _shown(view: Chart | Table) -> str:
    """Return a view as HTML, with its alternative text and a link to its numbers."""
    if isinstance(view, Table):
        body = view.html
    else:
        picture = base64.b64encode(view.png()).decode("ascii")
        body = f'<img src="data:image/png;base64,{picture}" alt="{html.escape(view.alt, quote=True)}" style="max-width:100%;width:{int(view.figure.get_figwidth() * 96)}px">'
    numbers = base64.b64encode(("\ufeff" + flat_csv(view.data)).encode("utf-8")).decode("ascii")
    return f'{body}<p><a download="{view.name}.csv" href="data:text/csv;charset=utf-8;base64,{numbers}">CSV</a></p>'


class Explorer:
    """Filter by province and look: comparison, target gap, ranking trend, map, table.

    Parameters
    ----------
    data
        From :func:`cds_analysis.load`.
    lang
        ``vi`` or ``en``.
    provinces
        Province ids picked at the start.

    Examples
    --------
    >>> from cds_analysis import load
    >>> explorer = Explorer(load(), lang="en", provinces=["lang-son"])
    >>> explorer.search.value = "brvt"
    >>> explorer.add_match.click()
    >>> explorer.selected
    ['ba-ria-vung-tau', 'lang-son']
    """

    def __init__(self, data: Dataset, *, lang: str = "vi", provinces: list[str] = ()) -> None:
        self.data, self.t = data, Text(lang, data)
        t = self.t
        names = sorted(((t.province(p), p) for p in data.provinces["province_id"]), key=lambda pair: collation_key(pair[0]))
        self._search_words = {p: fold(" ".join([p, vi, en, aliases or ""])) for p, vi, en, aliases in
                              data.provinces.select("province_id", "name_vi", "name_en", "aliases").iter_rows()}  # fmt: skip
        wide = {"layout": w.Layout(width="21rem"), "style": {"description_width": "7rem"}}
        self.search = w.Text(description=t("Search"), placeholder=t("Type a name, with or without accents"), continuous_update=True, **wide)
        self.add_match = w.Button(description=t("Add the first match"), layout=w.Layout(width="21rem"))
        self.picked = w.SelectMultiple(description=t("Picked"), options=names, value=sorted(set(provinces)), rows=10, **wide)
        regions = [(t.region(r), r) for r in data.regions["region_id"]]
        self.region = w.Dropdown(description=t("Region"), options=regions, **wide)
        self.add_region, self.add_peers, self.clear = (
            w.Button(description=d, layout=w.Layout(width="auto")) for d in (t("Add"), t("Structural peers"), t("Clear"))
        )
        ranked = [
            i
            for i in data.indices.filter(pl.col("parent_id").is_null())["index_id"]
            if data.scores.filter(pl.col("index_id") == i).height > 50
        ]
        self.index = w.Dropdown(
            description=t("Index"), options=[(t.index_short(i), i) for i in ranked], value="papi" if "papi" in ranked else ranked[0], **wide
        )
        self.dimension = w.Dropdown(description=t("Dimension"), **wide)
        self.year = w.Dropdown(description=t("Year"), **wide)
        self.tabs = w.Tab(children=[w.HTML() for _ in TAB_LABELS], titles=[t(name) for name in TAB_LABELS.values()])
        self.hint = w.HTML()
        self._paused, self._stale = False, set(range(len(TAB_LABELS)))
        self._fill_dimensions()
        self._connect()
        buttons = w.HBox([self.add_region, self.add_peers, self.clear])
        controls = w.VBox(
            [self.search, self.add_match, self.picked, self.region, buttons, self.index, self.dimension, self.year, self.hint]
        )
        self.box = w.HBox([controls, w.Box([self.tabs], layout=w.Layout(flex="1 1 0", min_width="0"))], layout=w.Layout(width="100%"))

    @property
    def selected(self) -> list[str]:
        """The province ids picked, sorted."""
        return sorted(self.picked.value)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box)

    # ---- controls

    def _connect(self) -> None:
        self.search.observe(lambda _: self._show_matches(), "value")
        self.add_match.on_click(lambda _: self._add_first())
        self.add_region.on_click(
            lambda _: self._add(self.data.provinces.filter(pl.col("region_id") == self.region.value)["province_id"].to_list())
        )
        self.add_peers.on_click(
            lambda _: self._add(_peers(self.data).filter(pl.col("province_id").is_in(self.selected))["peer_id"].to_list())
        )
        self.clear.on_click(lambda _: setattr(self.picked, "value", ()))
        self.index.observe(lambda _: self._fill_dimensions(), "value")
        self.dimension.observe(lambda _: self._fill_years(), "value")
        for control in (self.picked, self.year):
            control.observe(lambda _: self._changed(), "value")
        self.tabs.observe(lambda _: self._draw(), "selected_index")

    def matches(self) -> list[str]:
        """The provinces whose name, in any spelling, contains what was typed; names that begin with it come first."""
        wanted = fold(self.search.value)
        if not wanted:
            return []
        found = [p for p, words in self._search_words.items() if wanted in words]
        return sorted(found, key=lambda p: (not fold(p).startswith(wanted), collation_key(self.t.province(p))))

    def _show_matches(self) -> None:
        found = self.matches()
        text = ", ".join(self.t.province(p) for p in found[:6]) if found else self.t("no province matches") if self.search.value else ""
        self.hint.value = html.escape(text)

    def _add_first(self) -> None:
        self._add(self.matches()[:1])

    def _add(self, provinces: list[str]) -> None:
        self.picked.value = tuple(sorted({*self.picked.value, *provinces}))

    def _fill_dimensions(self) -> None:
        with self._quiet():
            rows = self.data.scores.filter(pl.col("index_id") == self.index.value)["dimension_id"].unique().to_list()
            known = [
                d
                for d in self.data.indices.filter(pl.col("index_id") == self.index.value).sort(pl.col("parent_id").is_not_null())[
                    "dimension_id"
                ]
                if d in rows
            ]
            named = [(self.t("overall") if d == "overall" else self.t.dimension(self.index.value, d), d) for d in known]
            _refill(self.dimension, named)
        self._fill_years()

    def _fill_years(self) -> None:
        with self._quiet():
            years = sorted(self._scores()["year"].unique(), reverse=True)
            _refill(self.year, [(str(y), y) for y in years])
        self._changed()

    @contextmanager
    def _quiet(self):
        """Hold back drawing while one control refills another."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False

    # ---- views

    def _changed(self) -> None:
        if not self._paused:
            self._stale = set(range(len(TAB_LABELS)))
            self._draw()

    def _draw(self) -> None:
        tab = self.tabs.selected_index or 0
        if tab in self._stale:
            self._stale.discard(tab)
            draw = (self._comparison, self._targets, self._trend, self._map, self._table)[tab]
            self.tabs.children[tab].value = draw()

    def _scores(self) -> pl.DataFrame:
        return self.data.scores.filter(pl.col("index_id") == self.index.value, pl.col("dimension_id") == self.dimension.value)

    def _compared(self) -> pl.DataFrame:
        return compare(score_values(self._scores().filter(pl.col("year") == self.year.value)), self.data.provinces, peers=_peers(self.data))

    def _title(self) -> str:
        dimension = self.t("overall") if self.dimension.value == "overall" else self.t.dimension(self.index.value, self.dimension.value)
        return self.t(
            "{index} {year}: {dimension}", index=self.t.index_short(self.index.value), year=str(self.year.value), dimension=dimension
        )

    def _source(self) -> str:
        return prose.source_line(self.t, self._scores().filter(pl.col("year") == self.year.value)["source_id"].unique().sort().to_list())

    def _none(self) -> str:
        return f"<p>{html.escape(self.t('Pick at least one province.'))}</p>"

    def _comparison(self) -> str:
        compared = self._compared()
        if not compared.height:
            return f"<p>{html.escape(self.t('No figure to compare.'))}</p>"
        picture = charts.distribution(
            compared, text=self.t, highlight=self.selected[:MOST_SHOWN], title=self._title(), unit=self.t("score"), source=self._source()
        )
        return _shown(picture)

    def _targets(self) -> str:
        judged = merge_repeated(_judged(self.data).filter(pl.col("province_id").is_in(self.selected)))
        if not judged.height:
            return f"<p>{html.escape(self.t('No target is on record.') if self.selected else self.t('Pick at least one province.'))}</p>"
        source = prose.source_line(self.t, judged.explode("target_source_ids")["target_source_ids"].unique().sort())
        return _shown(
            charts.status_matrix(
                judged, text=self.t, provinces=self.selected[:MOST_SHOWN], title=self.t("Status of the targets"), source=source
            )
        )

    def _trend(self) -> str:
        if not self.selected:
            return self._none()
        ranked = _ranked(self.data).filter(pl.col("index_id") == self.index.value, pl.col("dimension_id") == self.dimension.value)
        return _shown(charts.bump(ranked, text=self.t, highlight=self.selected[:MOST_SHOWN], title=self._title(), source=self._source()))

    def _map(self) -> str:
        return _shown(charts.tile_map(self._compared(), self.data.provinces, text=self.t, title=self._title(), source=self._source(), highlight=self.selected,
                                      decimals=2 if self.index.value == "dti" else 1, subtitle=self.t("Score; darker is better. Framed: the provinces picked out.")))  # fmt: skip

    def _table(self) -> str:
        compared = self._compared()
        mine = compared.filter(pl.col("province_id").is_in(self.selected)) if self.selected else compared
        return _shown(tables.comparison_table(mine, text=self.t, title=self._title(), source=self._source()))


def _refill(control: w.Dropdown, options: list[tuple]) -> None:
    """Give a control new options; its value stays if it is still one of them, else it is the first."""
    values, before = [v for _, v in options], control.value
    control.options = options
    control.value = before if before in values else values[0]


# Measures that depend on the dataset alone are computed once for it.
@lru_cache(maxsize=2)
def _ranked(data: Dataset) -> pl.DataFrame:
    return ranks(data.scores, data.breaks)


@lru_cache(maxsize=2)
def _peers(data: Dataset) -> pl.DataFrame:
    return structural_peers(data.context)


@lru_cache(maxsize=2)
def _judged(data: Dataset) -> pl.DataFrame:
    return gaps(observations_with_ranks(data), data.targets, data.indicators)
