"""Fitted standings kept on disk, so that the reports of a batch fit each series once.

A file is found by the checksum of all that its content follows from: the rows, the breaks, the options, the
code that fits and the versions of the libraries. A change of any of them is another file, so nothing ever has
to be thrown away for being old. The folder is the user's cache; what is in it can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import polars as pl
from platformdirs import user_cache_path

__all__ = ["key_of", "load_kept", "store_kept"]

_FOLDER = "standings"
_MOST = 400  # files; beyond, the oldest go
_MODULES = ("standing", "state_space", "rank_draws", "breaks", "changes", "tails", "corrections")
_LIBRARIES = ("numpy", "scipy", "polars")


def key_of(*frames: pl.DataFrame, **options: object) -> str:
    """Return the checksum of everything that fitted standings follow from.

    Examples
    --------
    >>> rows = pl.DataFrame({"year": [2020]})
    >>> key_of(rows, draws=0) == key_of(rows, draws=1)
    False
    """
    digest = hashlib.sha256(_code())
    for frame in frames:
        digest.update(frame.sort(frame.columns).write_csv().encode())
    digest.update(repr(sorted(options.items())).encode())
    return digest.hexdigest()


@cache
def _code() -> bytes:
    folder = Path(__file__).parent.parent / "measures"
    parts = [(folder / f"{name}.py").read_bytes() for name in _MODULES]
    return b"".join([*parts, *(version(name).encode() for name in _LIBRARIES)])


def _folder() -> Path:
    return user_cache_path("cds-analysis", appauthor=False) / _FOLDER


def load_kept(key: str) -> list[pl.DataFrame] | None:
    """Return the frames of a key, or None where they are not kept or cannot be read."""
    try:
        with (_folder() / f"{key}.ipc").open("rb") as file:
            sizes = [int(n) for n in file.readline().split()]
            return [pl.read_ipc(BytesIO(file.read(n))) for n in sizes]
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return None


def store_kept(key: str, frames: Sequence[pl.DataFrame]) -> None:
    """Keep the frames of a key; where the folder cannot be written nothing is kept and nothing is said."""
    parts = []
    for frame in frames:
        part = BytesIO()
        frame.write_ipc(part)
        parts.append(part.getvalue())
    folder = _folder()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write((" ".join(str(len(p)) for p in parts) + "\n").encode() + b"".join(parts))
        Path(name).replace(folder / f"{key}.ipc")
        files = sorted(folder.glob("*.ipc"), key=lambda f: f.stat().st_mtime)
        for old in files[:-_MOST]:
            old.unlink(missing_ok=True)
