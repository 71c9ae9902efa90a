"""The page templates, and the index page that leads to all reports."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from cds_analysis.views.markup import templates
from cds_analysis.views.panel import look
from cds_analysis.views.text import Text
from cds_analysis.views.theme import FACE, FAMILY

__all__ = ["GENERATOR", "TEMPLATES", "render_index", "style"]

TEMPLATES = Path(__file__).parent / "templates"
GENERATOR = "cds-analysis"  # named at the top of the index page, so that ours is told from another's


def style() -> str:
    """Return the style sheet that every page carries: the look of figures and tables, and the page around them."""
    return _face() + look() + (TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def _face() -> str:
    """Return the face of the page within the style sheet: a page needs no other file."""
    weights = {400: "Regular", 700: "Bold"}
    files = {
        w: base64.b64encode((FACE / f"Inter-{name}.woff2").read_bytes()).decode()
        for w, name in weights.items()
    }
    return templates(TEMPLATES).get_template("face.css.j2").render(family=FAMILY, files=files)


def render_index(reports: list[dict], failed: list[dict]) -> str:
    """Make the index page: every report by notebook, both languages, searchable with or without accents."""
    groups: dict[str, dict] = {}
    for report in reports:
        group = groups.setdefault(report["notebook"], {"titles": {}, "rows": {}})
        group["titles"][report["lang"]] = report["notebook_title"]
        row = group["rows"].setdefault(
            report["stem"], {"name": report["name"], "search": report["search"], "links": {}}
        )
        row["links"][report["lang"]] = report["path"]
    page = templates(TEMPLATES).get_template("index.html.j2")
    return page.render(
        groups=groups,
        failed=failed,
        style=style(),
        vi=Text("vi"),
        en=Text("en"),
        n=len(reports),
        generator=GENERATOR,
    )
