"""The whole dataset by the units of 1 July 2025, so that every measure and view reads either set of
places.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.errors import ParameterError
from cds_analysis.measures.bridge import bridge_observations, bridge_scores

__all__ = ["UNITS", "in_units"]

UNITS = ("63", "34")


def in_units(data: Dataset, units: str) -> Dataset:
    """Return the dataset by provinces ("63", as it is) or by the units of 2025 ("34"), so that every measure
    and view reads either.

    By units, a unit's ``province_id`` is its unit id and the names of its parts are aliases, so
    ``find_province`` leads from an old province to its unit. A unit lies in the region of its most populous
    part. Scores are from :func:`~cds_analysis.measures.bridge.bridge_scores`, with ``note`` saying which are
    estimates; targets and claims of provinces that were merged are left out, because no unit has taken them
    over on record.

    Raises
    ------
    ParameterError
        When `units` is neither.

    Examples
    --------
    >>> from cds_analysis import find_province, load
    >>> data = in_units(load(), "34")
    >>> data.provinces.height, find_province("Vĩnh Phúc", data.provinces)
    (34, 'phu-tho')
    """
    if str(units) not in UNITS:
        raise ParameterError(
            f"units must be '63' (provinces until June 2025) or '34' (units since July 2025), not {units!r}"
        )
    if str(units) == "63":
        return data
    old = data.provinces
    kept = old.filter(pl.len().over("unit_2025_id") == 1).select("province_id", unit_id="unit_2025_id")
    scores = bridge_scores(data.scores, data.indices, old, data.context, data.unit_scores)
    observations = bridge_observations(data.observations, data.indicators, old, data.context)
    return replace(
        data,
        provinces=_unit_provinces(data),
        context=_unit_context(data.context, old),
        scores=_as_scores(scores, data.scores),
        observations=_of_kept(data.observations, kept, "province_id").join(
            observations.select("indicator_id", "as_of", province_id="unit_id"),
            on=["province_id", "indicator_id", "as_of"],
            how="semi",
        ),
        targets=pl.concat(
            [data.targets.filter(pl.col("scope") == "viet-nam"), _of_kept(data.targets, kept, "scope")]
        ),
        claims=_of_kept(data.claims, kept, "province_id"),
    )


def _of_kept(table: pl.DataFrame, kept: pl.DataFrame, column: str) -> pl.DataFrame:
    """Rows of provinces that were not merged, under their unit's id."""
    renamed = table.join(kept.rename({"province_id": column}), on=column, how="inner", validate="m:1")
    return renamed.with_columns(pl.col("unit_id").alias(column)).select(table.columns)


def _as_scores(bridged: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    """Give bridged scores the columns of ``scores``; ranks are left to be made anew."""
    filled = bridged.select(
        "index_id",
        "dimension_id",
        "year",
        "score",
        province_id="unit_id",
        rank=pl.lit(None, dtype=pl.Int64),
        n_ranked=pl.lit(None, dtype=pl.Int64),
        status=pl.when("is_estimate").then(pl.lit("computed")).otherwise(pl.lit("reported")),
        rank_status=pl.lit(None, dtype=pl.String),
        source_id=pl.col("source_ids").list.first(),
        note=pl.when("is_estimate").then(
            pl.lit("estimate: ") + pl.col("rule") + " of " + pl.col("parts").list.join(", ")
        ),
        standard_error=pl.lit(None, dtype=pl.Float64),
    )
    return filled.select(like.columns).cast(dict(like.schema.items()))


def _unit_provinces(data: Dataset) -> pl.DataFrame:
    people = data.context.sort("year").group_by("province_id").agg(pl.col("population_thousand").last())
    parts = data.provinces.join(people, on="province_id", how="left", validate="1:1").sort(
        "population_thousand", descending=True, nulls_last=True
    )
    spelled = pl.concat_str(
        ["province_id", "name_vi", "name_en", pl.col("aliases").fill_null("")], separator=";"
    )
    by_unit = parts.group_by("unit_2025_id", maintain_order=True).agg(
        region_id=pl.col("region_id").first(), aliases=spelled.str.join(";")
    )
    named = data.units_2025.join(by_unit, left_on="unit_id", right_on="unit_2025_id", validate="1:1")
    filled = named.with_columns(
        province_id="unit_id", unit_2025_id="unit_id", iso_code=pl.lit(None, dtype=pl.String)
    )
    return filled.select(data.provinces.columns)


def _unit_context(context: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    """Population adds up; GRDP per head is weighted by population. Years that lack a part are left out."""
    home = provinces.select("province_id", unit_id="unit_2025_id").with_columns(
        n_parts=pl.len().over("unit_id")
    )
    people = pl.col("population_thousand")
    # A part that lacks one of its figures would count as zero in a sum, or fall out of a mean.
    complete = context.drop_nulls(
        ["population_thousand", "urban_population_thousand", "grdp_per_capita_million_vnd"]
    )
    grouped = (
        complete.join(home, on="province_id", validate="m:1")
        .group_by("unit_id", "year", "n_parts")
        .agg(
            pl.len().alias("n_found"),
            people.sum(),
            pl.col("urban_population_thousand").sum(),
            grdp_per_capita_million_vnd=(pl.col("grdp_per_capita_million_vnd") * people).sum() / people.sum(),
            source_id=pl.col("source_id").first(),
        )
    )
    return (
        grouped.filter(pl.col("n_found") == pl.col("n_parts"))
        .rename({"unit_id": "province_id"})
        .select(context.columns)
        .sort("province_id", "year")
    )
