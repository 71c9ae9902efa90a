"""What each measure returns: a class a result, with the meaning and unit of every column and what null stands
for.

The classes are documentation that is checked: a test runs every measure on the bundled data and on an
invented index and validates what comes out. :data:`RESULTS` finds the class of a measure by its name.
"""

from __future__ import annotations

import dataframely as dy

from cds_analysis.measures.schemas import change, goals, places, ranking

__all__ = ["ADDED", "RESULTS"]

RESULTS: dict[str, type[dy.Schema]] = {
    "achieved_paces": goals.AchievedPaces,
    "bridge_observations": places.BridgedObservations,
    "bridge_scores": places.BridgedScores,
    "ceiling_gaps": change.CeilingGaps,
    "chance_on_time": goals.ChanceOnTime,
    "check_claims": places.CheckedClaims,
    "check_ratios": places.CheckedRatios,
    "compare": places.Compared,
    "convergence": change.Convergence,
    "cut_offs": ranking.CutOffs,
    "gaps": goals.Gaps,
    "judge_changes": change.JudgedChanges,
    "merge_repeated": goals.MergedGaps,
    "mobility": ranking.Mobility,
    "newest_pairs": change.NewestPairs,
    "next_steps": ranking.NextSteps,
    "order_breaks": change.OrderBreaks,
    "p_rise": change.Changes,
    "parts_of_units": places.PartsOfUnits,
    "percentiles": places.Percentiles,
    "places_gained": ranking.PlacesGained,
    "promises": goals.Promises,
    "rank_agreement": ranking.RankAgreement,
    "rank_cohesion": places.Cohesion,
    "rank_confidence_sets": ranking.ConfidenceSets,
    "rank_intervals": ranking.Intervals,
    "ranks": ranking.Ranks,
    "region_split": places.RegionSplit,
    "reporting": places.Reporting,
    "rule_verdicts": goals.RuleVerdicts,
    "selection": places.Selection,
    "stable_core": change.StableCore,
    "standing.ahead": change.Ahead,
    "standing.changes": change.Changes,
    "standing.parameters": change.Parameters,
    "standing.positions": change.Positions,
    "structural_peers": places.Peers,
    "survey_assumptions": ranking.SurveyAssumptions,
    "trends": change.Trends,
    "trends_beside_country": change.TrendsBesideCountry,
    "view_correlations": places.Correlations,
    "view_differences": places.Differences,
    "view_stability": places.Stability,
    "yardsticks": goals.Yardsticks,
}
ADDED = frozenset(
    {"achieved_paces", "check_ratios"}
)  # their classes name only what is added to the rows handed in
