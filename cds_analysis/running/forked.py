"""Make reports in forked children of a server that has everything imported: a fresh process each, without
the price of starting one.

A child runs the cells of one report itself and sends the page back. It is watched from here: how long its
cell runs, how much memory it holds, whether it is still there. One that is killed from outside is made again
at the end, alone (so that one that takes the others along, or all of the memory, cannot do so twice); one
that fails by itself costs only its own report.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
import types
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

import psutil

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.subset import Subsets
from cds_analysis.running.borrowed import environment
from cds_analysis.running.child import make
from cds_analysis.running.scratch import mark_server_folder, temporary_files, workspace
from cds_analysis.running.tasks import Limits, Rendered, Task

__all__ = ["MOST_TRIES", "can_fork", "make_forked", "start_server"]

MOST_TRIES = 8  # for a report whose process is killed from outside
_GRACE_S = 10.0  # after a cell's time, for Python to stop it by itself
_LOOK_S = 0.25
_SERVER_DIED = 255  # what multiprocessing says when it cannot know
_FROM_OUTSIDE = (-signal.SIGTERM, -getattr(signal, "SIGKILL", signal.SIGTERM), _SERVER_DIED)


def can_fork() -> bool:
    """Whether this system has a fork server that is safe with our libraries (Linux; on macOS system
    libraries break in forked children).
    """
    return sys.platform.startswith("linux") and "forkserver" in multiprocessing.get_all_start_methods()


@dataclass(eq=False)
class _Child:
    task: Task
    process: multiprocessing.Process
    answers: Connection
    scratch: Path
    tries: int
    cell: int | None = None
    since: float = 0.0
    looked: float = 0.0
    result: Rendered | None = None
    verdict: str = ""


def make_forked(
    tasks: list[Task], data: Dataset, *, jobs: int, limits: Limits
) -> Iterator[tuple[Task, Rendered]]:
    """Yield each task with its page or the reason why there is none, as they come.

    Raises
    ------
    OSError, RuntimeError
        When no child can be started.
    """
    context = start_server([task.notebook_path for task in tasks], jobs)
    with workspace() as folder:
        handed = folder / "dataset"
        parts = Subsets(data)
        for reads in {str(task.reads): task.reads for task in tasks}.values():
            parts.checksum(reads, [])  # what all reports share is summed here, once
        with temporary_files():
            handed.write_bytes(pickle.dumps(parts, protocol=pickle.HIGHEST_PROTOCOL))
        yield from _made(context, tasks, jobs, folder, handed, limits)


def _made(context, tasks: list[Task], jobs: int, folder: Path, handed: Path, limits: Limits) -> Iterator:
    waiting, again = deque(tasks), deque[tuple[Task, int]]()
    running: list[_Child] = []
    ended: list[_Child] = []

    def fill() -> None:
        while waiting and len(running) < jobs:
            running.append(_start(context, waiting.popleft(), 1, folder, handed, limits))

    try:
        fill()
        while again or running:
            if not running:
                task, tries = again.popleft()
                running.append(_start(context, task, tries, folder, handed, limits))
            wait(
                [c.answers for c in running if not c.answers.closed] + [c.process.sentinel for c in running],
                timeout=_LOOK_S,
            )
            for child in running:
                _listen(child)
                _watch(child, limits)
                if child.result is not None or not child.process.is_alive():
                    _listen(child)  # what it said just before it ended
                    ended.append(child)
            running = [child for child in running if child not in ended]
            fill()  # the next begin while these end and are written
            while ended:
                child = ended.pop()
                _end(child)
                if (
                    child.result is None
                    and not child.verdict
                    and child.process.exitcode in _FROM_OUTSIDE
                    and child.tries < MOST_TRIES
                ):
                    again.append((child.task, child.tries + 1))
                else:
                    yield child.task, child.result or _lost(child)
    finally:
        for child in running + ended:
            _end(child)


def start_server(notebooks: list[str], jobs: int):
    """Start the server, or return the one that runs, without waiting for it; each child gets its share of
    the cores.

    Parameters
    ----------
    notebooks
        Paths of notebooks whose imports the server makes beforehand.
    jobs
        Number of children at a time.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cds_analysis.running.preload"])
    wanted = {
        "POLARS_MAX_THREADS": str(max(1, (os.cpu_count() or 1) // jobs)),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": os.environ.get("MPLBACKEND", "module://matplotlib_inline.backend_inline"),
        "CDS_PRELOAD_NOTEBOOKS": os.pathsep.join(dict.fromkeys(notebooks)),
    }
    with environment(wanted):
        try:
            multiprocessing.forkserver.ensure_running()
        except OSError as error:  # for example a temporary folder whose name is too long for a socket
            raise RuntimeError(f"the fork server does not start: {error.strerror or error}") from None
    mark_server_folder()
    return context


def _start(context, task: Task, tries: int, folder: Path, handed: Path, limits: Limits) -> _Child:
    with temporary_files():
        scratch = Path(tempfile.mkdtemp(dir=folder))
    for wait_s in (0.2, 1.0, 2.0, None):
        here, there = context.Pipe(duplex=False)
        process = context.Process(
            target=make, args=(there, task, str(handed), str(scratch), limits), name=task.key
        )
        try:
            with _no_main():
                process.start()
        except (EOFError, OSError):  # the server was killed just now; the next call starts another
            here.close()
            there.close()
            if wait_s is None:
                raise
            time.sleep(wait_s)
            continue
        there.close()
        return _Child(task, process, here, scratch, tries, since=time.monotonic())
    raise AssertionError("not reached")


@contextmanager
def _no_main():
    """Keep multiprocessing from running the caller's script in the child once more: nothing of it is needed
    there.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _listen(child: _Child) -> None:
    """Take what the child has said: the number of the cell that begins, or the report."""
    with suppress(EOFError, OSError):
        while child.result is None and not child.answers.closed and child.answers.poll():
            said = child.answers.recv()
            if isinstance(said, Rendered):
                child.result = said
            else:
                child.cell, child.since = said + 1, time.monotonic()
        return
    child.answers.close()


def _watch(child: _Child, limits: Limits) -> None:
    """End a child that does not stop by itself."""
    now = time.monotonic()
    if child.result is not None or now - child.looked < _LOOK_S or not child.process.is_alive():
        return
    child.looked, pid = now, child.process.pid
    if now - child.since > limits.seconds + _GRACE_S:
        child.verdict = f"took more than {limits.seconds:g} s and did not stop"
    elif limits.memory_mib and pid and _memory_mib(pid) > limits.memory_mib:
        child.verdict = f"took more than {limits.memory_mib:,} MiB of memory"
    if child.verdict:
        _kill(child)


def _memory_mib(pid: int) -> float:
    """Memory of a process and of what it started, less what it shares with the server."""
    total = 0.0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                held = one.memory_info()
                total += (held.rss - getattr(held, "shared", 0)) / 2**20
    return total


def _kill(child: _Child) -> None:
    if pid := child.process.pid:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # with all that the notebook started
    child.process.kill()


def _end(child: _Child) -> None:
    if child.result is not None:
        child.process.join(2)
    _kill(child)
    child.process.join()
    child.answers.close()
    shutil.rmtree(child.scratch, ignore_errors=True)


def _lost(child: _Child) -> Rendered:
    code = child.process.exitcode
    if child.verdict:
        reason = child.verdict if child.cell is None else f"cell {child.cell} {child.verdict}"
    elif code is not None and code < 0:
        ended_by: str | int = code
        with suppress(ValueError):
            ended_by = signal.Signals(-code).name
        reason = f"its process was ended by {ended_by}" + (f" {child.tries} times" if child.tries > 1 else "")
    elif code == _SERVER_DIED:
        reason = "the server of its process was ended" + (f" {child.tries} times" if child.tries > 1 else "")
    else:
        reason = f"its process died with exit code {code}"
    return Rendered(child.task.key, error=reason, cell=child.cell)
