"""What an accepted candidate is asked about before it becomes a row: it can be added, but it is rarely
right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from cds_analysis.dataset.load import Dataset

__all__ = ["Doubt", "doubts", "is_promise", "open_doubts"]

_MEASURED = ("result", "rank", "score", "group", "change")


@dataclass(frozen=True)
class Doubt:
    """A question about an accepted candidate.

    ``rule`` is goal (a promise accepted as what was reached), scale (outside what the index or the indicator
    can be), future (a day after the publication) or overdue (a goal due before it was published);
    ``sentence`` says it in English, ``said`` is what it hangs on.
    """

    rule: str
    sentence: str
    said: str


def is_promise(row: dict) -> bool:
    """Whether a candidate was read as a promise, whatever its kind is now."""
    return (row["reason"] or "").startswith("target:")


def doubts(row: dict, data: Dataset, published: date | None = None) -> list[Doubt]:
    """Return what must be confirmed before a candidate is added; empty where nothing is odd.

    Parameters
    ----------
    row
        A candidate, as :data:`~cds_analysis.intake.extract.CANDIDATES` has it.
    data
        Its registers say the scale of an index and the highest value of an indicator.
    published
        The day of the source, where it is known.

    Examples
    --------
    >>> from datetime import date
    >>> from cds_analysis import load
    >>> row = {"kind": "result", "value": 90.0, "proposal": "ehealth_records_pct", "unit": "percent"}
    >>> row |= {"reason": "target: words for a promise behind it", "date": date(2025, 12, 31)}
    >>> [doubt.rule for doubt in doubts(row, load(), date(2023, 7, 5))]
    ['goal', 'future']
    """
    found = []
    if row["kind"] in _MEASURED and is_promise(row):
        why = row["reason"].split(";")[0].removeprefix("target: ")
        found.append(Doubt("goal", f"is accepted as a {row['kind']}, but reads like a goal ({why})", why))
    scale = _scale(row, data)
    if scale and not scale[0] <= row["value"] <= scale[1]:
        span = f"{scale[0]:g} to {scale[1]:g}"
        found.append(
            Doubt("scale", f"is {row['value']:g}, outside what {row['proposal']} can be ({span})", span)
        )
    if published and row["date"] and row["kind"] in _MEASURED and _is_later(row, published):
        found.append(
            Doubt("future", f"speaks of {row['date']}, after its source ({published})", str(published))
        )
    if published and row["date"] and row["kind"] == "target" and row["date"] < published:
        found.append(
            Doubt("overdue", f"is a goal due {row['date']}, before its source ({published})", str(published))
        )
    return found


def open_doubts(row: dict, data: Dataset, published: date | None = None) -> list[Doubt]:
    """Return the doubts that the column ``confirmed`` (rules joined by ``;``) does not name."""
    confirmed = set((row.get("confirmed") or "").split(";"))
    return [d for d in doubts(row, data, published) if d.rule not in confirmed]


def _is_later(row: dict, published: date) -> bool:
    """Whether it speaks of a day to come; an index of a year may be told before that year has ended."""
    if row["kind"] in ("rank", "score", "group") or row["unit"] == "places":
        return row["date"].year > published.year
    return row["date"] > published


def _scale(row: dict, data: Dataset) -> tuple[float, float] | None:
    about, value = row["proposal"], row["value"]
    if not about or value is None or row["kind"] in ("change", "context"):
        return None
    if "/" in about:
        index, _, dimension = about.partition("/")
        one = data.indices.filter(pl.col("index_id") == index, pl.col("dimension_id") == dimension)
        if not one.height:
            return None
        if row["unit"] == "rank":
            return (1, max(data.provinces.height, data.units_2025.height))
        if row["unit"] != "score":
            return None
        low, high = one.select("scale_min", "scale_max").row(0)
        return None if low is None or high is None else (low, high)
    one = data.indicators.filter(pl.col("indicator_id") == about)
    if not one.height:
        return None
    unit, most = one.select("unit", "max_value").row(0)
    if most is None:
        most = 100.0 if unit == "percent" else float("inf")
    return (0.0, most)
