"""A Papermill engine that runs a notebook's cells in this process: no kernel to start, no sockets; the outputs are those of a kernel.

``papermill --engine cds in.ipynb out.ipynb`` uses it too. What a cell writes past Python (a C library printing to file descriptor 1) is
not captured, and a time limit needs the main thread of a POSIX system; everything else is as in an ordinary kernel.
"""

from __future__ import annotations

import builtins
import io
import os
import signal
import sys
import threading
import types
from contextlib import ExitStack, contextmanager

import nbformat
from ipykernel.jsonutil import json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.engines import Engine
from papermill.log import logger
from traitlets import Type
from traitlets.config import Config

__all__ = ["MOST_TEXT", "InProcessEngine"]

MOST_TEXT = 1_000_000  # characters of printed text kept for a cell
_INLINE = "module://matplotlib_inline.backend_inline"


class _Collector:
    """The outputs of the cell that runs, as a notebook keeps them."""

    def __init__(self) -> None:
        self.by_display_id: dict[str, list] = {}
        self.begin([])

    def begin(self, outputs: list) -> None:
        self.outputs, self.printed, self.clears_next = outputs, 0, False

    def add(self, output: nbformat.NotebookNode) -> None:
        if self.clears_next:
            self.outputs.clear()
            self.clears_next = False
        self.outputs.append(output)

    def stream(self, name: str, text: str) -> None:
        room = MOST_TEXT - self.printed
        if room <= 0 or not text:
            return
        self.printed += len(text)
        if len(text) > room:
            text = text[:room] + f"\n[cut here: a cell keeps {MOST_TEXT:,} characters of printed text]\n"
        last = self.outputs[-1] if self.outputs and not self.clears_next else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            self.add(nbformat.v4.new_output("stream", name=name, text=text))

    def display(self, data: dict, metadata: dict, display_id: str | None, *, update: bool) -> None:
        if update:
            for output in self.by_display_id.get(display_id, []):
                output.update(data=nbformat.from_dict(data), metadata=nbformat.from_dict(metadata))
            return
        output = nbformat.v4.new_output("display_data", data=data, metadata=metadata)
        if display_id:
            self.by_display_id.setdefault(display_id, []).append(output)
        self.add(output)


class _Stream(io.TextIOBase):
    """What ``print`` writes to while cells run."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, collector: _Collector, name: str) -> None:
        self._collector, self.name = collector, name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._collector.stream(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, *, transient=None, update=False, **kwargs) -> None:
        self._validate_data(data, metadata)
        display_id = (transient or {}).get("display_id")
        self.shell.collector.display(json_clean(data), json_clean(metadata or {}), display_id, update=update)

    def clear_output(self, wait=False) -> None:
        if wait:
            self.shell.collector.clears_next = True
        else:
            self.shell.collector.outputs.clear()


class _Hook(DisplayHook):
    """The last expression of a cell becomes its result."""

    def start_displayhook(self) -> None:
        self.found = None

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        self.found = (json_clean(format_dict), json_clean(md_dict or {}))

    def finish_displayhook(self) -> None:
        if self.found and self.found[0]:
            data, metadata = self.found
            self.shell.collector.add(
                nbformat.v4.new_output("execute_result", data=data, metadata=metadata, execution_count=self.prompt_count)
            )
        self.found = None


class _Shell(InteractiveShell):
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    collector: _Collector
    asked_to_exit = False

    def _showtraceback(self, etype, evalue, stb) -> None:
        self.collector.add(nbformat.v4.new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb)))

    def ask_exit(self) -> None:
        self.asked_to_exit = True

    def enable_gui(self, gui=None) -> None:
        pass


class _TimeUp(BaseException):
    """Raised in a cell that runs too long; not an Exception, so that no ``except Exception`` keeps it."""


class InProcessEngine(Engine):
    """Runs cells one after the other in a fresh shell of this process, stops at the first that raises, and keeps the states of widgets."""

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
        with _shell() as (shell, widgets):
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
                nb_man.nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": json_clean(state)}


def _run_cell(shell: _Shell, cell: nbformat.NotebookNode, seconds: float | None) -> None:
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code" or "skip-execution" in tags or not cell.source.strip():
        return
    cell.outputs = []
    shell.collector.begin(cell.outputs)
    with _time_limit(seconds):
        result = shell.run_cell(cell.source, store_history=True)
    cell["execution_count"] = shell.execution_count - 1
    if isinstance(result.error_in_exec, _TimeUp):
        raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", seconds, cell)
    if shell.asked_to_exit:
        raise DeadKernelError("the notebook asked to exit")
    if not result.success and "raises-exception" not in tags:
        error = next((o for o in reversed(cell.outputs) if o.output_type == "error"), None)
        ename, evalue, lines = (error.ename, error.evalue, error.traceback) if error else ("Error", str(result.error_in_exec), [])
        raise CellExecutionError("\n".join(lines), ename, evalue)


@contextmanager
def _time_limit(seconds: float | None):
    if not seconds or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum, frame):
        raise _TimeUp(f"the cell took more than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _shell():
    """Give a fresh shell and a function for the states of the widgets made in it; afterwards the process is as before, also where it is an IPython itself."""
    collector = _Collector()
    module = types.ModuleType("__main__", "The namespace of the notebook.")
    module.__builtins__ = builtins
    outer = InteractiveShell._instance
    with ExitStack() as stack:
        if outer is not None:
            type(outer).clear_instance()
        stack.callback(_restore, outer)
        keep = {name: getattr(sys, name) for name in ("stdout", "stderr", "stdin", "displayhook", "excepthook")}
        stack.callback(lambda: [setattr(sys, name, value) for name, value in keep.items()])
        stack.callback(sys.modules.__setitem__, "__main__", sys.modules["__main__"])
        sys.modules["__main__"] = module
        if "MPLBACKEND" not in os.environ:
            os.environ["MPLBACKEND"] = _INLINE
            stack.callback(os.environ.pop, "MPLBACKEND", None)
        _use_inline_pictures()
        shell = _Shell.instance(user_module=module, config=Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}}))
        stack.callback(_Shell.clear_instance)
        stack.callback(shell.restore_sys_module_state)
        shell.collector = collector
        sys.stdout, sys.stderr, sys.stdin = _Stream(collector, "stdout"), _Stream(collector, "stderr"), io.StringIO()
        yield shell, stack.enter_context(_new_widgets())


def _restore(outer) -> None:
    if outer is not None:
        for cls in type(outer)._walk_mro():
            cls._instance = outer


def _use_inline_pictures() -> None:
    """Let pyplot show its figures as cell outputs, as a kernel does, unless a backend is chosen already."""
    if "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules and os.environ["MPLBACKEND"] == _INLINE:
        sys.modules["matplotlib"].rcParams["backend"] = _INLINE


@contextmanager
def _new_widgets():
    """Yield a function that gives the states of the widgets made since; ipywidgets is not imported for those that make none."""
    known = "ipywidgets" in sys.modules
    made: list = []
    if known:
        from ipywidgets import Widget

        Widget.on_widget_constructed(made.append)

    def states() -> dict:
        if "ipywidgets" not in sys.modules or (known and not made):
            return {"state": {}}
        from ipywidgets import Widget

        return Widget.get_manager_state(drop_defaults=False, widgets=made if known else None)  # None: all that there are

    try:
        yield states
    finally:
        if known:
            Widget.on_widget_constructed(None)


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
