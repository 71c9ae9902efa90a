"""What a caller's process was before a report, a chart or the explorer, it is afterwards."""

import dataclasses
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import matplotlib as mpl
import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.views import charts
from cds_analysis.views.text import Text

STATE = """
import gc, importlib, logging, os, pkgutil, signal, sys, warnings
import matplotlib, polars  # Polars sets a variable when it is imported

def state():
    found = {
        "folder": os.getcwd(),
        "path": list(sys.path),
        "main": id(sys.modules["__main__"]),
        "kept out": sorted(k for k, v in sys.modules.items() if v is None),
        "streams": [id(getattr(sys, n)) for n in ("stdout", "stderr", "stdin", "displayhook", "excepthook")],
        "collector": [gc.isenabled(), gc.get_freeze_count(), gc.get_threshold()],
        "signals": [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, \
signal.SIGALRM)],
        "levels": [logging.getLogger(n).level for n in NAMES],
    }
    own = {k: v for k, v in os.environ.items() if not k.startswith("PYDEVD_")}  # set when debugpy is imported
    found |= {f"environment {k}": v for k, v in own.items()}
    return found | {f"setting {k}": dict.__getitem__(matplotlib.rcParams, k) for k in matplotlib.rcParams}

NAMES = ("distributed", "papermill", "cds_analysis", "matplotlib")
"""
CALLS = {
    "every module is imported": (
        """
import cds_analysis
for found in pkgutil.walk_packages(cds_analysis.__path__, "cds_analysis."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
"""
    ),
    "forked reports are made": (
        """
from pathlib import Path
import cds_analysis as cds
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook
from cds_analysis.reports.plan import plan
data = cds.load()
tasks = plan([find_notebook("claims_check")], data, langs=["vi"])
assert [r.status for r in run(tasks, Path("out"), data=data, engine="fork")] == ["made"]
"""
    ),
    "a notebook with pictures runs in this process": (
        """
import nbformat, papermill
from cds_analysis.running import engine
cells = ["lang = 'vi'", "import matplotlib.pyplot as plt\\nplt.rcParams['font.size'] = 30\\nplt.plot([1, \
2])\\nplt.show()"]
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(notebook, "n.ipynb")
made = papermill.execute_notebook("n.ipynb", None, engine_name="cds", progress_bar=False)
assert "image/png" in made.cells[-1].outputs[-1].data
"""
    ),
    "a notebook runs with a kernel": (
        """
import nbformat
from pathlib import Path
from cds_analysis.running import engine
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(6 * 7)")])
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(notebook, "n.ipynb")
made = engine.execute(Path("n.ipynb"), {}, Path("."))
assert made.cells[-1].outputs[0].text == "42\\n"
"""
    ),
    "the explorer is opened": (
        """
import cds_analysis as cds
from cds_analysis.app.explorer import Explorer
Explorer(cds.load(), provinces=["lang-son"])
"""
    ),
    "charts are drawn": (
        """
import cds_analysis as cds
from cds_analysis.views import charts
from cds_analysis.views.text import Text
data = cds.load()
ranked = cds.open().ranks("papi").frame
chart = charts.bump(ranked, text=Text("vi", data), highlight=["lang-son"], title="Lang Son", source="x")
chart.svg(), chart.png()
"""
    ),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_caller_s_process_is_left_as_it_was(tmp_path, call):
    first = "matplotlib.use('svg')\n" if "pictures" not in call else ""
    code = f"{STATE}\n{first}before = state()\n{CALLS[call]}\nafter = state()\n"
    code += (
        "print({k: (before.get(k), after.get(k)) for k in before | after if before.get(k) != after.get(k)})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "{}", done.stdout


def lines(data, province):
    ranked = cds.Study.of(data).ranks("papi").frame
    text = Text("vi", data)
    return charts.bump(ranked, text=text, highlight=[province], title=text.province(province), source="x")


def test_charts_of_four_threads_are_those_of_one(data):
    provinces = data.provinces["province_id"].head(16).to_list()
    before = dict.copy(mpl.rcParams)
    alone = [lines(data, p).svg() for p in provinces]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda p: lines(data, p).svg(), provinces))
    assert together == alone and len(set(alone)) > 1
    assert dict.copy(mpl.rcParams) == before


@pytest.mark.parametrize(
    "name", ["谅山省", "ลำปาง", "Ｌａｎｇ", "$x_1$ và $", "Ханой", "هوشي منه", "a\u0323\u0302", "🏙", "१२"]
)
def test_names_in_any_script_are_drawn_as_they_are(data, name):
    named = data.provinces.with_columns(
        pl.when(pl.col("province_id") == "lang-son").then(pl.lit(name)).otherwise("name_vi").alias("name_vi")
    )
    own = dataclasses.replace(data, provinces=named)
    chart = lines(own, "lang-son")
    assert name in chart.svg().decode("utf-8") and chart.png()[:4] == b"\x89PNG"
