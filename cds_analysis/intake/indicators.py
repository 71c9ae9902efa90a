"""Enter a new indicator into the register of a data folder."""

from __future__ import annotations

import re

from cds_analysis.dataset.load import Dataset, load
from cds_analysis.dataset.provinces import fold
from cds_analysis.errors import ParameterError
from cds_analysis.intake.folder import appended, change
from cds_analysis.paths import data_folder

__all__ = ["add_indicator"]


def add_indicator(
    data: Dataset, name_vi: str, name_en: str, unit: str, direction: int, pillar: str
) -> tuple[Dataset, str]:
    """Write an indicator into ``indicators.csv``; return the dataset with it, and its id.

    The id is the English name in small letters, the unit of a share at its end. The definition says that it
    is as the source words it, which is all that is known before a person writes more.

    Raises
    ------
    ParameterError
        When a name is missing or on record, or the data are the bundled ones.
    DataError
        When the register would break its rules.
    """
    name_vi, name_en = " ".join(name_vi.split()), " ".join(name_en.split())
    if not name_vi or not name_en:
        raise ParameterError("a new indicator needs a Vietnamese and an English name")
    if data.folder.resolve() == data_folder().resolve():
        raise ParameterError("the bundled data are not changed; open your own data folder with --data")
    for column, name in (("name_vi", name_vi), ("name_en", name_en)):
        for own, known in data.indicators.select("indicator_id", column).iter_rows():
            if fold(known) == fold(name):
                raise ParameterError(f"{name!r} is on record as {own}")
    slug = re.sub(r"[^a-z0-9]+", "_", name_en.lower()).strip("_")[:60]
    indicator = slug if unit != "percent" or slug.endswith(("_pct", "_share")) else f"{slug}_pct"
    if indicator in set(data.indicators["indicator_id"]):
        raise ParameterError(f"{indicator!r} is on record; give another English name")
    row = {
        "indicator_id": indicator,
        "name_vi": name_vi,
        "name_en": name_en,
        "pillar": pillar,
        "unit": unit,
        "direction": direction,
        "decimals": 0 if unit in ("count", "rank") else 1,
        "definition_en": f"{name_en}, as its source words it.",
        "merge_rule": "sum" if unit == "count" else "none",
    }
    change(data, appended(data, {"indicators": [row]}))
    return load(data.folder), indicator
