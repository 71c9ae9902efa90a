import polars as pl
import pytest

import cds_analysis as cds
from cds_analysis.measures import simulation as sim


def test_the_exact_test_keeps_its_level_where_years_are_independent():
    rates = sim.false_alarms(years=(5, 8), draws=800).filter(pl.col("process") == "independent")
    assert (rates["rate"] <= rates["nominal"] + 3 * rates["mc_error"]).all()


def test_lingering_years_raise_false_alarms():
    rates = dict(sim.false_alarms(years=(10,), draws=400).select("process", "rate").iter_rows())
    assert rates["independent"] < rates["lingering_06"] < rates["random_walk"]


def test_bands_and_slopes_hold_what_they_promise():
    for rates in (sim.band_coverage(years=(6,), draws=600), sim.slope_coverage(years=(10,), draws=400)):
        row = rates.filter(pl.col("process") == "independent").row(0, named=True)
        assert row["rate"] >= row["nominal"] - 3 * row["mc_error"]


def test_rank_sets_hold_the_true_ranks():
    rates = sim.rank_set_coverage(n=6, draws=120, inner_draws=200)
    assert (rates["rate"] >= rates["nominal"] - 3 * rates["mc_error"]).all()
    assert rates.height == 6


def test_beta_alone_mistakes_noise_for_convergence():
    assert sim.beta_in_noise(draws=40)["rate"].item() > 0.8


def test_the_same_seed_gives_the_same_rates():
    assert sim.false_alarms(years=(5,), draws=30, seed=7).equals(
        sim.false_alarms(years=(5,), draws=30, seed=7)
    )


def test_an_unknown_process_is_refused():
    with pytest.raises(cds.ParameterError, match="process"):
        sim.noise("sunspots", (1, 5), seed=1)
