"""Figures that provinces reported against what was promised, by indicator or of one."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import Series
from cds_analysis.study.choice import ALL, Choice
from cds_analysis.study.figures.basis import Basis, nothing
from cds_analysis.views import interactive
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import titles
from cds_analysis.views.prose.base import source_line

__all__ = ["targets"]


def targets(b: Basis, series: Series, choice: Choice) -> Live:
    """Draw figures and targets: a row an indicator, or a row a province for one indicator."""
    t, picked, judged = b.t, list(choice.provinces), b.gaps
    n = b.data.provinces.height
    one = choice.indicator != ALL
    rows = judged.filter(pl.col("indicator_id") == choice.indicator) if one else judged
    seen = rows.filter(pl.col("value").is_not_null())
    if one and not seen.height:
        return nothing(choice, _promised(b, choice.indicator))
    if not seen.height:
        return nothing(choice, t("Targets are on record, but no figure to set against them"))
    if not one:
        percent = b.data.indicators.filter(pl.col("unit") == "percent")["indicator_id"]
        seen = seen.filter(pl.col("indicator_id").is_in(percent.to_list()))
    told = titles.of_figures(rows, t, n_provinces=n)
    figure = interactive.figures_and_targets(
        seen,
        b.data.provinces,
        text=t,
        highlight=picked,
        by="province_id" if one else "indicator_id",
        title=f"{t.indicator(choice.indicator)}: {told}" if one else told,
        subtitle=t("Dot: latest figure of a province; diamond: target, national or the province's own")
        + ("" if one else t("; figures in percent")),
        source=source_line(t, seen),
    )
    without = [p for p in picked if p not in set(seen["province_id"])]
    if without:
        figure.notes.append(
            t("Targets are on record, but no figure of {names}.", names=t.listing(t.provinces(without)))
            if len(without) <= 8
            else t(
                "Targets are on record, but no figure of {n} of the provinces picked.",
                n=t.number(len(without)),
            )
        )
    return figure


def _promised(b: Basis, indicator: str) -> str:
    """Say what is promised where no province has a figure."""
    t = b.t
    targets = b.data.targets.filter(pl.col("indicator_id") == indicator).sort("due")
    unit = t.unit(indicator)
    each = [
        f"{r['comparator']} {t.value(r['value'], unit)} ({t.date(r['due'])})"
        for r in targets.iter_rows(named=True)
    ]
    return t(
        "{name}: the target is {targets}; no province's figure is on record",
        name=t.indicator(indicator),
        targets=t.listing(list(dict.fromkeys(each))),
    )
