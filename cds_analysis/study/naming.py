"""Rows as a reader sees them: names instead of ids, words instead of codes, headings in one language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from cds_analysis.views.labels import (
    BASIS_LABELS,
    CHANGE_LABELS,
    CHANGE_REASON_LABELS,
    COLUMN_LABELS,
    EFFECT_LABELS,
    KIND_LABELS,
    ORIGIN_LABELS,
    PRECISION_LABELS,
    STATUS_LABELS,
    VERDICT_LABELS,
)
from cds_analysis.views.text import Text

__all__ = ["named", "written"]

_VERDICTS = VERDICT_LABELS | CHANGE_LABELS
_CODES = {
    "status": STATUS_LABELS | ORIGIN_LABELS,
    "rank_status": ORIGIN_LABELS,
    "as_of_precision": PRECISION_LABELS,
    "kind": KIND_LABELS,
    "effect": EFFECT_LABELS,
    "verdict": _VERDICTS,
    "verdict_own": _VERDICTS,
    "verdict_documented": _VERDICTS,
    "verdict_own_documented": _VERDICTS,
    "reason": CHANGE_REASON_LABELS,
    "rank_basis": BASIS_LABELS,
}


def named(frame: pl.DataFrame, t: Text) -> pl.DataFrame:
    """Return the rows with names instead of ids, in the language of `t`. The ids of an index and its
    dimension become one column, lists become texts, and sources their publisher and title.

    Examples
    --------
    >>> from cds_analysis import load
    >>> rows = pl.DataFrame({"province_id": ["lang-son"], "rank": [18]})
    >>> named(rows, Text("vi", load())).to_dicts()
    [{'Tỉnh': 'Lạng Sơn', 'Hạng': 18}]
    """
    name_of: dict[str, Callable[[str], str]] = {
        "province_id": t.province,
        "peer_id": t.province,
        "region_id": t.region,
        "indicator_id": t.indicator,
        "series_id": t.series,
    }
    columns: list[pl.Series] = []
    for column in frame.columns:
        values, label = frame[column], t(COLUMN_LABELS.get(column, column))
        if column == "dimension_id":
            continue
        if column == "index_id":
            pairs = frame.select("index_id", "dimension_id").iter_rows()
            columns.append(pl.Series(t("Series"), [t.dimension(i, d) for i, d in pairs], pl.String))
        elif column == "group":
            rows = frame.select("index_id", "dimension_id", "group").iter_rows()
            columns.append(pl.Series(label, [g and t.group(i, d, g) for i, d, g in rows], pl.String))
        elif column in name_of:
            columns.append(_texts(label, values, name_of[column]))
        elif column in _CODES:
            words = _CODES[column]
            columns.append(_texts(label, values, lambda code, words=words: t(words.get(code, code))))
        elif column.endswith(("source_id", "source_ids")):
            columns.append(_texts(label, values, lambda ids: _titles(ids, t)))
        elif isinstance(values.dtype, pl.List):
            columns.append(_texts(label, values, lambda each: "; ".join(map(str, each))))
        else:
            columns.append(values.alias(label))
    return pl.DataFrame(columns)


def written(value: object, t: Text, decimals: int) -> str:
    """Return a cell as text: numbers and dates as the language writes them, a dash for what is missing."""
    if value is None or isinstance(value, date):
        return t.date(value)
    return t.number(value, decimals) if isinstance(value, float) else str(value)


def _texts(label: str, values: pl.Series, write: Callable) -> pl.Series:
    return pl.Series(label, [None if v is None else write(v) for v in values.to_list()], pl.String)


def _titles(ids: str | Sequence[str | None], t: Text) -> str | None:
    each = [ids] if isinstance(ids, str) else [s for s in ids if s]
    return "; ".join(t.source(s) for s in each) or None
