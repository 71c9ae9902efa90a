"""The sentence itself: Markdown that a notebook shows, and the line that names sources."""

from __future__ import annotations

from dataclasses import dataclass

from cds_analysis.views.text import Text

__all__ = ["Prose", "source_line"]


@dataclass(frozen=True)
class Prose:
    """Markdown that a notebook shows as it is."""

    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown


def source_line(t: Text, source_ids, extra: str = "") -> str:
    """Name up to three sources, and how many more there are."""
    ids = list(dict.fromkeys(source_ids))
    named = "; ".join(t.source(s) for s in ids[:3])
    more = " " + t("and {k} more in the list of sources", k=t.number(len(ids) - 3)) if len(ids) > 3 else ""
    return t("Source") + f": {named}{more}." + (f" {extra}" if extra else "")
