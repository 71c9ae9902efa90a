"""Make many reports: skip what is unchanged, run the rest side by side, and leave an index and a manifest.

A report is written to a temporary name and moved when complete. One that fails leaves no page: its notebook goes to ``failed/``,
an earlier page of the same report is moved there too, and the others go on.
"""

from __future__ import annotations

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
from cds_analysis.reports.engine import ReportError, execute
from cds_analysis.reports.export import export_html, render_index
from cds_analysis.reports.manifest import (
    checksum_of_text,
    load_manifest,
    versions,
    write_atomically,
    write_manifest,
)  # fmt: skip
from cds_analysis.reports.plan import Task
from cds_analysis.views.text import collation_key

__all__ = ["Result", "make_report", "run"]


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


def make_report(task: Task, out: str) -> Result:
    """Execute one task and write its page; raises only when not even the failed notebook can be written."""
    start, folder = time.perf_counter(), Path(out)
    kept = folder / "failed" / f"{task.key}.ipynb"
    with tempfile.TemporaryDirectory(prefix="cds", ignore_cleanup_errors=True) as scratch:
        try:
            notebook = execute(Path(task.notebook_path), task.parameters, Path(scratch))
            page = export_html(
                notebook, lang=task.lang, title=task.title, facts=task.facts, other_language=task.other, has_index=not task.is_standalone
            )
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
    if not todo:
        _save(out, manifest, data)
    return [results[t.key] for t in tasks]


def _execute(tasks: list[Task], out: Path, jobs: int) -> Iterator[tuple[Task, Result]]:
    """Run the tasks side by side; those lost when a process dies are run again one by one, so that only the culprit fails."""
    lost: list[Task] = []
    for task, result in _pool(tasks, out, jobs):
        if result is None:
            lost.append(task)
        else:
            yield task, result
    for task in lost:
        for _, result in _pool([task], out, 1):
            yield task, result or Result(task.key, "failed", error="the process that made this report died")


def _pool(tasks: list[Task], out: Path, jobs: int) -> Iterator[tuple[Task, Result | None]]:
    """Yield each task with its result, or with None where a process died before it was done."""
    if not tasks:
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=context, initializer=_quiet) as pool:
        futures = {pool.submit(make_report, task, str(out)): task for task in tasks}
        for future in as_completed(futures):
            task = futures[future]
            try:
                yield task, future.result()
            except BrokenProcessPool:
                yield task, None
            except OSError as error:  # not even the failed notebook could be kept: the disk is full or gone
                yield task, Result(task.key, "failed", error=f"cannot write: {error.strerror or error}")


def _quiet() -> None:
    """Send a worker's standard error away: kernels write to it when they are stopped; what matters is in the result."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _is_current(task: Task, manifest: dict, out: Path) -> bool:
    entry = manifest["reports"].get(task.key, {})
    same = entry.get("status") == "made" and entry.get("fingerprint") == task.fingerprint
    page = out / task.path
    return same and page.is_file() and checksum_of_text(page.read_text(encoding="utf-8")) == entry.get("output", {}).get("sha256")


def _entry(task: Task, result: Result) -> dict:
    shown = {k: v for k, v in asdict(task).items() if k not in ("key", "facts", "notebook_path", "other", "is_standalone")}
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
            names = [word for p in entry.get("provinces", []) for word in words.get(p, ())]
            search = fold(" ".join([entry["notebook_title"], entry["name"], *names]))
            reports.append({**entry, "search": search})
    reports.sort(key=lambda e: (e["number"], e["lang"] == "en", e["stem"] != e["notebook"], collation_key(e["name"]), e["stem"]))
    failed = [{"key": k, "error": e["error"], "cell": e["cell"]} for k, e in entries if e["status"] == "failed"]
    write_atomically(out / "index.html", render_index(reports, failed).encode("utf-8"))
