from itertools import permutations

import numpy as np
import polars as pl
import pymannkendall
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import cds_analysis as cds
from cds_analysis.measures.convergence import convergence
from cds_analysis.measures.trends import ceiling_gaps, mann_kendall, theil_sen, trends

NO_BREAKS = pl.DataFrame(schema={"index_id": pl.String, "dimension_id": pl.String, "year": pl.Int64})
SERIES = st.lists(st.integers(0, 6), min_size=2, max_size=7)


def table(series, first_year=2010):
    rows = [
        ("x", "overall", first_year + i, p, float(v), "s")
        for p, values in series.items()
        for i, v in enumerate(values)
    ]
    return pl.DataFrame(
        rows, schema=["index_id", "dimension_id", "year", "province_id", "score", "source_id"], orient="row"
    )


@pytest.mark.parametrize("n", [4, 5, 8, 10, 14])
def test_exact_p_without_ties_agrees_with_scipy(n):
    rng = np.random.default_rng(n)
    for _ in range(20):
        values = rng.permutation(n).astype(float)
        expected = stats.kendalltau(np.arange(n), values, method="exact").pvalue
        assert mann_kendall(values)[1] == pytest.approx(expected)


@given(SERIES)
def test_p_with_ties_agrees_with_plain_enumeration(values):
    def s_of(order):
        return sum(np.sign(order[j] - order[i]) for i in range(len(order)) for j in range(i + 1, len(order)))

    if len(values) <= 6:
        every = [abs(s_of(order)) for order in permutations(values)]
        s, p = mann_kendall(values)
        assert s == s_of(values)
        assert p == pytest.approx(np.mean([e >= abs(s) for e in every]))


def test_beyond_eight_years_ties_take_the_corrected_normal_form():
    values = [1, 1, 2, 3, 3, 4, 5, 5, 6, 7]
    s, p = mann_kendall(values)
    variance = (10 * 9 * 25 - 3 * 2 * 1 * 9) / 18
    assert s == 42
    assert p == pytest.approx(2 * stats.norm.sf((42 - 1) / np.sqrt(variance)))


def test_the_smallest_p_of_four_years_cannot_convince():
    assert mann_kendall([1, 2, 3, 4])[1] == pytest.approx(2 / 24)


@given(SERIES)
def test_reversing_a_series_reverses_s_and_keeps_p(values):
    s, p = mann_kendall(values)
    assert mann_kendall(values[::-1]) == (-s, pytest.approx(p))
    assert 0 < p <= 1


def test_a_constant_series_has_no_trend():
    assert mann_kendall([3, 3, 3, 3, 3]) == (0, 1.0)


@pytest.mark.parametrize("seed", range(6))
def test_slope_and_interval_agree_with_scipy(seed):
    rng = np.random.default_rng(seed)
    years, values = np.arange(2011, 2021), rng.normal(size=10).cumsum()
    expected = stats.theilslopes(values, years, alpha=0.95)
    assert theil_sen(years, values) == pytest.approx(
        (expected.slope, expected.low_slope, expected.high_slope)
    )


def test_a_slope_is_per_year_not_per_row():
    assert theil_sen([2011, 2013, 2017], [1, 3, 7])[0] == 1


@pytest.mark.parametrize("years, confidence", [([2011, 2011], 0.95), ([2011, 2012], 1.0)])
def test_a_slope_refuses_what_makes_no_sense(years, confidence):
    with pytest.raises(cds.ParameterError):
        theil_sen(years, [1, 2], confidence=confidence)


def test_verdicts():
    series = {"up": range(9), "down": range(9, 0, -1), "flat": [1, 2, 1, 2, 1, 2, 1, 2, 1], "short": range(4)}
    found = dict(trends(table(series), NO_BREAKS).select("province_id", "verdict").rows())
    assert found == {"up": "rising", "down": "falling", "flat": "no_trend", "short": "too_short"}


def test_a_short_series_gets_no_slope_and_no_p():
    row = trends(table({"p": range(4)}), NO_BREAKS).row(0, named=True)
    assert (row["n_years"], row["slope_per_year"], row["p_value"], row["p_adjusted"]) == (4, None, None, None)


def test_a_trend_never_crosses_a_break():
    cut = pl.DataFrame({"index_id": ["x"], "dimension_id": ["overall"], "year": [2015]})
    found = trends(table({"p": range(10)}), cut)
    assert found.select("segment", "first_year", "last_year", "n_years").rows() == [
        (0, 2010, 2014, 5),
        (2015, 2015, 2019, 5),
    ]


def test_correction_for_many_provinces_by_hand():
    # p-values of S = 10, 8, 6 with five years: 2/120, 10/120, 28/120 (Kendall's table)
    series = {"a": [1, 2, 3, 4, 5], "b": [2, 1, 3, 4, 5], "c": [2, 1, 4, 3, 5]}
    found = trends(table(series), NO_BREAKS)
    assert found["p_value"].to_list() == pytest.approx([2 / 120, 10 / 120, 28 / 120])
    assert found["p_adjusted"].to_list() == pytest.approx([3 * 2 / 120, 1.5 * 10 / 120, 28 / 120])


def test_four_years_of_papi_since_2021_give_no_verdict(data):
    papi = data.scores.filter(pl.col("index_id") == "papi", pl.col("dimension_id") == "overall")
    found = trends(papi, data.breaks)
    assert set(found.filter(pl.col("segment") == 2021)["verdict"]) == {"too_short"}
    assert (
        found.filter(pl.col("n_years") < 5)["slope_per_year"].null_count()
        == found.filter(pl.col("n_years") < 5).height
    )


def start_and_end(start, end):
    both = table({f"p{i:02d}": (a, b) for i, (a, b) in enumerate(zip(start, end))})
    return both.with_columns(year=2010 + 4 * (pl.col("year") - 2010))  # four years apart


def test_beta_and_its_hc3_interval_by_hand():
    rng = np.random.default_rng(1)
    start = rng.normal(50, 5, 60)
    end = start + 3 - 0.2 * (start - 50) + rng.normal(0, 1, 60)
    row = convergence(start_and_end(start, end), NO_BREAKS).row(0, named=True)
    x = np.column_stack([np.ones(60), start])
    y = (end - start) / 4
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    residual = y - x @ beta
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    variance = inverse @ (x.T * (residual / (1 - leverage)) ** 2) @ x @ inverse
    reach = stats.t.ppf(0.975, 58) * np.sqrt(variance[1, 1])
    assert (row["beta"], row["beta_low"], row["beta_high"]) == pytest.approx(
        (beta[1], beta[1] - reach, beta[1] + reach)
    )
    assert row["p_sigma"] == pytest.approx(stats.pearsonr(end + start, end - start).pvalue)
    assert (row["sd_first"], row["sd_last"]) == pytest.approx((start.std(ddof=1), end.std(ddof=1)))


def test_pure_noise_around_fixed_levels_is_not_called_convergence():
    rng = np.random.default_rng(3)
    level = rng.normal(50, 1, 60)
    readings = []
    for _ in range(20):
        noisy = start_and_end(level + rng.normal(0, 2, 60), level + rng.normal(0, 2, 60))
        readings.append(convergence(noisy, NO_BREAKS)["reading"].item())
    # Beta alone is fooled by regression to the mean in nearly every draw; the test of the spread is not.
    assert readings.count("only_beta") >= 15
    assert readings.count("converging") <= 3


def test_convergence_needs_two_years_and_a_full_table(data):
    found = convergence(data.scores.filter(pl.col("index_id").is_in(["papi", "par", "dti"])), data.breaks)
    assert "par" not in set(found["index_id"])
    assert (found["last_year"] - found["first_year"] >= 3).all()
    assert (found["n_provinces"] >= 50).all()


@given(st.lists(st.integers(0, 5), min_size=9, max_size=14))
def test_the_normal_form_agrees_with_pymannkendall(values):
    if 1 < len(set(values)) < len(values):
        oracle = pymannkendall.original_test(values)
        s, p = mann_kendall(values)
        assert (s, p) == (oracle.s, pytest.approx(oracle.p, abs=1e-9))
        assert theil_sen(range(len(values)), values)[0] == pytest.approx(oracle.slope)


SCALE = pl.DataFrame({"index_id": "x", "dimension_id": "overall", "scale_min": 0.0, "scale_max": 100.0})


def test_near_the_ceiling_the_distance_to_it_is_read():
    found = ceiling_gaps(table({"p": [70, 80, 90], "q": [10, 20, 30], "r": [90, 95, 97.5]}), NO_BREAKS, SCALE)
    rows = {r["province_id"]: r for r in found.iter_rows(named=True)}
    assert set(rows) == {"p", "r"}
    assert (rows["r"]["gap_first"], rows["r"]["gap_last"], rows["r"]["closed_per_year"]) == (
        10,
        2.5,
        pytest.approx(0.5),
    )
    assert rows["p"]["closed_per_year"] == pytest.approx(1 - (10 / 30) ** 0.5)


def test_a_ceiling_is_not_read_across_a_break_and_a_single_year_has_no_pace():
    cut = pl.DataFrame({"index_id": "x", "dimension_id": "overall", "year": [2012]})
    found = ceiling_gaps(table({"p": [85, 90, 95]}), cut, SCALE)
    assert found.select("first_year", "last_year", "closed_per_year").rows() == [
        (2010, 2011, pytest.approx(1 / 3)),
        (2012, 2012, None),
    ]


def test_the_top_itself_has_no_distance_to_close():
    assert ceiling_gaps(table({"p": [100, 99]}), NO_BREAKS, SCALE)["closed_per_year"].to_list() == [None]
