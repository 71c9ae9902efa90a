"""Read a file into lines and cells: text, HTML, DOCX, and PDF with a text layer."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cds_analysis.errors import ParameterError
from cds_analysis.intake.document import Line, lines_of
from cds_analysis.intake.limits import MOST_BYTES, check_letters, check_size, check_unpacked

__all__ = ["read_lines"]

_HEADINGS = {f"h{n}": 10 * n for n in range(1, 7)}
_DATE = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{4}")
_FURNITURE = (
    "script",
    "style",
    "nav",
    "footer",
    "aside",
    "form",
    "noscript",
    "template",
    "head",
    "button",
    "select",
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|div|p|article|table|section)\b",
    re.IGNORECASE | re.DOTALL,
)


def read_lines(source: str | Path) -> list[Line]:
    """Return the lines and cells of a file (``-`` is standard input), without the menus of a web page.

    Raises
    ------
    ParameterError
        When there is no such file, it holds no text that can be read, or it is larger than any report
        (:mod:`cds_analysis.intake.limits`).
    """
    if str(source) == "-":
        return _measured(sys.stdin.buffer.read(MOST_BYTES + 1), "standard input")
    path = Path(source)
    if not path.is_file():
        raise ParameterError(
            f"there is no file {str(source)!r}; give a text, HTML, DOCX or PDF file, or - for standard input"
        )
    with path.open("rb") as file:
        return _measured(file.read(MOST_BYTES + 1), path.name)


def _measured(content: bytes, name: str) -> list[Line]:
    with _naming(name):
        check_size(len(content))
        if content.startswith(b"PK"):
            check_unpacked(io.BytesIO(content))
    lines = _lines(content, name)
    with _naming(name):
        check_letters(sum(len(line.text) for line in lines))
    return lines


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say of which file it is that something is too large."""
    try:
        yield
    except ParameterError as error:
        raise ParameterError(f"cannot read {name}: {error}") from None


def _lines(content: bytes, name: str) -> list[Line]:
    if content.startswith(b"%PDF"):
        return _read(_pdf, content, name, "PDF")
    if content.startswith(b"PK\x03\x04"):
        return _read(_docx, content, name, "DOCX")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ParameterError(f"{name} is a DOC file of old Word; save it as DOCX or PDF")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"{name} is not UTF-8 text (byte {error.start}); save it as UTF-8, or copy the article into a"
            " text file"
        ) from None
    with _naming(name):
        return _html(text) if _HTML.match(text) else lines_of(text)


def _read(reader, content: bytes, name: str, kind: str) -> list[Line]:
    try:
        return reader(content)
    except ParameterError:
        raise
    except Exception as error:  # each library has errors of its own for a damaged file
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ParameterError(f"cannot read {name} as {kind}: {said}") from None


def _pdf(content: bytes) -> list[Line]:
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    if not "".join(pages).strip():
        raise ParameterError("the PDF has no text layer; recognise its text first, or copy it into a file")
    lines = [line for page in pages for line in lines_of(page) if not re.fullmatch(r"\d{1,3}", line.text)]
    return [Line(line.text, cell=line.cell, is_new=n == 0) for n, line in enumerate(lines)]


def _docx(content: bytes) -> list[Line]:
    import docx
    from docx.table import Table

    found: list[Line] = []
    for part in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(part, Table):
            found += _cells([[cell.text for cell in row.cells] for row in part.rows])
        elif part.text.strip():
            found.append(_docx_line(part))
    return found


def _docx_line(paragraph) -> Line:
    style = paragraph.style.name or ""
    numbered = re.fullmatch(r"(?:Heading|Tiêu đề) (\d)", style)
    runs = [run for run in paragraph.runs if run.text.strip()]
    is_bold = bool(runs) and all(run.bold for run in runs) and len(paragraph.text) <= 200
    properties = paragraph._p.pPr
    is_item = style.startswith("List") or (properties is not None and properties.numPr is not None)
    if numbered or style == "Title":
        return Line(paragraph.text, level=10 * int(numbered[1]) if numbered else 5)
    holds_number = re.search(r"\d\s?%", paragraph.text)
    return Line(
        paragraph.text, level=35 if is_bold and not is_item and not holds_number else None, is_item=is_item
    )


def _html(text: str) -> list[Line]:
    from lxml import html

    whole = html.document_fromstring(text)
    for tag in _FURNITURE:
        for element in list(whole.iter(tag)):
            element.drop_tree()
    found: list[Line | list[Line]] = []
    _walk(whole, found)
    article = _squashed(_article(text))
    words = sum(len(line.text.split()) for line in _flat(found) if re.search(r"\d", line.text))
    if len(article) < 2 * words:  # the article was not found: better too much than too little
        return _flat(found)
    kept, is_under_title = [], False
    for part in found:
        is_title = isinstance(part, Line) and part.level == _HEADINGS["h1"]
        is_own = is_title or _is_in(part, article)
        # the dateline stands between the main heading and the first line of the article
        if is_own or (
            is_under_title and isinstance(part, Line) and _DATE.search(part.text) and len(part.text) < 60
        ):
            kept.append(part)
        is_under_title = is_title or (is_under_title and not is_own)
    return _flat(kept)


def _article(text: str) -> str:
    """Return the words of the article of a page, as trafilatura tells it from menus, sidebars and
    comments.
    """
    import trafilatura

    return (
        trafilatura.extract(
            text, include_comments=False, include_tables=True, favor_recall=True, output_format="txt"
        )
        or ""
    )


def _is_in(part: Line | list[Line], article: str) -> bool:
    """Whether a line, or most of a table, belongs to the article."""
    if isinstance(part, Line):
        return _squashed(part.text) in article
    words = [_squashed(cell.text) for cell in part if re.search(r"[^\W\d_]{3}", cell.text)]
    return bool(words) and sum(word in article for word in words) >= len(words) / 2


def _squashed(text: str) -> str:
    return "".join(text.split()).replace("|", "")


def _flat(parts: list[Line | list[Line]]) -> list[Line]:
    return [line for part in parts for line in (part if isinstance(part, list) else [part])]


_BLOCKS = {
    "p",
    "div",
    "li",
    "section",
    "article",
    "ul",
    "ol",
    "blockquote",
    "main",
    "body",
    "html",
    "br",
    "center",
    "figure",
    "figcaption",
    "dd",
    "dt",
    "dl",
    *_HEADINGS,
}


def _walk(element, found: list[Line | list[Line]]) -> None:
    """Add the lines of an element, and its tables as lists of cells."""
    held: list[str] = []

    def flush(level: int | None = None, is_item: bool = False) -> None:
        text = " ".join("".join(held).split())
        held.clear()
        if text:
            found.append(Line(text, level=level, is_item=is_item))

    def visit(node) -> None:
        if not isinstance(node.tag, str):
            return
        tag = node.tag.lower()
        if tag == "table":
            flush()
            found.append(_cells(_grid(node)))
            return
        level = _HEADINGS.get(tag)
        if tag in _BLOCKS:
            flush()
        held.append(node.text or "")
        for child in node:
            visit(child)
            held.append(child.tail or "")
        if tag in _BLOCKS:
            flush(level, tag == "li")

    visit(element)
    flush()


def _grid(table) -> list[list[str]]:
    from cds_analysis.intake.sheets import spread_out

    rows = []
    for row in table.iter("tr"):
        cells = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            spans = [cell.get(name) or "1" for name in ("rowspan", "colspan")]
            down, across = (min(max(int(n), 1), 100) if n.isdigit() else 1 for n in spans)
            cells.append((" ".join(" ".join(cell.itertext()).split()), down, across))
        rows.append(cells)
    return spread_out(rows)


def _cells(rows: list[list[str]]) -> list[Line]:
    """Return the cells of a table, each once, with the headers of its row and its column."""
    rows = [[" ".join(cell.split()) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    head = 0
    while head < min(3, len(rows) - 1) and not _has_figure(rows[head]):
        head += 1
    width = max((len(row) for row in rows), default=0)
    headers = [
        " / ".join(dict.fromkeys(row[n] for row in rows[:head] if n < len(row) and row[n]))
        for n in range(width)
    ]
    found = []
    for number, row in enumerate(rows):
        label = next((cell for cell in row if re.search(r"[^\W\d_]{2}.*[^\W\d_]{2}", cell)), "")
        for n, cell in enumerate(row):
            if not cell or (n and cell == row[n - 1]):  # empty, or merged with the one before it
                continue
            is_header = number < head
            same = n and rows[number - 1][n] == cell if number and n < len(rows[number - 1]) else False
            if is_header and same:
                continue
            found.append(
                Line(
                    cell, cell=("" if is_header or cell == label else label, "" if is_header else headers[n])
                )
            )
    return found


def _has_figure(row: list[str]) -> bool:
    return any(
        re.fullmatch(r"[<>≥≤~]?\s?\d[\d.,]*\s?%?", cell) and not re.fullmatch(r"(?:19|20)\d\d", cell)
        for cell in row[1:]
    )
