"""One line of Python for a live figure: ``cds.open().chart("papi.d6", "Lạng Sơn", years=(2018, 2024))``.

:class:`Drawing` is the part of a study that draws; the figures themselves are made in
:mod:`cds_analysis.study.figures`.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from cds_analysis.dataset.register import Series, find_indicator, find_series
from cds_analysis.errors import ParameterError
from cds_analysis.study.choice import ALL, VIEWS, Choice, read_choice, series_with_data, years_of
from cds_analysis.views.prose.base import sources_of

if TYPE_CHECKING:
    from cds_analysis.dataset.load import Dataset
    from cds_analysis.study.figures import Figures
    from cds_analysis.study.result import Result
    from cds_analysis.views.interactive import Live
    from cds_analysis.views.text import Text

__all__ = ["Drawing"]

_NAMED_IN_FILE = 3  # provinces in the name of a file


class Drawing:
    """What a study draws, and the names under which it can be drawn again."""

    data: Dataset
    text: Text
    lang: str
    units: str

    if TYPE_CHECKING:  # what the study itself brings

        def provinces(self, *names: str) -> list[str]: ...
        def result(self, name: str, rows: pl.DataFrame) -> Result: ...

    @cached_property
    def figures(self) -> Figures:
        """The live figures of this study, by choice."""
        from cds_analysis.study.figures import Figures  # the libraries that draw are slow to import

        return Figures(self)  # pyright: ignore[reportArgumentType]

    def chart(
        self,
        what: str | Series = "",
        *who: str,
        years: tuple[int, int] | int | None = None,
        view: str = "trend",
        against: str | Series = "",
        target: str = ALL,
    ) -> Live:
        """Return a live figure: point at it for values, click to pick, save it as a picture.

        Parameters
        ----------
        what
            An index or dimension in any spelling; the first of the register by default.
        who
            Provinces, regions, ``peers of X``, ``all``, in any spelling; their order is that of the colours.
        years
            First and last, or one; all of which there are figures by default.
        view
            ``trend`` (ranks over the years), ``trend.score``, ``trend.standing``, ``comparison`` (by region),
            ``comparison.parts``, ``comparison.pair``, ``map``, ``map.score``, ``map.change``, ``targets``.
        against
            The other index of ``comparison.pair``.
        target
            An indicator that has targets, for the view ``targets``.

        Raises
        ------
        ParameterError, UnknownNameError

        Examples
        --------
        >>> from cds_analysis import open
        >>> open(lang="en").chart("papi.d6", "Đà Nẵng", years=(2021, 2024)).title.split(": ")[0]
        'PAPI 6. Public Service Delivery'
        """
        series = find_series(what, self.data.indices) if what else series_with_data(self.data)[0]
        here = years_of(self.data, series)
        if not here:
            raise ParameterError(f"{series.key} has no figures")
        first, last = (years, years) if isinstance(years, int) else years or (here[0], here[-1])
        if not [y for y in here if first <= y <= last]:
            raise ParameterError(
                f"{series.key} has no figures from {first} to {last}; there are {here[0]} to {here[-1]}"
            )
        tab, _, shown = view.partition(".")
        if shown not in ("", *VIEWS.get(tab, ())) or tab not in VIEWS:
            known = ", ".join(f"{t}.{v}" if v != ALL else t for t, views in VIEWS.items() for v in views)
            raise ParameterError(f"no view {view!r}; there are {known}")
        return self.figures.draw(
            Choice(
                self.lang,
                self.units,
                series.key,
                first,
                last,
                target if target == ALL else find_indicator(target, self.data.indicators).indicator_id,
                tab,
                shown,
                find_series(against, self.data.indices).key if against else "",
                tuple(self.provinces(*who)) if who else (),
            )
        )

    def map(self, what: str | Series = "", *who: str, year: int | None = None, view: str = "rank") -> Live:
        """Return the live map of one year, the latest by default: ``rank`` or ``score``."""
        return self.chart(what, *who, years=year, view=f"map.{view}")

    def profile(self, who: str, what: str | Series = "", *, year: int | None = None) -> Live:
        """Return where one province stands in each part of an index, each on its own scale."""
        return self.chart(what, who, years=year, view="comparison.parts")

    def show(self, text: str) -> Live:
        """Return the figure of a selection of the explorer, such as ``vi 63 papi/overall 2011-2024 all trend
        lang-son``; it is drawn in this study's language and units.
        """
        return self.figures.draw(read_choice(text, self.data).but(lang=self.lang, units=self.units))

    # ---- names for a choice

    def text_of(self, choice: Choice) -> str:
        """Return the text of a choice; all provinces are ``all``."""
        return str(choice.but(provinces=self._short(choice)))

    def code(self, choice: Choice) -> str:
        """Return the line of Python that gives the figure of a choice."""
        opened = [f"lang={choice.lang!r}"] if choice.lang != "vi" else []
        opened += [f"units={choice.units!r}"] if choice.units != "63" else []
        series = find_series(choice.series, self.data.indices)
        what = series.index_id if series.is_whole else f"{series.index_id}.{series.code}"
        given = [repr(x) for x in (what, *self._short(choice))]
        given.append(f"years=({choice.first}, {choice.last})")
        view = choice.tab if choice.shown == VIEWS[choice.tab][0] else f"{choice.tab}.{choice.shown}"
        given += [f"view={view!r}"] if view != "trend" else []
        given += [f"against={choice.other!r}"] if choice.other and choice.shown == "pair" else []
        given += (
            [f"target={choice.indicator!r}"] if choice.indicator != ALL and choice.tab == "targets" else []
        )
        return f"cds.open({', '.join(opened)}).chart({', '.join(given)})"

    def file_name(self, choice: Choice) -> str:
        """Return a name for a file of a figure: ``PAPI-6_trend-rank_2018-2024_lang-son+cao-bang``."""
        series = find_series(choice.series, self.data.indices)
        head = self.text.index_short(series.index_id).replace(" ", "-")
        what = head if series.is_whole else f"{head}-{series.number or series.code}"
        view = choice.tab if choice.shown == ALL else f"{choice.tab}-{choice.shown}"
        if choice.tab == "targets":
            what, years = "targets" if choice.indicator == ALL else choice.indicator, ""
            view = ""
        else:
            one = choice.tab in ("map", "comparison") and choice.shown != "change"
            years = str(choice.last) if one else f"{choice.first}-{choice.last}"
        who = self._short(choice)
        named = "+".join(who) if len(who) <= _NAMED_IN_FILE else f"{len(who)}-provinces"
        return re.sub(r"[^\w.+-]", "-", "_".join(x for x in (what, view, years, named) if x))

    def _short(self, choice: Choice) -> tuple[str, ...]:
        return (ALL,) if len(choice.provinces) == self.data.provinces.height else choice.provinces

    # ---- what a figure was drawn from

    def linked_sources(self, figure: Live) -> list[dict]:
        """Return title and address of each source of the rows drawn; an address that is none of the web's is
        empty.
        """
        ids = sources_of(figure.frame) if figure.frame.width else []
        rows = {
            r["source_id"]: r
            for r in self.data.sources.filter(pl.col("source_id").is_in(ids)).iter_rows(named=True)
        }
        return [
            {
                "title": self.text.source(s),
                "url": url if (url := rows[s]["url"] or "").startswith(("https://", "http://")) else "",
            }
            for s in ids
            if s in rows
        ]

    def numbers_of(self, choice: Choice, figure: Live) -> Result:
        """Return the rows behind a figure, those of the picked provinces first, to be saved or read on."""
        name, frame = self.figures.numbers(choice, figure)
        if "province_id" in frame.columns:
            order = pl.col("province_id").replace_strict(
                {p: i for i, p in enumerate(choice.provinces)},
                default=len(choice.provinces),
                return_dtype=pl.Int64,
            )
            frame = frame.sort(order, maintain_order=True)
        return self.result(name, frame)
