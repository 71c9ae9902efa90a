"""The controls of the review: what a candidate says, where a correction applies, a new indicator."""

from __future__ import annotations

import ipywidgets as w
import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.schemas import NATION, PILLARS
from cds_analysis.views.labels import FIGURE_LABELS, FIGURE_UNIT_LABELS, PILLAR_LABELS, UNIT_LABELS
from cds_analysis.views.text import Text

__all__ = ["Form", "NewIndicator"]

_BOUNDS = ("=", ">=", ">", "<=")
_STYLE = {"description_width": "6.5rem"}


def _wide(width: str = "24rem") -> dict:
    return {"layout": w.Layout(width=width, max_width="100%"), "style": _STYLE}


def _row(*children: w.Widget) -> w.HBox:
    return w.HBox(list(children), layout=w.Layout(flex_flow="row wrap"))


class Form:
    """The fields of one candidate and the buttons that decide on it.

    Parameters
    ----------
    data
        Its registers are offered.
    t
        The reader's language.
    """

    def __init__(self, data: Dataset, t: Text) -> None:
        self._t = t
        kinds = [(t(label), kind) for kind, label in FIGURE_LABELS.items()]
        self.kind = w.Dropdown(description=t("Kind"), options=kinds, **_wide())
        self.value = w.Text(description=t("Value"), continuous_update=False, **_wide("15rem"))
        units = [(t(label), unit) for unit, label in FIGURE_UNIT_LABELS.items()]
        self.unit = w.Dropdown(description=t("Unit"), options=units, **_wide("17rem"))
        self.bound = w.Dropdown(description=t("Bound"), options=_BOUNDS, **_wide("12rem"))
        self.place = w.Dropdown(description=t("Place"), options=places(data, t), **_wide())
        self.date = w.Text(description=t("Date"), placeholder="2023-12-31", **_wide("17rem"))
        self.proposal = w.Combobox(description=t("About"), **_wide("34rem"))
        self.named = w.HTML()
        self.others = w.ToggleButtons(options=[], layout=w.Layout(width="100%"))
        self.others.style.button_width = "22rem"
        self.accept, self.reject, self.back, self.next, self.undo, self.accept_shown = (
            w.Button(description=label, layout=w.Layout(width="auto"))
            for label in (
                t("Accept"),
                t("Reject"),
                t("Back"),
                t("Next"),
                t("Undo"),
                t("Accept all shown that are complete"),
            )
        )
        self.scope = w.Dropdown(description=t("Apply to"), options=[], **_wide("30rem"))
        self.of_kind, self.of_place, self.of_date = (
            w.Checkbox(True, description=label, indent=False, layout=w.Layout(width="auto"))
            for label in (t("Kind"), t("Place"), t("Date"))
        )
        self.apply = w.Button(description=t("Apply"), layout=w.Layout(width="auto"))
        self.keys = w.Text(
            description=t("Keys"), placeholder=t("a accept, r reject, n next, b back"), **_wide()
        )
        self.offer(data)
        self.box = w.VBox(
            [
                _row(self.kind, self.value, self.unit, self.bound),
                _row(self.place, self.date),
                _row(self.proposal, self.named),
                self.others,
                _row(self.back, self.accept, self.reject, self.next, self.undo, self.accept_shown),
                _row(self.scope, self.of_kind, self.of_place, self.of_date, self.apply),
                self.keys,
            ]
        )

    def offer(self, data: Dataset) -> None:
        """Offer the indicators and indices of a dataset, by id and by name."""
        t = self._t
        ids = [
            *data.indicators["indicator_id"],
            *(f"{i}/{d}" for i, d in data.indices.select("index_id", "dimension_id").iter_rows()),
        ]
        name = "name_vi" if t.lang == "vi" else "name_en"
        self.names = dict(data.indicators.select("indicator_id", name).iter_rows())
        self.names |= {i: t.series(i) for i in ids if i not in self.names}
        self.ids = {name: i for i, name in reversed(self.names.items())}
        self.units = dict(data.indicators.select("indicator_id", "unit").iter_rows())
        self.proposal.options = [*ids, *self.ids]

    def about(self) -> str:
        """Return the id of what is chosen, be it written as an id or as a name; empty for neither."""
        text = self.proposal.value.strip()
        return text if text in self.names else self.ids.get(text, "")


class NewIndicator:
    """Two names, unit, direction and pillar of an indicator that the register lacks."""

    def __init__(self, t: Text) -> None:
        self.name_vi = w.Text(description=t("Vietnamese name"), **_wide())
        self.name_en = w.Text(description=t("English name"), **_wide())
        units = [(t(label), unit) for unit, label in UNIT_LABELS.items()]
        self.unit = w.Dropdown(description=t("Unit"), options=units, **_wide("17rem"))
        better = [(t("higher is better"), 1), (t("lower is better"), -1), (t("neither"), 0)]
        self.direction = w.Dropdown(description=t("Direction"), options=better, **_wide("17rem"))
        pillars = [(t(PILLAR_LABELS[p]), p) for p in PILLARS]
        self.pillar = w.Dropdown(description=t("Pillar"), options=pillars, **_wide())
        self.make = w.Button(description=t("Add to the register"), layout=w.Layout(width="auto"))
        inside = w.VBox(
            [
                _row(self.name_vi, self.name_en),
                _row(self.unit, self.direction, self.pillar),
                self.make,
            ]
        )
        self.box = w.Accordion([inside], titles=(t("New indicator"),), selected_index=None)


def places(data: Dataset, t: Text) -> list[tuple[str, str]]:
    """Return the places whose figures can be kept: provinces, units of 2025 that were merged, the country."""
    merged = data.provinces["unit_2025_id"].value_counts().filter(pl.col("count") > 1)["unit_2025_id"]
    names = data.units_2025.filter(pl.col("unit_id").is_in(merged.implode())).select(
        "unit_id", "name_vi" if t.lang == "vi" else "name_en"
    )
    units = [(t("{unit} (unit of 2025)", unit=name), f"unit_2025/{unit}") for unit, name in names.iter_rows()]
    provinces = [(t.province(p), f"province/{p}") for p in data.provinces["province_id"]]
    return [("-", ""), (t("Viet Nam"), f"country/{NATION}"), *sorted(provinces), *sorted(units)]
