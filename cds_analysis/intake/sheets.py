"""Read a yearly table of any usual file type into rows of texts, a header row or two and all."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import polars as pl

from cds_analysis.errors import ParameterError
from cds_analysis.intake.limits import check_cells, check_merged, check_size, check_unpacked

__all__ = ["Sheet", "read_sheets"]


@dataclass(frozen=True)
class Sheet:
    """One table: its name (of the sheet, or of the file) and its rows of texts, empty cells as empty
    texts.
    """

    name: str
    rows: list[list[str]]


def read_sheets(path: Path) -> list[Sheet]:
    """Return the tables of a CSV, XLSX, XLS, XLSB, ODS, Parquet or HTML file; a merged cell counts for all
    the cells it covers.

    Raises
    ------
    ParameterError
        When there is no such file, it cannot be read as what its name says, or it is larger than any table
        (:mod:`cds_analysis.intake.limits`).
    """
    if not path.is_file():
        raise ParameterError(f"there is no file {path}")
    readers = {
        ".csv": _csv,
        ".tsv": _csv,
        ".txt": _csv,
        ".xlsx": _xlsx,
        ".xls": _calamine,
        ".xlsb": _calamine,
        ".ods": _calamine,
        ".parquet": _parquet,
        ".html": _html,
        ".htm": _html,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ParameterError(
            f"{path.name} is of a kind that cannot be imported; give one of {', '.join(readers)}"
        )
    try:
        check_size(path.stat().st_size)
        if path.suffix.lower() in (".xlsx", ".xlsb", ".ods"):
            check_unpacked(path)
        sheets = reader(path)
    except Exception as error:  # each library has errors of its own for a damaged file
        raise ParameterError(
            f"cannot read {path.name} as {path.suffix[1:].upper()}:"
            f" {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        ) from None
    return [Sheet(s.name, rows) for s in sheets if (rows := [r for r in s.rows if any(c.strip() for c in r)])]


def _csv(path: Path) -> list[Sheet]:
    text = path.read_bytes().decode("utf-8-sig")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    check_cells(text.count("\n") + 1, first.count(delimiter) + 1, "the table")
    return [
        Sheet(
            path.stem,
            [[c.strip() for c in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)],
        )
    ]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _xlsx(path: Path) -> list[Sheet]:
    import openpyxl

    check_merged(path)
    book = openpyxl.load_workbook(path, data_only=True)
    sheets = []
    for sheet in book.worksheets:
        check_cells(sheet.max_row, sheet.max_column, f"the sheet {sheet.title}")
        rows = [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        for area in sheet.merged_cells.ranges:
            for row in range(area.min_row - 1, area.max_row):
                for column in range(area.min_col - 1, area.max_col):
                    rows[row][column] = rows[area.min_row - 1][area.min_col - 1]
        sheets.append(Sheet(sheet.title, rows))
    return sheets


def _calamine(path: Path) -> list[Sheet]:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    sheets = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        check_cells(sheet.total_height, sheet.total_width, f"the sheet {name}")
        rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        for (top, left), (bottom, right) in _merged(sheet):
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    rows[row][column] = rows[top][left]
        sheets.append(Sheet(name, rows))
    return sheets


def _merged(sheet) -> list:
    try:
        return sheet.merged_cell_ranges or []
    except Exception:  # the format does not keep them
        return []


def _parquet(path: Path) -> list[Sheet]:
    lazy = pl.scan_parquet(path)
    check_cells(lazy.select(pl.len()).collect().item(), len(lazy.collect_schema()), "the table")
    frame = lazy.collect()
    return [Sheet(path.stem, [frame.columns, *([_text(v) for v in row] for row in frame.iter_rows())])]


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[tuple[str, int, int]]]] = []
        self.stack: list[list] = []
        self.cell: list[str] | None = None
        self.spans = (1, 1)

    def handle_starttag(self, tag, attrs):
        if tag in ("br", "p", "div") and self.cell is not None:
            self.cell.append(" ")
        if tag == "table":
            self.stack.append([])
        elif tag == "tr" and self.stack:
            self._close()  # its end may be left out
            self.stack[-1].append([])
        elif tag in ("td", "th") and self.stack:
            self._close()
            named = dict(attrs)
            self.spans = tuple(
                min(max(int(n), 1), 100) if (n := named.get(key) or "1").isdigit() else 1
                for key in ("rowspan", "colspan")
            )
            self.cell = []

    def handle_endtag(self, tag):
        if tag in ("td", "th", "tr"):
            self._close()
        elif tag == "table" and self.stack:
            self._close()
            self.tables.append(self.stack.pop())

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)

    def _close(self):
        if self.cell is not None and self.stack:
            if not self.stack[-1]:
                self.stack[-1].append([])
            self.stack[-1][-1].append((" ".join("".join(self.cell).split()), *self.spans))
        self.cell = None


def _html(path: Path) -> list[Sheet]:
    parser = _Tables()
    parser.feed(path.read_bytes().decode("utf-8-sig"))
    return [Sheet(f"{path.stem} {n}", spread_out(table)) for n, table in enumerate(parser.tables, start=1)]


def spread_out(table: list[list[tuple[str, int, int]]]) -> list[list[str]]:
    """Write a cell that spans several rows or columns into each of them.

    Raises
    ------
    ParameterError
        When that makes too many cells.
    """
    grid: dict[tuple[int, int], str] = {}
    for row, cells in enumerate(table):
        column = 0
        for text, down, across in cells:
            while (row, column) in grid:
                column += 1
            for r in range(row, min(row + down, len(table))):
                for c in range(column, column + across):
                    grid[r, c] = text
            column += across
            check_cells(len(table), column, "a table")
    width = max((c for _, c in grid), default=-1) + 1
    return [[grid.get((row, column), "") for column in range(width)] for row in range(len(table))]
