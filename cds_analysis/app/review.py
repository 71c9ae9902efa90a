"""Go through the candidates of a document: the whole text with its figures marked at left, the table at
right, the figure in hand below, to accept, correct or reject; one correction for a section or all alike.

Every decision is written to the file of candidates at once, so the work can be left and taken up again; the
CSV can be edited by hand just as well. What was proposed and what became of it is kept beside it
(:mod:`cds_analysis.intake.decisions`).
"""

from __future__ import annotations

from pathlib import Path

import ipywidgets as w
import polars as pl

from cds_analysis.app.markup import markup, said
from cds_analysis.app.review_board import Board
from cds_analysis.app.review_form import Form, NewIndicator
from cds_analysis.dataset.load import Dataset, load
from cds_analysis.dataset.series import parse_day
from cds_analysis.errors import CdsError
from cds_analysis.intake.corrections import added, alike, as_kind, corrected, in_section
from cds_analysis.intake.deciding import Deciding
from cds_analysis.intake.document import document
from cds_analysis.intake.extract import Tools
from cds_analysis.intake.figures import number
from cds_analysis.intake.files import read_lines
from cds_analysis.intake.gate import Doubt
from cds_analysis.intake.indicators import add_indicator
from cds_analysis.intake.periods import written_on
from cds_analysis.views.labels import FIGURE_LABELS, FIGURE_UNIT_LABELS
from cds_analysis.views.text import Text

__all__ = ["Review"]

_AROUND = 160  # letters of the text on either side of the figure in hand


class Review:
    """Decide on candidates, one after the other or many at once.

    Parameters
    ----------
    candidates
        File that ``cds extract`` wrote.
    article
        The file it was made from.
    data
        The dataset whose registers are offered; the bundled one by default.
    lang
        ``vi`` or ``en``.
    """

    def __init__(
        self, candidates: str | Path, article: str | Path, data: Dataset | None = None, *, lang: str = "vi"
    ) -> None:
        self.path, self._data = Path(candidates), data or load()
        self._t, self._tools = Text(lang, self._data), Tools(self._data)
        self.blocks = document(read_lines(article), self._tools.rules)
        self._by_number = {f"p{b.number}": b for b in self.blocks}
        written = written_on([b.text for b in self.blocks], self._tools.rules)[0]
        self._deciding = Deciding(self.path, self._data, written)
        self._asked: tuple | None = None  # the doubts last shown, which a second press confirms
        self._is_filling = False
        self.board, self.shown, self.said = Board(self.blocks, self._t), w.HTML(), w.HTML()
        self.form, self.new = Form(self._data, self._t), NewIndicator(self._t)
        for name in ("kind", "value", "unit", "bound", "place", "date", "proposal", "accept", "reject"):
            setattr(self, name, getattr(self.form, name))
        self.keys = self.form.keys
        self._connect()
        self.box = w.VBox([self.board, self.shown, self.said, self.form.box, self.new.box])
        undecided = self.frame["decision"].fill_null("").eq("").arg_true()
        self.at = int(undecided[0]) if len(undecided) else 0
        self._show()

    def _repr_mimebundle_(self, **options):
        return self.box._repr_mimebundle_(**options)

    def _connect(self) -> None:
        form = self.form
        self._acts = {
            "accept": self._accept,
            "reject": lambda: self._decide("reject"),
            "next": lambda: self._go(1),
            "back": lambda: self._go(-1),
            "undo": self._undo,
        }
        for name, act in self._acts.items():
            getattr(form, name).on_click(lambda _, act=act: act())
        form.accept_shown.on_click(lambda _: self._accept_shown())
        form.apply.on_click(lambda _: self._apply())
        self.new.make.on_click(lambda _: self._new_indicator())
        form.keys.observe(self._key, "value")
        form.kind.observe(self._kind_changed, "value")
        form.proposal.observe(lambda _: self._name(), "value")
        form.others.observe(lambda c: c["new"] and setattr(form.proposal, "value", c["new"]), "value")
        self.board.on_msg(self._pressed)

    @property
    def frame(self) -> pl.DataFrame:
        """The candidates as they are now."""
        return self._deciding.frame

    # ---- what is shown

    def _show(self) -> None:
        t = self._t
        self.board.show(self.frame, self.at)
        if not self.frame.height:
            self.shown.value = said(t("There are no candidates in this file."))
            return
        row = self.frame.row(self.at, named=True)
        block = self._by_number.get(row["paragraph"])
        line, start, end = block.text if block else "", row["start"], row["end"]
        decided = self.frame.filter(pl.col("decision").fill_null("") != "").height
        self.shown.value = markup(
            "candidate",
            candidate=row["candidate"],
            state={"accept": t("accepted"), "reject": t("rejected")}.get(row["decision"], t("open")),
            count=t("{k} of {n} decided", k=t.number(decided), n=t.number(self.frame.height)),
            place=row["paragraph"],
            heading=row["heading"],
            before=("…" if start > _AROUND else "") + line[max(0, start - _AROUND) : start],
            figure=line[start:end],
            after=line[end : end + _AROUND] + ("…" if len(line) > end + _AROUND else ""),
            reason=row["reason"],  # written in English
        )
        self._fill(row)
        self.form.scope.options = [
            (t("all undecided with the same values"), -1),
            (t("the undecided rows shown in the table"), -2),
            *((t("section: {name}", name=h.text[:60]), h.number) for h in (block.above if block else ())),
            (t("the whole document"), 0),
        ]

    def _fill(self, row: dict) -> None:
        form, self._is_filling = self.form, True
        form.kind.value = row["kind"] if row["kind"] in FIGURE_LABELS else "result"
        self._fill_number(row)
        place = f"{row['place_type'] or 'province'}/{row['place'] or ''}"
        form.place.value = place if place in {value for _, value in form.place.options} else ""
        form.date.value = "" if row["date"] is None else row["date"].isoformat()
        form.proposal.value = row["proposal"] or ""
        names = dict.fromkeys(filter(None, (row["proposal"], row["second"], row["third"])))
        form.others.options = [(form.names.get(p, p), p) for p in names]
        self._is_filling = False
        self._name()

    def _fill_number(self, row: dict) -> None:
        form = self.form
        form.value.value = f"{row['value']:.10g}" if abs(row["value"]) < 1e6 else f"{row['value']:.0f}"
        form.unit.value = row["unit"] if row["unit"] in FIGURE_UNIT_LABELS else "other"
        form.bound.value = row["bound"] if row["bound"] in form.bound.options else "="

    def _name(self) -> None:
        about = self.form.about()
        unit = self.form.units.get(about)
        self.form.named.value = said(
            f"{self.form.names[about]}{f' ({unit})' if unit else ''}" if about else ""
        )

    def _kind_changed(self, change) -> None:
        if self._is_filling:
            return
        row = as_kind(self.frame.row(self.at, named=True), change["new"])
        self.form.unit.value = (
            row["unit"] if row["unit"] in {v for _, v in self.form.unit.options} else "other"
        )
        self.form.bound.value = row["bound"]
        self.form.value.value = f"{row['value']:g}" if abs(row["value"]) < 1e6 else f"{row['value']:.0f}"

    def _tell(self, text: str, *, alert: bool = False) -> None:
        self.said.value = said(text, role="alert" if alert else "status")

    # ---- what is pressed

    def _pressed(self, _, message: dict, __) -> None:
        act = message.get("act")
        if act == "go":
            self._go(int(message["at"]) - self.at)
        elif act == "add":
            self._add(message)
        elif act in self._acts:
            self._acts[act]()

    def _key(self, change) -> None:
        act = {"a": "accept", "r": "reject", "n": "next", "b": "back", "u": "undo"}
        name = act.get(change["new"].strip()[-1:])
        if change["new"]:
            self.form.keys.value = ""
            if name:
                self._acts[name]()

    def _go(self, step: int) -> None:
        self.said.value, self._asked = "", None
        self.at = min(max(self.at + step, 0), max(self.frame.height - 1, 0))
        self._show()

    def _undo(self) -> None:
        at = self._deciding.undo()
        if at is not None:
            self.at = at
            self._tell(self._t("The last step is undone."))
            self._show()

    def _read_form(self) -> dict:
        """Return what the form says of the candidate in hand; raise what cannot be read."""
        form, text = self.form, self.form.value.value.strip()
        row = self.frame.row(self.at, named=True)
        is_plain = text.lstrip("-").replace(".", "", 1).isdigit() and text.count(".") <= 1
        place_type, _, place = str(form.place.value or "").partition("/")
        changes = as_kind(row, str(form.kind.value)) if form.kind.value != row["kind"] else {}
        changes |= {
            "kind": form.kind.value,
            "value": float(text) if is_plain else number(text),
            "unit": row["unit"] if form.unit.value == "other" else form.unit.value,
            "bound": form.bound.value,
            "date": parse_day(form.date.value.strip()),
            "proposal": form.about() or None,
        }
        if form.place.value:
            changes |= {"place_type": place_type, "place": place}
        return changes

    def _accept(self) -> None:
        t = self._t
        if not self.frame.height:
            return
        try:
            changes = self._read_form()
        except (ValueError, CdsError) as error:
            self._tell(str(error), alert=True)
            return
        if not (self.form.place.value and changes["proposal"] and changes["date"]):
            self._tell(t("An accepted figure needs a place, a date and what it is about."), alert=True)
            return
        row = self.frame.row(self.at, named=True) | changes
        odd, clash = self._deciding.asked(row, self.at)
        asked = (self.at, *(d.rule for d in odd), *map(str, changes.values()))
        if (odd or clash) and self._asked != asked:
            self._asked = asked
            questions = [self._question(d) for d in odd]
            if clash:
                said = t(
                    "{candidate} ({printed}) is accepted for the same place, subject and date with another"
                    " value; it will be opened again.",
                    candidate=clash["candidate"],
                    printed=clash["printed"],
                )
                questions.append(said)
            self._tell(" ".join([*questions, t("Accept once more to confirm.")]), alert=True)
            return
        self._deciding.accept(self.at, changes)
        self._go(1)

    def _question(self, doubt: Doubt) -> str:
        t = self._t
        if doubt.rule == "goal":
            return t("The text reads like a goal, not like what was reached.")
        if doubt.rule == "scale":
            return t("The value lies outside what this can be ({span}).", span=doubt.said)
        if doubt.rule == "future":
            return t("The date is after the document's own ({day}).", day=doubt.said)
        return t("The goal was due before the document's own date ({day}).", day=doubt.said)

    def _decide(self, decision: str) -> None:
        if self.frame.height:
            self._deciding.keep(corrected(self.frame, [self.at], {"decision": decision}), self.at)
            self._go(1)

    def _shown_undecided(self) -> list[int]:
        rows = self.frame["decision"].fill_null("")
        return [n for n in self.board.shown if n < len(rows) and not rows[n]]

    def _accept_shown(self) -> None:
        """Accept what the table shows and nothing is missing or odd about; leave the rest."""
        t, places = self._t, self._shown_undecided()
        done = self._deciding.accept_all(places, self.at)
        self._show()
        self._tell(t("{k} accepted; {n} left open.", k=t.number(done), n=t.number(len(places) - done)))

    def _apply(self) -> None:
        """Apply the form's correction to a section, to all alike, or to what the table shows."""
        form, t = self.form, self._t
        try:
            changes = self._read_form()
        except (ValueError, CdsError) as error:
            self._tell(str(error), alert=True)
            return
        row = self.frame.row(self.at, named=True)
        if form.scope.value == -1:
            changes = {c: v for c, v in changes.items() if c in _ALIKE and v != row[c]}
            places = alike(self.frame, self.at, changes) if changes else []
        else:
            wanted = [
                *(["kind"] if form.of_kind.value else []),
                *(["place_type", "place"] if form.of_place.value else []),
                *(["date"] if form.of_date.value else []),
            ]
            changes = {c: changes[c] for c in wanted if changes.get(c) is not None}
            scope = int(str(form.scope.value))
            places = self._shown_undecided() if scope == -2 else in_section(self.frame, self.blocks, scope)
        if not changes or not places:
            self._tell(t("There is nothing to apply."), alert=True)
            return
        self._deciding.keep(corrected(self.frame, places, changes), self.at)
        self._show()
        self._tell(t("Corrected: {k}. They stay undecided.", k=t.number(len(places))))

    def _add(self, message: dict) -> None:
        block = self._by_number.get(message["p"])
        if block is None:
            return
        try:
            frame, at = added(self.frame, block, int(message["start"]), int(message["end"]), self._tools)
        except CdsError as error:
            self._tell(str(error), alert=True)
            return
        self._deciding.keep(frame, self.at)
        self._go(at - self.at)
        self._tell(self._t("The figure is added; look at its place, date and kind."))

    def _new_indicator(self) -> None:
        new = self.new
        names = (new.name_vi.value, new.name_en.value)
        try:
            self._data, indicator = add_indicator(
                self._data, *names, str(new.unit.value), int(new.direction.value or 0), str(new.pillar.value)
            )
        except CdsError as error:
            self._tell(str(error), alert=True)
            return
        self._deciding.data = self._data
        self._t = self.board.t = Text(self._t.lang, self._data)
        self._tools = Tools(self._data)
        self.form.offer(self._data)
        self.form.proposal.value = indicator
        self._tell(self._t("{name} is in the register.", name=self.form.names[indicator]))


_ALIKE = ("kind", "place_type", "place", "date", "proposal", "unit")
