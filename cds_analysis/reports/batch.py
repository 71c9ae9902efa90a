"""Make many reports: plan them, skip what is unchanged, run the rest side by side, and leave an index and a manifest.

A report is written to a temporary name and moved when complete. One that fails leaves no page: its notebook goes to ``failed/``,
an earlier page of the same report is moved there too, and the others go on.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat

from cds_analysis import __version__
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import fold
from cds_analysis.errors import CdsError
from cds_analysis.reports.catalogue import Notebook, checked_parameters
from cds_analysis.reports.engine import ReportError, execute
from cds_analysis.reports.export import export_html, render_index, title_of
from cds_analysis.reports.manifest import (
    checksum_of_files,
    checksum_of_text,
    load_manifest,
    versions,
    write_atomically,
    write_manifest,
)  # fmt: skip
from cds_analysis.views.text import LANGUAGES, Text, collation_key

__all__ = ["ARTICLE_PROVINCES", "Result", "Task", "plan", "run"]

ARTICLE_PROVINCES = ("ba-ria-vung-tau", "da-nang", "lang-son", "vinh-phuc")


@dataclass(frozen=True)
class Task:
    """One report to make; all a worker needs."""

    key: str
    notebook: str
    notebook_path: str
    stem: str
    lang: str
    title: str
    notebook_title: str
    name: str
    number: str
    parameters: dict
    facts: dict
    fingerprint: str
    other: str | None

    @property
    def path(self) -> str:
        """Address of the page below the output folder."""
        return f"{self.notebook}/{self.stem}.{self.lang}.html"


@dataclass(frozen=True)
class Result:
    """What became of a task: ``made``, ``unchanged`` or ``failed``."""

    key: str
    status: str
    seconds: float = 0.0
    error: str = ""
    cell: int | None = None
    traceback: str = ""
    output: dict = field(default_factory=dict)


def plan(wanted: list[Notebook], data: Dataset, *, provinces: list[str] | None = None, langs: list[str] | None = None,
         settings: dict | None = None, data_dir: Path | None = None) -> list[Task]:  # fmt: skip
    """List the reports to make, with every parameter checked.

    Parameters
    ----------
    wanted
        From :func:`~cds_analysis.reports.catalogue.find_notebook`. A profile is made once for each province.
    provinces
        Province ids; for a profile the article provinces by default, for the others what the notebook picks out.
    langs
        Both languages by default.
    settings
        Further parameters; each must be known to at least one of the notebooks, and is given to those that know it.

    Raises
    ------
    ParameterError, UnknownNameError
        Before anything runs.
    """
    given, known = dict(settings or {}), {name for n in wanted for name in n.parameters}
    made_with, tasks = versions(), []
    code = checksum_of_files(Path(__file__).parent.parent, "*.py", "*.j2", "*.css", "*.po", "conf.json")
    figures = checksum_of_files(data.folder, "*.csv")
    for notebook in wanted:
        mine = {k: v for k, v in given.items() if k in notebook.parameters or k not in known}
        source = notebook.path.read_text(encoding="utf-8")
        parsed = nbformat.reads(source, as_version=4)
        for stem, extra in _cases(notebook, provinces):
            for lang in langs or LANGUAGES:
                values = checked_parameters(notebook, {**mine, **extra, "lang": lang}, data)
                if data_dir is not None:
                    values["data_dir"] = str(Path(data_dir).resolve())
                t = Text(lang, data)
                heading = title_of(parsed, lang)
                name = t.province(values["province"]) if notebook.is_profile else ""
                print_code = checksum_of_text(source, json.dumps(values, sort_keys=True), figures, code, json.dumps(made_with))
                facts = {t("Notebook"): notebook.path.name, t("Parameters"): ", ".join(f"{k}={v}" for k, v in values.items() if k != "data_dir"),
                         t("Version"): f"cds-analysis {__version__}, Python {made_with['python']}, Polars {made_with['polars']}",
                         t("Checksum of the data"): figures}  # fmt: skip
                others = [x for x in (langs or LANGUAGES) if x != lang]
                tasks.append(Task(
                    key=f"{notebook.name}/{stem}.{lang}", notebook=notebook.name, notebook_path=str(notebook.path), stem=stem, lang=lang,
                    title=f"{heading}: {name}" if name else heading, notebook_title=heading, name=name, number=notebook.path.stem, parameters=values, facts=facts,
                    fingerprint=print_code, other=f"{stem}.{others[0]}.html" if others else None,
                ))  # fmt: skip
    return tasks


def _cases(notebook: Notebook, provinces: list[str] | None) -> Iterator[tuple[str, dict]]:
    if notebook.is_profile:
        for province in provinces or ARTICLE_PROVINCES:
            yield province, {"province": province}
    elif provinces and "provinces" in notebook.parameters:
        yield provinces[0] if len(provinces) == 1 else "selection", {"provinces": provinces}
    else:
        yield notebook.name, {}


def make_report(task: Task, out: str) -> Result:
    """Execute one task and write its page; never raises."""
    start, folder = time.perf_counter(), Path(out)
    kept = folder / "failed" / f"{task.key}.ipynb"
    with tempfile.TemporaryDirectory(prefix="cds", ignore_cleanup_errors=True) as scratch:
        try:
            notebook = execute(Path(task.notebook_path), task.parameters, Path(scratch))
            page = export_html(notebook, lang=task.lang, title=task.title, facts=task.facts, other_language=task.other)
            content = page.encode("utf-8")
            write_atomically(folder / task.path, content)
            kept.unlink(missing_ok=True)
            return Result(task.key, "made", time.perf_counter() - start, output={"bytes": len(content), "sha256": checksum_of_text(page)})
        except ReportError as error:
            if error.notebook is not None:
                write_atomically(kept, nbformat.writes(error.notebook).encode("utf-8"))
            return Result(task.key, "failed", time.perf_counter() - start, str(error), error.cell, error.traceback)
        except Exception as error:  # a report must never take the batch down with it
            return Result(task.key, "failed", time.perf_counter() - start, f"{type(error).__name__}: {error}")


def run(
    tasks: list[Task],
    out: Path,
    *,
    data: Dataset,
    jobs: int = 1,
    force: bool = False,
    on_result: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Make the reports and return what became of each, in the order of `tasks`.

    Raises
    ------
    CdsError
        When the output folder cannot be written, before anything runs.
    """
    _check_writable(out)
    manifest = load_manifest(out)
    results: dict[str, Result] = {}
    todo = []
    for task in tasks:
        if not force and _is_current(task, manifest, out):
            results[task.key] = Result(task.key, "unchanged")
            on_result(results[task.key])
        else:
            todo.append(task)
    for task, result in _execute(todo, out, jobs):
        results[task.key] = result
        if result.status == "failed":
            _set_aside(out, task)
        manifest["reports"][task.key] = _entry(task, result)
        on_result(result)
        _save(out, manifest, data)
    _save(out, manifest, data)
    return [results[t.key] for t in tasks]


def _execute(tasks: list[Task], out: Path, jobs: int) -> Iterator[tuple[Task, Result]]:
    waiting = list(tasks)
    while waiting:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(jobs, len(waiting)), mp_context=context, initializer=_quiet) as pool:
            futures = {pool.submit(make_report, task, str(out)): task for task in waiting}
            lost = []
            for future in as_completed(futures):
                try:
                    yield futures[future], future.result()
                    waiting.remove(futures[future])
                except BrokenProcessPool:
                    lost.append(futures[future])
        if len(lost) == len(futures):  # a fresh pool died without finishing anything: trying again would not help
            for task in lost:
                yield task, Result(task.key, "failed", error="the process that made this report died")
            return
        waiting = lost


def _quiet() -> None:
    """Send a worker's standard error away: kernels write to it when they are stopped; what matters is in the result."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _is_current(task: Task, manifest: dict, out: Path) -> bool:
    entry = manifest["reports"].get(task.key, {})
    same = entry.get("status") == "made" and entry.get("fingerprint") == task.fingerprint
    page = out / task.path
    return same and page.is_file() and checksum_of_text(page.read_text(encoding="utf-8")) == entry.get("output", {}).get("sha256")


def _entry(task: Task, result: Result) -> dict:
    shown = {k: v for k, v in asdict(task).items() if k not in ("key", "facts", "notebook_path", "other")}
    kept = {k: v for k, v in asdict(result).items() if k != "key"}
    return {**shown, **kept, "path": task.path, "seconds": round(result.seconds, 2)}


def _set_aside(out: Path, task: Task) -> None:
    """Move an earlier page of a report that now fails out of the reader's way, without losing it."""
    page = out / task.path
    if page.is_file():
        kept = out / "failed" / f"{task.key}.earlier.html.txt"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(page, kept)


def _check_writable(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_atomically(out / ".write-test", b"")
        (out / ".write-test").unlink()
    except OSError as error:
        raise CdsError(f"cannot write into the output folder {out}: {error.strerror or error}. Choose another with --out.") from None


def _save(out: Path, manifest: dict, data: Dataset) -> None:
    manifest.update(package=__version__, versions=versions())
    write_manifest(out, manifest)
    entries = [(k, e) for k, e in sorted(manifest["reports"].items())]
    words = {
        p: (vi, en, aliases or "")
        for p, vi, en, aliases in data.provinces.select("province_id", "name_vi", "name_en", "aliases").iter_rows()
    }
    reports = []
    for _, entry in entries:
        if entry["status"] == "made" and (out / entry["path"]).is_file():
            names = words.get(entry["stem"], ())
            search = fold(" ".join([entry["notebook_title"], entry["name"], *names]))
            shown = names[0] if names and entry["name"] else ""
            reports.append({**entry, "search": search, "name": shown})
    reports.sort(key=lambda e: (e["number"], collation_key(e["name"]), e["stem"], e["lang"] == "en"))
    failed = [{"key": k, "error": e["error"], "cell": e["cell"]} for k, e in entries if e["status"] == "failed"]
    write_atomically(out / "index.html", render_index(reports, failed).encode("utf-8"))
