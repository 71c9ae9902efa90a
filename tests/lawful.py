"""Every public measure that reads tables, how it is called on a small world, and what the laws of
``test_laws.py`` leave open of it.

A law is only as good as its exceptions are few, so each exception names the columns or says why.
"""

from dataclasses import dataclass, field
from functools import cache

import polars as pl
from small_world import NEW, World

from cds_analysis.dataset.series import indicator_values, score_values
from cds_analysis.measures import (
    backtest,
    breaks,
    bridge,
    changes,
    claims,
    compare,
    convergence,
    decomposition,
    evidence,
    findings,
    forecast,
    gaps,
    mobility,
    own_trends,
    promises,
    rank_method,
    rank_sampling,
    rank_sensitivity,
    ranks,
    regional,
    reporting,
    rules,
    stable_core,
    standing,
    thresholds,
    trends,
)

ALL = "all"  # in place of columns: the rows are about all provinces together
FULL = 10  # of 14 provinces
_SWAPPED = {
    "rising": "falling",
    "risen": "fallen",
    "likely_risen": "likely_fallen",
    "documents_higher": "citizens_higher",
    "better": "worse",
    ">=": "<=",
}
_OTHER = {**_SWAPPED, **{b: a for a, b in _SWAPPED.items()}}


@dataclass(frozen=True, eq=False)
class Measure:
    """How a measure is called, and which of its columns

    - ``among``: depend on all provinces (ALL: every column does);
    - ``regional``: depend on the provinces of the same region;
    - ``over_series``: depend on other series;
    - ``points``: are in points of the scores or the unit of the figures;
    - ``turned``: what becomes of columns where the best becomes the worst (``reads`` scores), or where
      figures are told the other way round (``reads`` figures; there all other columns stay). Empty where the
      measure has two unlike ends.

    ``latest`` says why a later year may change the rows of the years before.
    """

    run: object
    reads: str = "scores"
    among: object = ()
    regional: tuple = ()
    over_series: tuple = ()
    latest: str = ""
    points: tuple = ()
    turned: dict = field(default_factory=dict)


def minus(*names):
    return {n: -pl.col(n) for n in names}


def kept(*names):
    return {n: pl.col(n) for n in names}


def swapped(*names):
    return {n: pl.col(n).replace(_OTHER) for n in names}


def ends(low, high):
    return {low: -pl.col(high), high: -pl.col(low)}


def from_top(*names, n="n_ranked"):
    return {name: pl.col(n) + 1 - pl.col(name) for name in names}


def percent(*names):
    return {n: 100 - pl.col(n) for n in names}


@cache
def ranked_of(w: World):
    return ranks.ranks(w.scores, w.breaks, w.indices, full_from=FULL)


@cache
def standing_of(w: World, kinds: str = "all"):
    found = changes.documented_only(w.breaks) if kinds == "documented" else w.breaks
    return standing.standing(w.scores, found, full_from=FULL, draws=100)


@cache
def judged_of(w: World):
    return gaps.gaps(w.observations, w.targets, w.indicators)


@cache
def tested_of(w: World):
    one = w.scores.filter(pl.col("dimension_id") == "overall", pl.col("index_id") != "y")
    return backtest.backtest_standing(one, w.breaks, full_from=FULL)


def values_of(w: World):
    figures = indicator_values(w.observations, w.indicators)
    return pl.concat([score_values(w.scores), figures])


def steps_of(w: World):
    lines = thresholds.cut_offs(ranked_of(w), w.indices, rank_targets=(3,))
    return thresholds.next_steps(ranked_of(w), lines)


def differences_of(w: World):
    return evidence.view_differences(ranked_of(w), w.indices)


def changes_of(w: World):
    return changes.judge_changes(
        standing_of(w), year_from=2021, year_to=2022, documented=standing_of(w, "documented")
    )


def cases_of(w: World):
    open_cases = judged_of(w).drop_nulls("required_per_year").filter(pl.col("years_left") > 1)
    return open_cases.select(
        case_id=pl.concat_str("province_id", "indicator_id", "due"),
        series_id="indicator_id",
        level="value",
        required_per_year=pl.col("required_per_year") / 10,
        years_left=pl.lit(1.0),
        tolerance=0.213 * pl.col("value").abs(),
        province_id="province_id",
    )


def bridged_of(w: World):
    return bridge.bridge_scores(w.scores, w.indices, w.provinces, w.context)


def assumptions_of(w: World):
    return rank_sensitivity.survey_assumptions(w.indices, index_id="x")


def sets_of(w: World):
    known = rank_sampling.survey_standard_errors(w.scores, w.indices)
    return rank_sampling.rank_confidence_sets(known.filter(pl.col("year") >= 2021), draws=50)


def sensitivity_of(w: World):
    return rank_sensitivity.rank_sensitivity(w.scores, w.indices, index_id="x", years=[2021, 2022], draws=50)


def parts_of(w: World):
    return findings.parts(ranked_of(w), w.indices, standing_of(w).positions)


def findings_of(w: World):
    found = changes_of(w).filter(pl.col("dimension_id") == "overall")
    return findings.findings(ranked_of(w), w.indices, w.provinces, standing_of(w).positions, found)


def core_of(w: World, what=stable_core.stable_core):
    return what(w.scores, w.breaks, w.indices, index_id="x", first_year=2018, full_from=FULL)


_TOP = pl.when(pl.col("dimension_id") == "overall").then(200.0).otherwise(100.0)
_SCORES = ("score", "score_change")
_DIFFS = ("diff_national", "diff_region", "diff_best", "diff_peers")
_LEVELS = ("value", "national_median", "region_median", "best", "peer_median")
_GAP = ("gap", "surplus", "observed_per_year", "required_per_year")
_RANK_RANGE = ("rank_low_80", "rank_high_80", "rank_low_95", "rank_high_95", "median_rank")
_NOW = "it reads the latest year of each series"
_PEOPLE = "parts are weighted by the population of the nearest year on record"
_OF_GROWTH = ["growth_ratio", "cagr", "unsd", "n_rules", "rules_agree"]
_SPAN = "its row spans all years"

MEASURES = {
    "ranks": Measure(
        lambda w: ranked_of(w),
        among=("rank", "n_ranked", "places_gained", "group"),
        points=_SCORES,
        turned={**from_top("rank"), **minus("places_gained", "score_change"), **kept("segment", "is_full")},
    ),
    "places_gained": Measure(
        lambda w: ranks.places_gained(ranked_of(w), index_id="x", year_from=2020, year_to=2022),
        among=("rank_from", "rank_to", "places_gained", "places_gained_common", "n_common", "median_move"),
        points=("score_from", "score_to", "score_change"),
        turned={
            **from_top("rank_from", "rank_to", n="n_common"),
            **minus("places_gained", "places_gained_common", "score_change"),
            **kept("median_move"),
        },
    ),
    "mobility": Measure(
        lambda w: mobility.mobility(ranked_of(w)),
        among=ALL,
        turned=kept("spearman", "kendall", "mean_shift", "shift_ratio"),
    ),
    "rank_agreement": Measure(
        lambda w: mobility.rank_agreement(ranked_of(w), draws=50),
        among=ALL,
        latest=_SPAN,
        turned=kept("w"),
    ),
    "region_split": Measure(
        lambda w: regional.region_split(ranked_of(w), w.provinces, draws=20), among=ALL
    ),  # Theil's T is of sizes: from the other end they are others
    "rank_cohesion": Measure(
        lambda w: regional.rank_cohesion(ranked_of(w), w.provinces, draws=20),
        among=ALL,
        turned=kept("theta", "p_value"),
    ),
    "compare": Measure(
        lambda w: compare.compare(
            values_of(w), w.provinces, peers=compare.structural_peers(w.context, year=2020, k=3)
        ),
        among=(
            *("national_median", "best", "n_reporting", "percentile", "robust_z", "diff_national"),
            *("diff_best", "peer_median", "diff_peers", "n_peers"),
        ),
        regional=("region_median", "n_region", "diff_region"),
        latest=_NOW,
        points=(*_LEVELS, *_DIFFS),
        turned={
            **minus("diff_national", "diff_region", "diff_peers", "robust_z"),
            **percent("percentile"),
            **kept("n_reporting", "n_peers"),
        },
    ),
    "structural_peers": Measure(
        lambda w: compare.structural_peers(w.context, year=2020, k=3), reads="context", among=ALL
    ),
    "convergence": Measure(
        lambda w: convergence.convergence(w.scores, w.breaks, full_from=FULL),
        among=ALL,
        points=("sd_first", "sd_last"),
        turned=kept("sd_first", "sd_last", "p_sigma", "beta", "beta_low", "beta_high", "p_beta", "reading"),
    ),
    "decompose": Measure(
        lambda w: decomposition.decompose(
            w.scores, w.breaks, w.indices, index_id="x", year_from=2021, year_to=2022
        ),
        among=("change_own", "whole_own"),
        points=("change", "change_own", "whole_change", "whole_own"),
        turned=minus("change", "change_own", "whole_change", "whole_own"),
    ),
    "leading_pair": Measure(lambda w: evidence.leading_pair(w.indices), reads="register"),
    "percentiles": Measure(
        lambda w: evidence.percentiles(ranked_of(w)), among=("percentile",), turned=percent("percentile")
    ),
    "view_differences": Measure(
        differences_of,
        among=("percentile_documents", "percentile_citizens", "difference"),
        turned=minus("difference"),
    ),
    "view_stability": Measure(
        lambda w: evidence.view_stability(differences_of(w)),
        among=("mean_difference", "sd_difference", "n_positive", "reading"),
        latest=_SPAN,
        turned={**minus("mean_difference"), **kept("sd_difference"), **swapped("reading")},
    ),
    "view_correlations": Measure(
        lambda w: evidence.view_correlations(differences_of(w), draws=50),
        among=ALL,
        turned=kept("spearman", "low", "high"),
    ),
    "wholes": Measure(
        lambda w: findings.wholes(ranked_of(w), w.indices),
        among=("rank", "n_ranked", "places_gained", "group", "n_tied", "weight"),
        latest=_NOW,
        points=_SCORES,
        turned={**from_top("rank"), **kept("weight", "n_tied")},
    ),
    "parts": Measure(
        parts_of,
        among=ALL,
        latest="a standing is read from all years",
        points=(*_SCORES, "median", "score_low", "score_high"),
        turned={**swapped("side"), **minus("standing"), **kept("weight", "se")},
    ),
    "findings": Measure(
        findings_of,
        among=ALL,
        latest=_NOW,
        turned={**kept("weight", "certainty"), **swapped("side")},
    ),
    "less_country": Measure(
        lambda w: own_trends.less_country(w.scores, full_from=FULL),
        among=("score",),
        points=("score",),
        turned=minus("score"),
    ),
    "trends": Measure(
        lambda w: trends.trends(w.scores, w.breaks),
        among=("p_adjusted", "verdict", "n_tested"),
        points=("slope_per_year", "slope_low", "slope_high"),
        turned={
            **minus("s", "slope_per_year"),
            **ends("slope_low", "slope_high"),
            **kept("p_value", "p_adjusted"),
            **swapped("verdict"),
        },
    ),
    "trends_beside_country": Measure(
        lambda w: own_trends.trends_beside_country(w.scores, w.breaks, full_from=FULL),
        among=(
            *("p_adjusted", "verdict", "n_tested", "slope_own", "slope_own_low", "slope_own_high"),
            *("p_own_adjusted", "verdict_own", "verdict_documented", "verdict_own_documented"),
            "depends_on_detected",
        ),
        points=(
            *("slope_per_year", "slope_low", "slope_high"),
            *("slope_own", "slope_own_low", "slope_own_high"),
        ),
        turned={
            **minus("s", "slope_per_year", "slope_own"),
            **ends("slope_own_low", "slope_own_high"),
            **kept("p_own_adjusted", "depends_on_detected"),
            **swapped("verdict", "verdict_own", "verdict_documented", "verdict_own_documented"),
        },
    ),
    "ceiling_gaps": Measure(
        lambda w: trends.ceiling_gaps(w.scores, w.breaks, w.indices),
        points=("score_first", "score_last", "scale_max", "gap_first", "gap_last"),
    ),  # a ceiling, and no floor
    "rank_intervals": Measure(
        lambda w: rank_method.rank_intervals(
            w.scores.filter(pl.col("dimension_id") != "overall", pl.col("year") >= 2021), draws=50
        ),
        among=ALL,
        turned=from_top("rank_equal"),
    ),
    "survey_standard_errors": Measure(
        lambda w: rank_sampling.survey_standard_errors(w.scores, w.indices),
        points=("score", "standard_error"),
        turned=kept("standard_error"),
    ),
    "rank_confidence_sets": Measure(
        sets_of, among=ALL, points=("score", "standard_error"), turned=from_top("rank")
    ),
    "rank_sensitivity": Measure(
        sensitivity_of, among=ALL, points=("score", "standard_error"), turned=from_top("rank", "rank_equal")
    ),
    "survey_assumptions": Measure(assumptions_of, reads="register"),
    "core_parts": Measure(
        lambda w: core_of(w, stable_core.core_parts), reads="register", latest="a core is of all years"
    ),
    "stable_core": Measure(
        core_of,
        latest="a core is of all years",
        points=("score",),
        turned={"score": 200 - pl.col("score")},
    ),
    "standardised": Measure(
        lambda w: standing.standardised(w.scores, full_from=FULL),
        among=("z",),
        points=("score",),
        turned=minus("z"),
    ),
    "standing": Measure(
        standing_of,
        among=ALL,
        latest="a standing is read from all years",
        turned={
            **minus("z", "standing", "change"),
            **ends("low_80", "high_80"),
            **ends("low_95", "high_95"),
            **ends("figure_low_80", "figure_high_80"),
            **from_top("figure_rank"),
            **kept("se", "figure_se", "phi", "signal_share", "kappa", "log_likelihood", "n_order_breaks"),
            "p_rise": 1 - pl.col("p_rise"),
        },
    ),
    "p_rise": Measure(
        lambda w: standing.p_rise(standing_of(w), 2020, 2022),
        among=ALL,
        latest="a standing is read from all years",
        turned={**minus("change"), "p_rise": 1 - pl.col("p_rise"), **kept("change_se")},
    ),
    "documented_only": Measure(lambda w: changes.documented_only(w.breaks), reads="register"),
    "newest_pairs": Measure(lambda w: changes.newest_pairs(standing_of(w)), latest=_NOW, turned={}),
    "judge_changes": Measure(
        changes_of,
        among=ALL,
        latest="a standing is read from all years",
        turned={
            **minus("places_gained", "change", "test_z"),
            **kept("p_value", "p_adjusted", "p_holm", "n_tested", "order_z", "reason"),
            **swapped("verdict", "verdict_documented"),
            "p_rise": 1 - pl.col("p_rise"),
        },
    ),
    "backtest_standing": Measure(
        tested_of,
        among=ALL,
        turned={
            **minus("z", "standing", "last", "mean", "theil_sen", "z_first", "standing_next"),
            "p_up": 1 - pl.col("p_up"),
            "is_up": ~pl.col("is_up"),
            **kept("figure_se", "has_order_break"),
        },
    ),
    "prediction_errors": Measure(
        lambda w: backtest.prediction_errors(tested_of(w).forecasts, by=["index_id", "years_ahead"]),
        among=ALL,
        latest=_SPAN,
        turned=kept("mae_standing", "rmse_mean", "less_error_pct", "held_80", "brier", "log_score"),
    ),
    "reliability": Measure(
        lambda w: backtest.reliability(tested_of(w).forecasts.filter(pl.col("index_id") != NEW)),
        among=ALL,
        latest=_SPAN,
    ),  # the tenths hold their lower end
    "undone_moves": Measure(
        lambda w: backtest.undone_moves(tested_of(w).moves.filter(pl.col("index_id") != NEW), sure=0.6),
        among=ALL,
        latest=_SPAN,
        turned=kept("n", "share_undone", "share_kept_of_estimate", "share_foretold", "share_reversed"),
    ),
    "order_breaks": Measure(
        lambda w: breaks.order_breaks(w.scores, full_from=FULL),
        among=ALL,
        latest="a year is set against all others",
        turned={**minus("level_shift"), **kept("spread_ratio", "order_kept", "order_z", "effect")},
    ),
    "cut_offs": Measure(
        lambda w: thresholds.cut_offs(ranked_of(w), w.indices, rank_targets=(3,)),
        among=ALL,
        points=("cut_off", "moved"),
    ),  # groups begin at other shares when counted from the other end; so in the next two
    "next_steps": Measure(
        steps_of,
        among=ALL,
        latest=_NOW,
        points=("score", "cut_off", "points_missing", "moved", "own_change"),
    ),
    "gain_cases": Measure(
        lambda w: thresholds.gain_cases(steps_of(w), ranked_of(w)).drop("case_id"),
        among=ALL,
        latest=_NOW,
        points=(
            *("score", "cut_off", "points_missing", "moved", "own_change", "level", "required_per_year"),
            "tolerance",
        ),
    ),
    "bridge_scores": Measure(
        bridged_of,
        latest=_PEOPLE,
        points=("score", "lowest_part", "highest_part", "spread"),
        turned={
            "score": _TOP - pl.col("score"),
            "lowest_part": _TOP - pl.col("highest_part"),
            **kept("spread", "rule"),
        },
    ),
    "parts_of_units": Measure(
        lambda w: bridge.parts_of_units(bridged_of(w), w.scores, w.provinces),
        latest=_PEOPLE,
        points=("score", "unit_score", "difference"),
        turned=minus("difference"),
    ),
    "check_claims": Measure(
        lambda w: claims.check_claims(w.claims, ranked_of(w), w.provinces),
        reads="claims",
        among=("found", "verdict"),
    ),
    "check_ratios": Measure(lambda w: claims.check_ratios(w.observations), reads="fractions"),
    "bridge_observations": Measure(
        lambda w: bridge.bridge_observations(w.observations, w.indicators, w.provinces, w.context),
        reads="figures",
        points=("value", "spread"),
        turned=minus("value"),
    ),
    "gaps": Measure(
        judged_of,
        reads="figures",
        points=("target", "value", "baseline", *_GAP),
        turned={**minus("target", "value", "baseline", "direction"), **swapped("comparator")},
    ),
    "merge_repeated": Measure(
        lambda w: gaps.merge_repeated(judged_of(w)),
        reads="figures",
        points=("target", "value", "baseline", *_GAP),
        turned={**minus("target", "value", "baseline", "direction"), **swapped("comparator")},
    ),
    "chance_on_time": Measure(
        lambda w: forecast.chance_on_time(judged_of(w), w.observations),
        reads="figures",
        points=("target", "value", "baseline", *_GAP),
        turned={**minus("target", "value", "baseline", "direction"), **swapped("comparator")},
    ),
    "achieved_paces": Measure(
        lambda w: forecast.achieved_paces(indicator_values(w.observations, w.indicators), cases_of(w)),
        reads="figures",
        among=("n_starts", "n_provinces", "n_as_fast", "share_as_fast"),
        points=("level", "required_per_year", "tolerance"),
        turned=minus("level"),
    ),
    "rule_verdicts": Measure(
        lambda w: rules.rule_verdicts(judged_of(w)).drop(
            []
            if w.observations["value"].min() > 0
            else ["growth_ratio", "cagr", "unsd", "n_rules", "rules_agree"]
        ),  # growth has no meaning below zero
        reads="figures",
        points=("target", "value", "baseline", *_GAP),
        turned={**minus("target", "value", "baseline", "direction"), **swapped("comparator")},
    ),
    "yardsticks": Measure(
        lambda w: promises.yardsticks(judged_of(w)),
        reads="figures",
        among=ALL,
        points=("target", "low", "quarter", "median", "three_quarters", "high"),
        turned={
            **minus("target", "median"),
            **ends("low", "high"),
            **ends("quarter", "three_quarters"),
            **swapped("comparator"),
        },
    ),
    "promises": Measure(
        lambda w: promises.promises(judged_of(w)),
        reads="figures",
        among=ALL,
        points=("low", "median", "high", "national"),
        turned={**minus("median", "national"), **ends("low", "high")},
    ),
    "reporting": Measure(
        lambda w: reporting.reporting(indicator_values(w.observations, w.indicators), w.provinces),
        reads="figures",
        among=("mean_percentile",),
        over_series=("n_figures", "n_indicators", "n_placed", "mean_percentile"),
    ),
    "selection": Measure(
        lambda w: reporting.selection(
            reporting.reporting(indicator_values(w.observations, w.indicators), w.provinces),
            ranked_of(w),
        ).drop_nulls("index_id"),
        among=ALL,
        over_series=("spearman", "low", "high"),
        latest=_NOW,
        turned={**minus("spearman"), **ends("low", "high")},
    ),
}
