"""The numbers themselves: rank, score, places gained and the line of every province."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import Series
from cds_analysis.study.choice import Choice
from cds_analysis.study.figures.basis import Basis
from cds_analysis.views.interactive import Live
from cds_analysis.views.prose import titles
from cds_analysis.views.prose.base import source_line

__all__ = ["table"]


def table(b: Basis, series: Series, choice: Choice) -> Live:
    """The numbers themselves; the explorer shows them as a table, and the picture is the map of ranks."""
    rows = b.window(series, choice)
    year = rows.filter(pl.col("year") == choice.last)
    what, t = b.name(series), b.t
    return Live(
        "table",
        titles.of_places(year, t, list(choice.provinces), what=what),
        t("All provinces; a column's heading sorts by it"),
        "",
        {},
        {"rows": _rows(b, rows, series, choice.last)},
        {},
        list(choice.provinces),
        source_line(t, rows),
        frame=rows,
    )


def _rows(b: Basis, rows: pl.DataFrame, series: Series, year: int) -> list[dict]:
    t, decimals = b.t, b.t.decimals(series.index_id, series.dimension_id, exact=True)
    now = {r["province_id"]: r for r in rows.filter(pl.col("year") == year).iter_rows(named=True)}
    segments = {r["segment"] for r in now.values()}
    same = rows.filter(pl.col("segment").is_in(list(segments), nulls_equal=True)).drop_nulls("rank")
    start = same["year"].min() if same.height else None
    began = dict(
        same.filter(pl.col("year") == pl.col("year").min()).select("province_id", "rank").iter_rows()
    )
    lines: dict[str, list] = {}
    for p, y, rank, segment in rows.sort("year").select("province_id", "year", "rank", "segment").iter_rows():
        lines.setdefault(p, []).append([y, rank, segment])
    found = []
    for p, region in b.data.provinces.select("province_id", "region_id").iter_rows():
        r = now.get(p, {})
        rank, score = r.get("rank"), r.get("score")
        gained = began[p] - rank if rank is not None and p in began and start != year else None
        found.append(
            {
                "province_id": p,
                "name": t.province(p),
                "region": t.region(region),
                "rank": rank,
                "of": r.get("n_ranked"),
                "score": score,
                "shown": t.number(score, decimals),
                "change": gained,
                "since": start,
                "line": lines.get(p, []),
            }
        )
    return found
