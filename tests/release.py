"""The checklist of a release: `python tests/release.py [--draft]`, from a checkout. It changes nothing here.

What must hold before a tag is set, in order; the first that does not ends it with exit code 1. Wheel and
sdist are built from what is in git, checked by twine, each installed into an empty environment, and make a
report in an empty folder. With `--draft` the changelog need not have its date yet, and changes need not be
committed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ["report", "province_profile", "--province", "Lạng Sơn", "--lang", "vi", "--out", "pages"]


def said(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command away from this checkout's own code and return what it says, or end with it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_REQUIRE"))}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=clean, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"NOT READY: {' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def environment(folder: Path) -> Path:
    """Make an empty environment and return the folder of its programs."""
    venv.create(folder, with_pip=True)
    return folder / ("Scripts" if os.name == "nt" else "bin")


def checked_texts(*, draft: bool) -> str:
    """Hold version, changelog and citation against each other; return the version."""
    code = (ROOT / "cds_analysis/__init__.py").read_text("utf-8")
    version = re.findall(r'^__version__ = "(.+)"', code, re.MULTILINE)[0]
    heading = re.findall(r"^## (\S+) \((.+)\)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0]
    if heading[0] != version:
        sys.exit(f"NOT READY: the version is {version}, the newest heading of CHANGELOG.md {heading[0]}")
    if not draft and not re.fullmatch(r"\d{4}-\d\d-\d\d", heading[1]):
        sys.exit(f"NOT READY: CHANGELOG.md says {heading[1]!r} where the date of the release belongs")
    if not draft and said("git", "status", "--porcelain"):
        sys.exit("NOT READY: there are changes that are not committed")
    return version


def built(tools: Path, scratch: Path) -> list[Path]:
    """Build wheel and sdist from the files that git knows, and let twine check them."""
    copy = scratch / "copy"
    for name in said("git", "ls-files", "-z").split("\0"):
        if name and (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    said(tools / "python", "-m", "build", "--outdir", scratch / "dist", copy)
    files = sorted((scratch / "dist").iterdir())
    said(tools / "python", "-m", "twine", "check", "--strict", *files)
    return files


def tried(file: Path, version: str, scratch: Path) -> None:
    """Install one file into an empty environment and make a report with it in an empty folder."""
    here = scratch / file.suffix.strip(".")
    programs, empty = environment(here / "env"), here / "empty"
    empty.mkdir()
    said(programs / "python", "-m", "pip", "install", "--quiet", file)
    if version not in (shown := said(programs / "cds", "--version", cwd=empty)):
        sys.exit(f"NOT READY: {file.name} says {shown.strip()!r}, not {version}")
    said(programs / "cds", "check", cwd=empty)
    said(programs / "cds", *REPORT, cwd=empty)
    page = empty / "pages/province_profile/lang-son.vi.html"
    if page.stat().st_size < 50_000:
        sys.exit(f"NOT READY: {page.name} from {file.name} is almost empty")


def main() -> None:
    """Go through the list and say what holds."""
    start = time.monotonic()

    def holds(what: str) -> None:
        print(f"[{time.monotonic() - start:4.0f} s] {what}", flush=True)

    version = checked_texts(draft="--draft" in sys.argv[1:])
    holds(f"version {version} is the newest of CHANGELOG.md")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        tools = environment(scratch / "tools")
        said(tools / "python", "-m", "pip", "install", "--quiet", "build", "twine")
        files = built(tools, scratch)
        holds(f"built, and twine finds nothing wrong: {', '.join(f.name for f in files)}")
        for file in files:
            tried(file, version, scratch)
            holds(f"{file.name}: installed into an empty environment, checks its data, makes a report")
    print("Left to a person: `bash .ci/run`, `python docs/build.py`, read CHANGELOG.md, then")
    print(f"  git tag v{version}")


if __name__ == "__main__":
    main()
