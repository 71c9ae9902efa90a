"""The in-process engine gives what a kernel gives, cell by cell, and stays as isolated."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cds_analysis.dataset import load as loading
from cds_analysis.dataset.subset import Subsets
from cds_analysis.paths import data_folder, notebooks_folder
from cds_analysis.reports.catalogue import notebooks
from cds_analysis.reports.plan import plan
from cds_analysis.running.engine import ReportError, execute
from cds_analysis.running.shell import MOST_TEXT

PAPERMILL = Path(sys.executable).with_name("papermill")
ALL = sorted(notebooks_folder().glob("*.ipynb"))
WITH_TRAPS = [
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 + 1",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
    (
        "from IPython.display import clear_output, display\nhandle = display('first',"
        " display_id='k')\nhandle.update('second')"
    ),
    "print('gone')\nclear_output()\nprint('kept')",
    "!echo from the shell",
    "class A: pass\nimport pickle\ntype(pickle.loads(pickle.dumps(A()))).__name__",
    "import ipywidgets\nipywidgets.IntSlider(value=3, description='n')",
    "_, Out[8] is not None, len(In)",
    "%env CDS_NOTHING=1",
    "None",
    "1 / 0",
    "'never reached'",
]


def plain(notebook):
    """What a reader sees of each code cell, with runs of printed text joined and the random ids of widgets
    named in order.
    """
    shown = []
    for cell in notebook.cells:
        if cell.cell_type != "code" or "injected-parameters" in cell.metadata.get("tags", []):
            continue
        outputs = []
        for output in cell.outputs:
            kept = {k: v for k, v in output.items() if k != "execution_count"}
            if kept.get("traceback"):
                kept["traceback"] = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(kept["traceback"]))
            if (
                outputs
                and kept["output_type"] == "stream" == outputs[-1]["output_type"]
                and kept["name"] == outputs[-1]["name"]
            ):
                outputs[-1]["text"] += kept["text"]
            else:
                outputs.append(dict(kept))
        shown.append((cell.source, cell.execution_count, outputs))
    text = repr(shown)
    for n, model in enumerate(dict.fromkeys(re.findall(r"'model_id': '(\w+)'", text))):
        text = text.replace(model, f"model-{n}")
    return text


@pytest.fixture
def handed():
    yield
    loading._handed_on.clear()


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_every_notebook_gives_the_same_outputs_as_with_a_kernel(path, data, tmp_path, handed):
    few = {"draws": 20} if path.stem == "90_method_checks" else {}
    kernel = execute(path, {"lang": "vi", **few}, tmp_path)
    known = {n.path: n for n in notebooks().values()}
    if (
        path in known
    ):  # the in-process run gets just the rows its report reads, so this shows that it reads no others
        task = plan([known[path]], data, langs=["vi"], settings=few)[0]
        if task.notebook == "province_profile":
            kernel = execute(path, task.parameters, tmp_path)
        loading.hand_on(Subsets(data).cut(task.reads, task.subjects), data_folder())
        here = execute(path, task.parameters, tmp_path, in_process=True)
    else:
        here = execute(path, {"lang": "vi"}, tmp_path, in_process=True)
    ours, theirs = plain(here), plain(kernel)
    assert len(theirs) > 200 and ours == theirs
    assert here.metadata.get("widgets", {}).keys() == kernel.metadata.get("widgets", {}).keys()


def write(path, *cells, **tags):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, names in tags.items():
        notebook.cells[int(number[1:])].metadata["tags"] = names
    nbformat.write(notebook, path)
    return path


def test_streams_pictures_widgets_and_errors_are_those_of_a_kernel(tmp_path):
    path, ran = write(tmp_path / "traps.ipynb", *WITH_TRAPS), {}
    for engine in (None, "cds"):  # in a process of its own: pyplot has settings for a whole process
        out = tmp_path / f"{engine}.ipynb"
        done = subprocess.run(
            [PAPERMILL, *(["--engine", engine] if engine else []), path, out], capture_output=True, text=True
        )
        assert done.returncode == 1 and "division by zero" in done.stderr
        ran[engine] = nbformat.read(out, as_version=4)
    assert plain(ran["cds"]) == plain(ran[None])
    assert "never reached" in ran["cds"].cells[-1].source and not ran["cds"].cells[-1].outputs
    state = {e: ran[e].metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"] for e in ran}
    names = {e: sorted(m["model_name"] for m in state[e].values()) for e in state}
    assert names["cds"] == names[None] and "IntSliderModel" in names["cds"]


def test_tags_of_cells_are_honoured(tmp_path):
    path = write(
        tmp_path / "tags.ipynb",
        "1 / 0",
        "'went on'",
        "raise SystemError",
        c0=["raises-exception"],
        c2=["skip-execution"],
    )
    with pytest.raises(ReportError, match="ZeroDivisionError") as found:  # Papermill itself raises in the end
        execute(path, {}, tmp_path, in_process=True)
    raised, after, skipped = (c for c in found.value.notebook.cells if c.cell_type == "code")
    assert raised.outputs and "went on" in repr(after.outputs) and not skipped.outputs


def test_a_cell_that_runs_too_long_is_stopped_and_named(tmp_path):
    path = write(
        tmp_path / "slow.ipynb",
        "x = 1",
        "while True:\n    try:\n        while True: pass\n    except Exception: pass",
    )
    with pytest.raises(ReportError, match="CellTimeoutError") as found:
        execute(path, {}, tmp_path, in_process=True, timeout=0.3)
    assert found.value.cell == 2 and found.value.notebook is not None


@pytest.mark.parametrize(
    "cell, words", [("exit()", "asked to exit"), ("import sys\nsys.exit(2)", "SystemExit")]
)
def test_a_notebook_that_exits_is_an_error(tmp_path, cell, words):
    with pytest.raises(ReportError, match=words):
        execute(write(tmp_path / "exits.ipynb", cell), {}, tmp_path, in_process=True)


def test_printed_text_is_cut_not_kept_whole(tmp_path):
    done = execute(
        write(tmp_path / "prints.ipynb", "for _ in range(100):\n    print('x' * 100_000)"),
        {},
        tmp_path,
        in_process=True,
    )
    text = done.cells[0].outputs[0].text
    assert len(text) < 1.01 * MOST_TEXT and "cut here" in text


def test_the_process_is_as_before(tmp_path):
    before = sys.stdout, sys.displayhook, sys.modules["__main__"], sys.excepthook
    execute(write(tmp_path / "one.ipynb", "import sys\nsys.foo = 1\nx = 5\nx"), {}, tmp_path, in_process=True)
    second = execute(write(tmp_path / "two.ipynb", "'x' in globals()"), {}, tmp_path, in_process=True)
    assert (sys.stdout, sys.displayhook, sys.modules["__main__"], sys.excepthook) == before
    assert second.cells[0].outputs[0].data["text/plain"] == "False"


def test_plain_papermill_finds_the_engine(tmp_path):
    path = write(tmp_path / "in.ipynb", "6 * 7")
    done = subprocess.run(
        [PAPERMILL, "--engine", "cds", path, tmp_path / "out.ipynb"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[0].outputs[0].data["text/plain"] == "42"
