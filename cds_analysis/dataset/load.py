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

import dataframely as dy
import polars as pl

from cds_analysis.dataset.exchange import undo_if_cut_off
from cds_analysis.dataset.files import given_twice, unread
from cds_analysis.dataset.schemas import FOREIGN_KEYS, NATION, TABLES, optional_columns
from cds_analysis.dataset.violations import violations
from cds_analysis.errors import DataError, Problem, closest
from cds_analysis.paths import data_folder

__all__ = ["Dataset", "broken_links", "broken_rows", "eager", "hand_on", "load"]

_FULL_SHARE = 50 / 63  # of the provinces; see FULL_FROM in series.py
_TYPES = {
    pl.Float64: "a number with a decimal point",
    pl.Int64: "a whole number",
    pl.Date: "a date like 2023-12-31",
}


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
                f"  figures of provinces: {n['observations']:,} for {n['indicators']:,} indicators; targets: {n['targets']:,}",
                f"  sources: {n['sources']:,}; breaks in series: {n['breaks']}; conflicts: {n['conflicts']}",
                f"  folder: {self.folder}; tables as frames: data.scores, data.targets, ...; questions: cds.open()",
            )
        )

    @property
    def judged_on(self) -> date:
        """The day that targets are judged on unless another is asked for: ``data_date`` in ``release.csv``."""
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
        name: _read_table(path, name, problems, origins.setdefault(name, []), scan=scan) for name in TABLES
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


def _read_table(
    folder: Path, name: str, problems: list[Problem], origins: list[tuple[str, int]], *, scan: bool
) -> pl.DataFrame | pl.LazyFrame:
    schema = TABLES[name]
    if (folder / f"{name}.parquet").is_file() or any((folder / name).rglob("*.parquet")):
        frame = _scan_table(folder, name, schema, problems, origins)
        return frame if scan else _collected(frame, folder, name, schema, problems, origins)
    single, several = folder / f"{name}.csv", folder / name
    files = [single] if single.is_file() else sorted(several.glob("*.csv")) if several.is_dir() else []
    if not files:
        problems.append(
            Problem(
                f"{name}.csv",
                None,
                None,
                f"the file is missing; a table may be empty but must be there, with the header {','.join(schema.column_names())}",
            )
        )
    parts, before = [], len(problems)
    for file in files:
        shown = file.relative_to(folder).as_posix()
        part = _read_file(file, shown, schema, problems)
        if part is not None:
            parts.append(part)
            origins.append((shown, part.height))
    if not parts or len(problems) > before:
        return schema.create_empty()
    frame = pl.concat(parts)
    if not schema.is_valid(frame):
        lines = [(file, row) for file, rows in origins for row in range(2, rows + 2)]
        problems.extend(violations(frame, schema, lines))
    return frame


def broken_rows(data: Dataset, table: str) -> list[Problem]:
    """Return the rows of a table that break its schema, for a table that was only scanned when it was loaded."""
    frame, schema = getattr(data, table).select(list(TABLES[table].columns())), TABLES[table]
    if schema.is_valid(frame):
        return []
    return list(violations(frame, schema, [data.place(table, row) for row in range(frame.height)]))


def _scan_table(
    folder: Path,
    name: str,
    schema: type[dy.Schema],
    problems: list[Problem],
    origins: list[tuple[str, int]],
) -> pl.LazyFrame:
    """Scan Parquet; a column of the partitioning that the schema does not know (year) stays, to be filtered
    by.
    """
    single = folder / f"{name}.parquet"
    shown = single.name if single.is_file() else f"{name}/"
    frame = pl.scan_parquet(
        single if single.is_file() else folder / name / "**" / "*.parquet",
        hive_partitioning=not single.is_file(),
    )
    try:
        found = frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        problems.append(
            Problem(shown, None, None, f"cannot be read as Parquet: {str(error).splitlines()[0][:120]}")
        )
        return schema.create_empty().lazy()
    lacking = {c: dtype for c, dtype in optional_columns(schema).items() if c not in found}
    frame = frame.with_columns(pl.lit(None, dtype).alias(c) for c, dtype in lacking.items())
    found = found | lacking
    for column, definition in schema.columns().items():
        if column not in found:
            problems.append(Problem(shown, None, column, "the column is missing"))
        elif found[column] != definition.dtype:
            problems.append(
                Problem(shown, None, column, f"must be of type {definition.dtype}", str(found[column]))
            )
    for file in [single] if single.is_file() else sorted((folder / name).rglob("*.parquet")):
        origins.append(
            (file.relative_to(folder).as_posix(), pl.scan_parquet(file).select(pl.len()).collect().item())
        )
    return frame


def _collected(
    frame: pl.LazyFrame,
    folder: Path,
    name: str,
    schema: type[dy.Schema],
    problems: list[Problem],
    origins: list[tuple[str, int]],
) -> pl.DataFrame:
    """Read a table that was scanned, its rows checked as those of a CSV file are."""
    if any(p.file.startswith((f"{name}.parquet", f"{name}/")) for p in problems):
        return schema.create_empty()
    shown = f"{name}.parquet" if (folder / f"{name}.parquet").is_file() else f"{name}/"
    try:
        found = frame.select(schema.column_names()).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        problems.append(
            Problem(shown, None, None, f"cannot be read as Parquet: {str(error).splitlines()[0][:120]}")
        )
        return schema.create_empty()
    if not schema.is_valid(found):
        lines = [(file, row) for file, rows in origins for row in range(2, rows + 2)]
        problems.extend(violations(found, schema, lines))
    return found


def _read_file(
    file: Path, shown: str, schema: type[dy.Schema], problems: list[Problem]
) -> pl.DataFrame | None:
    try:
        content = file.read_bytes()
        content.decode("utf-8")
        if b"\x00" in content:
            raise UnicodeError("not utf-8 text")
        raw = pl.read_csv(content, infer_schema=False)
    except pl.exceptions.NoDataError:
        problems.append(
            Problem(
                shown, None, None, f"the file is empty; expected a header: {','.join(schema.column_names())}"
            )
        )
        return None
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as error:
        reason = "it is not UTF-8 text" if "utf" in str(error).lower() else str(error).splitlines()[0][:120]
        problems.append(
            Problem(shown, None, None, f"cannot be read as CSV: {reason}; save it as comma-separated UTF-8")
        )
        return None
    wanted = schema.column_names()
    lacking = [c for c in optional_columns(schema) if c not in raw.columns]
    raw = raw.with_columns(pl.lit(None, pl.String).alias(c) for c in lacking)
    before = len(problems)
    for column in wanted:
        if column not in raw.columns:
            found = closest(column, raw.columns, n=1)
            hint = f"; is it {found[0]!r}?" if found and found[0] not in wanted else ""
            problems.append(Problem(shown, 1, column, f"the column is missing{hint}"))
    for column in raw.columns:
        if column not in wanted:
            problems.append(Problem(shown, 1, column, f"unknown column; expected only {', '.join(wanted)}"))
    if len(problems) > before:
        return None
    return _typed(raw.select(wanted), shown, schema, problems)


def _typed(
    raw: pl.DataFrame, shown: str, schema: type[dy.Schema], problems: list[Problem]
) -> pl.DataFrame | None:
    typed, before = {}, len(problems)
    for name, column in schema.columns().items():
        text, dtype = raw[name], column.dtype
        if dtype == pl.String:
            typed[name] = text if text.null_count() == len(text) else text.str.normalize("NFC")
            continue
        typed[name] = (
            text.str.to_date("%Y-%m-%d", strict=False) if dtype == pl.Date else text.cast(dtype, strict=False)
        )
        not_finite = (
            typed[name].is_nan() | typed[name].is_infinite() if dtype == pl.Float64 else pl.Series([False])
        )
        wrong = (text.is_not_null() & typed[name].is_null()) | not_finite.fill_null(False)
        for row in wrong.arg_true():
            comma = dtype == pl.Float64 and "," in text[row]
            hint = f"; write {text[row].replace('.', '').replace(',', '.')}" if comma else ""
            problems.append(Problem(shown, row + 2, name, f"must be {_TYPES[dtype]}{hint}", text[row]))
    return pl.DataFrame(typed) if len(problems) == before else None


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
