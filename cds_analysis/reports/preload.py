"""What the fork server imports and warms up once, so that each report starts at its first cell.

No Polars query may run here: a query starts threads, and a process forked afterwards waits for them forever.
"""

from __future__ import annotations

import datetime
import gc
import importlib
import pkgutil

import ipywidgets  # noqa: F401  (asked for by the engine, so each child would import it)
import nbformat
import polars as pl

import cds_analysis
from cds_analysis.reports.export import export_html
from cds_analysis.views.text import LANGUAGES, Text
from cds_analysis.views.theme import Chart, canvas, style


def _import_all() -> None:
    for module in pkgutil.walk_packages(cds_analysis.__path__, "cds_analysis."):
        if not module.name.endswith(("__main__", "preload")):
            importlib.import_module(module.name)


def _warm_up() -> None:
    """Load templates, catalogues, calendars and fonts."""
    cell = nbformat.v4.new_code_cell(
        "1", outputs=[nbformat.v4.new_output("display_data", data={"text/plain": "1", "text/html": "<b>1</b>"})]
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 1\n\n## 2"), cell])
    for lang in LANGUAGES:
        t = Text(lang)
        t.number(1.5), t.date(datetime.date(2024, 1, 1)), t("Source")
        export_html(notebook, lang=lang, title="1", facts={})
    with style():
        figure, (ax,) = canvas(1, "1", "1", "1")
        ax.text(0.5, 0.5, "1", fontweight="bold")
    Chart("1", figure, "1", "1", pl.DataFrame()).svg()


_import_all()
_warm_up()
gc.collect()
gc.freeze()  # the children share these objects' memory as long as nobody touches it
