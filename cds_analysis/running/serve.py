"""The helper process of a Dask worker: takes tasks from standard input one by one and writes the answers to
standard output.

Both are pickles behind their length in 8 bytes. The process ends when the worker closes its end.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from dataclasses import replace
from pathlib import Path

from cds_analysis.running.forked import can_fork, make_forked
from cds_analysis.running.pooled import make_pooled
from cds_analysis.running.scratch import workspace
from cds_analysis.running.tasks import Limits, Rendered, Task


def _made(task: Task, data, limits: Limits) -> Rendered:
    many = (
        make_forked([task], data, jobs=1, limits=limits)
        if can_fork()
        else make_pooled([task], jobs=1, timeout=limits.seconds)
    )
    return next(iter(many))[1]


def _serve(shared: str) -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get between the answers
    data, notebooks = pickle.loads(Path(shared).read_bytes())
    with workspace() as folder:
        for name, source in notebooks.items():
            (folder / name).write_text(source, encoding="utf-8")
        while len(head := sys.stdin.buffer.read(8)) == 8:
            task, limits = pickle.loads(sys.stdin.buffer.read(struct.unpack(">Q", head)[0]))
            here = replace(task, notebook_path=str(folder / Path(task.notebook_path).name))
            answer = pickle.dumps(_made(here, data, limits))
            answers.write(struct.pack(">Q", len(answer)) + answer)
            answers.flush()


if __name__ == "__main__":
    _serve(sys.argv[1])
