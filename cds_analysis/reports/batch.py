"""Make many reports: skip what is unchanged, run the rest side by side, and leave a landing page and a
manifest.

A report that fails leaves no page: its notebook goes to ``failed/``, an earlier page of the same report is
moved there too, and the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cds_analysis import __version__
from cds_analysis.dataset.load import Dataset
from cds_analysis.errors import CdsError
from cds_analysis.pages.site import LANDING
from cds_analysis.reports.fingerprint import checksum_of_text, versions
from cds_analysis.reports.index import landing_pages, landing_stamp
from cds_analysis.reports.output_folder import DAMAGED, OutputFolder
from cds_analysis.running.tasks import Limits, Rendered, Task
from cds_analysis.study.study import Study

__all__ = ["ENGINES", "Result", "run", "why"]

ENGINES = ("auto", "fork", "pool")
_FEW = 2  # reports that may fit standings for themselves
_LIMITS = Limits()
_WORDS = {
    "notebook": "the notebook",
    "parameters": "the parameters",
    "data": "its rows of data",
    "package": "the package",
    "versions": "the versions of libraries",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """What became of a task: ``made``, ``unchanged`` or ``failed``; in the manifest also ``missing``, not
    made yet.
    """

    key: str
    status: str
    seconds: float = 0.0
    error: str = ""
    cell: int | None = None
    traceback: str = ""
    output: dict = field(default_factory=dict)


def run(
    tasks: list[Task],
    out: Path,
    *,
    data: Dataset,
    jobs: int = 1,
    force: bool = False,
    engine: str = "auto",
    dask: str | None = None,
    limits: Limits = _LIMITS,
    on_result: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Make the reports and return what became of each, in the order of `tasks`.

    Parameters
    ----------
    tasks
        From :func:`~cds_analysis.reports.plan.plan`.
    out
        The output folder; one batch at a time may write to it.
    data
        The validated dataset that the tasks were planned with.
    jobs
        Reports made at a time.
    force
        Make all, also what is unchanged.
    engine
        ``fork``, ``pool``, or ``auto``: fork where that is safe, else the pool.
    dask
        Address of a Dask scheduler that makes the reports instead.
    limits
        Time of a cell and memory of a report.
    on_result
        Called with each result as it comes.

    Raises
    ------
    CdsError
        When the output folder cannot be written, or another batch is writing to it, before anything runs;
        when it can no longer be written, or is removed; when a Dask scheduler is lost. Reports finished by
        then stay.
    """
    folder, results = OutputFolder(out), {}
    with folder.held():
        manifest, damage = folder.read()
        if damage:
            _log.warning(
                "the manifest of %s is damaged (%s): the reports it does not tell of are made anew; it is"
                " kept as %s",
                out,
                damage,
                DAMAGED,
            )
            folder.keep_damaged()
        todo = []
        for task in tasks:
            if not force and not why(task, manifest, out):
                results[task.key] = Result(task.key, "unchanged")
                on_result(results[task.key])
            else:
                todo.append(task)
        stamp = landing_stamp(data, out)
        is_there = all((out / name).is_file() for name in LANDING.values())
        if todo or damage or manifest.get("landing") != stamp or not is_there:
            manifest["landing"] = stamp
            if len(todo) > _FEW:
                _ = Study(data).likely  # fitted and kept here: the reports may not write where it is kept
            with closing(_make(todo, folder, manifest, data, jobs, engine, dask, limits)) as made:
                for result in made:
                    results[result.key] = result
                    on_result(result)
        _all_there(tasks, results, out)
    return [results[t.key] for t in tasks]


def _make(
    todo, folder: OutputFolder, manifest: dict, data, jobs, engine, dask, limits
) -> Generator[Result, None, None]:
    reports = manifest["reports"]
    for task in todo:
        earlier = reports.get(task.key, {}).get("output", {})
        reports[task.key] = _entry(task, Result(task.key, "missing", output=earlier))
    manifest.update(package=__version__, versions=versions())
    folder.begin(manifest, landing_pages(reports, data, folder.path))
    try:
        for task, rendered in _rendered(todo, data, jobs, engine, dask, limits):
            result = _kept(folder, task, rendered)
            reports[task.key] = _entry(task, result)
            folder.note(task.key, reports[task.key])
            yield result
    except BaseException:
        with suppress(CdsError):
            folder.finish(manifest, landing_pages(reports, data, folder.path))
        raise
    folder.finish(manifest, landing_pages(reports, data, folder.path))


def _rendered(todo: list[Task], data: Dataset, jobs: int, engine: str, dask: str | None, limits) -> Iterator:
    if not todo:
        return
    from cds_analysis.running.forked import can_fork, make_forked

    if dask:
        from cds_analysis.running.cluster import make_on_dask

        yield from make_on_dask(todo, data, address=dask, limits=limits)
        return
    left = {task.key: task for task in todo}
    if engine == "fork" or (engine == "auto" and can_fork()):
        try:
            for task, rendered in make_forked(todo, data, jobs=jobs, limits=limits):
                del left[task.key]
                yield task, rendered
            return
        except (RuntimeError, EOFError, OSError) as error:
            _log.warning(
                "reports go on without the fork server, more slowly (%s: %s)", type(error).__name__, error
            )
    from cds_analysis.running.pooled import make_pooled

    yield from make_pooled(list(left.values()), jobs=jobs, timeout=limits.seconds)


def why(task: Task, manifest: dict, out: Path) -> str:
    """Return why a report would be made, or an empty text when the one there is still what it would be if
    made anew.
    """
    entry = manifest["reports"].get(task.key)
    if entry is None:
        return "it is new"
    if entry["status"] != "made":
        return "it failed last time" if entry["status"] == "failed" else "it was not finished last time"
    before, output = entry["fingerprint"], entry["output"]
    changed = [words for name, words in _WORDS.items() if before.get(name) != task.fingerprint[name]]
    if changed:
        return "changed: " + ", ".join(changed)
    page = out / task.path
    try:
        found = page.stat()
        same = (found.st_size, found.st_mtime_ns) == (output.get("bytes"), output.get("mtime_ns"))
        if not same and checksum_of_text(page.read_bytes()) != output.get("sha256"):
            return "its page was changed by hand"
    except OSError:
        return "its page is gone"
    return ""


def _kept(folder: OutputFolder, task: Task, rendered: Rendered) -> Result:
    if rendered.page:
        changed = folder.keep_page(task.key, rendered.page)
        output = {
            "bytes": len(rendered.page),
            "mtime_ns": changed,
            "sha256": checksum_of_text(rendered.page),
        }
        return Result(task.key, "made", rendered.seconds, output=output)
    folder.keep_failed(task.key, rendered.notebook)
    return Result(task.key, "failed", rendered.seconds, rendered.error, rendered.cell, rendered.traceback)


def _entry(task: Task, result: Result) -> dict:
    hidden = ("key", "facts", "notebook_path", "other", "is_standalone", "reads", "subjects")
    shown = {k: v for k, v in asdict(task).items() if k not in hidden}
    kept = {k: v for k, v in asdict(result).items() if k != "key"}
    return {**shown, **kept, "path": task.path, "seconds": round(result.seconds, 2)}


def _all_there(tasks: list[Task], results: dict[str, Result], out: Path) -> None:
    """Look once more at the end: somebody may have removed pages while others were being made."""
    gone = [t.path for t in tasks if results[t.key].status != "failed" and not (out / t.path).is_file()]
    if gone:
        raise CdsError(
            f"{len(gone)} of the pages in {out} were removed while the batch ran, for example {gone[0]}. Run"
            " again to make them."
        )
