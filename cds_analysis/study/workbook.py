"""Rows to an Excel workbook that opens right whatever the separators of the reader's system are."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cds_analysis.errors import ParameterError

__all__ = ["write_workbook"]

_WIDEST, _MOST_LETTERS = 60, 31  # characters of a column; characters Excel allows in the name of a sheet
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def write_workbook(path: Path, sheets: dict[str, pl.DataFrame]) -> Path:
    """Write one sheet a frame: bold heading that stays in view, a filter, columns as wide as their texts.

    Numbers and dates are written as such, so that Excel shows them with the reader's separators. A text that
    begins like a formula stays a text.

    Raises
    ------
    ParameterError
        When the name does not end in .xlsx or the file cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise ParameterError(f"an Excel file ends in .xlsx, not {path.name!r}")
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, frame in sheets.items():
        sheet = book.create_sheet(_FORBIDDEN.sub(" ", name)[:_MOST_LETTERS])
        sheet.append(frame.columns)
        for row in frame.iter_rows():
            sheet.append(row)
        for cells in sheet.iter_rows(min_row=2):
            for cell in cells:
                if cell.data_type == "f":
                    cell.data_type = "s"
        for cell in sheet[1]:
            cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        for i, column in enumerate(frame.columns, 1):
            longest = frame[column].cast(pl.String, strict=False).str.len_chars().max()
            width = max(len(column) * 0.7, longest if isinstance(longest, int) else 0, 8)
            sheet.column_dimensions[get_column_letter(i)].width = min(width + 2, _WIDEST)
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions
    try:
        book.save(path)
    except OSError as error:
        raise ParameterError(f"cannot write {path}: {error.strerror or error}") from None
    return path
