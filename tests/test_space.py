import numpy as np
import polars as pl
import pytest
from giddy.rank import Theta
from hypothesis import given
from hypothesis import strategies as st
from inequality.theil import TheilD

import cds_analysis as cds
from cds_analysis.measures.regional import rank_cohesion, region_split, theil, theta

GROUPED = st.lists(st.tuples(st.floats(0.1, 100), st.sampled_from("abc")), min_size=2, max_size=30)


@pytest.fixture(scope="module")
def overall(data):
    return cds.ranks(data.scores, data.breaks, data.indices).filter(
        pl.col("dimension_id") == "overall", pl.col("index_id") == "papi"
    )


@given(GROUPED)
def test_theil_agrees_with_inequality(rows):
    x, groups = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    total, between, within = theil(x, groups)
    oracle = TheilD(x, groups)
    assert (total, between, within) == pytest.approx(
        (float(oracle.T), float(oracle.bg[0]), float(oracle.wg[0])), abs=1e-12
    )
    assert between >= -1e-12 and within >= -1e-12


@given(GROUPED, st.floats(0.01, 100))
def test_theil_does_not_depend_on_the_unit(rows, factor):
    x, groups = np.array([r[0] for r in rows]), [r[1] for r in rows]
    assert theil(x * factor, groups)[0] == pytest.approx(theil(x, groups)[0], abs=1e-9)


@pytest.mark.parametrize("values", [[1.0, -1.0], [0.0, 0.0], [1.0, np.nan]])
def test_theil_refuses_what_it_cannot_split(values):
    with pytest.raises(cds.ParameterError, match="Theil"):
        theil(values, ["a", "b"])


@given(st.permutations(range(12)), st.permutations(range(12)))
def test_theta_agrees_with_giddy(first, last):
    groups = np.array(list("aaabbbcccddd"))
    if first != last:
        oracle = Theta(np.column_stack([first, last]), groups, permutations=1)
        assert theta(first, last, groups) == pytest.approx(float(np.ravel(oracle.theta)[0]))


def test_nothing_moved_has_no_cohesion():
    assert np.isnan(theta([1, 2], [1, 2], ["a", "b"]))


def test_the_split_is_whole_and_random_regions_split_little(overall, data):
    split = region_split(overall, data.provinces, draws=100)
    assert (split["between"] + split["within"] - split["total"]).abs().max() < 1e-12
    # Expected share of six random groups of 61-63 is about 5/62.
    assert split["share_random"].mean() == pytest.approx(5 / 61, abs=0.01)
    assert split["p_value"].min() >= 1 / 101


def test_cohesion_of_moves_lies_between_none_and_all(overall, data):
    moved = rank_cohesion(overall, data.provinces, draws=50)
    assert moved.height == 13
    assert moved.select(
        pl.col("theta").is_between(0, 1).all(), pl.col("p_value").is_between(1 / 51, 1).all()
    ).row(0) == (True, True)


def test_a_region_that_moves_as_one_is_found(data):
    first = data.provinces.sort("region_id", "province_id").with_row_index("rank", offset=1)
    moved = first.with_columns(rank=(pl.col("rank") + 20) % 63 + 1)
    rows = [
        f.select(
            index_id=pl.lit("x"),
            dimension_id=pl.lit("overall"),
            year=pl.lit(y),
            province_id="province_id",
            rank="rank",
            is_full=True,
        )
        for y, f in ((2020, first), (2021, moved))
    ]
    row = rank_cohesion(pl.concat(rows), data.provinces, draws=200).row(0, named=True)
    assert row["p_value"] < 0.01 and row["theta"] > 0.8
