"""A part of a page that is laid out, not only listed: HTML with the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from cds_analysis.views.markup import templates
from cds_analysis.views.spreadsheet import flat_csv

__all__ = ["LOOK", "Panel", "look", "panel"]

_TEMPLATES = Path(__file__).parent / "templates"
LOOK = "cds-look"  # class of the style element, which a page that has the look anyway leaves out


@cache
def look() -> str:
    """Return the style sheet of text, charts and tables: the one that pages carry and a notebook's output
    brings.
    """
    return (_TEMPLATES / "look.css").read_text(encoding="utf-8")


@dataclass(frozen=True, eq=False)
class Panel:
    """Shows itself in a notebook; a page takes it as it is. ``data`` holds the numbers, ``alt`` says them."""

    name: str
    html: str
    alt: str
    data: pl.DataFrame

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = (
            templates(_TEMPLATES).get_template("look.html.j2").render(look=look(), name=LOOK, html=self.html)
        )
        return {
            "text/html": shown,
            "text/csv": flat_csv(self.data, for_spreadsheet=True),
            "text/plain": self.alt,
        }, {"text/csv": {"name": self.name}}


def panel(template: str, *, name: str, alt: str, data: pl.DataFrame, **values: object) -> Panel:
    """Render a template of ``views/templates`` as a panel."""
    html = templates(_TEMPLATES).get_template(f"{template}.html.j2").render(**values)
    return Panel(name, html, alt, data)
