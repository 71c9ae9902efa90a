"""English wording of codes (statuses, groups, units, kinds); the catalogue translates it."""

from __future__ import annotations

__all__ = [
    "BASIS_LABELS",
    "GROUP_LABELS",
    "KIND_LABELS",
    "READING_LABELS",
    "REASON_LABELS",
    "STATUS_LABELS",
    "TAB_LABELS",
    "VERDICT_LABELS",
]

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
}
GROUP_LABELS = {
    "high": "high",
    "mid_high": "mid-high",
    "mid_low": "mid-low",
    "low": "low",
    "A": "A (90 and over)",
    "B": "B (80 to under 90)",
}
BASIS_LABELS = {"computed": "computed from scores", "printed": "as printed"}
KIND_LABELS = {"documented": "documented", "inherited": "inherited from a component", "detected": "detected here"}
TAB_LABELS = {"comparison": "Comparison", "targets": "Targets", "trend": "Ranking trend", "map": "Map", "table": "Table"}
VERDICT_LABELS = {"rising": "rising", "falling": "falling", "no_trend": "no trend found", "too_short": "too few years for a verdict"}
READING_LABELS = {
    "converging": "Both say that provinces converge.",
    "only_beta": "The spread did not clearly shrink, so this alone is what regression to the mean looks like.",
    "diverging": "Provinces moved apart: the spread grew.",
    "neither": "Neither convergence nor divergence is clear.",
}
