"""Which files of a data folder are read, and which would be passed over in silence: those are problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cds_analysis.errors import Problem, closest

__all__ = ["given_twice", "unread"]

_TABLE_LIKE = {".csv", ".tsv", ".parquet", ".pq", ".xlsx", ".xls", ".ods", ".feather", ".arrow", ".jsonl"}
_PACKED = {".gz", ".zip", ".bz2", ".xz", ".zst", ".bak", ".old", ".orig", ".tmp", ".part", ".txt"}
_NO_TABLE = {"extraction/rules.csv", "extraction/indicators.csv"}  # read by `cds extract`


def unread(folder: Path, tables: Iterable[str]) -> Iterator[Problem]:
    """Yield the files that look like a table and that no table reads, and links that lead nowhere.

    A table is ``<name>.csv``, ``<name>.parquet``, ``<name>/*.csv`` or Parquet anywhere below ``<name>/``;
    names are exact. Hidden files and documents (``README.md``, ``datapackage.json``) are left alone.
    """
    names = list(tables)
    for file in sorted(folder.rglob("*")):
        shown = file.relative_to(folder).as_posix()
        if file.is_symlink() and not file.exists():
            yield Problem(shown, None, None, "is a link that leads nowhere; remove it or put the file there")
        elif file.is_file() and _is_table_like(file) and not _is_read(shown, names):
            near = closest(shown.split("/")[0].split(".")[0].lower(), names, n=1)
            hint = f"; did you mean {near[0]}.csv or {near[0]}/?" if near else ""
            yield Problem(shown, None, None, f"no table reads this file; rename or remove it{hint}")


def given_twice(folder: Path, tables: Iterable[str]) -> Iterator[Problem]:
    """Yield the tables that stand in the folder in more than one form, of which only one would be read."""
    for name in tables:
        forms = [f for f in (f"{name}.csv", f"{name}.parquet") if (folder / f).is_file()]
        for kind, files in (
            ("*.csv", (folder / name).glob("*.csv")),
            ("*.parquet", (folder / name).rglob("*.parquet")),
        ):
            if any(files):
                forms.append(f"{name}/{kind}")
        if len(forms) > 1:
            yield Problem(
                forms[0], None, None, f"the table is given twice, as {' and '.join(forms)}; keep one of them"
            )


def _is_table_like(file: Path) -> bool:
    suffixes = [s.lower().rstrip("~") for s in file.suffixes]
    if file.name.startswith((".", "~$")):
        return file.suffix == ".csv"  # a hidden one is read too
    while len(suffixes) > 1 and suffixes[-1] in _PACKED:
        suffixes.pop()
    return bool(suffixes) and suffixes[-1] in _TABLE_LIKE


def _is_read(shown: str, names: list[str]) -> bool:
    first, _, rest = shown.partition("/")
    if not rest:
        return shown in {f"{n}{kind}" for n in names for kind in (".csv", ".parquet")}
    if shown in _NO_TABLE:
        return True
    in_table = first in names
    return in_table and (shown.endswith(".parquet") or (shown.endswith(".csv") and "/" not in rest))
