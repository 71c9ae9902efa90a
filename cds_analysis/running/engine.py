"""The one place where a report's notebook is executed: in this process, or with a kernel of its own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from cds_analysis.errors import CdsError
from cds_analysis.running.borrowed import environment
from cds_analysis.running.inprocess import InProcessEngine
from cds_analysis.running.tasks import Limits

__all__ = ["ReportError", "execute"]

_LONGEST_FOLDER = 85  # characters that leave room for a socket's name
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # terminal colours that kernels put into tracebacks

papermill_engines.register("cds", InProcessEngine)


class ReportError(CdsError):
    """A notebook that raised; keeps the notebook as far as it ran, the number of the cell in it (from 1),
    and the traceback.
    """

    def __init__(
        self,
        message: str,
        notebook: nbformat.NotebookNode | None = None,
        cell: int | None = None,
        traceback: str = "",
    ) -> None:
        super().__init__(message)
        self.notebook, self.cell, self.traceback = notebook, cell, traceback


def execute(
    notebook: Path,
    parameters: dict,
    scratch: Path,
    *,
    in_process: bool = False,
    timeout: float = Limits.seconds,
    on_cell: Callable[[int], None] = lambda index: None,
) -> nbformat.NotebookNode:
    """Run a notebook with Papermill and return it with its outputs.

    Parameters
    ----------
    notebook
        The notebook file.
    parameters
        Values for its cell tagged ``parameters``.
    scratch
        A folder for the notebook as it runs; kept short, since a kernel's sockets live there.
    in_process
        Run the cells in this process instead of a kernel; only for a process that makes this one report.
    timeout
        Seconds that a cell may take.
    on_cell
        Called with the number of each cell before it runs (in this process only).

    Raises
    ------
    ReportError
        When a cell raises or takes too long, or the kernel dies.
    """
    ran: list[nbformat.NotebookNode] = []
    reached: list[int] = []

    def note(index: int) -> None:
        reached.append(index + 1)
        on_cell(index)

    try:
        if in_process:
            return papermill.execute_notebook(
                str(notebook),
                None,
                parameters=parameters,
                engine_name="cds",
                kernel_name="python3",
                progress_bar=False,
                execution_timeout=timeout,
                on_start=ran.append,
                on_cell=note,
            )
        with _kernel_of_ours(scratch) as options:
            return papermill.execute_notebook(
                str(notebook),
                str(scratch / "executed.ipynb"),
                parameters=parameters,
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                execution_timeout=timeout,
                start_timeout=120,
                **options,
            )
    except PapermillExecutionError as error:
        raise ReportError(
            f"{error.ename}: {error.evalue}",
            _as_far_as_it_ran(ran, scratch),
            error.cell_index + 1,
            _COLOURS.sub("", "\n".join(error.traceback)),
        ) from None
    # A dead kernel, a timeout, a notebook that does not parse: the report fails, the batch goes on.
    except Exception as error:
        raise ReportError(
            f"{type(error).__name__}: {error}",
            _as_far_as_it_ran(ran, scratch),
            reached[-1] if reached else None,
        ) from None


@contextmanager
def _kernel_of_ours(scratch: Path) -> Iterator[dict]:
    """Let Jupyter start the kernel of this environment, not one of the user's, while the block runs."""
    wanted, options = {"JUPYTER_PREFER_ENV_PATH": "1"}, {}
    if os.name == "posix" and len(str(scratch)) <= _LONGEST_FOLDER:
        # Sockets in files: kernels that start side by side over TCP race for ports and are open to other
        # users.
        wanted["JUPYTER_RUNTIME_DIR"] = str(scratch)
        options = {"config": Config({"KernelManager": {"transport": "ipc", "ip": str(scratch / "k")}})}
    with environment(wanted):
        yield options


def _as_far_as_it_ran(ran: list, scratch: Path) -> nbformat.NotebookNode | None:
    if ran:
        return ran[0]
    output = scratch / "executed.ipynb"
    return nbformat.read(output, as_version=4) if output.is_file() else None
