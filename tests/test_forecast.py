from datetime import date

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy import stats

import cds_analysis as cds
from cds_analysis.dataset.series import observations_with_ranks
from cds_analysis.measures.forecast import achieved_paces, chance_on_time, predict_line


@pytest.mark.parametrize("n", [3, 4, 9])
def test_a_line_agrees_with_statsmodels(n):
    rng = np.random.default_rng(n)
    t, x, at = np.arange(n) + rng.uniform(0, 0.5, n), rng.normal(size=n), n + 2.5
    centre, error, freedom = predict_line(t, x, at)
    fit = sm.OLS(x, sm.add_constant(t)).fit().get_prediction([[1.0, at]])
    assert (centre, error, freedom) == pytest.approx((fit.predicted_mean[0], fit.se_obs[0], n - 2))


@pytest.mark.parametrize("times, values", [([1], [1.0]), ([1, 2], [1.0, 2.0]), ([1, 1, 1], [1.0, 2.0, 3.0])])
def test_too_few_figures_for_a_line_are_refused(times, values):
    with pytest.raises(cds.ParameterError, match="three figures"):
        predict_line(times, values, 5)


def figures(values, first=2018):
    return pl.DataFrame(
        {
            "province_id": "p",
            "indicator_id": "i",
            "as_of": [date(first + k, 12, 31) for k in range(len(values))],
            "source_id": "s",
            "value": [float(v) for v in values],
            "bound": "=",
            "printed": "x",
            "locator": "p1",
        }
    )


def goal(value, due=date(2027, 12, 31), comparator=">="):
    return pl.DataFrame(
        {
            "scope": "p",
            "indicator_id": "i",
            "due": due,
            "source_id": "s",
            "value": float(value),
            "comparator": comparator,
            "printed": "x",
            "locator": "p1",
        }
    )


def chance(values, target, *, direction=1):
    seen, register = figures(values), pl.DataFrame({"indicator_id": "i", "direction": direction})
    return chance_on_time(
        cds.gaps(seen, goal(target, comparator=">=" if direction == 1 else "<="), register), seen
    ).row(0, named=True)


def test_the_chance_agrees_with_student_t():
    values, target = [10, 14, 15, 21, 22], 40
    row = chance(values, target)
    years = [(date(2018 + k, 12, 31) - date(2018, 12, 31)).days / 365.25 for k in range(5)]
    fit = (
        sm.OLS(values, sm.add_constant(years))
        .fit()
        .get_prediction([[1.0, (date(2027, 12, 31) - date(2018, 12, 31)).days / 365.25]])
    )
    expected = 1 - stats.t.cdf((target - fit.predicted_mean[0]) / fit.se_obs[0], 3)
    assert row["p_on_time"] == pytest.approx(expected)
    assert row["n_for_chance"] == 5


def test_the_chance_is_mirrored_for_lower_is_better():
    up, down = chance([10, 14, 15, 21, 22], 40), chance([-10, -14, -15, -21, -22], -40, direction=-1)
    assert up["p_on_time"] == pytest.approx(down["p_on_time"])


@pytest.mark.parametrize("values, target", [([10, 14, 15], 40), ([10, 14, 15, 41], 40)])
def test_no_chance_for_few_figures_or_a_target_met(values, target):
    assert chance(values, target)["p_on_time"] is None


def test_figures_before_a_break_do_not_count():
    seen = figures([10, 14, 15, 21, 22]).with_columns(segment=pl.Series([0, 0, 2020, 2020, 2020]))
    row = chance_on_time(
        cds.gaps(seen, goal(40), pl.DataFrame({"indicator_id": "i", "direction": 1})), seen
    ).row(0, named=True)
    assert (row["p_on_time"], row["n_for_chance"]) == (None, 3)


def test_no_chance_is_given_on_the_bundled_targets_with_fewer_than_four_figures(data):
    seen = observations_with_ranks(data)
    judged = chance_on_time(cds.gaps(seen, data.targets, data.indicators), seen)
    assert judged.filter(pl.col("p_on_time").is_not_null() & (pl.col("n_for_chance") < 4)).height == 0


def paces(rows, level, required, years, tolerance=1.0):
    seen = pl.DataFrame(rows, schema=["province_id", "year", "value", "segment"], orient="row").select(
        "province_id",
        "segment",
        pl.col("value").cast(pl.Float64),
        series_id=pl.lit("x"),
        as_of=pl.date(pl.col("year"), 12, 31),
        direction=pl.lit(1),
    )
    case = pl.DataFrame(
        {
            "case_id": [7],
            "series_id": "x",
            "level": float(level),
            "required_per_year": float(required),
            "years_left": float(years),
            "tolerance": tolerance,
        }
    )
    return achieved_paces(seen, case).row(0, named=True)


def test_paces_are_counted_over_the_same_number_of_years_and_one_definition():
    rows = [
        ("a", 2018, 10, 0),
        ("a", 2019, 14, 0),
        ("a", 2020, 18, 0),
        ("b", 2018, 10.5, 0),
        ("b", 2020, 11, 0),
        ("c", 2018, 30, 0),
        ("c", 2020, 60, 0),
        ("d", 2018, 10, 0),
        ("d", 2020, 90, 2020),
    ]
    row = paces(rows, 10, 3, 2)
    assert (row["horizon"], row["n_starts"], row["n_provinces"], row["n_as_fast"], row["share_as_fast"]) == (
        2,
        2,
        2,
        1,
        0.5,
    )
    assert paces(rows, 10, 3, 1)["n_provinces"] == 1
    assert (paces(rows, 50, 1, 1)["n_provinces"], paces(rows, 50, 1, 1)["share_as_fast"]) == (0, None)


def test_a_tolerance_of_nothing_is_refused():
    with pytest.raises(cds.ParameterError, match="tolerance"):
        paces([("a", 2018, 10, 0)], 10, 1, 1, tolerance=0.0)
