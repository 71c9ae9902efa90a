"""Scores of one year, one tick a province: each dimension on its own scale, or the regions on one."""

from __future__ import annotations

import polars as pl

from cds_analysis.views.interactive.base import Live
from cds_analysis.views.interactive.strips import ends_of, strips
from cds_analysis.views.text import Text

__all__ = ["by_dimension", "by_region"]


def by_dimension(
    compared: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    order: list[str],
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
) -> Live:
    """Draw each series as a row on its own scale from the lowest province to the highest, with the middle
    half and the median; the picked provinces as dots with their ranks.

    `compared` comes from :func:`~cds_analysis.measures.compare.compare`; `order` lists the series from top to
    bottom.
    """
    t = text
    names = {s: _numbered(s, t) for s in order}
    one_year = compared["as_of"].dt.year().n_unique() < 2
    used = (
        compared.filter(pl.col("series_id").is_in(order) & pl.col("percentile").is_not_null())
        .join(pl.DataFrame({"series_id": order}).with_row_index("place"), on="series_id", validate="m:1")
        .with_columns(
            low=pl.col("value").min().over("series_id"), high=pl.col("value").max().over("series_id")
        )
        .with_columns(
            at=((pl.col("value") - pl.col("low")) / (pl.col("high") - pl.col("low"))).fill_nan(0.5),
            rank=pl.col("value").rank("min", descending=True).over("series_id").cast(pl.Int64),
        )
        .sort("place", "province_id")
    )
    rows = [
        {
            "province_id": r["province_id"],
            "name": t.province(r["province_id"]),
            "row": names[r["series_id"]],
            "at": r["at"],
            "side": f"{r['rank']}/{r['n_reporting']}",
            "head": t.province(r["province_id"]),
            "is_first": r["place"] == used["place"].min(),
            "of": f"{r['rank']}/{r['n_reporting']}",
            "value": t.number(r["value"], t.decimals(*r["series_id"].split("/"), exact=True)),
            "middle": t.number(r["national_median"], t.decimals(*r["series_id"].split("/"), exact=True)),
            "year": str(r["as_of"].year),
            "source": "; ".join(map(t.source, r["source_ids"])),
        }
        for r in used.iter_rows(named=True)
    ]
    notes = [t("Each row has its own scale: lowest province at the left, highest at the right.")]
    if not one_year:
        notes.append(t("The rows are of different years."))
    headings = {"of": "Rank", "value": "Score", "middle": "Median", "year": "Year", "source": "Source"}
    return strips(
        "by_dimension",
        rows,
        provinces,
        text=t,
        highlight=highlight,
        title=title,
        subtitle=subtitle,
        source=source,
        headings=headings,
        ends=(-0.02, 1.02),
        frame=used,
        notes=notes,
    )


def by_region(
    compared: pl.DataFrame,
    provinces: pl.DataFrame,
    *,
    text: Text,
    highlight: list[str],
    title: str,
    source: str,
    subtitle: str = "",
) -> Live:
    """Draw one series of one year on one scale: all provinces, then each region, with the middle half and the
    median; the picked provinces as dots with their values.
    """
    t = text
    region = dict(provinces.select("province_id", "region_id").iter_rows())
    series = compared["series_id"][0] if compared.height else ""
    used = compared.filter(pl.col("value").is_not_null()).with_columns(
        rank=pl.col("value").rank("min", descending=True).cast(pl.Int64)
    )
    decimals = t.decimals(*series.split("/"), exact=True) if "/" in series else 2
    order = sorted({region[p] for p in used["province_id"]}, key=t.region)
    rows = []
    for group in (None, *order):
        for r in used.iter_rows(named=True):
            if group not in (None, region[r["province_id"]]):
                continue
            shown = t.number(r["value"], decimals)
            rows.append(
                {
                    "province_id": r["province_id"],
                    "name": t.province(r["province_id"]),
                    "row": t("All provinces") if group is None else t.region(group),
                    "at": r["value"],
                    "side": shown if group is None else "",
                    "head": t.province(r["province_id"]),
                    "is_first": group is None,
                    "of": f"{r['rank']}/{r['n_reporting']}",
                    "value": shown,
                    "year": str(r["as_of"].year),
                    "source": "; ".join(map(t.source, r["source_ids"])),
                }
            )
    headings = {"of": "Rank", "value": "Score", "year": "Year", "source": "Source"}
    return strips(
        "by_region",
        rows,
        provinces,
        text=t,
        highlight=highlight,
        title=title,
        subtitle=subtitle,
        source=source,
        headings=headings,
        ends=ends_of(r["at"] for r in rows),
        frame=used,
    )


def _numbered(series: str, t: Text) -> str:
    """Return a dimension's name with its official number in front, where it has one."""
    number = t.number_of(*series.split("/"))
    return f"{number}  {t.series(series)}" if number else t.series(series)
