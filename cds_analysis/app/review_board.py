"""The document with its figures marked beside the table of candidates; a widget that says what is pressed."""

from __future__ import annotations

import re
from pathlib import Path

import anywidget
import polars as pl
import traitlets

from cds_analysis.intake.document import Block
from cds_analysis.views.labels import FIGURE_LABELS
from cds_analysis.views.text import Text

__all__ = ["Board"]

_STATIC = Path(__file__).parent / "static"
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")  # two places each in a browser, one in Python


class Board(anywidget.AnyWidget):
    """Shows a document at left (headings stay in sight) and its candidates at right.

    What the reader does comes back as a message: ``{"act": "go", "at": 3}``; acts are go, accept, reject,
    next, back, undo, and add with the place of a selected text.

    Parameters
    ----------
    blocks
        The document.
    t
        The reader's language.
    """

    _esm = _STATIC / "review.js"
    _css = _STATIC / "review.css"
    blocks = traitlets.List().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    at = traitlets.Int().tag(sync=True)
    shown = traitlets.List().tag(sync=True)  # the candidates that the facets leave, set by the page
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, blocks: list[Block], t: Text) -> None:
        self.t = t
        super().__init__(
            blocks=[{"p": f"p{b.number}", "kind": b.kind, "text": _ASTRAL.sub("□", b.text)} for b in blocks],
            words={
                "document": t("Document"),
                "candidates": t("Candidates"),
                "figure": t("Figure"),
                "kind": t("Kind"),
                "place": t("Place"),
                "date": t("Date"),
                "about": t("About"),
                "state": t("State"),
                "all": t("all"),
                "add": t("Add the selected figure"),
                "keys": t("Keys: a accept, r reject, n or ↓ next, b or ↑ back, u undo"),
            },
        )

    def show(self, frame: pl.DataFrame, at: int) -> None:
        """Draw the candidates as they are now, one of them in hand."""
        t = self.t
        states = {"accept": t("accepted"), "reject": t("rejected")}
        self.at = at
        self.rows = [
            {
                "c": row["candidate"],
                "p": row["paragraph"],
                "from": row["start"],
                "to": row["end"],
                "decision": row["decision"] or "",
                "figure": row["printed"],
                "state": states.get(row["decision"], t("open")),
                "kind": t(FIGURE_LABELS[row["kind"]]) if row["kind"] in FIGURE_LABELS else row["kind"],
                "place": self._place(row),
                "date": "" if row["date"] is None else row["date"].isoformat(),
                "about": t.series(row["proposal"]) if row["proposal"] else "",
            }
            for row in frame.iter_rows(named=True)
        ]

    def _place(self, row: dict) -> str:
        t = self.t
        if row["place_type"] == "country":
            return t("Viet Nam")
        if row["place_type"] == "province" and row["place"]:
            return t.province(row["place"])
        return row["place"] or "-"
