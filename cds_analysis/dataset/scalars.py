"""The smallest and the largest of a column as plain numbers: Polars types them as anything that a column may
hold.
"""

from __future__ import annotations

from typing import Any

import polars as pl

__all__ = ["extent", "highest"]


def extent(values: pl.Series) -> tuple[int, int]:
    """Return the smallest and the largest of whole numbers such as years; missing ones do not count.

    Raises
    ------
    ValueError
        When there is none.

    Examples
    --------
    >>> extent(pl.Series([2023, None, 2019]))
    (2019, 2023)
    """
    low, high = _plain(values.min()), _plain(values.max())
    if low is None:
        raise ValueError(f"no value in {values.name!r}")
    return int(low), int(high)


def highest(values: pl.Series, default: float = 0) -> float:
    """Return the largest number of a column, `default` where there is none.

    Examples
    --------
    >>> highest(pl.Series([2.5, None])), highest(pl.Series([], dtype=pl.Float64), 63)
    (2.5, 63)
    """
    found = _plain(values.max())
    return default if found is None else found


def _plain(value: Any) -> Any:
    return value
