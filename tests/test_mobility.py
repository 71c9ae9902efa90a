from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import cds_analysis as cds
from cds_analysis.measures.mobility import kendall_w, mobility, rank_agreement
from cds_analysis.measures.ranks import random_move


def ranked(years, *, full=True):
    rows = [
        ("x", "overall", 2020 + k, f"p{i}", r, full, 0)
        for k, ranks in enumerate(years)
        for i, r in enumerate(ranks)
        if r is not None
    ]
    return pl.DataFrame(
        rows,
        schema=["index_id", "dimension_id", "year", "province_id", "rank", "is_full", "segment"],
        orient="row",
    )


def test_mobility_agrees_with_scipy(data):
    table = cds.ranks(data.scores, data.breaks, data.indices).filter(
        pl.col("index_id") == "dti", pl.col("dimension_id") == "overall"
    )
    row = mobility(table).filter(pl.col("year_to") == 2023).row(0, named=True)
    both = table.filter(pl.col("year") == 2022).join(table.filter(pl.col("year") == 2023), on="province_id")
    a, b = both["rank"].to_numpy(), both["rank_right"].to_numpy()
    assert row["spearman"] == pytest.approx(stats.spearmanr(a, b).statistic)
    assert row["kendall"] == pytest.approx(stats.kendalltau(a, b).statistic)
    assert row["mean_shift"] == pytest.approx(np.abs(a.astype(float) - b).mean())


def test_provinces_of_one_year_only_take_no_part():
    row = mobility(ranked([[1, 2, 3, 4, 5], [2, 3, None, 4, 1]])).row(0, named=True)
    # p2 is left out: 1, 2, 3, 4 became 2, 3, 4, 1
    assert (row["n_common"], row["mean_shift"]) == (4, 1.5)


def test_a_sample_is_not_compared():
    assert mobility(ranked([[1, 2, 3], [3, 2, 1]], full=False)).height == 0


@pytest.mark.parametrize("n", [3, 5, 7])
def test_the_random_shift_is_the_mean_over_all_orders(n):
    shifts = [sum(abs(i - v) for i, v in enumerate(order)) / n for order in permutations(range(n))]
    assert random_move(n) == pytest.approx(np.mean(shifts))


def test_w_by_hand():
    # Kendall's own example of complete disagreement and agreement, and one worked by hand: totals 4, 5, 9; S
    # = 14; W = 12 * 14 / (9 * 24).
    assert kendall_w([[1, 2, 3], [1, 2, 3], [2, 1, 3]]) == pytest.approx(12 * 14 / (9 * 24))


@given(st.integers(3, 6), st.integers(3, 8), st.integers(0, 1000))
def test_w_agrees_with_the_mean_rank_correlation(m, n, seed):
    table = np.random.default_rng(seed).normal(size=(m, n))
    mean_r = np.mean([stats.spearmanr(table[i], table[j]).statistic for i in range(m) for j in range(i)])
    assert kendall_w(table) == pytest.approx((mean_r * (m - 1) + 1) / m)


def test_w_with_ties_agrees_with_friedman():
    table = np.array([[1, 1, 2, 3], [2, 1, 3, 3], [1, 2, 2, 4]])
    chi2 = stats.friedmanchisquare(*table.T).statistic
    assert kendall_w(table) == pytest.approx(chi2 / (3 * 3))


def test_agreement_over_the_years_of_papi_is_more_than_chance(data):
    table = cds.ranks(data.scores, data.breaks, data.indices).filter(
        pl.col("index_id") == "papi", pl.col("dimension_id") == "overall"
    )
    row = rank_agreement(table, draws=200).row(0, named=True)
    assert row["n_common"] + row["n_left_out"] == 63 and row["n_years"] == 14
    assert row["p_value"] == pytest.approx(1 / 201)
    assert row["w_random"] == pytest.approx(1 / 14, abs=0.01)


def test_agreement_is_the_same_for_the_same_seed():
    table = ranked([[1, 2, 3, 4], [2, 1, 4, 3], [1, 3, 2, 4]])
    assert rank_agreement(table, draws=50, seed=3).equals(rank_agreement(table, draws=50, seed=3))


@pytest.mark.parametrize("values", [[[1, 2, 3]], [[1], [2]], [[1, None], [2, 1]]])
def test_w_of_too_little_is_refused(values):
    with pytest.raises(cds.ParameterError, match="concordance"):
        kendall_w(np.array(values, dtype=float))


def test_a_change_of_definition_between_two_years_is_said():
    import small_world as small
    from lawful import ranked_of

    found = mobility(ranked_of(small.world())).filter(pl.col("index_id") == "x", pl.col("crosses_break"))
    assert found.select("dimension_id", "year_from", "year_to").rows() == [("a", 2017, 2018)]
