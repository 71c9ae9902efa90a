"""What an index, a dimension or an indicator *is*: read from ``indices.csv`` and ``indicators.csv``, never
typed in code.

A *series* is one row of ``indices.csv``: an index as a whole, a dimension or a sub-dimension. It is found by
its key (``papi/e_governance``), its code (``papi.d8``), its number (``PAPI 8``) or its name in either
language, with or without accents. What is not found is refused with the closest names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from cds_analysis.dataset.identity import ByIdentity
from cds_analysis.dataset.provinces import fold
from cds_analysis.dataset.schemas import WHOLE
from cds_analysis.errors import UnknownNameError, closest

__all__ = [
    "WHOLE",
    "Indicator",
    "Series",
    "Survey",
    "cuts",
    "find_indicator",
    "find_series",
    "parts_of",
    "profiled",
    "series_of",
]


@dataclass(frozen=True)
class Survey:
    """A scenario of the survey behind a score; none of it is published."""

    interviews: float
    design_effect: float
    person_sd: float
    correlation: float | None


@dataclass(frozen=True)
class Series:
    """One row of the register of indices; the columns are documented in ``data/README.md``."""

    index_id: str
    dimension_id: str
    code: str
    number: str | None
    position: int
    name_vi: str
    name_en: str
    short_vi: str
    short_en: str
    parent_id: str | None
    scale_min: float | None
    scale_max: float | None
    decimals: int
    decimals_exact: int
    grouping: str
    group_cuts: dict[str, float] = field(hash=False)  # lowest score of each group, best group first
    aggregation: str
    evidence: str | None
    profile: str
    survey: Survey | None
    merge_rule: str
    publisher: str

    @property
    def key(self) -> str:
        """The id that frames carry: ``papi/e_governance``."""
        return f"{self.index_id}/{self.dimension_id}"

    @property
    def is_whole(self) -> bool:
        """Whether this is the index itself, not a part of it."""
        return self.dimension_id == WHOLE


@dataclass(frozen=True)
class Indicator:
    """One row of the register of indicators; the columns are documented in ``data/README.md``."""

    indicator_id: str
    name_vi: str
    name_en: str
    pillar: str
    unit: str
    direction: int
    decimals: int
    definition_en: str
    merge_rule: str
    index_id: str | None
    dimension_id: str | None


def series_of(indices: pl.DataFrame) -> list[Series]:
    """Return every index and dimension of the register, in its order (``position``).

    Examples
    --------
    >>> from cds_analysis import load
    >>> found = series_of(load().indices)
    >>> found[0].key, found[0].short_en, found[0].decimals
    ('dti/overall', 'DTI', 2)
    """
    return list(_read(ByIdentity(indices)))


def parts_of(indices: pl.DataFrame, index_id: str, dimension_id: str = WHOLE) -> list[Series]:
    """Return the dimensions that an index, or the sub-dimensions that a dimension, directly consists of.

    Examples
    --------
    >>> from cds_analysis import load
    >>> [s.code for s in parts_of(load().indices, "papi")]
    ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8']
    """
    return [s for s in series_of(indices) if s.index_id == index_id and s.parent_id == dimension_id]


def profiled(indices: pl.DataFrame, *, where: Iterable[str] = ("chart",)) -> list[str]:
    """Return the ids of the indices that a province's profile shows, in the register's order.

    `where` lists values of the column ``profile``: ``chart``, ``text``.

    Examples
    --------
    >>> from cds_analysis import load
    >>> profiled(load().indices), profiled(load().indices, where=("chart", "text"))
    (['dti', 'papi', 'par'], ['dti', 'papi', 'par', 'sipas'])
    """
    return [s.index_id for s in series_of(indices) if s.is_whole and s.profile in where]


def find_series(text: str | Series, indices: pl.DataFrame) -> Series:
    """Return the index or dimension that `text` stands for.

    Parameters
    ----------
    text
        ``papi``, ``papi.d6``, ``papi/e_governance``, ``PAPI 6``, ``PAPI 6.1``; a name in Vietnamese or
        English, with or without accents; or any of these after the short name of the index (``PAPI
        transparency``).
    indices
        The table of that name.

    Raises
    ------
    UnknownNameError
        When nothing has that name, or more than one thing has; ``suggestions`` holds the closest keys.

    Examples
    --------
    >>> from cds_analysis import load
    >>> register = load().indices
    >>> find_series("papi.d6", register).key, find_series("quan tri dien tu", register).key
    ('papi/public_service_delivery', 'papi/e_governance')
    >>> find_series("papi.d9", register)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    cds_analysis.errors.UnknownNameError: unknown index or dimension 'papi.d9'; did you mean 'papi.d8' or ...
    """
    if isinstance(text, Series):
        return text
    known = {s.key: s for s in series_of(indices)}
    exact = {_shown(s): s for s in known.values()} | known
    if str(text) in exact:  # an id is never ambiguous
        return exact[str(text)]
    return known[_found(text, _series_spellings(ByIdentity(indices)), "index or dimension", "indices")]


def find_indicator(text: str | Indicator, indicators: pl.DataFrame) -> Indicator:
    """Return the indicator that `text` stands for: its id, or its name in Vietnamese or English, with or
    without accents.

    Raises
    ------
    UnknownNameError
        When nothing has that name; ``suggestions`` holds the closest ids.

    Examples
    --------
    >>> from cds_analysis import load
    >>> find_indicator("doanh nghiep nop thue dien tu", load().indicators).indicator_id
    'enterprises_etax_pct'
    """
    if isinstance(text, Indicator):
        return text
    frame = ByIdentity(indicators)
    known = _indicators(frame)
    return known.get(str(text)) or known[_found(text, _indicator_spellings(frame), "indicator", "indicators")]


def cuts(text: str | None) -> dict[str, float]:
    """Read the lowest score of each group from a cell such as ``A:90;B:80``, best group first.

    Examples
    --------
    >>> cuts("B:80;A:90")
    {'A': 90.0, 'B': 80.0}
    """
    pairs = [part.split(":") for part in (text or "").split(";") if part]
    return dict(sorted(((name, float(low)) for name, low in pairs), key=lambda pair: -pair[1]))


@lru_cache(maxsize=16)
def _read(indices: ByIdentity) -> tuple[Series, ...]:
    plain = [name for name in Series.__dataclass_fields__ if name not in ("group_cuts", "survey")]
    found = []
    for row in indices.frame.sort("position").iter_rows(named=True):
        design = {name: row[name] for name in Survey.__dataclass_fields__}
        values = {name: row[name] for name in plain}
        for lang in ("vi", "en"):
            values[f"short_{lang}"] = row[f"short_{lang}"] or row[f"name_{lang}"]
        survey = Survey(**design) if row["interviews"] is not None else None
        found.append(Series(**values, group_cuts=cuts(row["group_cuts"]), survey=survey))
    return tuple(found)


@lru_cache(maxsize=16)
def _indicators(indicators: ByIdentity) -> dict[str, Indicator]:
    names = list(Indicator.__dataclass_fields__)
    return {
        row["indicator_id"]: Indicator(**row) for row in indicators.frame.select(names).iter_rows(named=True)
    }


def _plain(text: str) -> str:
    """Fold a name, but keep the point within a number: 6.1 is not 61."""
    return fold(re.sub(r"(?<=\d)[.,](?=\d)", "p", text))


# folded spelling -> {key or id: how it is shown in an error}
Spellings = dict[str, dict[str, str]]


@lru_cache(maxsize=16)
def _series_spellings(indices: ByIdentity) -> Spellings:
    series = _read(indices)
    whole = {s.index_id: s for s in series if s.is_whole}
    found: Spellings = {}
    for s in series:
        head = whole.get(s.index_id, s)
        heads = dict.fromkeys((s.index_id, head.short_vi, head.short_en))
        names = (s.name_vi, s.name_en)
        if s.is_whole:
            spelled = [*heads, s.key, *names]
        else:
            tails = (s.dimension_id, s.code, s.number, *names)
            spelled = [f"{h} {tail}" for h in heads for tail in tails if tail] + [s.dimension_id, *names]
        for name in spelled:
            found.setdefault(_plain(name), {})[s.key] = _shown(s)
    return found


def _shown(s: Series) -> str:
    return s.index_id if s.is_whole else f"{s.index_id}.{s.code}"


@lru_cache(maxsize=16)
def _indicator_spellings(indicators: ByIdentity) -> Spellings:
    found: Spellings = {}
    for i in _indicators(indicators).values():
        for name in (i.indicator_id, i.name_vi, i.name_en):
            found.setdefault(_plain(name), {})[i.indicator_id] = i.indicator_id
    return found


def _found(text: str, spellings: Spellings, kind: str, where: str) -> str:
    """Return the one id that is spelled so; refuse what none is, and what two are."""
    same = spellings.get(_plain(str(text)), {})
    if len(same) == 1:
        return next(iter(same))
    if same:
        raise UnknownNameError(kind, text, list(same.values()), "More than one has that name.")
    wanted = _plain(str(text))
    near = closest(wanted, list(spellings), n=9) or [s for s in spellings if len(wanted) > 2 and wanted in s]
    shown = list(dict.fromkeys(name for s in near for name in spellings[s].values()))[:3]
    raise UnknownNameError(kind, text, shown, f"`cds list {where}` shows all names.")
