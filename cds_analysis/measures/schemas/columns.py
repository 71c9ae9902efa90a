"""Kinds of columns that the results of measures are made of; a column that may be null says what
null means.
"""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

__all__ = [
    "OfSeries",
    "choice",
    "day",
    "flag",
    "name",
    "names",
    "number",
    "probability",
    "rank",
    "text",
    "whole",
    "year",
]


def _about(description: str, null: str, options: dict[str, Any]) -> dict[str, Any]:
    said = f"{description} Null: {null}." if null else description
    return {"description": said, "nullable": bool(null), **options}


def number(description: str, null: str = "", **options: Any) -> dy.Float64:
    """A figure, never NaN or infinite."""
    return dy.Float64(**_about(description, null, options))


def probability(description: str, null: str = "") -> dy.Float64:
    """A figure from 0 to 1."""
    return number(description, null, min=0, max=1)


def whole(description: str, null: str = "", **options: Any) -> dy.Integer:
    """A whole number of any width."""
    return dy.Integer(**_about(description, null, options))


def rank(description: str, null: str = "") -> dy.Integer:
    """A rank; 1 is best."""
    return whole(description, null, min=1)


def year(description: str, null: str = "") -> dy.Integer:
    """A calendar year."""
    return whole(description, null, min=1990, max=2100)


def text(description: str, null: str = "", **options: Any) -> dy.String:
    """Words, as a source prints them or as a reason is given."""
    return dy.String(**_about(description, null, options))


def name(description: str, null: str = "") -> dy.String:
    """The id of a row in one of the tables of ``data/``."""
    return dy.String(regex=r"^\S+$", **_about(description, null, {}))


def names(description: str, null: str = "") -> dy.List:
    """Ids, in order."""
    return dy.List(dy.String(), **_about(description, null, {}))


def choice(description: str, choices: tuple[str, ...], null: str = "") -> dy.String:
    """One of a few words that the code tells apart."""

    def is_known(column: pl.Expr) -> pl.Expr:
        return column.is_in(choices)

    about = f"{description} One of {', '.join(choices)}."
    return dy.String(check={"one_of": is_known}, metadata={"enum": choices}, **_about(about, null, {}))


def day(description: str, null: str = "") -> dy.Date:
    """A calendar day."""
    return dy.Date(**_about(description, null, {}))


def flag(description: str, null: str = "") -> dy.Bool:
    """True or false."""
    return dy.Bool(**_about(description, null, {}))


class OfSeries(dy.Schema):
    """What results about a dimension of an index begin with."""

    index_id = name("Index.")
    dimension_id = name("Dimension; 'overall' is the index itself.")
