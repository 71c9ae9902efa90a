"""A table whose cells may lead to a source; the page makes a long one sortable and searchable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from cds_analysis.views.panel import Panel, panel
from cds_analysis.views.tables.base import LONG
from cds_analysis.views.text import Text

__all__ = ["linked_table"]


def linked_table(
    rows: pl.DataFrame,
    columns: dict[str, tuple[str, Callable[[dict], str | dict | list[dict]]]],
    *,
    text: Text,
    name: str,
    title: str,
    right: Sequence[str] = (),
    sources: Iterable[dict] = (),
    note: str = "",
    data: pl.DataFrame | None = None,
) -> Panel:
    """Render one row a record. A column says its heading and how its cell is written; a column that would be
    empty or repeat one value in every row is left out.

    Parameters
    ----------
    rows
        The records.
    columns
        Name of a column to its heading and a function of the record: a text, a source (title, url,
        where), or several.
    right
        Columns of numbers, set flush right.
    sources
        Title and address of each source, for the line below.
    note
        What is said before the sources.
    data
        The numbers for the CSV; `rows` by default.
    """
    records = rows.to_dicts()
    cells = {key: [write(r) for r in records] for key, (_, write) in columns.items()}
    kept = [k for k in cells if len(records) < 2 or len({str(c) for c in cells[k]}) > 1]
    shown = [k for k in kept if any(cells[k])] or list(columns)[:1]
    return panel(
        "linked",
        name=name,
        alt=title,
        data=rows if data is None else data,
        t=text,
        title=title,
        heads=[(columns[k][0], k in right) for k in shown],
        rows=[[(cells[k][i], k in right) for k in shown] for i in range(len(records))],
        is_long=len(records) > LONG,
        sources=list(sources),
        note=note,
    )
