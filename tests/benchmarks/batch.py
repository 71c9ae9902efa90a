"""Time a batch of profiles, side by side in one run: ``python tests/benchmarks/batch.py [NUMBER OF
PROVINCES]`` (63 take about ten minutes).

* loop: ``papermill`` and ``jupyter nbconvert`` on the command line, two at a time by xargs
* pool: a process pool around Papermill's Python call with a reused HTML exporter (``cds report --engine
pool``) * fork: this package's engine (``cds report``)

Each row is a whole command, from nothing to the last page; those of fork are means of a run before the
others and one after them. Memory is the largest of any worker, with the kernel it started.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

import cds_analysis as cds
from cds_analysis.paths import notebooks_folder

JOBS = 2
BIN = Path(sys.executable).parent
NOTEBOOK = notebooks_folder() / "04_province_profile.ipynb"


def measured(command, cwd):
    """Seconds of a command, and the largest memory (MiB) of a worker."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, done = [0.0], threading.Event()

    def watch():
        while not done.wait(1.0):
            try:
                everyone = psutil.Process(process.pid).children(recursive=True)
                held = {p.pid: (p.ppid(), p.memory_info().rss / 2**20) for p in everyone}
            except psutil.Error:
                continue
            for pid, (_, own) in held.items():
                kernels = sum(mib for parent, mib in held.values() if parent == pid)
                grown = [p for p, (parent, _) in held.items() if parent == pid]
                peak[0] = max(peak[0], own + kernels if len(grown) <= 1 else own)

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    done.set()
    watcher.join()
    assert code == 0, command
    return time.perf_counter() - start, peak[0]


def mean(first, second):
    """The mean of two times, since machines are noisy, and the larger memory."""
    return (first[0] + second[0]) / 2, max(first[1], second[1])


def main():
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 63
    provinces = cds.load().provinces["province_id"].to_list()[:number]
    chosen = [a for p in provinces for a in ("--province", p)]
    report = [str(BIN / "cds"), "report", "province_profile", *chosen, "--jobs", str(JOBS), "--force"]
    one = (
        f"{BIN / 'papermill'} --no-progress-bar --log-level ERROR {NOTEBOOK} {{}}.ipynb -p province {{}} -p"
        f" lang vi && {BIN / 'jupyter'}-nbconvert --to html --no-input --log-level ERROR {{}}.ipynb"
    )
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "loop").mkdir()
        (Path(folder) / "loop" / "list").write_text("\n".join(provinces))
        fork, twice = [*report, "--lang", "vi", "--out", "fork"], [*report, "--out", "twice"]
        first = measured(fork, folder), measured(twice, folder)
        rows["pool"] = measured([*report, "--lang", "vi", "--engine", "pool", "--out", "pool"], folder)
        rows["loop"] = measured(
            ["xargs", "-a", "list", "-P", str(JOBS), "-I{}", "sh", "-c", one], Path(folder) / "loop"
        )
        assert len(list((Path(folder) / "loop").glob("*.html"))) == number
        second = measured(twice, folder), measured(fork, folder)
        rows["fork"] = mean(first[0], second[1])
        rows["fork, both languages (twice the reports)"] = mean(first[1], second[0])
    fork = rows["fork"][0]
    print(
        f"{number} profiles, {JOBS} at a time\n\n| way | seconds | times fork | a report, s | memory of a"
        " worker, MiB |\n|---|---|---|---|---|"
    )
    for name, (seconds, peak) in sorted(rows.items(), key=lambda row: row[1][0]):
        reports = number * (2 if "twice" in name else 1)
        print(f"| {name} | {seconds:.1f} | {seconds / fork:.1f} | {seconds / reports:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
