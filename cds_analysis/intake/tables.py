"""Turn a yearly ranking table into rows of scores: which column is what, which province is meant, what is
new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province, fold
from cds_analysis.errors import ParameterError, UnknownNameError
from cds_analysis.intake.changes import Changes
from cds_analysis.intake.figures import number
from cds_analysis.intake.sheets import Sheet, read_sheets

__all__ = ["Reading", "read_table", "table_changes"]

FIRST_YEAR_OF_UNITS = 2025
_WORDS = {
    "year": ("year", "nam"),
    "name": (
        "unitname",
        "province",
        "provinces",
        "tinh",
        "tinhthanhpho",
        "tenprovince",
        "tentinh",
        "diaphuong",
        "donvi",
        "tendonvi",
        "tinhthanh",
        "provincename",
        "name",
        "unit",
    ),
    "code": ("unitcode", "code", "gsocode", "ma", "matinh", "provincecode", "masotinh"),
    "type": ("unittype", "type", "loai", "loaidonvi"),
    "rank": ("rank", "hang", "xephang", "thuhang", "xepthu", "vitri", "ranking"),
    "n_ranked": ("ranked", "nranked", "tongso", "sodonvi"),
    "score": (
        "score",
        "diem",
        "tongdiem",
        "index",
        "chiso",
        "diemso",
        "total",
        "overall",
        "tonghop",
        "giatri",
        "unweightedpapi",
        "totalscore",
        "ketqua",
    ),
}
_OTHERS = re.compile(
    r"^(?:Bộ|Ủy ban (?:Dân tộc|Quản lý)|Ngân hàng|Thanh tra|Văn phòng|Bảo hiểm|Thông tấn|Đài|Viện|Kiểm toán|Ministry|State |Government |Committee)",
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
        CSV, XLSX (one sheet a year, or one for all), Parquet or HTML; long or wide, one or two header rows,
        Vietnamese or English headers.
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
        When no column of names or codes, no score, no rank or no year is found, or a name is not a province.
    """
    if index not in set(data.indices["index_id"]):
        raise ParameterError(
            f"unknown index {index!r}; known are {', '.join(data.indices['index_id'].unique().sort())}"
        )
    found, unknown = Reading(), []
    for sheet in read_sheets(path):
        _read_sheet(sheet, index, data, year, units, found, unknown)
    if unknown:
        shown = "; ".join(dict.fromkeys(unknown[:5]))
        raise ParameterError(
            f"{path.name}: {len(unknown)} names are neither provinces nor to be left out: {shown}. Correct them in the file, or add the spelling to `aliases`."
        )
    if not found.rows:
        raise ParameterError(
            f"{path.name}: no table with a column of provinces (name or GSO code) and a score or rank was found; headers read: {'; '.join(found.left_out) or 'none'}"
        )
    return found


def _read_sheet(
    sheet: Sheet,
    index: str,
    data: Dataset,
    year: int | None,
    units: str | None,
    found: Reading,
    unknown: list[str],
) -> None:
    dimensions = _dimension_names(index, data)
    start, header = _header(sheet)
    if header is None:
        found.left_out.append(f"{sheet.name}: {' | '.join(sheet.rows[0])[:80]}")
        return
    roles = [_role(text, index, dimensions) for text in header]
    if not any(r in ("name", "code") for r in roles) or not any(
        r and r.startswith(("score", "rank", "value")) for r in roles
    ):
        found.left_out.append(f"{sheet.name}: {' | '.join(header)[:120]}")
        return
    found.columns += [f"{sheet.name}: {text} -> {role or 'not read'}" for text, role in zip(header, roles)]
    named = re.search(r"\b((?:19|20)\d\d)\b", sheet.name)
    for cells in sheet.rows[start:]:
        values = {role: cell for role, cell in zip(roles, cells) if role}
        label = values.get("name") or values.get("code") or ""
        if not label or _is_left_out(label, values.get("type", "")):
            if label:
                found.left_out.append(label)
            continue
        measured = _whole(values.get("year", "")) or (int(named[1]) if named else None) or year
        if measured is None and not any(r and r.startswith("value ") for r in roles):
            raise ParameterError(
                f"{sheet.name}: no column and no sheet name says the year; give it with --year"
            )
        for row in _rows_of(values, measured):
            try:
                row.update(_who(values, row["year"], units, data))
            except UnknownNameError as error:
                unknown.append(str(error).split(" `")[0])
                break
            found.rows.append(row)


def _header(sheet: Sheet) -> tuple[int, list[str] | None]:
    """Return the number of the first row of figures, and the headers above it: up to four rows of them,
    joined.
    """
    known = {*_WORDS["name"], *_WORDS["code"]}
    for at, row in enumerate(sheet.rows[:12]):
        if not any(fold(part) in known for cell in row for part in (cell, *re.split(r"[/(\n]", cell))):
            continue
        end = at + 1
        while end < min(len(sheet.rows), at + 4) and not _has_figures(sheet.rows[end], row):
            end += 1
        columns = zip_longest(*sheet.rows[at:end], fillvalue="")
        return end, [" / ".join(dict.fromkeys(filter(None, parts))) for parts in columns]
    return 0, None


def _has_figures(row: list[str], header: list[str]) -> bool:
    """Whether a row holds numbers, other than those of a header cell that reaches down into it (a year)."""
    return any(
        re.fullmatch(r"[\d.,]+", cell) and cell != above
        for cell, above in zip_longest(row, header, fillvalue="")
    )


def _dimension_names(index: str, data: Dataset) -> dict[str, str]:
    names = {}
    for row in data.indices.filter(pl.col("index_id") == index).iter_rows(named=True):
        for text in (row["dimension_id"], row["name_vi"], row["name_en"]):
            names[fold(text)] = row["dimension_id"]
    return names


def _role(text: str, index: str, dimensions: dict[str, str]) -> str | None:
    parts = [fold(p) for p in (text, *re.split(r"\s*/\s*|\n|[()]", text)) if fold(p)]
    for part in parts:
        bare = part.removeprefix(index).removesuffix(index) or "score"
        if re.fullmatch(r"(?:19|20)\d\d", part):
            return f"value {part}"
        if part in dimensions:
            return "score overall" if dimensions[part] == "overall" else f"score {dimensions[part]}"
        trimmed = re.sub(r"^(?:chiso\w{0,12}?|dimension|d)?\d+", "", part)
        if trimmed in dimensions:
            return f"score {dimensions[trimmed]}"
        for role, words in _WORDS.items():
            if part in words or bare in words:
                return {"score": "score overall", "rank": "rank overall"}.get(role, role)
    return None


def _is_left_out(label: str, kind: str) -> bool:
    return (
        bool(_OTHERS.search(label))
        or fold(label).startswith(_TOTALS)
        or fold(kind) in ("ministry", "bo", "bonganh")
    )


def _whole(text: str) -> int | None:
    found = re.search(r"\b(?:19|20)\d\d\b", text)
    return int(found[0]) if found else None


def _figure(text: str) -> float | None:
    text = text.strip().removesuffix("%").strip()
    if not re.fullmatch(r"-?\d[\d.,]*", text):
        return None
    return float(text) if re.fullmatch(r"-?\d+\.\d+", text) else number(text)


def _rows_of(values: dict[str, str], year: int | None) -> list[dict]:
    by_year = [
        {"year": int(r.split()[1]), "dimension_id": "overall", "score": v, "rank": None, "n_ranked": None}
        for r, c in values.items()
        if r.startswith("value ") and (v := _figure(c)) is not None
    ]
    if by_year:
        return by_year
    rows = []
    for role, cell in values.items():
        if role.startswith("score ") and (
            (score := _figure(cell)) is not None
            or (role == "score overall" and _figure(values.get("rank overall", "")) is not None)
        ):
            is_overall = role == "score overall"
            rank = _figure(values.get("rank overall", "")) if is_overall else None
            ranked = _figure(values.get("n_ranked", "")) if is_overall else None
            rows.append(
                {
                    "year": year,
                    "dimension_id": role.split()[1],
                    "score": score,
                    "rank": rank and int(rank),
                    "n_ranked": ranked and int(ranked),
                }
            )
    if not rows and (rank := _figure(values.get("rank overall", ""))) is not None:
        rows.append(
            {"year": year, "dimension_id": "overall", "score": None, "rank": int(rank), "n_ranked": None}
        )
    return rows


def _who(values: dict[str, str], year: int, units: str | None, data: Dataset) -> dict[str, str]:
    if (units or ("34" if year >= FIRST_YEAR_OF_UNITS else "63")) == "34":
        table = data.units_2025.select(
            province_id="unit_id",
            gso_code="gso_code",
            iso_code="unit_id",
            name_vi="name_vi",
            name_en="name_en",
            aliases=pl.lit(None, pl.String),
        )
        return {"unit_id": _find(values, table)}
    return {"province_id": _find(values, data.provinces)}


def _find(values: dict[str, str], table: pl.DataFrame) -> str:
    try:
        return find_province(values.get("name") or values["code"], table)
    except UnknownNameError:
        code = values.get("code", "")
        if code.isdigit():
            return find_province(int(code), table)
        raise


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
