"""What the columns of a yearly table are: names, codes, years, scores and ranks, from one to four header
rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import fold
from cds_analysis.errors import ParameterError
from cds_analysis.intake.sheets import Sheet

__all__ = ["Column", "columns_of", "dimension_names", "find_header"]

_NAME = re.compile(
    r"(?:ten)?(?:cac)?(?:tinh|diaphuong|donvi|province|unitname|unit|city)"
    r"(?:va|hoac|or)?(?:thanhpho|thanh|tp|city|cities|province|provinces|unit|municipality)?(?:vie|vn|vi|eng|en|names?|s|tructhuoctw)*"
    r"|name|tentinh|tendonvi|tenprovince|thanhpho|tp"
)
_NUMBER = re.compile(r"stt|tt|no|sott|thutu|id|#")
_WORDS = {
    "year": re.compile(r"year|nam|nammeasured|namdanhgia"),
    "code": re.compile(r"unitcode|code|gsocode|ma|matinh|provincecode|masotinh|maso|madonvi"),
    "type": re.compile(r"unittype|type|loai|loaidonvi|kind"),
    "dimension": re.compile(
        r"dimension|dimensionid|dimensionname|chisothanhphan|linhvuc|noidung|trucnoidung|thanhphan|chitieu|trucot|subdimension|component|indicator"
    ),
    "n_ranked": re.compile(r"ranked|nranked|tongso|sodonvi|tongsotinh"),
    "rank": re.compile(
        r"(?:ranks?|ranking|(?:thu|xep)?(?:hang|bac)|xepthu|vitri|vithu|thuhang|hang)(?:toanquoc|canuoc)?"
    ),
    "score": re.compile(
        r"scores?|(?:tong)?diem(?:so|danhgia|tonghop|chuan)?|index|indexscore|chiso|total|totalscore|overall|tonghop|giatri|unweightedpapi|ketqua|tyle|value|parindex"
    ),
}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Column:
    """A column as it is read: its header, and its role.

    ``role`` is name, code, type, year, dimension, n_ranked, score, rank, or empty (not read); ``dimension``
    and ``year`` are those of a score or rank where the header says them.
    """

    header: str
    role: str = ""
    dimension: str | None = None
    year: int | None = None

    @property
    def key(self) -> tuple:
        """What may be in a table once only."""
        return self.role, self.dimension, self.year

    def __str__(self) -> str:
        said = " ".join(str(part) for part in (self.role, self.dimension, self.year) if part)
        return f"{self.header} -> {said or 'not read'}"


def dimension_names(index: str, data: Dataset) -> dict[str, str]:
    """Return the dimensions of an index by every folded name they go by."""
    names = {fold(index): "overall"}
    for row in data.indices.filter(pl.col("index_id") == index).iter_rows(named=True):
        for text in (
            row["dimension_id"],
            row["name_vi"],
            row["name_en"],
            *(row["keywords"] or "").split(";"),
        ):
            if text.strip():
                names.setdefault(fold(text), row["dimension_id"])
    return names


def find_header(sheet: Sheet, is_place: Callable[[str], bool]) -> tuple[int, list[str] | None]:
    """Return the number of the first row of figures, and the headers above it: up to four rows of them,
    joined by slashes; an empty cell right of a year or a group takes the one to its left.
    """
    for at, row in enumerate(sheet.rows[:15]):
        if not any(_is_name(part) for cell in row for part in _parts(cell)):
            continue
        first = at
        while first > 0 and at - first < 2 and _heads(sheet.rows[first - 1]):
            first -= 1
        end = at + 1
        while end < min(len(sheet.rows), at + 4) and not _has_figures(sheet.rows[end], row):
            if any(is_place(cell) for cell in sheet.rows[end] if cell):
                break
            end += 1
        rows = [_filled(r) for r in sheet.rows[first : end - 1]] + [sheet.rows[end - 1]]
        columns = zip_longest(*rows, fillvalue="")
        return end, [" / ".join(dict.fromkeys(filter(None, parts))) for parts in columns]
    return 0, None


def _heads(row: list[str]) -> bool:
    """Whether a row above the names groups columns: years or words over several cells, not a title."""
    return len([cell for cell in row if cell.strip()]) >= 2 and not _has_figures(row, [])


def _filled(row: list[str]) -> list[str]:
    found, last = [], ""
    for cell in row:
        last = cell or last
        found.append(last)
    return found


def _has_figures(row: list[str], header: list[str]) -> bool:
    """Whether a row holds numbers, other than years and those of a header cell that reaches down into it."""
    return any(
        re.fullmatch(r"\d[\d.,]*\s?%?(?:\s*\(.*\))?", cell) and cell != above and not _YEAR.fullmatch(cell)
        for cell, above in zip_longest(row, header, fillvalue="")
    )


def _parts(text: str) -> list[str]:
    return [text, *re.split(r"\s*/\s*|\n|[()]|\s*\|\s*", text)]


def _is_name(text: str) -> bool:
    """Whether a header is that of names or codes."""
    return bool(_NAME.fullmatch(fold(text)) or _WORDS["code"].fullmatch(fold(text)))


def columns_of(header: list[str], index: str, dimensions: dict[str, str]) -> list[Column]:
    """Return the role of each column.

    Raises
    ------
    ParameterError
        When two columns have one role; both are named.
    """
    columns = [_column(text, index, dimensions) for text in header]
    seen: dict[tuple, Column] = {}
    for column in columns:
        if column.role in ("", "name"):  # a name may stand in two languages; they are compared row by row
            continue
        if column.key in seen:
            said = " ".join(str(part) for part in column.key if part)
            raise ParameterError(
                f"two columns are read as the {said}: {seen[column.key].header!r} and {column.header!r}; "
                "rename or remove one of them"
            )
        seen[column.key] = column
    return columns


def _column(text: str, index: str, dimensions: dict[str, str]) -> Column:
    years = {int(y) for y in _YEAR.findall(text)}
    year = years.pop() if len(years) == 1 else None
    role, dimension = "", None
    parts = [p for p in dict.fromkeys(_bare(part, index) for part in _parts(text)) if p]
    if any(_NUMBER.fullmatch(part) for part in parts):
        return Column(text)
    for part in parts:
        found = dimensions.get(part) or dimensions.get(
            re.sub(r"^(?:chiso\w{0,12}?|dimension|truc|d)?\d+", "", part)
        )
        if found and dimension is None:
            dimension = found
            continue
        for name, pattern in _WORDS.items():
            if pattern.fullmatch(part) and _outranks(name, role):
                role = name
        if not role and _NAME.fullmatch(part):
            role = "name"
    if dimension and role in ("", "score", "rank"):
        return Column(text, role or "score", dimension, year)
    if role in ("score", "rank"):
        return Column(text, role, "overall", year)
    if not role and year and all(re.fullmatch(r"(?:nam)?", re.sub(r"\d", "", part)) for part in parts):
        return Column(text, "score", "overall", year)
    return Column(text, role)


def _outranks(name: str, role: str) -> bool:
    """Whether a word says more than the one before it: "Chỉ số / Xếp hạng" is a rank."""
    return (
        not role
        or (role == "score" and name in ("rank", "n_ranked"))
        or (role == "dimension" and name != "year")
    )


def _bare(part: str, index: str) -> str:
    """Return a part of a header without its year and without the name of the index in front of other
    words.
    """
    bare = fold(_YEAR.sub("", part))
    bare = re.sub(r"^nam$", "", bare) if _YEAR.search(part) else bare
    bare = re.sub(r"(?<=\w{4})nam$", "", bare) if _YEAR.search(part) else bare
    for short in {fold(index), f"{fold(index)}index", f"chiso{fold(index)}"}:
        if bare != short and (bare.startswith(short) or bare.endswith(short)):
            rest = bare.removeprefix(short).removesuffix(short)
            if any(pattern.fullmatch(rest) for pattern in _WORDS.values()):
                return rest
        if bare == short:
            return fold(index)
    return bare
