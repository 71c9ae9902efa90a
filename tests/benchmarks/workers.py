"""What it costs to send reports to Dask workers: ``python tests/benchmarks/workers.py [NUMBER]``.

The same profiles made here by two forked children and by a scheduler with two worker processes on this
machine, and the time that the scheduler and the transport take for a task that does nothing but carry the
same data, which bounds how many workers one scheduler can feed.
"""

import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from distributed import Client

import cds_analysis as cds
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook
from cds_analysis.reports.plan import plan


def main():
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    data = cds.load()
    tasks = plan(
        [find_notebook("province_profile")],
        data,
        provinces=data.provinces["province_id"].to_list()[:number],
        langs=["vi"],
    )
    quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
        ]
        scheduler = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder)
        address = next(
            m.group() for line in scheduler.stderr if (m := re.search(r"tcp://127\.0\.0\.1:\d+", line))
        )
        threading.Thread(target=scheduler.stderr.read, daemon=True).start()
        worker = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
        ]
        workers = [subprocess.Popen(worker, cwd=folder, **quiet) for _ in range(2)]
        try:
            with Client(address) as client:
                client.wait_for_workers(2)
            rows = []
            for name, where in (
                ("first on the workers (libraries are loaded)", address),
                ("forked children here", None),
                ("on the workers", address),
            ):
                start = time.perf_counter()
                results = run(
                    tasks, Path(folder) / name.split()[0], data=data, jobs=2, force=True, dask=where
                )
                assert all(r.status == "made" for r in results), results
                rows.append((name, time.perf_counter() - start))
            page = b"x" * 700_000  # as large as a page
            with Client(address) as client:
                start = time.perf_counter()
                client.gather(client.map(lambda n, p=page: p, range(200), pure=False))
                each = (time.perf_counter() - start) / 200
        finally:
            for process in [scheduler, *workers]:
                for child in [*psutil.Process(process.pid).children(recursive=True), process]:
                    child.kill()
    print(f"{number} profiles\n\n| way | seconds | a report, s |\n|---|---|---|")
    for name, seconds in rows:
        print(f"| {name} | {seconds:.1f} | {seconds / number:.2f} |")
    print(
        f"\nscheduler and transport of a page: {each * 1000:.1f} ms a report, so at most {1 / each:.0f}"
        " reports a second through one caller"
    )


if __name__ == "__main__":
    main()
