"""What runs in the process of one report: limits first, then the report, then its answer."""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import sys
import tempfile
from pathlib import Path

from cds_analysis.running.tasks import Limits, Task

__all__ = ["make"]


def make(answers, task: Task, handed: str, scratch: str, limits: Limits) -> None:
    """Make one report in this process and send it; the number of each cell is sent as it begins.

    Parameters
    ----------
    answers
        The writing end of a pipe.
    task
        The report.
    handed
        File with the validated dataset (:class:`~cds_analysis.dataset.subset.Subsets`), pickled by the
        process that started this one.
    scratch
        An empty folder: the working directory and the place for temporary files. Files elsewhere cannot be
        written.
    limits
        Its limits.
    """
    from cds_analysis.running.render import (
        render,
    )  # here it is imported already; the caller must not wait for it

    _stand_alone()
    gc.set_threshold(50_000, 50, 100)  # one report makes little garbage
    gc.enable()
    _limit_memory(limits.memory_mib)
    os.chdir(scratch)
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    with open(handed, "rb") as file:
        parts = pickle.load(file)
    _write_only_below(Path(scratch))
    answers.send(
        render(
            task, Path(scratch), parts=parts, in_process=True, timeout=limits.seconds, on_cell=answers.send
        )
    )
    answers.close()
    os._exit(0)  # nothing of the notebook's runs any more: no exit handlers, no threads to wait for


def _stand_alone() -> None:
    """Leave the terminal's group, so that Ctrl-C is the caller's to handle, and end with the server."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def _limit_memory(mib: int) -> None:
    """Let a cell that asks for too much get a MemoryError with its traceback; the caller watches as well."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if mib:
        resource.setrlimit(resource.RLIMIT_DATA, (mib * 2**20 + _data_now(), resource.RLIM_INFINITY))


def _data_now() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PATHS = {
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.mkdir": (0,),
    "os.rmdir": (0,),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "shutil.rmtree": (0,),
    "shutil.move": (0, 1),
}


def _write_only_below(folder: Path) -> None:
    """Refuse to write files outside a folder: a guard against accidents in a notebook, not against malice."""
    allowed = tuple(str(p.resolve()) for p in (folder, Path("/dev"), Path("/proc"), *_caches()))

    def guard(event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            paths = [path] if isinstance(flags, int) and flags & _WRITING else []
        elif event in _PATHS:
            paths = [arguments[i] for i in _PATHS[event]]
        else:
            return
        for path in paths:
            if isinstance(path, str | bytes | os.PathLike):
                full = os.path.realpath(os.fsdecode(path))
                if not any(full == a or full.startswith(a + os.sep) for a in allowed):
                    raise PermissionError(f"a report may not write outside its working directory: {full}")

    sys.addaudithook(guard)


def _caches() -> list[Path]:
    """Where libraries keep what they computed before."""
    home = Path(os.path.expanduser("~"))
    named = [
        Path(os.environ[name])
        for name in ("MPLCONFIGDIR", "IPYTHONDIR", "XDG_CACHE_HOME")
        if os.environ.get(name)
    ]
    return [home / ".cache", home / ".config" / "matplotlib", home / ".ipython", home / ".jupyter", *named]
