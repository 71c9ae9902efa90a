"""Turn accepted candidates into rows of the tables."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province
from cds_analysis.errors import DataError, ParameterError, Problem
from cds_analysis.intake.changes import Changes
from cds_analysis.intake.extract import CANDIDATES

__all__ = ["DECISIONS", "accepted_changes", "read_candidates", "write_candidates"]

DECISIONS = ("accept", "reject")
_PERIODS = {(12, 31): "year", (6, 30): "half_year", (3, 31): "quarter", (9, 30): "quarter"}


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
        raise ParameterError(
            f"cannot read the candidates {path}: {str(error).splitlines()[0]}; `cds extract` writes such a file"
        ) from None
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
                Problem(
                    path.name,
                    row + 2,
                    column,
                    "must be a date like 2023-12-31" if dtype == pl.Date else "must be a number",
                    text[row],
                )
            )
    for row, decision in enumerate(raw["decision"].fill_null("")):
        if decision not in ("", *DECISIONS):
            problems.append(
                Problem(path.name, row + 2, "decision", "must be accept, reject or empty", decision)
            )
    if problems:
        raise DataError(path, problems)
    return pl.DataFrame(typed)


def accepted_changes(candidates: pl.DataFrame, data: Dataset, source: dict) -> Changes:
    """Return what the accepted candidates add to a dataset; nothing is written yet.

    Parameters
    ----------
    candidates
        From :func:`read_candidates`.
    data, source
        See :class:`~cds_analysis.intake.changes.Changes`.

    Raises
    ------
    DataError
        When an accepted row says no province, date or subject.
    """
    found, problems = Changes(data, source), []
    for row in candidates.filter(pl.col("decision") == "accept").iter_rows(named=True):
        try:
            for table, entry in _with_score(*_as_row(row, data), data):
                found.place(table, entry)
        except ParameterError as error:
            problems.append(Problem("candidates", None, row["candidate"], str(error), row["printed"]))
    if problems:
        raise DataError("the accepted candidates", problems)
    return found


def _as_row(row: dict, data: Dataset) -> tuple[str, dict]:
    for column, words in (
        ("province", "a province"),
        ("proposal", "an indicator, or index/dimension"),
        ("date", "a date"),
    ):
        if row[column] is None:
            raise ParameterError(f"needs {words} in the column {column}")
    province = find_province(row["province"], data.provinces)
    common = {"value": row["value"], "printed": row["printed"], "locator": row["paragraph"]}
    if "/" in row["proposal"]:
        return "claims", _claim(row, province, data, common)
    if row["proposal"] not in set(data.indicators["indicator_id"]):
        raise ParameterError(
            f"{row['proposal']!r} is not in the register of indicators; `cds list indicators --search` finds one"
        )
    if row["kind"] == "target":
        comparator = {"=": ">=", ">=": ">=", ">": ">", "<=": "<="}[row["bound"] or "="]
        return "targets", {
            **common,
            "scope": province,
            "indicator_id": row["proposal"],
            "due": row["date"],
            "comparator": comparator,
        }
    if row["bound"] == "<=":
        raise ParameterError("is an upper bound, which observations do not hold; correct or reject it")
    is_share = row["kind"] == "fraction"
    fraction = {"numerator": row["numerator"], "denominator": row["denominator"]} if is_share else {}
    when: date = row["date"]
    return "observations", {
        **common,
        **fraction,
        "province_id": province,
        "indicator_id": row["proposal"],
        "as_of": when,
        "bound": row["bound"] or "=",
        "status": "reported",
        "as_of_precision": _PERIODS.get((when.month, when.day), "day"),
    }


def _claim(row: dict, province: str, data: Dataset, common: dict) -> dict:
    index, _, dimension = row["proposal"].partition("/")
    if not data.indices.filter(pl.col("index_id") == index, pl.col("dimension_id") == dimension).height:
        raise ParameterError(
            f"{row['proposal']!r} is not in the register of indices; `cds list indices` shows all"
        )
    quantity = {"rank": "rank", "places": "places_gained"}.get(row["unit"], "score")
    year = row["date"].year
    short = {"rank": "rank", "places_gained": "gain", "score": "score"}[quantity]
    name = "-".join(
        [
            province,
            index,
            *([] if dimension == "overall" else [dimension.replace("_", "-")]),
            str(year),
            short,
        ]
    )
    return {
        **common,
        "claim_id": name.replace("_", "-"),
        "province_id": province,
        "index_id": index,
        "dimension_id": dimension,
        "year": year,
        "quantity": quantity,
        "from_year": (row["from_year"] or year - 1) if quantity == "places_gained" else None,
        "bound": row["bound"] or "=",
        "n_ranked": int(row["denominator"]) if quantity == "rank" and row["denominator"] else None,
    }


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
    }
    return [(table, row), ("scores", rank)]
