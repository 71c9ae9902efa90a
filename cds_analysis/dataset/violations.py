"""Put what a schema finds wrong into words: file, row, column, rule and value."""

from __future__ import annotations

from collections.abc import Iterator

import dataframely as dy
import polars as pl

from cds_analysis.dataset.schemas import MOST_CHARACTERS
from cds_analysis.errors import Problem

__all__ = ["violations"]


def violations(
    frame: pl.DataFrame, schema: type[dy.Schema], origins: list[tuple[str, int]]
) -> Iterator[Problem]:
    """Yield a problem for each rule that a row breaks; `origins` has the file and the row there of
    each row.
    """
    numbered = type("Numbered" + schema.__name__, (schema,), {"row_number": dy.Int64(min=0)})
    _, failure = numbered.filter(
        frame.with_row_index("row_number").with_columns(pl.col("row_number").cast(pl.Int64))
    )
    details = failure.details().sort("row_number")
    rules = [c for c in details.columns if c not in frame.columns and c != "row_number"]
    for row in details.iter_rows(named=True):
        file, number = origins[row["row_number"]]
        for rule in rules:
            if row[rule] == "invalid":
                column, sentence, value = _explain(rule, schema, row)
                yield Problem(file, number, column, sentence, value)


def _explain(rule: str, schema: type[dy.Schema], row: dict) -> tuple[str | None, str, str | None]:
    """Turn a rule's name into (column, sentence, offending value)."""
    if rule == "primary_key":
        key = schema.primary_key()
        return (
            ", ".join(key),
            "the key appears more than once; each row must be unique in these columns",
            "/".join(str(row[k]) for k in key),
        )
    if "|" not in rule:
        return None, (getattr(schema, "rule_sentences", {}).get(rule) or _rule_docstring(schema, rule)), None
    column, check = rule.split("|", 1)
    definition = schema.columns()[column]
    value = None if row[column] is None else str(row[column])
    sentences = {
        "nullability": "must not be empty",
        "regex": f"must match {getattr(definition, 'regex', '')}",
        "min": f"must be at least {getattr(definition, 'min', '')}",
        "max": f"must be at most {getattr(definition, 'max', '')}",
        "min_length": "must not be an empty text",
        "unique": "must not appear twice",
        "is_in": f"must be one of {getattr(definition, 'is_in', '')}",
        "check__plain": (
            f"must be plain text: at most {MOST_CHARACTERS:,} characters, no < > or link, no control or"
            " direction marks, no = or @ at the start"
        ),
        "check__one_of": f"must be one of {', '.join((definition.metadata or {}).get('enum', []))}",
    }
    return column, sentences.get(check, f"breaks the rule {check}"), value


def _rule_docstring(schema: type[dy.Schema], rule: str) -> str:
    for base in schema.__mro__:
        factory = base.__dict__.get(rule)
        if factory is not None:
            return (factory.validation_fn.__doc__ or rule).strip()
    return f"breaks the rule {rule}"
