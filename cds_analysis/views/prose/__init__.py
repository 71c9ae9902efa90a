"""Sentences built from values, so that no number in a report is typed by hand. Each function returns a
:class:`Prose`.
"""

from cds_analysis.views.prose.base import Prose, source_line, sources_of
from cds_analysis.views.prose.judgement import (
    agreement,
    bridge,
    checks,
    claims,
    cohesion,
    forecasts,
    region_split,
    rises,
    rules,
    scenario,
    survey_note,
    two_views,
    units_note,
)
from cds_analysis.views.prose.results import (
    comparison,
    dataset,
    moves,
    place,
    profile,
    standing,
    target_gap,
    trend,
)

__all__ = [
    "Prose",
    "agreement",
    "bridge",
    "checks",
    "claims",
    "cohesion",
    "comparison",
    "dataset",
    "forecasts",
    "moves",
    "place",
    "profile",
    "region_split",
    "rises",
    "rules",
    "scenario",
    "source_line",
    "sources_of",
    "standing",
    "survey_note",
    "target_gap",
    "trend",
    "two_views",
    "units_note",
]
