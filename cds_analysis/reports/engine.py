"""The one place where a report's notebook is executed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from cds_analysis.errors import CdsError

__all__ = ["ReportError", "execute"]

CELL_TIMEOUT_S = 600
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # terminal colours that kernels put into tracebacks


class ReportError(CdsError):
    """A notebook that raised; keeps the notebook as far as it ran, the number of the cell in it (from 1), and the traceback."""

    def __init__(self, message: str, notebook: nbformat.NotebookNode | None = None, cell: int | None = None, traceback: str = "") -> None:
        super().__init__(message)
        self.notebook, self.cell, self.traceback = notebook, cell, traceback


def execute(notebook: Path, parameters: dict, scratch: Path) -> nbformat.NotebookNode:
    """Run a notebook with Papermill and return it with its outputs.

    Parameters
    ----------
    notebook
        The notebook file.
    parameters
        Values for its cell tagged ``parameters``.
    scratch
        A folder for the notebook as it runs; kept short, since the kernel's sockets live there.

    Raises
    ------
    ReportError
        When a cell raises, takes more than 10 minutes, or the kernel dies.
    """
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # the kernel of this environment, not one of the user's
    options = {}
    if os.name == "posix":
        # Sockets in files: kernels that start side by side over TCP race for ports and are open to other users.
        os.environ["JUPYTER_RUNTIME_DIR"] = str(scratch)
        options["config"] = Config({"KernelManager": {"transport": "ipc", "ip": str(scratch / "k")}})
    output = scratch / "executed.ipynb"
    try:
        return papermill.execute_notebook(
            str(notebook), str(output), parameters=parameters, kernel_name="python3", progress_bar=False, log_output=False,
            execution_timeout=CELL_TIMEOUT_S, start_timeout=120, **options,
        )  # fmt: skip
    except PapermillExecutionError as error:
        kept = nbformat.read(output, as_version=4) if output.is_file() else None
        raise ReportError(
            f"{error.ename}: {error.evalue}", kept, error.cell_index + 1, _COLOURS.sub("", "\n".join(error.traceback))
        ) from None
    except Exception as error:  # a dead kernel, a timeout, a notebook that does not parse: the report fails, the batch goes on
        kept = nbformat.read(output, as_version=4) if output.is_file() else None
        raise ReportError(f"{type(error).__name__}: {error}", kept) from None
