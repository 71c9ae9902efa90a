"""Settings of the documentation; `python docs/build.py` makes it."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

import cds_analysis

project = "cds-analysis"
author = "The cds-analysis authors"
release = version = cds_analysis.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
root_doc = "index"

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the signature shows them
napoleon_google_docstring = False

templates_path = ["_templates"]

html_theme = "furo"
html_title = f"cds-analysis {release}"
html_static_path = ["_static"]
html_css_files = ["extra.css"]
html_show_sourcelink = False
html_math_renderer = "mathml"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5c8e", "color-brand-content": "#0b5c8e"},
    "dark_css_variables": {"color-brand-primary": "#7fbbe3", "color-brand-content": "#7fbbe3"},
}


def _inline(self, node):
    self.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(self, node):
    self.body.append(f'<div class="math">{tex2mathml(node.astext(), as_block=True)}</div>\n')
    raise nodes.SkipNode


def _language(app, page, template, context, tree):
    context["language"] = "vi" if page.startswith("vi/") else "en"  # for screen readers and hyphenation


def setup(app):
    """Write formulas as MathML, which browsers draw themselves; Sphinx's MathJax comes from the network."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("html-page-context", _language)
