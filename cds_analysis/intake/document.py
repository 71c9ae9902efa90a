"""A document as blocks: headings, list items, table cells and paragraphs, each below the headings that say
what it speaks of.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

from cds_analysis.intake.rules import Rules

__all__ = ["BARE", "Block", "Line", "document"]

_PLAIN = str.maketrans(
    {c: "-" for c in "‐‑‒–—―−\u00ad"}
    | {c: " " for c in "\u00a0\u2007\u202f\u2009\t"}
    | {c: '"' for c in "“”„«»"}
    | {c: "" for c in "\u200b\ufeff"}
)
# How deep a heading stands, by its numbering; a line that ends in a colon is above what it introduces only.
_LEVELS = (
    (10, re.compile(r"(?:PHẦN|Phần)\s+(?:THỨ\s+\w+|thứ\s+\w+|[IVX\d]+)\b")),
    (20, re.compile(r"(?:CHƯƠNG|Chương)\s+[IVX\d]+\b")),
    (30, re.compile(r"[IVX]{1,5}\s?[.)/-]\s?(?=\D)")),
    (60, re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})*\.?\s")),
    (50, re.compile(r"\d{1,2}\.\d{1,2}\.?\s(?!\d)")),
    (40, re.compile(r"\d{1,2}\s?[./]\s?(?=\D)")),
    (70, re.compile(r"(?:\d{1,2}|[a-zđ])\)\s?")),
    (80, re.compile(r"\(\d{1,2}\)\s?|\([a-zđ]\)\s?")),
    (90, re.compile(r"[-•●▪*○◦]\s*(?=\D|\d)")),
    (95, re.compile(r"\+\s?")),
)
_CAPITALS, _INTRODUCTION = 25, 85
BARE = 35  # a line without a number that reads like a heading
_LONGEST_HEADING = 220
_OPEN_END = re.compile(
    r"(?:,|\b(?:đạt|là|chiếm|có|với|và|của|trên|hơn|các|từ|đến|cho|trong|lệ|năm|xếp thứ|ngày|tháng"
    r"|(?:[Qq]uyết định|[Nn]ghị quyết|[Kk]ế hoạch|[Cc]ông văn|[Tt]ờ trình) số))$"
)
_END = re.compile(r"[.!?;:…|]\"?$")


@dataclass(frozen=True)
class Line:
    """A line or cell as a file holds it.

    ``level`` is that of a heading where the file says it (HTML, DOCX); ``cell`` holds the headers of a table
    cell (of its row, of its column); ``offset`` is where it starts in the text that it was read from;
    ``is_new`` says that a blank line or a mark of the file stands before it.
    """

    text: str
    level: int | None = None
    cell: tuple[str, str] | None = None
    offset: int = 0
    is_new: bool = True
    is_item: bool = False


@dataclass(frozen=True)
class Block:
    """A part of a document that is read as one.

    ``number`` is that of its first line among the lines that are not blank and the cells of tables (``p4`` is
    4); ``kind`` is heading, item, cell, paragraph or furniture; ``above`` are the headings that it stands
    below, outermost first; ``row`` and ``column`` are the headers of a cell; ``offsets`` say where each piece
    of the text starts in the source: pairs of (place in the text, place in the source).
    """

    number: int
    text: str
    kind: str = "paragraph"
    level: int = 0
    above: tuple[Block, ...] = field(default=(), repr=False)
    row: str = ""
    column: str = ""
    offsets: tuple[tuple[int, int], ...] = ()

    @property
    def is_furniture(self) -> bool:
        """Whether the block belongs to the page, not to the document."""
        return self.kind == "furniture"

    def in_source(self, at: int) -> int:
        """Return where a place in the block's text stands in the text it was read from."""
        start, source = max(pair for pair in self.offsets if pair[0] <= max(at, 0))
        return source + at - start


def document(lines: str | list[Line], rules: Rules) -> list[Block]:
    """Read lines as blocks: wrapped lines joined, headings told from items and paragraphs.

    Parameters
    ----------
    lines
        A plain text, or what :func:`~cds_analysis.intake.files.read_lines` found in a file.
    rules
        Say what is furniture of a page.

    Examples
    --------
    >>> from cds_analysis.intake.rules import load_rules
    >>> text = "II. MỤC TIÊU ĐẾN NĂM 2025\\n- 90% hộ gia đình có Internet\\ncáp quang.\\n\\nLượt xem: 1.234"
    >>> [(b.number, b.kind, b.text[-12:], len(b.above)) for b in document(text, load_rules())]
    [(1, 'heading', 'ĐẾN NĂM 2025', 0), (2, 'item', 't cáp quang.', 1), (4, 'furniture', 't xem: 1.234', 0)]
    """
    if isinstance(lines, str):
        lines = lines_of(lines)
    blocks: list[Block] = []
    stack: list[Block] = []
    is_over = False
    for number, text, line, offsets in _joined(lines):
        is_over = is_over or bool(blocks and rules["furniture_from"].search(text))
        if is_over or (line.cell is None and rules["furniture_line"].search(text)):
            blocks.append(Block(number, text, "furniture", offsets=offsets))
            continue
        kind, level = _kind(text, line, rules)
        follows = bool(blocks) and bool(stack) and stack[-1] is blocks[-1]
        if follows and level in (BARE, _INTRODUCTION) and stack[-1].level == _INTRODUCTION:
            # "... as follows:", then headings of its parts
            stack[-1] = replace(stack[-1], level=BARE - 1)
        stack = _headings_above(stack, kind, level, blocks[-1].kind if blocks else "")
        row, column = line.cell or ("", "")
        block = Block(number, text, kind, level, tuple(stack), row, column, offsets)
        blocks.append(block)
        if kind == "heading":
            stack.append(block)
        elif kind == "item" and _heads(text):
            stack.append(replace(block, text=_head_of(text)))
    return blocks


def lines_of(text: str) -> list[Line]:
    """Return the lines of a plain text that are not blank; rows drawn with bars become cells."""
    found, at, was_blank = [], 0, True
    for raw in text.splitlines(keepends=True):
        plain = raw.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        line = plain.strip()
        if line:
            found.append(Line(line, offset=at + plain.index(line[0]), is_new=was_blank))
        was_blank, at = not line, at + len(raw)
    return _with_bars(found)


_ROW_OF_NUMBERS = re.compile(
    r"(?P<label>\D{0,40}(?:(?:19|20)\d\d)?)\s+(?P<cells>\d+(?:[.,]\d+)*%?(?:\s+\d+(?:[.,]\d+)*%?){1,})$"
)


def _with_bars(lines: list[Line]) -> list[Line]:
    """Read rows drawn with bars (``| 1 | Sở Y tế | 843 |``, on one line or a cell a line), and rows that are
    a label and numbers, as cells with headers.
    """
    found: list[Line] = []
    header: list[str] = []
    row: list[Line] = []
    for line in [*lines, Line("")]:
        is_cell = line.text.endswith("|") and line.text.count("|") == 1 and len(line.text) <= 200
        if is_cell and line.text.strip("| "):
            row.append(replace(line, text=line.text.rstrip("| ")))
            continue
        if row:
            cells, header = _as_cells(row, header)
            found += cells
            row = []
        if is_cell or not line.text:
            continue
        if line.text.count("|") >= 2 and len(line.text) <= 600:
            parts = [m for m in re.finditer(r"[^|]+", line.text) if m[0].strip()]
            if not all(re.fullmatch(r"\s*:?-+:?\s*", m[0]) for m in parts):
                row = [
                    Line(m[0].strip(), offset=line.offset + m.start() + len(m[0]) - len(m[0].lstrip()))
                    for m in parts
                ]
                cells, header = _as_cells(row, header)
                found += cells
            row = []
            continue
        header = []
        numbers = _ROW_OF_NUMBERS.fullmatch(line.text)
        has_figures = re.search(r"[.,%]|^\D*(?:19|20)\d\d\s", line.text)
        if numbers and numbers["label"].strip() and has_figures:
            at = line.offset + numbers.start("cells")
            label = numbers["label"].strip()
            found += [
                Line(
                    m[0],
                    cell=(f"năm {label[-4:]}" if label[-4:].isdigit() else label, ""),
                    offset=at + m.start(),
                )
                for m in re.finditer(r"\S+", numbers["cells"])
            ]
            continue
        found.append(line)
    return found


def _as_cells(row: list[Line], header: list[str]) -> tuple[list[Line], list[str]]:
    """Return the cells of a row with their headers, and the headers that hold below it."""
    if len(row) == 1 and not re.search(r"\d", row[0].text):
        return [replace(row[0], is_new=True)], []
    is_header = not header and not any(re.fullmatch(r"[\d.,]+\s?%?", cell.text) for cell in row)
    if is_header:
        return [replace(cell, cell=("", "")) for cell in row], [cell.text for cell in row]
    label = next((cell.text for cell in row if re.search(r"[^\W\d_]{2}", cell.text)), "")
    columns = header if len(header) == len(row) else [""] * len(row)
    return [
        replace(cell, cell=("" if cell.text == label else label, column))
        for cell, column in zip(row, columns)
    ], header


def _joined(lines: list[Line]):
    """Yield (number, text, first line, offsets): a line that runs on is put behind the one before it."""
    number, at, held, first, offsets = 0, 0, "", None, []
    is_wrapped = _is_wrapped(lines)
    for line in lines:
        composed = unicodedata.normalize("NFC", line.text).translate(_PLAIN)
        lead = len(composed) - len(composed.lstrip())
        text = composed.strip()
        if not text:
            continue
        number += 1
        if first is not None and _runs_on(held, text, first, line, is_wrapped):
            offsets.append((len(held) + 1, line.offset + lead))
            held += " " + text
            continue
        if first is not None:
            yield at, held, first, tuple(offsets)
        at, held, first, offsets = number, text, line, [(0, line.offset + lead)]
    if first is not None:
        yield at, held, first, tuple(offsets)


def _is_wrapped(lines: list[Line]) -> bool:
    """Whether the text was wrapped at a width: most of its longer lines end in the middle of a sentence."""
    longer = [line.text for line in lines if 50 <= len(line.text) <= 140]
    open_ends = sum(not _END.search(text) for text in longer)
    return len(longer) >= 6 and len(longer) >= 0.5 * len(lines) and open_ends >= 0.6 * len(longer)


def _runs_on(held: str, text: str, first: Line, line: Line, is_wrapped: bool) -> bool:
    if line.is_new or line.is_item or line.cell or first.cell or line.level or first.level:
        return False
    if _END.search(held) or "|" in held[-2:] or _level(text) is not None:
        return False
    if text[0].islower() or _OPEN_END.search(held):
        return True
    if is_wrapped and len(held.rsplit("\n", 1)[-1]) >= 50 and not _is_capitals(text):
        return True
    return is_wrapped and bool(re.match(r"[\d(]", text)) and len(held) >= 50


def _level(text: str) -> int | None:
    return next((level for level, pattern in _LEVELS if pattern.match(text)), None)


def _is_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 4 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def _kind(text: str, line: Line, rules: Rules) -> tuple[str, int]:
    """Return what a line is, and how deep it stands."""
    if line.cell is not None:
        return "cell", 100
    if line.level is not None:
        return "heading", line.level
    level = _level(text)
    holds = rules["holds_figure"].search(text)
    is_short = len(text) <= _LONGEST_HEADING
    if line.is_item or (level is not None and level >= 90):
        is_heading = is_short and text.endswith(":") and not holds
        return ("heading", level or 90) if is_heading else ("item", level or 90)
    if level is not None:
        if is_short and not holds and not text.endswith((".", ";", ",")):
            return "heading", level
        return "item", level
    if _is_capitals(text) and is_short and not holds:
        return "heading", _CAPITALS
    if text.endswith(":") and not holds:
        return "heading", _INTRODUCTION
    if rules["caption"].search(text) and is_short:
        return "paragraph", 100
    if is_short and len(text) <= 120 and not holds and not _END.search(text) and not text.endswith(","):
        return "heading", BARE
    return "paragraph", 100


def _headings_above(stack: list[Block], kind: str, level: int, before: str) -> list[Block]:
    if kind == "paragraph":  # ends the list that an introduction or an item opened
        is_over = before in ("item", "cell")
        return [
            b
            for b in stack
            if b.level < _INTRODUCTION or (not is_over and b is stack[-1] and b.kind == "heading")
        ]
    if kind == "cell":
        return stack
    if level == BARE:  # a heading without a number stands below what is numbered
        return [b for b in stack if b.level != BARE and b.level < 70]
    if level == _INTRODUCTION:
        return [b for b in stack if b.level < _INTRODUCTION]
    kept = [b for b in stack if b.level < level or (b.level == _INTRODUCTION and level > 60)]
    if level < 70:
        kept = [b for b in kept if b.level != BARE]
    return kept


_HEAD = re.compile(r"^.{3,120}?:(?=\s)")


def _heads(text: str) -> bool:
    """Whether an item opens with what it is about, so that items below it belong to it."""
    return bool(_HEAD.match(text))


def _head_of(text: str) -> str:
    found = _HEAD.match(text)
    return found[0] if found else text[:_LONGEST_HEADING]
