"""The sentence itself: Markdown that a notebook shows, and the line that names the sources of what
is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from cds_analysis.views.text import Text

__all__ = ["Prose", "source_line", "sources_of"]


@dataclass(frozen=True)
class Prose:
    """Markdown that a notebook shows as it is."""

    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown


def source_line(t: Text, *drawn: pl.DataFrame | Iterable[str]) -> str:
    """Name up to three sources of the frames that are drawn (or of ids), and how many more there are; nothing
    where there is none.
    """
    ids = sources_of(*drawn)
    if not ids:
        return ""
    named = "; ".join(t.source(s) for s in ids[:3])
    more = " " + t("and {k} more in the list of sources", k=t.number(len(ids) - 3)) if len(ids) > 3 else ""
    return t("Source") + f": {named}{more}."


def sources_of(*drawn: pl.DataFrame | Iterable[str]) -> list[str]:
    """Return the ids of the sources that frames name in any column of sources, each once; those of the latest
    year first where the frame has years.

    Examples
    --------
    >>> sources_of(pl.DataFrame({"year": [2023, 2024], "source_id": ["b", "c"]}), ["a"])
    ['c', 'b', 'a']
    """
    named = (_named(each) if isinstance(each, pl.DataFrame) else each for each in drawn)
    return list(dict.fromkeys(s for ids in named for s in ids))


def _named(frame: pl.DataFrame) -> Iterable[str]:
    for column in (c for c in frame.columns if c.endswith(("source_id", "source_ids"))):
        each = frame.explode(column) if column.endswith("s") else frame
        by = ["year", column] if "year" in frame.columns else [column]
        yield from each.drop_nulls(column).sort(by, descending=[True, False][-len(by) :])[column].to_list()
