import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cds_analysis"
LAYERS = [
    "errors",
    "paths",
    "dataset",
    "intake",
    "measures",
    "views",
    "study",
    "chapters",
    "app",
    "pages",
    "running",
    "reports",
    "cli",
]


def modules():
    return [p for p in PACKAGE.rglob("*.py") if not p.relative_to(PACKAGE).parts[0].startswith("_")]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def layer(name):
    return LAYERS.index(name.removesuffix(".py"))


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_layer_imports_only_layers_before_it(path):
    own = layer(path.relative_to(PACKAGE).parts[0])
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "cds_analysis" and len(parts) > 1:
            assert layer(parts[1]) <= own, f"{path.name} imports {name}"


@pytest.mark.parametrize(
    "library, allowed",
    [
        ("matplotlib", ("views/theme.py", "views/drawing/", "views/charts/")),
        ("seaborn", ("views/charts/heat.py",)),
        ("papermill", ("running/",)),
        ("nbconvert", ("pages/", "running/")),
        ("ipywidgets", ("app/", "running/inprocess.py", "running/preload.py")),
        ("distributed", ("running/cluster.py",)),
        ("filelock", ("dataset/lock.py",)),
        ("psutil", ("running/forked.py", "running/scratch.py")),
        ("great_tables", ("views/tables/",)),
        ("altair", ("views/interactive/",)),
        ("vl_convert", ("views/interactive/scripts.py",)),
        ("click", ("cli/",)),
    ],
)
def test_a_library_is_used_in_one_place_only(library, allowed):
    for path in modules():
        if any(name.split(".")[0] == library for name in imports(path)):
            assert path.relative_to(PACKAGE).as_posix().startswith(allowed), path


def test_measures_do_not_read_files_or_print():
    for path in (PACKAGE / "measures").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {
            n.func.id if isinstance(n.func, ast.Name) else getattr(n.func, "attr", "")
            for n in ast.walk(tree)
            if isinstance(n, ast.Call)
        }
        assert not called & {"print", "open", "read_csv", "read_text", "write_csv"}


def html_in(tree):
    """Lines with HTML in a string, docstrings and regular expressions aside."""
    apart = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            apart.add(node.value)
        if isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") == "re":
            apart.update(node.args)
    texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    for node in texts:
        if node not in apart and re.search(r"(?<!\?P)</?[a-z][a-z0-9]*(\s[a-z-]+=|>|/)", node.value):
            yield node.lineno


def test_html_is_in_templates():
    found = {p.name: lines for p in modules() if (lines := list(html_in(ast.parse(p.read_text("utf-8")))))}
    assert found == {}
    told = html_in(ast.parse("x = f'<p>{y}</p>'\n'<p class=\"a\">'\nz = '<p class=\"a\">'"))
    assert sorted(told) == [1, 1, 3]


def test_importing_the_package_is_light():
    code = (
        "import sys, cds_analysis; print([m for m in ('polars', 'seaborn', 'statsmodels', 'matplotlib',"
        " 'jupyterlab', 'papermill') if m in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


def test_every_public_name_can_be_reached():
    import cds_analysis

    for name in cds_analysis.__all__:
        assert getattr(cds_analysis, name) is not None


def test_every_public_function_has_a_docstring():
    for path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"


def test_every_measure_shows_an_example_and_says_what_it_returns():
    for path in (PACKAGE / "measures").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                doc = ast.get_docstring(node)
                assert ">>>" in doc, f"{path.name}: {node.name}"
                assert "eturn" in doc, f"{path.name}: {node.name}"


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_prose_and_short_calls(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert notebook.metadata.kernelspec.name == "python3"
    assert all(not c.outputs and c.execution_count is None for c in code)
    assert max(len(c.source.splitlines()) for c in code) <= 12
    assert not any(re.search(r"^\s*(def|class) ", c.source, re.MULTILINE) for c in code)
    prose = [c for c in notebook.cells if c.cell_type == "markdown"]
    tags = [tuple(c.metadata.tags) for c in prose]
    assert tags.count(("vi",)) == tags.count(("en",)) == len(prose) / 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_papermill_reads_every_parameter_with_its_help(path):
    import papermill

    found = papermill.inspect_notebook(str(path))
    assert "lang" in found and "data_dir" in found
    assert all(p["help"] and p["inferred_type_name"] != "None" for p in found.values())


def ranges(requirements):
    return {
        re.split(r"[><=!~]", r)[0].strip().lower(): re.sub(r"^[A-Za-z0-9_.-]+", "", r).strip()
        for r in requirements
    }


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_environment_and_project_name_the_same_packages(project):
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").split("dependencies:")[1].splitlines()
    conda = ranges([line.strip()[2:] for line in lines if line.strip().startswith("- ")])
    assert conda.pop("python") == project["requires-python"]
    conda.pop("pip")
    assert conda == ranges(project["dependencies"])


def test_a_page_that_the_readme_leads_to_says_why_each_dependency_was_chosen(project):
    assert "(docs/dependencies.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    for name in ranges([*project["dependencies"], *extras]):
        assert re.search(rf"^\| `{re.escape(name)}` \| .{{15,}} \|$", page, re.MULTILINE), name


def test_every_import_is_declared(project):
    declared = {re.split(r"[>=<]", r)[0] for r in project["dependencies"]}
    extras = {re.split(r"[>=<]", r)[0] for r in project["optional-dependencies"]["dask"]}
    known = {m: {d.lower() for d in ds} for m, ds in packages_distributions().items()}
    used = {name.split(".")[0] for path in modules() for name in imports(path)}
    outside = used - {"cds_analysis"} - set(sys.stdlib_module_names)
    assert {"polars", "jinja2", "IPython"} <= outside
    by_cluster = {n.split(".")[0] for n in imports(PACKAGE / "running" / "cluster.py")}
    for name in sorted(outside):
        wanted = declared | extras if name in by_cluster else declared
        assert known.get(name, {name}) & wanted, f"{name} is imported and not declared"


def test_a_version_is_written_once(project):
    import cds_analysis

    assert project["dynamic"] == ["version"] and "version" not in project
    assert "version:" not in (ROOT / "CITATION.cff").read_text("utf-8").replace("cff-version:", "")
    heading = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE).group(1)
    assert heading == cds_analysis.__version__


def test_top_level_holds_nothing_unexpected():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout: run the tests in a clone to check which folders are tracked")
    folders = {line.split("/")[0] for line in tracked.stdout.splitlines() if "/" in line}
    assert folders <= {"notebooks", "cds_analysis", "data", "outputs", "tests", "docs", ".ci", ".binder"}


def test_no_path_of_a_machine_is_in_the_project():
    for path in [*PACKAGE.rglob("*"), *(ROOT / "data").rglob("*.csv"), *NOTEBOOKS, *ROOT.glob("*.md")]:
        if path.is_file() and path.suffix in {".py", ".j2", ".md", ".ipynb", ".csv", ".po"}:
            assert not re.search(
                r"(?<![\w.])/(work|home|tmp|root|Users)/\w", path.read_text(encoding="utf-8")
            ), path
