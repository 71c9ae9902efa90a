import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests
from test_standing import NO_BREAKS, Oracle, breaks, simulate, table

import cds_analysis as cds
from cds_analysis.errors import ParameterError
from cds_analysis.measures import state_space
from cds_analysis.measures.change_simulation import CASES, change_rates, table_without_change
from cds_analysis.measures.changes import VERDICTS, documented_only, judge_changes
from cds_analysis.measures.corrections import benjamini_hochberg, holm
from cds_analysis.measures.standing import standing
from cds_analysis.measures.tails import freedom_of, two_sided
from cds_analysis.views import prose
from cds_analysis.views.text import Text


@pytest.mark.parametrize("n", [1, 2, 7, 59])
def test_corrections_agree_with_statsmodels(n):
    p = np.random.default_rng(n).uniform(size=n) ** 2
    p[: n // 3] = p[0]
    np.testing.assert_allclose(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1])
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])


@pytest.mark.parametrize("first, last", [(6, 7), (2, 5), (0, 7)])
def test_step_statistics_agree_with_generalised_least_squares(first, last):
    _, z, is_break = simulate(12, 8, 0.85, 0.6, 0.5, (4,), seed=3)
    z[0, 3], z[1, 1], z[2, last] = np.nan, np.nan, np.nan
    known = state_space.Estimate(0.85, 0.6, 0.5, (None,) * 3, 0.0, True)
    got = state_space.step_statistics(z, is_break, known, first, last)
    # the states written out one by one: a_0, then shocks, none between first and last
    links = [1.0] + [0.85 * (0.5 if is_break[t] else 1) for t in range(1, 8)]
    root = np.zeros((8, 8))  # loadings of the years on independent shocks
    step = np.zeros(8)
    for t in range(8):
        if t == 0:
            root[0, 0] = 0.6**0.5
        elif first < t <= last:
            root[t], step[t] = root[t - 1], step[t - 1] + (t == last)
        else:
            root[t], step[t] = links[t] * root[t - 1], links[t] * step[t - 1]
            root[t, t] = (0.6 * (1 - links[t] ** 2)) ** 0.5
    covariance = root @ root.T + 0.4 * np.eye(8)
    for k in (0, 1, 5):
        seen = [t for t in range(8) if not np.isnan(z[k, t]) and not first < t < last]
        fit = sm.GLS(z[k, seen], step[seen], sigma=covariance[np.ix_(seen, seen)]).fit(cov_type="fixed scale")
        assert got[k] == pytest.approx(fit.tvalues[0], abs=1e-9)
    assert np.isnan(got[2])


def no_change(n_years, seed):
    """Provinces that did not move in the last year, after years in which they did."""
    true, _, _ = simulate(60, n_years - 1, 0.9, 0.65, seed=seed)
    true = np.concatenate([true, true[:, -1:]], axis=1)
    return true + np.random.default_rng(seed + 1000).normal(0, 0.35**0.5, true.shape)


@pytest.mark.parametrize("n_years", [5, 7, 14])
def test_where_nothing_changed_little_holds(n_years):
    runs = [
        judge_changes(standing(table(no_change(n_years, s)), NO_BREAKS, full_from=30, draws=0))
        for s in range(80)
    ]
    alone = np.mean([(r["p_value"] <= 0.05).mean() for r in runs])
    any_holds = np.mean([r["verdict"].is_in(["risen", "fallen"]).any() for r in runs])
    assert alone == pytest.approx(0.05, abs=0.015)
    assert any_holds <= 0.05 + 3 * (0.05 * 0.95 / 80) ** 0.5


def test_a_large_step_holds_and_its_direction_is_right():
    found = []
    for s in range(20):
        z = no_change(8, s)
        z[0, -1], z[1, -1] = z[0, -2] + 4, z[1, -2] - 4
        rows = judge_changes(standing(table(z), NO_BREAKS, full_from=30, draws=0))
        found += dict(rows.select("province_id", "verdict").iter_rows())["p0000"], rows["province_id"][-1]
    assert found[::2].count("risen") >= 16 and found[1::2].count("p0001") == 20


def test_the_corrected_values_are_of_all_provinces_of_the_series():
    rows = judge_changes(standing(table(no_change(8, 1)), NO_BREAKS, full_from=30))
    assert set(rows["n_tested"]) == {60}
    np.testing.assert_allclose(rows["p_adjusted"], multipletests(rows["p_value"], method="fdr_bh")[1])
    np.testing.assert_allclose(rows["p_holm"], multipletests(rows["p_value"], method="holm")[1])
    assert (rows["p_holm"] >= rows["p_adjusted"] - 1e-12).all()
    assert (rows["places_gained"] == rows["figure_rank_from"] - rows["figure_rank_to"]).all()


def test_nothing_is_said_across_a_redrawn_order_or_without_both_figures():
    z = no_change(8, 2)
    z[3, -1] = np.nan
    found = standing(table(z), breaks((2008, "order")), full_from=30)
    rows = judge_changes(found)
    reasons = dict(rows.select("province_id", "reason").iter_rows())
    assert set(rows["verdict"]) == {"cannot_say"}
    assert reasons.pop("p0003") == "missing_figure" and set(reasons.values()) == {"redrawn_order"}
    before = judge_changes(found, year_from=2004, year_to=2007)
    assert before["verdict"].is_in(VERDICTS[:-1]).all() and before["n_order_breaks"].to_list() == [0] * 60


def test_a_series_whose_noise_is_not_known_is_not_judged():
    data = cds.load()
    one = data.scores.filter(pl.col("dimension_id") == "willingness_to_fight_corruption")
    rows = judge_changes(standing(one, data.breaks, draws=0)).filter(pl.col("change").is_not_null())
    assert set(rows["reason"]) == {"noise_not_separated"}


def test_a_detected_break_is_left_out_the_second_time_and_the_verdict_compared():
    z = no_change(8, 2)
    z[0, -1] = z[0, -2] + 6
    cut = breaks((2008, "order")).with_columns(kind=pl.lit("detected"))
    with_it, without = (standing(table(z), b, full_from=30, draws=0) for b in (cut, documented_only(cut)))
    rows = judge_changes(with_it, documented=without)
    assert rows["depends_on_detected"].all() and set(rows["verdict"]) == {"cannot_say"}
    assert rows.filter(pl.col("province_id") == "p0000")["verdict_documented"].to_list() == ["risen"]
    assert not judge_changes(without, documented=without)["depends_on_detected"].any()


@pytest.mark.parametrize(
    "years", [{"year_from": 2003}, {"year_from": 2005, "year_to": 2004}, {"year_from": 1, "year_to": 2}]
)
def test_impossible_years_are_refused(years):
    with pytest.raises(ParameterError):
        judge_changes(standing(table(no_change(8, 1)), NO_BREAKS, full_from=30, draws=0), **years)


@pytest.fixture(scope="module")
def study():
    return cds.open(lang="en")


def test_the_study_gives_every_series_and_a_part_of_it_alike(study):
    every, one = study.changes().frame, study.changes("papi.d4").frame
    mine = every.filter(pl.col("dimension_id") == one["dimension_id"][0])
    series = ["index_id", "dimension_id"]
    assert mine.equals(one)
    assert every.select(series).n_unique() == study.standing().frame.select(series).n_unique() > 30
    years = one.select("year_from", "year_to").row(0)
    assert years == (2023, 2024) and set(one["verdict"]) <= set(VERDICTS)
    assert all(s.startswith("papi") for s in one["source_ids"].explode().unique())


def test_standings_of_all_series_are_those_of_each(study):
    every, one = study.standing().frame, study.standing("pci").frame
    assert every.filter(pl.col("index_id") == "pci").equals(one.select(every.columns))
    assert every["p_rise_documented"].is_between(0, 1).any()
    assert one["p_rise"].null_count() == one["p_rise_documented"].null_count()
    apart = (one["p_rise"] - one["p_rise_documented"]).abs().max()
    assert 0 < apart < 0.5  # two detected years more loosen the link of others too


def test_a_series_without_standings_is_refused_by_name(study):
    for ask in (study.standing, study.changes):
        with pytest.raises(ParameterError, match="four full years"):
            ask("dti")
    with pytest.raises(ParameterError, match="1999"):
        study.changes("papi", year_from=1999, year_to=2000)


def test_a_result_of_changes_has_words_for_its_codes(study):
    named = study.changes("papi").pick("Tây Ninh", "Quảng Ninh").named()
    assert named["Verdict"].to_list() == ["risen, beyond error", "cannot be said"]
    assert named["Reason"].to_list() == [None, "no figure in one of the two years"]


def test_surprises_agree_with_the_innovations_of_statsmodels():
    _, z, is_break = simulate(6, 8, 0.85, 0.6, 0.5, (4,), seed=3)
    z[0, 3], z[1, 0] = np.nan, np.nan
    known = state_space.Estimate(0.85, 0.6, 0.5, (None,) * 3, 0.0, True)
    got = state_space.surprises(z, is_break, known)
    links = np.where(is_break, 0.85 * 0.5, 0.85)
    for k in range(6):
        oracle = Oracle(z[k], links, 0.6).ssm.filter()
        np.testing.assert_allclose(np.nan_to_num(got[k]), oracle.standardized_forecasts_error[0], atol=1e-9)


@pytest.mark.parametrize("freedom", [4.0, 8.0, 1e6])
def test_tails_are_estimated_and_p_is_read_off_them(freedom):
    spread = (freedom / (freedom - 2)) ** 0.5
    drawn = np.random.default_rng(int(freedom)).standard_t(freedom, 4000) / spread
    found = freedom_of(np.append(drawn, np.nan))
    assert found > 40 if freedom > 1e3 else found == pytest.approx(freedom, rel=0.35)
    away = np.array([0.5, -2.0, 5.0])
    np.testing.assert_allclose(two_sided(away, freedom), 2 * stats.t.sf(np.abs(away) * spread, freedom))


def test_heavy_tails_make_the_test_stricter_and_normal_ones_leave_it():
    rates = []
    for case in ("as_assumed", "heavy_tails"):
        tables = [table_without_change(case, n_provinces=60, seed=s)[0] for s in range(40)]
        rows = [judge_changes(standing(table(z), NO_BREAKS, full_from=30, draws=0)) for z in tables]
        rates.append(np.mean([r["verdict"].is_in(["risen", "fallen"]).any() for r in rows]))
        freedom = np.median([r["freedom"][0] for r in rows])
        assert freedom < 10 if case == "heavy_tails" else freedom > 20
    assert rates[0] <= 0.15 and rates[1] <= 0.35  # with a normal reference: half of the tables


@pytest.mark.parametrize("case", CASES)
def test_simulated_tables_have_no_change_in_the_last_year(case):
    z, is_break = table_without_change(case, n_provinces=4000, n_years=7, seed=5)
    change = z[1:, -1] - z[1:, -2]
    usual = z[1:, 1] - z[1:, 0]
    assert is_break.sum() == (case == "needless_break")
    if case == "undeclared_now":
        assert np.corrcoef(z[:, -1], z[:, -2])[0, 1] < np.corrcoef(z[:, 1], z[:, 0])[0, 1] - 0.1
    else:
        assert change.var() < usual.var()
    if case in ("as_assumed", "heavy_tails", "needless_break", "undeclared_break"):
        assert change.var() == pytest.approx(2 * 0.35, rel=0.1)  # noise alone


def test_an_unknown_case_is_refused():
    with pytest.raises(ParameterError, match="as_assumed"):
        table_without_change("sunspots")


def test_the_simulation_judges_as_the_measure_does():
    z, is_break = table_without_change("needless_break", seed=9)
    cut = breaks((2004, "order"))
    rows = judge_changes(standing(table(z), cut, full_from=30, draws=0)).sort("province_id")
    from cds_analysis.measures.change_simulation import _judged

    p, p_rise, *_ = _judged(z, is_break)
    np.testing.assert_allclose(rows["p_value"], p, atol=1e-5)
    np.testing.assert_allclose(rows["p_rise"], p_rise, atol=1e-5)


def test_rates_are_the_same_for_one_seed_and_have_a_row_a_case():
    one, two = (change_rates(draws=2, n_provinces=20, seed=3) for _ in range(2))
    assert one.equals(two) and one["case"].to_list() == list(CASES)


def test_a_change_into_a_year_of_redrawn_order_that_nobody_recorded_is_pointed_out():
    z = simulate(63, 9, 0.97, 0.95, seed=1)[1]
    z[:, -1] = np.random.default_rng(3).permutation(z[:, -1])
    rows = judge_changes(standing(table(z), NO_BREAKS, full_from=30, draws=100))
    assert rows["order_z"][0] < -1.645
    said = prose.changes(rows, Text("en", cds.load()), provinces=[], index_name="X").markdown
    assert "less of the order of provinces was kept" in said


@pytest.mark.parametrize("lang, none", [("en", "0 of"), ("vi", "0 trong")])
def test_the_headline_counts_only_what_can_be_judged_and_names_it(lang, none):
    study = cds.open(lang=lang)
    for series in ("papi", "papi.d7", "papi/willingness_to_fight_corruption", "pci"):
        rows = study.changes(series).frame
        said = prose.changes(rows, study.text, provinces=[], index_name="X").markdown
        holding = rows.filter(pl.col("verdict").is_in(["risen", "fallen"]))
        assert all(study.text.province(p) in said for p in holding["province_id"])
        assert none not in said
    few = prose.no_standing(study.text, index_name="X", full_years=[2022, 2023, 2024]).markdown
    assert "2024" in few and none not in few
