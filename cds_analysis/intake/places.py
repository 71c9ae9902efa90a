"""Whose figure it is: a province, a unit of 2025, the country, a ministry, a district, a commune, an
organisation, or nobody that the text names.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province, fold
from cds_analysis.dataset.schemas import NATION
from cds_analysis.intake.rules import Rules

__all__ = ["NOWHERE", "Gazetteer", "Place", "find_unit"]


@dataclass(frozen=True)
class Place:
    """Whose figure: ``kind`` is province, unit_2025, country, ministry, district, commune, organisation or
    not_said; ``id`` that of the register, or the name as the text has it; ``start`` and ``end`` say where.
    """

    kind: str
    id: str
    start: int = 0
    end: int = 0


NOWHERE = Place("not_said", "")


class Gazetteer:
    """Finds the places that a text names.

    Examples
    --------
    >>> from cds_analysis import load
    >>> from cds_analysis.intake.rules import load_rules
    >>> found = Gazetteer(load(), load_rules()).mentions("TP.HCM, huyện Tân Yên và trung bình cả nước đạt")
    >>> [(p.kind, p.id) for p in found]
    [('province', 'ho-chi-minh'), ('district', 'huyện Tân Yên'), ('country', 'viet-nam')]
    """

    def __init__(self, data: Dataset, rules: Rules) -> None:
        self._rules = rules
        self._names: dict[str, str] = {}
        english: dict[str, str] = {}
        for row in data.provinces.iter_rows(named=True):
            for name in [row["name_vi"], *(row["aliases"] or "").split(";")]:
                if len(name.strip()) >= 3:
                    self._names.setdefault(_key(name), row["province_id"])
            english.setdefault(_key(row["name_en"]), row["province_id"])
        for name, province in english.items():
            self._names.setdefault(name, province)
        names = sorted(self._names, key=len, reverse=True)
        options = "|".join(re.escape(n).replace("\\-", r"\s?-\s?").replace("\\ ", r"\s+") for n in names)
        self._pattern = re.compile(rf"(?<!\w)(?:{options})(?!\w)", re.IGNORECASE)
        self._units = dict(data.provinces.select("province_id", "unit_2025_id").iter_rows())
        merged = Counter(self._units.values())
        self.merged = {unit for unit, n in merged.items() if n > 1}
        self._municipal = {
            r["province_id"] for r in data.provinces.iter_rows(named=True) if r["kind"] == "municipality"
        }

    def unit_of(self, province: str) -> str | None:
        """Return the merged unit of 2025 that carries a province's name, or None."""
        unit = self._units.get(province)
        return unit if unit in self.merged else None

    def mentions(self, text: str) -> list[Place]:
        """Return the places that a text names, from left to right; of two in one place the longer one."""
        found: list[Place] = []
        for match in self._pattern.finditer(text):
            if not match[0].split()[-1][0].isupper():
                continue
            province = self._names[_key(match[0])]
            before = text[max(0, match.start() - 12) : match.start()]
            city = re.search(r"(?:thành phố|TP\.?|Thành phố)\s?$", before)
            is_seat = city and province not in self._municipal and fold(match[0]) not in ("hue",)
            if re.search(r"(?:huyện|thị xã|xã|phường|quận|thị trấn|Thị xã|Huyện)\s$", before) or is_seat:
                continue
            found.append(Place("province", province, *match.span()))
        for kind in ("country", "ministry", "district", "commune", "organisation"):
            for match in self._rules[f"place_{kind}"].finditer(text):
                found.append(Place(kind, NATION if kind == "country" else match[0].strip(), *match.span()))
        found.sort(key=lambda p: (p.start, -p.end))
        kept: list[Place] = []
        for place in found:
            if kept and place.start < kept[-1].end:
                continue
            between = text[kept[-1].end : place.start] if kept else ""
            if (
                kept
                and kept[-1].kind in ("district", "commune")
                and re.fullmatch(r"\s?[,(]?\s?(?:của )?(?:tỉnh|TP\.?|thành phố)?\s?", between)
            ) and place.kind == "province":  # "huyện Văn Bàn (tỉnh Lào Cai)"
                continue
            kept.append(place)
        return kept

    def main(self, title: str, texts: list[str]) -> tuple[Place, str]:
        """Return the place that a whole document is about, and why; NOWHERE where two could be meant."""
        named = [p for p in self.mentions(title) if p.kind in ("province", "district", "commune")]
        owner = self._rules["owner"].search("\n".join([title, *texts[:12]]))
        counted: Counter[str] = Counter()
        for text in texts:
            counted.update(dict.fromkeys((p.id for p in self.mentions(text) if p.kind == "province"), 1))
        if owner is not None:
            inside = self.mentions(owner[0])
            if inside and inside[-1].kind == "province":
                return inside[-1], "the authority that signs it"
        small = [p for p in named if p.kind in ("district", "commune")]
        if (
            small
            and small[0].start < 90
            and not any(p.start < small[0].start for p in named if p.kind == "province")
        ):
            return small[0], "the title"
        in_title = [p for p in named if p.kind == "province"]
        if (
            len({p.id for p in in_title}) == 1
            and counted[in_title[0].id] >= max(counted.values(), default=0) / 2
        ):
            return in_title[0], "the title"
        if not counted:
            return NOWHERE, ""
        (first, n), *others = counted.most_common(2)
        if others and others[0][1] * 1.3 > n and n < others[0][1] + 2:
            return NOWHERE, "several provinces are named alike"
        return Place("province", first), "the province named most"


def find_unit(name: str | int, data: Dataset) -> str:
    """Return the id of a unit of 2025 by any spelling of its name or its GSO code.

    Raises
    ------
    UnknownNameError
        With the closest names.

    Examples
    --------
    >>> from cds_analysis import load
    >>> find_unit("Thành phố Huế", load())
    'hue'
    """
    table = data.units_2025.select(
        province_id="unit_id",
        gso_code="gso_code",
        iso_code="unit_id",
        name_vi="name_vi",
        name_en="name_en",
        aliases=pl.lit(None, pl.String),
    )
    return find_province(name, table)


def _key(name: str) -> str:
    return re.sub(r"\s*[-–]\s*", "-", " ".join(name.split())).casefold()
