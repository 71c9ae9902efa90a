"""Read a data folder, check every table against its schema, and hand out typed Polars frames.

A table is ``<name>.csv`` or a folder ``<name>/`` of CSV files that are put together. Everything is read as
text first, so that each cell that does not fit can be named by file, row, column, rule and value. All
problems are reported at once.

A table may also be ``<name>.parquet``, or a folder of Parquet files (partitioned by year, for example). One
that is larger than the memory can be scanned instead of read: it is then a :class:`polars.LazyFrame` of which
measures take the rows they are given, and its columns and types
are checked here, its rows only by the gate (``dataset/checks/``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from cds_analysis.dataset.exchange import undo_if_cut_off
from cds_analysis.dataset.files import given_twice, unread
from cds_analysis.dataset.reading import read_table
from cds_analysis.dataset.schemas import FOREIGN_KEYS, NATION, TABLES
from cds_analysis.dataset.violations import violations
from cds_analysis.errors import DataError, Problem, closest
from cds_analysis.paths import data_folder

__all__ = ["Dataset", "broken_links", "broken_rows", "eager", "hand_on", "load"]

_FULL_SHARE = 50 / 63  # of the provinces; see FULL_FROM in series.py


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """The validated tables of one data folder, each a :class:`polars.DataFrame`; columns are documented in
    ``data/README.md``.

    A table kept as Parquet is a :class:`polars.LazyFrame` where it was asked to be scanned.
    """

    folder: Path
    release: pl.DataFrame
    regions: pl.DataFrame
    units_2025: pl.DataFrame
    provinces: pl.DataFrame
    sources: pl.DataFrame
    context: pl.DataFrame
    indicators: pl.DataFrame
    indices: pl.DataFrame
    breaks: pl.DataFrame
    observations: pl.DataFrame
    targets: pl.DataFrame
    area_observations: pl.DataFrame
    area_targets: pl.DataFrame
    scores: pl.DataFrame
    unit_scores: pl.DataFrame
    national_scores: pl.DataFrame
    claims: pl.DataFrame
    conflicts: pl.DataFrame
    accepted: pl.DataFrame
    origins: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # files of a table, rows of each

    def __repr__(self) -> str:
        n = self.row_counts()
        years = eager(
            self.scores.select(pl.col("year").min().alias("first"), pl.col("year").max().alias("last"))
        )
        first, last = years.row(0) if years.height else ("–", "–")
        named = eager(self.scores.select(pl.col("index_id").unique().sort()))["index_id"]
        return "\n".join(
            (
                f"Dataset of {n['provinces']} provinces in {n['regions']} regions, up to {self.judged_on}",
                f"  scores and ranks: {n['scores']:,}, {first} to {last} ({', '.join(named)})",
                (
                    f"  figures of provinces: {n['observations']:,} for {n['indicators']:,} indicators;"
                    f" targets: {n['targets']:,}"
                ),
                f"  sources: {n['sources']:,}; breaks in series: {n['breaks']}; conflicts: {n['conflicts']}",
                (
                    f"  folder: {self.folder}; tables as frames: data.scores, data.targets, ...; questions:"
                    " cds.open()"
                ),
            )
        )

    @property
    def judged_on(self) -> date:
        """The day that targets are judged on unless another is asked for: ``data_date`` in
        ``release.csv``.
        """
        return eager(self.release)["data_date"].item()

    def place(self, table: str, row: int) -> tuple[str, int]:
        """Return the file that holds the row of a table (counted from 0), and its row there (row 1 is the
        header).
        """
        for file, rows in self.origins.get(table, []):
            if row < rows:
                return file, row + 2
            row -= rows
        return f"{table}.csv", row + 2

    @property
    def full_from(self) -> int:
        """From how many provinces a year's table counts as full: 50 of 63, and as large a share of other
        sets of units (27 of 34).
        """
        return max(2, round(self.provinces.height * _FULL_SHARE))

    def row_counts(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        return {
            f.name: eager(getattr(self, f.name).select(pl.len())).item()
            for f in fields(self)
            if f.name in TABLES
        }


def eager(frame: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return the rows of a frame that may only be scanned so far."""
    return frame.collect() if isinstance(frame, pl.LazyFrame) else frame


def load(folder: str | Path | None = None, *, scan: bool = False) -> Dataset:
    """Load and validate a data folder; without `folder`, the bundled dataset.

    Parameters
    ----------
    folder
        A folder with the tables of DESIGN (``provinces.csv``, ``scores.csv`` or ``scores/*.csv``, ...). All
        must be there.
    scan
        Only scan tables kept as Parquet, for one that is larger than the memory.

    Returns
    -------
    Dataset
        One frame per table. Frames are read once per folder state and must not be changed in place.

    Raises
    ------
    DataError
        Lists every problem with file, row, column, rule and value; the message shows the first 20.

    Examples
    --------
    >>> load().scores.filter(pl.col("index_id") == "pci").height
    734
    """
    path = Path(folder) if folder is not None and str(folder) else data_folder()
    if (handed := _handed_on.get(path.resolve())) is not None:
        return handed
    if not path.is_dir():
        raise DataError(
            path,
            [
                Problem(
                    str(path), None, None, "the data folder does not exist; give a folder with the CSV tables"
                )
            ],
        )
    undo_if_cut_off(path)
    stamp = tuple(
        (str(f), f.lstat().st_mtime_ns, f.stat().st_size if f.exists() else None)
        for f in sorted(f for f in path.rglob("*") if not f.is_dir())
    )
    return _load(path.resolve(), stamp, scan)


_handed_on: dict[Path, Dataset] = {}


def hand_on(data: Dataset, folder: Path) -> None:
    """Let :func:`load` give this dataset for a folder from now on: it was validated in the process that
    handed it on.
    """
    _handed_on[folder.resolve()] = data


@lru_cache(maxsize=4)
def _load(path: Path, stamp: tuple, scan: bool) -> Dataset:
    problems: list[Problem] = []
    problems.extend([*unread(path, TABLES), *given_twice(path, TABLES)])
    origins: dict[str, list[tuple[str, int]]] = {}
    tables: dict[str, Any] = {  # frames, scanned ones where that was asked for
        name: read_table(path, name, problems, origins.setdefault(name, []), scan=scan) for name in TABLES
    }
    data = Dataset(folder=path, **tables, origins=origins)
    if not problems:
        problems.extend(broken_links(data))
        if (dates := eager(data.release).height) != 1:
            problems.append(
                Problem("release.csv", None, "data_date", "must have exactly one row", f"{dates} rows")
            )
    if problems:
        raise DataError(path, problems)
    return data


def broken_rows(data: Dataset, table: str) -> list[Problem]:
    """Return the rows of a table that break its schema, for a table that was only scanned when it
    was loaded.
    """
    frame, schema = getattr(data, table).select(list(TABLES[table].columns())), TABLES[table]
    if schema.is_valid(frame):
        return []
    return list(violations(frame, schema, [data.place(table, row) for row in range(frame.height)]))


def broken_links(data: Dataset) -> Iterator[Problem]:
    """Yield the cells that name a row of another table which is not there."""
    for table, columns, other, keys in FOREIGN_KEYS:
        here, there = getattr(data, table), getattr(data, other)
        if isinstance(here, pl.LazyFrame) or isinstance(there, pl.LazyFrame):
            continue  # only scanned
        here = here.select(columns).with_row_index("row").drop_nulls(list(columns))
        known = there.select(keys).unique()
        lost = here.join(known, left_on=columns, right_on=keys, how="anti").sort("row")
        if table in ("targets", "area_observations") and columns == ("scope",):
            lost = lost.filter(pl.col("scope") != NATION)
        for row in lost.iter_rows(named=True):
            value = "/".join(row[c] for c in columns)
            options = ["/".join(k) for k in known.iter_rows()]
            near = closest(value, options, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            file, line = data.place(table, row["row"])
            yield Problem(file, line, ", ".join(columns), f"is not in {other}.csv{hint}", value)
