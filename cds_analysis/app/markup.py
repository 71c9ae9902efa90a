"""The HTML of the explorer and of the review."""

from __future__ import annotations

from pathlib import Path

from cds_analysis.views.markup import templates

__all__ = ["markup", "said"]

_TEMPLATES = Path(__file__).parent / "templates"


def markup(template: str, **values) -> str:
    """Return the HTML of a template with values, which are escaped."""
    return templates(_TEMPLATES).get_template(f"{template}.html.j2").render(**values)


def said(text: str, *, role: str = "status") -> str:
    """Return a paragraph that a screen reader reads out: of role ``status``, or ``alert`` for a mistake.

    Examples
    --------
    >>> said("a < b")
    '<p role="status">a &lt; b</p>'
    """
    return markup("said", text=text, role=role)
