"""Words, numbers, dates and names in Vietnamese and English.

Messages are written in English in the code and translated by the gettext catalogue ``locale/vi.po``; Babel
formats numbers and dates. Names of provinces, indicators and indices come from the dataset's registers and
are never typed a second time.
"""

from __future__ import annotations

import gettext
import io
import unicodedata
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.register import WHOLE, Series, Survey, profiled, series_of
from cds_analysis.errors import ParameterError
from cds_analysis.views.labels import GROUP_LABELS

__all__ = ["LANGUAGES", "Text", "collation_key"]

LANGUAGES = ("vi", "en")
MISSING = "–"

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries


def _catalogue() -> Catalog:
    with (Path(__file__).parent / "locale" / "vi.po").open("rb") as file:
        return read_po(file, locale="vi")


@lru_cache(maxsize=2)
def _translations(lang: str) -> gettext.NullTranslations:
    """Return the messages of a language as gettext has them; English is the language of the code."""
    if lang == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, _catalogue())
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translated() -> dict[str, str]:
    """Return every English message with its Vietnamese; one with a plural twice."""
    pairs = {}
    for message in _catalogue():
        if message.id and message.string:
            strings = [message.string] if isinstance(message.string, str) else message.string
            for english in [message.id] if isinstance(message.id, str) else message.id:
                pairs[english] = strings[-1]
    return pairs


def collation_key(text: str) -> tuple:
    """Return a sort key in Vietnamese dictionary order: letters first (a ă â b c d đ ...), then tones.

    Examples
    --------
    >>> sorted(["Đà Nẵng", "Hà Nội", "An Giang", "Đắk Lắk", "Điện Biên"], key=collation_key)
    ['An Giang', 'Đà Nẵng', 'Đắk Lắk', 'Điện Biên', 'Hà Nội']
    """
    letters, tones = [], []
    for char in unicodedata.normalize("NFC", text.casefold()):
        parts = unicodedata.normalize("NFD", char)
        tone = next((_TONES.index(c) + 1 for c in parts if c in _TONES), 0)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
        letters.append(_LETTERS.find(base) if base in _LETTERS else -1)
        tones.append(tone)
    return letters, tones, text


@lru_cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0." + "0" * decimals if decimals else "#,##0")


def all_letters() -> str:
    """Return each letter and sign that the messages use, once."""
    messages = translated()
    return "".join(sorted(set("".join([*messages, *messages.values()])) - set("\n$")))


class Text:
    """Everything a view says, in one language.

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
        if lang not in LANGUAGES:
            raise ParameterError(f"lang must be 'vi' or 'en', not {lang!r}")
        self.lang, self.locale, self._data = lang, Locale(lang), data
        self._messages = _translations(lang)

    def __call__(self, message: str, **values: object) -> str:
        """Translate `message` and fill in its ``{placeholders}``."""
        text = self._messages.gettext(message) if message else ""
        return text.format(**values) if values else text

    def counted(
        self, one: str, many: str, count: Any, decimals: int = 0, *, sign: bool = False, **values: object
    ) -> str:
        """Translate `one` or `many`, as the language counts, and fill in its ``{placeholders}``, of which
        ``{n}`` is the count as :meth:`number` writes it.

        Examples
        --------
        >>> [Text("en").counted("{n} place", "{n} places", n, sign=True) for n in (0, 1, -2)]
        ['0 places', '+1 place', '−2 places']
        """
        whole = 2 if decimals or count is None or count != count else abs(round(count))  # 1.0 places
        text = self._messages.ngettext(one, many, whole)
        return text.format(n=self.number(count, decimals, sign=sign), **values)

    def number(self, value: Any, decimals: int = 0, *, sign: bool = False) -> str:
        """Write a number; a missing one is an en dash. With `sign`, a plus or a true minus goes in front."""
        if value is None or value != value:
            return MISSING
        rounded = round(value, decimals) + 0.0  # -0.0 becomes 0.0
        if abs(rounded) < 1000:  # nothing to group: the same as Babel's, thirty times as fast
            text = f"{abs(rounded):.{decimals}f}"
            text = text.replace(".", ",") if self.lang == "vi" else text
        else:
            text = format_decimal(abs(rounded), format=_pattern(decimals), locale=self.locale)
        return ("+" if rounded > 0 and sign else "−" if rounded < 0 else "") + text

    def p_value(self, value: Any, *, bare: bool = False) -> str:
        """Write a p-value with its sign, as in ``p = 0.012`` and ``p < 0.001`` (never 0.000); `bare` for a
        column of them, where only the "less than" is written.

        Examples
        --------
        >>> Text("en").p_value(0.0123), Text("vi").p_value(0.0001), Text("en").p_value(0.0123, bare=True)
        ('= 0.012', '< 0,001', '0.012')
        """
        if value is None or value != value:
            return MISSING
        if value < 0.001:
            return "< " + self.number(0.001, 3)
        return ("" if bare else "= ") + self.number(value, 3)

    def chance(self, p: float | None) -> str:
        """Write a probability in whole percent, never as none or certain.

        Examples
        --------
        >>> Text("en").chance(0.834), Text("en").chance(0.997), Text("vi").chance(0.001)
        ('83%', '> 99%', '< 1%')
        """
        if p is None or p != p:
            return MISSING
        if not 0.005 <= p < 0.995:
            return "< 1%" if p < 0.5 else "> 99%"
        return self.percent(100 * p, 0)

    def percent(self, value: Any, decimals: int = 1, *, sign: bool = False) -> str:
        """Write a percentage: ``52,3%`` in Vietnamese, ``52.3%`` in English."""
        if value is None or value != value:
            return MISSING
        return self.number(value, decimals, sign=sign) + "%"

    def value(self, value: float | None, unit: str, decimals: int = 1, *, bound: str | None = "=") -> str:
        """Write a value of an indicator with its unit; percentages keep up to two decimals, a lower bound is
        marked as such.
        """
        if value is None:
            return MISSING
        head = {">": ">\u00a0", ">=": "≥\u00a0", "<": "<\u00a0", "<=": "≤\u00a0"}.get(bound or "=", "")
        if unit in ("percent", "percent_per_year"):
            shown = self.percent(
                value, next(d for d in (0, 1, 2) if d == 2 or round(value, d) == round(value, 2))
            )
            return head + shown + (self(" a year") if unit == "percent_per_year" else "")
        if unit == "mbps":
            return head + self.number(value, decimals) + " Mb/s"
        if unit == "per_1000":
            return head + self.number(value, decimals) + self(" per 1,000 people")
        return head + self.number(value, decimals if unit == "index" else 0)

    def difference(self, value: float | None, unit: str, decimals: int = 1, *, sign: bool = False) -> str:
        """Write a difference of two values of an indicator; between percentages it is in percentage points:
        ``2,0 điểm %``, ``2.0 pp``.
        """
        number = self.number(value, decimals, sign=sign)
        return self("{n} pp", n=number) if unit.startswith("percent") and number != MISSING else number

    def date(self, day: date | None) -> str:
        """Write a date: ``31/12/2025`` or ``31 Dec 2025``."""
        if day is None:
            return MISSING
        pattern = "dd/MM/yyyy" if self.lang == "vi" else "d\u00a0MMM\u00a0yyyy"
        return format_date(day, pattern, locale=self.locale)

    def place(self, rank: int, of: int | None = None, *, tied: bool = False) -> str:
        """Write a place in a ranking: ``thứ 62/63``, ``62nd of 63``; a first place that others share is said
        to be one.

        Examples
        --------
        >>> (
        ...     Text("en").place(62, 63),
        ...     Text("en").place(1, 63, tied=True),
        ...     Text("en").place(11),
        ...     Text("vi").place(62, 63),
        ... )
        ('62nd of 63', 'joint first', '11th', 'thứ 62/63')
        """
        if tied and rank == 1:
            return self("joint first")
        ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
        nth = self("{nth}", nth=f"{rank}{ending}" if self.lang == "en" else rank)
        return self("{nth} of {n}", nth=nth, n=of) if of else nth

    def listing(self, items: list[str]) -> str:
        """Join words as a sentence does: ``a, b và c``."""
        if len(items) < 2:
            return "".join(items)
        return ", ".join(items[:-1]) + f" {self('and')} " + items[-1]

    # ---- names from the registers

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
