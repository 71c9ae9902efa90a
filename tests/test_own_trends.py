import numpy as np
import polars as pl
import pytest
from scipy import stats

import cds_analysis as cds
from cds_analysis.measures.own_trends import less_country, trends_beside_country

BREAKS = {
    "index_id": pl.String,
    "dimension_id": pl.String,
    "year": pl.Int64,
    "kind": pl.String,
    "scope": pl.String,
}


def table(z, first=2010):
    n, years = z.shape
    return pl.DataFrame(
        {
            "index_id": "x",
            "dimension_id": "overall",
            "year": np.tile(np.arange(first, first + years), n),
            "province_id": np.repeat([f"p{k:02}" for k in range(n)], years),
            "score": z.ravel(),
            "source_id": "s",
        }
    )


def breaks(*rows):
    return pl.DataFrame(
        [("x", "overall", y, kind, "definition") for y, kind in rows], schema=BREAKS, orient="row"
    )


def test_a_rise_that_all_share_is_the_country_s_and_the_rest_the_province_s():
    rng = np.random.default_rng(1)
    z = np.arange(10) + 0.2 * rng.standard_normal((60, 10))  # all rise by a point a year
    z[0] += 0.5 * np.arange(10)
    found = trends_beside_country(table(z), breaks(), full_from=50)
    assert set(found["verdict"]) == {"rising"}
    own = dict(found.select("province_id", "verdict_own").iter_rows())
    assert own.pop("p00") == "rising" and list(own.values()).count("rising") <= 3
    row = found.filter(pl.col("province_id") == "p00").row(0, named=True)
    assert row["slope_own"] == pytest.approx(0.5, abs=0.06) and not row["depends_on_detected"]


def test_the_own_slope_is_that_of_the_score_less_the_median():
    rng = np.random.default_rng(2)
    z = rng.standard_normal((55, 8)).cumsum(axis=1)
    row = trends_beside_country(table(z), breaks()).filter(pl.col("province_id") == "p07").row(0, named=True)
    own = z[7] - np.median(z, axis=0)
    assert row["slope_own"] == pytest.approx(stats.theilslopes(own, np.arange(8)).slope)
    assert row["slope_per_year"] == pytest.approx(stats.theilslopes(z[7], np.arange(8)).slope)


def test_a_year_with_a_sample_has_no_country_to_be_set_against():
    z = np.random.default_rng(3).standard_normal((60, 6))
    few = table(z).filter((pl.col("year") != 2012) | (pl.col("province_id") < "p20"))
    assert 2012 not in less_country(few)["year"]
    own = trends_beside_country(few, breaks()).filter(pl.col("province_id") == "p01")
    assert (own["n_years"][0], own["verdict_own"][0]) == (6, "no_trend")


def test_a_detected_break_is_left_out_the_second_time():
    z = np.arange(12) + 0.1 * np.random.default_rng(4).standard_normal((60, 12))
    found = trends_beside_country(table(z), breaks((2018, "detected")), full_from=50)
    late = found.filter(pl.col("segment") == 2018)
    assert set(late["verdict"]) == {"too_short"} and set(late["verdict_documented"]) == {"rising"}
    assert late["depends_on_detected"].all()
    kept = trends_beside_country(table(z), breaks((2018, "documented")), full_from=50)
    assert not kept["depends_on_detected"].any()


def test_forty_provinces_rise_in_control_of_corruption_and_four_of_themselves():
    data = cds.load()
    rows = data.scores.filter(pl.col("dimension_id") == "control_of_corruption")
    found = trends_beside_country(rows, data.breaks)
    assert (found["verdict"] == "rising").sum() == 40
    assert dict(found["verdict_own"].value_counts().iter_rows()) == {
        "no_trend": 58,
        "rising": 4,
        "falling": 1,
    }
