"""Rules for population and income."""

from __future__ import annotations

import polars as pl

from cds_analysis.dataset.checks.finding import WARNING, found, numbered, rule, said
from cds_analysis.dataset.load import Dataset

MOST_PEOPLE_THOUSAND = 20_000.0
FEWEST_PROVINCES = 10
# Furthest from a province's other years, once the country's move is taken out; in the bundled data it is 1.6
# %, 25 % and 13.5 points (where two districts became towns), all others at most 4.5 points.
POPULATION, INCOME, URBAN_POINTS = 0.05, 0.30, 6.0


@rule("context-jump", WARNING, "Population or income that jumps", "context")
def context_jump(data: Dataset, table: str) -> pl.DataFrame:
    """Against the median of a province's years, population stands within 5 %, income within 30 % and the
    urban share within 6 points, after the move of the national median (of at least ten provinces) is taken
    out. No province has more than 20 million people.
    """
    rows = numbered(data.context).with_columns(
        urban_share=100 * pl.col("urban_population_thousand") / pl.col("population_thousand")
    )
    many = rows.filter(pl.col("population_thousand") > MOST_PEOPLE_THOUSAND)
    parts = [found(many, "population_thousand", "thousands of people, at most 20,000")]
    for measure, column, limit in (
        ("population_thousand", "population_thousand", POPULATION),
        ("grdp_per_capita_million_vnd", "grdp_per_capita_million_vnd", INCOME),
    ):
        country = pl.when(pl.len().over("year") >= FEWEST_PROVINCES).then(
            pl.col(measure).median().over("year")
        )
        relative = rows.with_columns(relative=pl.col(measure) / country.fill_null(1.0))
        own = pl.col("relative").median().over("province_id")
        wrong = relative.with_columns(own=own).filter((pl.col("relative") / pl.col("own") - 1).abs() > limit)
        usual = (pl.col(column) / pl.col("relative") * pl.col("own")).round(1)
        parts.append(found(wrong, column, said("about {}, as in the province's other years", usual)))
    usual = pl.col("urban_share").median().over("province_id")
    wrong = rows.with_columns(usual=usual).filter(
        (pl.col("urban_share") - pl.col("usual")).abs() > URBAN_POINTS
    )
    expected = said(
        "an urban share of about {} %, as in the province's other years", pl.col("usual").round(1)
    )
    return pl.concat([*parts, found(wrong, "urban_population_thousand", expected)])


@rule("context-hole", WARNING, "A province without a year that most have", "context")
def context_hole(data: Dataset, table: str) -> pl.DataFrame:
    """A year of the context is on record for all provinces or for fewer than half of them; named is the
    province's first row, or the row of a year that only few have.
    """
    rows = numbered(data.context)
    most = rows["province_id"].n_unique() / 2
    rows = rows.with_columns(n=pl.len().over("year"))
    years = rows.filter(pl.col("n") >= most)["year"].n_unique()
    lacking = rows.with_columns(own=(pl.col("n") >= most).sum().over("province_id")).filter(
        pl.col("own") < years
    )
    few = found(rows.filter(pl.col("n") < most), "year", "a year that most provinces have")
    return pl.concat(
        [
            few,
            found(
                lacking.group_by("province_id").first(), "year", f"each of the {years} years that most have"
            ),
        ]
    )
