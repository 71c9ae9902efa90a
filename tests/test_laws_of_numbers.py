"""The same laws for the functions that read plain numbers: order, unit and direction do what they should.

Simulations of what the methods promise obey one law: the same seed gives the same table, whatever was drawn
before, and the rates lie where a rate can.
"""

from dataclasses import fields, replace
from itertools import permutations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import cds_analysis as cds
from cds_analysis.measures.change_simulation import CASES, change_rates, table_without_change
from cds_analysis.measures.changes import is_separated
from cds_analysis.measures.corrections import benjamini_hochberg, holm
from cds_analysis.measures.forecast import predict_line
from cds_analysis.measures.mobility import kendall_w
from cds_analysis.measures.rank_draws import draw_ranks, places
from cds_analysis.measures.rank_method import rank_draws
from cds_analysis.measures.rank_sampling import rank_sets
from cds_analysis.measures.ranks import random_move
from cds_analysis.measures.regional import theil, theta
from cds_analysis.measures.simulation import (
    PROCESSES,
    band_coverage,
    beta_in_noise,
    false_alarms,
    noise,
    rank_set_coverage,
    slope_coverage,
)
from cds_analysis.measures.state_space import (
    Estimate,
    estimate,
    log_likelihood,
    smooth,
    step_statistics,
    surprises,
)
from cds_analysis.measures.tails import freedom_of, two_sided
from cds_analysis.measures.trends import mann_kendall, theil_sen
from cds_analysis.measures.units import in_units

SUBJECTS = set()


def about(*functions):
    """Note which functions a test is about."""
    SUBJECTS.update(f.__name__ for f in functions)
    return lambda test: test


RNG = np.random.default_rng(5)
X = RNG.normal(20, 4, 12)
ORDER = RNG.permutation(12)
REGION = np.array(["r0", "r1", "r2"])[np.arange(12) % 3]
Z = RNG.standard_normal((12, 7)) + RNG.standard_normal((12, 1))
Z[3, 2] = Z[7, 0] = np.nan
BREAK = np.array([False, False, False, True, False, False, False])
KNOWN = Estimate(0.8, 0.6, 0.5, (None, None, None), 0.0, True)


@about(random_move)
@pytest.mark.parametrize("n", [2, 3, 5])
def test_random_moves_are_the_mean_over_all_orders(n):
    moves = [abs(i - place) for order in permutations(range(n)) for i, place in enumerate(order)]
    assert random_move(n) == pytest.approx(np.mean(moves))


@about(mann_kendall)
@pytest.mark.parametrize("values", [X, X[:6], np.round(X / 4), np.round(X[:7] / 4)])
def test_a_trend_test_turns_with_the_series_and_knows_no_unit(values):
    s, p = mann_kendall(values)
    assert mann_kendall(values * 3 + 1) == (s, p) and mann_kendall(np.exp(values)) == (s, p)
    assert mann_kendall(-values) == (-s, p) and mann_kendall(values[::-1]) == (-s, p)


@about(theil_sen)
def test_a_slope_turns_with_the_series_and_bears_its_unit():
    t = np.array([2001, 2002, 2004, 2005, 2009, 2010])
    slope, low, high = theil_sen(t, X[:6])
    assert theil_sen(t, 3 * X[:6] + 7) == pytest.approx((3 * slope, 3 * low, 3 * high))
    assert theil_sen(2 * t, X[:6]) == pytest.approx((slope / 2, low / 2, high / 2))
    assert theil_sen(t, -X[:6]) == pytest.approx((-slope, -high, -low))
    order = [3, 0, 5, 1, 4, 2]
    assert theil_sen(t[order], X[:6][order]) == (slope, low, high)


@about(predict_line)
def test_a_line_bears_the_unit_of_its_figures():
    t = np.arange(6.0)
    centre, error, freedom = predict_line(t, X[:6], 9)
    for k, base in ((3, 7), (-1, 0)):
        other = predict_line(t, k * X[:6] + base, 9)
        assert other[0] == pytest.approx(k * centre + base)
        assert other[1:] == (pytest.approx(abs(k) * error), freedom)
    order = [3, 0, 5, 1, 4, 2]
    assert predict_line(t[order], X[:6][order], 9)[:2] == pytest.approx((centre, error))
    assert predict_line(t + 2000, X[:6], 2009)[:2] == pytest.approx((centre, error))


@about(kendall_w)
def test_agreement_knows_neither_unit_nor_order_nor_direction():
    table = RNG.integers(0, 6, (4, 9)).astype(float)  # with ties
    w = kendall_w(table)
    assert 0 < w < 1
    for other in (3 * table, -table, table[::-1], table[:, RNG.permutation(9)], table**3):
        assert kendall_w(other) == pytest.approx(w, abs=1e-12)


@about(theil, theta)
def test_regions_know_neither_unit_nor_order_nor_their_own_names():
    whole = theil(X, REGION)
    assert whole[0] == pytest.approx(whole[1] + whole[2]) and min(whole) > 0
    assert theil(3 * X, REGION) == pytest.approx(whole)
    assert theil(X[ORDER], REGION[ORDER]) == pytest.approx(whole)
    assert theil(X, np.char.add("x", REGION)) == pytest.approx(whole)
    assert theil(np.tile(X, 2), np.tile(REGION, 2)) == pytest.approx(whole)
    before, after = np.arange(12), ORDER
    seen = theta(before, after, REGION)
    assert theta(after, before, REGION) == theta(-before, -after, REGION) == seen
    assert theta(before[ORDER], after[ORDER], REGION[ORDER]) == pytest.approx(seen)


@about(benjamini_hochberg, holm)
@pytest.mark.parametrize("corrected", [benjamini_hochberg, holm])
def test_corrections_follow_their_p_values(corrected):
    p = RNG.uniform(0, 0.2, 12)
    q = corrected(p)
    assert np.allclose(corrected(p[ORDER]), q[ORDER])
    assert (q >= p).all() and (q <= 1).all() and (np.diff(q[p.argsort()]) >= 0).all()
    assert corrected(p[:1]).tolist() == p[:1].tolist()
    assert (corrected([*p, 1.0])[:-1] >= q - 1e-15).all()  # one more looked at never makes them surer


@about(rank_sets)
@pytest.mark.parametrize("simultaneous", [False, True])
def test_rank_sets_know_no_unit_and_hold_their_rank(simultaneous):
    errors = RNG.uniform(0.5, 2, 12)
    low, high = rank_sets(X, errors, simultaneous=simultaneous)
    rank = 1 + (X[None, :] > X[:, None]).sum(axis=1)
    assert (low <= rank).all() and (rank <= high).all() and (low < high).any()
    for k in (3, 0.01):
        again = rank_sets(k * X + 9, k * errors, simultaneous=simultaneous)
        assert [a.tolist() for a in again] == [low.tolist(), high.tolist()]
    sure = rank_sets(X, np.zeros(12), simultaneous=simultaneous)
    assert [a.tolist() for a in sure] == [rank.tolist()] * 2
    wider = rank_sets(X, errors, simultaneous=simultaneous, level=0.99)
    assert (wider[0] <= low).all() and (wider[1] >= high).all()


@about(rank_draws)
def test_ranks_of_other_recipes_know_no_unit_and_no_order():
    table = RNG.uniform(1, 9, (12, 4))
    ranks = rank_draws(table, draws=60)
    assert (rank_draws(3 * table, draws=60) == ranks).all()
    assert (rank_draws(table[ORDER], draws=60) == ranks[:, ORDER]).all()
    assert (np.sort(ranks, axis=1) == np.arange(1, 13)).all()
    plain = rank_draws(table[:, :1], draws=60)  # of one part every recipe is the same
    assert (plain == 1 + (table[None, :, 0] > table[:, None, 0]).sum(axis=1)).all()


@about(places, draw_ranks)
def test_places_and_drawn_ranks():
    z = np.round(Z)
    mine = places(z)
    assert np.array_equal(places(z[ORDER]), mine[ORDER], equal_nan=True)
    assert np.array_equal(places(3 * z + 1), mine, equal_nan=True)
    assert mine[0, 0] == 1 + (z[:, 0] > z[0, 0]).sum()
    sure = draw_ranks(z + np.arange(12)[:, None] / 100, np.zeros((12, 7, 7)), ~np.isnan(z), draws=100, seed=1)
    wanted = places(z + np.arange(12)[:, None] / 100)
    for name in ("median_rank", "rank_low_95", "rank_high_95"):
        assert np.array_equal(sure[name], wanted, equal_nan=True)
    assert np.array_equal(sure["n_ranked"][0], (~np.isnan(z)).sum(axis=0))
    known = ~np.isnan(z)
    assert (sure["p_top_ten"][known] == (wanted <= 10)[known]).all()
    last_ten = wanted > sure["n_ranked"] - 10
    assert (sure["p_bottom_ten"][known] == last_ten[known]).all()


@about(log_likelihood, smooth, step_statistics, surprises)
def test_the_model_turns_with_the_figures_and_each_province_is_for_itself():
    def said(z, rows=slice(None)):
        means, covariances = smooth(z, BREAK, KNOWN)
        steps, news = step_statistics(z, BREAK, KNOWN, 4, 5), surprises(z, BREAK, KNOWN)
        return [a[rows] for a in (means, covariances, steps, news)]

    first, turned = said(Z), said(-Z)
    for sign, a, b in zip((-1, 1, -1, -1), first, turned):
        assert np.allclose(b, sign * a, equal_nan=True)
    for a, b in zip(first, said(Z[ORDER])):
        assert np.allclose(b, a[ORDER], equal_nan=True)
    for a, b in zip(said(Z, slice(0, 5)), said(Z[:5])):
        assert np.allclose(a, b, equal_nan=True)
    each = [log_likelihood(row[None], BREAK, 0.8, 0.6, 0.5) for row in Z]
    assert log_likelihood(Z, BREAK, 0.8, 0.6, 0.5) == pytest.approx(sum(each))
    assert log_likelihood(-Z, BREAK, 0.8, 0.6, 0.5) == pytest.approx(sum(each))


@about(estimate)
def test_estimates_know_neither_order_nor_direction():
    found = estimate(Z, BREAK)
    for other in (-Z, Z[ORDER]):
        again = estimate(other, BREAK)
        assert (again.phi, again.s2, again.kappa) == pytest.approx(
            (found.phi, found.s2, found.kappa), abs=1e-4
        )
        assert again.log_likelihood == pytest.approx(found.log_likelihood)
    near = [found.phi, found.s2, found.kappa]
    for k in range(3):  # no neighbour is likelier
        for step in (-0.02, 0.02):
            other = [min(max(v + step * (i == k), 1e-4), 1 - 1e-4) for i, v in enumerate(near)]
            assert log_likelihood(Z, BREAK, *other) <= found.log_likelihood + 1e-6


@about(is_separated)
def test_noise_is_told_from_none_by_two_standard_errors():
    assert is_separated(0.21, 0.1) and not is_separated(0.19, 0.1) and not is_separated(0.9, None)


@about(freedom_of, two_sided)
def test_tails_know_neither_sign_nor_order():
    residuals = np.concatenate([RNG.standard_t(4, 200) / 2**0.5, [np.nan]])
    found = freedom_of(residuals)
    assert freedom_of(-residuals) == freedom_of(residuals[~np.isnan(residuals)]) == found
    assert freedom_of(residuals[::-1]) == pytest.approx(found)
    away = np.array([0.0, 1.0, -1.0, 3.0])
    p = two_sided(away, 5.0)
    assert p[0] == 1 and p[1] == p[2] > p[3] > 0
    assert two_sided(away, 3.0)[3] > two_sided(away, 100.0)[3]  # heavier tails, less sure


SIMULATED = {
    false_alarms: {"years": (5, 8), "draws": 40},
    slope_coverage: {"years": (5, 8), "draws": 40},
    band_coverage: {"years": (5, 8), "draws": 40},
    rank_set_coverage: {"n": 5, "draws": 10, "inner_draws": 50},
    beta_in_noise: {"n": 20, "draws": 8},
    change_rates: {"n_provinces": 12, "draws": 1},
}


@about(*SIMULATED)
@pytest.mark.parametrize("simulated", SIMULATED, ids=lambda f: f.__name__)
def test_a_simulation_is_its_seed(simulated):
    settings = SIMULATED[simulated]
    first = simulated(**settings, seed=3)
    np.random.default_rng(99).normal(size=9)
    assert_frame_equal(simulated(**settings, seed=3), first)
    rates = [
        c for c in first.columns if c in ("rate", "alone", "any_holds", "likely", "refused", "any_trend")
    ]
    for name in [*rates, *(c for c in first.columns if c.startswith("power"))]:
        assert first[name].is_between(0, 1).all()
    assert (first["seed"] == 3).all() and (first["draws"] == settings["draws"]).all()
    assert (first["mc_error"] > 0).all()
    if "years" in settings:  # of years beside each other each is for itself
        alone = simulated(**{**settings, "years": (8,)}, seed=3)
        assert_frame_equal(first.filter(pl.col("n_years") == 8), alone)


@about(noise)
@pytest.mark.parametrize("process", PROCESSES)
def test_noise_lingers_as_it_says(process):
    series = noise(process, (4000, 6), 2)
    assert np.array_equal(series, noise(process, (4000, 6), 2))
    if process == "random_walk":
        assert np.var(series, axis=0) == pytest.approx(np.arange(1, 7), rel=0.1)
        return
    near = np.corrcoef(series[:, 3], series[:, 4])[0, 1]
    assert near == pytest.approx(PROCESSES[process], abs=0.05)
    assert np.var(series[:, 0]) == pytest.approx(
        np.var(series[:, 5]), rel=0.1
    )  # in its long-run state at once


@about(table_without_change)
@pytest.mark.parametrize("case", CASES)
def test_a_table_without_change_is_what_its_case_says(case):
    figures, is_break = table_without_change(case, n_provinces=4000, seed=6)
    again, _ = table_without_change(case, n_provinces=4000, seed=6)
    assert np.array_equal(figures, again) and figures.shape == (4000, 7)
    assert is_break.tolist() == [k == 3 and case == "needless_break" for k in range(7)]
    near = [np.corrcoef(figures[:, t], figures[:, t + 1])[0, 1] for t in range(6)]
    usual = 0.65 * 0.9  # of the standing, which lasts; the last pair moves by noise alone
    if case in ("as_assumed", "heavy_tails", "unequal", "needless_break", "outlier"):
        scale = 0.65 / (0.65 + 0.35 * (1.27 if case == "unequal" else 1))
        assert near[:5] == pytest.approx([0.9 * scale] * 5, abs=0.06)
        assert near[5] == pytest.approx(scale, abs=0.06)
    if case == "undeclared_break":
        assert near[2] == pytest.approx(usual / 2, abs=0.06)
    if case == "undeclared_now":
        assert near[5] == pytest.approx(0.65 / 2, abs=0.06)
    if case == "lingering":
        assert near[5] > 0.65 + 0.1


@about(in_units)
def test_the_country_by_units_knows_no_order_of_rows():
    data = cds.load()
    kept = data.scores.filter(pl.col("index_id") == "papi", pl.col("year") >= 2023)
    first = replace(data, scores=kept)
    frames = {f.name: getattr(first, f.name) for f in fields(first)}
    mixed = {
        n: f.sample(fraction=1, shuffle=True, seed=3)
        for n, f in frames.items()
        if isinstance(f, pl.DataFrame)
    }
    one, two = in_units(first, "34"), in_units(replace(first, **mixed), "34")
    for name in ("provinces", "context", "scores", "observations", "targets", "claims"):
        a, b = getattr(one, name), getattr(two, name)
        keys = [c for c, kind in a.schema.items() if kind in (pl.String, pl.Int64, pl.Date)]
        assert a.height > 0
        assert_frame_equal(b.sort(keys), a.sort(keys))
    assert in_units(first, "63") is first


@about(in_units)
def test_another_index_changes_nothing_of_the_units_of_the_first():
    data = cds.load()
    one = in_units(replace(data, scores=data.scores.filter(pl.col("index_id") == "dti")), "34").scores
    both = data.scores.filter(pl.col("index_id").is_in(["dti", "pci"]))
    two = in_units(replace(data, scores=both), "34").scores.filter(pl.col("index_id") == "dti")
    with_own = one.height - two.height  # scores published of units stand in both
    assert with_own == 0
    assert_frame_equal(two, one)


@about(estimate)
def test_errors_of_estimates_are_the_curvature_of_the_likelihood():
    found = estimate(Z, BREAK)
    at = np.array([found.phi, found.s2, found.kappa])
    inside = [k for k, error in enumerate(found.errors) if error is not None]
    assert inside

    def far(steps):  # the likelihood as a function of the free ones, by differences ten times as wide
        return -log_likelihood(Z, BREAK, *(at + steps))

    e = np.eye(3) * 1e-3
    curvature = [
        [(far(e[i] + e[j]) - far(e[i] - e[j]) - far(e[j] - e[i]) + far(-e[i] - e[j])) / 4e-6 for j in inside]
        for i in inside
    ]
    wanted = np.sqrt(np.diag(np.linalg.inv(curvature)))
    assert [found.errors[k] for k in inside] == pytest.approx(list(wanted), rel=0.01)
