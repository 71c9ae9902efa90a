"""From the 63 provinces to the 34 units of 1 July 2025, and back.

No agency has published most past figures for the new units, so they are estimated from the parts, by rules
that are stated with each figure:

- a score: by the register's ``merge_rule`` of its series, the plain mean of the parts (DTI's, the ministry's own
  rule), the mean weighted by population (of the nearest year on record), or no estimate at all; a score published for
  the unit replaces the estimate;
- counts add up; shares are weighted by their denominator, or by population where a part gives none;
- ranks are never averaged: they are made anew among the 34.

A unit gets an estimate only when *all* its parts have a figure of the same year (or day): a missing part is
missing, not average. Every estimate carries the spread of its parts (largest less smallest), because a mean
of unlike parts describes none of them. A unit that was not merged keeps its figures.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from cds_analysis.dataset.load import Dataset
from cds_analysis.errors import ParameterError

__all__ = ["UNITS", "bridge_observations", "bridge_scores", "in_units", "parts_of_units"]

UNITS = ("63", "34")
_SERIES = ["index_id", "dimension_id", "year"]


def bridge_scores(
    scores: pl.DataFrame,
    indices: pl.DataFrame,
    provinces: pl.DataFrame,
    context: pl.DataFrame,
    unit_scores: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Estimate the scores of the 34 units from those of their parts.

    Parameters
    ----------
    scores, indices, provinces, context
        The tables of that name.
    unit_scores
        Published scores of the units, which replace estimates; none by default, so that estimates can be
        checked against them.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year, unit_id, score, rule`` (unchanged, plain_mean, population_weighted,
        published), ``is_estimate``; ``n_parts, lowest_part, highest_part, spread`` (score points; 0 for one
        part, null where only the unit's own score is on record), ``parts`` (province ids), ``source_ids``.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> units = bridge_scores(data.scores, data.indices, data.provinces, data.context)
    >>> units.filter(pl.col("unit_id") == "phu-tho", pl.col("index_id") == "dti", pl.col("year") == 2024)["n_parts"].unique().to_list()
    [3]
    """
    parts = provinces.select("province_id", unit_id="unit_2025_id").with_columns(
        n_parts=pl.len().over("unit_id")
    )
    rules = indices.select("index_id", "dimension_id", "merge_rule")
    rows = scores.drop_nulls("score").join(parts, on="province_id", validate="m:1")
    rows = rows.join(rules, on=["index_id", "dimension_id"], validate="m:1").filter(
        (pl.col("n_parts") == 1) | (pl.col("merge_rule") != "none")
    )
    weighted = _with_population(rows, context)
    plain = pl.col("merge_rule") == "mean"
    weight = pl.when(plain).then(1.0).otherwise(pl.col("population_thousand"))
    grouped = (
        weighted.with_columns(_w=weight)
        .group_by(*_SERIES, "unit_id", "n_parts", "merge_rule")
        .agg(
            score=(pl.col("score") * pl.col("_w")).sum() / pl.col("_w").sum(),
            n_found=pl.len(),
            n_weights=pl.col("_w").count(),
            lowest_part=pl.col("score").min(),
            highest_part=pl.col("score").max(),
            parts=pl.col("province_id").sort(),
            source_ids=pl.col("source_id").unique().sort(),
        )
        .filter((pl.col("n_found") == pl.col("n_parts")) & (pl.col("n_weights") == pl.col("n_parts")))
    )
    rule = (
        pl.when(pl.col("n_parts") == 1)
        .then(pl.lit("unchanged"))
        .when(plain)
        .then(pl.lit("plain_mean"))
        .otherwise(pl.lit("population_weighted"))
    )
    estimated = grouped.with_columns(
        rule=rule, is_estimate=pl.col("n_parts") > 1, spread=pl.col("highest_part") - pl.col("lowest_part")
    )
    if unit_scores is not None:
        published = unit_scores.select(*_SERIES, "unit_id", _score="score", _source="source_id")
        home = provinces.group_by(unit_id="unit_2025_id").agg(
            _n=pl.len(), _parts=pl.col("province_id").sort()
        )
        estimated = estimated.join(
            published, on=[*_SERIES, "unit_id"], how="full", coalesce=True, validate="1:1"
        ).join(home, on="unit_id", how="left", validate="m:1")
        estimated = estimated.with_columns(
            n_parts=pl.coalesce("n_parts", "_n"),
            parts=pl.coalesce("parts", "_parts"),
            score=pl.coalesce("_score", "score"),
            rule=pl.when(pl.col("_score").is_not_null()).then(pl.lit("published")).otherwise("rule"),
            is_estimate=pl.col("is_estimate").fill_null(False) & pl.col("_score").is_null(),
            source_ids=pl.when(pl.col("_source").is_not_null())
            .then(pl.concat_list("_source"))
            .otherwise("source_ids"),
        )
    names = [
        "score",
        "rule",
        "is_estimate",
        "n_parts",
        "lowest_part",
        "highest_part",
        "spread",
        "parts",
        "source_ids",
    ]
    return estimated.select(*_SERIES, "unit_id", *names).sort(*_SERIES, "unit_id")


def _with_population(rows: pl.DataFrame, context: pl.DataFrame) -> pl.DataFrame:
    """Add the population of the nearest year on record (null for a province without any)."""
    people = context.select("province_id", "year", "population_thousand").sort("year")
    ordered = rows.sort("year")
    return ordered.join_asof(people, on="year", by="province_id", strategy="nearest", check_sortedness=False)


def bridge_observations(
    observations: pl.DataFrame, indicators: pl.DataFrame, provinces: pl.DataFrame, context: pl.DataFrame
) -> pl.DataFrame:
    """Combine the figures of a unit's parts, where all parts report the indicator exactly and on the same
    day.

    Returns
    -------
    polars.DataFrame
        ``unit_id, indicator_id, as_of, value, rule`` (unchanged, sum, denominator_weighted,
        population_weighted), ``is_estimate``, ``n_parts, spread`` (null for sums), ``source_ids``. Figures
        that are a bound are kept only where the unit is one province; a mean in which a part has neither
        denominator nor population is withheld.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> found = bridge_observations(data.observations, data.indicators, data.provinces, data.context)
    >>> found.select("unit_id", "rule").unique().rows()
    [('lang-son', 'unchanged')]
    """
    parts = provinces.select("province_id", unit_id="unit_2025_id").with_columns(
        n_parts=pl.len().over("unit_id")
    )
    rules = indicators.select("indicator_id", "merge_rule")
    rows = observations.join(parts, on="province_id", validate="m:1").join(
        rules, on="indicator_id", validate="m:1"
    )
    rows = rows.filter(
        (pl.col("n_parts") == 1) | ((pl.col("bound") == "=") & (pl.col("merge_rule") != "none"))
    )
    # A figure that two sources give for one day counts once.
    rows = rows.sort("source_id").unique(
        ["province_id", "indicator_id", "as_of"], keep="first", maintain_order=True
    )
    rows = _with_population(rows.with_columns(year=pl.col("as_of").dt.year().cast(pl.Int64)), context)
    keys = ["unit_id", "indicator_id", "as_of", "n_parts", "merge_rule"]

    def mean_by(weight: str) -> pl.Expr:
        return (pl.col("value") * pl.col(weight)).sum() / pl.col(weight).sum()

    combined = (
        rows.group_by(keys)
        .agg(
            n_found=pl.len(),
            total=pl.col("value").sum(),
            by_denominator=mean_by("denominator"),
            by_population=mean_by("population_thousand"),
            has_denominators=pl.col("denominator").is_not_null().all(),
            has_people=pl.col("population_thousand").is_not_null().all(),
            spread=pl.col("value").max() - pl.col("value").min(),
            source_ids=pl.col("source_id").unique().sort(),
        )
        .filter(pl.col("n_found") == pl.col("n_parts"))
    )
    adds, whole = pl.col("merge_rule") == "sum", pl.col("n_parts") == 1
    # A part without a weight would be left out of the mean without a word.
    combined = combined.filter(whole | adds | pl.col("has_denominators") | pl.col("has_people"))
    return (
        combined.with_columns(
            value=pl.when(whole | adds)
            .then("total")
            .when("has_denominators")
            .then("by_denominator")
            .otherwise("by_population"),
            rule=pl.when(whole)
            .then(pl.lit("unchanged"))
            .when(adds)
            .then(pl.lit("sum"))
            .when("has_denominators")
            .then(pl.lit("denominator_weighted"))
            .otherwise(pl.lit("population_weighted")),
            is_estimate=~whole,
            spread=pl.when(whole | ~adds).then("spread"),
        )
        .select(
            "unit_id",
            "indicator_id",
            "as_of",
            "value",
            "rule",
            "is_estimate",
            "n_parts",
            "spread",
            "source_ids",
        )
        .sort("unit_id", "indicator_id", "as_of")
    )


def parts_of_units(bridged: pl.DataFrame, scores: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    """Look back from units to provinces: each province's own score beside its unit's.

    Returns
    -------
    polars.DataFrame
        ``index_id, dimension_id, year, province_id, unit_id, score`` (the province's), ``unit_score,
        difference`` (province less unit, score points), ``is_estimate``.

    Examples
    --------
    >>> from cds_analysis import load
    >>> data = load()
    >>> dti = data.scores.filter(pl.col("index_id") == "dti", pl.col("dimension_id") == "overall", pl.col("year") == 2024)
    >>> back = parts_of_units(bridge_scores(dti, data.indices, data.provinces, data.context), dti, data.provinces)
    >>> back.filter(pl.col("unit_id") == "da-nang").select("province_id", pl.col("difference").round(3)).rows()
    [('da-nang', 0.127), ('quang-nam', -0.127)]
    """
    own = scores.drop_nulls("score").select(*_SERIES, "province_id", "score")
    units = bridged.select(*_SERIES, "unit_id", "is_estimate", unit_score="score")
    home = provinces.select("province_id", unit_id="unit_2025_id")
    both = own.join(home, on="province_id", validate="m:1").join(
        units, on=[*_SERIES, "unit_id"], validate="m:1"
    )
    columns = [*_SERIES, "province_id", "unit_id", "score", "unit_score", "is_estimate"]
    return (
        both.select(columns)
        .with_columns(difference=pl.col("score") - pl.col("unit_score"))
        .sort(*_SERIES, "unit_id", "province_id")
    )


def in_units(data: Dataset, units: str) -> Dataset:
    """Return the dataset by provinces ("63", as it is) or by the units of 2025 ("34"), so that every measure
    and view reads either.

    By units, a unit's ``province_id`` is its unit id and the names of its parts are aliases, so
    ``find_province`` leads from an old province to its unit. A unit lies in the region of its most populous
    part. Scores are from :func:`bridge_scores`, with ``note`` saying which are estimates; targets and claims
    of provinces that were merged are left out, because no unit has taken them over on record.

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
        *_SERIES,
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
