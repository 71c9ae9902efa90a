"""What the gate says: a named rule, and a finding that names file, row, column and value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.schemas import TABLES

__all__ = [
    "ERROR",
    "FOUND",
    "RULES",
    "WARNING",
    "Finding",
    "Rule",
    "found",
    "named",
    "numbered",
    "rule",
    "said",
]

ERROR, WARNING = "error", "warning"
# What a rule returns: the row of the table (counted from 0), the column, the value there, what was expected.
FOUND = {"row": pl.Int64, "column": pl.String, "value": pl.String, "expected": pl.String}


@dataclass(frozen=True)
class Finding:
    """A figure that breaks a rule.

    ``row`` is the row of ``file`` (row 1 is the header); ``key`` names the row of the table whatever its
    place; ``reason_vi`` and ``reason_en`` are given where ``accepted.csv`` accepts the finding.
    """

    rule: str
    level: str
    table: str
    key: str
    file: str
    row: int | None
    column: str
    value: str
    expected: str
    province_id: str | None = None
    reason_vi: str | None = None
    reason_en: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether ``accepted.csv`` gives a reason for it."""
        return self.reason_en is not None

    def __str__(self) -> str:
        where = self.file + (f", row {self.row}" if self.row is not None else "")
        return f"{where}, column {self.column}: {self.expected} (found {self.value[:80]!r}) [{self.rule}]"

    def accepting(self) -> str:
        """Return how to accept it: the start of a row of ``accepted.csv``, to which the reasons are added."""
        if self.rule not in RULES:
            return "remove the row from accepted.csv"
        cells = pl.DataFrame([[self.rule, self.table, self.key, self.value]], orient="row")
        return (
            "to accept it, add to accepted.csv:"
            f" {cells.write_csv(include_header=False).strip()},<reason_vi>,<reason_en>"
        )


@dataclass(frozen=True)
class Rule:
    """A named rule: ``apply(data, table)`` returns a frame with the columns of :data:`FOUND`."""

    name: str
    level: str
    title: str
    tables: tuple[str, ...]
    apply: Callable[[Dataset, str], pl.DataFrame]

    @property
    def method(self) -> str:
        """How it is judged, from the docstring."""
        return " ".join((self.apply.__doc__ or "").split())


RULES: dict[str, Rule] = {}


def rule(name: str, level: str, title: str, *tables: str):
    """Put a function into the list of rules, for each of the tables named."""

    def enter(function):
        RULES[name] = Rule(name, level, title, tables, function)
        return function

    return enter


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with its rows counted from 0 in ``row``."""
    return frame.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))


def found(rows: pl.DataFrame, column: str, expected: pl.Expr | str) -> pl.DataFrame:
    """Return numbered rows as findings about one column.

    Examples
    --------
    >>> found(numbered(pl.DataFrame({"score": [438.1]})), "score", "at most 80").row(0)
    (0, 'score', '438.1', 'at most 80')
    """
    if not rows.height:  # an expression over nothing may fail
        return pl.DataFrame(schema=FOUND)
    return rows.select(
        row=pl.col("row").cast(pl.Int64),
        column=pl.lit(column),
        value=pl.col(column).cast(pl.String).fill_null(""),
        expected=pl.lit(expected) if isinstance(expected, str) else expected,
    )


def said(template: str, *values: str | pl.Expr) -> pl.Expr:
    """Fill the ``{}`` of a sentence with columns.

    Examples
    --------
    >>> pl.DataFrame({"low": [0.0], "high": [80.0]}).select(said("from {} to {}", "low", "high")).item()
    'from 0.0 to 80.0'
    """
    texts = template.split("{}")
    parts = [pl.lit(texts[0])]
    for value, text in zip(values, texts[1:]):
        expression = pl.col(value) if isinstance(value, str) else value
        parts += [expression.cast(pl.String).fill_null("none"), pl.lit(text)]
    return pl.concat_str(parts)


def named(rows: pl.DataFrame, rule: Rule, table: str, data: Dataset) -> list[Finding]:
    """Turn what a rule returned into findings with file, row and key."""
    if not rows.height:
        return []
    keys = TABLES[table].primary_key()
    frame = getattr(data, table)
    whose = next((c for c in ("province_id", "scope") if c in frame.columns), None)
    findings = []
    for place, column, value, expected in rows.select(list(FOUND)).iter_rows():
        row = frame.row(place, named=True)
        file, line = data.place(table, place)
        key = "/".join(str(row[k]) for k in keys)
        findings.append(
            Finding(
                rule.name,
                rule.level,
                table,
                key,
                file,
                line,
                column,
                value,
                expected,
                row[whose] if whose else None,
            )
        )
    return findings
