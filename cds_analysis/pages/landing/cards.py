"""Cards that a search or a tile opens where there is no page to lead to: a province without a profile yet, an
index or dimension, an indicator, a region, a report that was not made yet. Each says what is known and the
command that shows more.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.register import Series, series_of
from cds_analysis.dataset.schemas import NATION
from cds_analysis.pages.landing.record import Record
from cds_analysis.pages.landing.ways import Page, Ways, anchor
from cds_analysis.views.labels import PILLAR_LABELS, UNIT_LABELS

__all__ = ["cards", "numbered", "standings"]

_FEW = 4  # targets or figures that a card lists
_COMPARATORS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< "}


def cards(record: Record, ways: Ways) -> list[dict]:
    """Return every card with its ``id, title, kind, lines, links, command``."""
    found = [_province(p, record, ways) for p in ways.provinces if not ways.profile(p)]
    found += [_series(s, record, ways) for s in series_of(record.data.indices)]
    found += [_indicator(row, record, ways) for row in record.data.indicators.iter_rows(named=True)]
    found += [_region(row, record, ways) for row in record.data.regions.iter_rows(named=True)]
    return found + [_page(page, ways) for page in ways.pages if not ways.page(page.name)]


def _card(of: str, name: str, **about) -> dict:
    return {"id": anchor(of, name)[1:], "about": "", "links": [], "command": "", "lines": [], **about}


def standings(province: str, record: Record, ways: Ways) -> list[str]:
    """Say the latest rank of a province in each index."""
    t, found = ways.t, []
    for row in record.latest.get(province, []):
        of = f"/{row['n_ranked']}" if row["n_ranked"] else ""
        found.append(
            f"{t.index_short(row['index_id'])} {row['year']}: " + t("rank {rank}", rank=f"{row['rank']}{of}")
        )
    return found


def _province(province: str, record: Record, ways: Ways) -> dict:
    t = ways.t
    return _card(
        "province",
        province,
        kind=t("Province"),
        title=ways.name(province),
        lines=standings(province, record, ways),
        about=t("Its profile was not made yet; this command makes it:"),
        command=f"cds report province_profile --province {province}",
    )


def numbered(series: Series, ways: Ways) -> str:
    """Return the name of an index or dimension as people call it: ``PAPI 6: Cung ứng dịch vụ công``."""
    t = ways.t
    short, name = t.index_short(series.index_id), t.dimension(series.index_id, series.dimension_id)
    if series.is_whole:
        return name
    return f"{short} {series.number}: {name}" if series.number else f"{short}: {name}"


def _series(series: Series, record: Record, ways: Ways) -> dict:
    t, known = ways.t, record.tables.get(series.key)
    lines, links, command = [t("No score or rank is on record.")], [], ""
    if known:
        span = str(known["first"]) if known["first"] == known["last"] else f"{known['first']}–{known['last']}"
        lines = [
            t.counted(
                "On record: {years}, {n} figure", "On record: {years}, {n} figures", known["n"], years=span
            )
        ]
    if known and known["year"]:
        names, decimals = known["leaders"], t.decimals(series.index_id, series.dimension_id)
        lines.append(
            t.counted(
                "{year}: first {names} ({score}); median {median} of {n} province",
                "{year}: first {names} ({score}); median {median} of {n} provinces",
                known["n_ranked"],
                year=str(known["year"]),
                names=t.listing([ways.spoken(p) for p in names[:_FEW]]) + (" …" if len(names) > _FEW else ""),
                score=t.number(known["score"], decimals),
                median=t.number(known["median"], decimals),
            )
        )
        dimension = "" if series.is_whole else f" --set dimension={series.dimension_id}"
        command = f"cds report ranking_trends --set index={series.index_id}{dimension}"
    if series.is_whole and series.index_id in {whole.index_id for whole in record.mapped}:
        links.append((f"#map-{series.index_id}", t("Show it on the map")))
    return _card(
        "series",
        series.key,
        kind=t("Index") if series.is_whole else t("Dimension"),
        title=numbered(series, ways),
        about=series.publisher if series.is_whole else "",
        lines=lines,
        links=links,
        command=command,
    )


def _indicator(row: dict, record: Record, ways: Ways) -> dict:
    t, name = ways.t, row["indicator_id"]
    promised, observed = record.promised.get(name, []), record.observed.get(name, [])
    lines = [
        t(
            "Target: {value} by {due} ({whose})",
            value=_COMPARATORS.get(one["comparator"], "")
            + t.value(one["value"], row["unit"], row["decimals"]),
            due=t.date(one["due"]),
            whose=t("Viet Nam") if one["scope"] == NATION else ways.name(one["scope"]),
        )
        for one in promised[:_FEW]
    ]
    lines += [
        t(
            "{name}: {value} on {day}",
            name=ways.name(one["province_id"]),
            value=t.value(one["value"], row["unit"], row["decimals"], bound=one["bound"]),
            day=t.date(one["as_of"]),
        )
        for one in observed[:_FEW]
    ]
    if promised and not observed and not row["index_id"]:
        lines.append(t("A target is on record, a province's figure is not."))
    return _card(
        "indicator",
        name,
        kind=t("Indicator"),
        title=row[f"name_{t.lang}"],
        about=f"{t(PILLAR_LABELS[row['pillar']])} · {t(UNIT_LABELS[row['unit']])}",
        lines=lines,
        links=[(ways.to_page("target_gap"), t("How far is each target"))] if promised else [],
    )


def _region(row: dict, record: Record, ways: Ways) -> dict:
    t = ways.t
    mine = set(record.data.provinces.filter(pl.col("region_id") == row["region_id"])["province_id"])
    return _card(
        "region",
        row["region_id"],
        kind=t("Region"),
        title=row[f"name_{t.lang}"],
        about=t.counted("{n} province", "{n} provinces", len(mine)),
        links=[(ways.to_province(p), ways.name(p)) for p in ways.provinces if p in mine],
    )


def _page(page: Page, ways: Ways) -> dict:
    t = ways.t
    return _card(
        "page",
        page.name,
        kind=t("Page"),
        title=page.titles[t.lang],
        about=t("This page was not made yet; this command makes it:"),
        command=f"cds report {page.name}",
    )
