"""What all live charts share: colours as parameters, the pick and the hover, end labels that keep apart, and
:class:`Live`, a specification with its rows.

A specification never changes with the data: rows, axis ends and colours are data sets and parameters of it.
So it is built once a process, and a page or widget that shows it already only swaps rows.
"""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import altair as alt
import polars as pl

from cds_analysis.dataset.provinces import fold
from cds_analysis.views.interactive.scripts import written
from cds_analysis.views.look import FONTS, INK, PALETTE, VEGALITE
from cds_analysis.views.text import Text

__all__ = ["DARK", "LIGHT_LOOK", "Live", "bare_axis", "end_labels", "expr", "finish", "picking", "tips"]

_WIDTH = 640  # of the plot where nobody gives another
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_RAMP = ["#e3eef5", "#bcd7e8", "#8dbcd9", "#4f98c4", "#1f74a8", "#0b4f80"]  # worst to best
_DIVERGING = ["#a53022", "#d1705c", "#eebfb1", "#e4e6e8", "#b3d0e4", "#5b9ac6", "#0b5c8e"]  # falls to rises

# Colours are parameters of every chart, so that a dark page changes them without drawing anew.
LIGHT_LOOK = {
    "ink": INK,
    "muted": "#586774",
    "quiet": "#c3ccd3",  # provinces that are not picked
    "faint": "#e7ebee",
    "paper": "#ffffff",
    "amber": "#9a5b00",  # a new definition
    "strong": "#0b5c8e",  # all of those picked, where there are more than colours
    "palette": PALETTE,
    "ramp": _RAMP,
    "ramp_ink": [INK, INK, INK, "#ffffff", "#ffffff", "#ffffff"],
    "diverging": _DIVERGING,
    "diverging_ink": ["#ffffff", INK, INK, INK, INK, INK, "#ffffff"],
}
DARK = {
    "ink": "#e8edf1",
    "muted": "#a9b6c1",
    "quiet": "#5d6973",
    "faint": "#323b43",
    "paper": "#111418",
    "amber": "#e0a84f",
    "strong": "#6db6e3",
    "palette": ["#56a9e0", "#f08a4b", "#35c49a", "#e39bc4", "#d3b13a", "#8fd0f5"],
}
_SLOT = "isValid(pick.province_id) ? indexof(pick.province_id, datum.province_id) : -1"
_MANY = "isValid(pick.province_id) && length(pick.province_id) > length(palette)"
COLOUR = "datum.slot < 0 ? quiet : many ? strong : palette[datum.slot]"
HOVERED = "isValid(hover.province_id) && hover.province_id[0] === datum.province_id"


@dataclass(frozen=True, eq=False)
class Live:
    """A Vega-Lite specification with its rows, and what stands around it: the finding as title, what is drawn
    as subtitle, a text for those who do not see it, notes, sources, the provinces to search and the numbers
    drawn.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    spec: dict
    data: dict[str, list[dict]]
    params: dict[str, object]
    picked: list[str]
    source: str
    provinces: list[tuple[str, str, str]] = field(default_factory=list)  # id, name, words to search
    notes: list[str] = field(default_factory=list)
    frame: pl.DataFrame = field(default_factory=pl.DataFrame)

    def whole(self, *, heading: bool = False) -> dict:
        """Return the specification with rows and picks in it; with `heading`, title and source too, for a
        picture that leaves the page.
        """
        spec = copy.deepcopy(self.spec)
        for param in spec["params"]:
            if param["name"] in self.params:
                param["value"] = self.params[param["name"]]
            if param["name"] == "pick" and self.picked:
                param["value"] = [{"province_id": p} for p in self.picked]
        spec["datasets"] = self.data
        spec["description"] = self.alt
        if heading:
            spec["title"] = self.heading
        return spec

    @property
    def spec_id(self) -> str:
        """Equal for figures of the same specification: they differ in rows and parameters only."""
        return f"{self.name}-{id(self.spec)}"

    @property
    def heading(self) -> dict:
        """Title, subtitle and source as a title of Vega-Lite."""
        small = [line for text in (self.subtitle, self.source) for line in textwrap.wrap(text, 120)]
        return {
            "text": textwrap.wrap(self.title, 80) or [""],
            "subtitle": small,
            "anchor": "start",
            "frame": "bounds",
            "offset": 24,
            "fontSize": 17,
            "subtitleFontSize": 12,
            "subtitlePadding": 6,
        }

    def save(self, path: str | Path) -> Path:
        """Write the figure, with title and source, to a file that ends in .svg, .png or .html; return its
        path.

        Raises
        ------
        ParameterError
            For another ending, or when the file cannot be written.
        """
        return written(self.whole(heading=True), Path(path))

    def _repr_mimebundle_(self, include=None, exclude=None):
        about = {
            "name": self.name,
            "title": self.title,
            "alt": self.alt,
            "subtitle": self.subtitle,
            "provinces": self.provinces,
            "source": " ".join([*self.notes, self.source]),
            "colours": PALETTE,
            "dark": DARK,
        }
        return {VEGALITE: self.whole(heading=True), "text/plain": self.alt}, {VEGALITE: about}


def expr(text: str) -> alt.ExprRef:
    """Return an expression of Vega that a channel, an axis or a mark takes instead of a value."""
    return alt.ExprRef(text)


def bare_axis() -> alt.Axis:
    """Return an axis of which nothing is seen; Vega-Lite fails on none at all in charts of several layers."""
    return alt.Axis(labels=False, ticks=False, domain=False, grid=False)


def tips(t: Text, **fields: str) -> list[alt.Tooltip]:
    """Return a tooltip: the province as its title, then a line for each field with its heading."""
    rest = [alt.Tooltip(f"{name}:N", title=t(heading)) for name, heading in fields.items()]
    return [alt.Tooltip("name:N", title="title"), *rest]


def picking() -> tuple[alt.Parameter, alt.Parameter]:
    """Return the parameters of a click, which adds or drops a province, and of the province nearest to the
    pointer.
    """
    pick = alt.selection_point(
        name="pick", fields=["province_id"], on="click", nearest=True, toggle="true", clear=False
    )
    hover = alt.selection_point(
        name="hover",
        fields=["province_id"],
        on="pointermove",
        nearest=True,
        clear="pointerout",
        empty=False,
    )
    return pick, hover


def end_labels(layer: alt.Chart, *, sign: int, group: str = "year") -> alt.Chart:
    """Place the labels at the ends of the picked lines so that none lies on another: those above push those
    below down, and the lowest stay on the plot.

    Rows have ``v`` and ``is_last``; the parameters ``label_gap``, ``label_end`` are in units of ``v`` times
    `sign` (1 where larger lies lower, as a rank does). Where they would not fit, there are none.
    """
    down = f"{sign} * datum.v"
    return (
        layer.transform_filter("datum.slot >= 0 && datum.is_last")
        .transform_calculate(down=down)
        .transform_window(
            order="row_number()", sort=[alt.SortField("down"), alt.SortField("name")], groupby=[group]
        )
        .transform_joinaggregate(labels="count()", groupby=[group])
        .transform_filter("datum.labels <= most_labels")
        .transform_calculate(free="datum.down - label_gap * datum.order")
        .transform_window(pushed="max(free)", sort=[alt.SortField("order")], frame=[None, 0], groupby=[group])
        .transform_calculate(
            label_at=(
                f"{sign} * min(datum.pushed + label_gap * datum.order,"
                " label_end - label_gap * (datum.labels - datum.order))"
            )
        )
    )


def finish(
    chart: alt.LayerChart | alt.FacetChart,
    *,
    params: Iterable[str] = (),
    height: object = None,
    left: int = 44,
    right: int = 12,
    top: int = 20,
    column: int = 0,
) -> dict:
    """Return a layered chart as a specification without data: with the slot of each province among those
    picked, the colours, and the parameters that a figure fills in.

    `left`, `right` and `top` are the pixels that labels need around the plot, `column` what each picked
    province takes at the right beyond, where all of them fit; ``draw.js`` reads them from ``usermeta``, so
    that a name under the pointer moves nothing.
    """
    # What every chart has is added to the dictionary: Altair would copy and check the chart once for each
    # part.
    spec = chart.properties(data=alt.NamedData("rows")).to_dict(validate=False)
    values = LIGHT_LOOK | dict.fromkeys(params, 0) | {"label_limit": 340, "sides": True}
    spec["params"] = [
        *spec.get("params", []),
        *({"name": name, "value": value} for name, value in values.items()),
        {"name": "many", "expr": _MANY},
    ]
    soft, line, faint = {"expr": "muted"}, {"expr": "quiet"}, {"expr": "faint"}
    return spec | {
        "$schema": _SCHEMA,
        "transform": [{"calculate": _SLOT, "as": "slot"}],
        "width": _WIDTH,
        "height": height or 400,
        "padding": 8,
        "background": {"expr": "paper"},
        "usermeta": {"room": {"left": left, "right": right, "top": top, "bottom": 26, "column": column}},
        "config": {
            "font": FONTS,
            "view": {"stroke": None},
            "axis": {
                "labelColor": soft,
                "titleColor": soft,
                "labelFontSize": 12,
                "titleFontSize": 12,
                "domainColor": line,
                "tickColor": line,
                "gridColor": faint,
            },
            "title": {"color": {"expr": "ink"}, "subtitleColor": soft},
        },
    }


def searchable(rows: Iterable[Mapping], provinces: pl.DataFrame, t: Text) -> list[tuple[str, str, str]]:
    """Return the provinces drawn with the words each is found by, in the order of their ids."""
    here = {r["province_id"] for r in rows}
    columns = provinces.select("province_id", "name_vi", "name_en", "aliases").iter_rows()
    known = [
        (p, t.province(p), fold(" ".join([p, vi, en, more or ""])))
        for p, vi, en, more in columns
        if p in here
    ]
    return sorted(known, key=lambda row: row[2])
