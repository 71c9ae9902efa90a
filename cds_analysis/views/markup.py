"""HTML from templates, which escape what they are given."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import markupsafe  # pyright: ignore[reportPrivateImportUsage]  # what the templates escape with

__all__ = ["Markup", "templates"]

Markup = markupsafe.Markup


@cache
def templates(folder: Path) -> Environment:
    """Return the templates of a folder.

    Examples
    --------
    >>> here = Path(__file__).parent / "templates"
    >>> templates(here).get_template("empty.html.j2").render(title="A & B", sentence="None.")
    '<p class="empty"><strong>A &amp; B.</strong> None.</p>'
    """
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
