"""Kinds of columns that the tables of ``data/`` are made of."""

from __future__ import annotations

import dataframely as dy
import polars as pl

__all__ = [
    "CUTS",
    "ID",
    "MOST_CHARACTERS",
    "NATION",
    "WHOLE",
    "choice",
    "optional_columns",
    "slug",
    "text",
    "year",
]

ID = r"^[a-z0-9]+([_.-][a-z0-9]+)*$"
NATION = "viet-nam"
WHOLE = "overall"  # the dimension that is the index itself
CUTS = r"^[^:;]+:-?\d+(\.\d+)?(;[^:;]+:-?\d+(\.\d+)?)*$"


def slug(description: str, **options) -> dy.String:
    """The id of a row."""
    return dy.String(regex=ID, description=description, **options)


# Markup, a Markdown link, control characters, characters without width, marks that change the direction of
# reading, the start of a spreadsheet formula.
_NOT_PLAIN = r"\]\s*\(|[<>\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|^[=@]"
MOST_CHARACTERS = 1000


def _is_plain(words: pl.Expr) -> pl.Expr:
    return ~words.str.contains(_NOT_PLAIN) & (words.str.len_chars() <= MOST_CHARACTERS)


def text(description: str, **options) -> dy.String:
    """Words in plain letters, never empty and never markup."""
    return dy.String(min_length=1, check={"plain": _is_plain}, description=description, **options)


def choice(description: str, choices: list[str], **options) -> dy.String:
    """One of a few words."""
    return dy.String(
        check={"one_of": lambda c: c.is_in(choices)},
        description=description,
        metadata={"enum": choices},
        **options,
    )


def year(description: str, **options) -> dy.Int64:
    """A calendar year."""
    return dy.Int64(min=1990, max=2100, description=description, **options)


def optional_columns(schema: type[dy.Schema]) -> dict[str, pl.DataType]:
    """Return the columns that a file may lack altogether, with their types; they are read as null then."""
    found = schema.columns().items()
    return {name: column.dtype for name, column in found if (column.metadata or {}).get("optional")}
