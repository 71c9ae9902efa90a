"""What the fork server imports and warms up once, so that each report starts at its first cell.

No Polars query may run here: a query starts threads, and a process forked afterwards waits for them forever.
"""

from __future__ import annotations

import ast
import contextlib
import datetime
import gc
import json
import os
import re
import sys
from importlib import import_module
from pathlib import Path

# jsonschema would compile a grammar of web addresses for a second, which no notebook's schema uses.
sys.modules.setdefault("rfc3987_syntax", None)

import ipywidgets  # noqa: F401  (asked for by the engine, so each child would import it)
import nbformat
import polars as pl

from cds_analysis.reports.export import export_html
from cds_analysis.reports.render import render  # noqa: F401
from cds_analysis.views import charts
from cds_analysis.views.text import LANGUAGES, Text
from cds_analysis.views.theme import Chart, canvas, style

NOTEBOOKS = "CDS_PRELOAD_NOTEBOOKS"  # environment variable: paths of the notebooks that will run


def _import_what_they_import(path: Path) -> None:
    """Import the modules that a notebook's cells name, and the charts they draw."""
    with contextlib.suppress(Exception):  # whatever is wrong with the notebook shows when it runs
        cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
        for source in ("".join(c["source"]) for c in cells):
            for node in ast.walk(ast.parse(source)):
                names = node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
                for name in (f"{node.module}.{a.name}" if isinstance(node, ast.ImportFrom) else a.name for a in names):
                    if name.startswith("cds_analysis."):
                        _import(name)
            for chart in re.findall(r"\bcharts\.(\w+)", source):
                getattr(charts, chart)


def _import(name: str) -> None:
    try:
        import_module(name)
    except ModuleNotFoundError:  # a function of a module
        import_module(name.rpartition(".")[0])


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


for _path in filter(None, os.environ.get(NOTEBOOKS, "").split(os.pathsep)):
    _import_what_they_import(Path(_path))
_warm_up()
gc.collect()
gc.freeze()  # the children share these objects' memory as long as nobody touches it
