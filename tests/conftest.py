import shutil

import nbformat
import pytest
from browsers import CHROMIUM, FLAGS

import cds_analysis as cds
from cds_analysis.paths import data_folder
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import notebooks
from cds_analysis.reports.plan import plan


@pytest.fixture(scope="session")
def data():
    return cds.load()


@pytest.fixture
def folder(tmp_path):
    """A copy of the bundled data that a test may spoil."""
    return shutil.copytree(data_folder(), tmp_path / "data")


@pytest.fixture(scope="session")
def made(tmp_path_factory, data):
    """Every notebook run in both languages with a real kernel, once for the whole session."""
    out = tmp_path_factory.mktemp("reports")
    tasks = plan(list(notebooks().values()), data, provinces=None)
    tasks = [t for t in tasks if t.notebook != "province_profile" or t.stem in ("ba-ria-vung-tau", "vinh-phuc")]
    return out, tasks, run(tasks, out, data=data, jobs=2)


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium; see tests/browsers.py."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def write_notebook(tmp_path):
    """Write a tiny report notebook from the source of its cells."""

    def write(name, *cells, parameters='lang: str = "vi"  # language'):
        folder = tmp_path / "notebooks"
        folder.mkdir(exist_ok=True)
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        for lang in ("vi", "en"):
            notebook.cells.append(nbformat.v4.new_markdown_cell(f"# {name} {lang}", metadata={"tags": [lang]}))
        notebook.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
        notebook.cells += [nbformat.v4.new_code_cell(source) for source in cells]
        nbformat.write(notebook, folder / f"{name}.ipynb")
        return folder

    return write
