"""A chart within a page: as SVG in the page itself, with the page's face and colours, so that it is dark
where the page is and its words can be searched and copied.
"""

from __future__ import annotations

import re
from html import escape

from cds_analysis.views.look import COLOURS

__all__ = ["inline_svg"]

_PROLOGUE = re.compile(
    r"^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*<style[^>]*>.*?</style>\s*</defs>", re.DOTALL
)
_GROUP = re.compile(r'<g id="[^"]*"')  # nothing refers to groups, and two charts of a page would share them
_ROOT = re.compile(r"<svg[^>]*>")
_BOX = re.compile(r'viewBox="[^"]*"')
_COLOUR = re.compile("|".join(COLOURS))


def inline_svg(svg: str, *, alt: str, width: int) -> str:
    """Return the SVG of a chart as an element of a page.

    Parameters
    ----------
    svg
        As :class:`cds_analysis.views.theme.Chart` writes it.
    alt
        What it shows, in words.
    width
        In pixels, where there is room for it.

    Examples
    --------
    >>> inline_svg(
    ...     '<?xml?><svg width="9pt" viewBox="0 0 9 9"><g id="a" style="fill: #1b2a38"/></svg>',
    ...     alt="a & b",
    ...     width=9,
    ... )
    '<svg class="chart" role="img" aria-label="a &amp; b" viewBox="0 0 9 9" style="max-width:9px"><g
    style="fill: var(--ink)"/></svg>'
    """
    body = _GROUP.sub("<g", _PROLOGUE.sub("", svg)).strip()
    box = _BOX.search(body)
    root = f'class="chart" role="img" aria-label="{escape(alt)}" {box.group(0) if box else ""}'
    body = _ROOT.sub(lambda _: f'<svg {root} style="max-width:{width}px">', body, count=1)
    return _COLOUR.sub(lambda found: f"var({COLOURS[found.group(0)]})", body)
