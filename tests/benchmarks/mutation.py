"""Would a wrong measure or rule be noticed? Deliberate errors, one at a time, and the tests that see them:
``python tests/benchmarks/mutation.py [how many] [seed] [part of a path]``.

mutmut makes the errors (an operator, a number, a name of a column, an argument left out) in the functions of
``measures/`` and ``dataset/checks/``; a sample is drawn with the seed, without the wording of errors raised.
Each runs the tests that are about its module, in a copy of the package, until one fails: then it is killed.
The share killed is printed with its 95 % interval (Wilson), and the survivors with their lines, to be read:
some are no errors at all.
"""

import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import libcst as cst
from mutmut.mutation.file_mutation import create_mutations, deep_replace

ROOT = Path(__file__).parents[2]
FOLDERS = ("cds_analysis/measures", "cds_analysis/dataset/checks")
LONGEST = 600  # seconds; a mutant that never ends is noticed too
QUICK = (  # test files that need no report, kernel or browser
    *("test_rules", "test_gaps", "test_ranks", "test_trends", "test_compare", "test_claims", "test_bridge"),
    *("test_decomposition", "test_forecast", "test_mobility", "test_own_trends", "test_rank_uncertainty"),
    *("test_stable_core", "test_two_views", "test_steps", "test_simulation", "test_findings", "test_changes"),
    *("test_standing", "test_mended", "test_thresholds"),
)


class _NotRaised(cst.CSTVisitor):
    """Collects the nodes inside ``raise`` statements."""

    def __init__(self) -> None:
        self.nodes: set[cst.CSTNode] = set()
        self.depth = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.depth += isinstance(node, cst.Raise)
        if self.depth:
            self.nodes.add(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self.depth -= isinstance(original_node, cst.Raise)


def mutants(path: Path):
    """Yield the source of each mutant of a module."""
    module, found, *_ = create_mutations(str(path), path.read_text(encoding="utf-8"))
    raised = _NotRaised()
    module.visit(raised)
    for mutation in found:
        if mutation.original_node not in raised.nodes:
            yield lambda m=mutation: deep_replace(module, m.original_node, m.mutated_node).code


def tests_of(path: Path, copy: Path) -> list[list[str]]:
    """The arguments of pytest for the tests about a module, quickest first."""
    stem, where = path.stem, path.relative_to(ROOT)
    if "checks" in where.parts:
        return [["tests/test_gate.py"]]
    text = path.read_text(encoding="utf-8")
    listed = re.search(r"__all__ = \[(.*?)\]", text, re.DOTALL)
    names = re.findall(r'"(\w+)"', listed[1] if listed else "")
    about = re.compile(rf"measures\.{stem}\b|\b{stem},|import .*\b{stem}\b|cds\.({'|'.join(names)})\(")
    files = [f"tests/{n}.py" for n in QUICK if about.search((copy / f"tests/{n}.py").read_text("utf-8"))]
    return [
        ["--doctest-modules", str(where)],
        *([f] for f in files),
        ["tests/test_laws_of_numbers.py"],
        ["tests/test_laws.py", "-k", " or ".join(names)],
    ]


def is_killed(path: Path, source: str, copy: Path) -> bool:
    target = copy / path.relative_to(ROOT)
    target.write_text(source, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "POLARS_MAX_THREADS": "1"}
    try:
        for arguments in tests_of(path, copy):
            command = [sys.executable, "-m", "pytest", "-q", "-x", "-o", "addopts=", "--no-header"]
            done = subprocess.run(
                [*command, *arguments], cwd=copy, env=env, capture_output=True, timeout=LONGEST
            )
            if done.returncode not in (0, 5):  # 5: no test is about it
                return True
    except subprocess.TimeoutExpired:
        return True
    finally:
        shutil.copyfile(path, target)
    return False


def interval(killed: int, n: int) -> tuple[float, float]:
    z, p = 1.96, killed / n
    centre, half = p + z * z / 2 / n, z * (p * (1 - p) / n + z * z / 4 / n / n) ** 0.5
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def main() -> None:
    given = dict(enumerate(sys.argv[1:]))
    wanted, seed, part = int(given.get(0, 40)), int(given.get(1, 1)), given.get(2, "")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("cds_analysis", "tests"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("data", "notebooks", "README.md", "pyproject.toml"):
            (copy / name).symlink_to(ROOT / name)
        (copy / "setup.cfg").write_text("[mutmut]\nsource_paths=cds_analysis\n", encoding="utf-8")
        os.chdir(copy)  # mutmut looks for its settings here
        run(copy, wanted, seed, part)


def run(copy: Path, wanted: int, seed: int, part: str) -> None:
    paths = [p for f in FOLDERS for p in sorted((ROOT / f).glob("*.py")) if part in str(p.relative_to(ROOT))]
    every = [(path, make) for path in paths for make in mutants(path)]
    sample = random.Random(seed).sample(every, min(wanted, len(every)))
    for path in {path for path, _ in sample}:  # a test that fails anyway would notice everything
        if is_killed(path, path.read_text(encoding="utf-8"), copy):
            raise SystemExit(f"the tests about {path.relative_to(ROOT)} fail without any mutant")
    print(f"{len(every)} mutants in {len(paths)} modules; {len(sample)} drawn with seed {seed}", flush=True)
    killed = 0
    for n, (path, make) in enumerate(sample, start=1):
        before, source = path.read_text(encoding="utf-8"), make()
        if is_killed(path, source, copy):
            killed += 1
        else:
            lines = difflib.unified_diff(before.splitlines(), source.splitlines(), n=0, lineterm="")
            print(path.relative_to(ROOT), *list(lines)[2:], sep="\n  ", flush=True)
        if n % 10 == 0 or n == len(sample):
            low, high = interval(killed, n)
            print(f"{killed} of {n} killed: {killed / n:.0%} ({low:.0%} to {high:.0%})", flush=True)


if __name__ == "__main__":
    main()
