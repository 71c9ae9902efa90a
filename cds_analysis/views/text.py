"""Names of provinces, indicators, indices and sources in the words of a language.

They come from the dataset's registers and are never typed a second time.
"""

from __future__ import annotations

from functools import cached_property

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.register import WHOLE, Series, Survey, profiled, series_of
from cds_analysis.errors import ParameterError
from cds_analysis.views.labels import GROUP_LABELS
from cds_analysis.views.wording import MISSING, Wording, collation_key

__all__ = ["Text"]


class Text(Wording):
    """Everything a view says, in one language: words, numbers, dates and the names of the registers.

    Parameters
    ----------
    lang
        ``vi`` or ``en``.
    data
        The dataset whose registers give the names; needed only for names.

    Raises
    ------
    ParameterError
        When `lang` is neither.

    Examples
    --------
    >>> Text("vi").percent(52.3), Text("en").percent(52.3)
    ('52,3%', '52.3%')
    >>> Text("vi")("Target")
    'Mục tiêu'
    """

    def __init__(self, lang: str, data: Dataset | None = None) -> None:
        super().__init__(lang)
        self._data = data

    @property
    def _registers(self) -> Dataset:
        if self._data is None:
            raise ParameterError("a Text without a dataset has no names; give it one")
        return self._data

    def _names(self, table: str, key: str, lang: str = "") -> dict[str, str]:
        cache = self.__dict__.setdefault("_cache", {})
        if table not in cache:
            frame: pl.DataFrame = getattr(self._registers, table)
            cache[table] = dict(frame.select(key, f"name_{lang or self.lang}").iter_rows())
        return cache[table]

    def province(self, province_id: str) -> str:
        """Return a province's name, with its diacritics in English too: it is how the name is written."""
        return self._names("provinces", "province_id", "vi").get(province_id, province_id)

    def full_province(self, province_id: str) -> str:
        """Return a province's name with what it is: ``tỉnh Lạng Sơn``, ``thành phố Đà Nẵng``; ``Lạng Sơn
        province``, ``Đà Nẵng city``.
        """
        name = self.province(province_id)
        return (
            self("{name} city", name=name)
            if self.is_city(province_id)
            else self("{name} province", name=name)
        )

    def is_city(self, province_id: str) -> bool:
        """Whether a province is a city under the central government."""
        return self._kinds.get(province_id) == "municipality"

    @property
    def index_ids(self) -> list[str]:
        """The ids of the indices and rankings of the register."""
        return [index for index, dimension in self._register if dimension == WHOLE]

    @property
    def profiled(self) -> list[str]:
        """The ids of the indices that a profile speaks of, in the register's order."""
        return profiled(self._registers.indices, where=("chart", "text"))

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return dict(self._registers.provinces.select("province_id", "kind").iter_rows())

    def claim(self, claim_id: str) -> str:
        """Return what a claim is about: index, year and province."""
        row = self._claims.get(claim_id)
        return (
            claim_id
            if row is None
            else f"{self.index_short(row['index_id'])} {row['year']} · {self.province(row['province_id'])}"
        )

    @cached_property
    def _claims(self) -> dict[str, dict]:
        return {row["claim_id"]: row for row in self._registers.claims.iter_rows(named=True)}

    def provinces(self, province_ids) -> list[str]:
        """Return several provinces' names in dictionary order."""
        return sorted((self.province(p) for p in province_ids), key=collation_key)

    def unit_2025(self, unit_id: str) -> str:
        """Return the name of one of the 34 units of 2025."""
        return self._names("units_2025", "unit_id", "vi").get(unit_id, unit_id)

    def region(self, region_id: str) -> str:
        """Return a region's name."""
        return self._names("regions", "region_id").get(region_id, region_id)

    def indicator(self, indicator_id: str) -> str:
        """Return an indicator's name."""
        return self._names("indicators", "indicator_id").get(indicator_id, indicator_id)

    def unit(self, indicator_id: str) -> str:
        """Return the unit of an indicator, as the register has it."""
        return self.units[indicator_id]

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of every indicator."""
        return dict(self._registers.indicators.select("indicator_id", "unit").iter_rows())

    def dimension(self, index_id: str, dimension_id: str = "overall") -> str:
        """Return the name of a dimension, or of the index for 'overall'."""
        return self._dimensions.get((index_id, dimension_id), f"{index_id}/{dimension_id}")

    @cached_property
    def _dimensions(self) -> dict[tuple[str, str], str]:
        return {
            (i, d): n
            for i, d, n in self._registers.indices.select(
                "index_id", "dimension_id", f"name_{self.lang}"
            ).iter_rows()
        }

    def numbered(self, index_id: str, dimension_id: str) -> str:
        """Return the name of a dimension behind its official number, where it has one: ``8 Quản trị điện
        tử``.
        """
        number = self._register[index_id, dimension_id].number
        return (
            f"{number} {self.dimension(index_id, dimension_id)}"
            if number
            else self.dimension(index_id, dimension_id)
        )

    def part(self, index_id: str, dimension_id: str) -> str:
        """Return the name of a dimension as it stands within a sentence: ``quản trị điện tử``,
        ``e-governance``.
        """
        name = self.dimension(index_id, dimension_id)
        if self.lang == "vi":
            return name[:1].lower() + name[1:]
        return " ".join(w if w.isupper() and len(w) > 1 else w.lower() for w in name.split())

    def series(self, series_id: str) -> str:
        """Return the name of a series: an indicator id, or ``index/dimension``."""
        return self.dimension(*series_id.split("/")) if "/" in series_id else self.indicator(series_id)

    def index_short(self, index_id: str | None) -> str:
        """Return the short name of an index, as in 'PAPI'; an en dash for none."""
        found = self._register.get((index_id, WHOLE)) if index_id else None
        if found is None:
            return index_id or MISSING
        return found.short_vi if self.lang == "vi" else found.short_en

    def decimals(self, index_id: str, dimension_id: str = WHOLE, *, exact: bool = False) -> int:
        """Return with how many decimals a score is shown; `exact` where small differences count."""
        found = self._register[index_id, dimension_id]
        return found.decimals_exact if exact else found.decimals

    def number_of(self, index_id: str, dimension_id: str) -> str:
        """Return the official number of a dimension, as in ``6`` or ``6.1``; empty where it has none."""
        return self._register[index_id, dimension_id].number or ""

    def survey(self, index_id: str, dimension_id: str = WHOLE) -> Survey | None:
        """Return the scenario of the survey behind a score, where the register has one."""
        return self._register[index_id, dimension_id].survey

    def group(self, index_id: str, dimension_id: str, group: str) -> str:
        """Return the name of a group of provinces: a quartile, or a group with the scores that it spans."""
        cuts = self._register[index_id, dimension_id].group_cuts
        if group not in cuts:
            return self(GROUP_LABELS[group])
        low, above = cuts[group], [cut for cut in cuts.values() if cut > cuts[group]]
        ends = {"name": group, "low": self._plain(low)}
        if not above:
            return self("{name} ({low} and over)", **ends)
        return self("{name} ({low} to under {high})", high=self._plain(min(above)), **ends)

    def score_unit(self, series: list[Series]) -> str:
        """Return the unit of scores, with their scale where these dimensions share one."""
        scales = {(s.scale_min, s.scale_max) for s in series}
        low, high = next(iter(scales)) if len(scales) == 1 else (None, None)
        if low is None or high is None:
            return self("score")
        return self("score ({low} to {high})", low=self._plain(low), high=self._plain(high))

    def _plain(self, value: float) -> str:
        return self.number(value, len(f"{value:g}".partition(".")[2]))

    @cached_property
    def _register(self) -> dict[tuple[str, str], Series]:
        return {(s.index_id, s.dimension_id): s for s in series_of(self._registers.indices)}

    def ranked_index(self, indicator_id: str) -> str | None:
        """Return the short name of the index whose rank an indicator is; none for another indicator."""
        index_id = self._ranked.get(indicator_id)
        return index_id and self.index_short(index_id)

    @cached_property
    def _ranked(self) -> dict[str, str]:
        return dict(self._registers.indicators.select("indicator_id", "index_id").drop_nulls().iter_rows())

    def source(self, source_id: str) -> str:
        """Return publisher and title of a source in one line."""
        row = self.source_row(source_id)
        return f"{self.publisher_of(row)}: {self.title_of(row)}"

    def source_row(self, source_id: str) -> dict:
        """Return the row of ``sources`` of that id."""
        return self._sources[source_id]

    @cached_property
    def _sources(self) -> dict[str, dict]:
        return {row["source_id"]: row for row in self._registers.sources.iter_rows(named=True)}

    def title_of(self, source: dict) -> str:
        """Return the title of a row of ``sources``, in English where one was made and this is English."""
        return (source["title_en"] if self.lang == "en" else None) or source["title"]

    def publisher_of(self, source: dict) -> str:
        """Return the publisher of a row of ``sources``, likewise."""
        return (source["publisher_en"] if self.lang == "en" else None) or source["publisher"]
