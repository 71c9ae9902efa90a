"""An IPython shell whose outputs become those of a notebook's cells."""

from __future__ import annotations

import builtins
import io
import os
import sys
import types
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import nbformat
from ipykernel.jsonutil import json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from cds_analysis.running.borrowed import environment

__all__ = ["MOST_TEXT", "Collector", "Shell", "fresh_shell"]

MOST_TEXT = 1_000_000  # characters of printed text kept for a cell
_INLINE = "module://matplotlib_inline.backend_inline"


class Collector:
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
            for output in self.by_display_id.get(display_id or "", []):
                output.update(data=nbformat.from_dict(data), metadata=nbformat.from_dict(metadata))
            return
        output = nbformat.v4.new_output("display_data", data=data, metadata=metadata)
        if display_id:
            self.by_display_id.setdefault(display_id, []).append(output)
        self.add(output)


class _Stream(io.TextIOBase):
    """What ``print`` writes to while cells run."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, collector: Collector, name: str) -> None:
        self._collector, self.name = collector, name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._collector.stream(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):
    shell: Shell

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs) -> None:
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

    shell: Shell

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
                nbformat.v4.new_output(
                    "execute_result", data=data, metadata=metadata, execution_count=self.prompt_count
                )
            )
        self.found = None


class Shell(InteractiveShell):
    """IPython as a kernel has it, with a collector instead of sockets."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    collector: Collector
    asked_to_exit = False

    def _showtraceback(self, etype, evalue, stb) -> None:
        self.collector.add(
            nbformat.v4.new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))
        )

    def ask_exit(self) -> None:
        self.asked_to_exit = True

    def enable_gui(self, gui=None) -> None:
        pass


@contextmanager
def fresh_shell() -> Iterator[Shell]:
    """Give a shell with an empty namespace; afterwards the process is as before, also where it is an IPython
    itself.
    """
    collector = Collector()
    module = types.ModuleType("__main__", "The namespace of the notebook.")
    vars(module)["__builtins__"] = builtins
    outer = InteractiveShell._instance
    with ExitStack() as stack:
        if outer is not None:
            type(outer).clear_instance()
        stack.callback(_restore, outer)
        keep = {
            name: getattr(sys, name) for name in ("stdout", "stderr", "stdin", "displayhook", "excepthook")
        }
        stack.callback(lambda: [setattr(sys, name, value) for name, value in keep.items()])
        stack.callback(sys.modules.__setitem__, "__main__", sys.modules["__main__"])
        sys.modules["__main__"] = module
        if "MPLBACKEND" not in os.environ:
            stack.enter_context(environment({"MPLBACKEND": _INLINE}))
        stack.enter_context(_inline_pictures())
        shell = Shell.instance(
            user_module=module, config=Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
        )
        stack.callback(Shell.clear_instance)
        stack.callback(shell.restore_sys_module_state)
        shell.collector = collector
        sys.stdout, sys.stderr, sys.stdin = (
            _Stream(collector, "stdout"),
            _Stream(collector, "stderr"),
            io.StringIO(),
        )
        yield shell


def _restore(outer) -> None:
    if outer is not None:
        for cls in type(outer)._walk_mro():
            cls._instance = outer


@contextmanager
def _inline_pictures() -> Iterator[None]:
    """Let pyplot show its figures as cell outputs, as a kernel does, unless a backend is chosen already; give
    matplotlib its settings back afterwards.
    """
    was_there = sys.modules.get("matplotlib")
    before = None if was_there is None else _as_they_are(was_there.rcParams)
    if was_there and "matplotlib.pyplot" not in sys.modules and os.environ["MPLBACKEND"] == _INLINE:
        was_there.rcParams["backend"] = _INLINE
    try:
        yield
    finally:
        now = sys.modules.get("matplotlib")
        if now is not None and before is not None:
            dict.update(now.rcParams, before)
        elif now is not None:  # imported by a cell: it is for the caller to choose how pictures are shown
            dict.update(now.rcParams, {"backend": dict.__getitem__(now.rcParamsDefault, "backend")})


def _as_they_are(settings: dict) -> dict:
    """Return matplotlib's settings. Read in the usual way, the backend would be chosen now, if none
    is yet.
    """
    return {name: dict.__getitem__(settings, name) for name in dict.keys(settings)}
