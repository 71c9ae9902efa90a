from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import cds_analysis as cds
from cds_analysis.dataset.series import score_values

END = date(2024, 12, 31)
PLACES = pl.DataFrame({"province_id": list("abcdef"), "region_id": ["n", "n", "n", "s", "s", "s"]})


def values(numbers, direction=1, series="x", as_of=END):
    frame = {
        "province_id": list("abcdef")[: len(numbers)],
        "series_id": series,
        "as_of": as_of,
        "value": [float(n) for n in numbers],
    }
    return pl.DataFrame({**frame, "direction": direction, "source_id": "src"})


def test_medians_differences_and_best():
    result = cds.compare(values([1, 2, 6, 3, 8, 10]), PLACES)
    assert result["national_median"].unique().to_list() == [4.5]
    assert dict(result.select("province_id", "region_median").rows()) == {
        "a": 2,
        "b": 2,
        "c": 2,
        "d": 8,
        "e": 8,
        "f": 8,
    }
    assert result["diff_national"].to_list() == [-3.5, -2.5, 1.5, -1.5, 3.5, 5.5]
    assert result["diff_best"].to_list() == [-9, -8, -4, -7, -2, 0]
    assert result["percentile"].to_list() == [0, 20, 60, 40, 80, 100]


def test_robust_z_agrees_with_scipy():
    numbers = [1, 2, 6, 3, 8, 10]
    expected = (np.array(numbers) - np.median(numbers)) / stats.median_abs_deviation(numbers, scale="normal")
    assert cds.compare(values(numbers), PLACES)["robust_z"].to_list() == pytest.approx(expected, rel=1e-4)


def test_equal_values_give_zero_differences_and_no_z():
    result = cds.compare(values([5] * 6), PLACES)
    assert set(result["diff_national"]) == set(result["diff_best"]) == {0}
    assert result["robust_z"].null_count() == 6
    assert set(result["percentile"]) == {50}


def test_a_province_alone_has_no_percentile():
    assert cds.compare(values([5]), PLACES)["percentile"].to_list() == [None]


def test_a_missing_province_does_not_take_part():
    result = cds.compare(values([1, 2, 3]), PLACES)
    assert result["province_id"].to_list() == ["a", "b", "c"]
    assert result["n_reporting"].unique().to_list() == [3]


def test_old_values_are_left_out_and_later_ones_are_not_looked_at():
    both = pl.concat([values([1, 2, 3], as_of=date(2020, 12, 31)), values([9], as_of=END)])
    assert cds.compare(both, PLACES)["province_id"].to_list() == ["a"]
    assert cds.compare(both, PLACES, as_of=date(2021, 6, 30))["value"].to_list() == [1, 2, 3]
    assert cds.compare(both, PLACES, max_age=5)["n_reporting"].unique().to_list() == [3]


def test_coverage_travels_with_the_result():
    both = pl.concat([values([1], as_of=date(2023, 12, 31)), values([2], as_of=END)])
    row = cds.compare(both, PLACES).row(0, named=True)
    assert (row["value"], row["n_obs"], row["first_as_of"], row["source_ids"]) == (
        2,
        2,
        date(2023, 12, 31),
        ["src"],
    )


def test_median_of_peers_skips_peers_without_a_value():
    peers = pl.DataFrame({"province_id": ["a", "a", "a"], "peer_id": ["b", "c", "z"]})
    result = cds.compare(values([1, 2, 6]), PLACES, peers=peers)
    row = result.row(by_predicate=pl.col("province_id") == "a", named=True)
    assert (row["peer_median"], row["n_peers"], row["diff_peers"]) == (4, 2, -3)
    assert result.filter(pl.col("province_id") == "b")["n_peers"].item() == 0


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=6))
def test_reversing_the_direction_reverses_the_order(numbers):
    up, down = cds.compare(values(numbers), PLACES), cds.compare(values(numbers, direction=-1), PLACES)
    assert down["diff_national"].to_list() == pytest.approx([-v for v in up["diff_national"]])
    assert down["percentile"].to_list() == pytest.approx([100 - v for v in up["percentile"]])
    assert (down["diff_best"] <= 0).all() and (up["diff_best"] <= 0).all()


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=6), st.integers(-20, 20))
def test_a_shift_of_all_values_changes_no_difference(numbers, shift):
    before, after = (
        cds.compare(values(numbers), PLACES),
        cds.compare(values([n + shift for n in numbers]), PLACES),
    )
    assert before["diff_national"].to_list() == pytest.approx(after["diff_national"].to_list())


def test_max_age_must_be_positive():
    with pytest.raises(cds.ParameterError, match="max_age"):
        cds.compare(values([1]), PLACES, max_age=0)


def test_percentile_agrees_with_scipy_on_papi(data):
    scores = data.scores.filter(
        pl.col("index_id") == "papi", pl.col("dimension_id") == "overall", pl.col("year") == 2024
    )
    result = cds.compare(score_values(scores), data.provinces)
    ranks = stats.rankdata(result["value"].to_numpy(), method="average")
    assert result["percentile"].to_list() == pytest.approx(list(100 * (ranks - 1) / 60))


def test_peers_of_a_hand_made_country():
    context = pl.DataFrame(
        {
            "province_id": ["a", "b", "c", "d"],
            "year": 2024,
            "population_thousand": [1000.0, 1010.0, 5000.0, 900.0],
            "urban_population_thousand": [300.0, 303.0, 4000.0, 270.0],
            "grdp_per_capita_million_vnd": [60.0, 61.0, 200.0, 40.0],
        }
    )
    peers = cds.structural_peers(context, k=1)
    assert dict(peers.select("province_id", "peer_id").rows()) == {"a": "b", "b": "a", "c": "b", "d": "a"}


def test_every_province_has_k_peers_and_is_not_its_own(data):
    peers = cds.structural_peers(data.context, k=5)
    assert peers.group_by("province_id").len()["len"].unique().to_list() == [5]
    assert peers.filter(pl.col("province_id") == pl.col("peer_id")).height == 0


@pytest.mark.parametrize(
    "options, words",
    [({"k": 0}, "k must be"), ({"k": 63}, "k must be"), ({"year": 1999}, "no context figures")],
)
def test_peers_refuse_what_makes_no_sense(data, options, words):
    with pytest.raises(cds.ParameterError, match=words):
        cds.structural_peers(data.context, **options)


def test_peers_agree_with_a_plain_loop_however_many_are_looked_at_at_once(data, monkeypatch):
    context = data.context.filter(pl.col("year") == 2024)
    rows = context.sort("province_id").with_columns(
        a=pl.col("grdp_per_capita_million_vnd").log(),
        b=pl.col("population_thousand").log(),
        c=pl.col("urban_population_thousand") / pl.col("population_thousand"),
    )
    z = stats.zscore(rows.select("a", "b", "c").to_numpy(), ddof=1)
    names = rows["province_id"].to_list()
    plain = []
    for i, name in enumerate(names):
        far = sorted(
            (float(np.sqrt(((z[i] - z[j]) ** 2).sum())), m) for j, m in enumerate(names) if m != name
        )
        plain += [(name, peer, k + 1, pytest.approx(d)) for k, (d, peer) in enumerate(far[:3])]
    for block in (500, 4, 1):
        monkeypatch.setattr("cds_analysis.measures.compare._BLOCK", block)
        assert cds.structural_peers(context, k=3).drop("year").rows() == plain


def test_equally_near_peers_come_in_order_of_their_id_and_who_lacks_a_figure_is_like_nobody():
    context = pl.DataFrame(
        {
            "province_id": ["d", "b", "c", "a", "e"],
            "year": 2024,
            "population_thousand": [1000.0, 1000.0, 1000.0, 1000.0, None],
            "urban_population_thousand": [300.0] * 5,
            "grdp_per_capita_million_vnd": [60.0, 60.0, 60.0, 90.0, 60.0],
        }
    )
    found = cds.structural_peers(context, k=2)
    assert found.filter(pl.col("province_id") == "a")["peer_id"].to_list() == ["b", "c"]
    assert found.filter(pl.col("province_id") == "c")["peer_id"].to_list() == ["b", "d"]
    assert "e" not in found["province_id"] and "e" not in found["peer_id"]
    with pytest.raises(cds.ParameterError, match="k must be from 1 to 3"):
        cds.structural_peers(context, k=4)
