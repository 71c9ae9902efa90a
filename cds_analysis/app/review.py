"""Go through the candidates of an article: each figure in its paragraph with the proposal beside it, to
accept, correct or reject.

Every decision is written to the file of candidates at once, so the work can be left and taken up again; the
CSV can be edited by hand just as well.
"""

from __future__ import annotations

from pathlib import Path

import ipywidgets as w
import polars as pl

from cds_analysis.app.markup import markup, said
from cds_analysis.dataset.load import Dataset, load
from cds_analysis.dataset.schemas import NATION
from cds_analysis.dataset.series import parse_day
from cds_analysis.errors import CdsError
from cds_analysis.intake.add import read_candidates, write_candidates
from cds_analysis.intake.document import document
from cds_analysis.intake.figures import number
from cds_analysis.intake.files import read_lines
from cds_analysis.intake.rules import load_rules
from cds_analysis.views.labels import FIGURE_LABELS
from cds_analysis.views.text import Text

__all__ = ["Review"]

_WIDE = {"layout": w.Layout(width="34rem", max_width="100%"), "style": {"description_width": "8rem"}}


class Review:
    """Decide on candidates, one after the other.

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
        self.path, data = Path(candidates), data or load()
        self.frame, t = read_candidates(self.path), Text(lang, data)
        self._t = t
        self._lines = {f"p{b.number}": b.text for b in document(read_lines(article), load_rules(data.folder))}
        indices = [f"{i}/{d}" for i, d in data.indices.select("index_id", "dimension_id").iter_rows()]
        self.shown, self.said = w.HTML(), w.HTML()
        self.kind = w.Dropdown(
            description=t("Kind"),
            options=[(t(label), kind) for kind, label in FIGURE_LABELS.items()],
            **_WIDE,
        )
        self.value = w.Text(description=t("Value"), continuous_update=False, **_WIDE)
        self.place = w.Dropdown(description=t("Place"), options=self._places(data), **_WIDE)
        self.date = w.Text(description=t("Date"), placeholder="2023-12-31", **_WIDE)
        self.proposal = w.Combobox(
            description=t("About"),
            options=[*data.indicators["indicator_id"], *indices],
            ensure_option=True,
            **_WIDE,
        )
        self.others = w.ToggleButtons(options=[], layout=w.Layout(width="100%"))
        self.others.style.button_width = "22rem"
        self.accept, self.reject, self.back, self.next = (
            w.Button(description=label) for label in (t("Accept"), t("Reject"), t("Back"), t("Next"))
        )
        self.keys = w.Text(
            description=t("Keys"), placeholder=t("a accept, r reject, n next, b back"), **_WIDE
        )
        for button, act in (
            (self.accept, self._accept),
            (self.reject, lambda: self._decide("reject")),
            (self.back, lambda: self._go(-1)),
            (self.next, lambda: self._go(1)),
        ):
            button.on_click(lambda _, act=act: act())
        self.keys.observe(self._key, "value")
        self.others.observe(
            lambda change: change["new"] and setattr(self.proposal, "value", change["new"]), "value"
        )
        buttons = w.HBox(
            [self.back, self.accept, self.reject, self.next], layout=w.Layout(flex_flow="row wrap")
        )
        self.box = w.VBox(
            [
                self.shown,
                self.kind,
                self.value,
                self.place,
                self.date,
                self.proposal,
                self.others,
                buttons,
                self.keys,
                self.said,
            ]
        )
        undecided = self.frame["decision"].fill_null("").eq("").arg_true()
        self.at = int(undecided[0]) if len(undecided) else 0
        self._show()

    def _places(self, data: Dataset) -> list[tuple[str, str]]:
        """The places whose figures can be kept: provinces, units of 2025 that were merged, the country."""
        t = self._t
        merged = data.provinces["unit_2025_id"].value_counts().filter(pl.col("count") > 1)["unit_2025_id"]
        names = data.units_2025.filter(pl.col("unit_id").is_in(merged.implode())).select(
            "unit_id", "name_vi" if t.lang == "vi" else "name_en"
        )
        units = [
            (t("{unit} (unit of 2025)", unit=name), f"unit_2025/{unit}") for unit, name in names.iter_rows()
        ]
        provinces = [(t.province(p), f"province/{p}") for p in data.provinces["province_id"]]
        return [("-", ""), (t("Viet Nam"), f"country/{NATION}"), *sorted(provinces), *sorted(units)]

    def _repr_mimebundle_(self, **options):
        return self.box._repr_mimebundle_(**options)

    def _show(self) -> None:
        t = self._t
        if not self.frame.height:
            self.shown.value = said(t("There are no candidates in this file."))
            return
        row = self.frame.row(self.at, named=True)
        line, start, end = self._lines.get(row["paragraph"], ""), row["start"], row["end"]
        decided = self.frame.filter(pl.col("decision").fill_null("") != "").height
        count = t("{k} of {n} decided", k=t.number(decided), n=t.number(self.frame.height))
        state = {"accept": t("accepted"), "reject": t("rejected")}.get(row["decision"], t("open"))
        self.shown.value = markup(
            "candidate",
            candidate=row["candidate"],
            state=state,
            count=count,
            place=row["paragraph"],
            before=line[:start],
            figure=line[start:end],
            after=line[end:],
            reason=row["reason"] if t.lang == "en" else None,  # written in English
        )
        self.kind.value = row["kind"] if row["kind"] in FIGURE_LABELS else "result"
        self.value.value = f"{row['value']:g}" if abs(row["value"]) < 1e6 else f"{row['value']:.0f}"
        place = f"{row['place_type'] or 'province'}/{row['place'] or ''}"
        self.place.value = place if place in {value for _, value in self.place.options} else ""
        self.date.value = "" if row["date"] is None else row["date"].isoformat()
        self.proposal.value = row["proposal"] or ""
        self.others.options = [
            (t.series(p), p)
            for p in dict.fromkeys(filter(None, (row["proposal"], row["second"], row["third"])))
        ]

    def _key(self, change) -> None:
        act = {
            "a": self._accept,
            "r": lambda: self._decide("reject"),
            "n": lambda: self._go(1),
            "b": lambda: self._go(-1),
        }.get(change["new"].strip()[-1:])
        if change["new"]:
            self.keys.value = ""
            if act:
                act()

    def _go(self, step: int) -> None:
        self.said.value = ""
        self.at = min(max(self.at + step, 0), max(self.frame.height - 1, 0))
        self._show()

    def _accept(self) -> None:
        t = self._t
        try:
            text = self.value.value.strip()
            value = (
                float(text)
                if text.lstrip("-").replace(".", "", 1).isdigit() and text.count(".") <= 1
                else number(text)
            )
            when = parse_day(self.date.value.strip())
        except (ValueError, CdsError) as error:
            self.said.value = said(str(error), role="alert")
            return
        if not (self.place.value and self.proposal.value and when):
            self.said.value = said(
                t("An accepted figure needs a place, a date and what it is about."), role="alert"
            )
            return
        place_type, _, place = self.place.value.partition("/")
        self._decide(
            "accept",
            kind=self.kind.value,
            value=value,
            place_type=place_type,
            place=place,
            date=when,
            proposal=self.proposal.value,
        )

    def _decide(self, decision: str, **corrected) -> None:
        if not self.frame.height:
            return
        here = pl.int_range(pl.len()) == self.at
        changes = {"decision": decision, **corrected}
        self.frame = self.frame.with_columns(
            pl.when(here).then(pl.lit(value, dtype=self.frame.schema[column])).otherwise(column).alias(column)
            for column, value in changes.items()
        )
        write_candidates(self.frame, self.path)
        self._go(1)
