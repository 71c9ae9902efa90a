"""What a Dask worker runs. It travels there as source, so it uses the standard library only; the package
itself travels as a zip file.

Each worker keeps helper processes (:mod:`cds_analysis.running.serve`) with the libraries loaded, one for
each report it makes at a time.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import types
import zipfile

__all__ = ["run_there"]


def run_there(request: bytes, payload: dict[str, bytes]) -> bytes:
    """Make one report in a helper of this worker and return the pickled answer.

    Parameters
    ----------
    request
        A pickled task with its limits.
    payload
        ``code``: the package as a zip file; ``shared``: the pickled dataset and notebooks.
    """
    state = _state()
    mark = hashlib.sha256(payload["code"] + payload["shared"]).hexdigest()[:16]
    with state.lock:
        helpers = state.idle.setdefault(mark, [])
        helper = helpers.pop() if helpers else None
        folder = _unpacked(state, mark, payload)
    helper = helper or _start(folder)
    asked, said = helper.stdin, helper.stdout
    assert asked and said, "both are pipes"
    try:
        asked.write(struct.pack(">Q", len(request)) + request)
        asked.flush()
        answer = _exactly(said, struct.unpack(">Q", _exactly(said, 8))[0])
    except BaseException:
        helper.kill()
        raise
    with state.lock:
        state.idle[mark].append(helper)
    return answer


def _state() -> types.ModuleType:
    """What this worker remembers between reports. This function arrives anew with each, so it cannot be kept
    beside it.
    """
    state = sys.modules.get("_cds_remote")
    if state is None:
        state = types.ModuleType("_cds_remote")
        vars(state).update(lock=threading.Lock(), idle={}, folders={})
        state = sys.modules.setdefault("_cds_remote", state)
        atexit.register(_tidy, state)
    return state


def _unpacked(state, mark: str, payload: dict[str, bytes]) -> str:
    if mark not in state.folders:
        folder = tempfile.mkdtemp(
            prefix=f"cds-{os.getpid()}-"
        )  # as in running/scratch.py, which cannot be used
        _lock(os.path.join(folder, ".lock"))
        zipfile.ZipFile(io.BytesIO(payload["code"])).extractall(folder)
        with open(os.path.join(folder, "shared"), "wb") as file:
            file.write(payload["shared"])
        state.folders[mark] = folder
    return state.folders[mark]


def _lock(path: str) -> None:
    """Lock a file until this worker ends: whoever clears away folders of killed processes sees that
    it lives.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR)
    try:
        import fcntl
    except ImportError:  # Windows, where an open file cannot be removed anyway
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def _start(folder: str) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": folder, "POLARS_MAX_THREADS": "1"}
    command = [sys.executable, "-m", "cds_analysis.running.serve", os.path.join(folder, "shared")]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=folder
    )


def _exactly(pipe, n: int) -> bytes:
    found = pipe.read(n)
    if len(found) < n:
        raise RuntimeError("the helper process of this worker died")
    return found


def _tidy(state) -> None:
    for helpers in state.idle.values():
        for helper in helpers:
            helper.kill()
    for folder in state.folders.values():
        shutil.rmtree(folder, ignore_errors=True)
