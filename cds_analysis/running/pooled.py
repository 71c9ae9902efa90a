"""Make reports with a pool of processes and a kernel for each report: slower than forked children, but for
every system.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from cds_analysis.running.scratch import workspace
from cds_analysis.running.tasks import Rendered, Task

__all__ = ["make_pooled"]


def make_pooled(tasks: list[Task], *, jobs: int, timeout: float) -> Iterator[tuple[Task, Rendered]]:
    """Yield each task with its page or the reason why there is none, as they come.

    Those lost when a process dies are run again one by one, so that only the culprit fails.
    """
    lost: list[Task] = []
    with workspace() as folder:
        for task, result in _pool(tasks, jobs, timeout, folder):
            if result is None:
                lost.append(task)
            else:
                yield task, result
        for task in lost:
            for _, result in _pool([task], 1, timeout, folder):
                yield task, result or Rendered(task.key, error="the process that made this report died")


def _pool(
    tasks: list[Task], jobs: int, timeout: float, folder: Path
) -> Iterator[tuple[Task, Rendered | None]]:
    """Yield each task with its result, or with None where a process died before it was done."""
    if not tasks:
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=context, initializer=_quiet) as pool:
        futures = {pool.submit(_make, task, timeout, folder): task for task in tasks}
        try:
            for future in as_completed(futures):
                try:
                    yield futures[future], future.result()
                except BrokenProcessPool:
                    yield futures[future], None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _make(task: Task, timeout: float, folder: Path) -> Rendered:
    from cds_analysis.running.render import render

    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as scratch:
        return render(task, Path(scratch), timeout=timeout)


def _quiet() -> None:
    """Send a worker's standard error away: kernels write to it when they are stopped; what matters is in the
    result.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
