"""Names of provinces: any spelling in, one id out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

import polars as pl

from cds_analysis.dataset.identity import ByIdentity
from cds_analysis.dataset.load import load
from cds_analysis.errors import UnknownNameError, closest

__all__ = ["answers_to", "find_each", "find_province", "find_provinces", "fold", "formed_from"]

# What a province is, before its name in Vietnamese and around it in English.
_KIND = re.compile(r"^(tinh|thanhpho|tp|provinceof|cityof)(?=.{2,})|(?<=..)(province|municipality|city)$")
_Name = TypeVar("_Name", bound=str | int)
_NAMES = ("province_id", "unit_id", "gso_code", "iso_code", "name_vi", "name_en", "aliases")


def fold(text: str) -> str:
    """Return `text` in lower case without accents, spaces, dashes or punctuation.

    Examples
    --------
    >>> fold("Bà Rịa – Vũng Tàu")
    'bariavungtau'
    """
    plain = unicodedata.normalize("NFKD", str(text)).replace("đ", "d").replace("Đ", "D")
    return re.sub(r"[^a-z0-9]", "", plain.casefold())


@lru_cache(maxsize=8)
def _index(provinces: ByIdentity) -> dict[str, str]:
    index: dict[str, str] = {}
    for row in provinces.frame.iter_rows(named=True):
        for name in answers_to(row):
            index.setdefault(name, row["province_id"])
    return index


def answers_to(row: dict) -> dict[str, str]:
    """Return every name, code and alias of a province (or unit), folded, with the column that holds it.

    Examples
    --------
    >>> answers_to({"province_id": "ha-noi", "gso_code": "01", "name_vi": "Hà Nội", "aliases": "HN"})
    {'hanoi': 'province_id', '01': 'gso_code', 'hn': 'aliases'}
    """
    names: dict[str, str] = {}
    for column in _NAMES:
        for name in str(row.get(column) or "").split(";"):
            if fold(name):
                names.setdefault(fold(name), column)
    return names


def find_province(name: str | int, provinces: pl.DataFrame | None = None) -> str:
    """Return the id of the province that `name` stands for.

    Parameters
    ----------
    name
        Any spelling: with or without accents, 'tỉnh' or 'thành phố', any case, dash or Unicode form; a known
        short name ('BR-VT', 'TP.HCM'); a two-digit code of the statistics office; an ISO 3166-2 code; or the
        id itself.
    provinces
        The table of provinces; the bundled one by default.

    Raises
    ------
    UnknownNameError
        When no province has that name; ``suggestions`` holds the closest ones.

    Examples
    --------
    >>> find_province("tỉnh Bà Rịa – Vũng Tàu"), find_province("VN-DN"), find_province(20)
    ('ba-ria-vung-tau', 'da-nang', 'lang-son')
    """
    table = load().provinces if provinces is None else provinces
    index = _index(ByIdentity(table))
    key = f"{name:02d}" if isinstance(name, int) and not isinstance(name, bool) else fold(str(name))
    found = index.get(key) or index.get(_KIND.sub("", key))
    if found:
        return found
    near = list(dict.fromkeys(index[k] for k in closest(_KIND.sub("", key), list(index), n=6)))[:3]
    names = dict(table.select("province_id", "name_vi").iter_rows())
    raise UnknownNameError(
        "province", name, [names[p] for p in near], "`cds list provinces` shows all names."
    )


def find_provinces(
    names: str | int | Iterable[str | int],
    provinces: pl.DataFrame | None = None,
    regions: pl.DataFrame | None = None,
) -> list[str]:
    """Return the ids of several provinces, in the order given and each once.

    A name may also be ``all``, a region's id or, with the table `regions`, a region's name in either
    language; they stand for all their provinces.

    Raises
    ------
    UnknownNameError
        Lists every name that is not known, each with the closest ones.

    Examples
    --------
    >>> find_provinces(["Hà Nội", "central-highlands"])
    ['ha-noi', 'dak-lak', 'dak-nong', 'gia-lai', 'kon-tum', 'lam-dong']
    """
    table = load().provinces if provinces is None else provinces
    groups = {fold(r): r for r in table["region_id"].unique()}
    if regions is not None:
        for row in regions.iter_rows(named=True):
            groups |= {fold(row[c]): row["region_id"] for c in ("name_vi", "name_en")}
    wanted = [names] if isinstance(names, str | int) else list(names)
    single = [n for n in wanted if str(n) != "all" and fold(str(n)) not in groups]
    ids = find_each(single, table)
    found: list[str] = []
    for name in wanted:
        if name in ids:
            found.append(ids[name])
        else:
            is_in = pl.lit(True) if str(name) == "all" else pl.col("region_id") == groups[fold(str(name))]
            found += table.filter(is_in)["province_id"].sort().to_list()
    return list(dict.fromkeys(found))


def find_each(names: Iterable[_Name], provinces: pl.DataFrame | None = None) -> dict[_Name, str]:
    """Return the id that each name stands for.

    Raises
    ------
    UnknownNameError
        Lists every name that is not known, each with the closest ones.

    Examples
    --------
    >>> find_each(["TP.HCM", "lang son"])
    {'TP.HCM': 'ho-chi-minh', 'lang son': 'lang-son'}
    """
    found: dict[_Name, str] = {}
    unknown: list[UnknownNameError] = []
    for name in names:
        try:
            found[name] = find_province(name, provinces)
        except UnknownNameError as error:
            unknown.append(error)
    if unknown:
        raise unknown[0] if len(unknown) == 1 else UnknownNameError.of_several(unknown)
    return found


def formed_from(unit_id: str, provinces: pl.DataFrame | None = None) -> list[str]:
    """Return the provinces that the 2025 unit `unit_id` was formed from, sorted.

    Examples
    --------
    >>> formed_from("phu-tho")
    ['hoa-binh', 'phu-tho', 'vinh-phuc']
    """
    table = load().provinces if provinces is None else provinces
    parts = table.filter(pl.col("unit_2025_id") == unit_id)["province_id"].sort().to_list()
    if not parts:
        units = table["unit_2025_id"].unique().sort().to_list()
        raise UnknownNameError("unit", unit_id, closest(unit_id, units))
    return parts
