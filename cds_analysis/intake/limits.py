"""How large a file may be that is read in: far larger than any table or report, and small enough to end
within seconds.

A file may say of itself that it is small and unfold to anything: a packed file, a stray cell in the last row
of a sheet, cells merged over whole columns. Each is measured before it is unfolded.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO

from cds_analysis.errors import ParameterError

__all__ = [
    "MOST_BYTES",
    "MOST_CELLS",
    "MOST_LETTERS",
    "MOST_SPANNED",
    "check_cells",
    "check_letters",
    "check_merged",
    "check_size",
    "check_unpacked",
]

MOST_BYTES = 20_000_000  # of a file
MOST_UNPACKED = 50_000_000  # of an XLSX, ODS or DOCX file, which are packed
MOST_CELLS = 500_000  # of a sheet: 63 provinces, 20 years and 400 columns
MOST_LETTERS = 1_000_000  # of a document: some 400 pages
MOST_SPANNED = 1000  # columns that a cell of a document may span

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)[\"']")
_SPANNED = re.compile(rb"gridSpan\b[^>]*?\bval=[\"'](\d+)[\"']")


def check_size(size: int) -> None:
    """Refuse a file of too many bytes.

    Examples
    --------
    >>> check_size(30_000_000)
    Traceback (most recent call last):
        ...
    cds_analysis.errors.ParameterError: it is larger than 20 MB, which is the most that is read
    """
    if size > MOST_BYTES:
        raise ParameterError(
            f"it is larger than {MOST_BYTES // 1_000_000} MB, which is the most that is read"
        )


def check_unpacked(file: Path | IO[bytes]) -> None:
    """Refuse a packed file that unfolds to too many bytes, or a document of it with cells of too many
    columns. What is no packed file is left to its reader to refuse.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            whole = sum(part.file_size for part in packed.infolist())
            if whole > MOST_UNPACKED:
                raise ParameterError(
                    f"it unpacks to {whole // 1_000_000:,} MB; at most {MOST_UNPACKED // 1_000_000} MB are"
                    " read. Save the table alone in a new file"
                )
            for name in packed.namelist():
                if name == "word/document.xml":
                    spans = [int(n) for n in _SPANNED.findall(packed.read(name))]
                    if max(spans, default=0) > MOST_SPANNED:
                        raise ParameterError(
                            f"a cell spans {max(spans):,} columns; at most {MOST_SPANNED:,} are read"
                        )
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError):
        return


def check_merged(file: Path) -> None:
    """Refuse a workbook in which cells are merged over too many: its reader would make each of them."""
    with zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            areas = [
                (_column(right) - _column(left) + 1) * (int(bottom) - int(top) + 1)
                for left, top, right, bottom in _MERGED.findall(packed.read(name))
            ]
            if sum(areas) > MOST_CELLS:
                raise ParameterError(
                    f"merged cells cover {sum(areas):,} cells of a sheet; at most {MOST_CELLS:,} are read."
                    " Undo the merging of whole rows or columns"
                )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def check_cells(rows: int, columns: int, what: str) -> None:
    """Refuse a table of too many cells, empty ones between counted.

    Examples
    --------
    >>> check_cells(1_048_576, 3, "the sheet 2024")
    Traceback (most recent call last):
        ...
    cds_analysis.errors.ParameterError: the sheet 2024 reaches over 1,048,576 rows and 3 columns; at most
    500,000 cells are read. Delete what stands far from the table, or save the table alone
    """
    if rows * columns > MOST_CELLS:
        raise ParameterError(
            f"{what} reaches over {rows:,} rows and {columns:,} columns; at most {MOST_CELLS:,} cells are"
            " read. Delete what stands far from the table, or save the table alone"
        )


def check_letters(n: int) -> None:
    """Refuse a document of too many letters."""
    if n > MOST_LETTERS:
        raise ParameterError(
            f"it holds {n:,} letters; at most {MOST_LETTERS:,} are read at once. Split it into parts"
        )
