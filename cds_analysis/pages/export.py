"""From an executed notebook to one HTML file that needs no network."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import nbformat
from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

from cds_analysis.pages.cells import is_for
from cds_analysis.pages.figures import inline_svg
from cds_analysis.pages.glossary import link_first_mentions, mentioned
from cds_analysis.pages.policy import policy, within_script
from cds_analysis.pages.sections import fold
from cds_analysis.pages.site import LANDING, TEMPLATES, style
from cds_analysis.views.interactive.scripts import draw_script, vega
from cds_analysis.views.look import VEGALITE
from cds_analysis.views.markup import templates
from cds_analysis.views.text import Text

__all__ = ["export_html"]

_LOOK = re.compile(r'<style class="cds-look">.*?</style>\s*', re.DOTALL)  # the page carries it once
_LONG_TABLE, _FOLDED = "tabled long", 'class="fold'


def _in_language(notebook: nbformat.NotebookNode, lang: str) -> nbformat.NotebookNode:
    """Keep what a reader of this language sees; the title moves to the page's head."""
    kept = cast(nbformat.NotebookNode, nbformat.from_dict(notebook))  # of a dict it makes a node
    kept.cells = [
        c for c in kept.cells if is_for(c, lang) and "injected-parameters" not in c.metadata.get("tags", [])
    ]
    for cell in kept.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"^#\s+.+\n?", "", cell.source, count=1, flags=re.MULTILINE)
        for output in cell.get("outputs", []):
            if VEGALITE in output.get("data", {}):
                output.data = nbformat.from_dict({"text/html": _live_chart(output, Text(lang))})
        cell.get("outputs", [])[:] = [
            o
            for o in cell.get("outputs", [])
            if not (o.output_type == "stream" and o.get("name") == "stderr")
        ]
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = _LOOK.sub("", output.data["text/html"])
    kept.cells = fold(kept.cells)
    return kept


def _csv_link(output: nbformat.NotebookNode, label: str) -> str:
    """Make a download link of the numbers behind an output, with a byte-order mark so that Excel reads it as
    UTF-8.
    """
    text = output.get("data", {}).get("text/csv")
    if not text:
        return ""
    name = re.sub(r"[^a-z0-9_]", "", output.metadata.get("text/csv", {}).get("name", "data")) or "data"
    encoded = base64.b64encode(("\ufeff" + text).encode("utf-8")).decode("ascii")
    return _html("csv", name=name, content=encoded, label=label)


def _live_chart(output: nbformat.NotebookNode, t: Text) -> str:
    """Make the HTML of a chart with a search box; hidden until its script has drawn it, and in print."""
    about = output.metadata.get(VEGALITE, {})
    title = about.get("title", "")
    return _html(
        "live",
        t=t,
        title=title,
        alt=about.get("alt", "").removeprefix(f"{title}. "),
        source=about.get("source", ""),
        name=about.get("name", ""),
        colours=json.dumps(about.get("colours", [])),
        dark=json.dumps(about.get("dark", {})),
        blocks={
            "spec": within_script(output.data[VEGALITE]),
            "provinces": within_script(about.get("provinces", [])),
        },
    )


def _html(template: str, **values) -> str:
    return templates(TEMPLATES).get_template(f"{template}.html.j2").render(**values)


def _scripts(body: str) -> tuple[str, ...]:
    """Return the scripts that a page needs; their checksums are the only ones that its policy lets run."""
    own = []
    if _LONG_TABLE in body:
        own.append((TEMPLATES / "tables.js").read_text(encoding="utf-8"))
    if 'class="live"' not in body:
        return tuple(own)
    return vega(), draw_script() + (TEMPLATES / "live.js").read_text(encoding="utf-8"), *own


class _Exporter(HTMLExporter):
    """Without the parser that HTMLExporter runs over its own result to describe pictures: ours have their
    descriptions.
    """

    def from_notebook_node(self, nb, resources=None, **kw):
        resources = self._init_resources(resources)
        lexer = nb.metadata.get("language_info", {}).get("pygments_lexer")
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=self))
        self.register_filter(
            "filter_data_type",
            WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources),
        )
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


@lru_cache(maxsize=1)
def _exporter() -> HTMLExporter:
    exporter = _Exporter(template_name="cds", extra_template_basedirs=[str(TEMPLATES)])
    exporter.exclude_input = exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    # The default exporter loads these from content delivery networks; a report must open from a USB stick.
    for address in (
        "require_js_url",
        "mathjax_url",
        "jquery_url",
        "mermaid_js_url",
        "jupyter_widgets_base_url",
        "widget_renderer_url",
    ):
        if exporter.has_trait(address):
            setattr(exporter, address, "")
    return exporter


def _inline(output: nbformat.NotebookNode) -> str:
    about = output.metadata.get("image/svg+xml", {})
    return inline_svg(output.data["image/svg+xml"], alt=about.get("alt", ""), width=about.get("width", 972))


def _contents(body: str) -> list[tuple[str, str]]:
    found = re.findall(r'<h2 id="([^"]*)">(.*?)</h2>', body, flags=re.DOTALL)
    return [
        (anchor, html.unescape(re.sub(r'<a class="anchor-link".*?</a>|<[^>]+>', "", text)).strip())
        for anchor, text in found
    ]


def export_html(
    notebook: nbformat.NotebookNode,
    *,
    lang: str,
    title: str,
    facts: dict[str, str],
    other_language: str | None = None,
    has_index: bool = True,
    indices: Sequence[tuple[str, str, str]] = (),
) -> str:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    notebook
        With its outputs; Markdown cells tagged with the other language are left out.
    lang, title
        Language and heading of the page.
    facts
        What made the report (notebook, parameters, versions, checksums), printed at its foot.
    other_language
        Relative address of the same report in the other language.
    has_index
        Whether the page links to the index page.
    indices
        From :func:`cds_analysis.pages.glossary.index_names`: what is spelled out and linked.
    """
    t = Text(lang)
    label = t("Download the numbers (CSV)")
    resources = {
        "cds_csv": lambda output: _csv_link(output, label),
        "cds_svg": _inline,
    }
    body, _ = _exporter().from_notebook_node(_in_language(notebook, lang), resources=resources)
    body = body.replace('data-search=""', f'data-search="{html.escape(t("Search in the table"))}"')
    names = mentioned(body, indices)
    if has_index:
        body = link_first_mentions(body, indices, f"../{LANDING[lang]}")
    scripts = _scripts(body)
    page = templates(TEMPLATES).get_template("report.html.j2")
    return page.render(
        scripts=scripts,
        policy=policy(scripts),
        lang=lang,
        title=title,
        body=body,
        style=style(),
        t=t,
        contents=[] if _FOLDED in body else _contents(body),
        has_heading="<h1" in body,
        running=re.sub(r'[\\"<\n]', "", " · ".join([t("Provincial digital transformation"), title])),
        names=names,
        facts=facts,
        other=other_language,
        index=f"../{LANDING[lang]}" if has_index else None,
    )
