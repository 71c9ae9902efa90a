"""From the 63 provinces to the 34 units of 1 July 2025, and back.

No agency has published most past figures for the new units, so they are estimated from the parts, by rules
that are stated with each figure:

- a score: by the register's ``merge_rule`` of its series, the plain mean of the parts (DTI's, the ministry's
  own rule), the mean weighted by population (of the nearest year on record), or no estimate at all; a score
  published for the unit replaces the estimate;
- counts add up; shares are weighted by their denominator, or by population where a part gives none;
- ranks are never averaged: they are made anew among the 34.

A unit gets an estimate only when *all* its parts have a figure of the same year (or day): a missing part is
missing, not average. Every estimate carries the spread of its parts (largest less smallest), because a mean
of unlike parts describes none of them. A unit that was not merged keeps its figures.
"""

from __future__ import annotations

import polars as pl

__all__ = ["bridge_observations", "bridge_scores", "parts_of_units"]
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
    >>> units.filter(pl.col("unit_id") == "phu-tho", pl.col("index_id") == "dti", pl.col("year") == 2024)[
    ...     "n_parts"
    ... ].unique().to_list()
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
    >>> found.filter(pl.col("unit_id") == "lang-son").select("unit_id", "rule").unique().rows()
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
    >>> dti = data.scores.filter(
    ...     pl.col("index_id") == "dti", pl.col("dimension_id") == "overall", pl.col("year") == 2024
    ... )
    >>> back = parts_of_units(
    ...     bridge_scores(dti, data.indices, data.provinces, data.context), dti, data.provinces
    ... )
    >>> back.filter(pl.col("unit_id") == "da-nang").select(
    ...     "province_id", pl.col("difference").round(3)
    ... ).rows()
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
