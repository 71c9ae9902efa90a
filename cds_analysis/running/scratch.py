"""Folders for temporary files: each run has one, which goes with it; what runs that were killed left behind
is cleared away by the next.

A folder is named for the process that made it and holds a lock for as long as that lives: it is left behind
when the process is gone and the lock is free. Nothing else is touched.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import util
from pathlib import Path

import psutil

from cds_analysis.dataset.lock import held
from cds_analysis.errors import CdsError, ParameterError

__all__ = ["clear_abandoned", "mark_server_folder", "temporary_files", "workspace"]

_LOCK = ".lock"
_OURS = re.compile(r"cds-(?P<pid>\d+)-\w+")
_MARK = re.compile(r"cds-(?P<pid>\d+)")
_MARKED = "pymp-*"  # what multiprocessing calls its folder of sockets


@contextmanager
def temporary_files() -> Iterator[None]:
    """Say in one sentence what keeps us from writing temporary files.

    Raises
    ------
    CdsError
        Instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise CdsError(
            f"cannot write temporary files{_where()}: {error.strerror or error}. Make room there, or let the"
            " environment variable TMPDIR name another folder."
        ) from None


def _where() -> str:
    try:
        return f" in {tempfile.gettempdir()}"
    except OSError:  # the reason itself names the folders that were tried
        return ""


@contextmanager
def workspace() -> Iterator[Path]:
    """Give an empty folder for temporary files, which is removed afterwards.

    Raises
    ------
    CdsError
        When none can be made.
    """
    clear_abandoned()
    with temporary_files():
        folder = Path(tempfile.mkdtemp(prefix=f"cds-{os.getpid()}-"))
    try:
        with held(
            folder / _LOCK,
            busy=f"{folder} is in use",
            closed=lambda reason: f"cannot write temporary files in {folder}: {reason}",
        ):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def mark_server_folder() -> None:
    """Note in the folder where multiprocessing keeps the socket of its fork server whose it is: it is not
    removed when this process is killed.
    """
    with suppress(OSError):
        (Path(util.get_temp_dir()) / f"cds-{os.getpid()}").touch()


def clear_abandoned() -> None:
    """Remove the temporary folders of runs that were killed."""
    with suppress(OSError):
        root = Path(tempfile.gettempdir())
        for folder in root.glob("cds-*"):
            found = _OURS.fullmatch(folder.name)
            if found and _is_left_behind(folder, int(found["pid"])):
                with suppress(ParameterError), held(folder / _LOCK, busy="", closed=str):
                    shutil.rmtree(folder, ignore_errors=True)
        for mark in root.glob(f"{_MARKED}/cds-*"):
            found = _MARK.fullmatch(mark.name)
            if found and _is_left_behind(mark.parent, int(found["pid"])):
                shutil.rmtree(mark.parent, ignore_errors=True)


def _is_left_behind(folder: Path, pid: int) -> bool:
    with suppress(OSError):
        found = folder.lstat()
        is_ours = not hasattr(os, "getuid") or found.st_uid == os.getuid()
        return folder.is_dir() and not folder.is_symlink() and is_ours and not psutil.pid_exists(pid)
    return False
