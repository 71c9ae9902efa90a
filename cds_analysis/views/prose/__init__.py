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
    region_split,
    rules,
    two_views,
    units_note,
)
from cds_analysis.views.prose.likely import assumptions, changes, how_likely, likely_ranks, no_standing
from cds_analysis.views.prose.promised import promises, reporting, targets_of_all, yardsticks
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
    "assumptions",
    "bridge",
    "changes",
    "checks",
    "claims",
    "cohesion",
    "comparison",
    "dataset",
    "how_likely",
    "likely_ranks",
    "moves",
    "no_standing",
    "place",
    "profile",
    "promises",
    "region_split",
    "reporting",
    "rules",
    "source_line",
    "sources_of",
    "standing",
    "target_gap",
    "targets_of_all",
    "trend",
    "two_views",
    "units_note",
    "yardsticks",
]
