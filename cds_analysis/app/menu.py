"""What the explorer offers to choose from, in the reader's language: provinces and groups in any spelling,
indices with their parts in official order, indicators with figures before those without, and the words on its
controls.
"""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.load import eager
from cds_analysis.dataset.provinces import answers_to, fold
from cds_analysis.dataset.register import find_series
from cds_analysis.measures.units import UNITS
from cds_analysis.study.choice import ALL, VIEWS, Choice, series_with_data
from cds_analysis.study.study import Study
from cds_analysis.views import prose
from cds_analysis.views.interactive.base import DARK, LIGHT_LOOK
from cds_analysis.views.labels import EXPLORER_WORDS, TAB_LABELS, VIEW_NAMES
from cds_analysis.views.wording import collation_key

__all__ = ["candidates", "group_of", "menu"]

_TOP = 10  # provinces of "top 10"


def menu(study: Study, choice: Choice) -> dict:
    """Return everything there is to choose from, for the script of the explorer."""
    t, series = study.text, series_with_data(study.data)
    wholes = [s for s in series if s.is_whole]
    parts = {
        whole.index_id: [
            {"id": s.key, "label": t("overall") if s.is_whole else _indented(s, study)}
            for s in series
            if s.index_id == whole.index_id
        ]
        for whole in wholes
    }
    named = [{"id": s.index_id, "label": t.index_short(s.index_id)} for s in wholes]
    scored = set(eager(study.data.scores).drop_nulls("score")["index_id"])
    return {
        **candidates(study),
        "lang": choice.lang,
        "units_shown": choice.units,
        "words": {name: t(text) for name, text in EXPLORER_WORDS.items()},
        "indices": named,
        "parts": parts,
        "others": [{"id": f"{n['id']}/overall", "label": n["label"]} for n in named if n["id"] in scored],
        "indicators": _indicators(study),
        "tabs": [[tab, t(label)] for tab, label in TAB_LABELS.items()],
        "views": {tab: [[v, t(VIEW_NAMES[v])] for v in views if v != ALL] for tab, views in VIEWS.items()},
        "units": [[u, u, t.counted("{n} province or unit", "{n} provinces or units", int(u))] for u in UNITS],
        "regions": [t.region(r) for r in study.data.regions["region_id"]],
        "light": LIGHT_LOOK,
        "dark": DARK,
    }


def candidates(study: Study) -> dict:
    """Return who can be picked, each with the folded words it answers to: provinces, regions, all, peers of a
    province, and the first and last ten, whom only a figure knows.
    """
    if "candidates" in study.__dict__:
        return study.__dict__["candidates"]
    t, data = study.text, study.data
    rows = sorted(
        data.provinces.iter_rows(named=True), key=lambda r: collation_key(t.province(r["province_id"]))
    )
    names = {r["province_id"]: t.province(r["province_id"]) for r in rows}
    found = [
        {
            "id": p,
            "label": names[p],
            "kind": "province",
            "ids": [p],
            "words": [*dict.fromkeys([fold(names[p]), *answers_to(r)])],
        }
        for r in rows
        for p in [r["province_id"]]
    ]
    groups = []
    for r in data.regions.iter_rows(named=True):
        ids = [row["province_id"] for row in rows if row["region_id"] == r["region_id"]]
        if ids:
            label = f"{t.region(r['region_id'])} ({len(ids)})"
            words = [fold(r[c]) for c in ("region_id", "name_vi", "name_en")]
            groups.append({"id": r["region_id"], "label": label, "kind": "group", "ids": ids, "words": words})
    every = {
        "id": ALL,
        "label": t.counted("The {n} province", "All {n} provinces", len(rows)),
        "kind": "group",
        "ids": list(names),
        "words": ["all", "tatca", "moitinh", "canuoc"],
    }
    ranked = [
        {
            "id": "top 10",
            "label": t("The first ten of this figure"),
            "kind": "group",
            "ids": None,
            "words": ["top10", "first10", "dandau", "tinhdungdau", "10tinhdau"],
        },
        {
            "id": "bottom 10",
            "label": t("The last ten of this figure"),
            "kind": "group",
            "ids": None,
            "words": ["bottom10", "last10", "cuoibang", "10tinhcuoi"],
        },
    ]
    near: dict[str, list[str]] = {}
    for p, peer in study.peers.sort("province_id", "peer_order").select("province_id", "peer_id").iter_rows():
        near.setdefault(p, []).append(peer)
    peers = [
        {
            "id": f"peers of {p}",
            "label": t("Peers of {name}", name=names[p]),
            "kind": "peers",
            "ids": ids,
            "words": [
                f"{head}{fold(p)}" for head in ("peersof", "tuongdong", "nhomtuongdong", "tuongdongvoi")
            ],
        }
        for p, ids in near.items()
        if p in names
    ]
    note = prose.units_note(data, t).markdown.removeprefix("> ").replace("**", "")
    study.__dict__["candidates"] = {
        "who": [*found, *groups, every, *ranked, *peers],
        "names": names,
        "groups": [every, *groups],
        "notes": [note] if note else [],
    }
    return study.__dict__["candidates"]


def group_of(name: str, study: Study, choice: Choice) -> list[str]:
    """Return the ids of a province or group; ``top 10`` and ``bottom 10`` are by rank in the last year
    chosen.
    """
    head, _, rest = name.partition(" ")
    if head in ("top", "bottom") and rest == str(_TOP):
        series = find_series(choice.series, study.data.indices)
        here = (pl.col("index_id") == series.index_id) & (pl.col("dimension_id") == series.dimension_id)
        rows = study.ranked.filter(here & (pl.col("year") == choice.last)).drop_nulls("rank")
        rows = rows.sort("rank", "province_id", descending=[head == "bottom", False])
        return rows["province_id"].head(_TOP).to_list()
    return study.provinces(name)


def _indented(series, study: Study) -> str:
    depth, parent = 0, series.parent_id
    while parent not in (None, "overall"):
        depth, parent = depth + 1, find_series(f"{series.index_id}/{parent}", study.data.indices).parent_id
    name = study.text.dimension(series.index_id, series.dimension_id)
    return "\u2003" * depth + (f"{series.number}  {name}" if series.number else name)


def _indicators(study: Study) -> list[dict]:
    """Return the indicators that have targets: those with a province's figure first, then those still
    without.
    """
    t, judged = study.text, study.gaps().whole
    seen = (
        judged.filter(pl.col("value").is_not_null())
        .group_by("indicator_id")
        .agg(pl.col("province_id").n_unique())
    )
    count = dict(seen.iter_rows())
    promised = sorted(
        study.data.targets["indicator_id"].unique(), key=lambda i: collation_key(t.indicator(i))
    )
    with_figures = [{"id": i, "label": f"{t.indicator(i)} ({count[i]})"} for i in promised if i in count]
    without = [{"id": i, "label": t.indicator(i)} for i in promised if i not in count]
    return [
        {"id": ALL, "label": t("All targets")},
        {"label": t("With figures of provinces ({n})", n=len(with_figures)), "items": with_figures},
        {"label": t("Target on record, no province's figure ({n})", n=len(without)), "items": without},
    ]
