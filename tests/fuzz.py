"""Load damaged copies of a small dataset: ``python tests/fuzz.py [NUMBER]``; every one must load or be
refused in words.

A damaged table is read by ``load``, which may only return or raise :class:`~cds_analysis.errors.DataError`.
What loads although it was damaged is judged as well: measures may only return or raise a
:class:`~cds_analysis.errors.CdsError`. Prints how many of each there were.
"""

import random
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import polars as pl

import cds_analysis as cds
from cds_analysis.dataset import load as loading
from cds_analysis.dataset.schemas import TABLES
from cds_analysis.dataset.series import observations_with_ranks
from cds_analysis.paths import data_folder

HOSTILE = [
    "<script>alert(1)</script>",
    '"',
    "'",
    "\n",
    "\r\n",
    "../../etc/passwd",
    "=1+1",
    "@SUM(A1)",
    "-1",
    "\u202egnp.exe",
    "\u200f",
    "x" * 10_000,
    "\x00",
    "NaN",
    "inf",
    "-inf",
    "1e309",
    "9" * 40,
    "1,5",
    "٣",
    "",
    " ",
    "null",
    "2023-02-30",
    "0000-00-00",
    "true",
    "\ufeff",
    "é",
    "e\u0301",
    "😀",
    "{{ 7 * 7 }}",
    "${x}",
    "%s",
    "\\",
    "|",
    ";",
]


def small_dataset(folder: Path) -> Path:
    """Write a dataset of three provinces and their neighbours in other tables: small, so that thousands can
    be loaded.
    """
    data, kept = cds.load(), ["lang-son", "da-nang", "ha-noi"]
    frames = {name: getattr(data, name) for name in TABLES}
    units = frames["provinces"].filter(pl.col("province_id").is_in(kept))["unit_2025_id"]
    for name, frame in frames.items():
        for column, values in (
            ("province_id", kept),
            ("scope", [*kept, "viet-nam"]),
            ("unit_id", list(units)),
        ):
            if column in frame.columns:
                frame = frame.filter(pl.col(column).is_in(values))
        (folder / f"{name}.csv").write_text(
            (frame.head(12) if name in ("targets", "scores", "claims", "unit_scores") else frame).write_csv(),
            encoding="utf-8",
        )
    return folder


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Return a table with one to three kinds of damage."""
    for _ in range(draw.randint(1, 3)):
        lines = content.split(b"\n")
        kind = draw.randrange(9)
        spot = draw.randrange(len(content) + 1)
        row = draw.randrange(len(lines))
        if kind == 0:
            content = content[:spot] + draw.randbytes(draw.randint(1, 30)) + content[spot:]
        elif kind == 1:
            content = content[:spot]
        elif kind in (2, 3, 4):
            cells = lines[row].split(b",")
            cells[draw.randrange(len(cells))] = draw.choice(HOSTILE).encode()
            lines[row] = b",".join(cells)
            content = b"\n".join(lines)
        elif kind == 5:
            content = b"\n".join([*lines[:row], lines[row], *lines[row:]])
        elif kind == 6:
            content = b"\n".join(lines[:row] + lines[row + 1 :])
        elif kind == 7:
            lines[0] = lines[0].replace(draw.choice(b"aeiou").to_bytes(1, "big"), b"", 1)
            content = b"\n".join(lines)
        else:
            content = draw.randbytes(draw.randint(0, 400))
    return content


def judge(folder: Path) -> str:
    """Load a folder and use it; return what happened."""
    try:
        data = cds.load(folder)
    except cds.DataError as error:
        return "refused" if str(error) and "Traceback" not in str(error) else f"no words: {error!r}"
    except Exception as error:
        return f"load raised {type(error).__name__}: {error}"
    try:
        cds.gaps(observations_with_ranks(data), data.targets, data.indicators)
        cds.ranks(data.scores, data.breaks, data.indices)
    except cds.CdsError:
        return "loaded, then refused by a measure"
    except Exception as error:
        return f"a measure raised {type(error).__name__}: {error}"
    return "loaded"


def fuzz(number: int, seed: int) -> Counter:
    """Damage and load `number` times; return how often each thing happened."""
    draw, found = random.Random(seed), Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = small_dataset(Path(scratch))
        for _ in range(number):
            file = folder / f"{draw.choice(sorted(TABLES))}.csv"
            before = file.read_bytes()
            file.write_bytes(damaged(before, draw))
            found[judge(folder)] += 1
            loading._load.cache_clear()
            file.write_bytes(before)
    return found


def main():
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    assert data_folder().is_dir()
    total = Counter()
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(fuzz, [number // 20] * 20, range(20)):
            total += found
    for what, times in total.most_common():
        print(f"{times:6} {what}")


if __name__ == "__main__":
    main()
