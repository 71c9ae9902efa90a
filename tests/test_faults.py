"""Whatever happens to one report costs that report only, and nothing that is finished is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import filelock
import psutil
import pytest

import cds_analysis as cds
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook
from cds_analysis.reports.plan import plan
from cds_analysis.running import forked
from cds_analysis.running.tasks import Limits

pytestmark = pytest.mark.skipif(not forked.can_fork(), reason="the fork server is used on Linux only")

OUTSIDE = "from pathlib import Path\nPath(r'{outside}').write_text('x')"
FAULTS = {
    "10_raises": ("1 / 0", "ZeroDivisionError"),
    "11_hangs": ("while True: pass", "CellTimeoutError"),
    "12_hangs_deaf": (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\nwhile True: pass",
        "did not stop",
    ),
    "13_exits": ("exit()", "asked to exit"),
    "14_leaves": ("import os\nos._exit(3)", "exit code 3"),
    "15_crashes": ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    "16_eats": ("kept = []\nwhile True:\n    kept.append(bytearray(20_000_000))", "emory"),
    "17_writes_outside": (OUTSIDE, "may not write outside"),
    "18_kills_its_group": ("import os, signal\nos.killpg(0, signal.SIGKILL)", "SIGKILL"),
}
FINE = {
    "20_prints": "for _ in range(1000):\n    print('x' * 100_000)",
    "21_starts_others": "import subprocess\nsubprocess.Popen(['sleep', '98765'])\nprint('started')",
    "22_writes_here": (
        "open('here.txt', 'w').write('x')\nimport tempfile\nprint(open(tempfile.mkstemp()[1],"
        " 'w').write('x'))"
    ),
    "23_is_well": "print('well')",
}


@pytest.fixture
def task_of(write_notebook, data):
    def make(name, *cells):
        return plan([find_notebook(name.split("_", 1)[1], write_notebook(name, *cells))], data, langs=["en"])[
            0
        ]

    return make


def children_of_servers():
    """The processes of reports that run now, below the fork servers of this process."""
    for process in psutil.Process().children():
        if "forkserver" in " ".join(process.cmdline()):
            yield from process.children()


def sleeping():
    """The processes that the notebook 21 starts."""
    return {
        p.pid
        for p in psutil.process_iter(["cmdline", "status"])
        if p.info["cmdline"] == ["sleep", "98765"] and p.info["status"] != psutil.STATUS_ZOMBIE
    }


def test_each_fault_costs_its_own_report_only(task_of, data, tmp_path, monkeypatch):
    monkeypatch.setattr(forked, "_GRACE_S", 1.0)
    monkeypatch.setattr(forked, "MOST_TRIES", 3)
    outside, out = tmp_path / "outside.txt", tmp_path / "out"
    tasks = [
        task_of(name, "x = 1", cell.format(outside=outside) if cell == OUTSIDE else cell)
        for name, (cell, _) in FAULTS.items()
    ]
    tasks += [task_of(name, cell) for name, cell in FINE.items()]
    before = sleeping()
    results = run(tasks, out, data=data, jobs=2, engine="fork", limits=Limits(seconds=3, memory_mib=700))
    found = {r.key.split("/")[0]: r for r in results}
    for name, (_, words) in FAULTS.items():
        result = found[name.split("_", 1)[1]]
        assert result.status == "failed" and words in result.error, (name, result.error)
        assert result.cell is not None, name
    assert {found[name.split("_", 1)[1]].status for name in FINE} == {"made"}
    assert "1 / 0" in found["raises"].traceback
    assert not outside.exists()
    assert sum(f.stat().st_size for f in out.rglob("*.html")) < 8_000_000
    index = (out / "index.html").read_text(encoding="utf-8")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["reports"]
    assert "exit code 3" in index and manifest["raises/raises.en"]["traceback"]
    assert sleeping() <= before  # what a notebook started ends with it
    assert not list(children_of_servers())


def test_reports_killed_at_random_moments_are_made_all_the_same(task_of, data, tmp_path, monkeypatch):
    monkeypatch.setattr(forked, "MOST_TRIES", 60)
    tasks = [
        task_of(f"{n}_sleeps{n}", "import time", "time.sleep(0.3)", f"print('report {n} is complete')")
        for n in range(10, 26)
    ]
    draw, killed, done = random.Random(2025), [], threading.Event()

    def killer():
        while len(killed) < 50 and not done.wait(draw.uniform(0.01, 0.12)):
            for child in list(children_of_servers()):
                if draw.random() < 0.6:
                    child.kill()
                    killed.append(child.pid)

    thread = threading.Thread(target=killer)
    thread.start()
    results = run(tasks, tmp_path / "out", data=data, jobs=2, engine="fork")
    done.set()
    thread.join()
    assert len(killed) >= 50
    assert [r.error for r in results if r.status != "made"] == []
    for n, task in enumerate(tasks, start=10):
        assert f"report {n} is complete" in (tmp_path / "out" / task.path).read_text(encoding="utf-8")
    assert not list((tmp_path / "out").rglob("*.tmp"))


def test_a_report_killed_again_and_again_is_given_up(task_of, data, tmp_path, monkeypatch):
    monkeypatch.setattr(forked, "MOST_TRIES", 2)
    killer, fine = run(
        [
            task_of("10_killer", "import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"),
            task_of("11_fine", "print('well')"),
        ],
        tmp_path / "out",
        data=data,
        jobs=2,
        engine="fork",
    )
    assert (killer.status, fine.status) == ("failed", "made")
    assert killer.error == "its process was ended by SIGKILL 2 times" and killer.cell == 6


def test_a_fork_server_that_is_killed_is_started_again(task_of, data, tmp_path, monkeypatch):
    monkeypatch.setattr(forked, "MOST_TRIES", 2)
    kill = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(20)"
    tasks = [
        task_of("10_killer", "import os, pathlib", kill),
        *(task_of(f"1{n}_fine{n}", "import time", "time.sleep(0.5)", "print('well')") for n in range(1, 5)),
    ]
    killer, *fine = run(tasks, tmp_path / "out", data=data, jobs=2, engine="fork")
    assert killer.status == "failed" and killer.error == "the server of its process was ended 2 times"
    assert [(r.key, r.error) for r in fine if r.status != "made"] == []


def test_without_a_fork_server_the_pool_goes_on(task_of, data, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(
        forked, "start_server", lambda *a: (_ for _ in ()).throw(BlockingIOError("no more processes"))
    )
    tasks = [task_of("10_one", "print('first')"), task_of("11_two", "print('second')")]
    assert [r.status for r in run(tasks, tmp_path / "out", data=data, jobs=2)] == ["made", "made"]
    assert caplog.text.count("without the fork server") == 1 and "no more processes" in caplog.text


def profiles(out, *more):
    """The command that makes profiles in Vietnamese."""
    return [
        str(Path(sys.executable).with_name("cds")),
        "report",
        "province_profile",
        "-l",
        "vi",
        "--out",
        str(out),
        *more,
    ]


def started(out, *more):
    command = profiles(out, "-p", "all", "-j", "2", *more)
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_an_interrupted_batch_keeps_what_is_finished(tmp_path, sign):
    out, temporary = tmp_path / "out", Path(tempfile.mkdtemp(dir="/tmp"))  # short: sockets have short names
    os.environ["TMPDIR"] = str(temporary)
    try:
        batch = started(out)
    finally:
        del os.environ["TMPDIR"]
    for _ in range(2400):
        if len(list(out.rglob("province_profile/*.html"))) >= 3:
            break
        time.sleep(0.05)
    below = psutil.Process(batch.pid).children(recursive=True)
    batch.send_signal(sign)
    said = batch.communicate(timeout=30)[1]
    _, alive = psutil.wait_procs(below, timeout=10)
    assert alive == []
    pages = {f"province_profile/{f.name.removesuffix('.html')}" for f in out.rglob("province_profile/*.html")}
    entries = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["reports"]
    assert len(entries) == 63 and len(pages) >= 3
    if sign != signal.SIGKILL:  # against that nothing can be done at the time; the next run puts it right
        assert (
            batch.returncode == 128 + sign
            and "run again to make the others" in said
            and "Traceback" not in said
        )
        assert {k for k, e in entries.items() if e["status"] == "made"} == pages
        assert {e["status"] for e in entries.values()} == {"made", "missing"}
        assert not list(out.rglob("*.tmp")) and not [
            f for f in temporary.iterdir() if f.name.startswith("cds")
        ]
    for page in pages:
        assert (out / f"{page}.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_a_temporary_folder_with_a_long_name_means_the_pool(tmp_path):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    command = profiles(tmp_path / "out", "-p", "lang-son")
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TMPDIR": str(long)})
    assert "1 made" in done.stdout and done.stderr.count("without the fork server") == 1, done.stderr


def test_two_batches_do_not_write_into_one_folder(data, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with (
        filelock.FileLock(out / ".cds-lock"),
        pytest.raises(cds.CdsError, match="another batch is writing into"),
    ):
        run([], out, data=data)
    assert run([], out, data=data) == []  # and afterwards it is free


def test_a_disk_that_is_full_gives_one_sentence_and_loses_nothing(tmp_path):
    out = tmp_path / "out"
    command = f"{Path(sys.executable).with_name('cds')} report province_profile -l vi -j 1 --out {out}"
    first = subprocess.run(command + " -p lang-son", shell=True, capture_output=True, text=True)
    assert first.returncode == 0, first.stderr
    before = (out / "province_profile" / "lang-son.vi.html").read_bytes()
    # no file may grow beyond 50 KiB: writes fail in the middle, as on a full disk
    full = subprocess.run(
        ["bash", "-c", f"ulimit -f 50; {command} -p lang-son -p ha-noi --force"],
        capture_output=True,
        text=True,
    )
    assert full.returncode == 2, full.stderr
    assert "cannot" in full.stderr and "Traceback" not in full.stderr
    assert (out / "province_profile" / "lang-son.vi.html").read_bytes() == before
    assert not list(out.rglob("*.tmp")) and not (out / "province_profile" / "ha-noi.vi.html").exists()


def test_a_script_without_a_guard_can_make_reports(tmp_path):
    """Children must not run the caller's script again."""
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nimport cds_analysis as cds\nfrom cds_analysis.reports.batch import"
        " run\nfrom cds_analysis.reports.catalogue import find_notebook\nfrom cds_analysis.reports.plan"
        " import plan\nprint('once')\ndata = cds.load()\ntasks = plan([find_notebook('province_profile')],"
        " data, provinces=['lang-son', 'ha-noi'], langs=['vi'])\nprint([r.status for r in run(tasks,"
        " Path('out'), data=data, jobs=2, engine='fork')])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.splitlines() == ["once", "['made', 'made']"], done.stderr
