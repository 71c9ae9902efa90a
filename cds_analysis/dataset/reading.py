"""Read one table of a data folder, from CSV or Parquet, and name every cell that does not fit."""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import polars as pl

from cds_analysis.dataset.schemas import TABLES, optional_columns
from cds_analysis.dataset.violations import violations
from cds_analysis.errors import Problem, closest

__all__ = ["read_table"]
_TYPES = {
    pl.Float64: "a number with a decimal point",
    pl.Int64: "a whole number",
    pl.Date: "a date like 2023-12-31",
}


def read_table(
    folder: Path, name: str, problems: list[Problem], origins: list[tuple[str, int]], *, scan: bool
) -> pl.DataFrame | pl.LazyFrame:
    """Return the table of a data folder, empty where it has problems, which are added to `problems`;
    `origins` gets each of its files with its number of rows. With `scan`, one kept as Parquet is only
    scanned.
    """
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
                "the file is missing; a table may be empty but must be there, with the header"
                f" {','.join(schema.column_names())}",
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
