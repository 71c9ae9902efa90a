"""A Papermill engine that runs a notebook's cells in this process: no kernel to start, no sockets; the
outputs are those of a kernel.

``papermill --engine cds in.ipynb out.ipynb`` uses it too. What a cell writes past Python (a C library
printing to file descriptor 1) is not captured, and a time limit needs the main thread of a POSIX system;
everything else is as in an ordinary kernel.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import cast

import nbformat
from ipykernel.jsonutil import json_clean
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.engines import Engine
from papermill.log import logger

from cds_analysis.running.shell import Shell, fresh_shell

__all__ = ["InProcessEngine"]


class _TimeUp(BaseException):
    """Raised in a cell that runs too long; not an Exception, so that no ``except Exception`` keeps it."""


class InProcessEngine(Engine):
    """Runs cells one after the other in a fresh shell of this process, stops at the first that raises, and
    keeps the states of widgets.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        log_output=False,
        stdout_file=None,
        stderr_file=None,
        execution_timeout=None,
        on_start=None,
        on_cell=None,
        **kwargs,
    ):
        """Run the notebook that Papermill manages.

        Parameters
        ----------
        nb_man
            Papermill's manager, which holds the notebook and is told of the start and the end of each cell.
        kernel_name
            Not used: the cells run in this Python.
        log_output, stdout_file, stderr_file
            As in Papermill's own engine, written when a cell is done.
        execution_timeout
            Seconds that a cell may take, by default without limit.
        on_start, on_cell
            Called with the notebook before its first cell, and with the number of each cell before it runs.

        Raises
        ------
        CellTimeoutError
            When a cell takes longer.
        DeadKernelError
            When a cell calls ``exit()``.
        """
        if on_start is not None:
            on_start(nb_man.nb)
        with fresh_shell() as shell, _new_widgets() as widgets:
            for index, cell in enumerate(nb_man.nb.cells):
                if on_cell is not None:
                    on_cell(index)
                try:
                    nb_man.cell_start(cell, index)
                    _run_cell(shell, cell, execution_timeout)
                except CellExecutionError as error:
                    nb_man.cell_exception(cell, cell_index=index, exception=error)
                    break
                finally:
                    _pass_on(cell, log_output, stdout_file, stderr_file)
                    nb_man.cell_complete(cell, cell_index=index)
            nb_man.nb.metadata["language_info"] = _language()
            state = widgets()
            if state["state"]:
                nb_man.nb.metadata["widgets"] = {
                    "application/vnd.jupyter.widget-state+json": json_clean(state)
                }


def _run_cell(shell: Shell, cell: nbformat.NotebookNode, seconds: float | None) -> None:
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code" or "skip-execution" in tags or not cell.source.strip():
        return
    cell.outputs = []
    shell.collector.begin(cell.outputs)
    with _time_limit(seconds):
        result = shell.run_cell(cell.source, store_history=True)
    cell["execution_count"] = shell.execution_count - 1
    if isinstance(result.error_in_exec, _TimeUp):
        said = cast(int, seconds)  # it is only printed
        raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", said, cell)
    if shell.asked_to_exit:
        raise DeadKernelError("the notebook asked to exit")
    if not result.success and "raises-exception" not in tags:
        error = next((o for o in reversed(cell.outputs) if o.output_type == "error"), None)
        ename, evalue, lines = (
            (error.ename, error.evalue, error.traceback)
            if error
            else ("Error", str(result.error_in_exec), [])
        )
        raise CellExecutionError("\n".join(lines), ename, evalue)


@contextmanager
def _time_limit(seconds: float | None):
    if (
        not seconds
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def stop(signum, frame):
        raise _TimeUp(f"the cell took more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _new_widgets():
    """Yield a function that gives the states of the widgets made since; ipywidgets is not imported for those
    that make none.
    """
    known = sys.modules.get("ipywidgets")
    made: list = []
    if known:
        known.Widget.on_widget_constructed(made.append)

    def states() -> dict:
        now = sys.modules.get("ipywidgets")
        if not now or (known and not made):
            return {"state": {}}
        widgets = made if known else None  # None: all that there are
        return now.Widget.get_manager_state(drop_defaults=False, widgets=widgets)

    try:
        yield states
    finally:
        if known:
            known.Widget.on_widget_constructed(None)


def _pass_on(cell: nbformat.NotebookNode, log_output: bool, stdout_file, stderr_file) -> None:
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            target = {"stdout": stdout_file, "stderr": stderr_file}[output.name]
            if log_output:
                (logger.info if output.name == "stdout" else logger.warning)(output.text)
            if target is not None:
                target.write(output.text)
                target.flush()
        elif log_output and "text/plain" in output.get("data", {}):
            logger.info(output.data["text/plain"])


def _language() -> dict:
    return {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": ".".join(map(str, sys.version_info[:3])),
    }
