"""Sources as names that lead to a place a reader can open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from cds_analysis.views.markup import templates
from cds_analysis.views.text import Text
from cds_analysis.views.wording import MISSING

__all__ = ["address_of", "cited", "link_to_site", "links_to", "paragraph", "short_name"]

_TEMPLATES = Path(__file__).parent / "templates"


def address_of(source: dict) -> str:
    """Return the address of a row of ``sources`` that a reader can open; nothing where there is none."""
    url = source["url"] or ""
    return url if url.startswith(("https://", "http://")) else ""


def cited(t: Text, ids: Iterable[str]) -> list[dict]:
    """Return title and address of sources, for a line of links; each title once."""
    rows: dict[str, dict] = {}
    for source_id in ids:
        source = t.source_row(source_id)
        title = t.title_of(source)
        rows.setdefault(title, {"title": title, "url": address_of(source), "where": ""})
    return list(rows.values())


def short_name(t: Text, source_id: str) -> str:
    """Return the name of a source that fits into a cell: a newspaper and the day, or a title as far as its
    colon.
    """
    source = t.source_row(source_id)
    if source["kind"] != "article":
        return t.title_of(source).partition(": ")[0]
    day = f", {t.date(source['published'])}" if source["published"] else ""
    return f"{t.publisher_of(source)}{day}"


def paragraph(locator: str | None, t: Text) -> str:
    """Write where in its source a figure stands: ``p4`` is the fourth paragraph."""
    found = re.fullmatch(r"p(\d+)", locator or "")
    return t("para. {n}", n=found.group(1)) if found else (locator or "")


def links_to(t: Text, ids: Iterable[str], locator: str | None = None) -> str:
    """Return the HTML of a cell that names sources, with the full title where the pointer rests."""
    sources = [
        {
            "name": short_name(t, source_id),
            "title": t.title_of(t.source_row(source_id)),
            "url": address_of(t.source_row(source_id)),
        }
        for source_id in dict.fromkeys(ids)
    ]
    link = templates(_TEMPLATES).get_template("link.html.j2")
    return link.render(sources=sources, where=paragraph(locator, t)) if sources else MISSING


def link_to_site(source: dict) -> str:
    """Return the HTML of a cell that leads to a row of ``sources``, under the name of its site."""
    url = address_of(source)
    if not url:
        return MISSING
    found = {"name": url.split("/")[2], "title": source["title"], "url": url}
    return templates(_TEMPLATES).get_template("link.html.j2").render(sources=[found], where="")
