"""The output folder: nothing is lost that was finished, nothing is touched that is not ours, whatever is in
the manifest.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import cds_analysis as cds
from cds_analysis.cli.main import main
from cds_analysis.reports.batch import run
from cds_analysis.reports.catalogue import find_notebook
from cds_analysis.reports.manifest import read_manifest
from cds_analysis.reports.output_folder import OutputFolder
from cds_analysis.reports.plan import plan
from cds_analysis.running.tasks import Rendered


@pytest.fixture
def tasks(write_notebook, data):
    names = ("10_one", "11_two", "12_three")
    return [
        plan([find_notebook(n.split("_")[1], write_notebook(n, f"print('{n}')"))], data, langs=["vi"])[0]
        for n in names
    ]


@pytest.fixture
def quick(monkeypatch):
    """Reports without running a notebook: what is tested is what becomes of them."""

    def rendered(todo, *others):
        for task in todo:
            yield task, Rendered(task.key, f"<p>{task.key}</p>".encode(), seconds=0.1)

    monkeypatch.setattr("cds_analysis.reports.batch._rendered", rendered)


def entries(out):
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))["reports"]


def edited(change):
    def write(file):
        found = json.loads(file.read_text(encoding="utf-8"))
        change(found["reports"])
        file.write_text(json.dumps(found), encoding="utf-8")

    return write


def each(**values):
    return edited(lambda reports: [entry.update(values) for entry in reports.values()])


DAMAGES = {
    "empty": lambda f: f.write_bytes(b""),
    "cut off": lambda f: f.write_bytes(f.read_bytes()[:200]),
    "not text": lambda f: f.write_bytes(b"\xff\xfe\x00"),
    "a list": lambda f: f.write_text("[1, 2]"),
    "a number": lambda f: f.write_text("7"),
    "null": lambda f: f.write_text("null"),
    "nested": lambda f: f.write_text("[" * 100_000),
    "reports are a list": lambda f: f.write_text('{"reports": []}'),
    "no reports": lambda f: f.write_text('{"package": "0"}'),
    "an entry is a text": edited(lambda reports: reports.update({k: "made" for k in reports})),
    "an entry is null": edited(lambda reports: reports.update(dict.fromkeys(reports))),
    "no status": edited(lambda reports: [e.pop("status") for e in reports.values()]),
    "no path": edited(lambda reports: [e.pop("path") for e in reports.values()]),
    "no error": edited(lambda reports: [e.pop("error") for e in reports.values()]),
    "a status of its own": each(status="perhaps"),
    "output is null": each(output=None),
    "fingerprint is a list": each(fingerprint=[]),
    "number is null": each(number=None),
    "provinces are numbers": each(provinces=[1]),
    "cell is a text": each(status="failed", cell="six"),
    "a path outside": each(path="../../outside.html"),
    "half a character": each(name="\ud800"),
    "keys of their own": edited(lambda reports: reports.update({f"x/{k}": e for k, e in reports.items()})),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_manifest_is_one_sentence_and_its_reports_are_made_anew(
    tasks, data, tmp_path, quick, caplog, damage
):
    out = tmp_path / "out"
    run(tasks, out, data=data)
    DAMAGES[damage](out / "manifest.json")
    before = (out / "manifest.json").read_bytes()
    statuses = [r.status for r in run(tasks, out, data=data)]
    assert set(statuses) == ({"unchanged"} if damage == "keys of their own" else {"made"})
    assert caplog.text.count("is damaged") == 1 and len(caplog.records) == 1
    assert (out / "manifest.damaged.json").read_bytes() == before
    assert {e["status"] for e in entries(out).values()} == {"made"} and len(entries(out)) == 3
    assert {r.status for r in run(tasks, out, data=data)} == {"unchanged"}


def test_the_command_says_it_in_one_line(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text("null")
    done = CliRunner().invoke(main, ["report", "claims_check", "-l", "vi", "--out", str(out)])
    assert done.exit_code == 0, done.output
    lines = [line for line in done.output.splitlines() if line.startswith("cds: ")]
    assert len(lines) == 1 and "is damaged (it lists no reports)" in lines[0]


def test_what_a_killed_batch_had_finished_is_in_its_journal(tasks, data, tmp_path, quick):
    out, folder = tmp_path / "out", OutputFolder(tmp_path / "out")
    run(tasks, out, data=data)
    finished = entries(out)
    with folder.held():  # a batch that begins, notes two reports, and is killed while it notes the third
        manifest, _ = folder.read()
        missing = {k: {**e, "status": "missing"} for k, e in manifest["reports"].items()}
        folder.begin({**manifest, "reports": missing}, {"index.html": b""})
        for task in tasks[:2]:
            folder.note(task.key, finished[task.key])
    with (out / "manifest.jsonl").open("ab") as journal:
        journal.write(b'["three/three.vi", {"notebook": "thr')
    manifest, damage = read_manifest(out)
    assert damage == "" and [manifest["reports"][t.key]["status"] for t in tasks] == [
        "made",
        "made",
        "missing",
    ]
    assert [r.status for r in run(tasks, out, data=data)] == ["unchanged", "unchanged", "made"]
    assert not (out / "manifest.jsonl").exists() and entries(out).keys() == finished.keys()


def test_a_journal_line_that_cannot_be_used_costs_its_own_report(tasks, data, tmp_path, quick):
    out = tmp_path / "out"
    run(tasks, out, data=data)
    (out / "manifest.jsonl").write_bytes(b'nonsense\n["two/two.vi", 7]\n[]\n{"a": 1}\n\xff\n')
    manifest, damage = read_manifest(out)
    assert damage == "5 of its entries cannot be used" and len(manifest["reports"]) == 3


def test_a_journal_takes_a_line_a_report_and_not_the_whole_manifest(tasks, data, tmp_path, quick):
    out, folder = tmp_path / "out", OutputFolder(tmp_path / "out")
    run(tasks, out, data=data)
    entry = entries(out)["one/one.vi"]
    many = {f"one/n{n}.vi": {**entry, "stem": f"n{n}", "path": f"one/n{n}.vi.html"} for n in range(10_000)}
    with folder.held():
        folder.begin({"reports": many}, {"index.html": b""})
        start = time.perf_counter()
        for key, one in many.items():
            folder.note(key, one)
        took = time.perf_counter() - start
        whole, journal = (out / "manifest.json").stat().st_size, (out / "manifest.jsonl").stat().st_size
        assert len(read_manifest(out)[0]["reports"]) == 10_000
    assert journal < 1.1 * whole  # not the square of it
    assert took < 10


def test_files_that_are_not_ours_stay(tasks, data, tmp_path, quick):
    out = tmp_path / "out"
    strangers = [
        out / ".notes.tmp",
        out / "one" / ".draft.html.4711.tmp",
        out / "one" / ".cds-4711.mine.html.tmp",
        out / "deep" / "er" / ".cds-1.one.vi.html.tmp",
        out / "one" / "mine.html",
        out / "failed" / "mine.ipynb",
    ]
    ours = [out / "one" / ".cds-4711.one.vi.html.tmp", out / ".cds-4711.manifest.json.tmp"]
    for file in [*strangers, *ours]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("kept")
    run(tasks, out, data=data, force=True)
    assert [f for f in strangers if not f.exists() or f.read_text() != "kept"] == []
    assert [f for f in ours if f.exists()] == []


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_a_page_of_somebody_else_is_not_overwritten(tasks, data, tmp_path, quick, name):
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("<p>my own site</p>")
    with pytest.raises(cds.CdsError, match="was not made by `cds report`"):
        run(tasks, out, data=data)
    assert [f.name for f in out.iterdir()] == [name]
    (out / name).unlink()
    run(tasks, out, data=data)
    (out / "manifest.json").unlink()
    assert {r.status for r in run(tasks, out, data=data)} == {"made"}  # our own is known without a manifest


@pytest.mark.parametrize("name", ["manifest.json", "index.html", "index.en.html", "manifest.jsonl"])
def test_a_folder_in_the_place_of_a_file_is_refused_first(tasks, data, tmp_path, quick, name):
    (tmp_path / "out" / name).mkdir(parents=True)
    with pytest.raises(cds.CdsError, match=f"{name} is a folder"):
        run(tasks, tmp_path / "out", data=data)


def removing(what, after):
    """Called with each result; removes something after so many."""
    seen = []

    def on_result(result):
        seen.append(result)
        if len(seen) == after:
            what()

    return on_result


def test_an_output_folder_removed_in_the_middle_is_an_error(tasks, data, tmp_path, quick):
    out = tmp_path / "out"
    with pytest.raises(cds.CdsError, match="was removed or replaced while reports were being written"):
        run(tasks, out, data=data, on_result=removing(lambda: shutil.rmtree(out), 1))
    assert not out.exists()  # nor is half of it made again


def test_an_output_folder_replaced_in_the_middle_is_an_error(tasks, data, tmp_path, quick):
    out = tmp_path / "out"

    def replace():
        shutil.move(out, tmp_path / "moved")
        out.mkdir()

    with pytest.raises(cds.CdsError, match="was removed or replaced"):
        run(tasks, out, data=data, on_result=removing(replace, 1))
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("after", [1, 3])
def test_pages_removed_in_the_middle_are_missed_at_the_end(tasks, data, tmp_path, quick, after):
    out = tmp_path / "out"
    with pytest.raises(cds.CdsError, match=r"1 of the pages in .* were removed while the batch ran"):
        run(tasks, out, data=data, on_result=removing(lambda: shutil.rmtree(out / "one"), after))
    assert [r.status for r in run(tasks, out, data=data)] == ["made", "unchanged", "unchanged"]


def test_an_interruption_leaves_a_whole_manifest(tasks, data, tmp_path, quick):
    out = tmp_path / "out"

    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tasks, out, data=data, on_result=removing(interrupt, 2))
    assert [entries(out)[t.key]["status"] for t in tasks] == ["made", "made", "missing"]
    assert sorted(f.name for f in out.iterdir()) == [
        "index.en.html",
        "index.html",
        "manifest.json",
        "one",
        "two",
    ]


def process_that_is_gone():
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_temporary_folders_of_killed_runs_are_cleared_and_no_others(tmp_path, monkeypatch):
    from cds_analysis.running.scratch import clear_abandoned, workspace

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = process_that_is_gone()
    gone = [tmp_path / f"cds-{dead}-abc", tmp_path / "pymp-abc"]
    stay = [
        tmp_path / f"cds-{os.getpid()}-abc",  # its process lives
        tmp_path / "cds-notes",
        tmp_path / f"cdsx-{dead}-abc",
        tmp_path / "pymp-other",
        tmp_path / "target",
    ]
    for folder in gone + stay:
        folder.mkdir()
        (folder / "file").touch()
    (tmp_path / "pymp-abc" / f"cds-{dead}").touch()
    (tmp_path / "pymp-other" / f"cds-{os.getpid()}").touch()
    (tmp_path / f"cds-{dead}-link").symlink_to(tmp_path / "target")
    with workspace() as own:
        assert own.is_dir() and own.parent == tmp_path
        clear_abandoned()
        assert own.is_dir()
    assert not own.exists()
    assert [f for f in gone if f.exists()] == [] and [f for f in stay if not (f / "file").exists()] == []


def test_a_run_that_lives_elsewhere_keeps_its_temporary_folder(tmp_path, monkeypatch):
    """Another container may share the folder for temporary files: its process has no number here."""
    import filelock

    from cds_analysis.running.scratch import clear_abandoned

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / f"cds-{process_that_is_gone()}-abc"
    folder.mkdir()
    with filelock.FileLock(folder / ".lock"):
        clear_abandoned()
        assert folder.is_dir()


@pytest.mark.skipif(
    shutil.which("mount") is None or os.name != "posix" or os.getuid() != 0, reason="needs root"
)
def test_a_folder_for_temporary_files_that_is_full_is_one_sentence(tmp_path):
    import tempfile

    small = Path(
        tempfile.mkdtemp(prefix="s")
    )  # a short name: in a long one the fork server has no room for its socket
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True
    )
    if mounted.returncode:
        small.rmdir()
        pytest.skip("no file system of its own can be mounted here")
    try:
        command = [sys.executable, "-m", "cds_analysis", "report", "claims_check", "-l", "vi", "--out"]
        done = subprocess.run(
            [*command, str(tmp_path / "out")],
            capture_output=True,
            text=True,
            env={**os.environ, "TMPDIR": str(small)},
        )
        assert done.returncode == 2 and "cannot write temporary files in" in done.stderr, done.stderr
        assert "No space left" in done.stderr and "Traceback" not in done.stderr
        assert not list(small.glob("cds-*")) and not list((tmp_path / "out").rglob("*.tmp"))
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
        small.rmdir()


def test_no_folder_for_temporary_files_at_all_is_one_sentence(tasks, data, tmp_path, monkeypatch):
    import tempfile

    def nowhere():
        raise FileNotFoundError(2, "No usable temporary directory found in ['/a', '/b']")

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", nowhere)
    for engine in ("fork", "pool"):
        with pytest.raises(cds.CdsError, match="cannot write temporary files: No usable temporary directory"):
            run(tasks, tmp_path / "out", data=data, engine=engine)


def test_the_manifest_names_no_report_outside_its_folder(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    entry = {
        "notebook": "..",
        "stem": "x",
        "lang": "vi",
        "path": "../x.vi.html",
        "notebook_title": "",
        "name": "",
        "number": "",
        "status": "made",
        "error": "",
        "cell": None,
        "provinces": [],
        "fingerprint": {},
        "output": {},
    }
    (out / "manifest.json").write_text(json.dumps({"reports": {"../x.vi": entry}}))
    assert read_manifest(out) == ({"reports": {}}, "1 of its entries cannot be used")
    inside = {**entry, "notebook": "a", "path": "a/x.vi.html"}
    (out / "manifest.json").write_text(json.dumps({"reports": {"a/x.vi": inside}}))
    assert read_manifest(out) == ({"reports": {"a/x.vi": inside}}, "")
    assert Path(out / inside["path"]).resolve().is_relative_to(out.resolve())
