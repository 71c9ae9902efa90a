"""English wording of codes (statuses, groups, units, kinds); the catalogue translates it."""

from __future__ import annotations

from cds_analysis.dataset.checks import warning_titles

__all__ = [
    "BASIS_LABELS",
    "BRIDGE_LABELS",
    "BUTTON_LABELS",
    "CHANGE_LABELS",
    "CHANGE_REASON_LABELS",
    "CLAIM_LABELS",
    "CLAIM_REASON_LABELS",
    "COLUMN_LABELS",
    "EFFECT_LABELS",
    "FIGURE_LABELS",
    "GATE_LABELS",
    "GROUP_LABELS",
    "KIND_LABELS",
    "MOVE_LABELS",
    "MOVE_REASON_LABELS",
    "PROCESS_LABELS",
    "READING_LABELS",
    "REASON_LABELS",
    "RULE_LABELS",
    "STATUS_LABELS",
    "TAB_LABELS",
    "TRUTH_LABELS",
    "VERDICT_LABELS",
    "VIEW_LABELS",
    "YEAR_LABELS",
]

GATE_LABELS = warning_titles()
STATUS_LABELS = {
    "achieved": "achieved",
    "on_track": "on track",
    "needs_acceleration": "needs to speed up",
    "limited": "limited progress",
    "deteriorating": "moving away",
    "missed": "missed",
    "undetermined": "cannot be judged",
    "no_baseline": "gap known, pace unknown",
    "no_data": "no figure",
}
REASON_LABELS = {
    "the due date has passed and no later figure is on record": "the due date has passed and no later figure is on record",
    "only a bound is known": "only a bound is known",
    "the two figures are too close in time for a pace": "the two figures are too close in time for a pace",
}
GROUP_LABELS = {
    "high": "high",
    "mid_high": "mid-high",
    "mid_low": "mid-low",
    "low": "low",
}
BASIS_LABELS = {"computed": "computed from scores", "printed": "as printed"}
KIND_LABELS = {
    "documented": "documented",
    "inherited": "inherited from a component",
    "detected": "detected here",
}
EFFECT_LABELS = {"level": "kept", "order": "redrawn"}
TAB_LABELS = {
    "comparison": "Comparison",
    "targets": "Targets",
    "trend": "Ranking trend",
    "map": "Map",
    "table": "Table",
}
VERDICT_LABELS = {
    "rising": "rising",
    "falling": "falling",
    "no_trend": "no trend found",
    "too_short": "too few years for a verdict",
}
CHANGE_LABELS = {
    "risen": "risen, beyond noise",
    "fallen": "fallen, beyond noise",
    "likely_risen": "has likely risen",
    "likely_fallen": "has likely fallen",
    "not_told_apart": "cannot be told from noise",
    "cannot_say": "cannot be said",
}
CHANGE_REASON_LABELS = {
    "redrawn_order": "the order of provinces was redrawn in between",
    "noise_not_separated": "noise cannot be told from moves of one year in this series",
    "missing_figure": "no figure in one of the two years",
}
READING_LABELS = {
    "converging": "Both say that provinces converge.",
    "only_beta": "The spread did not clearly shrink, so this alone is what regression to the mean looks like.",
    "diverging": "Provinces moved apart: the spread grew.",
    "neither": "Neither convergence nor divergence is clear.",
}
RULE_LABELS = {
    "linear": "straight line (default)",
    "cagr": "growth rate (Eurostat, StatCan)",
    "sdsn": "half the pace (SDSN)",
    "unsd": "growth rate (UNSD)",
    "destatis": "extrapolated miss (Destatis)",
}
MOVE_LABELS = {
    "more_than_noise": "more than noise",
    "score_only": "the score moved, the rank not surely",
    "not_told_apart": "cannot be told from noise",
    "no_move": "kept its place",
    "cannot_say": "cannot be said",
}
MOVE_REASON_LABELS = {
    "definition": "the definition changed between the two years",
    "sample_of_provinces": "only a sample of the provinces is on record",
    "unknown_uncertainty": "the uncertainty of this index is not known",
    "both_apart": "the intervals of the two years do not touch",
    "method_overlaps": "another recipe of the index could give the same rank in both years",
    "sampling_overlaps": "another sample of people could give the same rank in both years",
    "same_rank": "the rank is the same",
}
CLAIM_LABELS = {"confirmed": "confirmed", "contradicted": "contradicted", "not_checkable": "not checkable"}
CLAIM_REASON_LABELS = {
    "same_source": "the only figure on record comes from the same article",
    "no_figure": "no figure on record",
    "region_incomplete": "ranks of neighbours are missing",
}
VIEW_LABELS = {
    "documents_higher": "always better in documents",
    "citizens_higher": "always better in citizens' eyes",
    "mixed": "changes sides",
    "too_short": "fewer than three years",
}
BRIDGE_LABELS = {
    "unchanged": "not merged",
    "plain_mean": "plain mean of the parts",
    "population_weighted": "mean weighted by population",
    "published": "published for the unit",
}
PROCESS_LABELS = {
    "independent": "independent years",
    "lingering_03": "years that linger (0.3)",
    "lingering_06": "years that linger (0.6)",
    "random_walk": "aimless drift",
}
TRUTH_LABELS = {
    "spaced": "true scores one error apart",
    "paired": "two groups far apart",
    "equal": "all true scores equal",
    "marginal": "one province picked beforehand",
    "simultaneous": "all provinces at once",
}
BUTTON_LABELS = {
    name: name for name in ("Add", "Remove", "Add region", "Structural peers", "All provinces", "Clear")
}
YEAR_LABELS = {name: name for name in ("From year", "Year")}

# kinds of figures that `cds extract` proposes
FIGURE_LABELS = {
    "result": "result",
    "target": "target",
    "rank": "rank",
    "score": "score",
    "change": "change",
    "group": "member of a leading group",
    "context": "setting only",
}

# headings of a result's columns, and what results are called
COLUMN_LABELS = {
    "ranks": "Ranks",
    "gaps": "Targets and gaps",
    "trends": "Trends",
    "compare": "Comparison",
    "forecast": "Forecast",
    "changes": "Changes of standing",
    "find": "What was found",
    "reported": "Figures reported",
    "province_id": "Province",
    "peer_id": "Structural peer",
    "region_id": "Region",
    "indicator_id": "Indicator",
    "series_id": "Series",
    "year": "Year",
    "score": "Score",
    "rank": "Rank",
    "rank_basis": "Where the rank is from",
    "printed_rank": "Rank as printed",
    "n_ranked": "Number ranked",
    "is_full": "Full table",
    "group": "Group",
    "segment": "Definition since",
    "previous_year": "Earlier year",
    "places_gained": "Places gained",
    "score_change": "Change of score",
    "crosses_break": "Across a new definition",
    "status": "Status",
    "source_id": "Source",
    "source_ids": "Sources",
    "title": "Title",
    "publisher": "Publisher",
    "published": "Published",
    "url": "Address",
    "scope": "Whose target",
    "due": "Due",
    "target": "Target",
    "comparator": "Comparison sign",
    "direction": "Better when (1 higher, -1 lower)",
    "value": "Value",
    "bound": "Bound",
    "as_of": "As of",
    "printed": "As printed",
    "baseline": "First figure",
    "baseline_as_of": "First figure, as of",
    "gap": "Gap",
    "surplus": "Surplus",
    "progress": "Progress (1 is the target)",
    "observed_per_year": "Pace seen a year",
    "required_per_year": "Pace needed a year",
    "pace_ratio": "Pace seen over pace needed",
    "years_late": "Years behind",
    "years_left": "Years left",
    "status_reason": "Reason",
    "judged_on": "Judged on",
    "n_obs": "Number of figures",
    "n_years": "Years",
    "first_year": "First year",
    "last_year": "Last year",
    "slope_per_year": "Slope a year",
    "slope_low": "Slope, low end",
    "slope_high": "Slope, high end",
    "p_value": "p",
    "p_adjusted": "p, corrected",
    "n_tested": "Tested together",
    "verdict": "Verdict",
    "national_median": "National median",
    "region_median": "Region's median",
    "best": "Best",
    "peer_median": "Peers' median",
    "diff_national": "Difference to the country",
    "diff_region": "Difference to the region",
    "diff_best": "Difference to the best",
    "diff_peers": "Difference to the peers",
    "percentile": "Percentile",
    "robust_z": "Robust z",
    "n_reporting": "Provinces with a figure",
    "n_region": "Of these in the region",
    "n_peers": "Of these peers",
    "name": "Name",
    "code": "Code",
    "n_figures": "Figures on record",
    "n_targets": "Targets on record",
    "standing": "Standing",
    "z": "Figure, standardised",
    "figure_rank": "Rank of the figure",
    "se": "Standard error of the standing",
    "low_80": "Standing, 80%, low end",
    "high_80": "Standing, 80%, high end",
    "low_95": "Standing, 95%, low end",
    "high_95": "Standing, 95%, high end",
    "figure_se": "Standard error of a coming figure",
    "figure_low_80": "Coming figure, 80%, low end",
    "figure_high_80": "Coming figure, 80%, high end",
    "figure_low_95": "Coming figure, 95%, low end",
    "figure_high_95": "Coming figure, 95%, high end",
    "median_rank": "Likely rank",
    "rank_low_80": "Rank, 80%, from",
    "rank_high_80": "Rank, 80%, to",
    "rank_low_95": "Rank, 95%, from",
    "rank_high_95": "Rank, 95%, to",
    "p_top_ten": "Chance of the top ten",
    "p_bottom_ten": "Chance of the bottom ten",
    "median_rank_error": "Error of the likely rank by drawing",
    "p_error": "Error of the chances by drawing",
    "years_ahead": "Years ahead",
    "since": "Rise counted from",
    "p_rise": "Chance that the standing rose",
    "n_order_breaks": "Redrawn orders in between",
    "noise_share": "Noise in the figures (share of variance)",
    "p_rise_documented": "Chance that the standing rose, documented breaks only",
    "depends_on_detected": "Another verdict without detected breaks",
    "year_from": "From year",
    "year_to": "To year",
    "figure_rank_from": "Rank of the figure, from",
    "figure_rank_to": "Rank of the figure, to",
    "rank_from": "Likely rank, from",
    "rank_to": "Likely rank, to",
    "change": "Change of standing",
    "change_se": "Standard error of the change",
    "test_z": "Distance from no change (standard errors)",
    "p_holm": "p, corrected after Holm",
    "reason": "Reason",
    "verdict_documented": "Verdict, documented breaks only",
    "centre": "Centre of the band",
    "low": "Low end of the band",
    "high": "High end of the band",
    "locator": "Paragraph",
    "note": "Note",
}
