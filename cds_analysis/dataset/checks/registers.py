"""Rules for what names and places things: provinces, units, indices, breaks, texts."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.checks.finding import ERROR, FOUND, WARNING, found, numbered, rule, said
from cds_analysis.dataset.load import Dataset
from cds_analysis.dataset.provinces import answers_to
from cds_analysis.dataset.schemas import TABLES

NAMED = ("regions", "units_2025", "provinces", "indicators", "indices")
_KM_PER_DEGREE = 111.0
REGION_KM, UNIT_KM = 300.0, 250.0


@rule("two-answer", ERROR, "Two provinces that answer to one name", "provinces", "units_2025")
def two_answer(data: Dataset, table: str) -> pl.DataFrame:
    """No name, alias, code or id of a province, without accents, case, spaces and 'tỉnh' or 'thành phố', is
    also another province's, nor a region's id.
    """
    rows, taken = [], {}
    regions = {r: "a region" for r in data.regions["region_id"]} if table == "provinces" else {}
    for number, row in enumerate(getattr(data, table).iter_rows(named=True)):
        own = row[TABLES[table].primary_key()[0]]
        for name, column in answers_to(row).items():
            other = taken.setdefault(name, own)
            if other != own:
                rows.append(
                    (number, column, str(row[column]), f"a name of its own: {other} answers to {name!r} too")
                )
        if own in regions:
            rows.append((number, "province_id", own, "an id that no region has"))
    return pl.DataFrame(rows, schema=FOUND, orient="row")


@rule("name-without-letters", ERROR, "A name without a letter, or in two alphabets", *NAMED)
def name_without_letters(data: Dataset, table: str) -> pl.DataFrame:
    """A name has a letter, and no letter of the Latin alphabet together with Cyrillic or Greek ones, which
    look alike.
    """
    mixed = r"\p{Cyrillic}|\p{Greek}"
    parts = []
    for column in ("name_vi", "name_en", "aliases"):
        rows = numbered(getattr(data, table))
        if column in rows.columns:
            text = pl.col(column)
            wrong = rows.filter(
                ~text.str.contains(r"\p{L}") | (text.str.contains(mixed) & text.str.contains(r"\p{Latin}"))
            )
            parts.append(found(wrong, column, "a name with letters, of one alphabet"))
    return pl.concat(parts)


@rule("same-name", WARNING, "Two rows of one name", "indicators", "indices", "units_2025", "regions")
def same_name(data: Dataset, table: str) -> pl.DataFrame:
    """Two indicators, or two parts of one index, do not share a name."""
    whole = ["index_id"] if table == "indices" else []
    parts = [
        found(rows.filter(pl.len().over([*whole, column]) > 1), column, "a name of its own")
        for column in ("name_vi", "name_en")
        for rows in [numbered(getattr(data, table))]
    ]
    return pl.concat(parts)


@rule("untidy-text", WARNING, "Spaces that are not seen", *[t for t in TABLES])
def untidy_text(data: Dataset, table: str) -> pl.DataFrame:
    """No text starts or ends with a space, holds two in a row or one that is not an ordinary space."""
    frame = numbered(getattr(data, table))
    texts = [
        c
        for c, t in TABLES[table].columns().items()
        if t.dtype == pl.String and not getattr(t, "regex", None)
    ]
    untidy = r"^\s|\s$|\s\s|[\u00a0\u2000-\u200a\u202f\u3000]"
    parts = [
        found(frame.filter(pl.col(c).str.contains(untidy)), c, "plain single spaces inside the text")
        for c in texts
        if frame[c].null_count() != frame.height
    ]
    return pl.concat([pl.DataFrame(schema=FOUND), *parts])


@rule("tile-taken", ERROR, "Two on one tile of the map", "provinces", "units_2025")
def tile_taken(data: Dataset, table: str) -> pl.DataFrame:
    """No two share tile_row and tile_col."""
    rows = numbered(getattr(data, table))
    return found(
        rows.filter(pl.struct("tile_row", "tile_col").is_duplicated()), "tile_col", "a tile of its own"
    )


@rule("far-from-its-own", WARNING, "A province far from its region or its unit", "provinces")
def far_from_its_own(data: Dataset, table: str) -> pl.DataFrame:
    """A province's centroid is within 300 km of the nearest other province of its region, and within 250 km
    of the centroid of the unit it became part of.
    """
    places = numbered(data.provinces)
    others = places.select("region_id", other="row", lat="latitude", lon="longitude")
    near = (
        places.join(others, on="region_id")
        .filter(pl.col("row") != pl.col("other"))
        .group_by("row")
        .agg(km=_km("lat", "lon").min())
        .filter(pl.col("km") > REGION_KM)
    )
    units = data.units_2025.select(unit_2025_id="unit_id", lat="latitude", lon="longitude")
    unit = (
        places.join(units, on="unit_2025_id")
        .with_columns(km=_km("lat", "lon"))
        .filter(pl.col("km") > UNIT_KM)
    )
    return pl.concat(
        [
            found(
                places.join(near, on="row"),
                "region_id",
                said("a region nearby: the nearest of it is {} km away", pl.col("km").round(0)),
            ),
            found(
                unit, "unit_2025_id", said("a unit nearby: its centre is {} km away", pl.col("km").round(0))
            ),
        ]
    )


def _km(lat: str, lon: str) -> pl.Expr:
    """Return the distance in km; good enough within one country."""
    east = (pl.col("longitude") - pl.col(lon)) * pl.col("latitude").radians().cos()
    return _KM_PER_DEGREE * ((pl.col("latitude") - pl.col(lat)) ** 2 + east**2).sqrt()


@rule("unit-of-nobody", WARNING, "A unit that no province became part of", "units_2025")
def unit_of_nobody(data: Dataset, table: str) -> pl.DataFrame:
    """Every unit was formed from a province."""
    rows = numbered(data.units_2025).join(
        data.provinces, left_on="unit_id", right_on="unit_2025_id", how="anti"
    )
    return found(rows, "unit_id", "a unit that a province names in unit_2025_id")


@rule("scale-upside-down", ERROR, "Scale without room", "indices")
def scale_upside_down(data: Dataset, table: str) -> pl.DataFrame:
    """scale_min is below scale_max."""
    rows = numbered(data.indices)
    return found(rows.filter(pl.col("scale_min") >= pl.col("scale_max")), "scale_max", "more than scale_min")


@rule("parent", ERROR, "Parent that is missing, itself or a circle", "indices")
def parent(data: Dataset, table: str) -> pl.DataFrame:
    """Going up from a dimension leads to 'overall' of the same index, which has no parent."""
    up = {(r["index_id"], r["dimension_id"]): r["parent_id"] for r in data.indices.iter_rows(named=True)}
    rows = []
    for number, (index, dimension) in enumerate(up):
        at, steps = dimension, 0
        while at is not None and at != "overall" and steps <= len(up):
            at, steps = up.get((index, at), "?") if (index, at) in up else None, steps + 1
        if at != "overall" or (dimension == "overall" and up[index, dimension] is not None):
            rows.append(
                (number, "parent_id", str(up[index, dimension] or ""), "a parent that leads to overall")
            )
    return pl.DataFrame(rows, schema=FOUND, orient="row")


@rule("break-out-of-place", WARNING, "Break that parts nothing", "breaks")
def break_out_of_place(data: Dataset, table: str) -> pl.DataFrame:
    """A break lies within the years on record of its dimension; where the dimension has parts, their number
    changes or a part breaks in that year too if that is documented as such.
    """
    spans = data.scores.group_by("index_id", "dimension_id").agg(
        first=pl.col("year").min(), last=pl.col("year").max()
    )
    rows = numbered(data.breaks).join(spans, on=["index_id", "dimension_id"])
    wrong = rows.filter((pl.col("year") <= pl.col("first")) | (pl.col("year") > pl.col("last") + 1))
    return found(wrong, "year", said("a year after {} and until {}", "first", "last"))
