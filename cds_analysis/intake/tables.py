"""Turn a yearly ranking table into rows of scores: which column is what, which province is meant, what is
new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province, fold
from cds_analysis.errors import ParameterError, UnknownNameError
from cds_analysis.intake.changes import Changes
from cds_analysis.intake.figures import number
from cds_analysis.intake.headers import Column, columns_of, dimension_names, find_header
from cds_analysis.intake.places import find_unit
from cds_analysis.intake.sheets import Sheet, read_sheets

__all__ = ["Reading", "read_table", "table_changes"]

FIRST_YEAR_OF_UNITS = 2025
_OTHERS = re.compile(
    r"^(?:Bộ|Ủy ban (?:Dân tộc|Quản lý)|Ngân hàng|Thanh tra|Văn phòng|Bảo hiểm|Thông tấn|Đài|Viện|Kiểm"
    r" toán|Ministry|State |Government |Committee)",
    re.IGNORECASE,
)
_TOTALS = (
    "canuoc",
    "toanquoc",
    "trungbinh",
    "tong",
    "average",
    "mean",
    "national",
    "vietnam",
    "trungvi",
    "median",
    "caonhat",
    "thapnhat",
    "max",
    "min",
    "std",
)


@dataclass
class Reading:
    """How a file was read: what each column was taken for, the rows found, and what was left out."""

    columns: list[str] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_table(
    path: Path, index: str, data: Dataset, *, year: int | None = None, units: str | None = None
) -> Reading:
    """Read a ranking table.

    Parameters
    ----------
    path
        CSV, XLSX, XLS, ODS (one sheet a year, or one for all), Parquet or HTML; long or wide, with a column
        of dimensions, with years above scores and ranks; one to four header rows, Vietnamese or English.
    index
        Id of the index, such as ``par``.
    data
        Its registers tell provinces, units and dimensions.
    year
        The year measured, where neither a column nor a sheet's name says it.
    units
        ``63`` or ``34``: whether the rows are old provinces or units of 2025; by default units from 2025 on.

    Returns
    -------
    Reading
        ``rows`` have ``year, unit_id`` or ``province_id``, ``dimension_id, score, rank, n_ranked``.

    Raises
    ------
    ParameterError
        When no column of names or codes, no score, no rank or no year is found; two columns have one role; a
        name is not a province, a rank no whole number, a score outside its scale; two years contradict.
    """
    if index not in set(data.indices["index_id"]):
        raise ParameterError(
            f"unknown index {index!r}; known are {', '.join(data.indices['index_id'].unique().sort())}"
        )
    found, unknown = Reading(), []
    scales = {
        d: (low, high)
        for d, low, high in (
            data.indices.filter(pl.col("index_id") == index)
            .select("dimension_id", "scale_min", "scale_max")
            .iter_rows()
        )
    }
    for sheet in read_sheets(path):
        reader = _SheetReader(sheet, index, data, year, units, scales)
        try:
            reader.read(found, unknown)
        except ParameterError as error:
            raise ParameterError(f"{path.name}, {sheet.name}: {error}") from None
    if unknown:
        shown = "; ".join(dict.fromkeys(unknown[:5]))
        raise ParameterError(
            f"{path.name}: {len(unknown)} names are neither provinces nor to be left out: {shown}. Correct"
            " them in the file, or add the spelling to `aliases`."
        )
    if not found.rows:
        raise ParameterError(
            f"{path.name}: no table with a column of provinces (name or GSO code) and a score or rank was"
            f" found; headers read: {'; '.join(found.left_out) or 'none'}"
        )
    return found


class _SheetReader:
    """Reads one sheet into rows of a reading."""

    def __init__(
        self, sheet: Sheet, index: str, data: Dataset, year: int | None, units: str | None, scales: dict
    ) -> None:
        self._sheet, self._data, self._units, self._scales = sheet, data, units, scales
        self._dimensions = dimension_names(index, data)
        self._index = index
        named = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", sheet.name)
        self._named = int(named[1]) if named else None
        self._year = year

    def read(self, found: Reading, unknown: list[str]) -> None:
        start, header = find_header(self._sheet, self._is_place)
        if header is None:
            found.left_out.append(f"{self._sheet.name}: {' | '.join(self._sheet.rows[0])[:80]}")
            return
        columns = columns_of(header, self._index, self._dimensions)
        roles = {column.role for column in columns}
        if not roles & {"name", "code"} or not roles & {"score", "rank"}:
            found.left_out.append(f"{self._sheet.name}: {' | '.join(header)[:120]}")
            return
        found.columns += [f"{self._sheet.name}: {column}" for column in columns]
        for at, cells in enumerate(self._sheet.rows[start:], start=start + 1):
            try:
                self._row(columns, cells, found)
            except UnknownNameError as error:
                unknown.append(str(error).split(" `")[0])
            except ParameterError as error:
                raise ParameterError(f"row {at}: {error}") from None

    def _row(self, columns: list[Column], cells: list[str], found: Reading) -> None:
        values = {
            c.role: cell for c, cell in zip(columns, cells) if c.role not in ("", "score", "rank", "name")
        }
        names = list(dict.fromkeys(cell for c, cell in zip(columns, cells) if c.role == "name" and cell))
        label = names[0] if names else values.get("code", "")
        if not label or _is_left_out(label, values.get("type", "")):
            if label:
                found.left_out.append(label)
            return
        dimension = self._dimension(values, found)
        if dimension == "":
            return
        figures: dict[tuple[int, str], dict] = {}
        for column, cell in zip(columns, cells):
            if column.role not in ("score", "rank") or not cell.strip() or cell.strip() in _MISSING:
                continue
            own = self._dimension_of(column, dimension)
            year = self._year_of(column, values)
            row = figures.setdefault((year, own), {"score": None, "rank": None, "n_ranked": None})
            for part, value in self._read_cell(column, cell, own).items():
                if row[part] is not None and row[part] != value:
                    raise ParameterError(
                        f"{label}, {own} {year} has two values of the {part}: {row[part]:g} and {value:g}"
                    )
                row[part] = value
        for (year, own), row in figures.items():
            if row["n_ranked"] is None and values.get("n_ranked") and own == "overall":
                row["n_ranked"] = _whole(values["n_ranked"], "number of those ranked")
            if row["score"] is not None or row["rank"] is not None:
                found.rows.append(
                    {"year": year, "dimension_id": own, **row, **self._who(names, values, year)}
                )

    def _dimension(self, values: dict[str, str], found: Reading) -> str | None:
        """Return the dimension that a row of a long table names, None where there is no such column, empty
        where it is not one of the index.
        """
        if "dimension" not in values:
            return None
        name = values["dimension"]
        bare = re.sub(r"^(?:chiso\w{0,12}?|dimension|truc|d)?\d+", "", fold(name))
        known = self._dimensions.get(fold(name)) or self._dimensions.get(bare)
        if known is None and fold(name) in ("tong", "tongdiem", "total", "overall", "tonghop", "chung"):
            known = "overall"
        if known is None:
            found.left_out.append(f"{name} (no dimension of {self._index})")
        return known or ""

    def _dimension_of(self, column: Column, dimension: str | None) -> str:
        if dimension is not None and column.dimension not in (None, "overall"):
            raise ParameterError(
                f"the column {column.header!r} and the column of dimensions both name a dimension"
            )
        return dimension or column.dimension or "overall"

    def _year_of(self, column: Column, values: dict[str, str]) -> int:
        """Return the year of a figure; all places that say one must agree."""
        said = {
            f"the column {column.header!r}": column.year,
            "the column of years": _year_in(values.get("year", "")),
            "the sheet's name": self._named if column.year is None and not values.get("year") else None,
            "--year": self._year,
        }
        years = {where: year for where, year in said.items() if year is not None}
        if not years:
            raise ParameterError("no column and no sheet name says the year; give it with --year")
        if len(set(years.values())) > 1:
            shown = "; ".join(f"{where} says {year}" for where, year in years.items())
            raise ParameterError(f"the year is not clear: {shown}")
        return next(iter(years.values()))

    def _read_cell(self, column: Column, cell: str, dimension: str) -> dict[str, float]:
        """Return the score, rank and number of those ranked that a cell holds: ``01 (0,727)`` has two."""
        text = cell.strip()
        both = re.fullmatch(r"([\d.,]+)\s*\(\s*([\d.,]+)\s*\)", text)
        if both:
            first, second = both[1], both[2]
            ranks = [p for p in (first, second) if re.fullmatch(r"0?[1-9]\d?", p)]
            if len(ranks) == 2 and column.role == "rank":
                ranks = [first]
            if len(ranks) != 1:
                raise ParameterError(f"{column.header!r}: {text!r} is not one rank and one score")
            score = second if ranks[0] == first else first
            return {"rank": _whole(ranks[0], column.header), "score": self._score(score, column, dimension)}
        among = re.fullmatch(r"(\d{1,2})\s*/\s*(\d{2})", text)
        if column.role == "rank":
            rank = _whole(among[1] if among else text, column.header)
            return {"rank": rank, "n_ranked": int(among[2])} if among else {"rank": rank}
        return {"score": self._score(text, column, dimension)}

    def _score(self, text: str, column: Column, dimension: str) -> float:
        value = _figure(text)
        if value is None:
            raise ParameterError(f"{column.header!r}: {text!r} is no number")
        low, high = self._scales.get(dimension, (None, None))
        if (low is not None and value < low) or (high is not None and value > high):
            raise ParameterError(
                f"{column.header!r}: {text} is outside the scale of {self._index}/{dimension} ({low:g} to"
                f" {high:g})"
                if low is not None and high is not None
                else f"{column.header!r}: {text} is outside the scale of {self._index}/{dimension}"
            )
        return value

    def _who(self, names: list[str], values: dict[str, str], year: int) -> dict[str, str]:
        is_unit = (self._units or ("34" if year >= FIRST_YEAR_OF_UNITS else "63")) == "34"
        found = {self._find(name, is_unit) for name in names}
        if not names:
            found = {self._by_code(values["code"], is_unit)}
        elif len(found) > 1:
            raise ParameterError(f"the columns of names do not agree: {' and '.join(names)}")
        return {
            "unit_id" if is_unit else "province_id": (
                found.pop() or self._by_code(values.get("code", ""), is_unit, names[0])
            )
        }

    def _find(self, name: str, is_unit: bool) -> str | None:
        try:
            return find_unit(name, self._data) if is_unit else find_province(name, self._data.provinces)
        except UnknownNameError:
            return None

    def _is_place(self, cell: str) -> bool:
        return not cell.isdigit() and bool(self._find(cell, False) or self._find(cell, True))

    def _by_code(self, code: str, is_unit: bool, name: str = "") -> str:
        key = int(code) if code.isdigit() else name or code
        return find_unit(key, self._data) if is_unit else find_province(key, self._data.provinces)


_MISSING = ("-", "–", "…", "...", "n/a", "N/A", "NA", "x", "X")


def _is_left_out(label: str, kind: str) -> bool:
    return (
        bool(_OTHERS.search(label))
        or fold(label).startswith(_TOTALS)
        or fold(kind) in ("ministry", "bo", "bonganh")
    )


def _year_in(text: str) -> int | None:
    found = re.search(r"\b(?:19|20)\d\d\b", text)
    return int(found[0]) if found else None


def _whole(text: str, what: str) -> int:
    value = _figure(text.strip().rstrip("=").lstrip("#="))
    if value is None or value != int(value) or value < 1:
        raise ParameterError(f"{what!r}: {text!r} is not a rank, which is a whole number from 1")
    return int(value)


def _figure(text: str) -> float | None:
    text = text.strip().removesuffix("%").strip()
    if not re.fullmatch(r"-?\d[\d.,]*", text):
        return None
    return float(text) if re.fullmatch(r"-?\d+\.\d+", text) else number(text)


def table_changes(reading: Reading, index: str, data: Dataset, source: dict) -> Changes:
    """Return what a table adds to ``scores``, or to ``unit_scores``; nothing is written yet.

    Units of 2025 without a printed rank get the rank that their scores in the table give.

    Parameters
    ----------
    reading
        From :func:`read_table`.
    index
        Id of the index.
    data, source
        See :class:`~cds_analysis.intake.changes.Changes`.
    """
    found = Changes(data, source)
    for row in reading.rows:
        found.note_decimals(index, row["dimension_id"], row["year"], row["score"])
    for row in reading.rows:
        table = "unit_scores" if "unit_id" in row else "scores"
        entry = {**row, "index_id": index, "status": "reported"}
        if table == "scores":
            entry["rank_status"] = "reported" if row["rank"] is not None else None
        elif row["score"] is not None:
            scores = [
                r["score"]
                for r in reading.rows
                if (r["year"], r["dimension_id"]) == (row["year"], row["dimension_id"])
                and r["score"] is not None
            ]
            entry["rank"] = row["rank"] or 1 + sum(score > row["score"] for score in scores)
            entry["n_ranked"] = row["n_ranked"] or len(scores)
        found.place(table, entry)
    return found
