"""What is looked at, as one short text: language, units, series, years, indicator, view and provinces.

The same text is the explorer's selection and what :meth:`cds_analysis.study.study.Study.show` takes, so that
a figure can be mailed, kept in a note and drawn again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from cds_analysis.dataset.load import Dataset, eager
from cds_analysis.dataset.provinces import find_provinces
from cds_analysis.dataset.register import Series, find_series, series_of
from cds_analysis.errors import ParameterError
from cds_analysis.measures.units import UNITS
from cds_analysis.views.wording import LANGUAGES

__all__ = ["ALL", "VIEWS", "Choice", "read_choice", "series_with_data", "years_of"]

ALL = "all"  # indicators
VIEWS: dict[str, tuple[str, ...]] = {
    "trend": ("rank", "score", "standing"),
    "comparison": ("regions", "parts", "pair"),
    "map": ("rank", "score", "change"),
    "targets": ("all",),
    "table": ("all",),
}
_EXAMPLE = "vi 63 papi/overall 2011-2024 all trend lang-son"


@dataclass(frozen=True)
class Choice:
    """What is looked at.

    Parameters
    ----------
    lang, units
        ``vi`` or ``en``; ``63`` or ``34``.
    series
        Key of an index or dimension, as in ``papi/overall``.
    first, last
        Years; a view of one year shows the last.
    indicator
        An indicator that has targets, or ``all``.
    tab, view
        A key of :data:`VIEWS` and one of its values; the first by default.
    other
        Key of the series that `series` is set against in the view ``pair``.
    provinces
        Ids in the order they were picked, which is the order of their colours.

    Examples
    --------
    >>> print(Choice("en", "63", "papi/overall", 2011, 2024, tab="map", view="score", provinces=("ha-noi",)))
    en 63 papi/overall 2011-2024 all map.score ha-noi
    """

    lang: str
    units: str
    series: str
    first: int
    last: int
    indicator: str = ALL
    tab: str = "trend"
    view: str = ""
    other: str = ""
    provinces: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The view, the first of its tab where none is given."""
        return self.view or VIEWS[self.tab][0]

    def __str__(self) -> str:
        view = "" if self.shown == VIEWS[self.tab][0] else f".{self.shown}"
        other = f"={self.other}" if self.other and self.shown == "pair" else ""
        years, who = f"{self.first}-{self.last}", "+".join(self.provinces) or "-"
        return " ".join(
            [self.lang, self.units, self.series, years, self.indicator, f"{self.tab}{view}{other}", who]
        )

    def but(self, **changed: object) -> Choice:
        """Return the choice with some of it changed."""
        return replace(self, **changed)  # pyright: ignore[reportArgumentType]


def read_choice(text: str, data: Dataset) -> Choice:
    """Read the text of a choice.

    Raises
    ------
    ParameterError, UnknownNameError
        When the text is not a choice, or names what the dataset does not have.
    """
    try:
        lang, units, series, years, indicator, view, who = text.split()
        first, last = sorted(int(y) for y in years.split("-"))
    except ValueError:
        raise ParameterError(f"a selection looks like {_EXAMPLE!r}, not {text!r}") from None
    view, _, other = view.partition("=")
    tab, _, shown = view.partition(".")
    known = {s.key for s in series_with_data(data)}
    indicators = {ALL, *data.targets["indicator_id"]}
    fits = lang in LANGUAGES and units in UNITS and indicator in indicators and series in known
    if not fits or tab not in VIEWS or shown not in ("", *VIEWS[tab]) or (other and other not in known):
        raise ParameterError(
            f"the selection {text!r} names a language, view, index, dimension or indicator that is not here"
        )
    found = [] if who == "-" else find_provinces(who.split("+"), data.provinces, data.regions)
    here = years_of(data, find_series(series, data.indices))
    inside = [y for y in here if first <= y <= last] or here
    return Choice(lang, units, series, inside[0], inside[-1], indicator, tab, shown, other, tuple(found))


def series_with_data(data: Dataset) -> list[Series]:
    """Return the indices that have a full table, each followed by those of its parts that have any figure, in
    the register's order.
    """
    counted = {
        (i, d): n for i, d, n in eager(data.scores).group_by("index_id", "dimension_id").len().iter_rows()
    }
    every = series_of(data.indices)
    indices = {
        s.index_id
        for s in every
        if s.is_whole and counted.get((s.index_id, s.dimension_id), 0) >= data.full_from
    }
    return [s for s in every if s.index_id in indices and counted.get((s.index_id, s.dimension_id))]


def years_of(data: Dataset, series: Series) -> list[int]:
    """Return the years of which a series has figures."""
    here = (pl.col("index_id") == series.index_id) & (pl.col("dimension_id") == series.dimension_id)
    return eager(data.scores).filter(here)["year"].unique().sort().to_list()
