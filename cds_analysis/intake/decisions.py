"""What people made of proposals, kept as data: beside ``found.csv`` lie ``found.proposed.csv`` (what the
machine proposed, never changed) and ``found.decisions.csv`` (each decision, field by field).

The pair is how the next version is measured, and where it can see what it got wrong.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

__all__ = ["DECISIONS", "FIELDS", "beside", "decisions", "kept_share"]

FIELDS = ("kind", "value", "unit", "bound", "place_type", "place", "date", "proposal")
DECISIONS = {
    "candidate": pl.String,
    "printed": pl.String,
    "decision": pl.String,
    "field": pl.String,
    "proposed": pl.String,
    "decided": pl.String,
}


def beside(candidates: Path, what: str) -> Path:
    """Return the path of a file that belongs to a file of candidates.

    Examples
    --------
    >>> beside(Path("found.csv"), "decisions").name
    'found.decisions.csv'
    """
    return candidates.with_name(f"{candidates.stem}.{what}.csv")


def decisions(proposed: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions: for each decided candidate one row a field, with what was proposed and what a
    person made of it; a rejected candidate and one that a person added have one row, without a field.

    Parameters
    ----------
    proposed, decided
        Candidates as they were extracted, and as they are now.

    Examples
    --------
    >>> from cds_analysis import load
    >>> from cds_analysis.intake.extract import extract
    >>> found = extract("Năm 2023, tỉnh Lạng Sơn có 85% hộ gia đình có cáp quang.", load())
    >>> done = found.with_columns(decision=pl.lit("accept"), kind=pl.lit("target"))
    >>> decisions(found, done).filter(pl.col("proposed") != pl.col("decided")).row(0)
    ('c001', '85%', 'accept', 'kind', 'result', 'target')
    """
    before = {row["candidate"]: row for row in proposed.iter_rows(named=True)}
    rows = []
    for row in decided.filter(pl.col("decision").fill_null("") != "").iter_rows(named=True):
        common = {c: row[c] for c in ("candidate", "printed", "decision")}
        old = before.get(row["candidate"])
        if row["decision"] == "reject" or old is None:
            rows.append({**common, "decision": row["decision"] if old else "add"})
            continue
        for field in FIELDS:
            rows.append(
                {**common, "field": field, "proposed": _text(old[field]), "decided": _text(row[field])}
            )
    return pl.DataFrame(rows, schema=DECISIONS)


def kept_share(found: pl.DataFrame) -> pl.DataFrame:
    """Return how often each field was accepted as proposed.

    Returns
    -------
    polars.DataFrame
        Columns ``field`` (the last row is ``nothing to correct``), ``accepted`` (candidates), ``kept`` (of
        them as proposed).
    """
    fields = found.drop_nulls("field").with_columns(
        kept=pl.col("proposed").fill_null("") == pl.col("decided").fill_null("")
    )
    whole = fields.group_by("candidate").agg(pl.col("kept").all())
    each = fields.group_by("field", maintain_order=True).agg(
        accepted=pl.len().cast(pl.Int64), kept=pl.col("kept").sum().cast(pl.Int64)
    )
    last = {"field": "nothing to correct", "accepted": whole.height, "kept": int(whole["kept"].sum())}
    return pl.concat([each, pl.DataFrame([last], schema=each.schema)])


def _text(value: object) -> str | None:
    return f"{value:g}" if isinstance(value, float) else None if value is None else str(value)
