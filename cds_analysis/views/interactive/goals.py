"""Figures that provinces reported, as dots, against targets, as diamonds."""

from __future__ import annotations

import polars as pl

from cds_analysis.views.interactive.base import Live
from cds_analysis.views.interactive.strips import ends_of, strips
from cds_analysis.views.labels import STATUS_LABELS
from cds_analysis.views.look import STATUS_LOOK
from cds_analysis.views.text import Text

__all__ = ["figures_and_targets"]


def figures_and_targets(
    judged: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
    by: str = "indicator_id",
) -> Live:
    """Draw figures as dots and targets as diamonds, a row an indicator (`by` ``indicator_id``) or a row a
    province (``province_id``); status, dates and sources on hover.

    `judged` comes from :func:`~cds_analysis.measures.gaps.gaps` or
    :func:`~cds_analysis.measures.gaps.merge_repeated`; rows without a figure are not drawn.
    """
    t = text
    used = judged.filter(pl.col("value").is_not_null()).sort("indicator_id", "value", "due", descending=True)
    rows, goals = [], []
    for r in used.iter_rows(named=True):
        unit = t.unit(r["indicator_id"])
        row = t.indicator(r["indicator_id"]) if by == "indicator_id" else t.province(r["province_id"])
        targets = r["target_source_ids"] if "target_source_ids" in r else [r["target_source_id"]]
        sources = dict.fromkeys([r["source_id"], *targets])
        told = {
            "province_id": r["province_id"],
            "name": f"{t.province(r['province_id'])}: {t.indicator(r['indicator_id'])}",
            "row": row,
            "value": f"{t.value(r['value'], unit, bound=r['bound'])} ({t.date(r['as_of'])})",
            "goal": f"{r['comparator']} {t.value(r['target'], unit)} ({t.date(r['due'])})",
            "status": f"{STATUS_LOOK[r['status']][0]} {t(STATUS_LABELS[r['status']])}",
            "source": "; ".join(t.source(s) for s in sources if s),
        }
        rows.append(told | {"at": r["value"], "side": "", "head": "", "is_first": False})
        goals.append(told | {"at": r["target"]})
    ends = [r["at"] for r in [*rows, *goals]]
    low, high = (0.0, 100.0) if by == "indicator_id" else ends_of(ends)
    headings = {"value": "Latest figure", "goal": "Target", "status": "Status", "source": "Sources"}
    room = (high - low) * 0.02
    return strips(
        "figures_and_targets",
        rows,
        provinces,
        text=t,
        highlight=highlight,
        title=title,
        subtitle=subtitle,
        source=source,
        headings=headings,
        ends=(low - room, high + room),
        frame=used,
        goals=goals,
    )
