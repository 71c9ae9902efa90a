import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr, theilslopes
from statsmodels.tsa.statespace.mlemodel import MLEModel

import cds_analysis as cds
from cds_analysis.dataset.series import with_segments
from cds_analysis.errors import ParameterError
from cds_analysis.measures import state_space
from cds_analysis.measures.backtest import backtest_standing, prediction_errors, undone_moves
from cds_analysis.measures.breaks import order_breaks
from cds_analysis.measures.standing import p_rise, standardised, standing

NO_BREAKS = pl.DataFrame(
    schema={"index_id": pl.String, "dimension_id": pl.String, "year": pl.Int64, "effect": pl.String}
)


def simulate(n, n_years, phi, s2, kappa=1.0, break_at=(), seed=0):
    rng = np.random.default_rng(seed)
    is_break = np.isin(np.arange(n_years), break_at)
    a = np.zeros((n, n_years))
    a[:, 0] = rng.normal(0, s2**0.5, n)
    for t in range(1, n_years):
        g = phi * (kappa if is_break[t] else 1)
        a[:, t] = g * a[:, t - 1] + rng.normal(0, (s2 * (1 - g * g)) ** 0.5, n)
    return a, a + rng.normal(0, (1 - s2) ** 0.5, a.shape), is_break


def table(z, dimension="d", first=2001):
    n, n_years = z.shape
    return pl.DataFrame(
        {
            "index_id": "x",
            "dimension_id": dimension,
            "year": np.tile(np.arange(first, first + n_years), n),
            "province_id": np.repeat([f"p{k:04}" for k in range(n)], n_years),
            "score": z.ravel(),
        }
    ).filter(pl.col("score").is_not_nan())


def breaks(*rows):
    return pl.DataFrame([("x", "d", y, e) for y, e in rows], schema=NO_BREAKS.schema, orient="row")


class Oracle(MLEModel):
    """One province's series in statsmodels' Kalman filter."""

    def __init__(self, z, links, s2):
        super().__init__(z, k_states=1)
        n = len(z)
        self["design", 0, 0], self["selection", 0, 0], self["obs_cov", 0, 0] = 1.0, 1.0, 1 - s2
        nxt = np.append(links[1:], 1.0)
        self["transition"] = nxt.reshape(1, 1, n)
        self["state_cov"] = (s2 * (1 - nxt**2)).reshape(1, 1, n)
        self.ssm.initialize_known(np.zeros(1), np.array([[s2]]))


@pytest.fixture(scope="module")
def drawn():
    return simulate(40, 8, 0.9, 0.7, 0.5, (5,), seed=3)


@pytest.fixture(scope="module")
def found(drawn):
    return standing(table(drawn[1]), breaks((2006, "order")), full_from=30)


def test_likelihood_and_smoothed_states_agree_with_statsmodels(drawn):
    _, z, is_break = drawn
    z = z.copy()
    z[0, [2, 7]], z[1, 0] = np.nan, np.nan
    phi, s2, kappa = 0.85, 0.6, 0.4
    links = np.where(is_break, phi * kappa, phi)
    of = state_space.Estimate(phi, s2, kappa, (None,) * 3, 0.0, True)
    means, covariances = state_space.smooth(z, is_break, of)
    total = 0.0
    for k in range(len(z)):
        oracle = Oracle(z[k], links, s2).ssm.smooth()
        total += oracle.llf
        np.testing.assert_allclose(means[k], oracle.smoothed_state[0], atol=1e-9)
        np.testing.assert_allclose(np.diag(covariances[k]), oracle.smoothed_state_cov[0, 0], atol=1e-9)
    assert state_space.log_likelihood(z, is_break, phi, s2, kappa) == pytest.approx(total, abs=1e-8)


@pytest.mark.parametrize("phi, s2, kappa", [(0.9, 0.7, 0.5), (0.8, 0.4, 0.2), (0.95, 0.85, 0.8)])
def test_estimates_recover_what_was_simulated(phi, s2, kappa):
    _, z, is_break = simulate(600, 14, phi, s2, kappa, (6, 10), seed=11)
    got = state_space.estimate(z, is_break)
    for estimated, truth, error in zip((got.phi, got.s2, got.kappa), (phi, s2, kappa), got.errors):
        assert abs(estimated - truth) < 3.5 * error < 0.3


def test_standard_errors_are_the_spread_of_estimates():
    runs = [state_space.estimate(*simulate(63, 10, 0.85, 0.6, seed=s)[1:]) for s in range(40)]
    for k, name in enumerate(("phi", "s2")):
        spread = np.std([getattr(r, name) for r in runs], ddof=1)
        assert 0.7 < np.mean([r.errors[k] for r in runs]) / spread < 1.4


def test_bands_hold_the_true_standings_as_often_as_they_say():
    true, z, _ = simulate(400, 8, 0.9, 0.6, seed=5)
    rows = standing(table(z), NO_BREAKS, full_from=30, years_ahead=0, draws=100).positions
    # standardising moves the scale of one year by little at 400 units
    inside = rows.sort("province_id", "year").with_columns(true=pl.Series(true.ravel()))
    for level in (80, 95):
        held = inside.select(pl.col("true").is_between(f"low_{level}", f"high_{level}").mean()).item()
        assert held == pytest.approx(level / 100, abs=0.025)


def test_p_rise_is_calibrated():
    true, z, _ = simulate(3000, 6, 0.8, 0.6, seed=6)
    rows = p_rise(standing(table(z), NO_BREAKS, full_from=30, draws=100), 2004, 2006).sort("province_id")
    rose = true[:, 5] > true[:, 3]
    for low in (0.1, 0.3, 0.5, 0.7):
        bin_ = rows["p_rise"].is_between(low, low + 0.2).to_numpy()
        assert rose[bin_].mean() == pytest.approx(rows["p_rise"].to_numpy()[bin_].mean(), abs=0.06)


def test_changes_agree_with_draws_of_the_joint_distribution(drawn):
    _, z, is_break = drawn
    changes = standing(table(z), breaks((2006, "order")), full_from=30).changes
    assert changes["p_rise"].is_between(0, 1, closed="none").all()
    z1 = standardised(table(z), full_from=30).sort("province_id", "year")["z"].to_numpy().reshape(z.shape)
    got = state_space.estimate(z1, is_break)
    means, covariances = state_space.smooth(z1, is_break, got)
    paths = np.random.default_rng(1).multivariate_normal(means[0], covariances[0], 200_000)
    row = changes.filter(
        pl.col("province_id") == "p0000", pl.col("first_year") == 2002, pl.col("last_year") == 2007
    ).row(0, named=True)
    assert row["p_rise"] == pytest.approx((paths[:, 6] > paths[:, 1]).mean(), abs=0.005)
    assert row["n_order_breaks"] == 1


def test_a_series_beside_it_changes_nothing(drawn, found):
    both = pl.concat([table(simulate(40, 6, 0.5, 0.5, seed=9)[1], "c"), table(drawn[1])])
    again = standing(both, breaks((2006, "order")), full_from=30)
    for name in ("positions", "ahead", "changes", "parameters"):
        assert getattr(again, name).filter(pl.col("dimension_id") == "d").equals(getattr(found, name))


def test_order_of_rows_changes_nothing(drawn, found):
    shuffled = table(drawn[1]).sample(fraction=1, shuffle=True, seed=4)
    again = standing(shuffled, breaks((2006, "order")), full_from=30)
    assert again.positions.equals(found.positions) and again.changes.equals(found.changes)


def test_the_scale_and_level_of_each_year_change_nothing(drawn, found):
    moved = table(drawn[1]).with_columns(score=5 * pl.col("year") + pl.col("score") * (pl.col("year") - 1990))
    again = standing(moved, breaks((2006, "order")), full_from=30)
    np.testing.assert_allclose(again.positions["standing"], found.positions["standing"], atol=1e-4)


def test_reversing_the_scores_reverses_the_standings(drawn, found):
    turned = standing(table(-drawn[1]), breaks((2006, "order")), full_from=30)
    np.testing.assert_allclose(turned.positions["standing"], -found.positions["standing"], atol=1e-4)
    np.testing.assert_allclose(turned.changes["p_rise"], 1 - found.changes["p_rise"], atol=1e-4)


def test_a_missing_figure_gets_no_row_and_a_missing_last_figure_no_year_ahead(drawn):
    z = drawn[1].copy()
    z[0, 3], z[1, 7] = np.nan, np.nan
    got = standing(table(z), NO_BREAKS, full_from=30)
    years = got.positions.filter(pl.col("province_id") == "p0000")["year"].to_list()
    assert 2004 not in years and len(years) == 7
    assert set(got.positions.filter(pl.col("year") == 2004)["n_ranked"]) == {39}
    assert "p0001" not in got.ahead["province_id"] and got.ahead["province_id"].n_unique() == 39
    assert not got.changes.filter(pl.col("province_id") == "p0000", pl.col("last_year") == 2004).height


def test_a_year_missing_for_all_is_passed_through(drawn):
    z = drawn[1].copy()
    z[:, 3] = np.nan
    got = standing(table(z), NO_BREAKS, full_from=30)
    assert 2004 not in got.positions["year"] and got.parameters["n_years"][0] == 7


def test_a_sample_of_provinces_is_left_out_and_named(drawn):
    z = drawn[1].copy()
    z[20:, 0] = np.nan
    got = standing(table(z), NO_BREAKS, full_from=30)
    assert got.parameters["years_left_out"].to_list() == [[2001]]
    assert got.positions["year"].min() == 2002


def test_level_breaks_leave_the_link_and_unknown_ones_loosen_it(drawn):
    plain = standing(table(drawn[1]), NO_BREAKS, full_from=30).parameters
    level = standing(table(drawn[1]), breaks((2006, "level")), full_from=30).parameters
    unknown = standing(table(drawn[1]), breaks((2006, None)), full_from=30).parameters
    assert level.equals(plain) and plain["kappa"][0] is None
    assert unknown["order_break_years"].to_list() == [[2006]] and unknown["kappa"][0] < 0.8


def test_ranks_and_their_probabilities_are_of_one_table(found):
    rows = found.positions
    per_year = rows.group_by("year").agg(pl.col("p_top_ten", "p_bottom_ten").sum())
    np.testing.assert_allclose(per_year["p_top_ten"], 10)  # ten places in every draw
    np.testing.assert_allclose(per_year["p_bottom_ten"], 10)
    inside = (pl.col("rank_low_95") <= pl.col("rank_low_80")) & (
        pl.col("rank_high_80") <= pl.col("rank_high_95")
    )
    assert rows.select(
        (inside & pl.col("median_rank").is_between("rank_low_80", "rank_high_80")).all()
    ).item()
    for year in rows["year"].unique():
        one = rows.filter(pl.col("year") == year)
        assert spearmanr(one["standing"], one["median_rank"]).statistic < -0.99


def test_the_seed_fixes_the_ranks_and_another_moves_them_within_their_error(drawn, found):
    again = standing(table(drawn[1]), breaks((2006, "order")), full_from=30)
    other = standing(table(drawn[1]), breaks((2006, "order")), full_from=30, seed=1)
    assert again.positions.equals(found.positions)
    apart = (other.positions["p_top_ten"] - found.positions["p_top_ten"]).abs()
    assert apart.max() > 0 and (apart <= 5 * found.positions["p_error"] + 0.02).all()


def test_bands_widen_ahead_and_a_figure_is_less_sure_than_a_standing(found):
    one, two = (found.ahead.filter(pl.col("years_ahead") == k) for k in (1, 2))
    assert (two["se"] > one["se"]).all() and (one["figure_se"] > one["se"]).all()
    share = found.parameters["noise_share"][0]
    np.testing.assert_allclose(one["figure_se"] ** 2, one["se"] ** 2 + share)


def test_flat_and_short_series_are_said_to_be_so():
    flat = table(np.ones((40, 6)))
    short = table(simulate(40, 3, 0.9, 0.7)[1], "short")
    got = standing(pl.concat([flat, short]), NO_BREAKS, full_from=30)
    assert dict(got.parameters.select("dimension_id", "status").iter_rows()) == {
        "d": "no_spread",
        "short": "too_short",
    }
    assert not got.positions.height and not got.ahead.height and not got.changes.height


def test_moves_that_fade_at_once_are_said_to_be_like_noise():
    z = simulate(200, 8, 0.1, 1.0, seed=1)[1]
    got = standing(table(z), NO_BREAKS, full_from=30).parameters
    assert (got["status"][0] == "noise_not_separated") == (got["noise_share"][0] < 0.001)
    data = cds.load()
    one = data.scores.filter(pl.col("dimension_id") == "willingness_to_fight_corruption")
    assert standing(one, data.breaks).parameters["status"].to_list() == ["noise_not_separated"]


def test_a_flat_year_is_left_out(drawn):
    z = drawn[1].copy()
    z[:, 2] = 0.3
    got = standing(table(z), NO_BREAKS, full_from=30)
    assert got.parameters["years_left_out"].to_list() == [[2003]]


@pytest.mark.parametrize("options", [{"years_ahead": -1}, {"draws": 10}])
def test_impossible_options_are_refused(drawn, options):
    with pytest.raises(ParameterError, match="at least"):
        standing(table(drawn[1]), NO_BREAKS, **options)


def test_breaks_without_effects_and_years_without_standings_are_refused(drawn, found):
    with pytest.raises(ParameterError, match="effect"):
        standing(table(drawn[1]), NO_BREAKS.drop("effect"))
    with pytest.raises(ParameterError, match="no standings"):
        p_rise(found, 1990, 2005)


def test_order_breaks_agree_with_scipy_and_find_a_redrawn_year():
    _, z, _ = simulate(63, 10, 0.95, 0.9, 0.0, (6,), seed=2)
    got = order_breaks(table(z))
    for t, kept in zip(range(1, 10), got["order_kept"]):
        assert kept == pytest.approx(spearmanr(z[:, t], z[:, t - 1]).statistic)
    assert got.filter(pl.col("effect") == "order")["year"].to_list() == [2007]


def test_recorded_effects_are_what_is_measured_where_no_cause_overrides():
    data = cds.load()
    recorded = data.breaks.select("index_id", "dimension_id", "year", "effect", "scope")
    both = recorded.join(
        order_breaks(data.scores).rename({"effect": "measured"}),
        on=["index_id", "dimension_id", "year"],
        how="left",
    )
    redrawn = both.filter(pl.col("scope") == "order").group_by("index_id", "year").len()
    whole = redrawn.filter(pl.col("len") > 20)["year"].to_list()  # a whole index, its quiet series as well
    assert len(whole) == 1
    apart = both.filter(~pl.col("effect").eq_missing(pl.col("measured")))
    assert set(apart["year"]) == set(whole) and set(apart["effect"]) == {"order"}


def test_breaks_of_order_do_not_cut_definitions():
    data = cds.load()
    only = data.breaks.filter(pl.col("scope") == "order")
    assert only.height > 20 and set(with_segments(data.scores.head(1000), only)["segment"]) == {0}


def test_a_forecast_knows_nothing_of_the_year_foretold(drawn):
    rows = table(drawn[1])
    changed = rows.with_columns(
        score=pl.when(pl.col("year") == 2008).then(-pl.col("score")).otherwise("score")
    )
    predicted = ["standing", "last", "mean", "theil_sen", "figure_se", "p_up"]
    one, other = (
        backtest_standing(r, NO_BREAKS, full_from=30, years_ahead=1).forecasts for r in (rows, changed)
    )
    assert one.select(predicted).equals(other.select(predicted)) and not one["z"].equals(other["z"])
    assert set(one["origin"]) == {2004, 2005, 2006, 2007}


def test_plain_predictions_are_what_scipy_and_hand_say(drawn):
    z = standardised(table(drawn[1]), full_from=30).filter(pl.col("province_id") == "p0003").sort("year")
    got = backtest_standing(table(drawn[1]), NO_BREAKS, full_from=30).forecasts.filter(
        pl.col("province_id") == "p0003", pl.col("origin") == 2006
    )
    past = z.filter(pl.col("year") <= 2006)
    line = theilslopes(past["z"], past["year"], method="joint")
    assert got["years_ahead"].to_list() == [1, 2]
    assert got["last"].to_list() == [z["z"][5]] * 2 and got["z"].to_list() == z["z"][6:8].to_list()
    assert got["mean"][0] == pytest.approx(past["z"].mean())
    np.testing.assert_allclose(got["theil_sen"], line.intercept + line.slope * np.array([2007, 2008]))


def test_on_its_own_kind_of_data_the_model_beats_the_last_figure_and_its_bands_hold():
    _, z, _ = simulate(500, 12, 0.9, 0.6, seed=8)
    tested = backtest_standing(table(z), NO_BREAKS, full_from=30)
    errors = prediction_errors(tested.forecasts)
    assert (errors["less_error_pct"] > 10).all()
    np.testing.assert_allclose(errors["held_80"], 0.80, atol=0.03)
    np.testing.assert_allclose(errors["held_95"], 0.95, atol=0.02)
    assert (errors["brier"] < 0.25).all() and (errors["log_score"] < np.log(2)).all()
    sure = undone_moves(tested.moves, sure=0.8).row(0, named=True)
    assert sure["n"] > 50
    assert sure["share_kept_of_estimate"] == pytest.approx(sure["share_foretold"], abs=0.1)


def test_noise_alone_is_half_undone_and_flags_nothing():
    z = np.random.default_rng(4).standard_normal((300, 9))
    tested = backtest_standing(table(z), NO_BREAKS, full_from=30)
    assert undone_moves(tested.moves)["n"].sum() == 0
    half = undone_moves(tested.moves, sure=0.5).filter(pl.col("which") == "raw")
    assert half["share_undone"].item() == pytest.approx(0.5, abs=0.05)


def test_errors_are_what_hand_computes():
    rows = pl.DataFrame(
        {
            "years_ahead": [1, 1],
            "z": [1.0, -1.0],
            "standing": [0.5, 0.5],
            "last": [0.0, 0.0],
            "mean": [0.0, 0.0],
            "theil_sen": [2.0, -2.0],
            "figure_se": [1.0, 1.0],
            "p_up": [0.7, 0.7],
            "is_up": [True, False],
        }
    )
    got = prediction_errors(rows).row(0, named=True)
    assert (got["mae_standing"], got["mae_last"], got["mae_theil_sen"]) == (1.0, 1.0, 1.0)
    assert (got["held_80"], got["held_95"], got["less_error_pct"]) == (0.5, 1.0, 0.0)
    assert got["brier"] == pytest.approx((0.09 + 0.49) / 2)
    assert got["log_score"] == pytest.approx(-(np.log(0.7) + np.log(0.3)) / 2)


def test_years_with_a_break_of_order_in_between_are_marked(drawn):
    rows = backtest_standing(table(drawn[1]), breaks((2006, "order")), full_from=30).forecasts
    marked = rows.filter("has_order_break").select("origin", "year").unique().sort("origin", "year").rows()
    assert marked == [(2004, 2006), (2005, 2006), (2005, 2007)]


def test_on_the_bundled_data_a_long_series_beats_the_last_figure():
    data = cds.load()
    rows = data.scores.filter(pl.col("index_id") == "papi", pl.col("dimension_id") == "transparency")
    got = prediction_errors(backtest_standing(rows, data.breaks, years_ahead=1).forecasts)
    assert got["less_error_pct"].item() > 10 and got["held_80"].item() == pytest.approx(0.8, abs=0.05)


def test_a_series_too_short_to_be_tested_is_refused(drawn):
    with pytest.raises(ParameterError, match="more than 4 full years"):
        backtest_standing(table(drawn[1][:, :4]), NO_BREAKS, full_from=30)
