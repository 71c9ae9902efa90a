import os
import pickle
import shutil
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in a batch: the workers are as many as the cores

import nbformat
import pytest
from browsers import CHROMIUM, FLAGS
from hypothesis import settings
from invented import invent

import cds_analysis as cds
from cds_analysis.paths import data_folder
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import notebooks
from cds_analysis.reports.plan import plan

# Files that take longest begin first, so that no worker is left with one of them while the others have ended.
LONGEST = [
    "reports",
    "lab",
    "register",
    "own_data",
    "inprocess",
    "faults",
    "accessibility",
    "browser",
    "gate",
    "intake",
]

sys.path.append(str(Path(__file__).parent.parent / "docs"))  # what test_docs.py runs pages with

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")


def pytest_collection_modifyitems(items):
    place = {f"test_{name}": k for k, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


@pytest.fixture(scope="session")
def data():
    return cds.load()


@pytest.fixture(scope="session")
def invented(tmp_path_factory):
    """The data with an index that no code knows."""
    return invent(tmp_path_factory.mktemp("xyz"))


@pytest.fixture
def folder(tmp_path):
    """A copy of the bundled data that a test may spoil."""
    return shutil.copytree(data_folder(), tmp_path / "data")


@pytest.fixture(scope="session")
def made(tmp_path_factory, data):
    """Every notebook run in both languages with a real kernel, once for all workers. Tests must not change
    the folder.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    out, done = base / "reports", base / "reports.pickle"
    try:
        out.mkdir()
    except FileExistsError:  # another worker makes them
        for _ in range(3000):
            if done.exists():
                return out, *pickle.loads(done.read_bytes())
            time.sleep(0.2)
        raise RuntimeError("another worker did not finish the reports in ten minutes") from None
    tasks = plan(list(notebooks().values()), data, provinces=None)
    tasks = [
        t for t in tasks if t.notebook != "province_profile" or t.stem in ("ba-ria-vung-tau", "vinh-phuc")
    ]
    results = run(tasks, out, data=data, jobs=2)
    part = done.with_suffix(".part")
    part.write_bytes(pickle.dumps((tasks, results)))
    part.replace(done)
    return out, tasks, results


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium; see tests/browsers.py."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A page with the network off, on which nothing may be asked for or complained about."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.asked, page.said = [], []
    page.on(
        "request", lambda r: page.asked.append(r.url) if not r.url.startswith(("file:", "data:")) else None
    )
    page.on("console", lambda m: page.said.append(m.text) if m.type == "error" else None)
    yield page
    assert page.asked == [] and page.said == []
    context.close()


@pytest.fixture
def write_notebook(tmp_path):
    """Write a tiny report notebook from the source of its cells."""

    def write(name, *cells, parameters='lang: str = "vi"  # language', kinds=None):
        kinds = kinds or {"lang": {"kind": "language"}}
        folder = tmp_path / "notebooks"
        folder.mkdir(exist_ok=True)
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        notebook.metadata["cds"] = {"parameters": kinds}
        for lang in ("vi", "en"):
            notebook.cells.append(
                nbformat.v4.new_markdown_cell(f"# {name} {lang}", metadata={"tags": [lang]})
            )
        notebook.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
        notebook.cells += [nbformat.v4.new_code_cell(source) for source in cells]
        nbformat.write(notebook, folder / f"{name}.ipynb")
        return folder

    return write
