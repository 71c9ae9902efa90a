"""Frames as CSV that opens right in a spreadsheet."""

from __future__ import annotations

import polars as pl

__all__ = ["flat_csv"]


def flat_csv(frame: pl.DataFrame, *, for_spreadsheet: bool = False, decimal_comma: bool = False) -> str:
    """Return the frame as CSV; lists become text joined by ';'. With `decimal_comma`, numbers have one and
    columns are separated by semicolons, as a spreadsheet with Vietnamese settings reads them.

    With `for_spreadsheet` a text that a spreadsheet would run as a formula (it begins with = + - @, a tab or
    a return) gets an apostrophe in front, so it stays text.

    Examples
    --------
    >>> print(
    ...     flat_csv(pl.DataFrame({"name": ["=1+1", "ok"], "value": [-1, 2]}), for_spreadsheet=True).strip()
    ... )
    name,value
    '=1+1,-1
    ok,2
    """
    lists = [name for name, dtype in frame.schema.items() if dtype == pl.List]
    if lists:
        frame = frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(";"))
    if for_spreadsheet:
        begins = frame.select(pl.col(pl.String).str.slice(0, 1).is_in(list("=+-@\t\r")).any())
        frame = frame.with_columns(_inert(pl.col(name)) for name in begins.columns if begins[name][0])
    if decimal_comma:
        return frame.write_csv(separator=";", decimal_comma=True)
    return frame.write_csv()


def _inert(text: pl.Expr) -> pl.Expr:
    is_number = text.str.contains(r"^[+\-][\d.,\s]+%?$")  # +33 is no formula
    return (
        pl.when(text.str.slice(0, 1).is_in(list("=+-@\t\r")) & ~is_number)
        .then("'" + text)
        .otherwise(text)
        .name.keep()
    )
