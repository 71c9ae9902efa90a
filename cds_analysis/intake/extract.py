"""Propose the figures of a document as rows of the dataset. Nothing is accepted here: each row waits for a
person's decision.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.intake.dates import Dates
from cds_analysis.intake.document import Block, Line, document
from cds_analysis.intake.figures import Figure, figures
from cds_analysis.intake.files import read_lines
from cds_analysis.intake.frame import BESIDE, Frames, Given, Text
from cds_analysis.intake.owners import Owners, places_in_a_row
from cds_analysis.intake.places import NOWHERE, Gazetteer, Place
from cds_analysis.intake.propose import Proposal, Proposer
from cds_analysis.intake.rules import Rules, load_rules

__all__ = ["CANDIDATES", "KINDS", "Tools", "extract", "extract_file"]

KINDS = ("result", "target", "rank", "score", "change", "group", "context")
# The columns of a file of candidates; `decision` is for the reader: accept, reject, or empty.
CANDIDATES = {
    "candidate": pl.String,
    "decision": pl.String,
    "paragraph": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "printed": pl.String,
    "kind": pl.String,
    "value": pl.Float64,
    "high": pl.Float64,
    "unit": pl.String,
    "bound": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "place_type": pl.String,
    "place": pl.String,
    "date": pl.Date,
    "date_is": pl.String,
    "from_year": pl.Int64,
    "proposal": pl.String,
    "score": pl.Float64,
    "second": pl.String,
    "third": pl.String,
    "heading": pl.String,
    "reason": pl.String,
}


_ALL_RANKED = (63, 34, 64)  # so many provinces or units are ranked


class Tools:
    """What reading needs of a dataset, made once for many documents: rules, places, proposals."""

    def __init__(self, data: Dataset, rules: Rules | None = None) -> None:
        self.rules = rules or load_rules(data.folder)
        self.gazetteer = Gazetteer(data, self.rules)
        self.proposer = Proposer(data, self.rules)


def extract_file(source: str | Path, data: Dataset, given: Given | None = None) -> pl.DataFrame:
    """Read a document from a file (``-`` is standard input) and propose its figures, see :func:`extract`."""
    return extract(read_lines(source), data, given=given)


def extract(
    text: str | list[Line],
    data: Dataset,
    *,
    given: Given | None = None,
    title: str = "",
    tools: Tools | None = None,
) -> pl.DataFrame:
    """Propose the figures of a document.

    Parameters
    ----------
    text
        The document, page furniture and all, or the lines of a file.
    data
        Its registers (provinces, indicators, indices) say what a figure may be about.
    given
        What is known from outside: place, date, result or target, index. It holds where the document itself
        says nothing nearer the figure.
    title
        Its title, where the text does not open with it.
    tools
        Made from the data folder by default; give them when many documents are read.

    Returns
    -------
    polars.DataFrame
        One row a figure, columns `CANDIDATES`: the block (``p4``) and the place in it as read (spaces at
        its ends removed, letters composed, dashes made plain), the figure as printed, ``kind`` (result,
        target, rank, score, change, group: "top 10", context: the setting only), value (``high``: the upper
        end of a span) and unit (percent, count, mbps, rank, places, points, score, times, per_100, per_1000,
        currency, other), ``place_type`` and ``place`` (id of a province or unit, ``viet-nam``, the name of a
        ministry, district, commune or organisation; empty where none is said), the ``date`` it speaks of or
        is due (``date_is``; empty where none is said), up to three proposals of an indicator or
        ``index/dimension`` (``proposal`` is empty where none is sure), the headings above, and the reasons.

    Examples
    --------
    >>> from cds_analysis import load
    >>> found = extract("Đến cuối năm 2023, tỉnh Lạng Sơn có 85% dân số có hồ sơ sức khỏe điện tử (mục tiêu 90%).", load())
    >>> found.select("printed", "kind", "place", "date", "proposal").row(0)
    ('85%', 'result', 'lang-son', datetime.date(2023, 12, 31), 'ehealth_records_pct')
    >>> found["kind"].to_list()
    ['result', 'target']
    """
    tools = tools or Tools(data)
    blocks = document(text, tools.rules)
    reader = _Reader(Frames(blocks, tools.gazetteer, tools.rules, given or Given(), title), tools)
    rows = [row for block in blocks if not block.is_furniture for row in reader.rows(block)]
    return pl.DataFrame(
        [{"candidate": f"c{n:03}", **row} for n, row in enumerate(rows, start=1)], schema=CANDIDATES
    )


class _Reader:
    """Reads the blocks of one document in order, and remembers which index it last spoke of."""

    def __init__(self, frames: Frames, tools: Tools) -> None:
        self._frames, self._rules, self._proposer = frames, tools.rules, tools.proposer
        self._dates = Dates(frames, tools.rules)
        self._owners = Owners(frames, tools.gazetteer, tools.rules)
        self._index = frames.given.index or tools.proposer.index_in(frames.title)
        self._indices = {self._index} - {None}

    def rows(self, block: Block) -> list[dict]:
        """Return the candidates of a block."""
        text = self._frames.read(block)
        found = figures(block.text, self._rules, is_cell=block.kind == "cell")
        rows: list[dict] = []
        last: dict | None = None
        for (start, end), group in groupby(found, key=lambda f: f.sentence):
            together = list(group)
            near = text.near(start, end)
            self._before = {}  # the rows before in the sentence, by unit
            last = {**last, "is_earlier": True} if last is not None else None
            for n, figure in enumerate(together):
                row = self._row(figure, together, n, near, last)
                if row is not None:
                    rows.append(row)
                    last = {**row, "figure": figure}
                    self._before[row["unit"]] = row
        if not found and block.kind == "heading":
            self._index = self._proposer.index_in(block.text) or self._index
        elif named := self._proposer.index_in(block.text):
            self._index = named
        self._indices |= {self._index} - {None}
        self._frames.after(text, bool(rows))
        return rows

    def _row(self, figure: Figure, found: list[Figure], n: int, text: Text, last: dict | None) -> dict | None:
        block = text.block
        promise, why = self._frames.promise(figure, text)
        kind, unit = self._kind(figure, promise, text, last)
        if kind is None:
            return None
        near, wide = self._words(figure, found, n, text)
        if heads := self._head_of_list(figure, found, text):
            near = heads
        about, index = self._about(figure, kind, unit, near, wide, text, last)
        is_sure = any(p.is_sure for p in about)
        if (
            promise == "target"
            and why == BESIDE
            and not is_sure
            and last is not None
            and last["unit"] == unit
            and last["proposal"]
        ):
            about = [
                Proposal(last["proposal"], last["score"]),
                *[p for p in about if p.about != last["proposal"]],
            ][:3]
            why += ", for what the figure before it is about"
        place, place_why = self._owners.whose(figure, text, self._in_turn(figure, found, text))
        if (
            place.kind != "not_said"
            and self._is_listed(figure, found, text)
            and not self._in_turn(figure, found, text)
        ):
            place, place_why = NOWHERE, "several places in turn"
        if place.kind in ("organisation", "ministry", "district", "commune"):  # indices rank provinces only
            about = [p for p in about if "/" not in p.about]
        if kind == "result" and (before := self._before.get(unit)) is not None:
            is_bare = _BARE.fullmatch(self._without_places(figure.left, text, figure))
            if (
                (is_bare or place.kind == "country")
                and not any(p.is_sure for p in about)
                and not _leads(figure)
            ):
                about = [Proposal(before["proposal"], before["score"])] if before["proposal"] else about
        if kind == "target" or (kind == "change" and promise == "target"):
            when, date_why = self._dates.due(figure, text)
            self._frames.last_due = when
        elif kind in ("rank", "score", "group") or (
            kind == "change" and unit in ("places", "points", "score")
        ):
            when, date_why = self._dates.year_of_rank(figure, text, index)
            if when is None and index is None:
                when, date_why = self._dates.as_of(figure, text)
        else:
            when, date_why = self._dates.as_of(figure, text)
        value = figure.numerator if unit in ("rank", "score") and figure.unit == "fraction" else figure.value
        if kind == "change" and unit == "places" and self._rules["down"].search(figure.left[-30:]):
            value = -value
        sure = [p for p in about if p.is_sure][:1]
        names = [p.about for p in about]
        others = [a for a in names if not sure or a != sure[0].about]
        reasons = (f"{promise}: {why}" if why else "", f"date: {date_why}", f"place: {place_why}")
        return {
            "decision": "",
            "paragraph": f"p{block.number}",
            "start": figure.start,
            "end": figure.end,
            "printed": figure.printed,
            "kind": kind,
            "value": value,
            "high": figure.high,
            "unit": unit,
            "bound": figure.bound
            if not (unit == "rank" and self._rules["top"].search(figure.left[-20:]))
            else "<=",
            "numerator": figure.numerator if figure.unit == "fraction" and unit != "rank" else None,
            "denominator": figure.denominator,
            "place_type": place.kind,
            "place": place.id or None,
            "date": when,
            "date_is": "due" if kind == "target" or (kind == "change" and promise == "target") else "as_of",
            "from_year": self._dates.from_year(figure, text) if kind == "change" else None,
            "proposal": sure[0].about if sure else None,
            "score": about[0].score if about else None,
            "second": others[0] if others else None,
            "third": others[1] if len(others) > 1 else None,
            "heading": " > ".join(h.text[:80] for h in block.above) or None,
            "reason": "; ".join(filter(None, reasons)),
        }

    # ---- what kind of figure

    def _kind(self, figure: Figure, promise: str, text: Text, last: dict | None) -> tuple[str | None, str]:
        """Return kind and unit; no kind where it is no figure after all."""
        rules, unit = self._rules, figure.unit
        left = figure.left[-90:] if figure.left.strip(" (,:") else figure.before[-90:]
        if unit == "fraction" and (
            rules["rank"].search(left)
            or (figure.denominator in _ALL_RANKED and rules["rank"].search(re.sub(r"\W+$", " ", left)))
        ):
            return ("target" if promise == "target" else "rank"), "rank"
        if unit == "fraction" and re.match(r"\s*điểm\b", figure.right):
            return "score", "score"
        if unit == "fraction":
            return promise, "percent"
        if unit == "rank":
            if rules["top"].search(left[-25:]):
                if figure.value in _ALL_RANKED:
                    return None, ""
                return ("target" if promise == "target" else "group"), "rank"
            return ("target" if promise == "target" else "rank"), "rank"
        if unit == "times":
            return "change", "times"
        is_change = (
            rules["change"].search(left)
            and not rules["goes_to"].search(left)
            and not figure.printed.startswith("từ")
        )
        if unit == "places":
            return "change", "places"
        if is_change and unit in ("percent", "points", "score", "", "count", "currency"):
            if rules["growth_indicator"].search(figure.before[-120:]):
                return promise, "percent"
            if unit == "count" and not re.search(r"(?:tăng|giảm)(?: thêm)?\s*$", left):
                pass
            else:
                return "change", "points" if unit == "points" else unit or "score"
        if unit == "points":
            return "change", "points"
        if unit == "" and text.block.kind == "cell":
            return self._of_cell(promise, text)
        if unit == "":
            return (promise, "count") if last is None else (last["kind"], last["unit"])
        if unit == "currency":
            return "context", "currency"
        if unit == "score":
            return ("target" if promise == "target" else "score"), "score"
        if unit == "percent" and rules["score_subject"].search(left) and not rules["share_near"].search(left):
            return ("target" if promise == "target" else "score"), "score"
        if (
            (
                unit == "percent"
                and last is not None
                and last["unit"] == "rank"
                and last["proposal"]
                and promise == "result"
            )
            and not last.get("is_earlier")
            and re.search(r"\bvới\s(?:điểm số\s|số điểm\s|mức\s)?$", left)
        ):
            return "score", "score"
        if unit == "count" and (
            rules["context_noun"].match(figure.right)
            or (rules["context_task"].match(figure.right) and rules["context_before"].search(left))
        ):
            return "context", "count"
        return promise, unit

    def _of_cell(self, promise: str, text: Text) -> tuple[str | None, str]:
        """Return kind and unit of a bare number in a table, by its headers."""
        rules, block = self._rules, text.block
        headers = " ".join([block.column, block.row])
        if rules["column_number"].search(block.column):
            return None, ""
        if rules["column_rank"].search(block.column) or rules["column_rank"].search(block.row):
            return ("target" if promise == "target" else "rank"), "rank"
        if rules["column_score"].search(block.column):
            return ("target" if promise == "target" else "score"), "score"
        if (
            "%" in headers
            or rules["share_near"].search(headers)
            or any("%" in h.text for h in block.above[-3:])
        ):
            return promise, "percent"
        return promise, "count"

    # ---- what it is about

    def _words(self, figure: Figure, found: list[Figure], n: int, text: Text) -> tuple[str, str]:
        """Return the words that belong to a figure alone, and those of its clause, with # in its place."""
        block = text.block
        leads = _leads(figure)
        if inside := re.search(
            r"\((?!đạt|chiếm|tỷ lệ|tăng|giảm|bằng|tương|năm|trong|mục|\d)([^()]{5,})$", figure.left
        ):
            figure = replace(figure, left=inside[1])
        before = found[n - 1] if n and found[n - 1].clause == figure.clause else None
        left = figure.left
        if leads and before is not None and _leads(before):
            left = re.split(r",|\bvà\b|\band\b", left)[-1]
            left = left if len(left) < 40 else ""
        elif before is not None and not leads and "," in left[:60]:
            left = left.split(",", 1)[1] if len(left.split(",", 1)[1]) > 15 else left
        if not leads and (cut := _LAST_SUBJECT.search(left)):
            left = left[cut.end() :]
        right = figure.right if leads else re.split(r"[,;(]", figure.right)[0][:60]
        if (
            leads
            and re.search(r",\s[^,]{4,}$", right)
            and n + 1 < len(found)
            and not _leads(found[n + 1])
            and found[n + 1].clause == figure.clause
        ):
            right = right.rsplit(",", 1)[0]  # what the next figure is about
        if leads and before is not None and re.match(rf"\s*{_VERB.pattern}", right):
            right = f" {_VERB.split(before.right)[0][:60]} {right}"
        if figure.unit in ("per_100", "per_1000"):
            right = f"/{figure.printed.partition('/')[2]}{right}"
        if (
            before is not None
            and figure.unit == "percent"
            and before.unit in ("count", "fraction")
            and _BARE.fullmatch(re.split(r"[(,]", left)[-1])
        ):
            left = (
                f"{before.left} {before.right} tỷ lệ "  # "tiếp nhận trực tuyến 168.014 hồ sơ (chiếm 97,7%)"
            )
        right = re.split(r",?\s(?:trong đó|trong số)", right)[0]
        head = " ".join(filter(None, [block.row, block.column]))
        near = f"{head} {left}# {right}" if head else f"{left}# {right}"
        if (
            block.row
            and figure.unit == ""
            and (noun := re.sub(r"^(?:[Tt]ổng )?[Ss]ố (?:lượng )?", "", block.row)) != block.row
        ):
            near = f"# {noun}"  # "Số tổ công nghệ số cộng đồng | 102"
        if len(re.findall(r"\w+", near)) < 3 and block.above:
            near = f"{block.above[-1].text} {near}"
        return near, f"{head} {figure.before}# {figure.after}"

    def _about(self, figure, kind, unit, near, wide, text, last) -> tuple[list[Proposal], str | None]:
        """Return the proposals, and the index where it is one."""
        if (
            kind in ("rank", "score", "group")
            or (kind == "change" and unit in ("places", "score"))
            or (kind == "target" and unit in ("rank", "score"))
        ):
            return self._of_index(figure, kind, unit, text, last)
        is_share = figure.unit == "percent" and self._rules["plan_share"].match(figure.right[:60])
        if kind in ("change", "context") or is_share:
            return [], None
        return self._proposer.indicators(near, wide, unit if figure.unit != "fraction" else "fraction"), None

    def _without_places(self, left: str, text: Text, figure: Figure) -> str:
        start = figure.start - len(left)
        for place in reversed(text.places):
            if start <= place.start and place.end <= figure.start:
                left = left[: place.start - start] + left[place.end - start :]
        return left

    def _head_of_list(self, figure: Figure, found: list[Figure], text: Text) -> str:
        """Return what a list like "Bạc Liêu (7,4%), Sơn La (8,3%)" is about; empty for other figures."""
        line = text.block.text
        listed = [f for f in found if line[f.start - 1 : f.start] == "(" and f.unit == figure.unit]
        named = [p for f in listed for p in text.places if p.end in (f.start - 1, f.start - 2)]
        if figure not in listed or len(named) < 2:
            return ""
        head = line[figure.sentence[0] : max(figure.sentence[0], named[0].start)][-200:]
        tail = line[listed[-1].end : figure.sentence[1]][:200]
        return f"{head} # {tail}"

    def _of_index(self, figure, kind, unit, text, last) -> tuple[list[Proposal], str | None]:
        line, proposer = text.block.text, self._proposer
        start = figure.sentence[0]
        if last is not None and not last.get("is_earlier"):
            start = max(start, last["figure"].end)
        left = " ".join(filter(None, [text.block.row, text.block.column, line[start : figure.start]]))
        in_region = re.match(r"(?: tỉnh, thành phố)?[^,;.()]{0,40}(?:khu vực|vùng)\b", figure.right)
        if (in_region and kind != "change") or (
            figure.denominator and kind == "rank" and figure.denominator not in _ALL_RANKED
        ):
            return [], None  # a rank among some only
        behind = re.match(
            r"[^,;.()]{0,60}?\b(?:(?<!thuộc )về|trong bảng xếp hạng|in)\s(.{4,140})", figure.right
        )
        if behind and kind in ("rank", "group", "target"):
            phrase = behind[1].split(",")[0]
            index = proposer.index_in(phrase)
            part = proposer.part_in(phrase, index or self._index or "")
            if index or (part and self._index):
                return [Proposal(part or f"{index}/overall", 0.9)], index or self._index
            if re.match(r"[^,;.()]{0,60}?(?<!thuộc )\bvề\s", figure.right):
                return [], None
        own = proposer.index_in(left)
        index = own or proposer.index_in(line[figure.sentence[0] : figure.at]) or self._index
        if index is None:
            index = proposer.index_in(line[figure.at : figure.sentence[1]])
        if index is None:
            return [], None
        for other in [index, *sorted(self._indices - {index})]:
            if part := proposer.part_in(left, other):
                return [Proposal(part, 0.9)], other
        if own:
            return [Proposal(f"{own}/overall", 0.95)], own
        is_aside = last is not None and not last.get("is_earlier") and last["unit"] in ("percent", "count")
        if is_aside and proposer.index_in(line[figure.sentence[0] : figure.at]) is None:
            return [], None  # the rank of the share before it, not of an index
        is_alike = last is not None and last["unit"] in ("rank", "places", "score", "points")
        if is_alike and not last.get("is_earlier") and not _new_subject(left):
            return ([Proposal(last["proposal"], 0.85)] if last["proposal"] else []), index
        if (
            kind == "score"
            and not re.search(r"(?:đạt|là|với|giá trị|điểm|=|:|\()\s*$", left)
            and unit != "score"
        ):
            return [Proposal(f"{index}/overall", 0.4)], index
        if _other_subject(left):
            return [Proposal(f"{index}/overall", 0.4)], index
        return [Proposal(f"{index}/overall", 0.8)], index

    def _is_listed(self, figure: Figure, found: list[Figure], text: Text) -> bool:
        """Whether a bare number stands in a list "lần lượt là 22, 9, 13" of several districts."""
        line, (a, _) = text.block.text, figure.sentence
        said = line.rfind("lần lượt", a, figure.at)
        same = [f for f in found if f.at > said and f.unit == figure.unit]
        return (
            said >= 0
            and len(same) > 1
            and bool(re.search(r"[Cc]ác (?:huyện|xã|phường|thành phố|đơn vị|sở)", line[a:said]))
        )

    def _in_turn(self, figure: Figure, found: list[Figure], text: Text) -> Place | None:
        """Return the place at a figure's own position in a list "A, B và C lần lượt ...", on either side of it."""
        line, (a, b) = text.block.text, figure.sentence
        said = line.find("lần lượt", a, b)
        if said < 0:
            return None
        run = places_in_a_row([p for p in text.places if a <= p.start < said], line)
        same = [f for f in found if f.unit == figure.unit or {f.unit, figure.unit} == {"rank", ""}]
        same = [f for f in same if (f.at > said) == (figure.at > said)]
        if len(run) < 2 or len(same) != len(run) or figure not in same:
            return None
        return run[same.index(figure)]


_LAST_SUBJECT = re.compile(
    r".*,\s(?=(?:[Tt][ỷỉ] lệ|[Tt][ỷỉ] trọng|số lượng|tổng số|doanh nghiệp|hạ tầng|năng suất|kinh tế số)\s)"
)
_VERB = re.compile(r"\b(?:có|được|sử dụng|đã|tham gia|cấp|tại cấp)\b")
_BARE = re.compile(
    r"[\s,(]*(?:(?:với|đạt|là|còn|và|trong khi|riêng|tại|ở|thì|tỉnh|thành phố|tỷ lệ|ở mức|chỉ|đứng thứ|tiếp sau là|mức|bình quân|của|hiện|mới|nay|đã|đến nay|hiện nay|chiếm|bằng|tương đương|tương ứng)\s*)*[\s(:]*"
)


def _leads(figure: Figure) -> bool:
    """Whether what is measured follows the figure ("90% hộ gia đình"), not precedes it ("đạt 90%")."""
    right = figure.right.lstrip(' "')
    if not right or not right[0].isalpha():
        return right.startswith("(") and not re.search(r"(?:đạt|là|chiếm|:|bằng)\s*$", figure.left)
    if figure.unit in ("count", "fraction"):
        return True
    if figure.unit in ("per_100", "per_1000") and "/" in figure.printed:
        return False
    return not re.match(
        r"(?:so với|trong khi|và\b|GRDP|GDP|kế hoạch|mục tiêu|tổng|tương|theo|trở|thì|vào|với|năm|trong năm|\(|còn|hoặc|tăng|giảm|cao|thấp|vượt)",
        right,
    )


def _new_subject(left: str) -> bool:
    """Whether the words since the figure before name something else that is measured."""
    return bool(re.search(r"(?:chỉ số|tỷ lệ|trụ cột|nhóm|\bvề\b|index|pillar|Ở )", left)) or len(left) > 90


def _other_subject(left: str) -> bool:
    return bool(
        re.search(r"(?:[Cc]hỉ số|[Nn]hóm|[Tt][ỷỉ] lệ|Sở|Bộ|[Hh]uyện|ICT|tiêu chí|trụ cột)[^,;:]*$", left)
    )
