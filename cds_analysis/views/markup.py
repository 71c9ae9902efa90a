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
    >>> templates(here).get_template("link.html.j2").render(address="https://x.vn/?a&b")
    '<a href="https://x.vn/?a&amp;b">https://x.vn/?a&amp;b</a>'
    """
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
