"""Reports made by the workers of a real Dask scheduler, one of which is killed in the middle."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

import cds_analysis as cds
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook
from cds_analysis.reports.plan import plan

pytest.importorskip("distributed")


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler and two worker processes on this machine's loopback; they do not have this package on
    their path.
    """
    environment = {**os.environ, "DASK_DISTRIBUTED__DASHBOARD__LINK": "", "PYTHONSAFEPATH": "1"}
    start = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(tmp_path / "scheduler.json"),
    ]
    processes = [subprocess.Popen(start, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment)]
    try:
        address = next(
            m.group() for line in processes[0].stderr if (m := re.search(r"tcp://127\.0\.0\.1:\d+", line))
        )
        threading.Thread(target=processes[0].stderr.read, daemon=True).start()
        worker = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--host",
            "127.0.0.1",
        ]
        processes += [
            subprocess.Popen(worker, stderr=subprocess.DEVNULL, cwd=tmp_path, env=environment)
            for _ in range(2)
        ]
        yield address, processes
    finally:
        for process in processes:
            for child in (
                [*psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []
            ):
                child.kill()
            process.kill()
            process.wait()


def test_workers_make_the_same_pages_and_one_may_die(scheduler, write_notebook, data, tmp_path):
    address, (_, *workers) = scheduler
    tasks = [
        plan(
            [
                find_notebook(
                    f"n{n}",
                    write_notebook(f"{n}_n{n}", "import time; time.sleep(0.7)", f"print('report {n}')"),
                )
            ],
            data,
            langs=["en"],
        )[0]
        for n in range(10, 18)
    ]
    tasks += plan([find_notebook("province_profile")], data, provinces=["lang-son"], langs=["vi"])
    tasks += plan([find_notebook("broken", write_notebook("30_broken", "1 / 0"))], data, langs=["en"])
    seen = []

    def on_result(result):
        seen.append(result)
        if len(seen) == 2:
            for child in psutil.Process(workers[0].pid).children(recursive=True):
                child.kill()
            os.kill(workers[0].pid, signal.SIGKILL)

    results = run(tasks, tmp_path / "dask", data=data, dask=address, on_result=on_result)
    assert [(r.key, r.error) for r in results[:-1] if r.status != "made"] == []
    assert results[-1].status == "failed" and "ZeroDivisionError" in results[-1].error
    run(tasks[8:9], tmp_path / "here", data=data)
    assert (tmp_path / "dask" / tasks[8].path).read_bytes() == (
        tmp_path / "here" / tasks[8].path
    ).read_bytes()


def test_a_scheduler_that_is_killed_is_one_sentence_and_keeps_what_is_finished(
    scheduler, write_notebook, data, tmp_path
):
    address, (its_process, *_) = scheduler
    out = tmp_path / "out"
    tasks = [
        plan(
            [
                find_notebook(
                    f"n{n}", write_notebook(f"{n}_n{n}", "import time; time.sleep(0.7)", f"print({n})")
                )
            ],
            data,
            langs=["en"],
        )[0]
        for n in range(10, 16)
    ]
    seen = []

    def on_result(result):
        seen.append(result)
        if len(seen) == 2:
            its_process.kill()

    start = time.monotonic()
    with pytest.raises(cds.CdsError, match=f"the Dask scheduler at {address} was lost"):
        run(tasks, out, data=data, dask=address, on_result=on_result)
    assert time.monotonic() - start < 60
    entries = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["reports"]
    made = {k for k, e in entries.items() if e["status"] == "made"}
    assert made == {r.key for r in seen} and len(made) >= 2
    assert logging.getLogger("distributed").level != logging.CRITICAL  # the caller's logs are as they were
    rest = run(tasks, out, data=data, jobs=2)
    assert {r.status for r in rest} == {"made", "unchanged"}


def test_an_address_without_a_scheduler_is_refused(data, tmp_path, write_notebook, monkeypatch):
    from cds_analysis.running import cluster

    monkeypatch.setattr(cluster, "_ANSWER_S", 1)
    tasks = plan([find_notebook("fine", write_notebook("10_fine", "1"))], data, langs=["en"])
    start = time.monotonic()
    with pytest.raises(cds.CdsError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        run(tasks, tmp_path / "out", data=data, dask="tcp://127.0.0.1:9")
    assert time.monotonic() - start < 30
