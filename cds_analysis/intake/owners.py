"""Whose figure it is: looked for from the clause outwards, with the reason, empty rather than guessed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from cds_analysis.dataset.schemas import NATION
from cds_analysis.intake.document import BARE
from cds_analysis.intake.figures import Figure
from cds_analysis.intake.frame import Frames, Text, short
from cds_analysis.intake.places import NOWHERE, Gazetteer, Place
from cds_analysis.intake.rules import Rules

__all__ = ["Owners", "in_turn"]

FIRST_DAY_OF_UNITS = date(2025, 7, 1)


class Owners:
    """Tells whose the figures of one document are."""

    def __init__(self, frames: Frames, gazetteer: Gazetteer, rules: Rules) -> None:
        self._frames, self._gazetteer, self._rules = frames, gazetteer, rules
        self._is_merged_text = bool(rules["after_merger"].search(frames.whole))

    def whose(self, figure: Figure, text: Text, turn: Place | None = None) -> tuple[Place, str]:
        """Return whose figure it is, and why; `turn` is its place in a list "lần lượt"."""
        place, why = (turn, "its turn in the list") if turn else self._whose(figure, text)
        return self._as_unit(place, text), why

    def _whose(self, figure: Figure, text: Text) -> tuple[Place, str]:
        line, (a, b) = text.block.text, figure.sentence
        here = [p for p in text.places if a <= p.start < figure.at]
        subjects = [p for p in here if self._is_subject(p, line, figure)]
        if subjects:
            last = subjects[-1]
            between = line[last.end : figure.at]
            if last.kind == "country":
                if self._rules["country_value"].search(
                    line[max(a, last.start - 40) : figure.start]
                ) and self._is_next(between):
                    return last, "the country, named beside it"
                subjects = [p for p in subjects if p.kind != "country"]
                last = subjects[-1] if subjects else None
            if last is not None:
                if not self._rules["whole_province"].search(line[last.end : figure.at]):
                    return self._named(last)
                return self._frames.main, "the province as a whole"
        if self._rules["whole_district"].search(line[a : figure.at]):
            named = [p for p in text.places if p.kind == "district" and p.start < figure.at]
            return (named[-1] if named else Place("district", "")), "the district as a whole"
        if re.match(r"\s?(?:của )?GDP\b", figure.right):
            return Place("country", NATION), "a share of GDP"
        behind = [
            p
            for p in text.places
            if figure.end <= p.start < figure.end + len(figure.right) and p.kind == "province"
        ]
        if behind and self._rules["place_behind"].search(line[figure.end : behind[0].start]):
            return behind[0], "the place named behind it"
        if self._rules["whole_province"].search(line[a : figure.at]):
            return self._frames.main, "the province as a whole"
        earlier = [p for p in text.places if p.start < a and self._is_subject(p, line, figure)]
        if earlier and earlier[-1].kind == "country" and self._rules["all_parts"].match(line, a):
            return earlier[-1], "the country, named in the sentence before it"
        if (
            earlier
            and earlier[-1].kind == "province"
            and earlier[-1].id != self._frames.main.id
            and self._frames.main.kind != "not_said"
        ):
            others = {p.id for p in text.places if p.kind == "province"}
            if len(others) == 1 or self._rules["this_place"].search(line[a : figure.at]):
                return earlier[-1], "the place named in the sentence before it"
        if self._frames.main.kind == "not_said" and earlier and earlier[-1].kind == "province":
            return earlier[-1], "the place named in the sentence before it"
        if (
            earlier
            and earlier[-1].kind in ("organisation", "district", "commune")
            and self._opens(earlier[-1], line)
        ):
            return earlier[-1], f"the {earlier[-1].kind} of the sentence before it"
        if (
            earlier
            and earlier[-1].kind == "ministry"
            and self._rules["ministries"].search(line[a : figure.at])
        ):
            return earlier[-1], "the ministry named before it"
        for above in self._frames.above(text.block):
            named = [
                p
                for p in above.places
                if p.kind in ("province", "district", "commune", "ministry", "organisation")
            ]
            if above.block.level == BARE:  # a line without a number may be the caption of a picture
                named = [p for p in named if p.kind == "province"]
            if named and above.block.number != 0:
                return named[0], f"the heading {short(above.block.text)}"
        if self._rules["of_commune"].search(line[a:b]) and self._frames.main.kind in ("not_said", "commune"):
            return (
                self._frames.main if self._frames.main.kind == "commune" else Place("commune", "")
            ), "said of the commune"
        return self._frames.main, self._frames.main_why or "no place is said"

    def _is_next(self, between: str) -> bool:
        """Whether no figure stands between, but for the value whose rise it is ("0,69 điểm, tăng 2,6%")."""
        others = re.findall(r"\d+(?:[.,]\d+)*", re.sub(r"\b(?:19|20)\d\d\b", "", between))
        return not others or (len(others) == 1 and bool(re.search(r"(?:tăng|giảm)[^\d,;]{0,12}$", between)))

    def _opens(self, place: Place, line: str) -> bool:
        """Whether a place stands at the head of its sentence."""
        before = line[max(0, place.start - 60) : place.start]
        return place.start < 30 or bool(re.search(r"(?:^|[.!?]\s)[^.;:!?]{0,30}$", before))

    def _named(self, place: Place) -> tuple[Place, str]:
        return place, f"the {place.kind.replace('_2025', '')} named before it"

    def _is_subject(self, place: Place, line: str, figure: Figure) -> bool:
        """Whether a place is what its clause speaks of, not who says it or what it is compared with."""
        before = line[max(0, place.start - 40) : place.start]
        after = line[place.end : place.end + 60]
        is_local = place.kind in ("district", "commune")  # whose own committee reports its own figures
        if (self._rules["source_of"].search(before) and not is_local) or self._rules["announces"].match(
            after
        ):
            return False
        if place.kind == "province":
            return self._frames.main.kind not in ("district", "commune")
        if place.kind == "country":
            return not self._rules["among_country"].search(before)
        return not self._rules["object_of"].search(before)

    def _as_unit(self, place: Place, text: Text) -> Place:
        """Return the unit of 2025 where a merged unit is meant by a province's name."""
        if place.kind != "province":
            return place
        unit = self._gazetteer.unit_of(place.id)
        if unit is None or unit != place.id or self._rules["former"].search(text.block.text):
            return place
        late = self._frames.written is not None and self._frames.written >= FIRST_DAY_OF_UNITS
        if late or self._is_merged_text:
            return replace(place, kind="unit_2025", id=unit)
        return place


def places_in_a_row(places: list[Place], line: str) -> list[Place]:
    """Return the run of places that ends a list: joined by commas and "và" only."""
    run: list[Place] = []
    for place in reversed([p for p in places if p.kind in ("province", "district", "ministry")]):
        joint = line[place.end : run[0].start] if run else ""
        if run and not _JOINT.fullmatch(joint):
            break
        run.insert(0, place)
    return run


_JOINT = re.compile(r"[\s,]*(?:và|cùng|and)?[\s,]*(?:tỉnh |thành phố |TP\.? ?|huyện )?")


def in_turn(figure: Figure, found: list[Figure], text: Text) -> Place | None:
    """Return the place at a figure's own position in a list "A, B và C lần lượt ...", on either side of it;
    NOWHERE where several places are meant that cannot be told apart; None where there is no such list.
    """
    line, (a, b) = text.block.text, figure.sentence
    said = line.find("lần lượt", a, b)
    if said < 0:
        return None
    run = places_in_a_row([p for p in text.places if a <= p.start < said], line)
    same = [f for f in found if f.unit == figure.unit or {f.unit, figure.unit} == {"rank", ""}]
    same = [f for f in same if (f.at > said) == (figure.at > said)]
    if len(run) > 1 and len(same) == len(run) and figure in same:
        return run[same.index(figure)]
    several = re.search(r"[Cc]ác (?:huyện|xã|phường|thành phố|đơn vị|sở)", line[a:said])
    return NOWHERE if several and len(same) > 1 and figure.at > said else None
