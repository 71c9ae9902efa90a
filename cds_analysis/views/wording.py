"""Words, numbers and dates in Vietnamese and English.

Messages are written in English in the code and translated by the gettext catalogue ``locale/vi.po``; Babel
formats numbers and dates.
"""

from __future__ import annotations

import gettext
import io
import unicodedata
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from cds_analysis.errors import ParameterError

__all__ = ["LANGUAGES", "MISSING", "Wording", "all_letters", "collation_key", "translated"]

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


class Wording:
    """What is said in one language, names apart; see :class:`cds_analysis.views.text.Text`."""

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise ParameterError(f"lang must be 'vi' or 'en', not {lang!r}")
        self.lang, self.locale = lang, Locale(lang)
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
        >>> [Wording("en").counted("{n} place", "{n} places", n, sign=True) for n in (0, 1, -2)]
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
        >>> (
        ...     Wording("en").p_value(0.0123),
        ...     Wording("vi").p_value(0.0001),
        ...     Wording("en").p_value(0.0123, bare=True),
        ... )
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
        >>> Wording("en").chance(0.834), Wording("en").chance(0.997), Wording("vi").chance(0.001)
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
        ...     Wording("en").place(62, 63),
        ...     Wording("en").place(1, 63, tied=True),
        ...     Wording("en").place(11),
        ...     Wording("vi").place(62, 63),
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
