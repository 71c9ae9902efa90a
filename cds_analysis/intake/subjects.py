"""What a figure is about: the words that belong to it, and the index that ranks and scores are of."""

from __future__ import annotations

import re
from dataclasses import replace

from cds_analysis.intake.document import Block
from cds_analysis.intake.figures import Figure
from cds_analysis.intake.frame import Text
from cds_analysis.intake.kinds import ALL_RANKED, Row
from cds_analysis.intake.propose import Proposal, Proposer
from cds_analysis.intake.rules import Rules

__all__ = ["Subjects"]

_NEAR = 120  # letters before a rank or score in which the part of an index is named


class Subjects:
    """Finds what the figures of one document are about, block by block; remembers the index last
    spoken of.
    """

    def __init__(self, title: str, index: str | None, proposer: Proposer, rules: Rules) -> None:
        self._proposer, self._rules = proposer, rules
        self.index = index or proposer.index_in(title)
        self._named = set(filter(None, [self.index]))
        self._before: dict[str, Row] = {}

    def start_sentence(self, before: str) -> None:
        """Forget the figures of the sentence before, and remember the index that the words up to
        here name.
        """
        self._before = {}
        self.index = self._proposer.index_in(before) or self.index
        self._named |= set(filter(None, [self.index]))

    def note(self, row: Row) -> None:
        """Remember a figure for those behind it in its sentence."""
        self._before[row.unit] = row

    def after(self, block: Block) -> None:
        """Remember the index that a block names."""
        self.index = self._proposer.index_in(block.text) or self.index
        self._named |= set(filter(None, [self.index]))

    def about(
        self, figure: Figure, kind: str, unit: str, found: list[Figure], text: Text, last: Row | None
    ) -> tuple[list[Proposal], str | None]:
        """Return the proposals, best first, and the index where it is one.

        Parameters
        ----------
        figure, kind, unit
            The figure as it is read.
        found
            The figures of its sentence.
        text
            Its block.
        last
            The figure before it.
        """
        is_ranked = kind in ("rank", "score", "group") or (kind == "change" and unit in ("places", "score"))
        if is_ranked or (kind == "target" and unit in ("rank", "score")):
            return self._of_index(figure, kind, unit, text, last)
        is_share = figure.unit == "percent" and self._rules["plan_share"].match(figure.right[:60])
        if kind in ("change", "context") or is_share:
            return [], None
        near, wide = self._words(figure, found, found.index(figure), text)
        near = self._head_of_list(figure, found, text) or near
        return (
            self._proposer.indicators(near, wide, figure.unit if figure.unit in ("fraction", "") else unit),
            None,
        )

    def inherited(self, figure: Figure, unit: str, text: Text, is_compared: bool) -> list[Proposal]:
        """Return what a figure without words of its own takes from one before it in its sentence: "với
        99,7%", or the country's figure beside the province's (`is_compared`).
        """
        before = self._before.get(unit)
        if before is None or not before.proposal or self._leads(figure):
            return []
        is_bare = self._rules["connecting"].fullmatch(_without_places(figure.left, text, figure))
        return [Proposal(before.proposal, before.score or 0.0)] if is_bare or is_compared else []

    def _words(self, figure: Figure, found: list[Figure], n: int, text: Text) -> tuple[str, str]:
        """Return the words that belong to a figure alone, and those of its clause, with # in its place."""
        block = text.block
        if inside := self._rules["own_in_brackets"].search(figure.left):
            figure = replace(figure, left=inside[0].lstrip("("))
        same = [f for f in found if f.clause == figure.clause]
        before = found[n - 1] if n and found[n - 1].clause == figure.clause else None
        after = found[n + 1] if n + 1 < len(found) and found[n + 1].clause == figure.clause else None
        left = self._left(figure, before)
        right = self._right(figure, before, after, same)
        if not self._leads(figure) and self._rules["level_only"].fullmatch(
            left
        ):  # "...: cấp tỉnh 98%, cấp xã 85%"
            left = (
                f"{self._rules['level'].split(text.block.text[figure.sentence[0] : same[0].at])[0][-160:]}"
                f" {left}"
            )
        if level := self._rules["level_behind"].match(right):
            right = f"{self._subject_of_levels(found[: n + 1])} {level['level']}"
        head = " ".join(filter(None, [block.row, block.column]))
        near = f"{head} {left}# {right}".lstrip()
        noun = re.sub(r"^(?:[Tt]ổng )?[Ss]ố (?:lượng )?", "", block.row)
        if figure.unit == "" and noun != block.row:
            near = f"# {noun}"  # "Số tổ công nghệ số cộng đồng | 102"
        if len(re.findall(r"\w+", near)) < 3 and block.above:
            near = f"{block.above[-1].text} {near}"
        return near, f"{head} {figure.before}# {figure.after}"

    def _subject_of_levels(self, found: list[Figure]) -> str:
        """Return what "87% hồ sơ công việc đối với cấp tỉnh, 85% đối với cấp huyện" counts at each level."""
        rights = [f.right for f in found if not self._rules["level_behind"].match(f.right)]
        return re.split(r"\b(?:đối với|ở|tại|của) cấp|[,;]", rights[-1])[0] if rights else ""

    def _left(self, figure: Figure, before: Figure | None) -> str:
        """Return the words before a figure that are its own, not those of the figure before it."""
        left = figure.left
        if self._leads(figure):
            if before is not None and self._leads(before):
                left = re.split(r",|\bvà\b|\band\b", left)[-1]
                left = left if len(left) < 40 else ""
            return left
        if before is not None and "," in left[:60] and len(left.split(",", 1)[1]) > 15:
            left = left.split(",", 1)[1]
        if cut := self._rules["last_subject"].search(left):
            left = left[cut.end() :]
        is_bare = self._rules["connecting"].fullmatch(re.split(r"[(,]", left)[-1])
        if (
            before is not None
            and figure.unit == "percent"
            and before.unit in ("count", "fraction")
            and is_bare
        ):
            return (  # "tiếp nhận trực tuyến 168.014 hồ sơ (chiếm 97,7%)"
                f"{before.left} {before.right} tỷ lệ "
            )
        return left

    def _right(self, figure: Figure, before: Figure | None, after: Figure | None, same: list[Figure]) -> str:
        """Return the words behind a figure that are its own, not those of the figure behind it."""
        right = figure.right
        if not self._leads(figure):
            right = re.split(r"[,;(]", right)[0][:60]
        elif (
            re.search(r",\s[^,]{4,}$", right)
            and after is not None
            and (not self._leads(after) or re.search(r"\b(?:tới|đến|đạt|lên)\s*$", right))
        ):
            right = right.rsplit(",", 1)[0]
        if self._leads(figure) and before is not None and self._rules["predicate"].match(right.lstrip()):
            subjects = [
                self._rules["predicate"].split(f.right)[0][:60] for f in same[: same.index(before) + 1]
            ]
            subject = next((part for part in reversed(subjects) if part.strip()), "")
            right = f" {subject} {right}"  # "90% hồ sơ công việc cấp tỉnh, 80% cấp huyện và 60% cấp xã"
        if figure.unit in ("per_100", "per_1000"):
            right = f"/{figure.printed.partition('/')[2]}{right}"
        return re.split(r",?\s(?:trong đó|trong số)", right)[0]

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
        if last is not None and last.is_same_sentence:
            start = max(start, last.figure.end)
        left = " ".join(filter(None, [text.block.row, text.block.column, line[start : figure.start]]))
        in_region = self._rules["in_region"].match(figure.right)
        if (in_region and kind != "change") or (
            figure.denominator and kind == "rank" and figure.denominator not in ALL_RANKED
        ):
            return [], None  # a rank among some only
        behind = re.match(
            r"[^,;.()]{0,60}?\b(?:(?<!thuộc )về|trong bảng xếp hạng|in)\s(.{4,140})", figure.right
        )
        if behind and kind in ("rank", "group", "target"):
            phrase = behind[1].split(",")[0]
            index = proposer.index_in(phrase)
            part = proposer.part_in(phrase, index or self.index or "")
            if index or (part and self.index):
                return [Proposal(part or f"{index}/overall", 0.9)], index or self.index
            if re.match(r"[^,;.()]{0,60}?(?<!thuộc )\bvề\s", figure.right):
                return [], None
        own = proposer.index_in(left)
        index = own or proposer.index_in(line[figure.sentence[0] : figure.at]) or self.index
        if index is None:
            index = proposer.index_in(line[figure.at : figure.sentence[1]])
        if index is None:
            return [], None
        for other in [index, *sorted(self._named - {index})]:
            part = proposer.part_in(left, other)
            if part and len(left) > _NEAR:  # all parts may have been listed before
                part = proposer.part_in(left[-_NEAR:], other)
            if part:
                return [Proposal(part, 0.9)], other
        if own:
            return [Proposal(f"{own}/overall", 0.95)], own
        is_aside = last is not None and last.is_same_sentence and last.unit in ("percent", "count")
        if is_aside and proposer.index_in(line[figure.sentence[0] : figure.at]) is None:
            return [], None  # the rank of the share before it, not of an index
        is_alike = last and last.is_same_sentence and last.unit in ("rank", "places", "score", "points")
        if last and is_alike and not self._is_new_subject(left):
            return ([Proposal(last.proposal, 0.85)] if last.proposal else []), index
        if (
            kind == "score"
            and not re.search(r"(?:đạt|là|với|giá trị|điểm|=|:|\()\s*$", left)
            and unit != "score"
        ):
            return [Proposal(f"{index}/overall", 0.4)], index
        if self._rules["other_subject"].search(left):
            return [Proposal(f"{index}/overall", 0.4)], index
        return [Proposal(f"{index}/overall", 0.8)], index

    def _leads(self, figure: Figure) -> bool:
        """Whether what is measured follows the figure ("90% hộ gia đình"), not precedes it ("đạt 90%")."""
        right = figure.right.lstrip(' "')
        if not right or not right[0].isalpha():
            return right.startswith("(") and not self._rules["led_by"].search(figure.left)
        if figure.unit in ("count", "fraction"):
            return True
        if figure.unit in ("per_100", "per_1000") and "/" in figure.printed:
            return False
        return not self._rules["no_subject"].match(right)

    def _is_new_subject(self, left: str) -> bool:
        """Whether the words since the figure before name something else that is measured."""
        return bool(self._rules["new_subject"].search(left)) or len(left) > 90


def _without_places(left: str, text: Text, figure: Figure) -> str:
    start = figure.start - len(left)
    for place in reversed(text.places):
        if start <= place.start and place.end <= figure.start:
            left = left[: place.start - start] + left[place.end - start :]
    return left
