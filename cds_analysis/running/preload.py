"""What the fork server imports and warms up once, so that each report starts at its first cell.

All of it happens in that process only, which is ours: the garbage collector is stopped there, and a library
is kept from one of its imports. Where this module is imported by anyone else, it does nothing.

No Polars query may run here: a query starts threads, and a process forked afterwards waits for them forever.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import json
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

NOTEBOOKS = (  # environment variable of the server: paths of the notebooks that will run
    "CDS_PRELOAD_NOTEBOOKS"
)


def _prepare(notebooks: list[Path]) -> None:
    gc.disable()  # until the child: imports make nothing that would be freed
    # jsonschema would compile a grammar of web addresses for a second, which no notebook's schema uses.
    no_module: Any = None  # an entry of None stops an import; the type of sys.modules does not know it
    sys.modules.setdefault("rfc3987_syntax", no_module)
    from cds_analysis.views.interactive import scripts

    live = any(b"interactive" in path.read_bytes() for path in notebooks if path.is_file())
    bundling = scripts.begin() if live else None
    for path in notebooks:
        _import_what_they_import(path)
    import_module("cds_analysis.running.render")  # what a child calls
    _warm_up()
    if bundling is not None:
        scripts.finish(bundling)
    gc.freeze()  # the children share these objects' memory as long as nobody touches it


def _import_what_they_import(path: Path) -> None:
    """Import the modules that a notebook's cells name, and the charts they draw."""
    with contextlib.suppress(Exception):  # whatever is wrong with the notebook shows when it runs
        cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
        for source in ("".join(c["source"]) for c in cells):
            for node in ast.walk(ast.parse(source)):
                names = node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
                for name in (
                    f"{node.module}.{a.name}" if isinstance(node, ast.ImportFrom) else a.name for a in names
                ):
                    if name.startswith("cds_analysis."):
                        _import(name)
            for package, name in re.findall(r"\b(charts|tables|prose)\.(\w+)", source):
                getattr(import_module(f"cds_analysis.views.{package}"), name)


def _import(name: str) -> None:
    try:
        import_module(name)
    except ModuleNotFoundError:  # a function of a module
        import_module(name.rpartition(".")[0])


def _warm_up() -> None:
    """Make a small report from its notebook to its page: that loads templates, catalogues, calendars, fonts
    and the parts of the shell.
    """
    from cds_analysis.pages import export
    from cds_analysis.running import engine
    from cds_analysis.views.wording import LANGUAGES

    here = Path(__file__).parent
    made = engine.execute(here / "warm_up.ipynb", {"number": 1.5}, here, in_process=True)
    for lang in LANGUAGES:
        export.export_html(made, lang=lang, title="1", facts={})


if NOTEBOOKS in os.environ:
    _prepare([Path(p) for p in os.environ[NOTEBOOKS].split(os.pathsep) if p])
