"""Change several tables of a data folder at once: all of them or none, whatever happens in between.

The new tables are written to a folder beside the data and validated there as a whole. Then each old file is
kept under another name, the new one takes its place, and only when all are in place are the old ones
removed. A change that was cut off is undone the next time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import polars as pl

from cds_analysis.dataset.checks import Finding, findings, gate
from cds_analysis.dataset.exchange import finish, keep, owned, undo_unfinished
from cds_analysis.dataset.load import Dataset, load
from cds_analysis.dataset.schemas import TABLES, optional_columns
from cds_analysis.errors import DataError, ParameterError

__all__ = ["appended", "change"]


def appended(data: Dataset, rows: dict[str, list[dict]]) -> dict[str, str]:
    """Return the files of the tables with rows added, as CSV text by name below the folder; a row with the
    key of one that is there replaces it.

    A table kept as several files gets its rows in the file of their index (``scores/par.csv``), else in
    ``other.csv``. Rows stay in the order of their key where they were.
    """
    texts: dict[str, str] = {}
    for table, more in rows.items():
        schema = TABLES[table]
        keys, columns, optional = schema.primary_key(), list(schema.columns()), optional_columns(schema)
        new = {name: _as_text(group, columns) for name, group in _by_file(data.folder, table, more).items()}
        every = pl.concat(new.values()).select(keys)
        files = {f.relative_to(data.folder).as_posix() for f in (data.folder / table).glob("*.csv")} | set(
            new
        )
        for name in sorted(files):
            file = data.folder / name
            before = _as_text([], columns)
            if file.is_file():
                read = pl.read_csv(file, infer_schema=False)
                lacking = [c for c in optional if c not in read.columns]
                before = read.with_columns(pl.lit(None, pl.String).alias(c) for c in lacking).select(columns)
            kept = before.join(every, on=keys, how="anti", maintain_order="left")
            if name in new or kept.height < before.height:
                whole = pl.concat([kept, new.get(name, _as_text([], columns))])
                whole = whole.drop(c for c in optional if whole[c].null_count() == whole.height)
                is_sorted = before.select(keys).equals(before.select(keys).sort(keys))
                texts[name] = (whole.sort(keys, maintain_order=True) if is_sorted else whole).write_csv()
    return texts


def _by_file(folder: Path, table: str, rows: list[dict]) -> dict[str, list[dict]]:
    if (folder / f"{table}.csv").is_file():
        return {f"{table}.csv": rows}
    found: dict[str, list[dict]] = {}
    for row in rows:
        own = f"{table}/{row['index_id']}.csv"
        found.setdefault(own if (folder / own).is_file() else f"{table}/other.csv", []).append(row)
    return found


def _as_text(rows: list[dict], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        [{c: _written(row.get(c)) for c in columns} for row in rows], schema={c: pl.String for c in columns}
    )


def _written(value: object) -> str | None:
    return None if value is None else str(value)


def change(data: Dataset, texts: dict[str, str]) -> list[Finding]:
    """Validate the changed tables as a whole, then put them in place; return the warnings of the gate that
    are new.

    Raises
    ------
    DataError
        When the dataset would break its schemas or a rule of the gate. Nothing has changed then.
    ParameterError
        When the folder cannot be written, or another command is changing it. Nothing has changed then either.
    """
    folder = data.folder
    with owned(folder):
        undo_unfinished(folder)
        try:
            with tempfile.TemporaryDirectory(prefix=".cds-new-", dir=folder.parent) as scratch:
                trial = Path(scratch) / folder.name
                shutil.copytree(folder, trial)
                for name, text in texts.items():
                    (trial / name).write_text(text, encoding="utf-8")
                before = {(f.rule, f.table, f.key, f.column, f.value) for f in findings(data)}
                warnings = gate(load(trial))
                _swap(folder, trial, list(texts))
        except DataError as error:
            raise DataError(folder, error.problems) from None  # not the folder of the trial
        except OSError as error:
            raise ParameterError(
                f"cannot change {folder}: {error.strerror or error}. Nothing was changed."
            ) from None
    return [f for f in warnings if (f.rule, f.table, f.key, f.column, f.value) not in before]


def _swap(folder: Path, trial: Path, names: list[str]) -> None:
    try:
        for name in names:
            keep(folder / name)
        for name in names:
            os.replace(trial / name, folder / name)
        finish(folder)
    finally:
        undo_unfinished(folder)
