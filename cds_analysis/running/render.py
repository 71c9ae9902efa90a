"""One report from its task to bytes. Nothing is written: whoever asked for the report writes it, here or on
another machine.
"""

from __future__ import annotations

import time
from pathlib import Path

import nbformat

from cds_analysis.dataset.load import hand_on
from cds_analysis.dataset.subset import Subsets
from cds_analysis.pages.export import export_html
from cds_analysis.paths import data_folder
from cds_analysis.running.engine import ReportError, execute
from cds_analysis.running.tasks import Limits, Rendered, Task

__all__ = ["render"]


def render(
    task: Task,
    scratch: Path,
    *,
    parts: Subsets | None = None,
    in_process: bool = False,
    timeout: float = Limits.seconds,
    on_cell=lambda index: None,
) -> Rendered:
    """Execute a report's notebook and turn it into a page; a failure is part of the answer, never raised.

    Parameters
    ----------
    task
        From :func:`~cds_analysis.reports.plan.plan`.
    scratch
        A folder for temporary files, which the caller removes.
    parts
        The validated dataset. The notebook then gets just the rows that its report reads. Without it the
        notebook loads the data folder itself.
    in_process, timeout, on_cell
        See :func:`~cds_analysis.running.engine.execute`.
    """
    start = time.perf_counter()
    try:
        if parts is not None:
            hand_on(
                parts.cut(task.reads, task.subjects), Path(task.parameters.get("data_dir") or data_folder())
            )
        notebook = execute(
            Path(task.notebook_path),
            task.parameters,
            scratch,
            in_process=in_process,
            timeout=timeout,
            on_cell=on_cell,
        )
        page = export_html(
            notebook,
            lang=task.lang,
            title=task.title,
            facts=task.facts,
            other_language=task.other,
            has_index=not task.is_standalone,
            indices=task.indices,
        )
        return Rendered(task.key, page.encode("utf-8", "replace"), seconds=time.perf_counter() - start)
    except ReportError as error:
        kept = b"" if error.notebook is None else nbformat.writes(error.notebook).encode("utf-8", "replace")
        return Rendered(
            task.key, b"", kept, time.perf_counter() - start, str(error), error.cell, error.traceback
        )
    except Exception as error:  # a report must never take the batch down with it
        return Rendered(
            task.key, seconds=time.perf_counter() - start, error=f"{type(error).__name__}: {error}"
        )
