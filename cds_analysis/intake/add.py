"""Put accepted candidates into the tables of a data folder."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province
from cds_analysis.errors import DataError, ParameterError, Problem
from cds_analysis.intake.extract import CANDIDATES
from cds_analysis.intake.folder import appended, change

__all__ = ["DECISIONS", "Added", "add", "read_candidates", "write_candidates"]

DECISIONS = ("accept", "reject")
_PERIODS = {(12, 31): "year", (6, 30): "half_year", (3, 31): "quarter", (9, 30): "quarter"}


@dataclass
class Added:
    """What became of the accepted rows: rows by table, how many were there already, and the figures that contradict what is on record."""

    rows: dict[str, list[dict]] = field(default_factory=dict)
    known: int = 0
    conflicts: list[str] = field(default_factory=list)


def write_candidates(candidates: pl.DataFrame, path: Path) -> None:
    """Write candidates as CSV, the whole file or none."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(candidates.write_csv(), encoding="utf-8")
    part.replace(path)


def read_candidates(path: Path) -> pl.DataFrame:
    """Read a file of candidates, which a person may have edited.

    Raises
    ------
    ParameterError
        When there is no such file.
    DataError
        When a column is missing, or a cell or a decision cannot be read, with the row.
    """
    try:
        raw = pl.read_csv(io.BytesIO(path.read_bytes()), infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ParameterError(f"cannot read the candidates {path}: {str(error).splitlines()[0]}; `cds extract` writes such a file") from None
    problems = [Problem(path.name, 1, c, "the column is missing") for c in CANDIDATES if c not in raw.columns]
    if problems:
        raise DataError(path, problems)
    typed = {}
    for column, dtype in CANDIDATES.items():
        text = raw[column]
        typed[column] = (
            text
            if dtype == pl.String
            else text.str.to_date("%Y-%m-%d", strict=False)
            if dtype == pl.Date
            else text.cast(dtype, strict=False)
        )
        for row in (text.is_not_null() & typed[column].is_null()).arg_true():
            problems.append(
                Problem(path.name, row + 2, column, "must be a date like 2023-12-31" if dtype == pl.Date else "must be a number", text[row])
            )
    for row, decision in enumerate(raw["decision"].fill_null("")):
        if decision not in ("", *DECISIONS):
            problems.append(Problem(path.name, row + 2, "decision", "must be accept, reject or empty", decision))
    if problems:
        raise DataError(path, problems)
    return pl.DataFrame(typed)


def add(candidates: pl.DataFrame, data: Dataset, source: dict) -> Added:
    """Add the accepted candidates to the folder that `data` was loaded from.

    Parameters
    ----------
    candidates
        From :func:`read_candidates`.
    data
        The dataset to add to.
    source
        The row of ``sources``: at least ``source_id``; the other columns are needed where the source is not on record.

    Returns
    -------
    Added
        A figure that is on record already is counted as known. One that contradicts what is on record goes to ``conflicts``; what is on record stays.

    Raises
    ------
    DataError, ParameterError
        When an accepted row says no province, date or subject, or the dataset would break its schemas. Nothing has changed then.
    """
    accepted = candidates.filter(pl.col("decision") == "accept")
    found, problems = Added(), []
    for row in accepted.iter_rows(named=True):
        try:
            table, made = _as_row(row, data, source["source_id"])
        except ParameterError as error:
            problems.append(Problem("candidates", None, row["candidate"], str(error), row["printed"]))
            continue
        for name, entry in _with_score(table, made, data):
            _place(name, entry, data, found, source["source_id"])
    if problems:
        raise DataError("the accepted candidates", problems)
    if found.rows:
        if source["source_id"] not in set(data.sources["source_id"]):
            found.rows["sources"] = [source]
        change(data, appended(data, found.rows))
    return found


def _as_row(row: dict, data: Dataset, source_id: str) -> tuple[str, dict]:
    for column, words in (("province", "a province"), ("proposal", "an indicator, or index/dimension"), ("date", "a date")):
        if row[column] is None:
            raise ParameterError(f"needs {words} in the column {column}")
    province = find_province(row["province"], data.provinces)
    common = {"value": row["value"], "printed": row["printed"], "source_id": source_id, "locator": row["paragraph"]}
    if "/" in row["proposal"]:
        return "claims", _claim(row, province, data, common)
    if row["proposal"] not in set(data.indicators["indicator_id"]):
        raise ParameterError(f"{row['proposal']!r} is not in the register of indicators; `cds list indicators --search` finds one")
    if row["kind"] == "target":
        comparator = {"=": ">=", ">=": ">=", ">": ">", "<=": "<="}[row["bound"] or "="]
        return "targets", {**common, "scope": province, "indicator_id": row["proposal"], "due": row["date"], "comparator": comparator}
    if row["bound"] == "<=":
        raise ParameterError("is an upper bound, which observations do not hold; correct or reject it")
    is_share = row["kind"] == "fraction"
    fraction = {"numerator": row["numerator"], "denominator": row["denominator"]} if is_share else {}
    when: date = row["date"]
    return "observations", {**common, **fraction, "province_id": province, "indicator_id": row["proposal"], "as_of": when, "bound": row["bound"] or "=",
                            "status": "reported", "as_of_precision": _PERIODS.get((when.month, when.day), "day")}  # fmt: skip


def _claim(row: dict, province: str, data: Dataset, common: dict) -> dict:
    index, _, dimension = row["proposal"].partition("/")
    if not data.indices.filter(pl.col("index_id") == index, pl.col("dimension_id") == dimension).height:
        raise ParameterError(f"{row['proposal']!r} is not in the register of indices; `cds list indices` shows all")
    quantity = {"rank": "rank", "places": "places_gained"}.get(row["unit"], "score")
    year = row["date"].year
    short = {"rank": "rank", "places_gained": "gain", "score": "score"}[quantity]
    name = "-".join([province, index, *([] if dimension == "overall" else [dimension.replace("_", "-")]), str(year), short])
    return {**common, "claim_id": name.replace("_", "-"), "province_id": province, "index_id": index, "dimension_id": dimension, "year": year, "quantity": quantity,
            "from_year": (row["from_year"] or year - 1) if quantity == "places_gained" else None, "bound": row["bound"] or "=",
            "n_ranked": int(row["denominator"]) if quantity == "rank" and row["denominator"] else None}  # fmt: skip


def _with_score(table: str, row: dict, data: Dataset) -> list[tuple[str, dict]]:
    """A rank that no table of scores has is also a score's rank."""
    if table != "claims" or row["quantity"] != "rank" or row["bound"] != "=":
        return [(table, row)]
    keys = ("index_id", "dimension_id", "year", "province_id")
    if data.scores.filter(*(pl.col(k) == row[k] for k in keys)).height:
        return [(table, row)]
    rank = {
        **{k: row[k] for k in keys},
        "rank": int(row["value"]),
        "n_ranked": row["n_ranked"],
        "status": "reported",
        "rank_status": "reported",
        "source_id": row["source_id"],
    }
    return [(table, row), ("scores", rank)]


_KEYS = {"observations": ("province_id", "indicator_id", "as_of"), "targets": ("scope", "indicator_id", "due"), "claims": ("claim_id",),
         "scores": ("index_id", "dimension_id", "year", "province_id")}  # fmt: skip


def _place(table: str, row: dict, data: Dataset, found: Added, source_id: str) -> None:
    keys, column = _KEYS[table], "rank" if table == "scores" else "value"
    same = getattr(data, table).filter(*(pl.col(k) == row[k] for k in keys))
    waiting = [r for r in found.rows.get(table, []) if all(r[k] == row[k] for k in keys)]
    others = [*same.select(column, "source_id").rows(), *((r[column], r["source_id"]) for r in waiting)]
    if any(value == row[column] and (source == source_id or table in ("claims", "scores")) for value, source in others):
        found.known += 1
    elif any(value != row[column] for value, _ in others) and not (table == "targets" and source_id not in {s for _, s in others}):
        chosen = next(value for value, _ in others if value != row[column])
        key = "/".join(str(row[k]) for k in keys)
        entry = {"table": table, "key": key, "column": column, "chosen": f"{chosen:g}", "other": f"{row[column]:g}", "source_id": source_id,
                 "reason_vi": "khác với số đã ghi; giữ số đã ghi cho đến khi có người xem lại", "reason_en": "differs from what is on record, which stays until someone has looked at it"}  # fmt: skip
        told = data.conflicts.filter(*(pl.col(c) == entry[c] for c in ("table", "key", "column", "other")))
        if told.height:
            found.known += 1
        else:
            found.rows.setdefault("conflicts", []).append(entry)
            found.conflicts.append(f"{table} {key}: {entry['other']} ({source_id}) against {entry['chosen']} on record")
    else:
        found.rows.setdefault(table, []).append(row)
