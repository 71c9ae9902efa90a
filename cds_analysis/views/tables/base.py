"""The table itself: great_tables with the source note as part of it, and the numbers as CSV beside
the HTML.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from great_tables import GT, loc, style

from cds_analysis.views.markup import templates
from cds_analysis.views.spreadsheet import flat_csv
from cds_analysis.views.wording import MISSING

__all__ = ["Table", "cells", "listing", "plain_table"]

LONG = 12  # rows from which on a page lets a table be searched and sorted
_TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True, eq=False)
class Table:
    """A rendered table and the frame behind it; shows itself in a notebook and can be downloaded from a
    report as CSV.
    """

    name: str
    html: str
    data: pl.DataFrame
    title: str = ""

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            "text/html": self.html,
            "text/csv": flat_csv(self.data, for_spreadsheet=True),
            "text/plain": str(self.data),
        }, {"text/csv": {"name": self.name}}

    def folded(self, *, beyond: int = 0) -> Table:
        """Return the table behind its title, which unfolds it, where it has more than `beyond` rows."""
        if self.data.height <= beyond:
            return self
        summary = f"{self.title} ({self.data.height})"
        return replace(self, html=_html("fold", summary=summary, table=self.html))


def plain_table(
    frame: pl.DataFrame,
    *,
    name: str,
    columns: dict[str, str],
    title: str,
    source: str,
    right: Sequence[str] = (),
    data: pl.DataFrame | None = None,
    bold_rows: Sequence[int] = (),
    widths: dict[str, str] | None = None,
    links: Sequence[str] = (),
    empty: str = "",
) -> Table:
    """Render a frame of ready-made texts.

    Parameters
    ----------
    frame
        The cells as shown; only the keys of `columns` are used, in that order. A column with one value in
        every row is left out and said in the note.
    columns
        Column name to heading.
    right
        Columns of numbers, set flush right.
    data
        The numbers for the CSV; `frame` itself by default.
    widths
        Columns to their share of the table, such as ``"20%"``, where the browser's choice would squeeze long
        texts.
    links
        Columns that hold HTML, as :func:`cds_analysis.views.citing.links_to` makes it.
    empty
        The sentence shown instead of a table without rows.
    """
    data = frame if data is None else data
    if not frame.height:
        return Table(name, _html("empty", title=title, sentence=empty), data, title)
    columns, said = _telling(frame, columns)
    source = " ".join(filter(None, [said, source]))
    shown = frame.select(list(columns))
    table = (
        GT(shown, id=_id_of(title, shown))
        .tab_header(title=title)
        .cols_label(dict(columns))
        .tab_source_note(source)
        .cols_align("left")
        .tab_options(
            table_font_size="0.86rem",
            heading_title_font_size="1rem",
            heading_align="left",
            table_width="100%",
            table_layout="auto",  # widths are wishes: no number is cut off for them
            source_notes_font_size="0.78rem",
        )
    )
    if right:
        table = table.cols_align("right", columns=[c for c in right if c in columns])
    if widths:
        table = table.cols_width({c: width for c, width in widths.items() if c in columns})
    for column in (c for c in links if c in columns):
        table = table.fmt(str, columns=column)
    if bold_rows:
        table = table.tab_style(style.text(weight="bold"), loc.body(rows=list(bold_rows)))
    return Table(
        name,
        _html("scroll", title=title, is_long=shown.height > LONG, table=table.as_raw_html(inline_css=False)),
        data,
        title,
    )


def _telling(frame: pl.DataFrame, columns: dict[str, str]) -> tuple[dict[str, str], str]:
    """Return the columns that differ between rows, and a sentence with those that do not: a value that all
    rows share is said once.
    """
    first = next(iter(columns))
    same = [c for c in columns if c != first and frame.height > 1 and frame[c].n_unique() == 1]
    said = [f"{columns[c]}: {frame[c][0]}" for c in same if frame[c][0] not in ("", MISSING)]
    return {c: h for c, h in columns.items() if c not in same}, "; ".join(said) + "." * bool(said)


def _id_of(title: str, shown: pl.DataFrame) -> str:
    """An id that is the same each time the same table is made; great_tables would draw one by lot."""
    return "t" + hashlib.sha256((title + shown.write_csv()).encode()).hexdigest()[:10]


def cells(frame: pl.DataFrame, **makers) -> pl.DataFrame:
    """Make display columns, each from a function of the row."""
    rows = frame.to_dicts()
    return pl.DataFrame(
        {name: [make(r) for r in rows] for name, make in makers.items()},
        schema={name: pl.String for name in makers},
    )


def listing(rows: pl.DataFrame, columns: dict[str, tuple[str, Callable[[dict], str]]], **options) -> Table:
    """Render one row a record: each column is a heading and a function that writes the record's cell.

    `options` are those of :func:`plain_table` without ``columns`` and ``data``; the CSV holds the records
    themselves.
    """
    shown = cells(rows, **{name: write for name, (_, write) in columns.items()})
    return plain_table(
        shown, columns={name: heading for name, (heading, _) in columns.items()}, data=rows, **options
    )


def _html(template: str, **values) -> str:
    return templates(_TEMPLATES).get_template(f"{template}.html.j2").render(**values)
