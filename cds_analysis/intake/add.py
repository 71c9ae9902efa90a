"""Turn accepted candidates into rows of the tables."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import find_province
from cds_analysis.dataset.schemas import NATION
from cds_analysis.errors import CdsError, DataError, ParameterError, Problem
from cds_analysis.intake.changes import KEYS, Changes
from cds_analysis.intake.extract import CANDIDATES
from cds_analysis.intake.gate import open_doubts
from cds_analysis.intake.places import find_unit

__all__ = ["DECISIONS", "accepted_changes", "key_of", "read_candidates", "write_candidates"]

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
            f"cannot read the candidates {path}: {str(error).splitlines()[0]}; `cds extract` writes such a"
            " file"
        ) from None
    if "confirmed" not in raw.columns:  # a file of an earlier version
        raw = raw.with_columns(confirmed=pl.lit(None, pl.String))
    problems = [Problem(path.name, 1, c, "the column is missing") for c in CANDIDATES if c not in raw.columns]
    if problems:
        raise DataError(path, problems)
    typed = {}
    for column, dtype in CANDIDATES.items():
        text = raw[column]
        typed[column] = (
            text
            if dtype == pl.String
            else (
                text.str.to_date("%Y-%m-%d", strict=False)
                if dtype == pl.Date
                else text.cast(dtype, strict=False)
            )
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

    Figures of provinces go to observations, targets, claims and scores; those of a unit of 2025 to
    ``area_observations``, ``area_targets`` and ``unit_scores``; those of the country to ``targets``,
    ``area_observations`` and ``national_scores``.

    Parameters
    ----------
    candidates
        From :func:`read_candidates`.
    data, source
        See :class:`~cds_analysis.intake.changes.Changes`.

    Raises
    ------
    DataError
        When an accepted row says no place, date or subject, when it is of a kind or a place that the dataset
        does not hold, when two of them give one figure two values, or when one is doubtful
        (:func:`~cds_analysis.intake.gate.doubts`) and not confirmed.
    """
    found, problems = Changes(data, source), []
    on_record = data.sources.filter(pl.col("source_id") == source["source_id"])["published"]
    published = source.get("published") or (on_record[0] if len(on_record) else None)
    taken: dict[tuple, tuple[dict, dict]] = {}
    for row in candidates.filter(pl.col("decision") == "accept").iter_rows(named=True):
        try:
            table, entry = _as_row(row, data)
            for doubt in open_doubts(row, data, published):
                said = f"{doubt.sentence}; correct it, or write {doubt.rule} into the column confirmed"
                problems.append(Problem("candidates", None, row["candidate"], said, row["printed"]))
            key = (table, *(entry.get(k) for k in KEYS[table]))
            before, other = taken.setdefault(key, (row, entry))
            if before is not row:
                _compare(row, entry, before, other)
        except ParameterError as error:
            problems.append(Problem("candidates", None, row["candidate"], str(error), row["printed"]))
    for row, entry in taken.values():
        if "unit_id" in entry and None in (entry["score"], entry["rank"]):
            lacks = "score" if entry["score"] is None else "rank"
            said = f"needs the unit's {lacks} accepted with it: the table of units holds both"
            problems.append(Problem("candidates", None, row["candidate"], said, row["printed"]))
    if problems:
        raise DataError("the accepted candidates", problems)
    for (table, *_), (_, entry) in taken.items():
        for name, part in _with_score(table, entry, data):
            found.place(name, part)
    return found


def key_of(row: dict, data: Dataset) -> tuple | None:
    """Return the table and the key that a candidate would be added under; None where it cannot be added."""
    try:
        table, entry = _as_row(row, data)
    except CdsError:
        return None
    return (table, *(entry.get(k) for k in KEYS[table]))


def _compare(row: dict, entry: dict, before: dict, other: dict) -> None:
    """Take two figures under one key as one where they agree (or complete each other), else ask."""
    for column in ("value", "score", "rank"):
        if entry.get(column) is None:
            continue
        if other.get(column) is None:
            other[column] = entry[column]
        elif other[column] != entry[column]:
            raise ParameterError(
                f"gives another value than {before['candidate']} ({before['printed']}) for the same place,"
                " subject and date; accept one of the two, or correct what the other is about"
            )


def _as_row(row: dict, data: Dataset) -> tuple[str, dict]:
    for column, words in (
        ("place", "a place"),
        ("proposal", "an indicator, or index/dimension"),
        ("date", "a date"),
    ):
        if row[column] is None:
            raise ParameterError(f"needs {words} in the column {column}")
    place_type, place = _whose(row, data)
    common = {"value": row["value"], "printed": row["printed"], "locator": row["paragraph"]}
    if "/" in row["proposal"]:
        return _of_index(row, place_type, place, data, common)
    if row["proposal"] not in set(data.indicators["indicator_id"]):
        raise ParameterError(
            f"{row['proposal']!r} is not in the register of indicators; `cds list indicators --search`"
            " finds one"
        )
    if row["kind"] not in ("result", "target", "score", "rank"):
        raise ParameterError(
            f"is a {row['kind']}, not a level of the indicator; correct its kind or reject it"
        )
    bound = row["bound"] or "="
    if row["high"] is not None:  # a span promises its lower end
        bound, common["note"] = ">=", f"a span up to {row['high']:g}"
    if row["kind"] == "target":
        comparator = {"=": ">=", ">=": ">=", ">": ">", "<=": "<="}[bound]
        table = "area_targets" if place_type == "unit_2025" else "targets"
        about = {
            "scope": place,
            "indicator_id": row["proposal"],
            "due": row["date"],
            "comparator": comparator,
        }
        return table, {**common, **about}
    if bound == "<=":
        raise ParameterError("is an upper bound, which observations do not hold; correct or reject it")
    fraction = {"numerator": row["numerator"], "denominator": row["denominator"]}
    if row["numerator"] is None:
        fraction = {}
    elif row["unit"] != "percent":  # a count "142/142"
        common["value"], fraction = row["value"], {}
    when: date = row["date"]
    table, column = (
        ("observations", "province_id") if place_type == "province" else ("area_observations", "scope")
    )
    return table, {
        **common,
        **fraction,
        column: place,
        "indicator_id": row["proposal"],
        "as_of": when,
        "bound": bound,
        "status": "reported",
        "as_of_precision": _PERIODS.get((when.month, when.day), "day"),
    }


def _whose(row: dict, data: Dataset) -> tuple[str, str]:
    """Return the type of place (province, unit_2025, country) and its id."""
    kind = row["place_type"] or "province"
    if kind == "country":
        return kind, NATION
    if kind == "unit_2025":
        return kind, find_unit(row["place"], data)
    if kind != "province":
        raise ParameterError(
            f"is the figure of a {kind.replace('not_said', 'place that is not said')} ({row['place']}), which"
            " the dataset does not hold; correct place_type and place, or reject it"
        )
    return kind, find_province(row["place"], data.provinces)


def _of_index(row: dict, place_type: str, place: str, data: Dataset, common: dict) -> tuple[str, dict]:
    if row["kind"] in ("target", "context", "result"):
        raise ParameterError(
            f"is a {row['kind']}, which no table of an index holds; correct its kind, or propose an indicator"
        )
    index, _, dimension = row["proposal"].partition("/")
    if not data.indices.filter(pl.col("index_id") == index, pl.col("dimension_id") == dimension).height:
        raise ParameterError(
            f"{row['proposal']!r} is not in the register of indices; `cds list indices` shows all"
        )
    if row["kind"] == "change" and row["unit"] != "places":
        raise ParameterError("is a change of a score, which the dataset does not hold; reject it")
    about = {"index_id": index, "dimension_id": dimension, "year": row["date"].year}
    if place_type == "province":
        return "claims", _claim(row, place, about, common)
    if row["kind"] == "change" or (place_type == "country" and row["kind"] != "score"):
        raise ParameterError(
            f"is a {row['kind']} of a {place_type}, which the dataset does not hold; reject it"
        )
    if place_type == "country":
        return "national_scores", {
            **about,
            "quantity": "provincial_mean",
            "score": row["value"],
            "status": "reported",
        }
    figure = {"rank": int(row["value"])} if row["kind"] == "rank" else {"score": row["value"]}
    n_ranked = int(row["denominator"] or data.units_2025.height)
    return "unit_scores", {
        **about,
        "unit_id": place,
        "n_ranked": n_ranked,
        "status": "reported",
        "score": None,
        "rank": None,
        **figure,
    }


def _claim(row: dict, province: str, about: dict, common: dict) -> dict:
    index, dimension, year = about.values()
    quantity = {"rank": "rank", "places": "places_gained"}.get(row["unit"], "score")
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
        **about,
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
