"""Frames of one's own: from whatever holds columns to values that measures read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from cds_analysis.errors import ParameterError, lacks

__all__ = ["frame_of", "matched", "own_values"]

# The measures want a date; a frame of one's own compares provinces at one time, whichever that is.
_ANY_DAY = date(2000, 1, 1)


def frame_of(own: Any) -> pl.DataFrame:
    """Return a Polars frame of a Polars frame, a pandas frame or a mapping of columns.

    Raises
    ------
    ParameterError
        When it is none of these.

    Examples
    --------
    >>> frame_of({"tinh": ["Hà Nội"], "fibre": [91.0]}).shape
    (1, 2)
    """
    if isinstance(own, pl.DataFrame):
        return own
    if isinstance(own, pl.LazyFrame):
        return own.collect()
    if isinstance(own, Mapping):
        return pl.DataFrame(dict(own))
    if callable(getattr(own, "to_dict", None)) and hasattr(own, "columns"):
        columns = own.to_dict(orient="list")
        # pandas marks what is missing in a column of texts as NaN
        return pl.DataFrame(
            {str(k): [None if v != v else v for v in column] for k, column in columns.items()}, strict=False
        )
    raise ParameterError(f"expected a Polars or pandas frame or a dict of columns, not {type(own).__name__}")


def matched(frame: pl.DataFrame, on: str, find: Callable[[Iterable[str]], dict[str, str]]) -> pl.DataFrame:
    """Put ``province_id`` in front of a frame, from the names in its column `on`; empty names stay empty.

    Raises
    ------
    ParameterError
        When the frame has no column `on`.
    UnknownNameError
        Lists every name that is not known.
    """
    _has(frame, on)
    ids = find(frame[on].drop_nulls().unique(maintain_order=True))
    column = pl.Series("province_id", [ids.get(name) for name in frame[on]], pl.String)
    return frame.select(column, pl.all().exclude("province_id"))


def own_values(frame: pl.DataFrame, value: str, direction: int) -> pl.DataFrame:
    """Return values as measures read them, named after the column; rows without a province or value are left
    out.

    Raises
    ------
    ParameterError
        When there is no such column, it holds no numbers, a province occurs twice, or `direction` is not 1 or
        -1.
    """
    _has(frame, value)
    if not frame.schema[value].is_numeric():
        raise ParameterError(f"column {value!r} must hold numbers, not {frame.schema[value]}")
    if direction not in (1, -1):
        raise ParameterError(f"direction must be 1 (higher is better) or -1, not {direction!r}")
    rows = frame.drop_nulls(["province_id", value])
    twice = rows.filter(pl.col("province_id").is_duplicated())["province_id"].unique().sort().to_list()
    if twice:
        raise ParameterError(f"each province may occur once; more than once: {', '.join(twice)}")
    return rows.select(
        "province_id",
        series_id=pl.lit(value),
        as_of=pl.lit(_ANY_DAY),
        value=pl.col(value).cast(pl.Float64),
        direction=pl.lit(direction, dtype=pl.Int64),
        source_id=pl.lit(None, dtype=pl.String),
    )


def _has(frame: pl.DataFrame, column: str) -> None:
    if column not in frame.columns:
        raise lacks("the frame", "column", column, frame.columns)
