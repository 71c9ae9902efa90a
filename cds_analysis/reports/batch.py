"""Make many reports: skip what is unchanged, run the rest side by side, and leave an index and a manifest.

Every file is written here, to a temporary name, and moved when complete. A report that fails leaves no page:
its notebook goes to ``failed/``, an earlier page of the same report is moved there too, and the others go on.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cds_analysis import __version__
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.lock import held
from cds_analysis.dataset.provinces import fold
from cds_analysis.errors import CdsError
from cds_analysis.pages.site import render_index
from cds_analysis.reports.manifest import (
    checksum_of_text,
    load_manifest,
    versions,
    write_atomically,
    write_manifest,
)
from cds_analysis.running.tasks import Limits, Rendered, Task
from cds_analysis.views.text import collation_key

__all__ = ["ENGINES", "Result", "run", "why"]

ENGINES = ("auto", "fork", "pool")
_SAVE_EVERY_S = 2.0
_LIMITS = Limits()


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
        and when it can no longer be written. Reports finished by then stay.
    """
    results: dict[str, Result] = {}
    with _own(out):
        manifest = load_manifest(out)
        todo = []
        for task in tasks:
            if not force and not why(task, manifest, out):
                results[task.key] = Result(task.key, "unchanged")
                on_result(results[task.key])
            else:
                todo.append(task)
        if todo or manifest.get("package") != __version__ or not (out / "index.html").is_file():
            _make(
                todo,
                out,
                manifest,
                results,
                on_result,
                data=data,
                jobs=jobs,
                engine=engine,
                dask=dask,
                limits=limits,
            )
    return [results[t.key] for t in tasks]


def _make(todo, out, manifest, results, on_result, *, data, jobs, engine, dask, limits) -> None:
    for task in todo:
        earlier = manifest["reports"].get(task.key, {}).get("output", {})
        manifest["reports"][task.key] = _entry(task, Result(task.key, "missing", output=earlier))
    try:
        _save(out, manifest, data)
        saved = time.monotonic()
        for task, rendered in _rendered(todo, data, jobs, engine, dask, limits):
            result = _write(out, task, rendered)
            results[task.key] = result
            manifest["reports"][task.key] = _entry(task, result)
            on_result(result)
            if time.monotonic() - saved > _SAVE_EVERY_S:
                write_manifest(out, manifest)
                saved = time.monotonic()
    except OSError as error:
        raise CdsError(
            f"cannot go on writing into {out}: {error.strerror or error}. The reports finished so far are there; run again to make the others."
        ) from None
    finally:
        with suppress(OSError):
            _save(out, manifest, data)


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
        except (RuntimeError, EOFError, ConnectionError, BlockingIOError) as error:
            print(
                f"cds: reports go on without the fork server, more slowly ({type(error).__name__}: {error})",
                file=sys.stderr,
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
    if entry.get("status") != "made":
        return "it failed last time" if entry.get("status") == "failed" else "it was not finished last time"
    before = entry.get("fingerprint") if isinstance(entry.get("fingerprint"), dict) else {}
    names = {
        "notebook": "the notebook",
        "parameters": "the parameters",
        "data": "its rows of data",
        "package": "the package",
        "versions": "the versions of libraries",
    }
    changed = [words for name, words in names.items() if before.get(name) != task.fingerprint[name]]
    if changed:
        return "changed: " + ", ".join(changed)
    page, output = out / task.path, entry.get("output", {})
    try:
        found = page.stat()
    except OSError:
        return "its page is gone"
    same = (found.st_size, found.st_mtime_ns) == (output.get("bytes"), output.get("mtime_ns"))
    if not same and checksum_of_text(page.read_bytes()) != output.get("sha256"):
        return "its page was changed by hand"
    return ""


def _write(out: Path, task: Task, rendered: Rendered) -> Result:
    kept = out / "failed" / f"{task.key}.ipynb"
    if rendered.page:
        page = out / task.path
        write_atomically(page, rendered.page)
        kept.unlink(missing_ok=True)
        output = {
            "bytes": len(rendered.page),
            "mtime_ns": page.stat().st_mtime_ns,
            "sha256": checksum_of_text(rendered.page),
        }
        return Result(task.key, "made", rendered.seconds, output=output)
    if rendered.notebook:
        write_atomically(kept, rendered.notebook)
    _set_aside(out, task)
    return Result(task.key, "failed", rendered.seconds, rendered.error, rendered.cell, rendered.traceback)


def _entry(task: Task, result: Result) -> dict:
    hidden = ("key", "facts", "notebook_path", "other", "is_standalone", "reads", "subjects")
    shown = {k: v for k, v in asdict(task).items() if k not in hidden}
    kept = {k: v for k, v in asdict(result).items() if k != "key"}
    return {**shown, **kept, "path": task.path, "seconds": round(result.seconds, 2)}


def _set_aside(out: Path, task: Task) -> None:
    """Move an earlier page of a report that now fails out of the reader's way, without losing it."""
    page = out / task.path
    if page.is_file():
        kept = out / "failed" / f"{task.key}.earlier.html.txt"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(page, kept)


@contextmanager
def _own(out: Path):
    """Hold the output folder for one batch, cleared of what a batch that was cut off in the middle of a
    write left there.
    """
    with held(
        out / ".cds-lock",
        busy=f"another batch is writing into {out}. Wait until it is done, or choose another folder with --out.",
        closed=lambda reason: (
            f"cannot write into the output folder {out}: {reason}. Choose another with --out."
        ),
    ):
        for left in out.rglob(".*.tmp"):
            left.unlink(missing_ok=True)
        yield


def _save(out: Path, manifest: dict, data: Dataset) -> None:
    manifest.update(package=__version__, versions=versions())
    write_manifest(out, manifest)
    entries = [(k, e) for k, e in sorted(manifest["reports"].items())]
    words = {
        p: (vi, en, aliases or "")
        for p, vi, en, aliases in data.provinces.select(
            "province_id", "name_vi", "name_en", "aliases"
        ).iter_rows()
    }
    reports = []
    for _, entry in entries:
        if entry["status"] in ("made", "missing") and (out / entry["path"]).is_file():
            names = [word for p in entry.get("provinces", []) for word in words.get(p, ())]
            search = fold(" ".join([entry["notebook_title"], entry["name"], *names]))
            reports.append({**entry, "search": search})
    reports.sort(
        key=lambda e: (
            e["number"],
            e["lang"] == "en",
            e["stem"] != e["notebook"],
            collation_key(e["name"]),
            e["stem"],
        )
    )
    failed = [
        {"key": k, "error": e["error"], "cell": e["cell"]} for k, e in entries if e["status"] == "failed"
    ]
    write_atomically(out / "index.html", render_index(reports, failed).encode("utf-8"))
