"""The explorer: ipywidgets that pick provinces, an index, years and an indicator, and show the views of this
package for them.

Controls to views and nothing else: measures compute, charts draw. A tab is drawn when it is open and
something it shows has changed. The whole selection is one short text (:attr:`Explorer.state`) that can be
kept and given back.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager

import ipywidgets as w
import polars as pl

from cds_analysis.app.markup import said
from cds_analysis.app.panes import Pick, has_scores, pane, peers
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_provinces, fold
from cds_analysis.dataset.register import WHOLE, series_of
from cds_analysis.errors import CdsError, ParameterError
from cds_analysis.measures.units import UNITS, in_units
from cds_analysis.views.labels import BUTTON_LABELS, TAB_LABELS, YEAR_LABELS
from cds_analysis.views.text import LANGUAGES, Text, collation_key

__all__ = ["Explorer"]

ALL = "all"
_WIDE = {"layout": w.Layout(width="21rem", max_width="100%"), "style": {"description_width": "6.5rem"}}
_LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}


class Explorer:
    """Filter by province and look: comparison, target gap, ranking trend, map, table.

    Parameters
    ----------
    data
        From :func:`cds_analysis.load`.
    lang
        ``vi`` or ``en``; can be changed in the explorer.
    provinces
        Province ids picked at the start.
    index
        Index shown at the start; the first of the register that has a table by default.

    Examples
    --------
    >>> from cds_analysis import load
    >>> explorer = Explorer(load(), lang="en", provinces=["lang-son"], index="papi")
    >>> explorer.search.value = "brvt"
    >>> explorer.add_match.click()
    >>> explorer.selected
    ['ba-ria-vung-tau', 'lang-son']
    >>> explorer.state
    'en 63 papi/overall 2011-2024 all comparison ba-ria-vung-tau+lang-son'
    """

    def __init__(
        self, data: Dataset, *, lang: str = "vi", provinces: Sequence[str] = (), index: str | None = None
    ) -> None:
        self._all, self._quietly, self._drawn = data, False, {}
        self.box = w.HBox(layout=w.Layout(flex_flow="row wrap", width="100%"))
        self.language = w.ToggleButtons(
            options=[(name, code) for code, name in _LANGUAGE_NAMES.items()], value=lang
        )
        self.units = w.ToggleButtons(options=UNITS, value=UNITS[0])
        for group in (self.language, self.units):
            group.style.button_width = "6.6rem"
            group.observe(lambda _: self._rebuild(self._picked()), "value")
        self._rebuild(list(provinces), **({"index": index} if index else {}))

    @property
    def selected(self) -> list[str]:
        """The ids picked, in the order of their names."""
        return [p for _, p in self.picked.options]

    @property
    def state(self) -> str:
        """The whole selection as a short text; set it to restore a selection.

        Raises
        ------
        ParameterError, UnknownNameError
            When the text is not a selection, or names what the dataset does not have; nothing changes then.
        """
        parts = (
            str(self.language.value),
            str(self.units.value),
            f"{self.index.value}/{self.dimension.value}",
            f"{self.first.value}-{self.last.value}",
            str(self.indicator.value),
            self._tab(),
        )
        return " ".join([*parts, "+".join(self.selected) or "-"])

    @state.setter
    def state(self, text: str) -> None:
        try:
            lang, units, series, years, indicator, tab, picked = text.split()
            index, _, dimension = series.partition("/")
            span = tuple(int(y) for y in years.split("-"))
        except ValueError:
            raise ParameterError(f"a selection looks like {self.state!r}, not {text!r}") from None
        data = in_units(self._all, units)
        provinces = [] if picked == "-" else find_provinces(picked.split("+"), data.provinces)
        if (
            lang not in LANGUAGES
            or tab not in TAB_LABELS
            or not has_scores(data, index, dimension)
            or indicator not in (ALL, *self._indicators(data))
        ):
            raise ParameterError(
                f"the selection {text!r} names a language, tab, index, dimension or indicator that is not here"
            )
        with self._quiet():
            self.language.value, self.units.value = lang, units
        self._rebuild(provinces, index=index, dimension=dimension, years=span, indicator=indicator, tab=tab)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box)

    # ---- controls

    def _rebuild(self, provinces: list[str], **kept) -> None:
        """Make all controls anew in the language and units chosen, keeping the selection."""
        if self._quietly:
            return
        if hasattr(self, "index") and not kept:
            kept = {
                "index": self.index.value,
                "dimension": self.dimension.value,
                "years": (self.first.value, self.last.value),
                "indicator": self.indicator.value,
                "tab": self._tab(),
            }
        self.data = in_units(self._all, str(self.units.value))
        t = self.t = Text(str(self.language.value), self.data)
        self._words = {
            p: fold(" ".join([p, vi, en, more or ""]))
            for p, vi, en, more in self.data.provinces.select(
                "province_id", "name_vi", "name_en", "aliases"
            ).iter_rows()
        }
        self.search = w.Text(
            description=t("Search"),
            placeholder=t("Type a name, with or without accents"),
            continuous_update=True,
            **_WIDE,
        )
        self.matches = w.Select(description=t("Found"), rows=5, **_WIDE)
        self.picked = w.SelectMultiple(description=t("Picked"), rows=6, **_WIDE)
        self.region = w.Dropdown(
            description=t("Region"),
            options=[(t.region(r), r) for r in self.data.regions["region_id"]],
            **_WIDE,
        )
        self.add_match, self.remove, self.add_region, self.add_peers, self.add_all, self.clear = (
            w.Button(description=t(n), layout=w.Layout(width="auto")) for n in BUTTON_LABELS
        )
        indices = [
            (t.index_short(i), i)
            for i in (s.index_id for s in series_of(self.data.indices) if s.is_whole)
            if has_scores(self.data, i, WHOLE, at_least=self.data.full_from)
        ]
        self.index = w.Dropdown(
            description=t("Index"), options=indices, value=kept.get("index", indices[0][1]), **_WIDE
        )
        self.dimension = w.Dropdown(description=t("Dimension"), **_WIDE)
        self.first, self.last = (w.Dropdown(description=t(n), **_WIDE) for n in YEAR_LABELS)
        indicators = sorted(
            ((t.indicator(i), i) for i in self._indicators(self.data)),
            key=lambda pair: collation_key(pair[0]),
        )
        self.indicator = w.Dropdown(
            description=t("Target"),
            options=[(t("All targets"), ALL), *indicators],
            value=kept.get("indicator", ALL),
            **_WIDE,
        )
        self.saved = w.Text(description=t("Selection"), continuous_update=False, **_WIDE)
        self.hint = w.HTML()
        self.tabs = w.Tab(
            children=[w.HTML() for _ in TAB_LABELS],
            titles=[t(name) for name in TAB_LABELS.values()],
            selected_index=list(TAB_LABELS).index(kept.get("tab", "comparison")),
        )
        self._drawn = {}
        with self._quiet():
            self._pick(find_provinces(provinces, self.data.provinces))
            self._fill_dimensions(kept.get("dimension"))
            self._fill_years(kept.get("years"))
        self._connect()
        self._search()
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        t = self.t
        groups = [w.VBox([w.Label(t("Language")), self.language]), w.VBox([w.Label(t("Units")), self.units])]
        rows = [
            self.search,
            self.matches,
            w.HBox([self.add_match, self.add_all]),
            self.picked,
            w.HBox([self.remove, self.clear, self.add_peers]),
            self.region,
            w.HBox([self.add_region]),
            self.index,
            self.dimension,
            self.last,
            self.first,
            self.indicator,
            w.HBox(groups),
            self.saved,
            self.hint,
        ]
        controls = w.VBox(rows, layout=w.Layout(flex="0 0 auto", max_width="100%"))
        self.box.children = [controls, w.Box([self.tabs], layout=w.Layout(flex="1 1 26rem", min_width="0"))]

    def _connect(self) -> None:
        self.search.observe(lambda _: self._search(), "value")
        self.add_match.on_click(lambda _: self._add([self.matches.value] if self.matches.value else []))
        self.add_all.on_click(lambda _: self._add(list(self._words)))
        self.add_region.on_click(
            lambda _: self._add(
                self.data.provinces.filter(pl.col("region_id") == self.region.value)["province_id"].to_list()
            )
        )
        self.add_peers.on_click(
            lambda _: self._add(
                peers(self.data).filter(pl.col("province_id").is_in(self.selected))["peer_id"].to_list()
            )
        )
        self.remove.on_click(lambda _: self._set([p for p in self.selected if p not in self.picked.value]))
        self.clear.on_click(lambda _: self._set([]))
        self.index.observe(lambda _: (self._fill_dimensions(), self._fill_years(), self._show()), "value")
        self.dimension.observe(lambda _: (self._fill_years(), self._show()), "value")
        for control, name in (
            (self.first, "value"),
            (self.last, "value"),
            (self.indicator, "value"),
            (self.tabs, "selected_index"),
        ):
            control.observe(lambda _: self._show(), name)
        self.saved.observe(lambda change: self._restore(change["new"]), "value")

    def _picked(self) -> list[str]:
        return self.selected if hasattr(self, "picked") else []

    def _indicators(self, data: Dataset) -> list[str]:
        return data.targets["indicator_id"].unique().to_list()

    def _search(self) -> None:
        """List the provinces whose name, in any spelling, holds what was typed; those that begin with it
        come first.
        """
        wanted = fold(self.search.value)
        found = [p for p, words in self._words.items() if wanted in words]
        found.sort(
            key=lambda p: (bool(wanted) and not fold(p).startswith(wanted), collation_key(self.t.province(p)))
        )
        self.matches.options = [(self.t.province(p), p) for p in found]
        self.matches.value = found[0] if found else None
        self._say("" if found else self.t("no province matches"))

    def _pick(self, provinces: list[str]) -> None:
        named = sorted({(self.t.province(p), p) for p in provinces}, key=lambda pair: collation_key(pair[0]))
        self.picked.options, self.picked.value = named, ()

    def _set(self, provinces: list[str]) -> None:
        self._pick(provinces)
        self._show()

    def _add(self, provinces: list[str]) -> None:
        self._set([*self.selected, *provinces])

    def _fill_dimensions(self, wanted: str | None = None) -> None:
        with self._quiet():
            index = str(self.index.value)
            known = [
                s.dimension_id
                for s in series_of(self.data.indices)
                if s.index_id == index and has_scores(self.data, index, s.dimension_id)
            ]
            before = wanted or self.dimension.value
            self.dimension.options = [
                (self.t("overall") if d == "overall" else self.t.dimension(index, d), d) for d in known
            ]
            self.dimension.value = before if before in known else known[0]

    def _fill_years(self, wanted: tuple[int, int] | None = None) -> None:
        with self._quiet():
            rows = self.data.scores.filter(
                (pl.col("index_id") == self.index.value) & (pl.col("dimension_id") == self.dimension.value)
            )
            years = sorted(rows["year"].unique())
            inside = [y for y in years if wanted and wanted[0] <= y <= wanted[1]] or years
            for control, value in ((self.first, inside[0]), (self.last, inside[-1])):
                control.options = [(str(y), y) for y in years]
                control.value = value

    @contextmanager
    def _quiet(self):
        """Hold back drawing while one control refills another."""
        before, self._quietly = self._quietly, True
        try:
            yield
        finally:
            self._quietly = before

    # ---- views

    def _tab(self) -> str:
        return list(TAB_LABELS)[self.tabs.selected_index or 0]

    def _show(self) -> None:
        """Draw the open tab if what it shows has changed."""
        if self._quietly:
            return
        tab = self._tab()
        first, last = sorted(int(years.value or 0) for years in (self.first, self.last))
        pick = Pick(
            str(self.index.value),
            str(self.dimension.value),
            first,
            last,
            str(self.indicator.value),
            tuple(self.selected),
        )
        key = pick.shown_in(tab)
        if self._drawn.get(tab) != key:
            self._drawn[tab] = key
            self.tabs.children[self.tabs.selected_index or 0].value = pane(tab, pick, self.data, self.t)
        with self._quiet():
            self.saved.value = self.state

    def _restore(self, text: str) -> None:
        if self._quietly or text == self.state:
            return
        try:
            self.state = text
        except CdsError as error:
            self._say(str(error))

    def _say(self, text: str) -> None:
        self.hint.value = said(text) if text else ""
