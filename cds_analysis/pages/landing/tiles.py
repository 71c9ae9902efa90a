"""The tile map of the country: a tile a province with its rank, in six classes of colour, for each index that
has a full year.
"""

from __future__ import annotations

from cds_analysis.dataset.scalars import highest
from cds_analysis.pages.landing.record import Record, Whole
from cds_analysis.pages.landing.ways import Ways
from cds_analysis.views.text import Text

__all__ = ["CLASSES", "class_of", "leading", "tile_maps"]

CLASSES = 6
_KEY_COLUMNS, _KEY_ROWS = 3, 5  # free tiles that the legend needs
_NAMED = 5  # leaders that a heading names; more share their place


def class_of(rank: int, n: int) -> int:
    """Return the class of a rank among `n`, 0 for the best sixth to 5 for the last; equal ranks share theirs.

    Examples
    --------
    >>> [class_of(rank, 63) for rank in (1, 11, 12, 63)]
    [0, 0, 1, 5]
    """
    return (rank - 1) * CLASSES // n


def leading(whole: Whole, ways: Ways) -> str:
    """Say who leads the newest full year of an index: the heading of its map."""
    t, name = ways.t, f"{ways.t.index_short(whole.index_id)} {whole.year}"
    if len(whole.leaders) > _NAMED:
        return t.counted(
            "{index}: {n} province leads",
            "{index}: {n} provinces share the lead",
            len(whole.leaders),
            index=name,
        )
    return t("{index}: {names} lead", index=name, names=t.listing([ways.spoken(p) for p in whole.leaders]))


def tile_maps(record: Record, ways: Ways) -> dict:
    """Return the maps by index (``maps``, the lead first) and the places of the tiles (``tiles``)."""
    places = record.data.provinces.select("province_id", "tile_row", "tile_col").iter_rows()
    tiles: list[dict] = [
        {
            "id": province,
            "row": row + 1,
            "col": col + 1,
            "name": ways.name(province),
            "short": ways.short(province),
            "href": ways.to_province(province),
        }
        for province, row, col in sorted(places, key=lambda place: place[1:])
    ]
    return {
        "maps": [_map(whole, record, ways) for whole in record.mapped],
        "tiles": tiles,
        "columns": max((tile["col"] for tile in tiles), default=1),
        "key": _room_for_key(tiles),
    }


def _room_for_key(tiles: list[dict]) -> str:
    """Return where the legend goes: rows that leave room for it at their left, as wide as can be; else below
    the map.
    """
    first: dict[int, int] = {}
    for tile in tiles:
        row, col = int(tile["row"]), int(tile["col"])
        first[row] = min(col, first.get(row, col))
    for width in range(max(first.values(), default=1) - 1, _KEY_COLUMNS - 1, -1):
        run: list[int] = []
        for row in range(1, max(first) + 2):
            if first.get(row, 0) > width:
                run.append(row)
            elif len(run) >= _KEY_ROWS:
                return f"grid-area: {run[0]} / 1 / {run[-1] + 1} / {width + 1}"
            else:
                run = []
    return "grid-column: 1 / -1"


def _map(whole: Whole, record: Record, ways: Ways) -> dict:
    t = ways.t
    n, decimals = int(highest(whole.table["n_ranked"])), _decimals(whole, t)
    index, year = t.index_short(whole.index_id), str(whole.year)
    known = {row["province_id"]: row for row in whole.table.iter_rows(named=True) if row["rank"] is not None}
    found = {}
    for province in record.data.provinces["province_id"]:
        row = known.get(province)
        about = {"name": ways.name(province), "index": index, "year": year}
        if row is None:
            found[province] = [None, "", t("{name}: {index} {year} not published", **about)]
            continue
        said = t("{name}: {index} {year} rank {rank} of {n}", **about, rank=row["rank"], n=n)
        if row["score"] is not None:
            said += t(", score {score}", score=t.number(row["score"], decimals))
        found[province] = [class_of(row["rank"], n), str(row["rank"]), said]
    missing = record.n_provinces - len(known)
    note = t.counted(
        "The number is the rank among {n} province.", "The number is the rank among {n} provinces.", n
    )
    if missing:
        note += " " + t.counted(
            "Hatched: {n} province not published, missing and not last.",
            "Hatched: {n} provinces not published, missing and not last.",
            missing,
        )
    return {
        "id": whole.index_id,
        "name": index,
        "year": year,
        "heading": leading(whole, ways),
        "sub": t.dimension(whole.index_id),
        "legend": t("{index} {year}, score", index=index, year=year),
        "cuts": [t.number(cut, decimals) for cut in _cuts(whole)],
        "note": note,
        "tiles": found,
    }


def _cuts(whole: Whole) -> list[float]:
    """Return the lowest score of each class but the last, worst class first; empty where only ranks are
    known.
    """
    lowest: dict[int, float] = {}
    for rank, n, score in whole.table.select("rank", "n_ranked", "score").drop_nulls().iter_rows():
        one = class_of(rank, n)
        lowest[one] = min(score, lowest.get(one, score))
    return [lowest[one] for one in sorted(lowest, reverse=True)][1:] if len(lowest) == CLASSES else []


def _decimals(whole: Whole, t: Text) -> int:
    """Return as many decimals as tell the classes apart."""
    plain = t.decimals(whole.index_id)
    cuts = _cuts(whole)
    apart = len({round(cut, plain) for cut in cuts}) == len(cuts)
    return plain if apart else t.decimals(whole.index_id, exact=True)
